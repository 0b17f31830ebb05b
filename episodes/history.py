"""The history's rows: what a change is called, and writing many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from episodes.models import Change, ChangeSet, Turn

__all__ = ["FieldChange", "changes_of", "record"]

FieldChange = tuple[str, str, Any, Any]  # target, field, old, new


def changes_of(turn: Turn, values: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The changes that giving a turn these values would be."""
    for name, wanted in values.items():
        before = getattr(turn, name)
        if before != wanted:
            yield f"turn:{turn.uid}", name.removesuffix("_id"), before, wanted


def record(change_set: ChangeSet, changes: Iterable[FieldChange]) -> None:
    """Write the changes of one act."""
    Change.objects.bulk_create(
        [
            Change(change_set=change_set, target=target, field=field, old=old, new=new)
            for target, field, old, new in changes
        ],
        batch_size=200,
    )
