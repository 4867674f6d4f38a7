import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import guess, h5p
from quizapp.core.formats.model import BankFile, FormatError, Item, MediaIn, QuestionIn, Warned
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.html import PICTURE_LEFT_OUT
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, warnings

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30
# What the kinds of content become here, where they can be asked.
TYPES = {
    "H5P.MultiChoice": {"multiple_choice", "multiple_response"},
    "H5P.TrueFalse": {"true_false"},
    "H5P.Blanks": {"cloze"},
    "H5P.DragText": {"cloze"},
    "H5P.SingleChoiceSet": {"multiple_choice"},
    "H5P.Flashcards": {"flashcard"},
    "H5P.GuessTheAnswer": {"flashcard"},
    "H5P.Essay": {"essay"},
}
SETS = {"H5P.SingleChoiceSet": 3, "H5P.Flashcards": 5}  # questions in the one fixture of each


def package(library: str, params: Any, head: Mapping[str, Any] = {}, **files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("h5p.json", json.dumps({"title": "T", "mainLibrary": library, **head}))
        archive.writestr("content/content.json", json.dumps(params))
        for name, data in files.items():
            archive.writestr(f"content/images/{name}", data)
    return file.getvalue()


def items(library: str, params: Any, **files: bytes) -> list[Item]:
    return read(h5p, package(library, params, {}, **files))


def one(library: str, params: Any, **files: bytes) -> QuestionIn:
    found = items(library, params, **files)
    assert not refusals(found)
    (question,) = questions(found)
    return question


def choice(text: str, correct: bool, **more: str) -> dict[str, Any]:
    return {"text": text, "correct": correct, "tipsAndFeedback": more}


def test_one_right_answer_makes_a_single_choice() -> None:
    question = one(
        "H5P.MultiChoice",
        {
            "question": "<p>2 &lt; 3&nbsp;?</p>\n",
            "answers": [
                choice("<div>Yes</div>\n", True, chosenFeedback="Right.", tip="Count."),
                choice("No", False),
            ],
            "behaviour": {"randomAnswers": False},
        },
    )
    assert (question.type, question.stem) == ("multiple_choice", "2 < 3 ?")
    assert question.body == {
        "options": [{"text": "Yes", "fraction": "1", "feedback": "Right."}, {"text": "No"}],
        "hints": ["Yes: Count."],
        "shuffle": False,
    }


@pytest.mark.parametrize(
    ("behaviour", "right", "type_", "scoring"),
    [
        ({}, 2, "multiple_response", None),
        ({"singlePoint": True}, 2, "multiple_response", "all_or_nothing"),
        ({"type": "multi"}, 1, "multiple_response", None),
        ({"type": "single"}, 2, "multiple_choice", None),
        ({"type": "auto"}, 1, "multiple_choice", None),
    ],
)
def test_the_behaviour_says_how_many_may_be_chosen_and_how_they_count(
    behaviour: dict[str, Any], right: int, type_: str, scoring: str | None
) -> None:
    answers = [choice(f"Option {n}", n < right) for n in range(3)]
    question = one("H5P.MultiChoice", {"question": "Q", "answers": answers, "behaviour": behaviour})
    assert question.type == type_
    assert question.body.get("scoring") == scoring


def test_choices_without_a_right_one_are_a_draft() -> None:
    question = one(
        "H5P.MultiChoice", {"question": "Q", "answers": [choice("a", False), choice("b", False)]}
    )
    assert question.is_draft


def test_answers_of_old_versions_have_their_feedback_beside_the_text() -> None:
    answers = [{"text": "a", "correct": "true", "chosenFeedback": "So."}, {"text": "b"}]
    question = one("H5P.MultiChoice 1.0", {"question": "Q", "answers": answers})
    assert question.body["options"][0] == {"text": "a", "fraction": "1", "feedback": "So."}


def test_feedback_that_has_no_place_here_is_told_and_kept_raw() -> None:
    found = items(
        "H5P.MultiChoice",
        {
            "question": "Q",
            "answers": [choice("a", True, notChosenFeedback="Should."), choice("b", False)],
            "overallFeedback": [
                {"from": 0, "to": 50, "feedback": "Bad"},
                {"from": 51, "to": 100, "feedback": "Good"},
            ],
        },
    )
    (question,) = questions(found)
    assert question.raw is not None
    assert "Should." in question.raw.text
    assert len(question.raw.lossy) == 2
    assert set(question.raw.lossy) <= set(warnings(found))


@pytest.mark.parametrize(
    ("feedback", "expected"), [("Mind the <b>gap</b>.", "Mind the **gap**."), ("@score!", None)]
)
def test_feedback_for_all_scores_is_general_feedback(feedback: str, expected: str | None) -> None:
    ranges = [{"from": 0, "to": 100, "feedback": feedback}]
    question = one("H5P.TrueFalse", {"question": "Q", "correct": "true", "overallFeedback": ranges})
    assert question.body.get("feedback") == expected
    assert question.raw is None


@pytest.mark.parametrize("correct", ["true", "false", True, False])
def test_feedback_of_true_or_false_goes_to_who_answers_so(correct: str | bool) -> None:
    question = one(
        "H5P.TrueFalse",
        {
            "question": "Q",
            "correct": correct,
            "behaviour": {"feedbackOnCorrect": "Yes", "feedbackOnWrong": "No"},
        },
    )
    answer = correct in ("true", True)
    assert question.body == {
        "answer": answer,
        "feedback_true": "Yes" if answer else "No",
        "feedback_false": "No" if answer else "Yes",
    }


def test_the_first_answer_of_a_single_choice_set_is_right() -> None:
    found = questions(
        items(
            "H5P.SingleChoiceSet 1.11",
            {
                "choices": [
                    {"question": "A?", "answers": ["x &amp; y", "z"], "subContentId": "k1"},
                    {"question": "B?", "answers": ["1", "2"], "subContentId": "k1"},
                ]
            },
        )
    )
    assert found[0].body["options"] == [{"text": "x & y", "fraction": "1"}, {"text": "z"}]
    assert [one.key for one in found] == ["k1", "k1-2"]


def test_blanks_are_one_cloze_with_tips_as_hints() -> None:
    question = one(
        "H5P.Blanks",
        {
            "text": "<p>Fill in.</p>",
            "questions": [
                "<p>A *cat/d&amp;g:An animal* and **a star** [[1]]</p>",
                '<p>1*km\\/h/m:s*<img src="x*y*.png"></p>',
            ],
            "behaviour": {"caseSensitive": True, "acceptSpellingErrors": True},
        },
    )
    rules = {"kind": "typed", "case": True, "typos": 2}
    assert question.body == {
        "gaps": {
            "1": {**rules, "answers": [{"text": "cat"}, {"text": "d&g"}]},
            "2": {**rules, "answers": [{"text": "km/h"}, {"text": "m"}]},
        },
        "hints": ["(1) An animal", "(2) s"],
    }
    assert question.stem.startswith("Fill in.\n\nA [[1]] and \\*a star\\* ")
    assert question.stem.count("[[1]]") == 1
    assert "1[[2]]" in question.stem


def test_drag_text_has_a_pool_with_its_distractors() -> None:
    question = one(
        "H5P.DragText",
        {
            "taskDescription": "<p>Drag.</p>",
            "textField": "It&#039;s *red:Look*.\n1 < 2 *blue\\-Not quite*",
            "distractors": "*green* *grey*",
        },
    )
    assert question.stem == "Drag.\n\nIt's [[1]].\\\n1 < 2 [[2]]"
    assert [word["text"] for word in question.body["words"]] == ["red", "blue", "green", "grey"]
    assert question.body["gaps"] == {
        "1": {"kind": "word", "word": "w1"},
        "2": {"kind": "word", "word": "w2", "feedback": "Not quite"},
    }
    assert question.body["hints"] == ["(1) Look"]


@pytest.mark.parametrize("library", ["H5P.Blanks", "H5P.DragText"])
def test_a_text_without_gaps_is_kept_as_it_came(library: str) -> None:
    params = {"text": "T", "questions": ["no gap *"], "textField": "no gap", "taskDescription": "T"}
    assert one(library, params).type == "opaque"


def test_dialog_cards_are_flashcards_after_their_description() -> None:
    found = items(
        "H5P.Dialogcards",
        {
            "description": "<p>In French?</p>",
            "dialogs": [
                {
                    "text": "<p>dog</p>",
                    "answer": "<p>chien</p>",
                    "tips": {"front": "ch...", "back": "le"},
                    "image": {"path": "images/dog.png"},
                    "imageAltText": "A dog",
                }
            ],
        },
        **{"dog.png": PNG},
    )
    description, card = questions(found)
    assert (description.type, description.stem) == ("description", "In French?")
    assert (card.type, card.stem) == ("flashcard", "![A dog](media/dog.png)\n\ndog")
    assert card.body == {"back": "chien", "hints": ["ch..."], "feedback": "le"}
    assert [item.name for item in found if isinstance(item, MediaIn)] == ["dog.png"]


def test_flashcards_ask_their_description_on_each_card() -> None:
    found = items(
        "H5P.Flashcards",
        {"description": "Which?", "cards": [{"text": "Sour", "answer": "Lime", "tip": "Green"}]},
    )
    (card,) = questions(found)
    assert (card.type, card.stem) == ("flashcard", "Which?\n\nSour")
    assert card.body == {"back": "Lime", "hints": ["Green"]}
    assert h5p.CARDS_TYPED in warnings(found)


def test_essays_keep_sample_and_keywords() -> None:
    question = one(
        "H5P.Essay",
        {
            "taskDescription": "Write",
            "solution": {"sample": "<p>So</p>"},
            "keywords": [{"keyword": "T cell", "alternatives": ["lymphocyte"]}],
        },
    )
    assert question.body == {"sample": "So", "rubric": "- T cell / lymphocyte"}
    assert question.raw is not None


@pytest.mark.parametrize("library", ["H5P.Summary", "H5P.DragQuestion", "H5P.Accordion", "Own.X"])
def test_other_kinds_are_kept_as_they_came_with_a_reason(library: str) -> None:
    params = {"taskDescription": "<p>Do it</p>", "deep": {"er": ["ä", "\ud800"]}}
    found = items(f"{library} 1.2", params)
    (question,) = questions(found)
    assert (question.type, question.stem) == ("opaque", "Do it")
    assert json.loads(question.body["raw"])["params"] == params
    assert any(library in words for words in warnings(found))


def test_sets_and_columns_are_taken_apart() -> None:
    inner = {
        "library": "H5P.TrueFalse 1.8",
        "params": {"question": "Q", "correct": "true"},
        "subContentId": "k",
        "metadata": {"title": "Named"},
    }
    column = {"library": "H5P.Column 1.1", "params": {"content": [{"content": inner}, {}]}}
    text = {"library": "H5P.AdvancedText 1.1", "params": {"text": "<p>Read.</p>"}}
    found = questions(
        items(
            "H5P.QuestionSet 1.20",
            {
                "introPage": {"showIntroPage": True, "introduction": "<p>Welcome</p>"},
                "questions": [text, inner, column, {"library": 5}, "odd"],
            },
        )
    )
    assert [one.type for one in found] == ["description"] * 2 + ["true_false"] * 2
    assert [one.position for one in found] == [1, 2, 3, 4]
    assert [one.key for one in found] == [None, None, "k", "k-2"]
    assert found[2].name == "Named"


def test_the_file_names_itself_and_its_makers() -> None:
    head = {
        "language": "und",
        "defaultLanguage": "nb",
        "license": "CC BY",
        "licenseVersion": "4.0",
        "authors": [{"name": "Jo"}],
    }
    found = read(h5p, package("H5P.TrueFalse", {"question": "Q", "correct": "true"}, head))
    assert found[0] == BankFile(title="T", language="nb", notice="Jo, CC BY 4.0")


def media(path: str) -> dict[str, Any]:
    file = {"path": path}
    return {"type": {"library": "H5P.Image 1.1", "params": {"file": file, "alt": "Alt"}}}


def test_a_picture_stands_above_its_question() -> None:
    params = {"question": "Q", "correct": "true", "media": media("images/a b.png")}
    found = items("H5P.TrueFalse", params, **{"a b.png": PNG})
    assert questions(found)[0].stem == "![Alt](media/a%20b.png)\n\nQ"
    assert [item.data for item in found if isinstance(item, MediaIn)] == [PNG]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("images/bad.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg><script>1</script></svg>'),
        ("images/page.html", b"<script>1</script>"),
        ("images/not.png", b"no picture"),
        ("../h5p.json", b""),
        ("images/absent.png", b""),
    ],
)
def test_files_that_banks_may_not_hold_are_left_out_with_a_warning(path: str, data: bytes) -> None:
    params = {"question": "Q", "correct": "true", "media": media(path)}
    files = {path.rpartition("/")[2]: data} if data else {}
    found = items("H5P.TrueFalse", params, **files)
    assert not [item for item in found if isinstance(item, MediaIn)]
    assert questions(found)[0].stem == "Q"
    assert PICTURE_LEFT_OUT in warnings(found)


