"""Entries made of evidence: candidates come, follow their notes and go; what a person touched stays.

An entry is *kept* when a person approved, rejected or changed it: then nothing here writes its row
(G7), and evidence that disagrees becomes suggestions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain

from django.db import transaction

from episodes.slugs import sort_key
from glossary.addresses import UNTOUCHED, stems, taken
from glossary.evidence import counted, entries_of_keys
from glossary.grouping import (
    Evidence,
    Values,
    disagreements,
    plan_slugs,
    slug_base,
    values_of,
)
from glossary.models import (
    VALUE_FIELDS,
    Annotation,
    Entry,
    EntryKey,
    PublishedAnnotation,
    State,
    Suggestion,
    SuggestionState,
    lines_of,
)

__all__ = ["Followed", "all_keys", "fields_of", "follow_evidence", "values_from"]


@dataclass(slots=True)
class Followed:
    """Entries that came, changed or went, and the bases of slugs that are given otherwise now."""

    entries: set[int] = field(default_factory=set)
    bases: set[str] = field(default_factory=set)

    def add(self, other: Followed) -> None:
        """Take another part's in."""
        self.entries |= other.entries
        self.bases |= other.bases


def fields_of(values: Values) -> dict[str, str]:
    """Return values as the fields of a row, with the key it is sorted by."""
    fields = {name: getattr(values, name) for name in VALUE_FIELDS if name != "aliases"}
    return {
        **fields,
        "aliases": "\n".join(values.aliases),
        "sort_key": sort_key(values.term),
    }


def values_from(entry: Entry) -> Values:
    """Return what an entry says as a value."""
    return Values(
        term=entry.term,
        foreign_term=entry.foreign_term,
        abbreviation=entry.abbreviation,
        expansion=entry.expansion,
        definition=entry.definition,
        aliases=tuple(entry.alias_list),
    )


def all_keys() -> list[str]:
    """Return every key that evidence or an entry has, in order."""
    return sorted(
        set(
            chain(
                Annotation.objects.order_by().values_list("key", flat=True).distinct().iterator(),
                PublishedAnnotation.objects.order_by().values_list("key", flat=True).distinct(),
                EntryKey.objects.order_by().values_list("key", flat=True).iterator(),
            )
        )
    )


def follow_evidence(keys: Iterable[str], hold: Callable[[], object]) -> Followed:
    """Make the entries of these keys what their evidence says; return what changed.

    In one transaction, at whose end ``hold`` is called (it raises to have nothing written).
    """
    asked = sorted(set(keys))
    followed = Followed()
    if not asked:
        return followed
    with transaction.atomic():
        known = entries_of_keys(asked)
        entries = {
            entry.pk: entry
            for entry in Entry.objects.filter(pk__in=set(known.values()))
            .order_by("pk")
            .select_for_update()
        }
        everything = {*asked, *_other_keys(entries)}
        working = counted(Annotation, "key", everything)
        published = counted(PublishedAnnotation, "key", everything)
        followed.add(_attach(known, asked, working, published))
        followed.add(_update(entries, working, published))
        hold()
    return followed


def _other_keys(entries: dict[int, Entry]) -> set[str]:
    return set(EntryKey.objects.filter(entry__in=list(entries)).values_list("key", flat=True))


Notes = dict[str, Counter[Evidence]]


def _values(key: str, working: Notes, published: Notes) -> Values | None:
    """Return what a candidate says: by its working notes, or where none is left by published ones."""
    evidence = working.get(key) or published.get(key)
    return values_of(evidence) if evidence else None


def _attach(known: dict[str, int], keys: list[str], working: Notes, published: Notes) -> Followed:
    """Make candidates of keys that are nobody's, and let each note point to its entry."""
    wanted = {
        key: values
        for key in keys
        if key not in known and (values := _values(key, working, published)) is not None
    }
    bases = {key: slug_base(values) for key, values in wanted.items()}
    planned = plan_slugs(bases.items(), taken(bases.values()))
    made = Entry.objects.bulk_create(
        [Entry(slug=planned[key], **fields_of(wanted[key])) for key in planned]
    )
    EntryKey.objects.bulk_create(
        [EntryKey(key=key, entry=entry) for key, entry in zip(planned, made, strict=True)]
    )
    owners = {**known, **{key: entry.pk for key, entry in zip(planned, made, strict=True)}}
    for model in (Annotation, PublishedAnnotation):
        rows = model._default_manager.filter(key__in=keys).order_by()
        for key, owner in rows.values_list("key", "entry").distinct():
            if key in owners and owner != owners[key]:
                model._default_manager.filter(key=key, entry=owner).update(entry=owners[key])
    return Followed({entry.pk for entry in made}, set(bases.values()))


def _update(entries: dict[int, Entry], working: Notes, published: Notes) -> Followed:
    """Let untouched candidates follow their notes, and kept entries have their suggestions."""
    of_entry: dict[int, list[str]] = defaultdict(list)
    for key, entry_id in EntryKey.objects.filter(entry__in=list(entries)).values_list(
        "key", "entry_id"
    ):
        of_entry[entry_id].append(key)
    followed = Followed()
    kept: dict[int, Counter[tuple[str, str]]] = {}
    gone: list[int] = []
    for entry in entries.values():
        if entry.state != State.CANDIDATE or entry.version:
            if entry.state != State.REJECTED:
                kept[entry.pk] = disagreements(
                    values_from(entry),
                    lines_of(entry.forbidden),
                    _sum(working.get(key) for key in of_entry[entry.pk]),
                )
            else:
                kept[entry.pk] = Counter()
            continue
        [key] = of_entry[entry.pk]  # nobody has given it another
        values = _values(key, working, published)
        if values is None:
            gone.append(entry.pk)
            followed.add(Followed({entry.pk}, stems(entry.slug)))
            continue
        fields = fields_of(values)
        if any(getattr(entry, name) != value for name, value in fields.items()):
            Entry.objects.filter(pk=entry.pk, **UNTOUCHED).update(**fields)
            followed.add(Followed({entry.pk}, {*stems(entry.slug), slug_base(values)}))
    if gone:
        Entry.objects.filter(pk__in=gone, **UNTOUCHED).delete()
    _suggest(kept)
    return followed


def _sum(parts: Iterable[Counter[Evidence] | None]) -> Counter[Evidence]:
    total: Counter[Evidence] = Counter()
    for part in parts:
        total.update(part or {})
    return total


def _suggest(kept: dict[int, Counter[tuple[str, str]]]) -> None:
    """Write the suggestions of kept entries; dismissed ones stay, with their count."""
    stored: dict[int, dict[tuple[str, str], Suggestion]] = defaultdict(dict)
    for row in Suggestion.objects.filter(entry__in=list(kept)).order_by("pk"):
        stored[row.entry_id][row.field, row.value] = row
    new: list[Suggestion] = []
    gone: list[int] = []
    for entry_id, found in kept.items():
        for (name, value), uses in sorted(found.items()):
            known = stored[entry_id].get((name, value))
            if known is None:
                new.append(Suggestion(entry_id=entry_id, field=name, value=value, uses=uses))
            elif known.uses != uses:
                Suggestion.objects.filter(pk=known.pk).update(uses=uses)
        for said, row in stored[entry_id].items():
            if said in found:
                continue
            if row.state == SuggestionState.OPEN:
                gone.append(row.pk)
            elif row.uses:
                Suggestion.objects.filter(pk=row.pk).update(uses=0)
    Suggestion.objects.bulk_create(new, batch_size=500)
    if gone:
        Suggestion.objects.filter(pk__in=gone).delete()
