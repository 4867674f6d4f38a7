"""Reading an article in a browser."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import create_bank, create_person, sign_in
from tests.services.learner_makers import facts_of, put_article, put_evidence, rate

NOW = datetime.now(UTC)  # noqa: TID251 - the views read the real clock
TEXT = "White cells fight. Red cells <carry>. Nobody asks.\n\n## More\n\nThe end."


def create_article(visibility: str = "public") -> tuple[str, list[int]]:
    bank = create_bank(visibility=visibility)
    uid = put_article(bank, TEXT)
    facts = facts_of(bank)
    put_evidence(uid, facts[0], "White cells fight.")
    put_evidence(uid, facts[1], "Red cells <carry>.")
    return uid, facts


def test_a_stranger_reads_it_without_colours(app: Flask, client: FlaskClient) -> None:
    uid, _ = create_article()
    page = client.get(f"/articles/{uid}").text
    assert "<h1>On blood</h1>" in page
    assert "Ada Ärzt" in page
    assert 'href="https://example.org/a"' in page
    assert "<h2>More</h2>" in page
    assert "Red cells &lt;carry&gt;." in page
    assert f'<a id="s0" href="/articles/{uid}?sentence=0#s0">White cells fight.</a>' in page
    assert '<span id="s2">Nobody asks.</span>' in page
    assert "legend" not in page


def test_a_sentence_opens_its_facts_and_questions(app: Flask, client: FlaskClient) -> None:
    uid, _ = create_article()
    page = client.get(f"/articles/{uid}?sentence=1").text
    assert "<mark>Red cells &lt;carry&gt;.</mark>" in page
    assert "Fact 2 of Blood." in page
    assert "Say fact 2." in page
    assert "/study?bank=blood" in page
    assert page.count("btn primary") == 1
    for other in ("2", "99", "x"):
        assert client.get(f"/articles/{uid}?sentence={other}").status_code == 200


def test_a_learner_sees_what_is_known_in_colour_and_in_words(
    app: Flask, client: FlaskClient
) -> None:
    uid, facts = create_article()
    person = create_person()
    answer = rate(person, facts[0], 4, NOW - timedelta(hours=1), 1)
    sign_in(client, person)
    page = client.get(f"/articles/{uid}?sentence=0").text
    assert 'class="k4"' in page
    assert '<span class="vh"> (known)</span>' in page
    assert '<span class="vh"> (not asked yet)</span>' in page
    assert "known, 90% or more" in page  # the legend
    assert f"/study/answers/{answer.seq}" in page
    assert "100% today" in page


def test_a_private_article_is_absent(app: Flask, client: FlaskClient) -> None:
    uid, _ = create_article("private")
    assert client.get(f"/articles/{uid}").status_code == 404
    assert client.get("/articles/nowhere").status_code == 404
