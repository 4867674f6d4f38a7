import re
from pathlib import Path
from typing import Any

import pytest

from quizapp.core.formats import qti2
from quizapp.core.formats.model import (
    QuestionIn,
)
from quizapp.core.markdown import render
from tests.core.format_ground import (
    questions,
    read,
)
from tests.core.qti_ground import (
    BY_RESULT,
    MAP,
    MATCH,
    UNKNOWN,
    choice,
    counted,
    declared,
    difference,
    entry,
    item,
    modal,
    read_count,
    response,
)

# Items whose reading differs from what they declare, and why.
DELIBERATE = {
    "data-attributes": "Its gaps take several pictures each; no type of ours holds that.",
}


def one(source: str) -> QuestionIn:
    return questions(read(qti2, source, "a.xml"))[0]


def test_a_lone_choice_is_multiple_choice() -> None:
    question = one(item("<p>Stem.</p>" + choice("x", "<b>y</b>"), response("B"), rules=MATCH))
    assert question.type == "multiple_choice"
    assert (question.key, question.name, question.stem) == ("i1", "A title", "Stem.\n\nWhich?")
    assert question.body == {
        "options": [{"text": "x"}, {"text": "**y**", "fraction": "1"}],
        "shuffle": False,
    }
    assert question.line == 1
    assert question.raw is None
    assert question.warnings == []


@pytest.mark.parametrize("name", ["imsqti_v2p0", "imsqti_v2p1", "imsqti_v2p2"])
def test_the_namespace_makes_no_difference(name: str) -> None:
    source = item(choice("x", "y"), response("B"), rules=MATCH).replace("imsqti_v2p1", name, 1)
    assert one(source).type == "multiple_choice"


def test_several_choices_are_all_or_nothing_where_they_have_to_match() -> None:
    asked = choice("x", "y", "z", most="0", attributes='shuffle="true"')
    question = one(item(asked, response("A", "C", cardinality="multiple"), rules=MATCH))
    assert question.type == "multiple_response"
    assert question.body["scoring"] == "all_or_nothing"
    assert [one.get("fraction") for one in question.body["options"]] == ["1", None, "1"]
    assert "shuffle" not in question.body


def test_a_mapping_gives_shares_of_its_sum() -> None:
    told = response("A", "B", cardinality="multiple", A="2", B="1", lowerBound="0", C="-1")
    question = one(item(choice("x", "y", "z", most="0"), told, rules=MAP))
    assert question.body["scoring"] == "sum_floor0"
    fractions = [one.get("fraction") for one in question.body["options"]]
    assert fractions == ["0.6666667", "0.3333333", "-0.3333333"]


def test_shares_that_are_one_together_stay_as_written() -> None:
    told = response("A", cardinality="multiple", A="0.3333333", B="0.3333333", C="0.3333333")
    question = one(item(choice("x", "y", "z", most="0"), told, rules=MAP))
    assert {one["fraction"] for one in question.body["options"]} == {"0.3333333"}


def test_what_a_mapping_does_not_name_has_its_default() -> None:
    told = response("A", cardinality="multiple", A="1", defaultValue="-5", lowerBound="0")
    question = one(item(choice("x", "y", most="0"), told, rules=MAP))
    assert question.body["options"][1]["fraction"] == "-1"


def test_right_minus_wrong_is_known_by_its_even_points() -> None:
    told = response("A", "B", cardinality="multiple", A="1", B="1", defaultValue="-1")
    question = one(item(choice("x", "y", "z", most="0"), told, rules=MAP))
    assert "scoring" not in question.body


def test_an_upper_bound_that_ends_early_is_told() -> None:
    told = response("A", cardinality="multiple", A="1", B="1", upperBound="1", lowerBound="0")
    question = one(item(choice("x", "y", "z", most="0"), told, rules=MAP))
    assert question.raw is not None
    assert "end before" in question.raw.lossy[0]


def test_a_mapping_of_one_choice_gives_shares_of_the_best() -> None:
    told = response("A", A="4", B="1", C="-8")
    question = one(item(choice("x", "y", "z"), told, rules=MAP))
    assert [one["fraction"] for one in question.body["options"]] == ["1", "0.25", "-1"]


