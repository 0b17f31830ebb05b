"""Any act on entries is taken back as a whole, or not at all.

What its changes tell is put back where it still is as the act left it. Aliases and forbidden
renderings are compared line by line, keys and addresses one by one, all else as a whole. Undoing is
an act like another: it stands in the history and can be undone. Nothing is deleted: an entry that
the act added is rejected, one that a split made is part of the other again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes.history import FieldChange
from episodes.models import Change, ChangeSet
from episodes.models.history import Act
from glossary import publishing
from glossary.decisions.writing import (
    EDITABLE,
    Refused,
    clear,
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
from glossary.models import Entry, EntryAddress, EntryKey, State, lines_of

__all__ = ["UNDONE", "entries_of", "undo"]

UNDONE = "undone"
"""The field of the change by which an undoing names the act that it undid (``change_set:<id>``)."""

LINES = ("aliases", "forbidden")
SETS = ("keys", "addresses")


@dataclass(slots=True)
class Was:
    """What an act did to one entry: (old, new) of each field that it changed."""

    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def added(self) -> bool:
        """Whether it made the entry."""
        return "term" in self.fields and self.fields["term"][0] is None

    @property
    def part_of(self) -> int | None:
        """The entry that it is part of without the act, if of any."""
        return self.fields["merged_into"][0] if "merged_into" in self.fields else None

    @property
    def stood(self) -> str | None:
        """The state that the entry is in without the act; none if the act did not change it."""
        old = self.fields["state"][0] if "state" in self.fields else None
        return old or (State.REJECTED.value if self.added else None)


def undo(change_set: ChangeSet, *, by: User, why: str = "") -> ChangeSet:
    """Undo an act on entries; return the act that this is.

    :raises PermissionDenied: without what the act itself would need now.
    :raises Refused: where something is not as the act left it; nothing is undone then.
    """
    acts = _read(change_set)
    if not acts:
        raise Refused(_("This changed no term: there is nothing to undo."))
    others = {
        value for was in acts.values() for value in was.fields.get("merged_into", ()) if value
    }
    with transaction.atomic():
        parts = Entry.objects.filter(merged_into__in=list(acts)).values_list("pk", flat=True)
        locked = lock_with_notes([*acts, *others, *parts])
        entries = {pk: locked[pk] for pk in acts if pk in locked}
        if len(entries) < len(acts):
            raise Refused(_("One of the terms is gone: there is nothing to undo there."))
        _check_permission(by, acts, entries)
        values = {pk: _values(change_set, was, entries[pk]) for pk, was in acts.items()}
        before = _holdings(locked)
        freed, moved = _move_keys(acts)
        moved |= _move_addresses(acts)
        if not moved and not any(values.values()):
            raise Refused(_("Nothing of this is left to undo."))
        changes: list[FieldChange] = []
        for pk, wanted in values.items():
            if "merged_into_id" not in wanted:
                unmerged(entries[pk])
            if "state" in wanted:
                wanted |= {"decided_by_id": by.pk, "decided_at": timezone.now()}
            if wanted:
                changes += write(entries[pk], wanted)
        locked |= entries
        merged = [entries[pk] for pk, wanted in values.items() if wanted.get("merged_into_id")]
        changes += _settle_merged(merged, locked)
        after = _holdings(locked)
        for pk in locked:
            for name, old, new in zip(SETS, before[pk], after[pk], strict=True):
                if old != new:
                    changes.append((target_of(pk), name, old, new))
        changes.append((f"change_set:{change_set.pk}", UNDONE, None, True))
        act = record_act(by, changes, Act.UNDO, why)
        follow(locked, by, freed=freed)
        publishing.changed()
    return act


def entries_of(change_set: ChangeSet) -> list[Entry]:
    """Return the entries that an act changed, in the order of their keys."""
    return list(Entry.objects.filter(pk__in=_read(change_set)).order_by("pk"))


def _read(change_set: ChangeSet) -> dict[int, Was]:
    """Return what an act did, by entry; of several changes of a field the first old, the last new."""
    acts: dict[int, Was] = {}
    rows = change_set.changes.filter(target__startswith="entry:").order_by("pk")
    for target, name, old, new in rows.values_list("target", "field", "old", "new"):
        fields = acts.setdefault(int(target.removeprefix("entry:")), Was()).fields
        fields[name] = (fields[name][0] if name in fields else old, new)
    return acts


def _check_permission(by: User, acts: dict[int, Was], entries: dict[int, Entry]) -> None:
    """Let pass who may do what the act did."""
    for pk, was in acts.items():
        if {"merged_into", "addresses"} & was.fields.keys() or (
            "state" in was.fields and not was.added
        ):
            may(by, "glossary.decide_entry")
        may(by, "glossary.add_entry" if was.added else "glossary.change_entry")
        if entries[pk].state != State.CANDIDATE:
            may(by, "glossary.decide_entry")


# The fields of an entry.


def _values(change_set: ChangeSet, was: Was, entry: Entry) -> dict[str, Any]:
    """Return what an entry has to hold so that the act is undone.

    :raises Refused: where it does not hold what the act left.
    """
    wanted: dict[str, Any] = {}
    if was.added:
        for name in EDITABLE:
            if getattr(entry, name) != (was.fields[name][1] if name in was.fields else ""):
                raise _changed(change_set, entry, name)
        left = was.fields["state"][1] if "state" in was.fields else State.CANDIDATE.value
        if entry.state != left:
            raise _changed(change_set, entry, "state")
        wanted["state"] = was.stood
    for name, (old, new) in was.fields.items():
        if name in SETS or (was.added and name in EDITABLE):
            continue
        column = "merged_into_id" if name == "merged_into" else name
        now = getattr(entry, column)
        if now == new:
            wanted[column] = was.stood if name == "state" else old
        elif name in LINES:
            wanted[column] = _lines(now, lines_of(old or ""), lines_of(new or ""))
        else:
            raise _changed(change_set, entry, name)
    if "slug" in wanted and slug_is_taken(wanted["slug"]):
        addresses = EntryAddress.objects.filter(slug=wanted["slug"], entry=entry)
        if not addresses.exists() or Entry.objects.filter(slug=wanted["slug"]).exists():
            raise Refused(
                _("The address “%(slug)s” is another term’s now: nothing was undone.")
                % {"slug": wanted["slug"]}
            )
    return {name: value for name, value in wanted.items() if getattr(entry, name) != value}


def _lines(now: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Return the lines of now without those that an act added, and with those that it took out."""
    added, taken = set(new) - set(old), [line for line in old if line not in new]
    kept = [line for line in lines_of(now) if line not in added]
    return "\n".join(dict.fromkeys([*kept, *taken]))


