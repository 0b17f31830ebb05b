"""One entry at a time: approve, reject, take back, add, change, and what notes suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes.history import FieldChange
from episodes.models.history import Act
from episodes.slugs import from_text, sort_key, unique
from glossary import publishing
from glossary.decisions.writing import (
    EDITABLE,
    Refused,
    Stale,
    claim,
    follow,
    is_name,
    lock,
    may,
    may_change,
    record_act,
    slug_is_taken,
    target_of,
    unmerged,
    write,
)
from glossary.grouping import key_of
from glossary.models import Entry, State, Suggestion, SuggestionState

__all__ = [
    "STEPS",
    "accept",
    "add",
    "add_alias",
    "decide",
    "dismiss",
    "forbid",
    "owner_of",
    "reopen",
    "save",
]

STEPS: dict[str, tuple[str, ...]] = {
    State.CANDIDATE: (State.APPROVED, State.REJECTED),
    State.APPROVED: (State.CANDIDATE, State.REJECTED),
    State.REJECTED: (State.CANDIDATE,),
    State.MERGED: (),
}
"""From which state an entry may be decided to which; merging and splitting are acts of their own."""


def decide(entry_ids: Iterable[int], to: str, *, by: User, why: str = "") -> list[Entry]:
    """Approve, reject or take back; return the entries that were (others stay as they are).

    :raises PermissionDenied: without ``decide_entry``.
    """
    may(by, "glossary.decide_entry")
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
                changes.append((target_of(entry.pk), "state", str(entry.state), str(to)))
                decided.append(entry)
        if decided:
            record_act(by, changes, Act.SAVE if len(decided) == 1 else Act.BATCH, why)
            follow([entry.pk for entry in decided], by)
    for entry in decided:
        entry.refresh_from_db()
    return decided


def add(values: Mapping[str, str], *, by: User) -> Entry:
    """Write an entry by hand, a candidate; ``values`` of ``EDITABLE``, at least the term.

    :raises PermissionDenied: without ``add_entry``.
    """
    may(by, "glossary.add_entry")
    fields = {name: values.get(name, "") for name in EDITABLE}
    if not fields["slug"]:
        base = from_text(fields["foreign_term"] or fields["expansion"] or fields["term"], "term")
        fields["slug"] = unique(base, slug_is_taken)
    with transaction.atomic():
        entry = Entry.objects.create(**fields, sort_key=sort_key(fields["term"]), version=1)
        changes: list[FieldChange] = [
            (target_of(entry.pk), name, None, value) for name, value in fields.items() if value
        ]
        record_act(by, changes + claim(entry))
        follow([entry.pk], by)
    return entry


def save(entry: Entry, values: Mapping[str, str], *, version: int, by: User) -> Entry:
    """Change fields of an entry as it was at ``version``; return it as it is then.

    :raises PermissionDenied: without ``change_entry``, and for a decided one ``decide_entry``.
    :raises Refused: if it is part of another one.
    :raises Stale: if somebody changed it since.
    """
    with transaction.atomic():
        current = lock([entry.pk])[entry.pk]
        may_change(by, current)
        unmerged(current)
        if current.version != version:
            raise Stale
        different = {
            name: values[name]
            for name in EDITABLE
            if name in values and values[name] != getattr(current, name)
        }
        if different:
            _change(current, different, by)
    return current


def add_alias(entry: Entry, word: str, *, by: User) -> Entry:
    """Give an entry (as it was read) another name.

    :raises Refused: for no name, one it has or forbids, and one that is another entry's.
    :raises PermissionDenied: as ``save`` does; so does Stale.
    """
    name = " ".join(word.split())
    if not key_of(name):
        raise Refused(_("An alias needs a letter or a digit."))
    if is_name(name, entry):
        raise Refused(_("“%(word)s” is a name of this term already.") % {"word": name})
    if name in entry.forbidden_list:
        raise Refused(_("“%(word)s” is a forbidden rendering of this term.") % {"word": name})
    owner = owner_of(name)
    if owner is not None and owner.pk != entry.pk:
        raise Refused(
            _("“%(word)s” is a name of the term “%(other)s”: merge the two instead.")
            % {"word": name, "other": owner},
            owner,
        )
    aliases = "\n".join([*entry.alias_list, name])
    return save(entry, {"aliases": aliases}, version=entry.version, by=by)


def forbid(entry: Entry, word: str, *, by: User) -> Entry:
    """Say how a term (as it was read) is not to be rendered.

    :raises Refused: for nothing, a name of the term itself, and what is forbidden already.
    :raises PermissionDenied: as ``save`` does; so does Stale.
    """
    name = " ".join(word.split())
    if not name:
        raise Refused(_("Type the rendering that is not to be used."))
    if is_name(name, entry):
        raise Refused(
            _("“%(word)s” is a name of this term: take it out of its names first.") % {"word": name}
        )
    if name in entry.forbidden_list:
        raise Refused(_("“%(word)s” is forbidden already.") % {"word": name})
    forbidden = "\n".join([*entry.forbidden_list, name])
    return save(entry, {"forbidden": forbidden}, version=entry.version, by=by)


def accept(suggestion: Suggestion, *, by: User) -> Entry:
    """Take over what the evidence says; an alias is added, any other field replaced.

    :raises PermissionDenied: as ``save`` does; so does Refused.
    """
    with transaction.atomic():
        entry = lock([suggestion.entry_id])[suggestion.entry_id]
        may_change(by, entry)
        unmerged(entry)
        value = suggestion.value
        if suggestion.field == "aliases":
            value = "\n".join(dict.fromkeys([*entry.alias_list, value]))
        Suggestion.objects.filter(pk=suggestion.pk).delete()
        _change(entry, {suggestion.field: value}, by)
    return entry


def dismiss(suggestion: Suggestion, *, by: User) -> bool:
    """Put a suggestion away for good; false if it was not open any more.

    :raises PermissionDenied: as ``save`` does.
    """
    return _move(suggestion, SuggestionState.OPEN, SuggestionState.DISMISSED, by)


def reopen(suggestion: Suggestion, *, by: User) -> bool:
    """Ask again what was dismissed; false if it was not dismissed any more.

    :raises PermissionDenied: as ``save`` does.
    """
    with transaction.atomic():
        moved = _move(suggestion, SuggestionState.DISMISSED, SuggestionState.OPEN, by)
        if moved:
            follow([suggestion.entry_id], by)
    return moved


def _move(suggestion: Suggestion, old: str, new: str, by: User) -> bool:
    may_change(by, suggestion.entry)
    return bool(
        Suggestion.objects.filter(pk=suggestion.pk, state=old).update(
            state=new, decided_by=by, decided_at=timezone.now()
        )
    )


def owner_of(term: str) -> Entry | None:
    """Return the entry that evidence of this term belongs to."""
    return Entry.objects.filter(keys__key=key_of(term)).first()


def _change(entry: Entry, different: Mapping[str, str], by: User) -> None:
    """Change fields of a locked entry, with its history and what follows."""
    changes = write(entry, different)
    record_act(by, changes + claim(entry))
    follow([entry.pk], by)
    if "slug" in different:
        publishing.changed()
