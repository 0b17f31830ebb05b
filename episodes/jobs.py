"""Jobs: what was asked for is done, once, whatever is killed on the way (G8).

The row is the truth, the broker's message a bell. ``request`` writes the row in the caller's
transaction and rings when that commits; a bell that nobody hears is rung again by ``sweep``. A
worker claims the row by one conditional update with a key of its own and a lease. Heartbeats extend
the lease; whose claim was lost meanwhile (a worker that hung and was taken over) learns it at the
next heartbeat, and at the latest in the transaction that applies the work::

    @jobs.register("rebuild")
    def rebuild(run: jobs.Run) -> str:
        for number, item in enumerate(items):
            run.heartbeat(number, len(items))
            ...
        with transaction.atomic():
            ...                   # apply
            run.still_mine()      # raises Lost or Cancelled: then nothing of it is written
        return gettext_noop("All done.")  # a sentence for staff, optional

Work that is not in such a transaction may happen twice when a worker is killed: it has to bear it.
A heartbeat is due well within the lease. Every raise of :class:`Interrupted` is meant to pass
through the function.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    models,
    transaction,
)
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.functional import Promise

from episodes import failures, wording
from episodes.endings import Cancelled, Interrupted, Lost, Stopped, TryLater, interrupted_by
from episodes.models import Batch, Job
from episodes.models.jobs import JobState
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "ACTIVE",
    "ATTEMPTS",
    "Cancelled",
    "Interrupted",
    "Lost",
    "Run",
    "Stopped",
    "TryLater",
    "cancel",
    "cancel_all",
    "register",
    "request",
    "request_all",
    "silence",
    "sweep",
    "work",
]

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
PAUSES = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
GRACE = timedelta(seconds=10)  # how long a bell may take before it is rung again
PATIENCE = timedelta(minutes=1)  # how long a job waits until "no worker answers" is said
ACTIVE = (JobState.QUEUED, JobState.RUNNING)
KEYS = 500  # asked for in one query: SQLite takes no more than 32,766 values
RINGS = 100  # bells at most in one sweep
TRANSIENT = (OperationalError, InterfaceError, ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its function, how long a claim holds without a heartbeat, its name; see register."""

    name: str
    function: Callable[[Run], str | None]
    lease: timedelta
    label: str | Promise
    kept: bool = False


_kinds: dict[str, Kind] = {}
stopping = Event()  # set by the task when the worker process is told to end (SIGTERM)


def labels() -> dict[str, str]:
    """Return the name of each kind in the active language."""
    return {name: str(kind.label) for name, kind in _kinds.items()}


def kept_kinds() -> list[str]:
    """Return the kinds whose rows are kept."""
    return sorted(name for name, kind in _kinds.items() if kind.kept)


def name_of(job: Job) -> str:
    """Return what a job does and what it is about, for staff."""
    return f"{labels().get(job.kind, job.kind)} {job.key}".strip()


def register(
    kind: str, *, lease: timedelta = LEASE, label: str | Promise = "", kept: bool = False
) -> Callable[[Callable[[Run], str | None]], Callable[[Run], str | None]]:
    """Make the decorated function the one that does jobs of this kind.

    It must be imported where the worker's tasks are (a module ``tasks`` of an app, or from there).
    What it returns is the job's message when it is done, best a ``Message``, to be translated. ``label`` is the kind's name for staff.
    The rows of a kind that is ``kept`` are read long after their end (``pruning``).
    """

    def decorate(function: Callable[[Run], str | None]) -> Callable[[Run], str | None]:
        _kinds[kind] = Kind(kind, function, lease, label or kind, kept)
        return function

    return decorate


