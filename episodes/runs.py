"""Sources are asked again: one job a source, many of them as one batch.

``request_reimport`` writes the jobs; ``reimport`` does one. What a run writes it writes in one
transaction, which as its last step checks the claim and ends the job: a worker that was killed or
taken over has applied nothing, and nothing is applied twice. Asking itself happens outside of any
transaction.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, prefetch_related_objects
from django.utils.translation import gettext_lazy

from episodes import imports, jobs, visits, wording
from episodes.imports import Incoming, incoming_of
from episodes.models import Batch, ImportRun, Job, Snapshot, Source
from episodes.models.jobs import JobState
from episodes.models.sources import Outcome, RunState, SourceKind
from episodes.sources import registry
from episodes.sources.manners import LONGEST_REST, Manners
from episodes.sources.registry import Answer, State
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "KIND",
    "Asked",
    "BatchProgress",
    "ask",
    "cancel_batch",
    "due",
    "key_of",
    "last_seen",
    "progress",
    "reimport",
    "request_due",
    "request_reimport",
]

KIND = "reimport"
LEASE = timedelta(minutes=3)  # the longest that asking takes without a heartbeat, and some
MOST_DUE = 200  # sources asked for at once by the clock
STEP = 5.0  # seconds between heartbeats while it waits for its turn with a host
ASKED_ALREADY = gettext_noop("{address} is being asked already, in another batch.")
NO_CAPTIONS_ADOPTED = gettext_noop(
    "{address} is a recording, not a transcript: its captions were never adopted."
)
NO_LONGER = gettext_noop("The source was removed meanwhile; there is nothing to ask.")
OUTCOMES = {
    Outcome.CREATED.value: gettext_noop("A new draft was made."),
    Outcome.UPDATED.value: gettext_noop("The source had changed; the draft follows it."),
    Outcome.UNCHANGED.value: gettext_noop("The source has not changed."),
    Outcome.PROPOSED.value: gettext_noop("The source has changed: a proposal waits."),
    Outcome.HELD.value: gettext_noop("The source has changed for the worse: it is held."),
    Outcome.FAILED.value: gettext_noop("The source could not be read."),
}


@dataclass(frozen=True)
class Asked:
    """What came of asking: the jobs that do it, and the sources left out, each with why.

    Several jobs belong to one ``batch``; there is none for a single one.
    """

    batch: Batch | None = None
    jobs: list[Job] = field(default_factory=list)
    skipped: list[tuple[Source, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is: its jobs by state, and how the imports ended so far."""

    total: int = 0
    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def ended(self) -> int:
        """How many jobs have ended, one way or the other."""
        return self.done + self.failed + self.cancelled

    @property
    def active(self) -> bool:
        """Whether something waits or runs still."""
        return bool(self.waiting or self.running)


# Asking for it.


def request_reimport(
    sources: Iterable[Source], *, by: User | None, reason: str = "", note: str = ""
) -> Asked:
    """Ask for sources to be read again; the jobs are done after the caller's transaction commits.

    One active job a source: asking again while it waits is that one, and while it runs it is done
    once more. Several sources are one batch; a source whose job belongs to another batch that is at
    work is left out, as are uploads. ``reason``: why a state that makes things worse is applied all
    the same. ``note`` is the batch's.
    """
    given = list(sources)
    skipped = [(source, why) for source in given if (why := why_not(source))]
    left_out = {source.pk for source, _why in skipped}
    askable = [source for source in given if source.pk not in left_out]
    arguments = {"reason": reason} if reason else {}
    with transaction.atomic():
        if len(askable) < 2:
            asked = [jobs.request(KIND, key_of(source), arguments, by) for source in askable]
            return Asked(None, asked, skipped)
        batch = Batch.objects.create(kind=Batch.Kind.REIMPORT, by=by, note=note)
        by_key = {key_of(source): source for source in askable}
        found = {job.key: job for job in jobs.request_all(KIND, by_key, arguments, by, batch)}
        asked = [found[key] for key in by_key if found[key].batch_id == batch.pk]
        skipped += [
            (source, fill(ASKED_ALREADY, address=source.address))
            for key, source in by_key.items()
            if found[key].batch_id != batch.pk
        ]
        if not asked:
            batch.delete()
            return Asked(None, [], skipped)
        prefetch_related_objects([source for source, _why in skipped], "episode")
        batch.total = len(asked)
        batch.refusals = [[source.episode.slug, wording.store(why)] for source, why in skipped]
        batch.save(update_fields=["total", "refusals"])
        return Asked(batch, asked, skipped)


def key_of(source: Source) -> str:
    """Return the key of a source's job."""
    return f"source:{source.pk}"


def why_not(source: Source) -> str:
    """Return why a source cannot be asked, a sentence; empty where it can."""
    kind = registry.kind_of(source.address)
    if kind == registry.Kind.UPLOAD:
        return registry.ask(source.address, manners=_manners()).message
    if kind == registry.Kind.YOUTUBE and source.kind != SourceKind.CAPTIONS:
        return fill(NO_CAPTIONS_ADOPTED, address=source.address)
    return ""


# What the clock asks for.


def due(now: datetime) -> list[Source]:
    """Return the sources to be asked at ``now``, the longest due first; none that is asked already."""
    active = Job.objects.filter(kind=KIND, state__in=jobs.ACTIVE).values_list("key", flat=True)
    asked = set(active)
    return [
        source for source in visits.due(now) if key_of(source) not in asked and not why_not(source)
    ]


def request_due(now: datetime) -> Asked:
    """Ask for the sources that are due, ``MOST_DUE`` at most: the rest comes the next time."""
    return request_reimport(due(now)[:MOST_DUE], by=None)