def _changed(change_set: ChangeSet, entry: Entry, name: str) -> Refused:
    """Return the refusal for a field that somebody changed since."""
    since = Change.objects.filter(
        target=target_of(entry.pk), field=name, change_set__gt=change_set.pk
    )
    found = since.select_related("change_set__by").order_by("-pk").first()
    who = found.change_set.by if found is not None else None
    label = Entry._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Refused(
        _("“%(term)s”: “%(field)s” is not as this left it; %(who)s changed it. Nothing was undone.")
        % {"term": entry, "field": label, "who": who or _("somebody")},
        entry,
    )


# Whose evidence and whose readers.


def _move_keys(acts: dict[int, Was]) -> tuple[set[str], bool]:
    """Give each key back to whose it was; return those that are nobody's then, and if any moved."""
    before, after = _owners(acts, "keys")
    now = dict(EntryKey.objects.filter(key__in={*before, *after}).values_list("key", "entry_id"))
    freed: set[str] = set()
    moved = False
    for key in sorted({*before, *after}):
        owner, there = before.get(key), now.get(key)
        if owner is None and (was := acts[after[key]]).added:
            owner = was.part_of
            if owner is None:
                continue  # an entry that was added and is rejected keeps the evidence away
        if there == owner:
            continue
        if there != after.get(key):
            raise _elsewhere(key, there)
        if owner is None:
            EntryKey.objects.filter(key=key).delete()
            freed.add(key)
        elif there is None:
            EntryKey.objects.create(key=key, entry_id=owner)
        else:
            EntryKey.objects.filter(key=key).update(entry=owner)
        moved = True
    return freed, moved


