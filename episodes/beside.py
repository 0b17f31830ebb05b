"""The sets beside an episode: who appears, what is mentioned, tags and projects, each in its order.

In the history a set is a list: names of tags and projects; ``{"id", "name", "role"}`` of people;
``{"id", "name"}`` of the others. Two states are the same when ids, roles and order are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from episodes import labelling
from episodes.models import (
    Appearance,
    Episode,
    Named,
    OrganisationMention,
    Origin,
    Person,
    ProductMention,
    Project,
    Role,
    Tag,
    WorkMention,
)

__all__ = [
    "MENTIONS",
    "SETS",
    "as_history",
    "is_same_set",
    "keys_of",
    "rows_of",
    "set_of",
    "write_keys",
    "write_set",
]

MENTIONS: dict[str, Any] = {
    "organisations": OrganisationMention,
    "products": ProductMention,
    "works": WorkMention,
}
LABELS: dict[str, type[Tag] | type[Project]] = {"tags": Tag, "projects": Project}
SETS = ("appearances", *MENTIONS, *LABELS)


def set_of(episode: Episode, name: str) -> list[Any]:
    """Return a set as it is, in the form of the history; one query."""
    if name == "appearances":
        rows = episode.appearances.select_related("person").order_by("position", "id")
        return [
            {"id": row.person_id, "name": row.person.name, "role": str(row.role)} for row in rows
        ]
    if name in MENTIONS:
        mentions = MENTIONS[name]._default_manager.filter(episode=episode)
        return [
            {"id": row.target.pk, "name": row.target.name}
            for row in mentions.select_related("target").order_by("position", "id")
        ]
    items = episode.tag_items if name == "tags" else episode.project_items
    return list(items.order_by("pk").values_list("tag__name", flat=True))


def as_history(name: str, value: Iterable[Any]) -> list[Any]:
    """Return a set that was given, in the form of the history, without repetitions.

    People are given as (person, role), the others as objects, tags and projects as names.
    """
    if name == "appearances":
        pairs: dict[int, tuple[Person, str]] = {}
        for person, role in value:
            pairs.setdefault(person.pk, (person, str(Role(role))))
        return [{"id": pk, "name": who.name, "role": role} for pk, (who, role) in pairs.items()]
    if name in MENTIONS:
        named: dict[int, Named] = {target.pk: target for target in value}
        return [{"id": pk, "name": target.name} for pk, target in named.items()]
    labels: dict[str, str] = {}
    for label in value:
        tidy = " ".join(str(label).split())[: labelling.LENGTH]
        if tidy:
            labels.setdefault(labelling.label_key(tidy), tidy)
    return list(labels.values())


def is_same_set(name: str, one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two states of a set are the same; names of people and others do not count."""
    key: Callable[[Any], Any] = labelling.label_key
    if name not in LABELS:
        key = _identity
    return list(map(key, one)) == list(map(key, other))


def _identity(item: dict[str, Any]) -> tuple[Any, Any]:
    return item["id"], item.get("role")


def write_set(episode: Episode, name: str, wanted: Sequence[Any]) -> None:
    """Make a set what an editor wants. What the front matter wrote of those who stay is kept."""
    if name in LABELS:
        labelling.set_labels(episode, LABELS[name], wanted)
        return
    model: type[Any] = Appearance if name == "appearances" else MENTIONS[name]
    column = "person_id" if name == "appearances" else "target_id"
    rows = {getattr(row, column): row for row in model._default_manager.filter(episode=episode)}
    stay = {item["id"] for item in wanted}
    model._default_manager.filter(episode=episode).exclude(**{f"{column}__in": stay}).delete()
    added = []
    for position, item in enumerate(wanted):
        row = rows.get(item["id"])
        if row is None:
            row = model(episode=episode, origin=Origin.EDITOR, **{column: item["id"]})
            added.append(row)
        row.position = position
        if item.get("role", getattr(row, "role", None)) != getattr(row, "role", None):
            row.role, row.origin = item["role"], Origin.EDITOR
    model._default_manager.bulk_create(added)
    kept = [row for pk, row in rows.items() if pk in stay]
    if kept:
        fields = ["origin", "position", *(["role"] if name == "appearances" else [])]
        model._default_manager.bulk_update(kept, fields)


# --- As keys, for merging -----------------------------------------------------------------------


def keys_of(episode: Episode, name: str) -> list[str]:
    """Return the members of a set as keys: ids of records, names of tags and projects."""
    if name == "appearances":
        rows = episode.appearances.order_by("position", "id")
        return [str(pk) for pk in rows.values_list("person_id", flat=True)]
    if name in MENTIONS:
        mentions = MENTIONS[name]._default_manager.filter(episode=episode)
        ordered = mentions.order_by("position", "id")
        return [str(pk) for pk in ordered.values_list("target_id", flat=True)]
    return [str(label) for label in set_of(episode, name)]


def write_keys(
    episode: Episode,
    name: str,
    keys: Sequence[str],
    given: Mapping[str, Mapping[str, Any]],
) -> None:
    """Make a set these members in this order; ``given`` holds what a member's row has besides.

    What an editor decided of a row (its role) stays, unless ``given`` says that an editor did.
    """
    if name in LABELS:
        labelling.set_labels(episode, LABELS[name], keys)
        return
    model: type[Any] = Appearance if name == "appearances" else MENTIONS[name]
    column = "person_id" if name == "appearances" else "target_id"
    rows = {getattr(row, column): row for row in model._default_manager.filter(episode=episode)}
    wanted = list(dict.fromkeys(int(key) for key in keys))
    model._default_manager.filter(episode=episode).exclude(**{f"{column}__in": wanted}).delete()
    added, kept = [], []
    for position, pk in enumerate(wanted):
        row = rows.get(pk)
        values = given.get(str(pk), {})
        if row is None:
            row = model(episode=episode, **{"origin": Origin.EDITOR, **values, column: pk})
            added.append(row)
        else:
            if row.origin != Origin.EDITOR or values.get("origin") == Origin.EDITOR:
                for field, value in values.items():
                    setattr(row, field, value)
            kept.append(row)
        row.position = position
    model._default_manager.bulk_create(added)
    fields = ["origin", "position", "written", *(["role"] if name == "appearances" else [])]
    if kept:
        model._default_manager.bulk_update(kept, fields)


def rows_of(episode: Episode) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what the rows of each set have besides their members, as JSON; four queries."""
    answer: dict[str, dict[str, dict[str, Any]]] = {}
    for name in ("appearances", *MENTIONS):
        model: type[Any] = Appearance if name == "appearances" else MENTIONS[name]
        column = "person_id" if name == "appearances" else "target_id"
        fields = ["origin", "written", *(["role"] if name == "appearances" else [])]
        rows = model._default_manager.filter(episode=episode).values(column, *fields)
        answer[name] = {str(row.pop(column)): row for row in rows}
    return answer
