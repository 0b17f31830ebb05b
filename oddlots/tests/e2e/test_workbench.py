"""The workbench: findings corrected by keyboard alone, what is typed is never lost, who reads goes on."""

from __future__ import annotations

import itertools
import json
import re
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from oddlots.tests.e2e.conftest import Desk, Visit, eventually, look, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
numbers = itertools.count(int(time.time()))
PLANT = """
from django.contrib.auth.models import Group, User
from episodes import checking
from episodes.imports import Incoming, import_document
from episodes.models import Episode
name = {name!r}
episode_slug = name.replace(" ", "-")
user, made = User.objects.get_or_create(username="ann", defaults={{"is_staff": True}})
if made:
    user.set_password("a harbour at night 7")
    user.save()
    user.groups.add(Group.objects.get(name="Editors"))
lines = []
for number in range({turns}):
    slip = '\\\\\\\\"' if number % 2 and number < {slips} * 2 else ""
    who = ("Mara Quill", "Ingrid Solberg")[number % 2]
    lines.append(
        f"{{who}}: 第{{number}}段，我们谈港口的运作{{slip}}，吊车很重要。\\n\\n<details>\\n<summary>Original English"
        f"</summary>\\n\\nPart {{number}}: we talk about how ports work, and cranes matter.\\n\\n</details>\\n"
    )
front = {front!r}
text = f"---\\ntitle: {{name}}\\ndate: 2025-03-01\\nsummary: 港口的运作。\\nsource: https://harbour.example/{{episode_slug}}\\n{{front}}people: [Mara Quill, Ingrid Solberg]\\n---\\n\\n### 港口\\n\\n" + "\\n".join(lines)
found = import_document(Incoming(data=text.encode(), address=name + ".md"))
episode = Episode.objects.get(pk=found.episode_id)
checking.check_now(episode)
print(episode.pk)
"""
LEFT = """
import json
from episodes.models import Episode
episode = Episode.objects.get(pk={pk})
turns = list(episode.turns.order_by("position"))
print(json.dumps({{
    "findings": episode.findings.filter(stands=True, state="open", fix__isnull=False).count(),
    "open": episode.findings.filter(stands=True, state="open").count(),
    "away": episode.findings.filter(state="dismissed", stands=True).count(),
    "texts": [turn.text for turn in turns],
    "uids": [turn.uid for turn in turns],
    "read": [turn.read_version == turn.version for turn in turns],
}}))
"""


def plant(desk: Desk, name: str, *, slips: int = 12, turns: int = 30, front: str = "") -> str:
    """Import a transcript with so many slips that can be mended; return its id."""
    name = f"{name} {next(numbers)}"
    code = PLANT.format(name=name, slips=slips, turns=turns, front=front)
    return desk.manage("shell", "-v", "0", "-c", code).strip()


def stands(desk: Desk, pk: str) -> dict[str, Any]:
    """Return what stands in the database."""
    answer: dict[str, Any] = json.loads(desk.manage("shell", "-v", "0", "-c", LEFT.format(pk=pk)))
    return answer


def at(desk: Desk, pk: str) -> str:
    return f"{desk.url}/admin/episodes/episode/{pk}/turns/"


@pytest.fixture
def ann(desk: Desk, browser: Browser) -> Iterator[Visit]:
    """An editor with a password, logged in."""
    plant(desk, "first", slips=1, turns=2)
    one = visit(browser, viewport=SCREEN, locale="en-US")
    one.page.goto(desk.login_link("ann"))
    yield one
    one.context.close()


def settled(page: Page) -> None:
    """Wait until nothing is asked of the desk any more."""
    busy = page.locator("[aria-busy=true], .checking")
    page.evaluate("desk.acts.settled()")
    assert eventually(20, lambda: busy.count() == 0)
    page.evaluate("desk.acts.settled()")


