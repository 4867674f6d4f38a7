"""Requests that no page of ours makes: answered clearly, nothing is changed, nothing breaks."""

import json
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.core.formats.shared.source import Source
from quizapp.database import writing
from quizapp.extensions import db
from quizapp.models import Bank, LoggedResponse, Question, User
from quizapp.services.content import catalog
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import attempt_views
from quizapp.services.study import answers, memories, replay_check
from quizapp.services.transfer import importing
from tests.factories import create_bank, create_person, sign_in
from tests.services.quiz_makers import CHOICE, create_questions, create_quiz
from tests.web.people_ground import GOOD, account, prepare, real_now, sign_in_page, submit
from tests.web.world import ROLES, World, browser_of, create_world

SQLITE = pytest.mark.only("sqlite")
RIGHT, WRONG = {"option": "o1"}, {"option": "o2"}


def uid_of(kind: str = "multiple_choice") -> str:
    """Return the uid of the first question of a type."""
    return db.session.scalars(
        sa.select(Question.uid).where(Question.type == kind).order_by(Question.id)
    ).all()[0]


def people() -> int:
    db.session.rollback()
    return db.session.query(User).count()


# Whatever is sent, the answer is not a failure of ours

TEXTS = [
    *("", "0", "-1", "9" * 30, "9223372036854775808", "2147483648", "1e9", "NaN", "\u0663"),
    *("\0", "a\0b", "%00", "../../etc/passwd", "'\"><script>", "x" * 5000, "{}", "[]", "null"),
    *("\u202e", "%s%n", "{{7*7}}", "' OR 1=1 --", "\r\nX: y", " ", "3652060", "\U0001f600"),
]
NAMES = [
    *("bank", "mistakes", "slot", "again", "show", "what", "day", "bin", "id", "age", "until"),
    *("days", "after", "format", "article", "sentence", "page", "q", "next", "version", "state"),
    *("client_id", "question", "action", "hint", "go", "base_seq", "flagged", "role", "email"),
    *("r.option", "r.options", "r.value", "r.text", "r.rating", "r.order", "r.pairs.a", "r.gaps.1"),
    *("name", "tz", "rollover", "new_per_day", "retention", "password", "text", "fact", "\0"),
]
BODIES = [
    *(b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b"NaN", b"9" * 5000),
    *(b"[" * 50_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
]
RESPONSES: list[Any] = [
    *(None, {}, [], 1, "x", {"option": None}, {"option": []}, {"option": "o1\0"}, {"option": {}}),
    *({"options": "o1"}, {"options": [{}]}, {"value": "true"}, {"text": None}, {"text": "\0"}),
    *({"text": "1e999999999"}, {"text": "9" * 5000}, {"gaps": []}, {"gaps": {"1": {}}}),
    *({"pairs": {"l1": []}}, {"order": [{}]}, {"rating": 10**30}, {"rating": 1.5}, {"a": 1}),
]


class Fuzz:
    """Odd requests for every route, by a seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)

    def path(self, rule: Any) -> str:
        names = self.world.names
        known = [*names.values(), "blood", "secret", "exam"]
        numbers = ["0", "1", "9" * 30, "2147483648", "9223372036854775807", "9223372036854775808"]
        path = str(rule.rule)
        for name in rule.arguments:
            is_number = type(rule._converters[name]).__name__ == "IntegerConverter"
            text = self.rng.choice(numbers if is_number else [*known, *known, *TEXTS[1:]])
            before, _, after = re.split(rf"(<(?:\w+:)?{name}>)", path)
            path = before + quote(text, safe="%") + after
        what = self.rng.choice(["due", "facts", "days", "day", "fact", "retention"])
        query = [f"{quote(n)}={quote(v)}" for n, v in self.fields(3).items()]
        return f"{path}?what={what}&age=true&{'&'.join(query)}&x=%ff&y=%ed%a0%80"

    def fields(self, most: int) -> dict[str, str]:
        names = self.rng.sample(NAMES, self.rng.randint(1, most))
        return {name: self.rng.choice(TEXTS) for name in names}

    def body(self, path: str) -> dict[str, Any]:
        if self.rng.random() < 0.3:
            kind = self.rng.choice(["application/json", "application/x-www-form-urlencoded", ""])
            return {"data": self.rng.choice(BODIES), "content_type": kind}
        number = self.rng.choice([1, 1, 0, -1, 2**31, 2**63, 10**30, "1", None])
        if "/items/" in path:
            sent = {"client_id": str(uuid4()), "base_seq": number, "flagged": False}
            return {"json": {**sent, "response": self.rng.choice(RESPONSES)}}
        answer = {"client_id": str(uuid4()), "question": self.world.names["question"]}
        if "/api/" in path:
            response = self.rng.choice(RESPONSES)
            return {"json": {**answer, "version": number, "response": response}}
        kind = self.rng.choice(["application/x-www-form-urlencoded", "multipart/form-data"])
        return {"data": {**answer, "version": "1", **self.fields(8)}, "content_type": kind}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_route_breaks_whatever_is_sent(app: Flask, seed: int) -> None:
    prepare(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    world = create_world()
    fuzz = Fuzz(world, seed)
    rules = [rule for rule in app.url_map.iter_rules() if "disable" not in rule.rule]
    routes = [(rule, method) for rule in rules for method in (rule.methods or set()) - {"OPTIONS"}]
    for rule, method in sorted(routes, key=str):
        for role in fuzz.rng.sample(ROLES, 3):
            client = browser_of(app, world.people[role])
            path = fuzz.path(rule)
            sent = {} if method in {"GET", "HEAD"} else fuzz.body(path)
            reply = client.open(path, method=method, **sent)
            assert reply.status_code < 500, (method, path, sent)
            reply.close()
    assert replay_check.check().different == 0


@SQLITE
def test_json_that_is_sent_to_a_page_is_told_so(app: Flask, client: FlaskClient) -> None:
    prepare(app)
    for path in ("/sign-in", "/sign-up", "/study", "/study/undo"):
        for body in BODIES:
            reply = client.post(path, data=body, content_type="application/json")
            assert reply.status_code == 415
            assert "Send it as a form" in reply.text


@SQLITE
@pytest.mark.parametrize("fields", [{"question": "\0"}, {"\0": "x"}])
@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_nul_is_refused_in_every_kind_of_form(
    client: FlaskClient, fields: dict[str, str], kind: str
) -> None:
    assert client.post("/study/marks", data=fields, content_type=kind).status_code == 400


@SQLITE
def test_a_referer_that_is_no_address_is_ignored(app: Flask, client: FlaskClient) -> None:
    create_bank()
    for referer in ("http://[::1", "http://[x]/", "\\", "http://localhost//evil.example/"):
        reply = client.get(f"/questions/{uid_of()}/report", headers={"Referer": referer})
        assert reply.status_code == 200
        assert "evil.example" not in reply.text


# Bad input changes nothing


@SQLITE
def test_what_cannot_be_taken_makes_no_guest(app: Flask) -> None:
    create_bank()
    uid = uid_of()
    answer = {"client_id": str(uuid4()), "question": uid, "version": 1, "response": RIGHT}
    bad: list[dict[str, Any]] = [
        {"question": "nope"},
        {"version": 9},
        {"response": {}},
        {"response": {"option": "zz"}},
        {"attempt": "nope", "slot": 1},
    ]
    for change in bad:
        reply = app.test_client().post("/api/v1/answers", json={**answer, **change})
        assert reply.status_code in {404, 422}, change
    form = {"client_id": str(uuid4()), "question": uid, "version": "1"}
    for path, fields in (
        ("/study", {}),
        ("/study", {**form, "client_id": "x"}),
        ("/study", {**form, "question": "nope"}),
        ("/study", {**form, "version": "9" * 5000}),
        ("/study/marks", {"question": uid, "action": "nope"}),
        ("/study/marks", {"question": "nope", "action": "flag"}),
        ("/banks/nope/shelf", {}),
        (f"/questions/{uid}/report", {"text": ""}),
    ):
        assert app.test_client().post(path, data=fields).status_code in {400, 404, 422}, path
    assert people() == 0


@SQLITE
def test_a_guest_who_waits_outlives_a_new_password(app: Flask, client: FlaskClient) -> None:
    create_bank()
    account()
    answer = {"client_id": str(uuid4()), "question": uid_of(), "version": 1, "response": RIGHT}
    assert client.post("/api/v1/answers", json=answer).status_code == 200
    assert "/merge" in sign_in_page(client).location
    submit(client, "/me/password", current=GOOD, password="another orchid lamp")
    assert client.get("/merge").status_code == 200
    client.post("/merge", data={"choice": "bring"})
    kinds = sa.select(User.kind).join(LoggedResponse, LoggedResponse.user_id == User.id)
    assert db.session.scalars(kinds).all() == ["person"]


# What is not theirs is not there


@SQLITE
def test_an_admin_takes_no_quiz_of_a_private_bank_with_an_owner(
    app: Flask, client: FlaskClient
) -> None:
    create_quiz([*create_questions(("multiple_choice", CHOICE))], visibility="private")
    sign_in(client, create_person("admin"))
    assert client.get("/quizzes/exam").status_code == 200
    owner = create_person("instructor").id
    with writing() as session:
        session.execute(sa.update(Bank).values(visibility="private", owner_id=owner))
    assert client.get("/quizzes/exam").status_code == 404
    assert client.post("/quizzes/exam").status_code == 404
    assert "Exam" not in client.get("/quizzes").text


@SQLITE
def test_a_draft_is_shown_to_nobody(app: Flask, client: FlaskClient) -> None:
    create_bank()
    uid = uid_of()
    with writing() as session:
        session.execute(sa.update(Question).values(status="draft"))
    assert client.get(f"/questions/{uid}/report").status_code == 404
    assert client.post(f"/questions/{uid}/report", data={"text": "Odd."}).status_code == 404
    mark = {"question": uid, "action": "flag"}
    assert client.post("/study/marks", data=mark).status_code == 404


@pytest.fixture
def shut_out(app: Flask, client: FlaskClient) -> Person:
    """A learner who answered everything in a bank that then became private."""
    create_bank()
    person = create_person()
    sign_in(client, person)
    for kind, raw in (("multiple_choice", WRONG), ("flashcard", {"rating": 1})):
        answers.answer(person, str(uuid4()), uid_of(kind), 1, raw, now=real_now())
    with writing() as session:
        session.execute(sa.update(Bank).values(visibility="private"))
    catalog.forget()
    return person


def test_a_bank_that_became_private_is_practised_no_more(
    client: FlaskClient, shut_out: Person
) -> None:
    assert client.get("/study?mistakes=").status_code == 302  # to the summary
    assert memories.shelf(shut_out) == []
    for path in ("/study", "/study?mistakes=", "/study/summary", "/me", "/api/v1/study/next"):
        assert client.get(path).status_code < 400, path


def test_a_bank_that_became_private_is_studied_no_more(
    client: FlaskClient, shut_out: Person
) -> None:
    assert client.get("/api/v1/study/next").get_json() is None


# What a bank says is never run

LOADS = {"iframe", "object", "embed", "base", "frame", "style", "template", "portal", "math-ml"}
LIVE = ("javascript:", "vbscript:", "data:text", "data:image/svg", "file:")
ANSWERS: dict[str, dict[str, Any]] = {
    "multiple_choice": {"option": "o2"},
    "short_answer": {"text": "<img src=x onerror=alert(1)>"},
    "cloze": {"gaps": {"1": "o2"}},
    "matching": {"pairs": {"l1": "r2", "l2": "r1"}},
    "ordering": {"order": ["i2", "i1"]},
    "essay": {"text": "<script>alert(1)</script>"},
    "flashcard": {"rating": 1},
}


class Audit(HTMLParser):
    """Collects what a browser would run or load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        ours = values.get("src", "").startswith("/static/")
        if tag in LOADS or (tag == "script" and not ours) or "http-equiv" in values:
            self.found.append((tag, str(attrs)))
        for name, value in values.items():
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith("on") or name in {"style", "srcdoc", "background", "ping"}:
                self.found.append((tag, name, value))
            if name in {"href", "src", "action", "formaction"} and address.startswith(LIVE):
                self.found.append((tag, name, value))
            if name == "src" and address.startswith(("http", "//")):
                self.found.append((tag, name, value))


def live_in(html: str) -> list[tuple[str, ...]]:
    audit = Audit()
    audit.feed(html)
    audit.close()
    return audit.found


def vectors(shared: Path) -> list[str]:
    folder = shared / "hostile/xss"
    own = json.loads((folder / "own_vectors.json").read_text())
    owasp = json.loads((folder / "owasp_filter_evasion.json").read_text())
    pure = [case["payload"] for case in json.loads((folder / "dompurify_expect.json").read_text())]
    return [text.replace("PROBE", "alert(1)") for text in [*own, *owasp[::4], *pure[::6]]]


def question(place: int, text: str) -> dict[str, Any]:
    """Return a question with the same text in every field that its type shows."""
    two = [{"text": text, "fraction": "1", "feedback": text}, {"text": f"b {text}"}]
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("multiple_choice", {"options": two}),
        ("short_answer", {"answers": [{"text": "right", "feedback": text}]}),
        ("cloze", {"gaps": {"1": {"kind": "choice", "options": two, "feedback": text}}}),
        (
            "matching",
            {
                "lefts": [
                    {"id": "l1", "text": text, "right": "r1", "feedback": text},
                    {"id": "l2", "text": f"b {text}", "right": "r2"},
                ],
                "rights": [{"id": "r1", "text": text}, {"id": "r2", "text": f"b {text}"}],
            },
        ),
        ("ordering", {"items": [{"text": text}, {"text": f"b {text}"}], "feedback_wrong": text}),
        ("essay", {"sample": text, "rubric": text}),
        ("flashcard", {"back": text}),
    ]
    kind, own = kinds[place % len(kinds)]
    line = " ".join(text.split())[:100] or "x"
    stem = f"{text}\n\n[[1]]" if kind == "cloze" else text
    shown = {"name": line, "tags": [line], "category": line, "hints": [text], "feedback": text}
    return {"key": f"q{place}", "fact": f"f{place}", "type": kind, "stem": stem, **shown, **own}


