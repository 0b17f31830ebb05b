"""The work that the admin's first page shows one person: what to go on with, what waits, for whom.

``read`` asks a fixed number of queries, however much there is: one counts all, one finds the first
episodes of every list, one reads them. Nothing here knows pages or addresses (``admin.desk`` does).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from episodes import jobs, proofreading
from episodes.checks.registry import all_checks
from episodes.models import (
    ChangeSet,
    Episode,
    Finding,
    Job,
    ReviewNote,
    Status,
    Transition,
    Turn,
)
from episodes.models.checks import FindingState, Severity
from episodes.models.jobs import JobState
from episodes.proofreading import Progress
from episodes.transcripts.messages import Message
from episodes.waits import (
    SOURCE,
    WAITS,
    counts_of_waits,
    waits_for,
    waits_for_source,
    with_waits,
)

__all__ = [
    "CONTINUED",
    "LISTS",
    "MINE",
    "ROWS",
    "Board",
    "FoundKind",
    "Row",
    "Section",
    "Work",
    "kinds_found",
    "of_list",
    "read",
    "whose",
    "work_of_jobs",
]

CONTINUED = 10
"""So many episodes that a person worked on are offered to go on with."""
ROWS = 5
"""So many episodes of each list are shown; its heading leads to all of them."""
LOOKED_BACK = 2000
"""So many acts, and turns read, of a person are looked at to find the latest episodes."""
FAILURES_FOR = timedelta(days=7)
JOBS = 12

BEHIND = Q(published__live=True) & ~Q(revision=F("published__edition__revision"))
"""Readers see an edition, and the working copy has gone on since."""

LISTS: dict[str, tuple[str, ...]] = {  # each list of episodes, and the cases of ``WAITS`` beside it
    "review": (),
    "conflicts": ("stale",),
    "source": SOURCE,
    "behind": (),
    "scheduled": (),
    "drafts": (),
}

MINE = {  # how an episode concerns whoever looks, as the filter of the list names it
    "sent_back": _("sent back to me"),
    "notes": _("notes for me to answer"),
    "publish": _("in review, for me to publish"),
    "changed": _("changed by me"),
    "read": _("read by me"),
    "claimed": _("I am at work on it"),
}
WAITING = ("sent_back", "notes", "publish")
"""Those of ``MINE`` that wait for the person, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """An episode in a list.

    ``at`` is when the person, or anybody, was last at it; ``first`` the first turn to read, ""
    where all are read. ``why`` is what somebody said (the reason for sending it back, the first
    open note), ``by`` who, ``uid`` the turn it is said at.
    """

    episode: Any
    progress: Progress
    at: datetime
    first: str = ""
    why: str = ""
    by: str = ""
    uid: str = ""
    count: int = 0
    editing: str = ""  # who else holds the claim


@dataclass(frozen=True, slots=True)
class Section:
    """A list: its first rows, how many there are in all, and of which cases."""

    name: str
    rows: tuple[Row, ...] = ()
    count: int = 0
    cases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """All that one person is shown of the episodes; ``total`` is how many there are."""

    total: int
    going_on: tuple[Row, ...]
    mine: tuple[Section, ...]
    lists: tuple[Section, ...]
    waits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FoundKind:
    """How often a check found something that stands, by severity."""

    code: str
    title: str | Message
    errors: int = 0
    warnings: int = 0
    hints: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.errors + self.warnings + self.hints


@dataclass(frozen=True, slots=True)
class Board:
    """The jobs at work, those that failed of late, those that wait; the first of them.

    ``more`` is how many are not among ``jobs``; ``silence`` for how long nobody answers.
    """

    jobs: tuple[Job, ...]
    more: int
    silence: timedelta | None


# Which episodes.


