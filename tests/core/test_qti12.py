"""QTI 1.2: what Canvas, Blackboard and Respondus write, read and written again."""

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.core.formats import guess, qti12
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import (
    BankFile,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
    Refused,
)
from quizapp.core.formats.parts.qti12_kinds import KINDS
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.zips import zipped
from quizapp.core.markdown import render
from tests.core.format_ground import (
    canonical,
    questions,
    read,
    refusals,
    samples,
    warnings,
    written,
)
from tests.core.qti12_ground import (
    choice,
    document,
    equal,
    feedback,
    field,
    item,
    labels,
    material,
    rule,
    typed,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + b"\0\0\0\1\0\0\0\1"


def one(text: str) -> QuestionIn:
    """Return the one question of a document."""
    items = read(qti12, document(text), "file.xml")
    assert refusals(items) == []
    (found,) = questions(items)
    return found


def fractions(found: QuestionIn) -> list[str | None]:
    return [entry.get("fraction") for entry in found.body["options"]]


def texts(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["text"] for entry in entries]


# --- choices -------------------------------------------------------------------------------------


def test_the_option_that_is_given_points_is_right() -> None:
    found = one(item("multiple_choice_question", choice("a", "b"), rule(equal("2"), "100")))
    assert found.type == "multiple_choice"
    assert (found.key, found.name, found.stem) == ("q1", "Name", "Stem?")
    assert fractions(found) == [None, "1"]


def test_points_of_other_scales_are_shares_of_the_best() -> None:
    rules = rule(equal("1"), "3") + rule(equal("2"), "1.5") + rule(equal("3"), "-3")
    found = one(item("multiple_choice_question", choice("a", "b", "c"), rules))
    assert fractions(found) == ["1", "0.5", "-1"]


def test_points_are_added_and_taken_away_in_the_order_of_the_rules() -> None:
    rules = (
        rule("<other/>", "10")
        + rule(equal("1"), "50", "Add")
        + rule(equal("1"), "50", "Add")
        + rule(equal("2"), "50", "Add")
        + rule(equal("2"), "25", "Subtract")
    )
    found = one(item("multiple_choice_question", choice("a", "b"), rules))
    assert fractions(found)[0] == "1"
    assert float(fractions(found)[1] or 0) == pytest.approx(35 / 110)


def test_scoring_ends_where_a_rule_does_not_continue() -> None:
    stop = rule(equal("1"), "100").replace("<respcondition>", '<respcondition continue="No">')
    rules = stop + rule(equal("1"), "0") + rule(equal("2"), "0")
    assert fractions(one(item("", choice("a", "b"), rules))) == ["1", None]


def test_what_is_not_another_option_may_be_right() -> None:
    found = one(item("", choice("a", "b", "c"), rule(f"<not>{equal('2')}</not>", "1")))
    assert fractions(found) == ["1", None, "1"]


def test_either_of_two_options_may_be_right() -> None:
    found = one(item("", choice("a", "b", "c"), rule(f"<or>{equal('1')}{equal('3')}</or>", "1")))
    assert fractions(found) == ["1", None, "1"]


def test_feedback_goes_to_the_question_to_its_options_and_to_right_and_wrong_ones() -> None:
    rules = (
        rule("<other/>", shows=["general_fb"])
        + rule(equal("1"), shows=["1_fb"])
        + rule(equal("1"), "100", shows=["correct_fb"])
        + rule("<other/>", shows=["general_incorrect_fb"])
    )
    after = "".join(
        feedback(ident, text)
        for ident, text in (
            ("general_fb", "<b>All</b>"),
            ("1_fb", "One"),
            ("correct_fb", "Yes"),
            ("general_incorrect_fb", "No"),
        )
    )
    found = one(item("multiple_choice_question", choice("a", "b"), rules, after))
    assert found.body["feedback"] == "**All**"
    assert [entry["feedback"] for entry in found.body["options"]] == ["One\n\nYes", "No"]
    assert (found.warnings, found.raw) == ([], None)


def test_feedback_without_a_place_is_told_and_kept_with_the_source() -> None:
    rules = rule(f"<and>{equal('1')}<not>{equal('2')}</not></and>", "100", shows=["correct_fb"])
    text = choice("a", "b", cardinality="Multiple")
    found = one(item("multiple_answers_question", text, rules, feedback("correct_fb", "Yes")))
    assert len(found.warnings) == 1
    assert found.raw is not None
    assert found.raw.lossy == found.warnings
    assert "correct_fb" in found.raw.text


def test_a_set_of_right_options_is_read_from_what_is_and_what_is_not_denied() -> None:
    when = f"<and>{equal('1')}<not>{equal('2')}</not>{equal('3')}</and>"
    text = choice("a", "b", "c", cardinality="Multiple")
    canvas = one(item("multiple_answers_question", text, rule(when, "100")))
    assert canvas.type == "multiple_response"
    assert fractions(canvas) == ["1", None, "1"]
    assert "scoring" not in canvas.body
    assert one(item("", text, rule(when, "100"))).body["scoring"] == "all_or_nothing"


def test_points_for_each_option_are_its_shares() -> None:
    rules = rule(equal("1"), "50", "Add") + rule(equal("2"), "-10", "Add")
    rules += rule(equal("3"), "50", "Add")
    found = one(item("", choice("a", "b", "c", cardinality="Multiple"), rules))
    assert fractions(found) == ["0.5", "-0.1", "0.5"]
    assert found.body["scoring"] == "sum_floor0"


def test_several_sets_of_right_options_are_kept_as_they_came() -> None:
    when = f"<or><and>{equal('1')}</and><and>{equal('2')}</and></or>"
    found = one(item("", choice("a", "b", cardinality="Multiple"), rule(when, "1")))
    assert found.type == "opaque"
    assert found.body["raw"].startswith("<item")


def test_options_without_a_text_are_left_out_unless_they_are_right() -> None:
    found = one(item("", choice("a", "", "b"), rule(equal("1"), "1")))
    assert texts(found.body["options"]) == ["a", "b"]
    assert len(found.warnings) == 1
    assert one(item("", choice("a", "", "b"), rule(equal("2"), "1"))).type == "opaque"


def test_true_and_false_are_told_by_their_words() -> None:
    found = one(item("true_false_question", choice("False", "True"), rule(equal("1"), "100")))
    assert (found.type, found.body) == ("true_false", {"answer": False})


def test_a_question_without_a_label_is_read_by_its_shape() -> None:
    numbers = typed(kind=' fibtype="Decimal"')
    for text, rules, kind in [
        (choice("a", "b"), rule(equal("1"), "1"), "multiple_choice"),
        (choice("True", "False"), rule(equal("1"), "1"), "true_false"),
        (
            choice("a", "b", cardinality="Multiple"),
            rule(equal("1"), "1", "Add"),
            "multiple_response",
        ),
        (typed(), rule(equal("a"), "1"), "short_answer"),
        (typed(), "", "essay"),
        (numbers, rule(equal("1"), "1"), "numeric"),
        ("", "", "description"),
        (typed("a") + typed("b"), rule(equal("x", "a") + equal("y", "b"), "1"), "cloze"),
    ]:
        assert one(item("", text, rules)).type == kind


def test_a_label_that_does_not_fit_gives_way_to_the_shape() -> None:
    found = one(item("multiple_answers_question", typed(), rule(equal("a"), "1")))
    assert found.type == "short_answer"


def test_labels_of_cartridges_count_without_their_version() -> None:
    meta = field("cc_profile", "cc.true_false.v0p1")
    found = one(item("", choice("True", "False"), rule(equal("1"), "100"), meta=meta))
    assert (found.type, found.body["answer"]) == ("true_false", True)


@pytest.mark.parametrize(
    "label", ["calculated_question", "file_upload_question", "hot_spot_question"]
)
def test_kinds_that_cannot_be_asked_are_kept_with_a_reason(label: str) -> None:
    found = one(item(label, typed(), rule("<other/>", "100")))
    assert (found.type, found.key, found.stem) == ("opaque", "q1", "Stem?")
    assert len(found.warnings) == 1


def test_rules_that_are_not_known_keep_the_question_as_it_came() -> None:
    when = '<varsubset respident="r">a,b</varsubset>'
    assert one(item("", choice("a", "b"), rule(when, "1"))).type == "opaque"
    assert one(item("", choice("a", "b"), rule(equal("1"), "x"))).type == "opaque"
    assert one(item("", choice("a", "b"), rule(equal("1"), "1", "Divide"))).type == "opaque"


def test_a_question_without_a_right_answer_is_a_draft() -> None:
    found = one(item("multiple_choice_question", choice("a", "b")))
    assert found.is_draft


# --- typed ---------------------------------------------------------------------------------------


def test_all_listed_texts_are_right_and_others_get_the_feedback_to_wrong_ones() -> None:
    rules = rule(equal("cat") + equal("a * b"), "100") + rule("<other/>", shows=["incorrect_fb"])
    found = one(item("short_answer_question", typed(), rules, feedback("incorrect_fb", "No")))
    assert found.body["answers"] == [
        {"text": "cat"},
        {"text": "a \\* b"},
        {"text": "*", "fraction": "0", "feedback": "No"},
    ]


def test_a_text_inside_another_is_a_wildcard_and_case_may_count() -> None:
    when = '<varsubstring respident="r" case="Yes">cat</varsubstring>'
    found = one(item("", typed(), rule(when, "1")))
    assert found.body == {"answers": [{"text": "*cat*"}], "case": True}


def test_entities_in_typed_answers_are_characters() -> None:
    found = one(item("short_answer_question", typed(), rule(equal("a < b & c"), "100")))
    assert texts(found.body["answers"]) == ["a < b & c"]


def bounds(low: str, high: str, low_tag: str = "vargte") -> str:
    return f'<{low_tag} respident="r">{low}</{low_tag}><varlte respident="r">{high}</varlte>'


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        (f"<or>{equal('4')}<and>{bounds('4', '4')}</and></or>", {"value": "4"}),
        (
            f"<or>{equal('4')}<and>{bounds('3.9', '4.1')}</and></or>",
            {"value": "4", "tolerance": "0.1"},
        ),
        (bounds("3", "5"), {"min": "3", "max": "5"}),
        (
            f"<or>{equal('42.0')}<and>{bounds('41.995', '42.005', 'vargt')}</and></or>",
            {"value": "42.0", "tolerance": "4", "tolerance_type": "significant"},
        ),
        (
            f"<or>{equal('-0.012')}<and>{bounds('-0.0125', '-0.0115', 'vargt')}</and></or>",
            {"value": "-0.012", "tolerance": "2", "tolerance_type": "significant"},
        ),
        (
            equal("200").replace("<varequal", '<varequal margintype="percent" margin="20.0"'),
            {"value": "200", "tolerance": "0.2", "tolerance_type": "relative"},
        ),
        (
            equal("1.5").replace("<varequal", '<varequal precisiontype="decimals" precision="2"'),
            {"value": "1.5", "tolerance": "0.005"},
        ),
        ('<vargte respident="r">3</vargte>', {"min": "3"}),
    ],
)
def test_numbers_come_with_their_bounds(when: str, answer: dict[str, str]) -> None:
    found = one(item("numerical_question", typed(), rule(when, "100")))
    assert (found.type, found.body["answers"]) == ("numeric", [answer])


