"""The history of terms in words: what each act changed, on which of them, and whether it was undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from episodes.admin.differences import Piece, compare
from episodes.models import Change, ChangeSet
from episodes.models.history import Act as Kind
from glossary.decisions import UNDONE
from glossary.models import Entry, State

__all__ = ["Act", "Line", "acts_of", "last_act", "latest", "lines_of", "title_of"]

ACTS = 200
"""So many changes of a term are read."""

LISTED = 200
"""So many changes of an act are read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field's change."""

    field: str
    pieces: list[Piece]


@dataclass(slots=True)
class Act:
    """A change set with what it changed on a term; ``undone``: the act by which it was, if it is."""

    change_set: ChangeSet
    title: str
    lines: list[Line] = field(default_factory=list)
    undone: ChangeSet | None = None


def acts_of(entry: Entry) -> list[Act]:
    """Return the history of a term, the latest first. Three queries at most."""
    changes = Change.objects.filter(target=f"entry:{entry.pk}").select_related("change_set__by")
    found: dict[int, list[Change]] = defaultdict(list)
    for change in changes.order_by("-change_set__at", "-change_set_id", "pk")[:ACTS]:
        found[change.change_set_id].append(change)
    names = _names(change for some in found.values() for change in some)
    acts = {
        pk: Act(some[0].change_set, _title(some), [_line(change, names) for change in some])
        for pk, some in found.items()
    }
    _mark_undone(acts)
    return list(acts.values())


def last_act(pk: int, by: User) -> ChangeSet | None:
    """Return a person's latest act on a term. One query."""
    acts = ChangeSet.objects.filter(changes__target=f"entry:{pk}", by=by)
    return acts.order_by("-pk").first()


def latest(entry: Entry) -> Act | None:
    """Return the latest act on a term, without its lines. One query."""
    rows = Change.objects.filter(target=f"entry:{entry.pk}").select_related("change_set__by")
    changes = list(rows.order_by("-change_set_id", "pk")[:LISTED])
    if not changes:
        return None
    last = [each for each in changes if each.change_set_id == changes[0].change_set_id]
    return Act(last[0].change_set, _title(last))


def lines_of(change_set: ChangeSet, *, back: bool = False) -> dict[int, list[Line]]:
    """Return what an act changed, by term; ``back``: the other way round. Two queries at most."""
    changes = list(change_set.changes.filter(target__startswith="entry:").order_by("pk")[:LISTED])
    names = _names(changes)
    lines: dict[int, list[Line]] = defaultdict(list)
    for change in changes:
        lines[int(change.target.removeprefix("entry:"))].append(_line(change, names, back=back))
    return dict(lines)


def title_of(change_set: ChangeSet) -> str:
    """Return in a word what an act was. One query."""
    changes = list(change_set.changes.filter(target__startswith="entry:").order_by("pk")[:LISTED])
    for change in changes:
        change.change_set = change_set
    return _title(changes) if changes else str(change_set.get_act_display())


def _title(changes: list[Change]) -> str:
    """Return in a word what an act was to a term."""
    fields = {change.field: change for change in changes}
    change_set = changes[0].change_set
    if change_set.act == Kind.UNDO:
        return _("Undo")
    if change_set.act == Kind.MERGE:
        return _("Merge")
    if "merged_into" in fields and fields["merged_into"].new is None:
        return _("Split")
    if "term" in fields and fields["term"].old is None:
        return _("New term")
    if "state" in fields:
        return _worded("state", fields["state"].new, {})
    return change_set.get_act_display()


def _mark_undone(acts: dict[int, Act]) -> None:
    """Say of each act by which it is undone, unless that was undone itself."""
    targets = [f"change_set:{pk}" for pk in acts]
    rows = Change.objects.filter(field=UNDONE, target__in=targets).select_related("change_set__by")
    undoing: dict[int, ChangeSet] = {}
    for row in rows.order_by("pk"):
        undoing[int(row.target.removeprefix("change_set:"))] = row.change_set
    standing: dict[int, bool] = {}
    for pk in sorted(acts, reverse=True):  # an undoing is younger than what it undoes
        by = undoing.get(pk)
        undone = by is not None and standing.get(by.pk, True)
        standing[pk] = not undone
        if undone:
            acts[pk].undone = by


def _names(changes: Iterable[Change]) -> dict[int, str]:
    """Return the terms that changes of ``merged_into`` name."""
    pks = {
        value
        for change in changes
        if change.field == "merged_into"
        for value in (change.old, change.new)
        if value
    }
    rows = Entry.objects.filter(pk__in=pks).order_by() if pks else Entry.objects.none()
    return dict(rows.values_list("pk", "term"))


def _line(change: Change, names: dict[int, str], *, back: bool = False) -> Line:
    labels = {each.name: str(each.verbose_name) for each in Entry._meta.concrete_fields}
    labels |= {"keys": _("spellings of notes"), "addresses": _("addresses")}
    pair = (change.new, change.old) if back else (change.old, change.new)
    old, new = (_worded(change.field, value, names) for value in pair)
    return Line(labels.get(change.field, change.field), compare(old, new))


def _worded(name: str, value: Any, names: dict[int, str]) -> str:
    if name == "state" and value in State.values:
        return str(State(value).label)
    if name == "merged_into" and value:
        return names.get(value, str(value))
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return str(value or "")
