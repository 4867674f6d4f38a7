"""Moodle XML: hard corners by small files of our own, and what is written reads the same."""

import base64
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import FORMATS, guess, moodle_xml
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import (
    EvidenceIn,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
    Refused,
)
from quizapp.core.formats.parts.moodle_xml_source import BACKUP, MENDED, NOT_MOODLE
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import (
    canonical,
    questions,
    read,
    refusals,
    samples,
    warnings,
    written,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\x00\x00\x00\x01\x00\x00\x00\x01"
OTHER_PNG = PNG + b"other"
PICTURE = "media/dot.png"


def quiz(*parts: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(parts)}</quiz>\n'


def question(kind: str, stem: str, inside: str = "", name: str = "N") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"{inside}</question>\n"
    )


def answer(text: str, fraction: str, inside: str = "") -> str:
    return f'<answer fraction="{fraction}"><text>{text}</text>{inside}</answer>'


def category(path: str) -> str:
    return f'<question type="category"><category><text>{path}</text></category></question>'


def one(text: str) -> QuestionIn:
    return questions(read(moodle_xml, text))[0]


def file(data: bytes, name: str = "dot.png", path: str = "/") -> str:
    code = base64.b64encode(data).decode()
    return f'<file name="{name}" path="{path}" encoding="base64">{code}</file>'


TWO = answer("a", "100") + answer("b", "0")
SHORT = answer("a", "100")


def test_a_file_is_known_by_its_first_bytes() -> None:
    for data in (quiz(), quiz().encode("utf-16").decode("utf-16"), quiz(category("x"))):
        found = guess(Source.of("some.xml", data.encode()))
        assert found is not None
        assert found.NAME == "moodle_xml"
    assert FORMATS["moodle_xml"] is not None
    assert moodle_xml.sniff(b"<html>", "a.xml", []) < 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<html><p>x</p></html>", NOT_MOODLE),
        ("<MOODLE_BACKUP><INFO/></MOODLE_BACKUP>", BACKUP),
        ('<other><question type="essay"/></other>', NOT_MOODLE),
        ("", "no element found"),
        ("<quiz><question", "not XML"),
    ],
)
def test_other_files_are_refused_in_plain_words(data: str, words: str) -> None:
    with pytest.raises(FormatError, match=words.partition("(")[0][:40]):
        read(moodle_xml, data)


def test_a_file_with_entities_of_its_own_is_refused() -> None:
    bomb = '<!DOCTYPE quiz [<!ENTITY a "b">]>' + quiz(question("essay", "x")).partition("?>")[2]
    with pytest.raises(FormatError):
        read(moodle_xml, bomb)


def test_categories_lose_the_place_in_moodle_that_they_begin_with() -> None:
    paths = ("$course$/top/a//b/c", "$module$/x", "$course$", "$system$/top", "top/y", "z")
    parts = [category(path) + question("essay", "x", name=path) for path in paths]
    found = [item.category for item in questions(read(moodle_xml, quiz(*parts)))]
    assert found == ["a//b/c", "x", None, None, "y", "z"]


def test_categories_do_not_count_as_questions() -> None:
    items = questions(read(moodle_xml, quiz(category("a"), question("essay", "x"))))
    assert [(item.position, item.path, item.line) for item in items] == [
        (1, "/quiz/question[2]", 3)
    ]


def test_what_is_said_of_a_category_is_not_lost_in_silence() -> None:
    info = "<info><text>On it</text></info></question>"
    text = category("$course$/a").replace("</question>", info)
    assert warnings(read(moodle_xml, quiz(text)))[0].startswith("The description of the category a")


def test_a_broken_question_does_not_stop_the_others() -> None:
    broken = '<question type="essay"><name></question>\n'
    items = read(moodle_xml, quiz(question("essay", "x"), broken, question("essay", "y")))
    assert [item.stem for item in questions(items)] == ["x", "y"]
    refused = next(item for item in items if isinstance(item, Refused))
    assert (refused.question, refused.line, refused.path) == (2, 4, "/quiz/question[2]")
    assert [item.position for item in questions(items)] == [1, 3]


