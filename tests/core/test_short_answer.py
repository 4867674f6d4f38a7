"""How typed text is compared with accepted answers."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.question import Question
from quizapp.core.question_types import short_answer
from quizapp.core.text import Rules, fits, pattern_of, slips

UNHURRIED = settings(deadline=None)  # a busy machine is no failure


def question(*answers: Any, **rules: Any) -> Question:
    listed = [
        {"id": f"a{n}", **(answer if isinstance(answer, dict) else {"text": answer})}
        for n, answer in enumerate(answers, 1)
    ]
    return Question("short_answer", "Stem", {"answers": listed, **rules})


def hit(one: Question, text: str) -> str:
    return short_answer.classify(one, {"text": text})[0]


def codes(one: Question) -> list[str]:
    return [problem.code for problem in short_answer.problems(one)]


@pytest.mark.parametrize(
    ("answer", "typed"),
    [
        ("T cell", "  t   CELL "),
        ("T cell", "t\u00a0cell"),
        ("don't", "don\u2019t"),
        ('"yes"', "\u201cyes\u201d"),
        ("T-cell", "T\u2011cell"),
        ("naïve", "nai\u0308ve"),
        ("Straße", "STRASSE"),
        ("ﬁbre", "fibre"),
        ("H2O", "H₂O"),
        ("ΣΑΣ", "σας"),
        ("word", "wo\u00adrd"),
    ],
)
def test_what_does_not_matter(answer: str, typed: str) -> None:
    assert hit(question(answer), typed) == "a1"


def test_case_matters_where_it_is_said() -> None:
    assert hit(question("DNA", case=True), "dna") == "other"
    assert hit(question("DNA", case=True), " DNA ") == "a1"


def test_diacritics_matter_unless_it_is_said() -> None:
    assert hit(question("naïve"), "naive") == "other"
    assert hit(question("naïve", diacritics=False), "naive") == "a1"
    assert hit(question("naive", diacritics=False), "nāïve") == "a1"


@pytest.mark.parametrize(
    ("pattern", "typed", "expected"),
    [
        ("*cell*", "many t cells", True),
        ("T*cell", "t helper cell", True),
        ("T*cell", "t cells", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        (r"2\*3", "2*3", True),
        (r"2\*3", "2x3", False),
        (r"\**", "*x", True),
        ("*", "anything", True),
        ("a.c", "abc", False),
        ("[a-z]", "b", False),
    ],
)
def test_an_asterisk_stands_for_any_text(pattern: str, typed: str, expected: bool) -> None:
    assert fits(pattern_of(pattern, Rules()), typed) is expected


def test_many_wildcards_against_a_long_text_take_no_time() -> None:
    one = question("*a" * 400 + "b", typos=2)
    started = time.process_time()
    assert hit(one, "a" * 1000) == "other"
    assert hit(question("a" * 1000, typos=2), "b" + "a" * 999) == "a1"
    assert time.process_time() - started < 2


@UNHURRIED
@given(st.text("ab*", min_size=1, max_size=8), st.text("ab", max_size=8))
def test_the_linear_matcher_agrees_with_trying_all_ways(pattern: str, typed: str) -> None:
    def tries(p: str, t: str) -> bool:
        if not p:
            return not t
        if p[0] == "*":
            return any(tries(p[1:], t[n:]) for n in range(len(t) + 1))
        return bool(t) and t[0] == p[0] and tries(p[1:], t[1:])

    assert fits(pattern_of(pattern, Rules()), typed) == tries(pattern, typed)


@UNHURRIED
@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_slips_are_counted_as_by_the_full_table(one: str, other: str) -> None:
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            steps = [table[i - 1, j] + 1, table[i, j - 1] + 1]
            steps.append(table[i - 1, j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                steps.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(steps)
    distance = table[len(one), len(other)]
    for limit in (0, 1, 2):
        assert slips(one, other, limit) == (distance if distance <= limit else None)


@pytest.mark.parametrize(
    ("answer", "typed", "typos", "expected"),
    [
        ("antibody", "antibdoy", 1, "a1"),
        ("antibody", "antibdyo", 1, "other"),
        ("antibody", "antbdy", 2, "a1"),
        ("antibody", "antibod", 0, "other"),
        ("cell", "cel", 2, "a1"),
        ("cell", "ce", 2, "other"),
        ("gut", "gul", 2, "other"),
        ("hepatitis A", "hepatitis B", 2, "other"),
        ("hepatitis A", "hepattis A", 1, "a1"),
        ("class II", "class III", 2, "other"),
        ("CD8 cells", "CD4 cells", 2, "other"),
        ("interleukin", "interleukin2", 2, "other"),
        ("immune therapy", "immunetherapy", 1, "a1"),
        ("not active", "active", 2, "other"),
        ("anti*body", "antobody", 2, "other"),
    ],
)
def test_slips_are_forgiven_within_bounds(
    answer: str, typed: str, typos: int, expected: str
) -> None:
    assert hit(question(answer, typos=typos), typed) == expected


def test_a_slip_never_turns_one_listed_answer_into_another() -> None:
    one = question("afferent", {"text": "efferent", "fraction": "0"}, typos=2)
    assert hit(one, "efferent") == "a2"
    assert hit(one, "offerent") == "other"  # as near to the one as to the other
    assert hit(one, "afferemt") == "a1"
    same = question("afferent", "efferent", typos=1)
    assert hit(same, "offerent") == "a1"


def test_the_first_answer_that_fits_counts_and_a_lone_asterisk_last() -> None:
    one = question(
        {"text": "*", "fraction": "0", "feedback": "No."}, "*cell*", {"text": "T cell"}, typos=1
    )
    assert hit(one, "T cell") == "a2"
    assert hit(one, "bone") == "a1"
    assert short_answer.grade(one, {"text": "bone"}).feedback == ["answers.a1.feedback"]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("*antibody*", "antibody"),
        ("antibody *", "antibody …"),
        ("mono*body", "mono…body"),
        (r"2\*3", "2*3"),
        ("*", "…"),
        ("etc…", "etc…"),
    ],
)
def test_the_key_is_a_text_that_is_right(answer: str, key: str) -> None:
    one = question({"text": "half", "fraction": "0.5"}, answer)
    assert short_answer.key(one) == {"text": key}
    assert short_answer.grade(one, {"text": key}).score == 1


def test_what_is_wrong_with_answers_is_told() -> None:
    assert codes(question()) == ["no-answers"]
    assert codes(question({"text": "a", "fraction": "0.5"})) == ["no-right-answer"]
    assert codes(question("a", typos=3)) == ["typos-range"]
    assert codes(question("a", {"text": " A", "fraction": "0.5"})) == ["shadowed-answer"]
    assert codes(question("a", " A")) == []
    assert codes(question(" ")) == ["missing"]
    assert codes(question("\u00ad")) == ["missing"]
    assert codes(question("\u0301", diacritics=False)) == ["missing"]
    assert codes(question("x" * 1001)) == ["too-long"]


@UNHURRIED
@given(st.text(max_size=40), st.integers(0, 2), st.booleans(), st.booleans())
def test_any_answer_accepts_itself(text: str, typos: int, case: bool, diacritics: bool) -> None:
    one = question(text.replace("*", r"\*"), case=case, diacritics=diacritics, typos=typos)
    if not codes(one):
        key = short_answer.key(one)
        assert key is not None
        assert short_answer.grade(one, key).score == 1


def test_fillers_make_no_difference_and_never_make_an_answer_empty() -> None:
    question = Question(
        "short_answer",
        "What?",
        {"answers": [{"id": "a1", "text": "the immune system"}], "fillers": "the a by"},
    )
    for text in ("immune system", "The immune system", "by the immune system."):
        assert short_answer.grade(question, {"text": text}).score == 1
    for text in ("the", "immune", "system immune"):
        assert short_answer.grade(question, {"text": text}).score == 0
