"""Entries that may be one, as rows: worked out of what they say, kept in step, and dismissed.

What makes two entries alike is decided by ``likeness``, on values. Rejected and merged entries take
no part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils import timezone

from episodes.addresses import with_query
from glossary import publishing
from glossary.grouping import Values
from glossary.likeness import Pair, likenesses
from glossary.models import (
    Entry,
    Likeness,
    Reason,
    State,
    SuggestionState,
    lines_of,
)
from glossary.pacing import short_transaction

__all__ = [
    "Alike",
    "Shared",
    "dismiss",
    "dismissed",
    "reopen",
    "rows_of",
    "settle",
    "shown",
    "waiting",
]

CHUNK = 500
FEW = 500
"""Pairs that involve more entries than these are worked out with all others."""

DISMISSED = 30
"""So many of what was dismissed can be asked again from the list."""

OPEN_STATES = (State.CANDIDATE, State.APPROVED)

STRENGTH = {
    Reason.SAME_NAME: 0,
    Reason.SHORT_FORM: 1,
    Reason.SAME_DEFINITION: 2,
    Reason.SPELLING: 3,
}
"""What is asked first; of the same reason pairs stand in the order of their terms."""


# Kept in step with the entries.


def settle(entry_ids: Iterable[int] | None, hold: Callable[[], object]) -> int:
    """Make the rows what the entries say; return how many were written or removed.

    With ``entry_ids`` only the pairs that one of these is in. A dismissed pair stays dismissed. In
    short transactions, at whose end ``hold`` is called (it raises to have that part undone); where
    nothing changed none is begun.
    """
    near = None if entry_ids is None else frozenset(entry_ids)
    if near is not None and not near:
        return 0
    if near is not None and len(near) > FEW:
        near = None
    found = likenesses(_values(), near)
    stored: dict[Pair, Likeness] = {}
    rows = Likeness.objects.order_by("pk")
    if near is not None:
        rows = rows.filter(Q(entry__in=near) | Q(other__in=near))
    for row in rows.iterator():
        stored[row.entry_id, row.other_id, row.reason] = row
    new = sorted(pair for pair in found if pair not in stored)
    open_rows = [(pair, row) for pair, row in stored.items() if row.state == SuggestionState.OPEN]
    gone = [row.pk for pair, row in open_rows if pair not in found]
    different = [
        (row.pk, found[pair])
        for pair, row in open_rows
        if pair in found and row.detail != found[pair]
    ]
    for start in range(0, len(gone), CHUNK):
        with short_transaction():
            waiting_rows = Likeness.objects.filter(state=SuggestionState.OPEN)
            waiting_rows.filter(pk__in=gone[start : start + CHUNK]).delete()
            hold()
    for start in range(0, len(different), CHUNK):
        with short_transaction():
            for pk, detail in different[start : start + CHUNK]:
                Likeness.objects.filter(pk=pk).update(detail=detail)
            hold()
    for start in range(0, len(new), CHUNK):
        with short_transaction():
            _add(new[start : start + CHUNK], found)
            hold()
    return len(new) + len(gone) + len(different)


def _values() -> dict[int, Values]:
    """Return what the entries say that take part. One query."""
    rows = Entry.objects.filter(state__in=OPEN_STATES).order_by()
    names = ("pk", "term", "foreign_term", "abbreviation", "expansion", "definition", "aliases")
    return {
        pk: Values(term, foreign, short, full, definition, tuple(lines_of(aliases)))
        for pk, term, foreign, short, full, definition, aliases in rows.values_list(
            *names
        ).iterator()
    }


def _add(pairs: list[Pair], found: dict[Pair, str]) -> None:
    """Write pairs whose entries still take part; these are locked meanwhile."""
    involved = {pk for pair in pairs for pk in pair[:2]}
    standing = set(
        Entry.objects.filter(pk__in=involved, state__in=OPEN_STATES)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )
    Likeness.objects.bulk_create(
        [
            Likeness(entry_id=one, other_id=other, reason=reason, detail=found[one, other, reason])
            for one, other, reason in pairs
            if one in standing and other in standing
        ],
        ignore_conflicts=True,
    )


def dismiss(likeness: Likeness, *, by: User) -> bool:
    """Say that the two are two, whatever makes them alike; false if nothing waited any more.

    No rebuild asks again, unless something else makes them alike later.

    :raises PermissionDenied: without ``change_entry``.
    """
    return _move(likeness, SuggestionState.OPEN, SuggestionState.DISMISSED, by)


def reopen(likeness: Likeness, *, by: User) -> bool:
    """Ask again whether the two are one; false if nothing was dismissed any more.

    :raises PermissionDenied: without ``change_entry``.
    """
    return _move(likeness, SuggestionState.DISMISSED, SuggestionState.OPEN, by)


def _move(likeness: Likeness, state: str, to: str, by: User) -> bool:
    if not by.has_perm("glossary.change_entry"):
        raise PermissionDenied
    pair = Likeness.objects.filter(entry=likeness.entry_id, other=likeness.other_id, state=state)
    return bool(pair.update(state=to, decided_by=by, decided_at=timezone.now()))


# As the desk shows them.


@dataclass(frozen=True, slots=True)
class Shared:
    """Why two may be one: the reason, and what they share."""

    reason: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entries that may be one, with how often published text uses each.

    ``merge`` is the address of the page that makes one of them, ``likeness`` the row whose dismissal
    says that they are two.
    """

    likeness: int
    entry: Entry
    entry_uses: int
    other: Entry
    other_uses: int
    shared: tuple[Shared, ...]
    merge: str


