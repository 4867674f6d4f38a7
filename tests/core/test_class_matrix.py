"""The matrix of a class, whom to talk to, and what many believe instead: by hand, and for any."""

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.statistics import class_matrix, misconceptions
from quizapp.core.statistics.class_matrix import MOST_COUNTED, NOT_ASKED, OWED, Matrix, build
from quizapp.core.statistics.class_needs import (
    BEHIND,
    IDLE,
    MISSED,
    QUICK,
    SILENT,
    WEAK,
    WRONG,
    Need,
    Reason,
    Standing,
    needs,
)
from quizapp.core.statistics.misconceptions import Misconception
from quizapp.core.statistics.recall import recall_level

Class = tuple[list[int], list[int], dict[int, dict[int, float]], dict[int, set[int]]]
IDS = st.lists(st.integers(1, 30), unique=True, max_size=8)
RECALL = st.floats(0, 1, allow_nan=False)


@st.composite
def classes(draw: st.DrawFn) -> Class:
    learners, facts = draw(IDS), draw(IDS)
    recall, owed = {}, {}
    for who in learners:
        recall[who] = draw(st.dictionaries(st.sampled_from(facts), RECALL)) if facts else {}
        owed[who] = draw(st.sets(st.sampled_from(facts))) if facts else set()
    return learners, facts, recall, owed


def test_the_trouble_is_at_the_top_left() -> None:
    recall = {1: {10: 0.95, 11: 0.8}, 2: {10: 0.6, 11: 0.2}, 3: {10: 0.9}}
    found = build([1, 2, 3], [10, 11], recall, {})
    assert found.learners == (2, 1, 3)
    assert found.facts == (11, 10)
    assert found.cells == ((20, 60), (80, 95), (NOT_ASKED, 90))
    assert found.learner_means == pytest.approx((0.4, 0.875, 0.9))
    assert found.fact_means == pytest.approx((0.5, (0.95 + 0.6 + 0.9) / 3))
    assert found.counted == (2, 3)
    assert found.under == (1, 1)


def test_what_was_never_met_counts_as_nothing_only_where_it_is_owed() -> None:
    found = build([1, 2], [10], {1: {10: 0.8}}, {2: {10}})
    assert found.learners == (2, 1)
    assert found.cells == ((OWED,), (80,))
    assert found.fact_means == pytest.approx((0.4,))
    assert build([1, 2], [10], {1: {10: 0.8}}, {}).fact_means == pytest.approx((0.8,))


def test_a_memory_stands_in_place_of_what_is_owed() -> None:
    assert build([1], [10], {1: {10: 0.8}}, {1: {10}}).cells == ((80,),)


def test_who_was_asked_nothing_stands_last_and_equals_keep_their_order() -> None:
    found = build([5, 4, 3, 9], [20, 10], {4: {10: 0.7}, 3: {10: 0.7}}, {})
    assert found.learners == (4, 3, 5, 9)
    assert found.facts == (10, 20)
    assert found.fact_means[1] is None
    assert found.counted[1] == 0


def test_an_empty_class_and_a_class_without_facts_are_matrices_too() -> None:
    assert build([], [], {}, {}) == Matrix((), (), (), (), (), (), ())
    assert build([1], [], {}, {}) == Matrix((1,), (), ((),), (None,), (), (), ())
    assert build([], [10], {}, {}).fact_means == (None,)


@given(classes())
def test_nobody_is_lost_and_all_means_rise(
    given_: Class,
) -> None:
    learners, facts, recall, owed = given_
    found = build(learners, facts, recall, owed)
    assert sorted(found.learners) == sorted(learners)
    assert sorted(found.facts) == sorted(facts)
    for ids, means in ((found.learners, found.learner_means), (found.facts, found.fact_means)):
        assert len(ids) == len(means)
        keys = [(value is None, value or 0.0) for value in means]
        assert keys == sorted(keys)
    for who, row, told in zip(found.learners, found.cells, found.learner_means, strict=True):
        values = []
        for fact, cell in zip(found.facts, row, strict=True):
            if fact in recall[who]:
                values.append(recall[who][fact])
                assert cell == class_matrix.percent(recall[who][fact])
            elif fact in owed[who]:
                values.append(0.0)
                assert cell == OWED
            else:
                assert cell == NOT_ASKED
        assert told == (pytest.approx(mean(values)) if values else None)
    for place, fact in enumerate(found.facts):
        column = [row[place] for row in found.cells]
        assert found.counted[place] == sum(cell != NOT_ASKED for cell in column)
        assert found.under[place] == sum(
            recall[who].get(fact, 0.0) < class_matrix.UNDER
            for who, cell in zip(found.learners, column, strict=True)
            if cell != NOT_ASKED
        )