def test_without_a_key_and_with_own_rules_an_item_is_kept_as_it_came() -> None:
    rules = """<responseCondition><responseIf><match><variable identifier="RESPONSE"/>
        <baseValue baseType="identifier">A</baseValue></match><setOutcomeValue identifier="SCORE">
        <baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>
        </responseCondition>"""
    question = one(item(choice("x", "y"), response(), rules=rules))
    assert question.type == "opaque"
    assert question.body["raw_format"] == "qti2"
    assert "<choiceInteraction" in question.body["raw"]
    with_key = one(item(choice("x", "y"), response("A"), rules=rules))
    assert with_key.type == "multiple_choice"
    assert with_key.raw is not None
    assert "rules of its own" in with_key.warnings[0]


def test_rules_that_say_what_is_declared_are_no_news() -> None:
    rules = """<responseCondition><responseIf><not><isNull><variable identifier="RESPONSE"/>
        </isNull></not><setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>
        <mapResponse identifier="RESPONSE"/></sum></setOutcomeValue></responseIf>
        </responseCondition>"""
    question = one(item(choice("x", "y"), response("A", A="1", B="0.5"), rules=rules))
    assert question.warnings == []
    assert question.body["options"][1]["fraction"] == "0.5"


def test_without_key_and_rules_a_choice_is_a_draft() -> None:
    assert one(item(choice("x", "y"), response())).is_draft


@pytest.mark.parametrize(
    ("identifiers", "labels", "expected"),
    [
        (("true", "false"), ("Right", "Wrong"), True),
        (("F", "T"), ("False.", "True "), False),
        (("a", "b"), ("True", "False"), True),
        (("true", "false"), ("Yes", "No"), None),
        (("a", "b"), ("Right", "Wrong"), None),
    ],
)
def test_true_or_false_is_known_by_its_words(
    identifiers: tuple[str, str], labels: tuple[str, str], expected: bool | None
) -> None:
    asked = choice(*labels).replace('"A"', f'"{identifiers[0]}"')
    asked = asked.replace('"B"', f'"{identifiers[1]}"')
    question = one(item(asked, response(identifiers[0]), rules=MATCH))
    assert question.type == ("multiple_choice" if expected is None else "true_false")
    assert question.body.get("answer") is expected


def test_choices_of_which_some_are_fixed_stay_in_order() -> None:
    asked = choice("x", "None of these", attributes='shuffle="true"')
    asked = asked.replace('identifier="B"', 'identifier="B" fixed="true"')
    question = one(item(asked, response("A"), rules=MATCH))
    assert question.body["shuffle"] is False
    assert "fixed place" in question.warnings[0]


def ordered(*correct: str, rules: str = MATCH) -> QuestionIn:
    asked = choice("x", "y", "z").replace("choiceInteraction", "orderInteraction")
    return one(item(asked, response(*correct, cardinality="ordered"), rules=rules))


def test_an_order_is_that_of_the_right_answer() -> None:
    question = ordered("C", "A", "B")
    assert question.type == "ordering"
    assert [one["text"] for one in question.body["items"]] == ["z", "x", "y"]
    assert question.body["scoring"] == "all_or_nothing"


def test_an_order_of_some_of_the_items_is_kept_as_it_came() -> None:
    assert ordered("C", "A").type == "opaque"
    assert ordered().type == "opaque"


def matched(*pairs: str, rules: str = MATCH, shuffle: str = "true", **mapping: str) -> QuestionIn:
    def side(*names: str) -> str:
        listed = "".join(
            f'<simpleAssociableChoice identifier="{n}" matchMax="1">{n} text'
            "</simpleAssociableChoice>"
            for n in names
        )
        return f"<simpleMatchSet>{listed}</simpleMatchSet>"

    asked = (
        f'<matchInteraction responseIdentifier="RESPONSE" shuffle="{shuffle}">'
        f"<prompt>Match.</prompt>{side('a', 'b')}{side('x', 'y', 'z')}</matchInteraction>"
    )
    told = response(*pairs, cardinality="multiple", type="directedPair", **mapping)
    return one(item(asked, told, rules=rules))


