"""Reading Anki's notes in plain text: settings, separators, quotes, and the cards of each note."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import anki_text, apkg, guess
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import BankFile, FormatError, Guessed, QuestionIn
from quizapp.core.formats.parts.anki_text_table import header_of, rows
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from tests.core.anki_ground import collection_rows
from tests.core.format_ground import canonical, questions, read, refusals, samples, warnings

TABBED = "#separator:Tab\n#html:true\n"


def cards(text: str | bytes, **options: str) -> list[QuestionIn]:
    return questions(read(anki_text, text, **options))


def shown(text: str, **options: str) -> list[tuple[str, str]]:
    return [(q.stem, q.body["back"]) for q in cards(text, **options)]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("Tab", "\t"), ("comma", ","), ("Semicolon", ";"), ("Space", " "), ("Pipe", "|"),
     ("Colon", ":"), (";", ";"), ("\\t", "\t")],
)  # fmt: skip
def test_the_separator_is_said_by_name_or_as_it_is(name: str, sign: str) -> None:
    assert shown(f"#separator:{name}\na{sign}b\n") == [("a", "b")]


def test_a_separator_that_nobody_says_is_guessed_or_chosen() -> None:
    items = read(anki_text, "a;b, c\nd;e, f\n")
    assert [q.stem for q in questions(items)] == ["a", "d"]
    assert Guessed("separator", "semicolon") in items
    assert shown("a;b|c", separator="pipe") == [("a;b", "c")]
    with pytest.raises(FormatError):
        cards("a|b", separator="slash")


def test_quoted_fields_hold_separators_line_ends_and_quotes() -> None:
    text = TABBED + '"a\tb"\t"line\nnext ""so"""\nc\td "e"\n'
    assert shown(text) == [("a b", 'line next "so"'), ("c", 'd "e"')]
    assert [q.line for q in cards(text)] == [3, 5]


def test_a_quote_that_never_ends_is_a_sign() -> None:
    assert shown(TABBED + 'a\t"b\nc\td\n') == [("a", '"b'), ("c", "d")]
    assert len(list(rows('"\n' * 20_000, "\t", 1))) <= 20_000


def test_columns_say_where_guid_note_type_deck_and_tags_stand() -> None:
    text = (
        "#separator:tab\n#html:true\n#guid column:1\n#notetype column: 2\n#deck column:3\n"
        "#tags column:6\nabc\tBasic\tA::B\tfront\tback\tx::y z\n"
    )
    found = cards(text)[0]
    assert (found.key, found.group, found.category) == ("abc:0", "abc", "A/B")
    assert (found.stem, found.body["back"], found.tags) == ("front", "back", ["x::y", "z"])


def test_settings_hold_for_all_notes() -> None:
    items = read(anki_text, "#separator:tab\n#deck:Top::Low\n#tags:one two\na\tb\n")
    assert BankFile("Top") in items
    found = questions(items)[0]
    assert (found.category, found.tags, found.key) == ("Top/Low", ["one", "two"], None)


def test_an_unknown_setting_is_told_and_a_first_line_of_data_is_data() -> None:
    items = read(anki_text, "#separator:tab\n#name:Mine\n\na\tb\n")
    assert [q.stem for q in questions(items)] == ["a"]
    assert any("#name:Mine" in words for words in warnings(items))
    assert shown("#1 hit\tsong\n") == [("#1 hit", "song")]
    assert header_of("#columns:a\tb\nx").lines == 1


@pytest.mark.parametrize("column", ["0", "x", "-1", "99999999999999999999", "²"])
def test_a_column_that_cannot_be_is_no_setting(column: str) -> None:
    items = read(anki_text, f"#separator:tab\n#tags column:{column}\na\tb\n")
    assert len(questions(items)) == 1
    assert any("tags column" in words for words in warnings(items))


def test_html_is_read_where_it_is_said_or_seen() -> None:
    assert shown("#html:true\na <b>b</b>\tc") == [("a **b**", "c")]
    assert shown("#html:false\na <b>b</b>\tc & d") == [("a \\<b>b\\</b>", "c & d")]
    assert shown("a <b>b</b>\tc<br>d") == [("a **b**", "c\\\nd")]
    assert shown('#html:false\na\t"b\nc"') == [("a", "b\\\nc")]


