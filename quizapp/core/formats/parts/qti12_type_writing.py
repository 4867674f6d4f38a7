"""Each question type as a QTI 1.2 item."""

from collections.abc import Callable
from decimal import Decimal

from quizapp.core.formats.parts.qti12_gap_writing import cloze
from quizapp.core.formats.parts.qti12_item_writing import (
    RESPONSE,
    SHARES,
    Writing,
    condition,
    equal,
    quoted,
    typed_texts,
)
from quizapp.core.formats.parts.qti12_numbers import bounds_xml
from quizapp.core.formats.shared.shares import to_percent


def _choice(item: Writing, cardinality: str) -> str:
    options = item.body["options"]
    item.meta["original_answer_ids"] = ",".join(one["id"] for one in options)
    for one in options:
        item.show(f"{one['id']}_fb", one.get("feedback"), equal(RESPONSE, [one["id"]]))
    labels = item.labels(options, item.body.get("shuffle"))
    return (
        f'{item.stem()}<response_lid ident="{RESPONSE}" rcardinality="{cardinality}">\n'
        f"{labels}</response_lid>\n"
    )


def _multiple_choice(item: Writing) -> str:
    item.meta["question_type"] = "multiple_choice_question"
    presentation = _choice(item, "Single")
    scored = [(one, to_percent(one.get("fraction") or "0")) for one in item.body["options"]]
    scored = sorted(scored, key=lambda pair: pair[1] != "100")
    for one, points in scored:
        if points != "0":
            item.conditions.append(condition(equal(RESPONSE, [one["id"]]), points, goes_on="No"))
    if any(points not in ("0", "100") for _, points in scored):
        item.only_here.append(SHARES)
    return presentation


def _multiple_response(item: Writing) -> str:
    item.meta["question_type"] = "multiple_answers_question"
    presentation = _choice(item, "Multiple")
    scored = {one["id"]: to_percent(one.get("fraction") or "0") for one in item.body["options"]}
    scoring = item.body.get("scoring") or "right_minus_wrong"
    if scoring == "all_or_nothing":
        item.meta["scoring_algorithm"] = "AllOrNothing"
    if set(scored.values()) <= {"0", "100"}:
        when = "".join(
            equal(RESPONSE, [ident])
            if points == "100"
            else f"<not>{equal(RESPONSE, [ident])}</not>"
            for ident, points in scored.items()
        )
        item.conditions.append(condition(f"<and>{when}</and>", "100", goes_on="No"))
        if scoring == "sum_floor0":
            item.keep({"scoring": scoring}, item.settings, "scoring")
        return presentation
    for ident, points in scored.items():
        item.conditions.append(condition(equal(RESPONSE, [ident]), points, "Add"))
    item.settings["scoring"] = scoring
    item.only_here.append(SHARES)
    return presentation


def _true_false(item: Writing) -> str:
    item.meta["question_type"] = "true_false_question"
    for word in ("true", "false"):
        item.show(f"{word}_fb", item.body.get(f"feedback_{word}"), equal(RESPONSE, [word]))
    right = "true" if item.body.get("answer") is True else "false"
    item.conditions.append(condition(equal(RESPONSE, [right]), "100", goes_on="No"))
    labels = item.labels([{"id": "true", "text": "True"}, {"id": "false", "text": "False"}])
    return (
        f'{item.stem()}<response_lid ident="{RESPONSE}" rcardinality="Single">\n'
        f"{labels}</response_lid>\n"
    )


def _fib(item: Writing, kind: str = "", attributes: str = "") -> str:
    return (
        f'{item.stem()}<response_str ident="{RESPONSE}" rcardinality="Single"{attributes}>\n'
        f'<render_fib{kind}><response_label ident="answer1" rshuffle="No"/></render_fib>\n'
        "</response_str>\n"
    )


def _short_answer(item: Writing) -> str:
    item.meta["question_type"] = "short_answer_question"
    answers = list(item.body["answers"])
    last = answers[-1] if answers else {}
    if (
        last.get("text") == "*"
        and to_percent(last.get("fraction", "1")) == "0"
        and len(answers) > 1
    ):
        item.wrong(last.get("feedback"))
        answers.pop()
    texts = typed_texts(item, {"answers": answers}, item.settings)
    item.keep(item.body, item.settings, "diacritics", "typos", "fillers")
    case = item.body.get("case") is True
    groups: list[tuple[str, list[str]]] = []
    for one, text in zip(answers, texts, strict=True):
        item.show(f"{one['id']}_fb", one.get("feedback"), equal(RESPONSE, [text], case))
        points = to_percent(one.get("fraction", "1"))
        if groups and groups[-1][0] == points == "100":
            groups[-1][1].append(text)
        else:
            groups.append((points, [text]))
    for points, group in groups:
        item.conditions.append(condition(equal(RESPONSE, group, case), points, goes_on="No"))
    if any(points != "100" for points, _ in groups):
        item.only_here.append(SHARES)
    return _fib(item)


