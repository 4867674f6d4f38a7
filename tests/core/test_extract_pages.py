"""Articles are told from what stands around them on web pages of very different make."""

from datetime import date
from pathlib import Path

import pytest

from quizapp.core.articles.extract import extract
from quizapp.core.articles.extracting.found import Found, Source
from quizapp.core.articles.extracting.reasons import REASONS
from quizapp.core.articles.extracting.telling import told_apart
from quizapp.core.articles.model import ArticleError, Extracted
from quizapp.core.articles.segment import blocks
from tests.core.extract_ground import shares

PAGES = Path(__file__).parent / "data/pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.html"))
ABOUT = {
    "amp": ("The stages of sleep, explained", ("Ada Brightwell", "Jun Mori"), date(2020, 11, 2)),
    "app_shell": ("What happens to old paper?", ("Priya Nair",), date(2024, 1, 22)),
    "blog": ("How sourdough works", ("Mo Lindqvist",), date(2021, 2, 7)),
    "div_soup": ("How lighthouses got their light", ("Nadia Petrov",), date(2022, 3, 3)),
    "docs": ("Caching", (), date(2022, 6, 5)),
    "leaflet": ("Hay fever", (), date(2021, 1, 20)),
    "museum_german": ("Wie Glas gemacht wurde", ("Dr Käthe Brömel",), date(2018, 4, 9)),
    "news": ("Beavers reshape a valley in one summer", ("Helen Okafor",), date(2023, 9, 14)),
    "table_layout": ("A short history of the windmill", ("Harold Venn",), None),
    "wiki": ("Salt marsh", (), date(2022, 11, 4)),
}


def page(name: str) -> Extracted:
    return extract((PAGES / f"{name}.html").read_bytes(), f"{name}.html")


def article(*paragraphs: str, around: str = "") -> Extracted:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    text = f"<html><body><article><h1>Bees</h1>{PROSE}{body}</article>{around}</body></html>"
    return extract(text.encode(), "bees.html")


PROSE = """<p>Honey bees live in colonies of up to fifty thousand workers, a few hundred drones and
one queen. The workers do all the work of the hive, and what a worker does depends on its age.</p>
<p>A young bee cleans cells and feeds the larvae. Later it builds comb and guards the entrance, and
only in the last weeks of its life does it fly out to gather nectar and pollen.</p>"""


def test_there_are_ten_pages() -> None:
    assert set(ABOUT) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_of_each_page_the_article_is_kept_and_nothing_else(name: str) -> None:
    precision, recall = shares(page(name).text, (PAGES / f"{name}.txt").read_text("utf-8"))
    assert precision >= 0.95
    assert recall >= 0.95


@pytest.mark.parametrize("name", NAMES)
def test_title_authors_and_date_of_each_page_are_found(name: str) -> None:
    found = page(name)
    assert (found.title, found.authors, found.published) == ABOUT[name]
    assert found.language == ("de" if name == "museum_german" else "en")


@pytest.mark.parametrize("name", NAMES)
def test_all_that_a_page_shows_is_kept_or_dropped_with_a_reason_in_words(name: str) -> None:
    found = page(name)
    assert found.dropped
    assert all(one.dropped in REASONS for one in found.dropped)
    kept = [one for one in found.blocks if not one.dropped]
    read = [(b.kind, found.text[b.start : b.end]) for b in blocks(found.text)]
    assert read == [(one.kind, one.text) for one in kept]


def test_what_is_left_out_says_why() -> None:
    reasons = {one.text: one.dropped for one in page("news").dropped}
    assert reasons["News; Sport; Weather; Opinion."] in {"navigation", "page_furniture"}
    assert reasons["Share on Facebook; Share on WhatsApp."] == "sharing"
    for words, reason in {
        "We and our 214 partners": "cookies",
        "One of the eleven dams": "caption",
        "Otters seen again": "side_box",
        "The best of the week": "newsletter",
        "Helen Okafor has written": "author_box",
        "My cousin farms": "comments",
    }.items():
        assert next(why for text, why in reasons.items() if text.startswith(words)) == reason


def test_short_items_of_a_list_end_the_sentence_that_announces_them() -> None:
    found = article(
        "A hive holds three kinds of bees:</p><ul><li>workers<li>drones<li>a queen</ul><p>"
    )
    assert "A hive holds three kinds of bees: workers; drones; a queen." in found.text


