"""The review of an article as its page shows it: the text cut where evidence and sentences end."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quizapp.core import flaws
from quizapp.core.articles.extracting.reasons import REASONS as DROPPED
from quizapp.core.articles.llm import LIKE_ANOTHER
from quizapp.core.articles.llm_verifying import UNREAD
from quizapp.core.gaps import GAP
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.services.articles.parts import BY_HAND
from quizapp.services.articles.reviewing import DraftView, Review

SURE = 75  # the score that the page offers to accept above
WARNINGS = {code: rule.LABEL for code, rule in flaws.RULES.items()} | {
    UNREAD: "It can be answered without having read the article",
    LIKE_ANOTHER: "Another draft asks nearly the same",
}
LEFT_OUT = DROPPED | {BY_HAND: "an editor took it out"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: which drafts rest on it, and whether its sentence is asked.

    `asked` is None between sentences. `ends` where its sentence does.
    """

    text: str
    drafts: tuple[str, ...] = ()
    asked: bool | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A heading or paragraph in pieces; `dropped` says in words why it was left out, or "".

    place and is_whole: as `BlockView` has them.
    """

    kind: str
    pieces: tuple[Piece, ...]
    dropped: str = ""
    place: int = 0
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft in words. The odd parts of its stem are gaps; `score` is in percent."""

    uid: str
    label: str
    stem: Sequence[str]
    key: str
    others: Sequence[str]  # the wrong options
    quote: str
    score: int
    warnings: Sequence[str]
    decision: str
    reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a review is. `asked` and `sentences` count those of the article."""

    drafts: int
    accepted: int
    rejected: int
    asked: int
    sentences: int
    kinds: Sequence[tuple[str, int]]  # (label of a type, how many drafts that are not rejected)

    @property
    def decided(self) -> int:
        """How many drafts somebody has decided."""
        return self.accepted + self.rejected


def counts(review: Review) -> Counts:
    """Count what was decided and what is asked."""
    decisions = Counter(draft.decision for draft in review.drafts)
    kinds = Counter(draft.type for draft in review.drafts if draft.decision != "reject")
    return Counts(
        drafts=len(review.drafts),
        accepted=decisions["accept"] + decisions["edit"],
        rejected=decisions["reject"],
        asked=sum(asked for *_, asked in review.sentences),
        sentences=len(review.sentences),
        kinds=[(QUESTION_TYPES[name].LABEL, number) for name, number in kinds.most_common()],
    )


def draft(one: DraftView) -> ShownDraft:
    """Put a draft into words; the score is rounded down, so that a limit keeps its word."""
    return ShownDraft(
        uid=one.uid,
        label=QUESTION_TYPES[one.type].LABEL,
        stem=GAP.split(one.stem),
        key=one.key,
        others=[option for option in one.options if option != one.key],
        quote=one.quote,
        score=int(100 * one.score + 1e-9),
        warnings=[WARNINGS.get(code, code.replace("_", " ")) for code in one.warnings],
        decision=one.decision or "",
        reason=one.reason,
        stands=one.stands,
    )


def current(drafts: Sequence[DraftView], at: str, after: str) -> str:
    """Return the draft to look at: the one asked for, else the next undecided one, else the first.

    `after` is the one that was decided last; the search begins there and goes round.
    """
    uids = [draft.uid for draft in drafts]
    if at in uids:
        return at
    begin = uids.index(after) + 1 if after in uids else 0
    undecided = [draft.uid for draft in (*drafts[begin:], *drafts[:begin]) if not draft.decision]
    return next(iter([*undecided, *uids]), "")


def blocks(review: Review) -> list[ShownBlock]:
    """Return the blocks of an article in order, those too that were left out."""
    spans = [(one.start, one.end, one.uid) for one in review.drafts if one.end > one.start]
    return [
        ShownBlock(
            block.kind,
            (Piece(block.text),)
            if block.dropped_reason
            else tuple(_pieces(review.text, (block.start, block.end), review.sentences, spans)),
            LEFT_OUT.get(block.dropped_reason, block.dropped_reason),
            block.place,
            block.is_whole,
        )
        for block in review.blocks
    ]


def _pieces(
    text: str,
    within: tuple[int, int],
    sentences: Sequence[tuple[int, int, bool]],
    spans: Sequence[tuple[int, int, str]],
) -> Iterator[Piece]:
    """Cut a block wherever a sentence or the evidence of a draft begins or ends."""
    first, last = within
    begin, until = (bisect_left(sentences, at, key=lambda one: one[0]) for at in within)
    here = sentences[begin:until]
    proofs = [one for one in spans if one[0] < last and one[1] > first]
    for start, end in _between(within, [at for one in (*here, *proofs) for at in one[:2]]):
        drafts = tuple(uid for begins, ends, uid in proofs if begins <= start and end <= ends)
        around = next((one for one in here if one[0] <= start and end <= one[1]), None)
        asked = around[2] if around else None
        yield Piece(text[start:end], drafts, asked, around is not None and around[1] == end)


def _between(within: tuple[int, int], cuts: Collection[int]) -> Iterator[tuple[int, int]]:
    first, last = within
    places = sorted({first, last, *(at for at in cuts if first < at < last)})
    yield from pairwise(places)