def test_bare_signs_and_control_characters_are_mended() -> None:
    items = read(moodle_xml, quiz(question("essay", "x", name="R&D \x0b here")))
    assert questions(items)[0].name == "R&D here"
    assert MENDED in warnings(items)


def test_entities_of_html_are_read_as_such() -> None:
    items = read(moodle_xml, quiz(question("essay", "x", name="a&uarr;b")))
    assert questions(items)[0].name == "a↑b"
    assert "entities of HTML" in warnings(items)[0]


def test_another_encoding_that_is_named_is_used() -> None:
    text = quiz(question("essay", "Привет")).replace("UTF-8", "windows-1251")
    items = read(moodle_xml, text.encode("cp1251"))
    assert questions(items)[0].stem == "Привет"
    assert one_wide("Ä") == "Ä"


def one_wide(stem: str) -> str:
    text = quiz(question("essay", stem)).replace("UTF-8", "UTF-16")
    return questions(read(moodle_xml, text.encode("utf-16")))[0].stem


def test_texts_are_read_in_each_of_moodles_formats() -> None:
    body = question("essay", "STEM")
    formats = {
        "html": ("<b>a</b> *b*", "**a** \\*b\\*"),
        "markdown": ("**a**  ", "**a**"),
        "plain_text": ("<b> *b*", "\\<b> \\*b\\*"),
        "moodle_auto_format": ("a\n\nb\nc", "a\n\nb\\\nc"),
        "other": ("<i>x</i>", "*x*"),
    }
    for name, (text, expected) in formats.items():
        item = one(quiz(body.replace("STEM", text).replace('"html"', f'"{name}"')))
        assert item.stem == expected


def test_texts_within_take_the_format_of_the_question() -> None:
    inside = "<generalfeedback><text>**a**</text></generalfeedback>"
    item = one(quiz(question("essay", "x", inside).replace('"html"', '"markdown"')))
    assert item.body["feedback"] == "**a**"


def test_the_end_of_cdata_may_stand_in_a_text() -> None:
    item = QuestionIn(1, "essay", "if (x\\[\\[0]]>a) & `]]>`", {})
    assert one(written(moodle_xml, [item]).decode()).stem == item.stem


def test_pictures_come_from_the_text_that_shows_them() -> None:
    show = '<img src="@@PLUGINFILE@@/dot.png" alt="A dot">'
    text = question("essay", show, "<x/>").replace("</questiontext>", f"{file(PNG)}</questiontext>")
    again = text.replace(base64.b64encode(PNG).decode(), base64.b64encode(OTHER_PNG).decode())
    items = read(moodle_xml, quiz(text, again, text))
    media = {item.name: item.data for item in items if isinstance(item, MediaIn)}
    assert media == {"dot.png": PNG, "dot-2.png": OTHER_PNG}
    assert [item.stem for item in questions(items)] == [
        "![A dot](media/dot.png)",
        "![A dot](media/dot-2.png)",
        "![A dot](media/dot.png)",
    ]


def test_files_are_found_in_folders_and_under_escaped_names() -> None:
    show = '<img src="@@PLUGINFILE@@/f/a%20b.png" alt="A">'
    inside = f"<generalfeedback><text/>{file(PNG, 'a b.png', '/f/')}</generalfeedback>"
    item = one(quiz(question("essay", show, inside)))
    assert item.stem == "![A](media/a%20b.png)"


def test_a_link_to_a_sound_plays_it() -> None:
    show = '<a href="@@PLUGINFILE@@/s.mp3">Listen &amp; tell</a>'
    inside = f"<generalfeedback><text/>{file(b'ID3', 's.mp3')}</generalfeedback>"
    items = read(moodle_xml, quiz(question("essay", show, inside)))
    assert questions(items)[0].stem == "![Listen \\& tell](media/s.mp3)"
    again = written(moodle_xml, items).decode()
    assert '<a href="@@PLUGINFILE@@/s.mp3">Listen &amp; tell</a>' in again
    assert questions(read(moodle_xml, again))[0].stem == questions(items)[0].stem


