"""What the tags, classes and ids of a page say of its parts: which are not the article."""

import re
from itertools import pairwise
from typing import Any, Final

Element = Any  # lxml's element; its own types are not exported

_TAGS: Final = {
    "nav": "navigation",
    "menu": "navigation",
    "footer": "page_furniture",
    "aside": "side_box",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "code",
    "dialog": "cookies",
    "amp-sidebar": "navigation",
    "amp-consent": "cookies",
    "amp-ad": "advertising",
}
_ROLES: Final = {
    "navigation": "navigation",
    "search": "navigation",
    "banner": "page_furniture",
    "contentinfo": "page_furniture",
    "complementary": "side_box",
    "dialog": "cookies",
    "alertdialog": "cookies",
    "doc-bibliography": "references",
    "doc-endnotes": "references",
    "doc-footnote": "references",
}
# Of words in classes and ids, parted at signs and where capitals begin.
_NAMES: Final = {
    "comments": "comment comments disqus respond commentlist reply replies discussion",
    "contents": "toc tableofcontents",
    "navigation": """nav navbar navigation menu breadcrumb breadcrumbs pagination sitemap skip
        topbar pager subnav mainnav navbox catlinks tags taglist""",
    "related": """related recommended recommendations trending readnext morestories alsolike
        teaser teasers similar mostread""",
    "newsletter": "newsletter subscribe subscription signup mailinglist optin",
    "cookies": "cookie cookies consent gdpr cookiebanner cmp",
    "advertising": "ad ads advert adverts advertisement advertising sponsor sponsored adslot promo",
    "author_box": "authorbox authorbio bio aboutauthor",
    "sharing": "share sharing social sharebar addtoany",
    "references": "references reference reflist footnotes footnote endnotes bibliography",
    "caption": "caption thumbcaption wp-caption-text credit photocredit",
    "side_box": "sidebar infobox factbox pullquote vcard widget",
    "page_furniture": "footer masthead siteheader hatnote edit editsection",
}
_REASON_OF: Final = {name: code for code, names in _NAMES.items() for name in names.split()}
_PAIRS: Final = {  # two words that say together what neither says alone
    ("more", "stories"): "related",
    ("read", "next"): "related",
    ("also", "like"): "related",
    ("see", "also"): "related",
    ("most", "read"): "related",
    ("author", "box"): "author_box",
    ("author", "bio"): "author_box",
    ("author", "info"): "author_box",
    ("about", "author"): "author_box",
    ("table", "contents"): "contents",
    ("site", "header"): "page_furniture",
    ("page", "header"): "page_furniture",
    ("pull", "quote"): "side_box",
    ("mailing", "list"): "newsletter",
    ("sign", "up"): "newsletter",
}
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WITHOUT = frozenset({"no", "has", "with", "without", "hide", "is", "tag", "category", "type"})
_NEVER = frozenset({"html", "body", "main"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def zone_reason(element: Element, holding: set[Element]) -> str:
    """Return why all within the element is not the article, or "".

    `holding`: the elements that hold the page's title or body and so are never left out whole.
    """
    tag = element.tag
    if tag in _NEVER or element in holding:
        return ""
    role = (element.get("role") or "").lower()
    return _TAGS.get(tag, "") or _ROLES.get(role, "") or _named_reason(element)


def is_hidden(element: Element) -> bool:
    """Say whether a browser shows nothing of the element."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return _HIDDEN.search(element.get("style") or "") is not None


def _named_reason(element: Element) -> str:
    for name in f"{element.get('class') or ''} {element.get('id') or ''}"[:500].split():
        parts = [part.lower() for part in _PART.findall(name)]
        if not parts or parts[0] in _WITHOUT:
            continue
        whole = "".join(parts)
        for pair in pairwise(parts):
            if pair in _PAIRS:
                return _PAIRS[pair]
        for one in (whole, parts[-1], parts[0]):
            if one in _REASON_OF:
                return _REASON_OF[one]
    return ""
