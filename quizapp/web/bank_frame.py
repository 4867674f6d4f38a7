"""What the pages for those who may edit a bank share: who may, and the frame around each."""

from typing import Any, ParamSpec

from flask import render_template
from flask_login import current_user

from quizapp.models import Bank
from quizapp.services.content import banks, question_lists
from quizapp.services.people.sessions import Person
from quizapp.web.identity import person

P = ParamSpec("P")


def editor() -> Person:
    """Return who is asking; only after `banks.editable` has let them in."""
    who: Person = current_user.person
    return who


def page(template: str, bank: Bank, **values: Any) -> str:
    """Return a page of a bank under its tabs."""
    return render_template(
        f"bank_editing/{template}",
        bank=bank,
        is_owner=banks.owns(person(), bank),
        reports=question_lists.open_reports(bank.id),
        **values,
    )
