"""Draws every chart as SVG text: classes only, every text escaped, links where marks open rows."""

from collections.abc import Iterator
from html import escape

from quizapp.core.plots.chart import (
    Bars,
    Calendar,
    Chart,
    Curves,
    Half,
    Line,
    Mark,
    Points,
    Stroke,
    three_ticks,
)

_TOP, _BOTTOM, _RIGHT, _LABELS = 20.0, 140.0, 400.0, 162  # y, y, x, y
_LINE_FLOORS = ((80, 5), (60, 10), (40, 20), (20, 20), (0, 25))  # lowest percent, step of the grid


def draw(chart: Chart) -> str:
    """Return the chart as SVG; an empty chart as "".

    The viewBox is 400 wide. Without links the role is img and the label the sentence; with links
    it is a group, and every mark has a label of its own. A calendar is two SVGs in a `div.halves`.
    The text is safe to insert into a page as it is.
    """
    match chart.series:
        case Bars() as bars:
            return _svg(chart.sentence, 168, _bars(bars), bars.marks)
        case Line() as line:
            return _svg(chart.sentence, 168, _line(line), line.marks)
        case Points() as points:
            return _svg(chart.sentence, 240, _points(points), points.marks)
        case Curves() as curves:
            return _svg(chart.sentence, 168, _curves(curves), curves.marks)
        case Calendar() as calendar:
            halves = "\n".join(_svg(half.sentence, 122, _half(half)) for half in calendar.halves)
            return f'<div class="halves">{halves}</div>'
        case None:
            return ""


def _svg(sentence: str, height: int, body: Iterator[str], marks: tuple[Mark, ...] = ()) -> str:
    role = "group" if any(mark.href for mark in marks) else "img"
    lines = "\n".join(body)
    label = escape(sentence)
    return f'<svg viewBox="0 0 400 {height}" role="{role}" aria-label="{label}">\n{lines}\n</svg>'


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _text(x: float, y: float, text: str, anchor: str = "start", css: str = "") -> str:
    css = f' class="{css}"' if css else ""
    anchor = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text{css} x="{_number(x)}" y="{_number(y)}"{anchor}>{escape(text)}</text>'


def _rule(css: str, y: float, left: float) -> str:
    at = _number(y)
    return f'<line class="{css}" x1="{_number(left)}" x2="400" y1="{at}" y2="{at}"/>'


def _grid(values: list[int], ys: list[float], left: float) -> Iterator[str]:
    for n, (value, y) in enumerate(zip(values, ys, strict=True)):
        yield _rule("c-grid" if n else "c-axis", y, left)
        yield _text(left - 8, y + 4, str(value), "end")


def _linked(mark: Mark, shape: str) -> str:
    if mark.href is None:
        return shape
    return f'<a href="{escape(mark.href)}" aria-label="{escape(mark.says)}">{shape}</a>'


def _bars(bars: Bars) -> Iterator[str]:
    counts = [mark.value or 0 for mark in bars.marks]
    top = max(counts, default=0) or 1
    scale = (_BOTTOM - _TOP) / top
    grid = list(range(0, int(top) + 1, _count_step(top)))
    yield from _grid(grid, [_BOTTOM - value * scale for value in grid], 28)
    slot = 370 / len(counts)
    width = min(round(slot * 0.7), 36)
    for n, (mark, count) in enumerate(zip(bars.marks, counts, strict=True)):
        x, height = 34 + n * slot, count * scale
        if count:
            yield _linked(mark, _bar(x, _BOTTOM - height, width, height))
        if n in bars.ticks:
            yield _text(x, _LABELS, mark.label)
        if n == bars.strong:
            yield _text(x + width / 2, _BOTTOM - height - 7, _number(count), "middle", "strong")


def _bar(x: float, y: float, width: float, height: float) -> str:
    where = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}"'
    return f'<rect class="c-bar" {where} height="{_number(height)}" rx="2"/>'


def _count_step(top: float) -> int:
    """Return the smallest step of 1, 2, 5, 10 ... that needs no more than five lines."""
    step = 1
    while top // step > 4:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _line(line: Line) -> Iterator[str]:
    drawn = [mark.value for mark in line.marks if mark.value is not None]
    lowest = min(drawn + ([] if line.goal is None else [line.goal]))
    floor, step = next(pair for pair in _LINE_FLOORS if pair[0] <= max(lowest - 10, 0))
    scale = (_BOTTOM - _TOP) / (100 - floor)
    grid = list(range(floor, 101, step))
    yield from _grid(grid, [_BOTTOM - (value - floor) * scale for value in grid], 36)
    if line.goal is not None:
        yield _rule("c-goal", _BOTTOM - (line.goal - floor) * scale, 36)
    last = len(line.marks) - 1
    xs = [36 + n * 350 / last if last else 386.0 for n in range(last + 1)]
    points = [
        (x, None if mark.value is None else _BOTTOM - (mark.value - floor) * scale)
        for x, mark in zip(xs, line.marks, strict=True)
    ]
    yield from _strokes(points)
    yield from _dots(line.marks, points)
    for n in three_ticks(len(line.marks)):
        anchor = "end" if n == last else "start" if n == 0 else "middle"
        yield _text(xs[n], _LABELS, line.marks[n].label, anchor)


def _strokes(points: list[tuple[float, float | None]]) -> Iterator[str]:
    """Yield a polyline for each run of points without a gap; a single point has only its dot."""
    run: list[str] = []
    for x, y in [*points, (0.0, None)]:
        if y is not None:
            run.append(f"{_number(x)},{_number(y)}")
            continue
        if len(run) > 1:
            yield f'<polyline class="c-line" points="{" ".join(run)}"/>'
        run = []


