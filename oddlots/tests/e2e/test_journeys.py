"""Journeys through a desk started as the README says: what an editor, a publisher, a reader does."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser

from oddlots.tests.e2e.conftest import (
    Desk,
    eventually,
    links,
    start,
    stop,
    violations,
    visit,
)

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1440, "height": 900}
PUBLIC = (
    "/",
    "/en/",
    "/episodes/",
    "/en/episodes/harbour-cranes/",
    "/episodes/harbour-cranes/?view=side",
    "/episodes/harbour-cranes/?view=zh",
    "/episodes/harbour-cranes/v1/",
    "/people/mara-quill/",
    "/en/glossary/",
    "/glossary/",
    "/glossary/quay-crane/",
    "/tags/shipping/",
    "/episodes/no-such-episode/",
    "/episodes/deep-cables/",
)


def status(address: str) -> int:
    """Return the status of a GET without following the caller's cookies."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_desk_starts_twice_in_the_same_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("twice")
    first = start(folder)
    assert sorted(links(first.printed)) == ["editor", "publisher"]
    assert "loading the sample episodes" in first.printed
    assert status(first.url + "/healthz") == 200
    assert stop(first) == 0
    second = start(folder)
    assert "loading the sample episodes" not in second.printed
    assert status(second.url + "/episodes/harbour-cranes/") == 200
    assert stop(second) == 0


def test_the_samples_stand_in_every_status(desk: Desk) -> None:
    answers = {
        name: status(f"{desk.url}/episodes/{name}/")
        for name in ("harbour-cranes", "sodium-batteries", "seed-library", "night-trains")
    }
    assert answers == {
        "harbour-cranes": 200,
        "sodium-batteries": 200,
        "seed-library": 404,
        "night-trains": 404,
    }
    assert status(f"{desk.url}/episodes/deep-cables/") == 410


def test_a_printed_link_logs_in_once(desk: Desk, browser: Browser) -> None:
    link = desk.login_link("editor")
    first = visit(browser)
    first.page.goto(link)
    assert first.page.url == desk.url + "/admin/"
    second = visit(browser)
    answer = second.page.goto(link)
    assert answer is not None
    assert answer.status == 410
    first.context.close()
    second.context.close()


def test_an_editor_corrects_a_publisher_publishes_a_reader_sees_it(
    desk: Desk, browser: Browser
) -> None:
    words = "可是记者们从不为一扇大门停下脚步。"
    editor = visit(browser, viewport=SCREEN, locale="en-US")
    page = editor.page
    page.goto(desk.login_link("editor"))
    page.get_by_role("link", name="吊机不睡觉", exact=False).first.click()
    turn = page.locator("article.turn", has_text="可是没有人会为一扇大门拍宣传片")
    uid = turn.get_attribute("data-uid")
    turn.get_by_role("link", name=re.compile("Edit")).click()
    form = page.locator(f"form#{uid}")
    form.locator("textarea[name=text]").fill(words)
    form.get_by_role("button", name="Save").click()
    page.locator(f"article#{uid}", has_text=words).wait_for()
    episode = page.url.split("?")[0].split("#")[0]

    reader = visit(browser, viewport=PHONE)
    reader.page.goto(f"{desk.url}/episodes/harbour-cranes/")
    assert words not in reader.page.content()

    page.goto(episode)
    assert page.get_by_role("link", name="Publish the next edition").count() == 0

    publisher = visit(browser, viewport=SCREEN, locale="en-US")
    publisher.page.goto(desk.login_link("publisher"))
    publisher.page.goto(episode)
    publisher.page.get_by_role("link", name="Publish the next edition").click()
    publisher.page.get_by_label("Note", exact=False).fill("Closer to what was said")
    publisher.page.get_by_role("button", name="Publish the next edition").click()
    publisher.page.wait_for_url(re.compile("/turns/"))

    reader.page.goto(f"{desk.url}/episodes/harbour-cranes/#{uid}")
    reader.page.reload()
    assert words in reader.page.locator(f"#{uid}").inner_text()
    assert status(f"{desk.url}/episodes/harbour-cranes/v1/") == 200
    reader.page.goto(f"{desk.url}/episodes/harbour-cranes/v1/")
    assert words not in reader.page.content()
    assert editor.complaints + publisher.complaints + reader.complaints == []
    for one in (editor, publisher, reader):
        one.context.close()


