"""How Markdown becomes HTML, and that no text of an author becomes a script."""

import json
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quizapp.core import markdown
from quizapp.core.markdown import images, render, render_inline, to_plain
from quizapp.core.tex import COMMANDS, mathml, unknown_commands

UNHURRIED = settings(deadline=None)  # a busy machine is no failure

XSS = Path(__file__).resolve().parents[3] / "shared" / "hostile" / "xss"
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML" display="inline"'
REL = 'rel="noopener noreferrer nofollow"'


def media(name: str) -> str:
    return f"/media/{name}"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A **b** *c* ~~d~~ `e`", "A <strong>b</strong> <em>c</em> <s>d</s> <code>e</code>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("![A cell](media/a.png)", '<img src="/media/a.png" alt="A cell">'),
        ("![A cell](media/a%20b.png)", '<img src="/media/a b.png" alt="A cell">'),
        ("![](media/a.png)", ""),
        ("![A cell](https://example.org/a.png)", "A cell"),
        ("![A cell](media/../a.png)", "A cell"),
        ("![A cell](data:image/png;base64,AAAA)", "A cell"),
        ("[x](https://a.org)", f'<a href="https://a.org" {REL}>x</a>'),
        ("[x](mailto:a@b.org)", f'<a href="mailto:a@b.org" {REL}>x</a>'),
        ("[x](/admin) [y](ftp://a.org)", "x y"),
        ("[x](//a.org)", "x"),
        ("US$5 and $6", "US$5 and $6"),
        ("$x$", f'<span class="math inline"><math {MATH}><mrow><mi>x</mi></mrow></math></span>'),
        (
            r"$\ce{H2O}$",
            r'<span class="math inline"><code class="math-error">\ce{H2O}</code></span>',
        ),
        ("[[1]](https://a.org) [[2]]", "[[1]](https://a.org) [[2]]"),
        ("**[[1]]** `[[2]]`", "<strong>[[1]]</strong> <code>[[2]]</code>"),
        (
            "$[[1]]$",
            '<span class="math inline"><code class="math-error">[[1]]</code></span>',
        ),
        ("![a [[1]]](media/a.png)", '<img src="/media/a.png" alt="a [ [1]]">'),
        ("lone \ud800", "lone \ufffd"),
    ],
)
def test_a_line_is_rendered(text: str, html: str) -> None:
    assert render_inline(text, media) == html
    assert render(text, media) == f"<p>{html}</p>\n"


def test_blocks_are_rendered() -> None:
    assert render("# A\n\n- b\n- c") == "<h3>A</h3>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n"
    assert "<td>1</td>" in render("a|b\n-|-\n1|2")
    assert render("[1]: https://a.org\n\n[[1]]") == "<p>[[1]]</p>\n"
    assert render("$$\nx\n$$").startswith('<div class="math block">\n<math xmlns')
    assert '<span class="math display"><math' in render("a $$x$$ b")


def test_code_is_highlighted_by_classes_where_the_language_is_known() -> None:
    html = render("```python\nx = 1  # <b>\n```")
    assert html.startswith('<pre><code class="highlight"><span class="n">x</span>')
    assert "style=" not in html
    assert html.count("<pre>") == 1
    assert render("```no-such\nx < 1\n```") == "<pre><code>x &lt; 1\n</code></pre>\n"
    assert "[[1]]" in render("```python\nx = [[1]]\n```")


def test_an_image_without_an_address_becomes_its_alternative_text() -> None:
    assert render("![A cell](media/a.png)") == "<p>A cell</p>\n"
    assert render("![A cell](media/a.png)", lambda name: "") == "<p>A cell</p>\n"


def test_images_are_listed_with_their_alternative_text() -> None:
    text = "![A *b*](media/a%20b.png)\n\n- ![](media/c.png) ![d](https://e.org/f.png)"
    assert images(text) == [("A b", "a b.png"), ("", "c.png")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A **b** [c](https://d.org) ![e](media/f.png) $g^2$", "A b c e g^2"),
        ("# A\n\n- b\n- c\\\nd", "A b c d"),
        ("a|b\n-|-\n1|2", "a b 1 2"),
        ("a &amp; b < c", "a & b < c"),
        ("Just a sentence.", "Just a sentence."),
    ],
)
def test_the_words_alone(text: str, plain: str) -> None:
    assert to_plain(text) == plain


plain_looking = st.text(
    st.sampled_from(" .,:;!?'\"()/%+=\u2013-[]1234abcé_*`$<>&#~|\\\n\t\u00a0中")
    | st.characters(codec="utf-8")
)


