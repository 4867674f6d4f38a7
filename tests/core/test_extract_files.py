"""PDFs, Word documents and Markdown are read for their article; bad files get plain words."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.articles.extract import extract
from quizapp.core.articles.model import ArticleError, Extracted
from quizapp.core.articles.plain import plain_form
from quizapp.core.articles.segment import blocks
from quizapp.core.formats.shared.zips import zipped
from tests.core.extract_ground import (
    docx_of,
    docx_with,
    pdf_of,
    pdf_with_contents,
    placed,
    stream_of,
)

FIRST = """\
Tides are long waves that the moon and the sun raise in the oceans.
At most coasts the water rises and falls twice a day, and the inter-
val between two high tides is a little more than twelve hours."""
SECOND = """\
When sun and moon stand in a line, their pulls add up and a spring
tide results. Neap tides are lower. Some bays have very large tides,
and the best-known example of a place with such a well-known and best-
known tide"""
THIRD = """\
is the Bay of Fundy in Canada, where the water may rise by sixteen metres."""
WHOLE = (
    "Tides are long waves that the moon and the sun raise in the oceans. At most coasts the water "
    "rises and falls twice a day, and the interval between two high tides is a little more than "
    "twelve hours.",
    "When sun and moon stand in a line, their pulls add up and a spring tide results. Neap tides "
    "are lower. Some bays have very large tides, and the best-known example of a place with such a "
    "well-known and best-known tide is the Bay of Fundy in Canada, where the water may rise by "
    "sixteen metres.",
)
PAGES = [
    [
        (72, 800, 9, "Journal of Shores 12"),
        *placed("How tides work", top=740, size=20),
        *placed("Causes", top=705, size=14),
        *placed(FIRST, top=680),
        *placed(SECOND, top=620),
        (290, 40, 9, "Page 1 of 2"),
    ],
    [
        (72, 800, 9, "Journal of Shores 12"),
        *placed(THIRD, top=740),
        *placed("Figure 2. Two high tides at Fundy", top=640),
        (290, 40, 9, "Page 2 of 2"),
    ],
]
PDF = pdf_of(PAGES, "/Author (Ann Poe; Ben Roe) /Title (Microsoft Word - tides.doc)")
DOCX = docx_of(
    [
        ("Title", "How tides work"),
        ("Normal", "By Ann Poe"),
        ("Heading1", "Causes"),
        ("Normal", WHOLE[0]),
        ("Caption", "Two high tides at Fundy"),
        ("Normal", WHOLE[1]),
    ],
    "<dc:title>Draft 3</dc:title><dc:creator>Ann Poe; Ben Roe</dc:creator>"
    "<dcterms:created>2021-03-04T10:00:00Z</dcterms:created>",
)
MARKDOWN = f"""\
---
title: "How tides work"
author: Ann Poe and Ben Roe
date: 2021-03-04
---
Causes
------

{WHOLE[0]}[^1]

* Spring tides are *high*.
* Neap tides are **low**.

```python
tide = moon + sun
```

{WHOLE[1]}

