"""Several entries become one: the others stay as tombstones that lead to it.

A merged entry has no key and no address of its own any more: evidence of its names is the other
one's, and so are its readers. Chains do not arise: what was merged into an entry goes along with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes.history import FieldChange
from episodes.models.history import Act
from glossary import publishing
from glossary.decisions.writing import (
    Refused,
    Stale,
    addresses_of,
    claim,
    clear,
    follow,
    keys_of,
    lock_with_notes,
    may,
    record_act,
    target_of,
    unmerged,
    write,
)
from glossary.entries import values_from
from glossary.grouping import names_of, same_saying
from glossary.models import Entry, EntryAddress, EntryKey, State

__all__ = ["FILLED", "merge", "names_offered", "values_offered"]

FILLED = ("foreign_term", "abbreviation", "expansion", "definition")
"""What an entry may take over from one that is merged into it, where it says nothing itself."""


def values_offered(sources: Iterable[Entry], into: Entry) -> dict[str, list[str]]:
    """Return for each empty field of ``into`` what the sources say there, each value once."""
    return {
        name: values
        for name in FILLED
        if not getattr(into, name)
        and (values := list(dict.fromkeys(filter(None, (getattr(s, name) for s in sources)))))
    }


def names_offered(
    sources: Iterable[Entry], into: Entry, fill: Mapping[str, str] | None = None
) -> list[str]:
    """Return the names of the sources that ``into`` neither has (``fill`` among them) nor forbids."""
    taken = [*names_of(values_from(into)), *into.forbidden_list]
    taken += [value for name, value in (fill or {}).items() if name != "definition"]
    known = {same_saying("aliases", name) for name in taken}
    offered: list[str] = []
    for source in sources:
        for name in names_of(values_from(source)):
            if (said := same_saying("aliases", name)) not in known:
                known.add(said)
                offered.append(" ".join(name.split()))
    return offered


def merge(
    sources: Iterable[Entry],
    into: Entry,
    *,
    by: User,
    names: Collection[str] | None = None,
    fill: Mapping[str, str] | None = None,
    why: str = "",
) -> Entry:
    """Merge entries into another, all as they were read; return that one as it is then.

    ``names``: which of :func:`names_offered` become aliases of it, without it all. ``fill``: fields
    of ``FILLED`` that it takes over where it says nothing. Renderings that the sources forbid it
    forbids as well, but for its own names. One act, so that one undoing takes it back.

    :raises PermissionDenied: without ``decide_entry``.
    :raises Refused: where one of them is part of another entry, or ``into`` is rejected.
    :raises Stale: if somebody changed one of them since it was read.
    """
    may(by, "glossary.decide_entry")
    seen = {entry.pk: entry.version for entry in sources}
    if not seen or into.pk in seen:
        raise Refused(_("Choose at least two terms, and one of them that stays."))
    with transaction.atomic():
        tombstones = _part_of(seen)
        locked = lock_with_notes([*seen, into.pk, *tombstones])
        target = locked[into.pk]
        if target.state == State.REJECTED:
            raise Refused(
                _("“%(term)s” is rejected: make it a candidate again first.") % {"term": target},
                target,
            )
        gone = [locked[pk] for pk in sorted(seen)]
        for entry in (*gone, target):
            unmerged(entry)
        if _part_of(seen) != tombstones or any(
            locked[pk].version != version for pk, version in {**seen, into.pk: into.version}.items()
        ):
            raise Stale
        changes = _take_over(gone, target, names, fill or {})
        changes += _move([*gone, *(locked[pk] for pk in tombstones)], target, by)
        record_act(by, changes, Act.MERGE, why)
        clear(seen)
        follow([target.pk, *seen], by)
        publishing.changed()
    return target


def _part_of(pks: Iterable[int]) -> list[int]:
    rows = Entry.objects.filter(merged_into__in=list(pks)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _take_over(
    sources: Sequence[Entry],
    target: Entry,
    names: Collection[str] | None,
    fill: Mapping[str, str],
) -> list[FieldChange]:
    """Let the one that stays say what was chosen; it is a person's from now on, in any case."""
    offered = values_offered(sources, target)
    values = {name: value for name, value in fill.items() if value in offered.get(name, ())}
    aliases = [
        name for name in names_offered(sources, target, values) if names is None or name in names
    ]
    if aliases:
        values["aliases"] = "\n".join([*target.alias_list, *aliases])
    own = {
        same_saying("aliases", name)
        for name in (*names_of(values_from(target)), *aliases, *values.values())
    }
    forbidden = dict.fromkeys(target.forbidden_list)
    for source in sources:
        for word in source.forbidden_list:
            if same_saying("aliases", word) not in own:
                forbidden[word] = None
    if list(forbidden) != target.forbidden_list:
        values["forbidden"] = "\n".join(forbidden)
    return write(target, values)


def _move(gone: Sequence[Entry], target: Entry, by: User) -> list[FieldChange]:
    """Let keys, addresses and earlier tombstones be the target's, and the sources be tombstones."""
    changes: list[FieldChange] = []
    keys, addresses = keys_of(target.pk), addresses_of(target.pk)
    for entry in gone:
        old_keys, old_addresses = keys_of(entry.pk), addresses_of(entry.pk)
        if entry.state != State.MERGED:
            old_addresses = sorted({*old_addresses, entry.slug})
        name = target_of(entry.pk)
        changes += [
            (name, field, old, [])
            for field, old in (("keys", old_keys), ("addresses", old_addresses))
            if old
        ]
        EntryAddress.objects.bulk_create(
            [EntryAddress(slug=slug, entry=target) for slug in old_addresses],
            ignore_conflicts=True,
        )
        EntryAddress.objects.filter(slug__in=old_addresses).update(entry=target)
        EntryKey.objects.filter(entry=entry).update(entry=target)
        values: dict[str, Any] = {"merged_into_id": target.pk}
        if entry.state != State.MERGED:
            values |= {
                "state": State.MERGED.value,
                "decided_by_id": by.pk,
                "decided_at": timezone.now(),
            }
        changes += write(entry, values)
    claim(target)
    for field, old, new in (
        ("keys", keys, keys_of(target.pk)),
        ("addresses", addresses, addresses_of(target.pk)),
    ):
        if old != new:
            changes.append((target_of(target.pk), field, old, new))
    return changes
