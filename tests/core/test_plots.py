"""Plots: every one draws something and nothing, in classes only, with a sentence and a table."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.plots import (
    PLOTS,
    calibration,
    class_forecast,
    due_days,
    exam_forecast,
    forgetting,
    item_scatter,
    item_times,
    plan_days,
    retention,
    score_histogram,
    scores,
    stability,
    svg,
    workload,
    year,
)
from quizapp.core.plots.chart import Bars, Calendar, Chart, Curves, Line, Mark
from quizapp.core.statistics.calibration import Bin
from quizapp.core.statistics.recall import Due, Share

TODAY = date(2026, 5, 25).toordinal()  # a Monday
CLASSES = {
    *("c-axis", "c-grid", "c-bar", "c-line", "c-then", "c-band", "c-goal", "c-dot", "c-zone"),
    *("is-odd", "strong", "halves", "d0", "d1", "d2", "d3", "d4"),
}
COUNTS = (9, 9, 7, 12, 6, 3, 4, 8, 10, 5, 6, 9, 2, 3)
WEEKS = tuple((TODAY - 49 + 7 * n, Share(n + 40, 50)) for n in range(8))

BINS = tuple(
    Bin(n / 10, n / 10 + 0.1, n / 10 + 0.05, Share(n * 4, 40) if n != 2 else Share())
    for n in range(10)
)

EXAMPLES: dict[str, list[object]] = {
    "class_forecast": [
        class_forecast.Data((0, 0, 1, 2, 5, 9, 7, 4, 2, 0), tuple(f"/t/{n}" for n in range(10))),
        class_forecast.Data((1, *(0,) * 9)),
    ],
    "due_days": [
        due_days.Data(TODAY, Due(2, COUNTS), tuple(f"/due/{n}?a=1&b=<2>" for n in range(14))),
        due_days.Data(TODAY, Due(0, (0, 1))),
        due_days.Data(TODAY, Due(3, (0,) * 14)),
    ],
    "year": [
        year.Data(TODAY, {TODAY - n: n % 40 for n in range(500)}),
        year.Data(TODAY + 3, {TODAY: 1, TODAY + 90: 7}),
    ],
    "retention": [
        retention.Data(WEEKS, 0.9, tuple(f"/week/{n}" for n in range(8))),
        retention.Data(WEEKS[:1]),
        retention.Data((WEEKS[0], (TODAY, Share(0, 0)), WEEKS[2])),
        retention.Data(((TODAY, Share(0, 9)),)),
    ],
    "scores": [
        scores.Data((scores.Attempt(1, TODAY, -0.2, "/a"), scores.Attempt(2, TODAY, 1.2)), 0.6),
        scores.Data((scores.Attempt(1, TODAY, 0.5),)),
        scores.Data(tuple(scores.Attempt(n, TODAY + n, n / 60) for n in range(60))),
    ],
    "stability": [
        stability.Data((0.5, 1.0, 6.9, 21.0, 1000.0)),
        stability.Data((0.0, 0.3, 0.9, 1.0), "recall", tuple(f"/bin/{n}" for n in range(10))),
    ],
    "score_histogram": [
        score_histogram.Data((-12.0, 0.0, 55.0, 100.0)),
        score_histogram.Data((50.0,)),
    ],
    "item_scatter": [
        item_scatter.Data((item_scatter.Item("1", 93.0, 31.0, href="/1"),)),
        item_scatter.Data((item_scatter.Item("1", -9.0, -100.0, odd=True),)),
        item_scatter.Data(
            tuple(
                item_scatter.Item(str(n), n * 4.0, n if n % 9 else None, n == 9) for n in range(26)
            )
        ),
    ],
    "plan_days": [
        plan_days.Data(
            tuple(
                plan_days.PlannedDay(TODAY + n, n % 20, n, n % 3, f"/d/{n}?a=<1>")
                for n in range(60)
            ),
            "the exam",
        ),
        plan_days.Data((plan_days.PlannedDay(TODAY, 0.4, 1, 0),)),
    ],
    "item_times": [
        item_times.Data((item_times.Item("1", 9, 12.4, 8.0, 31.0, "/1"),)),
        item_times.Data(tuple(item_times.Item(str(n), 1, n) for n in range(1, 90)), False),
    ],
}
EXAMPLES["forgetting"] = [
    forgetting.Data((forgetting.Answer(TODAY + 0.4, TODAY, True, None, 3.2),), TODAY + 0.4),
    forgetting.Data(
        tuple(
            forgetting.Answer(TODAY + 5 * n, TODAY + 5 * n, n % 3 > 0, 0.9 if n else None, 4.0 + n)
            for n in range(40)
        ),
        TODAY + 201.5,
        TODAY + 240,
        0.85,
        ("/a",) * 40,
    ),
]
EXAMPLES["workload"] = [
    workload.Data(TODAY, workload.Way("90%", (1.0,) * 30, (3.0,) * 30)),
    workload.Data(
        TODAY,
        workload.Way("90%, 10 new", tuple(range(365)), tuple(range(365))),
        workload.Way("80%, 5 new", (0.0,) * 365, (0.0,) * 365),
    ),
]
FADING = tuple(
    exam_forecast.Day(TODAY + 5 * n, 60 - 4 * n, 55 - 5 * n, 64 - 3 * n) for n in range(5)
)
EXAMPLES["exam_forecast"] = [
    exam_forecast.Data(FADING, 80, tuple(f"/day/{n}" for n in range(5))),
    exam_forecast.Data(FADING[:1], 80),
    exam_forecast.Data((exam_forecast.Day(TODAY, 0, 0, 0), exam_forecast.Day(TODAY + 1, 0, 0, 0))),
]
EXAMPLES["calibration"] = [
    calibration.Data(BINS, tuple(f"/bin/{n}" for n in range(len(BINS)))),
    calibration.Data(BINS[4:5]),
    calibration.Data((*BINS[4:5], Bin(0.9, 1.0, 0.95, Share(9, 9)))),
]
CHARTS = [(name, data) for name, examples in EXAMPLES.items() for data in examples]


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(chart))


def test_every_plot_has_examples_here() -> None:
    assert set(PLOTS) == set(EXAMPLES)


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_of_nothing_says_what_will_be_here(name: str) -> None:
    plot = PLOTS[name]
    chart = plot.build(plot.Data())
    assert chart.empty
    assert chart.sentence
    assert chart.series is None
    assert not chart.rows
    assert svg.draw(chart) == ""
    assert chart.title == plot.TITLE
    assert plot.AUDIENCE in ("learner", "instructor")


@pytest.mark.parametrize(("name", "data"), CHARTS)
def test_a_chart_has_a_finding_and_a_table(name: str, data: object) -> None:
    chart = PLOTS[name].build(data)
    assert chart.empty is None
    assert chart.title
    assert chart.note
    assert chart.sentence
    assert chart.caption
    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.head)}


@pytest.mark.parametrize(("name", "data"), CHARTS)
def test_a_drawing_is_well_formed_400_wide_and_styled_by_classes_only(
    name: str, data: object
) -> None:
    text = svg.draw(PLOTS[name].build(data))
    root = ElementTree.fromstring(text)
    for image in [root] if root.tag == "svg" else list(root):
        assert (image.get("viewBox") or "").startswith("0 0 400 ")
        assert image.get("role") in ("img", "group")
        assert image.get("aria-label")
    assert "style=" not in text
    assert " on" not in re.sub(r'"[^"]*"', "", text)
    used = {css for element in root.iter() for css in (element.get("class") or "").split()}
    assert used <= CLASSES
    for element in root.iter():
        for key in ("x", "y", "cx", "cy", "x1", "y1", "x2", "y2"):
            assert 0 <= float(element.get(key, "0")) <= 400


@pytest.mark.parametrize(("name", "data"), CHARTS)
def test_a_link_has_a_label_and_makes_a_group(name: str, data: object) -> None:
    root = drawn(PLOTS[name].build(data))
    links = list(root.iter("a"))
    assert all(link.get("href") and link.get("aria-label") for link in links)
    if root.tag == "svg":
        assert root.get("role") == ("group" if links else "img")


def test_due_days_reproduces_the_look() -> None:
    lines = svg.draw(due_days.build(due_days.Data(TODAY, Due(2, COUNTS), ("#",) * 14))).split("\n")
    assert lines[0] == (
        '<svg viewBox="0 0 400 168" role="group" aria-label="Cards due on each of the next 14 days,'
        ' from 11 today (2 of them overdue) to 3 on Sunday 7 June">'
    )
    assert lines[1:8] == [
        '<line class="c-axis" x1="28" x2="400" y1="140" y2="140"/>',
        '<text x="20" y="144" text-anchor="end">0</text>',
        '<line class="c-grid" x1="28" x2="400" y1="90" y2="90"/>',
        '<text x="20" y="94" text-anchor="end">5</text>',
        '<line class="c-grid" x1="28" x2="400" y1="40" y2="40"/>',
        '<text x="20" y="44" text-anchor="end">10</text>',
        '<a href="#" aria-label="Mon 25: 11 due (2 of them overdue)">'
        '<rect class="c-bar" x="34" y="30" width="18" height="110" rx="2"/></a>',
    ]
    assert '<text x="34" y="162">Mon 25</text>' in lines
    assert '<text class="strong" x="43" y="23" text-anchor="middle">11</text>' in lines
    assert lines[-1] == "</svg>"


def test_the_bar_of_today_holds_what_is_overdue() -> None:
    chart = due_days.build(due_days.Data(TODAY, Due(2, (1, 5))))
    assert chart.rows == (("Mon 25", "3"), ("Tue 26", "5"))
    assert chart.caption == "Cards due, 25 May to 26 May"


def test_retention_reproduces_the_look() -> None:
    shares = (78, 83, 81, 86, 88, 87, 91, 90)
    weeks = tuple((TODAY - 49 + 7 * n, Share(share, 100)) for n, share in enumerate(shares))
    chart = retention.build(retention.Data(weeks, 0.9))
    assert chart.sentence == (
        "Share recalled when due, by week: from 78 percent on 6 April to 90 percent on 25 May"
    )
    text = svg.draw(chart)
    assert '<line class="c-goal" x1="36" x2="400" y1="50" y2="50"/>' in text
    assert (
        '<polyline class="c-line" points="36,86 86,71 136,77 186,62 236,56 286,59 336,47 386,50"/>'
    ) in text
    assert '<text class="strong" x="386" y="39" text-anchor="end">90%</text>' in text
    assert [line.text for line in drawn(chart).iter("text")][-3:] == ["6 Apr", "4 May", "25 May"]
    assert chart.rows[-1] == ("25 May", "90%", "100", "83 to 94%")


def test_a_week_without_answers_is_a_gap_in_the_line() -> None:
    weeks = (*WEEKS[:2], (TODAY - 35, Share(0, 0)), *WEEKS[3:5])
    chart = retention.build(retention.Data(weeks))
    assert len(list(drawn(chart).iter("polyline"))) == 2
    assert len(list(drawn(chart).iter("circle"))) == 4
    assert chart.rows[2] == ("20 Apr", "-", "0", "-")


def test_scores_link_to_attempts_and_name_what_is_below_the_pass_mark() -> None:
    attempts = (scores.Attempt(1, TODAY - 9, 0.55, "/a/1"), scores.Attempt(2, TODAY, 0.6, "/a/2"))
    chart = scores.build(scores.Data(attempts, 0.6))
    links = [(link.get("href"), link.get("aria-label")) for link in drawn(chart).iter("a")]
    assert links == [
        ("/a/1", "Attempt 1, 16 May: 55 percent, below the pass mark"),
        ("/a/2", "Attempt 2, 25 May: 60 percent"),
    ]
    odd = [dot.get("class") for dot in drawn(chart).iter("circle")]
    assert odd == ["c-dot is-odd", "c-dot"]


def test_only_the_last_twenty_scores_are_drawn_and_all_are_listed() -> None:
    attempts = tuple(scores.Attempt(n, TODAY + n, 0.5) for n in range(1, 31))
    chart = scores.build(scores.Data(attempts))
    assert isinstance(chart.series, Line)
    assert len(chart.series.marks) == 20
    assert len(chart.rows) == 30


def test_the_year_is_two_halves_that_end_today() -> None:
    chart = year.build(year.Data(TODAY + 2, {TODAY + 2: 30, TODAY - 1: 1, TODAY - 400: 9}))
    assert isinstance(chart.series, Calendar)
    first, second = chart.series.halves
    assert [len(half.weeks) for half in (first, second)] == [26, 26]
    assert second.weeks[-1] == (0, 0, 4, None, None, None, None)
    assert second.weeks[-2][-1] == 1
    assert first.sentence == "Days studied, June to November 2025: 0 of 182"
    assert second.sentence == "Days studied, December 2025 to May 2026: 2 of 178"
    assert chart.sentence == (
        "Studied on 2 of the last 360 days, most on Wednesday 27 May with 30 answers"
    )
    assert [name for _, name in first.months] == ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    assert chart.rows[0] == ("Jun 2025", "0", "0")
    assert ("Jan 2026", "0", "0") in chart.rows
    assert chart.rows[-1] == ("May", "2", "31")
    assert len(list(drawn(chart).iter("rect"))) == 360


def test_stability_is_counted_in_bins_whose_bounds_are_inclusive_below() -> None:
    chart = stability.build(stability.Data((0.1, 1.0, 6.99, 7.0, 20.9, 21.0, 365.0)))
    assert [row[1] for row in chart.rows] == ["1", "2", "2", "1", "0", "0", "1"]
    recall = stability.build(stability.Data((0.0, 0.5, 0.8999999999999, 0.9, 1.0), "recall"))
    assert [row[1] for row in recall.rows] == ["1", "0", "0", "0", "0", "1", "0", "0", "0", "3"]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_bars_have_two_to_five_lines_and_fit(counts: list[int]) -> None:
    marks = tuple(Mark(count, str(count), f"{count} cards") for count in counts)
    root = drawn(Chart("t", "n", "s", Bars(marks, (0,), 0)))
    assert 2 <= len(list(root.iter("line"))) <= 5
    for bar in root.iter("rect"):
        assert float(bar.get("y", "")) >= 20
        assert float(bar.get("x", "")) + float(bar.get("width", "")) <= 406


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(0, 100))
def test_lines_keep_every_dot_and_the_goal_inside(values: list[float], goal: float) -> None:
    marks = tuple(Mark(value, "x", "y") for value in values)
    root = drawn(Chart("t", "n", "s", Line(marks, goal)))
    ys = [float(dot.get("cy", "")) for dot in root.iter("circle")]
    assert len(ys) == len(values)
    assert all(20 <= y <= 140 for y in ys)
    assert all(20 <= float(line.get("y1", "")) <= 140 for line in root.iter("line"))
    assert 4 <= len(list(root.iter("line"))) - 1 <= 5


def test_every_text_is_escaped() -> None:
    evil = "\"'><script>alert(1)</script>&"
    chart = Chart(evil, evil, evil, Bars((Mark(1, evil, evil, evil),), (0,), 0))
    text = svg.draw(chart)
    assert "<script" not in text
    assert "'>" not in text
    link = next(ElementTree.fromstring(text).iter("a"))
    assert link.get("href") == link.get("aria-label") == evil


def test_scores_are_counted_by_tenths_with_whole_marks_in_the_last() -> None:
    chart = score_histogram.build(score_histogram.Data((-20.0, 9.9, 10.0, 69.999999999999, 100.0)))
    assert [row[1] for row in chart.rows] == ["2", "1", "0", "0", "0", "0", "0", "1", "0", "1"]
    assert chart.sentence == "Scores of 5 attempts: most often under 10%, 2 of them"


def test_a_question_that_needs_a_look_stands_out_and_is_named() -> None:
    items = [item_scatter.Item(str(n), 50.0, 30.0) for n in range(1, 30)]
    odd = item_scatter.Item("30", 50.0, -12.0, odd=True, href="/30")
    chart = item_scatter.build(item_scatter.Data((*items, odd)))
    assert chart.sentence.endswith("30 needs a look")
    drawing = drawn(chart)
    (dot,) = [one for one in drawing.iter("circle") if one.get("class") == "c-dot is-odd"]
    zone = next(one for one in drawing.iter("rect") if one.get("class") == "c-zone")
    assert float(dot.get("cy", "")) > float(zone.get("y", ""))
    assert [one.text for one in drawing.iter("text") if one.get("class") == "strong"] == ["30"]
    (link,) = drawing.iter("a")
    assert link.get("aria-label") == "Question 30: facility 50, agreement -12, needs a look"


def test_a_question_without_agreement_is_in_the_table_only() -> None:
    items = (item_scatter.Item("1", 50.0, 30.0), item_scatter.Item("2", 100.0, None))
    chart = item_scatter.build(item_scatter.Data(items))
    assert len(list(drawn(chart).iter("circle"))) == 1
    assert chart.rows[1] == ("2", "100%", "-")


def test_the_slowest_questions_are_drawn_and_all_are_listed() -> None:
    items = tuple(item_times.Item(str(n), 1, float(n)) for n in range(1, 90))
    chart = item_times.build(item_times.Data(items))
    assert isinstance(chart.series, Bars)
    assert [chart.series.marks[0].label, chart.series.marks[-1].label] == ["30", "89"]
    assert len(chart.rows) == 89
    assert "The 60 slowest are drawn." in chart.note


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=30))
def test_dots_stay_inside_and_the_lines_are_few(pairs: list[tuple[float, float]]) -> None:
    items = tuple(item_scatter.Item(str(n), x, y) for n, (x, y) in enumerate(pairs))
    root = drawn(item_scatter.build(item_scatter.Data(items)))
    for dot in root.iter("circle"):
        assert 40 <= float(dot.get("cx", "")) <= 392
        assert 36 <= float(dot.get("cy", "")) <= 196
    assert 3 <= len(list(root.iter("line"))) <= 8


def test_an_answer_that_failed_is_square_and_the_saw_starts_anew_at_each() -> None:
    answers = (
        forgetting.Answer(TODAY, TODAY, True, None, 2.0, "Flashcard", "Good", lambda d: 0.9**d),
        forgetting.Answer(
            TODAY + 4, TODAY + 4, False, 0.82, 0.6, "Cloze", "Wrong", lambda d: 0.5**d
        ),
    )
    chart = forgetting.build(forgetting.Data(answers, TODAY + 5, TODAY + 8, 0.9))
    drawing = drawn(chart)
    assert len(list(drawing.iter("circle"))) == len(list(drawing.iter("rect"))) == 1
    first, second = drawing.iter("polyline")
    assert second.get("points", "").startswith(first.get("points", "").split()[-1].split(",")[0])
    assert chart.rows[1] == ("29 May", "Cloze", "Wrong", "82%", "0.6 days")
    assert chart.sentence.endswith("answered 2 times, forgotten 1, last on 29 May")
    assert isinstance(chart.series, Curves)
    assert chart.series.strokes[1].ys[0] == 100
    assert chart.series.strokes[0].ys[-1] == pytest.approx(65.61)
    assert chart.sentence.startswith("Expected recall today 50 percent")


def test_a_year_of_work_is_drawn_by_week_beside_what_is_set_now() -> None:
    now = workload.Way("90%", (10.0,) * 365, (30.0,) * 365)
    tried = workload.Way("80%", (5.0,) * 365, (15.0,) * 365)
    chart = workload.build(workload.Data(TODAY, now, tried))
    assert len(chart.rows) == 53
    assert chart.rows[0] == ("25 May", "10.0", "30", "5.0", "15")
    assert chart.sentence == "90%: 10 minutes a day; 80%: 5 minutes a day"
    lines = [line.get("class") for line in drawn(chart).iter("polyline")]
    assert lines == ["c-then", "c-line"]


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.lists(st.floats(0, 1e6), max_size=60)
)
def test_curves_stay_inside_with_two_to_five_lines(now: list[float], tried: list[float]) -> None:
    other = workload.Way("80%", tuple(tried[: len(now)]), tuple(tried[: len(now)]))
    one = workload.Way("90%", tuple(now), tuple(now))
    chart = workload.build(workload.Data(TODAY, one, other if len(tried) >= len(now) else None))
    if chart.empty:
        return
    root = drawn(chart)
    assert 1 <= len(list(root.iter("line"))) <= 5
    for stroke in root.iter("polyline"):
        for x, y in (pair.split(",") for pair in stroke.get("points", "").split()):
            assert 36 <= float(x) <= 386
            assert 19.9 <= float(y) <= 140.1


def test_what_was_foretold_wrongly_stands_out_and_is_named() -> None:
    fine, off = Bin(0.8, 0.9, 0.85, Share(85, 100)), Bin(0.9, 1.0, 0.95, Share(70, 100))
    chart = calibration.build(calibration.Data((fine, off)))
    assert chart.sentence.endswith("95 percent foretold, 70 percent right")
    assert [mark.odd for mark in chart.series.marks] == [False, True]  # type: ignore[union-attr]
    assert chart.rows[0] == ("80 to 90%", "85%", "85%", "100", "77 to 91%")


def test_a_forecast_falls_within_its_band_to_the_day_that_counts() -> None:
    chart = exam_forecast.build(exam_forecast.Data(FADING, 80))
    assert chart.sentence == "Known of 80 facts: about 60 on 25 May, about 44 on 14 June"
    assert chart.rows[0] == ("25 May", "60", "55 to 64")
    assert isinstance(chart.series, Curves)
    mean, low, high = chart.series.strokes
    assert all(a < b < c for a, b, c in zip(low.ys, mean.ys, high.ys, strict=True))
    assert (low.other, mean.other) == (True, False)