def of_list(name: str, episodes: QuerySet[Episode]) -> QuerySet[Episode]:
    """Return those of the episodes that belong to a list of ``LISTS``, in its order."""
    if name == "review":
        return episodes.filter(status=Status.REVIEW)
    if name == "drafts":
        return episodes.filter(status=Status.DRAFT)
    if name == "behind":
        return episodes.filter(BEHIND)
    if name == "scheduled":
        return episodes.filter(schedule__isnull=False).order_by("schedule__at", "pk")
    return episodes.filter(waits_for_source() if name == "source" else waits_for(name))


def whose(case: str, episodes: QuerySet[Episode], user: User) -> QuerySet[Episode]:
    """Return those of the episodes that concern a person in the way that ``case`` (of ``MINE``) says."""
    if case == "sent_back":
        return _sent_back(episodes, user)
    if case == "publish":
        if not user.has_perm("episodes.publish_episode"):
            return episodes.none()
        waiting = episodes.filter(status=Status.REVIEW)
        return waiting.exclude(submitted_by=user) if settings.REVIEW_BY_SECOND_PERSON else waiting
    if case == "notes":
        if not user.has_perm("episodes.answer_reviewnote"):
            return episodes.none()
        return episodes.filter(pk__in=_notes_for(user).values("episode"))
    found: dict[str, QuerySet[Any]] = {
        "changed": ChangeSet.objects.filter(by=user, episode__isnull=False).values("episode"),
        "read": Turn.objects.filter(read_by=user).values("episode"),
    }
    if case == "claimed":
        return episodes.filter(claim__user=user, claim__until__gt=timezone.now())
    return episodes.filter(pk__in=found[case].order_by())


def _sent_back(episodes: QuerySet[Episode], user: User) -> QuerySet[Episode]:
    """Drafts that the person submitted last, and somebody else sent back."""
    trail = Transition.objects.filter(episode=OuterRef("pk")).order_by("-at", "-pk")
    submitted = Transition.objects.filter(by=user, to_status=Status.REVIEW).order_by()
    return (
        episodes.filter(status=Status.DRAFT, pk__in=submitted.values("episode"))
        .alias(
            last_from=Subquery(trail.values("from_status")[:1]),
            last_by=Subquery(trail.values("by")[:1]),
            submitter=Subquery(trail.filter(to_status=Status.REVIEW).values("by")[:1]),
        )
        .filter(last_from=Status.REVIEW, submitter=user.pk)
        .exclude(last_by=user.pk)
    )


def _notes_for(user: User) -> QuerySet[ReviewNote]:
    """Return the open notes of others at episodes that the person submitted or changed."""
    submitted = Transition.objects.filter(by=user, to_status=Status.REVIEW).order_by()
    changed = ChangeSet.objects.filter(by=user, episode__isnull=False).order_by()
    about = Q(episode__in=submitted.values("episode")) | Q(episode__in=changed.values("episode"))
    others = ~Q(by=user) | Q(by=None)
    return ReviewNote.objects.filter(about, others, answered_at__isnull=True)


# Reading it.


def read(user: User) -> Work:
    """Return what a person is shown of the episodes. The caller has seen that he may look at them."""
    lists = [each for each in LISTS if each != "scheduled" or may_see_schedules(user)]
    counts = _counts(user, lists)
    latest = _latest(user)
    ids = _first_ids(user, lists)
    shown = _episodes({pk for _name, pk in ids} | set(latest))
    progress = proofreading.counted(Episode.objects.filter(pk__in=shown))
    rows = {pk: _row(each, progress, user) for pk, each in shown.items()}
    said = _sent_back_with([pk for name, pk in ids if name == "sent_back"])
    said_of: dict[str, Mapping[int, dict[str, Any]]] = {
        "sent_back": said,
        "notes": _notes(user, [pk for name, pk in ids if name == "notes"]),
    }

    def section(name: str, cases: Iterable[str] = ()) -> Section:
        found = [rows[pk] for each, pk in ids if each == name and pk in rows]
        told = said_of.get(name, {})
        found = [replace(row, **told.get(row.episode.pk, {})) for row in found]
        of_cases = {case: counts[case] for case in cases if counts[case]}
        return Section(name, tuple(_ordered(name, found)), counts[f"list_{name}"], of_cases)

    going_on = [replace(rows[pk], at=at or rows[pk].at) for pk, at in latest.items() if pk in rows]
    going_on.sort(key=lambda row: row.at, reverse=True)
    return Work(
        total=counts["total"],
        going_on=tuple(going_on[:CONTINUED]),
        mine=tuple(each for each in map(section, WAITING) if each.count),
        lists=tuple(section(name, LISTS[name]) for name in lists),
        waits={case: counts[case] for case in WAITS},
    )


