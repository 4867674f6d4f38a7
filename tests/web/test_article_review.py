"""Weighing drafts through the pages: what is shown, decided, taken back and published."""

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core import flaws
from quizapp.core.articles.model import ArticleError, Draft, Drafted, FoundFact, Span
from quizapp.extensions import db
from quizapp.models import Bank, DraftReview, Question, Quiz, QuizSlot
from quizapp.services.articles import child, reviewing
from quizapp.services.people.sessions import Person
from quizapp.web.article_review import REASONS
from tests.factories import create_person, sign_in
from tests.web.article_ground import BUILT, DRAFTS, LETTER, create_article
from tests.web.test_imports import work


@pytest.fixture
def article(teacher: Person) -> str:
    return create_article(teacher)


def draft_on_the_letter(text: str, *_more: object) -> Drafted:
    start = text.index(LETTER)
    span = Span(start, start + len(LETTER), LETTER)
    stem = "What does the letter tell of?"
    asked = Draft("who", "short_answer", stem, "waves", LETTER, span, score=0.7)
    return Drafted((FoundFact(LETTER, span, 0, "s"),), (asked,))


def page(client: FlaskClient, article: str, query: str = "") -> str:
    answer = client.get(f"/articles/{article}/review{query}")
    assert answer.status_code == 200
    return answer.text


