"""Parts of an article put back and left out by its reviewer, and what is drafted on them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.articles.model import (
    ArticleError,
    Draft,
    Drafted,
    Extracted,
    FoundFact,
    ReadBlock,
    Span,
)
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Article, ArticleVersion, Bank, Card, Evidence, Fact, Upload
from quizapp.services.articles import (
    article_blocks,
    child,
    drafting,
    living,
    parts,
    reviewing,
    standing,
    storing,
)
from quizapp.services.articles.drafting import Progress
from quizapp.services.articles.reviewing import Review
from quizapp.services.content.questions import Absent
from quizapp.services.operations import work
from quizapp.services.people.sessions import Person
from tests.factories import START, create_person
from tests.services.article_makers import DRAFTED, PARAGRAPHS, SENTENCES, TEXT
from tests.services.learner_makers import rate

LATER = START + timedelta(hours=1)
BOX = "Some reefs glow at night. A glow worm is a beetle."
GLOW, WORM = "Some reefs glow at night.", "A glow worm is a beetle."
FOUND = Extracted(
    title="Coral reefs",
    blocks=(
        ReadBlock("paragraph", "Sign up for our newsletter!", "newsletter"),
        ReadBlock("paragraph", PARAGRAPHS[0]),
        ReadBlock("heading", "At night", "side_box"),
        ReadBlock("paragraph", BOX, "side_box"),
        ReadBlock("paragraph", "Home News", "navigation"),
        ReadBlock("heading", "Threats"),
        ReadBlock("paragraph", PARAGRAPHS[1]),
    ),
)
LETTER, FIRST, NIGHT, BOXED, MENU, HEADING, LAST, TOLD = range(8)  # places
WITH_BOX = f"{PARAGRAPHS[0]}\n\n{BOX}\n\n## Threats\n\n{PARAGRAPHS[1]}"


@pytest.fixture
def boxed(teacher: Person) -> str:
    """The uid of an article with a box and a menu that were left out."""
    return storing.add(FOUND, DRAFTED, None, teacher.id, START).article


def drafts_on(text: str, *_more: object) -> Drafted:
    """Find each sentence of a text to be a fact, and ask all of them in the same way."""
    facts, drafts = [], []
    for sentence in (*SENTENCES, GLOW, WORM):
        if (start := text.find(sentence)) >= 0:
            span = Span(start, start + len(sentence), sentence)
            facts.append(FoundFact(sentence, span, 0, "s"))
            drafts.append(
                Draft("true", "true_false", f"{sentence} Or not?", True, sentence, span, score=0.5)
            )
    return Drafted(tuple(facts), tuple(drafts))


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real" not in request.node.name:
        monkeypatch.setattr(child, "draft", drafts_on)


def put_back(teacher: Person, uid: str, place: int, base: int = 1) -> str:
    return parts.put_back(teacher, uid, place, base=base, now=LATER)


def work_on(app: Flask) -> None:
    work.Worker("w", app.app_context, lambda: LATER).run(once=True)
    db.session.rollback()


def drafted(app: Flask, teacher: Person, uid: str, place: int, base: int = 1) -> Progress:
    drafting_uid = put_back(teacher, uid, place, base)
    work_on(app)
    return drafting.progress(teacher, drafting_uid)


def shown(teacher: Person, uid: str) -> Review:
    db.session.rollback()
    return reviewing.review(teacher, uid)


def blocks(review: Review) -> list[tuple[str, str]]:
    return [(one.text, one.dropped_reason) for one in review.blocks]


def test_a_part_is_put_back_where_it_was_at_once(teacher: Person, boxed: str) -> None:
    uid = put_back(teacher, boxed, BOXED)
    review = shown(teacher, boxed)
    assert (review.version, review.text) == (2, WITH_BOX)
    assert blocks(review) == [
        ("Sign up for our newsletter!", "newsletter"),
        (PARAGRAPHS[0], ""),
        ("At night", "side_box"),
        (BOX, ""),
        ("Home News", "navigation"),
        ("Threats", ""),
        (PARAGRAPHS[1], ""),
    ]
    assert review.told == ("Something could not be done.",)
    waiting = drafting.progress(teacher, uid)
    assert (waiting.state, waiting.kind, waiting.article) == ("waiting", "part", boxed)


@pytest.mark.parametrize(("place", "text"), [
    (LETTER, f"Sign up for our newsletter!\n\n{TEXT}"),
    (NIGHT, f"{PARAGRAPHS[0]}\n\n## At night\n\n## Threats\n\n{PARAGRAPHS[1]}"),
    (MENU, f"{PARAGRAPHS[0]}\n\nHome News\n\n## Threats\n\n{PARAGRAPHS[1]}"),
])  # fmt: skip
def test_headings_and_what_stood_before_all_come_back_too(
    teacher: Person, boxed: str, place: int, text: str
) -> None:
    put_back(teacher, boxed, place)
    assert shown(teacher, boxed).text == text


def test_parts_come_back_in_their_order_one_after_another(teacher: Person, boxed: str) -> None:
    for number, place in enumerate((MENU, BOXED, NIGHT), 1):
        put_back(teacher, boxed, place, number)
    assert shown(teacher, boxed).text == TEXT.replace(
        "## Threats", f"## At night\n\n{BOX}\n\nHome News\n\n## Threats"
    )


def test_questions_are_drafted_on_the_part_and_on_nothing_else(
    app: Flask, teacher: Person, boxed: str
) -> None:
    done = drafted(app, teacher, boxed, BOXED)
    review = shown(teacher, boxed)
    new = [one for one in review.drafts if one.type == "true_false"]
    assert [one.fact for one in new] == [GLOW, WORM]
    assert all(review.text[one.start : one.end] == one.quote for one in review.drafts)
    assert len(review.drafts) == len(DRAFTED.drafts) + 2
    assert (done.state, done.article, done.first) == ("done", boxed, new[0].uid)
    facts = db.session.query(Fact).order_by(Fact.id).all()
    assert [one.key for one in facts] == [f"coral-reefs.{n}" for n in range(1, 8)]
    assert len({one.position for one in facts}) == 7


def test_decisions_and_memories_are_as_they_were(app: Flask, teacher: Person, boxed: str) -> None:
    first, second = shown(teacher, boxed).drafts[3:]
    assert first.type == "flashcard"
    reviewing.decide(teacher, first.uid, "accept", now=START)
    reviewing.decide(teacher, second.uid, "reject", "unclear", now=START)
    fact = db.session.query(Fact).filter_by(statement=first.fact).one()
    rate(teacher, fact.id, 3, START, 0)

    def cards() -> list[Any]:
        return [tuple(row) for row in db.session.execute(sa.select(Card.__table__))]

    before = cards()
    assert len(before) == 1
    drafted(app, teacher, boxed, BOXED)
    by_uid = {one.uid: one for one in shown(teacher, boxed).drafts}
    assert [by_uid[one.uid].decision for one in (first, second)] == ["accept", "reject"]
    assert cards() == before
    assert len(standing.standing(teacher, boxed).of("broken")) == 0


def test_what_is_read_with_the_part_is_not_all_of_a_long_article(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(child, "draft", lambda *given: read.append(given[0]) or drafts_on(*given))
    many = [ReadBlock("paragraph", f"This is paragraph {n}. " + "word " * 100) for n in range(60)]
    long = (*many[:30], ReadBlock("heading", "Boxes"), FOUND.blocks[BOXED], *many[30:])
    found = replace(FOUND, blocks=tuple(replace(one, text=one.text.strip()) for one in long))
    uid = storing.add(found, Drafted((), ()), None, teacher.id, START).article
    drafted(app, teacher, uid, 31)
    assert len(read[0]) < 7000
    assert "## Boxes" in read[0]
    assert "paragraph 29" in read[0]
    assert "paragraph 30" in read[0]
    review = shown(teacher, uid)
    assert [one.quote for one in review.drafts] == [GLOW, WORM]
    assert all(review.text[one.start : one.end] == one.quote for one in review.drafts)


def test_two_parts_put_back_before_the_first_is_drafted_on_both_have_their_drafts(
    app: Flask, teacher: Person, boxed: str
) -> None:
    put_back(teacher, boxed, BOXED)
    put_back(teacher, boxed, LETTER, 2)
    work_on(app)
    review = shown(teacher, boxed)
    new = [one for one in review.drafts if one.type == "true_false"]
    assert [one.fact for one in new] == [GLOW, WORM]
    assert all(one.stands for one in new)
    assert all(review.text[one.start : one.end] == one.quote for one in new)


def test_what_was_left_out_again_meanwhile_has_drafts_that_nothing_proves(
    app: Flask, teacher: Person, boxed: str
) -> None:
    put_back(teacher, boxed, BOXED)
    parts.leave_out(teacher, boxed, BOXED, base=2, now=LATER)
    work_on(app)
    new = [one for one in shown(teacher, boxed).drafts if one.type == "true_false"]
    assert [(one.stands, one.quote) for one in new] == [(False, GLOW), (False, WORM)]


def test_a_drafting_that_failed_says_so_and_can_be_tried_again(
    app: Flask, teacher: Person, boxed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> Drafted:
        raise ArticleError("It takes too long.")

    uid = put_back(teacher, boxed, BOXED)
    with monkeypatch.context() as patch:
        patch.setattr(child, "draft", fail)
        work_on(app)
    failed = drafting.progress(teacher, uid)
    assert (failed.state, failed.message) == ("failed", "It takes too long.")
    assert (failed.article, failed.again) == (boxed, True)
    assert shown(teacher, boxed).text == WITH_BOX
    drafting.again(teacher, uid, now=LATER)
    work_on(app)
    assert drafting.progress(teacher, uid).state == "done"
    assert len(shown(teacher, boxed).drafts) == len(DRAFTED.drafts) + 2


def test_a_bank_that_is_gone_or_not_theirs_any_more_gets_no_drafts(
    app: Flask, teacher: Person, boxed: str
) -> None:
    other = create_person("instructor")
    uid = put_back(teacher, boxed, BOXED)
    with writing() as session:
        session.execute(sa.update(Bank).values(owner_id=other.id))
    work_on(app)
    assert drafting.progress(teacher, uid).state == "failed"
    assert len(shown(other, boxed).drafts) == len(DRAFTED.drafts)
    uid = put_back(other, boxed, LETTER, 2)
    with writing() as session:
        session.execute(sa.update(Bank).values(deleted_at=LATER))
    work_on(app)
    gone = drafting.progress(other, uid)
    assert (gone.state, gone.article) == ("failed", None)


def test_a_part_that_is_left_out_takes_its_evidence_along_and_brings_it_back(
    app: Flask, teacher: Person, boxed: str
) -> None:
    before = {one.uid: one.quote for one in shown(teacher, boxed).drafts}
    parts.leave_out(teacher, boxed, LAST, base=1, now=LATER)
    review = shown(teacher, boxed)
    assert review.text == f"{PARAGRAPHS[0]}\n\n## Threats"
    assert blocks(review)[LAST] == (PARAGRAPHS[1], parts.BY_HAND)
    assert [one.type for one in review.drafts if not one.stands] == ["numeric"]
    drafted(app, teacher, boxed, LAST, 2)
    review = shown(teacher, boxed)
    assert review.text == TEXT
    assert all(one.stands for one in review.drafts)
    assert before.items() <= {one.uid: one.quote for one in review.drafts}.items()
    assert db.session.query(Fact).count() == 5  # they were known
    new = [one.fact for one in review.drafts if one.uid not in before]
    assert new == list(SENTENCES[3:])
    parts.leave_out(teacher, boxed, LAST, base=3, now=LATER)
    drafted(app, teacher, boxed, LAST, 4)
    assert len(shown(teacher, boxed).drafts) == len(review.drafts)  # nothing is drafted twice


def test_a_heading_is_left_out_with_its_mark(teacher: Person, boxed: str) -> None:
    parts.leave_out(teacher, boxed, HEADING, base=1, now=LATER)
    assert shown(teacher, boxed).text == "\n\n".join(PARAGRAPHS)


def test_what_cannot_be_put_back_or_left_out_is_refused(
    app: Flask, teacher: Person, boxed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (FIRST, TOLD, 8, 99):
        with pytest.raises(Absent):
            put_back(teacher, boxed, place)
    for place in (LETTER, TOLD, 8):
        with pytest.raises(Absent):
            parts.leave_out(teacher, boxed, place, base=1, now=LATER)
    with pytest.raises(living.Stale):
        put_back(teacher, boxed, BOXED, 2)
    with pytest.raises(living.Stale):
        parts.leave_out(teacher, boxed, LAST, base=0, now=LATER)
    parts.leave_out(teacher, boxed, FIRST, base=1, now=LATER)
    with pytest.raises(ArticleError, match="no paragraph"):
        parts.leave_out(teacher, boxed, LAST, base=2, now=LATER)
    monkeypatch.setattr(parts, "MOST_LEFT_OUT", 10)
    with pytest.raises(ArticleError, match="too long"):
        parts.leave_out(teacher, boxed, HEADING, base=2, now=LATER)
    assert shown(teacher, boxed).version == 2
    assert db.session.query(Upload).count() == 0


def test_of_a_very_long_part_only_the_beginning_is_kept_and_it_is_not_put_back(
    teacher: Person,
) -> None:
    long = ReadBlock("paragraph", "w" * (article_blocks.LONGEST_LEFT_OUT + 1), "table")
    found = replace(FOUND, blocks=(*FOUND.blocks, long))
    uid = storing.add(found, DRAFTED, None, teacher.id, START).article
    block = shown(teacher, uid).blocks[LAST + 1]
    assert (len(block.text), block.is_whole) == (article_blocks.LONGEST_LEFT_OUT, False)
    with pytest.raises(Absent):
        put_back(teacher, uid, block.place)


def test_a_part_that_would_become_something_else_in_the_text_is_refused(teacher: Person) -> None:
    odd = ReadBlock("paragraph", "## No heading", "code")
    found = replace(FOUND, blocks=(*FOUND.blocks, odd))
    uid = storing.add(found, DRAFTED, None, teacher.id, START).article
    with pytest.raises(ArticleError, match="cannot be put back"):
        put_back(teacher, uid, LAST + 1)


def test_where_too_much_waits_already_nothing_is_put_back(teacher: Person, boxed: str) -> None:
    for _ in range(drafting.MOST_AT_ONCE):
        drafting.start(teacher, drafting.Given("text", text="A."), bank=None, now=START)
    with pytest.raises(ArticleError, match="waiting already"):
        put_back(teacher, boxed, BOXED)
    review = shown(teacher, boxed)
    assert (review.version, review.text) == (1, TEXT)
    assert db.session.query(ArticleVersion).count() == 1


def test_whoever_may_not_edit_the_bank_takes_no_part(teacher: Person, boxed: str) -> None:
    for stranger in (create_person("instructor"), create_person()):
        with pytest.raises(Absent):
            put_back(stranger, boxed, BOXED)
        with pytest.raises(Absent):
            parts.leave_out(stranger, boxed, LAST, base=1, now=LATER)
    assert db.session.query(Article).one().version == 1


@pytest.mark.only("sqlite")
def test_a_part_is_drafted_on_by_a_real_child(app: Flask, teacher: Person, boxed: str) -> None:
    done = drafted(app, teacher, boxed, BOXED)
    assert done.state == "done", done.message
    new = db.session.scalars(sa.select(Evidence).where(Evidence.article_version == 2))
    quotes = {row.quote for row in new}
    assert WORM in quotes
