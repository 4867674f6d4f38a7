"""Questions on a sentence that nothing asks: written by hand, or drafted by a worker."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.articles.model import ArticleError, Drafted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Article, Bank, Evidence, Fact, Question
from quizapp.services.articles import child, drafting, living, parts, proving, reviewing
from quizapp.services.articles.drafting import Progress
from quizapp.services.content import editing, evidence
from quizapp.services.content.editing import Saved
from quizapp.services.content.question_drafts import QuestionDraft
from quizapp.services.content.questions import Absent
from quizapp.services.operations import work
from quizapp.services.people.sessions import Person
from tests.factories import START, create_bank, create_person
from tests.services.article_makers import DRAFTED, SENTENCES, TEXT
from tests.services.learner_makers import facts_of, put_article, put_evidence
from tests.services.test_article_parts import drafts_on

LATER = START + timedelta(hours=1)
BLEACH = SENTENCES[4]


@pytest.fixture
def bank(teacher: Person) -> Bank:
    return create_bank(owner_id=teacher.id, visibility="private", facts=2)


@pytest.fixture
def reef(bank: Bank) -> str:
    """The uid of an article on which nothing was drafted."""
    return put_article(bank, TEXT, "Coral reefs")


def card(stem: str, fact: str | None = None, status: str = "active") -> QuestionDraft:
    return QuestionDraft("flashcard", stem, {"back": "Yes."}, fact=fact, status=status)


def write(
    bank: Bank, teacher: Person, name: str, stem: str = "Why?", fact: str | None = None
) -> Saved:
    db.session.rollback()
    sentence = proving.named(bank.id, name)
    return editing.create_question(bank, teacher, card(stem, fact), LATER, sentence)


def proofs() -> list[tuple[int, int, str, str]]:
    """The version, fact, quote and state of all evidence."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id))
    return [(row.article_version, row.fact_id, row.quote, row.state) for row in rows]


def fact_id(saved: Saved) -> int:
    found = db.session.scalar(sa.select(Question.fact_id).where(Question.uid == saved.uid))
    assert found
    return found


def test_a_question_on_a_sentence_asks_a_fact_that_the_sentence_proves(
    bank: Bank, reef: str, teacher: Person
) -> None:
    saved = write(bank, teacher, f"{reef}.1.4")
    fact = db.session.get_one(Fact, fact_id(saved))
    assert (fact.statement, fact.status, fact.bank_id) == (BLEACH, "active", bank.id)
    assert not fact.detail.get("own")
    assert proofs() == [(1, fact.id, BLEACH, "holds")]
    passage = evidence.of_fact(fact.id)
    assert passage
    assert (passage.quote, passage.sentence) == (BLEACH, 4)


def test_a_second_question_on_the_sentence_asks_the_same_fact(
    bank: Bank, reef: str, teacher: Person
) -> None:
    first, second = (write(bank, teacher, f"{reef}.1.4", stem) for stem in ("Why?", "When?"))
    other = write(bank, teacher, f"{reef}.1.3")
    assert fact_id(first) == fact_id(second) != fact_id(other)
    assert len(proofs()) == 2
    keys = [db.session.get_one(Fact, fact_id(one)).key for one in (first, other)]
    article = db.session.scalars(sa.select(Article)).one()
    assert keys == [f"{article.key}.1", f"{article.key}.2"]


def test_a_fact_that_is_named_is_proved_by_the_sentence_too(
    bank: Bank, reef: str, teacher: Person
) -> None:
    first, second = facts_of(bank)
    put_evidence(reef, second, "the sea is warm")
    for key in ("f1", "f2"):
        write(bank, teacher, f"{reef}.1.4", f"Of {key}?", key)
    assert proofs() == [(1, second, "the sea is warm", "holds"), (1, first, BLEACH, "holds")]


def test_the_sentence_is_carried_to_the_text_of_now(bank: Bank, reef: str, teacher: Person) -> None:
    living.edit_text(teacher, reef, f"New.\n\n{TEXT}", "Coral reefs", base=1, now=LATER)
    saved = write(bank, teacher, f"{reef}.1.4")
    again = write(bank, teacher, f"{reef}.1.4", "When?")
    assert fact_id(saved) == fact_id(again)
    assert proofs() == [(2, fact_id(saved), BLEACH, "moved")]
    living.edit_text(teacher, reef, "Only this is left.", "Coral reefs", base=2, now=LATER)
    gone = write(bank, teacher, f"{reef}.1.0", "Who?")
    assert proofs()[-1][1:] == (fact_id(gone), SENTENCES[0], "broken")