def pairs_of(question: QuestionIn) -> dict[str, str]:
    rights = {one["id"]: one["text"] for one in question.body["rights"]}
    return {left["text"]: rights[left["right"]] for left in question.body["lefts"]}


def test_pairs_become_matching() -> None:
    question = matched("a y", "b x")
    assert question.type == "matching"
    assert pairs_of(question) == {"a text": "y text", "b text": "x text"}
    assert len(question.body["rights"]) == 3
    assert question.body["scoring"] == "all_or_nothing"


def test_the_ids_of_what_is_to_choose_from_do_not_tell_the_order() -> None:
    ids = [one["id"] for one in matched("a y", "b x").body["rights"]]
    assert not any(name[1:].isdigit() and len(name) == 2 for name in ids)


def test_either_side_may_be_the_one_that_is_given() -> None:
    question = matched("a y", "b x", "b z")
    assert pairs_of(question) == {"x text": "b text", "y text": "a text", "z text": "b text"}


def test_pairs_that_are_not_one_to_one_are_kept_as_they_came() -> None:
    assert matched("a y", "a x").type == "opaque"
    assert matched("a y z").type == "opaque"
    assert matched().type == "opaque"


def test_pairs_of_different_points_count_the_same_with_a_warning() -> None:
    told = item(
        '<matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet>'
        '<simpleAssociableChoice identifier="a">1</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="b">2</simpleAssociableChoice></simpleMatchSet>'
        '<simpleMatchSet><simpleAssociableChoice identifier="x">3</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="y">4</simpleAssociableChoice></simpleMatchSet>'
        "</matchInteraction>",
        response(
            "a x", "b y", cardinality="multiple", type="directedPair", **{"a x": "2", "b y": "1"}
        ),
        rules=MAP,
    )
    question = one(told)
    assert question.body["scoring"] == "per_pair"
    assert question.body["shuffle"] is False
    assert any("different points" in words for words in question.warnings)


def test_pairs_out_of_one_list_become_matching_with_a_warning() -> None:
    listed = "".join(
        f'<simpleAssociableChoice identifier="{n}" matchMax="1">{n}</simpleAssociableChoice>'
        for n in "abcde"
    )
    asked = (
        '<associateInteraction responseIdentifier="RESPONSE" shuffle="true">'
        f"<prompt>Pair.</prompt>{listed}</associateInteraction>"
    )
    told = response("a d", "c b", cardinality="multiple", type="pair")
    question = one(item(asked, told, rules=MATCH))
    assert pairs_of(question) == {"a": "d", "c": "b"}
    assert {one["text"] for one in question.body["rights"]} == {"b", "d", "e"}
    twice = response("a d", "a b", cardinality="multiple", type="pair")
    assert one(item(asked, twice, rules=MATCH)).type == "opaque"


def test_a_text_entry_in_a_line_is_a_gap() -> None:
    told = response("York", type="string", York="1", york="0.5")
    question = one(item(f"<p>Sun of {entry()}.</p>", told, rules=MAP))
    assert question.type == "cloze"
    assert question.stem == "Sun of [[1]]."
    assert question.body["gaps"]["1"] == {
        "kind": "typed",
        "answers": [{"text": "York"}, {"text": "york", "fraction": "0.5"}],
        "case": True,
    }


def test_a_text_entry_in_a_block_of_its_own_is_a_short_answer() -> None:
    told = response("York", type="string", **{"York": "2", "a*b": "1"})
    question = one(item(f"<p>Where?</p><p> {entry()} </p>", told, rules=MAP))
    assert question.type == "short_answer"
    assert question.stem == "Where?"
    texts = [one["text"] for one in question.body["answers"]]
    assert texts == ["York", "a\\*b"]  # an asterisk of theirs stands for itself


def test_case_is_ignored_where_every_entry_says_so() -> None:
    told = response("York", type="string", York="1")
    told = told.replace('mappedValue="1"', 'mappedValue="1" caseSensitive="false"')
    question = one(item(f"<p>Where?</p><p>{entry()}</p>", told, rules=MAP))
    assert "case" not in question.body


