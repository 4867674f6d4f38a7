"""Reading Moodle's missing-word text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import FORMATS, guess, moodle_missingword
from quizapp.core.formats.model import FormatError, QuestionIn
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, warnings


def one(text: str) -> QuestionIn:
    (item,) = questions(read(moodle_missingword, text))
    return item


def test_real_files_are_a_cloze_of_one_gap_each(shared: Path) -> None:
    paths = sorted((shared / "fixtures" / "moodle_missingword").iterdir())
    assert len(paths) == 2
    items = [read(moodle_missingword, path.read_bytes(), path.name) for path in paths]
    first, second = (questions(found)[0] for found in items)
    assert [len(found) for found in items] == [1, 1]
    options = first.body["gaps"]["1"]["options"]
    assert [option.get("fraction", "0") for option in options] == ["1", "0", "0", "0"]
    assert "students of [[1]], and" in first.stem
    options = second.body["gaps"]["1"]["options"]
    assert [option.get("fraction", "0") for option in options] == ["1", "0.75", "0"]
    assert all(option["feedback"].startswith("comment on") for option in options)
    assert second.stem.endswith("[[1]]")
    for path in paths:
        found = guess(Source.at(path))
        assert found is not None
        assert found.NAME == "moodle_missingword"


def test_each_paragraph_is_a_question_with_its_line() -> None:
    text = "A {=b ~c} d.\n\n\nE\nf {g} <i>h</i>.\n"
    first, second = questions(read(moodle_missingword, text))
    assert (first.stem, first.line) == ("A [[1]] d.", 1)
    assert (second.stem, second.line) == ("E f [[1]] *h*.", 4)
    assert second.body["gaps"]["1"] == {"kind": "typed", "answers": [{"text": "g"}]}


def test_weights_comments_and_the_underscore_before_a_number_are_read() -> None:
    item = one("Two and two is {=_4#yes ~ 33.33333%_5 ~ _6#no#way ~ 150% more} here.")
    options = item.body["gaps"]["1"]["options"]
    assert [option["text"] for option in options] == ["4", "5", "6", "more"]
    assert [option.get("fraction") for option in options] == ["1", "0.3333333", None, "1"]
    assert [option.get("feedback") for option in options] == ["yes", None, "no#way", None]


def test_what_is_read_otherwise_is_told() -> None:
    assert warnings(read(moodle_missingword, "A {=b ~c} and {=d ~e}."))
    assert warnings(read(moodle_missingword, "A {=b ~200%c} d."))


@pytest.mark.parametrize("text", ["no braces", "a {b", "a }b{", "a {} b", "a { ~ } b"])
def test_a_paragraph_without_answers_is_refused(text: str) -> None:
    items = read(moodle_missingword, text + "\n\nA {=b ~c} d.")
    assert refusals(items) == [moodle_missingword.NO_BRACES]
    assert len(questions(items)) == 1


def test_what_looks_like_a_gap_stays_text() -> None:
    assert one("A [[1]] {=b ~c}.").stem == r"A \[\[1]] [[1]]."


def test_no_right_answer_is_a_draft() -> None:
    assert one("A {b ~c} d.").is_draft


@pytest.mark.parametrize(
    ("head", "name", "least", "most"),
    [
        ("A {=b ~c} d.", "x.txt", 0, 9),
        ("A {=b ~c} d.", "x.missingword.txt", 80, 100),
        ("A {=b ~75%c} d.", "x.txt", 65, 80),
        ("::n::A {=b ~75%c} d.", "x.txt", 0, 9),
        ("plain", "x.txt", 0, 0),
        ("<a>{=b ~75%c}", "x.xml", 0, 0),
    ],
)
def test_a_file_is_taken_for_it_by_name_or_weights(
    head: str, name: str, least: int, most: int
) -> None:
    assert least <= moodle_missingword.sniff(head.encode(), name, []) <= most


def test_it_is_registered_for_reading_only() -> None:
    plugin = FORMATS["moodle_missingword"]
    assert (plugin.READS, plugin.WRITES) == (True, False)
    with pytest.raises(FormatError):
        plugin.write([], "x.txt")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=100) | st.text(alphabet="ab{}~=#%_1\n <[]", max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        read(moodle_missingword, text.encode("utf-8", "replace"))
    except FormatError:
        return


@pytest.mark.parametrize("unit", ["{", "}", "~", "=", "%", "1", "{=a~b}", "\n"])
def test_long_runs_take_no_long_time(unit: str) -> None:
    for frame in ("{}", "q {{={}}} x"):
        read(moodle_missingword, frame.format(unit * (50_000 // len(unit))))