@pytest.mark.parametrize(
    "when", [equal("four"), f"<or>{equal('4')}{bounds('1', '9')}</or>", f"<not>{equal('4')}</not>"]
)
def test_numbers_that_make_no_sense_keep_the_question_as_it_came(when: str) -> None:
    assert one(item("numerical_question", typed(), rule(when, "100"))).type == "opaque"


def test_an_essay_has_its_limits_its_notes_and_its_sample() -> None:
    text = typed().replace("<response_str", '<response_str word_limit_max="90" word_limit_min="5"')
    after = f'<itemfeedback ident="x"><solution>{material("So.")}</solution></itemfeedback>'
    meta = field("grading_notes", "<b>Look</b>")
    found = one(item("essay_question", text, "", after, meta=meta))
    expected = {"sample": "So.", "rubric": "**Look**", "min_words": 5, "max_words": 90}
    assert (found.type, found.body) == ("essay", expected)


# --- several parts -------------------------------------------------------------------------------


def blank(name: str, *words: str, kind: str = "") -> str:
    listed = labels(*words)
    if kind:
        listed = listed.replace("<response_label", f'<response_label answer_type="{kind}"')
    return f'<response_lid ident="response_{name}">{material(name)}{listed}</response_lid>'


def test_blanks_become_gaps_and_every_listed_text_is_right() -> None:
    found = one(
        item(
            "fill_in_multiple_blanks_question",
            blank("b", "two", "2") + blank("a", "one"),
            rule(equal("1", "response_b"), "50", "Add"),
            stem="<p>First [a], then [b], not [c] or [[1]], [a] again.</p>",
        )
    )
    assert found.stem == "First [[1]], then [[2]], not [c] or \\[\\[1]], [a] again."
    assert found.body["gaps"]["1"] == {"kind": "typed", "answers": [{"text": "one"}]}
    assert texts(found.body["gaps"]["2"]["answers"]) == ["two", "2"]
    assert len(found.warnings) == 1  # on the blank that is there twice


