"""Several people at one episode: who edits is seen, notes are left and answered in place, acts undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from oddlots.tests.e2e.conftest import Desk, Visit, look, violations, visit

pytestmark = pytest.mark.e2e
PHONE = {"width": 390, "height": 844}
SCREEN = {"width": 1280, "height": 900}
MAKE = """
from episodes import reviewing
from episodes.imports import Incoming, import_document
from episodes.models import Episode
from django.contrib.auth.models import User
name = {name!r}
turn = "{{}}: 第{{}}段，港口的运作。吊车很重要。\\n\\n<details>\\n<summary>Original English</summary>\\n\\nPart {{}}: how ports work. Cranes matter.\\n\\n</details>\\n"
lines = [turn.format(("Mara Quill", "Ingrid Solberg")[at % 2], at, at) for at in range(6)]
text = f"---\\ntitle: {{name}}\\npeople: [Mara Quill, Ingrid Solberg]\\n---\\n\\n### 港口\\n\\n" + "\\n".join(lines)
found = import_document(Incoming(data=text.encode(), address=name + ".md"))
episode = Episode.objects.get(pk=found.episode_id)
turns = list(episode.turns.order_by("position"))
note = reviewing.leave(episode, turns[1].uid, "这里的吊车对吗？", by=User.objects.get(username="publisher"))
done = reviewing.leave(episode, turns[2].uid, "Is it a port?", by=User.objects.get(username="publisher"))
reviewing.answer(done, "It is.", by=User.objects.get(username="editor"))
reviewing.leave(episode, "", "The guest is missing.", by=User.objects.get(username="publisher"))
print(episode.pk, *[turn.uid for turn in turns])
"""


def made(desk: Desk, name: str) -> list[str]:
    """Return an episode's id and the uids of its turns."""
    return desk.manage("shell", "-v", "0", "-c", MAKE.format(name=name)).split()


def base(desk: Desk, pk: str) -> str:
    return f"{desk.url}/admin/episodes/episode/{pk}"


@pytest.fixture
def editor(desk: Desk, browser: Browser) -> Iterator[Visit]:
    one = visit(browser, viewport=SCREEN, locale="en-US")
    one.page.goto(desk.login_link("editor"))
    one.page.set_default_timeout(10_000)
    yield one
    one.context.close()


@pytest.fixture
def publisher(desk: Desk, browser: Browser) -> Iterator[Visit]:
    one = visit(browser, viewport=SCREEN, locale="en-US")
    one.page.goto(desk.login_link("publisher"))
    yield one
    one.context.close()


def test_a_note_is_left_answered_and_taken_back_without_a_page_load(
    desk: Desk, editor: Visit
) -> None:
    pk, first, second, *_rest = made(desk, "notes-in-place")
    page = editor.page
    page.goto(f"{base(desk, pk)}/turns/")
    page.evaluate("window.stayed = true")
    row = page.locator(f"article#{second}")
    row.get_by_text("Answer", exact=True).first.click()
    row.get_by_label("Answer").fill("对的。")
    page.keyboard.press("Control+Enter")
    expect(row.locator(".note-answered")).to_contain_text("对的。")
    other = page.locator(f"article#{first}")
    other.get_by_role("link", name="Leave a note").click()
    other.get_by_role("textbox").fill("Who is this?")
    other.get_by_role("button", name="Leave the note").click()
    expect(other.locator(".note-open")).to_contain_text("Who is this?")
    other.get_by_role("button", name="Take the note back").click()
    expect(other.locator(".review-note")).to_have_count(0)
    assert page.evaluate("window.stayed")
    assert editor.complaints == []


def test_who_edits_is_seen_taken_over_and_ends_with_the_page(
    desk: Desk, editor: Visit, publisher: Visit
) -> None:
    pk, first, *_rest = made(desk, "claimed")
    mine, theirs = editor.page, publisher.page
    mine.goto(f"{base(desk, pk)}/turns/")
    theirs.goto(f"{base(desk, pk)}/turns/")
    expect(theirs.locator(".claimed")).to_have_count(0)
    with mine.expect_response("**/claim/"):
        mine.locator(f"article#{first}").get_by_role("link", name="Edit").click()
    theirs.reload()
    expect(theirs.locator(".claimed")).to_contain_text("is editing since")
    look(theirs, "claimed")
    theirs.get_by_role("button", name="Take over").click()
    expect(theirs.locator(".claimed")).to_have_count(0)
    mine.goto(f"{base(desk, pk)}/turns/?edit={first}")
    expect(mine.locator(".claimed")).to_contain_text("is editing since")
    theirs.goto(f"{base(desk, pk)}/turns/?edit={first}")
    with theirs.expect_response("**/claim/"):
        theirs.reload()
    theirs.goto(f"{desk.url}/admin/")
    mine.goto(f"{base(desk, pk)}/turns/")
    expect(mine.locator(".claimed")).to_have_count(0)


def test_a_range_is_reassigned_and_taken_back_without_scripts(desk: Desk, browser: Browser) -> None:
    pk, first, *_rest, last = made(desk, "reassigned")
    plain = visit(browser, viewport=PHONE, java_script_enabled=False, locale="en-US")
    page = plain.page
    page.goto(desk.login_link("editor"))
    page.goto(f"{base(desk, pk)}/turns/{first}/reassign/")
    page.get_by_label("To which turn").select_option(last)
    page.get_by_label("Speaker from now on").select_option(label="Ingrid Solberg")
    look(page, "reassign")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator(".reassigned li")).to_have_count(3)
    look(page, "reassign-shown")
    page.get_by_role("button", name="Change 3 turns").click()
    expect(page.locator(".speaker", has_text="Mara Quill")).to_have_count(0)
    look(page, "reassigned")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".speaker", has_text="Mara Quill")).to_have_count(3)
    plain.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SCREEN, PHONE], ids=["screen", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    desk: Desk, browser: Browser, scheme: str, size: dict[str, int]
) -> None:
    pk, first, second, *_rest, last = made(desk, f"axe-{scheme}-{size['width']}")
    one = visit(browser, viewport=size, color_scheme=scheme, locale="en-US")
    page = one.page
    page.goto(desk.login_link("editor"))
    page.goto(f"{base(desk, pk)}/turns/{last}/remove/")
    page.get_by_role("button", name="Remove", exact=True).click()
    places = {
        "turns": f"{base(desk, pk)}/turns/",
        "notes": f"{base(desk, pk)}/notes/",
        "note": f"{base(desk, pk)}/notes/?at={second}",
        "reassign": f"{base(desk, pk)}/turns/{first}/reassign/",
    }
    for name, place in places.items():
        page.goto(place)
        for details in page.locator(".note-answer, .note-whole").all():
            details.evaluate("each => { each.open = true }")
        look(page, f"{name}-{scheme}-{size['width']}")
        assert (name, violations(page)) == (name, [])
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert (name, wide) == (name, 0)
    assert [line for line in one.complaints if "axe" not in line] == []
    one.context.close()
