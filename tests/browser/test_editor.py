"""Writing a question in a real browser: the learner's view follows, rows and pictures come."""

import struct
import zlib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from quizapp.services.content import banks, editing
from quizapp.services.content.question_drafts import QuestionDraft
from quizapp.services.people.sessions import Person
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now
from tests.browser.test_pages import OPTIONS
from tests.core.samples import SAMPLES
from tests.factories import create_person

pytestmark = pytest.mark.browser
NEW = "/banks/immunotherapy/questions/new?type=multiple_choice"


@pytest.fixture(scope="module")
def admin(site: Site) -> Person:
    with site.inside():
        return create_person("admin", name="Ada")


def create(site: Site, admin: Person, name: str) -> str:
    """Store a sample; returns the path of its form."""
    with site.inside():
        bank = banks.find("immunotherapy")
        assert bank
        sample = SAMPLES[name]
        draft = QuestionDraft(name, sample.stem, sample.body, status="active")
        saved = editing.create_question(bank, admin, draft, real_now())
        return f"/banks/immunotherapy/questions/{saved.uid}/edit"


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0abc")) + chunk(b"IEND", b"")
    )


def test_a_question_is_written_by_keyboard_and_seen_while_it_is_written(
    visit: Visit, admin: Person
) -> None:
    page = visit(admin).open(NEW)
    look = page.locator("[data-shown]")
    page.get_by_label("Question", exact=True).fill("What is $x^2$ for **two**?")
    expect(look.locator("math").first).to_be_visible()
    expect(look.locator("strong").first).to_have_text("two")
    first, second = page.get_by_label("Text", exact=True).all()
    first.fill("four")
    second.fill("five")
    expect(look).to_contain_text("No option is fully right.")
    page.locator("[name='options.0.fraction']").fill("lots")
    error = page.locator("[id='f-options.0.fraction-error']")
    expect(error).to_have_text("Share of the points should be a number.")
    page.locator("[name='options.0.fraction']").fill("1")
    expect(error).to_be_hidden()
    expect(look).to_contain_text("And after the right answer")
    page.get_by_role("button", name="Add: option").press("Enter")
    expect(page.locator("[name='options.2.text']")).to_be_focused()
    page.keyboard.type("six")
    expect(look).to_contain_text("six")
    page.get_by_role("button", name="Move up: Option 3").press("Enter")
    expect(page.locator("[name='options.1.text']")).to_have_value("six")
    page.get_by_role("button", name="Save the question").press("Enter")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    expect(page.locator("[name='options.1.text']")).to_have_value("six")


def test_enter_in_a_field_stores_nothing(visit: Visit, admin: Person) -> None:
    page = visit(admin).open(NEW)
    page.locator("[name='options.0.fraction']").fill("1")
    page.locator("[name='options.0.fraction']").press("Enter")
    expect(page.locator("[data-shown]")).to_be_focused()
    assert page.url.endswith(NEW)


def test_a_picture_is_put_where_the_writer_was(visit: Visit, admin: Person, tmp_path: Path) -> None:
    page = visit(admin, "422").open(NEW)
    page.get_by_label("Question", exact=True).fill("See ")
    page.get_by_text("Add a picture").click()
    file = tmp_path / "dot.png"
    file.write_bytes(png())
    page.get_by_label("Picture", exact=True).set_input_files(file)
    page.get_by_role("button", name="Store the picture").click()
    expect(page.get_by_text("Say in words what the picture shows")).to_be_visible()
    page.get_by_label("What it shows").fill("A dot")
    page.get_by_role("button", name="Store the picture").click()
    stem = page.get_by_label("Question", exact=True)
    expect(stem).to_have_value("See ![A dot](media/dot.png)")
    expect(stem).to_be_focused()
    shown = page.locator("[data-shown] img").first
    expect(shown).to_have_attribute("alt", "A dot")
    page.wait_for_function("() => document.querySelector('[data-shown] img')?.naturalWidth === 1")


def test_what_another_kind_of_gap_asks_for_is_hidden(
    visit: Visit, site: Site, admin: Person
) -> None:
    page = visit(admin).open(create(site, admin, "cloze"))
    typed = page.locator("[id='f-gaps.1.answers']")
    expect(typed).to_be_visible()
    page.locator("[name='gaps.1.kind']").select_option("choice")
    expect(typed).to_be_hidden()
    expect(page.locator("[id='f-gaps.1.options']")).to_be_visible()
    page.get_by_label("Question", exact=True).fill("[[1]] [[2]] [[3]] [[4]]")
    page.get_by_role("button", name="Add the gaps").click()
    expect(page.locator("[name='gaps.4.kind']")).to_be_focused()


def test_without_a_script_the_same_form_is_sent(visit: Visit, site: Site, admin: Person) -> None:
    page = visit(admin, java_script_enabled=False).open(create(site, admin, "matching"))
    page.get_by_role("button", name="Remove Left side 2").click()
    page.get_by_role("button", name="Add: right side").click()
    page.locator("[name='rights.3.text']").fill("Dynamite")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#look")).to_contain_text("Dynamite")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Visit, site: Site, admin: Person, width: int, theme: str
) -> None:
    who = visit(admin, "422", viewport={"width": width, "height": 800}, color_scheme=theme)
    edit = create(site, admin, "cloze")
    for path in (
        NEW.partition("?")[0],
        NEW,
        edit,
        edit.replace("/edit", "/versions"),
        edit.replace("/edit", "/try"),
    ):
        page = who.open(path)
        check(page, width)
    page = who.open(NEW)
    page.get_by_role("button", name="Save the question").click()
    expect(page.locator("#refused")).to_be_focused()
    check(page, width)


def check(page: Page, width: int) -> None:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
    assert told == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
