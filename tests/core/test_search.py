"""How questions and queries are folded, so that one finds the other."""

import pytest

from quizapp.core.search import (
    MAX_QUERY,
    MAX_SEARCH,
    MAX_WORDS,
    folded,
    query_words,
    retagged,
    searchable,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zürich", "zurich"),
        ("ZÜRICH", "Zu\u0308rich"),
        ("naïve  T-cells\n", "NAIVE T-CELLS"),
        ("Straße", "STRASSE"),
        ("ﬁbrin", "fibrin"),
        ("ＩＬ２", "il2"),
        ("Ἀθῆναι", "αθηναι"),
        ("İstanbul", "istanbul"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("text", ["ΐ ǅ ŉ Å ⅷ ﷺ", "가각 ガ が", "हिन्दी", "", " ", "ß ẞ ſ"])
def test_what_is_folded_stays_the_same_when_folded_again(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_letters_that_are_no_marks_are_kept() -> None:
    assert folded("가") != folded("각")
    assert folded("हि") != folded("ह")


def test_a_query_is_its_words_and_a_long_one_is_cut() -> None:
    assert query_words("  Zürich zurich\tT-cell ") == ["zurich", "t-cell"]
    assert query_words("") == []
    assert len(query_words(" ".join(f"w{n}" for n in range(50)))) == MAX_WORDS
    assert sum(map(len, query_words("x" * 10_000))) == MAX_QUERY


def test_name_tags_and_words_are_all_found() -> None:
    stored = searchable("Größe", ["Über", "b c"], "Die Länge")
    assert stored == "grosse\nb c uber\ndie lange"
    assert len(searchable("", [], "x" * 30_000)) == MAX_SEARCH + 2


def test_other_tags_leave_name_and_words() -> None:
    stored = searchable("Name", ["old"], "words")
    assert retagged(stored, ["New", "tag"]) == "name\nnew tag\nwords"
    assert retagged(retagged(stored, []), ["old"]) == stored


def test_tags_are_added_to_what_was_stored_without_lines() -> None:
    assert retagged("Plain Words", ["A"]) == "\na\nplain words"
