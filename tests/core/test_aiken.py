"""Reading and writing Aiken."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import FORMATS, aiken
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import ArticleIn, FormatError, QuestionIn, Refused
from tests.core.format_ground import canonical, questions, read, refusals, samples, warnings
from tests.core.moodle_facts import expected, ours

# The report names the line where a question begins, not the one where its fault is noticed.
LINES = {3: 1, 5: 5, 7: 7, 18: 14}


def text_of(*items: QuestionIn) -> str:
    return aiken.write(items, "x.txt").files[SINGLE].decode()


def losses_of(*items: QuestionIn) -> list[str]:
    return [loss.message for loss in aiken.write(items, "x.txt").losses]


def choice(stem: str, *texts: str, **body: object) -> QuestionIn:
    options = [
        {"text": text, "fraction": "0" if place else "1"} for place, text in enumerate(texts)
    ]
    return QuestionIn(1, "multiple_choice", stem, {"options": options, **body})


def test_real_files_read_as_moodle_reads_them(shared: Path) -> None:
    text = (shared / "fixtures/expectations/aiken_oracle.json").read_text(encoding="utf-8")
    files = json.loads(text)["files"]
    assert len(files) == len(list((shared / "fixtures" / "aiken").iterdir())) == 2
    for file in files:
        items = read(aiken, (shared / "fixtures" / file["file"]).read_bytes(), file["file"])
        found = [ours(item) for item in questions(items)]
        assert found == [expected(question) for question in file["questions"]]
        assert len(refusals(items)) == len(file.get("errors", []))


def test_errors_are_reported_as_moodles_unit_test_expects(shared: Path) -> None:
    text = (shared / "fixtures/expectations/aiken_unit.json").read_text(encoding="utf-8")
    case = json.loads(text)
    items = read(aiken, (shared / "fixtures" / case["file"]).read_bytes(), case["file"])
    refused = [item for item in items if isinstance(item, Refused)]
    assert [item.line for item in refused] == list(LINES.values())
    for told, line in zip(case["expected"]["errors_reported"], LINES, strict=True):
        assert f"(line {line})" in told
    assert len(questions(items)) == case["expected"]["questions"]
    for item, wanted in zip(questions(items), case["expected"]["questions_by_name"], strict=True):
        options = item.body["options"]
        names = wanted.get("answers") or wanted["answers_displayed"]
        assert [option["text"] for option in options] == names
        right = [place for place, option in enumerate(options) if "fraction" in option]
        assert right == [wanted["correct_index"]]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_dots_and_brackets_small_letters_and_every_line_end_are_read(ends: str) -> None:
    text = ends.join(["Which one?", "a. x", "b) y", "C.z", "Answer: b.", "", "I. Kant was?"])
    text += ends + ends.join(["A) a man", "", "B) a book", "ANSWER: A"])
    first, second = questions(read(aiken, text.encode("utf-8-sig")))
    assert [option["text"] for option in first.body["options"]] == ["x", "y", "z"]
    assert first.body["options"][1]["fraction"] == "1"
    assert (second.stem, second.line, len(second.body["options"])) == ("I. Kant was?", 7, 2)


def test_a_text_of_several_lines_is_joined_with_a_warning() -> None:
    items = read(aiken, "One\ntwo?\nA) x\nB) y\nANSWER: B")
    assert questions(items)[0].stem == "One two?"
    assert warnings(items) == [aiken.LATE_STEM]


def test_several_letters_are_several_right_answers() -> None:
    for answer in ("A, C", "a and c", "A;C"):
        (item,) = questions(read(aiken, f"Q\nA) x\nB) y\nC) z\nANSWER: {answer}"))
        assert item.type == "multiple_response"
        assert [option.get("fraction") for option in item.body["options"]] == ["1", None, "1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q\nA) x\nB) y\nANSWER: D", "no option D"),
        ("Q\nA) x\nB) y\nANSWER:", "no letter"),
        ("Q\nA) x\nB) y\nANSWER: AB", "no letter"),
        ("Q\nA) x\nB) y\nANSWER: the first", "no letter"),
        ("Q\nA) x\nANSWER: A", "only one option"),
        ("Q\nANSWER: A", "no options"),
        ("Heading\n\nQ\nA) x\nB) y\nANSWER: A", "no options"),
        ("Q\nA) x\nB) y\n", "no line such as ANSWER"),
        ("A) x", "without a question"),
        ("ANSWER: A", "without a question"),
    ],
)
def test_what_is_no_whole_question_is_refused(text: str, words: str) -> None:
    items = read(aiken, text + "\n\nGood?\nA) y\nB) n\nANSWER: A")
    assert words in refusals(items)[0]
    assert len(refusals(items)) == 1
    assert questions(items)[-1].stem == "Good?"


def test_texts_are_plain_but_for_formulas() -> None:
    text = "Is <b> *bold* & \\(a<b\\)?\nA) $$x$$\nB) [[1]] `y`\nANSWER: A"
    (item,) = questions(read(aiken, text))
    assert item.stem == r"Is \<b> \*bold\* & $a<b$?"
    assert item.body["options"][0]["text"] == "$$x$$"


@pytest.mark.parametrize(
    ("head", "name", "least", "most"),
    [
        ("Q?\nA) x\nB) y\nANSWER: B\n", "x.txt", 90, 100),
        ("Q?\r\nA. x\r\nB. y\r\nANSWER: B\r\n", "x", 90, 100),
        ("Q?\nA) x\n", "x.txt", 0, 9),
        ("::n::q {=a ~b}", "x.txt", 0, 9),
        ("", "x.txt", 0, 0),
        ("text", "q.aiken.txt", 10, 50),
    ],
)
def test_a_file_is_taken_for_aiken_by_its_answers(
    head: str, name: str, least: int, most: int
) -> None:
    assert least <= aiken.sniff(head.encode(), name, []) <= most
    assert aiken.sniff(head.encode(), name, ["a"]) == 0


def test_aiken_is_registered() -> None:
    assert {"multiple_choice"} == FORMATS["aiken"].TYPES


# Writing


@pytest.mark.parametrize("item", list(samples()), ids=lambda item: item.type)
def test_samples_are_written_or_told(item: QuestionIn) -> None:
    done = aiken.write([item], "x.txt")
    assert done.questions == (item.type in ("multiple_choice", "true_false"))
    assert done.losses


def test_what_aiken_can_carry_reads_the_same_again() -> None:
    items = [
        choice("Which is *not* < 5?".replace("*", r"\*"), "a & b", r"\<b>", "$x^2$", r"$$y$$"),
        choice("ANSW?", *[f"option {number}" for number in range(26)]),
    ]
    assert losses_of(*items) == []
    again = questions(read(aiken, text_of(*items)))
    assert [canonical(item) for item in again] == [canonical(item) for item in items]


def test_every_part_that_is_lost_is_told() -> None:
    item = choice("**b**\n\nc", "x", "y", feedback="f", hints=["h"], shuffle=False)
    assert len(losses_of(item)) == 4
    assert questions(read(aiken, text_of(item)))[0].stem == "b c"
    assert len(losses_of(choice("a\\\nb", "x", "y"))) == 1
    truth = QuestionIn(1, "true_false", "q", {"answer": False, "feedback_true": "f"}, key="k")
    assert len(losses_of(truth)) == 3
    assert "ANSWER: B" in text_of(truth)
    assert aiken.write([ArticleIn("a", "x")], "").losses[0].message.startswith("1 article")


@pytest.mark.parametrize(
    "item",
    [
        choice("A. Lincoln was?", "x", "y"),
        choice("answer : no", "x", "y"),
        choice("q", "x"),
        choice("q", *[str(number) for number in range(27)]),
        choice("![](media/x.png)", "x", "y"),
        QuestionIn(1, "multiple_choice", "q", {"options": [{"text": "x"}, {"text": "y"}]}),
        QuestionIn(1, "essay", "q", {}),
    ],
)
def test_what_would_read_otherwise_is_left_out(item: QuestionIn) -> None:
    done = aiken.write([item], "x.txt")
    assert done.questions == 0
    assert any("left out" in loss.message for loss in done.losses)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=100) | st.text(alphabet="AaBb).:\n ANSWER", max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        items = read(aiken, text.encode("utf-8", "replace"))
    except FormatError:
        return
    places = [item.position for item in questions(items)]
    places += [item.question for item in items if isinstance(item, Refused)]
    assert sorted(places) == list(range(1, len(places) + 1))


@pytest.mark.parametrize("unit", ["A) ", "ANSWER: ", "A,", "and ", "A ", "\\(", "\n", "x\n\n"])
def test_long_runs_take_no_long_time(unit: str) -> None:
    for frame in ("{}", "Q\nA) x\nB) y\nANSWER: {}", "Q\nA) {}\nB) y\nANSWER: A"):
        read(aiken, frame.format(unit * (50_000 // len(unit))))