def post(client: FlaskClient, article: str, path: str, **fields: Any) -> str:
    answer = client.post(f"/articles/{article}/{path}", data=fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def uids(text: str) -> list[str]:
    return re.findall(r'data-draft="([^"]+)"', text)


def lit(text: str) -> str:
    """The uid of the draft that the page shows as the current one."""
    found = re.search(r'data-draft="([^"]+)"[^>]*aria-current="true"', text)
    assert found
    return found[1]


def status_of(uid: str) -> str | None:
    db.session.rollback()
    return db.session.scalar(sa.select(Question.status).where(Question.uid == uid))


def test_the_review_shows_the_drafts_best_first_beside_the_article(
    client: FlaskClient, article: str
) -> None:
    text = page(client, article)
    first = text.index("Who built the first tide predictor?")
    assert first < text.index("tide follows.</h3>") < text.index("In which year was the")
    assert "instead of: Isaac Newton; James Watt" in text
    assert '<span class="gap">' in text
    assert "0 of 5 drafts reviewed." in text
    assert "3 of 7 sentences are asked" in text
    assert "1 flashcard" in text
    assert "Ann Writer, Tue 4 Mar 2025" in text
    assert "Two sentences were too long." in text


def test_the_evidence_of_the_first_undecided_draft_is_lit(
    client: FlaskClient, article: str
) -> None:
    text = page(client, article)
    marked = re.findall(r'class="is-now ">([^<]*)</span>', text)
    assert marked == [BUILT]
    assert lit(text) == uids(text)[0]
    other = uids(text)[3]
    assert lit(page(client, article, f"?at={other}")) == other
    assert lit(page(client, article, f"?after={uids(text)[1]}")) == uids(text)[2]
    assert lit(page(client, article, "?at=nothing")) == uids(text)[0]


def test_what_was_left_out_is_shown_with_its_reason(client: FlaskClient, article: str) -> None:
    text = page(client, article)
    assert "Show the 2 parts that were left out" in text
    assert "left out: newsletter or subscription" in text
    assert LETTER in text


def parts(text: str, act: str) -> list[str]:
    """The addresses of the buttons that take a part."""
    found = re.findall(r'action="([^"]+/(review/parts/\d+))".*?value="(keep|leave)"', text)
    return [path for _whole, path, does in found if does == act]


def test_one_button_puts_a_part_back_and_has_it_drafted_on(
    client: FlaskClient, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", draft_on_the_letter)
    _menu, letter = parts(page(client, article), "keep")
    first = uids(page(client, article))[0]
    post(client, article, f"review/drafts/{first}", decision="accept")
    waiting = post(client, article, letter, act="keep", version=1)
    text = client.get(waiting).text
    assert "What you put back stands in the article again." in text
    assert f'href="/articles/{article}/review"' in text
    text = page(client, article)
    assert "Show the 1 part that was left out" in text
    assert len(uids(text)) == 5
    assert work() == 1
    done = client.get(waiting).headers["Location"]
    text = client.get(done).text
    assert len(uids(text)) == 6
    assert "What does the letter tell of?" in text
    assert lit(text) == re.findall(r"at=([^&#]+)", done)[0]
    assert re.findall(r'class="is-now ">([^<]*)</span>', text) == [LETTER]
    assert status_of(first) == "active"
    assert "1 of 6 drafts reviewed." in text


def test_a_part_that_gives_no_draft_is_said_to(
    client: FlaskClient, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "draft", lambda *_what: Drafted((), ()))
    menu, _letter = parts(page(client, article), "keep")
    waiting = post(client, article, menu, act="keep", version=1)
    work()
    text = client.get(client.get(waiting).headers["Location"]).text
    assert "Nothing on it could be asked well." in text


def test_a_drafting_on_a_part_that_failed_leads_back_to_the_review(
    client: FlaskClient, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_what: Any) -> Drafted:
        raise ArticleError("It takes too long.")

    monkeypatch.setattr(child, "draft", fail)
    waiting = post(client, article, parts(page(client, article), "keep")[0], act="keep", version=1)
    work()
    text = client.get(waiting).text
    assert "It takes too long." in text
    assert "Nothing was stored." not in text
    assert "Try again" in text
    assert f'href="/articles/{article}/review">Go on reviewing<' in text


def test_a_part_is_left_out_and_what_it_proved_is_marked(client: FlaskClient, article: str) -> None:
    before = parts(page(client, article), "leave")
    assert len(before) == 4
    text = client.get(post(client, article, before[-1], act="leave", version=1)).text
    assert "It is left out." in text
    assert "left out: an editor took it out" in text
    assert "Show the 3 parts that were left out" in text
    assert text.count("Not in the article any more") == 4
    assert "The article said:" in text
    assert '<output for="least">1</output>' in text  # of the two of at least 75
    post(client, article, "review/above", least="0")
    assert [status_of(uid) for uid in uids(text)].count("active") == 1


def test_a_page_of_an_older_version_takes_no_part(client: FlaskClient, article: str) -> None:
    text = page(client, article)
    (first, *_), (last, *_) = parts(text, "leave"), parts(text, "keep")
    post(client, article, first, act="leave", version=1)
    for path, act in ((first, "leave"), (last, "keep")):
        for sent in ({"act": act, "version": 1}, {"act": act}, {"act": act, "version": "x"}):
            post(client, article, path, **sent)
            assert "Somebody has edited the article meanwhile." in page(client, article)
    for place in ("review/parts/99", last):
        sent = {"act": "leave", "version": 2}
        assert client.post(f"/articles/{article}/{place}", data=sent).status_code == 404


def test_warnings_of_the_language_model_are_shown_in_words(
    client: FlaskClient, teacher: Person
) -> None:
    codes = ("known_unread", "like_another", "absolute_terms", "never_heard")
    article = create_article(teacher, (replace(DRAFTS[0], warnings=codes),))
    text = page(client, article)
    assert "It can be answered without having read the article" in text
    assert "Another draft asks nearly the same" in text
    assert flaws.RULES["absolute_terms"].LABEL in text
    assert "never heard" in text
    assert "known_unread" not in text


def test_a_draft_is_accepted_and_the_next_one_is_lit(client: FlaskClient, article: str) -> None:
    first, second, *_ = uids(page(client, article))
    assert status_of(first) == "draft"
    back = post(client, article, f"review/drafts/{first}", decision="accept")
    assert status_of(first) == "active"
    text = client.get(back).text
    assert lit(text) == second
    assert "1 of 5 drafts reviewed. 1 accepted, 0 rejected." in text


def test_a_draft_is_rejected_for_each_of_the_reasons(client: FlaskClient, article: str) -> None:
    assert tuple(REASONS) == reviewing.REJECT_REASONS
    uid = uids(page(client, article))[0]
    for code, words in REASONS.items():
        post(client, article, f"review/drafts/{uid}", reason=code)
        assert status_of(uid) == "retired"
        assert f'<p class="small muted">{words}</p>' in page(client, article)


def test_a_reason_that_is_none_of_ours_is_refused(client: FlaskClient, article: str) -> None:
    uid = uids(page(client, article))[0]
    for fields in ({}, {"reason": "dull"}, {"decision": "edit"}):
        answer = client.post(f"/articles/{article}/review/drafts/{uid}", data=fields)
        assert answer.status_code == 422
    assert status_of(uid) == "draft"


def test_the_last_decision_is_taken_back_and_its_draft_is_lit(
    client: FlaskClient, article: str
) -> None:
    first, second, *_ = uids(page(client, article))
    post(client, article, f"review/drafts/{first}", decision="accept")
    post(client, article, f"review/drafts/{second}", reason="unclear")
    text = client.get(post(client, article, "review/undo")).text
    assert (status_of(first), status_of(second)) == ("active", "draft")
    assert lit(text) == second
    post(client, article, "review/undo")
    assert status_of(first) == "draft"
    post(client, article, "review/undo")
    assert "There is nothing to undo." in page(client, article)


def test_all_above_a_score_are_accepted_at_once(client: FlaskClient, article: str) -> None:
    text = page(client, article)
    assert '<output for="least">2</output>' in text  # 90 and 80 of at least 75
    post(client, article, "review/above", least="70")
    assert [status_of(uid) for uid in uids(text)] == ["active"] * 3 + ["draft"] * 2
    assert "3 drafts were accepted." in page(client, article)
    for least in ("", "-1", "101", "many"):
        post(client, article, "review/above", least=least)
        assert "The score is a whole number from 0 to 100." in page(client, article)
    assert status_of(uids(text)[4]) == "draft"


def test_a_score_shown_is_never_more_than_the_limit_that_takes_it(
    client: FlaskClient, teacher: Person
) -> None:
    article = create_article(teacher, (replace(DRAFTS[0], score=0.7499),))
    assert "score 74" in page(client, article)
    post(client, article, "review/above", least="75")
    assert "0 drafts were accepted." in page(client, article)
    post(client, article, "review/above", least="74")
    assert "1 draft was accepted." in page(client, article)


def test_publishing_gives_a_link_that_anybody_may_open(
    app: Flask, client: FlaskClient, article: str
) -> None:
    post(client, article, "review/above", least="60")
    back = post(client, article, "publish")
    text = client.get(back).text
    assert "It asks 4 questions." in text
    assert "1 draft still waits for you." in text
    address = re.search(r'readonly value="([^"]+)"', text)
    assert address
    quiz = db.session.scalars(sa.select(Quiz)).one()
    assert address[1].endswith(f"/quizzes/{quiz.slug}")
    assert app.test_client().get(f"/quizzes/{quiz.slug}").status_code == 200


def test_publishing_twice_gives_the_same_quiz_with_more_in_it(
    client: FlaskClient, article: str
) -> None:
    post(client, article, "review/above", least="80")
    first = post(client, article, "publish")
    post(client, article, "review/above", least="60")
    assert post(client, article, "publish") == first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuizSlot)) == 4


