"""Signed links to the working copy: who makes them, how long they work, and that nothing else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from episodes import preview_links, workflow
from episodes.editing import save_turn
from episodes.models import ChangeSet, Episode, Status
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db
SECRET = "还没有人看过的一句。"


@pytest.fixture
def editor() -> User:
    return make_user("Editors", "edith")


@pytest.fixture
def draft(editor: User) -> Episode:
    episode = make_episode(slug="draft")
    turn = episode.turns.first()
    save_turn(turn, version=1, values={"text": SECRET}, by=editor)
    episode.refresh_from_db()
    return episode


def link(episode: Episode, by: User, days: int = 7) -> str:
    made = preview_links.make(episode, days, by=by, now=timezone.now())
    return f"/preview/{made.token}/"


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("view", ["zh", "both", "side", "en"])
def test_whoever_has_the_link_reads_the_working_copy(
    client: Client, draft: Episode, editor: User, prefix: str, view: str
) -> None:
    place = prefix + link(draft, editor)
    answer = client.get(f"{place}?view={view}")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert SECRET in body
    assert f'<body class="reading view-{view}">' in body
    others = {"zh", "both", "side", "en"} - {"en" if prefix else "zh"}
    assert all(f'href="{place}?view={other}"' in body for other in others)
    assert f'href="{place}"' in body
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "ETag" not in answer.headers
    assert client.cookies == {}


def test_the_page_says_that_it_is_a_preview_of_what_is_there_now(
    client: Client, draft: Episode, editor: User
) -> None:
    place = link(draft, editor)
    body = client.get(f"/en{place}").content.decode()
    assert "Preview. This text is not published yet." in body
    assert "It is always the current state of the work" in body
    turn = draft.turns.first()
    save_turn(turn, version=turn.version, values={"text": "又改了。"}, by=editor)
    body = client.get(place).content.decode()
    assert ("又改了。" in body, SECRET in body) == (True, False)


def test_the_working_copy_is_at_no_other_address(
    client: Client, draft: Episode, editor: User
) -> None:
    assert client.get(link(draft, editor)).status_code == 200
    forged = signing.dumps([draft.pk, 0, 0, 2**31], salt="another purpose")
    good = link(draft, editor).split("/")[2]
    for token in ("x", forged, good[:-1], good + "x", f"{draft.pk}"):
        for prefix in ("", "/en"):
            answer = client.get(f"{prefix}/preview/{token}/")
            assert (token, answer.status_code) == (token, 404)
            assert SECRET not in answer.content.decode()
    for place in ("/sitemap.xml", "/feed.xml", "/feed.json", "/", "/episodes/"):
        assert "/preview/" not in client.get(place).content.decode()


@pytest.mark.parametrize("days", preview_links.DAYS)
def test_a_link_ends_on_its_day(draft: Episode, editor: User, days: int) -> None:
    now = timezone.now()
    made = preview_links.make(draft, days, by=editor, now=now)
    assert made.until == (now + timedelta(days=days)).replace(microsecond=0)
    assert preview_links.read(made.token, made.until - timedelta(seconds=1))[0] == draft
    with pytest.raises(preview_links.Ended) as ended:
        preview_links.read(made.token, made.until)
    assert (ended.value.why, ended.value.at) == ("expired", made.until)


def test_an_ended_link_says_so(client: Client, draft: Episode, editor: User) -> None:
    old = preview_links.make(draft, 1, by=editor, now=timezone.now() - timedelta(days=2))
    answer = client.get(f"/en/preview/{old.token}/")
    body = answer.content.decode()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "private, no-store")
    assert "This link has ended" in body
    assert "It led to a preview until" in body
    assert (SECRET in body, draft.title in body) == (False, False)


@translation.override("en")
def test_ending_them_ends_those_made_before(client: Client, draft: Episode, editor: User) -> None:
    before = link(draft, editor)
    preview_links.end_all(draft, by=editor)
    answer = client.get(f"/en{before}")
    assert answer.status_code == 410
    assert "The editors have ended the links to this preview." in answer.content.decode()
    assert client.get(link(draft, editor)).status_code == 200
    act = ChangeSet.objects.latest("pk")
    assert (act.why, act.by, act.changes.count()) == (
        "All links to the preview were ended.",
        editor,
        0,
    )


def test_ending_links_is_nobody_s_work_on_the_text(editor: User) -> None:
    episode = make_episode()
    publisher = make_user("Publishers")
    publish_episode(episode, publisher=publisher)
    save_turn(episode.turns.first(), version=1, values={"text": "改了。"}, by=publisher)
    preview_links.end_all(episode, by=editor)
    episode.refresh_from_db()
    with pytest.raises(workflow.Refused) as caught:
        workflow.publish(episode, publisher)
    assert caught.value.code == "second_person"


@pytest.mark.parametrize("step", ["published", "withdrawn"])
def test_publishing_and_withdrawing_end_a_link(
    client: Client, draft: Episode, editor: User, step: str
) -> None:
    publisher = make_user("Publishers")
    before = link(draft, editor)
    workflow.transition(draft, Status.REVIEW, editor)
    assert client.get(before).status_code == 200
    workflow.publish(draft, publisher)
    if step == "withdrawn":
        before = link(draft, editor)
        workflow.transition(draft, Status.ARCHIVED, publisher, "a complaint")
    answer = client.get(f"/en{before}")
    assert answer.status_code == 410
    assert "published or withdrawn since" in answer.content.decode()


def test_only_who_may_change_the_episode_makes_links(draft: Episode) -> None:
    stranger = make_user("")
    with pytest.raises(PermissionDenied):
        preview_links.make(draft, 7, by=stranger, now=timezone.now())
    with pytest.raises(PermissionDenied):
        preview_links.end_all(draft, by=stranger)
    with pytest.raises(ValueError, match="365"):
        preview_links.make(draft, 365, by=make_user("Editors"), now=timezone.now())


def test_the_desk_makes_a_link_and_shows_when_it_ends(
    client: Client, draft: Episode, editor: User, settings: Any
) -> None:
    staff = Client(headers={"accept-language": "en"})
    staff.force_login(editor)
    place = reverse("admin:episodes_episode_links", args=[draft.pk])
    preview = staff.get(reverse("admin:episodes_episode_preview", args=[draft.pk]))
    assert f'href="{place}"' in preview.content.decode()
    answer = staff.post(place, {"days": "30"})
    [(_zh, chinese, _1), (_en, english, _2)] = answer.context["made"]
    until = f"{timezone.localtime() + timedelta(days=30):%Y-%m-%d}"
    assert answer.context["until"].startswith(until)
    assert client.get(chinese.removeprefix(settings.SITE_URL)).status_code == 200
    assert "Preview." in client.get(english.removeprefix(settings.SITE_URL)).content.decode()
    assert staff.post(place, {"days": "3650"}).status_code == 403
    assert staff.post(place, {"end": "1"}).status_code == 302
    assert client.get(chinese.removeprefix(settings.SITE_URL)).status_code == 410
    outsider = Client()
    outsider.force_login(make_user(""))
    assert outsider.post(place, {"days": "7"}).status_code == 403
    assert client.post(place, {"days": "7"}).status_code == 302
