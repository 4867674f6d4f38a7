"""Item analysis: golden and published values, the formulas told another way, and what must hold."""

import statistics
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.statistics.distractors import BLANK, choice_table, thirds_of
from quizapp.core.statistics.figures import (
    Figure,
    alpha_interval,
    correlation_of,
    deviation_of,
    fisher,
    mean_of,
    median_of,
    t_95,
)
from quizapp.core.statistics.items import analyse
from quizapp.core.statistics.items_model import Analysis, Column, columns_of
from quizapp.core.statistics.proposals import Case, proposals

# Nine learners at ten questions (Dartmouth Learning Analytics, 16 October 2015), and what that
# page gives: share right, and correlation with the rest.
GOLDEN = [
    "1111111101", "1111111010", "1111110100", "1111101010", "1111110100",
    "1110100000", "1101010000", "1010100000", "0110000000",
]  # fmt: skip
PUBLISHED = [
    (0.89, 0.46), (0.89, 0.29), (0.89, 0.12), (0.67, 0.73), (0.78, 0.49),
    (0.56, 0.49), (0.33, 0.59), (0.33, 0.46), (0.22, 0.26), (0.11, 0.40),
]  # fmt: skip
ITEM_TOTAL = [.561, .408, .255, .816, .617, .645, .714, .612, .424, .510]  # fmt: skip
EFFICIENCY = [100, 47.06, 20.59, 85.71, 65.38, 52.63, 83.33, 57.14, 41.30, 100]
WEIGHTS = [8.95, 7.63, 6.03, 13.22, 10.79, 12.07, 12.37, 11.45, 8.95, 8.53]

marks = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0, None])
weights = st.sampled_from([0.5, 1.0, 2.0, 7.0])


@st.composite
def matrices(draw: st.DrawFn) -> tuple[list[list[float | None]], list[float]]:
    """Points of some attempts at the same questions, and the most of each question."""
    most = draw(st.lists(weights, min_size=2, max_size=6))
    size = draw(st.integers(2, 14))
    fractions = draw(st.lists(st.tuples(*(marks for _ in most)), min_size=size, max_size=size))
    rows = [
        [None if x is None else x * each for x, each in zip(row, most, strict=True)]
        for row in fractions
    ]
    return rows, most


def golden() -> Analysis:
    rows = [[float(mark) for mark in row] for row in GOLDEN]
    return analyse(columns_of(rows, [1.0] * 10), len(rows))


def of(*rows: str) -> Analysis:
    """Analyse attempts written as digits, - for no answer."""
    matrix = [[None if mark == "-" else float(mark) for mark in row] for row in rows]
    return analyse(columns_of(matrix, [1.0] * len(rows[0])), len(rows))


def value(figure: Figure) -> float:
    assert figure.value is not None
    return figure.value


def test_the_published_example_agrees_to_the_last_digit_given() -> None:
    for item, (share, rest) in zip(golden().items, PUBLISHED, strict=True):
        assert round(value(item.facility) / 100, 2) == share
        assert round(value(item.discrimination) / 100, 2) == rest


def test_efficiency_weights_and_the_column_as_canvas_agree_with_the_golden_values() -> None:
    found = golden().items
    assert [round(value(item.efficiency), 2) for item in found] == EFFICIENCY
    assert [round(value(item.effective), 2) for item in found] == WEIGHTS
    assert [round(value(item.canvas_correlation), 3) for item in found] == ITEM_TOTAL
    assert {value(item.intended) for item in found} == {10.0}


def test_the_totals_agree_with_the_golden_values() -> None:
    totals = golden().totals
    assert value(totals.mean) == pytest.approx(100 * 51 / 90, abs=1e-6)
    assert value(totals.median) == pytest.approx(70, abs=1e-6)
    assert value(totals.deviation) == pytest.approx(24.49489742783178, abs=1e-6)
    assert value(totals.skewness) == pytest.approx(-0.22599458936392477, abs=1e-6)
    assert value(totals.kurtosis) == pytest.approx(-1.525793650793651, abs=1e-6)
    assert value(totals.consistency) == pytest.approx(76.64609053497944, abs=1e-6)
    assert value(totals.error_ratio) == pytest.approx(48.325882780369945, abs=1e-6)
    assert value(totals.standard_error) == pytest.approx(11.83737541814584, abs=1e-6)


