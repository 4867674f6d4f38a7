"""Moodle XML and cloze texts read as Moodle's own reader does, case by case and field by field."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from quizapp.core.formats import moodle_cloze, moodle_xml
from quizapp.core.formats.model import FormatError, Item, MediaIn, QuestionIn
from quizapp.core.formats.parts.moodle_xml_common import category_of
from quizapp.core.formats.shared import html, moodle_text
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from quizapp.core.markdown import to_plain
from tests.core.format_ground import canonical, questions, read, refusals, written

Fields = dict[str, Any]

OUR_TYPES = {
    "description": "description",
    "essay": "essay",
    "match": "matching",
    "numerical": "numeric",
    "shortanswer": "short_answer",
    "truefalse": "true_false",
    "multianswer": "cloze",
    "calculated": "opaque",
    "calculatedmulti": "opaque",
    "calculatedsimple": "opaque",
}
# Where we knowingly read otherwise than Moodle, and why.
DIFFERENCES = {
    "mr": "a lone gap of several answers is a multiple response question",
    "mrs": "a lone gap of several answers is a multiple response question",
    "export_multichoice": "two options of 100 percent share the points here, so each gets 50",
    "export_numerical": "what Moodle says to any other number has no place in a number question",
    "esc_brace": "a backslash before ~ is an escape, as the authors meant it",
}

# What of Moodle's lines stands otherwise in our file in the cases above.
OTHERWISE = {
    "export_multichoice": ('fraction="100"',),
    "export_numerical": ("<text>*", "Completely wrong.", "<tolerance>0<"),
}


def expectations(shared: Path, name: str) -> Any:
    return json.loads((shared / f"fixtures/expectations/{name}.json").read_text("utf-8"))


def text_of(value: Mapping[str, Any] | None, question_format: str = "html") -> str:
    """Return an expected text through our conversion; with files, only its words."""
    if not value or not value.get("text"):
        return ""
    kind, text = value.get("format") or question_format, value["text"]
    if kind == "moodle":
        return moodle_text.to_markdown(text, "moodle").text
    if kind == "html":
        return html.to_markdown(text, name_at).text
    return moodle_text.to_markdown(text, kind).text


def name_at(address: str) -> str | None:
    return unquote(address.rpartition("/")[2]) if "@@PLUGINFILE@@" in address else None


def same_text(ours: str, expected: str) -> bool:
    return ours == expected or ("media/" in ours and words(ours) == words(expected))


def words(text: str) -> list[str]:
    return to_plain(text).split()


def number(value: Any) -> float:
    return round(float(value or 0), 6)


def entries(listed: Any, ours: Any, *, typed: bool, question_format: str) -> None:
    listed = [one for one in listed or [] if one["text"] != "*" or typed]
    assert len(ours) == len(listed)
    for own, one in zip(ours, listed, strict=True):
        expected = one["text"].strip() if typed else text_of(one, question_format)
        assert same_text(own["text"], expected)
        assert number(own["fraction"]) == number(one["fraction"])
        assert same_text(own.get("feedback", ""), text_of(one.get("feedback"), question_format))


def compare_numbers(expected: Fields, body: Mapping[str, Any]) -> None:
    listed = [one for one in expected["answers"] if one["text"] != "*"]
    assert len(body["answers"]) == len(listed)
    for own, one in zip(body["answers"], listed, strict=True):
        assert own["value"] == one["text"].strip()
        assert number(own["fraction"]) == number(one["fraction"])
        assert number(own.get("tolerance")) == number(one.get("tolerance"))
        assert own.get("feedback", "") == text_of(one.get("feedback"))


def compare_pairs(expected: Fields, body: Mapping[str, Any]) -> None:
    rights = {right["id"]: right["text"] for right in body["rights"]}
    ours = [(left["text"], rights[left["right"]]) for left in body["lefts"]]
    pairs = [(text_of(pair["prompt"]), pair["match"]) for pair in expected["pairs"]]
    assert ours == [pair for pair in pairs if pair[0]]
    assert set(rights.values()) == {match for _, match in pairs}


def compare_gaps(expected: Fields, body: Mapping[str, Any]) -> None:
    assert list(body["gaps"]) == list(expected["gaps"])
    for name, gap in expected["gaps"].items():
        own = body["gaps"][name]
        assert number(own.get("weight", 1)) == number(gap.get("weight") or gap["default_mark"])
        if gap["type"] == "multichoice":
            assert own["kind"] == "choice"
            assert own.get("shuffle", True) is bool(gap["shuffle"])
            entries(gap["answers"], own["options"], typed=False, question_format="html")
        else:
            assert own["kind"] == "typed"
            assert own.get("case", False) is bool(gap.get("case_sensitive"))
            entries(gap["answers"], own["answers"], typed=True, question_format="html")


def compare_body(expected: Fields, body: Mapping[str, Any], kind: str) -> None:
    if kind == "multichoice":
        assert (body.get("scoring") == "sum_floor0") is (not expected["single"])
        assert body.get("shuffle", True) is bool(expected["shuffle"])
        stem_format = expected["stem"]["format"]
        entries(expected["answers"], body["options"], typed=False, question_format=stem_format)
    elif kind == "truefalse":
        assert body["answer"] is expected["correct"]
        for word in ("true", "false"):
            told = text_of(expected.get(f"feedback_if_answered_{word}"))
            assert body.get(f"feedback_{word}", "") == told
    elif kind == "shortanswer":
        assert body.get("case", False) is (str(expected.get("case_sensitive", 0)) in ("1", "True"))
        entries(expected["answers"], body["answers"], typed=True, question_format="html")
    elif kind == "numerical":
        compare_numbers(expected, body)
    elif kind == "match":
        assert body.get("shuffle", True) is bool(expected["shuffle"])
        compare_pairs(expected, body)
    elif kind == "multianswer":
        compare_gaps(expected, body)
    elif kind == "essay":
        assert body.get("rubric", "") == text_of(expected.get("grader_info"))
        assert number(body.get("min_words")) == number(expected.get("min_words"))
        assert number(body.get("max_words")) == number(expected.get("max_words"))


def stem_of(expected: Fields) -> str:
    stem = dict(expected["stem"])
    for place in range(len(expected.get("gaps", {})), 0, -1):
        stem["text"] = stem["text"].replace(f"{{#{place}}}", html.gap_mark(place))
    return html.with_gaps(text_of(stem, stem.get("format", "html")))


def compare(expected: Fields, item: QuestionIn) -> None:
    kind = expected["type"]
    single = "multiple_choice" if expected.get("single", True) else "multiple_response"
    assert item.type == OUR_TYPES.get(kind, single)
    assert item.name == expected.get("name", item.name)
    assert (item.key or "") == (expected.get("idnumber") or "")
    assert list(item.tags) == expected.get("tags", [])
    assert same_text(item.stem, stem_of(expected))
    if item.type == "opaque":
        return
    question_format = expected["stem"].get("format", "html")
    told = text_of(expected.get("general_feedback"), question_format)
    assert item.body.get("feedback", "") == told
    hints = [text_of(hint) for hint in expected.get("hints", []) if hint["text"]]
    if hints:  # cases of Moodle's own tests do not name all of them
        assert list(item.body["hints"]) == hints
    compare_body(expected, item.body, kind)


def wrapped(question: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{question}</quiz>'


def test_the_inputs_of_moodles_own_tests_read_as_they_should(shared: Path) -> None:
    cases = expectations(shared, "moodle_xml_unit")["import"]
    assert len(cases) == 11
    for case in cases:
        items = read(moodle_xml, wrapped(case["input"]))
        assert refusals(items) == []
        compare(case["expected"], questions(items)[0])


def test_what_moodle_writes_of_a_question_we_write_alike(shared: Path) -> None:
    """Read what Moodle's tests expect as a file, written by us it has the same entries."""
    cases = expectations(shared, "moodle_xml_unit")["export"]
    assert len(cases) == 8
    for case in cases:
        first = read(moodle_xml, wrapped(case["expected_text"]))
        ours = written(moodle_xml, first).decode()
        again = questions(read(moodle_xml, ours))[0]
        if case["case"] in DIFFERENCES:
            first = read(moodle_xml, ours)
        assert canonical(again) == canonical(questions(first)[0])
        assert (again.name, again.key) == (questions(first)[0].name, questions(first)[0].key)
        for line in our_lines(case["expected_text"]):
            if not any(part in line for part in OTHERWISE.get(case["case"], ())):
                assert line in ours, case["case"]