class Run:
    """A claim on a job, held by this worker."""

    def __init__(self, job: Job, kind: Kind) -> None:
        assert job.claim is not None
        self.job_id: int = job.pk
        self.key = job.key
        self.arguments: dict[str, Any] = dict(job.arguments)
        self.attempt = job.attempts
        self.requested_by_id = job.requested_by_id
        self.batch_id = job.batch_id
        self._claim = job.claim
        self._lease = kind.lease

    def heartbeat(self, done: int = 0, total: int = 0, message: str = "") -> None:
        """Tell how far the work is and extend the lease.

        Raises :class:`Lost`, :class:`Cancelled` or :class:`Stopped` when the run has to end.
        """
        if stopping.is_set():
            raise Stopped
        self._hold(done_count=done, total_count=total, **_said(message))

    def still_mine(self) -> bool:
        """Make sure, in the transaction that applies the work, that nobody else does too.

        Call it as the transaction's last step. It locks the job's row until the commit, so that the
        claim cannot be taken over in between; and ``request`` locks that row too, as the last step
        of an import or a publication: who takes it last never waits for the other in a circle.
        True, or :class:`Lost` or :class:`Cancelled` is raised.
        """
        if not connection.in_atomic_block:
            raise RuntimeError("still_mine() belongs into the transaction that applies the work")
        self._hold()
        return True

    def finish(self, message: str) -> None:
        """End the job as done with the transaction that applies the work, in place of ``still_mine``.

        A worker killed right after it leaves nothing to do again. Raises as ``still_mine`` does.
        """
        self.still_mine()
        _settle(self.mine(), JobState.DONE, message)

    def mine(self) -> models.QuerySet[Job]:
        """Return the job's row as long as the claim is ours; else nothing."""
        return Job.objects.filter(pk=self.job_id, state=JobState.RUNNING, claim=self._claim)

    def _hold(self, **values: Any) -> None:
        if self.mine().update(lease_until=timezone.now() + self._lease, **values) != 1:
            state = Job.objects.filter(pk=self.job_id).values_list("state", flat=True).first()
            raise Cancelled if state == JobState.CANCELLED else Lost


# Asking.


def request(
    kind: str,
    key: str = "",
    arguments: dict[str, Any] | None = None,
    by: User | None = None,
    batch: Batch | None = None,
) -> Job:
    """Ask for a job; it is done after the caller's transaction commits, in another process.

    One active job a kind and key. While one waits, that is the answer, with these arguments; while
    one runs, it is done once more when it ends, with these arguments (``again``). One that belongs to
    no batch yet joins ``batch``; one of another batch stays there. Never fails for want of a broker.
    """
    return request_all(kind, (key,), arguments, by, batch)[0]


def request_all(
    kind: str,
    keys: Iterable[str],
    arguments: dict[str, Any] | None = None,
    by: User | None = None,
    batch: Batch | None = None,
) -> list[Job]:
    """Ask for a job of each key, as ``request`` does, in a number of queries that hardly grows.

    The jobs come in the order of their keys.
    """
    ordered = sorted(set(keys))
    new = partial(Job, kind=kind, arguments=arguments or {}, requested_by=by, batch=batch)
    asked: list[Job] = []
    with transaction.atomic(savepoint=False):
        for start in range(0, len(ordered), KEYS):
            asked += _request(new, ordered[start : start + KEYS])
        _ring_on_commit(*(job.pk for job in asked))
    return asked


def _request(new: Callable[..., Job], keys: list[str]) -> list[Job]:
    """Return the active jobs of the keys; ``new`` makes one that is missing."""
    wish = new()
    active = Job.objects.filter(kind=wish.kind, key__in=keys, state__in=ACTIVE).order_by("pk")
    for _attempt in range(5):
        # The rows are locked, so that a worker which claims or ends a job waits for this transaction
        # and sees what it wrote.
        states = dict(active.select_for_update().values_list("key", "state"))
        if JobState.QUEUED in states.values():
            sooner = Least("run_after", Value(timezone.now()))  # a person asks: no pause any more
            waiting = active.filter(state=JobState.QUEUED)
            waiting.update(arguments=wish.arguments, run_after=sooner, attempts=0)
        if JobState.RUNNING in states.values():
            running = active.filter(state=JobState.RUNNING)
            running.update(arguments=wish.arguments, again=True)
        if states and wish.batch is not None:
            active.filter(batch=None).update(batch=wish.batch)
        try:
            with transaction.atomic():
                made = Job.objects.bulk_create(new(key=key) for key in keys if key not in states)
        except IntegrityError:
            continue  # somebody else asked at the same moment: theirs is the job
        known = [job for job in active if job.key in states] if states else []
        return sorted((*known, *made), key=lambda job: job.key)
    raise RuntimeError(f"The jobs {wish.kind} {keys} change faster than they can be asked for.")


