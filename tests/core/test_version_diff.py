"""What differs between two versions, said so that it can be read."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.version_diff import MAX_TOKENS, Change, difference, word_pieces
from tests.core.samples import SAMPLES


def changed(name: str, **body: Any) -> list[Change]:
    old = SAMPLES[name]
    new = replace(old, body={**old.body, **body})
    return difference(old, new, QUESTION_TYPES[name].FIELDS)


def told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [
        (change.kind, ", ".join(change.labels), "".join(piece.text for piece in change.pieces))
        for change in changes
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_question_does_not_differ_from_itself(name: str) -> None:
    assert changed(name) == []


def test_words_are_compared_one_by_one() -> None:
    pieces = word_pieces("What fights an infection?", "What fights the infection?")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "What fights "),
        ("removed", "an "),
        ("added", "the "),
        ("same", "infection?"),
    ]


@given(st.text("ab \n[]", max_size=60), st.text("ab \n[]", max_size=60))
def test_the_pieces_hold_both_texts(old: str, new: str) -> None:
    pieces = word_pieces(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


def test_long_texts_are_compared_by_the_line() -> None:
    lines = [f"{'word ' * 20}{n}\n" for n in range(MAX_TOKENS // 2)]
    pieces = word_pieces("".join(lines), "".join(["new\n", *lines]))
    assert (pieces[0].kind, pieces[0].text) == ("added", "new\n")
    assert word_pieces("a " * 9000, "b " * 9000)[0].text == "a " * 9000


def test_options_are_told_apart_by_their_ids() -> None:
    first, second, third = SAMPLES["multiple_choice"].body["options"]
    changes = changed(
        "multiple_choice",
        options=[
            third,
            {**first, "fraction": "0.5"},
            {"id": "o9", "text": "None", "fraction": "1"},
        ],
    )
    assert told(changes) == [
        ("removed", "Option 2", "Hot and cold; Share of the points: -0.5"),
        ("changed", "Option 2, Share of the points", "10.5"),
        ("added", "Option 3", "None; Share of the points: 1"),
        ("moved", "Options", "Active and idle; Share of the points: 0.5; Feedback: Half. / "
         "Active and passive; Share of the points: 0.5; Feedback: Yes."),
    ]  # fmt: skip
    assert second["id"] not in {change.path for change in changes}


def test_a_default_written_out_is_no_difference() -> None:
    assert changed("multiple_choice", shuffle=True) == []
    assert told(changed("multiple_choice", shuffle=False)) == [
        ("changed", "Show in random order", "yesno")
    ]


def test_gaps_and_hints_are_named_by_their_number() -> None:
    gaps = SAMPLES["cloze"].body["gaps"]
    changes = changed("cloze", gaps={**gaps, "1": {**gaps["1"], "typos": 0}}, hints=["Look."])
    assert told(changes) == [
        ("changed", "Gap 1, Slips forgiven", "20"),
        ("added", "Hint 1", "Look."),
    ]


def test_what_cannot_be_read_is_compared_as_text() -> None:
    old = Question("essay", "Why?", {"max_words": "many", "hints": "none"})
    new = Question("essay", "Why?", {"max_words": 3, "hints": [1]})
    assert [change.kind for change in difference(old, new, QUESTION_TYPES["essay"].FIELDS)] == [
        "changed",
        "added",
    ]
