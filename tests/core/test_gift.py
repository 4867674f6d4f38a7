"""Reading GIFT as Moodle does or better, and writing what reads the same again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import FORMATS, gift, guess
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    FormatError,
    Guessed,
    MediaIn,
    QuestionIn,
    QuizIn,
)
from quizapp.core.formats.parts import gift_reading
from quizapp.core.formats.shared.moodle_text import to_markdown
from quizapp.core.formats.shared.source import Source
from quizapp.core.problems import MINOR
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids
from tests.core.format_ground import (
    canonical,
    questions,
    read,
    refusals,
    samples,
    warnings,
    written,
)
from tests.core.moodle_facts import expected, ours

SHARED = Path(__file__).resolve().parents[3] / "shared"
EXPECTATIONS = SHARED / "fixtures" / "expectations"

# Where we read otherwise than Moodle, and why.
TRICKY_DIFFERENCES = {
    "tf_lowercase": "{true} is true or false, with a warning",
    "category_same_block": "the question after the category is read, not swallowed",
    "weight_over": "more than 100 % is read as 100 %, with a warning and the raw block",
    "only_name": "a name without text stands for the text, with a warning",
    "trailing_text_after": "the gap stays although the text ends in a brace",
}
FILE_DIFFERENCES = {  # what is not compared, and why
    "fuhrmanator__questions__markdown.gift": ("stem", "line ends of Markdown stay"),
    "fuhrmanator__questions__totara_moodle_pre_content.gift": ("stem", "indents in <pre> stay"),
    "fuhrmanator__questions__type_inferred_multiline_markdown.gift": (
        "stem",
        "line ends of Markdown stay",
    ),
    "sergeinack3__fixtures__questions_encoding_windows-1252.gift.txt": (
        "pairs",
        "letters beyond ASCII are read, not lost",
    ),
}


def one(text: str) -> QuestionIn:
    (item,) = questions(read(gift, text))
    return item


def text_of(*items: Any) -> str:
    return gift.write(items, "x.gift").files[SINGLE].decode()


def losses_of(*items: Any) -> list[str]:
    return [loss.message for loss in gift.write(items, "x.gift").losses]


def question(kind: str, stem: str = "q", **body: Any) -> QuestionIn:
    return QuestionIn(1, kind, stem, body)


@cache
def cases(name: str, key: str) -> list[dict[str, Any]]:
    if not EXPECTATIONS.is_dir():
        return []
    return json.loads((EXPECTATIONS / name).read_text(encoding="utf-8"))[key]


def by_case(name: str, key: str) -> Any:
    listed = cases(name, key)
    return pytest.mark.parametrize("case", listed, ids=[one.get("case", "") for one in listed])


# What Moodle makes of it


@by_case("gift_unit.json", "import")
def test_a_question_reads_as_moodles_unit_tests_expect(
    case: Mapping[str, Any], shared: Path
) -> None:
    item = one(case["input"])
    assert ours(item) == expected(case["expected"])
    assert item.name == case["expected"]["name"]


def test_comments_give_the_ids_and_tags_that_moodles_unit_tests_expect(shared: Path) -> None:
    listed = cases("gift_unit.json", "comment_metadata")
    assert len(listed) == 9
    for case in listed:
        found = gift_reading.comment_meta(case["comment"])
        assert found == (case["idnumber"] or None, case["tags"]), case


def exported(source: Mapping[str, Any]) -> QuestionIn:
    """Return a question of Moodle's export tests as ours."""

    def text(holder: Mapping[str, Any], name: str) -> str:
        return to_markdown(holder[name], str(holder[f"{name}format"])).text

    options = source["options"]
    body: dict[str, Any] = {}
    kind = {"essay": "essay", "match": "matching", "truefalse": "true_false"}.get(source["qtype"])
    answers = []
    for answer in options.get("answers", {}).values():
        entry = {
            "text": answer["answer"],
            "fraction": str(answer["fraction"]),
            "feedback": text(answer, "feedback"),
        }
        answers.append(entry)
    if kind == "matching":
        parts = [
            (text(p, "questiontext"), p["answertext"]) for p in options["subquestions"].values()
        ]
        ids = {right: f"r{place}" for place, (_, right) in enumerate(parts, 1)}
        body["lefts"] = [{"text": left, "right": ids[right]} for left, right in parts if left]
        body["rights"] = [{"id": ids[right], "text": right} for _, right in parts]
    elif kind == "true_false":
        body["answer"] = answers[0]["fraction"] == "1"
        body |= {"feedback_true": answers[0]["feedback"], "feedback_false": answers[1]["feedback"]}
    elif source["qtype"] == "multichoice":
        kind = "multiple_choice" if options["single"] else "multiple_response"
        body["options"] = answers
        if kind == "multiple_response":
            body["scoring"] = "sum_floor0"
    elif source["qtype"] == "shortanswer":
        kind, body["answers"] = "short_answer", answers
    elif source["qtype"] == "numerical":
        kind = "numeric"
        body["answers"] = [
            {
                **({"min": "-1e300"} if answer["answer"] == "*" else {"value": answer["answer"]}),
                "tolerance": str(answer["tolerance"]),
                "fraction": str(answer["fraction"]),
                "feedback": text(answer, "feedback"),
            }
            for answer in options["answers"].values()
        ]
    body["feedback"] = text(source, "generalfeedback")
    return QuestionIn(1, kind or "", text(source, "questiontext"), body, name=source["name"])


# Texts without markup need no format here, whatever format they had in Moodle.
EXPORT_TAGS = {"export_multichoice", "export_truefalse", "export_match"}
EXPORT_TAGS |= {"export_shortanswer_with_general_feedback"}


@by_case("gift_unit.json", "export")
def test_a_question_is_written_as_moodles_unit_tests_expect(
    case: Mapping[str, Any], shared: Path
) -> None:
    text = text_of(exported(case["source_question"]))
    theirs = case["expected_text"].partition("\n")[2]  # without the comment on Moodle's own id
    assert canonical(one(text)) == canonical(one(theirs))
    if case["case"] == "export_match":  # a div has no sign in Markdown
        theirs = theirs.replace('<div class\\="frog">', "").replace("</div>", "")
        theirs = theirs.replace("<b>", "<strong>").replace("</b>", "</strong>")
    if case["case"] in EXPORT_TAGS:
        for tag in ("[html]", "[plain]", "[moodle]", "[markdown]"):
            theirs = theirs.replace(tag, "")
            text = text.replace(tag, "")
    assert text == theirs


@pytest.mark.parametrize(
    "file", cases("gift_oracle.json", "files"), ids=lambda file: Path(file["file"]).name
)
def test_a_real_file_reads_as_moodle_reads_it(file: Mapping[str, Any], shared: Path) -> None:
    path = shared / "fixtures" / file["file"]
    items = read(gift, path.read_bytes(), path.name)
    theirs = [one for one in file["questions"] if one["type"] != "category"]
    found = questions(items)
    assert not refusals(items)
    assert len(found) == len(theirs) == file["count"]
    for item, theirs_one in zip(found, theirs, strict=True):
        facts, wanted = ours(item), expected(theirs_one)
        field, _ = FILE_DIFFERENCES.get(path.name, ("", ""))
        if field in wanted:
            facts.pop(field)
            wanted.pop(field)
        assert facts == wanted
        if item.name:
            assert item.name == theirs_one["name"]


def test_all_real_files_are_among_those_that_moodle_has_read(shared: Path) -> None:
    names = {Path(file["file"]).name for file in cases("gift_oracle.json", "files")}
    assert {path.name for path in (shared / "fixtures" / "gift").iterdir()} == names
    assert len(names) == 41
    assert len(cases("gift_tricky_oracle.json", "cases")) == 41


