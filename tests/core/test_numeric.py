"""How typed numbers are read and compared."""

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.quantities import decimal_of, readings, same_to_digits
from quizapp.core.question import Question
from quizapp.core.question_types import numeric

UNHURRIED = settings(deadline=None)  # a busy machine is no failure


def question(*answers: dict[str, Any], **body: Any) -> Question:
    listed = [{"id": f"a{n}", **answer} for n, answer in enumerate(answers, 1)]
    return Question("numeric", "Stem", {"answers": listed, **body})


def right(one: Question, text: str) -> bool:
    return numeric.grade(one, {"text": text}).score == 1


def codes(one: Question) -> list[str]:
    return [problem.code for problem in numeric.problems(one)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (" +3 ", "3"),
        ("\u22123", "-3"),
        ("- 3", "-3"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("1 234.5", "1234.5"),
        ("1\u2009234,5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234", "1234"),
        ("1\u2019234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234", "1.234"),
        ("0,123", "0.123"),
        ("1e3", "1000"),
        ("1.2E-3", "0.0012"),
        ("1.2\u00d710^3", "1200"),
        ("1.2*10^3", "1200"),
        ("1,2 x 10^-3", "0.0012"),
        ("1.2\u00b710\u207b\u00b3", "0.0012"),
        ("10^3", "1000"),
        ("\u0663\u066b\u0665", "3.5"),
    ],
)
def test_a_typed_number_is_read(text: str, number: str) -> None:
    assert readings(text) == [(Decimal(number), "")]


def test_one_comma_before_three_digits_may_be_either_mark() -> None:
    assert [number for number, _ in readings("1,234")] == [Decimal("1.234"), Decimal(1234)]


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "1e99999", "1" * 5000, "12 34", "1,23,4", "1.2.3,4", "--5", "5 3", "110^2", ""],
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert readings(text) == []


@UNHURRIED
@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    readings(text)
    decimal_of(text)
    numeric.grade(question({"value": "1"}), {"text": text})


@pytest.mark.parametrize(
    "text", ["1" * 1000, "1 " * 500, "1,1" * 330, "9" * 90 + "e300", "-" * 999]
)
def test_hostile_numbers_take_no_time(text: str) -> None:
    one = question({"value": "1e300", "tolerance": "1e-300", "tolerance_type": "relative"})
    started = time.process_time()
    numeric.grade(one, {"text": text})
    assert time.process_time() - started < 1


@UNHURRIED
@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_a_number_reads_as_written_with_either_mark(number: Decimal) -> None:
    text = format(number, "f")
    assert (number, "") in readings(text)
    assert number in [value for value, _ in readings(text.replace(".", ","))]


@pytest.mark.parametrize(
    ("answer", "accepted", "refused"),
    [
        ({"value": "0.3"}, ["0.3", "0,30", ".3"], ["0.30000000000000001", "0.2999"]),
        ({"value": "5", "tolerance": "0.1"}, ["4.9", "5.1"], ["4.899", "5.1000001"]),
        (
            {"value": "-200", "tolerance": "0.05", "tolerance_type": "relative"},
            ["-190", "-210"],
            ["-189.9", "190"],
        ),
        (
            {"value": "3.14159", "tolerance": "3", "tolerance_type": "significant"},
            ["3.14", "3.1449", "3.135"],
            ["3.15", "3.1", "3.145"],
        ),
        ({"min": "2", "max": "3"}, ["2", "2.5", "3"], ["1.99", "3.01"]),
        ({"min": "2"}, ["2", "1e9"], ["1.9"]),
        ({"value": 1234}, ["1234", "1,234", "1 234", "1.234e3"], ["1.234"]),
        ({"value": 1.5}, ["1.5"], ["1.5 %%", "1.5 m"]),
        ({"value": "45"}, ["45", "45 %"], ["45 m"]),
    ],
)
def test_near_enough_is_decided_exactly(
    answer: dict[str, Any], accepted: list[str], refused: list[str]
) -> None:
    one = question(answer)
    assert [text for text in accepted if not right(one, text)] == []
    assert [text for text in refused if right(one, text)] == []


