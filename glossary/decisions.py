"""What people do with entries: the only functions that write ``Entry.state`` and an edited entry.

Each checks the permission, writes by condition (nobody's change is overwritten unseen), records who
did what (``ChangeSet``, target ``entry:<id>``), publishes what follows at once, and asks for the
job where published text has to be searched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from episodes.history import FieldChange, record
from episodes.models import ChangeSet
from episodes.models.history import Act
from episodes.slugs import from_text, sort_key, unique
from glossary import publishing, rebuild
from glossary.entries import follow_evidence
from glossary.grouping import key_of
from glossary.models import (
    VALUE_FIELDS,
    Entry,
    EntryAddress,
    EntryKey,
    State,
    Suggestion,
    SuggestionState,
    lines_of,
)

__all__ = ["EDITABLE", "STEPS", "Stale", "accept", "add", "decide", "dismiss", "owner_of", "save"]

EDITABLE = (*VALUE_FIELDS, "forbidden", "slug")
STEPS: dict[str, tuple[str, ...]] = {
    State.CANDIDATE: (State.APPROVED, State.REJECTED),
    State.APPROVED: (State.CANDIDATE, State.REJECTED),
    State.REJECTED: (State.CANDIDATE,),
}
"""From which state an entry may be decided to which."""


class Stale(Exception):
    """Somebody changed the entry since it was read; nothing was written."""


def decide(entry_ids: Iterable[int], to: str, *, by: User, why: str = "") -> list[Entry]:
    """Approve, reject or take back; return the entries that were (others stay as they are).

    :raises PermissionDenied: without ``decide_entry``.
    """
    _may(by, "glossary.decide_entry")
    allowed = [state for state, steps in STEPS.items() if to in steps]
    asked = sorted(set(entry_ids))
    decided: list[Entry] = []
    changes: list[FieldChange] = []
    with transaction.atomic():
        found = Entry.objects.filter(pk__in=asked, state__in=allowed)
        for entry in found.order_by("pk").select_for_update():
            if Entry.objects.filter(pk=entry.pk, state=entry.state, version=entry.version).update(
                state=to, version=F("version") + 1, decided_by=by, decided_at=timezone.now()
            ):
                changes.append((_target(entry.pk), "state", str(entry.state), str(to)))
                decided.append(entry)
        if decided:
            record(
                ChangeSet.objects.create(
                    act=Act.SAVE if len(decided) == 1 else Act.BATCH, by=by, why=why
                ),
                changes,
            )
            _follow([entry.pk for entry in decided], by)
    for entry in decided:
        entry.refresh_from_db()
    return decided


def add(values: Mapping[str, str], *, by: User) -> Entry:
    """Write an entry by hand, a candidate; ``values`` of ``EDITABLE``, at least the term.

    :raises PermissionDenied: without ``add_entry``.
    """
    _may(by, "glossary.add_entry")
    fields = {name: values.get(name, "") for name in EDITABLE}
    if not fields["slug"]:
        base = from_text(fields["foreign_term"] or fields["expansion"] or fields["term"], "term")
        fields["slug"] = unique(base, _is_taken)
    with transaction.atomic():
        entry = Entry.objects.create(**fields, sort_key=sort_key(fields["term"]), version=1)
        record(
            ChangeSet.objects.create(act=Act.SAVE, by=by),
            [(_target(entry.pk), name, None, value) for name, value in fields.items() if value],
        )
        _index(entry)
        _follow([entry.pk], by)
    return entry


def save(entry: Entry, values: Mapping[str, str], *, version: int, by: User) -> Entry:
    """Change fields of an entry as it was at ``version``; return it as it is then.

    :raises PermissionDenied: without ``change_entry``, and for a decided one ``decide_entry``.
    :raises Stale: if somebody changed it since.
    """
    with transaction.atomic():
        current = Entry.objects.select_for_update().get(pk=entry.pk)
        _may_change(by, current)
        if current.version != version:
            raise Stale
        different = {
            name: values[name]
            for name in EDITABLE
            if name in values and values[name] != getattr(current, name)
        }
        if different:
            _write(current, different, by)
    return current


def accept(suggestion: Suggestion, *, by: User) -> Entry:
    """Take over what the evidence says; an alias is added, any other field replaced.

    :raises PermissionDenied: as ``save`` does.
    """
    with transaction.atomic():
        entry = Entry.objects.select_for_update().get(pk=suggestion.entry_id)
        _may_change(by, entry)
        value = suggestion.value
        if suggestion.field == "aliases":
            value = "\n".join(dict.fromkeys([*entry.alias_list, value]))
        Suggestion.objects.filter(pk=suggestion.pk).delete()
        _write(entry, {suggestion.field: value}, by)
    return entry


def dismiss(suggestion: Suggestion, *, by: User) -> bool:
    """Put a suggestion away for good; false if it was not open any more.

    :raises PermissionDenied: as ``save`` does.
    """
    _may_change(by, suggestion.entry)
    return bool(
        Suggestion.objects.filter(pk=suggestion.pk, state=SuggestionState.OPEN).update(
            state=SuggestionState.DISMISSED, decided_by=by, decided_at=timezone.now()
        )
    )


def owner_of(term: str) -> Entry | None:
    """Return the entry that evidence of this term belongs to."""
    return Entry.objects.filter(keys__key=key_of(term)).first()


def _write(entry: Entry, different: dict[str, str], by: User) -> None:
    """Write fields of a locked entry, with its history and what follows."""
    changes = [
        (_target(entry.pk), name, getattr(entry, name), value) for name, value in different.items()
    ]
    for name, value in different.items():
        setattr(entry, name, value)
    entry.sort_key = sort_key(entry.term)
    entry.version += 1
    entry.save(update_fields=[*different, "sort_key", "version"])
    record(ChangeSet.objects.create(act=Act.SAVE, by=by), changes)
    _index(entry)
    _follow([entry.pk], by)
    if "slug" in different:
        publishing.changed()


def _follow(entry_ids: list[int], by: User) -> None:
    """Bring suggestions and the public side up to date; the job searches published text."""
    keys = EntryKey.objects.filter(entry__in=entry_ids).values_list("key", flat=True)
    follow_evidence(keys, _nothing)
    publishing.publish(entry_ids)
    rebuild.ask_for_matching(by)


def _nothing() -> None:
    """Hold nothing: this is no job's work."""


def _index(entry: Entry) -> None:
    """Let evidence of the term and its aliases be this entry's, where it is nobody's yet."""
    names = (entry.term, *lines_of(entry.aliases))
    keys = dict.fromkeys(key for name in names if (key := key_of(name)))
    EntryKey.objects.bulk_create(
        [EntryKey(key=key, entry=entry) for key in keys], ignore_conflicts=True
    )


def _is_taken(slug: str) -> bool:
    return (
        Entry.objects.filter(slug=slug).exists() or EntryAddress.objects.filter(slug=slug).exists()
    )


def _target(pk: int) -> str:
    return f"entry:{pk}"


def _may_change(by: User, entry: Entry) -> None:
    _may(by, "glossary.change_entry")
    if entry.state != State.CANDIDATE:
        _may(by, "glossary.decide_entry")


def _may(by: Any, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied
