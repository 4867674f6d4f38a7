"""Articles are found in pasted texts, even where a whole page was copied."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.articles.extract import MAX_CHARACTERS, extract, extract_text
from quizapp.core.articles.extracting.bylines import byline, names_of
from quizapp.core.articles.extracting.clean import cleaned
from quizapp.core.articles.extracting.language import language_of
from quizapp.core.articles.model import ArticleError
from quizapp.core.articles.plain import plain_form
from quizapp.core.articles.segment import blocks
from tests.core.extract_ground import shares

BODY = """\
A kite flies because the wind pushes against its slanted face. The string holds the kite at an \
angle, so that the air is turned downwards and the kite is pressed up.

A tail keeps the kite steady. It adds drag below the kite, and when the kite tips to one side the \
tail pulls it back. Box kites need no tail, because their side panels do the same work.

The first kites were probably flown in China more than two thousand years ago. They were made of \
silk and bamboo, and soldiers used them to send signals and to measure distances.

In 1749 the Scottish astronomer Alexander Wilson raised thermometers on a train of kites. Weather \
services used kites until about 1930, when balloons and aeroplanes took their place.
"""
PASTED = f"""\
Kite Corner is supported by its readers. We may receive a commission if you buy through our links.
Advertiser Disclosure
Our website is independent and free to read. To keep it that way, we rely on advertising and on \
affiliate partners, which may pay us when you click on a link and make a purchase.

How does a kite fly?

By J R Osei
Updated June 3, 2021
Our promise to you
Kite Corner is dedicated to content that you can trust. Our editorial team checks every article, \
and we update our guides whenever readers write to us.

Editorial Standards

Our writers follow strict guidelines. We rely on reputable sources, and our editors do not receive \
money from advertisers.

{BODY}
Kite Corner is dedicated to accurate information. To learn more about our commitment, read our \
editorial process.
Discussion Comments
By windy — On Apr 02, 2016

My father built box kites for all the children in our street, and they flew higher than any that \
we could buy.

By Sal — On Mar 30, 2016

I never knew that kites were used for the weather! Does anybody still do that?

Kite Corner, in your inbox

Our latest articles and guides, delivered daily.
"""


def test_of_a_pasted_page_exactly_the_body_is_kept() -> None:
    found = extract_text(PASTED)
    assert found.text == plain_form(BODY)
    assert found.title == "How does a kite fly?"
    assert found.authors == ("J R Osei",)
    assert found.published == date(2021, 6, 3)
    assert found.language == "en"


def test_what_is_left_out_of_a_pasted_page_says_why() -> None:
    reasons = {one.text[:20]: one.dropped for one in extract_text(PASTED).dropped}
    assert reasons["Kite Corner is suppo"] == "advertising"
    assert reasons["Our website is indep"] == "advertising"
    assert reasons["How does a kite fly?"] == "title"
    assert reasons["By J R Osei"] == reasons["Updated June 3, 2021"] == "byline"
    assert reasons["Our writers follow s"] == "site_talk"
    assert reasons["By windy — On Apr 02"] == reasons["I never knew that ki"] == "comments"
    assert reasons["Kite Corner, in your"] == reasons["Our latest articles "] == "newsletter"


def test_the_seed_page_gives_exactly_its_eight_paragraphs(shared: Path) -> None:
    text = (shared / "seed/what-is-immunotherapy.txt").read_text("utf-8")
    found = extract_text(text)
    lines = [line for line in text.split("\n") if line.strip()]
    first = next(n for n, line in enumerate(lines) if line.startswith("Immunotherapy is a type"))
    gold = "\n\n".join(lines[first : first + 8])
    assert found.text == gold
    assert shares(found.text, gold) == (1.0, 1.0)
    assert found.title == "What is Immunotherapy?"
    assert found.authors == ("K T Solis",)
    assert found.published == date(2024, 5, 17)
    assert found.language == "en"


def test_of_the_shared_articles_nothing_is_lost(shared: Path) -> None:
    for path in sorted((shared / "articles").glob("*.txt")):
        title, _, rest = path.read_text("utf-8").partition("\n")
        found = extract_text(f"{title}\n{rest}")
        assert found.title == title
        assert [one.dropped for one in found.dropped] == ["title"], path.name
        assert shares(found.text, rest)[1] > 0.99


def test_lines_that_were_broken_to_fit_are_made_paragraphs_again() -> None:
    narrow = """\
