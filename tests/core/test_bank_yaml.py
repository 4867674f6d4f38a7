"""Reading, refusing and writing bank files."""

import contextlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core.fields import COMMON
from quizapp.core.formats import FORMATS, bank_yaml, guess
from quizapp.core.formats.contract import SINGLE
from quizapp.core.formats.model import (
    ArticleIn,
    BankFile,
    FactIn,
    FormatError,
    Item,
    MediaIn,
    QuestionIn,
    QuizIn,
    Refused,
    Warned,
)
from quizapp.core.formats.shared.checking import checked
from quizapp.core.formats.shared.source import MIB, Limits, Source
from quizapp.core.formats.shared.typed import Reading
from quizapp.core.formats.shared.yaml_text import dump
from quizapp.core.formats.shared.yaml_tree import Listing, Mapped, Node, parse
from quizapp.core.question_types import QUESTION_TYPES

BLOOD = Path(__file__).resolve().parents[1] / "banks" / "blood"
HEAD = "format: quizapp-bank/1\ntitle: T\n"


def read(text: str | bytes, filename: str = "bank.yaml") -> list[Item]:
    data = text.encode() if isinstance(text, str) else text
    return list(checked(bank_yaml.read(Source.of(filename, data))))


def only(items: Iterable[Item], kind: type) -> list[Any]:
    return [item for item in items if isinstance(item, kind)]


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def folder_files(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_folder_gives_all_that_it_holds() -> None:
    items = list(checked(bank_yaml.read(Source.at(BLOOD))))
    assert only(items, BankFile) == [BankFile("Blood", "en", "Only for the tests.")]
    assert [item.type for item in only(items, QuestionIn)] == list(QUESTION_TYPES)
    assert [item.name for item in only(items, MediaIn)] == ["red cell.png"]
    assert [item.key for item in only(items, QuizIn)] == ["practice"]
    article = only(items, ArticleIn)[0]
    assert article.authors == ["Somebody", "Somebody: Else"]
    for fact in only(items, FactIn):
        assert all(article.text[one.start : one.end] == one.quote for one in fact.evidence)
    assert only(items, Refused) == []
    assert [warned.name for warned in only(items, Warned)] == ["odd"]  # each opaque one is told


def test_a_zip_of_the_folder_gives_the_same_with_or_without_the_folder_itself() -> None:
    files = folder_files(BLOOD)
    expected = list(bank_yaml.read(Source.at(BLOOD)))
    inside = {f"blood/{name}": data for name, data in files.items()}
    for packed in (zipped(files), zipped(inside | {"__MACOSX/._x": b""})):
        assert list(bank_yaml.read(Source.of("b.zip", packed))) == expected


def test_scalars_are_text_and_numbers_stay_as_written() -> None:
    questions = {item.key: item for item in only(bank_yaml.read(Source.at(BLOOD)), QuestionIn)}
    options = questions["mc"].body["options"]
    fractions = [option.get("fraction") for option in options]
    assert fractions == ["1", "0.50", "-0.3333333", None]
    assert [option["text"] for option in options][2:] == ["  gold", "NO"]
    assert questions["num"].body["answers"][0] == {"value": "120.0", "tolerance": "1e1"}
    assert questions["mc"].body["shuffle"] is False
    assert questions["essay"].body["min_words"] == 3
    assert questions["mc"].body["hints"] == ["It is a gas.", "You breathe it."]
    assert questions["mc"].tags == ["gas", "basics", "gas"]


def test_what_is_written_reads_the_same_and_is_written_the_same() -> None:
    items = list(checked(bank_yaml.read(Source.at(BLOOD))))
    first = bank_yaml.write(items, "blood")
    assert (first.questions, list(first.losses)) == (12, [])
    again = list(checked(bank_yaml.read(Source.of("b.zip", zipped(dict(first.files))))))
    assert bank_yaml.write(again, "blood") == first
    told = [(item.stem, item.body, item.fact) for item in only(items, QuestionIn)]
    assert [(item.stem, item.body, item.fact) for item in only(again, QuestionIn)] == told


def test_a_lone_file_holds_its_articles_and_says_that_media_are_lost() -> None:
    items = list(bank_yaml.read(Source.at(BLOOD)))
    written = bank_yaml.write(items, "blood.yaml")
    assert [loss.name for loss in written.losses] == ["red cell.png"]
    again = read(written.files[SINGLE])
    assert only(again, ArticleIn) == only(items, ArticleIn)
    assert only(again, FactIn) == only(items, FactIn)


def question(**entries: str) -> str:
    lines = {"key": "q", "type": "true_false", "stem": "Is it?", "answer": "true"} | entries
    return "  - " + "\n    ".join(f"{name}: {value}" for name, value in lines.items()) + "\n"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"answer": "yes"}, "answer should be true or false: 'yes'"),
        ({"answer": ""}, "answer should be true or false, but is empty"),
        ({"answer": "[true]"}, "answer should be a single value"),
        ({"type": "quiz"}, "type should be one of"),
        ({"tpye": "x"}, "has no entry called 'tpye'"),
        ({"hints": "one"}, "hints should be a list"),
        ({"stem": '"  "'}, "Question is missing"),
        ({"stem": '"a\\0b"'}, "cannot be stored"),
        ({"type": "essay\n    min_words: 2.5"}, "has no entry called 'answer'"),
        ({"key": '""'}, "key should be one line of 1 to 300 characters"),
        ({"key": "ok"}, "The key ok is there twice"),
    ],
)
def test_a_bad_question_is_refused_with_its_line_and_the_others_are_kept(
    entries: dict[str, str], words: str
) -> None:
    items = read(HEAD + "questions:\n" + question(key="ok") + question(**entries))
    assert [item.key for item in only(items, QuestionIn)] == ["ok"]
    (refused,) = only(items, Refused)
    assert words in refused.message
    assert refused.question == 2
    assert 8 <= refused.line <= 13


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just text",
        "format: quizapp-bank/1",  # no title
        "format: quizapp-bank/2\ntitle: T",
        HEAD + "question: []",
        HEAD + "questions: {}",
        HEAD + "title: again",
        HEAD + "notice: &a x",
        HEAD + "notice: *a",
        HEAD + "notice: !!str x",
        HEAD + "? [a]\n: b",
        HEAD + "---\nformat: x",
        HEAD + "notice: 'open",
        HEAD + "notice: " + "[" * 100_000,
        HEAD + "notice:\n" + "".join(" " * n + "- \n" for n in range(2, 100)),
        HEAD + "language: english language",
        b"\xff\xfe\x00",
        b"format: \x00",
        b"format: \x07",
    ],
)
def test_a_file_that_is_no_bank_is_refused_in_plain_words(text: str | bytes) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.message
    assert "Traceback" not in caught.value.message