def _dots(marks: tuple[Mark, ...], points: list[tuple[float, float | None]]) -> Iterator[str]:
    newest = ""
    for mark, (x, y) in zip(marks, points, strict=True):
        if mark.value is None or y is None:
            continue
        css = "c-dot is-odd" if mark.odd else "c-dot"
        yield _linked(mark, f'<circle class="{css}" cx="{_number(x)}" cy="{_number(y)}" r="4.5"/>')
        newest = _text(x, y - 11, f"{mark.value:.0f}%", "end" if x > 350 else "middle", "strong")
    yield newest


def _points(points: Points) -> Iterator[str]:
    values = [mark.value for mark in points.marks if mark.value is not None]
    floor, top = _below(min([-20.0, *values]), 20), -_below(-max([60.0, *values]), 20)
    scale = (196 - 36) / (top - floor)
    zero = 196 + floor * scale
    where = f'x="40" y="{_number(zero)}" width="352" height="{_number(196 - zero)}"'
    yield f'<rect class="c-zone" {where}/>'
    step = 20 if top - floor <= 120 else 40
    grid = [0, *range(step, top + 1, step), *range(-step, floor - 1, -step)]
    yield from _grid(grid, [zero - value * scale for value in grid], 40)
    for tick in (0, 25, 50, 75, 100):
        yield _text(40 + tick * 3.52, 216, str(tick), "end" if tick == 100 else "middle")
    yield _text(392, 236, points.x_name, "end")
    yield _text(40, 14, points.y_name)
    yield _text(388, 191, points.zone, "end")
    for mark, x in zip(points.marks, points.xs, strict=True):
        if mark.value is not None:
            yield from _point(mark, 40 + min(max(x, 0), 100) * 3.52, zero - mark.value * scale)


def _below(value: float, step: int) -> int:
    return int(value // step) * step


def _point(mark: Mark, x: float, y: float) -> Iterator[str]:
    css = "c-dot is-odd" if mark.odd else "c-dot"
    yield _linked(mark, f'<circle class="{css}" cx="{_number(x)}" cy="{_number(y)}" r="6"/>')
    if mark.label:
        anchor = "end" if x > 380 else "middle"
        yield _text(x, y - 10, mark.label, anchor, "strong" if mark.odd else "")


def _curves(curves: Curves) -> Iterator[str]:
    values = [y for stroke in curves.strokes for y in stroke.ys]
    values += [mark.value for mark in curves.marks if mark.value is not None]
    if curves.percent:
        lowest = min(values + ([] if curves.goal is None else [curves.goal]))
        floor, step = next(pair for pair in _LINE_FLOORS if pair[0] <= max(lowest - 10, 0))
        top = 100.0
    else:
        floor, top = 0, max([*values, 1.0])
        step = _count_step(top)
    scale = (_BOTTOM - _TOP) / (top - floor)
    grid = list(range(floor, int(top) + 1, step))
    yield from _grid(grid, [_BOTTOM - (value - floor) * scale for value in grid], 36)
    if curves.goal is not None:
        yield _rule("c-goal", _BOTTOM - (curves.goal - floor) * scale, 36)
    for stroke in curves.strokes:
        at = [(36 + 350 * x, _BOTTOM - (y - floor) * scale) for x, y in _pairs(stroke)]
        yield from _stroke(stroke, at)
    for mark, x in zip(curves.marks, curves.mark_xs, strict=True):
        if mark.value is not None:
            yield _shape(mark, 36 + 350 * x, _BOTTOM - (mark.value - floor) * scale)
    for x, label in curves.ticks:
        yield _text(36 + 350 * x, _LABELS, label, "end" if x > 0.9 else "middle" if x else "start")


def _pairs(stroke: Stroke) -> Iterator[tuple[float, float]]:
    return zip(stroke.xs, stroke.ys, strict=True)


def _stroke(stroke: Stroke, at: list[tuple[float, float]]) -> Iterator[str]:
    css = "c-then" if stroke.other else "c-line"
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in at)
    yield f'<polyline class="{css}" points="{points}"/>'
    if stroke.name:  # the two that are compared are named at different ends
        x, y = at[0] if stroke.other else at[-1]
        anchor = "start" if stroke.other else "end"
        yield _text(x, max(y - 8, 12.0), stroke.name, anchor, "" if stroke.other else "strong")


def _shape(mark: Mark, x: float, y: float) -> str:
    if mark.odd:
        where = f'x="{_number(x - 4)}" y="{_number(y - 4)}" width="8" height="8"'
        return _linked(mark, f'<rect class="c-dot is-odd" {where}/>')
    return _linked(mark, f'<circle class="c-dot" cx="{_number(x)}" cy="{_number(y)}" r="4.5"/>')


def _half(half: Half) -> Iterator[str]:
    for column, name in half.months:
        yield _text(36 + 14 * column, 14, name)
    for row, name in ((0, "Mon"), (2, "Wed"), (4, "Fri")):
        yield _text(0, 34 + 14 * row, name)
    for column, week in enumerate(half.weeks):
        for row, level in enumerate(week):
            if level is not None:
                where = f'x="{36 + 14 * column}" y="{23 + 14 * row}"'
                yield f'<rect class="d{level}" {where} width="12" height="12" rx="2"/>'
