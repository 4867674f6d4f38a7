"""GIFT files read question by question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from quizapp.core.formats.model import Item, QuestionIn, RawBlock, Refused
from quizapp.core.formats.parts.gift_answers import parsed
from quizapp.core.formats.parts.gift_numbers import Fault
from quizapp.core.formats.parts.gift_texts import FORMAT, Texts, unescaped
from quizapp.core.formats.shared.decoding import decoded
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.html import gap_mark, with_gaps
from quizapp.core.formats.shared.source import Source

NAME = "gift"
CATEGORY = "$CATEGORY:"
UNCLOSED = (
    "The braces of its answers do not match: each question has one { and one }, no empty line "
    "between them, and \\{ or \\} for braces that are text."
)
GLUED = "There is no empty line before it; it was read as a question of its own."
MORE_BRACES = "Only the first braces with answers count; what follows them was read as text."
BRACES_BEFORE = "Braces before the answers were read as text; write them as \\{ and \\}."
BRACES_INSIDE = "Braces inside the answers were read as text; write them as \\{ and \\}."

_CONTEXT = re.compile(r"\$\w{1,30}\$(?:/top(?=/|$))?(?:/|$)")
_NAMED = re.compile(r"::((?:[^\\:]|\\.|:(?!:))*+)::", re.DOTALL)
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
_ANSWERS = re.compile(r"\s*+(?:[=~#]|$|(?:T|F|TRUE|FALSE)\s*+(?:#|$))", re.IGNORECASE)
_META = re.compile(r"\[(id|tag):((?:\\[\[\]\\]|[^\[\]\n\\]|\\(?![\[\]\\]))++)\]")
_META_ESCAPE = re.compile(r"\\([\[\]\\])")
_MARKUP = re.compile(r"<[^<>]*>")
_PRIVATE = re.compile("[\ue000\ue001]")


@dataclass(slots=True)
class _Block:
    """The lines of one question. glued: nothing but its own first line parts it from before."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    glued: bool = False

    @property
    def is_closed(self) -> bool:
        end = self.lines[-1].rstrip()[-2:] if self.lines else ""
        return end.endswith("}") and end != "\\}"


def read(source: Source) -> Iterator[Item]:
    """Yield the questions of a GIFT file; what is wrong with one refuses that one."""
    text = decoded(source)
    yield from text.told
    media = FoundMedia(lambda address: None)
    category, position = None, 0
    for block in _blocks(text.text):
        if isinstance(block, str):
            category = _category(block)
            continue
        position += 1
        item = _question(block, position, category, media)
        yield from media.drain()
        yield item


def comment_meta(comments: str) -> tuple[str | None, list[str]]:
    """Return the first id and all tags that comments before a question hold."""
    key, tags = None, []
    for match in _META.finditer(comments) if "[" in comments else ():
        value = _META_ESCAPE.sub(r"\1", match[2]).strip()
        if match[1] == "tag" and value:
            tags.append(value)
        elif match[1] == "id" and key is None:
            key = value or None
    return key, tags


def _blocks(text: str) -> Iterator[_Block | str]:
    """Yield questions, and the paths of categories in between as bare strings."""
    block = _Block()
    for number, line in enumerate(_lines(text), 1):
        start = line.strip()
        if start.startswith("//"):
            block.comments.append(start)
            continue
        is_category = start.startswith(CATEGORY)
        starts_anew = start.startswith("::") and block.is_closed
        if not start or is_category or starts_anew:
            if block.lines:
                yield block
            block = _Block(glued=bool(start))
        if is_category:
            yield start.removeprefix(CATEGORY)
        elif start:
            block.line = block.line or number
            block.lines.append(line)
    if block.lines:
        yield block


def _lines(text: str) -> Iterator[str]:
    at = 0
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield text[at:end]
        at = end + 1


def _category(path: str) -> str | None:
    return _CONTEXT.sub("", path.strip(), count=1).strip() or None