def test_dropdowns_become_choices_with_weights() -> None:
    rules = rule(equal("1", "response_x1"), "25", "Add") + rule(
        equal("2", "response_x2"), "75", "Add"
    )
    text = blank("x1", "a", "b") + blank("x2", "c", "d")
    found = one(item("multiple_dropdowns_question", text, rules, stem="[x2] and [x1]"))
    assert found.stem == "[[2]] and [[1]]"
    first, second = found.body["gaps"]["1"], found.body["gaps"]["2"]
    assert [entry.get("fraction") for entry in first["options"]] == ["1", None]
    assert [entry.get("fraction") for entry in second["options"]] == [None, "1"]
    assert (first.get("weight"), second["weight"]) == (None, "3")


def test_blanks_that_name_their_kind_are_of_that_kind() -> None:
    rules = rule(equal("2", "response_p"), "50", "Add") + rule(
        equal("1", "response_q"), "50", "Add"
    )
    text = blank("p", "a", "b", kind="dropdown") + blank("q", "c", "d", kind="wordbank")
    found = one(item("fill_in_multiple_blanks_question", text, rules, stem="[p] [q]"))
    assert found.body["gaps"]["1"]["kind"] == "choice"
    assert found.body["gaps"]["2"] == {"kind": "word", "word": "w1"}
    assert texts(found.body["words"]) == ["c", "d"]


