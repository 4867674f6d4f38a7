from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import guess, text2qti
from quizapp.core.formats.model import BankFile, FormatError, Item, QuestionIn, Refused, Warned
from quizapp.core.formats.parts.text2qti_lines import NOT_INDENTED
from quizapp.core.formats.parts.text2qti_question import MIXED, NO_ANSWERS, SEVERAL_RIGHT, SOLUTION
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.html import PICTURE_LEFT_OUT
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, warnings


def items(text: str) -> list[Item]:
    return read(text2qti, text)


def one(text: str) -> QuestionIn:
    found = items(text)
    assert not refusals(found)
    (question,) = questions(found)
    return question


def test_one_starred_option_makes_a_single_choice() -> None:
    question = one("1.  What is $2+3$?\na)  6\n*B) 5\nc)\t*1*\n")
    assert (question.type, question.stem, question.line) == ("multiple_choice", "What is $2+3$?", 1)
    assert question.body == {
        "options": [{"text": "6"}, {"text": "5", "fraction": "1"}, {"text": "*1*"}]
    }


def test_feedback_goes_to_the_question_the_option_and_right_or_wrong_answers() -> None:
    question = one(
        "1. Q\n... General.\n+ Well done.\n- No.\n"
        "a) six\n... Too much.\n*b) five\n... Just so.\nc) one\n"
    )
    assert question.body == {
        "feedback": "General.",
        "options": [
            {"text": "six", "feedback": "Too much.\n\nNo."},
            {"text": "five", "fraction": "1", "feedback": "Just so.\n\nWell done."},
            {"text": "one", "feedback": "No."},
        ],
    }
    assert question.raw is None


def test_boxes_make_a_multiple_response() -> None:
    question = one("1. Q\n[] a\n[ ] b\n[*] c\n[*] d\n")
    assert question.type == "multiple_response"
    assert [option.get("fraction") for option in question.body["options"]] == [None, None, "1", "1"]


def test_several_starred_options_are_read_with_a_warning() -> None:
    found = items("1. Q\n*a) a\n*b) b\nc) c\n")
    assert questions(found)[0].type == "multiple_response"
    assert SEVERAL_RIGHT in warnings(found)


@pytest.mark.parametrize(("star", "answer"), [("true", True), ("false", False)])
def test_true_and_false_as_options_are_true_or_false(star: str, answer: bool) -> None:
    lines = {"true": "a) True", "false": "b) false"}
    lines[star] = "*" + lines[star]
    question = one(f"1. Q\n+ Yes.\n- No.\n{lines['true']}\n{lines['false']}\n")
    assert question.type == "true_false"
    assert question.body == {
        "answer": answer,
        "feedback_true": "Yes." if answer else "No.",
        "feedback_false": "No." if answer else "Yes.",
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5", {"value": "5"}),
        ("-1_000", {"value": "-1000"}),
        ("1.4142 +- 0.0001", {"value": "1.4142", "tolerance": "0.0001"}),
        ("1.5 +- 0", {"value": "1.5"}),
        ("10+-5%", {"value": "10", "tolerance": "0.05", "tolerance_type": "relative"}),
        ("[1.2598, 1.2600]", {"min": "1.2598", "max": "1.2600"}),
        ("1.23e5 +- 1e2", {"value": "1.23e5", "tolerance": "1e2"}),
    ],
)
def test_numbers_have_margins_or_ranges(written: str, expected: dict[str, Any]) -> None:
    question = one(f"1. Q\n=   {written}\n")
    assert (question.type, question.body) == ("numeric", {"answers": [expected]})


@pytest.mark.parametrize("written", ["five", "[1; 2]", "1 +- -1", "1 +- x", "9" * 400])
def test_what_is_no_number_refuses_the_question_alone(written: str) -> None:
    found = items(f"1. Q\n= {written}\n2. R\n= 1\n")
    (refused,) = [item for item in found if isinstance(item, Refused)]
    assert (refused.question, refused.line, refused.name) == (1, 1, "Q")
    assert [one.position for one in questions(found)] == [2]