@UNHURRIED
@given(plain_looking | st.from_regex(markdown._PLAIN, fullmatch=True))
@example("A sentence: 'quoted', \"too\" (50%), 1/2 + 2 = 2.5 \u2013 so [[1]]!")
@example("a [[1]][[2]] b")
@example("a  b")
@example("a:b -- c")
def test_the_short_way_gives_what_the_long_way_gives(text: str) -> None:
    if markdown._is_plain(text):
        assert render(text) == markdown._render(text, None, inline=False)
        assert render_inline(text) == markdown._render(text, None, inline=True)
        assert (
            to_plain(text) == " ".join(markdown._plain_of(markdown._PARSER.parse(text)).split())
            or "  " in text
        )


@UNHURRIED
@given(plain_looking)
def test_any_text_is_rendered_and_harmless(text: str) -> None:
    for html in (render(text, media), render_inline(text, media)):
        assert audit(html) == []
    to_plain(text)
    images(text)


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 20_000, "![" * 10_000, "*a " * 15_000, "`" * 30_000, "$" * 30_000, ">" * 30_000),
        *("[a](b" * 8_000, "&" * 30_000, "_a*" * 15_000, "<" * 40_000, "[[1]]" * 8_000),
        *("\\" * 30_000 + "$", "[a]: b\n" * 4_000 + "[a]" * 4_000, "- " * 10_000, "a" * 10**6),
        "$" + "{" * 1_500 + "$",
    ],
    ids=lambda text: repr(text[:6]),
)
def test_hostile_nesting_takes_no_time(text: str) -> None:
    started = time.process_time()
    render(text)
    to_plain(text)
    assert time.process_time() - started < 5


def test_every_command_of_the_list_comes_out() -> None:
    alone = {
        "left",
        "right",
        "middle",
        "begin",
        "end",
        "operatorname",
        "limits",
        "nolimits",
        "over",
        "choose",
        "backslash",
    }
    big = [name for name in COMMANDS if name.lower().rstrip("lr") in ("big", "bigg")]
    two = {
        "frac",
        "dfrac",
        "tfrac",
        "cfrac",
        "binom",
        "dbinom",
        "tbinom",
        "overset",
        "underset",
        "stackrel",
    }
    for name in COMMANDS.difference(alone, big):
        source = rf"a \{name}{{x}}{{y}}" if name in two else rf"a \{name}{{x}} b"
        html = mathml(source)
        assert "\\" not in html, name
        assert "math-error" not in html, name


def test_bad_formulas_are_shown_as_written() -> None:
    assert unknown_commands(r"\frac{\foo}{\begin{tikz}} \\ \alpha") == ["foo", "tikz"]
    for source in (r"\frac{", r"\foo", "{" * 100, r"\left(" * 100, "x" * 3000):
        assert mathml(source) == f'<code class="math-error">{source}</code>'
    assert "<mtext>&lt;img&gt;</mtext>" in mathml(r"\text{<img>}")


class Audit(HTMLParser):
    """Lists what no rendered text may hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe", "object", "embed", "form", "input", "base", "meta"):
            self.found.append(tag)
        if tag in ("svg", "link", "button", "video", "audio", "template", "noscript", "annotation"):
            self.found.append(tag)
        for name, value in attrs:
            self.look(tag, name, value or "")

    def look(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in ("style", "srcdoc", "formaction", "id", "xlink:href"):
            self.found.append(f"{tag} {name}")
        if name == "href" and not value.startswith(("http://", "https://", "mailto:")):
            low = value.lower()
            if not low.startswith(("http://", "https://", "mailto:")):
                self.found.append(f"{tag} {name}={value}")
        if name == "src" and not value.startswith("/media/"):
            self.found.append(f"{tag} {name}={value}")
        if "[[" in value:
            self.found.append(f"gap in {tag} {name}")


def audit(html: str) -> list[str]:
    parser = Audit()
    parser.feed(html)
    parser.close()
    return parser.found


def vectors() -> list[str]:
    own = json.loads((XSS / "own_vectors.json").read_text("utf-8"))
    owasp = json.loads((XSS / "owasp_filter_evasion.json").read_text("utf-8"))
    purify = json.loads((XSS / "dompurify_expect.json").read_text("utf-8"))
    return [*own, *owasp, *(case["payload"] for case in purify)]


@pytest.mark.skipif(not XSS.is_dir(), reason="../shared is not there")
def test_no_known_vector_leaves_anything_that_could_run() -> None:
    wraps = (
        "{}",
        "`{}`",
        "${}$",
        "[x]({})",
        "![x]({})",
        "[x](<{}>)",
        "![{}](media/x)",
        "> {}\n\n{}",
    )
    tried = 0
    for vector in vectors():
        for wrap in wraps:
            text = wrap.replace("{}", vector)
            for html in (render(text, media), render_inline(text, media)):
                assert audit(html) == [], text
                tried += 1
    assert tried > 2_000
