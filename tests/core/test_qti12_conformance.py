"""QTI 1.2 and cartridges of others: field by field what plain reading of their XML declares."""

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from quizapp.core.formats import cartridge, qti12
from quizapp.core.formats.model import FormatError, QuestionIn
from quizapp.core.formats.parts.qti12_kinds import KINDS
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, refusals
from tests.core.qti12_ground import Fact, right_values

DIRECTORY = "common_cartridge/canvas_cartridge_dir"
COMMON_FORM = "/assessment_qti.xml"  # what Canvas writes beside its complete copies
# Deliberate differences, by file or question.
DIFFERENCES = {
    "instructure__items_1.2__matching.xml": "labelled twice; its two prompts make it matching",
    "i61c2bf35142c25332962acd201a5bb45": "three options show nothing and are wrong: left out",
    "i3846da99b022d2a347759703fc50351e": "two prompts show nothing: left out",
    "questions/multiple_choice_blank_answers.xml": "two options show nothing: left out",
    "questions/either_or_true_false.xml": "either true or false: it is a true/false question",
}
EXPECTED = {
    **{label: kind for label, kind in KINDS.items() if kind},
    "calculated_question": "opaque",
    "file_upload_question": "opaque",
    "hot_spot_question": "opaque",
    "calculated": "opaque",
    "file upload": "opaque",
    "hot spot": "opaque",
    "opinion scale": "opaque",
    "quiz bowl": "opaque",
    "?render_extension+response_label+response_lid": "ordering",
    "bbpool:question_truefalse": "true_false",
    "bbpool:question_multiplechoice": "multiple_choice",
    "bbpool:question_multipleanswer": "multiple_response",
    "bbpool:question_match": "matching",
    "bbpool:question_essay": "essay",
    "bbpool:question_fillinblank": "short_answer",
}
# Files whose questions have no label, or a wrong one: what they are by their shape.
BY_SHAPE: dict[str, dict[str, int]] = {
    "instructure__items_1.2__choice.xml": {
        "true_false": 1,
        "multiple_choice": 2,
        "multiple_response": 1,
    },
    "instructure__items_1.2__essay_custom_settings.xml": {"essay": 1},
    "instructure__items_1.2__numeric_exact_match.xml": {"numeric": 2},
    "instructure__items_1.2__matching.xml": {"matching": 1},
}


@pytest.fixture(scope="module")
def fixtures() -> Path:
    path = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
    if not path.is_dir():
        pytest.skip("../shared is absent")
    return path


@pytest.fixture(scope="module")
def facts(fixtures: Path) -> dict[str, Any]:
    text = (fixtures / "expectations" / "qti_facts.json").read_text(encoding="utf-8")
    found = json.loads(text)["files"]
    folders = ("qti12/", "qti12_blackboard/", "common_cartridge/")
    return {name: found[name] for name in found if name.startswith(folders)}


@pytest.fixture(scope="module")
def counts(fixtures: Path) -> dict[str, Any]:
    path = fixtures / "expectations" / "counts_other_formats.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _read(path: Path) -> list[QuestionIn]:
    plugin = cartridge if "common_cartridge" in path.parts else qti12
    items = list(checked(plugin.read(Source.at(path))))
    assert refusals(items) == []
    return questions(items)


def _expected_types(name: str, declared: dict[str, int]) -> Counter[str]:
    file = name.rpartition("/")[2]
    if file in BY_SHAPE:
        return Counter(BY_SHAPE[file])
    found: Counter[str] = Counter()
    for label, count in declared.items():
        word = label.lower().removeprefix("bb:").partition(".v0p")[0]
        if not word.startswith("<"):
            found[EXPECTED[word]] += count
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_files_hold_as_many_questions_of_each_type_as_is_declared(
    fixtures: Path, counts: dict[str, Any]
) -> None:
    checked_files = 0
    for folder in ("qti12", "qti12_blackboard"):
        for path in _files(fixtures / folder):
            name = f"{folder}/{path.name}"
            if "XMLERR" in counts[name]:
                with pytest.raises(FormatError):
                    _read(path)
            else:
                types = Counter(found.type for found in _read(path))
                assert types == _expected_types(name, counts[name]), name
            checked_files += 1
    assert checked_files == 29


def test_cartridges_hold_as_many_questions_of_each_type_as_is_declared(
    fixtures: Path, counts: dict[str, Any]
) -> None:
    folder = fixtures / "common_cartridge"
    for path in _files(folder):
        name = f"common_cartridge/{path.name}"
        declared: Counter[str] = Counter()
        for key, labels in counts.items():
            if key == name or (key.startswith(f"{name}/") and not key.endswith(COMMON_FORM)):
                declared.update(
                    {
                        label: count
                        for label, count in (labels or {}).items()
                        if not label.startswith(("cc.", "<"))
                    }
                )
        expected = _expected_types(name, declared)
        if "bb8" in name:  # one of its four either/or questions
            expected += Counter({"true_false": 1})
            expected -= Counter({"multiple_choice": 1})
        assert Counter(found.type for found in _read(path)) == expected, name


def test_every_declared_item_is_read_field_by_field(fixtures: Path, facts: dict[str, Any]) -> None:
    compared = 0
    for name, declared in facts.items():
        if name.endswith(COMMON_FORM) or not declared:
            continue
        if name.startswith(DIRECTORY):
            member = name.rpartition("/")[2]
            path = fixtures / DIRECTORY
            found = [one for one in _read(path) if one.path == member]
            compared += _compare(found, declared, _items((path / member).read_bytes()))
        elif isinstance(declared, dict):
            source = Source.at(fixtures / name)
            every = _read(fixtures / name)
            for member, listed in declared.items():
                if member.endswith(COMMON_FORM):
                    continue
                paths = (member, member.partition("/")[2])  # without the folder that holds all
                found = [one for one in every if one.path in paths]
                inside = next(path for path in paths if path in source.names())
                compared += _compare(found, listed, _items(source.read(inside)))
        elif "xml_error" not in declared[0]:
            found = _read(fixtures / name)
            compared += _compare(found, declared, _items((fixtures / name).read_bytes()))
    assert compared == 102


