"""Entries made of evidence: candidates come, follow their notes and go; what a person touched stays.

An entry is *kept* when a person approved, rejected, merged or changed it: then nothing here writes
its row (G7). Evidence that disagrees with an entry becomes suggestions: of a candidate that nobody
touched those are the values that lost the vote of its notes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain

from episodes.slugs import sort_key
from glossary.addresses import UNTOUCHED, stems, taken
from glossary.evidence import counted, entries_of_keys
from glossary.grouping import (
    Evidence,
    Values,
    disagreements,
    key_of,
    plan_slugs,
    same_saying,
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
from glossary.pacing import short_transaction

__all__ = [
    "Followed",
    "all_keys",
    "claim_keys",
    "claim_names",
    "fields_of",
    "follow_evidence",
    "values_from",
]

CHUNK = 500


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


def claim_keys(entry: Entry) -> None:
    """Let evidence of an entry's term and aliases be its own, where it is nobody's yet.

    Within the transaction of whoever changed them.
    """
    _claim(dict.fromkeys(_keys_of(entry.term, entry.aliases), entry.pk))


def claim_names(hold: Callable[[], object]) -> int:
    """Claim the keys of the names of all kept entries; return how many were nobody's.

    There are some only when keys are made otherwise than when the names were written. A merged
    entry's are those of the entry that it is part of now; of two that want one the one whose term it
    is has it, then the older one. In short transactions, at whose end ``hold`` is called.
    """
    into: dict[int, int | None] = {}
    by_term: dict[str, int] = {}
    by_alias: dict[str, int] = {}
    rows = Entry.objects.exclude(**UNTOUCHED).order_by("pk")
    for pk, target, term, aliases in rows.values_list(
        "pk", "merged_into", "term", "aliases"
    ).iterator():
        into[pk] = target
        term_key, *alias_keys = _keys_of(term, aliases) or [""]
        by_term.setdefault(term_key, pk)
        for key in alias_keys:
            by_alias.setdefault(key, pk)
    wanted = {key: _standing(pk, into) for key, pk in {**by_alias, **by_term}.items() if key}
    missing = sorted(wanted.keys() - entries_of_keys(wanted).keys())
    for start in range(0, len(missing), CHUNK):
        with short_transaction():
            _claim({key: wanted[key] for key in missing[start : start + CHUNK]})
            hold()
    return len(missing)


def _keys_of(term: str, aliases: str) -> list[str]:
    keys = (key_of(name) for name in (term, *lines_of(aliases)))
    return list(dict.fromkeys(key for key in keys if key))


def _standing(pk: int, into: dict[int, int | None]) -> int:
    """Return what an entry was merged into, at the end of the chain; else itself."""
    while (target := into.get(pk)) is not None:
        pk = target
    return pk


def _claim(owners: dict[str, int]) -> None:
    EntryKey.objects.bulk_create(
        [EntryKey(key=key, entry_id=owner) for key, owner in owners.items()],
        ignore_conflicts=True,
    )


def follow_evidence(keys: Iterable[str], hold: Callable[[], object]) -> Followed:
    """Make the entries of these keys what their evidence says; return what changed.

    In one transaction, at whose end ``hold`` is called (it raises to have nothing written).
    """
    asked = sorted(set(keys))
    followed = Followed()
    if not asked:
        return followed
    with short_transaction():
        owners = set(entries_of_keys(asked).values())
        rows = Entry.objects.filter(pk__in=owners).order_by("pk").select_for_update()
        entries = {entry.pk: entry for entry in rows}
        known = entries_of_keys(asked)  # read again: somebody may have merged two before we locked
        if late := set(known.values()) - entries.keys():
            more = Entry.objects.filter(pk__in=late).order_by("pk").select_for_update()
            entries |= {entry.pk: entry for entry in more}
        everything = {*asked, *_other_keys(entries)}
        working = counted(Annotation, "key", everything)
        published = counted(PublishedAnnotation, "key", everything)
        said = _attach(followed, known, asked, working, published)
        said |= _update(followed, entries, working, published)
        _suggest(said)
        hold()
    return followed


def _other_keys(entries: dict[int, Entry]) -> set[str]:
    return set(EntryKey.objects.filter(entry__in=list(entries)).values_list("key", flat=True))


Notes = dict[str, Counter[Evidence]]
Said = dict[int, Counter[tuple[str, str]]]
"""What notes say otherwise than each entry."""


def _values(keys: Iterable[str], working: Notes, published: Notes) -> Values | None:
    """Return what a candidate says: by its working notes, or where none is left by published ones."""
    evidence = _sum(keys, working) or _sum(keys, published)
    return values_of(evidence) if evidence else None


def _attach(
    followed: Followed, known: dict[str, int], keys: list[str], working: Notes, published: Notes
) -> Said:
    """Make candidates of keys that are nobody's, and let each note point to its entry."""
    wanted = {
        key: values
        for key in keys
        if key not in known and (values := _values([key], working, published)) is not None
    }
    bases = {key: slug_base(values) for key, values in wanted.items()}
    planned = plan_slugs(bases.items(), taken(bases.values()))
    made = Entry.objects.bulk_create(
        [Entry(slug=planned[key], **fields_of(wanted[key])) for key in planned]
    )
    new = {key: entry.pk for key, entry in zip(planned, made, strict=True)}
    EntryKey.objects.bulk_create([EntryKey(key=key, entry_id=pk) for key, pk in new.items()])
    owners = {**known, **new}
    for model in (Annotation, PublishedAnnotation):
        rows = model._default_manager.filter(key__in=keys).order_by()
        for key, owner in rows.values_list("key", "entry").distinct():
            if key in owners and owner != owners[key]:
                model._default_manager.filter(key=key, entry=owner).update(entry=owners[key])
    followed.add(Followed(set(new.values()), set(bases.values())))
    return {
        pk: disagreements(wanted[key], (), working.get(key, Counter())) for key, pk in new.items()
    }