@by_case("gift_tricky_oracle.json", "cases")
def test_a_hard_corner_reads_as_moodle_reads_it(case: Mapping[str, Any], shared: Path) -> None:
    items = read(gift, case["input"])
    theirs = [one for one in case["questions"] if one["type"] != "category"]
    if case["case"] in TRICKY_DIFFERENCES:
        return  # each has a test of its own below
    assert len(refusals(items)) == len(case.get("errors", []))
    assert [ours(item) for item in questions(items)] == [expected(one) for one in theirs]


def test_what_differs_from_moodle_is_told() -> None:
    assert "{true}" in warnings(read(gift, "q {true}"))[0]
    assert one("q {t}").body["answer"] is True
    items = read(gift, "$CATEGORY: A/B\nx {T}")
    assert questions(items)[0].category == "A/B"
    assert "empty line" in warnings(items)[0]
    item = one("q {~%150%a ~%-150%b}")
    assert [option["fraction"] for option in item.body["options"]] == ["1", "-1"]
    assert item.raw is not None
    assert len(item.raw.lossy) == 2
    assert one("::n:: {T}").stem == "n"
    items = read(gift, "q {=a ~b} tail. {=c}")
    assert questions(items)[0].stem == "q [[1]] tail. {=c}"
    assert "Only the first braces" in warnings(items)[0]
    items = read(gift, "::a:: x {\n=b\n\n~c\n}\n\n::c:: y {T}")
    assert len(refusals(items)) == 2
    assert questions(items)[0].position == 3


# Hard corners of our own


def test_a_windows_file_is_read_with_a_guess_and_a_warning() -> None:
    items = read(gift, "Gr\u00f6\u00dfe {=gro\u00df}".encode("cp1252"))
    assert Guessed("encoding", "cp1252") in items
    assert questions(items)[0].stem == "Gr\u00f6\u00dfe"
    assert len(warnings(items)) == 1


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_and_a_byte_order_mark_are_read(ends: str) -> None:
    text = ends.join(["::a::x {", "\t=b", "\t~c", "}", " \u00a0\t", "::d::y {F}"])
    for data in (text.encode("utf-8-sig"), text.encode("utf-16")):
        first, second = questions(read(gift, data))
        assert (first.name, second.name, second.line) == ("a", "d", 6)
        assert len(first.body["options"]) == 2


def test_comments_count_only_at_the_start_of_a_line_and_may_stand_within() -> None:
    item = one("// [id:k] [tag:a b]\nq {\n// a note\n=a\n~b // c\n}\n// end")
    assert (item.key, item.tags, item.line) == ("k", ["a b"], 2)
    assert [option["text"] for option in item.body["options"]] == ["a", "b // c"]
    assert one("// [id:x]\n\nq {T}").key is None


def test_text_after_true_or_false_is_kept_with_a_warning() -> None:
    items = read(gift, "q {T} // x")
    assert questions(items)[0].stem == r"q \_\_\_\_\_ // x"
    assert "_____" in warnings(items)[0]


def test_a_category_holds_for_all_that_follow() -> None:
    text = "$CATEGORY: $course$/top/a/b//c\n\nx {T}\n\ny {T}\n\n$CATEGORY: $system$\n\nz {T}"
    assert [item.category for item in questions(read(gift, text))] == ["a/b//c", "a/b//c", None]
    assert one("$CATEGORY: $course$/Default for x\n\nx {T}").category == "Default for x"


def test_questions_without_an_empty_line_between_are_told_apart() -> None:
    items = read(gift, "::a::x {T}\n::b::y {F}\n$CATEGORY: c\n\nz {T}")
    assert [item.name for item in questions(items)] == ["a", "b", ""]
    assert questions(items)[2].category == "c"
    assert len(warnings(items)) == 1


def test_escapes_are_undone_once() -> None:
    item = one(r"a \\ b \\\\ c \~\=\#\{\}\: \x \\n d\ne {=x\\y =\*}")
    assert to_plain_lines(item.stem) == ["a \\ b \\\\ c ~=#{}: \\x \\n d", "e"]
    assert [answer["text"] for answer in item.body["answers"]] == ["x\\y", "\\*"]


