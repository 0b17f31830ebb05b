"""The histories and the comparison: looked at, compared, restored; by key, without scripts, small."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from oddlots.tests.e2e.conftest import Desk, look, too_wide, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
EDIT = """
from episodes import cuts, editing, naming
from episodes.models import Episode, Person
episode = Episode.objects.get(slug="harbour-cranes")
turns = list(episode.turns.filter(kind="speech"))
for words in ("先改一次。", "再改一次。"):
    turn = episode.turns.get(pk=turns[1].pk)
    editing.save_turn(turn, version=turn.version, values={"text": words + turns[1].text}, by=None)
other = episode.turns.get(pk=turns[-1].pk)
cuts.remove(other, version=other.version, by=None)
episode.refresh_from_db()
editing.save_episode(episode, revision=episode.revision, values={"area": "港口"}, by=None)
person = turns[1].speaker or Person.objects.first()
naming.save_named(person, values={"note": "一位客人。"}, by=None)
print(episode.pk, turns[1].uid, other.uid, person.pk)
"""


@pytest.fixture(scope="module")
def changed(desk: Desk) -> list[str]:
    return desk.manage("shell", "-v", "0", "-c", EDIT).split()


def places(desk: Desk, changed: list[str]) -> dict[str, str]:
    episode, uid, gone, person = changed
    base = f"{desk.url}/admin/episodes/episode/{episode}"
    return {
        "turn": f"{base}/turns/{uid}/history/",
        "turn-compared": f"{base}/turns/{uid}/history/?left=1&right=3",
        "gone": f"{base}/turns/{gone}/history/",
        "field": f"{base}/history/area/",
        "person": f"{desk.url}/admin/episodes/person/{person}/history/",
        "compare": f"{base}/compare/?left=v1&right=working",
        "compare-all": f"{base}/compare/?left=v1&right=working&all=1",
        "history": f"{base}/history/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SCREEN, PHONE], ids=["screen", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    desk: Desk, browser: Browser, changed: list[str], scheme: str, size: dict[str, int]
) -> None:
    editor = visit(browser, viewport=size, color_scheme=scheme, locale="en-US")
    editor.page.goto(desk.login_link("editor"))
    for name, place in places(desk, changed).items():
        answer = editor.page.goto(place)
        assert answer is not None
        assert answer.status == 200
        for details in editor.page.locator("details.past-restore, details.past-whole").all():
            details.evaluate("each => { each.open = true }")
        look(editor.page, f"{name}-{scheme}-{size['width']}", whole=True)
        assert (name, violations(editor.page)) == (name, [])
        assert (name, too_wide(editor.page)) == (name, 0)
    assert [line for line in editor.complaints if "axe" not in line] == []
    editor.context.close()


def test_a_state_is_compared_and_restored_by_key_and_without_scripts(
    desk: Desk, browser: Browser, changed: list[str]
) -> None:
    episode, uid, _gone, _person = changed
    plain = visit(browser, viewport=PHONE, java_script_enabled=False, locale="en-US")
    page = plain.page
    page.goto(desk.login_link("editor"))
    page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/")
    row = page.locator(f"article#{uid}")
    assert "再改一次。" in row.inner_text()
    row.get_by_role("link", name="History of turn").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/turns/{uid}/history/")
    page.get_by_role("radio", name="compare from 1").check()
    page.get_by_role("radio", name="to 2").check()
    page.get_by_role("button", name="Compare the two states chosen").click()
    compared = page.locator(".past-compared")
    assert compared.locator("ins").inner_text().endswith("先改一次。")
    second = page.locator("#state-2")
    second.get_by_text("Restore state 2").click()
    second.get_by_role("button", name="Restore this state").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/turns/?saved=*")
    text = page.locator(f"article#{uid} .text").inner_text()
    assert text.startswith("先改一次。")
    page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/{uid}/history/")
    assert "Restored the state of 20" in page.locator(".past").first.inner_text()
    plain.context.close()
