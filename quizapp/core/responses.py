"""Reading responses: the checks that all types share, each with its code and plain words."""

from collections.abc import Container, Mapping

from quizapp.core.question import BadResponse, Grade
from quizapp.core.text import visible

MAX_TYPED = 1_000
MAX_ESSAY = 20_000
MAX_LISTED = 1_000  # entries of a list or map; no question has as many
UNREADABLE = Grade(0.0, 0.0)  # what a response is worth that the type cannot read


def no_answer() -> BadResponse:
    """Return the error for a response that chooses or says nothing."""
    return BadResponse("no-answer", "Nothing was answered yet.")


def entry_of(raw: object, name: str) -> object:
    """Return the named entry of a response; None where there is none. Other entries are ignored."""
    if not isinstance(raw, Mapping):
        raise BadResponse("wrong-shape", "The answer has a form that this question cannot read.")
    return raw.get(name)


def typed(value: object, limit: int = MAX_TYPED) -> str:
    """Return a typed text, trimmed, "" for None; too long or unreadable texts are refused."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadResponse("wrong-shape", "The answer should be text.")
    if len(value) > limit:
        raise BadResponse("too-long", f"The answer has more than {limit} characters.")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise BadResponse("bad-characters", "The answer holds characters that cannot be read.")
    return value.replace("\r\n", "\n").strip() if visible(value) else ""


def chosen(value: object, known: Container[str]) -> str:
    """Return the id of one of the known choices, "" for none."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise BadResponse("wrong-shape", "A choice is named by its id.")
    if value not in known:
        raise BadResponse("unknown-option", "The answer names a choice that is not there.")
    return value


def chosen_list(value: object, known: Container[str]) -> list[str]:
    """Ids of known choices, each once, in the order given."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise BadResponse("wrong-shape", "The choices should be a list.")
    if len(value) > MAX_LISTED:
        raise BadResponse("too-long", "The answer names too many choices.")
    names = [name for name in (chosen(entry, known) for entry in value) if name]
    if len(set(names)) != len(names):
        raise BadResponse("duplicate", "The answer names a choice twice.")
    return names


def by_part(value: object, known: Container[str]) -> dict[str, object]:
    """Return what was answered for each known gap or pair."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadResponse("wrong-shape", "The answer should say what belongs to which part.")
    if any(not isinstance(part, str) or part not in known for part in value):
        raise BadResponse("unknown-part", "The answer names a part that is not there.")
    return dict(value)
