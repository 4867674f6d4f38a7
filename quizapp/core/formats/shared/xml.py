"""XML of strangers: parsed without network or entities of its own, whole or bit by bit."""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from quizapp.core.formats.model import FormatError

Element = Any  # lxml's element; its own types are not exported

REPAIRED = (
    "It holds entities of HTML that XML does not know, such as &nbsp;; they were read as such."
)
REENCODED = "It is not in the encoding that it names; it was read as Western European."
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ENTITY = re.compile(  # an open CDATA section goes on to the end: each end is sought once
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos);|#)(\w{1,32});", re.DOTALL
)
_ENCODED = re.compile(rb"^(<\?xml[^>]{0,100}?encoding=)[\"'][\w.-]{1,40}[\"']")


def mended(data: bytes) -> tuple[bytes, list[str]]:
    """Return XML with what makes careless files unreadable put right, and a warning for each."""
    told: list[str] = []
    if not _is_wide(data):
        fixed, count = _ENTITY.subn(_as_number, data)
        if count and fixed != data:
            data = fixed
            told.append(REPAIRED)
        if b"encoding" not in data[:100].lower() or b"utf-8" in data[:100].lower():
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                data = _ENCODED.sub(rb'\1"utf-8"', data).decode("cp1252", "replace").encode()
                told.append(REENCODED)
    return data, told


def parse(data: bytes, name: str = "") -> Element:
    """Return the root of a document; FormatError where it is malformed or has entities of its own.

    `name` is what the message calls it, such as the path in a package.
    """
    try:
        root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf \r\n\t"), etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error
    except ValueError as error:
        raise FormatError(f"{name or 'The file'} is not XML that can be read.") from error
    _refuse_entities(root.getroottree(), name)
    return root


def elements(data: bytes, tag: str) -> Iterator[Element]:
    """Yield each element of that name as soon as it ends, and forget it afterwards.

    FormatError as for `parse`, when the place is reached.
    """
    stream = io.BytesIO(data.lstrip(b"\xef\xbb\xbf \r\n\t"))
    checked = False
    try:
        for _, element in etree.iterparse(stream, events=("end",), tag=tag, **_SAFE):
            if not checked:
                _refuse_entities(element.getroottree(), "")
                checked = True
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise _refusal(error, "") from error
    except ValueError as error:
        raise FormatError("The file is not XML that can be read.") from error


def local(element: Element) -> str:
    """Return the name of an element without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> list[Element]:
    """Return the child elements of these names, whatever their namespace; all without names."""
    return [child for child in element if local(child) and (not names or local(child) in names)]


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of that name, whatever its namespace."""
    found = children(element, name) if element is not None else []
    return found[0] if found else None


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Yield the elements of these names below, in document order, whatever their namespace."""
    return (one for one in element.iter() if one is not element and local(one) in names)


def text_of(element: Element | None) -> str:
    """Return all text inside an element; "" for none."""
    return "".join(element.itertext()) if element is not None else ""


def source_of(element: Element) -> str:
    """Return an element as it stands in its document, for raw blocks."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def inner(element: Element | None) -> str:
    """Return what stands inside an element, its markup as written without namespaces."""
    if element is None:
        return ""
    parts = [html.escape(element.text or "", quote=False)]
    for one in element:
        piece = str(etree.tostring(one, encoding="unicode"))
        parts.append(re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", piece))
    return "".join(parts)


def _refuse_entities(tree: Any, name: str) -> None:
    dtd = tree.docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        message = f"{name or 'The file'} declares entities of its own, which is not allowed."
        raise FormatError(message)


def _refusal(error: etree.XMLSyntaxError, name: str) -> FormatError:
    line = error.lineno or None
    words = (error.msg or "").partition(", line")[0]
    about = f"{name or 'The file'} is not XML that can be read"
    return FormatError(f"{about}: {words[:200]}." if words else f"{about}.", line)


def _is_wide(data: bytes) -> bool:
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:4].count(0) > 0


def _as_number(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name is None:
        return match[0]  # a CDATA section: text as it stands
    letters = html.unescape(f"&{name.decode('ascii', 'ignore')};")
    if letters.startswith("&"):
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(letter)};" for letter in letters).encode()
