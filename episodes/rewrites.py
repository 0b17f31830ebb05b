"""Rewritings of working copies that were planned item by item, as one job does them.

An item is a turn, a chapter's title or an episode's own texts, with what stood there when it was
planned and the spans to replace; ``Job.arguments`` carries exactly that. The job writes through
``editing``, a few items of one episode in a transaction, and leaves alone what has changed since.
Killed in the middle it goes on: an item that it has written is known by the history.

A turn that waits to be read (stale, or put together by an import) keeps its translation: whoever
saves that is taken to have read it.
"""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from episodes import jobs
from episodes.editing import Invalid, Stale, Vanished, save_chapter, save_episode, save_turn
from episodes.models import Change, Chapter, Episode, Job, Turn
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.replacing import Replacement, applied, way_back

__all__ = [
    "DIRECTLY",
    "KIND",
    "PERMISSIONS",
    "Item",
    "Left",
    "ask",
    "items_back",
    "items_of",
    "left_of",
    "permitted",
    "rewrite",
    "stamp",
    "written",
]

logger = logging.getLogger(__name__)

KIND = "replace"
PERMISSIONS = ("episodes.change_turn", "episodes.change_episode")

PART = 20
"""So many items of an episode are written in one transaction."""

DIRECTLY = 20
"""So many items of one episode are written at once, by whoever asks: nobody waits for a worker."""

BREATH = 0.05  # seconds between two transactions on SQLite, so that an editor's save gets the lock

DONE = gettext_noop("Replaced in {count} texts of {episodes} episodes. Left: {left}.")
NOBODY = gettext_noop("Who asked for this has no account any more; nothing was replaced.")
FORBIDDEN = gettext_noop("Who asked for this may not edit episodes any more; nothing was replaced.")

