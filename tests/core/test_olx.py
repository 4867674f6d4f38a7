import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import guess, olx
from quizapp.core.formats.model import (
    BankFile,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
    Refused,
)
from quizapp.core.formats.parts.olx_problem import PROGRAM, PROGRAM_LEFT_OUT, SEVERAL
from quizapp.core.formats.parts.olx_responses import FORMULA, PARTIAL, REGEXP, UNCHOSEN
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import MIB, Limits, Source
from quizapp.core.formats.shared.tar import TarSource
from tests.core.format_ground import questions, read, refusals, warnings

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30
CHOICE = (
    "<multiplechoiceresponse><label>Q</label><choicegroup>"
    '<choice correct="true">a</choice><choice correct="false">b</choice>'
    "</choicegroup></multiplechoiceresponse>"
)
# What the responses become here, where they can be asked.
TYPES = {
    "multiplechoiceresponse": "multiple_choice",
    "choiceresponse": "multiple_response",
    "optionresponse": "multiple_choice",
    "stringresponse": "short_answer",
    "numericalresponse": "numeric",
}
# Fixtures that deliberately become something else.
DIFFERENT = {
    "openedx__problem__720cac326b684155b4845d32af4aeef0.xml": (
        "its number is made by a program, which is never run: opaque"
    )
}


def items(inside: str, attributes: str = "") -> list[Item]:
    return read(olx, f"<problem {attributes}>{inside}</problem>", "a.xml")


