"""The job of a batch: proposals of many episodes accepted, refused or taken back, or their episodes
published, item by item.

``queue`` asks for it. An item is one transaction whose last step checks the claim; killed in the
middle the job goes on where it was, and nothing is done twice. What cannot be done to an item is
written into ``Batch.refusals`` with a sentence, and the others go on.

What was shown is what is decided: an item goes with the revision of the episode that its plan (or
what is to be published) belongs to. Where the episode has moved on the proposal stays, is worked out
anew, and stands in the group that it belongs to then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from episodes import jobs, reimports, wording, workflow
from episodes.models import Batch, Edition, Episode, ImportRun, Status
from episodes.models.jobs import JobState
from episodes.models.sources import RunState
from episodes.reimports import Unusable
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["KIND", "REFUSED", "Progress", "key_of", "progress", "work"]

logger = logging.getLogger(__name__)

KIND = "batch"
BREATH = 0.05  # seconds between items on SQLite: long enough for somebody else to get the lock

MOVED_ON = gettext_noop(
    "The episode has changed since; what its source would change was worked out anew. Look at it "
    "again."
)
REPLACED = gettext_noop("A newer state of the source has taken the place of this proposal.")
GONE = gettext_noop("The episode was deleted meanwhile.")
NO_LONGER_LIVE = gettext_noop("The episode is no longer published; it was left alone.")
NO_LONGER_IN_REVIEW = gettext_noop("The episode is no longer in review; it was left alone.")
NOBODY = gettext_noop("Who asked for this has no account any more; nothing more is done.")
BROKEN = gettext_noop("An error stopped this one, nothing of it was changed. The log has it.")
REFUSED = {  # where the workflow's sentence holds numbers, or is about a page that nobody saw
    "obstacles": gettext_noop("Something has to be mended before this can be published."),
    "nothing_new": gettext_noop("Nothing has changed since the last edition."),
    "permission": gettext_noop("Your account may not publish."),
    "stale": gettext_noop("The episode has changed since you asked. Look at it again."),
}
DONE = {
    Batch.Kind.ACCEPT: gettext_noop("Accepted: {done}. Left waiting: {left}."),
    Batch.Kind.REFUSE: gettext_noop("Refused: {done}. Left waiting: {left}."),
    Batch.Kind.UNDO: gettext_noop("Undone: {done}. Left as they are: {left}."),
    Batch.Kind.PUBLISH: gettext_noop("Published: {done}. Not published: {left}."),
}
ALONE = gettext_noop("{said} Left alone, because they are not evergreen: {count}.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. ``done`` and ``refused`` are items; ``ended`` is both."""

    total: int = 0
    ended: int = 0
    refused: int = 0
    state: str = JobState.QUEUED.value
    message: str = ""

    @property
    def done(self) -> int:
        """How many items were done as asked for."""
        return max(self.ended - self.refused, 0)

    @property
    def active(self) -> bool:
        """Whether it waits or runs still."""
        return self.state in jobs.ACTIVE


def key_of(batch: Batch) -> str:
    """Return the key of a batch's job."""
    return f"batch:{batch.pk}"


def progress(batch: Batch) -> Progress:
    """Return how far a batch is; one query."""
    job = batch.jobs.filter(kind=KIND).order_by("-pk").first()
    if job is None:
        return Progress(batch.total, state=JobState.CANCELLED.value)
    ended = batch.total if job.state == JobState.DONE else job.done_count
    refused = len(batch.refusals)
    return Progress(batch.total, ended, refused, job.state, wording.outcome_sentence(job))


# --- Doing it -------------------------------------------------------------------------------------


Asked = Mapping[str, Any]  # what the job was asked with, and ``why``


class Left(NamedTuple):
    """An item that is left as it is: its episode's slug and why."""

    slug: str
    sentence: str


