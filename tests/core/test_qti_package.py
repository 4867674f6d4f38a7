import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.formats import qti2
from quizapp.core.formats.model import (
    BankFile,
    FormatError,
    MediaIn,
    Refused,
)
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from tests.core.format_ground import (
    questions,
    read,
    refusals,
    warnings,
)
from tests.core.qti_ground import (
    BY_RESULT,
    MAP,
    MATCH,
    choice,
    item,
    manifest,
    packed,
    read_count,
    resource,
    response,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16
UNREADABLE = {"oat-sa__wrong__InvalidArchive.zip": "It is no zip file."}


def test_media_are_found_from_the_item_s_own_folder() -> None:
    body = (
        '<p><img src="../img/a%20b.png" alt="A sign"/></p>'
        '<p><object type="audio/mpeg" data="a.mp3">A song</object></p>'
        '<p><img src="http://x.example/c.png" alt="far"/></p><p><img src="none.png" alt="no"/></p>'
    )
    files = {"img/a b.png": PNG, "items/a.mp3": b"ID3", "a b.png": PNG + b"other"}
    data = packed(
        items__a_xml=item(body), imsmanifest_xml=manifest(resource("items/a.xml")), **files
    )
    items = read(qti2, data, "p.zip")
    assert {one.name: one.data for one in items if isinstance(one, MediaIn)} == {
        "a b.png": PNG,
        "a.mp3": b"ID3",
    }
    question = questions(items)[0]
    assert question.stem.startswith("![A sign](media/a%20b.png)\n\n![A song](media/a.mp3)\n\nfar")
    assert question.raw is not None


def test_a_shared_text_stands_before_its_questions() -> None:
    ref = '<assessmentStimulusRef identifier="s" href="s.xml"/><itemBody>'
    text = "<assessmentStimulus><stimulusBody><p>Once.</p></stimulusBody></assessmentStimulus>"
    source = item(choice("x", "y"), response("A"), rules=MATCH).replace("<itemBody>", ref)
    data = packed(a_xml=source, s_xml=text, imsmanifest_xml=manifest(resource("a.xml")))
    assert questions(read(qti2, data, "p.zip"))[0].stem == "Once.\n\nWhich?"
    assert any("s.xml" in words for words in warnings(read(qti2, source, "a.xml")))


def named(name: str, body: str = "<p>Text.</p>") -> str:
    return item(body).replace('"i1"', f'"{name}"')


def test_a_package_may_lie_in_a_folder_and_hold_what_no_manifest_lists() -> None:
    data = packed(
        top__in__imsmanifest_xml=manifest(resource("a.xml")),
        top__in__a_xml=named("a"),
        top__other__b_xml=named("b"),
        top__meta_xml="<metadata/>",
    )
    items = read(qti2, data, "p.zip")
    assert [one.key for one in questions(items)] == ["a", "b"]
    assert any("does not list it" in words for words in warnings(items))


def test_a_wrong_address_refuses_that_item_alone() -> None:
    data = packed(
        imsmanifest_xml=manifest(
            resource("no/x.xml"), resource("old/a.xml"), resource("b\\c%20d.xml")
        ),
        new__a_xml=named("a"),
        **{"b/c d.xml": named("b")},
    )
    items = read(qti2, data, "p.zip")
    assert refusals(items) == ["no/x.xml is not in what was brought."]
    assert [one.key for one in questions(items)] == ["a", "b"]
    assert any("elsewhere" in words for words in warnings(items))


def test_without_a_manifest_what_is_there_is_read() -> None:
    items = read(qti2, packed(a_xml=named("a")), "p.zip")
    assert len(questions(items)) == 1
    assert any("no imsmanifest.xml" in words for words in warnings(items))
    broken = read(qti2, packed(imsmanifest_xml="<manifest>", a_xml=named("a")), "p.zip")
    assert len(questions(broken)) == 1


def test_a_broken_item_is_refused_with_its_line_and_the_others_are_read() -> None:
    data = packed(
        imsmanifest_xml=manifest(resource("a.xml"), resource("b.xml")),
        a_xml="<assessmentItem>\n<p></assessmentItem>",
        b_xml=named("b"),
    )
    items = list(qti2.read(Source.of("p.zip", data)))
    refused = [one for one in items if isinstance(one, Refused)]
    assert [(one.question, one.line, one.path) for one in refused] == [(1, 2, "a.xml")]
    assert [one.position for one in questions(items)] == [2]


def test_the_test_gives_order_and_title() -> None:
    refs = "".join(
        f'<assessmentItemRef identifier="{n}" href="../{n}.xml"/>' for n in ("b", "a", "gone")
    )
    head = '<assessmentTest identifier="t" title="My quiz">'
    test = f"{head}<testPart>{refs}</testPart></assessmentTest>"
    data = packed(
        imsmanifest_xml=manifest(
            resource("t/t.xml", type="imsqti_test_xmlv2p1"), resource("a.xml"), resource("b.xml")
        ),
        t__t_xml=test,
        a_xml=named("a"),
        b_xml=named("b"),
    )
    items = read(qti2, data, "p.zip")
    assert items[0] == BankFile("My quiz")
    assert [one.key for one in questions(items)] == ["b", "a"]
    assert refusals(items) == ["../gone.xml is not in what was brought."]
    assert refusals(read(qti2, test, "t.xml")) == [
        f"../{n}.xml is not in what was brought." for n in ("b", "a", "gone")
    ]


def test_a_repeated_identifier_gets_a_key_of_its_own() -> None:
    data = packed(imsmanifest_xml=manifest(), a_xml=named("same"), b_xml=named("same"))
    items = read(qti2, data, "p.zip")
    assert [one.key for one in questions(items)] == ["same", "same@b.xml"]
    assert refusals(items) == []


def test_keywords_of_the_manifest_are_tags() -> None:
    told = (
        '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>cells'
        "</string></keyword></general></lom></metadata>"
    )
    data = packed(imsmanifest_xml=manifest(resource("a.xml", told)), a_xml=named("a"))
    assert questions(read(qti2, data, "p.zip"))[0].tags == ["cells"]


def test_what_holds_no_item_is_refused_as_a_whole() -> None:
    for source in ("<html/>", "no xml", "", packed(imsmanifest_xml=manifest())):
        with pytest.raises(FormatError):
            read(qti2, source, "a.xml")
    with pytest.raises(FormatError, match="zip"):
        read(qti2, "no zip", "a.zip")


def test_entities_of_its_own_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY e "x">]>' + item("<p>&e;</p>")
    with pytest.raises(FormatError):
        read(qti2, bomb, "a.xml")


