"""Bringing an article and drafting from it: in a job, all of it or nothing, for its owner only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.core.articles.model import ArticleError, Drafted, Extracted
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import (
    Article,
    ArticleVersion,
    Bank,
    DraftReview,
    Evidence,
    Fact,
    Job,
    Question,
    QuestionPart,
    Upload,
    UploadPiece,
    User,
)
from quizapp.services.articles import child, drafting, fetching, llm_client, sandbox, storing
from quizapp.services.articles.drafting import Brought, Given, Progress
from quizapp.services.content.questions import Absent
from quizapp.services.operations import work
from quizapp.services.people.sessions import Person
from quizapp.services.transfer import uploads
from tests.factories import START, create_bank, create_person
from tests.services.article_makers import DRAFTED, FOUND, PAIRS, SENTENCES, TEXT, draft

PASTED = Given("text", text=f"Coral reefs\n\n{TEXT}")


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children take seconds: where a test does not ask for them, their answers stand here."""
    if "real" not in request.node.name:
        monkeypatch.setattr(child, "read_text", lambda *_given: FOUND)
        monkeypatch.setattr(child, "read", lambda *_given: FOUND)
        monkeypatch.setattr(child, "draft", lambda *_given: DRAFTED)


def start(person: Person, given: Given = PASTED, **options: Any) -> str:
    return drafting.start(person, given, **{"bank": None, "now": START, **options})


def work_on(app: Flask) -> None:
    work.Worker("w", app.app_context, lambda: START).run(once=True)
    db.session.rollback()


def drafted(app: Flask, person: Person, given: Given = PASTED, **options: Any) -> Progress:
    uid = start(person, given, **options)
    work_on(app)
    return drafting.progress(person, uid)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


STORED = (Bank, Article, ArticleVersion, Fact, Evidence, Question, DraftReview, UploadPiece)


def test_an_article_waits_for_the_worker_and_then_stands_in_a_bank_of_its_own(
    app: Flask, teacher: Person
) -> None:
    uid = start(teacher)
    waiting = drafting.progress(teacher, uid)
    assert (waiting.state, waiting.message, waiting.article) == ("waiting", "", None)
    assert waiting.since == START
    work_on(app)
    done = drafting.progress(teacher, uid)
    assert (done.state, done.message) == ("done", "")
    article = db.session.query(Article).filter_by(uid=done.article).one()
    bank = db.session.get_one(Bank, article.bank_id)
    assert (bank.title, bank.slug, bank.visibility) == ("Coral reefs", "coral-reefs", "private")
    assert bank.owner_id == teacher.id
    assert count(UploadPiece) == 0


def test_the_version_holds_the_text_with_what_was_left_out_and_what_was_told(
    app: Flask, teacher: Person
) -> None:
    drafted(app, teacher)
    version = db.session.query(ArticleVersion).one()
    assert (version.text, version.title, version.authors) == (TEXT, "Coral reefs", ["Ann Lee"])
    assert str(version.published) == "2024-05-17"
    assert [TEXT[start:end] for start, end in version.sentences] == list(SENTENCES)
    assert version.blocks[0] == ["paragraph", 0, 0, "Sign up for our newsletter!", "newsletter"]
    assert [TEXT[start:end] for _kind, start, end in version.blocks[1:4]] == TEXT.replace(
        "## ", ""
    ).split("\n\n")
    assert version.blocks[4] == ["told", 0, 0, "Something could not be done."]


