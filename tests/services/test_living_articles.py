"""Editing an article: its evidence is carried over, what learners know stays as it was."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.articles import segment
from quizapp.core.articles.model import ArticleError
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    Card,
    Evidence,
    Fact,
    Question,
    QuestionPart,
    Review,
)
from quizapp.services.articles import article_blocks, article_versions, living, standing
from quizapp.services.articles.standing import Standing
from quizapp.services.content import catalog, evidence, reading
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from quizapp.services.study import replay_check
from tests.factories import START, create_bank, create_person
from tests.services.learner_makers import facts_of, put_article, put_evidence, rate
from tests.services.test_hostile_races import together

TEXT = "White cells fight. Red cells carry.\n\n## Clots\n\nPlatelets close wounds. The end."
FIGHT, CARRY, CLOSE = "White cells fight.", "Red cells carry.", "Platelets close wounds."
EDITED = TEXT.replace("carry", "carry air").replace("## Clots", "Blood is red.\n\n## Clots")
LATER = START + timedelta(hours=1)


@pytest.fixture
def owner(app: Flask) -> Person:
    return create_person("instructor", name="Ms Okoro")


@pytest.fixture
def bank(owner: Person) -> Bank:
    return create_bank(owner_id=owner.id)


@pytest.fixture
def uid(bank: Bank) -> str:
    uid = put_article(bank, TEXT)
    for fact_id, quote in zip(facts_of(bank), (FIGHT, CARRY, CLOSE), strict=True):
        put_evidence(uid, fact_id, quote)
    return uid


def edit(owner: Person, uid: str, text: str = EDITED, base: int = 1) -> Standing:
    return living.edit_text(owner, uid, text, "On blood", base=base, now=LATER)


def states(told: Standing) -> dict[str, list[str]]:
    return {state: [fact.statement for fact in told.of(state)] for state in standing.STATES}


def proofs(uid: str) -> list[Evidence]:
    db.session.rollback()
    query = sa.select(Evidence).join(Article, Article.id == Evidence.article_id)
    return list(db.session.scalars(query.where(Article.uid == uid).order_by(Evidence.id)))


def assert_all_evidence_is_what_its_version_says(uid: str) -> None:
    for row in proofs(uid):
        version = db.session.get_one(ArticleVersion, (row.article_id, row.article_version))
        assert version.text[row.start : row.end] == row.quote


WANTED = {
    "holds": ["Fact 1 of Blood."],
    "moved": ["Fact 3 of Blood."],
    "broken": ["Fact 2 of Blood."],
}


def test_an_edit_says_what_holds_moved_and_broke(owner: Person, uid: str) -> None:
    assert states(living.preview(owner, uid, EDITED, "On blood")) == WANTED
    assert states(standing.standing(owner, uid))["holds"] == [
        f"Fact {n} of Blood." for n in (1, 2, 3)
    ]
    told = edit(owner, uid)
    assert states(told) == WANTED
    assert told.head.version == 2
    (fact,) = told.of("broken")
    assert [one.type for one in fact.questions] == ["multiple_choice", "flashcard"]
    assert [proof.quote for proof in fact.broken] == [CARRY]
    assert [proof.suggestion.quote for proof in fact.broken if proof.suggestion] == [
        "Red cells carry air."
    ]
    assert states(standing.standing(owner, uid)) == WANTED
    assert_all_evidence_is_what_its_version_says(uid)


def test_an_edit_keeps_the_old_version_and_what_is_known_of_the_article(
    owner: Person, uid: str
) -> None:
    edit(owner, uid, "  " + EDITED.replace("\n", "\r\n") + "  \r\n\r\n")
    assert [one.number for one in article_versions.listing(owner, uid)] == [2, 1]
    old = article_versions.page(owner, uid, 1)
    assert old.blocks == [
        ("paragraph", f"{FIGHT} {CARRY}"),
        ("heading", "Clots"),
        ("paragraph", f"{CLOSE} The end."),
    ]
    new = db.session.get_one(ArticleVersion, (proofs(uid)[0].article_id, 2))
    assert new.text.strip() == EDITED
    assert new.sentences == segment.sentences(new.text)
    assert new.blocks[1] == ["paragraph", *segment.paragraphs(new.text)[1]]
    assert (new.authors, new.source["title"]) == (["Ada Ärzt"], "A source")
    assert len(new.sha256) == 64
    with pytest.raises(Absent):
        article_versions.page(owner, uid, 3)


def test_what_was_left_out_of_the_article_stays_known(owner: Person, uid: str) -> None:
    left_out = ["paragraph", 35, 35, "Sign up now.", "newsletter"]
    with writing() as session:
        version = session.scalars(sa.select(ArticleVersion)).one()
        version.blocks = [["paragraph", 0, 35], left_out, ["heading", 40, 45]]
    told = edit(owner, uid)
    version = db.session.get_one(ArticleVersion, (proofs(uid)[0].article_id, 2))
    cut = [[one.kind, one.start, one.end] for one in segment.blocks(told.head.text)]
    assert version.blocks == [cut[0], ["paragraph", 39, 39, *left_out[3:]], *cut[1:]]
    assert cut[0][2] == 39


def blocks_after(owner: Person, uid: str, before: list[Any], text: str) -> list[object]:
    """Return what stands in place of the blocks in the next version: (words, reason)."""
    with writing() as session:
        session.scalars(sa.select(ArticleVersion)).one().blocks = before
    edit(owner, uid, text)
    version = db.session.get_one(ArticleVersion, (proofs(uid)[0].article_id, 2))
    rows = article_blocks.rows(version.text, version.blocks)
    assert [[row.kind, row.start, row.end] for row in rows if row.is_kept] == [
        [one.kind, one.start, one.end] for one in segment.blocks(text)
    ]
    return [(row.words, row.reason) for row in rows]


def test_what_drafting_had_to_say_and_what_was_left_out_go_with_the_text(
    owner: Person, uid: str
) -> None:
    cut = [[one.kind, one.start, one.end] for one in segment.blocks(TEXT)]
    menu = ["paragraph", 0, 0, "Home. News.", "navigation"]
    letter = ["paragraph", 43, 43, "Sign up now.", "newsletter"]
    told = ["told", 0, 0, "Two sentences were too long."]
    text = f"A new beginning.\n\nAnother one.\n\n{TEXT}\n\nA new end."
    assert blocks_after(owner, uid, [menu, *cut[:2], letter, cut[2], told], text) == [
        ("Home. News.", "navigation"),
        ("A new beginning.", ""),
        ("Another one.", ""),
        (f"{FIGHT} {CARRY}", ""),
        ("Clots", ""),
        ("Sign up now.", "newsletter"),
        (f"{CLOSE} The end.", ""),
        ("Two sentences were too long.", ""),
        ("A new end.", ""),
    ]


def test_what_somebody_pasted_back_into_the_text_is_left_out_no_more(
    owner: Person, uid: str
) -> None:
    cut = [[one.kind, one.start, one.end] for one in segment.blocks(TEXT)]
    letter = ["paragraph", 35, 35, "Sign up now.", "newsletter"]
    table = ["paragraph", 35, 35, "1 | 2", "table"]
    text = TEXT.replace("## Clots", "Sign up now.\n\n## Clots")
    assert blocks_after(owner, uid, [cut[0], letter, table, *cut[1:]], text) == [
        (f"{FIGHT} {CARRY}", ""),
        ("1 | 2", "table"),
        ("Sign up now.", ""),
        ("Clots", ""),
        (f"{CLOSE} The end.", ""),
    ]


def test_memories_are_as_they_were_before_the_edit(owner: Person, bank: Bank, uid: str) -> None:
    learner = create_person()
    for number, fact_id in enumerate(facts_of(bank)):
        rate(learner, fact_id, 3, START, number)

    def known() -> list[list[tuple[object, ...]]]:
        db.session.rollback()
        tables = (Card.__table__, Review.__table__, Fact.__table__, Question.__table__)
        return [
            [
                tuple(row)
                for row in db.session.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in tables
        ]

    before = known()
    assert len(before[0]) == len(before[1]) == 3
    edit(owner, uid)
    assert known() == before
    assert replay_check.check().different == 0
    again = rate(learner, facts_of(bank)[1], 3, START + timedelta(days=9), 9)
    assert again.seq  # the fact that broke is asked and answered as ever
    assert set(catalog.of_bank(bank.id).facts) == set(facts_of(bank))


def test_readers_see_the_new_text_at_once(owner: Person, bank: Bank, uid: str) -> None:
    facts = facts_of(bank)
    for fact_id in facts:
        assert evidence.of_fact(fact_id)
    edit(owner, uid)
    passage = evidence.of_fact(facts[2])
    assert passage
    assert (passage.paragraph, passage.sentence, passage.quote) == (3, 3, CLOSE)
    assert evidence.of_fact(facts[1]) is None
    page = reading.article(uid, None, LATER)
    marked = [piece.text for block in page.blocks for piece in block.pieces if piece.facts]
    assert marked == [FIGHT, CLOSE]


def test_words_that_come_back_prove_their_fact_again(owner: Person, uid: str) -> None:
    edit(owner, uid)
    assert states(edit(owner, uid, "New.\n\n" + EDITED, base=2))["broken"] == ["Fact 2 of Blood."]
    told = edit(owner, uid, TEXT, base=3)
    assert states(told)["broken"] == []
    assert {row.article_version for row in proofs(uid)} == {4}
    assert_all_evidence_is_what_its_version_says(uid)


def test_a_text_from_an_older_version_is_refused_and_nothing_is_stored(
    owner: Person, uid: str
) -> None:
    edit(owner, uid)
    before = [(row.start, row.state) for row in proofs(uid)]
    for base in (1, 3):
        with pytest.raises(living.Stale):
            edit(owner, uid, "Other text.", base=base)
    assert [(row.start, row.state) for row in proofs(uid)] == before
    assert standing.head(owner, uid).version == 2


def test_of_two_edits_at_once_one_is_stored(app: Flask, owner: Person, uid: str) -> None:
    texts = (EDITED, f"First of all.\n\n{TEXT}")
    found = together(app, *(partial(edit, owner, uid, text) for text in texts))
    assert {type(one) for one in found} == {Standing, living.Stale}
    assert standing.head(owner, uid).version == 2
    assert_all_evidence_is_what_its_version_says(uid)


def test_nothing_changed_makes_no_version_and_a_new_title_breaks_nothing(
    owner: Person, uid: str
) -> None:
    assert edit(owner, uid, TEXT).head.version == 1
    told = living.edit_text(owner, uid, TEXT, "  On  cells ", base=1, now=LATER)
    assert (told.head.version, told.head.title) == (2, "On cells")
    assert len(told.of("holds")) == 3


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("", "T", "There is no paragraph"),
        ("## Only a heading", "T", "There is no paragraph"),
        ("Words.", "  ", "a title"),
        ("Words.", "T" * 501, "at most 500"),
        ("Words\0.", "T", "cannot be stored"),
        ("Words\ud800.", "T", "cannot be stored"),
        ("a" * 500_001, "T", "at most 500,000"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_in_words(
    owner: Person, uid: str, text: str, title: str, words: str
) -> None:
    for act in (
        lambda: living.preview(owner, uid, text, title),
        lambda: living.edit_text(owner, uid, text, title, base=1, now=LATER),
    ):
        with pytest.raises(ArticleError, match=words):
            act()
    assert standing.head(owner, uid).version == 1


def test_one_act_says_that_the_suggested_words_prove_the_fact(owner: Person, uid: str) -> None:
    (fact,) = edit(owner, uid).of("broken")
    (proof,) = fact.broken
    assert proof.suggestion
    place = (proof.suggestion.quote, proof.suggestion.start)
    living.confirm(owner, uid, proof.evidence, *place, base=2)
    told = standing.standing(owner, uid)
    assert (len(told.of("holds")), len(told.of("broken"))) == (2, 0)
    assert_all_evidence_is_what_its_version_says(uid)
    passage = evidence.of_fact(proofs(uid)[1].fact_id)
    assert passage
    assert passage.quote == "Red cells carry air."


def test_other_words_prove_it_only_if_they_stand_in_the_text(
    owner: Person, bank: Bank, uid: str
) -> None:
    (fact,) = edit(owner, uid).of("broken")
    row = fact.broken[0].evidence
    for words, told in (("Birds fly.", "do not stand"), ("", "do not"), ("cells", "several times")):
        with pytest.raises(ArticleError, match=told):
            living.confirm(owner, uid, row, words, 0, base=2)
    with pytest.raises(living.Stale):
        living.confirm(owner, uid, row, "Blood is red.", 0, base=1)
    other = put_article(bank, TEXT)
    with pytest.raises(Absent):
        living.confirm(owner, other, row, CARRY, 0, base=1)
    living.confirm(owner, uid, row, " Blood is red.\r\n", 0, base=2)
    assert standing.standing(owner, uid).of("broken") == []
    assert_all_evidence_is_what_its_version_says(uid)


def test_one_act_retires_the_questions_of_a_fact_that_broke(owner: Person, uid: str) -> None:
    (fact,) = edit(owner, uid).of("broken")
    assert living.retire(owner, uid, [one.uid for one in fact.questions]) == 2
    told = standing.standing(owner, uid)
    assert states(told) == WANTED | {"broken": []}
    status = sa.select(Fact.status).where(Fact.uid == fact.uid)
    assert db.session.scalar(status) == "retired"


def test_a_question_that_asks_a_fact_in_a_part_is_named_too(
    owner: Person, bank: Bank, uid: str
) -> None:
    facts = facts_of(bank)
    query = sa.select(Question).where(Question.fact_id == facts[0]).order_by(Question.id)
    other = db.session.scalars(query).first()
    assert other
    with writing() as session:
        session.add(QuestionPart(question_id=other.id, part="p1", fact_id=facts[1]))
    (fact,) = edit(owner, uid).of("broken")
    assert [one.in_part for one in fact.questions] == [False, False, True]


def test_who_may_not_edit_the_bank_finds_no_article(owner: Person, uid: str) -> None:
    for who in (None, create_person(), create_person("instructor"), create_person("admin")):
        for act in (
            lambda who=who: standing.standing(who, uid),
            lambda who=who: living.preview(who, uid, "", ""),
            lambda who=who: edit(who, uid),
            lambda who=who: living.confirm(who, uid, 1, FIGHT, 0, base=1),
            lambda who=who: living.retire(who, uid, []),
            lambda who=who: article_versions.listing(who, uid),
            lambda who=who: article_versions.page(who, uid, 1),
        ):
            with pytest.raises(Absent):
                act()
        assert standing.broken_facts(who, uid) is None
    assert standing.broken_facts(owner, uid) == 0
    edit(owner, uid)
    assert standing.broken_facts(owner, uid) == 1