Changes = tuple[tuple[str, tuple[Replacement, ...]], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A text, or several of one row, that would change.

    ``kind`` is turn, chapter or episode, ``pk`` the row's id, ``uid`` a turn's. ``seen`` is what it
    was planned on: a turn's version, else the :func:`stamp` of the fields that change. ``changes``
    are the replacements by field.
    """

    episode: int
    kind: str
    pk: int
    uid: str
    seen: str
    changes: Changes

    @property
    def key(self) -> str:
        """What tells it from the other items of a plan, in a form's field."""
        return f"{self.kind[0]}{self.pk}"

    @property
    def target(self) -> str:
        """What the history calls it."""
        return f"turn:{self.uid}" if self.kind == "turn" else f"{self.kind}:{self.pk}"

    def values(self, row: object) -> dict[str, str]:
        """Return what its fields will be. Raises ValueError where something else stands there."""
        return {name: applied(getattr(row, name), changes) for name, changes in self.changes}


@dataclass(frozen=True, slots=True)
class Left:
    """An item that was left as it is: ``why`` is changed, gone, to_read or broken."""

    episode: int
    target: str
    why: str


def stamp(values: Mapping[str, str]) -> str:
    """Return what differs as soon as one of some texts does, 32 hexadecimal digits."""
    said = repr(sorted(values.items())).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def permitted(user: User) -> bool:
    """Whether a person may have texts rewritten."""
    return user.has_perms(PERMISSIONS)


def ask(items: Sequence[Item], *, about: str, why: str, by: User, **said: Any) -> Job:
    """Ask for the job that writes these items, in the caller's transaction.

    ``about`` names it among other jobs; ``said`` is kept with it.
    """
    arguments = {**said, "why": why, "items": [_stored(item) for item in items], "left": []}
    key = f"{about[:150]} {uuid.uuid4().hex[:12]}"  # never another's: each has items of its own
    return jobs.request(KIND, key, arguments, by)


def items_of(job: Job) -> list[Item]:
    """Return what a job was asked to write."""
    return [_item(row) for row in job.arguments["items"]]


def left_of(job: Job) -> list[Left]:
    """Return the items that a job has left as they are."""
    return [Left(*row) for row in job.arguments["left"]]


def written(job: Job) -> list[Item]:
    """Return the items that a job has written until now. One query."""
    targets = set(_changes(job).values_list("target", flat=True))
    return [item for item in items_of(job) if item.target in targets]


def items_back(job: Job) -> list[Item]:
    """Return what makes each item that a job wrote what it was before; planned on what it wrote."""
    texts: dict[str, dict[str, str]] = {}
    for change in _changes(job).only("target", "field", "new"):
        texts.setdefault(change.target, {})[change.field] = str(change.new)
    back: list[Item] = []
    for item in items_of(job):
        now = texts.get(item.target)
        if now is None:
            continue
        seen = str(int(item.seen) + 1) if item.kind == "turn" else stamp(now)
        changes = tuple((name, way_back(each)) for name, each in item.changes)
        back.append(Item(item.episode, item.kind, item.pk, item.uid, seen, changes))
    return back


def _changes(job: Job) -> QuerySet[Change]:
    """Return the rows of the history that a job has written."""
    found = Change.objects.filter(
        change_set__by=job.requested_by_id,
        change_set__why=job.arguments["why"],
        change_set__at__gte=job.requested_at,
    )
    if job.finished_at is not None:
        found = found.filter(change_set__at__lte=job.finished_at)
    return found


def _stored(item: Item) -> list[Any]:
    changes = [
        [name, [[each.start, each.end, each.was, each.becomes] for each in found]]
        for name, found in item.changes
    ]
    return [item.episode, item.kind, item.pk, item.uid, item.seen, changes]


def _item(row: list[Any]) -> Item:
    episode, kind, pk, uid, seen, changes = row
    found = tuple((name, tuple(Replacement(*span) for span in spans)) for name, spans in changes)
    return Item(episode, kind, pk, uid, seen, found)


# Doing it.


@jobs.register(KIND, label=gettext_lazy("Find and replace"), kept=True)
def rewrite(run: jobs.Run) -> str:
    """Write the planned items; return how many, and how many were left."""
    by = User.objects.filter(pk=run.requested_by_id or 0, is_active=True).first()
    if by is None:
        return NOBODY
    if not permitted(by):
        return FORBIDDEN
    items = [_item(row) for row in run.arguments["items"]]
    left: list[Left] = []
    done = 0
    for part in _parts(items):
        if done and connection.vendor == "sqlite":
            time.sleep(BREATH)
        run.heartbeat(done, len(items))
        left += _write(run, part, by)
        done += len(part)
    kept = {each.target for each in left}
    touched = {item.episode for item in items if item.target not in kept}
    said = fill(DONE, count=done - len(left), episodes=len(touched), left=len(left))
    with transaction.atomic():
        rows = [[each.episode, each.target, each.why] for each in left]
        run.heartbeat(done, len(items))
        run.mine().update(arguments={**run.arguments, "left": rows})
        run.finish(said)
    return said


def _parts(items: list[Item]) -> Iterator[list[Item]]:
    for _episode, of_it in groupby(items, attrgetter("episode")):
        found = list(of_it)
        for start in range(0, len(found), PART):
            yield found[start : start + PART]


def _write(run: jobs.Run, part: list[Item], by: User) -> list[Left]:
    """Write some items of one episode in a transaction; return those that were left."""
    try:
        with transaction.atomic():
            left = _write_part(run, part, by)
            run.still_mine()
    except (jobs.Interrupted, *jobs.TRANSIENT):
        raise
    except Exception:  # the edge of a part: the others go on
        logger.exception("Job %s: texts of episode %s failed", run.job_id, part[0].episode)
        return [Left(item.episode, item.target, "broken") for item in part]
    return left


def _write_part(run: jobs.Run, part: list[Item], by: User) -> list[Left]:
    why = run.arguments["why"]
    Episode.objects.select_for_update().filter(pk=part[0].episode).first()
    rows = _rows(part)
    moved = [item for item in part if item.target in rows and _has_moved(rows[item.target], item)]
    ours = _written_before(run, moved)
    left: list[Left] = []
    for item in part:
        if item.target in ours:
            continue
        row = rows.get(item.target)
        reason = _reason(row, item)
        if row is not None and not reason:
            try:
                _save(row, item, by, why)
            except (Stale, Invalid):
                reason = "changed"
            except Vanished:
                reason = "gone"
        if reason:
            left.append(Left(item.episode, item.target, reason))
    return left


Row = Turn | Chapter | Episode


def _rows(part: Iterable[Item]) -> dict[str, Row]:
    """Return the rows of some items by target; three queries at most."""
    found: dict[str, Row] = {}
    by_kind: dict[str, list[Item]] = {}
    for item in part:
        by_kind.setdefault(item.kind, []).append(item)
    managers: dict[str, Any] = {
        "turn": Turn.everything,
        "chapter": Chapter.objects,
        "episode": Episode.objects,
    }
    for kind, items in by_kind.items():
        rows = managers[kind].in_bulk([item.pk for item in items])
        found |= {item.target: rows[item.pk] for item in items if item.pk in rows}
    return found


def _reason(row: Row | None, item: Item) -> str:
    """Return why an item has to be left, empty where it is to be written."""
    if row is None or (isinstance(row, Turn) and row.gone):
        return "gone"
    if _has_moved(row, item):
        return "changed"
    fields = [name for name, _changes in item.changes]
    if isinstance(row, Turn) and "text" in fields and (row.stale or row.unread):
        return "to_read"
    return ""


def _has_moved(row: Row, item: Item) -> bool:
    if isinstance(row, Turn):
        return str(row.version) != item.seen
    return stamp({name: getattr(row, name) for name, _changes in item.changes}) != item.seen


def _save(row: Row, item: Item, by: User, why: str) -> None:
    values = item.values(row)
    if isinstance(row, Turn):
        save_turn(row, version=row.version, values=values, by=by, why=why)
    elif isinstance(row, Chapter):
        save_chapter(row, title=values["title"], by=by, why=why)
    else:
        revision = Episode.objects.values_list("revision", flat=True).get(pk=row.pk)
        save_episode(row, revision=revision, values=values, by=by, why=why)


def _written_before(run: jobs.Run, moved: list[Item]) -> set[str]:
    """Return the targets among these that this job has written before it was killed."""
    if not moved:
        return set()
    job = Job.objects.get(pk=run.job_id)
    found = _changes(job).filter(target__in=[item.target for item in moved])
    return set(found.values_list("target", flat=True))
