"""Reviewing drafts: what the page is told, decisions and their log, taking them back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, BankMember, DraftReview, Fact, Question
from quizapp.services.articles import living, reviewing
from quizapp.services.articles.reviewing import REJECT_REASONS, DraftView, Judged
from quizapp.services.content import catalog, editable_questions, editing
from quizapp.services.content.questions import Absent
from quizapp.services.people.sessions import Person
from tests.factories import START, create_bank, create_person
from tests.services.article_makers import SENTENCES, TEXT, add_article

LATER = START + timedelta(hours=1)


def drafts(teacher: Person, article: str) -> list[DraftView]:
    db.session.rollback()
    return list(reviewing.review(teacher, article).drafts)


def decisions(teacher: Person, article: str) -> list[str | None]:
    return [one.decision for one in drafts(teacher, article)]


def question(uid: str) -> Question:
    db.session.rollback()
    return db.session.query(Question).filter_by(uid=uid).one()


def log() -> list[tuple[str | None, list[object], int | None]]:
    db.session.rollback()
    rows = db.session.query(DraftReview).order_by(DraftReview.id).all()
    return [(row.decision, row.reasons, row.by) for row in rows if row.decision]


def edit(teacher: Person, uid: str, stem: str, status: str) -> None:
    row = question(uid)
    bank = db.session.get_one(Bank, row.bank_id)
    found = editable_questions.find(bank, uid)
    changed = replace(found.draft, stem=stem, status=status)
    assert editing.edit_question(bank, teacher, uid, found.version, changed, LATER).uid


def test_the_page_is_told_the_article_and_its_drafts_best_first(
    teacher: Person, article: str
) -> None:
    told = reviewing.review(teacher, article)
    assert (told.uid, told.title, told.authors) == (article, "Coral reefs", ("Ann Lee",))
    assert (str(told.published), told.language) == ("2024-05-17", "en")
    assert (told.bank_slug, told.bank_title, told.text) == ("coral-reefs", "Coral reefs", TEXT)
    assert told.told == ("Something could not be done.",)
    assert [(one.kind, one.dropped_reason) for one in told.blocks] == [
        ("paragraph", "newsletter"), ("paragraph", ""), ("heading", ""), ("paragraph", ""),
    ]  # fmt: skip
    assert told.blocks[0].text == "Sign up for our newsletter!"
    assert all(one.text == TEXT[one.start : one.end] for one in told.blocks[1:])
    choice, cloze, year, card, pairs = told.drafts
    assert [one.score for one in told.drafts] == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert (choice.stem, choice.key) == ("What builds coral reefs?", "polyps")
    assert choice.options == ("algae", "polyps", "sponges", "worms")
    assert (choice.way, choice.type) == ("way_multiple_choice", "multiple_choice")
    assert (choice.warnings, choice.decision, choice.reason) == (("vague",), None, "")
    assert (choice.fact, choice.quote) == (SENTENCES[0], SENTENCES[0])
    assert all(TEXT[one.start : one.end] == one.quote for one in told.drafts)
    assert (cloze.stem, cloze.key) == ("A [[1]] is a soft animal.", "polyp")
    assert (year.key, card.key) == ("1842", "Plants that feed the polyps")
    assert pairs.key == "Polyp: a soft animal; Algae: plants"
    assert [asked for *_, asked in told.sentences] == [True, True, True, True, False]
    assert [TEXT[start:end] for start, end, _ in told.sentences] == list(SENTENCES)


def test_an_accepted_draft_is_asked_and_a_rejected_one_is_not(
    teacher: Person, article: str
) -> None:
    first, second, *_ = drafts(teacher, article)
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    reviewing.decide(teacher, second.uid, "reject", "unclear", now=LATER)
    assert (question(first.uid).status, question(second.uid).status) == ("active", "retired")
    assert decisions(teacher, article) == ["accept", "reject", None, None, None]
    assert drafts(teacher, article)[1].reason == "unclear"
    assert log() == [("accept", [], teacher.id), ("reject", ["unclear"], teacher.id)]
    assert len(catalog.of_bank(question(first.uid).bank_id).facts) == 1


def test_a_sentence_whose_only_draft_is_rejected_is_not_asked(
    teacher: Person, article: str
) -> None:
    year = drafts(teacher, article)[2]
    reviewing.decide(teacher, year.uid, "reject", "trivial", now=LATER)
    asked = [asked for *_, asked in reviewing.review(teacher, article).sentences]
    assert asked == [True, True, True, False, False]


def test_a_fact_stays_when_its_draft_is_rejected(teacher: Person, article: str) -> None:
    for one in drafts(teacher, article):
        reviewing.decide(teacher, one.uid, "reject", "other", now=LATER)
    assert {fact.status for fact in db.session.query(Fact)} == {"active"}


@pytest.mark.parametrize("reason", REJECT_REASONS)
def test_each_reason_to_reject_is_kept(teacher: Person, article: str, reason: str) -> None:
    first = drafts(teacher, article)[0]
    reviewing.decide(teacher, first.uid, "reject", reason, now=LATER)
    assert drafts(teacher, article)[0].reason == reason


@pytest.mark.parametrize(("decision", "reason"), [
    ("reject", ""), ("reject", "ugly"), ("accept", "unclear"), ("accept", "ugly"),
])  # fmt: skip
def test_a_reason_belongs_to_a_reject_and_is_one_of_ours(
    teacher: Person, article: str, decision: reviewing.Decision, reason: str
) -> None:
    first = drafts(teacher, article)[0]
    with pytest.raises(ValueError, match=decision):
        reviewing.decide(teacher, first.uid, decision, reason, now=LATER)
    assert log() == []


def test_a_decision_can_be_changed_and_saying_it_again_adds_nothing(
    teacher: Person, article: str
) -> None:
    first = drafts(teacher, article)[0]
    said: list[tuple[reviewing.Decision, str]] = [
        ("accept", ""), ("accept", ""), ("reject", "grammar"), ("reject", "grammar"),
        ("reject", "other"), ("accept", ""),
    ]  # fmt: skip
    for decision, reason in said:
        reviewing.decide(teacher, first.uid, decision, reason, now=LATER)
    assert [row[:2] for row in log()] == [
        ("accept", []), ("reject", ["grammar"]), ("reject", ["other"]), ("accept", []),
    ]  # fmt: skip
    assert question(first.uid).status == "active"


def test_undo_takes_ones_own_decisions_back_one_by_one(teacher: Person, article: str) -> None:
    first, second, *_ = drafts(teacher, article)
    reviewing.decide(teacher, first.uid, "reject", "unclear", now=LATER)
    reviewing.decide(teacher, second.uid, "accept", now=LATER)
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    assert reviewing.undo(teacher, article, now=LATER) == first.uid
    assert decisions(teacher, article)[:2] == ["reject", "accept"]
    assert reviewing.undo(teacher, article, now=LATER) == second.uid
    assert reviewing.undo(teacher, article, now=LATER) == first.uid
    assert decisions(teacher, article) == [None] * 5
    assert {question(one.uid).status for one in (first, second)} == {"draft"}
    assert reviewing.undo(teacher, article, now=LATER) is None
    assert [row[0] for row in log()] == ["reject", "accept", "accept", "undo", "undo", "undo"]


def test_undo_leaves_what_somebody_else_decided(teacher: Person, article: str) -> None:
    other = create_person("instructor")
    bank_id = question(drafts(teacher, article)[0].uid).bank_id
    with writing() as session:
        session.add(BankMember(bank_id=bank_id, user_id=other.id, access="edit"))
    first, second, *_ = drafts(teacher, article)
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    reviewing.decide(other, second.uid, "accept", now=LATER)
    assert reviewing.undo(teacher, article, now=LATER) == first.uid
    assert reviewing.undo(teacher, article, now=LATER) is None
    assert decisions(teacher, article)[:2] == [None, "accept"]


def test_all_undecided_drafts_above_a_score_are_accepted(teacher: Person, article: str) -> None:
    first = drafts(teacher, article)[0]
    reviewing.decide(teacher, first.uid, "reject", "unclear", now=LATER)
    assert reviewing.accept_above(teacher, article, 0.7, now=LATER) == 2
    assert decisions(teacher, article) == ["reject", "accept", "accept", None, None]
    assert reviewing.accept_above(teacher, article, 0.7, now=LATER) == 0
    assert reviewing.accept_above(teacher, article, 0, now=LATER) == 2


def test_a_draft_that_was_edited_into_use_counts_as_edited(teacher: Person, article: str) -> None:
    first = drafts(teacher, article)[0]
    edit(teacher, first.uid, "Which animals build coral reefs?", "active")
    view = drafts(teacher, article)[0]
    assert (view.stem, view.decision) == ("Which animals build coral reefs?", "edit")


def test_accepting_what_was_edited_counts_as_edited_and_can_be_taken_back(
    teacher: Person, article: str
) -> None:
    first = drafts(teacher, article)[0]
    edit(teacher, first.uid, "Which animals build coral reefs?", "draft")
    assert decisions(teacher, article)[0] is None
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    assert (decisions(teacher, article)[0], question(first.uid).status) == ("edit", "active")
    assert reviewing.undo(teacher, article, now=LATER) == first.uid
    assert (decisions(teacher, article)[0], question(first.uid).status) == (None, "draft")


def test_an_edit_of_what_was_accepted_is_logged_as_an_edit(teacher: Person, article: str) -> None:
    first, second, *_ = drafts(teacher, article)
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    edit(teacher, first.uid, first.stem, "active")  # nothing differs
    assert log() == [("accept", [], teacher.id)]
    other = create_person("instructor")
    edit(other, first.uid, "Which animals build coral reefs?", "active")
    assert log() == [("accept", [], teacher.id), ("edit", [], other.id)]
    assert decisions(teacher, article)[0] == "edit"
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    edit(other, first.uid, "Which animals build reefs?", "active")
    assert [row[0] for row in log()] == ["accept", "edit", "edit"]
    edit(teacher, second.uid, "A [[1]] is a very soft animal.", "draft")  # nobody has accepted it
    edit(teacher, second.uid, "A [[1]] is a very soft animal.", "active")
    assert log()[3:] == [("edit", [], teacher.id)]
    bank = create_bank("Other", owner_id=teacher.id)
    own = db.session.query(Question).filter_by(bank_id=bank.id, type="flashcard").first()
    assert own is not None
    edit(teacher, own.uid, "Nobody drafted this.", "active")
    assert len(log()) == 4


def test_undo_of_an_edit_takes_the_acceptance_back_with_it(teacher: Person, article: str) -> None:
    first = drafts(teacher, article)[0]
    reviewing.decide(teacher, first.uid, "accept", now=LATER)
    edit(teacher, first.uid, "Which animals build coral reefs?", "active")
    assert reviewing.undo(teacher, article, now=LATER) == first.uid
    assert (decisions(teacher, article)[0], question(first.uid).status) == (None, "draft")
    assert question(first.uid).version == 2
    assert reviewing.undo(teacher, article, now=LATER) is None


def test_what_was_put_into_use_elsewhere_without_an_edit_counts_as_accepted(
    teacher: Person, article: str
) -> None:
    first, second, *_ = drafts(teacher, article)
    with writing() as session:
        session.execute(
            sa.update(Question).where(Question.uid == first.uid).values(status="active")
        )
    edit(teacher, second.uid, second.stem, "active")
    assert decisions(teacher, article)[:2] == ["accept", "accept"]
    assert log() == [("accept", [], teacher.id)]


def test_a_rejected_draft_that_is_edited_into_use_is_edited(teacher: Person, article: str) -> None:
    first = drafts(teacher, article)[0]
    reviewing.decide(teacher, first.uid, "reject", "unclear", now=LATER)
    edit(teacher, first.uid, "Which animals build coral reefs?", "active")
    view = drafts(teacher, article)[0]
    assert (view.decision, view.reason) == ("edit", "")


def test_a_draft_that_editing_has_broken_is_not_accepted(teacher: Person, article: str) -> None:
    first = drafts(teacher, article)[0]
    edit(teacher, first.uid, "", "draft")
    with pytest.raises(reviewing.Unsound):
        reviewing.decide(teacher, first.uid, "accept", now=LATER)
    assert reviewing.accept_above(teacher, article, 0.9, now=LATER) == 0
    assert (question(first.uid).status, log()) == ("draft", [])


def test_where_the_proof_broke_since_nothing_lights_up(teacher: Person, article: str) -> None:
    text = TEXT.replace("in 1842", "long ago")
    living.edit_text(teacher, article, text, "Coral reefs", base=1, now=LATER)
    told = reviewing.review(teacher, article)
    by_fact = {one.fact: one for one in told.drafts}
    broken = by_fact[SENTENCES[3]]
    assert (broken.start, broken.end, broken.quote) == (0, 0, SENTENCES[3])
    assert told.text == text
    assert not broken.stands
    assert reviewing.accept_above(teacher, article, 0, now=LATER) == 4
    assert question(broken.uid).status == "draft"
    others = [one for one in told.drafts if one is not broken]
    assert all(text[one.start : one.end] == one.quote for one in others)


def test_whoever_may_not_edit_the_bank_sees_and_decides_nothing(
    teacher: Person, article: str
) -> None:
    first = drafts(teacher, article)[0].uid
    for stranger in (create_person("instructor"), create_person(), None):
        with pytest.raises(Absent):
            reviewing.review(stranger, article)
        with pytest.raises(Absent):
            reviewing.decide(stranger, first, "accept", now=LATER)
        with pytest.raises(Absent):
            reviewing.undo(stranger, article, now=LATER)
        with pytest.raises(Absent):
            reviewing.accept_above(stranger, article, 0, now=LATER)
    assert log() == []


def test_a_question_that_nobody_drafted_cannot_be_decided(teacher: Person, article: str) -> None:
    bank = create_bank("Other", owner_id=teacher.id)
    own = db.session.query(Question).filter_by(bank_id=bank.id).first()
    assert own is not None
    for wrong in (own.uid, "nowhere"):
        with pytest.raises(Absent):
            reviewing.decide(teacher, wrong, "accept", now=LATER)


def test_decisions_give_the_features_to_learn_from(teacher: Person, article: str) -> None:
    first, second, third, *_ = drafts(teacher, article)
    reviewing.decide(teacher, first.uid, "reject", "unclear", now=LATER)
    reviewing.decide(teacher, second.uid, "accept", now=LATER)
    edit(teacher, third.uid, "In which year was it found?", "active")
    db.session.rollback()
    assert sorted(reviewing.judged(), key=lambda one: one.decision) == [
        Judged({"length": 0.8}, "accept"),
        Judged({"length": 0.7}, "edit"),
        Judged({"length": 0.9}, "reject"),
    ]
    reviewing.undo(teacher, article, now=LATER)
    assert len(reviewing.judged()) == 2


def test_the_drafts_of_another_article_stay_apart(teacher: Person, article: str) -> None:
    other = add_article(teacher, "Coral reefs")
    reviewing.accept_above(teacher, other, 0, now=LATER)
    assert decisions(teacher, article) == [None] * 5
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Bank)) == 1
