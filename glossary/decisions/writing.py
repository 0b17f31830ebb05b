"""What all decisions share: who may, what is locked, how an entry is written, and what follows.

A lock is taken in one order: the episodes whose notes move, the entries by their keys, the
glossary's state. The caller holds the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from episodes.history import FieldChange, record
from episodes.models import ChangeSet, Episode
from episodes.models.history import Act
from episodes.slugs import sort_key
from glossary import alike, publishing, rebuild, rechecking
from glossary.entries import claim_keys, follow_evidence, values_from
from glossary.grouping import names_of, same_saying
from glossary.models import (
    VALUE_FIELDS,
    Annotation,
    Entry,
    EntryAddress,
    EntryKey,
    Likeness,
    PublishedAnnotation,
    State,
    Suggestion,
    SuggestionState,
)

__all__ = [
    "EDITABLE",
    "Refused",
    "Stale",
    "addresses_of",
    "claim",
    "clear",
    "follow",
    "is_name",
    "keys_of",
    "lock",
    "lock_with_notes",
    "may",
    "may_change",
    "record_act",
    "slug_is_taken",
    "target_of",
    "unmerged",
    "write",
]

EDITABLE = (*VALUE_FIELDS, "forbidden", "slug")

UNRECORDED = ("decided_by", "decided_at")  # the act itself says who and when


class Stale(Exception):
    """Somebody changed the entry since it was read; nothing was written."""


class Refused(Exception):
    """It cannot be done, and nothing was written; ``str()`` is a sentence that says why.

    ``entry`` is the other entry that stands in the way, if one does.
    """

    def __init__(self, sentence: str, entry: Entry | None = None) -> None:
        super().__init__(sentence)
        self.entry = entry


def may(by: Any, permission: str) -> None:
    """Let pass who has the permission.

    :raises PermissionDenied: otherwise.
    """
    if not by.has_perm(permission):
        raise PermissionDenied


def may_change(by: Any, entry: Entry) -> None:
    """Let pass who may change what an entry says: a candidate editors, a decided one who decides.

    :raises PermissionDenied: otherwise.
    """
    may(by, "glossary.change_entry")
    if entry.state != State.CANDIDATE:
        may(by, "glossary.decide_entry")


def unmerged(entry: Entry) -> Entry:
    """Return the entry.

    :raises Refused: if it is part of another one.
    """
    if entry.state == State.MERGED:
        raise Refused(
            _("“%(term)s” was merged into “%(other)s”: nothing was written.")
            % {"term": entry, "other": entry.merged_into},
            entry.merged_into,
        )
    return entry


def lock(ids: Iterable[int]) -> dict[int, Entry]:
    """Lock entries in the order of their keys; return them as they are now, by key."""
    rows = Entry.objects.filter(pk__in=set(ids)).order_by("pk").select_for_update()
    return {entry.pk: entry for entry in rows}


def lock_with_notes(ids: Iterable[int]) -> dict[int, Entry]:
    """Lock entries whose notes are going to be others', and before them the notes' episodes."""
    asked = set(ids)
    written = Annotation.objects.filter(turn__episode=OuterRef("pk"), entry__in=asked)
    live = PublishedAnnotation.objects.filter(published__episode=OuterRef("pk"), entry__in=asked)
    episodes = Episode.objects.filter(Exists(written) | Exists(live)).order_by("pk")
    list(episodes.select_for_update().values_list("pk"))
    return lock(asked)


def target_of(pk: int) -> str:
    """Return what the history calls an entry."""
    return f"entry:{pk}"


def keys_of(pk: int) -> list[str]:
    """Return the keys of an entry, in order."""
    return sorted(EntryKey.objects.filter(entry=pk).values_list("key", flat=True))


def addresses_of(pk: int) -> list[str]:
    """Return the slugs that lead to an entry, in order."""
    return sorted(EntryAddress.objects.filter(entry=pk).values_list("slug", flat=True))


def slug_is_taken(slug: str) -> bool:
    """Whether an entry has this slug, or readers have known one under it."""
    return (
        Entry.objects.filter(slug=slug).exists() or EntryAddress.objects.filter(slug=slug).exists()
    )


def is_name(word: str, entry: Entry) -> bool:
    """Whether an entry gives this name anywhere; white space, case and width make no difference."""
    names = names_of(values_from(entry))
    return same_saying("aliases", word) in {same_saying("aliases", name) for name in names}


def write(entry: Entry, values: Mapping[str, Any]) -> list[FieldChange]:
    """Write fields of a locked entry as its next version; return the changes that those are."""
    changes: list[FieldChange] = []
    for name, value in values.items():
        field = name.removesuffix("_id")
        old = getattr(entry, name)
        if field not in UNRECORDED and old != value:
            changes.append((target_of(entry.pk), field, old, value))
        setattr(entry, name, value)
    entry.sort_key = sort_key(entry.term)
    entry.version += 1
    entry.save(update_fields=[*values, "sort_key", "version"])
    return changes


def claim(entry: Entry) -> list[FieldChange]:
    """Let evidence of an entry's names be its own where it is nobody's; return that as changes."""
    before = keys_of(entry.pk)
    claim_keys(entry)
    after = keys_of(entry.pk)
    return [(target_of(entry.pk), "keys", before, after)] if before != after else []


def clear(ids: Iterable[int]) -> None:
    """Remove what waits for a decision on entries that are part of others now."""
    asked = list(ids)
    Suggestion.objects.filter(entry__in=asked, state=SuggestionState.OPEN).delete()
    likenesses = Likeness.objects.filter(state=SuggestionState.OPEN)
    likenesses.filter(entry__in=asked).delete()
    likenesses.filter(other__in=asked).delete()


def follow(entry_ids: Iterable[int], by: User, *, freed: Iterable[str] = ()) -> None:
    """Bring suggestions and the public side up to date; the job searches published text.

    ``freed``: keys that are nobody's any more; notes that give them make candidates again.
    """
    ids = set(entry_ids)
    keys = EntryKey.objects.filter(entry__in=ids).values_list("key", flat=True)
    followed = follow_evidence({*keys, *freed}, _nothing)
    publishing.publish(ids | followed.entries)
    alike.settle(ids | followed.entries, _nothing)
    rebuild.ask_for_matching(by)


def _nothing() -> None:
    """Hold nothing: this is no job's work."""


def record_act(
    by: User, changes: Iterable[FieldChange], act: Act = Act.SAVE, why: str = ""
) -> ChangeSet:
    """Write an act with its changes, and have the episodes checked that it concerns; return it."""
    made = list(changes)
    change_set = ChangeSet.objects.create(act=act, by=by, why=why)
    record(change_set, made)
    rechecking.ask(made, by)
    return change_set