@pytest.mark.parametrize("depth", [200, 3000])
def test_deep_nesting_ends_well(depth: int) -> None:
    for begin, end in (("<div>", "</div>"), ("<m:mrow>", "</m:mrow>")):
        inside = begin * depth + "x" + end * depth
        math = f'<m:math xmlns:m="http://www.w3.org/1998/Math/MathML">{inside}</m:math>'
        try:
            read(qti2, item(inside if begin == "<div>" else math), "a.xml")
        except FormatError:
            assert depth > 200


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_bytes_end_in_items_or_a_format_error(noise: str | bytes) -> None:
    raw = noise.encode("utf-8", "replace") if isinstance(noise, str) else noise
    with contextlib.suppress(FormatError):
        list(checked(qti2.read(Source.of("a.xml", raw))))


_PIECES = st.sampled_from(
    [
        "<p>x</p>",
        "<choiceInteraction",
        'responseIdentifier="RESPONSE">',
        "</choiceInteraction>",
        "<simpleChoice",
        'identifier="A">a</simpleChoice>',
        "<gap",
        'identifier="G"/>',
        "<gapMatchInteraction>",
        "</gapMatchInteraction>",
        "<gapText",
        'identifier="A">w</gapText>',
        "<textEntryInteraction/>",
        "<matchInteraction>",
        "</matchInteraction>",
        "<simpleMatchSet/>",
        "<orderInteraction/>",
        "<prompt/>",
        "<inlineChoiceInteraction/>",
        "<extendedTextInteraction/>",
        "<hottextInteraction/>",
        "<rubricBlock/>",
        "<associateInteraction/>",
        "<object",
        'data="x.png"/>',
        "<feedbackInline/>",
    ]
)
_DECLARED = st.sampled_from(
    [
        "",
        response("A"),
        response("A A", cardinality="multiple", type="directedPair"),
        response("1e400", type="float"),
        response("A", cardinality="multiple", A="1e300", G="-1e-300"),
        response("A", A="NaN"),
    ]
)


@settings(max_examples=150)
@given(st.lists(_PIECES, max_size=8), _DECLARED, st.sampled_from(["", MATCH, MAP, BY_RESULT]))
def test_any_mixture_of_elements_ends_in_a_question_or_a_format_error(
    pieces: list[str], told: str, rules: str
) -> None:
    try:
        items = read(qti2, item("".join(pieces), told, rules=rules), "a.xml")
    except FormatError:
        return
    assert refusals(items) == []


def test_malformed_packages_are_read_as_far_as_they_go(shared: Path) -> None:
    folder = shared / "fixtures/qti_malformed"
    found: dict[str, tuple[int, int] | None] = {}
    for path in sorted(folder.iterdir()):
        try:
            found[path.name.rpartition("__")[2]] = read_count(qti2, path)
        except FormatError:
            assert path.name in UNREADABLE
    assert found == {
        "MalformedItemXml.zip": (0, 1),
        "MissingManifest.zip": (1, 0),
        "WrongManifestFileItemHref.zip": (1, 1),
    }


def test_hostile_files_end_in_items_or_a_format_error(shared: Path) -> None:
    for folder in ("zip", "xml"):
        for path in sorted((shared / "hostile" / folder).rglob("*")):
            if path.is_file():
                with contextlib.suppress(FormatError):
                    list(checked(qti2.read(Source.at(path))))
