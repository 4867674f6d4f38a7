"""HTML of other formats as our Markdown, and our Markdown as their HTML.

What Markdown has no sign for keeps its words; what that changes is told in plain words.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html
from lxml.html import defs

from quizapp.core.formats.shared import plain
from quizapp.core.markdown import outward, to_plain
from quizapp.core.marked import signs_are_taken

FindMedia = Callable[[str], str | None]
Element = Any

MAX_HTML = 1_000_000
MAX_DEPTH = 60
PICTURE_LEFT_OUT = "A picture, sound or film that is not in the file was left out."
PICTURE_UNNAMED = "A picture has no text for those who cannot see it; its file name stands there."
FORMULA_AS_TEXT = "A formula could only be read as text."
LAYOUT_LOST = "A layout that Markdown has no sign for was left out; the words are all there."
EMBEDDED_LOST = "An embedded page, form or script was left out."

_SIMPLE = re.compile(r"\s*(?:<p>)?([^<>&\\`*_\[\]$~|!#=+>-]*)(?:</p>)?\s*")
# No formula holds its own opening sign again: so an unclosed one costs no search to the very end.
_TEX = re.compile(
    r"(?<!\\)\\\((?P<inline>(?:(?!(?<!\\)\\\().)+?)\\\)"
    r"|(?<!\\)\\\[(?P<block>(?:(?!(?<!\\)\\\[).)+?)\\\]"
    r"|\$\$(?P<display>.+?)\$\$|\[\$\$\](?P<ankiblock>(?:(?!\[\$\$\]).)+?)\[/\$\$\]"
    r"|\[\$\](?P<anki>(?:(?!\[\$\]).)+?)\[/\$\]"
    r"|\[latex\](?P<latex>(?:(?!\[latex\]).)+?)\[/latex\]",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = frozenset(
    """p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table hr section article header
    footer figure figcaption main aside center address fieldset details summary""".split()  # noqa: SIM905
)
_DROPPED = frozenset(
    "script style iframe object embed form svg applet noscript title head".split()  # noqa: SIM905
)
_MATHS = """math semantics annotation annotation-xml mrow mi mo mn ms mtext mspace msqrt mroot
    mfrac msub msup msubsup munder mover munderover mtable mtr mtd mstyle mpadded mphantom menclose
    mfenced mmultiscripts mprescripts none"""
_TAGS = frozenset(defs.tags) | frozenset(_MATHS.split()) | _BLOCKS | {"svg", "ruby", "rt", "rp"}
_TAG = re.compile(r"<!--|</?([A-Za-z][\w:-]*)?([^<>]*>)?")
_STRONG, _EMPHASIS, _STRUCK = (
    {"b", "strong"},
    {"i", "em", "cite", "dfn", "var"},
    {"del", "s", "strike"},
)
_SUPER = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")


@dataclass(slots=True)
class Converted:
    """Markdown, and plain words on each thing that is not as it was."""

    text: str
    told: list[str] = field(default_factory=list)


def to_markdown(source: str, find_media: FindMedia | None = None) -> Converted:
    r"""Return HTML as Markdown; `\(x\)`, `\[x\]`, `$$x$$` and MathML with TeX become formulas.

    `find_media` gives the name in the bank of the file that an address stands for, None for none.
    """
    if simple := _SIMPLE.fullmatch(source):
        return Converted(plain.safe_lines(_SPACE.sub(" ", simple[1]).strip(" ")))
    if len(source) > MAX_HTML:
        return Converted(plain.to_markdown(source[:MAX_HTML]), [LAYOUT_LOST])
    if "<" not in source and "\\" not in source and "$" not in source and "[" not in source:
        text = _SPACE.sub(" ", unescape(source).replace("\xa0", " ")).strip(" ")
        return Converted(plain.escaped(text))
    try:
        root = lxml_html.fragment_fromstring(_readable(source), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return Converted(plain.to_markdown(source), [LAYOUT_LOST])
    writing = _Writing(find_media or (lambda address: None))
    text = "\n\n".join(writing.blocks(root, 0))
    is_sure = not writing.literal and signs_are_taken(text)
    if writing.signs and not is_sure and _signs(to_plain(text)) != writing.literal:
        # a sign that Markdown does not take where it stands, such as in half a word: keep the words
        text = plain.to_markdown(_words(root))
        writing.tell(LAYOUT_LOST)
    return Converted(text, list(dict.fromkeys(writing.told)))


def from_markdown(text: str, media_url: Callable[[str], str]) -> str:
    r"""Return Markdown as HTML for other systems: formulas as `\(x\)`, one paragraph without `<p>`.

    `media_url` gives the address of a file of the bank.
    """
    html = outward(text, media_url).strip()
    if html.startswith("<p>") and html.find("</p>") == len(html) - 4:
        return html[3:-4]
    return html


def is_faithful(text: str, media_url: Callable[[str], str], find_media: FindMedia) -> bool:
    """Say whether Markdown comes back from its HTML exactly as it stands."""
    return to_markdown(from_markdown(text, media_url), find_media).text == text


def gap_mark(number: int | str) -> str:
    """Return what stands for a gap in HTML that is to be converted; `with_gaps` ends it."""
    return f"\ue000{number}\ue001"


def with_gaps(text: str) -> str:
    """Return converted Markdown with its gap marks as gaps, `[[1]]`."""
    return re.sub("\ue000(\\d{1,4})\ue001", r"[[\1]]", text)


def _readable(text: str) -> str:
    """Return HTML whose `<` begin tags, without characters that no XML can hold."""
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "\ufffd", text)
    return _TAG.sub(_tag_or_text, text)


def _tag_or_text(match: re.Match[str]) -> str:
    """Keep `<p>` and `<a href=...>`; in `a<b` and `List<String>` the sign means itself."""
    name, rest = (match[1] or "").lower(), match[2] or ""
    is_tag = bool(match[2]) and (name in _TAGS or ":" in name)
    if len(name) == 1 and rest.strip(" />\n\t") and "=" not in rest:
        is_tag = False
    return match[0] if is_tag or match[0].startswith("<!--") else "&lt;" + match[0][1:]


def _signs(text: str) -> Counter[str]:
    return Counter({sign: number for sign in "*~$" if (number := text.count(sign))})


def _has_loose_words(table: Element) -> bool:
    """Say whether words or pictures of a table stand outside the cells of its rows."""
    cells = [cell for row in table.iter("tr") for cell in row if cell.tag in ("td", "th")]
    cells += table.findall("caption")
    if sum(map(_letters, cells)) < _letters(table):
        return True
    shown = sum(1 for cell in cells for _ in cell.iter("img", "audio"))
    return shown < sum(1 for _ in table.iter("img", "audio"))


def _letters(element: Element) -> int:
    return sum(len(part) for text in element.itertext() for part in text.split())


def _words(root: Element) -> str:
    """Return the words of a whole text as plain text."""
    parts: list[str] = []
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS or tag == "br":
            parts.append("\n" if tag == "br" else "\n\n")
        if tag and tag not in _DROPPED:
            parts.append(_SPACE.sub(" ", element.text or ""))
        if element is not root:
            parts.append(_SPACE.sub(" ", element.tail or ""))
    return "".join(parts).strip()


class _Writing:
    """Walks over HTML.

    signs: how many were set. literal: the characters of signs that stand for themselves.
    """

    def __init__(self, find_media: FindMedia) -> None:
        self._find_media = find_media
        self.told: list[str] = []
        self.signs = 0
        self.literal: Counter[str] = Counter()

    def tell(self, words: str) -> None:
        self.told.append(words)

    def blocks(self, parent: Element, depth: int) -> list[str]:
        """Return the blocks inside an element, each without empty lines at its ends."""
        found: list[str] = []
        line: list[str] = [self._text(parent.text)]

        def flush() -> None:
            text = _tidy("".join(line))
            line.clear()
            if text:
                found.append(text)

        for element in parent:
            tag = element.tag if isinstance(element.tag, str) else ""
            if tag in _BLOCKS and depth < MAX_DEPTH:
                flush()
                found += self._block(element, tag, depth + 1)
            else:
                line.append(self._inline(element, tag, depth + 1))
            line.append(self._text(element.tail))
        flush()
        return found

    def _block(self, element: Element, tag: str, depth: int) -> list[str]:
        if tag in ("ul", "ol"):
            return self._list(element, tag, depth)
        if tag == "pre":
            return [_fenced(self._verbatim("".join(element.itertext())))]
        if tag == "hr":
            return ["---"]
        if tag == "table":
            return self._table(element, depth)
        inside = self.blocks(element, depth)
        if tag == "blockquote":
            return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(inside).split("\n"))]
        if len(tag) == 2 and tag[0] == "h" and len(inside) == 1:
            return ["#" * int(tag[1]) + " " + inside[0].replace("\\\n", " ").replace("\n", " ")]
        return inside

    def _list(self, element: Element, tag: str, depth: int) -> list[str]:
        items = []
        start = element.get("start") or "1"
        first = int(start) if re.fullmatch(r"[0-9]{1,9}", start) else 1
        for number, item in enumerate((one for one in element if one.tag == "li"), first):
            sign = f"{number}. " if tag == "ol" else "- "
            text = _item("\n\n".join(self.blocks(item, depth)))
            items.append(sign + text.replace("\n", "\n" + " " * len(sign)))
        tight = all("\n\n" not in item for item in items)
        text = ("\n" if tight else "\n\n").join(items)
        return [re.sub(r"(?m)^ +$", "", text)] if items else self.blocks_of_loose(element, depth)

    def blocks_of_loose(self, element: Element, depth: int) -> list[str]:
        """Return what stands in a list without items."""
        inside = " ".join(self._inline(one, "span", depth) for one in element)
        return [_tidy(inside)] if inside.strip() else []

    def _table(self, element: Element, depth: int) -> list[str]:
        rows = [
            [self._cell(cell, depth + 1) for cell in row if cell.tag in ("td", "th")]
            for row in element.iter("tr")
            if next(row.iterancestors("table"), None) is element  # a table inside tells its own
        ]
        rows = [row for row in rows if row]
        if not rows or _has_loose_words(element):
            return self._loose_cells(element, depth)
        if element.find(".//table") is not None:
            self.tell(LAYOUT_LOST)
            return [cell for row in rows for cell in row if cell]
        width = max(len(row) for row in rows)
        if width == 1:
            return [row[0] for row in rows if row[0]]
        rows = [row + [""] * (width - len(row)) for row in rows]
        head, rest = rows[0], rows[1:]
        table = "\n".join([_row(head), _row(["---"] * width), *(_row(row) for row in rest)])
        caption = element.find("caption")
        return [*(self.blocks(caption, depth) if caption is not None else ()), table]

    def _loose_cells(self, element: Element, depth: int) -> list[str]:
        """Return what stands in a table that is none: cells outside rows, words outside cells."""
        found = [text] if (text := _tidy(self._text(element.text))) else []
        for one in element:
            if one.tag in ("tr", "tbody", "thead", "tfoot") and depth < MAX_DEPTH:
                found += self._loose_cells(one, depth + 1)
            elif isinstance(one.tag, str) and one.tag not in _DROPPED:
                found += self.blocks(one, depth + 1)
            found += [text] if (text := _tidy(self._text(one.tail))) else []
        return found

    def _cell(self, cell: Element, depth: int) -> str:
        text = " ".join(self.blocks(cell, depth)).replace("\\\n", " ").replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", text)

    def _inline(self, element: Element, tag: str, depth: int) -> str:
        if not tag:
            return ""
        if tag in _DROPPED:
            self.tell(EMBEDDED_LOST)
            return ""
        if tag == "br":
            return "\\\n"
        if tag == "img":
            return self._picture(element)
        if tag in ("audio", "video", "source"):
            return self._sound(element, depth)
        if tag == "math":
            return self._formula(element)
        if tag == "code" or tag in ("kbd", "samp", "tt"):
            return _code(self._verbatim("".join(element.itertext())))
        inside = self._inside(element, depth)
        return self._signed(element, tag, inside)

    def _inside(self, element: Element, depth: int) -> str:
        if depth > MAX_DEPTH:
            self.tell(LAYOUT_LOST)
            return self._text("".join(element.itertext()))
        parts = [self._text(element.text)]
        for one in element:
            tag = one.tag if isinstance(one.tag, str) else ""
            text = self._inline(one, tag, depth + 1)
            parts.append(f" {text} " if tag in _BLOCKS else text)
            parts.append(self._text(one.tail))
        return "".join(parts)

    def _signed(self, element: Element, tag: str, inside: str) -> str:
        if tag in _STRONG:
            return self._around(inside, "**")
        if tag in _EMPHASIS:
            return self._around(inside, "*")
        if tag in _STRUCK:
            return self._around(inside, "~~")
        if tag == "a":
            return self._link(element, inside)
        if tag in ("sub", "sup"):
            return self._raised(inside, tag)
        return inside

    def _around(self, inside: str, sign: str) -> str:
        """Set signs around a text, its outer spaces outside, where signs can stand."""
        text = inside.strip(" ")
        if not text or "\n" in text or text[0] == sign[0] or text[-1] == sign[0]:
            return inside
        self.signs += 1
        left = inside[: len(inside) - len(inside.lstrip(" "))]
        return f"{left}{sign}{text}{sign}{inside[len(inside.rstrip(' ')) :]}"

    def _link(self, element: Element, inside: str) -> str:
        address = (element.get("href") or "").strip()
        text = inside.strip()
        if not re.match(r"(?:https?://|mailto:)[^\s<>]+$", address, re.IGNORECASE):
            return inside
        self.signs += 1
        address = address.replace("(", "%28").replace(")", "%29").replace("\\", "%5C")
        left, right = " " * inside.startswith(" "), " " * inside.endswith(" ")
        return f"{left}[{text or plain.escaped(address)}]({address}){right}"

    def _raised(self, inside: str, tag: str) -> str:
        text = inside.strip()
        table = _SUPER if tag == "sup" else _SUB
        if all(ord(letter) in table for letter in text):
            return text.translate(table)
        if not re.fullmatch(r"[\w ,.+=()-]{1,40}", text):
            self.tell(LAYOUT_LOST)
            return inside
        sign = "^" if tag == "sup" else "_"
        return f"${sign}{{\\text{{{text}}}}}$"

    def _picture(self, element: Element) -> str:
        tex = element.get("data-equation-content") or (
            element.get("alt") if "latex" in (element.get("class") or "").lower() else None
        )
        if tex and (formula := self._tex(unescape(unquote(tex)), display=False)):
            return formula
        address = element.get("src") or ""
        name = self._find_media(address)
        alt = _SPACE.sub(" ", element.get("alt") or element.get("title") or "").strip()
        if name is None:
            self.tell(PICTURE_LEFT_OUT)
            return plain.escaped(alt)
        if not alt:
            self.tell(PICTURE_UNNAMED)
        return picture(name, self._verbatim(alt or name.rpartition(".")[0] or name))

    def _sound(self, element: Element, depth: int) -> str:
        name = self._find_media(element.get("src") or "") if element.get("src") else None
        if name:
            return picture(name, name.rpartition(".")[0] or name)
        inside = "".join(
            self._inline(one, one.tag, depth + 1) for one in element if one.tag == "source"
        )
        if not inside:
            self.tell(PICTURE_LEFT_OUT)
        return inside

    def _formula(self, element: Element) -> str:
        for note in element.iter():
            tag = note.tag.rpartition("}")[2] if isinstance(note.tag, str) else ""
            if tag == "annotation" and "tex" in (note.get("encoding") or "").lower() and note.text:
                return self._tex(note.text, element.get("display") == "block") or ""
        if (tex := element.get("alttext")) and (formula := self._tex(tex, display=False)):
            return formula
        self.tell(FORMULA_AS_TEXT)
        return self._text(" ".join("".join(element.itertext()).split()))

    def _text(self, text: str | None) -> str:
        if not text:
            return ""
        parts, at = [], 0
        for match in _TEX.finditer(text):
            shown = match.lastgroup in ("block", "display", "ankiblock")
            if formula := self._tex(match[match.lastgroup or 0], display=shown):
                parts += [self._plain(text[at : match.start()]), formula]
                at = match.end()
        return "".join([*parts, self._plain(text[at:])])

    def _plain(self, text: str) -> str:
        # a no-break space is what authors' editors leave behind; Markdown needs none
        return plain.escaped_inside(self._verbatim(_SPACE.sub(" ", text).replace("\xa0", " ")))

    def _verbatim(self, text: str) -> str:
        if signs := _signs(text):
            self.literal += signs
        return text

    def _tex(self, source: str, display: bool) -> str | None:
        source = " ".join(source.split())
        if not source or re.search(r"(?<!\\)\$", source) or source.endswith("\\"):
            return None
        self.signs += 1
        self._verbatim(source)
        return f"$${source}$$" if display else f"${source}$"


def picture(name: str, alt: str) -> str:
    """Return the Markdown that shows a file of the bank."""
    shown = re.sub(r"([\\\[\]`*_$<&])", r"\\\1", " ".join(alt.split()))
    address = re.sub(r"[ ()<>\\%\"']", lambda match: f"%{ord(match[0]):02X}", name)
    return f"![{shown}](media/{address})"


def _code(text: str) -> str:
    text = _SPACE.sub(" ", text)
    if not text.strip():
        return text
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    sign = "`" * (longest + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{sign}{space}{text}{space}{sign}"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    sign = "`" * (longest + 1)
    return f"{sign}\n{text.strip(chr(10))}\n{sign}"


def _item(text: str) -> str:
    """Return a list's item with a list inside it close to its words, so that it stays tight."""
    return re.sub(r"\n\n(?=(?:- |\d+\. ))", "\n", text) if text.count("\n\n") == 1 else text


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _tidy(text: str) -> str:
    """Return inline Markdown as a block: single spaces, no breaks at its ends, safe line starts."""
    text = re.sub(r"[ ]*\\\n[ ]*", "\\\\\n", re.sub(r" {2,}", " ", text)).strip(" ")
    text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text).strip()
    return re.sub(r"(?:\\\n){2,}", "\n\n", plain.safe_lines(text))