def cancel(job: Job) -> bool:
    """Cancel a job that waits or runs; false when it had ended already.

    A run learns it at its next heartbeat; what it has not applied by then is never applied.
    """
    return bool(cancel_all(Job.objects.filter(pk=job.pk)))


def cancel_all(found: models.QuerySet[Job]) -> int:
    """Cancel those of the jobs that wait or run; return how many."""
    return found.filter(state__in=ACTIVE).update(
        state=JobState.CANCELLED, again=False, finished_at=timezone.now(), **_free()
    )


def silence() -> timedelta | None:
    """Return for how long the oldest due job waits, when no worker seems to answer; else None.

    A worker answers as long as a lease runs or a job ended within the last minute.
    """
    now = timezone.now()
    oldest = (
        Job.objects.filter(state=JobState.QUEUED, run_after__lte=now)
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first()
    )
    if oldest is None or now - oldest < PATIENCE:
        return None
    answers = Job.objects.filter(
        Q(state=JobState.RUNNING, lease_until__gte=now)
        | Q(state__in=(JobState.DONE, JobState.FAILED), finished_at__gte=now - PATIENCE)
    )
    return None if answers.exists() else now - oldest


def _ring_on_commit(*job_ids: int) -> None:
    """Ring for jobs after the commit; once a bell is not heard, the others are left to the sweep."""
    transaction.on_commit(lambda: all(map(ring, job_ids)), robust=True)


def ring(job_id: int) -> bool:
    """Tell the workers of a job; false (and a line in the log) when the broker cannot be reached."""
    try:
        current_app.signature("episodes.tasks.work", args=(job_id,)).apply_async()
    except Exception as error:  # each broker's library has exceptions of its own
        logger.warning(
            "The bell for job %s was not heard (%r); the sweep rings again", job_id, error
        )
        return False
    return True


# Doing.


def work(job_id: int) -> None:
    """Do a job if it is free and due; else nothing. Raises nothing: a task's edge.

    Where the database cannot be reached the row stays as it is: the job waits, or its lease
    expires, and a sweep rings for it.
    """
    if stopping.is_set():
        return
    try:
        claimed = _claim(job_id)
        if claimed is not None:
            _do(*claimed)
    except DatabaseError:
        logger.exception("Job %s: the database failed; the sweep rings again", job_id)


def sweep() -> int:
    """Ring for jobs that wait and for leases that ran out; return for how many.

    A job whose worker died in every attempt is given up.
    """
    now = timezone.now()
    expired = Q(state=JobState.RUNNING, lease_until__lt=now)
    gave_up = gettext_noop("Given up: the worker ended {count} times in the middle of it.")
    _settle(
        Job.objects.filter(expired, attempts__gte=ATTEMPTS),
        JobState.FAILED,
        fill(gave_up, count=ATTEMPTS),
    )
    waiting = Q(state=JobState.QUEUED, run_after__lte=now - GRACE)
    due = Job.objects.filter(waiting | expired).order_by("run_after", "pk")
    rung = 0
    for job_id in due.values_list("pk", flat=True)[:RINGS]:
        if not ring(job_id):
            break
        rung += 1
    return rung


