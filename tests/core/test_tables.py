"""CSV and Excel: own tables, lists of cards, sheets of authors, Kahoot's template, and bad ones."""

import contextlib
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import csv, guess, xlsx
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import (
    FactIn,
    FormatError,
    Guessed,
    MediaIn,
    QuestionIn,
)
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.table_rows import guarded, unguarded
from tests.core.format_ground import (
    canonical,
    questions,
    read,
    refusals,
    samples,
    warnings,
    written,
)

HEAD = "question,a,b,c,d,correct,tags\n"


def only(text: str, **options: str) -> QuestionIn:
    (question,) = questions(read(csv, text, **options))
    return question


def right(question: QuestionIn) -> list[str]:
    return [one["text"] for one in question.body["options"] if one["fraction"] == "1"]


@pytest.mark.parametrize("plugin", [csv, xlsx], ids=["csv", "xlsx"])
@pytest.mark.parametrize("item", list(samples()), ids=lambda item: item.type)
def test_a_question_of_any_type_comes_back_the_same(plugin: Format, item: QuestionIn) -> None:
    (again,) = questions(read(plugin, written(plugin, [item])))
    assert canonical(again) == canonical(item)
    assert again.key == item.key


@pytest.mark.parametrize("plugin", [csv, xlsx], ids=["csv", "xlsx"])
def test_names_tags_categories_hints_and_the_same_bytes(plugin: Format) -> None:
    body = {"back": "=1+1", "feedback": "-f", "hints": ["one", "two\n\nlines"]}
    item = QuestionIn(1, "flashcard", "@front", body, "k", "N", tags=["a", "b c"], category="x/y")
    data = written(plugin, [item])
    assert data == written(plugin, [item])
    (again,) = questions(read(plugin, data))
    assert (again.name, again.tags, again.category) == ("N", ["a", "b c"], "x/y")
    assert again.body == body
    assert again.stem == "@front"


def test_what_a_table_cannot_carry_is_told_once_per_kind() -> None:
    items = [FactIn("f", "F."), FactIn("g", "G."), MediaIn("a.png", "image/png", b"x"), *samples()]
    losses = [loss.message for loss in csv.write(items, "a.csv").losses]
    assert [words[:7] for words in losses] == ["2 facts", "1 pictu"]


@pytest.mark.parametrize(
    ("correct", "texts"),
    [("d", ["4"]), ("4", ["4"]), ("A", ["1"]), ("1;3", ["1", "3"]), ("b, c", ["2", "3"])],
)
def test_right_options_are_named_by_letter_or_number(correct: str, texts: list[str]) -> None:
    assert right(only(HEAD + f'What is 2+2?,1,2,3,4,"{correct}",math\n')) == texts


def test_right_options_are_named_by_their_text() -> None:
    assert right(only("Question,Option 1,Option 2,Answer\nCapital?,Rome,Bonn,Rome\n")) == ["Rome"]


def test_an_answer_that_names_no_option_refuses_its_row_alone() -> None:
    items = read(csv, HEAD + "Q,1,2,3,4,x,\nR,1,2,3,4,a,\n")
    assert [question.stem for question in questions(items)] == ["R"]
    assert refusals(items) == ["“x” names none of the options."]


def test_a_row_without_a_right_answer_is_a_draft() -> None:
    assert only(HEAD + "Q,1,2,3,4,,\n").is_draft


def test_two_columns_without_a_header_are_cards_and_their_signs_stay_signs() -> None:
    card = only("5 * 3 *\t<b> $x$\n")
    assert (card.type, card.stem) == ("flashcard", "5 * 3 *")
    assert card.body["back"] == "\\<b> \\$x\\$"


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b\nc;d\n", "semicolon"),
        ("a|b\nc|d\n", "pipe"),
        ("a\tb, c\nd\te, f, g\n", "tab"),
        ("sep=;\na;b,c\n", "semicolon"),
    ],
)
def test_the_separator_is_guessed_and_told(text: str, separator: str) -> None:
    assert Guessed("separator", separator) in read(csv, text)
    assert {question.type for question in questions(read(csv, text))} == {"flashcard"}


@pytest.mark.parametrize(("name", "sign"), csv.SEPARATORS.items())
def test_the_separator_can_be_chosen(name: str, sign: str) -> None:
    card = only(f"term{sign}what it means", separator=name)
    assert (card.stem, card.body["back"]) == ("term", "what it means")


def test_the_header_can_be_chosen() -> None:
    assert len(questions(read(csv, "front,back\na,b\n", header="no"))) == 2
    assert len(questions(read(csv, "x,y\na,b\n", header="yes"))) == 1


