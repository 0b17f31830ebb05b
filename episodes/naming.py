"""A change of a person, an organisation, a product or a work, recorded as any other (``history``).

The target of such a change is ``person:<id>``, ``organisation:<id>`` and so on. These records belong
to no episode, so their acts have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from episodes import concerned
from episodes.history import FieldChange, record
from episodes.models import Change, ChangeSet, Named
from episodes.models.history import Act
from episodes.names import index_spellings, rename_slug

__all__ = ["FIELDS", "Changed", "last_act", "save_named", "successors", "target_of"]

N = TypeVar("N", bound=Named)

FIELDS = ("name", "translated_name", "slug", "aliases", "note", "link")


class Changed(Exception):
    """Somebody else changed the record since it was shown; nothing was written.

    ``current`` is the record as it stands.
    """

    def __init__(self, current: Named) -> None:
        super().__init__(str(current))
        self.current = current


def target_of(named: Named) -> str:
    """Return what the history calls a record."""
    return f"{named.kind}:{named.pk}"


def last_act(named: Named) -> int:
    """Return the latest act that changed a record, 0 where none did: the version of what is shown."""
    changes = Change.objects.filter(target=target_of(named)).order_by("-pk")
    return changes.values_list("change_set", flat=True).first() or 0


def save_named(
    named: N,
    *,
    values: Mapping[str, str],
    by: User | None,
    why: str = "",
    seen: int | None = None,
) -> N:
    """Save what a person changed of a record, its spellings with it, and return it as it is then.

    ``values`` holds any of ``FIELDS``; ``seen`` is the ``last_act`` that was shown, None where the
    caller does not know. The same values write nothing. Raises Changed and SlugRefused.
    """
    model = type(named)
    with transaction.atomic():
        current = model._default_manager.select_for_update().get(pk=named.pk)
        if seen is not None and seen != last_act(current):
            raise Changed(current)
        changes: list[FieldChange] = [
            (target_of(current), name, getattr(current, name), values[name])
            for name in FIELDS
            if name in values and values[name] != getattr(current, name)
        ]
        if not changes:
            return current
        before = concerned.spellings_of(current)
        plain = [name for _target, name, _old, _new in changes if name != "slug"]
        for name in plain:
            setattr(current, name, values[name])
        if plain:
            current.save(update_fields=plain)
        if "slug" in values:
            rename_slug(current, values["slug"])
        index_spellings(current)
        change_set = ChangeSet.objects.create(act=Act.SAVE, by=by, why=why.strip())
        record(change_set, changes)
        if {"name", "translated_name", "aliases"} & set(plain):
            concerned.ask_for_name(current, before, by)
    return current


def successors(model: type[N], pks: Iterable[int]) -> dict[int, N]:
    """Return the record that each id means today: that of the record, or of what it was merged into.

    Ids of records that were deleted are not in the answer. One query, and two for each merge that
    has to be followed.
    """
    wanted = set(pks)
    found: dict[int, N] = dict(model._default_manager.in_bulk(wanted)) if wanted else {}
    into = {pk: pk for pk in wanted - set(found)}
    while into:
        merges = Change.objects.filter(
            target__startswith=f"{model.kind}:", field="merged", old__id__in=set(into.values())
        )
        rows = merges.values_list("old__id", "target")
        kept = {lost: int(target.partition(":")[2]) for lost, target in rows}
        into = {pk: kept[lost] for pk, lost in into.items() if lost in kept}
        records = model._default_manager.in_bulk(set(into.values())) if into else {}
        found |= {pk: records[there] for pk, there in into.items() if there in records}
        into = {pk: there for pk, there in into.items() if there not in records}
    return found