def to_plain_lines(stem: str) -> list[str]:
    from quizapp.core.formats.shared.plain import from_markdown

    return from_markdown(stem)[0].split("\n")


def test_formulas_are_kept_exactly() -> None:
    item = one(r"[html]What is \\(\\frac\{1\}\{2\}\\) and $$\\sqrt\{x\\\\\}$$? {=0.5}")
    assert item.stem == r"What is $\frac{1}{2}$ and $$\sqrt{x\\}$$?"
    item = one(r"What is \\[x\=1\\]? {=1 ~\\(y\\)}")
    assert item.stem == r"What is $$x=1$$?"
    assert item.body["options"][1]["text"] == "$y$"


def test_braces_of_formulas_that_are_not_escaped_are_text_with_a_warning() -> None:
    items = read(gift, r"What is $$\frac{1}{2}$$? {=0.5 ~2}")
    assert questions(items)[0].type == "multiple_choice"
    assert questions(items)[0].stem == r"What is $$\frac{1}{2}$$?"
    assert len(warnings(items)) == 1
    items = read(gift, r"q {=$$\frac{1}{2}$$ ~2}")
    assert questions(items)[0].body["options"][0]["text"] == r"$$\frac{1}{2}$$"
    assert len(warnings(items)) == 1


def test_signs_inside_html_tags_do_not_split_answers() -> None:
    items = read(gift, '[html]q {=<a href="https://e.org/?a=b~c#d">x</a> ~b}')
    options = questions(items)[0].body["options"]
    assert [option["text"] for option in options] == ["[x](https://e.org/?a=b~c#d)", "b"]
    assert "HTML tags" in warnings(items)[0]
    assert not warnings(read(gift, r'[html]q {=<a href\="https://e.org/">x</a> ~b}'))


def test_words_about_html_are_no_html_where_no_format_is_named() -> None:
    item = one("What begins a page? {=<html> ~<body> ~<b>bold</b> ~a &lt; b}")
    texts = [option["text"] for option in item.body["options"]]
    assert texts == [r"\<html>", r"\<body>", "**bold**", "a < b"]


def test_formats_are_inherited_unless_a_text_has_its_own() -> None:
    item = one("[markdown]*q* {=*a*#[html]<b>x</b> ~[plain]*b*#[moodle]*c* ~[foo]d####*g*}")
    options = item.body["options"]
    assert [option["text"] for option in options] == ["*a*", r"\*b\*", "[foo]d"]
    assert [option.get("feedback") for option in options] == ["**x**", r"\*c\*", None]
    assert (item.stem, item.body["feedback"]) == ("*q*", "*g*")
    assert one("[foo]q {T}").stem == "[foo]q"


def test_weights_are_exact_and_a_number_in_a_text_is_none() -> None:
    item = one("q {~%33.33333%a ~%-33.33333%b ~%66.66667%c =%50%d ~%foo%e ~50% f}")
    shares = [option.get("fraction", "0") for option in item.body["options"]]
    assert shares == ["0.3333333", "-0.3333333", "0.6666667", "0.5", "0", "0"]
    assert item.type == "multiple_response"  # no answer alone is right
    assert one("q {=a =%50%b ~c}").type == "multiple_choice"


def test_general_feedback_stands_in_every_type_with_braces() -> None:
    for answers in ("####g", "T####g", "=a####g", "=a ~b####g", "#1####g", "=a -> b =c -> d####g"):
        assert one(f"q {{{answers}}}").body["feedback"] == "g"
    item = one("Is it {=a#f # g####h} so?")
    assert item.body["gaps"]["1"]["answers"] == [{"text": "a", "feedback": "f # g"}]
    assert item.body["feedback"] == "h"


