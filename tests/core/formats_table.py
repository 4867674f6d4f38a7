"""The table in docs/formats.md, made from the registry: `python -m tests.core.formats_table`."""

from pathlib import Path

from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import FEATURES
from quizapp.core.question_types import QUESTION_TYPES

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
BEGIN, END = "<!-- table -->", "<!-- end -->"


def table() -> str:
    """Return two tables: the question types that each format carries, and what else it keeps."""
    kinds = {name: kind.LABEL.lower() for name, kind in QUESTION_TYPES.items()}
    return "\n\n".join(
        [
            _table("", kinds, lambda plugin: plugin.TYPES, True),
            _table("keeps", FEATURES, lambda plugin: plugin.KEEPS, False),
        ]
    )


def _table(corner: str, columns: dict[str, str], has, says_ways: bool) -> str:  # type: ignore[no-untyped-def]
    ways = [" reads |", " writes |"] if says_ways else []
    lines = [f"| {corner} |" + "".join(ways) + "".join(f" {words} |" for words in columns.values())]
    lines.append("|---|" + ":-:|" * (len(columns) + len(ways)))
    for name, plugin in FORMATS.items():
        cells = [_mark(plugin.READS), _mark(plugin.WRITES)] if says_ways else []
        cells += [_mark(column in has(plugin)) for column in columns]
        lines.append(f"| `{name}` {plugin.LABEL} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mark(yes: bool) -> str:
    return "●" if yes else ""


def page(text: str) -> str:
    """Return the page with the table of now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