def our_lines(text: str) -> Iterator[str]:
    """Yield what has to stand in our file to the letter: entries that we carry."""
    for line in text.splitlines():
        carried = ("<question type", "<text>", "<answer fraction", "<tolerance>", "<single>")
        others = ("<idnumber>", "<shuffleanswers>", "<usecase>", "<minwordlimit>", "<maxwordlimit>")
        left_out = ("</b>", "->", "Well done.", "Not entirely", "wrong!", "our answer is")
        is_ours = line.strip().startswith((*carried, *others))
        if is_ours and not any(one in line for one in left_out):
            yield line.strip().replace(' format="plain_text"', "").rstrip(">")


@pytest.fixture(scope="module")
def real(shared: Path) -> dict[str, list[Item]]:
    """All that the real files hold, by folder and name."""
    return {
        f"{folder}/{path.name}": read(moodle_xml, path.read_bytes())
        for folder in ("moodle_xml", "moodle_xml_stack")
        for path in sorted((shared / "fixtures" / folder).glob("*.xml"))
    }


def test_every_real_file_reads_with_all_its_questions(
    shared: Path, real: dict[str, list[Item]]
) -> None:
    facts = expectations(shared, "moodle_xml_facts")
    assert len(real) == 37
    for name, items in real.items():
        kinds = dict(facts[name]["types"])
        kinds.pop("category", None)
        assert len(questions(items)) == sum(kinds.values()), name
        assert refusals(items) == []
        if "cloze" not in kinds:  # broken ones are kept as they came
            expected = sum(n for kind, n in kinds.items() if kind in PLUG_INS)
            assert sum(item.type == "opaque" for item in questions(items)) == expected, name