def test_feedback_of_true_and_false_is_first_for_the_wrong_answer() -> None:
    assert one("q {T#wrong#right}").body == {
        "answer": True,
        "feedback_true": "right",
        "feedback_false": "wrong",
    }
    assert one("q {FALSE#wrong}").body == {"answer": False, "feedback_true": "wrong"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("#3,5:0,1", "decimal comma"),
        ("#abc", "is no number"),
        ("#1:", "missing"),
        ("#1..", "missing"),
        ("#1e999", "is no number"),
        ("#NaN", "is no number"),
        ("#5..1", "range ends before"),
        ("#1:-1", "tolerance is 0 or more"),
        ("=a -> 1 =b", "no ->"),
        ("=a -> 1", "two to choose from"),
    ],
)
def test_what_makes_no_sense_is_refused_in_plain_words(answers: str, words: str) -> None:
    items = read(gift, f"// [id:k]\n::n::q {{{answers}}}\n\nr {{T}}")
    assert words in refusals(items)[0]
    assert [item.type for item in questions(items)] == ["true_false"]


def test_numbers_have_tolerance_ranges_weights_and_a_catch_all() -> None:
    item = one("q {#=3:.5#a =%50%-1e3..-2 =%25%7 ~8#no ~#other}")
    assert item.body["answers"] == [
        {"value": "3", "tolerance": ".5", "feedback": "a"},
        {"min": "-1e3", "max": "-2", "fraction": "0.5"},
        {"value": "7", "fraction": "0.25"},
        {"value": "8", "fraction": "0", "feedback": "no"},
        {"min": "-1e300", "fraction": "0", "feedback": "other"},
    ]
    whole = Question("numeric", "q", fill_ids("numeric", item.body))
    grade = QUESTION_TYPES["numeric"].grade(whole, {"text": "99999"})
    assert (grade.score, grade.feedback) == (0, ["answers.a5.feedback"])
    assert one("q {#}").is_draft


def test_ids_of_matches_do_not_tell_and_equal_matches_are_one() -> None:
    item = one("q {=a -> 1 =b -> 2 =c -> 1 = -> 3 =d -> 4}")
    rights = {right["text"]: right["id"] for right in item.body["rights"]}
    assert list(rights) == ["1", "2", "3", "4"]
    assert list(rights.values()) != sorted(rights.values())
    assert [left["right"] for left in item.body["lefts"]] == [
        rights[text] for text in ("1", "2", "1", "4")
    ]


def test_a_missing_word_is_a_cloze_and_its_text_keeps_what_looks_like_a_gap() -> None:
    item = one("A [[2]] and [[1]] {=b =%50%c#f ~d} e.")
    assert item.type == "cloze"
    assert item.stem == r"A \[\[2]] and \[\[1]] [[1]] e."
    assert one("[html]<p>A <b>x</b></p><p>y {=b} z</p>").stem == "A **x**\n\ny [[1]] z"
    assert one("Choose {~%50%a ~%50%b} of them.").type == "multiple_response"


def test_a_text_alone_in_braces_is_typed_and_told() -> None:
    items = read(gift, "q {Asia}")
    assert questions(items)[0].body["answers"] == [{"text": "Asia"}]
    assert "no =" in warnings(items)[0]


def test_entities_in_typed_answers_count_only_in_html() -> None:
    assert one("[html]q {=a &lt; b}").body["answers"][0]["text"] == "a < b"
    assert one("q {=a &lt; b}").body["answers"][0]["text"] == "a &lt; b"


def test_pictures_that_are_not_in_the_file_are_told_and_the_block_is_kept() -> None:
    item = one('[html]See <img src\\="@@PLUGINFILE@@/a.png" alt\\="a cat"> {T}')
    assert item.stem == "See a cat"
    assert item.raw is not None
    assert item.raw.format == "gift"
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    items = read(gift, f'[html]See <img src\\="{pixel}" alt\\="dot"> {{T}}'.replace("=AA", "=AA"))
    assert any(isinstance(item, MediaIn) for item in items)


def test_a_file_of_nothing_or_of_no_text_is_no_crash() -> None:
    assert read(gift, "") == []
    assert read(gift, "// only\n\n$CATEGORY: x") == []
    with pytest.raises(FormatError):
        read(gift, bytes(range(32)) * 20)
    with pytest.raises(FormatError):
        read(gift, b"PK\x05\x06" + bytes(18))


