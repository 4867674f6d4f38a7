"""How the texts of a question are walked, and how its entries get ids."""

import pytest

from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids, texts
from tests.core.samples import SAMPLES


@pytest.mark.parametrize("name", list(QUESTION_TYPES))
def test_an_image_without_alternative_text_is_found_in_every_markdown_text(name: str) -> None:
    kind, question = QUESTION_TYPES[name], SAMPLES[name]
    body = dict(question.body) | {"feedback": "![](media/a.png)", "hints": ["![ ](media/b.png)"]}
    found = kind.problems(Question(name, question.stem, body))
    assert [(one.code, one.where) for one in found] == [
        ("image-without-alt", "feedback"),
        ("image-without-alt", "hints.0"),
    ]


def test_every_markdown_text_is_walked() -> None:
    assert [path for path, _ in texts(SAMPLES["multiple_choice"])] == [
        "stem",
        "options.o1.text",
        "options.o1.feedback",
        "options.o2.text",
        "options.o3.text",
        "options.o3.feedback",
        "feedback",
        "hints.0",
    ]
    assert [path for path, _ in texts(SAMPLES["cloze"])] == [
        "stem",
        "gaps.2.options.o1.text",
        "gaps.2.options.o2.text",
        "gaps.2.options.o2.feedback",
        "gaps.3.feedback",
    ]


def test_entries_without_an_id_get_one_by_their_place() -> None:
    body = {"options": [{"text": "A"}, {"id": "o1", "text": "B"}, {"text": "C"}], "shuffle": False}
    filled = fill_ids("multiple_choice", body)
    assert [option["id"] for option in filled["options"]] == ["o2", "o1", "o3"]
    assert "id" not in body["options"][0]  # type: ignore[index]
    assert filled["shuffle"] is False


def test_entries_of_gaps_get_ids_and_units_do_not() -> None:
    gaps = {"1": {"kind": "typed", "answers": [{"text": "A"}]}}
    filled = fill_ids("cloze", {"gaps": gaps, "words": [{"text": "W"}]})
    assert filled["gaps"]["1"]["answers"] == [{"id": "a1", "text": "A"}]
    assert filled["words"] == [{"id": "w1", "text": "W"}]
    assert fill_ids("numeric", {"units": [{"unit": "m"}]}) == {"units": [{"unit": "m"}]}


def test_ids_that_are_dealt_out_do_not_tell_the_right_order() -> None:
    texts = ["take a sample", "grow the cells", "treat them", "inject them", "wait", "look"]
    body = fill_ids("ordering", {"items": [{"text": text} for text in texts]})
    ids = [item["id"] for item in body["items"]]
    assert ids != sorted(ids)
    assert sorted(ids) == [f"i{n}" for n in range(1, 7)]
    assert fill_ids("ordering", body) == body
