"""Drafts where no grammar is known, in other languages: clozes on key words, and definitions."""

import re
from collections import Counter
from collections.abc import Iterator

from quizapp.core.articles import segment
from quizapp.core.articles.model import Draft, Drafted, FoundFact, Span

LONGEST, SHORTEST = 30, 7  # words of a sentence
_WORD = re.compile(r"[^\W\d_][\w’'-]*")  # noqa: RUF001
# "X is a Y": what stands between the term and its kind, by language.
_IS_A = {
    "de": r"(?:ist|sind) (?=(?:ein|eine|der|die|das)\b)",
    "fr": r"(?:est|sont) (?=(?:un|une|des|le|la|les)\b)",
    "es": r"(?:es|son) (?=(?:un|una|unos|unas|el|la|los|las)\b)",
    "it": r"(?:è|sono) (?=(?:un|uno|una|il|la|lo|i|le|gli)\b)",
    "pt": r"(?:é|são) (?=(?:um|uma|uns|umas|o|a|os|as)\b)",
    "nl": r"(?:is|zijn) (?=(?:een|de|het)\b)",
    "sv": r"är (?=(?:en|ett|de|den|det)\b)",
    "da": r"er (?=(?:en|et|de|den|det)\b)",
    "no": r"er (?=(?:en|et|ei|de|den|det)\b)",
}
_ASKS = {
    "de": "Was bedeutet „{}“?", "fr": "Que signifie « {} » ?", "es": "¿Qué significa «{}»?",
    "it": "Che cosa significa «{}»?", "pt": "O que significa «{}»?", "nl": "Wat betekent “{}”?",
    "sv": "Vad betyder ”{}”?", "da": "Hvad betyder »{}«?", "no": "Hva betyr «{}»?",
}  # fmt: skip
LONGEST_TERM = 5  # words
SCORE_OF_DEFINITION, SCORE_OF_CLOZE = 0.6, 0.5


def draft(text: str, language: str, limit: int) -> Drafted:
    """Return one draft per sentence that holds a word which the article uses again."""
    counts = Counter(word.casefold() for word in _WORD.findall(text))
    facts: list[FoundFact] = []
    drafts: list[Draft] = []
    paragraphs = segment.paragraphs(text)
    ids = segment.sentence_ids(text)
    for (start, end), name in zip(segment.sentences(text), ids, strict=True):
        quote = text[start:end]
        if not SHORTEST <= len(quote.split()) <= LONGEST or quote.endswith("?"):
            continue
        span = Span(start, end, quote)
        made = [*_definition(quote, language, span), *_cloze(quote, counts, span)][:1]
        if made:
            number = sum(last <= start for _, last in paragraphs)
            facts.append(FoundFact(quote, span, number, name))
            drafts += made
    drafts.sort(key=lambda one: -one.score)
    return Drafted(tuple(facts), tuple(drafts[:limit]))


def _definition(quote: str, language: str, span: Span) -> Iterator[Draft]:
    pattern = _IS_A.get(language)
    match = re.match(rf"(.{{2,60}}?) {pattern}(.{{15,}})[.。]$", quote) if pattern else None
    if match and len(match[1].split()) <= LONGEST_TERM and "," not in match[1]:
        stem = _ASKS[language].format(match[1])
        yield Draft(
            "definition", "flashcard", stem, match[2], quote, span, score=SCORE_OF_DEFINITION
        )


def _cloze(quote: str, counts: Counter[str], span: Span) -> Iterator[Draft]:
    """Leave out the longest word of those that the article uses again, if it stands here once."""
    words = [match.group() for match in _WORD.finditer(quote)]
    good = [
        word for word in words[1:]
        if len(word) >= 6 and counts[word.casefold()] >= 2 and words.count(word) == 1
    ]  # fmt: skip
    if good:
        word = max(good, key=len)
        stem = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "[[1]]", quote, count=1)
        yield Draft("cloze", "cloze", stem, (word,), quote, span, score=SCORE_OF_CLOZE)