def test_a_right_answer_that_the_mapping_lacks_is_taken_as_well() -> None:
    told = response("York", type="string", Leeds="1")
    question = one(item(f"<p>Where?</p><p>{entry()}</p>", told, rules=MAP))
    assert [one["text"] for one in question.body["answers"]] == ["York", "Leeds"]


def test_an_exact_number_in_a_line_leaves_a_blank() -> None:
    question = one(item(f"<p>It is {entry()} %.</p>", response("16", type="integer"), rules=MATCH))
    assert question.type == "numeric"
    assert question.stem == "It is \\_\\_\\_\\_\\_ %."
    assert question.body == {"answers": [{"value": "16"}]}


EQUAL = (
    '<equal toleranceMode="{}" tolerance="{}"><variable identifier="RESPONSE"/>'
    '<correct identifier="RESPONSE"/></equal>'
)
BOUND = '<{0}><variable identifier="RESPONSE"/><baseValue baseType="float">{1}</baseValue></{0}>'


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (EQUAL.format("exact", ""), {"value": "2.5"}),
        (EQUAL.format("absolute", "0.1"), {"value": "2.5", "tolerance": "0.1"}),
        (EQUAL.format("absolute", "0.5 1"), {"min": "2", "max": "3.5"}),
        (
            EQUAL.format("relative", "10 10"),
            {"value": "2.5", "tolerance": "0.1", "tolerance_type": "relative"},
        ),
        (EQUAL.format("relative", "10 20"), {"min": "2.25", "max": "3"}),
        (
            EQUAL.format("absolute", "x")
            .replace("equal ", 'equalRounded roundingMode="significantFigures" figures="3" ')
            .replace("/equal", "/equalRounded"),
            {"value": "2.5", "tolerance": "3", "tolerance_type": "significant"},
        ),
        (f"<and>{BOUND.format('gte', 2)}{BOUND.format('lte', 3)}</and>", {"min": "2", "max": "3"}),
        (BOUND.format("gt", 2), {"min": "2"}),
    ],
)
def test_numbers_are_read_with_what_is_near_enough(condition: str, expected: Any) -> None:
    rules = f"""<responseCondition><responseIf>{condition}<setOutcomeValue identifier="SCORE">
        <baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf>
        </responseCondition>"""
    told = response("2.5", type="float")
    question = one(item(f"<p>How long?</p><p>{entry()}</p>", told, rules=rules))
    assert question.type == "numeric"
    assert question.stem == "How long?"
    assert question.body["answers"] == [expected]
    assert question.warnings == []


def test_several_gaps_have_the_weights_of_their_points() -> None:
    asked = (
        f'<p>A <inlineChoiceInteraction responseIdentifier="R1" shuffle="true">'
        '<inlineChoice identifier="a">x</inlineChoice><inlineChoice identifier="b">y</inlineChoice>'
        f"</inlineChoiceInteraction> and {entry('R2')}, {entry('R3')}.</p>"
    )
    question = one(
        item(
            asked,
            response("a", name="R1"),
            response("p", name="R2", type="string", p="3"),
            response("7", name="R3", type="integer"),
        )
    )
    assert question.type == "cloze"
    assert question.stem == "A [[1]] and [[2]], [[3]]."
    gaps = question.body["gaps"]
    assert gaps["1"]["options"] == [{"text": "x", "fraction": "1"}, {"text": "y"}]
    assert [gaps[n].get("weight") for n in "123"] == [None, "3", None]
    assert any("as text" in words for words in question.warnings)


def test_a_choice_among_gaps_is_a_gap() -> None:
    told = response("A"), response("p", name="R2", type="string")
    question = one(item(choice("x", "y") + f"<p>So {entry('R2')}.</p>", *told))
    assert question.stem == "Which?\n\n[[1]]\n\nSo [[2]]."
    assert question.body["gaps"]["1"]["kind"] == "choice"