def test_terms_and_what_they_mean_are_one_paragraph() -> None:
    found = article("</p><dl><dt>Drone</dt><dd>is a male bee that gathers no food.</dd></dl><p>")
    assert "\n\nDrone: is a male bee that gathers no food." in found.text


def test_marks_of_citations_and_figures_go_and_powers_stay() -> None:
    found = article(
        "A comb<sup id='r1'><a href='#n'>[3]</a></sup> of 10<sup>2</sup> cm&shy; holds [4, 5] up "
        "to two kilograms&nbsp;of honey (see Figure 2a), which is e\ufb03cient.[citation needed]"
    )
    assert found.text.endswith(
        "A comb of 10² cm holds up to two kilograms of honey, which is efficient."
    )


def test_a_table_of_data_is_one_block_that_can_be_taken_back() -> None:
    found = article("</p><table><tr><th>Bee<th>Days</tr><tr><td>Drone<td>24</tr></table><p>")
    assert [(one.text, one.dropped) for one in found.dropped if one.dropped == "table"] == [
        ("Bee | Days; Drone | 24", "table")
    ]


def test_what_a_browser_does_not_show_is_not_read() -> None:
    found = article(around="<p style='display: none'>secret</p><script>let secret</script>")
    assert "secret" not in "".join(one.text for one in found.blocks)


def test_headings_between_paragraphs_stay_on_a_page_without_any_structure() -> None:
    parts = (PAGES / "wiki.txt").read_text("utf-8").strip().split("\n\n")
    told = [f"<h2>{one[3:]}</h2>" if one[:3] == "## " else f"<div>{one}</div>" for one in parts]
    head = "<html><head><title>Salt marsh - Site</title></head>"
    markup = f"{head}<body><div>{''.join(told)}</div></body></html>"
    assert extract(markup.encode(), "marsh.html").text == "\n\n".join(parts)


def test_a_box_beside_the_text_does_not_end_it() -> None:
    text = "In winter the workers crowd around the queen and keep her warm by trembling. " * 3
    box = [Found(line, 2, "not_main") for line in ("Comments", "About the author", "See also")]
    found = [Found("Bees", 1), Found(text), Found(text), *box, Found(text), Found("Comments")]
    _, told = told_apart(Source((*found, Found("Nice to read. I keep bees too."))))
    assert [one.dropped for one in told] == [
        *("title", "", ""),
        *("comments", "author_box", "related"),
        *("", "comments", "comments"),
    ]


def test_an_article_about_advertising_is_kept() -> None:
    text = (
        "An advertiser pays a newspaper for space, and affiliate links bring a commission. Readers "
        "who subscribe see fewer advertisements, because the publisher earns its money from them."
    )
    assert text in article(text).text


def test_an_article_that_says_we_and_our_is_kept() -> None:
    text = (
        "We see the Milky Way as a band because our sun lies in its disc, and we look along it. "
        "Our galaxy holds more than a hundred billion stars, most of them smaller than ours."
    )
    assert text in article(text).text


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", "<meta charset='utf-8'>"),
        ("windows-1252", "<meta charset='iso-8859-1'>"),
        (
            "windows-1251",
            "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        ),
        ("utf-16", ""),
        ("shift_jis", "<meta charset=Shift_JIS>"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_names(encoding: str, head: str) -> None:
    word = {"windows-1251": "мёд", "shift_jis": "蜂蜜"}.get(encoding, "Gefäß")
    text = f"<html><head>{head}</head><body><article>{PROSE}<p>The word is {word}.</p></article>"
    assert f"The word is {word}." in extract(text.encode(encoding), "x.html").text


def test_a_page_without_an_article_is_refused_in_plain_words() -> None:
    form = "<html><body><h1>Sign in</h1><form><label>Name</label><input></form><p>Forgot it?</p>"
    with pytest.raises(ArticleError, match="No article was found on this page"):
        extract(form.encode(), "login.html")


@pytest.mark.parametrize(
    "markup",
    [
        "<html>" + "<div>" * 50_000,
        "<html>" + "<b>" * 5_000 + "x",
        "<html>" + "<p>word " * 40_000,
        "<html><p>" + "A word. " * 100_000,
        "<html><!-- nothing -->",
    ],
)
def test_pages_that_would_take_long_are_refused(markup: str) -> None:
    with pytest.raises(ArticleError):
        extract(markup.encode(), "x.html")
