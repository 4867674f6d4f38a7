"""What the tests of extraction share: small PDFs and Word documents, and word counts."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from html import escape

from quizapp.core.formats.shared.zips import zipped

Placed = tuple[float, float, float, str]  # from the left, from the bottom, size of letters, text
WORDS = re.compile(r"\w+")


def shares(text: str, gold: str) -> tuple[float, float]:
    """Return word precision and recall of a text, words counted as often as they occur."""
    got, wanted = (Counter(WORDS.findall(one.lower())) for one in (text, gold))
    both = (got & wanted).total()
    return both / max(1, got.total()), both / wanted.total()


def pdf_of(
    pages: Sequence[Sequence[Placed]], about: str = "", trailer: str = "", extra: str = ""
) -> bytes:
    """Return a PDF with lines of Helvetica at their places; sizes below 0 are bold."""
    numbers = range(len(pages))
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        _font("Helvetica"),
        _font("Helvetica-Bold"),
    ]
    packed: list[bytes] = [text.encode("latin-1") for text in objects]
    for number, lines in enumerate(pages):
        packed.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>".encode()
        )
        packed.append(stream_of("\n".join(map(_shown, lines)).encode("cp1252")))
    packed.append(f"<< {about} >>".encode("latin-1"))
    if extra:
        packed.append(extra.encode("latin-1"))
    return _file(packed, f"/Info {5 + 2 * len(pages)} 0 R {trailer}")


def stream_of(data: bytes, times: int = 1) -> bytes:
    """Return a stream object, packed as often as is said."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = " ".join(["/FlateDecode"] * times)
    return (
        f"<< /Length {len(data)} /Filter [{filters}] >>\nstream\n".encode() + data + b"\nendstream"
    )


def pdf_with_contents(contents: bytes) -> bytes:
    """Return a PDF of one page whose contents are this stream object."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return _file([b"<< /Type /Catalog /Pages 2 0 R >>", pages, page, contents], "")


def _font(name: str) -> str:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"


def _shown(placed: Placed) -> str:
    left, bottom, size, text = placed
    text = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    font = "/F2" if size < 0 else "/F1"
    return f"BT {font} {abs(size)} Tf {left} {bottom} Td ({text}) Tj ET"


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(out)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{rows}".encode()
    out += (
        f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return bytes(out)


def placed(text: str, left: float = 72, top: float = 700, size: float = 11) -> list[Placed]:
    """Return the lines of a text below one another, as a program for writing sets them."""
    lines = enumerate(text.split("\n"))
    return [(left, top - 1.25 * abs(size) * number, size, line) for number, line in lines]


_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = """<?xml version="1.0"?><Types
xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="word/document.xml"/></Relationships>"""
_STYLES = f"""<?xml version="1.0"?><w:styles {_WORD}>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/></w:style></w:styles>"""


def docx_of(paragraphs: Sequence[tuple[str, str]], about: str = "", body: str = "") -> bytes:
    """Return a Word document of paragraphs (style, text), and whatever else its body holds."""
    told = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    return docx_with(f"<w:document {_WORD}><w:body>{told}{body}</w:body></w:document>", about)


def docx_with(document: str, about: str = "") -> bytes:
    """Return a Word document whose main part is this."""
    core = f"""<?xml version="1.0"?><cp:coreProperties
xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
>{about}</cp:coreProperties>"""
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": document,
        "word/styles.xml": _STYLES,
        "docProps/core.xml": core,
    }
    return zipped({name: text.encode() for name, text in files.items()})