def _claim(job_id: int) -> tuple[Run, Kind] | None:
    """Take the job by condition: it waits and is due, or its lease ran out."""
    now = timezone.now()
    free = Job.objects.filter(
        Q(state=JobState.QUEUED, run_after__lte=now)
        | Q(state=JobState.RUNNING, lease_until__lt=now),
        pk=job_id,
        attempts__lt=ATTEMPTS,
    )
    name = free.values_list("kind", flat=True).first()
    if name is None:
        return None
    kind = _kinds.get(name)
    if kind is None:
        logger.error("Job %s: no module of this worker registers the kind %r", job_id, name)
        unknown = fill(gettext_noop("No worker knows the kind “{kind}”."), kind=name)
        _settle(free, JobState.FAILED, unknown)
        return None
    claim = uuid.uuid4()
    taken = free.update(
        state=JobState.RUNNING,
        claim=claim,
        lease_until=now + kind.lease,
        attempts=F("attempts") + 1,
        again=False,  # what was asked for until now is what this run does
        started_at=now,
        finished_at=None,
        done_count=0,
        total_count=0,
        **_said(""),
    )
    if taken != 1:
        return None
    job = Job.objects.filter(pk=job_id, claim=claim).first()
    return None if job is None else (Run(job, kind), kind)


def _do(run: Run, kind: Kind) -> None:
    """Call the job's function and settle the row by how it ended."""
    try:
        message = kind.function(run) or ""
    except Stopped:
        _usable_connection()
        put_back = {"state": JobState.QUEUED, "run_after": timezone.now(), **_free()}
        run.mine().update(attempts=F("attempts") - 1, **put_back)
        logger.info("Job %s was put back: this worker ends", run.job_id)
    except Interrupted as reason:
        logger.info("Job %s ended early: %s", run.job_id, type(reason).__name__)
    except TryLater as fault:
        _retry(run, fault.message, fault.pause)
    except TRANSIENT as fault:
        logger.warning("Job %s met a fault that may pass", run.job_id, exc_info=True)
        _retry(run, interrupted_by(fault))
    except Exception as fault:
        logger.exception("Job %s failed", run.job_id)
        _usable_connection()
        _settle(run.mine(), JobState.FAILED, interrupted_by(fault))
    else:
        _settle(run.mine(), JobState.DONE, message)


def _retry(run: Run, message: str, pause: timedelta = timedelta(0)) -> None:
    """Queue the job again after a pause that grows with the attempts; at last it has failed."""
    _usable_connection()
    if run.attempt >= ATTEMPTS:
        _settle(run.mine(), JobState.FAILED, message)
        return
    run_after = timezone.now() + max(pause, PAUSES[min(run.attempt, len(PAUSES)) - 1])
    run.mine().update(state=JobState.QUEUED, run_after=run_after, **_said(message), **_free())


def _settle(jobs: models.QuerySet[Job], state: JobState, message: str) -> None:
    """End the jobs of a condition (a claim of ours); one asked for again meanwhile waits again."""
    now = timezone.now()
    anew = {"state": JobState.QUEUED, "again": False, "attempts": 0, "run_after": now}
    for _attempt in range(2):  # the second round is for a request between the two updates
        repeated = list(jobs.filter(again=True).values_list("pk", flat=True))
        if repeated:
            jobs.filter(again=True, pk__in=repeated).update(**_said(message), **anew, **_free())
            _ring_on_commit(*repeated)
        ending = jobs.filter(again=False)
        with transaction.atomic():
            failing = list(ending.values_list("pk", flat=True)) if state == JobState.FAILED else []
            ending.update(state=state, **_said(message), finished_at=now, **_free())
            failures.tell(failing)


def _said(message: str) -> dict[str, Any]:
    return {"message": str(message), "wording": wording.store(message)}


def _free() -> dict[str, Any]:
    return {"claim": None, "lease_until": None}


def _usable_connection() -> None:
    """Drop a connection that broke in the middle of the work, so that its end can be written."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