def test_skewness_and_kurtosis_agree_with_the_example_of_a_spreadsheets_manual() -> None:
    values = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]  # SKEW = 0.359543, KURT = -0.151800
    totals = analyse(columns_of([[float(each)] for each in values], [10.0]), 10).totals
    assert value(totals.skewness) == pytest.approx(0.359543, abs=1e-6)
    assert value(totals.kurtosis) == pytest.approx(-0.151799637, abs=1e-6)


def test_marks_below_zero_count_as_they_are() -> None:
    # Worked by hand: x = 2, -1, 0 of 2; y = 1, 0, 1 of 1; T = 3, -1, 1.
    found = analyse(columns_of([[2.0, 1.0], [-1.0, 0.0], [0.0, 1.0]], [2.0, 1.0]), 3)
    first = found.items[0]
    assert value(first.facility) == pytest.approx(100 / 6)
    assert value(first.deviation) == pytest.approx(100 * sqrt(7 / 3) / 2)
    assert value(first.discrimination) == pytest.approx(100 * (2 / 3) / sqrt(7 / 3 * 1 / 3))
    assert value(first.efficiency) == pytest.approx(100)
    assert value(first.intended) == pytest.approx(200 / 3)
    root = sqrt(3), sqrt(1)  # of C(x, T) = 3 and C(y, T) = 1
    assert value(first.effective) == pytest.approx(100 * root[0] / sum(root))
    assert value(found.totals.mean) == pytest.approx(100 * 1 / 3)
    assert value(found.totals.consistency) == pytest.approx(100 * 2 * (1 - (7 / 3 + 1 / 3) / 4))


@settings(deadline=None)
@given(matrices())
def test_every_figure_follows_the_formulas_told_another_way(
    case: tuple[list[list[float | None]], list[float]],
) -> None:
    rows, most = case
    points = [[mark or 0.0 for mark in row] for row in rows]
    totals = [sum(row) for row in points]
    found = analyse(columns_of(rows, most), len(rows))
    roots = []
    for place, top in enumerate(most):
        x = [row[place] for row in points]
        y = [total - mark for total, mark in zip(totals, x, strict=True)]
        item = found.items[place]
        assert value(item.facility) == pytest.approx(100 * statistics.fmean(x) / top, abs=1e-6)
        assert value(item.deviation) == pytest.approx(100 * statistics.stdev(x) / top, abs=1e-6)
        assert value(item.intended) == pytest.approx(100 * top / sum(most), abs=1e-6)
        assert item.blank == sum(row[place] is None for row in rows)
        roots.append(statistics.covariance(x, totals))
        if len(set(x)) == 1 or len({round(each, 9) for each in y}) == 1:
            assert item.discrimination == Figure(None, len(rows), why="constant")
            continue
        assert value(item.discrimination) == pytest.approx(
            100 * statistics.correlation(x, y), abs=1e-6
        )
        greatest = statistics.covariance(sorted(x), sorted(y))
        assert value(item.efficiency) == pytest.approx(
            100 * statistics.covariance(x, y) / greatest, abs=1e-6
        )
    whole = sum(sqrt(root) for root in roots if root > 1e-12)
    for item, root in zip(found.items, roots, strict=True):
        if root > 1e-12:
            assert value(item.effective) == pytest.approx(100 * sqrt(root) / whole, abs=1e-5)
        elif root < -1e-12 and whole:
            assert item.effective.why == "negative"


@settings(deadline=None)
@given(matrices())
def test_consistency_and_what_follows_from_it_agree_with_cronbachs_alpha(
    case: tuple[list[list[float | None]], list[float]],
) -> None:
    rows, most = case
    points = [[mark or 0.0 for mark in row] for row in rows]
    totals = [sum(row) for row in points]
    found = analyse(columns_of(rows, most), len(rows)).totals
    if statistics.variance(totals) < 1e-12:
        assert found.consistency.why == found.skewness.why or len(rows) < 3
        assert found.standard_error.value is None
        return
    parts = sum(statistics.variance([row[place] for row in points]) for place in range(len(most)))
    k = len(most)
    alpha = k / (k - 1) * (1 - parts / statistics.variance(totals))
    assert value(found.consistency) == pytest.approx(100 * alpha, abs=1e-5)
    assert value(found.error_ratio) == pytest.approx(100 * sqrt(1 - alpha), abs=1e-5)
    standard_error = sqrt(1 - alpha) * statistics.stdev(totals) / sum(most)
    assert value(found.standard_error) == pytest.approx(100 * standard_error, abs=1e-5)