def test_a_rebuild_asked_for_in_the_admin_is_done_by_the_worker(
    desk: Desk, browser: Browser
) -> None:
    publisher = visit(browser, viewport=SCREEN, locale="en-US")
    page = publisher.page
    page.goto(desk.login_link("publisher"))
    page.goto(desk.url + "/admin/glossary/entry/")
    page.get_by_role("button", name=re.compile("rebuild", re.IGNORECASE)).first.click()
    ended = (
        "from episodes.models import Job; "
        "print(Job.objects.filter(kind='glossary.rebuild').first().state)"
    )
    assert eventually(40, lambda: "done" in desk.manage("shell", "-v", "0", "-c", ended))
    page.goto(desk.url + "/admin/glossary/entry/")
    assert page.get_by_role("link", name="岸桥").count() == 1
    assert publisher.complaints == []
    publisher.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
def test_axe_finds_nothing_on_public_pages(
    desk: Desk, browser: Browser, path: str, scheme: str
) -> None:
    reader = visit(browser, viewport=PHONE, color_scheme=scheme)
    reader.page.goto(desk.url + path)
    assert violations(reader.page) == []
    wide = reader.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    reader.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_desk(desk: Desk, browser: Browser, scheme: str) -> None:
    publisher = visit(browser, viewport=SCREEN, color_scheme=scheme, locale="en-US")
    page = publisher.page
    page.goto(desk.login_link("publisher"))
    found = {"/admin/": violations(page)}
    page.goto(desk.url + "/admin/episodes/episode/")
    row = page.get_by_role("link", name="种子图书馆", exact=False).first
    turns = row.get_attribute("href") or ""
    base = turns.split("/turns/")[0].split("?")[0].rstrip("/")
    for path in (
        "/admin/episodes/episode/",
        "/admin/episodes/episode/import/",
        f"{base}/turns/",
        f"{base}/change/",
        f"{base}/preview/",
        f"{base}/history/",
        f"{base}/publish/",
        "/admin/episodes/person/",
        "/admin/glossary/entry/",
        "/admin/episodes/job/",
        "/admin/episodes/importrun/",
    ):
        page.goto(desk.url + path)
        found[path] = violations(page)
    page.goto(desk.url + "/admin/glossary/entry/")
    page.locator("#result_list tbody th a").first.click()
    found["an entry"] = violations(page)
    stranger = visit(browser, viewport=SCREEN, color_scheme=scheme, locale="en-US")
    stranger.page.goto(desk.url + "/admin/login/")
    found["login"] = violations(stranger.page)
    assert {path: lines for path, lines in found.items() if lines} == {}
    publisher.context.close()
    stranger.context.close()


def test_a_term_opens_in_place_without_javascript(desk: Desk, browser: Browser) -> None:
    reader = visit(browser, viewport=PHONE, java_script_enabled=False)
    page = reader.page
    page.goto(f"{desk.url}/episodes/harbour-cranes/")
    term = page.get_by_role("button", name="岸桥").first
    term.focus()
    page.keyboard.press("Enter")
    note = page.locator(f"#{term.get_attribute('popovertarget')}")
    assert note.is_visible()
    assert "架在岸边" in note.inner_text()
    page.keyboard.press("Escape")
    assert not note.is_visible()
    reader.context.close()


def test_hostile_text_does_nothing_anywhere(desk: Desk, browser: Browser) -> None:
    hostile = (
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
        "[link](javascript:document.title='owned') <svg onload=document.title='owned'>"
    )
    quoted = json.dumps(hostile)
    text = (
        f"---\ntitle: {quoted}\nsummary: {quoted}\npeople: [{quoted}]\n"
        f"companies_orgs: [{quoted}]\ntags: [{quoted}]\narea: {quoted}\n---\n\n"
        f"### {hostile}\n\nMara Quill: 你好。{hostile} **术语**（Term: {hostile}）\n\n<details>\n"
        f"<summary>Original English</summary>\n\nHello. {hostile}\n\n</details>\n\n"
        "Owen Hart: 再见。\n\nMara Quill: 再见。\n"
    )
    file = desk.data / "hostile.md"
    file.write_text(text, encoding="utf-8")
    desk.manage("import_transcripts", str(file))
    editor = visit(browser, viewport=SCREEN, locale="en-US")
    page = editor.page
    page.goto(desk.login_link("editor"))
    page.goto(desk.url + "/admin/episodes/episode/?q=hostile")
    seen = 0
    page.locator("#result_list a").first.click()
    base = page.url.split("/turns/")[0]
    for path in ("/turns/", "/change/", "/preview/", "/history/", "/submit/"):
        page.goto(base + path)
        page.wait_for_timeout(150)
        assert "owned" not in page.title().replace("document.title='owned'", "")
        assert page.locator("script:not([src])").count() == 0
        seen += 1
    assert seen == 5
    assert [line for line in editor.complaints if "Content Security Policy" in line] == []
    editor.context.close()
