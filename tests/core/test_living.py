"""What becomes of evidence when its article is edited."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizapp.core.articles import segment
from quizapp.core.articles.living import Carried, carry
from quizapp.core.articles.model import Span
from quizapp.core.articles.typography import fold, origins

TEXT = """\
## Salt

Salt is a mineral. It was taxed in France until 1945, but not in Brittany. Roman soldiers bought it.

Seas hold most of it. Lakes hold some.

## Sugar

Sugar is made from cane or beet. Seas hold none of it."""


def span(text: str, quote: str) -> Span:
    start = text.index(quote)
    return Span(start, start + len(quote), quote)


def carried(old: str, new: str, *quotes: str) -> list[Carried]:
    return carry(old, new, [span(old, quote) for quote in quotes])


def states(old: str, new: str, *quotes: str) -> list[str]:
    return [one.state for one in carried(old, new, *quotes)]


def test_what_stands_before_an_edit_holds_and_what_stands_behind_it_moved() -> None:
    new = TEXT.replace("Roman soldiers bought it.", "Roman soldiers bought it with their pay.")
    told = carried(TEXT, new, "Salt is a mineral.", "Roman soldiers bought it.", "or beet.")
    assert told[0] == Carried("holds", span(TEXT, "Salt is a mineral."))
    assert told[1] == Carried("broken", None, span(new, "Roman soldiers bought it with their pay."))
    assert told[2] == Carried("moved", span(new, "or beet."))


def test_a_clause_breaks_with_its_sentence_and_is_suggested_where_it_still_stands() -> None:
    new = TEXT.replace("but not in Brittany", "and in Brittany")
    clause = "It was taxed in France until 1945"
    assert carried(TEXT, new, clause) == [Carried("broken", None, span(new, clause))]


def test_evidence_follows_a_paragraph_that_was_moved() -> None:
    lines = TEXT.split("\n\n")
    new = "\n\n".join([*lines[3:], *lines[:3]])
    quotes = ["taxed in France until 1945", "Lakes hold some.", "cane or beet", "Salt"]
    assert states(TEXT, new, *quotes) == ["moved"] * 4
    assert [one.span for one in carried(TEXT, new, *quotes)] == [
        span(new, quote) for quote in quotes
    ]


def test_other_white_space_and_typographic_marks_do_not_break_evidence() -> None:
    old = 'It\'s "well-known" - from 5-10 offices... So it is.'
    new = "It’s\u00a0“well‑known” –\nfrom 5–10 of\u00adfices… So  it is."
    (one, two) = carried(old, new, '"well-known" - from 5-10 offices...', "So it is.")
    assert one == Carried("moved", span(new, "“well‑known” –\nfrom 5–10 of\u00adfices…"))
    assert two == Carried("moved", span(new, "So  it is."))


def test_a_changed_number_or_sign_breaks_evidence() -> None:
    old = "It fell to 4 m² in 1901. It stopped."
    for new in (old.replace("1901", "1902"), old.replace("²", "2"), old.replace("fell", "Fell")):
        assert states(old, new, "4 m²") == ["broken"]
        assert states(old, new, "It stopped.") == ["holds"]


def test_evidence_over_two_sentences_needs_both_together() -> None:
    quote = "a mineral. It was taxed in France"
    apart = TEXT.replace("a mineral. ", "a mineral. Rocks hold it. ")
    assert states(TEXT, apart, quote) == ["broken"]
    broken = TEXT.replace("a mineral. ", "a mineral.\n\n")
    assert carried(TEXT, broken, quote) == [
        Carried("moved", span(broken, "a mineral.\n\nIt was taxed in France"))
    ]
    parted = TEXT.replace("a mineral. ", "a mineral.\n\n## Taxes\n\n")
    assert states(TEXT, parted, quote) == ["broken"]


def test_a_sentence_that_stands_twice_is_followed_by_its_neighbours() -> None:
    old = "Ants dig. They work. Bees fly. They work. Cats sleep."
    second = Span(31, 41, "They work.")
    assert old[31:41] == "They work."
    without = "Ants dig. Bees fly. They work. Cats sleep."
    assert carry(old, without, [second]) == [Carried("moved", Span(20, 30, "They work."))]
    more = "They work. Ants dig. They work. Bees fly. They work. Cats sleep."
    assert carry(old, more, [second]) == [Carried("moved", Span(42, 52, "They work."))]
    changed = "Ants dig. They work. Bees fly. Owls see. They work. Dogs bark."
    assert carry(old, changed, [second]) == [Carried("moved", Span(41, 51, "They work."))]


def test_a_repeated_sentence_breaks_only_when_its_last_copy_goes() -> None:
    old = "Salt keeps. Ants dig. Salt keeps."
    first, second = Span(0, 11, "Salt keeps."), Span(22, 33, "Salt keeps.")
    (one, two) = carry(old, "Bees fly. Salt keeps.", [first, second])
    assert one == two == Carried("moved", Span(10, 21, "Salt keeps."))
    assert {one.state for one in carry(old, "Bees fly.", [first, second])} == {"broken"}


def test_a_sentence_that_was_moved_and_changed_is_still_suggested() -> None:
    new = TEXT.replace(" Roman soldiers bought it.", "") + " Roman soldiers never bought it."
    assert carried(TEXT, new, "Roman soldiers bought it.")[0].suggestion == span(
        new, "Roman soldiers never bought it."
    )


def test_nothing_is_suggested_for_what_is_gone_or_unlike() -> None:
    new = TEXT.replace("Roman soldiers bought it.", "Whales sing at night.")
    assert carried(TEXT, new, "Roman soldiers bought it.") == [Carried("broken", None)]
    assert carried(TEXT, "", "Salt is a mineral.") == [Carried("broken", None)]


def test_chinese_is_compared_by_its_characters() -> None:
    old, new = "免疫系统保护身体。它很复杂。", "免疫系统保护人的身体。它很复杂。"
    (one, two) = carried(old, new, "免疫系统保护身体。", "它很复杂。")
    assert one.suggestion == span(new, "免疫系统保护人的身体。")
    assert two == Carried("moved", span(new, "它很复杂。"))


@pytest.mark.parametrize("wrong", [Span(0, 4, "Seas"), Span(9, 9, ""), Span(7, 9, "\n\n")])
def test_a_span_that_the_old_text_does_not_hold_is_broken(wrong: Span) -> None:
    assert carry(TEXT, TEXT + " More.", [wrong]) == [Carried("broken", None)]


@pytest.mark.parametrize("filler", ["A. ", "Same words again. ", "Word ", "- - ", "... "])
def test_a_long_text_of_one_sentence_over_and_over_is_carried(filler: str) -> None:
    old = "First of all. " + filler * (200_000 // len(filler))
    spans = [Span(at, at + 30, old[at : at + 30]) for at in range(0, 190_000, 1000)]
    told = carry(old, "Begin. " + old[500:], spans)
    assert len(told) == 190


WORDS = st.sampled_from(["ant", "bee", "It", "is", "5-10", "“so”", "…", "naïve", "e.g.", "A"])
SENTENCES = st.builds(
    lambda words, end: " ".join(words).capitalize() + end,
    st.lists(WORDS, min_size=1, max_size=6),
    st.sampled_from([".", "!", "?", ""]),
)
PARAGRAPHS = st.one_of(
    st.lists(SENTENCES, min_size=1, max_size=5).map(" ".join), SENTENCES.map("## {}".format)
)
TEXTS = st.lists(PARAGRAPHS, min_size=1, max_size=6).map("\n\n".join)


@st.composite
def spans_of(draw: st.DrawFn, text: str) -> list[Span]:
    """Spans of at least one word."""
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    found = draw(st.lists(ends, min_size=1, max_size=8))
    spans = [Span(start, end, text[start:end]) for start, end in found]
    return [one for one in spans if any(sign.isalnum() for sign in one.quote)]


@given(st.data(), TEXTS, TEXTS)
def test_every_span_is_what_the_new_text_says_there(
    data: st.DataObject, old: str, new: str
) -> None:
    for one in carry(old, new, data.draw(spans_of(old))):
        for found in (one.span, one.suggestion):
            assert found is None or new[found.start : found.end] == found.quote != ""
        assert (one.span is None) == (one.state == "broken")


@given(st.data(), TEXTS)
def test_without_an_edit_all_holds(data: st.DataObject, text: str) -> None:
    spans = data.draw(spans_of(text))
    assert carry(text, text, spans) == [Carried("holds", one) for one in spans]


@given(st.data(), TEXTS)
def test_a_paragraph_before_moves_all_and_breaks_nothing(data: st.DataObject, text: str) -> None:
    spans = data.draw(spans_of(text))
    told = carry(text, "Quite new here.\n\n" + text, spans)
    assert told == [
        Carried("moved", Span(one.start + 17, one.end + 17, one.quote)) for one in spans
    ]


@given(st.data(), TEXTS.filter(lambda text: len(segment.sentences(text)) > 1))
def test_a_deleted_sentence_breaks_only_evidence_that_touches_it(
    data: st.DataObject, text: str
) -> None:
    sentences = segment.sentences(text)
    start, end = sentences[data.draw(st.integers(0, len(sentences) - 1))]
    new = text[:start] + text[end:]
    left = [fold(text[s:e]) for s, e in sentences if s != start]
    assume(left == [fold(new[s:e]) for s, e in segment.sentences(new)])  # none grew together
    spans = data.draw(spans_of(text))
    for one, was in zip(carry(text, new, spans), spans, strict=True):
        if was.end <= start or was.start >= end:
            assert one.state in {"holds", "moved"}


@given(st.text(alphabet="a -–—\u00a0…“”'\u00ad\nﬁ."))
def test_each_folded_character_comes_from_its_place(text: str) -> None:
    places = origins(text)
    assert len(places) == len(fold(text))
    assert places == sorted(places)
    assert all(sign in fold(text[at]) for sign, at in zip(fold(text), places, strict=True))
