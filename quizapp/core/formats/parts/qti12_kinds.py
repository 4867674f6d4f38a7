"""Which type a QTI 1.2 item is of: by its label, or by its shape where it has none."""

from quizapp.core.formats.parts.qti12_conditions import Conditions, UnsupportedError
from quizapp.core.formats.parts.qti12_item import Block, texts_of
from quizapp.core.formats.shared.xml import Element

_NO_WORKING_OUT = "It is worked out from numbers that are drawn anew each time."
_NO_UPLOAD = "It asks for a file, which cannot be handed in here."
_NO_PLACES = "It asks for a place in a picture."
_OPINION = "It asks for an opinion; there is no right answer."
_NOT_HERE = "Questions of this kind cannot be asked here"

# What the labels of Canvas, of cartridges, and of Blackboard and Respondus call each type.
KINDS = {
    "multiple_choice_question": "multiple_choice",
    "true_false_question": "true_false",
    "multiple_answers_question": "multiple_response",
    "short_answer_question": "short_answer",
    "fill_in_multiple_blanks_question": "cloze",
    "multiple_dropdowns_question": "cloze",
    "matching_question": "matching",
    "numerical_question": "numeric",
    "essay_question": "essay",
    "text_only_question": "description",
    "ordering_question": "ordering",
    "cc.multiple_choice": "multiple_choice",
    "cc.multiple_response": "multiple_response",
    "cc.true_false": "true_false",
    "cc.fib": "short_answer",
    "cc.pattern_match": "short_answer",
    "cc.essay": "essay",
    "multiple choice": "multiple_choice",
    "multiple answer": "multiple_response",
    "multiple response": "multiple_response",
    "true/false": "true_false",
    "either/or": "multiple_choice",
    "fill in the blank": "short_answer",
    "fill in the blank plus": "cloze",
    "jumbled sentence": "cloze",
    "matching": "matching",
    "numeric": "numeric",
    "ordering": "ordering",
    "essay": "essay",
    "short response": "essay",
    "short answer": "",  # typed and compared in some programs, an essay in others
}
_UNKNOWN = {
    "calculated_question": _NO_WORKING_OUT,
    "calculated": _NO_WORKING_OUT,
    "formula_question": _NO_WORKING_OUT,
    "file_upload_question": _NO_UPLOAD,
    "file upload": _NO_UPLOAD,
    "hot_spot_question": _NO_PLACES,
    "hot spot": _NO_PLACES,
    "opinion scale": _OPINION,
    "likert": _OPINION,
    "quiz bowl": f"{_NOT_HERE} (quiz bowl).",
    "categorization_question": f"{_NOT_HERE} (categorization).",
}
_TRUE_FALSE = (["true", "false"], ["false", "true"])


def kind_of(block: Block, conditions: Conditions | None) -> str:
    """Return the type of an item; UnsupportedError, in words, where it is none of ours.

    Without conditions it is told by the label alone, "" where there is none.
    """
    label = label_of(block)
    if label in _UNKNOWN:
        raise UnsupportedError(_UNKNOWN[label])
    kind = KINDS.get(label, "")
    if conditions is None:
        return kind
    if any(one.tag in ("response_xy", "response_grp") for one in block.responses):
        raise UnsupportedError(_NO_PLACES)
    if block.element.find("itemproc_extension/calculated") is not None:
        raise UnsupportedError(_NO_WORKING_OUT)
    if kind and _fits(kind, block):
        return kind
    if label and label not in KINDS:
        guessed = _guess(block, conditions)
        block.told.append(f"Its kind ({label[:60]}) is not known; it was read by its shape.")
        return guessed
    return _guess(block, conditions)


def label_of(block: Block) -> str:
    """Return the label that an item has for its type, without versions, in small letters."""
    meta = block.meta
    label = meta.get("question_type") or meta.get("cc_profile") or meta.get("bbmd_questiontype")
    label = (label or meta.get("qmd_itemtype") or "").strip().lower()
    return label.partition(".v0p")[0]


def is_canvas(block: Block) -> bool:
    """Say whether an item has Canvas's own label."""
    return "question_type" in block.meta


def _fits(kind: str, block: Block) -> bool:
    """Say whether an item has what a type needs; labels are wrong in some files."""
    lids = sum(one.tag == "response_lid" for one in block.responses)
    if kind in ("multiple_choice", "multiple_response", "true_false", "ordering"):
        return lids == 1 and len(block.responses) == 1
    if kind in ("short_answer", "numeric"):
        return len(block.responses) == 1 and not lids
    if kind == "matching":
        return lids == len(block.responses) > 0
    if kind == "description":
        return not block.responses
    return bool(block.responses) or kind == "essay"


def _guess(block: Block, conditions: Conditions) -> str:
    responses = block.responses
    if not responses:
        return "description"
    if all(one.tag == "response_lid" for one in responses):
        return _guess_choice(block)
    if len(responses) > 1:
        return "cloze"
    if _is_numeric(responses[0], conditions):
        return "numeric"
    return "short_answer" if any(rule.tests for rule in conditions.giving()) else "essay"


def _guess_choice(block: Block) -> str:
    if len(block.responses) > 1:
        return "matching" if all(_has_prompt(one) for one in block.responses) else "cloze"
    response = block.responses[0]
    cardinality = (response.get("rcardinality") or "Single").lower()
    if cardinality == "ordered":
        return "ordering"
    if cardinality == "multiple":
        return "multiple_response"
    words = [texts_of(one).lower() for one in response.iter("response_label")]
    return "true_false" if words in _TRUE_FALSE else "multiple_choice"


def _has_prompt(response: Element) -> bool:
    if any(texts_of(one) for one in response.iterfind("material")):
        return True
    flow = response.getparent()
    return flow.tag == "flow" and len(list(flow.iter("response_lid"))) == 1


def _is_numeric(response: Element, conditions: Conditions) -> bool:
    if response.tag == "response_num":
        return True
    fib = response.find(".//render_fib")
    kind = (fib.get("fibtype") or "").lower() if fib is not None else ""
    if kind in ("decimal", "integer", "scientific"):
        return any(rule.tests for rule in conditions.giving())
    return any(
        test.tag.startswith(("vargt", "varlt")) for rule in conditions.rules for test in rule.tests
    )
