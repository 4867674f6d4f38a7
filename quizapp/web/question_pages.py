"""The page on which a question is written: what was posted, and how it looks to a learner."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from quizapp.core import flaws
from quizapp.core.question import Problem, Question, QuestionType
from quizapp.core.question_types import QUESTION_TYPES
from quizapp.models import Bank
from quizapp.services.articles import proving
from quizapp.services.articles.proving import Sentence
from quizapp.services.content import editable_questions, evidence
from quizapp.services.content.editable_questions import Editable
from quizapp.services.content.evidence import Passage
from quizapp.services.content.question_drafts import QuestionDraft, blocks
from quizapp.services.content.questions import Asked
from quizapp.services.content.version_rows import html_of
from quizapp.web import present
from quizapp.web.identity import safe_next
from quizapp.web.question_controls import Control, Drawing, Drawn, places
from quizapp.web.question_form import Tree, body_of, leaf, tree_of
from quizapp.web.question_rows import first_form

LABELS = ("stem", "name", "category", "tags", "fact", "status", "reason")  # beside the body


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as a learner would see it, before and after the right answer."""

    ask: Markup
    graded: Markup | None
    passage: Passage | None
    problems: Sequence[tuple[str, str, Problem]]  # (id of its field in the page, its row, what)
    blocked: bool
    hints: Sequence[tuple[str, str]] = ()  # (what is called so, why) of item-writing flaws


@dataclass(frozen=True, slots=True)
class Editor:
    """One question being written: its form as posted or stored. `found` is None for a new one.

    sentence: of an article; a new question is written on it.
    """

    bank: Bank
    kind: QuestionType
    form: Tree
    found: Editable | None = None
    sentence: Sentence | None = None

    def draft(self) -> QuestionDraft:
        """Return what the form says, in its own words."""
        form, base = self.form, self.found.draft.body if self.found else {}
        body = {name: value for name, value in form.items() if name not in LABELS}
        named = {name: leaf(form.get(name)) for name in LABELS}
        return QuestionDraft(
            self.kind.NAME,
            named["stem"],
            body_of(self.kind.FIELDS, body, base),
            named["name"],
            named["category"] or None,
            tuple(named["tags"].split("\n")),
            named["fact"] or None,
            named["status"],
            named["reason"] or None,
        )

    def look(self) -> Look:
        """Return the learner's view of the draft, and everything that is wrong with it."""
        draft, problems = editable_questions.check(self.bank.id, self.draft())
        blocked = any(blocks(problem) for problem in problems)
        asked = Asked(
            0, "", self.bank.slug, 0, 1, draft.question, self.kind, html_of(draft.question), None
        )
        fact = editable_questions.fact_id(self.bank.id, draft.fact)
        drawn = DrawnForm.of(self, problems)
        return Look(
            ask=present.ask(asked, seed=0, mode="exam"),
            graded=None if blocked else _answered(asked),
            passage=evidence.of_fact(fact) or (self.sentence.passage if self.sentence else None),
            problems=[*drawn.found, *(("", "", problem) for problem in drawn.left_over)],
            blocked=blocked,
            hints=() if blocked else _hints(draft.question, self.bank.language),
        )

    def page(self, *, tell: bool = False, **more: Any) -> str:
        """Return the page; `tell` says what is wrong, which an empty form need not hear."""
        look = self.look()
        problems = [problem for *_, problem in look.problems] if tell else []
        drawn = DrawnForm.of(self, problems)
        shown = {
            "bank": self.bank,
            "kind": self.kind,
            "found": self.found,
            "drawn": drawn,
            "look": look,
            "tell": tell,
            "values": {name: leaf(self.form.get(name)) for name in LABELS},
            "focus": "",
            "back": way_back(),
            "on": self.sentence,
            **more,
        }
        return render_template("questions/edit.html", **shown)


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """The fields of a form with their problems, and the problems of no field."""

    labels: Mapping[str, Control]
    controls: Sequence[Control]
    found: Sequence[tuple[str, str, Problem]]
    left_over: Sequence[Problem]

    @classmethod
    def of(cls, editor: Editor, problems: Sequence[Problem]) -> "DrawnForm":
        """Draw a form."""
        facts = editable_questions.fact_choices(editor.bank.id)
        drawing = Drawing(editor.form, facts, problems)
        labels = {name: _label(drawing, editor.form, name) for name in LABELS}
        controls = drawing.controls(editor.kind.FIELDS)
        ordered = [labels["stem"], *controls, *(labels[name] for name in LABELS[1:])]
        return cls(labels, controls, list(places(ordered)), drawing.left_over())


def _label(drawing: Drawing, form: Tree, name: str) -> Control:
    value = leaf(form.get(name))
    choices = drawing.choices("facts", value) if name == "fact" else None
    drawn: Drawn = "line" if choices is None else "select"
    problems = drawing.about(name)
    return Control(name, "", drawn, value, choices=choices or (), problems=problems)


def way_back() -> str | None:
    """Return the page that opened the form, if it asked to be gone back to; None else."""
    return safe_next(request.values.get("next"))


def new_editor(bank: Bank, type_name: str) -> Editor | None:
    """Return an empty form; None where there is no such type, or none to be written by hand."""
    kind = QUESTION_TYPES.get(type_name)
    if kind is None or type_name not in WRITABLE:
        return None
    form: Tree = first_form(kind.FIELDS, secrets.randbelow)
    asked = {"fact": request.values.get("fact", ""), "status": "active"}
    return Editor(bank, kind, {**form, **asked}, sentence=_sentence(bank))


def _sentence(bank: Bank) -> Sentence | None:
    """Return the sentence that a question is to be written on; Absent where there is no such."""
    name = request.values.get("on", "")
    return proving.named(bank.id, name) if name else None


# What came from a file that we cannot read is kept, but nobody writes such a thing.
WRITABLE = {
    name: kind
    for name, kind in QUESTION_TYPES.items()
    if not any(field.name == "raw" for field in kind.FIELDS)
}


def stored_editor(bank: Bank, found: Editable) -> Editor:
    """Return the form of a question as it is stored."""
    draft, kind = found.draft, QUESTION_TYPES[found.draft.type]
    labels: Tree = {
        "stem": draft.stem,
        "name": draft.name,
        "category": draft.category or "",
        "tags": "\n".join(draft.tags),
        "fact": draft.fact or "",
        "status": draft.status,
    }
    return Editor(bank, kind, {**tree_of(kind.FIELDS, draft.body), **labels}, found)


def _hints(question: Question, language: str) -> list[tuple[str, str]]:
    found = flaws.find(question, language)
    return [(flaws.RULES[flaw.code].LABEL, flaw.message) for flaw in found]


def _answered(asked: Asked) -> Markup | None:
    """Return the question with its right answer given; None where the app does not grade."""
    response = asked.kind.key(asked.question)
    if asked.kind.GRADED_BY != "app" or response is None:
        return None
    grade = asked.kind.grade(asked.question, response)
    return present.graded(
        asked,
        seed=0,
        response=response,
        parts=grade.parts,
        feedback=grade.feedback,
        score=grade.score,
    )