# What it is taken for


@pytest.mark.parametrize(
    ("head", "name", "least", "most"),
    [
        ("::n::q {=a ~b}", "x.txt", 90, 100),
        ("$CATEGORY: a\n\nq", "x.txt", 70, 100),
        ("q {=a ~b}", "x.txt", 55, 70),
        ("q {T}", "x.txt", 55, 70),
        ("anything", "x.gift", 90, 100),
        ("A plain text on { braces }.", "x.txt", 0, 9),
        ("q {1:MULTICHOICE:=a~b}", "x.txt", 0, 9),
        ("front\tback\n", "x.txt", 0, 9),
        ('{"a": {"b": 1}}', "x.json", 0, 9),
        ("<?xml version='1.0'?><quiz>{=a}</quiz>", "x.xml", 0, 0),
        ("Q?\nA) a\nB) b\nANSWER: A", "x.txt", 0, 9),
        ("int main() {\n  return 0;\n}", "x.c", 0, 9),
    ],
)
def test_a_file_is_taken_for_gift_by_its_signs(head: str, name: str, least: int, most: int) -> None:
    assert least <= gift.sniff(head.encode(), name, []) <= most


def test_real_files_are_taken_for_gift(shared: Path) -> None:
    for path in sorted((shared / "fixtures" / "gift").iterdir()):
        found = guess(Source.at(path))
        if "quiz_questions" in path.name:  # YAML of another program
            assert found is None or found.NAME != "gift"
        else:
            assert found is gift, path.name


def test_packages_are_never_gift_and_the_format_is_registered() -> None:
    assert gift.sniff(b"", "x.zip", ["a"]) == 0
    assert FORMATS["gift"].NAME == "gift"


# Writing


PLAIN_PARTS = {  # what GIFT has no place for, by type
    "short_answer": ("typos",),
    "numeric": ("units", "unit_required"),
    "essay": ("rubric", "max_words"),
    "multiple_choice": ("hints",),
}


@pytest.mark.parametrize("item", list(samples()), ids=lambda item: item.type)
def test_what_gift_can_carry_reads_the_same_again(item: QuestionIn) -> None:
    if item.type not in gift.TYPES:
        assert "left out" in losses_of(item)[0]
        return
    dropped = PLAIN_PARTS.get(item.type, ())
    assert bool(losses_of(item)) == bool(dropped) or item.type == "matching"
    body = {name: value for name, value in item.body.items() if name not in dropped}
    if item.type == "matching":  # pairs have no feedback, and what matches stands beside them
        body["lefts"] = [{**left, "feedback": ""} for left in body["lefts"]]
        rights = {right["id"]: right for right in body["rights"]}
        ids = dict.fromkeys([*(left["right"] for left in body["lefts"]), *rights])
        body["rights"] = [rights[own] for own in ids]
    plain = replace(item, body=body, tags=["a", "b"], category="c/d", name="N: 1")
    assert losses_of(plain) == []
    again = one(text_of(plain))
    assert canonical(again) == canonical(plain)
    assert (again.key, again.tags, again.category, again.name) == (
        plain.key,
        ["a", "b"],
        "c/d",
        "N: 1",
    )
    assert text_of(again) == text_of(plain)


def test_real_files_are_the_same_after_a_round_trip(shared: Path) -> None:
    for path in sorted((shared / "fixtures" / "gift").iterdir()):
        items = questions(read(gift, path.read_bytes(), path.name))
        again = questions(read(gift, written(gift, list(items))))
        assert [canonical(item) for item in again] == [canonical(item) for item in items], path.name
        assert [item.name for item in again] == [item.name for item in items]


