"""What readers see of the glossary: nothing else writes ``PublishedEntry``.

Public is an entry that is used in a live edition: a candidate by a note that stands there, and then
it says what such notes say; an approved one by a note or an occurrence, and then it says what the
editor approved. All else answers 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from itertools import chain

from django.db.models import F, QuerySet, Subquery

from glossary.entries import fields_of
from glossary.evidence import counted
from glossary.grouping import values_of
from glossary.matching import Form
from glossary.models import (
    VALUE_FIELDS,
    Entry,
    EntryAddress,
    EntryUse,
    GlossaryState,
    PublishedAnnotation,
    PublishedEntry,
    State,
    lines_of,
)
from glossary.pacing import short_transaction

__all__ = [
    "changed",
    "current_generation",
    "forms",
    "publish",
    "publish_ahead",
    "publish_used",
    "state",
    "used_by",
    "uses_of",
]

ROW_FIELDS = (*VALUE_FIELDS, "sort_key")
CHUNK = 500
FEW = 100
"""So many entries become public in one transaction, when they are many."""


def state() -> GlossaryState:
    """Return the glossary's one row of state."""
    return GlossaryState.objects.get_or_create(pk=1)[0]


def changed() -> None:
    """Tell that public pages show something else now; their ETags follow."""
    if not GlossaryState.objects.filter(pk=1).update(revision=F("revision") + 1):
        GlossaryState.objects.create(pk=1, revision=1)


def publish(entry_ids: Iterable[int], generation: int | None = None) -> bool:
    """Make the public side of these entries what it should be; true if that changed anything.

    Within the transaction of whatever changed them. ``generation``: whose uses count, if it is not
    yet the one that does.
    """
    asked = sorted(set(entry_ids))
    different = False
    for start in range(0, len(asked), CHUNK):
        different |= _publish(asked[start : start + CHUNK], generation)
    if different:
        changed()
    return different


def _publish(ids: list[int], generation: int | None) -> bool:
    shown = Entry.objects.filter(pk__in=ids, state__in=(State.APPROVED, State.CANDIDATE))
    entries = shown.in_bulk()
    evidence = counted(PublishedAnnotation, "entry", entries)
    approved = [pk for pk, entry in entries.items() if entry.state == State.APPROVED]
    uses = uses_of(generation).filter(entry__in=approved)
    used = set(uses.values_list("entry_id", flat=True).distinct())
    wanted: dict[int, dict[str, str]] = {}
    for pk, entry in entries.items():
        if entry.state == State.APPROVED and (pk in used or pk in evidence):
            wanted[pk] = {name: getattr(entry, name) for name in ROW_FIELDS}
        elif entry.state == State.CANDIDATE and pk in evidence:
            wanted[pk] = fields_of(values_of(evidence[pk]))
    stored = {row.entry_id: row for row in PublishedEntry.objects.filter(entry__in=ids)}
    gone = [row.pk for pk, row in stored.items() if pk not in wanted]
    new = [PublishedEntry(entry_id=pk, **wanted[pk]) for pk in wanted if pk not in stored]
    different = [
        (row, wanted[pk])
        for pk, row in stored.items()
        if pk in wanted and any(getattr(row, name) != wanted[pk][name] for name in ROW_FIELDS)
    ]
    if gone:
        PublishedEntry.objects.filter(pk__in=gone).delete()
    PublishedEntry.objects.bulk_create(new, batch_size=200)
    for row, values in different:
        PublishedEntry.objects.filter(pk=row.pk).update(**values)
    known = set(EntryAddress.objects.filter(entry__in=list(wanted)).values_list("entry_id", "slug"))
    addresses = [
        EntryAddress(entry_id=pk, slug=entries[pk].slug)
        for pk in wanted
        if (pk, entries[pk].slug) not in known
    ]
    EntryAddress.objects.bulk_create(addresses, ignore_conflicts=True)
    return bool(gone or new or different)


def publish_used(generation: int, used: Set[int]) -> None:
    """Let the approved entries that this generation uses be public, and no others without a note.

    Within the transaction that lets the generation count; ``used`` are the entries that it uses
    (:func:`used_by`), asked for before.
    """
    publish([pk for pk in _hidden() if pk in used], generation)
    shown = PublishedEntry.objects.values_list("entry_id", "entry__state")
    idle = [pk for pk, state in shown if state != State.APPROVED or pk not in used]
    noted: set[int] = set()
    for start in range(0, len(idle), CHUNK):
        part = PublishedAnnotation.objects.filter(entry__in=idle[start : start + CHUNK])
        noted.update(part.order_by().values_list("entry_id", flat=True).distinct())
    if gone := [pk for pk in idle if pk not in noted]:
        PublishedEntry.objects.filter(entry__in=gone).delete()
        changed()


def publish_ahead(generation: int, used: Set[int], hold: Callable[[], object]) -> None:
    """Let most of those entries be public a moment before, where they are many: in short transactions."""
    waiting = [pk for pk in _hidden() if pk in used]
    for start in range(0, len(waiting) - FEW, FEW):
        with short_transaction():
            publish(waiting[start : start + FEW], generation)
            hold()


def used_by(generation: int) -> set[int]:
    """Return the entries that a generation uses."""
    return set(uses_of(generation).values_list("entry_id", flat=True).distinct())


def _hidden() -> list[int]:
    """Return the approved entries that readers do not see."""
    hidden = Entry.objects.filter(state=State.APPROVED, published__isnull=True)
    return list(hidden.order_by("pk").values_list("pk", flat=True))


def current_generation() -> Subquery:
    """Return the generation of occurrences that counts, for use within a query."""
    return Subquery(GlossaryState.objects.filter(pk=1).values("generation")[:1])


def uses_of(generation: int | None) -> QuerySet[EntryUse]:
    """Return the uses of a generation, without one of the one that counts."""
    return EntryUse.objects.filter(
        generation=current_generation() if generation is None else generation
    ).order_by()


# What published text is searched for.

NAMES = ("term", "aliases", "abbreviation", "foreign_term", "expansion")


def forms() -> list[Form]:
    """Return all spellings of what readers may see: approved entries, and public candidates.

    What only a working copy says is no form: an unpublished note changes no public page. Of two
    entries with one spelling the approved one has it, then the one whose term it is. Two queries.
    """
    approved = Entry.objects.filter(state=State.APPROVED).order_by("pk")
    public = PublishedEntry.objects.filter(entry__state=State.CANDIDATE).order_by("entry_id")
    return list(
        chain(
            *(_forms(0, *row) for row in approved.values_list("pk", "sort_key", *NAMES)),
            *(_forms(1, *row) for row in public.values_list("entry_id", "sort_key", *NAMES)),
        )
    )


def _forms(
    standing: int, entry: int, key: str, term: str, aliases: str, *names: str
) -> Iterator[Form]:
    for kind, name in enumerate((term, *lines_of(aliases), *names)):
        if name:
            yield Form(name, entry, (standing, min(kind, 1), key, term))