def test_media_on_the_web_are_not_fetched() -> None:
    params = {
        "question": "Q",
        "correct": "true",
        "media": {"type": {"params": {"sources": [{"path": "https://example.org/film"}]}}},
    }
    assert any(
        "https://example.org/film" in words for words in warnings(items("H5P.TrueFalse", params))
    )


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"{", b"{}"),
        (b"[]", b"{}"),
        (b'{"title": "no library"}', b"{}"),
        (b'{"mainLibrary": 5}', b"{}"),
        (b'{"mainLibrary": "H5P.Blanks"}', b"[" * 100_000),
        (b'{"mainLibrary": "H5P.Blanks"}', b'{"a": ' + b"9" * 5000 + b"}"),
        (b'{"mainLibrary": "H5P.Blanks"}', b"\xff\xfe"),
        (b'{"mainLibrary": "H5P.Blanks"}', None),
    ],
)
def test_a_broken_package_is_refused_in_plain_words(head: bytes, content: bytes | None) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("h5p.json", head)
        if content is not None:
            archive.writestr("content/content.json", content)
    with pytest.raises(FormatError):
        read(h5p, file.getvalue())


def test_a_file_that_is_no_zip_is_refused() -> None:
    with pytest.raises(FormatError, match="zip file"):
        read(h5p, b"nothing")


