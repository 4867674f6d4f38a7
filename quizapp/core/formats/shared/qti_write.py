"""A QTI package: one file per question, the media, a test of all questions, the manifest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote

from lxml import etree

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import BankFile, FormatError, Item, Loss, MediaIn, QuestionIn
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.checking import derived_name
from quizapp.core.formats.shared.left_out import LeftOut
from quizapp.core.formats.shared.qti_draft import Draft
from quizapp.core.formats.shared.qti_draft_cloze import cloze
from quizapp.core.formats.shared.qti_draft_order import matching, ordering
from quizapp.core.formats.shared.qti_draft_typed import essay, numeric, short_answer
from quizapp.core.formats.shared.qti_draft_types import (
    multiple_choice,
    multiple_response,
    true_false,
)
from quizapp.core.formats.shared.qti_elements import clean
from quizapp.core.formats.shared.qti_names import ITEM, name_of, to_version_3
from quizapp.core.formats.shared.qti_package import CATEGORY
from quizapp.core.formats.shared.qti_xhtml import MEDIA
from quizapp.core.question_types.texts import fill_ids

TEST_FILE = "test.xml"
ONE_ONLY = "A lone .xml file holds one question without media; write to a folder or a .zip."
_KIND = {"flashcard": "A flashcard", "opaque": "A question of another format"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_WRITERS: dict[str, Callable[[Draft], None]] = {
    "multiple_choice": multiple_choice,
    "multiple_response": multiple_response,
    "true_false": true_false,
    "short_answer": short_answer,
    "numeric": numeric,
    "cloze": cloze,
    "matching": matching,
    "ordering": ordering,
    "essay": essay,
    "description": Draft.stem,
}
TYPES = frozenset(_WRITERS)


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one version of QTI from another."""

    format: str
    number: str
    namespace: str
    manifest: str
    schema: tuple[str, str]
    template: str

    @property
    def is_3(self) -> bool:
        return self.number.startswith("v3")


@dataclass(slots=True)
class _Stored:
    """A question that was written."""

    path: str
    key: str
    tags: list[str]
    category: str
    media: list[str]


def write(items: Iterable[Item], filename: str, version: Version) -> Written:
    """Return the files of a package; a lone item where the file name ends in .xml."""
    package = _Package(version, filename)
    for item in items:
        package.add(item)
    return package.written(filename.lower().endswith(".xml"))


