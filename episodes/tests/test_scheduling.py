"""Publishing at a time: what was asked for, as it was then, once, or not at all with a sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from episodes import scheduling, workflow
from episodes.models import Edition, EditionNote, Episode, NoticeWish, Schedule, Status
from episodes.tests import rows
from episodes.tests.factories import make_user
from episodes.wording import restore, translate

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def editor() -> User:
    return make_user("Editors", "edith")


@pytest.fixture
def publisher() -> User:
    return make_user("Publishers", "paula")


@pytest.fixture
def waiting(editor: User) -> Episode:
    episode = rows.episode()
    workflow.transition(episode, Status.REVIEW, editor)
    return episode


def later(minutes: int = 5) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def tick() -> int:
    """Let the time come."""
    return scheduling.publish_due(later(10))


def refused() -> str:
    row = Schedule.objects.get()
    return translate(restore(row.refused, ""))


def test_it_is_published_when_the_time_has_come_and_not_before(
    waiting: Episode, publisher: User
) -> None:
    at = later()
    scheduling.schedule(waiting, at, by=publisher, note=" for Monday ")
    assert scheduling.publish_due(at - timedelta(seconds=1)) == 0
    assert not Edition.objects.exists()
    assert scheduling.publish_due(at) == 1
    edition = Edition.objects.get()
    assert (edition.note, edition.published_by, edition.revision) == ("for Monday", publisher, 1)
    assert not Schedule.objects.exists()
    assert scheduling.publish_due(at) == 0


def test_the_correction_goes_with_the_edition(waiting: Episode, publisher: User) -> None:
    workflow.publish(waiting, publisher)
    rows.change(waiting, None, "改了。")
    scheduling.schedule(waiting, later(), by=publisher, correction="A name was misspelt.")
    assert tick() == 1
    note = EditionNote.objects.get()
    assert (note.edition.number, note.text) == (2, "A name was misspelt.")


def test_what_was_changed_since_is_not_published(waiting: Episode, publisher: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    rows.change(waiting, None, "改了。")
    assert tick() == 0
    assert not Edition.objects.exists()
    assert refused() == "The episode has been changed since that was asked for. Look at it again."
    assert scheduling.due(later(60)) == []


def test_what_the_gate_refuses_by_then_is_not_published(waiting: Episode, publisher: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    waiting.turns.update(unread=True)  # as an import may: the revision is another matter
    assert tick() == 0
    assert refused() == "Something has to be mended before this can be published."


def test_whoever_lost_the_right_publishes_nothing(waiting: Episode, publisher: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    publisher.groups.clear()
    assert tick() == 0
    assert refused() == "Who asked for it may not publish any more."


def test_the_second_person_is_asked_both_times(
    waiting: Episode, publisher: User, editor: User, settings: Any
) -> None:
    settings.REVIEW_BY_SECOND_PERSON = False
    own = rows.episode("own")
    workflow.transition(own, Status.REVIEW, publisher)
    scheduling.schedule(own, later(), by=publisher)
    settings.REVIEW_BY_SECOND_PERSON = True
    assert tick() == 0
    assert refused().startswith("A second person has to publish this: you submitted it yourself.")
    with pytest.raises(workflow.Refused) as caught:
        scheduling.schedule(own, later(), by=publisher)
    assert caught.value.code == "second_person"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "This time is past. Choose a later one, or publish now."),
        (400, "This time is more than a year ahead."),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    waiting: Episode, publisher: User, days: int, said: str
) -> None:
    with pytest.raises(workflow.Refused) as caught:
        scheduling.schedule(waiting, timezone.now() + timedelta(days=days), by=publisher)
    assert (caught.value.code, caught.value.message) == ("time", said)
    assert not Schedule.objects.exists()


def test_what_was_not_looked_at_is_not_scheduled(waiting: Episode, publisher: User) -> None:
    rows.change(Episode.objects.get(pk=waiting.pk), None, "改了。")
    with pytest.raises(workflow.Refused) as caught:
        scheduling.schedule(waiting, later(), by=publisher)
    assert caught.value.code == "stale"


def test_what_is_open_is_told_when_it_is_asked_for(waiting: Episode, publisher: User) -> None:
    waiting.turns.update(unread=True)
    with pytest.raises(workflow.Refused) as caught:
        scheduling.schedule(waiting, later(), by=publisher)
    assert (caught.value.code, len(caught.value.obstacles)) == ("obstacles", 2)


def test_another_time_takes_the_place_of_the_first(waiting: Episode, publisher: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher, note="one")
    Schedule.objects.update(refused={"template": "No.", "params": {}}, refused_at=timezone.now())
    second = scheduling.schedule(waiting, later(20), by=publisher)
    row = Schedule.objects.get()
    assert (row.at, row.note, row.refused, row.refused_at) == (second.at, "", {}, None)
    assert tick() == 0
    assert scheduling.publish_due(later(30)) == 1


@pytest.mark.parametrize("to", ["draft", "evergreen", "archived"])
def test_every_step_takes_the_time_away(waiting: Episode, publisher: User, to: str) -> None:
    if to == "archived":
        workflow.publish(waiting, publisher)
        rows.change(waiting, None, "改了。")
    scheduling.schedule(waiting, later(), by=publisher)
    workflow.transition(waiting, to, publisher)
    assert not Schedule.objects.exists()
    editions = Edition.objects.count()
    assert tick() == 0
    assert Edition.objects.count() == editions


def test_only_publishers_take_it_back(waiting: Episode, publisher: User, editor: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    with pytest.raises(workflow.Refused):
        scheduling.unschedule(waiting, by=editor)
    assert scheduling.unschedule(waiting, by=publisher) is True
    assert scheduling.unschedule(waiting, by=publisher) is False


def test_who_asked_is_told_how_it_went(waiting: Episode, publisher: User) -> None:
    NoticeWish.objects.create(user=publisher, kinds=["scheduled"])
    scheduling.schedule(waiting, later(), by=publisher)
    tick()
    other = rows.episode("other")
    workflow.transition(other, Status.REVIEW, make_user("Editors"))
    scheduling.schedule(other, later(), by=publisher)
    rows.change(other, None, "改了。")
    tick()
    tick()
    assert list(publisher.notices.order_by("pk").values_list("message", flat=True)) == [
        "“一次谈话” was published at the time that you set.",
        "“一次谈话” could not be published at the time that you set: The episode has been changed "
        "since that was asked for. Look at it again.",
    ]


def test_one_that_fails_does_not_keep_the_others_waiting(
    waiting: Episode, publisher: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = rows.episode("other")
    workflow.transition(other, Status.REVIEW, editor)
    scheduling.schedule(waiting, later(1), by=publisher)
    scheduling.schedule(other, later(2), by=publisher)
    real = workflow.publish

    def fail(episode: Episode, *args: Any, **options: Any) -> Edition:
        if episode.pk == waiting.pk:
            raise RuntimeError("a disk")
        return real(episode, *args, **options)

    monkeypatch.setattr(workflow, "publish", fail)
    assert tick() == 1
    assert Schedule.objects.get().episode == waiting  # due still
    monkeypatch.setattr(workflow, "publish", real)
    assert tick() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_publishes() -> None:
    people = [rows.user(name, superuser=True) for name in ("editor", "publisher")]
    for number in range(3):
        episode = rows.episode(f"talk-{number}")
        workflow.transition(episode, Status.REVIEW, people[0])
        scheduling.schedule(episode, later(), by=people[1])
        barrier = Barrier(4)

        def worker(barrier: Barrier = barrier) -> int:
            try:
                barrier.wait(timeout=30)
                return tick()
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            done = sorted(each.result() for each in [pool.submit(worker) for _ in range(4)])
        assert done == [0, 0, 0, 1]
        assert episode.editions.count() == 1
        assert episode.transitions.filter(to_status="evergreen").count() == 1


# At the desk.


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def place(episode: Episode) -> str:
    return reverse("admin:episodes_episode_move", args=[episode.pk, "publish"])


def test_the_form_sets_a_time_in_the_zone_it_names(
    waiting: Episode, publisher: User, editor: User
) -> None:
    client = client_of(publisher)
    assert "Date and time (Asia/Shanghai, UTC+08:00)" in client.get(place(waiting)).content.decode()
    day = f"{timezone.localtime() + timedelta(days=30):%Y-%m-%d}"
    sent = {"revision": 1, "when": "later", "at": f"{day}T08:00", "note": "for Monday"}
    answer = client.post(place(waiting), sent, follow=True)
    said = f"“一次谈话” will be published at {day} 08:00 (Asia/Shanghai, UTC+08:00), as it is now."
    assert [str(each) for each in answer.context["messages"]] == [said]
    row = Schedule.objects.get()
    assert row.at == datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC)
    for reader in (client, client_of(editor)):
        head = reader.get(reverse("admin:episodes_episode_turns", args=[waiting.pk]))
        assert f"To be published {day} 08:00" in head.content.decode()
        listed = reader.get(reverse("admin:episodes_episode_changelist")).content.decode()
        assert f"to be published {day} 08:00" in listed
    again = client.get(place(waiting)).content.decode()
    assert f'value="{day}T08:00"' in again
    assert "for Monday" in again
    assert f"Do not publish it at {day} 08:00" in again
    client.post(place(waiting), {"unschedule": "1"})
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("", "Write a date and a time, as 2025-03-01 08:00."),
        ("2020-01-01T08:00", "This time is past. Choose a later one, or publish now."),
    ],
)
def test_a_wrong_time_keeps_what_was_typed(
    waiting: Episode, publisher: User, at: str, said: str
) -> None:
    sent = {"revision": 1, "when": "later", "at": at, "note": "kept"}
    answer = client_of(publisher).post(place(waiting), sent)
    body = answer.content.decode()
    assert (answer.status_code, said in body, ">kept</textarea>" in body) == (409, True, True)
    assert f'value="{at}"' in body
    assert '<button type="submit" class="primary">Publish</button>' in body
    assert not Schedule.objects.exists()
    assert not Edition.objects.exists()


def test_the_head_says_why_it_was_not_published(
    waiting: Episode, publisher: User, editor: User
) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    rows.change(waiting, None, "改了。")
    turns = reverse("admin:episodes_episode_turns", args=[waiting.pk])
    behind = "It has been changed since: as it is now it will not be published."
    assert behind in client_of(editor).get(turns).content.decode()
    tick()
    body = client_of(editor).get(turns).content.decode()
    assert "The episode has been changed since that was asked for. Look at it again." in body


def test_an_editor_takes_no_time_back(waiting: Episode, publisher: User, editor: User) -> None:
    scheduling.schedule(waiting, later(), by=publisher)
    assert client_of(editor).post(place(waiting), {"unschedule": "1"}).status_code == 403
    assert Schedule.objects.exists()
