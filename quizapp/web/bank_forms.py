"""The forms of a bank's settings, and how a list's filter is read from an address."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from quizapp.core.question_types import QUESTION_TYPES
from quizapp.core.search import MAX_QUERY
from quizapp.services.content import managing
from quizapp.services.content.managing import Head
from quizapp.services.content.question_lists import STATUSES, Filter
from quizapp.web.forms import email_field, line_field, storable, tidy

LONGEST_VALUE = 500  # of a filter
_LANGUAGE = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"  # as BCP 47 writes them
_NAMES = {"q": "text", "type": "type", "tag": "tag", "fact": "fact"}
_NAMES |= {"status": "status", "category": "category"}


def _lines(text: str | None) -> str | None:
    """Return a text with line ends as we store them; browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if text else text


class HeadForm(FlaskForm):  # type: ignore[misc]
    """What a bank says of itself."""

    title = line_field(
        _l("Title"), managing.LONGEST_TITLE, InputRequired(_l("Give the bank a title."))
    )
    language = line_field(
        _l("Language"),
        managing.LONGEST_LANGUAGE,
        Regexp(f"^{_LANGUAGE}$", message=_l("Write a language code, such as en or pt-BR.")),
    )
    notice = TextAreaField(
        _l("Notice (may stay empty)"),
        filters=[_lines, tidy],
        validators=[Length(max=managing.LONGEST_NOTICE), storable],
        render_kw={"rows": 3, "maxlength": managing.LONGEST_NOTICE},
    )

    def head(self) -> Head:
        """Return what was filled in."""
        return Head(self.title.data, self.language.data, self.notice.data or "")


class VisibilityForm(FlaskForm):  # type: ignore[misc]
    """Who may see a bank."""

    visibility = RadioField(
        _l("Who may see it"),
        choices=[
            SelectChoice("private", _l("Only you and those you share it with")),
            SelectChoice("link", _l("Everybody who has its link; it is not listed")),
            SelectChoice("public", _l("Everybody; it is listed")),
        ],
    )


class MemberForm(FlaskForm):  # type: ignore[misc]
    """Somebody to share a bank with."""

    member = email_field()
    member.kwargs["render_kw"] |= {"autocomplete": "off"}
    access = SelectField(
        _l("They may"),
        choices=[SelectChoice("edit", _l("edit it")), SelectChoice("view", _l("view it"))],
    )


class CopyForm(FlaskForm):  # type: ignore[misc]
    """The title of a copy."""

    title = line_field(
        _l("Title of the copy"), managing.LONGEST_TITLE, InputRequired(_l("Give it a title."))
    )


def filter_of(sent: MultiDict[str, str]) -> Filter:
    """Return the filter that an address or a form names; what there is not is left out."""
    wishes = {
        field: sent.get(name, "").replace("\0", "")[:LONGEST_VALUE]
        for name, field in _NAMES.items()
    }
    wishes["text"] = wishes["text"][:MAX_QUERY]
    if wishes["type"] not in QUESTION_TYPES:
        wishes["type"] = ""
    if wishes["status"] not in STATUSES:
        wishes["status"] = ""
    return Filter(**wishes)


def query_of(wanted: Filter, **changes: Any) -> dict[str, Any]:
    """Return a filter as arguments for `url_for`; None takes one out."""
    wishes = wanted.wishes()
    named = {name: wishes[field] for name, field in _NAMES.items() if field in wishes}
    return {name: value for name, value in (named | changes).items() if value not in {None, ""}}
