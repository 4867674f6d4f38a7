import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from quizapp.core.formats import guess, qti2, qti3
from quizapp.core.formats.contract import SINGLE, Format
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
)
from quizapp.core.formats.shared.plain import to_markdown
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import (
    canonical,
    questions,
    read,
    samples,
    warnings,
    written,
)
from tests.core.qti_ground import (
    item,
    manifest,
    packed,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16
both = pytest.mark.parametrize("plugin", [qti2, qti3], ids=["qti2", "qti3"])


def again(plugin: Format, *items: Item) -> list[Item]:
    return read(plugin, written(plugin, list(items)))


def made(plugin: Format) -> Iterator[QuestionIn]:
    return (one for one in samples() if one.type in plugin.TYPES)


@both
def test_what_is_written_reads_the_same(plugin: Format) -> None:
    items = list(made(plugin))
    back = again(plugin, *items)
    assert [canonical(one) for one in questions(back)] == [canonical(one) for one in items]
    assert [one.key for one in questions(back)] == [one.key for one in items]
    assert warnings(back) == []


def body(kind: str, **entries: Any) -> QuestionIn:
    found = {one.type: one for one in samples()}[kind]
    return replace(found, body={**found.body, **entries})


CLOZE = {
    "gaps": {
        "1": {"kind": "word", "word": "w2", "weight": "2", "feedback": "No."},
        "2": {"kind": "word", "word": "w2"},
    },
    "words": [{"id": "w1", "text": "a < b"}, {"id": "w2", "text": "c"}],
}
LINES = {
    "gaps": {
        "7": {"kind": "typed", "answers": [{"text": "x", "feedback": "Yes."}], "case": True},
        "3": {"kind": "choice", "options": [{"text": "p", "fraction": "1"}, {"text": "q"}]},
    },
    "scoring": "all_or_nothing",
}
CHOSEN = [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "1"}, {"text": "c"}]


@both
@pytest.mark.parametrize(
    "question",
    [
        body("ordering", scoring="exact_order"),
        body("ordering", scoring="all_or_nothing"),
        replace(body("multiple_response"), body={"options": CHOSEN, "shuffle": False}),
        body("multiple_response", options=CHOSEN, scoring="all_or_nothing", feedback="F."),
        body("multiple_response", scoring="all_or_nothing"),
        body("multiple_choice", options=[{"text": "True", "fraction": "1"}, {"text": "False"}]),
        body("matching", scoring="all_or_nothing", shuffle=False),
        body("multiple_choice", shuffle=False, feedback="", hints=["One.", "Two."]),
        body("true_false", answer=False, feedback_true="A *b*."),
        body("essay", sample="S.", min_words=5, max_words=50),
        body("short_answer", case=True, diacritics=False, fillers="the a; an=%", typos=0),
        body("short_answer", answers=[{"text": "2\\*3 & <b>"}, {"text": "*", "fraction": "0"}]),
        body(
            "numeric", answers=[{"value": "10", "tolerance": "0.05", "tolerance_type": "relative"}]
        ),
        body(
            "numeric", answers=[{"value": "1e3", "tolerance": "2", "tolerance_type": "significant"}]
        ),
        body("numeric", answers=[{"min": "5", "feedback": "F."}, {"max": "1", "fraction": "0.25"}]),
        replace(body("cloze"), stem="A [[1]] and\n\n- b [[2]].", body=CLOZE),
        replace(body("cloze"), stem="A [[7]], **[[3]]** and \\[[9]].", body=LINES),
        replace(
            body("cloze"),
            stem="Fill:\n\n[[1]]",
            body={"gaps": {"1": {"kind": "typed", "answers": [{"text": "x"}]}}},
        ),
    ],
    ids=lambda question: question.type,
)
def test_settings_read_the_same(plugin: Format, question: QuestionIn) -> None:
    assert canonical(questions(again(plugin, question))[0]) == canonical(question)


@both
def test_formatted_texts_formulas_and_media_read_the_same(plugin: Format) -> None:
    stem = (
        "**Bold** & *it* `a<b` $x<\\frac{1}{2}$\n\n$$\\unknown{y}$$\n\n- a\n- b\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n![A sign](media/a%20b.png) ![Song](media/s.mp3)\n\n"
        "```\nx  [[1]] \\(y\\)\n```"
    )
    question = replace(body("true_false"), stem=stem, tags=["b", "a & <c>"], category="x/y & z")
    media = MediaIn("a b.png", "image/png", PNG), MediaIn("s.mp3", "audio/mpeg", b"ID3")
    back = again(plugin, BankFile("My <bank>"), *media, question)
    assert back[0] == BankFile("My <bank>")
    assert {one for one in back if isinstance(one, MediaIn)} == set(media)
    found = questions(back)[0]
    assert canonical(found) == canonical(question)
    assert (sorted(found.tags), found.category) == (["a & <c>", "b"], "x/y & z")
    assert "<annotation" in text_of(plugin, question)