NASTY = [
    "~ = # { } : \\ ::x::",
    "// no comment",
    "$CATEGORY: no",
    "[html] is a tag",
    "%50% of people",
    "a -> b",
    "line one\\\nline two",
    "one\n\ntwo",
    "- a\n- b",
    "**b** and `c = {d}`",
    r"$\frac{1}{2}$ costs \$5",
    "$$x^2$$",
    r"\<b>no bold\</b>",
    "a &amp;lt; b",
    r"\\n \\\\ \\",
    "| a | b |\n| --- | --- |\n| c | d |",
    "```\n  code\n```",
    "_emphasis_ the other way",
    "soft\nbreak",
    "[link](https://example.org/?a=b#c)",
    "T",
    "[[1]]",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_with_signs_of_gift_comes_back_as_it_was(text: str) -> None:
    choice = question(
        "multiple_choice",
        text,
        options=[
            {"text": text, "fraction": "1", "feedback": text},
            {"text": f"other {text}", "feedback": text},
        ],
        feedback=text,
    )
    truth = question("true_false", text, answer=False, feedback_true=text, feedback_false=text)
    rights = [{"id": "r1", "text": text}, {"id": "r2", "text": "x"}]
    match = question("matching", text, lefts=[{"text": "l", "right": "r1"}], rights=rights)
    for item in (choice, truth, match, question("description", text)):
        assert losses_of(item) in ([], ["The formatting of what is matched with is left out."])
        if not losses_of(item):
            again = one(text_of(item))
            assert again.stem == item.stem
            assert canonical(again) == canonical(item)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab ~=#{}:\\n*[]%5->/$&<;\n", max_size=30), st.booleans())
def test_any_typed_answer_comes_back(text: str, is_html: bool) -> None:
    text = " ".join(text.split())
    if text:
        stem = "**q**" if is_html else "q"
        item = question("short_answer", stem, answers=[{"text": text, "feedback": "f"}])
        assert one(text_of(item)).body["answers"] == [{"text": text, "feedback": "f"}]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet='q{}=~#\\:%1.-> \nTF[]<a">', max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    try:
        items = read(gift, text.encode("utf-8", "replace"))
    except FormatError:
        return
    for item in questions(items):
        whole = Question(item.type, item.stem, fill_ids(item.type, item.body))
        problems = QUESTION_TYPES[item.type].problems(whole)
        assert item.is_draft or {problem.code for problem in problems} <= MINOR


def test_ids_and_tags_with_brackets_and_categories_come_back() -> None:
    item = replace(question("essay"), key="a]b\\[c", tags=["x]", "[y"], category="$a/b")
    other = replace(question("essay", "r"), category=None)
    first, second = questions(read(gift, text_of(item, other)))
    assert (first.key, first.tags, first.category) == ("a]b\\[c", ["x]", "[y"], "$a/b")
    assert second.category is None


def test_scoring_of_several_right_answers_is_written_as_shares() -> None:
    options = [{"text": text, "fraction": "1"} for text in "abc"] + [{"text": "d"}]
    item = question("multiple_response", options=options)
    assert "~%33.33333%a" in text_of(item)
    assert "~%-33.33333%d" in text_of(item)
    assert losses_of(item) == []
    whole = question("multiple_response", options=options, scoring="all_or_nothing")
    assert "all right answers together" in losses_of(whole)[0]


def test_a_cloze_of_one_gap_is_written_around_it_and_others_are_left_out() -> None:
    gap = {"kind": "typed", "answers": [{"text": "b"}, {"text": "c", "fraction": "0.5"}]}
    item = question("cloze", "A **x** [[3]] y", gaps={"3": gap}, feedback="g")
    again = one(text_of(item))
    assert again.stem == "A **x** [[1]] y"
    assert again.body == {"gaps": {"1": gap}, "feedback": "g"}
    assert losses_of(item) == []
    at_end = question("cloze", "A [[1]]", gaps={"1": gap})
    assert one(text_of(at_end)).type == "short_answer"
    assert "at the end" in losses_of(at_end)[0]
    words = question(
        "cloze",
        "A [[1]].",
        gaps={"1": {"kind": "word", "word": "w1"}},
        words=[{"id": "w1", "text": "a"}, {"id": "w2", "text": "b"}],
    )
    assert one(text_of(words)).body["gaps"]["1"]["kind"] == "choice"
    assert "pool" in losses_of(words)[0]
    two = question("cloze", "[[1]] [[2]]", gaps={"1": gap, "2": gap})
    assert (gift.write([two], "").questions, len(losses_of(two))) == (0, 1)


def test_numbers_that_gift_cannot_hold_are_told() -> None:
    answers = [
        {"value": "200", "tolerance": "0.1", "tolerance_type": "relative"},
        {"value": "1.23", "tolerance": "3", "tolerance_type": "significant", "fraction": "0.5"},
        {"min": "300", "fraction": "0.2"},
    ]
    item = question("numeric", answers=answers, units=[{"unit": "m"}])
    assert len(losses_of(item)) == 4
    assert one(text_of(item)).body["answers"] == [
        {"value": "200", "tolerance": "20"},
        {"min": "1.225", "max": "1.235", "fraction": "0.5"},
    ]
    endless = question("numeric", answers=[{"min": "3"}])
    assert gift.write([endless], "").questions == 0


def test_every_part_that_is_lost_is_told() -> None:
    item = question(
        "short_answer",
        "![a cat](media/cat.png)",
        answers=[{"text": "a->b"}],
        case=True,
        diacritics=False,
        typos=1,
        fillers="the",
        hints=["h"],
    )
    assert len(losses_of(item)) == 4
    assert one(text_of(item)).stem == "a cat"
    pair = {"text": "a", "right": "r1", "feedback": "f"}
    rights = [{"id": "r1", "text": "![x](media/x.png)"}, {"id": "r2", "text": "y"}]
    match = question(
        "matching", lefts=[pair], rights=rights, shuffle=False, scoring="all_or_nothing"
    )
    assert len(losses_of(match)) == 4
    assert losses_of(question("description", "d", feedback="f"))
    assert losses_of(question("multiple_choice", options=[{"text": "a", "fraction": "1"}]))


def test_what_is_no_question_is_one_loss_of_each_kind() -> None:
    facts = [FactIn(f"f{number}", "x") for number in range(3)]
    media = MediaIn("a.png", "image/png", b"x")
    items = [BankFile("T"), ArticleIn("a", "x"), *facts, question("essay"), media]
    items.append(QuizIn("z", "Z", {}, []))
    done = gift.write(items, "x.gift")
    assert done.questions == 1
    assert [loss.message.partition(":")[0] for loss in done.losses] == [
        "1 article is left out",
        "3 facts with their evidence are left out",
        "1 quiz is left out",
        "1 picture or sound is left out",
    ]


def test_a_block_kept_from_a_gift_file_is_written_as_it_was() -> None:
    item = question("opaque", "x", raw_format="gift", raw="::a::q {=b\n\n~c}")
    assert text_of(item) == "::a::q {=b\n~c}\n\n"
    assert losses_of(question("opaque", "x", raw_format="moodle_xml", raw="<q/>"))


# Hostile files


def test_hostile_files_end_in_sound_items(shared: Path) -> None:
    for path in sorted((shared / "hostile" / "gift").iterdir()):
        items = read(gift, path.read_bytes(), path.name)
        assert questions(items) or refusals(items), path.name


SIGNS = r"""\ | |~|=|{|}|{}|#|####|::|:|<a |<a="|[id:|%|->|\(|$$|[|&|a{=b}|~%1%|<b>|`|*|_"""


@pytest.mark.parametrize("unit", [*SIGNS.split("|"), "\n", "\ue000"])
def test_long_runs_of_any_sign_take_no_long_time(unit: str) -> None:
    # time that grows with the square would be minutes here
    for frame in ("{}", "q {{={}}}", "::{}", "[html]{} {{T}}", "// {}\nq {{T}}"):
        assert read(gift, frame.format(unit * (50_000 // len(unit)))) or not unit.strip()