def test_packages_are_recognised() -> None:
    source = Source.of("any.zip", package("H5P.Blanks", {}))
    assert guess(source) is h5p
    assert h5p.sniff(b"", "a.zip", ["bank.yaml"]) == 0


def test_h5p_is_only_read() -> None:
    assert not h5p.WRITES
    with pytest.raises(FormatError):
        h5p.write([], "a.h5p")


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 200) | st.sampled_from(["*a*", "true", "<p>x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                """question questions answers text correct behaviour type media params library cards
            dialogs choices content overallFeedback from to feedback file path image tip tips
            textField distractors solution keywords metadata title introPage""".split()  # noqa: SIM905
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    st.sampled_from([*TYPES, "H5P.QuestionSet", "H5P.Column", "H5P.Dialogcards"]),
    st.dictionaries(st.sampled_from(["questions", "answers", "cards", "media", "text"]), VALUES),
)
def test_values_of_any_shape_raise_nothing(library: str, params: dict[str, Any]) -> None:
    list(checked(h5p.read(Source.of("a.h5p", package(library, params)))))


def test_fixtures_hold_the_questions_that_are_expected(shared: Path) -> None:
    expected = json.loads(
        (shared / "fixtures/expectations/counts_other_formats.json").read_text(encoding="utf-8")
    )
    cases = {name: value["h5p"] for name, value in expected.items() if name.startswith("h5p/")}
    assert len(cases) == 9
    for name, (main, inside) in cases.items():
        found = list(checked(h5p.read(Source.at(shared / "fixtures" / name))))
        assert not refusals(found), name
        library = main.removeprefix("main=")
        made = questions(found)
        if library == "H5P.QuestionSet":  # pictures belong to their questions
            wanted = {kind: n for kind, n in inside.items() if kind != "H5P.Image"}
            opaque = sum(n for kind, n in wanted.items() if kind not in TYPES)
            assert len(made) == sum(wanted.values()), name
            assert sum(one.type == "opaque" for one in made) == opaque, name
        else:
            assert len(made) == SETS.get(library, 1), name
            assert {one.type for one in made} <= TYPES[library], name
            pictures = sum(isinstance(item, MediaIn) for item in found)
            assert pictures >= inside.get("H5P.Image", 0), name


def test_malformed_fixtures_end_in_clear_messages(shared: Path) -> None:
    folder = shared / "fixtures/h5p_malformed"
    refused = {}
    for path in sorted(folder.iterdir()):
        try:
            found = list(checked(h5p.read(Source.at(path))))
        except FormatError as error:
            refused[path.name.partition("__validator__")[2]] = error.message
            continue
        assert [one.type for one in questions(found)] == ["opaque"], path.name
        assert any(isinstance(item, Warned) for item in found), path.name
    assert set(refused) == {"broken-h5p-json.h5p", "invalid-h5p-json-schema.h5p"}
    assert all("h5p.json" in message for message in refused.values())