Why cats purr

A cat purrs by tightening and loosening the
muscles of its larynx some twenty-five times
a second, so that the air sounds both when it
breathes in and when it breathes out.

Cats purr when they are content, but also
when they are hurt, and it may be that the
trembling helps bones to heal.
"""
    found = extract_text(narrow)
    assert found.title == "Why cats purr"
    assert [len(one.text.split("\n")) for one in found.blocks] == [1, 1, 1]
    assert found.text.endswith("that the trembling helps bones to heal.")
    assert len(found.text.split("\n\n")) == 2


def test_headings_lists_and_references_of_a_text_are_told_apart() -> None:
    found = extract_text(
        f"""Kites

{BODY}
Parts of a kite

A kite is made of:
- a frame of light sticks
- a sail of paper or cloth
- a string

References

1. Osei, J. Kites of the coast. 1998.
"""
    )
    assert "## Parts of a kite\n\nA kite is made of: a frame of light sticks; a sail" in found.text
    assert found.text.endswith("a string.")
    assert {one.dropped for one in found.dropped[-2:]} == {"references"}


def test_a_heading_whose_text_is_all_left_out_is_left_out_too() -> None:
    found = extract_text(f"Kites\n\n{BODY}\n## Pictures\n\nPhoto: J. Osei\n\n## Later\n")
    assert [(one.text, one.dropped) for one in found.dropped if one.kind == "heading"] == [
        ("Pictures", "empty_heading"),
        ("Later", "empty_heading"),
    ]


@pytest.mark.parametrize(
    ("line", "authors", "day"),
    [
        ("By K T Solis", ("K T Solis",), None),
        ("Updated May 17, 2024", (), date(2024, 5, 17)),
        ("Published: 17 May 2024 at 10:30 am", (), date(2024, 5, 17)),
        (
            "By Ann Poe, MD, and Ben O'Hara | 3 June 2021",
            ("Ann Poe", "Ben O'Hara"),
            date(2021, 6, 3),
        ),
        (
            "By Ludwig van Beek Updated 2 May 2020 · 5 min read",
            ("Ludwig van Beek",),
            date(2020, 5, 2),
        ),
        ("Von Käthe Brömel, 9. April 2018", ("Käthe Brömel",), date(2018, 4, 9)),
        ("Por José Núñez, 4 de mayo de 2019", ("José Núñez",), date(2019, 5, 4)),
        ("2020-02-29", (), date(2020, 2, 29)),
    ],
)
def test_bylines_name_people_and_days(
    line: str, authors: tuple[str, ...], day: date | None
) -> None:
    said = byline(line)
    assert said is not None
    assert (said.authors, said.day) == (authors, day)


@pytest.mark.parametrize(
    "line",
    [
        "By contrast, a kite has no engine.",
        "By 1930",
        "In May 17, 2024 it rained",
        "2023-02-29",
        "By the sea",
        "",
        "May the wind be with you",
    ],
)
def test_lines_that_say_anything_else_are_no_bylines(line: str) -> None:
    assert byline(line) is None


def test_programs_and_degrees_are_no_authors() -> None:
    assert names_of("Ann Poe; Ben Roe") == ("Ann Poe", "Ben Roe")
    assert names_of("Ann Poe, PhD and Ben Roe") == ("Ann Poe", "Ben Roe")
    assert names_of("admin") == names_of("python-docx") == names_of("https://x.example/ann") == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The cat sleeps on the mat."),
        ("de", "Die Katze schläft auf dem Bett und sie träumt nicht."),
        ("fr", "Le chat dort sur le lit et il ne rêve pas."),
        ("es", "El gato duerme en la cama y no sueña con los ratones."),
        ("it", "Il gatto dorme sul letto e non sogna di essere un topo."),
        ("pt", "O gato dorme na cama e não sonha com os ratos."),
        ("nl", "De kat slaapt op het bed en droomt niet van een muis."),
        ("sv", "Katten sover på sängen och den drömmer inte om möss."),
        ("pl", "Kot śpi na łóżku i nie śni o tym, że jest myszą."),
        ("tr", "Kedi yatakta uyuyor ve bir fare için rüya görmüyor."),
        ("ru", "Кошка спит на кровати."),
        ("uk", "Кішка спить на ліжку і їй нічого не сниться."),
        ("zh", "猫在床上睡觉。"),
        ("ja", "猫はベッドで寝ている。"),
        ("ko", "고양이가 침대에서 잔다."),
        ("ar", "القطة تنام على السرير"),
        ("he", "החתול ישן על המיטה"),
        ("el", "Η γάτα κοιμάται στο κρεβάτι."),
    ],
)
def test_one_sentence_tells_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


def test_a_language_that_is_not_known_is_said_to_be_unknown() -> None:
    swahili = "Paka analala kitandani usiku kucha bila kuota ndoto yoyote kuhusu panya wadogo. " * 5
    assert language_of(swahili) == "und"
    assert language_of(swahili, "sw-KE") == "sw"
    assert language_of("Mitosis") == "en"
    assert language_of("Mitosis", "de-AT") == "de"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cells divide.[1][2, 3] They grow [note 4].", "Cells divide. They grow."),
        ("Cells (see Fig. 3) grow (Figures 3.1a and 3.2).", "Cells grow."),
        ("He said: “[T]he end.” It held x[i] and f(2).", None),
        ("The Nile (6,650 km) is long (1848).", None),
        ("A plague¹ of 5 km² ended.”²", "A plague of 5 km² ended.”"),
        (
            "e\ufb03cient\xa0co\xado\u2028peration\u200b",
            "efficient cooperation".replace("coop", "coo p"),
        ),
        ("## # Not a heading", "Not a heading"),
        ("e\u0301", "é"),
        ("a\ud800b\x00c", "abc"),
    ],
)
def test_marks_of_print_and_the_web_go(text: str, expected: str | None) -> None:
    assert cleaned(text) == (text if expected is None else expected)


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert plain_form(once) == once


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                *PASTED.split("\n"),
                "## Wind",
                "- one",
                "Comments",
                "References",
                "1. two",
                "#",
                "## ##",
            ]
        ),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_whatever_is_pasted_gives_an_article_in_plain_form_or_plain_words(lines: list[str]) -> None:
    try:
        found = extract_text("\n".join(lines))
    except ArticleError:
        return
    text = found.text
    assert plain_form(text) == text
    kept = [(one.kind, one.text) for one in found.blocks if not one.dropped]
    assert [(b.kind, text[b.start : b.end]) for b in blocks(text)] == kept


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\x00", "Kites", "Home\nNews\nSport"])
def test_a_text_without_an_article_is_refused(text: str) -> None:
    with pytest.raises(ArticleError, match=r"no text|No article"):
        extract_text(text)


def test_a_text_that_is_too_long_is_refused_with_the_limit() -> None:
    for length in (MAX_CHARACTERS + 5_000, 2_000_000):
        text = (BODY * (length // len(BODY) + 1))[:length]
        with pytest.raises(ArticleError, match=r"at most 200,000 characters; this one has"):
            extract_text(text)
        with pytest.raises(ArticleError, match=r"at most 200,000 characters"):
            extract(text.encode(), "kites.txt")
