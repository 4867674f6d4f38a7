"""Hard facts: more misses than chance explains, told from one form or from all."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.hardness import Ask, FormFigure, Hardness, at_least, hardness


def asks(missed: int, passed: int, chance: float = 0.9, form: str = "cloze") -> list[Ask]:
    return [Ask(form, form, n < missed, chance) for n in range(missed + passed)]


def found(some: list[Ask]) -> Hardness:
    result = hardness(some)
    assert result
    return result


@given(st.lists(st.floats(0, 1), max_size=7), st.integers(0, 8))
def test_the_chance_of_so_many_is_the_sum_over_all_ways(chances: list[float], count: int) -> None:
    ways = product((True, False), repeat=len(chances))
    expected = sum(
        prod(p if happens else 1 - p for p, happens in zip(chances, way, strict=True))
        for way in ways
        if sum(way) >= count
    )
    assert at_least(chances, count) == pytest.approx(expected, abs=1e-12)


def test_six_misses_of_twelve_are_hard_where_one_was_usual() -> None:
    hard = found(asks(6, 6))
    assert (hard.asked, hard.missed) == (12, 6)
    assert hard.usual == pytest.approx(1.2)
    assert hard.is_hard


def test_misses_that_were_to_be_expected_are_not_hard() -> None:
    assert not found(asks(5, 35)).is_hard  # 4 were usual
    assert not found(asks(6, 6, chance=0.5)).is_hard
    assert not found(asks(3, 0)).is_hard  # too few to tell


def test_a_fact_that_stays_weak_however_often_it_is_asked_is_loose() -> None:
    assert found(asks(2, 6)).is_loose(3.0)
    assert not found(asks(2, 6)).is_loose(30.0)
    assert not found(asks(2, 2)).is_loose(3.0)
    assert not found(asks(0, 9)).is_loose(3.0)


def test_a_form_that_always_fails_is_told_from_one_that_goes_well() -> None:
    result = found(asks(3, 0, form="cloze") + asks(1, 5, form="multiple_choice"))
    assert result.forms == (FormFigure("cloze", 3, 3), FormFigure("multiple_choice", 6, 1))
    assert [form.fails for form in result.forms] == [True, False]
    assert [form.passes for form in result.forms] == [False, True]
    assert result.worst == "cloze"


def test_only_what_can_still_be_changed_is_named_as_worst() -> None:
    some = [Ask("cloze", None, True, 0.9)] * 4 + [Ask("cloze", "q2", True, 0.9)]
    assert found(some).worst == "q2"
    assert found(some[:4]).worst is None
    assert hardness([]) is None