def hostile_bank(texts: list[str]) -> dict[str, Any]:
    """Return a bank file that says one text everywhere; the first one in its titles."""
    questions = [question(place, text) for place, text in enumerate(texts)]
    title = '"><img src=x onerror=alert(1)>'
    url = "javascript:alert(1)//"
    source = {"title": title, "author": title, "site": title, "url": url}
    source["further"] = [{"title": title, "url": url}]  # type: ignore[assignment]
    evidence = [{"article": "a", "start": "0", "end": "10", "quote": title[:10]}]
    slots = [{"question": one["key"]} for one in questions if one["type"] != "flashcard"]
    facts = [
        {"key": f"f{place}", "statement": text[:900], "evidence": evidence}
        for place, text in enumerate(texts)
    ]
    return {
        "format": "quizapp-bank/1",
        "title": title,
        "language": "en",
        "notice": title,
        "articles": [
            {"key": "a", "title": title, "authors": [title], "source": source, "text": f"{title}."}
        ],
        "facts": facts,
        "questions": questions,
        "quizzes": [
            {"key": key, "title": title, "description": title, "feedback": key, "slots": slots}
            for key in ("deferred", "immediate")
        ],
    }


def in_yaml(value: Any) -> str:
    """Return JSON as YAML takes it: what is not printable escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


@SQLITE
def test_nothing_that_a_bank_says_is_run_on_any_page(
    client: FlaskClient, shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text(in_yaml(hostile_bank(vectors(shared))))
    report = importing.import_bank(Source.at(path), public=True, now=real_now())
    assert report.accepted > 60
    person = create_person(name="<img src=x onerror=alert(1)>")
    sign_in(client, person)
    pages = dict(study_everything(client))
    pages |= {page: client.get(page).text for page in (f"/banks/{report.bank}", "/banks", "/me")}
    for page in ("/quizzes", "/study/summary", "/study?mistakes=", "/me/rows?what=facts"):
        pages[page] = client.get(page).text
    article = re.search(r"/articles/[\w-]+", pages[f"/banks/{report.bank}"])
    assert article
    pages["article"] = client.get(f"{article[0]}?sentence=0").text
    for slug in re.findall(r'href="/quizzes/([\w-]+)"', pages["/quizzes"]):
        pages |= dict(take(client, person, slug))
    assert len(pages) > 150
    assert {name: live for name, page in pages.items() if (live := live_in(page))} == {}


def study_everything(client: FlaskClient) -> Iterator[tuple[str, str]]:
    for uid, kind in db.session.execute(sa.select(Question.uid, Question.type)).all():
        answer = {"client_id": str(uuid4()), "question": uid, "version": 1}
        reply = client.post("/api/v1/answers", json={**answer, "response": ANSWERS[kind]})
        assert reply.status_code == 200, reply.text
        said = reply.get_json()
        following = said["next"]["html"] if said["next"] else ""
        texts = [said["feedback"]["html"], *said["feedback"]["texts"], said["evidence"]["html"]]
        yield f"answer {uid}", " ".join([*texts, following])
    for seq in db.session.scalars(sa.select(LoggedResponse.seq)).all()[::5]:
        yield f"answered {seq}", client.get(f"/study/answers/{seq}").text


def take(client: FlaskClient, person: Person, slug: str) -> Iterator[tuple[str, str]]:
    """Answer a quiz to its end and yield its pages; the exam's come before and after an answer."""
    yield slug, client.get(f"/quizzes/{slug}").text
    path = client.post(f"/quizzes/{slug}").location
    db.session.rollback()
    attempt = attempt_views.load(person, path.rsplit("/", 1)[1])
    for item in attempt.items:
        response = ANSWERS[item.asked.question.type]
        if attempt.is_exam:
            body = {"client_id": str(uuid4()), "base_seq": 0, "flagged": True}
            api = f"/api/v1{path}/items/{item.slot}"
            assert client.put(api, json={**body, "response": response}).status_code == 200
        else:
            body = {"client_id": str(uuid4()), "question": item.asked.uid, "version": 1}
            body |= {"attempt": attempt.uid, "slot": item.slot, "response": response}
            assert client.post("/api/v1/answers", json=body).status_code == 200
        yield f"{slug} {item.slot}", client.get(f"{path}?slot={item.slot}").text
    yield f"{slug} review", client.get(f"{path}/review", follow_redirects=True).text
    client.post(f"{path}/hand-in")
    yield f"{slug} results", client.get(f"{path}?show=all").text


