"""Which rows of Anki's log are answers, when a card is due, and the weights of its presets."""

import struct
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import apkg
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import QuestionIn, RawBlock
from quizapp.core.formats.parts import apkg_dues, apkg_history, apkg_log, apkg_presets
from quizapp.core.formats.parts.apkg_history import History
from quizapp.core.formats.parts.apkg_log import log_of
from quizapp.core.formats.shared.source import Source
from quizapp.core.scheduling.fsrs import DEFAULT_WEIGHTS
from tests.core.anki_ground import bytes_field, collection, note, number_field, package
from tests.core.format_ground import questions, read

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000
WEIGHTS = tuple(round(weight, 4) for weight in DEFAULT_WEIGHTS)


def row(
    days_ago: float, ease: int = 3, ivl: int = 5, kind: int = 1, factor: int = 500
) -> list[int]:
    return [NOW_MS - round(days_ago * DAY_MS), ease, ivl, 1, factor, 4000, kind]


def test_answers_in_their_order_are_the_log() -> None:
    first, second = row(9, kind=0, ivl=-600), row(2, ease=1)
    log = log_of([second, first], NOW_MS)
    assert [entry.row for entry in log.entries] == [first, second]
    assert [entry.stays for entry in log.entries] == [True, False]
    assert (log.answers, log.is_whole, log.left_out) == (2, True, {})


def test_cramming_and_changes_by_hand_are_no_answers_but_are_kept_beside_one() -> None:
    crammed, by_hand, moved = row(5, kind=3, factor=0), row(4, ease=0, kind=4), row(3, 0, kind=5)
    log = log_of([row(9, kind=0), crammed, by_hand, moved], NOW_MS)
    assert log.answers == 1
    assert log.entries[0].beside == [crammed, by_hand, moved]
    assert log.left_out == {apkg_log.CRAMMED: 1, apkg_log.BY_HAND: 2}


def test_a_filtered_deck_that_reschedules_gives_answers() -> None:
    assert log_of([row(9, kind=0), row(5, kind=3, factor=400)], NOW_MS).answers == 2


def test_a_row_of_no_answer_before_the_first_is_kept_with_the_first() -> None:
    by_hand = row(9, ease=0, kind=4)
    (entry,) = log_of([by_hand, row(8, kind=0)], NOW_MS).entries
    assert entry.beside == [by_hand]


def test_forgetting_a_card_is_a_reset() -> None:
    forgotten = row(5, ease=0, ivl=0, kind=4, factor=0)
    log = log_of([row(9, kind=0), forgotten, row(4, kind=0)], NOW_MS)
    assert [entry.rating for entry in log.entries] == [3, None, 3]
    assert log.entries[1].row == forgotten


def test_a_learning_step_after_a_review_tells_of_a_reset_that_was_not_logged() -> None:
    log = log_of([row(9, kind=0), row(6, kind=1), row(2, kind=0), row(1, kind=0)], NOW_MS)
    assert [entry.rating for entry in log.entries] == [3, 3, None, 3, 3]
    assert log.entries[2].row is None


def test_a_card_that_is_new_by_now_ends_with_a_reset() -> None:
    log = log_of([row(9, kind=0)], NOW_MS, is_new=True)
    assert [entry.rating for entry in log.entries] == [3, None]


def test_a_log_that_does_not_begin_with_learning_is_not_whole() -> None:
    assert not log_of([row(9, kind=1)], NOW_MS).is_whole


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ([0, 3, 5, 1, 500, 4000, 1], apkg_log.TIME),
        ([-5, 3, 5, 1, 500, 4000, 1], apkg_log.TIME),
        (row(-3), apkg_log.TIME),
        (row(3, ease=9), apkg_log.RATING),
        (row(3, ease=-1), apkg_log.RATING),
        (row(3, kind=77), apkg_log.RATING),
        (row(9, kind=0), apkg_log.TWICE),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_counted(bad: list[int], why: str) -> None:
    log = log_of([row(9, kind=0), bad], NOW_MS)
    assert (log.answers, log.left_out) == (1, {why: 1})


def test_of_an_endless_log_the_newest_answers_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apkg_log, "MAX_ENTRIES", 3)
    log = log_of([row(n, kind=1) for n in range(1, 6)], NOW_MS)
    assert [entry.at_ms for entry in log.entries] == [row(n)[0] for n in (3, 2, 1)]
    assert log.left_out == {apkg_log.TOO_MANY: 2}


numbers = st.integers(-(2**53), 2**53)
likely = st.tuples(
    st.integers(NOW_MS - 900 * DAY_MS, NOW_MS + DAY_MS), st.integers(-1, 6), st.integers(-900, 400),
    numbers, st.sampled_from([0, 500]), numbers, st.integers(-1, 6),
)  # fmt: skip


@given(st.lists(likely | st.tuples(*[numbers] * 7), max_size=12), st.booleans())
def test_any_log_is_told_in_order_with_ratings_that_exist(
    rows: list[tuple[int, ...]], is_new: bool
) -> None:
    log = log_of([list(one) for one in rows], NOW_MS, is_new)
    times = [entry.at_ms for entry in log.entries]
    assert times == sorted(times)
    assert {entry.rating for entry in log.entries} <= {None, 1, 2, 3, 4}
    assert all(0 <= entry.took_ms <= apkg_log.LONGEST_MS for entry in log.entries)
    resets = sum(one.rating is None and one.row is not None for one in log.entries)
    assert log.answers + resets + log.left_out.total() == len(rows)
    if is_new and log.entries:
        assert log.entries[-1].rating is None