def one(inside: str, attributes: str = "") -> QuestionIn:
    found = items(inside, attributes)
    assert not refusals(found)
    (question,) = questions(found)
    return question


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(files: Mapping[str, bytes], *members: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for member in members:
            archive.addfile(member)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def test_a_choice_keeps_order_hints_and_solution() -> None:
    question = one(
        """<p>Look at \\(x^2\\).</p>
        <multiplechoiceresponse><label>Which?</label><description>One only.</description>
        <choicegroup type="MultipleChoice">
          <choice correct="true">a &lt; b <choicehint label="x">Yes.</choicehint></choice>
          <choice correct="partial" point_value="0.25"><b>c</b></choice>
          <choice correct="false">d</choice>
        </choicegroup>
        <solution><p>Because.</p></solution></multiplechoiceresponse>
        <demandhint><hint>First</hint><hint>Second</hint></demandhint>""",
        'display_name="A name" url_name="k1"',
    )
    assert (question.type, question.key, question.name) == ("multiple_choice", "k1", "A name")
    assert question.stem == "Look at $x^2$.\n\nWhich?\n\nOne only."
    assert question.body == {
        "options": [
            {"text": "a < b", "fraction": "1", "feedback": "Yes."},
            {"text": "**c**", "fraction": "0.25"},
            {"text": "d"},
        ],
        "shuffle": False,
        "feedback": "Because.",
        "hints": ["First", "Second"],
    }


@pytest.mark.parametrize(("fixed", "shuffles"), [("", True), ('fixed="true"', False)])
def test_options_are_shuffled_where_the_problem_says_so(fixed: str, shuffles: bool) -> None:
    question = one(
        '<multiplechoiceresponse><label>Q</label><choicegroup shuffle="true">'
        f'<choice correct="true">a</choice><choice {fixed} correct="false">b</choice>'
        "</choicegroup></multiplechoiceresponse>"
    )
    assert question.body.get("shuffle", True) is shuffles


def test_checkboxes_are_all_or_nothing_and_say_what_is_lost() -> None:
    found = items(
        """<choiceresponse partial_credit="EDC"><label>Q</label><checkboxgroup>
        <choice correct="true">a<choicehint selected="true">Yes.</choicehint>
          <choicehint selected="false">You should.</choicehint></choice>
        <choice correct="false">b</choice><choice correct="true">c</choice>
        </checkboxgroup></choiceresponse>"""
    )
    (question,) = questions(found)
    assert question.type == "multiple_response"
    assert question.body["scoring"] == "all_or_nothing"
    assert question.body["options"][0] == {"text": "a", "fraction": "1", "feedback": "Yes."}
    assert {PARTIAL, UNCHOSEN} <= set(warnings(found))
    assert question.raw is not None
    assert "You should." in question.raw.text


@pytest.mark.parametrize(
    "box",
    [
        """<optioninput options="('it\\'s a','b, c')" correct="b, c"/>""",
        """<optioninput><option correct="False">it's a</option>
        <option correct="True">b, c</option></optioninput>""",
    ],
)
def test_dropdowns_list_their_options_in_elements_or_in_a_tuple(box: str) -> None:
    question = one(f"<optionresponse><label>Q</label>{box}</optionresponse>")
    assert question.type == "multiple_choice"
    assert question.body["options"] == [{"text": "it's a"}, {"text": "b, c", "fraction": "1"}]


def test_dropdowns_in_a_line_of_text_are_a_cloze() -> None:
    question = one(
        """<p>A <optionresponse><optioninput options="('x','y')" correct="y"/></optionresponse>
        and [[1]] <stringresponse answer="dog" type="ci"><textline/></stringresponse>.</p>
        <solution>So.</solution>"""
    )
    assert question.type == "cloze"
    assert question.stem.startswith("A [[1]] and ")
    assert question.stem.endswith(" [[2]].")
    assert question.body == {
        "gaps": {
            "1": {
                "kind": "choice",
                "options": [{"text": "x"}, {"text": "y", "fraction": "1"}],
                "shuffle": False,
            },
            "2": {"kind": "typed", "answers": [{"text": "dog"}]},
        },
        "feedback": "So.",
    }


def test_typed_answers_keep_hints_and_other_answers() -> None:
    question = one(
        """<stringresponse answer="A*" type="ci"><label>Q</label>
        <correcthint>Yes.</correcthint>
        <additional_answer answer="B"><correcthint>Also.</correcthint></additional_answer>
        <additional_answer>C</additional_answer>
        <stringequalhint answer="D">No.</stringequalhint><textline size="20"/>
        </stringresponse>"""
    )
    assert (question.type, question.stem) == ("short_answer", "Q")
    assert question.body == {
        "answers": [
            {"text": "A\\*", "feedback": "Yes."},
            {"text": "B", "feedback": "Also."},
            {"text": "C"},
            {"text": "D", "fraction": "0", "feedback": "No."},
        ]
    }


def test_case_matters_unless_the_response_says_otherwise() -> None:
    text = "<stringresponse answer='A'><label>Q</label><textline/></stringresponse>"
    assert one(text).body["case"] is True


@pytest.mark.parametrize("kind", ["regexp", "ci regexp"])
def test_patterns_are_kept_as_they_came(kind: str) -> None:
    found = items(
        f'<stringresponse answer="a.*" type="{kind}"><label>Q</label><textline/></stringresponse>'
    )
    assert questions(found)[0].type == "opaque"
    assert REGEXP in warnings(found)


@pytest.mark.parametrize(
    ("answer", "tolerance", "expected"),
    [
        ("12", "", {"value": "12"}),
        ("12", "0.5", {"value": "12", "tolerance": "0.5"}),
        ("1.5e3", "1%", {"value": "1.5e3", "tolerance": "0.01", "tolerance_type": "relative"}),
        ("[1,2]", "", {"min": "1", "max": "2"}),
        ("(1, 2.5)", "", {"min": "1", "max": "2.5"}),
    ],
)
def test_numbers_have_tolerances_or_ranges(
    answer: str, tolerance: str, expected: dict[str, Any]
) -> None:
    found = items(
        f'<numericalresponse answer="{answer}"><label>Q</label>'
        f'<responseparam type="tolerance" default="{tolerance}"/><formulaequationinput/>'
        "</numericalresponse>"
    )
    assert questions(found)[0].body == {"answers": [expected]}
    assert any("end of its range" in words for words in warnings(found)) == ("(" in answer)


@pytest.mark.parametrize("answer", ["2*3", "$x", "1+2j", "", "[1,x]"])
def test_answers_that_are_formulas_are_kept_as_they_came(answer: str) -> None:
    found = items(f'<numericalresponse answer="{answer}"><label>Q</label></numericalresponse>')
    assert questions(found)[0].type == "opaque"
    assert FORMULA in warnings(found)


@pytest.mark.parametrize(
    "kind", ["formula", "custom", "annotation", "image", "code", "schematic", "choicetext"]
)
def test_other_responses_are_kept_with_a_reason(kind: str) -> None:
    found = items(f"<p>Do it</p><{kind}response><{kind}input/></{kind}response>")
    (question,) = questions(found)
    assert (question.type, question.stem) == ("opaque", "Do it")
    assert any(f"{kind}response" in words for words in warnings(found))


def test_problems_made_by_programs_are_never_run() -> None:
    script = '<script type="loncapa/python">x = 1</script>'
    found = items(f"{script}<p>What is $x?</p>{CHOICE}")
    assert questions(found)[0].type == "opaque"
    assert PROGRAM in warnings(found)
    found = items(script + CHOICE)
    assert questions(found)[0].type == "multiple_choice"
    assert PROGRAM_LEFT_OUT in warnings(found)


def test_several_responses_are_several_questions() -> None:
    found = items(f"<p>First</p>{CHOICE}<p>Second</p><div>{CHOICE}</div><p>End</p>", 'url_name="k"')
    made = questions(found)
    assert [(one.position, one.key, one.group) for one in made] == [(1, "k", "k"), (2, "k-2", "k")]
    assert [one.stem for one in made] == ["First\n\nQ", "Second\n\nQ\n\nEnd"]
    assert SEVERAL in warnings(found)


def test_a_problem_that_asks_nothing_is_a_text() -> None:
    question = one("<p>Read on.</p>")
    assert (question.type, question.stem) == ("description", "Read on.")


def test_a_problem_in_markdown_only_is_kept_as_it_came() -> None:
    assert one("", 'display_name="N" markdown="&gt;&gt;Q&lt;&lt;"').type == "opaque"


def test_entities_of_html_are_read() -> None:
    assert one("<p>a&nbsp;&uarr;</p>" + CHOICE).stem == "a ↑\n\nQ"


COURSE: dict[str, str | bytes] = {
    "course.xml": '<course url_name="run" org="O" course="C"/>',
    "course/run.xml": '<course display_name="Biology" language="de"><chapter url_name="c"/>'
    '<chapter url_name="gone"/></course>',
    "chapter/c.xml": '<chapter display_name="Cells"><sequential url_name="s"/></chapter>',
    "sequential/s.xml": '<sequential display_name="In/out"><vertical url_name="v"/></sequential>',
    "vertical/v.xml": '<vertical><problem url_name="b"/><html url_name="h"/>'
    '<problem url_name="a"/><problem url_name="broken"/><problem url_name="gone"/></vertical>',
    "problem/a.xml": f'<problem display_name="A"><p><img src="/static/x.png" alt="X"/></p>'
    f"{CHOICE}</problem>",
    "problem/b.xml": f'<problem display_name="B">{CHOICE}</problem>',
    "problem/broken.xml": "<problem>",
    "problem/z.xml": f'<problem display_name="Z">{CHOICE}</problem>',
    "static/x.png": PNG,
}


def assert_course(found: list[Item]) -> None:
    assert found[0] == BankFile(title="Biology", language="de")
    made = questions(found)
    assert [(one.position, one.key) for one in made] == [(1, "b"), (2, "a"), (5, "z")]
    assert [one.category for one in made] == ["Cells/In-out", "Cells/In-out", None]
    assert made[1].stem == "![X](media/x.png)\n\nQ"
    assert [item.data for item in found if isinstance(item, MediaIn)] == [PNG]
    refused = [item for item in found if isinstance(item, Refused)]
    assert [(item.question, item.key) for item in refused] == [(3, "broken"), (4, "gone")]
    assert any("1 other parts" in words for words in warnings(found))


def test_a_course_is_read_in_the_order_of_its_chapters() -> None:
    assert_course(read(olx, zipped(COURSE), "c.zip"))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bytes])