def test_blanks_that_stand_in_the_line_are_gaps_where_they_stand() -> None:
    text = f"{typed('x')}{material(' and ', 'plain')}{typed('y')}"
    rules = rule(equal("a", "x"), "1", "Add") + rule(equal("b", "y"), "1", "Add")
    found = one(item("", text, rules, stem="Between"))
    assert found.stem == "Between [[1]] and [[2]]"
    assert texts(found.body["gaps"]["2"]["answers"]) == ["b"]


def test_markup_inside_the_name_of_a_blank_does_not_matter() -> None:
    text = blank("a", "one")
    found = one(item("fill_in_multiple_blanks_question", text, stem="<p>So [<b>a</b>].</p>"))
    assert found.stem == "So [[1]]."


def test_what_is_matched_shares_what_is_offered_under_one_text() -> None:
    first = f'<response_lid ident="x">{material("L1")}{labels("A", "B")}</response_lid>'
    second = f'<response_lid ident="y">{material("L2")}{labels("B", "C")}</response_lid>'
    rules = (
        rule(equal("2", "x"), "50", "Add")
        + rule(equal("1", "y"), "50", "Add")
        + rule(f"<not>{equal('1', 'y')}</not>", shows=["y_fb"])
    )
    found = one(item("matching_question", first + second, rules, feedback("y_fb", "No.")))
    assert found.body["lefts"] == [
        {"text": "L1", "right": "r2"},
        {"text": "L2", "right": "r2", "feedback": "No."},
    ]
    assert texts(found.body["rights"]) == ["A", "B", "C"]


def test_the_order_of_the_rule_is_the_right_order() -> None:
    rules = rule(equal("2") + equal("3") + equal("1"), "5")
    found = one(item("", choice("a", "b", "c", cardinality="Ordered"), rules))
    assert (found.type, texts(found.body["items"])) == ("ordering", ["b", "c", "a"])


# --- Blackboard ----------------------------------------------------------------------------------


def blackboard(kind: str, responses: str, rules: str, beside: str = "", meta: str = "") -> str:
    text = "<material><mat_extension><mat_formattedtext type='HTML'>{}</mat_formattedtext>".format
    stem = f"{text('Stem?&lt;br/&gt;')}</mat_extension></material>"
    return (
        f"<item><itemmetadata><bbmd_asi_object_id>_7_1</bbmd_asi_object_id>"
        f"<bbmd_questiontype>{kind}</bbmd_questiontype>{meta}</itemmetadata>"
        f"<presentation><flow class='Block'><flow class='QUESTION_BLOCK'>{stem}</flow>"
        f"<flow class='RESPONSE_BLOCK'>{responses}</flow>{beside}</flow></presentation>"
        f"<resprocessing>{rules}</resprocessing></item>"
    )


def test_blackboard_sets_the_highest_score_and_names_options_like_responses() -> None:
    rules = (
        rule(equal("1"), "SCORE.max")
        + rule("<other/>", "0.0")
        + rule('<varequal respident="1"/>', "0")
        + rule('<varequal respident="2"/>', "0")
    )
    found = one(blackboard("Multiple Choice", choice("a", "b"), rules))
    assert (found.key, found.stem, fractions(found)) == ("_7_1", "Stem?", ["1", None])


def test_blackboard_matches_by_place() -> None:
    left = "<flow class='Block'>{}<flow>{}</flow></flow>".format
    bare = "<response_lid ident='{}'><render_choice>{}</render_choice></response_lid>".format
    empty = "<response_label ident='{0}1'/><response_label ident='{0}2'/>".format
    responses = left(bare("x", empty("x")), material("L1")) + left(
        bare("y", empty("y")), material("L2")
    )
    right = "<flow>{}</flow>".format
    inside = right(material("A")) + right(material("B"))
    beside = f"<flow class='RIGHT_MATCH_BLOCK'>{inside}</flow>"
    rules = rule(equal("x2", "x"), shows=["correct"]) + rule(equal("y1", "y"), shows=["correct"])
    found = one(blackboard("Matching", responses, rules, beside))
    assert found.body["lefts"] == [{"text": "L1", "right": "r2"}, {"text": "L2", "right": "r1"}]
    assert found.stem == "Stem?"


