"""Signs that are told to be taken without parsing are taken by the parser."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats.shared import html
from quizapp.core.markdown import _parse_plain
from quizapp.core.marked import signs_are_taken, unmarked

WORDS = (
    "a word B7 é ß 中 1. 2) # - + > ( ) . , ! ? ' \" / : ; % { } = @ ^ & < | \\ ` ``` _ « » … — “ ”"
)
SIGNS = ["*", "**", "***", "~~", "~", "$", "$$", "[", "]", "](https://a.b/c)", " ", "  ", "    "]
BREAKS = ["\n", "\n\n", "\\\n", "\xa0", "\u2028", "\u3000", "\u200b", "\x0b", "\x1f", "´", "×", "́"]
WHOLE = ["**bold**", "*slanted words*", "~~gone~~", "$x^2$", "[here](https://a.b/c?d=e)"]
LETTERS = ["a", "word", "B7", "é", "ß", "中", "1.", "2)", "\u0301", "\u200b", "\x1f", "´", "×"]
POINTS = [*"#-+>().,!?'\"/:;%{}=@^&<|\\`_«»…—“”[]*~$", "**", "***", "~~", "$$", "```"]
SPACES = [" ", " ", "  ", "    ", "\n", "\n\n", "\\\n", "\xa0", "\u2028", "\u3000", "\x0b"]
WHOLE = ["**bold**", "*slanted words*", "~~gone~~", "$x^2$", "[here](https://a.b/c?d=e)", "](h:)"]
PIECES = st.sampled_from([*LETTERS, *POINTS, *SPACES, *WHOLE])
TEXTS = st.lists(PIECES, max_size=12).map("".join)
TAGS = ("b", "i", "em", "strong", "s", "p", "li", "code", "sup")


def pieces_of_html() -> st.SearchStrategy[str]:
    plain = st.sampled_from(
        ["a", "word", " ", "two words", "*", "~~", "$", "(", ")", ".", "_", "1. "]
    )
    more = [r"\(x^2\)", "<br>", '<a href="https://a.b">it</a>', "&amp;", "[", "`", "|", "é", "!"]
    return st.recursive(
        st.one_of(plain, st.sampled_from(more)),
        lambda inner: st.builds(
            lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
            st.sampled_from(TAGS),
            st.lists(inner, max_size=4),
        ),
        max_leaves=10,
    )


NEAR = st.sampled_from(
    ["a", " ", " b", "(", ")", "-", "/", ".", '"', "\n\n", "\\\n", "é", "—", "'"]
)
SIGNED = st.sampled_from(["**a b**", "*a*", "~~a-b~~", "$x$", "[a](https://b.c)", "**", "*", "$"])


MIXED = st.one_of(TEXTS, st.lists(st.one_of(NEAR, SIGNED), max_size=10).map("".join))


@given(MIXED)
def test_no_sign_is_left_over_where_it_is_told_so(text: str) -> None:
    if signs_are_taken(text):
        assert not set(_parse_plain(text)) & set("*~$")


@given(MIXED)
def test_words_without_their_signs_are_those_that_the_parser_finds(text: str) -> None:
    words = unmarked(text)
    assert words is None or words == _parse_plain(text)


@given(st.lists(pieces_of_html(), max_size=5).map("".join))
def test_html_becomes_the_same_markdown_as_with_the_parser_asked_each_time(source: str) -> None:
    quick = html.to_markdown(source)
    with patch.object(html, "signs_are_taken", lambda text: False):
        assert html.to_markdown(source) == quick


COMMON = [
    "**Bold** at the start",
    "one *slanted* word, then **two more**.",
    "It is (**so**) ~~not~~",
    "See [the page](https://example.org/a?b=c) now",
    "Energy $E = mc^2$, mass $m$.",
    "First *line*\\\nsecond\n\nNew **paragraph**",
]


@pytest.mark.parametrize("text", COMMON)
def test_common_texts_need_no_parser(text: str) -> None:
    assert signs_are_taken(text)


DOUBTFUL = ["half**word**s", "a ** b", "** a**", "**a **", "***a***", "`**a**`", "2*3*4"]
DOUBTFUL += ["costs 5$ or $6", "\\**a**", "    **code**", "- **item**\n      **code**", "$ x$"]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_doubtful_texts_are_left_to_the_parser(text: str) -> None:
    assert not signs_are_taken(text)
