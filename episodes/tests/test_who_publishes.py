"""Whoever may not publish cannot, whichever way it is tried; whoever may can, by each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes import batches, jobs, queue, scheduling, tasks, workflow
from episodes.editing import save_turn
from episodes.models import (
    Batch,
    Edition,
    Episode,
    Job,
    PublishedEpisode,
    Schedule,
    Status,
    Transition,
    Turn,
)
from episodes.reimports import Unusable
from episodes.tests.factories import complete, make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db

LIST = reverse("admin:episodes_episode_changelist")
Way = Callable[[Episode, User], None]


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def step(episode: Episode) -> str:
    action = "publish" if episode.status == Status.REVIEW else "publish_next"
    return reverse("admin:episodes_episode_move", args=[episode.pk, action])


def work_off() -> None:
    """Do the jobs that wait, as a worker would."""
    for job in Job.objects.filter(state="queued", kind=batches.KIND):
        tasks.work(job.pk)


def by_function(episode: Episode, user: User) -> None:
    with suppress(workflow.Refused):
        workflow.publish(episode, user)


def by_transition(episode: Episode, user: User) -> None:
    with suppress(workflow.Refused):
        workflow.transition(episode, Status.EVERGREEN, user)


def by_form(episode: Episode, user: User) -> None:
    client_of(user).post(step(episode), {"revision": episode.revision})


def by_form_of_another_step(episode: Episode, user: User) -> None:
    """A crafted POST to each of the steps, with whatever might smuggle a status in."""
    client = client_of(user)
    for action in ("publish", "publish_next"):
        place = reverse("admin:episodes_episode_move", args=[episode.pk, action])
        sent = {"revision": episode.revision, "status": "evergreen", "to": "evergreen"}
        client.post(place, {**sent, "when": "now", "by": "1"})


def by_action(episode: Episode, user: User) -> None:
    sent = {"action": "publish", "_selected_action": [episode.pk], "confirmed": "1"}
    client_of(user).post(LIST, {**sent, "seen": f"{episode.pk}:{episode.revision}"})
    work_off()


def by_batch(episode: Episode, user: User) -> None:
    try:
        queue.publish_episodes([episode.pk], user, first=True)
    except Unusable:
        return
    work_off()


def by_job(episode: Episode, user: User) -> None:
    """A batch that stands in the tables already: whoever it is of has the right no more."""
    batch = Batch.objects.create(
        kind=Batch.Kind.PUBLISH, by=user, items=[episode.pk], total=1, note=""
    )
    first = [episode.pk] if episode.status == Status.REVIEW else []
    arguments = {"revisions": [episode.revision], "first": first}
    tasks.work(jobs.request(batches.KIND, batches.key_of(batch), arguments, user, batch).pk)


def by_schedule(episode: Episode, user: User) -> None:
    try:
        scheduling.schedule(episode, timezone.now() + timedelta(hours=1), by=user)
    except workflow.Refused:
        return
    Schedule.objects.update(at=timezone.now() - timedelta(minutes=1))
    tasks.publish_due()


def by_form_at_a_time(episode: Episode, user: User) -> None:
    at = timezone.localtime() + timedelta(hours=1)
    sent = {"revision": episode.revision, "when": "later", "at": f"{at:%Y-%m-%dT%H:%M}"}
    client_of(user).post(step(episode), sent)
    Schedule.objects.update(at=timezone.now() - timedelta(minutes=1))
    tasks.publish_due()


def by_task(episode: Episode, user: User) -> None:
    """A time that stands in the tables already: whoever set it has the right no more."""
    Schedule.objects.create(
        episode=episode,
        at=timezone.now() - timedelta(minutes=1),
        revision=episode.revision,
        by=user,
    )
    tasks.publish_due()


WAYS: list[Way] = [
    by_function,
    by_transition,
    by_form,
    by_form_of_another_step,
    by_action,
    by_batch,
    by_job,
    by_schedule,
    by_form_at_a_time,
    by_task,
]
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def in_review(by: User) -> Episode:
    episode = make_episode(**complete())
    workflow.transition(episode, Status.REVIEW, by)
    return Episode.objects.get(pk=episode.pk)


def changed(by: User) -> Episode:
    """Return a live episode with unpublished changes that are all of one person."""
    episode = make_episode(**complete())
    publish_episode(episode)
    turn = episode.turns.first()
    assert turn is not None
    save_turn(turn, version=turn.version, values={"text": "换了一句。"}, by=by)
    return Episode.objects.get(pk=episode.pk)


def with_an_error(by: User) -> Episode:
    episode = in_review(by)
    Turn.objects.filter(episode=episode, position=0).update(text="")
    return episode


@every_way
def test_whoever_may_publishes_once(way: Way) -> None:
    episode = in_review(make_user("Editors"))
    way(episode, make_user("Publishers"))
    assert Edition.objects.filter(episode=episode).count() == 1
    assert PublishedEpisode.objects.get(episode=episode).live
    assert not Schedule.objects.exists()


@every_way
def test_whoever_may_publishes_the_next_edition(way: Way) -> None:
    episode = changed(make_user("Editors"))
    way(episode, make_user("Publishers"))
    assert Edition.objects.filter(episode=episode).count() == 2


def refused(episode: Episode, editions: int = 0) -> None:
    """Check that nothing was published and nothing moved."""
    assert Edition.objects.filter(episode=episode).count() == editions
    status = Status.EVERGREEN if editions else Status.REVIEW
    assert Episode.objects.get(pk=episode.pk).status == status
    steps = Transition.objects.filter(episode=episode, to_status=Status.EVERGREEN)
    assert steps.count() == editions


@every_way
def test_an_editor_cannot(way: Way) -> None:
    episode = in_review(make_user("Publishers"))
    way(episode, make_user("Editors"))
    refused(episode)


@every_way
@pytest.mark.parametrize("superuser", [False, True], ids=["publisher", "superuser"])
def test_whoever_submitted_cannot(way: Way, superuser: bool) -> None:
    author = make_user("Publishers", is_superuser=superuser)
    episode = in_review(author)
    way(episode, author)
    refused(episode)


@every_way
def test_whoever_made_every_change_cannot(way: Way) -> None:
    author = make_user("Publishers")
    episode = changed(author)
    way(episode, author)
    refused(episode, editions=1)


@every_way
def test_with_an_open_error_nobody_can(way: Way) -> None:
    episode = with_an_error(make_user("Editors"))
    way(episode, make_user("Publishers", is_superuser=True))
    refused(episode)


@every_way
def test_an_account_that_was_closed_cannot(way: Way) -> None:
    episode = in_review(make_user("Editors"))
    way(episode, make_user("Publishers", is_active=False))
    refused(episode)


@every_way
def test_with_the_rule_lifted_whoever_submitted_can(way: Way, settings) -> None:  # type: ignore[no-untyped-def]
    settings.REVIEW_BY_SECOND_PERSON = False
    author = make_user("Publishers")
    episode = in_review(author)
    way(episode, author)
    assert Edition.objects.filter(episode=episode).count() == 1


def test_no_command_publishes_what_a_front_matter_says(tmp_path: Path) -> None:
    episode = in_review(make_user("Editors"))
    exported = StringIO()
    call_command("export_transcripts", episode.slug, "--format", "markdown", "--working",
                 stdout=exported)  # fmt: skip
    text = exported.getvalue().replace("---\n", "---\nstatus: evergreen\ndraft: false\n", 1)
    path = tmp_path / "talk.md"
    path.write_text(text, encoding="utf-8")
    told = StringIO()
    call_command("import_transcripts", str(path), "--as", "new", "--json", stdout=told)
    assert json.loads(told.getvalue().splitlines()[0])["outcome"] == "created"
    assert not Edition.objects.exists()
    assert set(Episode.objects.values_list("status", flat=True)) == {"draft", "review"}


def test_the_refusal_lists_what_is_open_each_with_its_link() -> None:
    episode = with_an_error(make_user("Editors"))
    uid = episode.turns.get(position=0).uid
    client = client_of(make_user("Publishers"))
    answer = client.post(step(episode), {"revision": episode.revision})
    assert answer.status_code == 409
    turns = reverse("admin:episodes_episode_turns", args=[episode.pk])
    [group] = answer.context["obstacles"]
    assert (group.label, group.count) == ("Translation missing", 1)
    [said] = group.said
    assert [(each.url, each.words) for each in said.places] == [
        (f"{turns}?edit={uid}#{uid}", "turn 1")
    ]


def test_the_list_offers_publishing_to_publishers_alone() -> None:
    in_review(make_user("Editors"))
    offered = 'value="publish"'
    assert offered not in client_of(make_user("Editors")).get(LIST).content.decode()
    assert offered in client_of(make_user("Publishers")).get(LIST).content.decode()
