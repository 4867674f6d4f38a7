"""The buttons of a question's form that add, remove and move rows; they store nothing."""

from collections.abc import Callable, Sequence

from quizapp.core.fields import ID_LETTERS
from quizapp.core.gaps import gap_numbers
from quizapp.core.question import Field
from quizapp.core.question_types.texts import TELLING
from quizapp.web.question_form import Tree, branch, leaf, rows, tree_of

Chance = Callable[[int], int]  # a whole number below the one given
MOST_ADDED = 200  # rows of one list; imported ones may have more
FIRST_ROWS = 2


def first_form(fields: Sequence[Field], chance: Chance) -> Tree:
    """Return the form of a new question: what must be listed has empty rows already."""
    form = tree_of(fields, {})
    for field in fields:
        for _ in range(FIRST_ROWS if field.kind == "list" and field.required else 0):
            act(fields, form, f"add:{field.name}", "", chance)
    return form


def act(
    fields: Sequence[Field], form: Tree, action: str, stem: str, chance: Chance
) -> tuple[Tree, str]:
    """Return the form after one of its buttons, and the name of what to look at then.

    `add:options` appends an empty row, `remove:options.2` takes one out, `up:` and `down:` move
    one, `fill:gaps` adds an entry for each gap that the text names. Anything else changes nothing.
    """
    verb, _, path = action.partition(":")
    steps = path.split(".")
    names = steps if verb in ("add", "fill") else steps[:-1]
    field = _field_at(fields, names)
    if field is None or verb not in ("add", "fill", "remove", "up", "down"):
        return form, ""
    holder = form
    for step in names[:-1]:
        holder = branch(holder.get(step))
    listed = rows(holder.get(names[-1]))
    if verb in ("add", "fill"):
        listed, focus = _grown(field, verb, listed, stem, chance)
    else:
        listed, focus = _moved(verb, listed, steps[-1])
    is_list = field.kind == "list"
    holder[names[-1]] = {str(n) if is_list else key: row for n, (key, row) in enumerate(listed)}
    return form, ".".join([*names, *filter(None, [focus])])


Rows = list[tuple[str, "str | Tree"]]


def _grown(field: Field, verb: str, listed: Rows, stem: str, chance: Chance) -> tuple[Rows, str]:
    if field.kind == "map":
        there = {key for key, _ in listed}
        named = [key for key in dict.fromkeys(gap_numbers(stem)) if key not in there]
        named = named[: max(MOST_ADDED - len(listed), 0)]
        new: Rows = [(key, new_row(field, [], chance)) for key in named]
        grown = sorted(listed + new, key=lambda each: int(each[0]))
        return grown, named[0] if named else ""
    if verb != "add" or len(listed) >= MOST_ADDED:
        return listed, ""
    taken = [leaf(branch(row).get("id")) for _, row in listed]
    return [*listed, ("", new_row(field, taken, chance))], str(len(listed))


def new_row(field: Field, taken: Sequence[str], chance: Chance) -> "str | Tree":
    """Return an empty row, with an id of its own where its list has ids.

    Where the order is the key, the ids are by chance: learners see them.
    """
    if not field.entry:
        return ""
    row = tree_of(field.entry, {})
    for inner in field.entry:
        if inner.kind == "choice" and inner.choices and not leaf(row[inner.name]):
            row[inner.name] = inner.choices[0]
    if field.name in ID_LETTERS:
        first = chance(900) + 100 if field.name in TELLING else len(taken) + 1
        free = (f"{ID_LETTERS[field.name]}{n}" for n in range(first, first + len(taken) + 1))
        row = {"id": next(own for own in free if own not in taken), **row}
    return row


def _moved(verb: str, listed: Rows, key: str) -> tuple[Rows, str]:
    at = next((n for n, (each, _) in enumerate(listed) if each == key), None)
    if at is None:
        return listed, ""
    row = listed.pop(at)
    if verb == "remove":
        return listed, str(min(at, len(listed) - 1)) if listed and row[0].isdecimal() else ""
    to = max(at - 1, 0) if verb == "up" else min(at + 1, len(listed))
    listed.insert(to, row)
    return listed, str(to)


def _field_at(fields: Sequence[Field], names: Sequence[str]) -> Field | None:
    """Return the list or map of this name; between names stand rows: gaps, 1, options."""
    found = next((field for field in fields if names and field.name == names[0]), None)
    if found is None or found.kind not in ("list", "map"):
        return None
    return found if len(names) == 1 else _field_at(found.entry, names[2:])