def test_evidence_that_is_off_is_found_and_evidence_that_is_not_there_is_left_out() -> None:
    text = HEAD + (
        "articles:\n  - {key: a, text: 'One two. Three two. Four.'}\n"
        "facts:\n"
        "  - {key: f1, statement: S, evidence: [{article: a, start: 1, end: 4, quote: Three}]}\n"
        "  - {key: f2, statement: S, evidence: [{article: a, start: 1, end: 4, quote: two}]}\n"
        "  - {key: f3, statement: S, evidence: [{article: b, start: 1, end: 4, quote: two}]}\n"
        "  - {key: f4}\n"
    )
    items = read(text)
    facts = {fact.key: fact.evidence for fact in only(items, FactIn)}
    assert [(one.start, one.end) for one in facts["f1"]] == [(9, 14)]
    assert (facts["f2"], facts["f3"]) == ([], [])
    warned = only(items, Warned)
    assert [item.name for item in warned] == ["f1", "f2", "f3", "f4"]
    assert [item.line for item in warned] == [6, 7, 8, 9]


def test_article_texts_are_brought_into_the_plain_form() -> None:
    items = read(
        HEAD + 'articles:\n  - {key: a, text: "Cafe\\u0301 \\r\\n\\r\\n\\r\\n## B\\n\\nC\\n"}\n'
    )
    assert only(items, ArticleIn)[0].text == "Café\n\n## B\n\nC"
    assert "plain form" in only(items, Warned)[0].message


def test_a_question_that_names_an_unknown_fact_or_image_is_kept_with_a_warning() -> None:
    items = read(HEAD + "questions:\n" + question(fact="f", stem="'![a](media/x.png) Is it?'"))
    assert only(items, QuestionIn)[0].fact is None
    told = " ".join(item.message for item in only(items, Warned))
    assert "no fact f" in told
    assert "media/x.png is missing" in told


def test_media_are_known_kinds_with_the_bytes_that_they_claim() -> None:
    files = {
        "bank.yaml": HEAD.encode(),
        "media/a.exe": b"MZ",
        "media/b.png": b"<html>",
        "media/c.png": b"\x89PNG\r\n\x1a\n...",
        "media/sub/d.png": b"\x89PNG\r\n\x1a\n...",
    }
    items = list(bank_yaml.read(Source.of("b.zip", zipped(files))))
    assert [item.name for item in only(items, MediaIn)] == ["c.png"]
    assert len(only(items, Warned)) == 3


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "C:/x", "a\\..\\x", "a/\x01", "media/../../x"]
)
def test_a_zip_with_an_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="unsafe name"):
        Source.of("b.zip", zipped({"bank.yaml": HEAD.encode(), name: b""}))


