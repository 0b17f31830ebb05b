"""Publishing with confidence: a time, a link to the preview, a correction; small, dark, without scripts."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from oddlots.tests.e2e.conftest import Desk, look, too_wide, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
CHANGE = """
from episodes import editing
from episodes.models import Episode, Turn
episode = Episode.objects.get(slug="harbour-cranes")
turn = episode.turns.filter(kind="speech").first()
editing.save_turn(turn, version=turn.version, values={"text": turn.text + "再说一句。"}, by=None)
blocked = Episode.objects.filter(status="review").exclude(pk=episode.pk).first()
Turn.objects.filter(episode=blocked, position__lte=20).update(unread=True)
print(episode.pk, blocked.pk)
"""


@pytest.fixture(scope="module")
def changed(desk: Desk) -> list[str]:
    return desk.manage("shell", "-v", "0", "-c", CHANGE).split()


def test_a_time_a_link_and_a_correction_without_scripts(
    desk: Desk, browser: Browser, changed: list[str]
) -> None:
    base = f"{desk.url}/admin/episodes/episode/{changed[0]}"
    plain = visit(browser, viewport=PHONE, java_script_enabled=False, locale="en-US")
    page = plain.page
    page.goto(desk.login_link("publisher"))
    page.goto(f"{base}/preview/")
    page.get_by_role("link", name="Links for people without an account").click()
    page.get_by_role("radio", name="1 day", exact=True).check()
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("in English").input_value()
    guest = visit(browser, viewport=PHONE, locale="en-US")
    answer = guest.page.goto(address)
    assert answer is not None
    assert answer.status == 200
    guest.page.get_by_role("link", name="Side by side").click()
    expect(guest.page.locator("body.view-side")).to_have_count(1)
    assert "再说一句。" in guest.page.locator(".transcript").inner_text()

    page.goto(f"{base}/turns/")
    page.get_by_role("link", name="Publish the next edition").click()
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    page.get_by_label("Date and time").fill(f"{tomorrow:%Y-%m-%dT08:00}")
    page.get_by_label("Correction that readers see").fill("上一版把四十亿误作四亿。")
    page.get_by_role("button", name="Set this time").click()
    page.wait_for_url("**/turns/")
    assert f"To be published {tomorrow:%Y-%m-%d} 08:00" in page.locator(".timed").inner_text()
    page.get_by_role("link", name="Change the time").click()
    assert page.get_by_label("Correction that readers see").input_value().startswith("上一版")
    page.get_by_role("button", name="Publish the next edition").click()
    page.wait_for_url("**/turns/")
    assert page.locator(".timed").count() == 0

    read = guest.page.goto(address)
    assert read is not None
    assert read.status == 410
    guest.page.goto(f"{desk.url}/episodes/harbour-cranes/")
    assert "上一版把四十亿误作四亿。" in guest.page.locator(".corrections").inner_text()
    guest.context.close()
    plain.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SCREEN, PHONE], ids=["screen", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    desk: Desk, browser: Browser, changed: list[str], scheme: str, size: dict[str, int]
) -> None:
    desk.manage("shell", "-v", "0", "-c", CHANGE)
    staff = visit(browser, viewport=size, color_scheme=scheme, locale="zh-CN")
    page = staff.page
    page.goto(desk.login_link("publisher"))
    base = f"{desk.url}/admin/episodes/episode"
    places = {
        "next": f"{base}/{changed[0]}/move/publish_next/",
        "archive": f"{base}/{changed[0]}/move/archive/",
        "blocked": f"{base}/{changed[1]}/move/publish/",
        "head": f"{base}/{changed[1]}/history/",
        "links": f"{base}/{changed[0]}/preview/links/",
        "preview": f"{base}/{changed[0]}/preview/",
        "corrections": f"{desk.url}/episodes/harbour-cranes/",
        "corrections-en": f"{desk.url}/en/episodes/harbour-cranes/",
    }
    for name, place in places.items():
        answer = page.goto(place)
        assert answer is not None
        assert answer.status == 200
        for details in page.locator(".gate, .obstacles details").all():
            details.evaluate("each => { each.open = true }")
        if name == "links":
            page.locator("form button.primary").first.click()
            expect(page.locator("#link-en")).to_have_count(1)
        look(page, f"{name}-{scheme}-{size['width']}", whole=True)
        assert (name, violations(page)) == (name, [])
        assert (name, too_wide(page)) == (name, 0)
    page.goto(f"{base}/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("publish")
    page.locator("button[name=index]").click()
    look(page, f"several-{scheme}-{size['width']}", whole=True)
    assert ("several", violations(page)) == ("several", [])
    assert ("several", too_wide(page)) == ("several", 0)
    staff.context.close()