def test_ten_findings_are_corrected_by_keyboard_alone_without_a_page_load(
    desk: Desk, ann: Visit
) -> None:
    pk = plant(desk, "ten findings")
    before = stands(desk, pk)["findings"]
    assert before >= 12
    page = ann.page
    page.goto(at(desk, pk))
    page.evaluate("window.unbroken = true")
    page.keyboard.press("n")
    assert page.locator("[data-finding][aria-current=true]").count() == 1
    for _finding in range(4):  # four are mended as they are shown
        page.keyboard.press("m")
    settled(page)
    for _finding in range(3):  # three are edited where they stand, each save goes on to the next
        page.keyboard.press("e")
        field = page.locator(".turn-form textarea[name=text]")
        field.wait_for()
        chosen = field.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
        assert "\\" in chosen
        page.keyboard.type("”")
        page.keyboard.press("Control+Shift+Enter")
        field.wait_for(state="detached")
    settled(page)
    for _finding in range(3):  # three are put away
        page.keyboard.press("x")
    settled(page)
    now = stands(desk, pk)
    assert (now["findings"], now["away"]) == (before - 10, 3)
    assert page.locator("[data-said=found]").inner_text() == f"{now['open']} findings"
    # the last thing is taken back: it stands again and is the current one
    page.keyboard.press("u")
    settled(page)
    assert stands(desk, pk)["findings"] == before - 9
    assert page.locator("[data-finding][aria-current=true]").count() == 1
    assert page.evaluate("window.unbroken") is True
    assert ann.complaints == []


def test_what_mending_wrote_is_taken_back_by_key(desk: Desk, ann: Visit) -> None:
    pk = plant(desk, "taken back", slips=3, turns=8)
    was = stands(desk, pk)
    page = ann.page
    page.goto(at(desk, pk))
    page.evaluate("window.unbroken = true")
    page.keyboard.press("n")
    page.keyboard.press("m")
    settled(page)
    assert stands(desk, pk)["texts"] != was["texts"]
    page.keyboard.press("u")
    settled(page)
    assert stands(desk, pk) == was
    assert page.evaluate("window.unbroken") is True


def test_no_key_does_anything_while_an_input_method_composes_or_one_types(
    desk: Desk, ann: Visit
) -> None:
    pk = plant(desk, "composing", slips=3, turns=8)
    was = stands(desk, pk)
    page = ann.page
    page.goto(at(desk, pk))
    page.keyboard.press("n")
    page.evaluate(
        """() => {
          const press = (more) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "m", bubbles: true, cancelable: true, ...more }));
          press({ isComposing: true });
          press({ keyCode: 229 });
          document.activeElement.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          press({});
          press({ key: "r" });
          document.activeElement.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
        }"""
    )
    settled(page)
    assert stands(desk, pk) == was
    page.keyboard.press("e")
    field = page.locator(".turn-form textarea[name=text]")
    field.wait_for()
    page.keyboard.press("End")
    page.keyboard.type("mxurjkn?.")
    field.evaluate(
        """it => it.dispatchEvent(new KeyboardEvent("keydown",
          { key: "Enter", ctrlKey: true, bubbles: true, isComposing: true }))"""
    )
    assert "mxurjkn?." in field.input_value()
    assert page.locator("dialog[open]").count() == 0
    page.locator(".turn-form select[name=speaker]").focus()
    page.keyboard.press("m")
    assert stands(desk, pk) == was


def test_a_draft_outlives_a_reload_and_nobody_else_sees_it(
    desk: Desk, ann: Visit, browser: Browser
) -> None:
    pk = plant(desk, "a draft", slips=2, turns=6)
    uid = stands(desk, pk)["uids"][2]
    page = ann.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(at(desk, pk))
    page.locator(f"#{uid} .edit").click()
    page.locator(".turn-form textarea[name=text]").fill("一个小时的工作。")
    page.reload()
    row = page.locator(f"article#{uid}")
    row.get_by_role("button", name="unsaved text").click()
    form = page.locator(f"form#{uid}")
    form.locator(".draft-note").wait_for()
    assert form.locator("textarea[name=text]").input_value() == "一个小时的工作。"
    look(page, "draft")
    # another person at the same browser does not see it
    ann.context.clear_cookies()
    page.goto(desk.login_link("editor"))
    page.goto(at(desk, pk))
    assert page.locator(".draft-badge").count() == 0
    # somebody saves the same turn meanwhile: both texts are shown, nothing is overwritten
    page.locator(f"#{uid} .edit").click()
    page.locator(f"form#{uid} textarea[name=text]").fill("别人的话。")
    page.keyboard.press("Control+Enter")
    page.locator(f"article#{uid}", has_text="别人的话。").wait_for()
    ann.context.clear_cookies()
    page.goto(desk.login_link("ann"))
    page.goto(at(desk, pk))
    page.locator(f"#{uid} .draft-badge").click()
    conflict = page.locator(f"form.turn-conflict#{uid}")
    conflict.wait_for()
    assert "别人的话。" in conflict.inner_text()
    assert conflict.locator("textarea[name=text]").input_value() == "一个小时的工作。"
    assert stands(desk, pk)["texts"][2] == "别人的话。"
    conflict.get_by_role("button", name="Save mine").click()
    page.locator(f"article#{uid}", has_text="一个小时的工作。").wait_for()
    assert page.locator(".draft-badge").count() == 0
    page.reload()
    assert page.locator(".draft-badge").count() == 0