def _question(
    block: _Block, position: int, category: str | None, media: FoundMedia
) -> QuestionIn | Refused:
    raw = "\n".join(block.lines).strip()
    key, tags = comment_meta("\n".join(block.comments))
    texts = Texts(media.find)
    if block.glued:
        texts.tell(GLUED)
    name, text = _named(raw)
    try:
        kind, stem, body = _parsed(text, texts)
    except Fault as fault:
        shown = name or _MARKUP.sub("", unescaped(text[:80])).strip()
        return Refused(position, shown, block.line, None, str(fault), key)
    if not stem and name and "{" in text:
        stem = texts.converted(name, "plain")
        texts.tell("It has no text but its name, which was taken for it.")
    return QuestionIn(
        position=position,
        type=kind,
        stem=stem,
        body=body,
        key=key,
        name=name,
        line=block.line,
        tags=tags,
        category=category,
        raw=RawBlock(NAME, raw, tuple(texts.lossy)) if texts.lossy else None,
        warnings=tuple(texts.told),
    )


def _named(raw: str) -> tuple[str, str]:
    match = _NAMED.match(raw)
    if match is None:
        return "", raw
    name = unescape(_MARKUP.sub("", unescaped(match[1])))
    return " ".join(name.split()), raw[match.end() :].strip()


def _parsed(text: str, texts: Texts) -> tuple[str, str, dict[str, Any]]:
    if match := FORMAT.match(text):
        texts.format, text = match[1], text[match.end() :].strip()
    place = _braces(text, texts)
    if place is None:
        return "description", texts.converted(unescaped(text), texts.format), {}
    start, end = place
    kind, body = parsed(text[start + 1 : end], texts)
    before, after = text[:start].rstrip(), text[end + 1 :]
    if not after.strip():
        return kind, texts.converted(unescaped(before), texts.format), body
    return _with_gap(kind, body, text[:start], after, texts)


def _braces(text: str, texts: Texts) -> tuple[int, int] | None:
    """Return where the braces of the answers open and close; None where there are none."""
    marks = [(match.start(), match[1]) for match in _BRACE.finditer(text) if match[1]]
    if not marks:
        return None
    groups: list[tuple[int, int]] = []
    opened = -1
    for at, sign in marks:
        if sign == "{" and opened < 0:
            opened = at
        elif sign == "}" and opened >= 0:
            groups.append((opened, at))
            opened = -1
    if not groups:
        raise Fault(UNCLOSED)
    likely = (group for group in groups if _ANSWERS.match(text, group[0] + 1, group[1]))
    start, end = next(likely, groups[0])
    if start != groups[0][0]:
        texts.tell(BRACES_BEFORE)
    balanced = _balanced(marks, start)
    if balanced > end:
        texts.tell(BRACES_INSIDE)
        end = balanced
    if any(at > end and sign == "{" for at, sign in marks):
        texts.tell(MORE_BRACES)
    return start, end


def _balanced(marks: list[tuple[int, str]], start: int) -> int:
    """Return where the braces that open at `start` close with all that open inside; -1 if never."""
    depth = 0
    for at, sign in marks:
        if at >= start:
            depth += 1 if sign == "{" else -1
            if not depth:
                return at
    return -1


def _with_gap(
    kind: str, body: dict[str, Any], before: str, after: str, texts: Texts
) -> tuple[str, str, dict[str, Any]]:
    """Return a question whose answers stand amid its text: a cloze of one gap where it can be."""
    gap = _gap(kind, body)
    mark = gap_mark(1) if gap else "_____"
    before, after = (_PRIVATE.sub("", unescaped(part)) for part in (before, after))
    stem = texts.converted(before + mark + after, texts.format)
    if gap is None:
        texts.tell("Text stands after the answers; _____ stands in their place.")
        return kind, stem, body
    stem = with_gaps(stem)
    common = {"feedback": body["feedback"]} if "feedback" in body else {}
    return "cloze", stem, {"gaps": {"1": gap}, **common}


def _gap(kind: str, body: dict[str, Any]) -> dict[str, Any] | None:
    if kind == "multiple_choice":
        return {"kind": "choice", "options": body["options"]}
    if kind == "short_answer":
        return {"kind": "typed", "answers": body["answers"]}
    return None