def dragged(*pairs: str, word: str = "winter", rules: str = MATCH, **mapping: str) -> QuestionIn:
    asked = (
        '<gapMatchInteraction responseIdentifier="RESPONSE"><prompt>Fill.</prompt>'
        f'<gapText identifier="W" matchMax="1">{word}</gapText>'
        '<gapText identifier="S" matchMax="1">summer</gapText>'
        '<p>Now <gap identifier="G1"/> and <gap identifier="G2"/>.</p></gapMatchInteraction>'
    )
    told = response(*pairs, cardinality="multiple", type="directedPair", **mapping)
    return one(item(asked, told, rules=rules))


def test_words_to_be_dragged_are_a_pool() -> None:
    question = dragged("S G1", "G2 W")  # some write the gap first
    assert question.stem == "Fill.\n\nNow [[1]] and [[2]]."
    assert [question.body["gaps"][n]["word"] for n in "12"] == ["w2", "w1"]
    assert question.body["words"] == [
        {"id": "w1", "text": "winter"},
        {"id": "w2", "text": "summer"},
    ]
    assert question.body["scoring"] == "all_or_nothing"


def test_gaps_that_no_word_fits_alone_are_kept_as_they_came() -> None:
    assert dragged("S G1").type == "opaque"
    assert dragged("S G1", "W G1", "W G2").type == "opaque"
    assert dragged("S G1", "W G2", word='<img src="a.png" alt=""/>').type == "opaque"


def hot(cardinality: str, *correct: str) -> QuestionIn:
    asked = (
        '<hottextInteraction responseIdentifier="RESPONSE" maxChoices="{}"><p>It '
        '<hottext identifier="A">are</hottext> a <hottext identifier="B">test</hottext>.</p>'
        "</hottextInteraction>"
    ).format("1" if cardinality == "single" else "0")
    return one(item(asked, response(*correct, cardinality=cardinality), rules=MATCH))


def test_one_word_of_a_text_is_chosen_in_a_gap_after_it() -> None:
    question = hot("single", "A")
    assert question.type == "cloze"
    assert question.stem == "It **are** a **test**.\n\n[[1]]"
    assert question.body["gaps"]["1"]["options"][0] == {"text": "are", "fraction": "1"}


def test_several_words_of_a_text_are_a_multiple_response() -> None:
    question = hot("multiple", "A", "B")
    assert question.type == "multiple_response"
    assert question.stem == "It **are** a **test**."


ESSAY = '<p>Why?</p><extendedTextInteraction responseIdentifier="RESPONSE"/>'


def test_an_extended_text_is_an_essay_with_its_rubric() -> None:
    rubric = '<rubricBlock view="scorer author"><p>One <b>reason</b>.</p></rubricBlock>'
    question = one(item(ESSAY + rubric, response("Because.", type="string")))
    assert question.type == "essay"
    assert question.body == {"rubric": "One **reason**.", "sample": "Because."}


def test_notes_for_learners_belong_to_the_text_and_others_do_not() -> None:
    notes = '<rubricBlock view="candidate"><p>Read.</p></rubricBlock>'
    secret = '<rubricBlock view="scorer tutor"><p>It is x.</p></rubricBlock>'
    question = one(item(notes + choice("x", "y") + secret, response("A"), rules=MATCH))
    assert question.stem == "Read.\n\nWhich?"
    assert any("not for learners" in words for words in question.warnings)
    assert question.raw is not None


def test_an_item_that_asks_nothing_is_a_description() -> None:
    assert one(item("<p>Read this.</p>")).type == "description"


def test_an_item_without_text_shows_its_title() -> None:
    question = one(item(choice("x", "y").replace("Which?", ""), response("A"), rules=MATCH))
    assert question.stem == "A title"
    assert any("title" in words for words in question.warnings)


@pytest.mark.parametrize("name", [*sorted(UNKNOWN), "customInteraction", "newInteraction"])
def test_what_cannot_be_asked_is_kept_as_it_came(name: str) -> None:
    asked = f'<p>Do it.</p><{name} responseIdentifier="RESPONSE"/>'
    question = one(item(asked, response("A")))
    assert question.type == "opaque"
    assert question.stem == "Do it."
    assert f"<{name}" in question.body["raw"]


