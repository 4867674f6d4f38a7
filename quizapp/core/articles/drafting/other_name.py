"""What something is also called: "X, also known as Y" asks for Y."""

import re
from collections.abc import Iterator

from quizapp.core.articles.asking import drafted
from quizapp.core.articles.drafting.contract import Material
from quizapp.core.articles.model import Draft

_CALLED = re.compile(
    r"(?:^|[\s,(—–])(?:also|often|sometimes|commonly|better|usually)?\s?"  # noqa: RUF001
    r"(?:known as|called|termed|nicknamed|referred to as)\s+(?:the\s+|a\s+|an\s+)?[“\"]?"
    r"([\w’'-]+(?:\s[\w’'-]+){0,3})[”\"]?\s?[,.;)—–]",  # noqa: RUF001
    re.IGNORECASE,
)


def draft(material: Material) -> Iterator[Draft]:
    """Ask for the name that an article gives to what it has just named or described."""
    for fact in material.facts:
        clause = fact.clause
        for token in clause.span:
            if token.dep_ not in ("acl", "relcl") or token.head.pos_ not in ("NOUN", "PROPN"):
                continue
            phrase = clause.text(clause.subtree(token))
            match = _CALLED.match(f" {phrase},")
            noun = token.head
            if match is None or not token.lower_.endswith(("ed", "n")):
                continue
            before = [one for one in clause.subtree(noun) if one.i < token.left_edge.i]
            before = [one for one in before if one.text not in (",", "(", "—")]
            what = clause.text(before)
            if len(before) < 3 or before[0].lower_ in ("a", "an"):
                continue  # too little to tell it by
            if match[1].lower() in what.lower():
                continue
            what = what[:1].lower() + what[1:] if before[0].pos_ == "DET" else what
            stem = f"In this article, what name is given to {what}?"
            yield drafted("other_name", "short_answer", stem, match[1], fact)
