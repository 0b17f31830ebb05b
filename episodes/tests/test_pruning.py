"""Rows of jobs that nobody reads any more go; what somebody reads stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from episodes import batches, jobs, pruning, tasks
from episodes.models import Batch, Job
from episodes.models.jobs import JobState
from episodes.tests.factories import make_user

RENAMING = "glossary.rename"  # of an app that this one does not know

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ended(days: float, state: str = JobState.DONE, kind: str = "rebuild", **values: Any) -> Job:
    at = NOW - timedelta(days=days)
    return Job.objects.create(
        kind=kind, state=state, requested_at=at, finished_at=at, run_after=at, **values
    )


def left() -> list[int]:
    return sorted(Job.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        (JobState.DONE, 29, True),
        (JobState.DONE, 31, False),
        (JobState.CANCELLED, 31, False),
        (JobState.FAILED, 89, True),
        (JobState.FAILED, 91, False),
    ],
)
def test_a_job_goes_some_time_after_its_end(state: str, days: int, stays: bool) -> None:
    ended(days, state)
    assert pruning.prune(NOW) == (0 if stays else 1)
    assert Job.objects.exists() is stays


def test_what_waits_or_runs_stays_whatever_its_age() -> None:
    old = NOW - timedelta(days=400)
    Job.objects.create(kind="a", requested_at=old, run_after=old)
    Job.objects.create(
        kind="b", state=JobState.RUNNING, claim="0" * 32, lease_until=old, requested_at=old
    )
    assert pruning.prune(NOW) == 0


def test_a_renaming_and_a_batch_of_decisions_are_undone_from_rows_that_stay() -> None:
    kept = [ended(400, kind=RENAMING), ended(400, kind=batches.KIND)]
    ended(400)
    assert pruning.prune(NOW) == 1
    assert left() == sorted(job.pk for job in kept)
    assert {RENAMING, batches.KIND} <= set(jobs.kept_kinds())


def test_the_jobs_of_a_person_s_batch_stay_and_the_clock_s_go_with_it() -> None:
    at = NOW - timedelta(days=100)
    asked = Batch.objects.create(kind=Batch.Kind.REIMPORT, by=make_user(), at=at)
    clock = Batch.objects.create(kind=Batch.Kind.REIMPORT, at=at)
    half = Batch.objects.create(kind=Batch.Kind.REIMPORT, at=at)
    stays = [ended(100, batch=asked), ended(80, JobState.FAILED, batch=half)]
    ended(100, batch=clock, key="a")
    ended(100, batch=clock, key="b")
    assert pruning.prune(NOW) == 2
    assert left() == [job.pk for job in stays]
    assert set(Batch.objects.all()) == {asked, half}


def test_rows_go_some_at_a_time_and_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "CHUNK", 2)
    monkeypatch.setattr(pruning, "MOST", 4)
    monkeypatch.setattr(pruning, "BREATH", 0)
    made = [ended(100 - number, key=str(number)).pk for number in range(7)]
    assert pruning.prune(NOW) == 4
    assert left() == made[4:]
    assert pruning.prune(NOW) == 3
    assert pruning.prune(NOW) == 0


def test_beat_s_task_prunes() -> None:
    ended(100)
    tasks.prune()
    assert left() == []
