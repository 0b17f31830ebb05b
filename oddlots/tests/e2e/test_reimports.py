"""A source changes under a published episode: what the desk shows, by mouse, by key, without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from oddlots.tests.e2e.conftest import Desk, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
EDIT = """
from episodes import editing
from episodes.models import Episode
turn = Episode.objects.get(slug="harbour-cranes").turns.filter(kind="speech")[{number}]
editing.save_turn(turn, version=turn.version, values={{"text": {added!r} + turn.text}}, by=None)
print(turn.uid)
"""
LAST = """
from episodes.models import Episode, ImportRun
episode = Episode.objects.get(slug="harbour-cranes")
print(episode.pk, ImportRun.objects.filter(episode=episode, state="waiting").latest("pk").pk)
"""


def shell(desk: Desk, code: str) -> str:
    return desk.manage("shell", "-v", "0", "-c", code).strip()


def change_source(desk: Desk, changes: dict[int, str]) -> None:
    """Import the episode's text once more, with words put before some turns' translations."""
    file = Path(desk.data) / "harbour.md"
    if not file.exists():
        text = desk.manage(
            "export_transcripts", "harbour-cranes", "--format", "markdown", "--working"
        )
        file.write_text(text, encoding="utf-8")
        desk.manage("import_transcripts", str(file), "--as", "harbour-cranes")
    lines = file.read_text(encoding="utf-8").split("\n")
    labelled = [
        n
        for n, line in enumerate(lines)
        if re.match(r"\*\*[^*]+\*\*[:：]|\*\*[^*]+[:：]\*\*", line)
    ]
    for number, words in changes.items():
        label, rest = re.match(
            r"(\*\*[^*]+\*\*[:：]\s*|\*\*[^*]+[:：]\*\*\s*)(.*)", lines[labelled[number]]
        ).groups()  # type: ignore[union-attr]
        lines[labelled[number]] = f"{label}{words}{rest}"
    file.write_text("\n".join(lines), encoding="utf-8")
    desk.manage("import_transcripts", str(file), "--as", "harbour-cranes")


def test_a_proposal_is_looked_at_taken_in_part_and_its_conflict_decided(
    desk: Desk, browser: Browser
) -> None:
    change_source(desk, {})
    uid = shell(desk, EDIT.format(number=2, added="编辑补的一句。"))
    change_source(desk, {2: "来源改写了开头。", 4: "来源新添的一句。", 6: "来源又添一句。"})
    episode, run = shell(desk, LAST).split()

    publisher = visit(browser, viewport=SCREEN, locale="en-US")
    page = publisher.page
    page.goto(desk.login_link("publisher"))
    page.get_by_role("link", name=re.compile("Source changed")).first.click()
    page.locator("#result_list tbody tr").first.wait_for()
    page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/")
    page.get_by_role("link", name="a proposal waits").click()
    assert page.url.endswith(f"/proposals/{run}/")
    assert violations(page) == []
    page.locator(".change", has_text="来源又添一句。").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Apply what is ticked").click()
    page.wait_for_load_state()
    turns = page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/")
    assert turns is not None
    shown = page.locator("#turns").inner_text()
    assert "来源新添的一句。" in shown
    assert "编辑补的一句。" in shown
    assert "来源又添一句。" not in shown

    page.get_by_role("link", name="conflicts wait").click()
    assert violations(page) == []
    assert page.locator("del, ins").count() > 0
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.wait_for_load_state()
    page.get_by_text("Nothing waits.").wait_for()
    page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/#{uid}")
    assert "编辑补的一句。" in page.locator(f"#{uid}").inner_text()

    page.goto(f"{desk.url}/admin/episodes/importrun/{run}/change/")
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Undo this import").click()
    page.wait_for_load_state()
    page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/")
    assert "来源新添的一句。" not in page.locator("#turns").inner_text()
    assert "编辑补的一句。" in page.locator("#turns").inner_text()
    assert [line for line in publisher.complaints if "axe" not in line] == []
    publisher.context.close()


def test_a_proposal_is_applied_without_scripts_and_read_on_a_phone(
    desk: Desk, browser: Browser
) -> None:
    change_source(desk, {9: "来源再改。"})  # a turn that no other journey edits
    episode, run = shell(desk, LAST).split()
    place = f"{desk.url}/admin/episodes/episode/{episode}/proposals/{run}/"
    plain = visit(browser, viewport=PHONE, java_script_enabled=False, locale="zh-CN")
    plain.page.goto(desk.login_link("publisher"))
    plain.page.goto(place)
    with plain.page.expect_response(lambda each: each.request.method == "POST") as answer:
        plain.page.get_by_role("button", name="应用所勾选的").click()
    assert answer.value.status == 302, answer.value.text()
    plain.page.wait_for_url(lambda url: not url.endswith(f"/proposals/{run}/"))
    plain.page.goto(f"{desk.url}/admin/episodes/episode/{episode}/turns/")
    said = plain.page.locator("#turns").text_content() or ""  # also what is not in sight
    assert "来源再改。" in said
    plain.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_turns_are_cut_and_proposals_wait(
    desk: Desk, browser: Browser, scheme: str
) -> None:
    change_source(desk, {3: f"来源为{scheme}改。"})
    episode, run = shell(desk, LAST).split()
    base = f"/admin/episodes/episode/{episode}"
    publisher = visit(browser, viewport=PHONE, color_scheme=scheme, locale="zh-CN")
    page = publisher.page
    page.goto(desk.login_link("publisher"))
    page.goto(f"{desk.url}{base}/turns/")
    uid = page.locator("article.turn").nth(3).get_attribute("data-uid")
    found = {}
    for path in (
        f"{base}/proposals/{run}/",
        f"{base}/conflicts/",
        f"{base}/removed/",
        f"{base}/insert/",
        *(f"{base}/turns/{uid}/{act}/" for act in ("split", "merge", "move", "remove")),
        "/admin/episodes/episode/queue/",
        "/admin/episodes/episode/?source=changed",
        f"/admin/episodes/importrun/{run}/change/",
        "/admin/episodes/batch/",
    ):
        answer = page.goto(desk.url + path)
        assert answer is not None
        assert answer.status == 200, path
        found[path] = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], path
    page.goto(desk.url + "/admin/episodes/episode/queue/")
    page.locator("main a[href*='/queue/']").first.click()
    found["a group"] = violations(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
    publisher.context.close()