def test_templates_adaptive_items_and_mixtures_are_kept_as_they_came() -> None:
    plain = item(choice("x", "y"), response("A"), rules=MATCH)
    adaptive = one(plain.replace('title="A title"', 'title="A title" adaptive="true"'))
    template = one(plain.replace("<itemBody>", '<templateDeclaration identifier="T"/><itemBody>'))
    mixed = one(item(choice("x", "y") + ESSAY, response("A")))
    assert [adaptive.type, template.type, mixed.type] == ["opaque"] * 3
    assert "adaptive" in adaptive.warnings[0]


def test_feedback_goes_to_what_leads_to_it() -> None:
    told = modal("yes", "Good.") + modal("no", "Bad.") + modal("ever", "Note.")
    question = one(item(choice("x", "y", "z"), response("B"), rules=BY_RESULT, after=told))
    assert [one["feedback"] for one in question.body["options"]] == ["Bad.", "Good.", "Bad."]
    assert question.body["feedback"] == "Note."
    assert question.warnings == []


def test_feedback_in_a_choice_is_its_own_and_no_part_of_its_text() -> None:
    own = (
        '<feedbackInline outcomeIdentifier="F" identifier="A" showHide="show">So.</feedbackInline>'
    )
    question = one(item(choice(f"x {own}", "y"), response("B"), rules=MATCH))
    assert question.body["options"][0] == {"text": "x", "feedback": "So."}


def test_feedback_to_a_wrong_text_is_that_of_any_other_text() -> None:
    told = modal("yes", "Good.") + modal("no", "Bad.")
    body = f"<p>Where?</p><p>{entry()}</p>"
    question = one(item(body, response("York", type="string"), rules=BY_RESULT, after=told))
    assert question.body["answers"] == [
        {"text": "York", "feedback": "Good."},
        {"text": "*", "fraction": "0", "feedback": "Bad."},
    ]


def test_feedback_to_a_wrong_order_is_that_of_an_ordering() -> None:
    asked = choice("x", "y").replace("choiceInteraction", "orderInteraction")
    told = response("B", "A", cardinality="ordered")
    question = one(item(asked, told, rules=BY_RESULT, after=modal("no", "Bad.")))
    assert question.body["feedback_wrong"] == "Bad."


def test_feedback_whose_rules_are_not_known_is_general_with_a_warning() -> None:
    question = one(item(choice("x", "y"), response("B"), rules=MATCH, after=modal("?", "Hm.")))
    assert question.body["feedback"] == "Hm."
    assert any("rules of its own" in words for words in question.warnings)


def test_formulas_and_readings_keep_their_words() -> None:
    math = (
        '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:semantics><m:mi>x</m:mi>'
        '<m:annotation encoding="application/x-tex">x^2</m:annotation></m:semantics></m:math>'
    )
    ruby = "<ruby><rb>北海道</rb><rt>ほっかいどう</rt></ruby>"
    words = '<bdo dir="rtl">שלום</bdo>'
    question = one(item(f"<p>{math} {ruby} {words} \ue0001\ue001 [[1]]</p>"))
    assert question.type == "description"
    assert question.stem.startswith("$x^2$ 北海道 (ほっかいどう) שלום")
    assert render(question.stem).endswith("[[1]]</p>\n")
    assert "[[1]]" not in question.stem


def test_texts_that_look_like_markup_stay_texts() -> None:
    question = one(item(choice("*x*", "1. y"), response("A"), rules=MATCH))
    assert [one["text"] for one in question.body["options"]] == ["\\*x\\*", "1\\. y"]


def test_real_items_become_what_they_declare(shared: Path) -> None:
    found = {}
    for case in declared(shared, "qti2"):
        if told := difference(qti2, shared, case):
            name = case[1] or case[0]
            found[re.sub(r".*[/_]|\.xml$", "", name)] = told
    assert set(found) == set(DELIBERATE)


def test_real_files_have_as_many_questions_as_expected(shared: Path) -> None:
    folder = shared / "fixtures/qti2"
    counts = {name: n for name, n in counted(shared, "qti2").items() if "pkg22" not in name}
    counts["pkg22"] = 1
    assert len(counts) > 40
    assert {name: read_count(qti2, folder / name) for name in counts} == {
        name: (n, 0) for name, n in counts.items()
    }