def test_a_file_that_no_text_shows_is_told_and_kept_in_the_source() -> None:
    inside = f"<generalfeedback><text/>{file(b'x', '../../note.pdf')}</generalfeedback>"
    items = read(moodle_xml, quiz(question("essay", "x", inside)))
    assert "The file ../../note.pdf is not shown and was left out." in warnings(items)
    raw = questions(items)[0].raw
    assert raw is not None
    assert (list(raw.lossy), "note.pdf" in raw.text) == (["file"], True)


def test_the_picture_of_an_old_question_is_shown_below_it() -> None:
    code = base64.b64encode(PNG).decode()
    inside = f"<image>folder/dot.png</image><image_base64>\n{code}\n</image_base64>"
    assert one(quiz(question("essay", "x", inside))).stem == "x\n\n![dot](media/dot.png)"


def test_broken_or_foreign_files_are_left_out_with_a_warning() -> None:
    show = '<img src="@@PLUGINFILE@@/dot.png" alt="A dot">'
    for data in (b"no picture", b""):
        text = question("essay", show, f"<generalfeedback><text/>{file(data)}</generalfeedback>")
        items = read(moodle_xml, quiz(text))
        assert questions(items)[0].stem == "A dot"
        assert any("left out" in words for words in warnings(items))


def test_shares_stay_as_they_are_written() -> None:
    inside = answer("a", "33.33333") + answer("b", "-12.5") + answer("c", "100")
    item = one(quiz(question("multichoice", "x", inside)))
    assert [option["fraction"] for option in item.body["options"]] == ["0.3333333", "-0.125", "1"]
    ours = written(moodle_xml, [item]).decode()
    assert all(f'fraction="{share}"' in ours for share in ("33.33333", "-12.5", "100"))


def test_a_share_beyond_the_whole_keeps_the_question_as_it_came() -> None:
    items = read(moodle_xml, quiz(question("multichoice", "x", answer("a", "150") + TWO)))
    assert questions(items)[0].type == "opaque"
    assert "150 percent" in " ".join(warnings(items))


@pytest.mark.parametrize(
    ("single", "kind"),
    [("true", "multiple_choice"), ("1", "multiple_choice"), ("false", "multiple_response"),
     ("0", "multiple_response"), ("", "multiple_response")],
)  # fmt: skip
def test_single_is_read_as_moodle_reads_it(single: str, kind: str) -> None:
    inside = f"<single>{single}</single><shuffleanswers>\n 1\n</shuffleanswers>{TWO}"
    item = one(quiz(question("multichoice", "x", inside)))
    assert item.type == kind
    assert "shuffle" not in item.body


def test_without_a_right_answer_a_question_is_a_draft() -> None:
    items = read(moodle_xml, quiz(question("multichoice", "x", answer("a", "0") * 2)))
    assert questions(items)[0].is_draft


def test_all_or_nothing_of_the_plug_in_is_kept() -> None:
    item = one(quiz(question("multichoiceset", "x", TWO)))
    assert (item.type, item.body["scoring"]) == ("multiple_response", "all_or_nothing")


def test_old_true_and_false_answers_count_by_their_order() -> None:
    inside = answer("Wahr", "0") + answer("Falsch", "100", "<feedback><text>F</text></feedback>")
    items = read(moodle_xml, quiz(question("truefalse", "x", inside)))
    assert questions(items)[0].body == {"answer": False, "feedback_false": "F"}
    assert any("not called true and false" in words for words in warnings(items))
    both = answer("true", "100") + answer("false", "100")
    assert one(quiz(question("truefalse", "x", both))).type == "opaque"


def test_typed_answers_keep_their_characters() -> None:
    inside = (
        "<usecase>1</usecase>"
        + answer("a &amp;lt; b", "100")
        + answer("*c* \\*", "50").replace("<answer", '<answer format="plain_text"')
        + answer(" ", "100")
    )
    item = one(quiz(question("shortanswer", "x", inside)))
    assert [one["text"] for one in item.body["answers"]] == ["a < b", "*c* \\*"]
    assert item.body["case"] is True