def test_two_browsers_on_one_turn_the_second_save_shows_both_texts(
    desk: Desk, ann: Visit, browser: Browser
) -> None:
    pk = plant(desk, "two browsers", slips=2, turns=6)
    uid = stands(desk, pk)["uids"][1]
    other = visit(browser, viewport=SCREEN, locale="en-US")
    other.page.goto(desk.login_link("editor"))
    for one in (ann, other):
        one.page.goto(at(desk, pk))
        one.page.locator(f"#{uid} .edit").click()
        one.page.locator(f"form#{uid} textarea[name=text]").wait_for()
    other.page.locator("textarea[name=text]").fill("第二个人的话。")
    ann.page.locator("textarea[name=text]").fill("第一个人的话。")
    ann.page.keyboard.press("Control+Enter")
    ann.page.locator(f"article#{uid}", has_text="第一个人的话。").wait_for()
    other.page.keyboard.press("Control+Enter")
    conflict = other.page.locator(f"form.turn-conflict#{uid}")
    conflict.wait_for()
    look(other.page, "conflict")
    assert "第一个人的话。" in conflict.inner_text()
    assert conflict.locator("textarea[name=text]").input_value() == "第二个人的话。"
    assert stands(desk, pk)["texts"][1] == "第一个人的话。"
    other.page.on("dialog", lambda dialog: dialog.accept())
    other.page.reload()  # and even now nothing is lost
    other.page.locator(f"#{uid} .draft-badge").click()
    conflict.wait_for()
    assert conflict.locator("textarea[name=text]").input_value() == "第二个人的话。"
    conflict.get_by_role("link", name="Take theirs").click()
    other.page.locator(f"article#{uid}", has_text="第一个人的话。").wait_for()
    assert other.page.locator(".draft-badge").count() == 0
    other.context.close()


def test_an_expired_session_asks_for_the_login_in_place_and_saves(desk: Desk, ann: Visit) -> None:
    pk = plant(desk, "expired", slips=2, turns=6)
    uid = stands(desk, pk)["uids"][0]
    page = ann.page
    page.goto(at(desk, pk))
    page.evaluate("window.unbroken = true")
    page.locator(f"#{uid} .edit").click()
    page.locator(f"form#{uid} textarea[name=text]").fill("登录之后保存。")
    ann.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    dialog = page.locator("dialog[data-login]")
    dialog.wait_for()
    look(page, "login")
    assert violations(page) == []
    page.keyboard.type("a wrong one")
    page.keyboard.press("Enter")
    dialog.locator("[data-problem]", has_text=re.compile("correct", re.IGNORECASE)).wait_for()
    page.keyboard.type("a harbour at night 7")
    page.keyboard.press("Enter")
    page.locator(f"article#{uid}", has_text="登录之后保存。").wait_for()
    settled(page)
    assert stands(desk, pk)["texts"][0] == "登录之后保存。"
    ann.context.clear_cookies(name="sessionid")
    page.keyboard.press("n")
    page.keyboard.press("x")
    dialog.wait_for()
    page.keyboard.type("a harbour at night 7")
    page.keyboard.press("Enter")
    assert eventually(10, lambda: stands(desk, pk)["away"] == 1)
    assert page.evaluate("window.unbroken") is True


def test_reading_goes_on_where_one_stopped(desk: Desk, ann: Visit) -> None:
    pk = plant(desk, "reading", slips=1, turns=20)
    page = ann.page
    page.goto(at(desk, pk))
    page.keyboard.press("j")
    for _turn in range(8):
        page.keyboard.press("r")
    settled(page)
    assert stands(desk, pk)["read"] == [True] * 8 + [False] * 12
    assert page.get_by_text("8 of 20 read").count() >= 1
    page.goto(at(desk, pk))
    assert page.locator(".turn.here .number").inner_text() == "9"
    assert page.get_by_role("link", name="Go on at turn 9").count() == 1
    page.keyboard.press("k")
    page.keyboard.press("r")  # a read one: taken back
    settled(page)
    assert stands(desk, pk)["read"][7] is False
    page.goto(f"{desk.url}/admin/episodes/episode/?q=reading")
    assert page.get_by_text("7 of 20 read").count() == 1


