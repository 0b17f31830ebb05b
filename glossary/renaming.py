"""Renaming a term through the working copies: planned, looked at, then done by one job.

``plan`` reads: which turns would change, and how, each with the version it was read at. ``rename``
writes the entry and asks for the job, in one transaction; the job carries exactly what was planned
(``Job.arguments``): of each turn the version and the replaced spans. It writes through
``editing.save_turn``, a few turns of one episode in a transaction, and leaves alone what has changed
since. Killed in the middle it goes on: a turn that it has written is known by the history.

A turn that waits to be read (stale, or put together by an import) is left out: whoever saves it is
taken to have read it.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import jobs
from episodes.editing import Stale, Vanished, save_turn
from episodes.models import Change, Episode, Job, Turn
from episodes.transcripts.messages import fill, gettext_noop
from glossary import decisions
from glossary.concordance import names_of, other_names
from glossary.grouping import key_of
from glossary.matching import Matcher
from glossary.models import Annotation, Entry
from glossary.rewriting import (
    Replacement,
    Unsafe,
    applied,
    matcher_of,
    replacements,
    way_back,
)

__all__ = [
    "KIND",
    "LIMIT",
    "PERMISSION",
    "Busy",
    "Item",
    "Left",
    "Place",
    "Plan",
    "Wish",
    "left_of",
    "plan",
    "rename",
    "renamings_of",
    "rewrite",
    "wish_back",
]

logger = logging.getLogger(__name__)

KIND = "glossary.rename"
PERMISSION = "episodes.change_episode"

LIMIT = 20_000
"""So many turns are rewritten by one job."""

TURNS = 20
"""So many turns of an episode are written in one transaction."""

BREATH = 0.05  # seconds between two transactions on SQLite, so that an editor's save gets the lock
KEPT = 3600  # seconds that a plan is remembered; it is worked out anew when a turn has changed

DONE = gettext_noop("Rewritten: {turns} turns in {episodes} episodes. Left: {left}.")
NOBODY = gettext_noop("Who asked for this has no account any more; no turn was rewritten.")
FORBIDDEN = gettext_noop(
    "Who asked for this may not change episodes any more; nothing was rewritten."
)


class Busy(Exception):
    """Turns are still being rewritten for this term; nothing was written. ``job`` does that."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.pk)
        self.job = job


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the new term; with ``mentions`` not only its annotated heads are rewritten.

    ``back`` is the job of a renaming that is to be taken back: then only the turns it wrote change,
    and those that nobody has touched since become what they were.
    """

    new: str
    mentions: bool = False
    keep: bool = True
    back: Job | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A turn that would change, and how."""

    episode: int
    turn: int
    uid: str
    version: int
    changes: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A turn that is left out of a plan."""

    episode: int
    uid: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a renaming would change, in the order of episodes and turns.

    ``by_hand`` are turns that would be read otherwise if they were rewritten, ``to_read`` those that
    wait to be read. ``too_many`` tells that there are more than one job rewrites. ``digest`` tells
    two plans apart.
    """

    old: str
    new: str
    items: tuple[Item, ...]
    by_hand: tuple[Place, ...]
    to_read: tuple[Place, ...]
    too_many: bool

    @property
    def digest(self) -> str:
        """Return what differs as soon as anything of the plan does."""
        what = repr((self.old, self.new, self.items, self.by_hand, self.to_read))
        return hashlib.blake2b(what.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


# Planning.


def plan(entry: Entry, wish: Wish) -> Plan:
    """Return what a wish would change as things stand. At most four queries."""
    old = entry.term
    others = [*names_of(entry), *other_names(entry)] if wish.mentions else []
    turns = _back(wish.back) if wish.back else _candidates(entry, wish)
    rows = turns.order_by("episode_id", "position").values_list("uid", "version", "stale", "unread")
    standing = list(rows[: LIMIT + 1])
    too_many = len(standing) > LIMIT
    back = wish.back.pk if wish.back else 0
    state = repr((old, wish.new, wish.mentions, back, others, standing, too_many))
    key = f"glossary-renaming:{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()}"
    known: Plan | None = cache.get(key)
    if known is None:
        known = _plan(old, wish, turns, others, too_many)
        cache.set(key, known, KEPT)
    return known


def _candidates(entry: Entry, wish: Wish) -> QuerySet[Turn]:
    """Return the turns that hold the letters of the term, in any spelling its notes are known by."""
    heads = Annotation.objects.filter(entry=entry, key=key_of(entry.term)).order_by()
    names = {entry.term, *heads.values_list("head", flat=True).distinct()}
    turns = Turn.objects.filter(reduce(or_, (Q(text__icontains=name) for name in sorted(names))))
    if wish.mentions:
        return turns
    return turns.filter(Q(text__contains="（") | Q(text__contains="("))  # what every note has


def _back(job: Job) -> QuerySet[Turn]:
    """Return the turns that a job has written."""
    left = {each.uid for each in left_of(job)}
    written = (item.turn for item in _items_of(job) if item.uid not in left)
    return Turn.objects.filter(pk__in=list(written))


def _plan(
    old: str, wish: Wish, turns: QuerySet[Turn], others: Iterable[str], too_many: bool
) -> Plan:
    matcher = None
    if wish.mentions:
        matcher = matcher_of(old, wish.new, (name for name in others if name != old))
    before = {item.turn: item for item in _items_of(wish.back)} if wish.back else {}
    items: list[Item] = []
    by_hand: list[Place] = []
    to_read: list[Place] = []
    columns = ("pk", "episode_id", "uid", "version", "stale", "unread", "text")
    rows = turns.order_by("episode_id", "position").values_list(*columns)
    for pk, episode, uid, version, stale, unread, text in rows[:LIMIT].iterator(chunk_size=500):
        try:
            changes = _changes(text, old, wish.new, matcher, before.get(pk), version)
        except Unsafe:
            by_hand.append(Place(episode, uid))
            continue
        if changes and (stale or unread):
            to_read.append(Place(episode, uid))
        elif changes:
            items.append(Item(episode, pk, uid, version, changes))
    return Plan(old, wish.new, tuple(items), tuple(by_hand), tuple(to_read), too_many)


def _changes(
    text: str, old: str, new: str, matcher: Matcher | None, before: Item | None, version: int
) -> tuple[Replacement, ...]:
    if before is not None and version == before.version + 1:
        back = way_back(before.changes)
        if all(text[each.start : each.end] == each.was for each in back):
            return back
    return replacements(text, old, new, matcher)


# Asking for it.


def rename(
    entry: Entry,
    wish: Wish,
    planned: Plan,
    *,
    without: Collection[int] = (),
    version: int,
    by: User,
) -> Job | None:
    """Rename an entry as it was at ``version``, and have the planned turns rewritten but those
    ``without``; return the job, or None where no turn is to be rewritten.

    With ``wish.keep`` the old term becomes an alias.

    :raises PermissionDenied: as ``decisions.save`` does, and without ``change_episode``.
    :raises decisions.Stale: if somebody changed the entry since.
    :raises Busy: while an earlier renaming of this term is at work.
    """
    if not by.has_perm(PERMISSION):
        raise PermissionDenied
    chosen = [item for item in planned.items if item.turn not in without]
    aliases = [alias for alias in entry.alias_list if alias not in (planned.new, planned.old)]
    if wish.keep:
        aliases.append(planned.old)
    values = {"term": planned.new, "aliases": "\n".join(aliases)}
    arguments = {
        "old": planned.old,
        "new": planned.new,
        "mentions": wish.mentions,
        "keep": planned.new in entry.alias_list,
        "why": _("Renamed: %(old)s → %(new)s") % {"old": planned.old, "new": planned.new},
        "turns": [_stored(item) for item in chosen],
        "left": [],
    }
    with transaction.atomic():
        decisions.save(entry, values, version=version, by=by)
        active = Job.objects.filter(kind=KIND, key=str(entry.pk), state__in=jobs.ACTIVE).first()
        if active is not None:
            raise Busy(active)
        return jobs.request(KIND, str(entry.pk), arguments, by) if chosen else None


def renamings_of(entry: Entry, count: int = 5) -> list[Job]:
    """Return the latest jobs of a term, the last one first, without what they carry. One query."""
    found = Job.objects.filter(kind=KIND, key=str(entry.pk)).defer("arguments")
    return list(found.select_related("requested_by").order_by("-pk")[:count])


def wish_back(job: Job) -> Wish:
    """Return the wish that takes a renaming back; the old name stays an alias if it was one."""
    said = job.arguments
    return Wish(said["old"], said["mentions"], said["keep"], job)


def _stored(item: Item) -> list[Any]:
    spans = [[each.start, each.end, each.was, each.becomes] for each in item.changes]
    return [item.episode, item.turn, item.uid, item.version, spans]


def _items_of(job: Job) -> list[Item]:
    return [_item(row) for row in job.arguments["turns"]]


def _item(row: list[Any]) -> Item:
    episode, turn, uid, version, spans = row
    return Item(episode, turn, uid, version, tuple(Replacement(*span) for span in spans))


# Doing it.


@dataclass(frozen=True, slots=True)
class Left:
    """A turn that was left as it is: ``why`` is changed, gone, to_read or broken."""

    episode: int
    uid: str
    why: str


def left_of(job: Job) -> list[Left]:
    """Return the turns that a job has left as they are."""
    return [Left(*row) for row in job.arguments["left"]]


@jobs.register(KIND, label=gettext_lazy("Rewrite a renamed term"), kept=True)
def rewrite(run: jobs.Run) -> str:
    """Write the planned turns; return how many, and how many were left."""
    by = User.objects.filter(pk=run.requested_by_id or 0, is_active=True).first()
    if by is None:
        return NOBODY
    if not by.has_perm(PERMISSION):
        return FORBIDDEN
    items = [_item(row) for row in run.arguments["turns"]]
    left: list[Left] = []
    written: set[int] = set()
    done = 0
    for part in _parts(items):
        if done and connection.vendor == "sqlite":
            time.sleep(BREATH)
        run.heartbeat(done, len(items))
        left += _write(run, part, by)
        kept = {each.uid for each in left}
        written.update(item.episode for item in part if item.uid not in kept)
        done += len(part)
    said = fill(DONE, turns=done - len(left), episodes=len(written), left=len(left))
    with transaction.atomic():
        rows = [[each.episode, each.uid, each.why] for each in left]
        run.heartbeat(done, len(items))
        run.mine().update(arguments={**run.arguments, "left": rows})
        run.finish(said)
    return said


def _parts(items: list[Item]) -> Iterator[list[Item]]:
    for _episode, of_it in groupby(items, attrgetter("episode")):
        found = list(of_it)
        for start in range(0, len(found), TURNS):
            yield found[start : start + TURNS]


def _write(run: jobs.Run, part: list[Item], by: User) -> list[Left]:
    """Write some turns of one episode in a transaction; return those that were left."""
    try:
        with transaction.atomic():
            left = _write_part(run, part, by)
            run.still_mine()
    except (jobs.Interrupted, *jobs.TRANSIENT):
        raise
    except Exception:  # the edge of a part: the others go on
        logger.exception("Job %s: turns of episode %s failed", run.job_id, part[0].episode)
        return [Left(item.episode, item.uid, "broken") for item in part]
    return left


def _write_part(run: jobs.Run, part: list[Item], by: User) -> list[Left]:
    why = run.arguments["why"]
    episode = Episode.objects.select_for_update().filter(pk=part[0].episode).first()
    turns = Turn.everything.in_bulk([item.turn for item in part])
    moved = [item for item in part if item.turn in turns and _has_moved(turns[item.turn], item)]
    ours = _written_before(run, moved, by)
    left: list[Left] = []
    for item in part:
        turn = turns.get(item.turn)
        if item.uid in ours:
            continue
        if episode is None or turn is None or turn.gone:
            left.append(Left(item.episode, item.uid, "gone"))
        elif _has_moved(turn, item):
            left.append(Left(item.episode, item.uid, "changed"))
        elif turn.stale or turn.unread:
            left.append(Left(item.episode, item.uid, "to_read"))
        else:
            text = applied(turn.text, item.changes)
            try:
                save_turn(turn, version=item.version, values={"text": text}, by=by, why=why)
            except (Stale, Vanished):
                left.append(Left(item.episode, item.uid, "changed"))
    return left


def _has_moved(turn: Turn, item: Item) -> bool:
    return turn.version != item.version


def _written_before(run: jobs.Run, moved: list[Item], by: User) -> set[str]:
    """Return the turns among these that this job has written before it was killed."""
    if not moved:
        return set()
    asked_at = Job.objects.values_list("requested_at", flat=True).get(pk=run.job_id)
    changes = Change.objects.filter(
        target__in=[f"turn:{item.uid}" for item in moved],
        field="text",
        change_set__by=by,
        change_set__why=run.arguments["why"],
        change_set__at__gte=asked_at,
    )
    return {target.removeprefix("turn:") for target in changes.values_list("target", flat=True)}