def test_blackboard_gives_all_or_nothing_where_it_says_so() -> None:
    meta = "<bbmd_partialcredit>{}</bbmd_partialcredit>".format
    text = choice("a", "b", cardinality="Multiple")
    rules = rule(f"<and>{equal('1')}<not>{equal('2')}</not></and>", "SCORE.max")
    whole = one(blackboard("Multiple Answer", text, rules, meta=meta("false")))
    part = one(blackboard("Multiple Answer", text, rules, meta=meta("true")))
    assert (whole.body.get("scoring"), part.body.get("scoring")) == ("all_or_nothing", None)


def test_the_words_of_either_or_questions_are_read_from_their_names() -> None:
    found = one(
        blackboard("Either/Or", choice("yes_no.true", "yes_no.false"), rule(equal("2"), "1"))
    )
    assert texts(found.body["options"]) == ["Yes", "No"]
    text = choice("true_false.true", "true_false.false")
    found = one(blackboard("Either/Or", text, rule(equal("2"), "1")))
    assert (found.type, found.body["answer"]) == ("true_false", False)


POOL = """<POOL><TITLE value='Pool'/><QUESTIONLIST/>
<QUESTION_ORDER id='o'><BODY><TEXT>Order</TEXT></BODY>
<ANSWER id='a1'><TEXT>x</TEXT></ANSWER><ANSWER id='a2'><TEXT>y</TEXT></ANSWER>
<GRADABLE><CORRECTANSWER answer_id='a1' order='2'/><CORRECTANSWER answer_id='a2' order='1'/>
</GRADABLE></QUESTION_ORDER>
<QUESTION_FILLINBLANK id='f'>
<BODY><TEXT>a &lt; b</TEXT><FLAGS><ISHTML value='false'/></FLAGS></BODY>
<ANSWER id='f1'><TEXT>x * y</TEXT></ANSWER><GRADABLE/></QUESTION_FILLINBLANK>
<QUESTION_ODD id='z'><BODY><TEXT>Odd</TEXT></BODY></QUESTION_ODD></POOL>"""


def test_old_pools_of_blackboard_are_read() -> None:
    items = read(qti12, POOL, "res00001.dat")
    assert BankFile("Pool") in items
    order, fill, odd = questions(items)
    assert texts(order.body["items"]) == ["y", "x"]
    assert (fill.stem, texts(fill.body["answers"])) == ("a < b", ["x \\* y"])
    assert (odd.type, odd.key) == ("opaque", "z")


# --- texts and files -----------------------------------------------------------------------------


def test_texts_are_html_or_plain_as_they_say() -> None:
    html = item("text_only_question", stem="<p>a <b>b</b></p><p>\\(x^2\\)</p>")
    assert one(html).stem == "a **b**\n\n$x^2$"
    plain = item("text_only_question", material("1. <p> is *a* tag", "plain"), stem="")
    assert render(one(plain).stem) == "<p>1. &lt;p&gt; is *a* tag</p>\n"
    untyped = "<material><mattext>a &lt;b&gt;b&lt;/b&gt;</mattext></material>"
    assert one(item("text_only_question", untyped, stem="")).stem == "a **b**"
    inside = '<material><mattext texttype="text/html"><div>a <b>b</b></div></mattext></material>'
    assert one(item("text_only_question", inside, stem="")).stem == "a **b**"


def test_pictures_of_equations_are_formulas() -> None:
    stem = '<p>So <img class="equation_image" data-equation-content="\\frac{1}{2}" src="/x"></p>'
    assert one(item("text_only_question", stem=stem)).stem == "So $\\frac{1}{2}$"


