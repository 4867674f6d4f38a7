"""Moodle's embedded answers in a text of their own."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import guess, moodle_cloze
from quizapp.core.formats.model import FormatError, QuestionIn
from quizapp.core.formats.shared.moodle_cloze_syntax import (
    LOWER_CASE,
    NOT_A_GAP,
    TILDE,
    TRIMMED,
    MoodleGap,
    gaps_in,
    written,
)
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, warnings


def one(text: str) -> QuestionIn:
    return questions(read(moodle_cloze, text, "x.txt"))[0]


def test_a_text_with_gaps_is_known() -> None:
    found = guess(Source.of("x.txt", b"Capital {1:SHORTANSWER:=Berlin}"))
    assert found is not None
    assert found.NAME == "moodle_cloze"
    assert moodle_cloze.sniff(b"<?xml?><quiz>{1:SA:=x}", "x.xml", []) == 0
    assert moodle_cloze.sniff(b"no gap", "x.txt", []) == 0


def test_each_kind_of_gap_is_read() -> None:
    item = one("{1:SA:=a~%50%b#half} {2:MCS:=c~d} {SAC} {1:SAC:=NaCl} {:NM:=1,5} {1:MCV:e~=f}")
    gaps = item.body["gaps"]
    assert item.stem == "[[1]] [[2]] {SAC} [[3]] [[4]] [[5]]"
    assert gaps["1"]["answers"][1] == {"text": "b", "fraction": "0.5", "feedback": "half"}
    assert (gaps["2"]["weight"], "shuffle" in gaps["2"]) == ("2", False)
    assert gaps["3"]["case"] is True
    assert gaps["4"]["answers"] == [{"text": "1.5", "fraction": "1"}]
    assert gaps["5"]["shuffle"] is False


def test_line_ends_inside_a_gap_do_not_hide_the_right_answer() -> None:
    items = read(moodle_cloze, "x {1:MC:\n=a\n~<br />=b#\nyes~c}", "x.txt")
    options = questions(items)[0].body["gaps"]["1"]["options"]
    assert [option["fraction"] for option in options] == ["1", "1", "0"]
    assert TRIMMED in warnings(items)


def test_what_is_read_otherwise_than_moodle_does_is_told() -> None:
    assert LOWER_CASE in warnings(read(moodle_cloze, "x {1:mc:=a~b}", "x.txt"))
    assert TILDE in warnings(read(moodle_cloze, "x {1:SA:=a\\~b}", "x.txt"))
    assert NOT_A_GAP in warnings(read(moodle_cloze, "{1:SA:=a} {1:MULTICHOICE}", "x.txt"))


def test_entities_and_tags_in_answers_are_undone() -> None:
    item = one("<p>x {1:SA:=a &amp;lt; b&#126;c} {1:MC:=&lt;b&gt;d&lt;/b&gt;~e#<i>no</i>}</p>")
    assert item.body["gaps"]["1"]["answers"][0]["text"] == "a &lt; b~c"
    options = item.body["gaps"]["2"]["options"]
    assert options[0]["text"] == "**d**"
    assert options[1]["feedback"] == "*no*"


def test_a_tolerance_is_told_as_lost() -> None:
    item = one("x {1:NM:=5:0.5~*#no}")
    answers = item.body["gaps"]["1"]["answers"]
    assert [answer["text"] for answer in answers] == ["5", "*"]
    assert item.raw is not None
    assert list(item.raw.lossy) == ["tolerance"]


@pytest.mark.parametrize(
    "text",
    ["no gap", "x {1:MC:=a~b", "x {1:NM:=zero}", "x {0:SA:=a}", "{1:MR:=a~b} {1:SA:=c}",
     "{1:RX:=a.*}", "{1:MULTICHOICE}"],
)  # fmt: skip
def test_what_cannot_be_asked_is_kept_as_it_came(text: str) -> None:
    items = read(moodle_cloze, text, "x.txt")
    assert refusals(items) == []
    assert questions(items)[0].type == "opaque"
    assert questions(items)[0].body["raw"] == text


def test_a_lone_gap_of_several_answers_is_a_question_of_its_own() -> None:
    item = one("x {1:MR:=a~=b~=c~d} y")
    assert (item.type, item.stem) == ("multiple_response", r"x \_\_\_\_\_ y")
    shares = [option["fraction"] for option in item.body["options"]]
    assert shares == ["0.3333333", "0.3333333", "0.3333333", "-0.3333333"]


def test_a_file_in_html_gives_its_body() -> None:
    item = one("<html><head><title>t</title></head><body>\n<p>x {1:SA:=a}</p>\n</body></html>")
    assert item.stem == "x [[1]]"


def test_line_ends_of_a_plain_text_stay() -> None:
    assert one("a\nb {1:SA:=a}\n\n\n\nc").stem == "a\\\nb [[1]]\n\nc"


def test_an_empty_file_and_writing_are_refused() -> None:
    with pytest.raises(FormatError):
        read(moodle_cloze, " \n", "x.txt")
    with pytest.raises(FormatError):
        moodle_cloze.write([], "x.txt")


TEXT = st.text(st.sampled_from("ab ~#}{=%\\&;<>*50"), min_size=1).map(str.strip).filter(bool)


@given(TEXT, TEXT)
def test_any_answer_comes_back_from_what_is_written(text: str, feedback: str) -> None:
    source = written(
        "SHORTANSWER", 3, [("100", text, feedback), ("-50", text, ""), ("0", text, "")]
    )
    pieces = gaps_in(f"a {source} b")
    gap = pieces[1]
    assert isinstance(gap, MoodleGap)
    assert (pieces[0], pieces[2], gap.weight) == ("a ", " b", "3")
    assert [(one.text, one.fraction) for one in gap.alternatives] == [
        (text, "1"), (text, "-0.5"), (text, "0"),
    ]  # fmt: skip
    assert gap.alternatives[0].feedback == feedback


@given(st.text(st.sampled_from("{}1:SAMCNR=~%#\\ \n<p>&5")))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_kept(text: str) -> None:
    with suppress(FormatError):
        assert len(questions(read(moodle_cloze, f"x{text}", "x.txt"))) == 1
