"""Predicting recall: reading logs, the models that are compared, and what nobody may lose."""

import random
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.scheduling import baselines, correction, evaluation, fitting, review_log
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from quizapp.core.scheduling.mixture import Mixture
from quizapp.core.scheduling.odds import chance_of
from quizapp.core.scheduling.review_log import DAY_MS, HOUR_MS, History, LogRow, UnreadableLog

OURS = "user,card,at_ms,rating,took_ms"
NOON = 1_700_000_000_000 // DAY_MS * DAY_MS + 12 * HOUR_MS


def learner(seed: int, days: int = 60, cards: int = 40) -> list[LogRow]:
    """A learner whose memory is no FSRS: it fades by half-lives that grow with each success."""
    rng = random.Random(seed)
    half = {card: exp(rng.gauss(0.8, 0.7)) for card in range(cards)}
    last: dict[int, int] = {}
    due = dict.fromkeys(range(cards), 0)
    rows = []
    for day in range(days):
        for card in [one for one, at in due.items() if at <= day and one < 3 * (day + 1)]:
            chance = 0.6 if card not in last else 2 ** (-(day - last[card]) / half[card])
            passed = rng.random() < chance
            half[card] *= 1.8 if passed else 0.5
            gap = max(day - last.get(card, day), 1)
            due[card], last[card] = day + (gap * 2 if passed else 1), day
            took = int(exp(rng.gauss(8.3 - chance, 0.4)))
            rows.append(
                LogRow("u", str(card), NOON + day * DAY_MS + card, 3 if passed else 1, took)
            )
    return rows


def test_a_log_of_ours_is_read() -> None:
    rows = review_log.read_csv([OURS, "7,a,1700000000000,3,1500", "7,b,1700000000001,1,"])
    assert rows == [
        LogRow("7", "a", 1_700_000_000_000, 3, 1500),
        LogRow("7", "b", 1_700_000_000_001, 1, 0),
    ]


def test_a_log_of_py_fsrs_is_read() -> None:
    header = "card_id,review_rating,review_time,review_duration"
    rows = review_log.read_csv([header, "5,4,2024-03-29T20:32:32.250000+00:00,2500"])
    assert rows == [LogRow("", "5", 1_711_744_352_250, 4, 2500)]


def test_ratings_that_are_no_answers_are_left_out() -> None:
    lines = [OURS, "u,a,1,0,0", "u,a,2,5,0", "u,a,3,2,0"]
    assert [row.rating for row in review_log.read_csv(lines)] == [2]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["a,b,c", "1,2,3"],
        [OURS, "u,a,yesterday,3,0"],
        [OURS, "u,a"],
        [OURS, f"u,a,{10**30},3,0"],
        ["card_id,review_rating,review_time,review_duration", "1,3,2024-01-01T00:00:00,9"],
    ],
)
def test_what_is_no_log_is_refused_with_the_reason(lines: list[str]) -> None:
    with pytest.raises(UnreadableLog, match=r"\w"):
        review_log.read_csv(lines)


def test_a_day_begins_in_the_quietest_hour_and_same_day_answers_are_not_scored() -> None:
    rows = [
        LogRow("u", "a", NOON + 11 * HOUR_MS, 3, 0),  # eleven in the evening
        LogRow("u", "a", NOON + 13 * HOUR_MS, 3, 0),  # past midnight: the same learner day
        LogRow("u", "a", NOON + 30 * HOUR_MS, 1, 0),
        # Someone up late: four in the morning is the first hour without an answer.
        *(LogRow("u", f"b{hour}", NOON + (12 + hour) * HOUR_MS, 3, 0) for hour in range(4)),
    ]
    found = review_log.user_log(rows)
    assert [(one.place, one.passed) for one in found.scored] == [(2, False)]
    assert found.histories[0].deltas == [0, 0, 1]


def test_rows_out_of_order_are_put_in_order() -> None:
    rows = learner(1)
    shuffled = random.Random(3).sample(rows, len(rows))
    assert review_log.user_log(shuffled) == review_log.user_log(rows)


def test_the_moving_average_begins_at_its_start_and_follows_the_answers() -> None:
    found = baselines.moving_average([True, False, False])
    first = 1 / (1 + exp(-1.2))
    assert found[0] == pytest.approx(first)
    assert found[1] == pytest.approx(1 / (1 + exp(-(1.2 + 0.3 * (1 - first)))))
    assert found[1] > found[0] > found[2]


def test_sm2_expects_nine_in_ten_after_its_own_interval() -> None:
    history = History([0, 1, 7, 22], [3, 3, 3, 3], [0, 0, 0, 0])
    # Intervals 1, 6, then 6 times the ease of 2.5: quality 4 leaves it.
    assert baselines.sm2_recalls(history) == pytest.approx([1.0, 0.9, 0.9, 0.9])