@given(classes(), st.randoms(use_true_random=False))
def test_the_order_of_the_question_does_not_change_the_means(given_, random) -> None:  # type: ignore[no-untyped-def]
    learners, facts, recall, owed = given_
    other = list(learners)
    random.shuffle(other)
    one, two = build(learners, facts, recall, owed), build(other, facts, recall, owed)
    assert dict(zip(one.learners, one.learner_means, strict=True)) == dict(
        zip(two.learners, two.learner_means, strict=True)
    )


@given(RECALL)
def test_a_percentage_never_promises_more_than_its_colour(recall: float) -> None:
    cell = class_matrix.percent(recall)
    assert 0 <= cell <= 99
    assert class_matrix.level(cell) == recall_level(recall)


def test_cells_without_a_memory_have_no_colour() -> None:
    assert class_matrix.level(NOT_ASKED) == class_matrix.level(OWED) == 0


CELLS = st.lists(st.integers(OWED, 99), max_size=30)


@given(CELLS, st.integers(0, 30), st.integers(0, 30))
def test_packing_loses_nothing_and_a_part_is_that_part(
    cells: list[int], first: int, last: int
) -> None:
    packed = class_matrix.pack(cells)
    assert packed.isascii()
    assert class_matrix.unpack(packed) == cells
    assert class_matrix.unpack(packed, first, last) == cells[first:last]