def _numeric(item: Writing) -> str:
    item.meta["question_type"] = "numerical_question"
    for one in item.body["answers"]:
        shows = [f"{one['id']}_fb"] if one.get("feedback") else []
        if shows:
            item.add_feedback(shows[0], one["feedback"])
        points = to_percent(one.get("fraction", "1"))
        if points != "100":
            item.only_here.append(SHARES)
        when = bounds_xml(one, RESPONSE)
        item.conditions.append(condition(when, points, shows=shows, goes_on="No"))
    item.keep(item.body, item.settings, "unit_required")
    if units := item.body.get("units"):
        item.settings["units"] = [
            {name: str(unit[name]) for name in ("unit", "factor") if name in unit} for unit in units
        ]
        item.only_here.append("units")
    return _fib(item, ' fibtype="Decimal"')


def _essay(item: Writing) -> str:
    item.meta["question_type"] = "essay_question"
    body = item.body
    if body.get("rubric"):
        item.meta["grading_notes"] = item.html(body["rubric"])
    if body.get("sample"):
        material = item.html_material(item.html(body["sample"]))
        item.feedback["solution"] = (
            f'<itemfeedback ident="solution"><solution><solutionmaterial>{material}'
            "</solutionmaterial></solution></itemfeedback>\n"
        )
    limits = [("word_limit_min", "min_words"), ("word_limit_max", "max_words")]
    attributes = "".join(
        f' {name}="{quoted(str(body[own]))}"' for name, own in limits if body.get(own)
    )
    if attributes:
        attributes += ' word_limit_enabled="Yes"'
    item.conditions.append(condition("<other/>", goes_on="No"))
    return _fib(item, attributes=attributes)


def _description(item: Writing) -> str:
    item.meta["question_type"] = "text_only_question"
    return item.stem()


def _matching(item: Writing) -> str:
    item.meta["question_type"] = "matching_question"
    lefts, rights = item.body["lefts"], item.body["rights"]
    item.keep(item.body, item.settings, "shuffle")
    if item.body.get("scoring") == "all_or_nothing":
        item.keep(item.body, item.settings, "scoring")
    labels = item.labels(rights)
    points = format(Decimal(100) / max(1, len(lefts)), ".2f")
    parts = [item.stem()]
    for one in lefts:
        response = f"response_{one['id']}"
        parts.append(
            f'<response_lid ident="{quoted(response)}">\n{item.material(str(one["text"]))}'
            f"{labels}</response_lid>\n"
        )
        test = equal(response, [str(one["right"])])
        item.conditions.append(condition(test, points, "Add"))
        if one.get("feedback"):
            item.add_feedback(f"{one['id']}_fb", one["feedback"])
            shows = [f"{one['id']}_fb"]
            item.conditions.append(condition(f"<not>{test}</not>", shows=shows))
    return "".join(parts)


def _ordering(item: Writing) -> str:
    item.meta["question_type"] = "ordering_question"
    entries = item.body["items"]
    if item.body.get("scoring") not in (None, "adjacent_order"):
        item.keep(item.body, item.settings, "scoring")
    order = [one["id"] for one in entries]
    item.conditions.append(condition(equal(RESPONSE, order), "100", goes_on="No"))
    item.wrong(item.body.get("feedback_wrong"))
    labels = "".join(
        f'<response_label ident="{quoted(one["id"])}">{item.material(str(one["text"]))}'
        "</response_label>\n"
        for one in entries
    )
    return (
        f'{item.stem()}<response_lid ident="{RESPONSE}" rcardinality="Ordered">\n'
        f'<render_extension><ims_render_object shuffle="Yes" orientation="Column"><flow_label>\n'
        f"{labels}</flow_label></ims_render_object></render_extension>\n</response_lid>\n"
    )


WRITERS: dict[str, Callable[[Writing], str]] = {
    "multiple_choice": _multiple_choice,
    "multiple_response": _multiple_response,
    "true_false": _true_false,
    "short_answer": _short_answer,
    "numeric": _numeric,
    "essay": _essay,
    "description": _description,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": cloze,
}