@settings(deadline=None)
@given(matrices())
def test_intervals_hold_their_values_and_stay_inside_what_is_possible(
    case: tuple[list[list[float | None]], list[float]],
) -> None:
    rows, most = case
    found = analyse(columns_of(rows, most), len(rows))
    for item in found.items:
        bounds = {"facility": -100, "discrimination": -100, "effective": 0, "canvas_difficulty": 0}
        for name, least in bounds.items():
            figure = getattr(item, name)
            if figure.low is not None:
                assert least - 1e-6 <= figure.low <= figure.value + 1e-6
                assert figure.value - 1e-6 <= figure.high <= 100 + 1e-6
        assert item.efficiency.value is None or item.efficiency.value <= 100 + 1e-6
    for name in found.totals.__slots__:
        figure = getattr(found.totals, name)
        if figure.low is not None:
            assert figure.low - 1e-6 <= figure.value <= figure.high + 1e-6


@settings(deadline=None)
@given(matrices(), st.randoms())
def test_the_order_of_attempts_does_not_matter(
    case: tuple[list[list[float | None]], list[float]], chance: object
) -> None:
    rows, most = case
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (analyse(columns_of(each, most), len(rows)) for each in (rows, shuffled))
    for item, same in zip(one.items, other.items, strict=True):
        for name in item.__slots__:
            figure, twin = getattr(item, name), getattr(same, name)
            if isinstance(figure, Figure):
                assert figure.value == pytest.approx(twin.value, abs=1e-6)
                assert figure.low == pytest.approx(twin.low, abs=1e-4)


def test_a_question_that_all_get_right_has_no_discrimination_and_no_weight() -> None:
    item = of("11", "10", "11", "10").items[0]
    assert value(item.facility) == 100
    assert item.discrimination == Figure(None, 4, why="constant")
    assert item.efficiency.why == "constant"
    assert value(item.effective) == 0


def test_where_all_have_everything_right_nothing_is_said_of_the_spread() -> None:
    found = of("111", "111", "111", "111", "111")
    assert value(found.totals.mean) == 100
    assert value(found.totals.deviation) == 0
    for figure in (
        found.totals.skewness,
        found.totals.kurtosis,
        found.totals.consistency,
        found.totals.error_ratio,
        found.totals.standard_error,
        found.items[0].discrimination,
        found.items[0].effective,
    ):
        assert (figure.value, figure.why) == (None, "constant")


def test_one_attempt_has_a_facility_and_little_else() -> None:
    found = of("101")
    assert [value(item.facility) for item in found.items] == [100, 0, 100]
    assert found.items[0].discrimination == Figure(None, 1, why="few")
    assert found.items[0].deviation.why == found.totals.consistency.why == "few"
    assert found.totals.mean.low is None


def test_no_attempt_at_all_is_no_error() -> None:
    found = analyse([], 0)
    assert (found.items, found.totals.mean.why) == ((), "few")


def test_a_quiz_of_one_question_has_no_rest() -> None:
    found = of("1", "0", "1")
    assert found.items[0].discrimination.why == "alone"
    assert found.totals.consistency.why == "alone"


def test_a_blank_answer_counts_as_nothing_here_and_is_left_out_as_canvas_does() -> None:
    item = of("11", "-0", "01", "10").items[0]
    assert (item.asked, item.blank, value(item.facility)) == (4, 1, 50)
    assert value(item.canvas_difficulty) == pytest.approx(200 / 3)
    assert item.canvas_difficulty.n == 3


def test_a_question_works_against_the_others_and_has_no_effective_weight() -> None:
    found = of("0111", "0111", "0111", "1000", "1000")
    assert value(found.items[0].discrimination) == pytest.approx(-100)
    assert found.items[0].effective.why == "negative"
    assert sum(value(item.effective) for item in found.items[1:]) == pytest.approx(100)


def test_questions_of_a_pool_have_the_figures_of_the_attempts_that_asked_them() -> None:
    first, second = [0, 1, 2, 3], [4, 5, 6, 7]
    columns = [
        Column("all", range(8), [1, 1, 0, 0, 1, 0, 1, 0], [1.0] * 8, [True] * 8),
        Column("a", first, [1, 1, 0, 0], [1.0] * 4, [True] * 4),
        Column("b", second, [0, 1, 0, 1], [1.0] * 4, [True] * 4),
    ]
    found = analyse(columns, 8)
    assert [item.asked for item in found.items] == [8, 4, 4]
    assert value(found.items[1].discrimination) == pytest.approx(100)
    assert value(found.items[2].discrimination) == pytest.approx(-100)
    assert found.items[1].discrimination.n == 4
    assert found.totals.consistency.n == 4  # of the half that asked the same
    assert found.totals.mean.n == 8