@given(st.lists(st.integers(0, 3000), max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_counts_are_packed_up_to_a_bound(counts: list[int], first: int, last: int) -> None:
    kept = [min(count, MOST_COUNTED) for count in counts]
    packed = class_matrix.pack_counts(counts)
    assert class_matrix.unpack_counts(packed) == kept
    assert class_matrix.unpack_counts(packed, first, last) == kept[first:last]


@given(st.integers(0, 500), st.integers(-50, 600), st.integers(1, 50))
def test_a_window_is_never_empty_and_the_pages_cover_everything_once(
    total: int, first: int, size: int
) -> None:
    shown = class_matrix.window(total, first, size)
    assert bool(shown) == bool(total)
    assert len(shown) <= size
    if 0 <= first < total:
        assert first in shown
    pages = [class_matrix.window(total, at, size) for at in range(0, total, size)]
    assert [place for page in pages for place in page] == list(range(total))
    assert not total or shown in pages


def stands(known: float, idle: int | None, waited: int | None = None, **more: float) -> Standing:
    return Standing(known=known, idle_days=idle, waited_days=waited, **more)  # type: ignore[arg-type]


def test_somebody_who_never_answered_is_silent_after_a_week() -> None:
    class_ = {1: Standing(waited_days=7), 2: Standing(waited_days=6), 3: Standing()}
    assert needs(class_, [1, 2, 3]) == [Need(1, (Reason(SILENT, (7, 0)),))]


def test_silence_is_worth_a_word_only_where_the_class_goes_on() -> None:
    goes_on = {1: stands(9, 9, 30), 2: stands(9, 1, 30), 3: stands(9, 2, 30)}
    assert needs(goes_on, [1, 2, 3]) == [Need(1, (Reason(IDLE, (9, 2)),))]
    holiday = {1: stands(9, 9, 30), 2: stands(9, 8, 30), 3: stands(9, 8, 30)}
    assert needs(holiday, [1, 2, 3]) == []
    over = {who: stands(one.known, one.idle_days, None) for who, one in goes_on.items()}
    assert needs(over, [1, 2, 3]) == []


def test_behind_is_a_quarter_and_three_facts_less_than_the_middle_learner() -> None:
    class_ = {1: stands(12.2, 1), 2: stands(29, 1), 3: stands(31.4, 1), 4: stands(22, 1)}
    assert needs(class_, [1, 2, 3, 4]) == [Need(1, (Reason(BEHIND, (12, 26)),))]
    few = {1: stands(1, 1), 2: stands(3.9, 1), 3: stands(3.9, 1)}
    assert needs(few, [1, 2, 3]) == []


def test_who_would_recall_little_of_the_text_is_told_whatever_the_others_know() -> None:
    class_ = {
        1: stands(24, 1, mean=0.649, counted=38),
        2: stands(25, 1, mean=0.8, counted=38),
        3: stands(25, 1, mean=0.9, counted=38),
        4: stands(24, 1, mean=0.7, counted=38),
        5: stands(24, 1, mean=0.1, counted=4),
    }
    assert needs(class_, [1, 2, 3, 4, 5]) == [Need(1, (Reason(WEAK, (64, 38)),))]
    all_weak = {who: stands(24, 1, mean=0.6 + who / 100, counted=38) for who in (1, 2, 3)}
    assert needs(all_weak, [1, 2, 3]) == []
    behind = {**class_, 1: stands(10, 1, mean=0.3, counted=38)}
    assert needs(behind, [1]) == [Need(1, (Reason(BEHIND, (10, 24)),))]


def test_one_learner_alone_is_behind_nobody() -> None:
    assert needs({1: stands(0.1, 1), 2: Standing()}, [1, 2]) == []


def test_missed_assignments_and_answers_too_quick_to_be_read() -> None:
    class_ = {
        1: stands(5, 1, missed=2, due=3),
        2: stands(5, 1, quick=6, timed=10),
        3: stands(5, 1, quick=5, timed=10),
        4: stands(5, 1, quick=9, timed=9),
    }
    assert needs(class_, [4, 3, 2, 1]) == [
        Need(2, (Reason(QUICK, (6, 10)),)),
        Need(1, (Reason(MISSED, (2, 3)),)),
    ]


def test_who_practises_and_mostly_fails_is_told_though_memory_looks_fresh() -> None:
    class_ = {
        1: stands(25, 0, timed=40, right=11),
        2: stands(25, 0, timed=40, right=33),
        3: stands(25, 0, timed=40, right=36),
        4: stands(25, 0, timed=40, right=24),
        5: stands(25, 0, timed=9, right=0),
    }
    assert needs(class_, [1, 2, 3, 4, 5]) == [Need(1, (Reason(WRONG, (27, 71)),))]
    every = {who: stands(25, 0, timed=40, right=11 + who) for who in (1, 2, 3)}
    assert needs(every, [1, 2, 3]) == []


def test_who_has_most_reasons_comes_first_then_the_order_given() -> None:
    class_ = {
        1: stands(5, 1, missed=1, due=1),
        2: stands(5, 1, missed=1, due=1, quick=9, timed=10),
    }
    class_[3] = class_[1]
    assert [one.learner for one in needs(class_, [3, 1, 2])] == [2, 3, 1]


def test_a_distractor_stands_out_against_blind_choice() -> None:
    answers = {7: [["a"], ["a"], ["a"], ["b"], ["c"], []]}
    assert misconceptions.candidates(answers) == [7]
    assert misconceptions.find(answers, {7: ["a", "b", "c"]}) == [Misconception(7, "a", 3, 6)]
    assert misconceptions.find(answers, {7: ["a", "b", "c"]})[0].share == 0.5
    evenly = {7: [["a"], ["a"], ["a"], ["b"], ["b"], ["c"], ["c"]]}
    assert misconceptions.find(evenly, {7: ["a", "b", "c"]}) == []


def test_two_learners_are_not_many_and_a_lone_distractor_says_nothing() -> None:
    assert misconceptions.candidates({7: [["a"], ["a"]], 8: []}) == []
    assert misconceptions.find({7: [["a"]] * 2}, {7: ["a", "b"]}) == []
    assert misconceptions.find({7: [["a"]] * 5}, {7: ["a"]}) == []


def test_right_options_are_no_misconceptions_and_the_most_common_comes_first() -> None:
    answers = {7: [["a", "r"]] * 3, 8: [["x"]] * 4}
    found = misconceptions.find(answers, {7: ["a", "b"], 8: ["x", "y"]})
    assert [(one.question, one.option) for one in found] == [(8, "x"), (7, "a")]


@given(
    st.dictionaries(
        st.integers(1, 3), st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=9)
    )
)
def test_shares_are_shares_and_only_candidates_are_found(
    answers: dict[int, list[list[str]]],
) -> None:
    found = misconceptions.find(answers, {one: list("abc") for one in answers})
    assert {one.question for one in found} <= set(misconceptions.candidates(answers))
    for one in found:
        assert 0 < one.share <= 1
        assert one.chosen == sum(one.option in chosen for chosen in answers[one.question])
