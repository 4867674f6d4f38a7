"""How article texts are divided into headings, paragraphs and sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.articles.segment import blocks, paragraphs, sentences

ARTICLE = """\
## What it is

Cells divide. Some do so too often!

## How it works

It was found in 1893. Dr. Coley tried it."""


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_headings_are_blocks_without_their_mark_and_no_sentences() -> None:
    assert [(b.kind, ARTICLE[b.start : b.end]) for b in blocks(ARTICLE)] == [
        ("heading", "What it is"),
        ("paragraph", "Cells divide. Some do so too often!"),
        ("heading", "How it works"),
        ("paragraph", "It was found in 1893. Dr. Coley tried it."),
    ]
    assert pieces(ARTICLE) == [
        "Cells divide.",
        "Some do so too often!",
        "It was found in 1893.",
        "Dr. Coley tried it.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use drugs, e.g. aspirin, daily. Rest.", ["Use drugs, e.g. aspirin, daily.", "Rest."]),
        ("Some (i.e. Many) stay. Go.", ["Some (i.e. Many) stay.", "Go."]),
        ("It rose 3.5 times. Then it fell.", ["It rose 3.5 times.", "Then it fell."]),
        ("J. K. Rowling met Harry S. Truman. Why?", ["J. K. Rowling met Harry S. Truman.", "Why?"]),
        ("Take vitamin C. Others help.", ["Take vitamin C.", "Others help."]),
        ("The chemist L. David Mech came.", ["The chemist L. David Mech came."]),
        ("In the U.S. Congress sat. In the U.S. The end.", None),
        ('"Really?" he asked. "Yes." She left.', ['"Really?" he asked.', '"Yes."', "She left."]),
        ("See Fig. 3 and No. 4. Good.", ["See Fig. 3 and No. 4.", "Good."]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("Wait... and see. Well… Fine.", ["Wait... and see.", "Well…", "Fine."]),
        ("It ended (at last.) He slept.", ["It ended (at last.)", "He slept."]),
        ("Smith et al. (2010) agree. So.", ["Smith et al. (2010) agree.", "So."]),
        ("免疫系统保护身体。它很复杂。", ["免疫系统保护身体。", "它很复杂。"]),
        ("Over lines\nit goes. On.", ["Over lines\nit goes.", "On."]),
        ("1. Wash your hands. 2. Dry them.", None),
    ],
)
def test_a_stop_ends_a_sentence_only_where_one_ends(text: str, expected: list[str] | None) -> None:
    if expected is None:
        assert all(len(piece) > 3 for piece in pieces(text))
    else:
        assert pieces(text) == expected


def test_an_acronym_before_a_starting_word_ends_the_sentence() -> None:
    assert pieces("In the U.S. Congress sat. It is in the U.S. The end.") == [
        "In the U.S. Congress sat.",
        "It is in the U.S.",
        "The end.",
    ]


def test_a_heading_needs_no_blank_line_after_it() -> None:
    text = "## Title\nText."
    assert [b.kind for b in blocks(text)] == ["heading", "paragraph"]
    assert pieces(text) == ["Text."]


@given(st.text(alphabet=st.sampled_from("aB. \n#!?\"'(1\u2029é。"), max_size=80))
def test_sentences_are_in_order_trimmed_and_inside_one_paragraph(text: str) -> None:
    last = 0
    inside = paragraphs(text)
    for start, end in sentences(text):
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        assert any(first <= start and end <= final for first, final in inside)
        last = end
