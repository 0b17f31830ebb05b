"""What the first page reads: what to go on with, what waits for whom, findings and jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from episodes import dashboard, editing, proofreading, workflow
from episodes.models import Claim, Episode, Finding, Job, ReviewNote, Status
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user("Editors", "ann")


@pytest.fixture
def pia() -> User:
    return make_user("Publishers", "pia")


def again(user: User) -> User:
    """Return a user without the permissions that an earlier question remembered."""
    return User.objects.get(pk=user.pk)


def mine(user: User) -> dict[str, list[str]]:
    found = dashboard.read(again(user)).mine
    return {each.name: [str(row.episode) for row in each.rows] for each in found}


def going_on(user: User) -> list[str]:
    return [str(row.episode) for row in dashboard.read(user).going_on]


def submitted(title: str, by: User) -> Episode:
    episode = make_episode(title=title)
    workflow.transition(episode, Status.REVIEW, by)
    return episode


# To go on with.


def test_what_a_person_changed_last_comes_first(ann: User, pia: User) -> None:
    first, second = make_episode(title="First", by=ann), make_episode(title="Second", by=ann)
    make_episode(title="Of others", by=pia)
    assert going_on(ann) == ["Second", "First"]
    turn = first.turns.first()
    editing.save_turn(turn, version=turn.version, values={"text": "另一句。"}, by=ann)
    assert going_on(ann) == ["First", "Second"]
    assert second.revision == 1


def test_what_a_person_only_reads_is_to_go_on_with_too(ann: User) -> None:
    episode = make_episode(title="Read")
    turns = list(episode.turns.order_by("position"))
    proofreading.mark(episode, turns[0].uid, version=1, by=ann)
    [row] = dashboard.read(ann).going_on
    assert (row.progress, row.first) == (proofreading.Progress(1, 3), turns[1].uid)
    for turn in turns[1:]:
        proofreading.mark(episode, turn.uid, version=1, by=ann)
    [row] = dashboard.read(ann).going_on
    assert (row.progress.done, row.first) == (True, "")


def test_ten_are_enough_to_go_on_with(ann: User) -> None:
    titles = [f"Episode {number}" for number in range(12)]
    for title in titles:
        make_episode(title=title, by=ann)
    assert going_on(ann) == titles[:1:-1]


def test_somebody_else_s_claim_is_told_until_it_runs_out(ann: User, pia: User) -> None:
    episode = make_episode(by=ann)
    claim = Claim.objects.create(
        episode=episode, user=pia, until=timezone.now() + timedelta(minutes=5)
    )
    assert [row.editing for row in dashboard.read(ann).going_on] == ["pia"]
    Claim.objects.filter(pk=claim.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert [row.editing for row in dashboard.read(ann).going_on] == [""]


# Waiting for me.


def test_what_was_sent_back_waits_for_whoever_submitted_it(ann: User, pia: User) -> None:
    other = make_user("Editors")
    episode = submitted("Sent back", by=ann)
    submitted("Waiting", by=ann)
    workflow.transition(episode, Status.DRAFT, pia, "The names are wrong.")
    assert (mine(ann), mine(other)) == ({"sent_back": ["Sent back"]}, {})
    [row] = dashboard.read(ann).mine[0].rows
    assert (row.why, row.by) == ("The names are wrong.", "pia")
    workflow.transition(episode, Status.REVIEW, ann)
    assert mine(ann) == {}


def test_what_one_took_back_oneself_does_not_wait(ann: User) -> None:
    workflow.transition(episode := submitted("Mine", by=ann), Status.DRAFT, ann)
    assert episode.status == Status.DRAFT
    assert mine(ann) == {}


def test_only_who_may_publish_is_shown_what_he_may_publish(ann: User, pia: User) -> None:
    submitted("By an editor", by=ann)
    submitted("By the publisher", by=pia)
    make_episode(title="A draft")
    assert mine(pia) == {"publish": ["By an editor"]}
    assert mine(ann) == {}


def test_without_the_second_person_one_may_publish_all(pia: User, settings: Any) -> None:
    settings.REVIEW_BY_SECOND_PERSON = False
    submitted("By the publisher", by=pia)
    assert mine(pia) == {"publish": ["By the publisher"]}


def test_open_notes_of_others_wait_for_whoever_works_on_the_episode(ann: User, pia: User) -> None:
    changed = make_episode(title="Changed", by=ann)
    uid = changed.turns.first().uid
    ReviewNote.objects.create(episode=changed, uid=uid, text="Who says this?", by=pia)
    ReviewNote.objects.create(episode=changed, text="And this?", by=pia)
    ReviewNote.objects.create(episode=changed, text="My own.", by=ann)
    ReviewNote.objects.create(episode=make_episode(title="Not mine"), text="Why?", by=pia)
    answered = make_episode(title="Answered", by=ann)
    ReviewNote.objects.create(
        episode=answered, text="Done?", by=pia, answer="Yes.", answered_at=timezone.now()
    )
    assert mine(ann) == {"notes": ["Changed"]}
    [row] = dashboard.read(ann).mine[0].rows
    assert (row.why, row.by, row.uid, row.count) == ("Who says this?", "pia", uid, 2)


def test_an_episode_that_waits_twice_stands_in_both_lists(ann: User, pia: User) -> None:
    episode = submitted("Twice", by=ann)
    workflow.transition(episode, Status.DRAFT, pia, "Please answer.")
    ReviewNote.objects.create(episode=episode, text="Who says this?", by=pia)
    work = dashboard.read(ann)
    assert [(each.name, each.rows[0].why) for each in work.mine] == [
        ("sent_back", "Please answer."),
        ("notes", "Who says this?"),
    ]


# Lists for everybody, findings, jobs.


def test_a_list_shows_its_first_rows_and_counts_all(ann: User) -> None:
    for number in range(dashboard.ROWS + 2):
        make_episode(title=f"Draft {number}")
    publish_episode(make_episode(title="Live"))
    lists = {each.name: each for each in dashboard.read(ann).lists}
    assert [str(row.episode) for row in lists["drafts"].rows] == [
        f"Draft {number}" for number in range(dashboard.ROWS + 1, 1, -1)
    ]
    assert {name: each.count for name, each in lists.items()} == {
        "review": 0,
        "conflicts": 0,
        "source": 0,
        "behind": 0,
        "scheduled": 0,
        "drafts": dashboard.ROWS + 2,
    }


@pytest.mark.parametrize("case", list(dashboard.MINE))
def test_each_way_of_being_mine_is_a_filter(case: str, ann: User) -> None:
    everything = Episode.objects.all()
    assert list(dashboard.whose(case, everything, ann)) == []
    episode = make_episode(by=ann)
    proofreading.mark(episode, episode.turns.first().uid, version=1, by=ann)
    Claim.objects.create(episode=episode, user=ann, until=timezone.now() + timedelta(minutes=1))
    expected = [episode] if case in {"changed", "read", "claimed"} else []
    assert list(dashboard.whose(case, everything, ann)) == expected


def test_findings_are_counted_by_kind_and_severity_the_gravest_first() -> None:
    episode = make_episode()
    rows = [("b", "hint", True), ("b", "hint", True), ("a", "warning", True), ("c", "error", True)]
    rows += [("d", "error", False)]
    for number, (code, severity, stands) in enumerate(rows):
        Finding.objects.create(
            episode=episode,
            code=code,
            severity=severity,
            fingerprint=str(number),
            stands=stands,
            state="open" if stands else "dismissed",
        )
    found = [
        (each.code, each.errors, each.warnings, each.hints, each.total)
        for each in dashboard.kinds_found()
    ]
    assert found == [("c", 1, 0, 0, 1), ("a", 0, 1, 0, 1), ("b", 0, 0, 2, 2)]


def test_jobs_that_run_come_before_those_that_failed_and_those_that_wait() -> None:
    now = timezone.now()
    old = now - dashboard.FAILURES_FOR - timedelta(days=1)
    Job.objects.create(kind="old", state=JobState.FAILED, requested_at=old)
    Job.objects.create(kind="failed", state=JobState.FAILED)
    Job.objects.create(kind="done", state=JobState.DONE)
    for number in range(dashboard.JOBS):
        Job.objects.create(kind="waits", key=str(number))
    Job.objects.create(
        kind="runs",
        state=JobState.RUNNING,
        claim="0" * 32,
        lease_until=now + timedelta(minutes=1),
    )
    board = dashboard.work_of_jobs(now)
    assert [job.kind for job in board.jobs] == ["runs", "failed"] + ["waits"] * 10
    assert (board.more, board.silence) == (2, None)