def text_of(plugin: Format, question: QuestionIn) -> str:
    return plugin.write([question], "f.zip").files["items/item00001.xml"].decode()


# Spaces of all kinds become one, and some characters can stand in no XML: no words are lost.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\u2000-\u200f\u2028-\u202f\u3000\ud800-\udfff\ue000-\uf8ff"
    "\ufffe\uffff]"
)


@both
@given(text=st.text(max_size=60))
def test_any_plain_text_reads_the_same(plugin: Format, text: str) -> None:
    shown = to_markdown(_ODD.sub("", normalize("NFC", text)))
    question = replace(body("description"), stem=f"A {shown or 'text'}")
    assert canonical(questions(again(plugin, question))[0]) == canonical(question)


@both
def test_a_kept_item_is_written_as_it_came_with_its_media(plugin: Format) -> None:
    source = item(
        '<p>Do.</p><sliderInteraction responseIdentifier="R"/><p><img src="x/a.png" alt="A"/></p>'
    )
    name = "sliderInteraction"
    if plugin is qti3:
        name = "qti-slider-interaction"
        source = source.replace("assessmentItem", "qti-assessment-item")
        source = source.replace("itemBody", "qti-item-body").replace("sliderInteraction", name)
    data = packed(imsmanifest_xml=manifest(), a_xml=source, **{"x/a.png": PNG})
    first = read(plugin, data, "p.zip")
    back = again(plugin, *[one for one in first if isinstance(one, QuestionIn | MediaIn)])
    kept = questions(back)[0]
    assert kept.type == "opaque"
    assert f"<{name}" in kept.body["raw"]
    assert kept.stem == "Do.\n\n![A](media/a.png)"
    other = qti2 if plugin is qti3 else qti3
    assert other.write([kept], "f.zip").questions == 0


@both
def test_what_cannot_be_written_is_told(plugin: Format) -> None:
    facts: list[Item] = [FactIn("f", "x"), FactIn("g", "y"), ArticleIn("a", "Text.")]
    cards = [one for one in samples() if one.type in ("flashcard", "opaque")]
    result = plugin.write([*facts, *cards, body("description")], "f.zip")
    told = [loss.message for loss in result.losses]
    assert result.questions == 1
    assert sum("left out" in words for words in told) == 4
    foreign = replace(cards[1], body={"raw_format": plugin.NAME, "raw": "<assessmentItem"})
    assert plugin.write([foreign], "f.zip").questions == 0


@both
def test_settings_of_ours_alone_are_told(plugin: Format) -> None:
    for kind, entries, words in (
        ("short_answer", {"typos": 1}, "slips"),
        ("short_answer", {"typos": 0, "fillers": "the " * 200}, "too many"),
        ("numeric", {}, "units"),
        ("multiple_choice", {}, ""),
    ):
        told = [loss.message for loss in plugin.write([body(kind, **entries)], "f.zip").losses]
        assert any(words in one for one in told) if words else not told


@both
def test_the_same_items_give_the_same_bytes(plugin: Format) -> None:
    items = list(samples())
    assert dict(plugin.write(items, "f.zip").files) == dict(plugin.write(items, "f.zip").files)


@both
def test_a_lone_file_holds_one_question(plugin: Format) -> None:
    files = plugin.write([body("essay")], "a.xml").files
    assert questions(read(plugin, files[SINGLE], "a.xml"))[0].type == "essay"
    with pytest.raises(FormatError):
        plugin.write(list(samples()), "a.xml")


@both
def test_what_is_written_is_sound_xml_with_unique_identifiers(plugin: Format) -> None:
    result = plugin.write(list(samples()), "f.zip")
    root = etree.fromstring(result.files["imsmanifest.xml"])
    hrefs = [str(one.get("href")) for one in root.iter("{*}resource")]
    assert set(hrefs) | {"imsmanifest.xml"} == set(result.files)
    for href in hrefs:
        written_item = etree.fromstring(result.files[href])
        assert written_item.nsmap[None] == plugin.VERSION.namespace  # type: ignore[attr-defined]
        _check_references(written_item)


def _check_references(root: Any) -> None:
    names = [one.get("identifier") for one in root if "eclaration" in one.tag or "-decl" in one.tag]
    assert len(names) == len(set(names))
    for one in root.iter("*"):
        used = one.get("responseIdentifier") or one.get("response-identifier")
        used = used or one.get("outcomeIdentifier") or one.get("outcome-identifier")
        assert used is None or used in names


@pytest.mark.parametrize(("plugin", "other"), [(qti2, qti3), (qti3, qti2)])
def test_the_version_is_told_from_the_file(plugin: Format, other: Format) -> None:
    package = Source.of("a.zip", written(plugin, list(samples())))
    assert guess(package) is plugin
    lone = Source.of("a.xml", text_of(plugin, body("essay")).encode())
    assert guess(lone) is plugin
    assert other.sniff(lone.head(), "a.xml", []) == 0
