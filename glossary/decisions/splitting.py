"""One entry becomes two: some of its spellings, with the notes that give them, are another's.

That other is a new candidate, or an entry that was merged into this one before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes.history import FieldChange
from episodes.models import Change
from episodes.slugs import from_text, sort_key, unique
from glossary import publishing
from glossary.decisions.writing import (
    EDITABLE,
    Refused,
    Stale,
    addresses_of,
    claim,
    follow,
    keys_of,
    lock_with_notes,
    may,
    record_act,
    slug_is_taken,
    target_of,
    unmerged,
    write,
)
from glossary.entries import values_from
from glossary.evidence import counted
from glossary.grouping import Evidence, Values, key_of, names_of, values_of
from glossary.models import (
    VALUE_FIELDS,
    Annotation,
    Entry,
    EntryAddress,
    EntryKey,
    Occurrence,
    PublishedAnnotation,
    State,
)

__all__ = [
    "Spelling",
    "keys_before_merging",
    "spellings_of",
    "split",
    "split_back",
    "values_for",
]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A key of an entry: as it is written, in how many notes, how often published text has it."""

    key: str
    written: str
    notes: int
    uses: int
    own: bool
    """Whether it is the entry's own term, which it cannot give away."""


def spellings_of(entry: Entry) -> list[Spelling]:
    """Return an entry's keys, the one of its own term first, then by notes. Three queries."""
    heads: dict[str, Counter[str]] = {}
    rows = Annotation.objects.filter(entry=entry).order_by().values_list("key", "head")
    for key, head, count in rows.annotate(count=Count("pk")):
        heads.setdefault(key, Counter())[head] += count
    named = {key_of(name): name for name in reversed(names_of(values_from(entry)))}
    uses: Counter[str] = Counter()
    found = Occurrence.objects.filter(entry=entry, generation=publishing.current_generation())
    length = F("end") - F("start")
    written = found.annotate(written=Substr("turn__text_plain", F("start") + 1, length))
    for text, count in written.order_by().values_list("written").annotate(count=Count("pk")):
        uses[key_of(text)] += count
    own = key_of(entry.term)
    spellings = [
        Spelling(
            key,
            _most_written(heads.get(key)) or named.get(key, key),
            sum(heads.get(key, Counter()).values()),
            uses[key],
            key == own,
        )
        for key in keys_of(entry.pk)
    ]
    return sorted(spellings, key=lambda each: (not each.own, -each.notes, -each.uses, each.key))


def _most_written(heads: Counter[str] | None) -> str:
    return min(heads, key=lambda head: (-heads[head], head)) if heads else ""


def values_for(entry: Entry, keys: Collection[str]) -> dict[str, str]:
    """Return what a new entry of these keys would say: by its notes, else the spellings alone."""
    notes: Counter[Evidence] = Counter()
    for model in (Annotation, PublishedAnnotation):
        for found in counted(model, "key", keys).values():
            notes.update(found)
        if notes:
            break
    if notes:
        values = values_of(notes)
    else:
        named = {key_of(name): name for name in reversed(names_of(values_from(entry)))}
        aliases = [name for name in entry.alias_list if key_of(name) in keys]
        known = {key_of(name) for name in aliases}
        aliases += [named.get(key, key) for key in sorted(set(keys) - known)]
        values = Values(aliases[0], aliases=tuple(aliases[1:]))
    left = replace(values_from(entry), aliases=tuple(_without(entry, keys)))
    staying = set(names_of(left))
    values = replace(values, aliases=tuple(name for name in values.aliases if name not in staying))
    fields = {name: getattr(values, name) for name in VALUE_FIELDS if name != "aliases"}
    return {**fields, "aliases": "\n".join(values.aliases)}


def _without(entry: Entry, keys: Collection[str], names: Iterable[str] = ()) -> list[str]:
    """Return the aliases that an entry keeps when these keys and names leave it."""
    leaving = set(names)
    return [n for n in entry.alias_list if key_of(n) not in keys and n not in leaving]


