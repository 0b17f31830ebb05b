"""The Celery tasks: shells around ``jobs``. A message is a bell, the job's row the truth."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from billiard.process import current_process
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from episodes import (  # noqa: F401 - these register their kinds
    batches,
    checking,
    concerned,
    jobs,
    mailing,
    pruning,
    replacing,
    runs,
    scheduling,
)
from episodes.models import Source

__all__ = ["prune", "publish_due", "reimport", "reimport_due", "sweep", "work"]


@shared_task(name="episodes.tasks.work", ignore_result=True)
def work(job_id: int) -> None:
    """Do the job, if nobody else does."""
    with _heeding_sigterm():
        jobs.work(job_id)


@shared_task(name="episodes.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Ring again for what nobody does (beat calls this every fifteen seconds)."""
    jobs.sweep()


@shared_task(name="episodes.tasks.reimport", ignore_result=True)
def reimport(source_id_or_slug: int | str) -> None:
    """Ask one source, or the sources of an episode, again; do it, if nobody else does."""
    if isinstance(source_id_or_slug, int):
        found = Q(pk=source_id_or_slug)
    else:
        found = Q(episode__slug=source_id_or_slug)
        found |= Q(episode__old_slugs__slug=source_id_or_slug)
    sources = Source.objects.filter(found).order_by("pk").distinct()
    for job in runs.request_reimport(sources, by=None).jobs:
        work(job.pk)


@shared_task(name="episodes.tasks.reimport_due", ignore_result=True)
def reimport_due() -> None:
    """Ask for the jobs of the sources that are due (beat calls this every hour)."""
    runs.request_due(timezone.now())


@shared_task(name="episodes.tasks.publish_due", ignore_result=True)
def publish_due() -> None:
    """Publish what is to be published by now (beat calls this every minute)."""
    scheduling.publish_due(timezone.now())


@shared_task(name="episodes.tasks.prune", ignore_result=True)
def prune() -> None:
    """Delete the rows of jobs that nobody reads any more (beat calls this once a day)."""
    pruning.prune(timezone.now())


@contextmanager
def _heeding_sigterm() -> Iterator[None]:
    """Let SIGTERM end the running job at its next heartbeat: it goes back to the queue at once.

    Without this a child of the pool would die on the spot when the whole process group is told to
    end (as supervisor does): its job would wait for the lease to run out, and its parent ten
    seconds for an answer. A child stays alive then; its parent, told as well, ends it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end_soon(_number: int, _frame: FrameType | None) -> None:
        jobs.stopping.set()

    before = signal.signal(signal.SIGTERM, end_soon)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if jobs.stopping.is_set():
            if current_process().name == "MainProcess":  # pool "solo": now end as told
                signal.raise_signal(signal.SIGTERM)
            else:
                jobs.stopping.clear()