def wave() -> bytes:
    """Return two minutes of silence."""
    data = bytes(120 * 8000)
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8
    )
    return head + struct.pack("<4sI", b"data", len(data)) + data


TIMES = """
from episodes.models import Episode, Turn
episode = Episode.objects.get(pk={pk})
for turn in episode.turns.order_by("position"):
    Turn.objects.filter(pk=turn.pk).update(start=turn.position * 10000)
Episode.objects.filter(pk=episode.pk).update(audio_url="https://audio.example/talk.wav")
"""


def test_the_recording_plays_from_a_turn(desk: Desk, ann: Visit) -> None:
    pk = plant(desk, "recording", slips=1, turns=8)
    desk.manage("shell", "-v", "0", "-c", TIMES.format(pk=pk))
    page = ann.page
    body = wave()

    def send(route: Route) -> None:
        asked = re.match(r"bytes=(\d+)-", route.request.headers.get("range", "bytes=0-"))
        start = int(asked[1]) if asked else 0
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}",
            "Content-Type": "audio/wav",
        }
        route.fulfill(status=206, body=body[start:], headers=headers)

    page.route("https://audio.example/*", send)
    page.goto(at(desk, pk))
    for _step in range(4):
        page.keyboard.press("j")
    page.keyboard.press(".")
    page.locator(".turn.playing").wait_for()
    playing = page.locator(".turn.playing .number").inner_text()
    assert playing == page.locator(".turn.here .number").inner_text()
    assert page.evaluate("Math.floor(document.querySelector('audio').currentTime / 10)") == 3
    page.keyboard.press(".")
    assert page.evaluate("document.querySelector('audio').paused") is True


def test_all_of_it_is_possible_without_javascript(desk: Desk, browser: Browser) -> None:
    pk = plant(desk, "plain forms", slips=3, turns=8)
    editor = visit(browser, viewport=PHONE, locale="en-US", java_script_enabled=False)
    page = editor.page
    page.goto(desk.login_link("ann"))
    page.goto(at(desk, pk))
    page.get_by_role("button", name=re.compile("^Mend it")).first.click()
    page.get_by_role("button", name=re.compile("^Put away")).first.click()
    now = stands(desk, pk)
    assert (now["findings"], now["away"]) == (1, 1)
    page.locator(".away summary").click()
    page.get_by_role("button", name=re.compile("^Open again")).click()
    assert stands(desk, pk)["away"] == 0
    page.get_by_role("button", name=re.compile("^Mark as read")).nth(1).click()
    assert stands(desk, pk)["read"][1] is True
    uid = now["uids"][4]
    page.locator(f"#{uid} .edit").click()
    page.locator("textarea[name=text]").fill("没有脚本也行。")
    page.get_by_role("button", name="Save").click()
    assert stands(desk, pk)["texts"][4] == "没有脚本也行。"
    editor.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["phone", "screen"])
def test_axe_finds_nothing_on_the_workbench(
    desk: Desk, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    pk = plant(desk, f"axe {scheme} {size['width']}", slips=4, turns=12, front="guest: ''\n")
    editor = visit(browser, viewport=size, color_scheme=scheme, locale="en-US")
    page = editor.page
    page.goto(desk.login_link("ann"))
    page.goto(at(desk, pk))
    name = f"{size['width']}-{scheme}"
    found = {"page": violations(page)}
    look(page, f"page-{name}")
    page.keyboard.press("r")
    page.keyboard.press("n")
    page.keyboard.press("x")
    page.keyboard.press("n")
    settled(page)
    found["finding"] = violations(page)
    look(page, f"finding-{name}")
    page.keyboard.press("?")
    found["keys"] = violations(page)
    look(page, f"keys-{name}")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.locator(".turn-form textarea[name=text]").wait_for()
    page.keyboard.type("改")
    found["form"] = violations(page)
    look(page, f"form-{name}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert wide <= size["width"]
    assert editor.complaints == []
    editor.context.close()
