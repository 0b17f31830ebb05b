"""A reader meets a term in an episode, opens its note, goes to its entry and looks through the index."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page

from oddlots.tests.e2e.conftest import Desk, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
EPISODE = "/en/episodes/harbour-cranes/?view=zh"


def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent"))


def note_of(page: Page, term: Locator) -> Locator:
    return page.locator(f"#{term.get_attribute('popovertarget')}")


def overlap(one: Locator, other: Locator) -> bool:
    """Whether two boxes on the screen share a point."""
    first, second = one.bounding_box(), other.bounding_box()
    assert first is not None
    assert second is not None
    return all(
        first[at] < second[at] + second[size] and second[at] < first[at] + first[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the words have the focus."""
    for _press in range(120):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    pytest.fail(f"Tab never reached “{words}”")


def test_a_term_is_reached_opened_and_followed_by_keyboard(desk: Desk, browser: Browser) -> None:
    reader = visit(browser, viewport=SCREEN)
    page = reader.page
    page.goto(desk.url + EPISODE)
    tab_to(page, "岸桥")
    term = page.locator("button.term:focus")
    assert term.evaluate("e => e.matches(':focus-visible')")
    note = note_of(page, term)
    assert not note.is_visible()
    page.keyboard.press("Enter")
    assert note.is_visible()
    assert "架在岸边" in note.inner_text()
    assert not overlap(term, note)
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not note.is_visible()
    assert focused(page) == "岸桥"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "In the glossary"
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/glossary/quay-crane/")
    assert page.locator("h1").inner_text() == "岸桥"
    assert page.locator(".uses li").count() >= 1

    page.get_by_role("navigation", name="Site").get_by_role("link", name="Glossary").click()
    area = page.get_by_label("Area", exact=True)
    value = area.locator("option").nth(1).get_attribute("value")
    area.select_option(value)
    page.get_by_label("Look up a term", exact=False).fill("crane")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/glossary/?q=crane&**")
    assert page.get_by_label("Area", exact=True).input_value() == value
    assert page.get_by_role("status").count() == 1
    page.get_by_label("Area", exact=True).select_option("")
    page.get_by_role("button", name="Look up").click()
    assert page.locator(".term-head a").all_inner_texts() == ["岸桥"]
    page.get_by_role("link", name="岸桥").click()
    page.wait_for_url("**/en/glossary/quay-crane/")
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_term_opens_and_closes_by_touch(desk: Desk, browser: Browser, scripts: bool) -> None:
    reader = visit(browser, viewport=PHONE, has_touch=True, java_script_enabled=scripts)
    page = reader.page
    page.goto(desk.url + EPISODE)
    term = page.get_by_role("button", name="岸桥", exact=True).first
    note = note_of(page, term)
    term.tap()
    assert note.is_visible()
    assert not overlap(term, note)
    box = note.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    page.touchscreen.tap(PHONE["width"] - 3, 3)
    assert not note.is_visible()
    term.tap()
    term.tap()
    assert not note.is_visible()
    term.tap()
    note.get_by_role("link").tap()
    page.wait_for_url("**/en/glossary/quay-crane/")
    reader.context.close()


def test_notes_are_printed_in_the_text_and_not_over_it(desk: Desk, browser: Browser) -> None:
    reader = visit(browser, viewport=SCREEN)
    page = reader.page
    page.goto(desk.url + EPISODE)
    page.emulate_media(media="print")
    notes = page.locator(".note")
    assert notes.count() >= 1
    places = notes.evaluate_all("all => all.map(note => getComputedStyle(note).position)")
    assert set(places) == {"static"}
    assert notes.first.is_visible()
    reader.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/glossary/?q=an",
        "/en/glossary/?area=nowhere",
        "/en/glossary/?q=zzzz&tag=shipping",
        "/en/glossary/quay-crane/",
    ],
)
def test_axe_finds_nothing_in_the_glossary(
    desk: Desk, browser: Browser, path: str, scheme: str
) -> None:
    reader = visit(browser, viewport=PHONE, color_scheme=scheme)
    reader.page.goto(desk.url + path)
    assert violations(reader.page) == []
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [line for line in reader.complaints if "Content Security Policy" in line] == []
    reader.context.close()
