"""What makes a bank's questions easier or harder than what they ask."""

from flask import Blueprint, request

from quizapp.core.flaws import RULES
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.services.content import banks, flaw_report
from quizapp.web import bank_frame
from quizapp.web.identity import person

blueprint = Blueprint("flaws", __name__, url_prefix="/banks")


@blueprint.get("/<slug>/flaws")
def show(slug: str) -> str:
    """List the questions in which a rule found something, those with most flaws first."""
    bank = banks.editable(slug, person())
    rule = request.args.get("rule", "")
    rule = rule if rule in RULES else ""
    return bank_frame.page(
        "flaws.html",
        bank,
        report=flaw_report.of_bank(bank, rule, request.args.get("page", 1, type=int)),
        rule=rule,
        rules=RULES,
        labels={name: kind.LABEL for name, kind in QUESTION_TYPES.items()},
    )