def test_a_zip_with_a_link_a_double_or_too_many_members_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("bank.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FormatError, match="link"):
        Source.of("b.zip", packed.getvalue())
    three = io.BytesIO(zipped({"a": b"", "b": b"", "c": b""}))
    with pytest.raises(FormatError, match="more than 2"):
        Source("b.zip", three, limits=Limits(members=2))


def test_what_comes_out_of_a_zip_is_counted_and_bounded() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bank.yaml", b" " * 40 * MIB)
    source = Source("b.zip", packed, limits=Limits(total=32 * MIB, ratio=10_000))
    with pytest.raises(FormatError, match="larger than 32 MiB"):
        list(bank_yaml.read(source))
    with pytest.raises(FormatError, match="far more than it is packed"):
        list(bank_yaml.read(Source("b.zip", packed)))


def test_a_folder_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text(HEAD)
    (tmp_path / "articles").mkdir()
    os.symlink("/etc/passwd", tmp_path / "articles" / "a.txt")
    with pytest.raises(FormatError, match="link"):
        Source.at(tmp_path)


def test_a_path_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        Source.at(tmp_path / "nothing")


def test_hostile_files_end_in_a_plain_refusal(shared: Path) -> None:
    files = [*(shared / "hostile" / "yaml").iterdir(), *(shared / "hostile" / "zip").iterdir()]
    assert len(files) > 20
    for path in files:
        with pytest.raises(FormatError):
            list(bank_yaml.read(Source.at(path)))


def test_the_format_is_guessed_by_what_is_inside() -> None:
    assert guess(Source.at(BLOOD)) is bank_yaml
    assert guess(Source.of("x.bin", zipped({"bank.yaml": b""}))) is bank_yaml
    assert guess(Source.of("x.txt", HEAD.encode())) is bank_yaml
    assert guess(Source.of("x.txt", b"hello")) is None
    assert FORMATS["bank_yaml"] is bank_yaml


# The schema, as others use it.


def plain(node: Node) -> Any:
    if isinstance(node, Mapped):
        return {key: plain(entry) for key, entry in node.entries.items()}
    return [plain(entry) for entry in node.entries] if isinstance(node, Listing) else node.text


def typed_document(data: bytes) -> dict[str, Any]:
    root = parse(data)
    assert isinstance(root, Mapped)
    document = {}
    for name, node in root.entries.items():
        schema = bank_yaml.SCHEMA["properties"][name]
        if name == "questions":
            assert isinstance(node, Listing)
            document[name] = [
                Reading(bank_yaml.SCHEMA["$defs"]).value(
                    entry, bank_yaml.SCHEMA["$defs"][plain(entry)["type"]]
                )
                for entry in node.entries
            ]
        else:
            document[name] = Reading(bank_yaml.SCHEMA["$defs"]).value(node, schema)
    return document


def test_the_schema_is_valid_and_typed_banks_are_valid_under_it() -> None:
    validator = jsonschema.Draft202012Validator(dict(bank_yaml.SCHEMA))
    validator.check_schema(dict(bank_yaml.SCHEMA))
    for folder in (BLOOD, *BLOOD.parents[2].glob("questions/*/")):
        document = typed_document((folder / "bank.yaml").read_bytes())
        assert not list(validator.iter_errors(document))


def test_the_schema_names_the_entries_that_the_types_have() -> None:
    for name, kind in QUESTION_TYPES.items():
        known = set(bank_yaml.SCHEMA["$defs"][name]["properties"]) - bank_yaml.OWN
        assert known == {field.name for field in (*kind.FIELDS, *COMMON)}
    assert set(bank_yaml.TYPES) == set(QUESTION_TYPES)


def test_every_definition_says_what_it_is_for_and_allows_nothing_else() -> None:
    for definition in bank_yaml.SCHEMA["$defs"].values():
        assert definition["description"]
        if definition["type"] == "object":
            assert "additionalProperties" in definition


def test_the_readme_example_reads_without_a_warning() -> None:
    readme = (BLOOD.parents[2] / "questions" / "README.md").read_text(encoding="utf-8")
    example = readme.split("```yaml\n")[1].split("```")[0]
    items = read(example)
    assert only(items, Warned) + only(items, Refused) == []
    assert len(only(items, QuestionIn)) > 0
    assert json.dumps(only(items, QuizIn)[0].settings)


# Any texts at all come back as they were.

ODD = st.text(
    st.sampled_from("a \n\t:#-|>'\"\\[]{}&*!?%@`,.~0\x85\u2028\ufeff\r\U0001f9ea"), max_size=30
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), ODD
)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_written_yaml_reads_as_what_was_written(value: dict[str, Any]) -> None:
    assert plain(parse(dump(value).encode())) == value


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=3))
def test_questions_with_any_texts_are_written_losslessly(texts: list[tuple[str, str, str]]) -> None:
    questions = [
        QuestionIn(
            position=position,
            type="flashcard",
            stem=stem,
            body={"back": back, "hints": [hint]},
            key=f"q{position}",
        )
        for position, (stem, back, hint) in enumerate(texts, 1)
    ]
    first = bank_yaml.write([BankFile("T"), *questions], "b.yaml").files[SINGLE]
    kept = [item for item in read(first) if isinstance(item, BankFile | QuestionIn)]
    second = bank_yaml.write(kept, "b.yaml").files[SINGLE]
    again = [item for item in read(second) if isinstance(item, BankFile | QuestionIn)]
    assert bank_yaml.write(again, "b.yaml").files[SINGLE] == second


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(["b.yaml", "b.zip"]))
def test_any_bytes_end_in_items_or_a_format_error(data: bytes, filename: str) -> None:
    for some in (data, HEAD.encode() + data, b"PK\x03\x04" + data):
        with contextlib.suppress(FormatError):
            list(checked(bank_yaml.read(Source.of(filename, some))))