def may_see_schedules(user: User) -> bool:
    """Whether a person is shown what is to be published when."""
    return user.has_perm("episodes.view_schedule")


def _counts(user: User, lists: Iterable[str]) -> dict[str, int]:
    """Count everything: one query."""
    everything = Episode.objects.order_by()
    chosen = {f"list_{name}": of_list(name, everything) for name in lists}
    chosen |= {f"list_{name}": whose(name, everything, user) for name in WAITING}
    counted = {
        name: Count("pk", filter=Q(pk__in=found.order_by().values("pk")))
        for name, found in chosen.items()
    }
    return everything.aggregate(total=Count("pk"), **counted, **counts_of_waits())


def _first_ids(user: User, lists: Iterable[str]) -> list[tuple[str, int]]:
    """Return the first episodes of every list, as (list, id): one query."""
    everything = Episode.objects.all()
    chosen = {name: of_list(name, everything) for name in lists}
    chosen |= {name: whose(name, everything, user) for name in WAITING}
    parts = [
        # The limit stands in a subquery: SQLite takes none in the parts of a union.
        Episode.objects.filter(pk__in=found.values("pk")[:ROWS])
        .order_by()
        .values_list(Value(name, output_field=CharField()), "pk")
        for name, found in chosen.items()
    ]
    first, *others = parts
    return list(first.union(*others, all=True))


def _latest(user: User) -> dict[int, datetime | None]:
    """Return the episodes a person last changed, with when, and those he reads in. Two queries.

    Reading leaves no time: what was only read counts by when it was last changed (None).
    """
    acts = ChangeSet.objects.filter(by=user, episode__isnull=False).order_by("-pk")
    last = ChangeSet.objects.filter(pk__in=acts.values("pk")[:LOOKED_BACK]).order_by()
    changed = last.values("episode").annotate(last=Max("at")).order_by("-last")[:CONTINUED]
    turns = Turn.objects.filter(read_by=user).order_by("-pk")
    marked = Turn.objects.filter(pk__in=turns.values("pk")[:LOOKED_BACK]).order_by()
    reads = marked.values_list("episode", flat=True).distinct().order_by("-episode__changed_at")
    found: dict[int, datetime | None] = dict.fromkeys(reads[:CONTINUED])
    return found | {row["episode"]: row["last"] for row in changed}


def _episodes(ids: set[int]) -> dict[int, Any]:
    """Return episodes with what a row shows of each. One query."""
    last = ChangeSet.objects.filter(episode=OuterRef("pk")).order_by("-at", "-pk")
    unread = Turn.objects.filter(episode=OuterRef("pk")).exclude(proofreading.READ)
    found = with_waits(Episode.objects.filter(pk__in=ids)).annotate(
        changed_by=Subquery(last.values("by__username")[:1]),
        first_unread=Subquery(unread.order_by("position").values("uid")[:1]),
        edition_number=F("published__edition__number"),
        edition_revision=F("published__edition__revision"),
        edition_live=F("published__live"),
        open_errors=_findings(Severity.ERROR),
    )
    return {
        each.pk: each
        for each in found.select_related("claim__user", "schedule__by", "submitted_by")
    }


