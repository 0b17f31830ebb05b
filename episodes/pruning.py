"""Rows of jobs that nobody reads any more: deleted some at a time, so that nobody waits for it.

What is kept whatever its age: jobs that wait or run, kinds whose rows are read later (``kept`` in
``jobs.register``: a renaming is undone from its row), and the jobs of a batch that a person asked for
(its page counts them). The batches that the clock asks for go with their jobs.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from episodes import jobs
from episodes.models import Batch, Job
from episodes.models.jobs import JobState

__all__ = ["ENDED_FOR", "FAILED_FOR", "prune"]

ENDED_FOR = timedelta(days=30)
"""How long a job that was done or cancelled is kept."""
FAILED_FOR = timedelta(days=90)
"""How long a job that failed is kept."""
CHUNK = 500
MOST = 100_000
"""So many rows are deleted in one run: the next day's goes on."""
BREATH = 0.05


def prune(now: datetime) -> int:
    """Delete the jobs that nobody reads any more, and the clock's batches that lost all of theirs.

    Each chunk is a transaction of its own. Returns how many jobs were deleted.
    """
    deleted = _delete(_unread_jobs(now))
    _delete(_empty_batches(now))
    return deleted


def _unread_jobs(now: datetime) -> QuerySet[Job]:
    ended = Q(state__in=(JobState.DONE, JobState.CANCELLED), finished_at__lt=now - ENDED_FOR)
    failed = Q(state=JobState.FAILED, finished_at__lt=now - FAILED_FOR)
    of_nobody = Q(batch__isnull=True) | Q(batch__by__isnull=True, batch__kind=Batch.Kind.REIMPORT)
    return Job.objects.filter(ended | failed, of_nobody).exclude(kind__in=jobs.kept_kinds())


def _empty_batches(now: datetime) -> QuerySet[Batch]:
    left = Job.objects.filter(batch=OuterRef("pk"))
    old = Batch.objects.filter(kind=Batch.Kind.REIMPORT, by__isnull=True, at__lt=now - ENDED_FOR)
    return old.filter(~Exists(left))


def _delete(found: QuerySet[Job] | QuerySet[Batch]) -> int:
    """Delete rows in chunks, the oldest first; return how many."""
    deleted = 0
    while deleted < MOST:
        chunk = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not chunk:
            break
        with transaction.atomic():  # what was asked for again meanwhile is no longer among them
            _number, kinds = found.filter(pk__in=chunk).delete()
        deleted += kinds.get(found.model._meta.label, 0)
        if connection.vendor == "sqlite":
            time.sleep(BREATH)  # else an editor's save waits for the one lock, for many chunks
    return deleted
