"""What the glossary's tests begin with: episodes of a few turns, jobs done here, tables to compare."""

from __future__ import annotations

import itertools
from typing import Any

from episodes import jobs
from episodes.models import Episode, Job, Turn
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, publish_episode
from glossary import publishing, rebuild
from glossary.models import (
    Annotation,
    Entry,
    EntryKey,
    EntryUse,
    HeadingUse,
    Likeness,
    Occurrence,
    PublishedAnnotation,
    PublishedEntry,
    Suggestion,
)

__all__ = ["do_jobs", "edit", "entry", "episode", "killed_at", "live_episode", "rebuilt", "tables"]

LAKE = "**数据湖**（Data Lake: 存放原始数据的仓库）"


def episode(slug: str, *texts: str, **front: Any) -> Episode:
    """Import a draft with these turns; ``front`` as in ``make_episode``."""
    turns = [("Mara Quill", text, f"Original {number}.") for number, text in enumerate(texts, 1)]
    return make_episode(
        slug=slug, address=f"{slug}.md", turns=turns, extra=(("is", slug),), **front
    )


def live_episode(slug: str, *texts: str, **front: Any) -> Episode:
    """Import and publish an episode with these turns."""
    made = episode(slug, *texts, **front)
    publish_episode(made)
    return made


def edit(made: Episode, number: int, text: str) -> None:
    """Change a turn's text in the working copy, with nobody told."""
    turn = made.turns.order_by("position")[number]
    Turn.objects.filter(pk=turn.pk).update(text=text)


def do_jobs() -> list[str]:
    """Do what waits as a worker would, until nothing does; return the messages."""
    messages = []
    while job := Job.objects.filter(state=JobState.QUEUED).order_by("pk").first():
        jobs.work(job.pk)
        job.refresh_from_db()
        assert job.state in (JobState.DONE, JobState.QUEUED), job.message
        messages.append(job.message)
    return messages


class Killed(BaseException):
    """The worker is gone."""


def killed_at(monkeypatch, step: int, job: Job) -> bool:
    """Work on a job until its claim is looked at for the n-th time; false if it ends before."""
    real = jobs.Run._hold
    calls = itertools.count(1)

    def hold(run, **values):
        real(run, **values)
        if next(calls) == step:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Run, "_hold", hold)
        try:
            jobs.work(job.pk)
        except Killed:
            return True
    return False


def rebuilt() -> None:
    """Ask for a full rebuild and do it."""
    rebuild.ask()
    do_jobs()


def entry(term: str) -> Entry:
    return Entry.objects.get(term=term)


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Return the contents of the glossary's tables without row numbers and times, in order.

    Of uses those of the generation that counts.
    """
    current = publishing.current_generation()
    says = (
        "term",
        "foreign_term",
        "abbreviation",
        "expansion",
        "definition",
        "aliases",
        "sort_key",
    )
    note = ("position", "key", "head", "foreign", "abbreviation", "expansion", "definition")
    rows = {
        "entries": Entry.objects.values_list("slug", "state", "version", "forbidden", *says),
        "keys": EntryKey.objects.values_list("key", "entry__slug"),
        "annotations": Annotation.objects.values_list(
            "turn__episode__slug", "turn__position", *note, "start", "end", "entry__slug"
        ),
        "published annotations": PublishedAnnotation.objects.values_list(
            "published__slug", *note, "entry__slug"
        ),
        "published entries": PublishedEntry.objects.values_list("entry__slug", *says),
        "occurrences": Occurrence.objects.filter(generation=current).values_list(
            "entry__slug", "turn__published__slug", "turn__position", "start", "end"
        ),
        "uses": EntryUse.objects.filter(generation=current).values_list(
            "entry__slug", "published__slug", "uses", "turns"
        ),
        "headings": HeadingUse.objects.filter(generation=current).values_list(
            "entry__slug", "published__slug", "chapter_position", "start", "end"
        ),
        "suggestions": Suggestion.objects.values_list(
            "entry__slug", "field", "value", "uses", "state"
        ),
    }
    alike = Likeness.objects.values_list("entry__slug", "other__slug", "reason", "detail", "state")
    return {
        **{name: sorted(found.order_by()) for name, found in rows.items()},
        # whichever of the two came first
        "likenesses": sorted((*sorted(row[:2]), *row[2:]) for row in alike),
    }