def _items(data: bytes) -> list[Any]:
    root = etree.fromstring(data)
    for one in root.iter():
        if isinstance(one.tag, str):
            one.tag = etree.QName(one).localname
    return list(root.iter("item"))


def _compare(found: list[QuestionIn], declared: list[Fact], elements: list[Any]) -> int:
    assert len(found) == len(declared) == len(elements)
    for question, fact, element in zip(found, declared, elements, strict=True):
        if fact["id"]:
            assert (question.key or "").partition("-2")[0].startswith(fact["id"])
        assert question.name == " ".join((fact["title"] or "").split())
        check = CHECKS.get(question.type)
        if check:
            check(question, fact, element)
    return len(found)


def _texts(element: Any) -> dict[str, str]:
    """Return what options show, by identifier."""
    return {
        label.get("ident"): " ".join("".join(label.itertext()).split())
        for label in element.iter("response_label")
    }


def _is_different(question: QuestionIn) -> bool:
    return question.key in DIFFERENCES or question.path in DIFFERENCES


def _plain(text: str) -> str:
    return text.replace("\\", "").replace("**", "")


def _choice(question: QuestionIn, fact: Fact, element: Any) -> None:
    options = question.body["options"]
    if not _is_different(question):
        assert len(options) == fact["responses"][0]["labels"]
    texts = _texts(element)
    right = {texts[value] for _, value in right_values(fact) if value}
    chosen = {_plain(one["text"]) for one in options if float(one.get("fraction") or 0) > 0}
    if question.type == "multiple_response" and any(rule["has_not"] for rule in fact["conditions"]):
        denied = {test.text.strip() for no in element.iter("not") for test in no}
        right -= {texts[value] for value in denied}
    words = {"yes_no.false": "No", "agree_disagree.false": "Disagree", "right_wrong.true": "Right"}
    assert chosen == {
        _plain(words.get(text, text)).removeprefix("<p>").removesuffix("</p>") for text in right
    }


def _true_false(question: QuestionIn, fact: Fact, element: Any) -> None:
    ((_, value),) = right_values(fact)
    word = _texts(element)[value].lower().rpartition(".")[2]
    assert str(question.body["answer"]).lower() == word


def _short_answer(question: QuestionIn, fact: Fact, element: Any) -> None:
    answers = [one["text"] for one in question.body["answers"] if one["text"] != "*"]
    assert answers == list(dict.fromkeys(value for _, value in right_values(fact)))


def _numeric(question: QuestionIn, fact: Fact, element: Any) -> None:
    rules = [
        rule
        for rule in fact["conditions"]
        if rule["tests"] and (rule["setvar"] or "correct" in rule["feedback"])
    ]
    assert len(rules) == len(question.body["answers"])
    for rule, answer in zip(rules, question.body["answers"], strict=True):
        tests = {test[0]: test[3] for test in rule["tests"]}
        if "varequal" in tests:
            assert answer["value"] == tests["varequal"]
        else:
            assert (answer["min"], answer["max"]) == (tests["vargte"], tests["varlte"])


def _cloze(question: QuestionIn, fact: Fact, element: Any) -> None:
    gaps = list(question.body["gaps"].values())
    assert len(gaps) == len(fact["responses"])
    texts = _texts(element)
    for gap, response in zip(gaps, fact["responses"], strict=True):
        name = response["ident"]
        right = [texts.get(value, value) for place, value in right_values(fact) if place == name]
        if gap["kind"] == "choice":
            assert len(gap["options"]) == response["labels"]
            assert [one["text"] for one in gap["options"] if one.get("fraction")] == right
        elif gap["kind"] == "typed":
            assert len(gap["answers"]) == (response["labels"] or len(right))
            assert set(right) <= {one["text"] for one in gap["answers"]}


def _matching(question: QuestionIn, fact: Fact, element: Any) -> None:
    lefts = question.body["lefts"]
    if not _is_different(question):
        assert len(lefts) == len(fact["responses"])
    rights = {one["id"]: _plain(one["text"]) for one in question.body["rights"]}
    texts = _texts(element)
    expected = [texts[value] for _, value in right_values(fact)]
    if any(expected):  # Blackboard's options have no texts of their own
        assert [rights[one["right"]] for one in lefts] == [text for text in expected if text]


def _ordering(question: QuestionIn, fact: Fact, element: Any) -> None:
    texts = _texts(element)
    rule = next(rule for rule in fact["conditions"] if len(rule["tests"]) > 1)
    order = [texts[test[3].strip()] for test in rule["tests"]]
    assert [one["text"] for one in question.body["items"]] == order


CHECKS = {
    "multiple_choice": _choice,
    "multiple_response": _choice,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numeric": _numeric,
    "cloze": _cloze,
    "matching": _matching,
    "ordering": _ordering,
}
HOSTILE = ("zip/*", "xml/*.xml", "svg/*")


def test_hostile_files_end_in_plain_words_or_sound_items(shared: Path) -> None:
    paths = [path for pattern in HOSTILE for path in (shared / "hostile").glob(pattern)]
    paths += (shared / "fixtures" / "qti_malformed").iterdir()
    paths += (shared / "fixtures" / "hostile").iterdir()
    assert len(paths) > 40
    for path in paths:
        for plugin in (qti12, cartridge):
            with suppress(FormatError):
                assert questions(list(checked(plugin.read(Source.at(path))))) == []
