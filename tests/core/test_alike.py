"""Which questions are suggested as asking one fact."""

from pathlib import Path
from random import Random

import pytest

from quizapp.core.alike import TOGETHER, Asking, suggestions
from quizapp.core.formats import bank_yaml
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared.source import Source
from quizapp.core.question import Question
from quizapp.core.question_types.texts import fill_ids
from quizapp.core.statements import statement_of

QUESTIONS = Path(__file__).resolve().parents[2] / "questions"
FILLER = [Asking(100 + n, f"Something number{n} about topic{n} and matter{n}.") for n in range(30)]
IL2 = [
    Asking(1, "With which substance are the immune cells treated? Interleukin-2"),
    Asking(2, "Immune cells are treated with the substance called interleukin-2."),
    Asking(3, "Which organ makes bile? The liver"),
]


def test_questions_that_share_rare_words_are_one_suggestion() -> None:
    (found,) = suggestions([*IL2, *FILLER])
    assert found.facts == (1, 2)
    assert found.reason == "words"
    assert "interleukin" in found.words
    assert "the" not in found.words


def test_case_and_accents_make_no_difference() -> None:
    asked = [Asking(1, "Où naît le Rhône? Au glacier"), Asking(2, "OU NAIT LE RHONE? AU GLACIER")]
    assert [one.facts for one in suggestions([*asked, *FILLER])] == [(1, 2)]


def test_questions_of_one_fact_are_not_suggested_to_join_it() -> None:
    same = [Asking(1, one.text) for one in IL2[:2]]
    assert suggestions([*same, *FILLER]) == []


def test_common_words_bring_nothing_together() -> None:
    asked = [Asking(n, f"What is the capital of country{n}? City{n}") for n in range(60)]
    assert suggestions(asked) == []


def test_cards_of_one_note_come_first_whatever_their_words() -> None:
    notes = [Asking(7, "Front here", "n1"), Asking(8, "Entirely different", "n1")]
    found = suggestions([*IL2, *FILLER, *notes])
    assert [(one.facts, one.reason) for one in found] == [((7, 8), "note"), ((1, 2), "words")]


def test_what_somebody_kept_apart_stays_apart() -> None:
    notes = [Asking(7, "Front here", "n1"), Asking(8, "Entirely different", "n1")]
    assert suggestions([*IL2, *FILLER, *notes], {(1, 2), (7, 8)}) == []


def test_facts_that_somebody_named_are_joined_by_others_only() -> None:
    named = [Asking(one.fact, one.text, is_settled=True) for one in IL2[:2]]
    assert suggestions([*named, *FILLER]) == []
    assert (
        suggestions([Asking(1, "Same.", is_settled=True), Asking(2, "Same.", is_settled=True)])
        == []
    )
    (found,) = suggestions([named[0], IL2[1], *FILLER])
    assert found.facts == (1, 2)


def test_a_fact_joins_only_if_it_is_like_all_the_others() -> None:
    asked = [
        Asking(1, "alpha beta gamma delta"),
        Asking(2, "alpha beta gamma delta epsilon zeta eta"),
        Asking(3, "delta epsilon zeta eta"),
    ]
    assert [one.facts for one in suggestions([*asked, *FILLER])] == [(1, 2)]
    assert [one.facts for one in suggestions([*asked, *FILLER], {(1, 2)})] == [(2, 3)]


def test_many_copies_of_one_question_are_found_and_kept_in_bounds() -> None:
    asked = [Asking(n, "Exactly the same words") for n in range(40)]
    found = suggestions([*asked, *FILLER])
    assert found
    assert all(2 <= len(one.facts) <= TOGETHER for one in found)


def test_the_order_of_questions_makes_no_difference() -> None:
    asked = [*IL2, *FILLER, Asking(7, "a", "n"), Asking(8, "b", "n"), Asking(9, "c", "n")]
    expected = suggestions(asked)
    assert len(expected) == 2
    Random(3).shuffle(asked)
    assert suggestions(asked) == expected


def test_nothing_is_suggested_for_nothing() -> None:
    assert suggestions([]) == []
    assert suggestions([Asking(1, ""), Asking(2, ""), Asking(3, "?")]) == []


def test_most_suggestions_for_the_projects_own_bank_are_right() -> None:
    """Its questions are grouped under facts by hand; without them the words should tell."""
    items = [item for item in bank_yaml.read(Source.at(QUESTIONS / "immunotherapy"))
             if isinstance(item, QuestionIn)]  # fmt: skip
    asked = [
        Asking(n, statement_of(Question(one.type, one.stem, fill_ids(one.type, one.body))))
        for n, one in enumerate(items)
    ]
    found = suggestions(asked)
    right = [one for one in found if len({items[n].fact for n in one.facts}) == 1]
    assert len(found) >= 15
    assert len(right) / len(found) > 0.7, [one.words for one in found if one not in right]


@pytest.mark.parametrize("apart", [(), {(1, 2)}])
def test_no_fact_is_in_two_suggestions(apart: set[tuple[int, int]]) -> None:
    random = Random(5)
    words = [f"w{n}" for n in range(60)]
    asked = [Asking(n % 80, " ".join(random.sample(words, 5))) for n in range(120)]
    facts = [fact for one in suggestions(asked, apart) for fact in one.facts]
    assert facts
    assert len(facts) == len(set(facts))