def test_another_encoding_is_guessed_with_a_warning_and_can_be_chosen() -> None:
    data = (HEAD + "Вопрос,А,Б,В,Г,a,тег\n").encode("koi8-r")
    items = read(csv, data)
    assert Guessed("encoding", "cp1252") in items
    assert "choose another encoding" in warnings(items)[0]
    assert questions(read(csv, data, encoding="koi8-r"))[0].stem == "Вопрос"
    with pytest.raises(FormatError, match="no encoding"):
        read(csv, data, encoding="klingon")


def test_cells_over_several_lines_keep_them_and_lines_are_counted() -> None:
    items = questions(read(csv, 'front,back\n"a\nb",c\nd,e\n'))
    assert [(item.stem, item.line) for item in items] == [("a\\\nb", 2), ("d", 4)]


def test_an_open_quotation_mark_ends_in_a_plain_word() -> None:
    with pytest.raises(FormatError, match="quotation mark"):
        read(csv, 'front,back\n"a,b\n' + "c,d\n" * 3000)


def test_an_unknown_type_or_broken_details_refuse_their_rows_alone() -> None:
    text = "type,stem,details\nnonsense,Q,\nflashcard,Q,{\nflashcard,Q,[]\n"
    assert [words[:20] for words in refusals(read(csv, text))] == [
        "There is no question",
        "The column details h",
        "The column details h",
    ]


@given(st.text(max_size=30))
def test_a_guarded_cell_comes_back_and_is_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"} or not text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_no_text_ends_in_another_error(text: str) -> None:
    with contextlib.suppress(FormatError):
        read(csv, text)


def kahoot(rows: list[list[Any]], before: int = 7) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(before):
        sheet.append(["Quiz template"])
    sheet.append(
        [
            None,
            "Question - max 120 characters",
            *(f"Answer {n} - max 75 characters" for n in range(1, 5)),
            "Time limit (sec) - 5, 10, 20, 30, 60, 90, 120, or 240 secs",
            "Correct answer(s) - choose at least one",
        ]
    )
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_kahoots_template_is_read_from_its_eighth_row() -> None:
    data = kahoot(
        [
            [1, "One?", "a", "b", 3, 4.0, 20, 1.0],
            [2, "Two?", "a", "b", "c", None, 20, "1,3"],
            *([n] for n in range(3, 100)),
        ]
    )
    items = read(xlsx, data)
    one, two = questions(items)[:2]
    assert (one.type, right(one)) == ("multiple_choice", ["a"])
    assert [option["text"] for option in one.body["options"]] == ["a", "b", "3", "4"]
    assert (two.type, right(two)) == ("multiple_response", ["a", "c"])
    assert len([words for words in warnings(items) if "times per question" in words]) == 1


def test_other_sheets_are_told_and_an_empty_book_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active.append(["front", "back"])
    book.active.append(["a", "b"])
    book.create_sheet("More").append(["x", "y"])
    file = io.BytesIO()
    book.save(file)
    items = read(xlsx, file.getvalue())
    assert len(questions(items)) == 1
    assert "More was left out" in warnings(items)[0]
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    with pytest.raises(FormatError, match="no sheet with anything"):
        read(xlsx, empty.getvalue())


def test_formats_are_told_apart() -> None:
    assert guess(Source.of("x.xlsx", kahoot([]))) is xlsx
    assert guess(Source.of("x.txt", HEAD.encode())) is csv
    assert guess(Source.of("x.csv", b"a,b\n")) is csv
    assert guess(Source.of("x.txt", b"a\tb\nc\td\n")) is csv


def test_tables_of_others_are_read(shared: Path) -> None:
    found = {}
    for path in sorted((shared / "fixtures" / "csv_tsv").iterdir()):
        source = Source.at(path)
        plugin = guess(source)
        assert plugin is csv, path.name
        items = questions(list(plugin.read(source)))
        found[path.name.rpartition("__")[2]] = (len(items), {item.type for item in items})
    cards = {"flashcard"}
    assert found["kahoot.csv"] == (5, {"multiple_choice"})
    assert found["dialog1.csv"] == (9, cards)
    assert found["flash1.csv"] == (9, cards)


def test_hostile_tables_end_in_items_or_a_plain_word(shared: Path) -> None:
    hostile = shared / "hostile"
    paths = [*hostile.glob("csv/*.csv"), *hostile.glob("csv/spectrum/*.csv")]
    paths += hostile.glob("xlsx/*.xlsx")
    assert len(paths) > 40
    for path in sorted(paths):
        plugin = xlsx if path.suffix == ".xlsx" else csv
        with contextlib.suppress(FormatError):
            for number, _ in enumerate(plugin.read(Source.at(path))):
                if number > 1000:
                    break