def test_few_answers_fit_nothing() -> None:
    assert fitting.fit(review_log.user_log(learner(2)[:40])) == DEFAULT_WEIGHTS


def test_the_same_log_gives_the_same_weights_and_they_are_not_the_default_ones() -> None:
    found = review_log.user_log(learner(4))
    first = fitting.fit(found)
    assert first == fitting.fit(found)
    assert first != DEFAULT_WEIGHTS
    assert len(first) == len(DEFAULT_WEIGHTS)


def test_a_fit_looks_only_at_the_past() -> None:
    rows = learner(5)
    whole, some = review_log.user_log(rows), review_log.user_log(rows[:-50])
    until = len(some.scored)
    if whole.scored[:until] == some.scored:
        assert fitting.fit(whole, until) == fitting.fit(some)


def test_a_correction_of_what_is_right_already_is_small() -> None:
    rng = random.Random(1)
    rows = [[1.0, rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(2000)]
    odds = [rng.gauss(1.5, 1) for _ in rows]
    passed = [rng.random() < chance_of(one) for one in odds]
    made = correction.fit(rows, odds, passed, 0.0)
    shifts = made.shifts(rows)
    assert sum(map(abs, shifts)) / len(shifts) < 0.1


def test_a_correction_finds_what_the_model_leaves_out() -> None:
    rng = random.Random(2)
    rows = [[1.0, float(rng.random() < 0.5)] for _ in range(4000)]
    passed = [rng.random() < chance_of(2.0 - 2.0 * row[1]) for row in rows]
    made = correction.fit(rows, [2.0] * len(rows), passed, 0.0)
    usual, other = made.shifts([[1.0, 0.0], [1.0, 1.0]])
    assert usual == pytest.approx(0, abs=0.2)
    assert other == pytest.approx(-2, abs=0.3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999), st.booleans()),
        min_size=1, max_size=60,
    )
)  # fmt: skip
def test_a_mixture_loses_at_most_the_log_of_a_prior(
    answers: list[tuple[float, float, bool]],
) -> None:
    priors = {"a": 0.8, "b": 0.2}
    mixture, loss, single = Mixture(priors), 0.0, {"a": 0.0, "b": 0.0}
    for first, second, passed in answers:
        chances = {"a": first, "b": second}
        told = mixture.predict(chances)
        loss -= log(told if passed else 1 - told)
        for name, chance in chances.items():
            single[name] -= log(chance if passed else 1 - chance)
        mixture.learn(chances, passed)
    for name, prior in priors.items():
        assert loss <= single[name] + log(1 / prior) + 1e-9


def test_metrics_are_those_of_a_small_example() -> None:
    chances, passed = [0.9, 0.8, 0.4, 0.3], [True, False, True, False]
    expected = -(log(0.9) + log(0.2) + log(0.4) + log(0.7)) / 4
    assert evaluation.log_loss(chances, passed) == pytest.approx(expected)
    assert evaluation._auc(chances, passed) == pytest.approx(3 / 4)
    assert evaluation._auc([0.5, 0.5], [True, False]) == 0.5
    bins = [(0, 0, 0), (0, 0, 0), (1, 0, 0), (1, 0, 0)]
    # The first bin predicts .85 and has .5, the second .35 and .5.
    assert evaluation._rmse_bins(chances, passed, bins) == pytest.approx(
        ((0.35**2 + 0.15**2) / 2) ** 0.5
    )


def test_nobody_is_predicted_much_worse_than_by_the_default_model() -> None:
    """The bound is that of the mixture, 0.22 nats over all of a learner's answers."""
    for seed in range(6):
        found = evaluation.evaluate_user(review_log.user_log(learner(seed)))
        default, ours = found["fsrs6_default"], found["quizapp"]
        assert ours.log_loss <= default.log_loss + log(1 / 0.8) / ours.rows + 1e-9


def test_learners_whose_memory_is_no_fsrs_are_predicted_better_than_by_a_fit_alone() -> None:
    logs = {str(seed): review_log.user_log(learner(seed)) for seed in range(6)}
    found = evaluation.pooled(evaluation.evaluate(logs))
    assert set(found) == set(evaluation.MODELS)
    assert found["quizapp"].log_loss <= found["fsrs6_fitted"].log_loss - 0.0015
    assert found["quizapp"].log_loss < found["constant"].log_loss


def test_learners_with_too_few_answers_are_left_out() -> None:
    assert evaluation.evaluate({"u": review_log.user_log(learner(1)[:5])}) == {}
    assert evaluation.pooled({}) == {}
