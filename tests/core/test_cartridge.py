"""Common Cartridges: questions of courses, complete copies before the common form."""

import io
import zipfile

import pytest

from quizapp.core.formats import cartridge, guess
from quizapp.core.formats.model import BankFile, FormatError, MediaIn, QuestionIn
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import questions, read, refusals, warnings
from tests.core.qti12_ground import choice, document, equal, field, item, rule, typed

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + b"\0\0\0\1\0\0\0\1"
QUIZ = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
BANK = "imsqti_xmlv1p2/imscc_xmlv1p1/question-bank"


def resource(ident: str, kind: str, *files: str, usage: str = "") -> str:
    listed = "".join(f'<file href="{name}"/>' for name in files)
    return f'<resource identifier="{ident}" type="{kind}" {usage}>{listed}</resource>'


def package(resources: str, files: dict[str, bytes | str], title: str = "Course") -> bytes:
    stream = io.BytesIO()
    metadata = f"<metadata><lom><title><string>{title}</string></title></lom></metadata>"
    manifest = f"<manifest>{metadata}<resources>{resources}</resources></manifest>"
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in ({"imsmanifest.xml": manifest} | files).items():
            archive.writestr(name, data)
    return stream.getvalue()


def quiz(
    *idents: str, label: str = "cc_profile", kind: str = "cc.essay.v0p1", ident: str = "a"
) -> str:
    meta = field(label, kind)
    items = [item("", typed(), meta=meta, ident=one, stem=label) for one in idents]
    return document(*items, title=f"Quiz {ident}").replace('ident="a"', f'ident="{ident}"', 1)


def found_in(data: bytes) -> list[QuestionIn]:
    items = read(cartridge, data, "course.imscc")
    assert refusals(items) == []
    return questions(items)


def test_the_complete_copy_of_a_quiz_wins() -> None:
    data = package(
        resource("quiz", QUIZ, "quiz/assessment_qti.xml"),
        {
            "quiz/assessment_qti.xml": quiz("q1", ident="quiz"),
            "non_cc_assessments/quiz.xml.qti": quiz(
                "q1", "q2", label="question_type", kind="essay_question", ident="quiz"
            ),
        },
    )
    found = found_in(data)
    assert [one.key for one in found] == ["q1", "q2"]
    assert {one.stem for one in found} == {"question_type"}


def test_a_quiz_without_a_complete_copy_is_read_where_other_items_are_not_known() -> None:
    data = package(
        resource("b", QUIZ, "b/assessment_qti.xml"),
        {
            "b/assessment_qti.xml": quiz("q1", "q9", ident="b"),
            "non_cc_assessments/bank.xml.qti": quiz("q1", "q2", ident="bank"),
        },
    )
    assert [one.key for one in found_in(data)] == ["q1", "q2", "q9"]


def test_moved_files_are_found_by_their_names_and_unlisted_ones_are_read() -> None:
    data = package(
        resource("a", QUIZ, "gone/first.xml"),
        {
            "questions/first.xml": quiz("q1"),
            "questions/another.xml": quiz("q2", ident="b"),
        },
    )
    found = found_in(data)
    assert [(one.key, one.category) for one in found] == [("q1", "Quiz a"), ("q2", "Quiz b")]


def test_question_banks_are_read_and_named() -> None:
    meta = f"<qtimetadata>{field('bank_title', 'My bank')}</qtimetadata>"
    bank = f'<objectbank ident="x">{meta}{item("", typed())}</objectbank>'
    data = package(
        resource("x", BANK, "x.xml") + resource("a", QUIZ, "a.xml"),
        {"x.xml": document(bank), "a.xml": quiz("q2")},
    )
    assert [one.category for one in found_in(data)] == ["My bank", "Quiz a"]


def test_the_course_gives_the_title_and_its_other_parts_one_warning() -> None:
    others = "".join(
        resource(f"o{place}", kind)
        for place, kind in enumerate(
            ("webcontent", "webcontent", "imswl_xmlv1p1", "imsdt_xmlv1p1", "imsbasiclti_xmlv1p0")
        )
    )
    items = read(
        cartridge, package(others + resource("a", QUIZ, "a.xml"), {"a.xml": quiz("q1")}), "c.imscc"
    )
    assert items[0] == BankFile("Course")
    (told,) = warnings(items)
    assert all(word in told for word in ("5", "pages", "links", "discussions", "tools"))


def test_pictures_are_taken_from_the_web_resources() -> None:
    stem = '<img alt="A" src="%24IMS-CC-FILEBASE%24/x/a.png">'
    text = document(item("", choice("a", "b"), rule(equal("1"), "100"), stem=stem))
    data = package(resource("a", QUIZ, "a/q.xml"), {"a/q.xml": text, "web_resources/x/a.png": PNG})
    items = read(cartridge, data, "course.imscc")
    assert MediaIn("a.png", "image/png", PNG) in items
    assert questions(items)[0].stem == "![A](media/a.png)"


def test_a_course_without_questions_says_so() -> None:
    items = read(cartridge, package(resource("p", "webcontent"), {"p.html": "x"}), "course.imscc")
    assert questions(items) == []
    assert cartridge.NO_QUESTIONS in warnings(items)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.imscc", b"<x/>"), ("b.imscc", None)],
)
def test_what_is_no_cartridge_is_refused(name: str, data: bytes | None) -> None:
    if data is None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.txt", "x")
        data = stream.getvalue()
    with pytest.raises(FormatError):
        read(cartridge, data, name)


def test_cartridges_are_told_by_their_name_or_by_what_canvas_puts_in() -> None:
    plain = package("", {"a.xml": quiz("q1")})
    canvas = package("", {"course_settings/canvas_export.txt": "x"})
    for name, data in (("a.imscc", plain), ("a.zip", canvas)):
        found = guess(Source.of(name, data))
        assert found is not None
        assert found.NAME == "cartridge"


def test_cartridges_are_not_written() -> None:
    assert not cartridge.WRITES
    with pytest.raises(FormatError):
        cartridge.write([], "a.imscc")
