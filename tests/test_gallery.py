"""The kit in a real browser: every component on one page, at three widths, with and without script."""

import pytest
from playwright.sync_api import Page, expect

WIDTHS = [1366, 360, 320]


@pytest.fixture
def gallery(live_server, page: Page) -> Page:
    page.goto(f"{live_server.url}/components/")
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_the_gallery_has_no_fault_that_axe_finds_and_does_not_run_sideways(gallery, axe, width):
    gallery.set_viewport_size({"width": width, "height": 800})
    assert axe(gallery) == []
    assert gallery.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_sign_in_has_no_fault_that_axe_finds_and_does_not_run_sideways(live_server, page, axe, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/accounts/login/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_one_drawing_of_a_chart_is_shown_at_each_width(gallery):
    for width, shown, hidden in ((1366, ".t-chart-l", ".t-chart-s"), (360, ".t-chart-s", ".t-chart-l")):
        gallery.set_viewport_size({"width": width, "height": 800})
        expect(gallery.locator(f"#g-bars {shown} svg")).to_be_visible()
        expect(gallery.locator(f"#g-bars {hidden} svg")).to_be_hidden()


def test_errors_are_focused_when_the_page_comes(gallery):
    expect(gallery.locator(".t-errors")).to_be_focused()


def test_a_panel_fetches_itself(gallery):
    expect(gallery.locator("#g-panel")).to_contain_text("Termuat.")


def test_a_panel_that_cannot_be_fetched_says_so_in_its_place(live_server, page):
    page.route(
        "**/components/", lambda route: route.abort() if route.request.headers.get("hx-request") else route.continue_()
    )
    page.goto(f"{live_server.url}/components/")
    expect(page.locator("#g-panel")).to_contain_text("Bagian ini belum dapat dimuat.")
    expect(page.locator("#g-panel").get_by_role("link", name="Coba lagi")).to_be_visible()


def test_typing_is_saved_by_itself_and_a_lost_connection_is_told(gallery):
    bar = gallery.locator(".t-savebar .t-saved")
    form = gallery.locator("form:has(.t-savebar)")
    form.get_by_label("Nama lengkap").fill("Imam")
    expect(bar).to_contain_text("Draf tersimpan 13.37", timeout=10_000)
    gallery.route("**/components/", lambda route: route.abort())
    form.get_by_label("Nama lengkap").fill("Imam Saputra")
    expect(bar).to_have_text("Belum tersimpan. Coba lagi", timeout=10_000)


def test_missing_letters_are_counted_while_writing(gallery):
    line = gallery.locator("[data-letters]")
    expect(line).to_have_text("Paling sedikit 80 huruf.")
    gallery.locator("#id_reason").fill("a" * 43)
    expect(line).to_have_text("43 huruf. Perlu 37 lagi.")
    gallery.locator("#id_reason").fill("a" * 90)
    expect(line).to_have_text("90 huruf, cukup.")


def test_a_menu_closes_with_escape_and_gives_the_focus_back(gallery):
    button = gallery.locator(".t-head .t-more summary")
    button.click()
    expect(gallery.locator(".t-head .t-menu")).to_be_visible()
    gallery.keyboard.press("Escape")
    expect(gallery.locator(".t-head .t-menu")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_menu_closes_when_something_else_is_pressed(gallery):
    gallery.locator(".t-head .t-more summary").click()
    gallery.locator("h1").click()
    expect(gallery.locator(".t-head .t-menu")).to_be_hidden()


def test_a_dialog_opens_over_the_page_and_closes_with_escape(gallery, axe):
    gallery.get_by_role("link", name="Akhiri layanan").click()
    dialog = gallery.get_by_role("dialog", name="Akhiri layanan?")
    expect(dialog).to_be_visible()
    assert axe(gallery) == []
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_without_script_everything_is_there_and_nothing_waits_for_it(live_server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/components/")
    expect(page.locator("#g-panel a")).to_have_attribute("href", "/components/")
    expect(page.locator("#g-panel .t-loading")).to_be_hidden()
    page.locator(".t-head .t-more summary").click()
    expect(page.locator(".t-head .t-menu")).to_be_visible()
    context.close()


def test_the_first_tab_leads_to_the_content(live_server, page):
    page.goto(f"{live_server.url}/accounts/login/")
    page.goto(f"{live_server.url}/components/")
    page.locator("body").evaluate("document.activeElement.blur()")
    skip = page.locator(".t-skip")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