# How far it is.


def progress(batch: Batch) -> BatchProgress:
    """Return how far a batch is, in two queries however large it is."""
    states = Counter(dict(batch.jobs.order_by().values_list("state").annotate(number=Count("pk"))))
    last = batch.runs.order_by().values("source").annotate(last=Max("pk")).values("last")
    runs = ImportRun.objects.filter(pk__in=last).order_by()
    outcomes = dict(runs.values_list("outcome").annotate(number=Count("pk")))
    return BatchProgress(
        total=batch.total,
        waiting=states[JobState.QUEUED],
        running=states[JobState.RUNNING],
        done=states[JobState.DONE],
        failed=states[JobState.FAILED],
        cancelled=states[JobState.CANCELLED],
        outcomes={key: outcomes[key] for key in Outcome.values if key in outcomes},
    )


def cancel_batch(batch: Batch) -> int:
    """Cancel what of a batch has not ended; return how many jobs. What was applied stays."""
    return jobs.cancel_all(Job.objects.filter(batch=batch))


# Doing it.


def ask(source: Source, manners: Manners | None = None) -> tuple[Answer, Incoming | None]:
    """Ask a source for what it says now; with the document to import, where there is one.

    A source that has not changed since says what it gave the last time.
    """
    seen = last_seen(source)
    answer = registry.ask(
        source.address,
        manners=manners or _manners(),
        etag=source.etag if seen else "",
        last_modified=source.last_modified if seen else "",
        allowed_hosts=settings.SOURCE_ALLOWED_HOSTS,
    )
    if answer.state == State.CONTENT:
        return answer, incoming_of(answer, source.address)
    if answer.state == State.NOT_MODIFIED and seen is not None:
        etag, last_modified = source.etag, source.last_modified
        data = bytes(seen.content)
        return answer, Incoming(data, source.address, etag=etag, last_modified=last_modified)
    return answer, None


def last_seen(source: Source) -> Snapshot | None:
    """Return what a source gave the last time, to which its validators belong; None if nothing is
    kept. A state that waits, or was refused, is later than the accepted one."""
    waiting = source.runs.filter(state=RunState.WAITING).values_list("snapshot", flat=True).first()
    pk = waiting or source.refused_id or source.accepted_id
    return None if pk is None else Snapshot.objects.get(pk=pk)


@jobs.register(KIND, lease=LEASE, label=gettext_lazy("Re-import"))
def reimport(run: jobs.Run) -> str:
    """Ask one source and meet what it says; return how that ended.

    Raises ``jobs.TryLater`` where the source does not answer now.
    """
    pk = int(run.key.removeprefix("source:"))
    source = Source.objects.select_related("episode").filter(pk=pk).first()
    if source is None:
        return NO_LONGER
    run.heartbeat(message=fill(gettext_noop("Asking {address}"), address=source.address))
    answer, incoming = ask(source, _manners(run))
    run.heartbeat(message=fill(gettext_noop("Reading {address}"), address=source.address))
    if answer.state == State.CANNOT_ASK:
        return answer.message
    if incoming is not None:
        return _import(run, source, answer, incoming)
    if answer.state == State.PASSING and run.attempt < jobs.ATTEMPTS:
        raise jobs.TryLater(answer.message, _pause(answer))
    with transaction.atomic():
        note = visits.gone if answer.state == State.GONE else visits.failed
        note(source, answer.message)
        _write_failure(run, source, answer.message)
        if answer.state == State.PASSING:
            run.still_mine()
        else:
            run.finish(answer.message)
    if answer.state == State.PASSING:
        raise jobs.TryLater(answer.message)  # the last attempt: the job has failed
    return answer.message


def _import(run: jobs.Run, source: Source, answer: Answer, incoming: Incoming) -> str:
    """Import what came, in one transaction."""
    asked_by = run.requested_by_id
    by = User.objects.filter(pk=asked_by).first() if asked_by is not None else None
    result = imports.import_document(
        incoming,
        by=by,
        reason=str(run.arguments.get("reason", "")),
        confirm=partial(_end, run, source, answer),
    )
    return _sentence(result)


def _end(run: jobs.Run, source: Source, answer: Answer, result: imports.Result) -> None:
    """The last steps of the transaction that imports."""
    assert result.run_id is not None
    if run.batch_id is not None:
        ImportRun.objects.filter(pk=result.run_id).update(batch_id=run.batch_id)
    if result.outcome == Outcome.FAILED:
        visits.failed(source, result.message)
    if answer.permanent and answer.url != source.moved_to:
        visits.moved(source, answer.url)
    run.finish(_sentence(result))


def _sentence(result: imports.Result) -> str:
    return result.message or OUTCOMES[result.outcome]


def _write_failure(run: jobs.Run, source: Source, message: str) -> None:
    ImportRun.objects.create(
        address=source.address,
        source=source,
        episode_id=source.episode_id,
        outcome=Outcome.FAILED,
        message=strip_controls(message),
        wording=wording.store(message),
        batch_id=run.batch_id,
        by_id=run.requested_by_id,
    )


def _pause(answer: Answer) -> timedelta:
    return timedelta(seconds=min(answer.retry_after or 0.0, LONGEST_REST))


def _manners(run: jobs.Run | None = None) -> Manners:
    folder = settings.DATA_DIR / "visits"
    return Manners(folder) if run is None else Manners(folder, sleep=partial(_sleep, run))


def _sleep(run: jobs.Run, seconds: float) -> None:
    """Wait for a turn with a host; a run that has to end does not wait for it."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, STEP))
        run.heartbeat(message=gettext_noop("Waiting for a turn with the host"))
