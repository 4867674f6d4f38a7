"""Questions as the rules read them: plain words, sentences, and sets of options."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from quizapp.core.articles.segment import sentences
from quizapp.core.fields import entries, text_of
from quizapp.core.gaps import GAP, gap_of
from quizapp.core.markdown import to_plain
from quizapp.core.options import is_full, share_of
from quizapp.core.question import Question

LONGEST = 5_000  # characters of a text that are looked at
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - the typographic mark is meant
_NUMBER = re.compile(r"[-+−]?\d[\d,. ]*")  # noqa: RUF001 - the typographic mark is meant
# Words that say nothing of the matter, so that options may well share them.
_EMPTY = frozenset(
    """about above after also among because been before being below between both could does
    during each either every following from have having into itself least many more most much
    must only other over same should some such than that their them then there these they this
    those through under used using very were what when where which while will with within without
    would your""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in plain words; `where` is the path of its text."""

    where: str
    text: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """Options that stand side by side. `before` is what is asked, up to the gap where it is one."""

    where: str
    before: str
    options: tuple[Option, ...]
    is_shuffled: bool

    @property
    def key(self) -> Option | None:
        """The one right option; None where there are several or none."""
        right = [option for option in self.options if option.is_right]
        return right[0] if len(right) == 1 else None

    @property
    def distractors(self) -> list[Option]:
        """The options that are not right."""
        return [option for option in self.options if not option.is_right]


def choices(question: Question) -> Iterator[Choices]:
    """Yield the sets of options of a question: its own, and those of the gaps of a cloze."""
    if question.type in ("multiple_choice", "multiple_response"):
        options = _options(question.body, "options", question.type == "multiple_response")
        shuffled = question.body.get("shuffle") is not False
        yield Choices("options", stem(question), options, shuffled)
    elif question.type == "cloze":
        text = stem(question)
        for match in GAP.finditer(text):
            gap = gap_of(question.body, match[1])
            if gap.get("kind") == "choice":
                where = f"gaps.{match[1]}.options"
                options = _options(gap, where, False)
                yield Choices(where, text[: match.start()].strip(), options, False)


def _options(holder: object, where: str, any_share: bool) -> tuple[Option, ...]:
    """Read options; several are to be chosen where a share of the points makes one right."""
    return tuple(
        Option(
            f"{where}.{entry['id']}.text",
            plain(text_of(entry, "text")),
            share_of(entry) > 0 if any_share else is_full(share_of(entry)),
        )
        for entry in entries(holder, "options")
    )


def stem(question: Question) -> str:
    """Return what is asked, in plain words; gaps stay as written."""
    return plain(question.stem if isinstance(question.stem, str) else "")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a text without its markup."""
    return to_plain(text[:LONGEST])


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return [word.casefold() for word in _WORD.findall(text)]


def content_words(text: str, shortest: int = 4) -> set[str]:
    """Return the words that carry the matter, without the endings that grammar gives them."""
    return {_root(word) for word in words(text) if len(word) >= shortest and word not in _EMPTY}


def _root(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def parts_of(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [text[start:end] for start, end in sentences(text)]


def number_of(text: str) -> float | None:
    """Return the number that a text begins with, None where it begins otherwise."""
    match = _NUMBER.match(text.strip().lstrip("$€£~≈<>"))
    if match is None:
        return None
    digits = match[0].replace("−", "-").replace(",", "").replace(" ", "").rstrip(".")  # noqa: RUF001
    try:
        return float(digits)
    except ValueError:
        return None


def unit_after(text: str) -> str:
    """Return what follows the number that a text begins with."""
    return _NUMBER.sub("", text.strip(), count=1).strip().casefold()


def short(text: str, longest: int = 40) -> str:
    """Return a text for a message, cut where it is long."""
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"
