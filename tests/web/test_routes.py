"""Who may do what: every route and method against every role, as a written table.

A route without a row fails, and so does a row without a route. Each cell is the status that the
role gets; the path of a row is filled from the world (see world.py), where `secret` belongs to the
instructor and the attempt and the answer to the learner. Forms are sent with their token but empty
unless the row gives fields, so 422 reads "allowed, but the form is not complete".
Anyone may add rows: what matters is that somebody has thought about each cell.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from quizapp import create_app
from tests.web.people_ground import prepare
from tests.web.world import ROLES, browser_of, create_world, csrf


@dataclass(frozen=True)
class Row:
    """A route, and what each of ROLES gets."""

    route: str  # METHOD and rule
    expected: str
    path: str = ""  # the rule itself where it has no arguments
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def pattern(self) -> str:
        return self.path or self.route.partition(" ")[2]


EVERYBODY = "200 200 200 200 200 200"
ACCOUNTS = "302 302 200 200 200 200"
SOMEBODY = "302 200 200 200 200 200"
ADMINS = "404 404 404 404 404 200"
OWNER = "404 404 404 404 200 404"  # of the instructor's things; admins own what has no owner
TEACHERS = "404 404 404 404 200 200"
EDITOR = "302 302 404 404 200 404"  # of the instructor's bank
TAUGHT = "404 404 404 404 303 404"  # of the instructor's course
OWN_NONE = "404 404 404 404 404 404"
LEARNER = "302 404 200 404 404 404"  # of the learner's attempt; also an admin does not look in
LEARNERS_ROW = "404 404 200 404 404 404"

ROWS = (
    # The first page and the pages about the app
    Row("GET /", EVERYBODY),
    Row("GET /health", EVERYBODY),
    Row("GET /help", EVERYBODY),
    Row("GET /keyboard", EVERYBODY),
    Row("GET /accessibility", EVERYBODY),
    Row("GET /privacy", EVERYBODY),
    # Coming and going
    Row("GET /sign-in", "200 200 302 302 302 302"),
    Row("POST /sign-in", "422 422 302 302 302 302"),
    Row("GET /sign-up", "200 200 302 302 302 302"),
    Row("POST /sign-up", "422 422 302 302 302 302"),
    Row("POST /sign-out", "302 302 302 302 302 302"),
    Row("GET /links/<token>", EVERYBODY, "/links/{link}"),
    Row("POST /links/<token>", "422 422 422 422 422 422", "/links/{link}"),
    Row("GET /merge", "302 302 302 302 302 302"),
    Row("POST /merge", "302 302 302 302 302 302"),
    # Oneself
    Row("GET /me/settings", SOMEBODY),
    Row("POST /me/settings", "302 422 422 422 422 422"),
    Row("GET /me/password", ACCOUNTS),
    Row("POST /me/password", "302 302 422 422 422 422"),
    Row("GET /me/data", SOMEBODY),
    Row("GET /me/data.json", SOMEBODY),
    Row("GET /me/answers.csv", SOMEBODY),
    Row("GET /me/erase", SOMEBODY),
    Row("POST /me/erase", "302 422 422 422 422 422"),
    Row("GET /me/plan", SOMEBODY),
    Row("POST /me/plan/exams", "302 422 422 422 422 422"),
    Row("POST /me/plan/exams/<int:number>", "302 422 422 422 422 422", "/me/plan/exams/1"),
    Row(
        "POST /me/plan/offers/<assignment>",
        "302 404 404 404 404 404",  # it has no day
        "/me/plan/offers/{assignment}",
        {"minutes": "10"},
    ),
    Row("POST /me/plan/pauses", "302 422 422 422 422 422"),
    Row("POST /me/plan/easy", "302 303 303 303 303 303"),  # all days as usual
    Row("POST /me/plan/rescue", "302 422 422 422 422 422"),
    Row("POST /me/plan/<int:number>/end", "302 404 404 404 404 404", "/me/plan/1/end"),
    Row("POST /me/plan/beyond", "302 303 303 303 303 303"),
    Row("GET /me/model", SOMEBODY),
    Row("POST /me/model/use", "404 303 303 303 303 303", fields={"version": "0"}),
    Row("GET /me/forecast", SOMEBODY),
    Row("POST /me/forecast/shown", "404 303 303 303 303 303", fields={"on": "1"}),
    Row("GET /me/workload", SOMEBODY),
    Row("POST /me/workload", "404 303 303 303 303 303"),
    Row("GET /me/leeches", SOMEBODY),
    Row("POST /me/leeches", OWN_NONE, fields={"action": "flag", "fact": "none"}),
    Row("POST /me/model/fit", "404 303 303 303 303 303"),
    # People, for admins
    Row("GET /admin", ADMINS),
    Row("POST /admin/invitations", ADMINS, fields={"role": "learner"}),
    Row("POST /admin/people/<uid>/reset", ADMINS, "/admin/people/{learner}/reset"),
    Row(
        "POST /admin/people/<uid>/role",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/role",
        {"role": "instructor"},
    ),
    Row(
        "POST /admin/people/<uid>/time",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/time",
        {"percent": "125"},
    ),
    Row(
        "POST /admin/people/<uid>/disable",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/disable",
    ),
    Row(
        "POST /admin/people/<uid>/enable",
        "404 404 404 404 404 302",
        "/admin/people/{learner}/enable",
    ),
    # Banks and what is in them
    Row("GET /banks", EVERYBODY),
    Row("GET /banks/<slug>", OWNER, "/banks/secret"),
    Row("POST /banks/<slug>/shelf", "404 404 404 404 303 404", "/banks/secret/shelf"),
    Row("GET /banks/<slug>/questions/new", OWNER, "/banks/secret/questions/new"),
    Row(
        "POST /banks/<slug>/questions/new",
        "404 404 404 404 422 404",
        "/banks/secret/questions/new",
        {"type": "essay"},
    ),
    Row(
        "POST /banks/<slug>/questions/preview",
        OWNER,
        "/banks/secret/questions/preview",
        {"type": "essay"},
    ),
    Row("GET /banks/<slug>/questions/<uid>/edit", OWNER, "/banks/secret/questions/{hidden}/edit"),
    Row(
        "POST /banks/<slug>/questions/<uid>/edit",
        "404 404 404 404 409 404",  # without the version that it was made from
        "/banks/secret/questions/{hidden}/edit",
    ),
    Row(
        "GET /banks/<slug>/questions/<uid>/versions",
        OWNER,
        "/banks/secret/questions/{hidden}/versions",
    ),
    Row(
        "POST /banks/<slug>/questions/<uid>/duplicate",
        "404 404 404 404 303 404",
        "/banks/secret/questions/{hidden}/duplicate",
    ),
    Row("GET /banks/<slug>/questions/<uid>/try", OWNER, "/banks/secret/questions/{hidden}/try"),
    Row("POST /banks/<slug>/questions/<uid>/try", OWNER, "/banks/secret/questions/{hidden}/try"),
    Row(
        "POST /banks/<slug>/media",
        "404 404 404 404 422 404",
        "/banks/secret/media",
        {"type": "essay"},
    ),
    Row("GET /articles/<uid>", OWNER, "/articles/{article}"),
    Row("GET /articles/<uid>/edit", OWNER, "/articles/{article}/edit"),
    Row("POST /articles/<uid>/edit", "404 404 404 404 422 404", "/articles/{article}/edit"),
    Row("GET /articles/<uid>/facts", OWNER, "/articles/{article}/facts"),
    Row("POST /articles/<uid>/facts", "404 404 404 404 400 404", "/articles/{article}/facts"),
    Row("GET /articles/<uid>/versions", OWNER, "/articles/{article}/versions"),
    # Drafting from an article, and weighing the drafts
    Row("GET /articles/new", TEACHERS),
    Row("POST /articles/new", "404 404 404 404 422 422"),
    Row("GET /articles/drafts/<uid>", OWN_NONE, "/articles/drafts/{upload}"),  # it is an import
    Row("POST /articles/drafts/<uid>/again", OWN_NONE, "/articles/drafts/{upload}/again"),
    Row("GET /articles/<uid>/review", OWNER, "/articles/{article}/review"),
    Row(
        "POST /articles/<uid>/review/parts/<int:place>",  # the article has no such part
        OWN_NONE,
        "/articles/{article}/review/parts/1",
        {"act": "leave", "version": "1"},
    ),
    Row(
        "POST /articles/<uid>/review/drafts/<question>",
        OWN_NONE,  # the question was not drafted
        "/articles/{article}/review/drafts/{hidden}",
        {"decision": "accept"},
    ),
    Row(
        "POST /articles/<uid>/review/undo",
        "404 404 404 404 303 404",
        "/articles/{article}/review/undo",
    ),
    Row(
        "POST /articles/<uid>/review/above",
        "404 404 404 404 303 404",
        "/articles/{article}/review/above",
        {"least": "50"},
    ),
    Row("POST /articles/<uid>/publish", "404 404 404 404 303 404", "/articles/{article}/publish"),
    Row("GET /articles/<uid>/published", OWNER, "/articles/{article}/published?quiz=secret-quiz"),
    Row("GET /media/<slug>/<path:name>", OWNER, "/media/secret/p.png"),
    Row("GET /questions/<uid>/report", "404 404 404 404 200 404", "/questions/{hidden}/report"),
    Row("POST /questions/<uid>/report", "404 404 404 404 422 404", "/questions/{hidden}/report"),
    Row("GET /reports", "302 302 200 200 200 200"),  # of the banks that one may edit
    Row(
        "POST /reports/<int:number>",
        "302 302 404 404 303 404",
        "/reports/{report}",
        {"state": "closed"},
    ),
    # Managing banks: `secret` is the instructor's
    Row("GET /banks/new", TEACHERS),
    Row("POST /banks/new", "404 404 404 404 422 422"),
    Row("GET /banks/deleted", ACCOUNTS),
    Row("POST /banks/deleted/<uid>", "302 302 404 404 404 404", "/banks/deleted/nothing"),
    Row("GET /banks/<slug>/manage", OWNER, "/banks/secret/manage"),
    Row("POST /banks/<slug>/manage", "404 404 404 404 303 404", "/banks/secret/manage"),
    Row("GET /banks/<slug>/manage/facts", OWNER, "/banks/secret/manage/facts"),
    Row("GET /banks/<slug>/manage/suggestions", OWNER, "/banks/secret/manage/suggestions"),
    Row("GET /banks/<slug>/flaws", OWNER, "/banks/secret/flaws"),
    Row(
        "GET /banks/<slug>/questions/<uid>/regrade",
        OWNER,
        "/banks/secret/questions/{hidden}/regrade",
    ),
    Row(
        "POST /banks/<slug>/questions/<uid>/regrade",
        "404 404 404 404 303 404",
        "/banks/secret/questions/{hidden}/regrade",
    ),
    Row(
        "POST /banks/<slug>/manage/suggestions",
        "404 404 404 404 400 404",
        "/banks/secret/manage/suggestions",
    ),
    Row("GET /banks/<slug>/manage/settings", OWNER, "/banks/secret/manage/settings"),
    Row(
        "POST /banks/<slug>/manage/settings",
        "404 404 404 404 422 404",
        "/banks/secret/manage/settings",
    ),
    Row(
        "POST /banks/<slug>/manage/visibility",
        "404 404 404 404 303 404",
        "/banks/secret/manage/visibility",
        {"visibility": "link"},
    ),
    Row(
        "POST /banks/<slug>/manage/members",
        "404 404 404 404 422 404",
        "/banks/secret/manage/members",
    ),
    Row(
        "POST /banks/<slug>/manage/members/<uid>/remove",
        OWN_NONE,
        "/banks/secret/manage/members/{learner}/remove",  # who is no member
    ),
    Row("POST /banks/<slug>/manage/copy", "404 404 404 404 422 404", "/banks/secret/manage/copy"),
    Row(
        "POST /banks/<slug>/manage/delete", "404 404 404 404 303 404", "/banks/secret/manage/delete"
    ),
    # Bringing files in and taking banks out
    Row("GET /import", TEACHERS),
    Row("POST /import", "404 404 404 404 303 303"),
    Row("GET /import/<uid>", OWNER, "/import/{upload}"),
    Row("POST /import/<uid>/again", "404 404 404 404 303 404", "/import/{upload}/again"),
    Row("POST /import/<uid>/store", OWN_NONE, "/import/{upload}/store"),  # it is not ready yet
    Row("POST /import/<uid>/undo", OWN_NONE, "/import/{upload}/undo"),  # nothing is stored yet
    Row("POST /import/<uid>/discard", "404 404 404 404 303 404", "/import/{upload}/discard"),
    Row("GET /banks/<slug>/export", "302 302 404 404 200 404", "/banks/secret/export"),
    Row("GET /banks/<slug>/export/<name>", EDITOR, "/banks/secret/export/bank_yaml"),
    Row("GET /banks/<slug>/export/<name>/file", EDITOR, "/banks/secret/export/bank_yaml/file"),
    Row("GET /banks/<slug>/print", EDITOR, "/banks/secret/print"),
    # Courses: the instructor teaches `course`, the learner is in it
    Row("GET /courses", EVERYBODY),
    Row("GET /courses/new", TEACHERS),
    Row("POST /courses/new", "404 404 404 404 422 422"),
    Row("GET /join", EVERYBODY),
    Row("POST /join", "422 422 422 422 422 422"),
    Row("GET /join/<code>", "200 200 302 200 302 200", "/join/{code}"),
    Row("POST /join/<code>", "422 422 302 422 302 422", "/join/{code}"),
    Row("GET /courses/<uid>/people", OWNER, "/courses/{course}/people"),
    Row("POST /courses/<uid>/code", "404 404 404 404 303 404", "/courses/{course}/code"),
    Row("POST /courses/<uid>/code/close", TAUGHT, "/courses/{course}/code/close"),
    Row(
        "POST /courses/<uid>/people/<who>/role",
        TAUGHT,
        "/courses/{course}/people/{learner}/role",
        {"role": "assistant"},
    ),
    Row(
        "POST /courses/<uid>/people/<who>/time",
        TAUGHT,
        "/courses/{course}/people/{learner}/time",
        {"percent": "125"},
    ),
    Row(
        "POST /courses/<uid>/people/<who>/remove",
        TAUGHT,
        "/courses/{course}/people/{learner}/remove",
    ),
    Row("GET /courses/<uid>/settings", OWNER, "/courses/{course}/settings"),
    Row("POST /courses/<uid>/settings", "404 404 404 404 422 404", "/courses/{course}/settings"),
    Row("GET /courses/<uid>/deletion", OWNER, "/courses/{course}/deletion"),
    Row("GET /courses/<uid>/audit", OWNER, "/courses/{course}/audit"),
    Row("POST /courses/<uid>/archive", TAUGHT, "/courses/{course}/archive"),
    Row("POST /courses/<uid>/reopen", TAUGHT, "/courses/{course}/reopen"),
    Row("GET /courses/<uid>/leave", "404 404 200 404 200 404", "/courses/{course}/leave"),
    Row("POST /courses/<uid>/leave", "404 404 303 404 409 404", "/courses/{course}/leave"),
    # The first page of a course, and what is behind it: a learner sees their own page instead
    Row("GET /courses/<uid>", "404 404 200 404 200 404", "/courses/{course}"),
    Row("GET /courses/<uid>/matrix.csv", OWNER, "/courses/{course}/matrix.csv"),
    Row("GET /courses/<uid>/facts", OWNER, "/courses/{course}/facts"),
    Row("POST /courses/<uid>/practise", TAUGHT, "/courses/{course}/practise"),
    Row("GET /courses/<uid>/forecast", OWNER, "/courses/{course}/forecast"),
    Row("POST /courses/<uid>/forecast", "404 404 404 404 422 404", "/courses/{course}/forecast"),
    Row("GET /courses/<uid>/forecast/learners", OWN_NONE, "/courses/{course}/forecast/learners"),
    Row("GET /courses/<uid>/forecast/facts", OWN_NONE, "/courses/{course}/forecast/facts"),
    Row("GET /courses/<uid>/learners/<learner>", OWNER, "/courses/{course}/learners/{learner}"),
    Row("GET /courses/<uid>/facts/<fact>", OWN_NONE, "/courses/{course}/facts/nothing"),
    Row(
        "GET /courses/<uid>/learners/<learner>/facts/<fact>",
        OWN_NONE,
        "/courses/{course}/learners/{learner}/facts/nothing",
    ),
    Row(
        "GET /courses/<uid>/articles",
        "404 404 404 404 302 404",  # to the only one
        "/courses/{course}/articles",
    ),
    Row("GET /courses/<uid>/articles/<article>", OWNER, "/courses/{course}/articles/{article}"),
    Row(
        "GET /courses/<uid>/articles/<article>/table",
        OWNER,
        "/courses/{course}/articles/{article}/table",
    ),
    Row(
        "POST /courses/<uid>/articles/<article>/draft",
        TAUGHT,
        "/courses/{course}/articles/{article}/draft",
        {"sentence": "0", "version": "1"},
    ),
    # Marks: the learner has handed in nothing at `assignment`
    Row("GET /courses/<uid>/marks", OWNER, "/courses/{course}/marks"),
    Row("GET /courses/<uid>/marks/table.<kind>", OWNER, "/courses/{course}/marks/table.csv"),
    Row("GET /courses/<uid>/marks/responses.csv", OWNER, "/courses/{course}/marks/responses.csv"),
    Row(
        "GET /courses/<uid>/marks/learners/<who>",
        OWNER,
        "/courses/{course}/marks/learners/{learner}",
    ),
    Row(
        "GET /courses/<uid>/marks/<assignment>/<who>",
        OWNER,
        "/courses/{course}/marks/{assignment}/{learner}",
    ),
    Row(
        "POST /courses/<uid>/marks/<assignment>/<who>",
        "404 404 404 404 422 404",
        "/courses/{course}/marks/{assignment}/{learner}",
    ),
    Row(
        "POST /courses/<uid>/marks/<assignment>/release",
        TAUGHT,
        "/courses/{course}/marks/{assignment}/release",
        {"on": "1"},
    ),
    Row(
        "GET /courses/<uid>/marks/<assignment>/to-mark",
        OWNER,
        "/courses/{course}/marks/{assignment}/to-mark",
    ),
    Row(
        "POST /courses/<uid>/marks/<assignment>/to-mark",
        OWN_NONE,  # nothing is to be marked
        "/courses/{course}/marks/{assignment}/to-mark",
        {"learner": "nobody", "answer": "1", "points": "1"},
    ),
    Row(
        "GET /courses/<uid>/marks/<assignment>/<who>/attempts/<attempt>",
        OWN_NONE,  # the learner's own attempt is not one at the assignment
        "/courses/{course}/marks/{assignment}/{learner}/attempts/{attempt}",
    ),
    Row(
        "POST /courses/<uid>/marks/<assignment>/<who>/attempts/<attempt>",
        OWN_NONE,
        "/courses/{course}/marks/{assignment}/{learner}/attempts/{attempt}",
        {"comment": "Well done"},
    ),
    # How the questions of its quizzes did
    Row("GET /courses/<uid>/questions", OWNER, "/courses/{course}/questions"),
    Row(
        "GET /courses/<uid>/questions/<assignment>",
        OWNER,
        "/courses/{course}/questions/{assignment}",
    ),
    Row(
        "GET /courses/<uid>/questions/<assignment>/<question>",
        OWN_NONE,  # nobody has handed it in
        "/courses/{course}/questions/{assignment}/{question}",
    ),
    # Assignments: `assignment` is one of `course`; teachers go from its start page to its terms
    Row("GET /courses/<uid>/assignments", OWNER, "/courses/{course}/assignments"),
    Row("GET /courses/<uid>/assignments/new", OWNER, "/courses/{course}/assignments/new"),
    Row(
        "POST /courses/<uid>/assignments/new",
        "404 404 404 404 422 404",
        "/courses/{course}/assignments/new",
    ),
    Row("GET /courses/<uid>/assignments/new-goal", OWNER, "/courses/{course}/assignments/new-goal"),
    Row(
        "POST /courses/<uid>/assignments/new-goal",
        "404 404 404 404 422 404",
        "/courses/{course}/assignments/new-goal",
    ),
    Row(
        "GET /courses/<uid>/assignments/<assignment>/edit",
        OWNER,
        "/courses/{course}/assignments/{assignment}/edit",
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/edit",
        TAUGHT,
        "/courses/{course}/assignments/{assignment}/edit",
        {"counts": "first"},
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/release",
        TAUGHT,
        "/courses/{course}/assignments/{assignment}/release",
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/copy",
        OWN_NONE,  # to no course
        "/courses/{course}/assignments/{assignment}/copy",
    ),
    Row(
        "GET /courses/<uid>/assignments/<assignment>/delete",
        OWNER,
        "/courses/{course}/assignments/{assignment}/delete",
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/delete",
        TAUGHT,
        "/courses/{course}/assignments/{assignment}/delete",
    ),
    Row(
        "GET /courses/<uid>/assignments/<assignment>/exceptions",
        OWNER,
        "/courses/{course}/assignments/{assignment}/exceptions",
    ),
    Row(
        "GET /courses/<uid>/assignments/<assignment>/exceptions/<member>",
        OWNER,
        "/courses/{course}/assignments/{assignment}/exceptions/{learner}",
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/exceptions/<member>",
        TAUGHT,
        "/courses/{course}/assignments/{assignment}/exceptions/{learner}",
    ),
    Row(
        "GET /courses/<uid>/assignments/<assignment>/start",
        "404 404 200 404 302 404",
        "/courses/{course}/assignments/{assignment}/start",
    ),
    Row(
        "POST /courses/<uid>/assignments/<assignment>/start",
        "404 404 303 404 404 404",
        "/courses/{course}/assignments/{assignment}/start",
    ),
    Row("GET /calendar/<token>.ics", EVERYBODY, "/calendar/{calendar}.ics"),
    Row("POST /calendar", "302 303 303 303 303 303"),
    # Quizzes and attempts
    Row("GET /quizzes", EVERYBODY),
    # Making quizzes: `secret-quiz` is of the instructor's bank
    Row("GET /banks/<slug>/quizzes", OWNER, "/banks/secret/quizzes"),
    Row("GET /banks/<slug>/quizzes/new", OWNER, "/banks/secret/quizzes/new"),
    Row("POST /banks/<slug>/quizzes/new", "404 404 404 404 422 404", "/banks/secret/quizzes/new"),
    Row("GET /quizzes/<slug>/edit", OWNER, "/quizzes/secret-quiz/edit"),
    Row("POST /quizzes/<slug>/edit", "404 404 404 404 422 404", "/quizzes/secret-quiz/edit"),
    Row("POST /quizzes/<slug>/places", "404 404 404 404 409 404", "/quizzes/secret-quiz/places"),
    Row("GET /quizzes/<slug>/questions", OWNER, "/quizzes/secret-quiz/questions"),
    Row(
        "POST /quizzes/<slug>/questions",
        "404 404 404 404 303 404",
        "/quizzes/secret-quiz/questions",
    ),
    Row("GET /quizzes/<slug>/pools", OWNER, "/quizzes/secret-quiz/pools"),
    Row("POST /quizzes/<slug>/pools", "404 404 404 404 422 404", "/quizzes/secret-quiz/pools"),
    Row("GET /quizzes/<slug>/publish", OWNER, "/quizzes/secret-quiz/publish"),
    Row("POST /quizzes/<slug>/publish", "404 404 404 404 303 404", "/quizzes/secret-quiz/publish"),
    Row(
        "POST /quizzes/<slug>/duplicate",
        "404 404 404 404 303 404",
        "/quizzes/secret-quiz/duplicate",
    ),
    Row("GET /quizzes/<slug>/items", OWNER, "/quizzes/secret-quiz/items"),
    Row(
        "GET /quizzes/<slug>/items/<uid>",
        OWN_NONE,  # nobody was asked it
        "/quizzes/secret-quiz/items/{hidden}",
    ),
    Row("GET /banks/<slug>/items", OWNER, "/banks/secret/items"),
    Row("GET /quizzes/<slug>/delete", OWNER, "/quizzes/secret-quiz/delete"),
    Row("POST /quizzes/<slug>/delete", "404 404 404 404 303 404", "/quizzes/secret-quiz/delete"),
    Row("GET /quizzes/<slug>", EVERYBODY, "/quizzes/exam"),
    Row("POST /quizzes/<slug>", "303 303 303 303 303 303", "/quizzes/exam"),
    Row("GET /attempts/<uid>", LEARNER, "/attempts/{attempt}"),
    Row("POST /attempts/<uid>", "302 404 404 404 404 404", "/attempts/{attempt}"),
    Row("GET /attempts/<uid>/hand-in", LEARNER, "/attempts/{attempt}/hand-in"),
    Row("POST /attempts/<uid>/hand-in", "302 404 303 404 404 404", "/attempts/{attempt}/hand-in"),
    Row("GET /attempts/<uid>/review", LEARNER, "/attempts/{attempt}/review"),
    Row(
        "POST /api/v1/attempts/<uid>/hand-in",
        "404 404 200 404 404 404",
        "/api/v1/attempts/{attempt}/hand-in",
    ),
    Row(
        "PUT /api/v1/attempts/<uid>/items/<int:slot>",
        "404 404 200 404 404 404",
        "/api/v1/attempts/{attempt}/items/1",
        {
            "client_id": "6f0c1a52-9d0e-4a57-8f0e-2f0a1f0b7c11",
            "base_seq": 0,
            "response": {"option": "o1"},
            "flagged": False,
        },
    ),
    # Studying: an answer may be anybody's, who then becomes a guest; empty ones are refused
    Row("GET /study", "200 302 200 302 302 302"),  # to the banks, where one studies none yet
    Row("POST /study", "400 400 400 400 400 400"),
    Row("GET /study/answers/<int:seq>", LEARNERS_ROW, "/study/answers/{answer}"),
    Row("GET /study/summary", "302 200 200 200 200 200"),
    Row(
        "GET /study/questions/<uid>/memory", "404 404 404 404 404 404", "/study/questions/x/memory"
    ),
    Row("POST /study/marks", "404 404 404 404 404 404"),
    Row("POST /study/undo", "303 303 303 303 303 303"),
    Row("GET /api/v1/study/next", EVERYBODY),
    Row("POST /api/v1/answers", "400 400 400 400 400 400"),
    Row("GET /me", SOMEBODY),
    Row("GET /me/rows", "302 404 404 404 404 404"),
    Row("POST /me/marks", "404 404 404 404 404 404"),
)


def test_every_route_has_a_row_and_every_row_a_route(real_app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in real_app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    rows = {row.route for row in ROWS}
    assert routes - rows == set(), "think about who may use these, and add their rows"
    assert rows - routes == set(), "these are gone"


@pytest.fixture
def real_app(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An app with nothing but its own routes."""
    monkeypatch.setenv("SECRET_KEY", "only-for-the-tests")
    return create_app({"INSTANCE_PATH": tmp_path})


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_each_role_gets_what_the_table_says(app: Flask, row: Row) -> None:
    prepare(app)
    world = create_world()
    app.config["WTF_CSRF_ENABLED"] = True
    path = world.path(row.pattern)
    found = []
    for role in ROLES:
        client = browser_of(app, world.people[role])
        body = {"json": row.fields} if "/api/" in path else {"data": row.fields}
        sent: dict[str, Any] = {} if row.method == "GET" else {"headers": csrf(app), **body}
        found.append(str(client.open(path, method=row.method, **sent).status_code))
    assert dict(zip(ROLES, found, strict=True)) == dict(
        zip(ROLES, row.expected.split(), strict=True)
    )


@pytest.mark.only("sqlite")
def test_nothing_is_changed_without_a_token(app: Flask) -> None:
    prepare(app)
    world = create_world()
    app.config["WTF_CSRF_ENABLED"] = True
    for row in ROWS:
        if row.method == "GET":
            continue
        path = world.path(row.pattern)
        for role in ROLES:
            bodies: tuple[dict[str, Any], ...] = (
                {"data": row.fields},
                {"json": row.fields},
                {"data": "{}", "content_type": "text/plain"},
                {"data": row.fields, "headers": {"X-CSRFToken": "made-up"}},
            )
            for body in bodies:
                client = browser_of(app, world.people[role])
                status = client.open(path, method=row.method, **body).status_code
                assert status == 400, (row.route, role, body, status)
