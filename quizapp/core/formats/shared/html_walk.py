"""The walk over HTML that writes Markdown: blocks, lists, tables, signs, formulas and pictures."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import unquote

from quizapp.core.formats.shared import markdown_pieces, plain

FindMedia = Callable[[str], str | None]
Element = Any

MAX_DEPTH = 60
PICTURE_LEFT_OUT = "A picture, sound or film that is not in the file was left out."
PICTURE_UNNAMED = "A picture has no text for those who cannot see it; its file name stands there."
FORMULA_AS_TEXT = "A formula could only be read as text."
LAYOUT_LOST = "A layout that Markdown has no sign for was left out; the words are all there."
EMBEDDED_LOST = "An embedded page, form or script was left out."

SPACE = re.compile(r"[ \t\r\n\f]+")
# No formula holds its own opening sign again: so an unclosed one costs no search to the very end.
_TEX = re.compile(
    r"(?<!\\)\\\((?P<inline>(?:(?!(?<!\\)\\\().)+?)\\\)"
    r"|(?<!\\)\\\[(?P<block>(?:(?!(?<!\\)\\\[).)+?)\\\]"
    r"|\$\$(?P<display>.+?)\$\$|\[\$\$\](?P<ankiblock>(?:(?!\[\$\$\]).)+?)\[/\$\$\]"
    r"|\[\$\](?P<anki>(?:(?!\[\$\]).)+?)\[/\$\]"
    r"|\[latex\](?P<latex>(?:(?!\[latex\]).)+?)\[/latex\]",
    re.DOTALL,
)
BLOCKS = frozenset(
    """p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table hr section article header
    footer figure figcaption main aside center address fieldset details summary""".split()  # noqa: SIM905
)
DROPPED = frozenset(
    "script style iframe object embed form svg applet noscript title head".split()  # noqa: SIM905
)
_STRONG, _EMPHASIS, _STRUCK = (
    {"b", "strong"},
    {"i", "em", "cite", "dfn", "var"},
    {"del", "s", "strike"},
)
_SUPER = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUB = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")


class HtmlWalk:
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
            text = markdown_pieces.tidy("".join(line))
            line.clear()
            if text:
                found.append(text)

        for element in parent:
            tag = element.tag if isinstance(element.tag, str) else ""
            if tag in BLOCKS and depth < MAX_DEPTH:
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
            return [markdown_pieces.fenced(self._verbatim("".join(element.itertext())))]
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
            text = markdown_pieces.item("\n\n".join(self.blocks(item, depth)))
            items.append(sign + text.replace("\n", "\n" + " " * len(sign)))
        tight = all("\n\n" not in item for item in items)
        text = ("\n" if tight else "\n\n").join(items)
        return [re.sub(r"(?m)^ +$", "", text)] if items else self.blocks_of_loose(element, depth)

    def blocks_of_loose(self, element: Element, depth: int) -> list[str]:
        """Return what stands in a list without items."""
        inside = " ".join(self._inline(one, "span", depth) for one in element)
        return [markdown_pieces.tidy(inside)] if inside.strip() else []

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
        cells = [head, ["---"] * width, *rest]
        table = "\n".join(markdown_pieces.row(row) for row in cells)
        caption = element.find("caption")
        return [*(self.blocks(caption, depth) if caption is not None else ()), table]

    def _loose_cells(self, element: Element, depth: int) -> list[str]:
        """Return what stands in a table that is none: cells outside rows, words outside cells."""
        found = [text] if (text := markdown_pieces.tidy(self._text(element.text))) else []
        for one in element:
            if one.tag in ("tr", "tbody", "thead", "tfoot") and depth < MAX_DEPTH:
                found += self._loose_cells(one, depth + 1)
            elif isinstance(one.tag, str) and one.tag not in DROPPED:
                found += self.blocks(one, depth + 1)
            found += [text] if (text := markdown_pieces.tidy(self._text(one.tail))) else []
        return found

    def _cell(self, cell: Element, depth: int) -> str:
        text = " ".join(self.blocks(cell, depth)).replace("\\\n", " ").replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", text)

    def _inline(self, element: Element, tag: str, depth: int) -> str:
        if not tag:
            return ""
        if tag in DROPPED:
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
            return markdown_pieces.code(self._verbatim("".join(element.itertext())))
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
            parts.append(f" {text} " if tag in BLOCKS else text)
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
        alt = SPACE.sub(" ", element.get("alt") or element.get("title") or "").strip()
        if name is None:
            self.tell(PICTURE_LEFT_OUT)
            return plain.escaped(alt)
        if not alt:
            self.tell(PICTURE_UNNAMED)
        return markdown_pieces.picture(name, self._verbatim(alt or name.rpartition(".")[0] or name))

    def _sound(self, element: Element, depth: int) -> str:
        name = self._find_media(element.get("src") or "") if element.get("src") else None
        if name:
            return markdown_pieces.picture(name, name.rpartition(".")[0] or name)
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
        return plain.escaped_inside(self._verbatim(SPACE.sub(" ", text).replace("\xa0", " ")))

    def _verbatim(self, text: str) -> str:
        if signs := signs_in(text):
            self.literal += signs
        return text

    def _tex(self, source: str, display: bool) -> str | None:
        source = " ".join(source.split())
        if not source or re.search(r"(?<!\\)\$", source) or source.endswith("\\"):
            return None
        self.signs += 1
        self._verbatim(source)
        return f"$${source}$$" if display else f"${source}$"


def signs_in(text: str) -> Counter[str]:
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
