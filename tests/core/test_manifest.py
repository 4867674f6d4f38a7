"""Content packages: what manifests list, and which member an address stands for."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from quizapp.core.formats.model import FormatError, MediaIn
from quizapp.core.formats.shared.found_media import FoundMedia
from quizapp.core.formats.shared.manifest import Package, Resource
from quizapp.core.formats.shared.source import Source

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + b"\0\0\0\1\0\0\0\1"


def package(files: Mapping[str, bytes | str]) -> Package:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Package(Source.of("package.zip", stream.getvalue()))


def resources(manifest: str, *names: str) -> list[Resource]:
    whole = package({"imsmanifest.xml": manifest} | dict.fromkeys(names, "x"))
    return list(whole.manifest("imsmanifest.xml").resources)


def one(attributes: str, inside: str = "", *names: str, around: str = "") -> Resource:
    text = f"<manifest {around}><resources><resource {attributes}>{inside}</resource></resources>"
    return resources(f"{text}</manifest>", *names)[0]


def test_a_resource_has_its_file_first_and_its_others_after_it() -> None:
    found = one('identifier="r" type=" t " href="b.xml"', '<file href="a.png"/>', "a.png", "b.xml")
    assert (found.identifier, found.type, found.href) == ("r", "t", "b.xml")
    assert list(found.files) == ["b.xml", "a.png"]


@pytest.mark.parametrize(
    ("written", "member"),
    [
        ("items/a%20b.xml", "items/a b.xml"),
        ("items\\a b.xml", "items/a b.xml"),
        ("Items/A B.XML", "items/a b.xml"),
        ("./items/../items/a b.xml", "items/a b.xml"),
        ("/items/a b.xml", "items/a b.xml"),
        ("items/a b.xml?x=1#top", "items/a b.xml"),
        ("items/a&amp;b.xml", "items/a&b.xml"),
        ("50%25.xml", "50%.xml"),
    ],
)
def test_addresses_are_understood_however_they_are_written(written: str, member: str) -> None:
    assert one(f'href="{written}"', "", member, "other.xml").href == member


def test_a_member_with_percent_signs_in_its_name_is_found_as_it_stands() -> None:
    assert one('href="a%20b.xml"', "", "a%20b.xml", "a b.xml").href == "a%20b.xml"


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/x", "//host/x", "file:///etc/passwd", "../../etc/passwd", "none.xml"],
)
def test_what_is_not_in_the_package_is_missing(address: str) -> None:
    found = one(f'href="{address}"', f'<file href="{address}"/>', "a.xml")
    assert found.href is None
    assert (list(found.files), list(found.missing)) == ([], [address])


def test_bases_go_from_the_outside_to_the_inside() -> None:
    base = 'xml:base="{}"'.format
    found = one(f'{base("in/")} href="a.xml"', "", "out/in/a.xml", around=base("out/"))
    assert found.href == "out/in/a.xml"


def test_addresses_are_seen_from_where_the_manifest_lies() -> None:
    text = '<manifest><resources><resource href="a.xml"/></resources></manifest>'
    whole = package({"sub/imsmanifest.xml": text, "sub/a.xml": "x", "top.txt": "x"})
    assert whole.manifests() == ["sub/imsmanifest.xml"]
    assert whole.manifest("sub/imsmanifest.xml").resources[0].href == "sub/a.xml"


def test_the_manifest_nearest_to_the_top_comes_first() -> None:
    whole = package({"a/b/imsmanifest.xml": "x", "z/imsmanifest.xml": "x", "top.txt": "x"})
    assert whole.manifests() == ["z/imsmanifest.xml", "a/b/imsmanifest.xml"]


def test_the_title_is_that_of_the_metadata() -> None:
    text = """<manifest xmlns:l="urn:l"><metadata><l:lom><l:title>
        <l:string> Two  words </l:string></l:title></l:lom></metadata>
        <organizations><organization><title>No</title></organization></organizations></manifest>"""
    manifest = package({"imsmanifest.xml": text, "a": "x"}).manifest("imsmanifest.xml")
    assert manifest.title == "Two words"


def test_dependencies_and_resources_are_known_by_their_identifiers() -> None:
    text = """<manifest><resources><resource identifier="a"><dependency identifierref="b"/>
        </resource><resource identifier="b" href="b.xml"/></resources></manifest>"""
    manifest = package({"imsmanifest.xml": text, "b.xml": "x"}).manifest("imsmanifest.xml")
    known = manifest.by_id()
    assert known[known["a"].dependencies[0]].href == "b.xml"


@pytest.mark.parametrize(
    "text", ["<html/>", "<manifest>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        package({"imsmanifest.xml": text, "a": "x"}).manifest("imsmanifest.xml")


@pytest.mark.parametrize(
    ("address", "member"),
    [
        ("$IMS-CC-FILEBASE$/Uploaded Media/a.png", "web_resources/Uploaded Media/a.png"),
        (
            "%24IMS-CC-FILEBASE%24/Uploaded%20Media/a.png?canvas_=1",
            "web_resources/Uploaded Media/a.png",
        ),
        ("$IMS-CC-FILEBASE$media/b.png", "media/b.png"),
        ("images/c.png", "quiz/images/c.png"),
        ("../media/b.png", "media/b.png"),
        ("elsewhere/c.png", "quiz/images/c.png"),
        ("https://example.org/a.png", None),
        ("d.png", None),
    ],
)
def test_pictures_of_texts_are_found(address: str, member: str | None) -> None:
    names = ["web_resources/Uploaded Media/a.png", "media/b.png", "quiz/images/c.png"]
    whole = package(dict.fromkeys(names, PNG))
    assert whole.find_media(address, "quiz") == member


def test_pictures_of_one_name_in_two_folders_are_two() -> None:
    whole = package({"one/a.png": PNG, "two/a.png": PNG + b"2"})
    found = FoundMedia(whole.read_media)
    names = [whole.finder(found, folder)("a.png") for folder in ("one", "two", "one")]
    assert names == ["a.png", "a-2.png", "a.png"]
    assert [item.name for item in found.drain() if isinstance(item, MediaIn)] == names[:2]


def test_a_name_that_several_files_have_is_no_address() -> None:
    whole = package({"one/a.png": PNG, "two/a.png": PNG})
    assert whole.find_by_end("three/a.png") is None