def test_clozes_become_gaps_and_fields_after_them_feedback() -> None:
    one, two = cards(TABBED + "Unit\t{{c1::A}} is {{c2::B::hint}}\tmore\n")
    assert (one.type, one.stem, one.body["feedback"]) == ("cloze", "Unit\n\n[[1]] is B", "more")
    assert two.body["gaps"]["1"]["answers"] == [{"text": "B"}]
    assert two.body["hints"] == ["hint"]
    assert [one.position, two.position] == [1, 2]


def test_the_note_types_that_anki_brings_make_their_cards() -> None:
    def of(kind: str, fields: str) -> list[str]:
        return [q.type for q in cards(f"#separator:tab\n#notetype:{kind}\n{fields}\n")]

    assert of("Basic", "a\tb") == ["flashcard"]
    assert of("Basic (and reversed card)", "a\tb") == ["flashcard"] * 2
    assert of("Basic (optional reversed card)", "a\tb\t") == ["flashcard"]
    assert of("Basic (optional reversed card)", "a\tb\ty") == ["flashcard"] * 2
    assert of("Basic (type in the answer)", "a\tb") == ["short_answer"]
    assert of("Image Occlusion", "{{c1::image-occlusion:rect:left=.1}}\tx") == ["opaque"]


def test_a_front_that_the_back_repeats_is_left_out_there() -> None:
    assert shown(TABBED + '"front"\t"front\n\n<hr id=""answer"">\n\nback"\n') == [("front", "back")]


def test_lines_without_a_second_field_are_refused_and_the_rest_is_taken() -> None:
    items = read(anki_text, TABBED + "lonely\na\tb\n\n\tno front\n")
    assert [(q.position, q.type) for q in questions(items)] == [(2, "flashcard"), (3, "opaque")]
    assert len(refusals(items)) == 1


def test_our_own_notes_come_back_as_they_went_out() -> None:
    sent = [q for q in samples() if q.type not in ("description", "opaque")]
    data = apkg.write([BankFile("B"), *sent], "x.apkg").files[SINGLE]
    text = "#separator:tab\n#html:true\n#guid column:1\n#deck column:2\n"
    for guid, fields in _notes_of(data):
        cells = [guid, "B", *fields.split("\x1f"), "", ""]
        text += "\t".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"
    assert [canonical(q) for q in cards(text)] == [canonical(q) for q in sent]
    assert [q.key for q in cards(text)] == [q.key for q in sent]


def _notes_of(data: bytes) -> list[tuple[Any, ...]]:
    return collection_rows(data, "SELECT guid, flds FROM notes ORDER BY id")


def test_it_is_recognised_by_its_settings_or_clozes() -> None:
    assert anki_text.sniff(b"\xef\xbb\xbf#separator:tab\n", "a", []) > 90
    assert anki_text.sniff(b"a\t{{c1::b}}\n", "a.txt", []) > 60
    assert anki_text.sniff(b"q {=a}\n", "a.txt", []) == 0
    assert anki_text.sniff(b"", "", ["collection.anki2"]) == 0


def test_it_is_only_read() -> None:
    with pytest.raises(FormatError):
        anki_text.write([], "a.txt")


@given(st.text(alphabet='ab"\t\n#:{}c1;', max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        items = list(checked(anki_text.read(Source.of("a.txt", text.encode()))))
    except FormatError:
        return
    assert all(item.position > 0 for item in questions(items))


@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=5))
@settings(max_examples=100, deadline=None)
def test_quoted_rows_come_back_as_they_are(table: list[list[str]]) -> None:
    quoted = ["\t".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    found = [row for _, row in rows("\n".join(quoted), "\t", 1)]
    assert found == [row for row in table if any(cell.strip() for cell in row)]


def test_real_files_are_read_whole(shared: Path) -> None:
    expected = {"Abstraktní umění.txt": 29, "Test kartičky.txt": 25, "fix-abstraktni": 8}
    paths = sorted((shared / "fixtures/anki_txt").iterdir())
    assert paths
    for path in paths:
        source = Source.at(path)
        if path.stat().st_size > 1_000_000:
            head = path.read_bytes()[:200_000].rpartition(b"\n")[0]
            source = Source.of(path.name, head)
        items = list(checked(anki_text.read(source)))
        found = questions(items)
        assert guess(source.again()) is anki_text, path.name
        assert found, path.name
        assert refusals(items) == [], path.name
        assert "opaque" not in {q.type for q in found}, path.name
        for part, count in expected.items():
            assert part not in path.name or len(found) == count, path.name
        if "LucasWolfgang" in path.name:
            assert {q.type for q in found} <= {"cloze", "flashcard"}
            assert len(found) == len(head.split(b"\n"))