def split(
    entry: Entry,
    keys: Collection[str],
    *,
    by: User,
    values: Mapping[str, str] | None = None,
    why: str = "",
) -> Entry:
    """Give some keys of an entry (as it was read) to a new one, a candidate; return the new one.

    ``values`` of ``EDITABLE`` are what it says, without them :func:`values_for`.

    :raises PermissionDenied: without ``decide_entry``.
    :raises Refused: for no keys, keys that are not the entry's, the one of its own term, and where
        the new term is spelt as none of the keys.
    :raises Stale: if somebody changed the entry since.
    """
    may(by, "glossary.decide_entry")
    with transaction.atomic():
        current = _current(entry, lock_with_notes([entry.pk]))
        chosen = _chosen(current, keys)
        fields = {**values_for(current, chosen), **(values or {})}
        if key_of(fields["term"]) not in chosen:
            raise Refused(
                _("“%(term)s” is none of the spellings that were chosen.")
                % {"term": fields["term"]}
            )
        base = from_text(fields["foreign_term"] or fields["expansion"] or fields["term"], "term")
        slug = fields.get("slug") or unique(base, slug_is_taken)
        if slug_is_taken(slug):
            raise Refused(_("Another term has this address."))
        fields = {name: fields.get(name, "") for name in EDITABLE} | {"slug": slug}
        before = keys_of(current.pk)
        new = Entry.objects.create(**fields, sort_key=sort_key(fields["term"]), version=1)
        EntryKey.objects.filter(entry=current, key__in=chosen).update(entry=new)
        changes: list[FieldChange] = [
            (target_of(new.pk), name, None, value) for name, value in fields.items() if value
        ]
        # undone it is part of the other, as if it had been merged
        changes += [
            (target_of(new.pk), "state", State.MERGED.value, State.CANDIDATE.value),
            (target_of(new.pk), "merged_into", current.pk, None),
        ]
        claim(new)
        changes.append((target_of(new.pk), "keys", [], keys_of(new.pk)))
        changes += write(current, {"aliases": "\n".join(_without(current, chosen))})
        changes.append((target_of(current.pk), "keys", before, keys_of(current.pk)))
        record_act(by, changes, why=why)
        follow([current.pk, new.pk], by)
    return new


def keys_before_merging(merged: Entry) -> list[str]:
    """Return the keys that a merged entry brought with it and that its entry still has."""
    brought = Change.objects.filter(target=target_of(merged.pk), field="keys", new=[])
    old = brought.order_by("-pk").values_list("old", flat=True).first() or []
    names = {key_of(name) for name in names_of(values_from(merged))}
    held = EntryKey.objects.filter(entry=merged.merged_into_id, key__in={*old, *names})
    return sorted(held.values_list("key", flat=True))


def split_back(merged: Entry, keys: Collection[str], *, by: User, why: str = "") -> Entry:
    """Let a merged entry be one of its own again, a candidate, with these keys; return it.

    The names that are its own leave the aliases of the entry that it was merged into.

    :raises PermissionDenied: without ``decide_entry``.
    :raises Refused: as ``split`` does, and for an entry that is not merged.
    :raises Stale: if somebody changed one of the two since ``merged`` was read.
    """
    may(by, "glossary.decide_entry")
    if merged.merged_into is None:
        raise Refused(_("“%(term)s” is part of no other term.") % {"term": merged})
    into = merged.merged_into
    with transaction.atomic():
        locked = lock_with_notes([merged.pk, into.pk])
        entry = locked[merged.pk]
        if entry.version != merged.version or entry.merged_into_id != into.pk:
            raise Stale
        target = _current(into, locked)
        chosen = _chosen(target, keys)
        before = keys_of(target.pk), addresses_of(target.pk)
        brought = Change.objects.filter(target=target_of(entry.pk), field="addresses", new=[])
        slugs = brought.order_by("-pk").values_list("old", flat=True).first() or []
        EntryKey.objects.filter(entry=target, key__in=chosen).update(entry=entry)
        own = EntryAddress.objects.filter(entry=target, slug__in=[*slugs, entry.slug])
        own.update(entry=entry)
        left = _without(target, chosen, names_of(values_from(entry)))
        changes = write(target, {"aliases": "\n".join(left)})
        changes += write(
            entry,
            {
                "state": State.CANDIDATE.value,
                "merged_into_id": None,
                "decided_by_id": by.pk,
                "decided_at": timezone.now(),
            },
        )
        for pk, old_keys, old_addresses in ((entry.pk, [], []), (target.pk, *before)):
            for field, old, new in (
                ("keys", old_keys, keys_of(pk)),
                ("addresses", old_addresses, addresses_of(pk)),
            ):
                if old != new:
                    changes.append((target_of(pk), field, old, new))
        record_act(by, changes, why=why)
        follow([target.pk, entry.pk], by)
        publishing.changed()
    return entry


def _current(seen: Entry, locked: Mapping[int, Entry]) -> Entry:
    """Return an entry that is locked, if it is as it was read."""
    current = unmerged(locked[seen.pk])
    if current.version != seen.version:
        raise Stale
    return current


def _chosen(entry: Entry, keys: Collection[str]) -> list[str]:
    """Return the chosen keys in order, if the entry can give them away."""
    chosen = sorted(set(keys))
    if not chosen:
        raise Refused(_("Choose at least one spelling."))
    if key_of(entry.term) in chosen:
        raise Refused(_("“%(term)s” is the term itself: it keeps that spelling.") % {"term": entry})
    if not set(chosen) <= set(keys_of(entry.pk)):
        raise Refused(_("Somebody gave one of these spellings to another term meanwhile."))
    return chosen