def test_what_is_refused_leaves_no_fact_behind(bank: Bank, reef: str, teacher: Person) -> None:
    sentence = proving.named(bank.id, f"{reef}.1.4")
    before = db.session.scalar(sa.select(sa.func.count(Fact.id)))
    saved = editing.create_question(bank, teacher, card(""), LATER, sentence)
    assert saved.uid is None
    assert db.session.scalar(sa.select(sa.func.count(Fact.id))) == before
    assert proofs() == []


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "name",
    ["{}.1.5", "{}.2.0", "{}.1.x", "{}.1", "{}", "", "x.1.0", "{}.-1.0", "{}.1.0.0", "{}.1.²"],
)
def test_a_sentence_that_is_not_there_is_absent(name: str, bank: Bank, reef: str) -> None:
    with pytest.raises(Absent):
        proving.named(bank.id, name.format(reef))
    with pytest.raises(Absent):
        proving.named(bank.id + 1, f"{reef}.1.0")


def work_on(app: Flask, teacher: Person, uid: str) -> Progress:
    work.Worker("w", app.app_context, lambda: LATER).run(once=True)
    db.session.rollback()
    return drafting.progress(teacher, uid)


def test_a_sentence_is_drafted_on_and_nothing_beside_it(
    app: Flask, reef: str, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", drafts_on)
    uid = parts.draft_on(teacher, reef, f"{reef}.1.4", now=LATER)
    assert drafting.progress(teacher, uid).kind == "sentence"
    done = work_on(app, teacher, uid)
    review = reviewing.review(teacher, reef)
    assert [(one.fact, one.quote, one.type) for one in review.drafts] == [
        (BLEACH, BLEACH, "true_false")
    ]
    assert (done.state, done.article, done.first) == ("done", reef, review.drafts[0].uid)
    assert (done.on, review.version) == (f"{reef}.1.4", 1)


def test_what_is_drafted_on_the_sentence_already_is_not_drafted_twice(
    app: Flask, article: str, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", drafts_on)
    for _ in range(2):
        uid = parts.draft_on(teacher, article, f"{article}.1.0", now=LATER)
        done = work_on(app, teacher, uid)
    assert done.first == ""
    assert len(reviewing.review(teacher, article).drafts) == len(DRAFTED.drafts) + 1
    facts = db.session.scalars(sa.select(Fact.statement)).all()
    assert len(facts) == len(set(facts)) == len(SENTENCES)


def test_of_a_sentence_that_cannot_be_asked_the_drafting_says_so(
    app: Flask, reef: str, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", lambda *_given: Drafted((), ()))
    done = work_on(app, teacher, parts.draft_on(teacher, reef, f"{reef}.1.1", now=LATER))
    assert (done.state, done.first, done.on) == ("done", "", f"{reef}.1.1")


def test_only_whoever_edits_the_bank_has_sentences_drafted_on(
    bank: Bank, reef: str, teacher: Person
) -> None:
    other = put_article(bank, TEXT, "Another")
    for who, uid, name in (
        (create_person("instructor"), reef, f"{reef}.1.0"),
        (teacher, reef, f"{reef}.1.9"),
        (teacher, reef, f"{other}.1.0"),
        (teacher, "nowhere", f"{reef}.1.0"),
    ):
        with pytest.raises(Absent):
            parts.draft_on(who, uid, name, now=LATER)
    for _ in range(drafting.MOST_AT_ONCE):
        parts.draft_on(teacher, reef, f"{reef}.1.0", now=LATER)
    with pytest.raises(ArticleError):
        parts.draft_on(teacher, reef, f"{reef}.1.0", now=LATER)


@pytest.mark.only("sqlite")
def test_a_sentence_is_drafted_on_by_the_apps_own_rules(
    app: Flask, reef: str, teacher: Person
) -> None:
    done = work_on(app, teacher, parts.draft_on(teacher, reef, f"{reef}.1.3", now=LATER))
    assert done.state == "done", done.message
    drafts = reviewing.review(teacher, reef).drafts
    assert done.first in {one.uid for one in drafts}
    assert {one.quote for one in drafts} == {SENTENCES[3]}


def test_a_drafting_of_a_bank_that_was_deleted_makes_nothing(
    app: Flask, bank: Bank, reef: str, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", drafts_on)
    uid = parts.draft_on(teacher, reef, f"{reef}.1.4", now=LATER)
    with writing() as session:
        session.get_one(Bank, bank.id).deleted_at = LATER
    done = work_on(app, teacher, uid)
    assert (done.state, done.article) == ("failed", None)