def test_significant_digits_are_rounded_half_up() -> None:
    assert same_to_digits(Decimal("0.0012345"), Decimal("0.001235"), 4)
    assert not same_to_digits(Decimal("9.99"), Decimal("10.0"), 3)
    assert same_to_digits(Decimal("9.996"), Decimal("10"), 3)
    assert same_to_digits(Decimal(0), Decimal("0.00"), 2)


UNITS = [{"unit": "m", "factor": "1"}, {"unit": "cm", "factor": "100"}, {"unit": "%", "factor": 7}]


def test_a_unit_scales_the_number_and_may_be_left_out() -> None:
    one = question({"value": "2.5"}, units=UNITS)
    assert all(right(one, text) for text in ("2.5", "2.5 m", "2,5m", "250 cm", "250CM", "17.5%"))
    assert not any(right(one, text) for text in ("2.5 cm", "250", "2.5 km", "2.5 m m"))


def test_a_unit_that_is_required_must_be_there() -> None:
    one = question({"value": "2.5"}, units=UNITS, unit_required=True)
    assert right(one, "2.5 m")
    assert not right(one, "2.5")
    assert numeric.key(one) == {"text": "2.5 m"}


def test_a_unit_may_stand_before_the_number() -> None:
    one = question({"value": "5"}, units=[{"unit": "$"}], unit_required=True)
    assert right(one, "$5")
    assert right(one, "5 $")


def test_units_that_differ_by_case_alone_are_told_apart() -> None:
    units = [{"unit": "mW", "factor": "1000000000"}, {"unit": "MW", "factor": "1"}]
    one = question({"value": "3"}, units=units)
    assert right(one, "3 MW")
    assert not right(one, "3 mW")
    assert not right(one, "3 mw")


def test_the_first_answer_that_fits_gives_points_and_feedback() -> None:
    one = question({"value": "5"}, {"min": 4, "max": 6, "fraction": "0.5", "feedback": "Nearly."})
    grade = numeric.grade(one, {"text": "5.5"})
    assert (grade.score, grade.feedback) == (0.5, ["answers.a2.feedback"])
    assert numeric.classify(one, {"text": "7"}) == ["other"]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"value": "0.50"}, "0.50"),
        ({"min": "1", "max": "2"}, "1.5"),
        ({"min": "100"}, "100"),
        ({"value": "1e100"}, "1E+100"),
        ({"value": -3}, "-3"),
    ],
)
def test_the_key_is_a_text_that_is_right(answer: dict[str, Any], key: str) -> None:
    one = question(answer)
    assert numeric.key(one) == {"text": key}
    assert right(one, key)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (question(), ["no-answers"]),
        (question({"value": "five"}), ["not-a-number", "no-value"]),
        (question({"value": "nan"}), ["not-a-number", "no-value"]),
        (question({}), ["no-value"]),
        (question({"value": 1, "min": 0}), ["value-and-range"]),
        (question({"min": 2, "max": 1}), ["range-empty"]),
        (question({"value": 1, "tolerance": -1}), ["tolerance-range"]),
        (question({"value": 1, "tolerance_type": "significant"}), ["tolerance-range"]),
        (question({"value": 1, "tolerance_type": "nominal"}), ["unknown-tolerance-type"]),
        (question({"value": 1, "fraction": "0.5"}), ["no-right-answer"]),
        (question({"min": 0, "fraction": "0.5"}, {"value": 1}), ["shadowed-answer"]),
        (question({"value": 1}, unit_required=True), ["no-units"]),
        (question({"value": 1}, units=[{"unit": "m", "factor": 0}]), ["factor-range"]),
        (question({"value": 1}, units=[{"unit": "m"}, {"unit": " m"}]), ["duplicate-unit"]),
        (question({"value": 1}, units=[{"unit": "3"}]), ["bad-unit"]),
    ],
)
def test_what_is_wrong_has_a_stable_code(one: Question, expected: list[str]) -> None:
    assert codes(one) == expected