def test_short_answers_are_plain_text() -> None:
    question = one("1. Who?\n*   Santa *Claus*\n*   Nick\n- Nobody else.\n")
    assert question.type == "short_answer"
    assert question.body["answers"] == [
        {"text": "Santa \\*Claus\\*"},
        {"text": "Nick"},
        {"text": "*", "fraction": "0", "feedback": "Nobody else."},
    ]


def test_an_essay_keeps_its_solution_as_rubric() -> None:
    question = one("1. Write.\n... General.\n!   Look for X.\n\n    And Y.\n____\n")
    assert question.type == "essay"
    assert question.body == {"feedback": "General.", "rubric": "Look for X.\n\nAnd Y."}


def test_a_solution_of_other_questions_is_left_out_and_told() -> None:
    found = items("1. Q\n! Because.\n*a) a\nb) b\n")
    assert SOLUTION in warnings(found)
    assert questions(found)[0].raw is not None


def test_a_file_upload_is_kept_as_it_came() -> None:
    question = one("1. Hand in.\n^^^^\n")
    assert question.type == "opaque"
    assert question.body["raw"] == "1. Hand in.\n^^^^"


def test_paragraphs_go_on_by_indentation() -> None:
    question = one(
        "1.  First\n    second.\n\n    ```\n    1. code\n      more\n    ```\n"
        "*a) one\n\n    - list\nb)\ttwo\n\tlines\n"
    )
    assert question.stem == "First\nsecond.\n\n```\n1. code\n  more\n```"
    assert [option["text"] for option in question.body["options"]] == [
        "one\n\n- list",
        "two\nlines",
    ]


def test_a_line_without_indentation_is_read_on_with_a_warning() -> None:
    found = items("1. One\nline more\n*a) a\nb) b\n")
    assert questions(found)[0].stem == "One\nline more"
    assert NOT_INDENTED in warnings(found)


def test_titles_name_questions_and_points_are_left_out() -> None:
    found = items("Title: A long\n  name\nPoints: 2\n1. Q\n*a) a\nb) b\n\n2. R\n*a) a\nb) b\n")
    assert [one.name for one in questions(found)] == ["A long name", ""]
    assert text2qti.POINTS in warnings(found)


def test_the_quiz_names_the_bank() -> None:
    found = items("Quiz title: Sums\nQuiz description: For\n  practice.\n1. Q\n*a) a\nb) b\n")
    assert found[0] == BankFile(title="Sums", notice="For practice.")


def test_options_stay_in_order_only_where_the_quiz_says_so() -> None:
    question = "1. Q\n*a) a\nb) b\n"
    assert one(f"shuffle answers: false\n{question}").body["shuffle"] is False
    assert "shuffle" not in one(f"shuffle answers: true\n{question}").body
    assert any(
        "one question at a time" in words
        for words in warnings(items(f"one question at a time: true\n{question}"))
    )


def test_text_regions_are_descriptions() -> None:
    found = questions(
        items("Text title: T\nText: Read *this*.\nText title: 1 * 2 *\nText: Alone\n")
    )
    assert [(one.type, one.name, one.stem) for one in found] == [
        ("description", "T", "Read *this*."),
        ("description", "1 * 2 *", "Alone"),
    ]


def test_groups_become_tags_and_their_draw_is_told() -> None:
    found = items(
        "GROUP\npick: 2\nsolutions pick: 1\npoints per question: 1\n"
        "1. Q\n*a) a\nb) b\nEND_GROUP\n2. R\n*a) a\nb) b\nGROUP\n3. S\n*a) a\nb) b\n"
    )
    assert [list(one.tags) for one in questions(found)] == [["group-1"], [], ["group-2"]]
    told = [item.message for item in found if isinstance(item, Warned)]
    assert [words.split()[3] for words in told] == ["2", "1"]


def test_comments_are_no_part_of_the_quiz() -> None:
    question = one(
        "% 1. no\nCOMMENT\n1. nor this\nEND_COMMENT\n"
        "1. Q<!-- hidden --> <!-- open\n*a) a\n% x\nb) b\n"
    )
    assert question.stem == "Q <!-- open"
    assert [option["text"] for option in question.body["options"]] == ["a", "b"]


