"""Short cuts for the many texts and questions that need no more say what the long ways say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quizapp.core import markdown, problems
from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared import checking
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.question_types.texts import fill_ids
from quizapp.core.search import folded

WORDS = [
    "a",
    "Word",
    "12",
    "3.",
    "4)",
    "1.5",
    "-",
    "é",
    "ﬁ",
    "**b**",
    "_",
    "[[1]]",
    "$x$",
    "!",
    "\n",
]
TEXTS = st.lists(st.sampled_from([*WORDS, "![]", "\x00", " ", "  ", "\n\n", ":"]), max_size=6).map(
    " ".join
) | st.lists(st.sampled_from([*WORDS, " ", "#", "=", "|", "&amp;", "~"]), max_size=6).map("".join)


@given(TEXTS)
def test_a_plain_text_is_what_the_parser_makes_of_it(text: str) -> None:
    if markdown._is_plain(text):
        assert markdown._parse_plain(text) == " ".join(text.split())
        assert markdown.render(text) == markdown._render(text, None, inline=False)


@given(st.lists(TEXTS, max_size=4))
def test_words_of_several_texts_are_found_like_the_words_of_each(texts: list[str]) -> None:
    apart = " ".join(markdown._parse_plain(text) for text in texts)
    assert folded(markdown.words(texts)) == folded(apart)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["0", "1", "0.5", "2", "x", "", " ", True, None, 1, 0, "a" * 1001]) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "fraction", "feedback", "value", "fact"]), inner
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(QUESTION_TYPES)), TEXTS, st.data(), st.booleans())
def test_what_is_told_sound_has_no_problem(
    name: str, stem: str, data: st.DataObject, needs_stem: bool
) -> None:
    fields = QUESTION_TYPES[name].FIELDS
    body = {field.name: data.draw(VALUES) for field in fields if data.draw(st.booleans())}
    body = fill_ids(name, body)
    stems = problems._STEM if needs_stem else problems._ANY_STEM
    walked = [
        *problems._field_problems(stems, {"stem": stem}, ""),
        *problems._field_problems(fields, body, ""),
    ]
    assert problems.general_problems(Question(name, stem, body), fields, needs_stem) == walked


CHOICES = st.fixed_dictionaries(
    {
        "options": st.lists(
            st.fixed_dictionaries(
                {"text": TEXTS, "fraction": st.sampled_from(["0", "1", "-1", "2"])},
                optional={"feedback": TEXTS, "id": st.sampled_from(["o1", "a b", "", "ü"])},
            ),
            max_size=3,
        )
    },
    optional={"hints": st.lists(TEXTS, max_size=2), "shuffle": st.sampled_from([True, 1, "no"])},
)


@given(TEXTS, CHOICES)
def test_choices_that_are_told_sound_have_no_problem(stem: str, body: dict[str, Any]) -> None:
    fields = QUESTION_TYPES["multiple_choice"].FIELDS
    body = fill_ids("multiple_choice", body)
    walked = [
        *problems._field_problems(problems._STEM, {"stem": stem}, ""),
        *problems._field_problems(fields, body, ""),
    ]
    assert problems.general_problems(Question("multiple_choice", stem, body), fields) == walked


LOOSE = st.sampled_from(["a", "e\u0301", "\u00e9", " b", "b  c", "", "x" * 501, "\u1e9b\u0323"])


@given(
    LOOSE,
    LOOSE,
    st.lists(LOOSE),
    st.none() | LOOSE,
    st.none() | LOOSE,
    st.dictionaries(LOOSE, LOOSE),
)
def test_what_is_told_clean_would_not_be_changed(
    stem: str,
    name: str,
    tags: list[str],
    category: str | None,
    key: str | None,
    body: dict[str, str],
) -> None:
    item = QuestionIn(1, "essay", stem, body, key, name, tags=tags, category=category)
    if checking._is_clean(item):
        cleaned = checking._clean(
            QuestionIn(1, "essay", stem, body, key, name, tags=[*tags, ""], category=category)
        )
        assert cleaned == item
