"""Drafts as questions of a bank: the key is right, the texts show as written."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.articles.model import Draft, Span
from quizapp.core.articles.question_of import draft_json, question_of
from quizapp.core.gaps import GAP
from quizapp.core.markdown import to_plain
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.statements import key_words

FACT = "Salt dissolves in water."


def draft(type: str, key: object, stem: str = "What dissolves?", **more: object) -> Draft:
    span = Span(0, len(FACT), FACT)
    return Draft("a_way", type, stem, key, FACT, span, **more)  # type: ignore[arg-type]


def question(one: Draft, keys: dict[str, str] | None = None) -> Question:
    return Question(one.type, *question_of(one, keys))


EACH = [
    (draft("multiple_choice", "salt", options=("oil", "salt", "sand")), "salt"),
    (draft("multiple_response", ("salt", "ink"), options=("oil", "salt", "ink")), "salt; ink"),
    (draft("true_false", False), "False."),
    (draft("short_answer", "salt", also_right=("salts",)), "salt"),
    (draft("numeric", 1492.0), "1492"),
    (draft("numeric", 2_500_000.0), "2500000"),
    (draft("numeric", 3.5), "3.5"),
    (draft("flashcard", "Salt does"), "Salt does"),
    (draft("cloze", ("salt",), "[[1]] dissolves."), "1: salt"),
    (draft("ordering", ("dig", "sow", "reap")), "dig; sow; reap"),
    (draft("matching", (("salt", "white"), ("ink", "blue"))), "salt: white; ink: blue"),
]


@pytest.mark.parametrize(("one", "key"), EACH)
def test_each_type_is_sound_and_has_the_key_of_the_draft(one: Draft, key: str) -> None:
    made = question(one)
    assert QUESTION_TYPES[one.type].problems(made) == []
    assert key_words(made) == key


@pytest.mark.parametrize("one", [one for one, _ in EACH if one.type != "flashcard"])
def test_the_key_of_each_draft_scores_everything(one: Draft) -> None:
    made, kind = question(one), QUESTION_TYPES[one.type]
    response = kind.key(made)
    assert response is not None
    assert kind.grade(made, response).score == 1.0


@pytest.mark.parametrize("typed", ["salt", "salts"])
@pytest.mark.parametrize("one", [
    draft("short_answer", "salt", also_right=("salts", "salt")),
    draft("cloze", ("salt",), "[[1]] dissolves.", also_right=("salts",)),
])  # fmt: skip
def test_other_spellings_are_as_right(one: Draft, typed: str) -> None:
    response = {"text": typed, "gaps": {"1": typed}}
    assert QUESTION_TYPES[one.type].grade(question(one), response).score == 1.0


def test_other_spellings_count_for_no_gap_where_there_are_several() -> None:
    one = draft("cloze", ("salt", "ink"), "[[1]] and [[2]].", also_right=("salts",))
    _stem, body = question_of(one)
    assert [len(gap["answers"]) for gap in body["gaps"].values()] == [1, 1]


def test_the_pairs_of_a_matching_name_their_facts_and_ids_do_not_tell_who_belongs_to_whom() -> None:
    pairs = tuple((f"left {n}", f"right {n}") for n in range(8))
    parts = tuple(f"Fact {n}." for n in range(8))
    keys = {part: f"k{n}" for n, part in enumerate(parts)}
    _stem, body = question_of(draft("matching", pairs, parts=parts), keys)
    assert [one["fact"] for one in body["lefts"]] == [f"k{n}" for n in range(8)]
    rights = {one["id"]: one["text"] for one in body["rights"]}
    assert [rights[one["right"]] for one in body["lefts"]] == [right for _, right in pairs]
    assert [one["right"] for one in body["lefts"]] != [f"r{n}" for n in range(1, 9)]


def test_a_meaning_that_two_terms_share_is_offered_once() -> None:
    pairs = (("a", "x"), ("b", "x"), ("c", "y"))
    made = question(draft("matching", pairs))
    assert QUESTION_TYPES["matching"].problems(made) == []
    assert [one["text"] for one in made.body["rights"]] == ["x", "y"]


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@given(LINES)
def test_whatever_the_article_says_shows_as_written(text: str) -> None:
    stem, body = question_of(draft("multiple_choice", text, text, options=(text, "b")))
    assert to_plain(stem) == text
    assert to_plain(body["options"][0]["text"]) == text


@given(LINES, LINES)
def test_around_a_gap_all_shows_as_written_and_the_gap_stays_one(before: str, after: str) -> None:
    one = draft("cloze", ("salt",), f"{before} [[1]] {after}")
    if len(GAP.findall(one.stem)) == 1:
        stem, _body = question_of(one)
        assert GAP.findall(stem) == ["1"]
        assert to_plain(stem) == one.stem


def test_a_draft_is_told_as_the_contract_says() -> None:
    one = replace(draft("numeric", 1492.0), score=0.5)
    assert draft_json(one) == {
        "type": "numeric",
        "stem": "What dissolves?",
        "options": None,
        "key": 1492,
        "fact": FACT,
        "evidence": {"start": 0, "end": 24, "quote": FACT},
        "score": 0.5,
        "way": "a_way",
    }


@pytest.mark.parametrize(("one", "key"), [
    (draft("multiple_choice", "salt", options=("oil", "salt")), "salt"),
    (draft("true_false", True), True),
    (draft("numeric", 3.5), 3.5),
    (draft("cloze", ("salt",), "[[1]]"), ["salt"]),
    (draft("matching", (("a", "x"), ("b", "y"))), [["a", "x"], ["b", "y"]]),
])  # fmt: skip
def test_keys_are_told_in_json_as_their_type_has_them(one: Draft, key: object) -> None:
    told = json.loads(json.dumps(draft_json(one)))
    assert told["key"] == key
    assert type(told["key"]) is type(key)
