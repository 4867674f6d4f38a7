"""Articles sentence by sentence: nothing lost, code points counted, colours by what is known."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.articles import segment
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Fact, Question
from quizapp.services.content import reading, sentence_facts
from quizapp.services.content.questions import Absent
from tests.factories import create_bank, create_person
from tests.services.learner_makers import (
    facts_of,
    put_article,
    put_card,
    put_evidence,
    put_on_shelf,
    rate,
)

TEXT = (
    "🩸 Blood is réd. It flows 🩸é day. Nobody asks this.\n\n"
    "## Its cells\n\n"
    "White cells <fight> infection. Red cells carry oxygen. Platelets & clots."
)
PARAGRAPHS = [part for part in TEXT.split("\n\n") if not part.startswith("## ")]


def test_the_pieces_are_the_whole_text(app: Flask, now: datetime) -> None:
    bank = create_bank()
    uid = put_article(bank, TEXT)
    put_evidence(uid, facts_of(bank)[0], "It flows 🩸é day.")
    page = reading.article(uid, None, now)
    assert (page.title, page.authors, page.bank_slug) == ("On blood", ["Ada Ärzt"], "blood")
    assert [block.kind for block in page.blocks] == ["paragraph", "heading", "paragraph"]
    words = ["".join(piece.text for piece in block.pieces) for block in page.blocks]
    assert words == [PARAGRAPHS[0], "Its cells", PARAGRAPHS[1]]
    linked = [piece for block in page.blocks for piece in block.pieces if piece.facts]
    assert [(piece.index, piece.text) for piece in linked] == [(1, "It flows 🩸é day.")]
    assert linked[0].level is None  # nobody is there whose memory could colour it
    assert page.blocks[0].holds(1)
    assert not page.blocks[2].holds(1)


@given(st.text("aB. !?🩸é\n#", max_size=80), st.lists(st.tuples(*[st.integers(0, 80)] * 2)))
def test_no_character_is_lost_whatever_the_sentences_say(
    text: str, spans: list[tuple[int, int]]
) -> None:
    for block in segment.blocks(text):
        inside = tuple(
            (n, start, end)
            for n, (start, end) in enumerate(spans)
            if block.start <= start < end <= block.end
        )
        pieces = reading._pieces(text, (block.start, block.end), inside, [], lambda _facts: None)
        assert "".join(piece.text for piece in pieces) == text[block.start : block.end]


def test_a_sentence_takes_the_colour_of_its_least_known_fact(app: Flask, now: datetime) -> None:
    person, bank = create_person(), create_bank(facts=5)
    uid = put_article(bank, TEXT)
    facts = facts_of(bank)
    put_evidence(uid, facts[0], "🩸 Blood is réd. It flows 🩸é day.")  # two sentences
    put_evidence(uid, facts[1], "It flows")
    put_evidence(uid, facts[2], "White cells <fight> infection.")
    put_evidence(uid, facts[3], "Red cells", state="broken")
    put_evidence(uid, facts[4], "Platelets & clots.")
    put_card(person, facts[0], now, stability=10, days_ago=1)
    put_card(person, facts[1], now, stability=0.1, days_ago=300)
    put_card(person, facts[4], now, stability=10, days_ago=10)  # 0.9 counts as known
    page = reading.article(uid, person, now)
    levels = [page.piece(n).level for n in range(6)]  # type: ignore[union-attr]
    assert levels == [4, 1, None, 0, None, 4]
    assert page.coloured
    assert page.piece(1).facts == (facts[0], facts[1])  # type: ignore[union-attr]
    assert page.piece(4).facts == ()  # type: ignore[union-attr]
    assert page.piece(99) is None
    assert not reading.article(uid, create_person(), now).coloured


def test_an_article_is_seen_by_whoever_may_see_its_bank(app: Flask, now: datetime) -> None:
    owner, other = create_person("instructor"), create_person()
    uid = put_article(create_bank(visibility="private", owner_id=owner.id), TEXT)
    assert reading.article(uid, owner, now).uid == uid
    for person in (other, None):
        with pytest.raises(Absent):
            reading.article(uid, person, now)
    with pytest.raises(Absent):
        reading.article("nowhere", owner, now)


def test_the_facts_of_a_sentence_with_questions_and_answers(app: Flask, now: datetime) -> None:
    person, bank = create_person(), create_bank()
    first, second, _ = facts_of(bank)
    answer = rate(person, first, 3, now - timedelta(days=1), 1)
    with writing() as session:
        session.execute(
            sa.update(Question)
            .where(Question.fact_id == second, Question.type == "flashcard")
            .values(status="retired")
        )
    here, there = sentence_facts.of_facts((first, second), person, now)
    assert (here.statement, there.statement) == ("Fact 1 of Blood.", "Fact 2 of Blood.")
    assert 0 < (here.recall or 0) < 1
    assert there.recall is None
    assert there.level == 0
    assert [(q.type, q.answers, q.last_seq) for q in here.questions] == [
        ("multiple_choice", 0, None),
        ("flashcard", 1, answer.seq),
    ]
    assert [q.type for q in there.questions] == ["multiple_choice"]
    stranger = sentence_facts.of_facts((first,), None, now)
    assert stranger[0].recall is None
    assert {q.answers for q in stranger[0].questions} == {0}


def test_articles_of_the_shelf(app: Flask) -> None:
    person, bank = create_person(), create_bank()
    uid = put_article(bank, TEXT)
    assert reading.of_shelf(person) == []
    put_on_shelf(person, bank)
    assert reading.of_shelf(person) == [(uid, "On blood")]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Fact)) == 3
