"""What the tests of both QTI versions share: small items, and what real files declare."""

import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import Item, QuestionIn, Refused
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from quizapp.core.formats.shared.zips import zipped

HEAD = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" title="A title"'
MATCH = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"
MAP = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"
Fact = dict[str, Any]
Case = tuple[str, str | None, Fact]

CHOICES = {"simplechoice", "hottext", "inlinechoice", "simpleassociablechoice", "gaptext"}
UNKNOWN = {
    "hotspotInteraction",
    "selectPointInteraction",
    "graphicOrderInteraction",
    "graphicAssociateInteraction",
    "graphicGapMatchInteraction",
    "positionObjectInteraction",
    "sliderInteraction",
    "drawingInteraction",
    "uploadInteraction",
    "mediaInteraction",
    "endAttemptInteraction",
}
ALONE = {
    "orderInteraction": {"ordering"},
    "matchInteraction": {"matching"},
    "associateInteraction": {"matching"},
    "gapMatchInteraction": {"cloze"},
    "inlineChoiceInteraction": {"cloze"},
    "textEntryInteraction": {"cloze", "short_answer"},
    "hottextInteraction": {"cloze"},
    "extendedTextInteraction": {"essay"},
}


def item(body: str, *responses: str, rules: str = "", after: str = "", head: str = HEAD) -> str:
    """Return an item of version 2 with this body; `rules` is a template or the rules themselves."""
    if rules.startswith("http"):
        rules = f'<responseProcessing template="{rules}"/>'
    elif rules:
        rules = f"<responseProcessing>{rules}</responseProcessing>"
    return (
        f"<assessmentItem {head}>{''.join(responses)}"
        f"<itemBody>{body}</itemBody>{rules}{after}</assessmentItem>"
    )


def response(
    *correct: str,
    name: str = "RESPONSE",
    cardinality: str = "single",
    type: str = "identifier",
    **mapping: str,
) -> str:
    """Return a declaration; `mapping` is key and value, and the attributes of the mapping."""
    bounds = ("defaultValue", "lowerBound", "upperBound")
    names = "".join(f' {key}="{mapping.pop(key)}"' for key in bounds if key in mapping)
    entries = "".join(
        f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in mapping.items()
    )
    values = "".join(f"<value>{one}</value>" for one in correct)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{type}">'
        + (f"<correctResponse>{values}</correctResponse>" if correct else "")
        + (f"<mapping{names}>{entries}</mapping>" if entries else "")
        + "</responseDeclaration>"
    )


def choice(*labels: str, most: str = "1", attributes: str = "") -> str:
    """Return a choiceInteraction with choices A, B ... of these texts."""
    listed = "".join(
        f'<simpleChoice identifier="{chr(65 + place)}">{label}</simpleChoice>'
        for place, label in enumerate(labels)
    )
    return (
        f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="{most}" {attributes}>'
        f"<prompt>Which?</prompt>{listed}</choiceInteraction>"
    )


def modal(name: str, text: str, shown: str = "show") -> str:
    return (
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="{shown}">'
        f"{text}</modalFeedback>"
    )


def setting(name: str) -> str:
    return (
        '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">'
        f"{name}</baseValue></setOutcomeValue>"
    )


RIGHT = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
BY_RESULT = (
    f"<responseCondition><responseIf>{RIGHT}{setting('yes')}</responseIf>"
    f"<responseElse>{setting('no')}</responseElse></responseCondition>{setting('ever')}"
)


def entry(name: str = "RESPONSE") -> str:
    return f'<textEntryInteraction responseIdentifier="{name}"/>'


def packed(**files: str | bytes) -> bytes:
    """Return a zip; `__` in a name is a slash, `_xml` its ending."""
    names = {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in files.items()}
    raw = {name: data.encode() if isinstance(data, str) else data for name, data in names.items()}
    return zipped(raw)


def manifest(*resources: str) -> str:
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">'
        f"<resources>{''.join(resources)}</resources></manifest>"
    )


def resource(href: str, inside: str = "", type: str = "imsqti_item_xmlv2p1") -> str:
    return f'<resource identifier="R-{href}" type="{type}" href="{href}">{inside}</resource>'


