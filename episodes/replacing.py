"""Find and replace in one working copy, or in all of them: planned, looked at, then done by a job.

``plan`` reads: which turns, chapter titles and texts of the episode itself would change, and how,
each with what stood there. ``replace`` has exactly that written, without what one excepts
(``rewrites``): at once where it is little of one episode, else by a worker. ``take_back`` makes all
that it wrote, and nobody has touched since, what it was. ``publish`` collects the live episodes
among it into one batch.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from episodes import corrections, jobs, queue, remembered, rewrites
from episodes.checks import corrections as known_corrections
from episodes.models import Batch, Chapter, Episode, Finding, Job, Named, Status, Turn
from episodes.models.checks import FindingState
from episodes.reimports import Unusable
from episodes.rewrites import Item, stamp
from episodes.transcripts.characters import tidy_line, tidy_text
from episodes.transcripts.replacing import (
    Pattern,
    Replacement,
    Unsafe,
    applied,
    difference,
    find,
    pieces,
    replacements,
)

__all__ = [
    "LIMIT",
    "Hits",
    "Place",
    "Plan",
    "Wish",
    "do",
    "plan",
    "plan_known",
    "publish",
    "publishable",
    "replace",
    "take_back",
]

LIMIT = 20_000
"""So many turns are rewritten by one job."""

SIDES = {
    "text": "text",
    "original": "original",
    "title": "text",
    "original_title": "original",
    "summary": "text",
    "insight": "text",
}
"""The fields that are searched, and of which language each is."""

OF_TURN = ("text", "original")
OF_EPISODE = ("title", "original_title", "summary", "insight")
LINES = frozenset({"title", "original_title"})

Change = tuple[str, tuple[Replacement, ...]]
"""A field, and what is replaced in it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; ``episode`` is the one to look in, None for all working copies."""

    pattern: Pattern
    episode: int | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """How many places of a language (``side``: text or original) are in episodes of a status."""

    side: str
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """A text that is left out of a plan."""

    episode: int
    uid: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replacement would change, by episode: its own texts, its chapters, its turns in order.

    ``by_hand`` are texts that would be read otherwise, or not fit, if they were changed; ``to_read``
    those that wait to be read. ``too_many`` tells that there are more than one job rewrites.
    ``digest`` tells two plans apart.
    """

    about: str
    items: tuple[Item, ...]
    hits: tuple[Hits, ...]
    by_hand: tuple[Place, ...] = ()
    to_read: tuple[Place, ...] = ()
    too_many: bool = False

    @property
    def digest(self) -> str:
        """Return what differs as soon as anything of the plan does."""
        what = repr((self.about, self.items, self.by_hand, self.to_read))
        return hashlib.blake2b(what.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


# Planning.


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that may hold what is looked for."""

    kind: str
    episode: int
    status: str
    pk: int
    uid: str
    version: int
    waits: bool
    texts: dict[str, str]


def plan(wish: Wish) -> Plan:
    """Return what a wish would change as things stand. Three queries."""
    pattern = wish.pattern
    planner = _Planner(pattern)
    turns = 0
    for row in _rows(wish):
        turns += row.kind == "turn"
        if turns > LIMIT:
            break
        planner.add(row)
    return planner.plan(f"{pattern.wrong} → {pattern.right}", too_many=turns > LIMIT)


class _Planner:
    """Sorts what is read into what would change and what is left."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._items: list[Item] = []
        self._hits: Counter[tuple[str, str]] = Counter()
        self._by_hand: list[Place] = []
        self._to_read: list[Place] = []

    def add(self, row: _Read) -> None:
        """Look at a row."""
        changes: list[Change] = []
        counted: Counter[tuple[str, str]] = Counter()
        place = Place(row.episode, row.uid)
        for field, text in row.texts.items():
            if not text or not self._pattern.concerns(SIDES[field]):
                continue
            try:
                found = _changes_of(row.kind, field, text, self._pattern)
            except Unsafe:
                self._by_hand.append(place)
                return
            if found:
                changes.append((field, found))
                counted[SIDES[field], row.status] += len(find(text, self._pattern))
        if row.waits and any(field == "text" for field, _found in changes):
            self._to_read.append(place)
        elif changes:
            self._items.append(_item_of(row, tuple(changes)))
            self._hits += counted

    def plan(self, about: str, *, too_many: bool) -> Plan:
        """Return it all."""
        order = {"episode": 0, "chapter": 1, "turn": 2}
        items = sorted(self._items, key=lambda item: (item.episode, order[item.kind]))
        hits = [
            Hits(side, status, self._hits[side, status])
            for side in OF_TURN
            for status in Status.values
            if self._hits[side, status]
        ]
        left = tuple(self._by_hand), tuple(self._to_read)
        return Plan(about, tuple(items), tuple(hits), *left, too_many)


def _changes_of(kind: str, field: str, text: str, pattern: Pattern) -> tuple[Replacement, ...]:
    """Return what to replace in a field so that it can be stored as it is then.

    :raises Unsafe: where that would be read otherwise, be nothing at all, or be too long.
    """
    found = replacements(text, pattern)
    return _fitting(kind, field, text, applied(text, found)) or found if found else found


def _fitting(kind: str, field: str, text: str, after: str) -> tuple[Replacement, ...]:
    """Return the one replacement that makes a text what is stored of ``after``; nothing where that
    is ``after`` itself.

    :raises Unsafe: where nothing would be left, or more than fits in.
    """
    stored = tidy_line(after) if field in LINES else tidy_text(after)
    model = {"turn": Turn, "chapter": Chapter, "episode": Episode}[kind]
    limit: int | None = getattr(model._meta.get_field(field), "max_length", None)
    if not stored or (limit is not None and len(stored) > limit):
        raise Unsafe(stored)
    return difference(text, stored) if stored != after else ()


def _item_of(row: _Read, changes: tuple[Change, ...]) -> Item:
    texts = {name: row.texts[name] for name, _found in changes}
    seen = str(row.version) if row.kind == "turn" else stamp(texts)
    return Item(row.episode, row.kind, row.pk, row.uid, seen, changes)


def _rows(wish: Wish) -> Iterator[_Read]:
    """Yield what may hold the wrong spelling; the database looks for its letters."""
    pattern = wish.pattern
    episodes = Episode.objects.filter(_having(pattern, OF_EPISODE)).order_by("pk")
    chapters = Chapter.objects.filter(_having(pattern, ("title",))).order_by("episode", "position")
    turns = Turn.objects.filter(_having(pattern, OF_TURN)).order_by("episode", "position")
    if wish.episode is not None:
        episodes = episodes.filter(pk=wish.episode)
        chapters = chapters.filter(episode=wish.episode)
        turns = turns.filter(episode=wish.episode)
    for pk, status, *texts in episodes.values_list("pk", "status", *OF_EPISODE):
        said = dict(zip(OF_EPISODE, texts, strict=True))
        yield _Read("episode", pk, status, pk, "", 0, False, said)
    columns = ("episode_id", "episode__status", "pk")
    for episode, status, pk, title in chapters.values_list(*columns, "title"):
        yield _Read("chapter", episode, status, pk, "", 0, False, {"title": title})
    found: QuerySet[Turn, Any] = turns.values_list(
        *columns, "uid", "version", "stale", "unread", *OF_TURN
    )
    for episode, status, pk, uid, version, stale, unread, *texts in found[: LIMIT + 1].iterator(
        500
    ):
        said = dict(zip(OF_TURN, texts, strict=True))
        yield _Read("turn", episode, status, pk, uid, version, stale or unread, said)


def _having(pattern: Pattern, fields: Iterable[str]) -> Q:
    having = Q(pk__in=())
    for field in fields:
        if pattern.concerns(SIDES[field]):
            one = Q()
            for piece in pieces(pattern.wrong):
                one &= Q(**{f"{field}__icontains": piece})
            having |= one or ~Q(**{field: ""})
    return having


def plan_known(episode: Episode) -> Plan:
    """Return what the remembered corrections would change in an episode's turns, without findings
    that somebody has put away. Three queries."""
    turns = list(episode.turns.order_by("position"))
    known = remembered.corrections_in(said for turn in turns for said in (turn.text, turn.original))
    away = Finding.objects.filter(episode=episode, code=known_corrections.CODE)
    put_away = set(
        away.exclude(state=FindingState.OPEN).values_list("fingerprint", flat=True) if known else ()
    )
    items: list[Item] = []
    to_read: list[Place] = []
    by_hand: list[Place] = []
    hits: Counter[str] = Counter()
    for turn in turns:
        try:
            changes, counted = _mended(turn, known, put_away)
        except Unsafe:
            by_hand.append(Place(episode.pk, turn.uid))
            continue
        if (turn.stale or turn.unread) and any(field == "text" for field, _found in changes):
            to_read.append(Place(episode.pk, turn.uid))
        elif changes:
            version = str(turn.version)
            items.append(Item(episode.pk, "turn", turn.pk, turn.uid, version, tuple(changes)))
            hits += counted
    found = tuple(Hits(side, episode.status, hits[side]) for side in OF_TURN if hits[side])
    about = _("Known corrections")
    return Plan(about, tuple(items), found, tuple(by_hand), tuple(to_read))


def _mended(
    turn: Turn, known: Sequence[Pattern], put_away: set[str]
) -> tuple[list[Change], Counter[str]]:
    changes: list[Change] = []
    counted: Counter[str] = Counter()
    for field in OF_TURN:
        text: str = getattr(turn, field)
        found = known_corrections.mended(turn.uid, field, text, known, put_away) if text else ()
        if found:
            fit = _fitting("turn", field, text, applied(text, found))
            changes.append((field, fit or found))
            counted[field] = len(found)
    return changes, counted


# Asking for it.


def replace(
    planned: Plan,
    pattern: Pattern,
    *,
    without: Collection[str] = (),
    by: User,
    why: str = "",
    remember: bool = False,
    alias_of: Named | None = None,
) -> Job | None:
    """Have what was planned written, but the items ``without`` (their keys); return the job, None
    where nothing is to be written.

    ``remember`` keeps it as a correction that every later import is offered; ``alias_of`` is a name
    whose aliases the wrong spelling joins.

    :raises PermissionDenied: without ``rewrites.PERMISSIONS``; where it is remembered, without
        ``add_correction``; with ``alias_of`` without the permission to change that.
    """
    if not rewrites.permitted(by):
        raise PermissionDenied
    chosen = [item for item in planned.items if item.key not in without]
    said = _("Replaced: %(wrong)s → %(right)s")
    reason = _reason(said % {"wrong": pattern.wrong, "right": pattern.right or "∅"}, why)
    with transaction.atomic():
        if remember:
            corrections.remember(pattern, by=by, why=why)
        if alias_of is not None:
            corrections.add_alias(alias_of, pattern.wrong, by=by, why=reason)
        job = write(chosen, planned.about, reason, by) if chosen else None
    return _at_once(job, chosen)


def write(items: Sequence[Item], about: str, why: str, by: User, **said: Any) -> Job:
    """Ask for the job that writes some items; see ``rewrites.ask``."""
    episodes = {item.episode for item in items}
    of = next(iter(episodes)) if len(episodes) == 1 else None
    return rewrites.ask(items, about=about, why=why, by=by, said=about, episode=of, **said)


def do(planned: Plan, *, without: Collection[str] = (), by: User, why: str) -> Job | None:
    """Have what was planned otherwise written, as ``replace`` does.

    :raises PermissionDenied: without ``rewrites.PERMISSIONS``.
    """
    if not rewrites.permitted(by):
        raise PermissionDenied
    chosen = [item for item in planned.items if item.key not in without]
    return _at_once(write(chosen, planned.about, why, by) if chosen else None, chosen)


def take_back(job: Job, *, by: User) -> Job | None:
    """Make what a job wrote, and nobody has changed since, what it was before; return the job that
    does it, None where it wrote nothing. What was remembered with it stays.

    :raises PermissionDenied: without ``rewrites.PERMISSIONS``.
    """
    if not rewrites.permitted(by):
        raise PermissionDenied
    items = rewrites.items_back(job)
    if not items:
        return None
    about = job.arguments["said"]
    why = _("Taken back: %(what)s") % {"what": job.arguments["why"]}
    return _at_once(write(items, about, why, by, back=job.pk), items)


def _reason(said: str, why: str) -> str:
    why = " ".join(why.split())
    return f"{said} ({why})" if why else said


def _at_once(job: Job | None, items: Sequence[Item]) -> Job | None:
    """Do a small job of one episode right here; a worker that was faster does it as well."""
    if job is not None and job.arguments["episode"] and len(items) <= rewrites.DIRECTLY:
        jobs.work(job.pk)
        job.refresh_from_db()
    return job


# Publishing it.


def publishable(job: Job) -> QuerySet[Episode]:
    """Return the live episodes that a job has changed, and whose readers do not see that yet."""
    episodes = {item.episode for item in rewrites.written(job)}
    return Episode.objects.filter(
        pk__in=episodes,
        status=Status.EVERGREEN,
        published__edition__revision__lt=F("revision"),
    ).distinct()


def publish(job: Job, by: User, note: str = "") -> Batch:
    """Ask that the live episodes that a job has changed be published as they are now, as one batch.

    Each has to pass the gate of its next edition. Raises ``Unusable`` (``permission``,
    ``not_applied``).
    """
    if job.state in jobs.ACTIVE:
        raise Unusable("not_applied", queue.NOT_ENDED)
    found = publishable(job).values_list("pk", flat=True)
    return queue.publish_episodes(list(found), by, note or job.arguments["why"])