def waiting() -> QuerySet[Likeness, tuple[int, int]]:
    """Return the pairs that wait for an editor, the surest first, as (lower key, higher key)."""
    strength = Case(*(When(reason=reason, then=Value(at)) for reason, at in STRENGTH.items()))
    return (
        _standing(SuggestionState.OPEN)
        .values("entry_id", "other_id")
        .annotate(strength=Min(strength), reasons=Count("pk"))
        .order_by(
            "strength", "-reasons", "entry__sort_key", "other__sort_key", "entry_id", "other_id"
        )
        .values_list("entry_id", "other_id")
    )


def _standing(state: str) -> QuerySet[Likeness]:
    """Return the rows in this state whose entries take part."""
    return Likeness.objects.filter(
        state=state, entry__state__in=OPEN_STATES, other__state__in=OPEN_STATES
    )


def dismissed() -> list[Likeness]:
    """Return the pairs that were dismissed last, one row of each. One query."""
    rows = _standing(SuggestionState.DISMISSED).select_related("entry", "other", "decided_by")
    late: dict[tuple[int, int], Likeness] = {}
    for row in rows.order_by("-decided_at", "-pk")[:DISMISSED]:
        late.setdefault((row.entry_id, row.other_id), row)
    return list(late.values())


def rows_of(entry: Entry) -> list[Alike]:
    """Return what an entry may be one with, for its page: it stands first in each. Two queries."""
    rows = _standing(SuggestionState.OPEN).filter(Q(entry=entry) | Q(other=entry))
    return _shown(rows, first=entry.pk)


def shown(pairs: Iterable[tuple[int, int]]) -> list[Alike]:
    """Return these pairs as they are shown, in their order. Two queries."""
    asked = {pair: at for at, pair in enumerate(pairs)}
    rows = _standing(SuggestionState.OPEN).filter(entry__in={one for one, _other in asked})
    found = [each for each in _shown(rows) if (each.entry.pk, each.other.pk) in asked]
    return sorted(found, key=lambda each: asked[each.entry.pk, each.other.pk])


def _shown(rows: QuerySet[Likeness], first: int | None = None) -> list[Alike]:
    together: dict[tuple[int, int], list[Likeness]] = defaultdict(list)
    for row in rows.select_related("entry", "other").order_by(
        F("entry__sort_key"), "entry_id", "other__sort_key", "other_id", "reason"
    ):
        together[row.entry_id, row.other_id].append(row)
    uses = _uses({pk for pair in together for pk in pair})
    found = []
    for same in together.values():
        same.sort(key=lambda row: STRENGTH[Reason(row.reason)])
        one, other = same[0].entry, same[0].other
        if other.pk == first:
            one, other = other, one
        found.append(
            Alike(
                likeness=same[0].pk,
                entry=one,
                entry_uses=uses.get(one.pk, 0),
                other=other,
                other_uses=uses.get(other.pk, 0),
                shared=tuple(
                    Shared(row.reason, str(row.get_reason_display()), row.detail) for row in same
                ),
                merge=_merge_address(one, other, uses),
            )
        )
    return found


def _uses(entry_ids: Iterable[int]) -> dict[int, int]:
    counted = publishing.uses_of(None).filter(entry__in=list(entry_ids)).values("entry")
    return dict(counted.annotate(total=Sum("uses")).values_list("entry", "total"))


def _merge_address(one: Entry, other: Entry, uses: dict[int, int]) -> str:
    """Return where one of the two is made: of the candidate, then of what is used less, the other."""
    into, merged = sorted(
        (one, other),
        key=lambda entry: (entry.state != State.APPROVED, -uses.get(entry.pk, 0), entry.pk),
    )
    place = reverse("admin:glossary_entry_merge")
    return with_query(place, [("from", merged.pk), ("into", into.pk)])