# What people write comes back as they wrote it


def test_naughty_strings_are_kept_or_refused(
    client: FlaskClient, shared: Path, tmp_path: Path
) -> None:
    strings = json.loads((shared / "hostile/blns/blns.json").read_text())[::3]
    stems = [text for text in strings if text.strip()]
    bank = hostile_bank(["x"]) | {"quizzes": [], "facts": []}
    bank["questions"] = [
        {"key": f"q{place}", "type": "essay", "stem": text} for place, text in enumerate(stems)
    ]
    path = tmp_path / "bank.yaml"
    path.write_text(in_yaml(bank))
    report = importing.import_bank(Source.at(path), public=True, now=real_now())
    assert report.refused == []
    uid = uid_of("essay")
    sign_in(client, create_person())
    for text in [*strings, "\0", "a\0b", "x" * 100_000]:
        answer = {"client_id": str(uuid4()), "question": uid, "version": 1}
        reply = client.post("/api/v1/answers", json={**answer, "response": {"text": text}})
        db.session.rollback()
        kept = db.session.scalar(
            sa.select(LoggedResponse.payload).where(LoggedResponse.client_id == answer["client_id"])
        )
        if reply.status_code == 200:
            assert kept
            assert kept["text"].strip() == text.replace("\r\n", "\n").strip()
        else:
            assert (reply.status_code, kept) == (422, None)
    assert json.loads(client.get("/me/data.json").text)
