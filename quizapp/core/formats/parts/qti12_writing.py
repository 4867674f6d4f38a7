"""QTI 1.2 written as a package that Canvas takes: manifest, questions, quiz settings, media."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import quote

from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    FormatError,
    Item,
    Loss,
    MediaIn,
    QuestionIn,
    QuizIn,
)
from quizapp.core.formats.parts.qti12_item_writing import Writing, quoted
from quizapp.core.formats.parts.qti12_type_writing import WRITERS
from quizapp.core.formats.shared import xml
from quizapp.core.formats.shared.checking import shown_name
from quizapp.core.formats.shared.left_out import LeftOut

NAME = "qti12"
TYPES = frozenset(WRITERS)
NO_PLACE = "{} are left out: QTI 1.2 has no place for them."
ONLY_HERE = "These settings are in the file, but other programs than this one pass over them: {}."
_QTI = (
    'xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/ims_qtiasiv1p2 '
    'http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd"'
)
_MANIFEST = (
    'xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1" '
    'xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_v1p2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1 '
    "http://www.imsglobal.org/xsd/imscp_v1p1.xsd "
    "http://www.imsglobal.org/xsd/imsmd_v1p2 "
    'http://www.imsglobal.org/xsd/imsmd_v1p2p2.xsd"'
)
_CANVAS = (
    'xmlns="http://canvas.instructure.com/xsd/cccv1p0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://canvas.instructure.com/xsd/cccv1p0 '
    'https://canvas.instructure.com/xsd/cccv1p0.xsd"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TYPES_IN_WORDS = {"flashcard": "Flashcards", "opaque": "Questions kept from another format"}


def write(items: Iterable[Item], filename: str) -> Written:
    """Return a package; a lone document without media where the file name ends in .xml."""
    document = _Document(filename)
    for item in items:
        document.add(item)
    return document.written()


class _Document:
    def __init__(self, filename: str) -> None:
        self._alone = filename.lower().endswith(".xml")
        self._title = PurePosixPath(filename).stem or "Questions"
        self._items: list[str] = []
        self._points = 0
        self._keys: set[str] = set()
        self._media: dict[str, bytes] = {}
        self._losses: list[Loss] = []
        self._left_out = LeftOut()
        self._only_here: dict[str, None] = {}

    def add(self, item: Item) -> None:
        match item:
            case BankFile():
                self._title = item.title or self._title
            case QuestionIn():
                self._question(item)
            case MediaIn() if not self._alone:
                self._media[item.name] = item.data
            case ArticleIn() | FactIn() | QuizIn() | MediaIn():
                self._left_out.add(item)

    def written(self) -> Written:
        losses = [*self._losses, *self._left_out.losses()]
        if self._only_here:
            losses.append(Loss(None, "", ONLY_HERE.format(", ".join(self._only_here))))
        body = "".join(self._items)
        ident = "i" + sha256(f"{self._title}\n{body}".encode()).hexdigest()[:32]
        questions = _assessment(ident, self._title, body)
        if self._alone:
            return Written({SINGLE: questions.encode()}, len(self._items), losses)
        texts = {
            "imsmanifest.xml": _manifest(ident, self._title, self._media),
            f"{ident}/{ident}.xml": questions,
            f"{ident}/assessment_meta.xml": _settings(ident, self._title, self._points),
        }
        files = {path: text.encode() for path, text in texts.items()}
        files |= {f"media/{name}": data for name, data in sorted(self._media.items())}
        return Written(files, len(self._items), losses)

    def _question(self, item: QuestionIn) -> None:
        if item.type not in WRITERS:
            self._opaque(item)
            return
        writing = Writing(item, self._ident(item))
        self._items.append(writing.xml(WRITERS[item.type]))
        self._points += item.type != "description"
        self._only_here |= dict.fromkeys(writing.only_here)
        self._losses += [
            Loss(item.position, shown_name(item), words) for words in dict.fromkeys(writing.lost)
        ]

    def _opaque(self, item: QuestionIn) -> None:
        if item.type == "opaque" and item.body.get("raw_format") == NAME:
            raw = _raw_item(str(item.body.get("raw") or ""), item.key)
            if raw:
                self._keys.add(item.key or "")
                self._items.append(f"{raw}\n")
                self._points += 1
                return
        what = _TYPES_IN_WORDS.get(item.type, "Questions of this type")
        self._losses.append(Loss(item.position, shown_name(item), NO_PLACE.format(what)))

    def _ident(self, item: QuestionIn) -> str:
        """Return the identifier of a question: its key, or its place where it has none."""
        ident = item.key or f"question-{item.position}"
        while ident in self._keys:
            ident += "-"
        self._keys.add(ident)
        return ident


def _raw_item(raw: str, key: str | None) -> str:
    """Return an item as it was read; "" for what is none, such as one of a Blackboard pool."""
    try:
        element = xml.parse(raw.encode("utf-8", "replace"))
    except FormatError:
        return ""
    if xml.local(element) != "item":
        return ""
    if key:
        element.set("ident", key)
    return xml.source_of(element)


def _assessment(ident: str, title: str, body: str) -> str:
    return (
        f"{_HEAD}<questestinterop {_QTI}>\n"
        f'<assessment ident="{ident}" title="{quoted(title)}">\n'
        "<qtimetadata><qtimetadatafield><fieldlabel>cc_maxattempts</fieldlabel>"
        "<fieldentry>1</fieldentry></qtimetadatafield></qtimetadata>\n"
        f'<section ident="root_section">\n{body}</section>\n</assessment>\n</questestinterop>\n'
    )


def _settings(ident: str, title: str, points: int) -> str:
    words = quoted(title)
    return (
        f'{_HEAD}<quiz identifier="{ident}" {_CANVAS}>\n'
        f"<title>{words}</title>\n<description></description>\n"
        "<shuffle_answers>true</shuffle_answers>\n<scoring_policy>keep_highest</scoring_policy>\n"
        f"<quiz_type>assignment</quiz_type>\n<points_possible>{points}.0</points_possible>\n"
        "<show_correct_answers>true</show_correct_answers>\n"
        "<allowed_attempts>1</allowed_attempts>\n"
        f'<assignment identifier="{ident}_assignment">\n<title>{words}</title>\n'
        f"<quiz_identifierref>{ident}</quiz_identifierref>\n"
        f"<points_possible>{points}.0</points_possible>\n<grading_type>points</grading_type>\n"
        "<submission_types>online_quiz</submission_types>\n</assignment>\n</quiz>\n"
    )


def _manifest(ident: str, title: str, media: Mapping[str, bytes]) -> str:
    resources = [
        f'<resource identifier="{ident}" type="imsqti_xmlv1p2">\n'
        f'<file href="{ident}/{ident}.xml"/>\n'
        f'<dependency identifierref="{ident}_meta"/>\n</resource>\n'
        f'<resource identifier="{ident}_meta" '
        'type="associatedcontent/imscc_xmlv1p1/learning-application-resource" '
        f'href="{ident}/assessment_meta.xml">\n'
        f'<file href="{ident}/assessment_meta.xml"/>\n</resource>\n'
    ]
    for number, name in enumerate(sorted(media), 1):
        path = quoted(f"media/{quote(name)}")
        resources.append(
            f'<resource identifier="{ident}_media_{number}" type="webcontent" href="{path}">\n'
            f'<file href="{path}"/>\n</resource>\n'
        )
    return (
        f'{_HEAD}<manifest identifier="{ident}_manifest" {_MANIFEST}>\n'
        "<metadata>\n<schema>IMS Content</schema>\n<schemaversion>1.1.3</schemaversion>\n"
        f"<imsmd:lom><imsmd:general><imsmd:title><imsmd:string>{quoted(title)}</imsmd:string>"
        "</imsmd:title></imsmd:general></imsmd:lom>\n</metadata>\n<organizations/>\n"
        f"<resources>\n{''.join(resources)}</resources>\n</manifest>\n"
    )
