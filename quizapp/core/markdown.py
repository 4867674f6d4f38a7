"""Markdown turned into clean HTML or plain text: the one way from an author's text to a page."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from quizapp.core.marked import unmarked
from quizapp.core.tex import as_code, mathml

RENDERER = "1"  # part of the key of any cache of rendered texts: a change of the HTML raises it

MediaUrl = Callable[[str], str]

MAX_MARKDOWN = 60_000  # characters; a longer text is shown as written, in linear time
MAX_HIGHLIGHTED = 10_000
MAX_KEPT = 1_000  # characters of a text whose words are kept
# Only lexers that are known to be quick: some of pygments' hundreds take minutes on a bad text.
_LANGUAGES = """bash c c++ cpp c# csharp css diff go haskell html ini java javascript js json julia
    kotlin latex lua make matlab perl php py python python3 r rb rs ruby rust scala sh shell sql
    swift tex toml ts typescript xml yaml"""
LANGUAGES = frozenset(_LANGUAGES.split())
_MATH = """math mrow mi mo mn ms mtext mspace msqrt mroot mfrac msub msup msubsup munder mover
    munderover mtable mtr mtd mstyle mpadded mphantom menclose semantics"""
MATH_TAGS = frozenset(_MATH.split())
_OPERATOR = "stretchy fence form separator lspace rspace minsize maxsize movablelimits"
ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {
    "math": {"display", "xmlns"},
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "span": {"class"},
    "div": {"class"},
    "code": {"class"},
    "mo": set(_OPERATOR.split()),
    "mi": {"mathvariant"},
    "mtable": {"columnalign"},
    "mtd": {"columnalign"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mover": {"accent"},
}
_CLEANER = nh3.Cleaner(
    tags=set(nh3.ALLOWED_TAGS | MATH_TAGS),
    attributes=ATTRIBUTES,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
)
_GAP = re.compile(r"\[\[\d{1,4}\]\]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # no HTML can hold one
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_MEDIA_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")
# A line that no rule of Markdown can touch: it begins with a letter, a digit that numbers no list,
# or a gap, and holds no markup.
_PUNCTUATION = r" ,.;:?!'\"()/%+=\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00ab\u00bb-"
_PLAIN_LINE = (
    r"(?!\d{1,9}[.)](?: |$))(?:[^\W_]|(?=\[\[))"
    rf"[\w{_PUNCTUATION}]*(?:\[\[\d{{1,4}}\]\][\w{_PUNCTUATION}]*)*"
)
_PLAIN = re.compile(_PLAIN_LINE)  # of a text without _
_PLAIN_LINES = re.compile(rf"{_PLAIN_LINE}(?:\n{_PLAIN_LINE})*", re.MULTILINE)


def render(text: str, media_url: MediaUrl | None = None) -> str:
    """Clean HTML of a Markdown text. Never raises; `[[1]]` stays the literal `[[1]]`.

    `media_url` gives the address of a file of the bank, or "" for none; without an address an
    image becomes its alternative text. No `[[` occurs inside a tag.
    """
    if _is_plain(text):
        return f"<p>{escape(text, quote=False)}</p>\n"
    return _render(text, media_url, inline=False)


def render_inline(text: str, media_url: MediaUrl | None = None) -> str:
    """As `render`, for a text inside a line or a label: no paragraphs, lists or tables."""
    if _is_plain(text):
        return escape(text, quote=False)
    return _render(text, media_url, inline=True)


def outward(text: str, media_url: MediaUrl) -> str:
    r"""HTML of a Markdown text for other systems: formulas as `\(x\)` and `\[x\]`, code as it is.

    Only this project's own parser has made it, so it holds no script or foreign markup.
    """
    text = _SURROGATE.sub("\ufffd", text)
    if len(text) > MAX_MARKDOWN:
        return f"<p>{escape(text, quote=False)}</p>"
    return str(_OUTWARD.render(text, {"media_url": media_url}))


def images(text: str) -> list[tuple[str, str]]:
    """(alternative text, NAME) of each image of the form `![alternative text](media/NAME)`."""
    if "![" not in text:
        return []
    found = [
        (_plain_of(token.children or []).strip(), _media_name(str(token.attrGet("src") or "")))
        for token in _walk(_PARSER.parse(text[:MAX_MARKDOWN]))
        if token.type == "image"
    ]
    return [(alt, name) for alt, name in found if name]


def to_plain(text: str) -> str:
    """Return the words alone, on one line, for names and search. Formulas stay as written."""
    if _is_plain(text):
        return text
    if len(text) > MAX_KEPT:
        return _parse_plain(text)
    words = unmarked(text)
    return _parsed_plain(text) if words is None else words


def _parse_plain(text: str) -> str:
    return " ".join(_plain_of(_PARSER.parse(text[:MAX_MARKDOWN])).split())


# An import needs the words of a stem three times: for the name, for search, for the fact.
_parsed_plain = lru_cache(maxsize=4096)(_parse_plain)


def words(texts: Sequence[str]) -> str:
    """Return the words of several texts; only white space may be otherwise than in `to_plain`."""
    joined = "\n".join(texts)
    if "_" not in joined and _PLAIN_LINES.fullmatch(joined):  # once for all of them
        return joined
    return "\n".join(map(to_plain, texts))


def _is_plain(text: str) -> bool:
    return not text.endswith(" ") and "_" not in text and _PLAIN.fullmatch(text) is not None


def _render(text: str, media_url: MediaUrl | None, inline: bool) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    if len(text) > MAX_MARKDOWN:
        return _CLEANER.clean(f"<p>{escape(text)}</p>")
    environment = {"media_url": media_url}
    html = _PARSER.renderInline(text, environment) if inline else _PARSER.render(text, environment)
    return _CLEANER.clean(html)


def _walk(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or [])


def _plain_of(tokens: Sequence[Token]) -> str:
    words = []
    for token in tokens:
        if token.children:  # also an image: its children are its alternative text
            words.append(_plain_of(token.children))
        elif token.block or token.type.endswith("break"):
            words.append(f" {token.content} ")
        else:
            words.append(token.content)
    return "".join(words)


def _media_name(source: str) -> str:
    folder, _, name = unquote(source).partition("/")
    fits = folder == "media" and _MEDIA_NAME.fullmatch(name) and name not in (".", "..")
    return name if fits else ""


def _gap(state: StateInline, silent: bool) -> bool:
    """`[[1]]` is text, whatever stands around it, and never part of a link."""
    match = _GAP.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("text", "", 0).content = match.group()
    state.pos = match.end()
    return True


def _tame(state: StateCore) -> None:
    """Hide links to what is not the web, and keep `[[` out of attributes, where no gap can be.

    Headings step down two levels: the page and the question have theirs above the text's.
    """
    for token in _walk(state.tokens):
        if token.type.startswith("heading"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        for name, value in token.attrs.items():
            token.attrs[name] = str(value).replace("[[", "[ [")
    _hide_links(state)


def _hide_links(state: StateCore) -> None:
    for token in _walk(state.tokens):
        hidden = False
        for child in token.children or []:
            if child.type == "link_open":
                hidden = not _LINK.match(str(child.attrGet("href") or ""))
            if child.type in ("link_open", "link_close"):
                child.hidden = hidden


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    alt = _plain_of(tokens[index].children or []).strip()
    name = _media_name(str(tokens[index].attrGet("src") or ""))
    media_url = env.get("media_url")
    address = media_url(name) if alt and name and media_url else ""
    if not address:
        return escape(alt)
    return f'<img src="{escape(address)}" alt="{escape(alt.replace("[[", "[ ["))}">'


def _code_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    language = (tokens[index].info.split() or [""])[0].lower()
    code = tokens[index].content
    if language not in LANGUAGES or len(code) > MAX_HIGHLIGHTED or _GAP.search(code):
        return f"<pre><code>{escape(code)}</code></pre>\n"
    html = highlight(code, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    return f'<pre><code class="highlight">{html}</code></pre>\n'


def _display_math(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    # a span, not the plug-in's div: a div would end the paragraph that it stands in
    return f'<span class="math display">{_formula(tokens[index].content.strip(), True)}</span>'


def _formula(source: str, display: bool) -> str:
    return as_code(source) if _GAP.search(source) else mathml(source, display)


def _plain_code(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return f"<pre><code>{escape(tokens[index].content, quote=False)}</code></pre>\n"


def _tex(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    source, block = escape(tokens[index].content.strip(), quote=False), tokens[index].block
    return f"<p>\\[{source}\\]</p>\n" if block else f"\\({source}\\)"


def _display_tex(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    return f"\\[{escape(tokens[index].content.strip(), quote=False)}\\]"


def _outward_parser() -> MarkdownIt:
    parser = _parser(headings_down=False)
    parser.add_render_rule("fence", _plain_code)
    parser.add_render_rule("math_inline", _tex)
    parser.add_render_rule("math_block", _tex)
    parser.add_render_rule("math_inline_double", _display_tex)
    return parser


def _parser(headings_down: bool = True) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,  # with allow_digits, pandoc's rule: "$5 or 6 $" is money
        allow_digits=False,
        double_inline=True,
        renderer=lambda source, options: _formula(source, bool(options.get("display_mode"))),
    )
    parser.inline.ruler.before("link", "gap", _gap)
    parser.core.ruler.push("tame", _tame if headings_down else _hide_links)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("fence", _code_block)
    parser.add_render_rule("math_inline_double", _display_math)
    return parser


_PARSER = _parser()
_OUTWARD = _outward_parser()
