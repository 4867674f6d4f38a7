"""Explicit lists of plug-ins: look one up by name, refuse two of one name."""

from typing import Protocol, TypeVar


class Named(Protocol):
    """Anything with a NAME: a question type, a format, a plot."""

    @property
    def NAME(self) -> str:  # noqa: N802 - plug-ins are modules with constants
        ...


N = TypeVar("N", bound=Named)


def by_name(*plugins: N) -> dict[str, N]:
    """Return the plug-ins by NAME, in the order given; two of the same NAME raise ValueError."""
    table = {plugin.NAME: plugin for plugin in plugins}
    if len(table) != len(plugins):
        raise ValueError(f"two plug-ins share a NAME: {[plugin.NAME for plugin in plugins]}")
    return table
