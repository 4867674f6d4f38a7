import re
from pathlib import Path

from lxml import etree

from quizapp.core.formats import guess, qti2, qti3
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, samples
from tests.core.qti_ground import counted, declared, difference, read_count

# Files of which nothing can be read, with how many questions they name.
ELSEWHERE = {"1EdTech__QTI3_BeginnersGuide_Examples__BGtest.xml": 6}
HEAD = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i1" title="A title"'


def one(inside: str) -> QuestionIn:
    source = f"<qti-assessment-item {HEAD}>{inside}</qti-assessment-item>"
    return questions(read(qti3, source, "a.xml"))[0]


CHOICE = """
<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">
  <qti-correct-response><qti-value>A</qti-value></qti-correct-response>
  <qti-mapping lower-bound="0" default-value="-1">
    <qti-map-entry map-key="A" mapped-value="2"/></qti-mapping>
</qti-response-declaration>
<qti-item-body><p>Stem.</p>
  <qti-choice-interaction response-identifier="RESPONSE" max-choices="0" shuffle="true">
    <qti-prompt>Which?</qti-prompt>
    <qti-simple-choice identifier="A">x</qti-simple-choice>
    <qti-simple-choice identifier="B">y
      <qti-feedback-inline outcome-identifier="F" identifier="B" show-hide="show">No.
      </qti-feedback-inline></qti-simple-choice>
  </qti-choice-interaction></qti-item-body>
<qti-response-processing
  template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>
"""


def test_the_names_of_version_3_say_the_same() -> None:
    question = one(CHOICE)
    assert question.type == "multiple_response"
    assert question.stem == "Stem.\n\nWhich?"
    assert question.body == {
        "options": [
            {"text": "x", "fraction": "1"},
            {"text": "y", "fraction": "-0.5", "feedback": "No."},
        ],
        "scoring": "sum_floor0",
    }


def test_either_reader_takes_either_version() -> None:
    source = f"<qti-assessment-item {HEAD}>{CHOICE}</qti-assessment-item>"
    two, three = (questions(read(plugin, source, "a.xml"))[0] for plugin in (qti2, qti3))
    assert (two.type, two.body) == (three.type, three.body)


def test_what_only_some_learners_get_makes_no_noise() -> None:
    extra = """<qti-catalog-info><qti-catalog id="c"><qti-card support="spoken"><qti-html-content>
        Spoken</qti-html-content></qti-card></qti-catalog></qti-catalog-info>"""
    style = '<qti-stylesheet href="a.css" type="text/css"/>'
    question = one(
        f'{style}<qti-item-body><p data-catalog-idref="c">Text.</p></qti-item-body>{extra}'
    )
    assert question.stem == "Text."
    assert question.warnings == []


def test_feedback_and_rubrics_have_a_body_of_their_own() -> None:
    question = one(
        """<qti-response-declaration identifier="R" cardinality="single" base-type="string"/>
        <qti-item-body><p>Why?</p>
        <qti-extended-text-interaction response-identifier="R"/>
        <qti-rubric-block view="scorer" use="scoring"><qti-content-body><p>One reason.</p>
        </qti-content-body></qti-rubric-block></qti-item-body>
        <qti-response-processing><qti-set-outcome-value identifier="F">
        <qti-base-value base-type="identifier">x</qti-base-value></qti-set-outcome-value>
        </qti-response-processing>
        <qti-modal-feedback outcome-identifier="F" identifier="x" show-hide="show">
        <qti-content-body>Thanks.</qti-content-body></qti-modal-feedback>"""
    )
    assert question.type == "essay"
    assert question.body == {"rubric": "One reason.", "feedback": "Thanks."}


def test_a_program_of_its_own_is_kept_as_it_came() -> None:
    question = one(
        """<qti-item-body><p>Try.</p><qti-portable-custom-interaction response-identifier="R"/>
        </qti-item-body>"""
    )
    assert question.type == "opaque"
    assert question.body["raw_format"] == "qti3"
    assert "program" in question.warnings[0]


def test_every_name_that_is_written_is_one_of_version_3() -> None:
    html = {
        "div",
        "p",
        "b",
        "strong",
        "em",
        "ul",
        "ol",
        "li",
        "br",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "pre",
    }
    result = qti3.write(list(samples()), "f.zip")
    for path, data in result.files.items():
        if path == "imsmanifest.xml":
            continue
        for element in etree.fromstring(data).iter("*"):
            name = etree.QName(element).localname
            assert name in html or re.fullmatch(r"qti(-[a-z]+)+", name), name
            attributes = [key for key in element.attrib if re.search("[A-Z]", str(key))]
            assert not attributes, attributes


def test_no_name_of_version_3_is_written_in_version_2() -> None:
    for data in qti2.write(list(samples()), "f.zip").files.values():
        assert b"<qti-" not in data


def test_real_items_become_what_they_declare(shared: Path) -> None:
    cases = list(declared(shared, "qti3"))
    found = {(case[0], case[1]): difference(qti3, shared, case) for case in cases}
    assert len(found) > 200
    assert {name: told for name, told in found.items() if told} == {}


def test_real_files_have_as_many_questions_as_expected(shared: Path) -> None:
    folder = shared / "fixtures/qti3"
    counts = counted(shared, "qti3")
    assert len(counts) > 35
    assert {name: read_count(qti3, folder / name) for name in counts} == {
        name: (n, ELSEWHERE.get(name, 0)) for name, n in counts.items()
    }


def test_real_packages_refuse_nothing(shared: Path) -> None:
    for path in sorted((shared / "fixtures/qti3").glob("*.zip")):
        items = read(qti3, path.read_bytes(), path.name)
        assert refusals(items) == []


def test_the_version_of_real_files_is_told(shared: Path) -> None:
    for plugin in (qti2, qti3):
        for path in sorted((shared / "fixtures" / plugin.NAME).iterdir()):
            assert guess(Source.at(path)) is plugin, path.name