def test_facts_are_stored_with_evidence_and_drafts_as_questions_nobody_is_asked(
    app: Flask, teacher: Person
) -> None:
    drafted(app, teacher)
    facts = db.session.query(Fact).order_by(Fact.position).all()
    assert [fact.statement for fact in facts] == list(SENTENCES)
    assert [fact.key for fact in facts] == [f"coral-reefs.{n}" for n in range(1, 6)]
    assert facts[0].detail == {"subject": "it", "sentence": "s0"}
    for row in db.session.query(Evidence):
        assert (row.article_version, row.state) == (1, "holds")
        assert TEXT[row.start : row.end] == row.quote
    questions = db.session.query(Question).order_by(Question.position).all()
    assert [one.type for one in questions] == [one.type for one in DRAFTED.drafts]
    assert {one.status for one in questions} == {"draft"}
    by_id = {fact.id: fact.statement for fact in facts}
    assert [by_id[one.fact_id or 0] for one in questions] == [one.fact for one in DRAFTED.drafts]
    parts = db.session.query(QuestionPart).order_by(QuestionPart.part).all()
    assert [(one.question_id, by_id[one.fact_id]) for one in parts] == [
        (questions[4].id, part) for part in PAIRS.parts
    ]
    ways = db.session.query(DraftReview).order_by(DraftReview.id).all()
    assert [(one.way, one.score, one.decision, one.by) for one in ways] == [
        (one.way, one.score, None, None) for one in DRAFTED.drafts
    ]
    assert ways[0].features == {"length": 0.9}
    assert ways[0].reasons == ["vague"]


def test_a_draft_that_could_not_be_asked_or_proves_nothing_is_left_out(
    app: Flask, teacher: Person
) -> None:
    broken = draft(0, "multiple_choice", "Which?", "none of them", 0.9, options=("a", "b"))
    unproved = replace(DRAFTED.drafts[0], fact="Not said.", evidence=replace(
        DRAFTED.drafts[0].evidence, quote="not there"
    ))  # fmt: skip
    bad = replace(DRAFTED.drafts[0], fact="A\x00B", stem="A\x00B?")
    drafts = (broken, unproved, bad, DRAFTED.drafts[1])
    bank = create_bank("Empty", facts=0, owner_id=teacher.id)
    with writing() as session:
        bank = session.merge(bank)
        added = storing.store(session, bank, FOUND, replace(DRAFTED, drafts=drafts), START)
    assert (added.facts, added.drafts) == (5, 1)


def test_drafts_go_to_the_bank_that_was_chosen_and_stand_behind_what_it_has(
    app: Flask, teacher: Person
) -> None:
    bank = create_bank(owner_id=teacher.id)
    bank_id = bank.id
    done = drafted(app, teacher, bank=bank.slug)
    assert db.session.query(Article).filter_by(uid=done.article).one().bank_id == bank_id
    assert count(Bank) == 1
    new = db.session.query(Question).filter_by(status="draft").order_by(Question.position)
    assert [one.position for one in new] == [6, 7, 8, 9, 10]


def test_the_same_article_twice_stands_twice_under_keys_of_their_own(
    app: Flask, teacher: Person
) -> None:
    bank = create_bank(facts=0, owner_id=teacher.id).slug
    first, second = (drafted(app, teacher, bank=bank).article for _ in range(2))
    assert first != second
    assert {one.key for one in db.session.query(Article)} == {"coral-reefs", "coral-reefs-2"}
    assert count(Fact) == 10


@pytest.mark.parametrize("role", ["learner", "guest"])
def test_who_may_not_teach_drafts_nothing(app: Flask, role: str) -> None:
    someone = create_person("learner", kind="guest" if role == "guest" else "person")
    with pytest.raises(Absent):
        start(someone)
    assert count(Upload) == 0


def test_a_bank_of_somebody_else_is_absent_and_so_is_their_drafting(
    app: Flask, teacher: Person
) -> None:
    other = create_person("instructor")
    slug = create_bank(owner_id=other.id).slug
    with pytest.raises(Absent):
        start(teacher, bank=slug)
    uid = start(other)
    with pytest.raises(Absent):
        drafting.progress(teacher, uid)
    with pytest.raises(Absent):
        drafting.progress(teacher, "nowhere")