def test_numbers_have_tolerances_and_units() -> None:
    units = (
        "<units><unit><multiplier>1.0</multiplier><unit_name>m</unit_name></unit>"
        "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
        "<unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty>"
    )
    inside = answer("3,5", "100", "<tolerance>0.1</tolerance>") + answer("1e3", "50") + units
    item = one(quiz(question("numerical", "x", inside)))
    assert item.body["answers"] == [
        {"value": "3.5", "fraction": "1", "tolerance": "0.1"},
        {"value": "1e3", "fraction": "0.5"},
    ]
    assert item.body["units"] == [{"unit": "m", "factor": "1"}, {"unit": "cm", "factor": "100"}]
    assert item.body["unit_required"] is True
    assert item.raw is not None
    assert list(item.raw.lossy) == ["unitpenalty"]


def test_what_is_said_to_any_other_number_is_told_as_lost() -> None:
    said = answer("*", "0", "<feedback><text>No</text></feedback>")
    items = read(moodle_xml, quiz(question("numerical", "x", answer("1", "100") + said)))
    raw = questions(items)[0].raw
    assert raw is not None
    assert list(raw.lossy) == ["answer *"]
    silent = quiz(question("numerical", "x", answer("1", "100") + answer("*", "0")))
    assert warnings(read(moodle_xml, silent)) == []


def test_a_number_that_is_none_keeps_the_question_as_it_came() -> None:
    assert one(quiz(question("numerical", "x", answer("abc", "100")))).type == "opaque"


def pair(left: str, right: str) -> str:
    return f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"


def test_matches_share_their_right_sides_and_may_have_more() -> None:
    inside = pair("frog", "amphibian") + pair("cat", "mammal") + pair("newt", "amphibian")
    item = one(quiz(question("matching", "x", inside + pair("", "insect"))))
    rights = {right["id"]: right["text"] for right in item.body["rights"]}
    assert list(rights.values()) == ["amphibian", "mammal", "insect"]
    assert [rights[left["right"]] for left in item.body["lefts"]] == [
        "amphibian", "mammal", "amphibian",
    ]  # fmt: skip
    assert list(rights) != ["r1", "r2", "r3"]  # learners see the ids: they must not tell


def test_items_are_ordered_by_their_places() -> None:
    inside = "<gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>" + "".join(
        answer(text, place) for text, place in (("c", "3.0"), ("a", "1.0"), ("b", "2.0"))
    )
    items = read(moodle_xml, quiz(question("ordering", "x", inside)))
    assert [one["text"] for one in questions(items)[0].body["items"]] == ["a", "b", "c"]
    assert any("unknown here" in words for words in warnings(items))


def test_an_essay_keeps_what_graders_see_and_tells_of_the_rest() -> None:
    inside = (
        "<graderinfo><text>Be kind</text></graderinfo><minwordlimit>5</minwordlimit>"
        "<maxwordlimit>0</maxwordlimit><attachments>-1</attachments>"
        "<responsetemplate><text>Dear ...</text></responsetemplate>"
    )
    item = one(quiz(question("essay", "x", inside)))
    assert item.body == {"rubric": "Be kind", "min_words": 5}
    assert item.raw is not None
    assert list(item.raw.lossy) == ["responsetemplate", "attachments"]


def test_words_to_choose_from_become_gaps_in_the_order_of_the_text() -> None:
    words = "".join(f"<selectoption><text>{word}</text></selectoption>" for word in ("b", "a", "c"))
    item = one(quiz(question("gapselect", "[[2]] then [[1]], [[9]] and [[2]]", words)))
    pool = {word["id"]: word["text"] for word in item.body["words"]}
    assert item.stem == "[[1]] then [[2]], \\[\\[9]] and [[3]]"
    assert [pool[gap["word"]] for gap in item.body["gaps"].values()] == ["a", "b", "a"]
    assert list(pool.values()) == ["b", "a", "c"]


def test_words_in_groups_become_choices() -> None:
    words = "".join(
        f"<dragbox><text>{word}</text><group>{group}</group><infinite/></dragbox>"
        for word, group in (("a", 1), ("b", 2), ("c", 1), ("d", 2))
    )
    item = one(quiz(question("ddwtos", "[[1]] [[2]]", words)))
    texts = [[one["text"] for one in gap["options"]] for gap in item.body["gaps"].values()]
    assert texts == [["a", "c"], ["b", "d"]]


