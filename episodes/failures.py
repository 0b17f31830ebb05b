"""Who is told when jobs fail for good: functions that other modules register here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from episodes.models import Job
from episodes.models.jobs import JobState

__all__ = ["on_failure", "tell"]

Told = Callable[[Job], None]

_told: list[Told] = []


def on_failure(function: Told) -> Told:
    """Have the decorated function called with each job that fails, in the transaction that says so.

    It is quick and raises nothing. It must be imported where the worker's tasks are.
    """
    _told.append(function)
    return function


def tell(job_ids: Iterable[int]) -> None:
    """Call what is registered, with those of the jobs that have failed."""
    failed = Job.objects.filter(pk__in=list(job_ids), state=JobState.FAILED)
    for job in failed.select_related("requested_by", "batch").order_by("pk"):
        for function in _told:
            function(job)