def _move_addresses(acts: dict[int, Was]) -> bool:
    """Let each address lead to where it led; one that nobody had stays; return if any moved."""
    before, after = _owners(acts, "addresses")
    rows = EntryAddress.objects.filter(slug__in=list(before))
    moved = False
    for slug, there in list(rows.order_by("slug").values_list("slug", "entry_id")):
        if there == before[slug]:
            continue
        if there != after.get(slug):
            raise _elsewhere(slug, there)
        EntryAddress.objects.filter(slug=slug).update(entry=before[slug])
        moved = True
    return moved


def _holdings(pks: Collection[int]) -> dict[int, tuple[list[str], list[str]]]:
    """Return the keys and the addresses of each entry, in order; two queries for each 500."""
    held: dict[int, tuple[list[str], list[str]]] = {pk: ([], []) for pk in pks}
    asked = sorted(held)
    for start in range(0, len(asked), 500):
        part = asked[start : start + 500]
        keys = EntryKey.objects.filter(entry__in=part).order_by("key")
        for pk, key in keys.values_list("entry_id", "key"):
            held[pk][0].append(key)
        addresses = EntryAddress.objects.filter(entry__in=part).order_by("slug")
        for pk, slug in addresses.values_list("entry_id", "slug"):
            held[pk][1].append(slug)
    return {pk: (sorted(keys), sorted(addresses)) for pk, (keys, addresses) in held.items()}


def _owners(acts: dict[int, Was], name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return whose each key (or address) was before the act, and whose after it."""
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for pk, was in acts.items():
        old, new = was.fields.get(name, ((), ()))
        before |= dict.fromkeys(set(old or ()) - set(new or ()), pk)
        after |= dict.fromkeys(set(new or ()) - set(old or ()), pk)
    return before, after


def _elsewhere(what: str, owner: int | None) -> Refused:
    entry = None if owner is None else Entry.objects.filter(pk=owner).first()
    if entry is None:
        return Refused(_("“%(what)s” is no term’s any more: nothing was undone.") % {"what": what})
    return Refused(
        _("“%(what)s” belongs to “%(term)s” since: nothing was undone.")
        % {"what": what, "term": entry},
        entry,
    )


def _settle_merged(merged: Iterable[Entry], locked: dict[int, Entry]) -> list[FieldChange]:
    """See that what is part of another entry now has nothing of its own; return what that changed.

    What was merged into it goes along.

    :raises Refused: where it got spellings since, or the other is part of a third one.
    """
    changes: list[FieldChange] = []
    for entry in merged:
        assert entry.merged_into_id is not None
        into = locked[entry.merged_into_id]
        if into.state == State.MERGED:
            raise Refused(
                _("“%(term)s” was merged into “%(other)s” since: nothing was undone.")
                % {"term": into, "other": into.merged_into},
                into,
            )
        if keys_of(entry.pk):
            raise Refused(
                _("“%(term)s” got other spellings since: merge it instead.") % {"term": entry},
                entry,
            )
        for part in locked.values():
            if part.merged_into_id == entry.pk:
                changes += write(part, {"merged_into_id": into.pk})
        EntryAddress.objects.get_or_create(slug=entry.slug, defaults={"entry": into})
        EntryAddress.objects.filter(entry=entry).update(entry=into)
        clear([entry.pk])
    return changes