@jobs.register(KIND, label=gettext_lazy("Batch"), kept=True)
def work(run: jobs.Run) -> str:
    """Do what a batch asks for, item by item; return how it ended, in numbers.

    Refusals are worked out anew by each attempt: nothing was done to what was refused.
    """
    batch = Batch.objects.select_related("by").get(pk=run.key.removeprefix("batch:"))
    if batch.by is None:
        return NOBODY
    batch.refusals = []
    revisions = run.arguments["revisions"]
    asked = {**run.arguments, "why": str(run.arguments.get("reason", "")) or batch.note}
    for number, (pk, seen) in enumerate(zip(batch.items, revisions, strict=True)):
        if number and connection.vendor == "sqlite":
            time.sleep(BREATH)  # else an editor's save waits for the one lock, for many items
        run.heartbeat(number, batch.total)
        try:
            with transaction.atomic():
                _note(batch, ONE[batch.kind](batch, batch.by, pk, seen, asked))
                run.still_mine()
        except (jobs.Interrupted, *jobs.TRANSIENT):
            raise
        except Exception:  # the edge of an item: the others go on
            logger.exception("Batch %s: item %s failed", batch.pk, pk)
            with transaction.atomic():
                _note(batch, Left(_slug(batch, pk), BROKEN))
                run.still_mine()
    with transaction.atomic():
        batch.save(update_fields=["refusals"])
        run.heartbeat(batch.total, batch.total)
    left = len(batch.refusals)
    said = fill(DONE[Batch.Kind(batch.kind)], done=batch.total - left, left=left)
    alone = run.arguments.get("alone")
    return fill(ALONE, said=said, count=alone) if alone else said


def _note(batch: Batch, left: Left | None) -> None:
    """Write down what was left, in the transaction of its item."""
    if left is not None:
        batch.refusals.append([left.slug, wording.store(Message(left.sentence, {}))])
        batch.save(update_fields=["refusals"])


def _slug(batch: Batch, pk: int) -> str:
    named = {"pk": pk} if batch.kind == Batch.Kind.PUBLISH else {"runs": pk}
    return Episode.objects.filter(**named).values_list("slug", flat=True).first() or ""


def _decide_one(batch: Batch, by: User, pk: int, seen: int, asked: Asked) -> Left | None:
    run = _run(pk)
    if run is None or run.episode is None:
        return Left("", GONE)
    if run.decided_in_id == batch.pk and run.state != RunState.WAITING:
        return None  # before the worker was killed
    episode = run.episode = Episode.objects.select_for_update().get(pk=run.episode.pk)
    if run.state == RunState.SUPERSEDED:
        return Left(episode.slug, REPLACED)
    if run.state == RunState.WAITING and episode.revision != seen:
        reimports.replan(run)
        return Left(episode.slug, MOVED_ON)
    try:
        if batch.kind == Batch.Kind.ACCEPT:
            reimports.accept(run, by=by, reason=asked["why"], revision=seen)
        else:
            reimports.refuse(run, by=by, reason=asked["why"])
    except Unusable as refused:
        return Left(episode.slug, refused.message)
    ImportRun.objects.filter(pk=pk).update(decided_in=batch)
    return None


def _undo_one(_batch: Batch, by: User, pk: int, _seen: int, asked: Asked) -> Left | None:
    run = _run(pk)
    if run is None or run.episode is None:
        return Left("", GONE)
    if run.state == RunState.UNDONE:
        return None  # before the worker was killed
    try:
        reimports.take_back(run, by=by, reason=asked["why"])
    except Unusable as refused:
        return Left(run.episode.slug, refused.message)
    return None


def _run(pk: int) -> ImportRun | None:
    """Return a run without its large columns; None where its episode is gone."""
    runs = ImportRun.objects.select_related("episode").defer("plan", "undo", "content")
    return runs.filter(pk=pk, episode__isnull=False).first()


def _publish_one(batch: Batch, by: User, pk: int, seen: int, asked: Asked) -> Left | None:
    episode = Episode.objects.filter(pk=pk).first()
    if episode is None:
        return Left("", GONE)
    made = Edition.objects.filter(
        episode=episode, revision=seen, published_by=by, note=batch.note, published_at__gte=batch.at
    )
    if made.exists():
        return None  # before the worker was killed
    first = pk in asked.get("first", ())
    if episode.status != (Status.REVIEW if first else Status.EVERGREEN):
        return Left(episode.slug, NO_LONGER_IN_REVIEW if first else NO_LONGER_LIVE)
    correction = "" if first else str(asked.get("correction", ""))
    try:
        with translation.override("en"):  # the sentence is kept, and read in another language
            workflow.publish(episode, by, batch.note, revision=seen, correction=correction)
    except workflow.Refused as refused:
        return Left(episode.slug, REFUSED.get(refused.code, refused.message))
    return None


ONE: dict[str, Callable[[Batch, User, int, int, Asked], Left | None]] = {
    Batch.Kind.ACCEPT: _decide_one,
    Batch.Kind.REFUSE: _decide_one,
    Batch.Kind.UNDO: _undo_one,
    Batch.Kind.PUBLISH: _publish_one,
}
