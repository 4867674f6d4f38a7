"""How rendered texts name the media of their bank until a page says where these are served.

Stored HTML has `<img src="media/NAME"`, NAME percent-encoded. A text cannot hold these characters
itself, since `<` is escaped there, so exchanging them is exact. The page's own path, prefix and
bank's slug never enter what is stored.
"""

from urllib.parse import quote

_STORED = '<img src="media/'


def stored_link(name: str) -> str:
    """Return the address that stored HTML gives to a media file of its bank."""
    return f"media/{quote(name, safe='')}"


def linked(html: str, folder_url: str) -> str:
    """Return stored HTML with the addresses of a page; `folder_url` ends in `/`, NAME follows."""
    return html.replace(_STORED, f'<img src="{folder_url}')