def package(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


MANIFEST = "<manifest><resources>{}</resources></manifest>".format


def test_a_package_has_its_pictures_and_documents_in_the_order_of_the_manifest() -> None:
    listed = "".join(f'<resource><file href="{name}.xml"/></resource>' for name in ("z", "gone"))
    picture = '<img alt="A" src="$IMS-CC-FILEBASE$/Uploaded%20Media/a.png">'
    data = package(
        {
            "imsmanifest.xml": MANIFEST(listed),
            "a.xml": document(item("text_only_question", stem=picture, ident="a"), title="Second"),
            "z.xml": document(item("text_only_question", ident="z"), title="First"),
            "web_resources/Uploaded Media/a.png": PNG,
            "other.xml": "<html/>",
        }
    )
    items = read(qti12, data, "file.zip")
    assert [(found.key, found.category, found.path) for found in questions(items)] == [
        ("z", "First", "z.xml"),
        ("a", "Second", "a.xml"),
    ]
    assert questions(items)[1].stem == "![A](media/a.png)"
    assert MediaIn("a.png", "image/png", PNG) in items


def test_a_broken_document_in_a_package_is_one_refusal() -> None:
    good = document(item("text_only_question"))
    data = package({"imsmanifest.xml": MANIFEST(""), "a.xml": good, "b.xml": good[:300]})
    items = read(qti12, data, "file.zip")
    refused = [found for found in items if isinstance(found, Refused)]
    assert [found.position for found in questions(items)] == [1]
    assert [(found.question, found.path) for found in refused] == [(2, "b.xml")]


def test_a_broken_manifest_is_only_a_warning() -> None:
    data = package({"imsmanifest.xml": "<manifest>", "a.xml": document(item("text_only_question"))})
    items = read(qti12, data, "file.zip")
    assert len(questions(items)) == 1
    assert len(warnings(items)) == 1


def test_a_package_of_a_later_version_says_so() -> None:
    data = package({"imsmanifest.xml": MANIFEST(""), "a.xml": "<assessmentItem/>"})
    with pytest.raises(FormatError, match="QTI 2"):
        read(qti12, data, "file.zip")


def test_an_identifier_that_is_there_twice_gets_a_number() -> None:
    text = item("text_only_question")
    items = read(qti12, document(text, text), "file.xml")
    assert [found.key for found in questions(items)] == ["q1", "q1-2"]


def test_the_file_is_called_as_its_quiz_and_questions_elsewhere_are_told() -> None:
    items = read(qti12, document("<bankentry_item/>", title="A &amp; B"), "file.xml")
    assert items[0] == BankFile("A & B")
    assert (len(questions(items)), len(warnings(items))) == (0, 1)


def test_labels_for_category_and_tags_are_read() -> None:
    meta = field("cc_question_category", "a/b") + field("qmd_keywords", "x, y")
    found = one(item("text_only_question", meta=meta))
    assert (found.category, found.tags) == ("a/b", ["x", "y"])


def test_formats_are_told_by_their_beginning_or_their_manifest() -> None:
    for name, data in [
        ("a.xml", document("").encode()),
        ("a.dat", POOL.encode()),
        ("a.zip", package({"imsmanifest.xml": MANIFEST(""), "q/assessment_meta.xml": "x"})),
        (
            "b.zip",
            package({"imsmanifest.xml": MANIFEST('<resource type="imsqti_xmlv1p2"/>'), "a": ""}),
        ),
    ]:
        found = guess(Source.of(name, data))
        assert found is not None
        assert found.NAME == "qti12"
    assert qti12.sniff(b"<quiz></quiz>", "a.xml", []) == 0


# --- hostile -------------------------------------------------------------------------------------


def test_more_options_and_rules_than_can_be_worked_through_are_kept() -> None:
    many = [str(number) for number in range(1500)]
    rules = "".join(rule(equal(name), "1") for name in many) * 2
    found = one(item("", choice(*many), rules))
    assert found.type == "opaque"


def test_a_document_type_is_fine_but_entities_of_its_own_are_not() -> None:
    text = document(item("text_only_question")).partition("?>")[2]
    outside = '<!DOCTYPE questestinterop SYSTEM "http://127.0.0.1/ims.dtd">'
    assert len(questions(read(qti12, outside + text, "a.xml"))) == 1
    inside = '<!DOCTYPE questestinterop [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(FormatError):
        read(qti12, inside + text.replace("Stem?", "&e;"), "a.xml")


def test_deep_conditions_are_no_trouble() -> None:
    deep = "<and>" * 200 + equal("1") + "</and>" * 200
    assert fractions(one(item("", choice("a", "b"), rule(deep, "1")))) == ["1", None]


@pytest.mark.parametrize("text", ["[" * 25_000, "[a" * 25_000, "<[" * 25_000, "[<" * 25_000])
def test_long_stems_of_brackets_are_read_quickly(text: str) -> None:
    found = one(item("fill_in_multiple_blanks_question", blank("q", "x"), stem=text))
    assert found.key == "q1"


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.binary(max_size=300), at=st.integers(0, 3000), cut=st.integers(0, 400))
def test_damaged_files_end_in_items_or_in_plain_words(data: bytes, at: int, cut: int) -> None:
    rules = rule(equal("1"), "100", shows=["correct_fb"])
    whole = document(item("", choice("a", "b"), rules, feedback("correct_fb", "x"))).encode()
    for damaged in (data, whole[:at] + data + whole[at + cut :]):
        with suppress(FormatError):
            list(checked(qti12.read(Source.of("a.xml", damaged))))


SHAPES = [
    choice("a", "b"),
    choice("a", "b", cardinality="Multiple"),
    choice("a", "b", cardinality="Ordered"),
    typed(),
    typed("s"),
    blank("x", "c"),
]
words = st.text(alphabet="ab1.5* -<>&;[]{}\"'x\u00e9\u00df\n", max_size=12)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    kind=st.sampled_from(["", *(name for name in KINDS if name.endswith("_question"))]),
    shape=st.lists(st.sampled_from(SHAPES), max_size=3),
    values=st.lists(words, max_size=4),
    points=words,
)
def test_any_mix_of_parts_is_read_or_kept(
    kind: str, shape: list[str], values: list[str], points: str
) -> None:
    rules = "".join(rule(equal(value), escaped(points)) for value in values)
    rules += rule(equal("1"), "1") + rule(f"<not>{equal('2')}</not>", "1", "Add")
    items = read(qti12, document(item(kind, "".join(shape), rules)), "file.xml")
    assert sum(isinstance(found, QuestionIn | Refused) for found in items) == 1


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


