"""Why a block is not of the article: the codes in `ReadBlock.dropped`, with plain words."""

from typing import Final

REASONS: Final = {
    "advertising": "advertising",
    "author_box": "about the author",
    "before_title": "stands before the title",
    "byline": "names the author or the date",
    "caption": "caption of a picture or table",
    "code": "program code",
    "comments": "readers' comments",
    "contents": "table of contents",
    "cookies": "notice about cookies or consent",
    "empty_heading": "heading without text of the article",
    "navigation": "navigation",
    "newsletter": "newsletter or subscription",
    "not_main": "outside the main text of the page",
    "page_furniture": "running header, footer or page number",
    "references": "notes and references",
    "related": "links to other pages",
    "sharing": "sharing and social media",
    "side_box": "box beside the text",
    "site_talk": "the site speaks about itself",
    "table": "table",
    "title": "title of the article",
    "too_short": "too short to be a paragraph",
}
