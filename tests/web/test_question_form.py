"""The form of every type: a body goes into it and comes out again as it was."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.question import Field, Problem
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.web.question_controls import Control, Drawing, places
from quizapp.web.question_form import TooMany, body_of, pairs, tree, tree_of
from quizapp.web.question_rows import act, first_form
from tests.core.samples import SAMPLES

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1)
TEXTS = WORDS.filter(lambda text: bool(text.strip()))
NUMBERS = st.sampled_from(["0", "1", "0.5", "-0.25", "1e3"])


def again(name: str, body: dict[str, Any], base: dict[str, Any] | None = None) -> dict[str, Any]:
    """Through the form and back, as a browser sends it."""
    fields = QUESTION_TYPES[name].FIELDS
    return body_of(fields, tree(pairs(tree_of(fields, body))), body if base is None else base)


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.kind == "bool":
        return st.booleans()
    if field.kind == "choice":
        return st.sampled_from(field.choices)
    if field.kind == "number":
        return st.integers(0, 9) if field.whole else NUMBERS | st.integers(0, 3)
    if field.kind == "list" and not field.entry:
        return st.lists(TEXTS, max_size=3)
    if field.kind == "list":
        return st.lists(bodies(field.entry), max_size=3).map(lambda each: numbered(field, each))
    if field.kind == "map":
        return st.dictionaries(st.sampled_from("123"), bodies(field.entry), max_size=2)
    return TEXTS


def numbered(field: Field, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if field.name == "units":
        return [{"unit": "m", **entry} for entry in entries]
    return [{"id": f"x{n}", **entry} for n, entry in enumerate(entries)]


def bodies(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Any part of the fields, filled in any way."""
    return st.fixed_dictionaries({}, optional={each.name: values(each) for each in fields})


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_back_as_it_was(name: str) -> None:
    body = dict(SAMPLES[name].body)
    assert again(name, body) == body
    assert json.dumps(again(name, body), sort_keys=True) == json.dumps(body, sort_keys=True)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_comes_back_without_the_one_it_was_made_from(name: str) -> None:
    body = dict(SAMPLES[name].body)
    assert again(name, body, base={}) == body