# --- writing -------------------------------------------------------------------------------------


def back(*items: Item) -> list[QuestionIn]:
    return questions(read(qti12, written(qti12, list(items)), "file.zip"))


SAMPLES = [question for question in samples() if question.type in qti12.TYPES]


@pytest.mark.parametrize("question", SAMPLES, ids=lambda question: question.type)
def test_what_is_written_reads_the_same_again(question: QuestionIn) -> None:
    question = replace(question, name="A name", category="a/b", tags=["x", "y"])
    (found,) = back(question)
    assert canonical(found) == canonical(question)
    for part in ("key", "name", "category", "tags"):
        assert getattr(found, part) == getattr(question, part)
    assert found.raw is None


def test_samples_cover_all_types_and_what_is_written_twice_is_the_same() -> None:
    assert {question.type for question in SAMPLES} == qti12.TYPES
    first = qti12.write(SAMPLES, "file.zip")
    assert first == qti12.write(SAMPLES, "file.zip")
    again = qti12.write(back(*SAMPLES), "file.zip")
    assert first.questions == again.questions == len(SAMPLES)


def _body(kind: str, **changes: Any) -> QuestionIn:
    base = next(question for question in SAMPLES if question.type == kind)
    return replace(base, body={**base.body, **changes})


@pytest.mark.parametrize(
    "question",
    [
        _body("multiple_response", scoring="all_or_nothing"),
        _body("multiple_response", scoring="right_minus_wrong", shuffle=False),
        _body(
            "multiple_response",
            scoring="all_or_nothing",
            options=[{"text": "a", "fraction": "1"}, {"text": "b"}],
        ),
        _body(
            "multiple_response",
            scoring="sum_floor0",
            options=[{"text": "a", "fraction": "1"}, {"text": "b"}],
        ),
        _body("multiple_response", options=[{"text": "a", "fraction": "1"}, {"text": "b"}]),
        _body("true_false", answer=False, feedback_true="No.", hints=["a", "*b*"]),
        _body(
            "short_answer",
            case=True,
            diacritics=False,
            fillers="the a",
            answers=[
                {"text": "a \\* b"},
                {"text": "c", "fraction": "0.3333333"},
                {"text": "d"},
                {"text": "e", "fraction": "0"},
                {"text": "*", "fraction": "0", "feedback": "No."},
            ],
        ),
        _body(
            "numeric",
            answers=[
                {"value": "12.50", "tolerance": "3", "tolerance_type": "significant"},
                {"value": "-7", "tolerance": "0.05", "tolerance_type": "relative"},
                {"min": "3", "fraction": "0.25"},
                {"value": "0", "tolerance": "0.10", "fraction": "0"},
                {"value": "1e3"},
            ],
        ),
        _body("matching", scoring="all_or_nothing", shuffle=False),
        _body("ordering", scoring="exact_order"),
        _body("cloze", scoring="all_or_nothing"),
        _body("essay", sample="So **it** is.", min_words=5),
    ],
)
def test_settings_read_the_same_again(question: QuestionIn) -> None:
    (found,) = back(question)
    assert canonical(found) == canonical(question)


@pytest.mark.parametrize(
    "gaps",
    [
        {str(n): {"kind": "typed", "answers": [{"text": f"a{n}"}]} for n in (1, 2, 3)},
        {
            str(n): {
                "kind": "choice",
                "shuffle": n != 2,
                "weight": str(n),
                "options": [{"text": "x", "fraction": "1"}, {"text": "y", "fraction": "-0.5"}],
            }
            for n in (1, 2, 3)
        },
        {
            str(n): {"kind": "typed", "case": n == 2, "answers": [{"text": "b*"}, {"text": "c"}]}
            for n in (1, 2, 3)
        },
    ],
)
def test_gaps_of_each_kind_read_the_same_again(gaps: dict[str, Any]) -> None:
    stem = "A [gap1] and \\[\\[2]] literally: [[2]] [[1]], **bold [[3]]**."
    question = QuestionIn(1, "cloze", stem, {"gaps": gaps}, key="k")
    (found,) = back(question)
    assert canonical(found) == canonical(question)


