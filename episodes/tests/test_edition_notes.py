"""What readers are told that an edition put right, and where: the page, its editions, JSON, feeds."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from episodes import workflow
from episodes.editing import save_turn
from episodes.models import EditionNote, Episode, Status
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db
FIRST = "“Aloway” is **Alloway**. <script>alert(1)</script>"
SECOND = "第二章把四十亿误作四亿。"


def next_edition(episode: Episode, publisher: User, correction: str = "") -> None:
    turn = episode.turns.first()
    save_turn(turn, version=turn.version, values={"text": f"{turn.text}。"}, by=None)
    episode.refresh_from_db()
    workflow.publish(episode, publisher, "an internal note", correction=correction)


@pytest.fixture
def episode() -> Episode:
    made = make_episode(slug="ports")
    publisher = make_user("Publishers", "paula")
    publish_episode(made, publisher=publisher)
    next_edition(made, publisher, FIRST)
    next_edition(made, publisher)
    next_edition(made, publisher, f"  {SECOND}  ")
    return made


def section(client: Client, place: str) -> str:
    body = client.get(place).content.decode()
    found = re.search(r'<section class="corrections".*?</section>', body, re.DOTALL)
    return found[0] if found else ""


def test_the_page_shows_them_newest_first_with_date_and_edition(
    client: Client, episode: Episode
) -> None:
    shown = section(client, "/en/episodes/ports/")
    assert re.findall(r'href="/en/episodes/ports/v(\d)/"', shown) == ["4", "2"]
    assert re.findall(r'class="corrected" lang="([^"]+)"', shown) == ["zh-Hans", "en"]
    assert SECOND in shown
    assert "<strong>Alloway</strong>" in shown
    assert ("<script" in shown, "&lt;script&gt;" in shown) == (False, True)
    assert shown.count("<time") == 2
    assert "an internal note" not in client.get("/episodes/ports/").content.decode()
    assert '<a href="#corrections">' in client.get("/episodes/ports/").content.decode()


def test_an_edition_shows_those_until_then(client: Client, episode: Episode) -> None:
    numbers = [
        re.findall(r"/v(\d)/", section(client, f"/episodes/ports/v{number}/"))
        for number in (1, 2, 3, 4)
    ]
    assert numbers == [[], ["2"], ["2"], ["4", "2"]]


def test_without_any_nothing_is_said(client: Client) -> None:
    publish_episode(make_episode(slug="plain"))
    body = client.get("/en/episodes/plain/").content.decode()
    assert ("Corrections" in body, 'id="corrections"' in body) == (False, False)


def test_the_page_s_etag_changes_with_the_edition_that_brings_one(
    client: Client, episode: Episode
) -> None:
    for place in ("/episodes/ports/", "/episodes/ports.json", "/feed.xml", "/feed.json"):
        before = client.get(place)
        asked = {"If-None-Match": before.headers["ETag"]}
        assert client.get(place, headers=asked).status_code == 304
        next_edition(episode, User.objects.get(username="paula"), f"of {place}")
        after = client.get(place, headers=asked)
        assert after.status_code == 200
        assert f"of {place}" in after.content.decode()


def test_the_json_of_an_edition_lists_them(client: Client, episode: Episode) -> None:
    found = json.loads(client.get("/episodes/ports.json").content)["corrections"]
    assert [(each["edition"], each["text"]) for each in found] == [(4, SECOND), (2, FIRST)]
    editions = {edition.number: edition for edition in episode.editions.all()}
    assert [each["date"] for each in found] == [
        editions[number].published_at.isoformat() for number in (4, 2)
    ]


def test_the_feeds_say_what_the_newest_edition_puts_right(client: Client, episode: Episode) -> None:
    [item] = json.loads(client.get("/feed.json").content)["items"]
    assert SECOND in item["content_html"]
    assert "Alloway" not in item["content_html"]
    assert SECOND in client.get("/feed.xml").content.decode()


def test_a_withdrawn_episode_tells_nothing(client: Client, episode: Episode) -> None:
    workflow.transition(episode, Status.ARCHIVED, User.objects.get(username="paula"), "a complaint")
    for place in ("/episodes/ports/", "/episodes/ports/v4/", "/episodes/ports.json"):
        answer = client.get(place)
        assert (answer.status_code, SECOND in answer.content.decode()) == (410, False)
    assert SECOND not in client.get("/feed.json").content.decode()


# At the desk.


def client_of(user: User) -> Client:
    staff = Client(headers={"accept-language": "en"})
    staff.force_login(user)
    return staff


def test_the_publisher_writes_it_with_the_next_edition(episode: Episode) -> None:
    staff = client_of(User.objects.get(username="paula"))
    save_turn(episode.turns.first(), version=4, values={"text": "改了。"}, by=None)
    episode.refresh_from_db()
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "publish_next"])
    assert 'name="correction"' in staff.get(place).content.decode()
    sent = {"revision": episode.revision, "note": "inside", "correction": "one\r\ntwo"}
    assert staff.post(place, {**sent, "revision": 1}).status_code == 409
    kept = staff.post(place, {**sent, "revision": 1}).content.decode()
    assert "one\ntwo</textarea>" in kept
    staff.post(place, sent)
    note = EditionNote.objects.latest("pk")
    assert (note.edition.number, note.edition.note, note.text) == (5, "inside", "one\ntwo")


def test_a_first_edition_has_nothing_to_put_right(episode: Episode) -> None:
    new = make_episode()
    workflow.transition(new, Status.REVIEW, make_user("Editors"))
    place = reverse("admin:episodes_episode_move", args=[new.pk, "publish"])
    staff = client_of(User.objects.get(username="paula"))
    assert 'name="correction"' not in staff.get(place).content.decode()


def test_it_is_withdrawn_with_a_reason_that_stays_in_the_trail(
    client: Client, episode: Episode
) -> None:
    staff = client_of(User.objects.get(username="paula"))
    place = reverse("admin:episodes_episode_move", args=[episode.pk, "archive"])
    assert "Why it is withdrawn" in staff.get(place).content.decode()
    refused = staff.post(place, {"revision": episode.revision, "note": " "})
    assert refused.status_code == 409
    assert "Say why it is withdrawn. Nothing was changed." in refused.content.decode()
    assert client.get("/episodes/ports/").status_code == 200
    staff.post(place, {"revision": episode.revision, "note": "The guest asked for it."})
    gone = client.get("/en/episodes/ports/")
    assert gone.status_code == 410
    assert "This episode is no longer published" in gone.content.decode()
    assert "The guest asked for it." not in gone.content.decode()
    history: Any = staff.get(reverse("admin:episodes_episode_history", args=[episode.pk]))
    assert "The guest asked for it." in history.content.decode()
