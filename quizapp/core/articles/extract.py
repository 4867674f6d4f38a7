"""From what somebody brings, a text or a file of any kind, to its article and what was left out."""

import re
from pathlib import PurePath
from typing import Final

from quizapp.core.articles.extracting import docx, html, markdown, pdf
from quizapp.core.articles.extracting import text as pasted
from quizapp.core.articles.extracting.clean import cleaned
from quizapp.core.articles.extracting.decoding import page_text
from quizapp.core.articles.extracting.found import Source
from quizapp.core.articles.extracting.language import language_of
from quizapp.core.articles.extracting.telling import told_apart, word_count
from quizapp.core.articles.model import ArticleError, Extracted
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.decoding import decode

MAX_CHARACTERS: Final = 200_000  # of an article
MAX_SOURCE: Final = 500_000  # characters of a text, with all that is not the article
MAX_BLOCKS: Final = 20_000  # headings and paragraphs, with all that is not the article
MAX_PAGE: Final = 4_000_000  # characters of a web page, most of which are not shown
MAX_BYTES: Final = 32 * 1024 * 1024  # of a file
MIN_WORDS: Final = 20
MIN_WORDS_OF_PAGE: Final = 40  # fewer are a notice or a form
_MAX_NAME = 300  # characters of a title or a name

_HEAD = 1024  # bytes in which a PDF says that it is one
_HTML_HEAD = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HTML_END = re.compile(r"</(?:p|div|h[1-6]|article|body|table|ul)\s*>", re.IGNORECASE)
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml", ".xht"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_KINDS = "Bring plain text, Markdown, a web page (HTML), a PDF or a Word document (DOCX)."
_OTHERS: Final = {
    b"\xd0\xcf\x11\xe0": "This is a document of an old kind, such as DOC. Save it as DOCX first.",
    b"{\\rtf": "This is a rich text file (RTF). Save it as DOCX first.",
    b"\x89PNG": f"This is a picture, not text. {_KINDS}",
    b"\xff\xd8\xff": f"This is a picture, not text. {_KINDS}",
    b"GIF8": f"This is a picture, not text. {_KINDS}",
}
_ZIPS: Final = {  # a member, and what its zip is then
    "content.xml": "This is an OpenDocument file. Save it as DOCX or PDF first.",
    "META-INF/container.xml": "This is an e-book (EPUB). Bring one chapter as text or DOCX.",
}


def extract(data: bytes, filename: str, mime: str = "", url: str = "") -> Extracted:
    """Return the article in a file, with everything else that it holds marked as dropped.

    What the file is, its content says first, then its name and type. ArticleError with plain words
    where it is of no known kind, damaged, too big, or holds no article.
    """
    try:
        if not data.strip():
            raise ArticleError("This file is empty.")
        if len(data) > MAX_BYTES:
            raise ArticleError(f"This file is larger than {MAX_BYTES // 1024**2} MiB.")
        source, least = _read(data, filename, mime, url)
        return _finished(source, least, name=PurePath(filename).stem, url=url)
    except FormatError as error:
        raise ArticleError(error.message) from error
    except (RecursionError, MemoryError) as error:
        raise ArticleError("This file is built in a way that cannot be read safely.") from error


def extract_text(text: str) -> Extracted:
    """Return the article in a text, be it an article alone or a whole page that was copied.

    ArticleError with plain words where it is empty, too long, or holds no article.
    """
    _check_length(text)
    return _finished(pasted.read(text), MIN_WORDS)


def _read(data: bytes, filename: str, mime: str, url: str) -> tuple[Source, int]:
    """Return what was found, and how many words an article of this kind has at least."""
    if b"%PDF-" in data[:_HEAD]:
        return pdf.read(data), MIN_WORDS
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, filename), MIN_WORDS
    for head, message in _OTHERS.items():
        if data.startswith(head):
            raise ArticleError(message)
    try:
        text = page_text(data, mime)
    except FormatError as error:
        raise ArticleError(f"This file holds no text. {_KINDS}") from error
    suffix = PurePath(filename).suffix.lower()
    if _is_page(text, suffix, mime):
        if len(text) > MAX_PAGE:
            raise ArticleError("This page is too large to be an article.")
        return html.read(text, url), MIN_WORDS_OF_PAGE
    text = decode(data).text
    _check_length(text)
    if suffix in _MARKDOWN_NAMES or "markdown" in mime.lower():
        return markdown.read(text), MIN_WORDS
    return pasted.read(text), MIN_WORDS


def _is_page(text: str, suffix: str, mime: str) -> bool:
    if _HTML_HEAD.search(text[:_HEAD]):
        return suffix not in _MARKDOWN_NAMES
    named = suffix in _HTML_NAMES or "html" in mime.lower()
    return len(_HTML_END.findall(text[: 64 * _HEAD])) >= (1 if named else 5)


def _read_zip(data: bytes, filename: str) -> Source:
    package = docx.opened(data, filename)
    names = package.names()
    if any(name.startswith(docx.MAIN) for name in names):
        return docx.read(package)
    for name, message in _ZIPS.items():
        if name in names:
            raise ArticleError(message)
    raise ArticleError(f"This is a zip file, but no Word document. {_KINDS}")


def _check_length(text: str) -> None:
    if not text.strip():
        raise ArticleError("There is no text in this.")
    if len(text) > MAX_SOURCE:
        _refuse(len(text))


def _refuse(length: int) -> None:
    raise ArticleError(
        f"An article may have at most {MAX_CHARACTERS:,} characters; this one has {length:,}. "
        "Bring a part of it."
    )


def _finished(source: Source, least: int, name: str = "", url: str = "") -> Extracted:
    if len(source.blocks) > MAX_BLOCKS:
        raise ArticleError("This is no article: it has too many paragraphs.")
    told, blocks = told_apart(source)
    kept = " ".join(one.text for one in blocks if not one.dropped and one.kind == "paragraph")
    if word_count(kept) < least:
        where = "on this page" if least == MIN_WORDS_OF_PAGE else "in this"
        raise ArticleError(f"No article was found {where}: there are too few whole sentences.")
    title = cleaned(told.title) or cleaned(name.replace("_", " ")) or _first_words(kept)
    found = Extracted(
        title=title[:_MAX_NAME],
        blocks=blocks,
        authors=tuple(text[:_MAX_NAME] for one in told.authors if (text := cleaned(one))),
        published=told.published,
        language=language_of(kept, told.language),
        url=url,
    )
    if len(found.text) > MAX_CHARACTERS:
        _refuse(len(found.text))
    return found


def _first_words(text: str) -> str:
    return " ".join(text.split()[:8]) + " …"
