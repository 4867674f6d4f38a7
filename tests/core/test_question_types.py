"""What holds for every question type in the registry, tried on a sample of each."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.fields import keyed_entries
from quizapp.core.question import BadResponse, Field, Problem, Question, Response
from quizapp.core.question_types import ASKABLE, QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids, texts
from tests.core.samples import SAMPLES

UNHURRIED = settings(deadline=None)  # a busy machine is no failure

EVERY_TYPE = pytest.mark.parametrize("name", list(QUESTION_TYPES))
APP_GRADED = [name for name, kind in QUESTION_TYPES.items() if kind.GRADED_BY == "app"]
MEMBERS = ("option", "options", "value", "text", "gaps", "pairs", "order", "rating")
WIDGETS = ("choice", "choices", "text", "gaps", "pairs", "order", "essay", "card", "none")
IDS = ("o1", "o2", "o3", "o4", "l1", "l2", "r1", "r2", "i1", "i2", "i3", "i4", "w1", "w2")

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from((*IDS, "1", "2", "3", "true", "thymus", "2.5 m", "1e999999", "\ud800", "\0"))
)
any_json = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from((*IDS, "1", "2", "3")) | st.text(max_size=5), inner)
    ),
    max_leaves=8,
)
any_response = any_json | st.dictionaries(st.sampled_from(MEMBERS), any_json, max_size=3)


def known_ids(fields: tuple[Field, ...], holder: Any) -> set[str]:
    found = set()
    for field in fields:
        if field.kind in ("list", "map"):
            for key, entry in keyed_entries(holder.get(field.name)):
                found |= {key} | (known_ids(field.entry, entry) if field.entry else set())
    return found


def shuffled(value: Any, rng: Random) -> Any:
    """A list of entries with ids in another order."""
    return rng.sample(value, len(value)) if isinstance(value, list) else value


def test_every_type_has_a_sample_and_every_name_of_the_contract_is_there() -> None:
    assert list(SAMPLES) == list(QUESTION_TYPES)
    assert set(SAMPLES) - set(ASKABLE) == {"description", "opaque"}


@EVERY_TYPE
def test_a_sample_has_no_problem(name: str) -> None:
    assert QUESTION_TYPES[name].problems(SAMPLES[name]) == []


@EVERY_TYPE
def test_constants_are_of_the_known_ones(name: str) -> None:
    kind = QUESTION_TYPES[name]
    assert name == kind.NAME
    assert kind.LABEL
    assert kind.HARDNESS in (1, 2, 3)
    assert kind.GRADED_BY in ("app", "learner", "person", "nobody")
    assert kind.WIDGET in WIDGETS


@EVERY_TYPE
def test_the_key_scores_one_where_the_app_grades_and_is_none_elsewhere(name: str) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    key = kind.key(question)
    if name not in APP_GRADED:
        assert key is None
        return
    assert key is not None
    assert kind.parse(question, json.loads(json.dumps(key))) == key
    grade = kind.grade(question, key)
    assert (grade.score, grade.fraction) == (1.0, 1.0)
    assert all(part == 1.0 for part in grade.parts.values())


@EVERY_TYPE
@UNHURRIED
@given(raw=any_response)
def test_any_json_is_graded_without_an_error(name: str, raw: Any) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    grade = kind.grade(question, raw)
    assert grade.score is None or 0 <= grade.score <= 1
    assert grade.fraction is None or -1 <= grade.fraction <= 1
    assert all(0 <= part <= 1 for part in grade.parts.values())
    assert set(grade.feedback) <= {path for path, _ in texts(question)}
    labels = kind.classify(question, raw)
    known = known_ids(kind.FIELDS, question.body) | {"true", "false", "other"}
    for label in labels:
        assert all(part in known or part.isdigit() for part in label.split("."))


def read(name: str, raw: Any) -> tuple[Response | None, str]:
    try:
        return QUESTION_TYPES[name].parse(SAMPLES[name], raw), ""
    except BadResponse as error:
        return None, error.code


@EVERY_TYPE
@UNHURRIED
@given(raw=any_response)
def test_a_response_is_either_read_or_refused_with_a_code(name: str, raw: Any) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    response, code = read(name, raw)
    if response is None:
        assert code
        assert kind.grade(question, raw).score == 0
        return
    assert kind.parse(question, response) == response
    assert json.loads(json.dumps(response)) == response
    assert kind.grade(question, raw) == kind.grade(question, response)


@pytest.mark.parametrize("name", APP_GRADED)
@UNHURRIED
@given(raw=any_response, seed=st.integers(0, 99))
def test_options_in_another_order_grade_the_same(name: str, raw: Any, seed: int) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    rng = Random(seed)
    fixed = ("items", "answers")  # their order means something
    body = {k: v if k in fixed else shuffled(v, rng) for k, v in question.body.items()}
    other = Question(question.type, question.stem, body)
    for response in (raw, kind.key(question)):
        one, two = kind.grade(question, response), kind.grade(other, response)  # type: ignore[arg-type]
        assert (one.score, one.fraction, one.parts) == (two.score, two.fraction, two.parts)


@EVERY_TYPE
@UNHURRIED
@given(seed=st.integers())
def test_what_is_shown_are_ids_and_depends_on_chance_alone(name: str, seed: int) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    shown = kind.shown(question, Random(seed))
    assert shown == kind.shown(question, Random(seed))
    assert set(leaves(shown)) <= known_ids(kind.FIELDS, question.body)
    key = kind.key(question)
    assert key is None or name != "ordering" or shown["items"] != key["order"]


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@EVERY_TYPE
def test_a_blind_guess_scores_between_nothing_and_all(name: str) -> None:
    guess = QUESTION_TYPES[name].random_guess_score(SAMPLES[name])
    assert (guess is None) == (name not in APP_GRADED)
    assert guess is None or 0 <= guess < 1


@EVERY_TYPE
@UNHURRIED
@given(
    stem=st.text(max_size=30),
    body=st.dictionaries(
        st.sampled_from(
            (
                "options",
                "answers",
                "answer",
                "gaps",
                "words",
                "lefts",
                "rights",
                "items",
                "units",
                "back",
                "scoring",
                "hints",
            )
        ),
        any_json
        | st.lists(
            st.dictionaries(
                st.sampled_from(
                    ("id", "text", "fraction", "right", "value", "min", "tolerance", "unit", "kind")
                ),
                any_json,
            ),
            max_size=4,
        )
        | st.dictionaries(
            st.sampled_from("123"),
            st.dictionaries(
                st.sampled_from(("kind", "answers", "options", "word", "weight")),
                any_json | st.sampled_from(("typed", "choice", "word")),
            ),
        ),
        max_size=4,
    ),
    raw=any_response,
)
def test_a_broken_body_is_told_of_and_breaks_nothing(
    name: str, stem: str, body: dict[str, Any], raw: Any
) -> None:
    kind, question = QUESTION_TYPES[name], Question(name, stem + "[[1]]", body)
    assert all(isinstance(problem, Problem) for problem in kind.problems(question))
    kind.key(question)
    kind.grade(question, raw)
    kind.classify(question, raw)
    kind.random_guess_score(question)
    kind.shown(question, Random(1))
    list(texts(question))
    fill_ids(name, body)