def declared(shared: Path, folder: str) -> Iterator[Case]:
    """Yield (file, member, fact) of each item in the expectations for a folder."""
    path = shared / "fixtures/expectations/qti_facts.json"
    for file, found in json.loads(path.read_text(encoding="utf-8"))["files"].items():
        if not file.startswith(f"{folder}/"):
            continue
        members = found if isinstance(found, dict) else {None: found}
        for member, facts in members.items():
            for fact in facts:
                if "interactions" in fact:
                    yield file, member, fact


@lru_cache(maxsize=4)
def read_file(format: str, path: Path) -> list[Item]:
    """Return what a file becomes."""
    return list(checked(FORMATS[format].read(Source.at(path))))


def question_of(plugin: Format, shared: Path, case: Case) -> QuestionIn | None:
    """Return the question that an item of a file became."""
    file, member, _ = case
    path = shared / "fixtures" / file
    if path.parent.name == "pkg22":
        path, member = path.parent, path.name
    found = [one for one in read_file(plugin.NAME, path) if isinstance(one, QuestionIn)]
    return next((one for one in found if one.path == member), None)


def choices(shared: Path, case: Case) -> dict[str, str]:
    """Return the words of each choice of an item by its identifier, in the order of the file."""
    file, member, _ = case
    path = shared / "fixtures" / file
    if member is None:
        data = path.read_bytes()
    else:
        with zipfile.ZipFile(path) as archive:
            data = archive.read(member)
    root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf"))
    found = {}
    for one in root.iter("*"):
        name = etree.QName(one).localname.removeprefix("qti-").replace("-", "").lower()
        identifier = one.get("identifier")
        if name in CHOICES and identifier:
            found[identifier] = _words("".join(map(str, one.itertext())))
    return found


def _words(text: str) -> str:
    return re.sub(r"\W+", "", text)


def difference(plugin: Format, shared: Path, case: Case) -> str:
    """Return in what an item differs from what it declares, "" in nothing."""
    fact = case[2]
    question = question_of(plugin, shared, case)
    if question is None:
        return "it is not there"
    if question.name != " ".join(fact["title"].split()):
        return f"name {question.name!r}"
    if not (question.key or "").startswith(fact["id"]):
        return f"key {question.key!r}"
    if question.type not in _types(fact):
        return f"type {question.type}"
    return "" if question.type == "opaque" else _key_difference(shared, case, question)


def _types(fact: Fact) -> set[str]:
    interactions = fact["interactions"]
    kinds = [one["kind"] for one in interactions]
    if fact.get("adaptive") or fact.get("templated") or UNKNOWN & set(kinds):
        return {"opaque"}
    if not kinds:
        return {"description"}
    if len(kinds) > 1:
        return {"cloze"}
    response = fact["responses"].get(interactions[0]["response"], {})
    if kinds[0] in ALONE:
        return ALONE[kinds[0]]
    if not response.get("correct") and not response.get("mapping") and fact.get("rp") == "custom":
        return {"opaque"}
    if response.get("cardinality") == "single" or interactions[0].get("maxChoices") == "1":
        return {"multiple_choice", "true_false"}
    return {"multiple_response"}


def _key_difference(shared: Path, case: Case, question: QuestionIn) -> str:
    fact, body = case[2], question.body
    declared_one: Fact = next(iter(fact["responses"].values()), {})
    correct = declared_one.get("correct", [])
    if question.type in ("multiple_choice", "multiple_response"):
        return _options_difference(shared, case, question, declared_one)
    if question.type == "true_false":
        answer = {"true": True, "t": True, "false": False, "f": False}[correct[0].lower()]
        return "" if body["answer"] is answer else "another answer"
    if question.type == "ordering":
        wanted = [choices(shared, case)[one] for one in correct]
        return "" if [_words(one["text"]) for one in body["items"]] == wanted else "another order"
    if question.type == "matching":
        return _pairs_difference(shared, case, question, correct)
    if question.type == "cloze":
        return _gaps_difference(shared, case, question)
    return ""