def test_the_plug_in_gapfill_is_read() -> None:
    typed = one(quiz(question("gapfill", "x [cat | dog] y [e.g.]", answer("cat | dog", "100"))))
    answers = [[one["text"] for one in gap["answers"]] for gap in typed.body["gaps"].values()]
    assert answers == [["cat", "dog"], ["e.g."]]
    inside = "<answerdisplay>dragdrop</answerdisplay>" + answer("a", "100") + answer("&#160;b", "0")
    dragged = one(quiz(question("gapfill", "x [a]", inside)))
    assert [word["text"] for word in dragged.body["words"]] == ["a", "b"]


def test_unknown_types_are_kept_and_come_out_again() -> None:
    text = question("stack", "<p>x</p>", "<idnumber>k1</idnumber><prt><value>1</value></prt>")
    items = read(moodle_xml, quiz(category("c"), text))
    item = questions(items)[0]
    assert (item.type, item.stem, item.key, item.category) == ("opaque", "x", "k1", "c")
    again = questions(read(moodle_xml, written(moodle_xml, items)))[0]
    assert canonical(again) == canonical(item)
    assert (again.key, again.category) == ("k1", "c")


def test_a_source_that_is_too_long_loses_its_files_first() -> None:
    big = f"<file name='x.db' encoding='base64'>{'A' * 1_200_000}</file>"
    items = read(moodle_xml, quiz(question("coderunner", "x", big)))
    assert any("too large to keep" in words for words in warnings(items))
    assert moodle_xml.write(items, "a.xml").questions == 1


def test_hints_tags_names_and_ids_are_kept() -> None:
    inside = (
        "<idnumber> a&amp;b </idnumber><hint><text>One</text><clearwrong/></hint>"
        "<hint><text></text></hint><tags><tag><text>t</text></tag></tags>"
        "<coursetags><tag><text>u</text></tag></coursetags>" + TWO
    )
    items = read(moodle_xml, quiz(question("multichoice", "x", inside, name=" a  &lt;b ")))
    item = questions(items)[0]
    assert (item.key, item.name, list(item.tags)) == ("a&b", "a <b", ["t", "u"])
    assert item.body["hints"] == ["One"]
    assert any("clears wrong answers" in words for words in warnings(items))


def test_a_repeated_id_does_not_lose_the_question() -> None:
    text = question("essay", "x", "<idnumber>k</idnumber>")
    items = read(moodle_xml, quiz(text, text))
    assert [item.key for item in questions(items)] == ["k", None]
    assert refusals(items) == []


def test_feedback_to_right_and_wrong_is_told_unless_it_is_moodles_own() -> None:
    own = (
        "<correctfeedback><text>&lt;p&gt;Your answer is correct.&lt;/p&gt;</text></correctfeedback>"
    )
    assert warnings(read(moodle_xml, quiz(question("multichoice", "x", own + TWO)))) == []
    other = own.replace("Your answer is correct.", "Great!")
    items = read(moodle_xml, quiz(question("multichoice", "x", other + TWO)))
    raw = questions(items)[0].raw
    assert raw is not None
    assert "Great!" in raw.text
    assert "kept with the question" in warnings(items)[0]


def test_points_and_penalties_are_told_once_for_the_file() -> None:
    odd = f"<defaultgrade>2</defaultgrade><penalty>0</penalty>{TWO}"
    text = question("multichoice", "x", odd)
    usual = question("multichoice", "x", odd.replace(">2<", ">1.0<").replace(">0<", ">.3333333<"))
    told = warnings(read(moodle_xml, quiz(text, text, usual)))
    assert [words[:11] for words in told] == ["2 questions", "2 questions"]


# ---- writing


def as_moodle_has_it(item: QuestionIn) -> QuestionIn:
    """Return a sample without what the losses of its file name, gaps numbered as they stand."""
    body: dict[str, Any] = {k: v for k, v in item.body.items() if k != "typos"}
    stem = item.stem
    if item.type == "numeric":
        body["answers"] = [
            body["answers"][0],
            {"value": "2.5", "tolerance": "0.5", "fraction": "0.5", "feedback": "Nearly."},
        ]
    if item.type == "matching":
        body["lefts"] = [{"text": "Jenner", "right": "r1"}, {"text": "Fleming", "right": "r2"}]
        body["rights"] = [
            {"id": "r1", "text": "Vaccination"},
            {"id": "r2", "text": "Penicillin"},
            {"id": "r3", "text": "X-rays"},
        ]
    if item.type == "cloze":
        typed = {k: v for k, v in body["gaps"]["1"].items() if k != "typos"}
        body = {"gaps": {"1": body["gaps"]["2"], "2": {**typed, "case": True}}}
        stem = "A [[1]] cell is made by the [[2]]."
    return replace(item, body=body, stem=stem)