def _findings(severity: str) -> Subquery:
    rows = Finding.objects.filter(
        episode=OuterRef("pk"), stands=True, state=FindingState.OPEN, severity=severity
    )
    counted = rows.order_by().values("episode").annotate(number=Count("pk")).values("number")
    return Subquery(counted, output_field=IntegerField())


def _row(episode: Any, progress: Mapping[int, Progress], user: User) -> Row:
    claim = getattr(episode, "claim", None)
    held = claim is not None and claim.until > timezone.now() and claim.user_id != user.pk
    return Row(
        episode=episode,
        progress=progress.get(episode.pk, Progress(0, 0)),
        at=episode.changed_at,
        first=episode.first_unread or "",
        editing=_name(claim.user) if claim is not None and held else "",
    )


def _name(user: User) -> str:
    return user.get_short_name() or user.get_username()


def _ordered(name: str, rows: list[Row]) -> list[Row]:
    """Return rows as their list has them: the latest change first, or the next date."""
    if name == "scheduled":
        return sorted(rows, key=lambda row: (row.episode.schedule.at, row.episode.pk))
    return sorted(rows, key=lambda row: (row.episode.changed_at, row.episode.pk), reverse=True)


def _sent_back_with(ids: list[int]) -> dict[int, dict[str, Any]]:
    """Return who sent the episodes back, when and why. One query."""
    steps = Transition.objects.filter(
        episode__in=ids, from_status=Status.REVIEW, to_status=Status.DRAFT
    ).order_by("at", "pk")
    rows = steps.values_list("episode", "note", "by__username", "at")
    return {pk: {"why": note, "by": by or "", "at": at} for pk, note, by, at in rows}


def _notes(user: User, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Return the first open note for the person at each of the episodes, and how many. One query."""
    found: dict[int, dict[str, Any]] = {}
    notes = _notes_for(user).filter(episode__in=ids).order_by("at", "pk")
    for pk, text, by, at, uid in notes.values_list("episode", "text", "by__username", "at", "uid"):
        first = found.setdefault(
            pk, {"why": text, "by": by or "", "at": at, "uid": uid, "count": 0}
        )
        first["count"] += 1
    return found


# Findings and jobs.


def kinds_found() -> tuple[FoundKind, ...]:
    """Return how often each check found something that stands, the gravest first. One query."""
    titles = {check.code: check.title for check in all_checks()}
    standing = Finding.objects.filter(stands=True, state=FindingState.OPEN)
    counted: dict[str, dict[str, int]] = {}
    rows = standing.order_by().values_list("code", "severity").annotate(number=Count("pk"))
    for code, severity, number in rows:
        counted.setdefault(code, {})[severity] = number
    kinds = [
        FoundKind(
            code,
            titles.get(code, code),
            errors=numbers.get(Severity.ERROR, 0),
            warnings=numbers.get(Severity.WARNING, 0),
            hints=numbers.get(Severity.HINT, 0),
        )
        for code, numbers in counted.items()
    ]
    return tuple(sorted(kinds, key=lambda each: (-each.errors, -each.warnings, -each.hints)))


def work_of_jobs(now: datetime) -> Board:
    """Return the jobs that run, failed this week, or wait. At most four queries."""
    active = Q(state__in=jobs.ACTIVE)
    found = Job.objects.filter(
        active | Q(state=JobState.FAILED, requested_at__gte=now - FAILURES_FOR)
    )
    places = {JobState.RUNNING: 0, JobState.FAILED: 1}
    place = Case(*(When(state=state, then=at) for state, at in places.items()), default=2)
    # A renaming carries what it changes: too much to read for a line.
    ordered = found.order_by(place, "-requested_at", "-pk").defer("arguments")
    shown = tuple(ordered.select_related("requested_by")[:JOBS])
    more = found.count() - JOBS if len(shown) == JOBS else 0
    return Board(shown, more, jobs.silence() if shown else None)