def test_where_no_two_attempts_ask_the_same_consistency_is_left_open() -> None:
    ask = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3]]
    columns = [
        Column(q, [at for at, own in enumerate(ask) if q in own], *_ones(ask, q)) for q in range(4)
    ]
    assert analyse(columns, 5).totals.consistency.why in ("mixed", "few")


def _ones(ask: list[list[int]], question: int) -> tuple[list[float], list[float], list[bool]]:
    n = sum(question in own for own in ask)
    return [float(at % 2) for at in range(n)], [1.0] * n, [True] * n


def test_two_versions_of_a_question_are_apart_and_yet_one_place_of_the_quiz() -> None:
    rows = [(1, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 0)]
    whole = columns_of([[float(each) for each in row] for row in rows], [1.0] * 3)
    halves = [
        Column(0, [0, 1], [1.0, 0.0], [1.0] * 2, [True] * 2),
        Column(0, [2, 3], [1.0, 0.0], [1.0] * 2, [True] * 2),
    ]
    one, other = analyse(whole, 4), analyse([*halves, *whole[1:]], 4)
    assert one.totals.consistency == other.totals.consistency
    assert [item.asked for item in other.items] == [2, 2, 4, 4]


def test_what_awaits_a_person_counts_neither_way() -> None:
    columns = [
        Column("q", range(3), [1.0, 0.0, 1.0], [1.0] * 3, [True] * 3),
        Column("essay", [0], [0.5], [4.0], [True], is_choice=False),
    ]
    found = analyse(columns, 3)
    assert found.shares == (pytest.approx(60), 0, 100)
    assert found.items[1].canvas_difficulty.why == "other-type"


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (1, 12.7062),
        (2, 4.3027),
        (4, 2.7764),
        (5, 2.5706),
        (10, 2.2281),
        (30, 2.0423),
        (120, 1.9799),
    ],
)
def test_students_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert t_95(freedom) == pytest.approx(quantile, abs=5e-4)