@pytest.mark.parametrize("name", QUESTION_TYPES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_body_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    body = data.draw(bodies(QUESTION_TYPES[name].FIELDS))
    assert json.dumps(again(name, body), sort_keys=True) == json.dumps(body, sort_keys=True)


@pytest.mark.parametrize("name", QUESTION_TYPES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_nothing_that_is_posted_breaks_the_form(name: str, data: st.DataObject) -> None:
    kind = QUESTION_TYPES[name]
    known = [path for path, _ in pairs(tree_of(kind.FIELDS, SAMPLES[name].body))] or ["hints.0"]
    paths = st.sampled_from(known) | st.text("0123.options gaps", max_size=20)
    texts = st.text(max_size=8) | st.sampled_from(["", "0", "1", "o1", "typed", "word"])
    form = tree(data.draw(st.lists(st.tuples(paths, texts), max_size=30)))
    verbs = st.sampled_from(["add", "remove", "up", "down", "fill", "drop"])
    action = f"{data.draw(verbs)}:{data.draw(paths)}"
    form, _ = act(kind.FIELDS, form, action, "a [[1]] b [[7]]", lambda n: n - 1)
    body = body_of(kind.FIELDS, form, data.draw(st.sampled_from([{}, SAMPLES[name].body])))
    json.dumps(body)
    Drawing(form, [], []).controls(kind.FIELDS)


def form_of(name: str) -> Any:
    return tree_of(QUESTION_TYPES[name].FIELDS, SAMPLES[name].body)


def after(name: str, action: str, stem: str = "") -> tuple[dict[str, Any], str]:
    kind = QUESTION_TYPES[name]
    form, focus = act(kind.FIELDS, form_of(name), action, stem, lambda n: 7)
    return body_of(kind.FIELDS, form, SAMPLES[name].body), focus


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def test_rows_are_moved_and_taken_out_with_their_ids() -> None:
    body, focus = after("multiple_choice", "down:options.0")
    assert (ids(body["options"]), focus) == (["o2", "o1", "o3"], "options.1")
    assert ids(after("multiple_choice", "up:options.2")[0]["options"]) == ["o1", "o3", "o2"]
    assert ids(after("multiple_choice", "up:options.0")[0]["options"]) == ["o1", "o2", "o3"]
    assert ids(after("multiple_choice", "remove:options.1")[0]["options"]) == ["o1", "o3"]
    body, _ = after("cloze", "remove:gaps.1.answers.0")
    assert ids(body["gaps"]["1"]["answers"]) == ["a2"]
    assert after("multiple_choice", "remove:options.9")[0] == SAMPLES["multiple_choice"].body
    assert after("multiple_choice", "remove:feedback.0")[0] == SAMPLES["multiple_choice"].body


def test_a_new_row_gets_an_id_that_was_never_there_and_counts_once_filled() -> None:
    kind = QUESTION_TYPES["multiple_choice"]
    form, focus = act(kind.FIELDS, form_of("multiple_choice"), "add:options", "", lambda n: 0)
    assert focus == "options.3"
    assert form["options"]["3"]["id"] == "o4"
    assert len(body_of(kind.FIELDS, form, {})["options"]) == 3
    form["options"]["3"]["text"] = "Wet and dry"
    assert body_of(kind.FIELDS, form, {})["options"][3] == {"id": "o4", "text": "Wet and dry"}


def test_ids_of_new_items_do_not_tell_their_order() -> None:
    kind = QUESTION_TYPES["ordering"]
    chances = iter([700, 30])
    form = first_form(kind.FIELDS, lambda n: next(chances))
    assert [row["id"] for row in form["items"].values()] == ["i800", "i130"]


def test_gaps_that_the_text_names_get_entries() -> None:
    body, focus = after("cloze", "fill:gaps", "[[2]] and [[5]] and [[4]] and [[5]]")
    assert focus == "gaps.5"
    assert list(body["gaps"]) == ["1", "2", "3", "4", "5"]
    assert body["gaps"]["4"] == {"kind": "typed"}
    assert body["gaps"]["2"] == SAMPLES["cloze"].body["gaps"]["2"]


def test_what_another_kind_of_gap_asks_for_is_not_kept() -> None:
    kind = QUESTION_TYPES["cloze"]
    form = form_of("cloze")
    form["gaps"]["2"]["kind"] = "typed"
    form["gaps"]["2"]["answers"] = {"0": {"id": "a1", "text": "T"}}
    gap = body_of(kind.FIELDS, form, SAMPLES["cloze"].body)["gaps"]["2"]
    assert gap == {"kind": "typed", "answers": [{"id": "a1", "text": "T"}], "weight": "2"}


def test_a_false_answer_is_an_answer_and_none_is_missing() -> None:
    fields = QUESTION_TYPES["true_false"].FIELDS
    assert body_of(fields, {"answer": "0"}) == {"answer": False}
    assert body_of(fields, {"answer": ""}) == {}


def test_too_many_fields_are_not_read_in_part() -> None:
    with pytest.raises(TooMany):
        tree((f"options.{n}.text", "x") for n in range(30_000))


def drawn(name: str, problems: list[Problem]) -> list[Control]:
    return Drawing(form_of(name), [], problems).controls(QUESTION_TYPES[name].FIELDS)


def test_a_problem_stands_at_its_field() -> None:
    wrong = [
        Problem("missing", "a", "gaps.1.answers.a2.text"),
        Problem("no-gap", "b", "gaps.3"),
        Problem("unknown-word", "c", "gaps.3.word"),
    ]
    found = [(id_, row, problem.message) for id_, row, problem in places(drawn("cloze", wrong))]
    assert found == [
        ("f-gaps.1.answers.1.text", "Gap 1, Answer 2", "a"),
        ("f-gaps.3", "Gap 3", "b"),
        ("f-gaps.3.word", "Gap 3", "c"),
    ]


def test_a_problem_of_no_field_is_left_over() -> None:
    drawing = Drawing(form_of("essay"), [], [Problem("odd", "x", "nowhere")])
    assert list(places(drawing.controls(QUESTION_TYPES["essay"].FIELDS))) == []
    assert [problem.code for problem in drawing.left_over()] == ["odd"]


def test_a_match_is_chosen_from_the_other_side() -> None:
    lefts = drawn("matching", [])[0]
    right = next(each for each in lefts.rows[0].controls if each.name.endswith(".right"))
    assert right.drawn == "select"
    assert right.choices == (
        ("", ""), ("r1", "Penicillin"), ("r2", "Vaccination"), ("r3", "X-rays"),
    )  # fmt: skip
    assert right.value == "r2"
