"""What readers see of the glossary: nothing else writes ``PublishedEntry``.

Public is an entry that is used in a live edition: a candidate by a note that stands there, and then
it says what such notes say; an approved one by a note or an occurrence, and then it says what the
editor approved. All else answers 404.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from glossary.entries import fields_of
from glossary.evidence import counted
from glossary.grouping import values_of
from glossary.matching import Form
from glossary.models import (
    VALUE_FIELDS,
    Entry,
    EntryAddress,
    GlossaryState,
    Occurrence,
    PublishedAnnotation,
    PublishedEntry,
    State,
    Values,
)

__all__ = [
    "changed",
    "current_generation",
    "digest_of",
    "forms",
    "publish",
    "state",
    "withdraw_unused",
]

ROW_FIELDS = (*VALUE_FIELDS, "sort_key")
CHUNK = 500


def state() -> GlossaryState:
    """Return the glossary's one row of state."""
    return GlossaryState.objects.get_or_create(pk=1)[0]


def changed() -> None:
    """Tell that public pages show something else now; their ETags follow."""
    if not GlossaryState.objects.filter(pk=1).update(revision=F("revision") + 1):
        GlossaryState.objects.create(pk=1, revision=1)


def publish(entry_ids: Iterable[int]) -> bool:
    """Make the public side of these entries what it should be; true if that changed anything.

    Within the transaction of whatever changed them.
    """
    asked = sorted(set(entry_ids))
    different = False
    for start in range(0, len(asked), CHUNK):
        different |= _publish(asked[start : start + CHUNK])
    if different:
        changed()
    return different


def _publish(ids: list[int]) -> bool:
    entries = Entry.objects.filter(pk__in=ids).exclude(state=State.REJECTED).in_bulk()
    evidence = counted(PublishedAnnotation, "entry", entries)
    approved = [pk for pk, entry in entries.items() if entry.state == State.APPROVED]
    used = set(
        _current(Occurrence.objects.filter(entry__in=approved))
        .order_by()
        .values_list("entry_id", flat=True)
        .distinct()
    )
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


def withdraw_unused() -> bool:
    """Take entries off the public side that no live edition uses any more."""
    noted = PublishedAnnotation.objects.filter(entry=OuterRef("entry"))
    used = _current(Occurrence.objects.filter(entry=OuterRef("entry")))
    gone = PublishedEntry.objects.filter(
        ~Exists(noted), ~Exists(used.filter(entry__state=State.APPROVED))
    )
    ids = list(gone.values_list("pk", flat=True))
    if ids:
        PublishedEntry.objects.filter(pk__in=ids).delete()
        changed()
    return bool(ids)


def current_generation() -> Subquery:
    """Return the generation of occurrences that counts, for use within a query."""
    return Subquery(GlossaryState.objects.filter(pk=1).values("generation")[:1])


def _current(occurrences: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    return occurrences.filter(generation=current_generation())


# What published text is searched for.


def forms() -> list[Form]:
    """Return all spellings of what readers may see: approved entries, and public candidates.

    What only a working copy says is no form: an unpublished note changes no public page. Of two
    entries with one spelling the approved one has it, then the one whose term it is.
    """
    approved = Entry.objects.filter(state=State.APPROVED).order_by("pk")
    public = PublishedEntry.objects.filter(entry__state=State.CANDIDATE).order_by("pk")
    return list(
        chain(
            *(_forms(entry, entry.pk, 0) for entry in approved.iterator()),
            *(_forms(row, row.entry_id, 1) for row in public.iterator()),
        )
    )


def _forms(values: Values, entry: int, standing: int) -> Iterator[Form]:
    names = [
        values.term,
        *values.alias_list,
        values.abbreviation,
        values.foreign_term,
        values.expansion,
    ]
    for kind, name in enumerate(names):
        if name:
            rank = (standing, min(kind, 1), values.sort_key, values.term)
            yield Form(name, entry, rank)


def digest_of(wanted: Iterable[Form]) -> str:
    """Return what changes when other forms are looked for."""
    every = sorted((form.text, form.entry, form.rank) for form in wanted)
    return hashlib.sha256(repr(every).encode("utf-8", "backslashreplace")).hexdigest()
