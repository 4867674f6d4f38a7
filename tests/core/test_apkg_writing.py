"""Writing Anki's packages: what comes back, what Anki is given, and what is told as lost."""

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import apkg
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    Item,
    MediaIn,
    QuestionIn,
    RawBlock,
)
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from tests.core.anki_ground import (
    MODEL,
    PNG,
    collection,
    collection_rows,
    model,
    note,
    package,
    zipped,
)
from tests.core.format_ground import canonical, questions, read, refusals, samples, warnings

NOT_WRITTEN = {"description", "opaque"}


def card(stem: str = "front", back: str = "back", **more: Any) -> QuestionIn:
    return QuestionIn(1, "flashcard", stem, {"back": back}, **{"key": "k", **more})


def written(*items: Item) -> bytes:
    return apkg.write(items, "bank.apkg").files[SINGLE]


def note_fields(data: bytes) -> list[list[str]]:
    return [
        flds.split("\x1f")
        for (flds,) in collection_rows(data, "SELECT flds FROM notes ORDER BY id")
    ]


def edited(data: bytes, statement: str) -> bytes:
    """Return a package after somebody changed its collection."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(files["collection.anki2"])
        file.execute(statement)
        file.commit()
        files["collection.anki2"] = file.serialize()
    return zipped(files)


@pytest.mark.parametrize("kind", [q.type for q in samples() if q.type not in NOT_WRITTEN])
def test_each_type_comes_back_as_it_went_out(kind: str) -> None:
    sent = next(q for q in samples() if q.type == kind)
    full = replace(sent, name="A name", category="a/b", tags=["x::y", "two words"])
    items = read(apkg, written(BankFile("Bank"), full))
    back = questions(items)[0]
    assert canonical(back) == canonical(sent)
    assert (back.key, back.name, back.category) == (full.key, "A name", "a/b")
    assert sorted(back.tags) == sorted(full.tags)
    assert (warnings(items), refusals(items)) == ([], [])


def test_what_has_no_card_is_left_out_with_a_loss() -> None:
    sent = [q for q in samples() if q.type in NOT_WRITTEN]
    made = apkg.write(sent, "x.apkg")
    assert made.questions == 0
    assert [loss.question for loss in made.losses] == [q.position for q in sent]


def test_the_types_that_anki_asks_itself_lose_nothing_in_their_plain_form() -> None:
    gap = {"kind": "typed", "answers": [{"text": "a"}]}
    plain = [
        card(),
        QuestionIn(2, "short_answer", "q", {"answers": [{"text": "a\\*"}]}, key="2"),
        QuestionIn(3, "cloze", "q [[1]]", {"gaps": {"1": gap}, "hints": ["h"]}, key="3"),
    ]
    assert {q.type for q in plain} == apkg.TYPES
    assert list(apkg.write(plain, "x.apkg").losses) == []


def test_other_types_say_that_they_become_cards() -> None:
    for sent in samples():
        if sent.type not in apkg.TYPES | NOT_WRITTEN:
            made = apkg.write([sent], "x.apkg")
            assert [loss.name for loss in made.losses] == [sent.key]
            assert made.questions == 1


def test_facts_and_articles_are_one_loss_each() -> None:
    items: list[Item] = [ArticleIn("a", "x"), FactIn("f", "x"), FactIn("g", "y"), card()]
    told = [loss.message for loss in apkg.write(items, "x.apkg").losses]
    assert len(told) == 2
    assert any(message.startswith("2 facts") for message in told)


def test_the_same_items_give_the_same_bytes() -> None:
    items: list[Item] = [BankFile("B"), *samples(), MediaIn("a.png", "image/png", PNG)]
    assert written(*items) == written(*items)


def test_a_note_keeps_its_guid_when_the_question_changes() -> None:
    one, other = written(BankFile("B"), card()), written(BankFile("B"), card(back="new"))
    guids = "SELECT guid, id FROM notes"
    assert collection_rows(one, guids) == collection_rows(other, guids)
    assert collection_rows(one, "SELECT mod FROM notes") != collection_rows(
        other, "SELECT mod FROM notes"
    )
    assert collection_rows(written(BankFile("C"), card()), guids) != collection_rows(one, guids)


def test_questions_without_keys_are_known_by_what_they_say() -> None:
    same = [replace(card(), key=None), replace(card(), key=None, position=2)]
    guids = collection_rows(written(*same), "SELECT guid FROM notes")
    assert len(set(guids)) == 2
    assert guids == collection_rows(written(*same), "SELECT guid FROM notes")


def test_the_deck_is_the_bank_and_the_category() -> None:
    data = written(BankFile('My "bank"::x'), card(category="a/b"))
    decks = json.loads(collection_rows(data, "SELECT decks FROM col")[0][0])
    names = {deck["name"] for deck in decks.values()}
    assert "My 'bank':x::a::b" in names
    assert {"My 'bank':x", "My 'bank':x::a", "Default"} < names
    data = written(BankFile("Top"), card(category="Top/b"))
    assert {
        deck["name"]
        for deck in json.loads(collection_rows(data, "SELECT decks FROM col")[0][0]).values()
    } == {
        "Default",
        "Top",
        "Top::b",
    }


def test_cards_show_what_people_need() -> None:
    choice = next(q for q in samples() if q.type == "multiple_choice")
    front, back, hint, extra, _ = note_fields(written(choice))[0]
    assert "<li>Hot and cold</li>" in front
    assert "<li>Active and passive</li>" in back
    assert "Hot and cold" not in back
    assert (hint, extra) == ("Think of who does the work.", "Both use the immune system.")


def test_gaps_are_deletions_that_their_text_cannot_break() -> None:
    gap = {"kind": "typed", "answers": [{"text": "a::b}} <c>"}]}
    sent = QuestionIn(1, "cloze", "std::x {{c2::y}} [[1]] $\\frac{{1}}{2}$", {"gaps": {"1": gap}})
    data = written(sent)
    text = note_fields(data)[0][0]
    assert text.count("{{c") == 1
    assert "{{c1::a:<!-- -->:b}<!-- -->} &lt;c&gt;}}" in text
    foreign = edited(data, "UPDATE notes SET flds = replace(flds, 'seen', 'sean')")
    found = questions(read(apkg, foreign))[0]
    assert found.body["gaps"]["1"]["answers"] == [{"text": "a::b}} <c>"}]
    assert found.stem.startswith("std::x {{c2::y}} [[1]]")


def test_media_go_along_and_sounds_play() -> None:
    sent = card("![p](media/a%20b.png)", "![s](media/s.mp3)")
    files = [MediaIn("a b.png", "image/png", PNG), MediaIn("s.mp3", "audio/mpeg", b"ID3")]
    data = written(*files, sent)
    front, back = note_fields(data)[0][:2]
    assert '<img src="a b.png"' in front
    assert back == "[sound:s.mp3]"
    items = read(apkg, data)
    assert [item for item in items if isinstance(item, MediaIn)] == files
    assert warnings(items) == []


def test_what_was_changed_in_anki_counts_under_the_same_key() -> None:
    data = written(BankFile("B"), card("front", "back", name="N", category="c", tags=["t"]))
    changed = edited(
        data, "UPDATE notes SET flds = replace(flds, 'back' || char(31), 'new' || char(31))"
    )
    found = questions(read(apkg, changed))[0]
    assert (found.key, found.stem, found.body["back"]) == ("k", "front", "new")
    moved = edited(data, "UPDATE notes SET tags = ' other '")
    assert questions(read(apkg, moved))[0].tags == ["other"]
    assert questions(read(apkg, moved))[0].name == "N"


def test_a_copy_of_a_note_does_not_take_its_key() -> None:
    data = written(BankFile("B"), card())
    columns = "mid, mod, usn, tags, flds, sfld, csum, flags, data"
    copied = edited(data, f"INSERT INTO notes SELECT 5, 'copy', {columns} FROM notes")
    found = questions(read(apkg, copied))
    assert sorted(q.key or "" for q in found) == ["copy:0", "k"]


@pytest.mark.parametrize(
    "hidden",
    [
        '{"guid":"GUID","question":{"type":"flashcard","stem":5,"key":"x","back":["a"]}}',
        '{"guid":"GUID","question":{"type":["a"]}}',
        '{"guid":"GUID","question":[]}',
        '{"guid":"GUID"}',
        "{" * 3000,
        '{"a":' * 3000,
    ],
)
def test_a_forged_hidden_field_does_no_harm(hidden: str) -> None:
    data = written(card())
    guid = collection_rows(data, "SELECT guid FROM notes")[0][0]
    value = hidden.replace("GUID", guid).replace("'", "''")
    shown = "'f' || char(31) || 'b' || char(31) || char(31) || char(31)"
    forged = edited(data, f"UPDATE notes SET flds = {shown} || '{value}'")
    found = questions(read(apkg, forged))
    assert [(q.type, q.stem) for q in found] == [("flashcard", "f")]


def test_the_past_of_a_card_goes_out_and_comes_back() -> None:
    studied = {"id": 77, "type": 2, "queue": 2, "due": 30, "ivl": 12, "factor": 2500, "reps": 3,
               "lapses": 1, "flags": 2, "data": '{"s":5.1,"d":4.2,"dr":0.9}'}  # fmt: skip
    log = [(1700000000000 + at, 77, 3, 12, 4, 2500, 4000, 1) for at in range(3)]
    sent = package(collection([note("a", "b", cards=[studied])], revlog=log))
    first = questions(read(apkg, sent))
    data = written(BankFile("B"), *first)
    assert collection_rows(data, "SELECT due, ivl, reps, lapses, flags FROM cards") == [
        (30, 12, 3, 1, 2)
    ]
    assert len(collection_rows(data, "SELECT id FROM revlog WHERE cid = 77 AND ease = 3")) == 3
    assert collection_rows(data, "SELECT crt FROM col") == [(1600000000,)]
    again = questions(read(apkg, data))
    assert again[0].raw == first[0].raw
    assert again[0].key == "g:0"


def test_days_count_from_one_beginning_in_the_file() -> None:
    def past(crt: int, due: int) -> RawBlock:
        known = {"note": {}, "card": {"type": 2, "queue": 2, "due": due, "ivl": 3}, "revlog": []}
        return RawBlock("apkg", json.dumps({**known, "col": {"crt": crt, "rollover": 4}}))

    ten_days = 864_000
    items = [
        replace(card(), key="1", raw=past(1_600_000_000, 50)),
        replace(card(), key="2", raw=past(1_600_000_000 + ten_days, 50)),
    ]
    assert collection_rows(written(*items), "SELECT due FROM cards ORDER BY nid") == [(50,), (60,)]


@pytest.mark.parametrize(
    "raw", ["", "[]", "{", '{"card":5}', '{"card":{"due":1e999},"revlog":[1]}']
)
def test_a_damaged_past_is_left_out(raw: str) -> None:
    data = written(replace(card(), raw=RawBlock("apkg", raw)))
    assert len(collection_rows(data, "SELECT id FROM cards")) == 1


def test_a_card_that_was_kept_goes_back_with_its_note() -> None:
    cards_ = [{"ord": 0}, {"ord": 1}]
    image = ("{{c1::image-occlusion:rect:a}}{{c2::image-occlusion:rect:b}}", "h")
    sides = [("c", "{{cloze:Text}}", "{{cloze:Text}}{{Extra}}")]
    kinds = {str(MODEL): model("Text Extra", sides, 1, "Occlusion")}
    kept = questions(read(apkg, package(collection([note(*image, cards=cards_)], kinds, tags="t"))))
    assert [q.type for q in kept] == ["opaque", "opaque"]
    made = apkg.write(kept, "x.apkg")
    assert (made.questions, list(made.losses)) == (2, [])
    data = made.files[SINGLE]
    assert note_fields(data) == [list(image)]
    assert len(collection_rows(data, "SELECT id FROM cards")) == 2
    again = questions(read(apkg, data))
    assert [(q.key, q.type, q.tags) for q in again] == [(q.key, q.type, q.tags) for q in kept]


MARKDOWN = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=40
)


@given(MARKDOWN.filter(str.strip), MARKDOWN.filter(str.strip))
@settings(max_examples=40, deadline=None)
def test_any_text_comes_back(front: str, back: str) -> None:
    sent = card(front, back)
    found = questions(read(apkg, written(BankFile("B"), sent)))
    assert [canonical(q) for q in found] == [canonical(q) for q in _checked(sent)]


def _checked(item: QuestionIn) -> list[QuestionIn]:
    return questions(list(checked([item])))


def test_real_packages_come_back_with_all_that_was_done(shared: Path) -> None:
    for path in sorted((shared / "fixtures/apkg").glob("*.apkg")):
        first = questions(list(read(apkg, path.read_bytes(), path.name)))
        data = written(BankFile(path.stem), *first)
        again = {q.key: q for q in questions(read(apkg, data))}
        assert list(again) == [q.key for q in first], path.name
        for sent in first:
            back = again[sent.key]
            assert canonical(back) == canonical(sent), (path.name, sent.key)
            assert (back.tags, back.category) == (sent.tags, sent.category), (path.name, sent.key)
            assert back.raw == sent.raw, (path.name, sent.key)


def test_a_package_is_recognised() -> None:
    source = Source.of("noname", written(card()))
    assert apkg.sniff(source.head(), source.filename, source.names()) > 90