def card(**values: Any) -> dict[str, Any]:
    return {"type": 2, "queue": 2, "due": 100, "odid": 0, "odue": 0} | values


CRT = int(datetime(2026, 1, 1, 4, tzinfo=UTC).timestamp())
NEW_YEAR = date(2026, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("values", "due"),
    [
        (card(), NEW_YEAR + 100),
        (card(odid=5, odue=70), NEW_YEAR + 70),
        (card(queue=-1), NEW_YEAR + 100),
        (card(type=3, queue=3, due=9), NEW_YEAR + 9),
        (card(type=1, queue=1, due=CRT), datetime.fromtimestamp(CRT, UTC)),
        (card(type=0), None),
        (card(due=2**52), None),
        (card(due=-(2**52)), None),
    ],
)
def test_a_due_number_is_a_day_or_an_instant(values: dict[str, Any], due: Any) -> None:
    assert apkg_dues.due_of(History({}, values, [], CRT, 4, 0), "UTC") == due


@pytest.mark.parametrize("crt", [-1, 0, 2**53])
def test_days_that_count_from_nowhere_are_none(crt: int) -> None:
    assert apkg_dues.due_of(History({}, card(), [], crt, 4, 0), "UTC") is None


def test_day_0_is_a_date_in_the_zone_that_anki_names_else_in_the_learners() -> None:
    late = int(datetime(2026, 1, 1, 20, tzinfo=UTC).timestamp())
    assert apkg_dues.day_zero(History(crt=late, offset_minutes=-540), "UTC") == NEW_YEAR + 1
    assert apkg_dues.day_zero(History(crt=late), "Asia/Tokyo") == NEW_YEAR + 1
    assert apkg_dues.day_zero(History(crt=late, offset_minutes=99_999), "UTC") is None


def _with_decks(deck: bytes, config: bytes, studied: int = 1) -> Source:
    extra = (
        "CREATE TABLE notetypes (id integer primary key, name text, config blob);"
        "CREATE TABLE fields (ntid integer, ord integer, name text, config blob);"
        "CREATE TABLE templates (ntid integer, ord integer, name text, config blob);"
        "CREATE TABLE decks (id integer primary key, name text, kind blob);"
        "CREATE TABLE deck_config (id integer primary key, name text, config blob);"
        f"INSERT INTO decks VALUES (1500000000002, 'D', x'{deck.hex()}');"
        f"INSERT INTO deck_config VALUES (7, 'P', x'{config.hex()}');"
    )
    data = collection([note("a", "b", cards=[{"reps": studied}])], ver=18, extra=extra)
    return Source.of("p.apkg", package(data))


DECK = bytes_field(1, number_field(1, 7))


def test_the_weights_of_the_preset_are_found_as_they_were_meant() -> None:
    config = bytes_field(6, struct.pack("<21f", *WEIGHTS))
    found = apkg_presets.preset_of(_with_decks(DECK, config))
    assert found is not None
    assert (found.weights, found.others) == (WEIGHTS, 0)


def test_weights_of_the_version_before_are_filled_up_so_that_they_mean_the_same() -> None:
    config = bytes_field(5, struct.pack("<19f", *WEIGHTS[:19]))
    found = apkg_presets.preset_of(_with_decks(DECK, config))
    assert found is not None
    assert found.weights == (*WEIGHTS[:19], 0.0, 0.5)


@pytest.mark.parametrize(
    "config",
    [
        b"", b"\xff", bytes_field(6, b"\x00" * 5), bytes_field(6, struct.pack("<3f", 1, 2, 3)),
        bytes_field(6, struct.pack("<21f", *[float("nan")] * 21)), bytes_field(6, b"\x00" * 99_999),
    ],
)  # fmt: skip
def test_weights_that_are_none_are_not_found(config: bytes) -> None:
    assert apkg_presets.preset_of(_with_decks(DECK, config)) is None


def test_weights_that_no_studied_card_goes_by_are_not_offered() -> None:
    config = bytes_field(6, struct.pack("<21f", *WEIGHTS))
    assert apkg_presets.preset_of(_with_decks(DECK, config, studied=0)) is None


def test_what_we_write_names_its_zone_and_its_weights_and_reads_the_same_again() -> None:
    days = {"crt": apkg_dues.CRT, "rollover": 3, "offset_minutes": 0, "weights": list(WEIGHTS)}
    past = apkg_history.dumped({}, card(reps=2, data=""), [row(3, kind=0)], days)
    item = QuestionIn(1, "flashcard", "f", {"back": "b"}, key="k", raw=RawBlock("apkg", past))
    data = apkg.write([item], "bank.apkg").files[SINGLE]
    found = apkg_presets.preset_of(Source.of("bank.apkg", data))
    assert found is not None
    assert found.weights == WEIGHTS
    again = apkg_history.history_of(questions(read(apkg, data))[0].raw)
    assert again is not None
    assert (again.crt, again.rollover, again.offset_minutes) == (apkg_dues.CRT, 3, 0)
    assert again.reviews == [row(3, kind=0)]


def test_of_a_card_with_more_rows_than_can_be_the_newest_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quizapp.core.formats.parts.apkg_collection.MAX_REVIEWS", 2)
    rows = [[10**12 + n, 1, *row(1)[1:]] for n in range(4)]
    data = package(collection([note("a", "b", cards=[{"id": 1, "reps": 4}])], revlog=rows))
    history = apkg_history.history_of(questions(read(apkg, data))[0].raw)
    assert history is not None
    assert [one[0] for one in history.reviews] == [10**12 + 2, 10**12 + 3]