ASKED = [as_moodle_has_it(item) for item in samples() if item.type in moodle_xml.TYPES]


@pytest.mark.parametrize("item", ASKED, ids=lambda item: item.type)
def test_what_is_written_reads_the_same(item: QuestionIn) -> None:
    made = moodle_xml.write([item], "a.xml")
    assert (made.questions, list(made.losses)) == (1, [])
    items = read(moodle_xml, made.files[SINGLE])
    assert refusals(items) == warnings(items) == []
    again = questions(items)[0]
    assert canonical(again) == canonical(item)
    assert again.key == item.key


def test_what_moodle_lacks_is_told_before_it_is_lost() -> None:
    made = moodle_xml.write(samples(), "a.xml")
    told = {loss.question: loss.message for loss in made.losses}
    kinds = [item.type for item in samples()]
    assert "no slips" in told[kinds.index("short_answer") + 1]
    assert "flashcard" in told[kinds.index("flashcard") + 1]
    assert made.questions == len(kinds) - 2  # the flashcard, and an opaque one that says no type


def test_a_pool_of_words_goes_out_and_comes_back() -> None:
    body = {
        "gaps": {"1": {"kind": "word", "word": "w2"}, "2": {"kind": "word", "word": "w1"}},
        "words": [{"id": "w1", "text": "a & <b>"}, {"id": "w2", "text": "c"}],
    }
    item = QuestionIn(1, "cloze", "x [[1]] y [[2]] \\[\\[1]]", body)
    made = moodle_xml.write([item], "a.xml")
    assert list(made.losses) == []
    assert canonical(one(made.files[SINGLE].decode())) == canonical(item)


def test_signs_of_embedded_answers_stay_signs() -> None:
    nasty = "=a~b#c}d{e\\ 50% & <i>"
    options = [
        {"text": "\\<i> \\*", "fraction": "1", "feedback": "**F**~#}"},
        {"text": "=b", "fraction": "-0.5"},
        {"text": "%50%c\\\\"},
    ]
    body = {
        "gaps": {
            "1": {"kind": "typed", "answers": [{"text": nasty}, {"text": "\\"}, {"text": "\\~"}]},
            "2": {"kind": "choice", "options": options, "weight": "0.5", "shuffle": False},
        }
    }
    item = QuestionIn(1, "cloze", "{1:SA:=x} [[1]] `[[2]` [[2]]", body)
    again = one(written(moodle_xml, [item]).decode())
    first, second = again.body["gaps"]["1"], again.body["gaps"]["2"]
    assert [one["text"] for one in first["answers"]] == [nasty, "\\", "\\~"]
    assert (first["weight"], "weight" in second) == ("2", False)
    assert canonical(again)["stem"] == canonical(item)["stem"]
    assert canonical(again)["gaps"]["2"]["options"] == canonical(item)["gaps"]["2"]["options"]


def test_right_minus_wrong_becomes_shares_of_the_same_worth() -> None:
    given_shares = zip("abcd", "1110", strict=True)
    options = [{"text": text, "fraction": share} for text, share in given_shares]
    item = QuestionIn(1, "multiple_response", "x", {"options": options})
    made = moodle_xml.write([item], "a.xml")
    assert list(made.losses) == []
    again = one(made.files[SINGLE].decode())
    shares = [option["fraction"] for option in again.body["options"]]
    assert shares == ["0.3333333", "0.3333333", "0.3333333", "-0.3333333"]


def test_a_share_that_moodle_does_not_offer_is_told() -> None:
    options = [{"text": "a", "fraction": "1"}, {"text": "b", "fraction": "0.42"}]
    made = moodle_xml.write([QuestionIn(1, "multiple_choice", "x", {"options": options})], "a.xml")
    assert "42 %" in made.losses[0].message