PLUG_INS = frozenset(
    """calculated calculatedsimple calculatedmulti randomsamatch ddmarker ddimageortext stack
    coderunner""".split()  # noqa: SIM905
)


def test_real_files_read_as_moodle_reads_them(shared: Path, real: dict[str, list[Item]]) -> None:
    oracle = {one["file"]: one for one in expectations(shared, "moodle_xml_oracle")["files"]}
    compared = 0
    for name, items in real.items():
        ours = iter(questions(items))
        category = None
        for expected in oracle.get(name, {"questions": []})["questions"]:
            if expected["type"] == "category":
                category = category_of(expected["path"])
                continue
            item = next(item for item in ours if item.name == expected["name"])
            assert item.category == category
            compare(expected, item)
            compared += 1
    assert compared == 54


def test_the_files_inside_are_the_same_bytes(shared: Path, real: dict[str, list[Item]]) -> None:
    oracle = {one["file"]: one for one in expectations(shared, "moodle_xml_oracle")["files"]}
    compared = 0
    for name, items in real.items():
        ours = {sha1(item.data).hexdigest() for item in items if isinstance(item, MediaIn)}
        if name.endswith("all.xml"):
            continue  # its plug-in questions keep their files in their sources
        for file in oracle.get(name, {}).get("files", []):
            assert file["sha1"] in ours, (name, file)
            compared += 1
    assert compared == 10


def test_hard_cloze_texts_read_as_they_should(shared: Path) -> None:
    cases = expectations(shared, "cloze_tricky_oracle")["cases"]
    assert len(cases) == 12
    for case in cases:
        item = questions(read(moodle_cloze, case["input"], "case.txt"))[0]
        if case["case"] in DIFFERENCES:
            compare_different(case, item)
        else:
            compare({**case["expected"], "name": item.name}, item)


def compare_different(case: Fields, item: QuestionIn) -> None:
    gap = case["expected"]["gaps"]["1"]
    if case["case"] == "esc_brace":
        texts = [one["text"].replace("\\~", "~") for one in gap["answers"]]
        assert [one["text"] for one in item.body["gaps"]["1"]["answers"]] == texts
        return
    assert (item.type, item.stem) == ("multiple_response", "x")
    assert item.body.get("shuffle", True) is bool(gap["shuffle"])
    entries(gap["answers"], item.body["options"], typed=False, question_format="html")


def test_real_cloze_texts_are_kept(shared: Path) -> None:
    folder = shared / "fixtures/moodle_cloze_text"
    found = {}
    for path in sorted(folder.glob("*.txt")):
        items = read(moodle_cloze, path.read_bytes(), path.name)
        found[path.name.partition("__fixtures__")[2]] = questions(items)[0]
    assert {name: item.type for name, item in found.items()} == {
        "broken_multianswer_1.txt": "cloze",
        "broken_multianswer_3.txt": "opaque",
        "questions.multianswer.txt": "cloze",
    }
    assert len(found["questions.multianswer.txt"].body["gaps"]) == 5


@pytest.mark.parametrize("plugin", [moodle_xml, moodle_cloze])
def test_hostile_files_end_in_a_message_or_in_sound_items(shared: Path, plugin: Any) -> None:
    files = sorted((shared / "hostile/xml").glob("*.xml"))
    assert files
    for path in files:
        try:
            items = list(checked(plugin.read(Source.of(path.name, path.read_bytes()))))
        except FormatError:
            continue
        assert "root:" not in repr(items)
        assert "<script" not in "".join(item.stem for item in questions(items))
