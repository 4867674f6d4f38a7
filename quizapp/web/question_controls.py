"""What the template of the question form draws: each field with its value, choices and problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from quizapp.core.fields import ID_LETTERS
from quizapp.core.markdown import to_plain
from quizapp.core.question import Field, Problem
from quizapp.web.question_form import ON, Tree, branch, is_blank, leaf, rows, wanted

Drawn = Literal["area", "line", "number", "tick", "select", "list", "map"]
MOST_LISTED = 300  # facts; of a larger bank a key is typed
LONGEST_LABEL = 90
_LONG = 100  # characters that do not fit into a line


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a list or map, with its fields."""

    name: str
    title: str
    id: str
    controls: tuple["Control", ...]
    problems: tuple[Problem, ...]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A field as it is drawn. `when` is (name, values) of the field on which it depends."""

    name: str
    label: str
    drawn: Drawn
    value: str = ""
    help: str = ""
    required: bool = False
    placeholder: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    one: str = ""
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: bool = False
    when: tuple[str, str] | None = None
    is_code: bool = False

    @property
    def id(self) -> str:
        """The id of the field in the page."""
        return f"f-{self.name}"

    @property
    def is_ticked(self) -> bool:
        """Whether a box is ticked."""
        return self.value == ON

    @property
    def worst(self) -> str:
        """The texts of its problems, once each."""
        return " ".join(dict.fromkeys(problem.message for problem in self.problems))


@dataclass
class Drawing:
    """Draws a form; what was found wrong goes to the field that it is about, or is left over."""

    form: Tree
    facts: Sequence[tuple[str, str]]
    problems: Sequence[Problem]
    _told: set[int] = field(default_factory=set)

    def controls(self, fields: Sequence[Field]) -> list[Control]:
        """Return the fields of the question in order."""
        return list(self._controls(fields, self.form, "", ""))

    def about(self, where: str) -> tuple[Problem, ...]:
        """Return the problems of this path, and remember that they are shown."""
        found = [n for n, problem in enumerate(self.problems) if problem.where == where]
        self._told.update(found)
        return tuple(self.problems[n] for n in found)

    def left_over(self) -> tuple[Problem, ...]:
        """Return the problems for which no field was drawn."""
        return tuple(one for n, one in enumerate(self.problems) if n not in self._told)

    def _controls(
        self, fields: Sequence[Field], node: Tree, name: str, path: str
    ) -> Iterator[Control]:
        for each in fields:
            own, where = f"{name}{each.name}", f"{path}{each.name}"
            shared: dict[str, Any] = {
                "name": own,
                "label": each.label,
                "required": each.required,
                "help": each.help,
                "problems": self.about(where),
            }
            if each.when:
                shared["when"] = (f"{name}{each.when[0]}", " ".join(each.when[1:]))
                shared["hidden"] = not wanted(each, node)
            if each.kind in ("list", "map"):
                listed = tuple(self._rows(each, node.get(each.name), own, where))
                yield Control(**shared, drawn=each.kind, one=each.one or each.label, rows=listed)
            else:
                value = leaf(node.get(each.name))
                yield Control(**shared, value=value, **self._drawn(each, value))

    def _drawn(self, each: Field, value: str) -> dict[str, Any]:
        if each.kind == "bool" and each.required:
            return {"drawn": "select", "choices": (("", ""), (ON, "True"), ("0", "False"))}
        if each.kind == "bool":
            return {"drawn": "tick"}
        if each.kind == "choice":
            named = tuple((name, worded(name)) for name in each.choices)
            return {"drawn": "select", "choices": named}
        if each.of and (listed := self.choices(each.of, value)) is not None:
            none = "As the question" if each.of == "facts" else ""
            return {"drawn": "select", "choices": (("", none), *listed)}
        if each.kind == "number":
            return {"drawn": "number", "placeholder": str(_shown(each.default))}
        if each.kind == "markdown" or len(value) > _LONG or "\n" in value:
            return {"drawn": "area", "is_code": each.kind == "text"}
        return {"drawn": "line"}

    def choices(self, of: str, value: str) -> tuple[tuple[str, str], ...] | None:
        """Return what may stand in a field that names an entry; None where that is too much.

        A value that names no entry stays.
        """
        if of == "facts":
            listed = [(key, shortened(words)) for key, words in self.facts]
            if len(listed) > MOST_LISTED:
                return None
        else:
            held = [branch(row) for _, row in rows(self.form.get(of))]
            listed = [
                (leaf(row.get("id")), shortened(to_plain(leaf(row.get("text")))))
                for row in held
                if leaf(row.get("id"))
            ]
        if value and value not in dict(listed):
            listed.append((value, value))
        return tuple(listed)

    def _rows(self, each: Field, node: "str | Tree | None", name: str, path: str) -> Iterator[Row]:
        listed, stored = rows(node), 0
        for place, (key, row) in enumerate(listed):
            own = leaf(branch(row).get("id")) if each.name in ID_LETTERS else ""
            where = f"{path}.{own or (key if each.kind == 'map' else stored)}"
            stored += not is_blank(each, row)  # an empty row is no entry of the body
            number = int(key) if each.kind == "map" else place + 1
            if each.entry:
                held = branch(row)
                inside = tuple(self._controls(each.entry, held, f"{name}.{key}.", f"{where}."))
            else:
                inside = (Control(f"{name}.{key}", f"{each.one} {number}", "area", leaf(row)),)
            yield Row(
                name=f"{name}.{key}",
                title=f"{each.one or each.label} {number}",
                id=own,
                controls=inside,
                problems=self.about(where),
                first=place == 0,
                last=place == len(listed) - 1,
            )


def places(
    controls: Sequence[Control], titles: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Problem]]:
    """Yield (id in the page, rows it is in, problem) of all that is wrong, in the form's order."""
    for control in controls:
        yield from ((control.id, ", ".join(titles), problem) for problem in control.problems)
        for row in control.rows:
            inside = (*titles, row.title)
            yield from ((f"f-{row.name}", ", ".join(inside), one) for one in row.problems)
            yield from places(row.controls, inside)


def worded(name: str) -> str:
    """Return the name of a choice in words."""
    return name.replace("_", " ").capitalize()


def shortened(text: str) -> str:
    """Return a text as short as a select box can show it."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def _shown(default: Any) -> Any:
    return "" if default is None else default