def test_nothing_is_published_before_something_is_accepted(
    client: FlaskClient, article: str
) -> None:
    assert "Publish" not in page(client, article)
    assert "/review" in post(client, article, "publish")
    assert "No question is accepted yet." in page(client, article)
    assert db.session.scalar(sa.select(Quiz)) is None


def test_a_flashcard_alone_makes_no_quiz(client: FlaskClient, article: str) -> None:
    card = uids(page(client, article))[4]
    post(client, article, f"review/drafts/{card}", decision="accept")
    post(client, article, "publish")
    assert "A quiz cannot ask what is accepted so far (flashcard)." in page(client, article)


def test_editing_leads_back_to_the_review_and_counts_as_accepted(
    client: FlaskClient, article: str
) -> None:
    text = page(client, article)
    uid = uids(text)[2]
    link = re.search(rf'href="(/banks/[^"]*/{uid}/edit[^"]*)"', text)
    assert link
    form = client.get(link[1].replace("&amp;", "&")).text
    assert 'name="status" value="active" checked' in form
    hidden = re.search(r'name="next" value="([^"]+)"', form)
    assert hidden
    assert hidden[1] == f"/articles/{article}/review?at={uid}"
    fact = re.search(r'<option value="([^"]+)" selected>', form)
    assert fact
    fields = {
        "fact": fact[1], "act": "save",
        "type": "short_answer", "version": "1", "status": "active", "uid": uid,
        "stem": "When was it built?", "answers[0].text": "1872", "next": hidden[1],
    }  # fmt: skip
    answer = client.post(f"/banks/what-moves-the-tides/questions/{uid}/edit", data=fields)
    assert answer.headers.get("Location") == hidden[1], answer.text
    text = client.get(hidden[1]).text
    assert lit(text) == uid
    assert "Edited and accepted" in text
    assert "1 of 5 drafts reviewed. 1 accepted, 0 rejected." in text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil"])
def test_the_editor_leads_nowhere_else(client: FlaskClient, article: str, elsewhere: str) -> None:
    uid = uids(page(client, article))[2]
    form = client.get(
        f"/banks/what-moves-the-tides/questions/{uid}/edit", query_string={"next": elsewhere}
    )
    assert form.status_code == 200
    assert "evil" not in form.text


def test_nobody_else_reviews_an_article(app: Flask, client: FlaskClient, article: str) -> None:
    uid = uids(page(client, article))[0]
    other = app.test_client()
    sign_in(other, create_person("instructor"))
    assert other.get(f"/articles/{article}/review").status_code == 404
    for path in (
        f"review/drafts/{uid}",
        "review/undo",
        "review/above",
        "review/parts/0",
        "publish",
    ):
        sent = {"decision": "accept", "least": "0", "act": "keep", "version": "1"}
        assert other.post(f"/articles/{article}/{path}", data=sent).status_code == 404
    assert status_of(uid) == "draft"
    assert db.session.scalar(sa.select(DraftReview).where(DraftReview.by.is_not(None))) is None


def test_the_page_of_another_quiz_is_not_shown_as_the_articles(
    client: FlaskClient, article: str
) -> None:
    assert client.get(f"/articles/{article}/published?quiz=nothing").status_code == 404
    assert client.get(f"/articles/{article}/published").status_code == 404


def test_a_deleted_bank_takes_the_review_with_it(client: FlaskClient, article: str) -> None:
    slug = db.session.scalars(sa.select(Bank.slug)).one()
    client.post(f"/banks/{slug}/manage/delete")
    assert client.get(f"/articles/{article}/review").status_code == 404