def test_questions_without_a_category_come_first() -> None:
    items = [
        QuestionIn(1, "essay", "x", {}, category="a/b"),
        QuestionIn(2, "essay", "y", {}),
        QuestionIn(3, "essay", "z", {}, category="a/b"),
    ]
    text = written(moodle_xml, list(items)).decode()
    assert text.count("$course$/top/a/b") == 1
    found = [(item.stem, item.category) for item in questions(read(moodle_xml, text))]
    assert found == [("y", None), ("x", "a/b"), ("z", "a/b")]


def test_pictures_go_only_where_they_are_shown() -> None:
    items: list[Item] = [
        QuestionIn(1, "essay", f"![A]({PICTURE}) and\n- a list\n1) odd", {"rubric": "none"}),
        QuestionIn(2, "essay", "![gone](media/gone.png)", {}),
        MediaIn("dot.png", "image/png", PNG),
        MediaIn("unused.png", "image/png", OTHER_PNG),
    ]
    made = moodle_xml.write(items, "a.xml")
    text = made.files[SINGLE].decode()
    assert text.count("<file ") == 1
    assert "unused" not in text
    assert any("gone.png is missing" in loss.message for loss in made.losses)
    again = read(moodle_xml, text)
    assert questions(again)[0].stem == questions(items)[0].stem
    assert [item.data for item in again if isinstance(item, MediaIn)] == [PNG]


def test_facts_are_one_loss_for_the_file() -> None:
    fact = FactIn("f", "It is.", [EvidenceIn("a", 0, 1, "I")])
    made = moodle_xml.write([fact, fact, QuestionIn(1, "essay", "x", {})], "a.xml")
    assert [loss.message for loss in made.losses] == [
        "2 facts with their evidence are left out: Moodle XML has no place for them."
    ]


def test_the_same_items_are_the_same_bytes() -> None:
    assert written(moodle_xml, list(samples())) == written(moodle_xml, list(samples()))


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("<>&]*_$\\\n`#"))


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_it_shows(stem: str, typed: str) -> None:
    body = {"answers": [{"text": f"x{typed.strip()}x"}], "hints": [f"h {stem} h"]}
    item = QuestionIn(1, "short_answer", f"q {stem.strip()} q", body)
    sound = [one for one in checked([item]) if isinstance(one, QuestionIn)]
    for one_sound in sound:
        again = questions(read(moodle_xml, written(moodle_xml, [one_sound])))
        assert [canonical(one) for one in again] == [canonical(one_sound)]


PIECES = st.sampled_from(
    ["<quiz>", "<question type='cloze'>", "</question>", "<questiontext>", "<text>", "</text>",
     "</questiontext>", "{1:MC:=", "~", "}", "<answer fraction='", "'>", "&", "]]>", "<![CDATA[",
     "<file name='a.png'>", "</quiz>", "{2:NM:=1:", "x"]
)  # fmt: skip


@given(st.binary(max_size=200) | st.lists(PIECES, max_size=30).map(lambda p: "".join(p).encode()))
@settings(max_examples=150, deadline=None)
def test_no_file_ends_in_anything_but_items_or_a_message(data: bytes) -> None:
    with suppress(FormatError):
        read(moodle_xml, b"<quiz>" + data)


def test_cdata_that_never_ends_is_refused_in_time() -> None:
    with pytest.raises(FormatError):
        read(moodle_xml, "<quiz>" + "<![CDATA[" * 50_000)


def test_long_lines_of_signs_are_read_in_time() -> None:
    for sign in ("{1:SA:", "<![CDATA[", "<a href='@@PLUGINFILE@@/x'>", "~", "\\~=", "[[1]]", "\n"):
        stem = (sign * (100_000 // len(sign))).replace("<![CDATA[", "&lt;![CDATA[")
        kind = "moodle_auto_format" if sign == "\n" else "html"
        text = question("cloze", f"a {{1:SA:={stem}}} {stem} b").replace('"html"', f'"{kind}"')
        assert len(questions(read(moodle_xml, quiz(text)))) == 1
