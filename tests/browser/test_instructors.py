"""What instructors do: bring a file in, hand out its quiz, take it back, mend and take out."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from quizapp.core.formats.shared.source import Source
from quizapp.services.content import bank_pages
from quizapp.services.people import accounts
from quizapp.services.people.sessions import Person
from quizapp.services.quizzes import quizzes
from quizapp.services.transfer import importing
from tests.browser.conftest import Visit
from tests.browser.ground import ROOT, Site, fill_in, real_now
from tests.browser.test_pages import faults

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("worker")]
RIVERS = ROOT / "tests/browser/banks/rivers.gift"
PASSWORD = "orchid lamp seven"
CARDS = "Rhine; flows into the North Sea\nDanube; flows into the Black Sea\n"
DROP = """([target, name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    for (const kind of ["dragover", "drop"]) document.querySelector(target).dispatchEvent(
        new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def bank(site: Site, teacher: Person) -> str:
    """The address of a bank about rivers that the teacher owns."""
    with site.inside():
        source = Source.of("rivers.gift", RIVERS.read_bytes())
        slug = importing.import_bank(source, owner_id=teacher.id, now=real_now()).bank
        return f"/banks/{slug}"


def headline(page: Page, text: str) -> None:
    """Wait for what the worker makes of a file."""
    expect(page.locator("h1")).to_have_text(text, timeout=30_000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def bring(page: Page, file: Path = RIVERS) -> None:
    """Send a file from the form."""
    page.set_input_files("#file", file)
    press(page, "Look at the file")


def check_preview(page: Page) -> None:
    headline(page, "7 of 8 questions are ready")
    refused = page.get_by_role("region", name="Refused").get_by_role("listitem")
    expect(refused).to_contain_text("Question 2 Source, line 10")
    expect(refused).to_contain_text("The braces of its answers do not match")
    noted = page.get_by_role("region", name="Worth a look").get_by_role("listitem")
    expect(noted).to_contain_text("A river ends at its _____ most often.")
    expect(noted).to_contain_text("Only the first braces with answers count")


def guest_answers(visit: Visit, address: str, **context: Any) -> None:
    """Open a quiz as somebody without an account, and answer its first question."""
    page = visit(**context).page
    page.goto(address)
    expect(page.locator(".figure").first).to_have_text(re.compile(r"6\s*questions"))
    press(page, "Start")
    expect(page.locator(".progress")).to_contain_text("Question 1 of 6")
    if not fill_in(page):
        page.locator("[data-ask] .btn.primary").click()
    expect(page.locator(".verdict-line")).to_be_visible()


def holds(site: Site, teacher: Person) -> tuple[int, int]:
    """How many banks and quizzes the teacher sees besides those of the site."""
    with site.inside():
        banks = [each for each in bank_pages.visible(teacher) if "river" in each.slug]
        return len(banks), len(list(quizzes.visible_quizzes(teacher)))


def test_four_actions_lead_from_a_file_to_the_link_of_a_quiz_that_a_guest_answers(
    site: Site, visit: Visit
) -> None:
    with site.inside():
        accounts.add_user("ines@example.org", "instructor", "Ines", PASSWORD, real_now())
    page = visit().open("/sign-in?next=/banks")
    page.fill("#email", "ines@example.org")
    page.fill("#password", PASSWORD)
    press(page, "Sign in")
    page.get_by_role("link", name="Bring questions in").click()
    page.set_input_files("#file", RIVERS)  # one
    press(page, "Look at the file")  # two
    check_preview(page)
    page.get_by_label("Leave out Match each river with its sea.").check()  # three
    press(page, "Store them and publish a quiz")  # four
    headline(page, "6 questions are stored")
    guest_answers(visit, page.get_by_label("Link", exact=True).input_value())
    page.get_by_role("link", name="Open the bank").click()
    expect(page.locator(".lede")).to_contain_text("6 questions")


def test_without_a_script_the_same_actions_lead_to_the_link(visit: Visit, teacher: Person) -> None:
    page = visit(teacher, java_script_enabled=False).open("/import")
    bring(page)
    check_preview(page)
    page.get_by_label("Leave out Match each river with its sea.").check()
    press(page, "Store them and publish a quiz")
    headline(page, "6 questions are stored")
    expect(page.get_by_role("button", name="Copy the link")).to_be_hidden()
    address = page.get_by_label("Link", exact=True).input_value()
    guest_answers(visit, address, java_script_enabled=False)
    press(page, "Take it all back")
    headline(page, "Taken back")


def test_the_keyboard_alone_leads_to_the_link(visit: Visit, teacher: Person) -> None:
    page = visit(teacher).open("/import")
    tab_to(page, page.get_by_label("File", exact=True))
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(RIVERS)
    tab_to(page, page.get_by_role("button", name="Look at the file"))
    page.keyboard.press("Enter")
    check_preview(page)
    # The ticks come after the buttons: one goes on to them and back.
    tab_to(page, page.get_by_label("Leave out Match each river with its sea."))
    page.keyboard.press("Space")
    store = page.get_by_role("button", name="Store them and publish a quiz")
    tab_to(page, store, "Shift+Tab")
    page.keyboard.press("Enter")
    headline(page, "6 questions are stored")
    tab_to(page, page.get_by_role("button", name="Copy the link"))
    tab_to(page, page.get_by_role("button", name="Take it all back"))
    page.keyboard.press("Enter")
    headline(page, "Taken back")


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press a key until a control is focused, as somebody without a pointer does."""
    for _ in range(40):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by {key}")


@pytest.mark.parametrize("target", ["[data-drop]", ".foot"])
def test_a_file_that_is_dropped_on_the_page_is_looked_at(
    visit: Visit, teacher: Person, target: str
) -> None:
    page = visit(teacher).open("/import")
    page.evaluate(DROP, [target, "rivers.gift", RIVERS.read_text()])
    check_preview(page)
    press(page, "Discard the file")
    expect(page.get_by_role("status").first).to_contain_text("Nothing of it was stored.")


def test_a_file_that_is_too_large_is_not_sent(visit: Visit, teacher: Person) -> None:
    page = visit(teacher).open("/import")
    page.eval_on_selector("[data-most]", "element => { element.dataset.most = 10; }")
    page.evaluate(DROP, ["[data-drop]", "rivers.gift", RIVERS.read_text()])
    expect(page.locator("[data-drop-said]")).to_have_text("That file is larger than 64 MB.")
    assert page.url.endswith("/import")


def test_a_pasted_list_becomes_cards_and_its_separator_can_be_changed(
    visit: Visit, teacher: Person
) -> None:
    page = visit(teacher).open("/import")
    page.get_by_label("List", exact=True).fill(CARDS.replace("; ", "\t"))
    press(page, "Look at the list")
    headline(page, "2 of 2 questions are ready")
    expect(page.locator("[data-entry] .chip")).to_have_text(["Flashcard", "Flashcard"])
    page.goto(page.url.rpartition("/")[0])
    page.get_by_label("List", exact=True).fill(CARDS)
    press(page, "Look at the list")
    headline(page, "0 of 2 questions are ready")
    page.get_by_label("Separator").select_option("Semicolon")
    press(page, "Read it again")
    headline(page, "2 of 2 questions are ready")
    expect(page.locator("[data-entry]").first).to_contain_text("Rhine")
    expect(page.get_by_role("button", name="publish a quiz")).to_have_count(0)
    page.get_by_label("Title of the bank and quiz").fill("Seas")
    press(page, "Store them")
    headline(page, "2 questions are stored")
    page.get_by_role("link", name="Open the bank").click()
    expect(page.locator("h1")).to_have_text("Seas")


def test_a_broken_file_is_told_plainly_and_leaves_nothing(
    site: Site, visit: Visit, teacher: Person, tmp_path: Path
) -> None:
    before = holds(site, teacher)
    file = tmp_path / "rivers.zip"
    file.write_bytes(b"PK\x03\x04 and no zip")
    page = visit(teacher).open("/import")
    bring(page, file)
    headline(page, "That file could not be read")
    expect(page.locator("main")).to_contain_text("rivers.zip. Nothing was stored.")
    expect(page.get_by_role("alert")).to_have_text("The zip file is damaged and cannot be read.")
    assert holds(site, teacher) == before
    page.get_by_role("link", name="Choose another file").click()
    expect(page.get_by_role("region", name="Lately")).to_contain_text("could not be read")


def test_what_was_stored_is_taken_back_with_its_quiz(
    site: Site, visit: Visit, teacher: Person
) -> None:
    before = holds(site, teacher)
    page = visit(teacher, "404").open("/import")
    bring(page)
    press(page, "Store them and publish a quiz")
    headline(page, "7 questions are stored")
    assert holds(site, teacher) == (before[0] + 1, before[1] + 1)
    quiz = page.get_by_label("Link", exact=True).input_value()
    press(page, "Take it all back")
    headline(page, "Taken back")
    assert holds(site, teacher) == before
    page.get_by_role("link", name="Bring another file in").click()
    lately = page.get_by_role("region", name="Lately")
    expect(lately).to_contain_text("taken back")
    assert lately.get_by_role("link").count() == 1  # none to a bank that is gone
    page.goto(quiz)
    expect(page.locator("h1")).to_contain_text("not")


def test_a_question_is_mended_from_the_list_of_its_bank(
    visit: Visit, teacher: Person, bank: str
) -> None:
    page = visit(teacher).open(bank)
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="Cologne", exact=True).click()
    page.get_by_label("Question", exact=True).fill("Which river flows through **Cologne**?")
    expect(page.locator("[data-shown] strong").first).to_have_text("Cologne")
    press(page, "Save as version 2")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    versions = page.get_by_role("region", name="Versions").get_by_role("listitem")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text(re.compile(r"Version 2\s*now"))
    expect(page.locator("#changes + form ~ *").first).to_contain_text("Cologne")


def test_a_bank_is_taken_out_with_a_word_on_what_stays_behind(
    visit: Visit, teacher: Person, bank: str
) -> None:
    page = visit(teacher).open(f"{bank}/manage")
    page.get_by_role("link", name="Take out", exact=True).click()
    page.get_by_role("link", name="Moodle XML").click()
    expect(page.locator(".lede")).to_contain_text("The file holds 7 questions.")
    assert "<text>Dams</text>" in downloaded(page, ".xml")
    page.get_by_role("link", name="Other formats").click()
    page.get_by_role("link", name="Aiken").click()
    expect(page.locator(".lede")).to_contain_text("The file holds 2 questions.")
    behind = page.get_by_role("region", name="What stays behind").get_by_role("listitem")
    expect(behind.filter(has_text="Length")).to_contain_text("no place for this type of question")
    text = downloaded(page, ".txt")
    assert "Which river flows through Cologne?" in text
    assert text.count("ANSWER: ") == 2


def downloaded(page: Page, ending: str) -> str:
    """Press Download; returns what the file holds."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).click()
    assert started.value.suggested_filename.endswith(ending)
    return Path(started.value.path()).read_text()


def test_the_key_on_paper_names_the_letters_that_the_questions_have(
    visit: Visit, teacher: Person, bank: str
) -> None:
    page = visit(teacher).open(f"{bank}/print")
    letter = page.locator(".printed").first.get_by_role("listitem").filter(has_text="Rhine")
    shown = letter.inner_text().split()[0]
    page.get_by_role("link", name="Key", exact=True).click()
    first = page.locator(".paper-list li").first
    expect(first).to_have_text(re.compile(rf"1\.\s*{shown}\s+Rhine"))
    pairs = page.locator(".paper-list li").filter(has_text="Oder")
    expect(pairs).to_contain_text(re.compile(r"Danube: [ABC] Black Sea"))
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Part")).to_be_hidden()


def test_the_pages_of_a_file_have_no_fault(visit: Visit, teacher: Person, tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    page = visit(teacher).open("/import")
    found["new"] = opened(page)
    bring(page)
    headline(page, "7 of 8 questions are ready")
    found["preview"] = opened(page)
    press(page, "Store them and publish a quiz")
    headline(page, "7 questions are stored")
    found["stored"] = opened(page)
    page.get_by_role("link", name="Change the quiz").click()
    found["quiz editor"] = opened(page)
    page.goto(page.url.partition("/quizzes/")[0] + "/import")
    found["lately"] = opened(page)
    file = tmp_path / "rivers.zip"
    file.write_bytes(b"PK\x03\x04 and no zip")
    bring(page, file)
    headline(page, "That file could not be read")
    found["failed"] = opened(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_the_pages_of_a_bank_have_no_fault(visit: Visit, teacher: Person, bank: str) -> None:
    page = visit(teacher).open(f"{bank}/manage")
    edit = page.get_by_role("link", name="Cologne", exact=True).get_attribute("href") or ""
    paths = ["/export", "/export/aiken", "/print", "/print?part=sheet", "/print?part=key"]
    paths += ["/manage", "/manage/facts", "/manage/suggestions", "/manage/settings", "/flaws"]
    found = {}
    for path in ["/banks", edit, *(bank + each for each in paths)]:
        page.goto(bank_site(page) + path)
        found[path] = opened(page)
    assert {path: each for path, each in found.items() if each} == {}


def bank_site(page: Page) -> str:
    return page.url.partition("/banks")[0]


def opened(page: Page) -> list[str]:
    """What is wrong with a page whose every part is unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    return faults(page)