MARKDOWN = st.text(alphabet="ab 1.-*_`$[]()<>&\\#\n!", min_size=1, max_size=25)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(stem=MARKDOWN, option=MARKDOWN)
def test_texts_read_the_same_again_or_their_change_is_told(stem: str, option: str) -> None:
    body = {"options": [{"text": f"x{option}y", "fraction": "1"}, {"text": "z"}]}
    question = QuestionIn(1, "multiple_choice", f"x{stem}y", body, key="k")
    done = qti12.write([question], "a.xml")
    (found,) = questions(list(qti12.read(Source.of("a.xml", done.files[SINGLE]))))
    words = [str(canonical(one)).replace("\\n", " ").split() for one in (found, question)]
    assert words[0] == words[1] or done.losses


def test_gaps_that_take_words_are_dropdowns_to_canvas() -> None:
    words = [{"id": "w1", "text": "a"}, {"id": "w2", "text": "b"}, {"id": "w3", "text": "c"}]
    gaps = {"1": {"kind": "word", "word": "w2"}, "2": {"kind": "word", "word": "w1"}}
    question = QuestionIn(1, "cloze", "[[1]] [[2]]", {"gaps": gaps, "words": words}, key="k")
    done = qti12.write([question], "file.xml")
    assert b"multiple_dropdowns_question" in done.files[SINGLE]
    assert done.losses == []
    (found,) = back(question)
    assert canonical(found) == canonical(question)


def test_typed_answers_keep_their_characters() -> None:
    listed = ["a < b & c", "*x*", "“q”", "[y]", "1. z", "\\(x\\)", "$5$", "&amp;"]
    answers = [{"text": text} for text in listed]
    gap = {"kind": "typed", "answers": answers}
    (short,) = back(QuestionIn(1, "short_answer", "S", {"answers": answers}))
    assert texts(short.body["answers"]) == listed
    (cloze,) = back(QuestionIn(1, "cloze", "[[1]]", {"gaps": {"1": gap}}))
    assert texts(cloze.body["gaps"]["1"]["answers"]) == listed


def test_pictures_are_in_the_package_and_in_its_manifest() -> None:
    media = MediaIn("a b.png", "image/png", PNG)
    question = QuestionIn(1, "description", "![A](media/a%20b.png)", {}, key="k")
    files = qti12.write([media, question], "file.zip").files
    assert files["media/a b.png"] == PNG
    assert b'href="media/a%20b.png"' in files["imsmanifest.xml"]
    items = read(qti12, zipped(files), "file.zip")
    assert media in items
    assert questions(items)[0].stem == question.stem


def test_a_lone_document_has_no_media() -> None:
    done = qti12.write([MediaIn("a.png", "image/png", PNG), SAMPLES[0]], "file.xml")
    assert list(done.files) == [SINGLE]
    assert len(done.losses) == 2  # the picture, and what only this app reads


def test_what_has_no_place_is_a_loss() -> None:
    facts = [FactIn("f", "F"), FactIn("g", "G")]
    flashcard = QuestionIn(1, "flashcard", "F", {"back": "B"}, key="f")
    foreign = QuestionIn(2, "opaque", "O", {"raw_format": "gift", "raw": "x"}, key="o")
    tagged = QuestionIn(3, "description", "D", {}, key="d", tags=["a, b"])
    done = qti12.write([*facts, flashcard, foreign, tagged], "file.zip")
    assert done.questions == 1
    assert [loss.question for loss in done.losses] == [1, 2, 3, None]


def test_a_kept_item_of_this_format_is_written_as_it_came() -> None:
    kept = one(item("calculated_question", typed(), rule("<other/>", "100")))
    (found,) = back(replace(kept, key="other"))
    assert (found.type, found.key, found.stem) == ("opaque", "other", "Stem?")
    done = qti12.write([replace(kept, body={**kept.body, "raw": "<item"})], "file.zip")
    assert (done.questions, len(done.losses)) == (0, 1)


def test_canvas_finds_its_labels_points_and_rules() -> None:
    data = qti12.write(SAMPLES, "file.xml").files[SINGLE].decode()
    for kind in ("multiple_choice", "true_false", "matching", "numerical", "essay", "text_only"):
        assert f"<fieldentry>{kind}_question</fieldentry>" in data
    assert data.count("<fieldlabel>points_possible</fieldlabel>") == len(SAMPLES)
    assert '<setvar action="Set" varname="SCORE">100</setvar>' in data
    assert '<setvar action="Add" varname="SCORE">50.00</setvar>' in data


def test_real_files_read_the_same_after_writing(shared: Path) -> None:
    for path in sorted((shared / "fixtures" / "qti12").iterdir()):
        try:
            first = questions(list(checked(qti12.read(Source.at(path)))))
        except FormatError:
            continue
        again = back(*first)
        kept = [found for found in first if found.key in {one.key for one in again}]
        assert len(again) == len(first)
        for before, after in zip(kept, again, strict=True):
            if before.type != "opaque":
                assert canonical(after) == canonical(before), path.name