[^1]: Poe, A. Tides. 2020.
"""
GOOD = {"tides.pdf": PDF, "tides.docx": DOCX, "tides.md": MARKDOWN.encode()}


def kept(found: Extracted) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in found.blocks if not one.dropped]


def refusal(data: bytes, filename: str = "file.pdf", mime: str = "") -> str:
    with pytest.raises(ArticleError) as caught:
        extract(data, filename, mime)
    return str(caught.value)


def test_lines_of_a_pdf_become_paragraphs_over_pages_and_broken_words() -> None:
    found = extract(PDF, "tides.pdf")
    expected = [("heading", "Causes"), *(("paragraph", text) for text in WHOLE)]
    assert kept(found) == expected
    assert (found.title, found.authors) == ("How tides work", ("Ann Poe", "Ben Roe"))


def test_running_headers_and_page_numbers_of_a_pdf_are_left_out() -> None:
    dropped = extract(PDF, "x.pdf").dropped
    assert [one.text for one in dropped if one.dropped == "page_furniture"] == [
        "Journal of Shores 12",
        "Page 1 of 2",
        "Journal of Shores 12",
        "Page 2 of 2",
    ]


def test_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    left = "Tides are long waves that the\nmoon and the sun raise in the\noceans. They rise twice a"
    right = "day and fall as often. This\nis so because the earth turns\nbelow two bulges of water."
    found = extract(pdf_of([placed(left) + placed(right, left=320)]), "tide_notes.pdf")
    assert found.text == " ".join(f"{left}\n{right}".split())
    assert found.title == "tide notes"


def test_an_indented_line_begins_a_paragraph_of_a_pdf() -> None:
    indented = "The moon is nearer, so that its pull matters more than that of the"
    rest = "sun, which is far heavier but stands much farther away from us."
    lines = [
        *placed(f"{FIRST[:67]}\nThey rise twice a day."),
        *placed(indented, left=90, top=672.5),
        *placed(rest, top=658.75),
    ]
    assert extract(pdf_of([lines]), "x.pdf").text.split("\n\n") == [
        f"{FIRST[:67]} They rise twice a day.",
        f"{indented} {rest}",
    ]


def test_bold_lines_of_a_pdf_are_headings() -> None:
    lines = [*placed("Spring tides", size=-11), *placed(FIRST, top=680)]
    assert kept(extract(pdf_of([lines]), "x.pdf"))[0] == ("heading", "Spring tides")


def test_a_pdf_without_text_is_said_to_hold_pictures() -> None:
    assert refusal(pdf_of([[], []])).startswith("This PDF holds pictures of pages, not text.")


def test_a_pdf_with_a_password_is_refused() -> None:
    lock = f"/Filter /Standard /V 1 /R 2 /O ({'a' * 32}) /U ({'b' * 32}) /P -4"
    locked = pdf_of(PAGES, trailer=f"/Encrypt << {lock} >> /ID [(abc) (abc)]")
    assert refusal(locked).startswith("This PDF is protected by a password.")


@pytest.mark.parametrize("times", [1, 2])
def test_a_pdf_that_is_a_bomb_is_refused_before_it_unpacks(times: int) -> None:
    bomb = pdf_with_contents(stream_of(b"0" * 60_000_000, times))
    assert len(bomb) < 100_000
    assert refusal(bomb).startswith("This PDF unpacks to far more than it is packed")


def test_a_pdf_of_many_pages_or_too_deep_is_refused() -> None:
    assert refusal(pdf_of([placed("x")] * 201)).startswith("An article may have at most 200 pages")
    assert refusal(b"%PDF-1.4\n" + b"[" * 100_000) == "This PDF is damaged and cannot be read."


def test_a_word_document_is_read_with_its_properties() -> None:
    found = extract(DOCX, "tides.docx")
    expected = [("heading", "Causes"), *(("paragraph", text) for text in WHOLE)]
    assert kept(found) == expected
    assert found.title == "How tides work"
    assert found.authors == ("Ann Poe", "Ben Roe")
    assert found.published == date(2021, 3, 4)
    assert {one.text: one.dropped for one in found.dropped} == {
        "How tides work": "title",
        "By Ann Poe": "byline",
        "Two high tides at Fundy": "caption",
    }


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<w:document/>",
        "<a/>",
        "<a>" * 2_000 + "</a>" * 2_000,
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a>" + "0" * 20_000_000 + "</a>",
    ],
)
def test_a_word_document_that_is_damaged_or_a_bomb_is_refused(document: str) -> None:
    assert refusal(docx_with(document), "x.docx").startswith("This Word document")


def test_a_word_document_that_is_cut_short_is_refused() -> None:
    assert "damaged" in refusal(DOCX[: len(DOCX) // 2], "x.docx")


def test_markdown_is_read_with_its_front_matter() -> None:
    found = extract(MARKDOWN.encode(), "tides.md")
    assert kept(found) == [
        ("heading", "Causes"),
        ("paragraph", WHOLE[0]),
        ("paragraph", "Spring tides are high."),
        ("paragraph", "Neap tides are low."),
        ("paragraph", WHOLE[1]),
    ]
    assert (found.title, found.authors) == ("How tides work", ("Ann Poe", "Ben Roe"))
    assert found.published == date(2021, 3, 4)
    assert [one.dropped for one in found.dropped] == ["code"]


def test_what_a_file_is_its_content_says_before_its_name() -> None:
    assert kept(extract(PDF, "tides.html", "text/html")) == kept(extract(PDF, "tides.pdf"))
    assert kept(extract(DOCX, "tides.txt", "text/plain")) == kept(extract(DOCX, "tides.docx"))
    page = f"<!DOCTYPE html><title>Tides</title><p>{WHOLE[0]}</p><p>{WHOLE[1]}</p>"
    for name in ("tides", "tides.txt", "tides.pdf"):
        assert extract(page.encode(), name).text == "\n\n".join(WHOLE)
    text = "\n\n".join(WHOLE)
    assert extract(text.encode(), "tides.html").text == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This file is empty."),
        (b" \n\t ", "This file is empty."),
        (b"\x00\x01\x02\x03" * 100, "This file holds no text."),
        (b"\x89PNG\r\n\x1a\n....", "This is a picture, not text."),
        (b"\xd0\xcf\x11\xe0....", "This is a document of an old kind"),
        (b"{\\rtf1 text}", "This is a rich text file"),
        (zipped({"content.xml": b"<a/>", "mimetype": b"x"}), "This is an OpenDocument file."),
        (zipped({"META-INF/container.xml": b"<a/>", "x": b""}), "This is an e-book"),
        (zipped({"a.txt": b"text"}), "This is a zip file, but no Word document."),
        (b"%PDF-1.7\nnothing more", "This PDF is damaged and cannot be read."),
        (b"PK\x03\x04 and then nothing", "The zip file is damaged"),
        (b"x" * (33 * 1024 * 1024), "This file is larger than 32 MiB."),
    ],
)
def test_what_is_no_article_is_refused_in_plain_words(data: bytes, words: str) -> None:
    assert refusal(data, "file").startswith(words)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html><body><p>", b"---\n", b"\xff\xfe", b"\x1f\x8b"]
    ),
    st.binary(max_size=400),
    st.sampled_from(["a.pdf", "a.docx", "a.html", "a.md", "a.txt", "a", ""]),
)
def test_no_bytes_whatever_end_in_another_error(head: bytes, data: bytes, name: str) -> None:
    try:
        found = extract(head + data, name)
    except ArticleError:
        return
    assert plain_form(found.text) == found.text


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_no_change_to_a_good_file_ends_in_another_error(name: str, data: st.DataObject) -> None:
    changed = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(changed) - 1))
        if data.draw(st.booleans()):
            changed[place] = data.draw(st.integers(0, 255))
        else:
            del changed[place : place + data.draw(st.integers(1, 60))]
    try:
        found = extract(bytes(changed), name)
    except ArticleError:
        return
    text = found.text
    assert [(b.kind, text[b.start : b.end]) for b in blocks(text)] == kept(found)


TAGS = """p div ul li dl dt dd table tr td th h1 h2 br sup a nav article pre script svg main
    blockquote"""
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(TAGS.split()).flatmap(
            lambda tag: st.sampled_from([f"<{tag}>", f"</{tag}>"])
        ),
        st.sampled_from([*WHOLE, "Comments", "By Ann Poe", "[1]", "## ", "\x0c", "<!--", "-->"]),
        st.sampled_from(["&nbsp;", "&#xD800;", "&#0;", "<![CDATA[", "word "]),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_no_markup_whatever_ends_in_another_error(pieces: list[str]) -> None:
    markup = f"<html><body>{''.join(pieces)}"
    try:
        found = extract(markup.encode("utf-8", "replace"), "a.html")
    except ArticleError:
        return
    text = found.text
    assert [(b.kind, text[b.start : b.end]) for b in blocks(text)] == kept(found)