def test_a_course_in_a_tar_archive_reads_the_same(pack: Any) -> None:
    files = {
        f"course/{name}": data if isinstance(data, bytes) else data.encode()
        for name, data in COURSE.items()
    }
    data = pack(tarred({**files, "course/video.bin": b"\0" * 100_000}))
    source = Source.of("course.tar.gz", data)
    assert guess(source) is olx
    assert_course(list(checked(olx.read(source))))


def test_a_library_and_a_folder_of_problems_are_read() -> None:
    library = {
        "library.xml": '<library display_name="L"><problem url_name="p"/></library>',
        "problem/p.xml": f"<problem>{CHOICE}</problem>",
    }
    assert [one.key for one in questions(read(olx, zipped(library), "l.zip"))] == ["p"]
    lone = {"problem/p.xml": library["problem/p.xml"], "problem/q.xml": library["problem/p.xml"]}
    assert [one.key for one in questions(read(olx, zipped(lone), "l.zip"))] == ["p", "q"]


def test_parts_that_name_each_other_end() -> None:
    files = {
        "course.xml": '<course><vertical url_name="v"/></course>',
        "vertical/v.xml": '<vertical><vertical url_name="v"/>'
        f"<problem>{CHOICE}</problem></vertical>",
    }
    assert len(questions(read(olx, zipped(files), "c.zip"))) == 1


