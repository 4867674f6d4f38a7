"""Reading Anki's packages: cards, templates, clozes, media and their past; refusing bad ones."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import apkg, guess
from quizapp.core.formats.model import BankFile, FormatError, MediaIn, QuestionIn
from quizapp.core.formats.parts import apkg_collection, apkg_package
from quizapp.core.formats.parts.apkg_cards import NO_BACK, NO_CLOZE, NOT_TYPED
from quizapp.core.formats.parts.apkg_clozes import numbers_in, parsed, whole
from quizapp.core.formats.parts.apkg_collection import Note
from quizapp.core.formats.parts.apkg_notetypes import Notetype
from quizapp.core.formats.parts.apkg_protobuf import fields
from quizapp.core.formats.parts.apkg_templates import parse
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from quizapp.core.gaps import gap_numbers
from quizapp.core.markdown import render
from tests.core.anki_ground import (
    CARDS,
    CLOZE,
    COL,
    DECK,
    MODEL,
    NOTES,
    PNG,
    REVLOG,
    collection,
    model,
    new_collection,
    new_package,
    note,
    package,
    zipped,
)
from tests.core.format_ground import questions, read, refusals, warnings

TRIGGER = "CREATE TRIGGER t AFTER INSERT ON revlog BEGIN SELECT 1; END;"
TYPE_IN = (("Card 1", "{{Front}}{{type:Back}}", "{{Front}}<hr id=answer>{{type:Back}}{{More}}"),)


def cards(data: bytes, filename: str = "a.apkg") -> list[QuestionIn]:
    return questions(read(apkg, data, filename))


def made(*fields_: str, kind: Any = None, cards_: Any = ({},), **more: Any) -> list[QuestionIn]:
    """Return the questions of one note in a package of its own."""
    models = None if kind is None else {str(MODEL): kind}
    return cards(package(collection([note(*fields_, cards=cards_)], models, **more)))


def cloze(text: str, extra: str = "", cards_: Any = ({},)) -> list[QuestionIn]:
    return made(text, extra, kind=model("Text Extra", CLOZE, 1, "Cloze"), cards_=cards_)


def answers(item: QuestionIn) -> list[str]:
    return [gap["answers"][0]["text"] for gap in item.body["gaps"].values()]


def test_each_card_is_a_question_with_a_key_of_its_own() -> None:
    both = [("One", "{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}"),
            ("Two", "{{Back}}", "{{FrontSide}}<hr id=answer>{{Front}}")]  # fmt: skip
    found = made(
        "dog", "Hund", kind=model(templates=both), cards_=[{}, {"ord": 1}], tags=" a::b c "
    )
    assert [(q.type, q.stem, q.body["back"]) for q in found] == [
        ("flashcard", "dog", "Hund"),
        ("flashcard", "Hund", "dog"),
    ]
    assert [q.key for q in found] == ["g:0", "g:1"]
    assert {q.group for q in found} == {"g"}
    assert (found[0].category, found[0].tags, found[0].fact) == ("D", ["a::b", "c"], None)


def test_decks_become_categories_and_a_lone_top_deck_the_title() -> None:
    data = package(collection([note("a", "b")], decks={DECK: "Top::Sub::Low"}))
    items = read(apkg, data)
    assert [item.title for item in items if isinstance(item, BankFile)] == ["Top"]
    assert questions(items)[0].category == "Top/Sub/Low"


def test_a_card_in_a_filtered_deck_belongs_to_its_home() -> None:
    decks = {DECK: "Home", 9: "Filtered"}
    found = made("a", "b", cards_=[{"did": 9, "odid": DECK}], decks=decks)
    assert found[0].category == "Home"


def test_a_typed_card_is_a_short_answer() -> None:
    kind = model("Front Back More", TYPE_IN)
    found = made("2 * 3", "six* &amp; <b>half</b>", "more", kind=kind)[0]
    assert (found.type, found.stem) == ("short_answer", "2 * 3")
    assert found.body["answers"] == [{"text": "six\\* & half"}]
    assert found.body["feedback"] == "more"


def test_accents_do_not_matter_where_the_template_says_so() -> None:
    kind = model(templates=[("c", "{{Front}}{{type:nc:Back}}", "{{Back}}")])
    assert made("q", "é", kind=kind)[0].body["diacritics"] is False


def test_what_cannot_be_typed_is_turned_over() -> None:
    kind = model("Front Back More", TYPE_IN)
    assert made("q", '<img src="x.png">', "", kind=kind)[0].type == "flashcard"


def test_a_cloze_asks_its_own_number_and_shows_the_others() -> None:
    one, two = cloze("{{c1::A}} is {{c2::B::letter}}.", "Note", [{}, {"ord": 1}])
    assert (one.type, one.stem, answers(one)) == ("cloze", "[[1]] is B.", ["A"])
    assert (two.stem, answers(two), two.body["hints"]) == ("A is [[1]].", ["B"], ["letter"])
    assert (one.key, two.key, one.body["feedback"]) == ("g:1", "g:2", "Note")


def test_the_same_number_twice_gives_two_gaps() -> None:
    found = cloze("{{c1::a}} and {{c1::b}}")[0]
    assert (found.stem, answers(found)) == ("[[1]] and [[2]]", ["a", "b"])


def test_nested_clozes_are_asked_outside_and_inside() -> None:
    outer, inner = cloze("x {{c1::a {{c2::b}} c}} y", cards_=[{}, {"ord": 1}])
    assert (outer.stem, answers(outer)) == ("x [[1]] y", ["a b c"])
    assert (inner.stem, answers(inner)) == ("x a [[1]] c y", ["b"])


def test_a_deletion_of_two_numbers_is_asked_by_both() -> None:
    found = cloze("{{c1,2::a}} b {{c2::c}}", cards_=[{}, {"ord": 1}])
    assert [answers(item) for item in found] == [["a"], ["a", "c"]]


@pytest.mark.parametrize(
    "inside",
    ['<img src="x.png">', "[sound:x.mp3]", "\\(x^2\\)", "a<br>b", "long " * 40, "<ul><li>a</ul>"],
)
def test_a_deletion_that_nobody_can_type_is_turned_over(inside: str) -> None:
    kind = model("Text Extra", CLOZE, 1)
    data = package(collection([note(f"Is {{{{c1::{inside}}}}}", "")], {str(MODEL): kind}))
    items = read(apkg, data)
    assert questions(items)[0].type == "flashcard"
    assert "\\[...]" in questions(items)[0].stem or "[...]" in questions(items)[0].stem
    assert NOT_TYPED in warnings(items)


def test_a_gap_inside_a_formula_is_turned_over() -> None:
    assert cloze("\\(a + {{c1::b}}\\)")[0].type == "flashcard"


def test_light_markup_in_a_deletion_is_typed_without_it() -> None:
    assert answers(cloze("CO{{c1::<sub>2</sub> &amp; <b>H</b>}}")[0]) == ["2 & H"]


def test_private_signs_in_a_text_are_no_gaps() -> None:
    found = cloze("\ue0003\ue001 {{c1::a}}")[0]
    assert (found.stem, list(found.body["gaps"])) == ("3 [[1]]", ["1"])


def test_a_text_that_looks_like_a_gap_is_none() -> None:
    found = cloze("[[2]] {{c1::a}}")[0]
    assert (found.type, gap_numbers(found.stem)) == ("cloze", ["1"])
    assert "[[2]]" in render(found.stem)


def test_a_card_whose_cloze_is_gone_is_kept_as_it_came() -> None:
    kind = model("Text Extra", CLOZE, 1)
    notes = [note("{{c1::a}}", "", cards=[{"ord": 4}])]
    items = read(apkg, package(collection(notes, {str(MODEL): kind})))
    assert [q.type for q in questions(items)] == ["opaque"]
    assert NO_CLOZE in warnings(items)


def test_image_occlusion_is_kept_with_its_picture() -> None:
    sides = [("c", "{{cloze:Occlusion}}{{Image}}", "{{cloze:Occlusion}}")]
    kind = model("Occlusion Image", sides, 1)
    values = ("{{c1::image-occlusion:rect:left=.1}}", '<img src="a.png">')
    items = read(apkg, package(collection([note(*values)], {str(MODEL): kind}), {"a.png": PNG}))
    found = questions(items)[0]
    assert (found.type, found.stem) == ("opaque", "![a](media/a.png)")
    assert json.loads(found.body["raw"])["note"]["fields"] == list(values)


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("{{#Back}}yes {{Front}}{{/Back}}{{^Back}}no{{/Back}}", "yes q"),
        ("{{^Front}}x{{/Front}}{{Front}}", "q"),
        ("{{ Front }} {{Tags}} {{Deck}} {{Card}}", "q t D c"),
        ("{{text:Front}}{{!no}}", "q"),
        ("{{{Front}}}", "q"),
        ("{{=<% %>=}}<%Front%>", "q"),
        ("<script>{{Back}}</script><style>b</style>{{Front}}", "q"),
        ("{{#Front}}{{#Back}}{{Front}}{{/Front}}{{/Back}}", "q"),
        ("{{Front}}{{#Front}}!", "q!"),
        ("{{tts en_US voices=a:Back}}{{Front}}", "q"),
        ("<front>{{Front}}</front>", "q"),
        ("{{Nothing}}{{Front}}", "q"),
        ("{{made-up:Front}} {{", "q {{"),
    ],
)
def test_templates_are_followed(front: str, expected: str) -> None:
    kind = model(templates=[("c", front, "{{Back}}")])
    assert made("q", "b", kind=kind, tags=" t ")[0].stem == expected


def test_hints_on_a_front_are_hints() -> None:
    kind = model("Front Back Hint", [("c", "{{Front}} {{hint:Hint}}", "{{Back}}")])
    assert made("q", "b", "<i>h</i>", kind=kind)[0].body["hints"] == ["*h*"]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [("furigana", "日本 (にほん) は"), ("kana", "にほんは"), ("kanji", "日本は")],
)
def test_readings_are_shown_beside_or_alone(filter_: str, expected: str) -> None:
    kind = model(templates=[("c", f"{{{{{filter_}:Front}}}}", "{{Back}}")])
    stem = made(" 日本[にほん]は", "b", kind=kind)[0].stem
    assert stem.replace(" は", "は") == expected.replace(" は", "は")


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("{{FrontSide}}<hr id=answer>{{Back}}", "b"),
        ('{{Front}}<hr id="answer">{{Back}}', "b"),
        ("{{Front}}<br>{{Back}}", "b"),
        ("{{Back}}", "b"),
        ("Mind:{{FrontSide}}<hr id=answer>{{Back}}", "Mind:\n\nb"),
    ],
)
def test_a_back_does_not_repeat_the_front(back: str, expected: str) -> None:
    kind = model(templates=[("c", "{{Front}}", back)])
    assert made("The question", "b", kind=kind)[0].body["back"] == expected


def test_an_empty_back_shows_the_front_again_as_in_anki() -> None:
    items = read(apkg, package(collection([note("only", "")])))
    assert questions(items)[0].body["back"] == "only"
    assert NO_BACK in warnings(items)


def test_an_empty_front_is_kept_as_it_came() -> None:
    found = made("", "back")[0]
    assert (found.type, found.body["raw_format"]) == ("opaque", "apkg")


def test_scripts_of_a_template_and_unbalanced_conditions_are_told_once() -> None:
    kind = model(templates=[("c", "<script>x</script>{{Front}}{{#A}}", "{{Back}}")])
    notes = [note("a", "b", guid="1"), note("c", "d", guid="2")]
    told = warnings(read(apkg, package(collection(notes, {str(MODEL): kind}))))
    assert sum("a script" in words for words in told) == 1
    assert sum("do not end" in words for words in told) == 1


def test_fields_are_html_with_sounds_pictures_and_formulas() -> None:
    media = {"ä b.png": PNG, "s#1.mp3": b"ID3", "100%.png": PNG}
    front = (
        '<div>a<br>b</div>[sound:s#1.mp3]<img src="a\u0308 b.png" alt="p">&nbsp;[$]x[/$] \\(y\\)'
    )
    data = package(collection([note(front, '<img src="100%.png" alt="q">')]), media)
    items = read(apkg, data)
    stem = questions(items)[0].stem
    assert stem.startswith("a\\\nb\n\n![s#1](media/s#1.mp3)![p](media/ä%20b.png)")
    assert "$x$ $y$" in stem
    assert sorted(item.name for item in items if isinstance(item, MediaIn)) == sorted(media)


def test_media_that_are_missing_or_unused_are_told() -> None:
    data = collection([note('<img src="gone.png" alt="g"> x', "b")])
    told = warnings(read(apkg, package(data, {"font.ttf": b"x"})))
    assert any("not in the file" in words for words in told)
    assert any("1 files" in words for words in told)


@pytest.mark.parametrize("listed", [b"{", b"[1]", b"\xff", b'{"0": 1}'])
def test_a_broken_list_of_media_does_not_stop_the_cards(listed: bytes) -> None:
    files = {"collection.anki2": collection([note("a", "b")]), "media": listed}
    assert len(cards(zipped(files))) == 1


def test_the_newest_collection_counts_and_not_the_decoy() -> None:
    data = new_collection([note('real <img src="é.png" alt="e">', "b")])
    items = read(apkg, new_package(data, {"é.png": PNG}))
    assert [q.stem for q in questions(items)] == ["real ![e](media/é.png)"]
    assert questions(items)[0].category == "A/B c"
    assert [item.data for item in items if isinstance(item, MediaIn)] == [PNG]
    old = collection([note("decoy", "")])
    both = zipped({"collection.anki2": old, "collection.anki21": collection([note("x", "y")])})
    assert [q.stem for q in cards(both)] == ["x"]


def test_newer_collections_say_their_kinds_in_protobuf() -> None:
    data = new_collection([note("{{c1::a}}", "b")], "Text Extra", CLOZE, kind=1)
    assert cards(new_package(data), "a.colpkg")[0].type == "cloze"
    data = new_collection([note("{{c1::a}}", "b")], "Text Extra", CLOZE, kind=1, stock=6)
    assert cards(new_package(data))[0].type == "opaque"


def test_a_lone_collection_is_read() -> None:
    data = collection([note("a", "b")])
    assert [q.stem for q in cards(data, "x.anki2")] == ["a"]
    assert guess(Source.of("x.anki2", data)) is apkg


def test_a_card_with_a_past_keeps_it_and_a_new_one_has_none() -> None:
    studied = {"type": 2, "queue": 2, "due": 30, "ivl": 12, "reps": 3, "data": '{"s":5.1}'}
    log = [(1700000000000, 1, 3, 12, 4, 2500, 4000, 1)]
    found = made("a", "b", cards_=[studied, {"ord": 0, "due": 9}], revlog=log)
    raw = found[0].raw
    assert raw is not None
    assert raw.format == "apkg"
    past = json.loads(raw.text)
    assert past["note"] == {"guid": "g", "mod": 7, "notetype": "Basic"}
    assert past["card"]["ivl"] == 12
    assert past["card"]["data"] == '{"s":5.1}'
    assert past["revlog"] == [[1700000000000, 3, 12, 4, 2500, 4000, 1]]
    assert past["col"] == {"crt": 1600000000, "rollover": 5}
    assert found[1].raw is None


@pytest.mark.parametrize("set_aside", [{"queue": -1}, {"queue": -2}, {"flags": 3}])
def test_a_card_set_aside_keeps_that(set_aside: dict[str, int]) -> None:
    assert made("a", "b", cards_=[set_aside])[0].raw is not None


def test_a_note_without_cards_gets_those_that_anki_would_make() -> None:
    both = [("One", "{{Front}}", "{{Back}}"), ("Two", "{{#More}}{{Back}}{{/More}}", "{{Front}}")]
    kind = model("Front Back More", both)
    assert [q.key for q in made("a", "b", "", kind=kind, cards_=[])] == ["g:0"]
    assert [q.key for q in made("a", "b", "x", kind=kind, cards_=[])] == ["g:0", "g:1"]
    assert [q.key for q in cloze("{{c3::a}} {{c1::b}}", cards_=[])] == ["g:1", "g:3"]


def test_a_note_without_its_note_type_is_a_front_and_a_back() -> None:
    data = package(collection([note("a", "b", "c")], []))
    assert cards(data)[0].body["back"] == "b\n\nc"


def test_notes_of_one_guid_are_not_refused() -> None:
    data = package(collection([note("a", "b"), note("c", "d"), note("e", "f")]))
    items = read(apkg, data)
    assert refusals(items) == []
    assert len({q.key for q in questions(items)}) == 3


@pytest.mark.parametrize("ver", [0, 1, 10])
def test_a_very_old_collection_is_refused_in_plain_words(ver: int) -> None:
    with pytest.raises(FormatError, match="very old Anki"):
        cards(package(collection([note("a", "b")], ver=ver)))


@pytest.mark.parametrize(
    ("tables", "extra"),
    [
        (COL + CARDS + REVLOG, "CREATE VIEW notes AS SELECT 1 AS id;"),
        (COL + NOTES + CARDS + REVLOG, TRIGGER),
        (COL + NOTES + CARDS + REVLOG, "CREATE VIEW other AS SELECT 1;"),
        (COL + CARDS + REVLOG, NOTES.replace("data text", "data text AS (zeroblob(1))")),
        (COL + CARDS + REVLOG, "CREATE VIRTUAL TABLE notes USING fts5(id, guid, mid, mod);"),
        (COL + CARDS + REVLOG, ""),
    ],
)  # fmt: skip
def test_a_schema_that_is_not_plain_tables_is_refused(tables: str, extra: str) -> None:
    with pytest.raises(FormatError):
        cards(package(collection([], tables=tables, extra=extra)))


def test_a_collection_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apkg_collection, "MAX_STEPS", 100_000)
    notes = [note(str(at), "b", guid=str(at)) for at in range(3000)]
    with pytest.raises(FormatError, match="too long"):
        cards(package(collection(notes)))


def test_zstd_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apkg_package, "MAX_COLLECTION", 20_000)
    with pytest.raises(FormatError, match="larger"):
        cards(new_package(new_collection([note("a" * 40_000, "b")])))


def test_values_of_wrong_types_do_no_harm() -> None:
    wrong = {"ord": "x", "due": 2.5, "data": b"\xff", "did": None}
    data = collection([note("a", "b", cards=[wrong])])
    assert len(cards(package(data))) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"media": b"{}"},
        {"collection.anki2": b""},
        {"collection.anki2": b"SQLite format 3\x00" + b"\x00" * 200},
        {"collection.anki21b": b"not zstd"},
        {"collection.anki21b": b"", "meta": b"\x08\x04"},
        {"collection.anki21b": b"", "meta": b"\x08"},
    ],
)
def test_what_is_no_collection_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(FormatError):
        cards(zipped(files))


@given(st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_random_messages_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(FormatError):
        list(fields(data))


@given(st.text(alphabet="{}c1:, a", max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_hold_clozes_and_any_template_can_be_read(text: str) -> None:
    assert len(whole(parsed(text))) <= len(text)
    assert numbers_in(text) == sorted(set(numbers_in(text)))
    parse(text)
    made_ = cloze(text, cards_=[])
    assert all(item.type in ("cloze", "flashcard", "opaque") for item in made_)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole_ = bytearray(collection([note("a", "b"), note("c", "d", guid="h")]))
    for at in data.draw(st.lists(st.integers(0, len(whole_) - 1), max_size=6)):
        whole_[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        list(checked(apkg.read(Source.of("x.anki2", bytes(whole_)))))


# What our reader reads otherwise than the expectations on purpose, with the reason.
DIFFERENT = {
    "1-TEMPLATES::Anatomy::BadTemplate": "a filtered deck: its cards belong where they are at home",
    "1-TEMPLATES::Anatomy::BadOrderSections": "a filtered deck, too",
}


def test_real_packages_hold_what_anki_finds_in_them(shared: Path) -> None:
    told = json.loads((shared / "fixtures/expectations/apkg_oracle.json").read_text())
    for name, expected in told["files"].items():
        source = Source.at(shared / "fixtures" / name)
        items = list(checked(apkg.read(source)))
        found = questions(items)
        assert refusals(items) == [], name
        assert len(found) == expected["cards"], name
        assert len({q.group for q in found}) == expected["notes"], name
        assert {_deck(q) for q in found} <= set(expected["decks"]), name
        logs = [json.loads(q.raw.text)["revlog"] for q in found if q.raw]
        logs += [json.loads(q.body["raw"])["revlog"] for q in found if q.type == "opaque"]
        assert sum(map(len, logs)) == expected["revlog"], name
        assert len(apkg_package.PackageMedia(source.again()).names()) == expected["media"], name
        with apkg_package.unpacked(source.again()) as path, apkg_collection.opened(path) as file:
            notes = {one.guid: one for one in file.notes()}
            for one in expected["first_notes"]:
                _same_note(one, notes[one["guid"]], file.notetypes, found)


def _same_note(
    expected: dict[str, Any], ours: Note, kinds: dict[int, Notetype], found: list[QuestionIn]
) -> None:
    kind, guid = kinds[ours.notetype_id], expected["guid"]
    mine = [q for q in found if q.group == guid]
    assert dict(zip(kind.fields, ours.values, strict=True)) == expected["fields"], guid
    assert ("cloze" if kind.is_cloze else "normal") == expected["kind"], guid
    assert sorted(ours.tags) == sorted(expected["tags"]), guid
    assert len(mine) == expected["cards"], guid
    assert {_deck(q) for q in mine} == set(expected["decks"]) - DIFFERENT.keys(), guid
    assert all(sorted(q.tags) == sorted(expected["tags"]) for q in mine), guid


def _deck(item: QuestionIn) -> str:
    return (item.category or "").replace("/", "::")


def test_the_old_alpha_collection_is_refused_in_plain_words(shared: Path) -> None:
    path = shared / "fixtures/apkg/ankitects__support__anki2-alpha.anki2"
    with pytest.raises(FormatError, match="schema 1"):
        list(apkg.read(Source.at(path)))


def test_hostile_packages_end_in_a_refusal_or_sound_questions(shared: Path) -> None:
    paths = [*(shared / "hostile/apkg").iterdir(), *(shared / "hostile/sqlite").iterdir()]
    assert paths
    for path in sorted(paths):
        try:
            items = list(checked(apkg.read(Source.at(path))))
        except FormatError:
            continue
        assert refusals(items) == [], path.name
        assert "javascript:" not in "".join(q.stem for q in questions(items)), path.name
