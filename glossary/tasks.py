"""The Celery task; importing it makes the worker know the jobs (``rebuild.KIND``, ``renaming.KIND``)."""

from __future__ import annotations

from celery import shared_task

from episodes.tasks import work
from glossary import importing, renaming  # noqa: F401 - the worker knows their jobs by it
from glossary.rebuild import ask

__all__ = ["rebuild"]


@shared_task(name="glossary.tasks.rebuild", ignore_result=True)
def rebuild() -> None:
    """Ask for a full rebuild and do it, if nobody else does."""
    work(ask().pk)