def _pairs_difference(shared: Path, case: Case, question: QuestionIn, correct: list[str]) -> str:
    words, body = choices(shared, case), question.body
    rights = {one["id"]: one["text"] for one in body["rights"]}
    pairs = {
        frozenset((_words(left["text"]), _words(rights[left["right"]]))) for left in body["lefts"]
    }
    wanted = {frozenset(words[name] for name in pair.split()) for pair in correct}
    return "" if pairs == wanted and len(body["lefts"]) == len(correct) else f"pairs {pairs}"


def _options_difference(shared: Path, case: Case, question: QuestionIn, response: Fact) -> str:
    names = list(choices(shared, case))
    options = question.body["options"]
    if len(names) != len(options):
        return "not all options"
    given = {
        name: Decimal(one.get("fraction", "0")) for name, one in zip(names, options, strict=True)
    }
    right = {name for name, share in given.items() if share > 0}
    if right != set(response.get("correct", [])):
        return f"right {sorted(right)}"
    mapping = response.get("mapping")
    if mapping is None or case[2].get("rp") == "match_correct":
        return ""
    worth = {key: Decimal(value) for key, value, _ in mapping["entries"] if key in names}
    several = question.type == "multiple_response"
    parts = [one for one in worth.values() if one > 0]
    whole = sum(parts) if several else max(parts)
    wrong = {
        name
        for name, value in worth.items()
        if abs(given[name] - max(Decimal(-1), value / whole)) > Decimal("0.0000001")
    }
    return f"fractions of {sorted(wrong)}" if wrong else ""


def _gaps_difference(shared: Path, case: Case, question: QuestionIn) -> str:
    fact = case[2]
    gaps = question.body["gaps"]
    wanted = sum(max(1, one["gaps"]) for one in fact["interactions"])
    if len(gaps) != wanted:
        return f"{len(gaps)} gaps"
    if _right_words(question) != sorted(_wanted_words(shared, case)):
        return f"words {_right_words(question)}"
    typed = [gap for gap in gaps.values() if gap["kind"] == "typed"]
    names = [
        one["response"] for one in fact["interactions"] if one["kind"] == "textEntryInteraction"
    ]
    for gap, name in zip(typed, names, strict=True):
        response = fact["responses"][name]
        texts = {answer["text"] for answer in gap["answers"]}
        if not set(response.get("correct", [])) <= texts:
            return f"answers {sorted(texts)}"
        entries = response.get("mapping", {}).get("entries", [])
        best = max((Decimal(value) for _, value, _ in entries), default=Decimal(1))
        fractions = {one["text"]: Decimal(one.get("fraction", "1")) for one in gap["answers"]}
        if any(fractions.get(key) != Decimal(value) / best for key, value, _ in entries):
            return f"fractions {fractions}"
    return ""


def _right_words(question: QuestionIn) -> list[str]:
    """Return what is to be chosen in the gaps."""
    pool = {one["id"]: one["text"] for one in question.body.get("words", [])}
    found = []
    for gap in question.body["gaps"].values():
        if gap["kind"] == "word":
            found.append(_words(pool[gap["word"]]))
        found += [_words(one["text"]) for one in gap.get("options", []) if "fraction" in one]
    return sorted(found)


def _wanted_words(shared: Path, case: Case) -> list[str]:
    words, fact = choices(shared, case), case[2]
    listed = [
        value
        for one in fact["interactions"]
        if one["kind"] != "textEntryInteraction"
        for value in fact["responses"][one["response"]].get("correct", [])
    ]
    return [words[next(name for name in value.split() if name in words)] for value in listed]


def counted(shared: Path, folder: str) -> dict[str, int]:
    """Return how many items each file of a folder has, by the expectations."""
    path = shared / "fixtures/expectations/counts_other_formats.json"
    found = {}
    for file, counts in json.loads(path.read_text(encoding="utf-8")).items():
        if file.startswith(f"{folder}/") and counts and "zip" not in counts:
            items = [n for kind, n in counts.items() if not kind.startswith("<")]
            found[file.removeprefix(f"{folder}/")] = sum(items)
    return found


def read_count(plugin: Format, path: Path) -> tuple[int, int]:
    """Return how many questions of a file are read, and how many are refused."""
    items = read_file(plugin.NAME, path)
    read = sum(isinstance(one, QuestionIn) for one in items)
    return read, sum(isinstance(one, Refused) for one in items)