@pytest.mark.parametrize("head", ["```{.python .run}", "````{.sh .run executable=~/x}"])
def test_code_is_never_run_but_refused(head: str) -> None:
    fence = head.partition("{")[0]
    found = items(f"1. Q\n*a) a\nb) b\n{head}\n2. evil\n*a) a\n{fence}\n3. R\n*a) a\nb) b\n")
    assert refusals(found) == [text2qti.NEVER_RUN]
    assert [(one.position, one.stem) for one in questions(found)] == [(1, "Q"), (3, "R")]


def test_code_that_is_not_closed_is_refused_too() -> None:
    assert refusals(items("```{.python .run}\n1. evil\n*a) a\n")) == [
        f"{text2qti.NEVER_RUN} {text2qti.NOT_CLOSED}"
    ]


def test_a_code_block_outside_of_indentation_belongs_to_the_question() -> None:
    found = items("1. Q\n```python\n2. no question\n```\n*a) a\nb) b\n")
    (question,) = questions(found)
    assert question.stem == "Q\n```python\n2. no question\n```"


def test_pictures_are_left_out_with_their_words_kept() -> None:
    found = items("1. See ![a cell](cell.png){width=3em}.\n*a) a\nb) b\n")
    assert questions(found)[0].stem == "See a cell."
    assert PICTURE_LEFT_OUT in warnings(found)


def test_answers_of_several_kinds_refuse_the_question() -> None:
    assert refusals(items("1. Q\n*a) a\n= 5\n")) == [MIXED]


def test_a_question_without_answers_is_a_text() -> None:
    found = items("1. Q\n")
    assert questions(found)[0].type == "description"
    assert NO_ANSWERS in warnings(found)


def test_answers_outside_of_a_question_are_told() -> None:
    found = items("*a) lost\nwords\n\n1. Q\n*a) a\nb) b\n")
    assert len(questions(found)) == 1
    assert text2qti.NO_QUESTION in warnings(found)


def test_no_right_option_makes_a_draft() -> None:
    assert one("1. Q\na) a\nb) b\n").is_draft


@pytest.mark.parametrize(
    "text",
    ["Quiz title: T\n\n1. Q\n*a) a\nb) b\n", "1. Q\r\n[*] a\r\n[ ] b\r\n", "1. Q\n*a) a\nb) b\n"],
)
def test_quizzes_are_recognised(text: str) -> None:
    assert guess(Source.of("quiz.txt", text.encode())) is text2qti


@pytest.mark.parametrize("text", ["", "Question\nA) a\nANSWER: A\n", "::n:: Q {=a ~b}\n", "a,b\n"])
def test_other_texts_are_not_taken_for_quizzes(text: str) -> None:
    assert text2qti.sniff(text.encode(), "a.txt", []) == 0


def test_text2qti_is_only_read() -> None:
    with pytest.raises(FormatError):
        text2qti.write([], "a.txt")


PIECES = st.sampled_from(
    """1.|2.|a)|*b)|[ ]|[*]|*|=|____|^^^^|...|+|-|!|Title:|Points:|Text:|Text title:|GROUP|pick:
    END_GROUP|```|```{.x .run}|COMMENT|END_COMMENT|%|Quiz title:|[1, 2]|+- 1%|5|word
    ![a](b)|<!--|$x$
    """.replace("\n", "|").split("|")
)
LINES = st.builds(" ".join, st.lists(PIECES | st.text(max_size=5), max_size=4))


@given(st.lists(LINES | st.just("    more"), max_size=20))
def test_lines_of_any_order_raise_nothing_but_format_errors(lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    try:
        found = list(checked(text2qti.read(Source.of("a.txt", data))))
    except FormatError:
        return
    made = [one.position for one in questions(found)]
    made += [item.question for item in found if isinstance(item, Refused)]
    assert sorted(made) == list(range(1, len(made) + 1))


@pytest.mark.parametrize("piece", ["<!--", "![", "*a) x\n", "```\n", "1. ", "[*] \n", "=   \n"])
def test_long_files_take_no_quadratic_time(piece: str) -> None:
    size = 100_000 // len(piece)
    list(text2qti.read(Source.of("a.txt", b"1. Q\n" + piece.encode() * size)))
