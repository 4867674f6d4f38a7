"""The charts of item analysis, each with the address behind every row."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from quizapp.core.plots import item_scatter, item_times, score_histogram, svg
from quizapp.core.plots.chart import Chart
from quizapp.services.quizzes.item_analysis import QuizAnalysis
from quizapp.services.quizzes.item_figures import ItemAnalysis
from quizapp.web import item_words
from quizapp.web.me_charts import Figure

Address = Callable[[ItemAnalysis], str]


def scores(found: QuizAnalysis) -> Figure:
    """Draw how the scores are spread."""
    percents = tuple(share for share in found.shares if share is not None)
    return _figure(score_histogram.build(score_histogram.Data(percents)))


def scatter(items: Sequence[ItemAnalysis], address: Address) -> Figure:
    """Draw facility against discrimination; each dot opens its question."""
    hrefs = tuple(address(item) for item in items)
    dots = tuple(
        item_scatter.Item(
            item_words.name(item),
            item.figures.facility.value,
            item.figures.discrimination.value,
            item.is_questionable,
            href,
        )
        for item, href in zip(items, hrefs, strict=True)
    )
    return _figure(item_scatter.build(item_scatter.Data(dots)), hrefs)


def times(items: Sequence[ItemAnalysis], address: Address) -> Figure:
    """Draw how long each question takes."""
    timed = [item for item in items if item.times.median.value is not None]
    hrefs = tuple(address(item) for item in timed)
    bars = tuple(_bar(item, href) for item, href in zip(timed, hrefs, strict=True))
    is_timed = all(item.times.is_timed for item in timed)
    return _figure(item_times.build(item_times.Data(bars, is_timed)), hrefs)


def _bar(item: ItemAnalysis, href: str) -> item_times.Item:
    spent = item.times
    low, high = (None if each is None else each / 1000 for each in (spent.low, spent.high))
    median_s = (spent.median.value or 0.0) / 1000
    return item_times.Item(item_words.name(item), spent.median.n, median_s, low, high, href)


def _figure(chart: Chart, hrefs: Sequence[str] = ()) -> Figure:
    return Figure(chart, Markup(svg.draw(chart)), hrefs)  # noqa: S704 - it escapes every text
