"""Item analysis: how the questions of a quiz or of a bank did, for those who may edit it."""

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.core.answer_labels import worths
from quizapp.services.content import banks, question_lists, stems
from quizapp.services.quizzes import item_analysis, quizzes
from quizapp.services.quizzes.item_figures import ItemAnalysis
from quizapp.services.quizzes.item_sittings import MOST_ATTEMPTS, WHICH, Which
from quizapp.web import item_charts, item_tables, item_words, words
from quizapp.web.identity import person
from quizapp.web.quiz_pages import quiz_at

blueprint = Blueprint("items", __name__)


@blueprint.get("/quizzes/<slug>/items")
def quiz(slug: str) -> ResponseReturnValue:
    """Show the figures of a quiz and of each question; ?which= attempts, ?format=csv."""
    row, which = quiz_at(slug), _which()
    found = item_analysis.analysis(row.id, which)
    if _as_csv():
        return _download(item_tables.items_csv(found.items), f"{slug}-items-{which}.csv")

    def address(item: ItemAnalysis) -> str:
        return url_for("items.question", slug=slug, uid=item.asked.uid, which=which)

    return render_template(
        "items/quiz.html",
        quiz=quizzes.of_row(row),
        found=found,
        address=address,
        scores=item_charts.scores(found),
        scatter=item_charts.scatter(found.items, address),
        times=item_charts.times(found.items, address),
        **_shared(),
    )


@blueprint.get("/quizzes/<slug>/items/<uid>")
def question(slug: str, uid: str) -> ResponseReturnValue:
    """Show one question: what was chosen by whom, versions apart, and the answers behind it."""
    row, which = quiz_at(slug), _which()
    found = item_analysis.analysis(row.id, which)
    parts = found.of_question(uid) or abort(404)
    rows = [each for part in parts for each in item_tables.responses(found, part)]
    if _as_csv():
        return _download(item_tables.responses_csv(rows), f"{slug}-responses-{which}.csv")
    pages = max(-(-len(rows) // item_tables.PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = rows[(page - 1) * item_tables.PAGE : page * item_tables.PAGE]
    return render_template(
        "items/question.html",
        quiz=quizzes.of_row(row),
        found=found,
        parts=parts,
        responses=shown,
        page=page,
        pages=pages,
        worths={part.asked.version: worths(part.asked.question) for part in parts},
        words=words,
        **_shared(),
    )


@blueprint.get("/banks/<slug>/items")
def bank(slug: str) -> ResponseReturnValue:
    """Show how a bank's questions did in all quizzes, first attempts; ?format=csv."""
    place = banks.editable(slug, person())
    found = item_analysis.of_bank(place.id)
    if _as_csv():
        return _download(item_tables.items_csv(found.items, is_bank=True), f"{slug}-items.csv")

    def address(item: ItemAnalysis) -> str:
        return url_for("questions.edit", slug=slug, uid=item.asked.uid)

    return render_template(
        "items/bank.html",
        bank=place,
        found=found,
        address=address,
        scatter=item_charts.scatter(found.items, address),
        reports=question_lists.open_reports(place.id),
        **_shared(),
    )


def _shared() -> dict[str, object]:
    return {
        "told": item_words,
        "stem": stems.stem,
        "ways": WHICH,
        "most": MOST_ATTEMPTS,
        "few": item_words.FEW_ATTEMPTS,
    }


def _which() -> Which:
    asked = request.args.get("which", "")
    return next((way for way in WHICH if way == asked), "first")


def _as_csv() -> bool:
    return request.args.get("format") == "csv"


def _download(text: str, name: str) -> ResponseReturnValue:
    response = make_response(text)
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
