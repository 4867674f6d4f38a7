"""What holds for every format in the registry, and for each pair of formats."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.formats import FORMATS, guess
from quizapp.core.formats.contract import FEATURES, Format
from quizapp.core.formats.model import (
    BankFile,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
    QuizIn,
)
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import Source
from quizapp.core.question_types import QUESTION_TYPES
from tests.core.format_ground import canonical, questions, read, refusals, samples, written
from tests.core.formats_table import PAGE, page

NAMES = """bank_yaml gift aiken moodle_xml moodle_cloze moodle_missingword qti12 qti2 qti3 cartridge
    apkg anki_text csv xlsx h5p olx text2qti"""
WRITERS = {name: plugin for name, plugin in FORMATS.items() if plugin.WRITES}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
OPTIONS = [
    {"id": "o1", "text": "Red", "fraction": "1"},
    {"id": "o2", "text": "Green", "fraction": "0"},
    {"id": "o3", "text": "Blue", "fraction": "0"},
]
PLAIN = QuestionIn(1, "multiple_choice", "Which?", {"options": OPTIONS})
# An item that has one feature, and whether an item that was read has it.
WITH = {
    "key": replace(PLAIN, key="k-1"),
    "name": replace(PLAIN, name="A name"),
    "category": replace(PLAIN, category="one/two"),
    "tags": replace(PLAIN, tags=("blue", "red")),
    "fractions": replace(
        PLAIN, body={"options": [*OPTIONS[:2], {**OPTIONS[2], "fraction": "0.3333333"}]}
    ),
    "feedback": replace(PLAIN, body={"options": OPTIONS, "feedback": "So it is."}),
    "option_feedback": replace(
        PLAIN, body={"options": [{**OPTIONS[0], "feedback": "Yes."}, *OPTIONS[1:]]}
    ),
    "hints": replace(PLAIN, body={"options": OPTIONS, "hints": ["Look up.", "Once more."]}),
    "markup": replace(PLAIN, stem="Which is **not** red?\n\n- one\n- two"),
    "math": replace(PLAIN, stem="What is $\\frac{1}{2}x^2$?"),
}


def kept(feature: str, before: QuestionIn, after: QuestionIn) -> bool:
    if feature in ("key", "name", "category"):
        return getattr(before, feature) == getattr(after, feature)
    if feature == "tags":
        return set(before.tags) <= set(after.tags)
    return canonical(before) == canonical(after)


def test_the_registry_has_the_names_of_the_contract() -> None:
    assert set(FORMATS) == set(NAMES.split())


@pytest.mark.parametrize("plugin", FORMATS.values(), ids=FORMATS)
def test_a_format_says_what_it_carries(plugin: Format) -> None:
    assert plugin.LABEL
    assert plugin.LABEL[0].isupper() or plugin.NAME in {"bank_yaml", "text2qti"}
    assert plugin.SUFFIXES
    assert all(suffix == "/" or suffix.startswith(".") for suffix in plugin.SUFFIXES)
    assert set(QUESTION_TYPES) >= plugin.TYPES
    assert set(FEATURES) >= plugin.KEEPS
    assert plugin.READS or plugin.WRITES
    assert len({option.name for option in plugin.OPTIONS}) == len(plugin.OPTIONS)


@pytest.mark.parametrize("plugin", FORMATS.values(), ids=FORMATS)
@given(
    head=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8")),
    name=st.sampled_from(["a.txt", "b.xml", "c.zip", "d", "e.csv", ""]),
    members=st.lists(st.sampled_from(["imsmanifest.xml", "a/b.xml", "media", "x"]), max_size=3),
)
def test_sniffing_gives_a_number_whatever_the_file(
    plugin: Format, head: bytes, name: str, members: list[str]
) -> None:
    assert 0 <= plugin.sniff(head, name, members) <= 100


@pytest.mark.parametrize("plugin", FORMATS.values(), ids=FORMATS)
@given(data=st.binary(max_size=300))
def test_reading_anything_ends_in_items_or_a_plain_word(plugin: Format, data: bytes) -> None:
    with suppress(FormatError):
        items = list(checked(plugin.read(Source.of("file", data))))
        assert all(question.type in QUESTION_TYPES for question in questions(items))


@pytest.mark.parametrize("plugin", WRITERS.values(), ids=WRITERS)
def test_what_is_written_is_recognised(plugin: Format) -> None:
    item = next(item for item in samples() if item.type in plugin.TYPES)
    name = f"bank{plugin.SUFFIXES[0]}" if plugin.SUFFIXES[0] != "/" else "bank.zip"
    found = guess(Source.of(name, written(plugin, [item])))
    assert found is plugin


@pytest.mark.parametrize("plugin", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("item", list(samples()), ids=lambda item: item.type)
def test_a_type_comes_back_the_same_or_its_loss_is_told(plugin: Format, item: QuestionIn) -> None:
    result = plugin.write([BankFile("B"), item], f"bank{plugin.SUFFIXES[0]}")
    again = (
        questions(read(plugin, written(plugin, [BankFile("B"), item]))) if result.questions else []
    )
    assert len(again) == result.questions
    if item.type in plugin.TYPES and not result.losses:
        assert canonical(again[0]) == canonical(item)
    else:
        assert result.losses
        assert {loss.question for loss in result.losses} <= {1, item.position, None}


@pytest.mark.parametrize("plugin", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("feature", WITH)
def test_a_feature_is_kept_or_its_loss_is_told(plugin: Format, feature: str) -> None:
    item = replace(WITH[feature], key="k-1")
    result = plugin.write([BankFile("B"), item], f"bank{plugin.SUFFIXES[0]}")
    (again,) = questions(read(plugin, written(plugin, [BankFile("B"), item])))
    if feature in plugin.KEEPS and item.type in plugin.TYPES:
        assert kept(feature, item, again)
        assert not [loss for loss in result.losses if loss.question is not None]
    else:
        assert result.losses or feature in ("key", "name")


@pytest.mark.parametrize("plugin", WRITERS.values(), ids=WRITERS)
def test_pictures_are_kept_or_their_loss_is_told(plugin: Format) -> None:
    shown = replace(PLAIN, stem="What is ![a dot](media/dot.png)?")
    items: list[Item] = [BankFile("B"), MediaIn("dot.png", "image/png", PNG), shown]
    result = plugin.write(items, f"bank{plugin.SUFFIXES[0]}")
    again = read(plugin, written(plugin, items))
    found = [item.data for item in again if isinstance(item, MediaIn)]
    if "media" in plugin.KEEPS:
        assert found == [PNG]
        assert not result.losses or plugin.TYPES.isdisjoint({"multiple_choice"})
    else:
        assert result.losses


@pytest.mark.parametrize("plugin", WRITERS.values(), ids=WRITERS)
def test_facts_and_quizzes_are_kept_or_told_once(plugin: Format) -> None:
    items: list[Item] = [BankFile("B"), FactIn("f", "F."), FactIn("g", "G."), PLAIN]
    items.append(QuizIn("quiz", "Quiz", {}, []))
    losses = plugin.write(items, f"bank{plugin.SUFFIXES[0]}").losses
    general = [loss for loss in losses if loss.question is None]
    missing = {"facts", "quizzes"} - plugin.KEEPS
    assert len(general) == len(missing)


def _some(shared: Path, name: str) -> Iterator[QuestionIn]:
    """Yield a few questions of each type that the fixtures of a format hold."""
    folders = {"cartridge": "common_cartridge", "csv": "csv_tsv", "anki_text": "anki_txt"}
    folders["moodle_cloze"] = "moodle_cloze_text"
    folder = shared / "fixtures" / folders.get(name, name)
    counts: dict[str, int] = {}
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths[:40]:
        try:
            for item in checked(FORMATS[name].read(Source.at(path))):
                if isinstance(item, QuestionIn) and counts.get(item.type, 0) < 4:
                    counts[item.type] = counts.get(item.type, 0) + 1
                    yield item
        except FormatError:
            continue


@pytest.mark.parametrize("reader", sorted(set(FORMATS) - {"bank_yaml", "xlsx", "text2qti"}))
def test_what_a_format_gives_survives_every_other_or_the_loss_is_told(
    shared: Path, reader: str
) -> None:
    given_items = [
        replace(item, position=1, key=item.key or "k-1", fact=None)
        for item in _some(shared, reader)
        if not item.is_draft  # drafts do not go out
    ]
    assert given_items, f"no fixture of {reader} was read"
    same = 0
    for plugin in WRITERS.values():
        for item in given_items:
            result = plugin.write([BankFile("B"), item], f"bank{plugin.SUFFIXES[0]}")
            if not result.questions:
                assert result.losses, (plugin.NAME, item)
                continue
            items = read(plugin, written(plugin, [BankFile("B"), item]))
            assert not refusals(items), (plugin.NAME, item, refusals(items))
            again = questions(items)
            if result.losses:
                continue
            assert canonical(again[0]) == canonical(item), (plugin.NAME, item.stem)
            same += 1
    assert same > 0


def test_the_page_on_formats_is_made_from_the_registry() -> None:
    assert page(PAGE.read_text()) == PAGE.read_text()