def _update(
    followed: Followed, entries: dict[int, Entry], working: Notes, published: Notes
) -> Said:
    """Let untouched candidates follow their notes; return what is said otherwise of each entry."""
    of_entry: dict[int, list[str]] = defaultdict(list)
    for key, entry_id in EntryKey.objects.filter(entry__in=list(entries)).values_list(
        "key", "entry_id"
    ):
        of_entry[entry_id].append(key)
    said: Said = {}
    gone: list[int] = []
    for entry in entries.values():
        keys = of_entry[entry.pk]
        if entry.state in (State.REJECTED, State.MERGED):
            said[entry.pk] = Counter()
            continue
        notes = _sum(keys, working)
        if entry.state != State.CANDIDATE or entry.version:
            forbidden = lines_of(entry.forbidden)
            said[entry.pk] = disagreements(values_from(entry), forbidden, notes)
            continue
        values = _values(keys, working, published)
        if values is None:
            gone.append(entry.pk)
            followed.add(Followed({entry.pk}, stems(entry.slug)))
            continue
        said[entry.pk] = disagreements(values, (), notes)
        fields = fields_of(values)
        if any(getattr(entry, name) != value for name, value in fields.items()):
            Entry.objects.filter(pk=entry.pk, **UNTOUCHED).update(**fields)
            followed.add(Followed({entry.pk}, {*stems(entry.slug), slug_base(values)}))
    if gone:
        Entry.objects.filter(pk__in=gone, **UNTOUCHED).delete()
    return said


def _sum(keys: Iterable[str], notes: Notes) -> Counter[Evidence]:
    total: Counter[Evidence] = Counter()
    for key in keys:
        total.update(notes.get(key, {}))
    return total


def _suggest(said: Said) -> None:
    """Write what is said otherwise of these entries; dismissed rows stay, with their count.

    One row for all values that say the same: when most notes spell it otherwise than before, the
    open row makes room for another, and a dismissed one answers for it.
    """
    stored: dict[int, dict[tuple[str, str], list[Suggestion]]] = defaultdict(dict)
    for row in Suggestion.objects.filter(entry__in=list(said)).order_by("pk"):
        same = (row.field, same_saying(row.field, row.value))
        stored[row.entry_id].setdefault(same, []).append(row)
    new: list[Suggestion] = []
    different: list[Suggestion] = []
    gone: list[int] = []
    for entry_id, found in said.items():
        wanted = {
            (name, same_saying(name, value)): (value, uses)
            for (name, value), uses in sorted(found.items())
        }
        for same in sorted({*wanted, *stored[entry_id]}):
            value, uses = wanted.get(same, ("", 0))
            rows = stored[entry_id].get(same, [])
            answers = [row for row in rows if row.state == SuggestionState.DISMISSED]
            if uses and not answers:
                answers = [row for row in rows if row.value == value]
                if not answers:
                    new.append(Suggestion(entry_id=entry_id, field=same[0], value=value, uses=uses))
            gone += [row.pk for row in rows if row not in answers]
            for row in answers:
                if row.uses != uses:
                    row.uses = uses
                    different.append(row)
    if gone:
        Suggestion.objects.filter(pk__in=gone, state=SuggestionState.OPEN).delete()
    Suggestion.objects.bulk_create(new, batch_size=CHUNK)
    Suggestion.objects.bulk_update(different, ["uses"], batch_size=CHUNK)