def test_intervals_agree_with_what_was_worked_by_hand() -> None:
    # mean 3, sd sqrt(2.5), n 5: 3 -+ 2.7764 * 0.70711
    found = mean_of([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.low, found.high) == (
        pytest.approx(1.0367, abs=1e-3),
        pytest.approx(4.9633, abs=1e-3),
    )
    # z = 0.54931 -+ 1.95996 / 5
    found = fisher(0.5, 28)
    assert (found.low, found.high) == (
        pytest.approx(0.1560, abs=1e-3),
        pytest.approx(0.7357, abs=1e-3),
    )
    # ln 0.2 -+ 1.95996 * sqrt(20 / (9 * 98))
    low, high = alpha_interval(0.8, 10, 100) or (0, 0)
    assert (low, high) == (pytest.approx(0.7315, abs=1e-3), pytest.approx(0.8510, abs=1e-3))
    # ranks 40 and 61 of 100
    found = median_of([float(each) for each in range(1, 101)])
    assert (found.value, found.low, found.high) == (50.5, 40, 61)


def test_the_deviation_of_right_and_wrong_has_the_range_of_its_facility() -> None:
    found = deviation_of([1.0] * 5 + [0.0] * 5)
    assert found.high == found.value == pytest.approx(sqrt(0.25 * 10 / 9))
    assert found.low is not None
    assert found.low < 0.48


def test_a_perfect_correlation_has_no_interval() -> None:
    assert correlation_of([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]) == Figure(1.0, 4)


def test_thirds_keep_equal_ones_together() -> None:
    assert thirds_of([1, 2, 3, 4, 5, 6]) == [0, 0, 1, 1, 2, 2]
    assert thirds_of([5, 5, 5, 5]) == [1, 1, 1, 1]
    assert thirds_of([1, None, 9, 9, 9]) == [0, None, 1, 1, 1]
    assert thirds_of([]) == []


@given(
    st.lists(st.one_of(st.none(), st.sampled_from([0.0, 10.0, 50.0, 50.0 + 1e-12])), max_size=30)
)
def test_a_better_rest_is_never_in_a_weaker_third(rests: list[float | None]) -> None:
    third = thirds_of(rests)
    known = [(rest, at) for rest, at in zip(rests, third, strict=True) if rest is not None]
    for rest, at in known:
        for other, there in known:
            assert at is not None
            assert there is not None
            assert there >= at or other < rest + 1e-9
            assert there == at or abs(other - rest) > 1e-9


def test_the_table_of_answers_counts_each_third_and_what_its_choosers_did_elsewhere() -> None:
    labels = [("a",), ("a",), ("b",), (), ("c",), ("a", "b")]
    rests = [90.0, 80.0, 50.0, 40.0, 10.0, 20.0]
    table = choice_table(labels, rests, rests, ["a", "b", "d"])
    assert [choice.label for choice in table.choices] == ["a", "b", "d", "c", BLANK]
    assert table.sizes == (2, 2, 2)
    by_label = {choice.label: choice for choice in table.choices}
    assert (by_label["a"].count, by_label["a"].thirds) == (3, (1, 0, 2))
    assert value(by_label["a"].rest) == pytest.approx(190 / 3)
    assert value(by_label["a"].chosen) == 50
    assert (by_label["d"].count, by_label["d"].rest.why) == (0, "few")
    assert by_label["d"].correlation.why == "constant"
    chose = [1.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    assert value(by_label["a"].correlation) == pytest.approx(
        100 * statistics.correlation(chose, rests)
    )
    answered = [1.0, 1.0, 0.0, 0.0, 1.0], [90.0, 80.0, 50.0, 10.0, 20.0]
    assert value(by_label["a"].canvas) == pytest.approx(statistics.correlation(*answered))


def case(key_right: list[str], rests: list[float], **more: object) -> Case:
    """A question with options a (the key), b and c, by what each attempt chose."""
    n = len(key_right)
    columns = [
        Column(
            "q",
            range(n),
            [float(each == "a") for each in key_right],
            [1.0] * n,
            [bool(each) for each in key_right],
            1 / 3,
        ),
        Column("rest", range(n), [each / 100 for each in rests], [9.0] * n, [True] * n),
    ]
    found = analyse(columns, n)
    labels = [(each,) if each else () for each in key_right]
    table = choice_table(labels, found.rests[0], found.shares, "abc")
    return Case(found.items[0], table, frozenset("a"), tuple("abc"), **more)  # type: ignore[arg-type]


def codes(found: Case) -> list[str]:
    return [proposal.code for proposal in proposals(found)]


def test_an_answer_that_the_strong_prefer_to_the_key_makes_the_key_doubtful() -> None:
    found = case(list("aaaaaacacabbbbbbbbbbb"), [float(4 * n) for n in range(21)])
    first = proposals(found)[0]
    assert (first.code, first.labels, first.may_be_chance) == ("key-wrong", ("b",), False)
    assert first.is_serious


def test_an_answer_that_part_of_the_strong_choose_may_be_right_too() -> None:
    found = case(list("ccacbcccaacbaabaababa"), [float(4 * n) for n in range(21)])
    assert codes(found)[0] == "two-right"
    assert proposals(found)[0].labels == ("b",)


def test_an_option_that_nobody_chooses_is_named() -> None:
    found = case(list("bbbbbbbbbb" + "aaaaaaaaaa"), [float(4 * n) for n in range(20)])
    assert [(each.code, each.labels) for each in proposals(found)] == [("never-chosen", ("c",))]
    assert codes(case(list("bbbaaa"), [float(4 * n) for n in range(6)])) == []


def test_the_longest_option_is_named_where_nearly_all_find_it() -> None:
    answers = list("bcb" + "a" * 17)
    rests = [float(4 * n) for n in range(20)]
    assert "length-cue" in codes(case(answers, rests, is_wordy=True))
    assert "length-cue" not in codes(case(answers, rests))


def test_what_fewer_get_right_than_by_guessing_is_named() -> None:
    found = case(list("bcbcbcbcbcbcbcbcbcaa"), [float(4 * n) for n in range(20)])
    assert "below-chance" in codes(found)


def test_what_works_against_the_rest_is_named_and_may_be_chance_with_few() -> None:
    against = case(list("aacbb"), [0.0, 10.0, 20.0, 30.0, 15.0], has_parts=True)
    (proposal,) = proposals(against)
    assert (proposal.code, proposal.may_be_chance) == ("against-rest", True)


def test_many_blanks_are_named() -> None:
    assert "many-blank" in codes(case(["", "", "", *"abaaba"], [float(n) for n in range(9)]))


def test_of_four_attempts_nothing_is_said() -> None:
    assert proposals(case(list("bbbb"), [1.0, 2.0, 3.0, 4.0])) == ()


def test_a_sound_question_has_no_proposals() -> None:
    answers = list("bcbcbcabcaabaaaaaaaaa")
    assert codes(case(answers, [float(4 * n) for n in range(21)])) == []
