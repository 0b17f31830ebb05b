"""A conflict ends by itself where an editor writes what the source says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from episodes.history import FieldChange
from episodes.models import ChangeSet, Conflict, Turn
from episodes.transcripts.working import ClashKind

__all__ = ["settle"]

TIMES = ("start", "end")  # one value as a conflict has it


def settle(change_set: ChangeSet, target: str, changes: Sequence[FieldChange]) -> None:
    """Settle the open conflicts about the fields of one row that have the source's value now.

    In the transaction of the change; one query where there is nothing to settle.
    """
    old = {field: before for _target, field, before, _after in changes}
    new = {field: _as_source(field, after) for _target, field, _before, after in changes}
    kind, _colon, name = target.partition(":")
    if kind == "turn" and (times := [field for field in TIMES if field in new]):
        now = Turn.objects.values(*TIMES).get(uid=name)
        new["times"] = [now[field] for field in TIMES]
        old["times"] = [old[field] if field in times else now[field] for field in TIMES]
    waiting = Conflict.objects.filter(
        episode=change_set.episode,
        kind=ClashKind.FIELD.value,
        target="episode" if kind == "episode" else target,
        field__in=list(new),
        decided_at__isnull=True,
    )
    for conflict in waiting:
        if conflict.theirs == new[conflict.field]:
            conflict.ours, conflict.choice = old[conflict.field], "settled"
            conflict.decided_by, conflict.decided_at = change_set.by, change_set.at
            conflict.save(update_fields=["ours", "choice", "decided_by", "decided_at"])


def _as_source(field: str, value: Any) -> Any:
    """A value of the history as a conflict holds the source's: nobody and no date are empty."""
    if value is None and field not in TIMES:
        return ""
    return str(value) if field == "speaker" else value