def link(kind: bytes, name: str = "course/link") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


FILES = {"problem/a.xml": f"<problem>{CHOICE}</problem>".encode(), "course.xml": b"<course/>"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tarred(FILES, link(tarfile.SYMTYPE)), "link"),
        (tarred(FILES, link(tarfile.LNKTYPE)), "link"),
        (tarred(FILES, link(tarfile.CHRTYPE)), "no plain file"),
        (tarred(FILES, link(tarfile.FIFOTYPE)), "no plain file"),
        (tarred(FILES, link(tarfile.GNUTYPE_SPARSE)), "tar archive"),
        (tarred({**FILES, "../out.xml": b""}), "unsafe"),
        (tarred({**FILES, "/etc/out.xml": b""}), "unsafe"),
        (tarred({**FILES, "C:/out.xml": b""}), "unsafe"),
        (tarred({**FILES, "a\nb.xml": b""}), "unsafe"),
        (tarred(FILES)[:700], "tar archive"),
        (gzip.compress(tarred(FILES))[:-30], "tar archive"),
        (lzma.compress(tarred(FILES))[:-150], "tar archive"),
        (gzip.compress(b"no tar"), "tar archive"),
        (b"\x1f\x8b" + b"x" * 100, "tar archive"),
        (gzip.compress(tarred({**FILES, "big.bin": b"\0" * (3 * MIB)})), "far more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unsafe_and_damaged_archives_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        list(olx.read(Source.of("a.tar.gz", data)))


def test_a_tar_archive_has_limits() -> None:
    many = tarred({f"p{n}.xml": b"" for n in range(5)})
    big = tarred({"a.xml": b"x" * 5000, "b.xml": b"y"})
    with pytest.raises(FormatError, match="members"):
        TarSource(Source.of("a.tar", many), lambda name: True, Limits(members=4))
    with pytest.raises(FormatError, match="unpacks"):
        TarSource(Source.of("a.tar", big), lambda name: True, Limits(total=4000))
    left = TarSource(Source.of("a.tar", big), lambda name: True, Limits(member=1000))
    assert left.names() == ["b.xml"]
    assert left.read("b.xml") == b"y"
    with pytest.raises(FormatError, match="no a"):
        left.read("a.xml")


def test_a_header_of_a_tar_archive_may_not_fill_the_memory() -> None:
    name = tarfile.TarInfo("x")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 32 * MIB
    bomb = name.tobuf(tarfile.GNU_FORMAT) + b"n" * (32 * MIB)
    with pytest.raises(FormatError, match="unpacks"):
        list(olx.read(Source.of("a.tar", bomb)))


@pytest.mark.parametrize(
    "data",
    [b"<problem>", b"<quiz/>", b"text", b"<course/>", b'<!DOCTYPE p [<!ENTITY a "b">]><problem/>'],
)
def test_what_holds_no_problem_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        read(olx, data, "a.xml")


def test_problems_are_recognised() -> None:
    assert guess(Source.of("a.xml", f"<problem>{CHOICE}</problem>".encode())) is olx
    assert guess(Source.of("a.zip", zipped(COURSE))) is olx
    assert olx.sniff(b"<quiz><problem/></quiz>", "a.xml", []) == 0


def test_olx_is_only_read() -> None:
    with pytest.raises(FormatError):
        olx.write([], "a.xml")


TAGS = st.sampled_from(
    """p div label choicegroup choice choiceresponse multiplechoiceresponse optionresponse
    optioninput option stringresponse textline numericalresponse responseparam solution demandhint
    hint choicehint script additional_answer customresponse span""".split()  # noqa: SIM905
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from("answer correct type default options shuffle partial_credit".split()),  # noqa: SIM905
    st.sampled_from(["true", "1%", "[1,2)", "('a','b", "ci", "regexp", "tolerance", "-1", ""]),
    max_size=3,
)


def element(tag: str, attributes: dict[str, str], inside: list[str]) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{written}>{''.join(inside)}</{tag}>"


TREES = st.recursive(
    st.sampled_from(["", "word", "$x", "[[1]]", "\ue000"]),
    lambda inner: st.builds(element, TAGS, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@given(st.lists(TREES, max_size=3))
def test_elements_of_any_order_raise_nothing(trees: list[str]) -> None:
    items("".join(trees))


def test_fixtures_hold_the_questions_that_are_expected(shared: Path) -> None:
    expected = json.loads(
        (shared / "fixtures/expectations/counts_other_formats.json").read_text(encoding="utf-8")
    )
    cases = {name: value for name, value in expected.items() if name.startswith("olx/")}
    assert len(cases) == 18
    for name, counts in cases.items():
        found = list(checked(olx.read(Source.at(shared / "fixtures" / name))))
        wanted = Counter({TYPES.get(kind, "opaque"): n for kind, n in counts.items()})
        if name.removeprefix("olx/") in DIFFERENT:
            wanted = Counter(opaque=sum(counts.values()))
        assert not refusals(found), name
        assert Counter(one.type for one in questions(found)) == wanted, name


def test_the_course_among_the_fixtures_is_read_whole(shared: Path) -> None:
    path = shared / "fixtures/olx/LucasWolfgang__olx__course.tar.xz"
    with tarfile.open(path) as archive:
        wanted = sum("/problem/" in name and name.endswith(".xml") for name in archive.getnames())
    found = list(checked(olx.read(Source.at(path))))
    assert not refusals(found)
    assert len(questions(found)) == wanted == 19
    assert {one.type for one in questions(found)} == {"multiple_choice", "multiple_response"}
    assert all(one.key and one.category for one in questions(found))


def test_hostile_files_end_in_a_format_error_or_sound_items(shared: Path) -> None:
    folders = ("xml", "zip")
    paths = [path for name in folders for path in sorted((shared / "hostile" / name).iterdir())]
    assert len(paths) > 30
    for path in paths:
        try:
            found = list(checked(olx.read(Source.at(path))))
        except FormatError:
            continue
        assert not any(isinstance(item, MediaIn) for item in found), path.name
