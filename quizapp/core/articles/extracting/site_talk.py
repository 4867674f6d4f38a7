"""Paragraphs in which a site speaks about itself, asks for something or sells something."""

import re
from typing import Final

# A word of the trade in a paragraph is no proof: an article may be about advertising. What tells
# is that the paragraph also speaks as "we" or to "you", or that it says what no article says.
# In these tables each line is a pattern, in which a blank stands for any white space.
_SAID: Final = {
    "cookies": """
        (?:we|site|website|page) (?:\\w+ ){0,4}(?:use|uses|store|set) (?:\\w+ ){0,2}cookies
        accept (?:all )?(?:\\w+ )?cookies
        cookie (?:policy|settings|preferences|notice)
        manage (?:your )?(?:consent|preferences)
        your privacy choices
        wir verwenden cookies
        nous utilisons des cookies
        utilizamos cookies
    """,
    "newsletter": """
        (?:in|to) (?:your|my) (?:e-?mail )?inbox
        sign up (?:for|to) (?:our|the|my)
        subscribe (?:to (?:our|the|this|my)|now|today|for free)
        (?:our|free|daily|weekly|monthly) (?:\\w+ )?newsletter
        (?:enter )?your e-?mail address
        unsubscribe at any
        delivered (?:daily|weekly|to you)
    """,
    "advertising": """
        affiliate (?:links?|partners?|partnerships?|commissions?|programs?)
        we may (?:\\w+ ){0,2}(?:earn|receive)
        (?:earn|receive)s? a (?:small )?commission
        advertis(?:er|ing) disclosure
        sponsored (?:content|post|by)
        ad-?supported
        advertising-supported
        article continues (?:below|after)
        ^advertisement$
        ^anzeige$
        ^publicité$
        support our work
        make a donation
        donate (?:now|today)
    """,
    "comments": """
        (?:leave|post|write|add) (?:a|your) (?:comment|reply)
        log in to (?:\\w+ )?(?:comment|reply)
        your e-?mail address will not be published
        join the conversation
        comments are (?:closed|moderated)
        report (?:this )?comment
    """,
    "sharing": """
        (?:share|tweet|pin|e-?mail|print) (?:on|via|the|this) ?\\w*$
        share this (?:article|post|page|story)
        follow (?:us|me) (?:on|at)
        (?:like|find) us on
    """,
    "site_talk": """
        all rights reserved
        terms (?:of|and) (?:use|service|conditions)
        privacy policy
        (?:our|the|its) (?:strict )?editorial (?:team|process|policy|standards|guidelines)
        fact-?check(?:ed|ing|s)? (?:process|by|all|our)
        (?:^| )(?:©|\\(c\\)|copyright) ?\\d{4}
        last (?:updated|reviewed|modified)(?: (?:on|by)|:)
        powered by \\w+$
        reproduc\\w+ (?:\\w+ ){0,4}without (?:\\w+ ){0,2}permission
        (?:page|website|information) is (?:\\w+ ){0,4}not (?:\\w+ ){0,6}advice
        contact us (?:at|for|if)
    """,
    "related": """
        (?:read|see|view|show) (?:more|all|next|also) ?[:»→>]
        you (?:might|may) also (?:like|enjoy|be interested)
        (?:read|learn) more (?:about|in|at|on) .{0,60}$
        ^(?:related|see also|read more|read next|more on this|continue reading)\\b
    """,
}
_HEADS: Final = {
    "comments": """
        (?:\\d+ )?(?:discussion |reader |user )?(?:comments?|responses|replies)(?: \\(?\\d+\\)?)?
        (?:leave|post|add) (?:a|your) (?:reply|comments?)
        join the (?:discussion|conversation)
        \\d+ thoughts on .*
        kommentare?
        commentaires
        comentarios
        commenti
    """,
    "references": """
        references?
        (?:foot|end)?notes
        notes and references
        citations
        bibliography
        works cited
        further reading
        einzelnachweise
        quellen
        literatur
        références
        notes et références
        bibliographie
        referencias
        bibliograf[ií]a
    """,
    "related": """
        related(?: \\w+)?
        see also
        external links
        read (?:more|next|also)
        more (?:from|in|on|stories|articles)\\b.*
        you (?:might|may) also (?:like|enjoy).*
        recommended(?: (?:for you|reading|articles|stories))?
        (?:most )?(?:read|popular|viewed)(?: \\w+)?
        trending(?: now)?
        latest \\w+
        keep reading
        up next
        in this series
        siehe auch
        weblinks
        voir aussi
        liens externes
        véase también
    """,
    "contents": """
        (?:table of )?contents
        on this page
        in this article
        inhaltsverzeichnis
        sommaire
    """,
    "author_box": """
        (?:about|meet) (?:the|our) (?:authors?|writers?|editors?)
    """,
    "newsletter": """
        .*\\bnewsletter\\b.*
        .*\\bin your inbox\\b.*
        stay (?:informed|updated|in the loop)
        subscribe
    """,
    "advertising": """
        advertis(?:er|ement|ements|ing)(?: disclosure)?
        how we make money
        sponsored
        ads?
        anzeige
    """,
    "sharing": """
        share(?: this.*)?
        follow us.*
    """,
    "site_talk": """
        our (?:promise|mission|standards|team|editorial \\w+)(?: .*)?
        editorial (?:standards|policy|process|guidelines)
        about us
        contact(?: us)?
        disclaimer
        disclosure
        copyright
        legal notice
        impressum
    """,
}
_TRADE = re.compile(
    r"""\b(?:affiliates?|advertis\w+|commissions?|editorial|editors?|websites?|web\ssite|readers?
    |contents?|newsletters?|subscri\w+|mission|promise|policy|guidelines|standards|company|team
    |trust\w*|reputable|high-quality|fact-check\w*|transparency|integrity|revenue|objective
    |accura\w+|unbiased|authored|articles?|guides|sources|click\w*|links?|topics|millions|partners
    |sponsor\w*|merchants?|purchas\w+|dedicat\w+|commit\w+|disclosure)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SELF = re.compile(r"\b(?:we|our|ours|us|you|your)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")  # noqa: RUF001 - the apostrophe of print is meant
_LONG = 60  # words: a paragraph above is not judged by one phrase alone
_SHORT = 12


def _compiled(table: dict[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (code, re.compile("|".join(lines).replace(" ", r"\s"), re.IGNORECASE))
        for code, text in table.items()
        if (lines := [line.strip() for line in text.strip().splitlines()])
    ]


_SAYS = _compiled(_SAID)
_HEADED = _compiled(_HEADS)


def heading_reason(text: str) -> str:
    """Return the reason code if a heading or lone line opens something that is not the article."""
    text = text.strip(" :.…")
    if len(text) > 120:
        return ""
    return next((code for code, words in _HEADED if words.fullmatch(text)), "")


def talk_reason(text: str) -> str:
    """Return the reason code if a paragraph is the site's own talk, else ""."""
    words = max(1, len(_WORD.findall(text)))
    to_reader = len(_SELF.findall(text)) / words
    said = next((code for code, phrase in _SAYS if phrase.search(text)), "")
    if said and (words <= _SHORT or (words <= _LONG and to_reader > 0) or to_reader > 0.02):
        return said
    trade = len({found.lower() for found in _TRADE.findall(text)})
    boasts = to_reader > 0.02 and trade >= 3 and trade / words > 0.03
    return "site_talk" if boasts or (to_reader > 0.06 and trade >= 2) else ""
