"""The first admin, an invitation, and shutting somebody out, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from quizapp.services.people import setup
from tests.browser.conftest import Visit
from tests.browser.ground import Site, real_now

pytestmark = pytest.mark.browser
PASSWORD = "orchid lamp seven"


def make_account(page: Page, name: str, email: str) -> None:
    page.fill("#name", name)
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    expect(page.locator(".bar .me")).to_have_text(name)


def test_the_first_admin_invites_somebody_and_shuts_them_out(site: Site, visit: Visit) -> None:
    with site.inside():
        token = setup.make_link(real_now())
    admin = visit().open(f"/links/{token}")
    make_account(admin, "Ada", "ada@example.org")
    admin.click("nav >> text=Admin")
    admin.select_option("#role", "instructor")
    admin.click("text=Make an invitation link")
    address = admin.input_value("#link")

    invited = visit(None, "404|410|422").page
    invited.goto(address)
    expect(invited.locator("main")).to_contain_text("As an instructor you can own question banks")
    make_account(invited, "Ines", "ines@example.org")

    admin.click("text=Back to people")
    row = admin.locator(".rows > li", has_text="ines@example.org")
    expect(row).to_contain_text("Instructor")
    row.locator("summary", has_text="Change").click()
    row.locator("summary", has_text="Shut out").click()  # asked once more: it signs them out
    row.get_by_role("button", name="Shut out Ines").click()
    expect(admin.get_by_text("Ines is signed out and cannot sign in.")).to_be_visible()
    expect(row).to_contain_text("Shut out")

    invited.goto(f"{site.url}/sign-in")
    expect(invited.locator(".bar .me")).to_have_text("Sign in")
    invited.fill("#email", "ines@example.org")
    invited.fill("#password", PASSWORD)
    invited.click("main button.primary")
    expect(invited.get_by_role("alert")).to_contain_text("do not go together")
    for used in (f"{site.url}/links/{token}", address):
        invited.goto(used)
        expect(invited.locator("h1")).to_have_text("This link does not work any more")