@pytest.mark.parametrize(("given", "words"), [
    (Given("text", text=" \n"), "no text"),
    (Given("text", text="x" * (drafting.MAX_SOURCE + 1)), "at most"),
    (Given("file"), "empty"),
    (Given("file", data=b"x" * (drafting.MAX_BYTES + 1)), "larger than 32 MiB"),
    (Given("address"), "address"),
])  # fmt: skip
def test_what_could_not_be_read_anyway_is_refused_at_once(
    app: Flask, teacher: Person, given: Given, words: str
) -> None:
    with pytest.raises(ArticleError, match=words):
        start(teacher, given)
    assert (count(Upload), count(Job)) == (0, 0)


def test_nobody_has_more_than_ten_articles_in_work(app: Flask, teacher: Person) -> None:
    for _ in range(drafting.MOST_AT_ONCE):
        start(teacher)
    with pytest.raises(ArticleError, match="waiting already"):
        start(teacher)
    start(create_person("instructor"))
    work_on(app)
    start(teacher)


def test_a_large_file_is_kept_in_pieces_and_read_whole(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    monkeypatch.setattr(child, "read", lambda *given: read.append(given) or FOUND)
    data = bytes(range(256)) * 20_000
    start(teacher, Given("file", data=data, filename="../a/reefs.pdf", mime="application/pdf"))
    assert count(UploadPiece) == 3
    work_on(app)
    assert read == [(data, "reefs.pdf", "application/pdf", "", 0.0)]


def refuse(*_given: object) -> Extracted:
    raise ArticleError("No article was found in this.")


def test_a_file_that_cannot_be_read_is_told_and_nothing_of_it_stays(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "read", refuse)
    uid = start(teacher, Given("file", data=b"x", filename="x.pdf"))
    work_on(app)
    failed = drafting.progress(teacher, uid)
    assert (failed.state, failed.message) == ("failed", "No article was found in this.")
    assert [count(model) for model in STORED] == [0] * len(STORED)
    assert db.session.query(Job).one().state == "done"  # it is not tried again
    assert not failed.again
    with pytest.raises(Absent):
        drafting.again(teacher, uid, now=START)


def test_a_text_of_which_nothing_came_is_kept_and_can_be_tried_again(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = create_bank(owner_id=teacher.id).slug
    uid = start(teacher, bank=bank)
    with monkeypatch.context() as patch:
        patch.setattr(child, "read_text", refuse)
        work_on(app)
    assert drafting.progress(teacher, uid).again
    assert drafting.brought(teacher, uid) == Brought(PASTED.text, "", bank, "local")
    for wrong in (create_person("instructor"), create_person()):
        with pytest.raises(Absent):
            drafting.brought(wrong, uid)
        with pytest.raises(Absent):
            drafting.again(wrong, uid, now=START)
    drafting.again(teacher, uid, now=START)
    assert drafting.progress(teacher, uid).state == "waiting"
    with pytest.raises(Absent):
        drafting.again(teacher, uid, now=START)
    work_on(app)
    assert drafting.progress(teacher, uid).state == "done"
    assert (count(Article), count(UploadPiece)) == (1, 0)


def test_only_the_last_texts_of_a_person_are_kept_and_only_for_some_days(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "read_text", refuse)
    monkeypatch.setattr(drafting, "MOST_KEPT", 2)
    uids = []
    for who in (create_person("instructor"), teacher, teacher, teacher):
        uids.append((who, start(who)))
        work_on(app)
    assert [drafting.progress(*one).again for one in uids] == [True, False, True, True]
    assert count(UploadPiece) == 3
    uploads.sweep(START + uploads.KEPT * 2)
    assert (count(Upload), count(UploadPiece)) == (0, 0)


def test_an_address_that_failed_is_kept(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "fetch", refuse)
    uid = start(teacher, Given("address", url="https://example.org/reefs"))
    work_on(app)
    assert drafting.progress(teacher, uid).again
    assert drafting.brought(teacher, uid).address == "https://example.org/reefs"


@pytest.mark.parametrize(("waited", "left"), [(0, 9), (2, 7), (5.5, 3.5), (6.5, 9), (3600, 9)])
def test_fetching_and_reading_end_in_time_for_whoever_has_waited_in_the_queue(
    app: Flask,
    teacher: Person,
    monkeypatch: pytest.MonkeyPatch,
    waited: float,
    left: float,
) -> None:
    asked: list[float] = []
    page = fetching.Fetched(b"<p>", "text/html", "reefs.html", "https://example.org/reefs")
    monkeypatch.setattr(fetching, "fetch", lambda _url, reach: asked.append(reach.seconds) or page)
    spent: list[float] = []
    monkeypatch.setattr(child, "read", lambda *given: spent.append(given[4]) or FOUND)
    start(teacher, Given("address", url="https://example.org"))
    now = START + timedelta(seconds=waited)
    work.Worker("w", app.app_context, lambda: now).run(once=True)
    assert asked == [left]
    assert left + spent[0] + child.LEAST_S < 15


def test_a_fault_while_storing_leaves_nothing_and_is_tried_again(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = start(teacher)
    with monkeypatch.context() as patch:
        patch.setattr("quizapp.services.articles.draft_rows.question_of", None)
        work_on(app)
    assert [count(model) for model in STORED[:-1]] == [0] * (len(STORED) - 1)
    assert drafting.progress(teacher, uid).state == "drafting"
    with writing() as session:
        session.execute(sa.update(Job).values(run_after=START))
    work_on(app)
    assert drafting.progress(teacher, uid).state == "done"


def test_a_job_that_failed_for_good_is_told(app: Flask, teacher: Person) -> None:
    uid = start(teacher)
    with writing() as session:
        session.execute(sa.update(Job).values(state="failed"))
    failed = drafting.progress(teacher, uid)
    assert (failed.state, failed.message) == ("failed", drafting.GIVEN_UP)
    for _ in range(drafting.MOST_AT_ONCE - 1):  # it takes nobody's place
        start(teacher)
    drafting.again(teacher, uid, now=START)
    assert drafting.progress(teacher, uid).state == "waiting"


def test_a_job_that_runs_twice_stores_once(app: Flask, teacher: Person) -> None:
    uid = start(teacher)
    payload = db.session.query(Job).one().payload
    work_on(app)
    with writing() as session:
        session.execute(sa.update(Job).values(state="waiting", payload=payload))
    work_on(app)
    assert (count(Article), count(Question)) == (1, 5)
    assert drafting.progress(teacher, uid).state == "done"


def test_of_two_workers_the_one_that_comes_second_stores_nothing(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = start(teacher)

    def overtaken(*_given: object) -> Drafted:
        with monkeypatch.context() as patch:
            patch.setattr(child, "draft", lambda *_given: DRAFTED)
            job_id = db.session.query(Job).one().payload
            from quizapp.services.articles import drafting_job

            drafting_job.run(job_id, work._Context(None, lambda: START))  # type: ignore[arg-type]
        return DRAFTED

    monkeypatch.setattr(work._Context, "progress", lambda *_: None)
    monkeypatch.setattr(child, "draft", overtaken)
    work_on(app)
    assert (count(Article), count(Question)) == (1, 5)
    assert drafting.progress(teacher, uid).state == "done"


def test_a_bank_that_is_gone_meanwhile_is_told(app: Flask, teacher: Person) -> None:
    bank = create_bank(owner_id=teacher.id)
    uid = start(teacher, bank=bank.slug)
    with writing() as session:
        session.execute(sa.update(Bank).values(deleted_at=START))
    work_on(app)
    failed = drafting.progress(teacher, uid)
    assert (failed.state, failed.article) == ("failed", None)
    assert "not there any more" in failed.message
    assert drafting.brought(teacher, uid) == Brought(PASTED.text, "", "", "local")
    assert count(Article) == 0


def test_an_article_that_was_deleted_since_is_not_named(app: Flask, teacher: Person) -> None:
    uid = start(teacher)
    work_on(app)
    with writing() as session:
        session.execute(sa.update(Bank).values(deleted_at=START))
    done = drafting.progress(teacher, uid)
    assert (done.state, done.article) == ("done", None)


def test_an_address_is_fetched_and_named_as_the_source(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = fetching.Fetched(b"<p>", "text/html", "reefs.html", "https://example.org/reefs")
    asked: list[str] = []
    monkeypatch.setattr(fetching, "fetch", lambda url, _reach: asked.append(url) or page)
    monkeypatch.setattr(child, "read", lambda *given: replace(FOUND, url=given[3]))
    drafted(app, teacher, Given("address", url="https://example.org"))
    assert asked == ["https://example.org"]
    assert db.session.query(ArticleVersion).one().source == {
        "title": "Coral reefs",
        "author": "Ann Lee",
        "site": "example.org",
        "date": "2024-05-17",
        "url": "https://example.org/reefs",
    }


def test_an_address_of_our_own_network_is_refused_in_words_really(
    app: Flask, teacher: Person
) -> None:
    failed = drafted(app, teacher, Given("address", url="http://127.0.0.1/"))
    assert failed.state == "failed"
    assert "public web" in failed.message


def test_where_the_language_model_fails_the_app_drafts_by_itself_and_says_so(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> Drafted:
        raise llm_client.LlmFailed("It took too long.")

    monkeypatch.setattr(llm_client, "generate", fail)
    assert drafted(app, teacher, generator="llm").state == "done"
    told = [row[3] for row in db.session.query(ArticleVersion).one().blocks if row[0] == "told"]
    assert told == [
        "Something could not be done.",
        "It took too long. So these drafts were made by the app's own rules.",
    ]
    assert count(Question) == 5


def test_the_language_model_is_given_the_facts_and_its_drafts_are_stored(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    made = replace(DRAFTED, drafts=DRAFTED.drafts[:2], told=())
    monkeypatch.setattr(llm_client, "generate", lambda *given: asked.append(given) or made)
    drafted(app, teacher, generator="llm")
    assert asked == [(TEXT, "Coral reefs", "en", DRAFTED.facts, 20)]
    assert count(Question) == 2


def test_a_child_that_was_ended_from_outside_is_tried_again(
    app: Flask, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_given: object) -> Extracted:
        raise sandbox.Stopped("ended by signal 9")

    monkeypatch.setattr(child, "read_text", stop)
    waiting = drafted(app, teacher)
    assert waiting.state == "reading"
    assert db.session.query(Job).one().state == "waiting"
    assert count(UploadPiece) == 1


def test_articles_are_swept_with_the_other_uploads(app: Flask, teacher: Person) -> None:
    uid = start(teacher)
    uploads.sweep(START + uploads.KEPT * 2)
    with pytest.raises(Absent):
        drafting.progress(teacher, uid)
    work_on(app)  # the job finds nothing to do
    assert count(Article) == 0


def test_a_person_whose_account_goes_takes_the_waiting_article_along(
    app: Flask, teacher: Person
) -> None:
    from quizapp.services.people import erasure

    create_person("admin")
    start(teacher)
    erasure.erase(teacher.id, START)
    assert (count(Upload), count(UploadPiece)) == (0, 0)
    assert db.session.get(User, teacher.id) is None


@pytest.mark.only("sqlite")
def test_a_pasted_article_is_read_and_drafted_from_by_real_children(
    app: Flask, teacher: Person
) -> None:
    done = drafted(app, teacher)
    assert done.state == "done", done.message
    version = db.session.query(ArticleVersion).one()
    assert (version.title, version.text) == ("Coral reefs", TEXT)
    assert count(Fact) >= 3
    assert count(Question) >= 1