class _Package:
    def __init__(self, version: Version, filename: str) -> None:
        self._version = version
        self._title = filename.rpartition("/")[2].rpartition(".")[0] or filename
        self._files: dict[str, bytes] = {}
        self._media: dict[str, bytes] = {}
        self._stored: list[_Stored] = []
        self._keys: set[str] = set()
        self._losses: list[Loss] = []
        self._left_out = LeftOut()

    def add(self, item: Item) -> None:
        match item:
            case BankFile():
                self._title = item.title or self._title
            case MediaIn():
                self._media[item.name] = item.data
            case QuestionIn():
                self._question(item)
            case _:
                self._left_out.add(item)

    def written(self, is_lone: bool) -> Written:
        count = len(self._stored)
        losses = [*self._losses, *self._left_out.losses()]
        if is_lone:
            if count != 1 or self._media:
                raise FormatError(ONE_ONLY)
            return Written({SINGLE: self._files[self._stored[0].path]}, count, losses)
        files = {"imsmanifest.xml": self._manifest(), TEST_FILE: self._test()}
        media = {f"media/{name}": data for name, data in sorted(self._media.items())}
        return Written(files | self._files | media, count, losses)

    def _question(self, item: QuestionIn) -> None:
        name = item.name or item.key or derived_name(item.stem)[:80]
        place = len(self._stored) + 1
        key = self._key(item.key, place)
        if item.type == "opaque":
            found = self._own_source(item, key)
        else:
            found = self._drafted(item, key, place)
        if found is None:
            what = _KIND.get(item.type, f"A question of the type {item.type}")
            words = f"{what} cannot be written as QTI; it is left out."
            self._losses.append(Loss(item.position, name, words))
            return
        data, media, lost = found
        path = f"items/item{place:05}.xml"
        self._keys.add(key)
        self._files[path] = data
        self._stored.append(_Stored(path, key, list(item.tags), item.category or "", media))
        self._losses += [Loss(place, name, words) for words in lost]

    def _key(self, key: str | None, place: int) -> str:
        own = key or f"question-{place}"
        while own in self._keys:
            own += "-"
        return own

    def _drafted(
        self, item: QuestionIn, key: str, place: int
    ) -> tuple[bytes, list[str], list[str]] | None:
        writer = _WRITERS.get(item.type)
        if writer is None:
            return None
        body = fill_ids(item.type, item.body)
        draft = Draft(replace(item, stem=clean(item.stem)), body, self._version.is_3)
        writer(draft)
        if draft.template:
            draft.template = self._version.template.format(draft.template)
        root = draft.finished(key, item.name or derived_name(item.stem)[:80] or key)
        text = str(etree.tostring(root, encoding="unicode"))
        start = f"<{root.tag} "
        text = text.replace(start, f'{start}xmlns="{self._version.namespace}" ', 1)
        return f"{_HEAD}{text}\n".encode(), draft.media, draft.lost

    def _own_source(self, item: QuestionIn, key: str) -> tuple[bytes, list[str], list[str]] | None:
        """Return the source of an item that was kept as it came, its media where ours lie."""
        if item.body.get("raw_format") != self._version.format:
            return None
        try:
            root = xml.parse(str(item.body.get("raw", "")).encode("utf-8", "replace"))
        except FormatError:
            return None
        if name_of(root) != ITEM:
            return None
        root.set("identifier", clean(key))
        media: list[str] = []
        for one in root.iter():
            for attribute in ("src", "data"):
                name = (one.get(attribute) or "").rpartition("/")[2]
                if name in self._media:
                    one.set(attribute, MEDIA + quote(name))
                    media.append(name)
        text = str(etree.tostring(root, encoding="unicode"))
        return f"{_HEAD}{text}\n".encode(), list(dict.fromkeys(media)), []

    def _manifest(self) -> bytes:
        version = self._version
        schema, number = version.schema
        lines = [
            f'<manifest xmlns="{version.manifest}" xmlns:imsmd="http://ltsc.ieee.org/xsd/LOM" '
            'identifier="MANIFEST">',
            f"<metadata><schema>{schema}</schema><schemaversion>{number}</schemaversion>"
            f"<imsmd:lom><imsmd:general><imsmd:title>{_string(self._title)}</imsmd:title>"
            "</imsmd:general></imsmd:lom></metadata>",
            "<organizations/>",
            "<resources>",
            f'<resource identifier="TEST" type="imsqti_test_xml{version.number}" '
            f'href="{TEST_FILE}"><file href="{TEST_FILE}"/>',
            *(
                f'<dependency identifierref="ITEM{place:05}"/>'
                for place in range(1, len(self._stored) + 1)
            ),
            "</resource>",
            *(self._resource(place, one) for place, one in enumerate(self._stored, 1)),
            "</resources>",
            "</manifest>",
        ]
        return (_HEAD + "\n".join(lines) + "\n").encode()

    def _resource(self, place: int, one: _Stored) -> str:
        files = [one.path, *(f"media/{quote(name)}" for name in one.media if name in self._media)]
        listed = "".join(f'<file href="{escape(path)}"/>' for path in files)
        return (
            f'<resource identifier="ITEM{place:05}" '
            f'type="imsqti_item_xml{self._version.number}" href="{one.path}">'
            f"{_metadata(one)}{listed}</resource>"
        )

    def _test(self) -> bytes:
        root = etree.Element("assessmentTest", identifier="TEST", title=clean(self._title))
        part = etree.SubElement(root, "testPart", identifier="PART")
        part.set("navigationMode", "nonlinear")
        part.set("submissionMode", "individual")
        section = etree.SubElement(part, "assessmentSection", identifier="SECTION")
        section.set("title", clean(self._title))
        section.set("visible", "true")
        for place, one in enumerate(self._stored, 1):
            etree.SubElement(
                section, "assessmentItemRef", identifier=f"ITEM{place:05}", href=one.path
            )
        if self._version.is_3:
            to_version_3(root)
        text = str(etree.tostring(root, encoding="unicode", pretty_print=True))
        start = f"<{root.tag} "
        return (
            _HEAD + text.replace(start, f'{start}xmlns="{self._version.namespace}" ', 1)
        ).encode()


def _string(text: str) -> str:
    return f"<imsmd:string>{escape(clean(text))}</imsmd:string>"


def _metadata(one: _Stored) -> str:
    """Return tags and category in the words of LOM."""
    tags = "".join(f"<imsmd:keyword>{_string(tag)}</imsmd:keyword>" for tag in sorted(one.tags))
    general = f"<imsmd:general>{tags}</imsmd:general>" if tags else ""
    place = ""
    if one.category:
        taxon = f"<imsmd:taxon><imsmd:entry>{_string(one.category)}</imsmd:entry></imsmd:taxon>"
        source = f"<imsmd:source>{_string(CATEGORY)}</imsmd:source>"
        path = f"<imsmd:taxonPath>{source}{taxon}</imsmd:taxonPath>"
        place = f"<imsmd:classification>{path}</imsmd:classification>"
    whole = f"<imsmd:lom>{general}{place}</imsmd:lom>" if general or place else ""
    return f"<metadata>{whole}</metadata>" if whole else ""
