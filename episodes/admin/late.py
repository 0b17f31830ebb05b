"""A metadata form that came too late: what stands now, what was typed, and the form made whole."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import QueryDict

from episodes.admin.conflicts import Clash, clashes
from episodes.beside import SETS, is_same_set, set_of
from episodes.editing import Stale
from episodes.models import Episode, Organisation, Person, Product, Project, Role, Tag, Turn, Work
from episodes.tagging import format_tags

__all__ = ["ROLE_FIELDS", "both_sides", "post_again"]

BESIDE: dict[str, type[Model]] = {
    "appearances": Person,
    "organisations": Organisation,
    "products": Product,
    "works": Work,
    "tags": Tag,
    "projects": Project,
}
ROLE_FIELDS = {
    "hosts": Role.HOST,
    "guests": Role.GUEST,
    "producers": Role.PRODUCER,
    "mentioned": Role.MENTIONED,
}
"""The form's fields of people, and the role of those in each."""


def value_now(episode: Episode, name: str) -> Any:
    """Return what a field holds now, in the form of the history."""
    return set_of(episode, name) if name in SETS else getattr(episode, name)


def as_written(value: Any) -> str:
    """Return a value as an editor reads it."""
    if value is None:
        return ""
    if not isinstance(value, list):
        return str(value)
    lines = []
    for item in value:
        if not isinstance(item, dict):
            lines.append(str(item))
        elif item.get("role"):
            lines.append(f"{item['name']} ({Role(item['role']).label})")
        else:
            lines.append(item["name"])
    return "\n".join(lines)


def both_sides(stale: Stale) -> list[Clash]:
    """Return the fields that both changed, with both texts."""
    episode = stale.current
    assert not isinstance(episode, Turn)
    labels: dict[str, Any] = {
        field.name: field.verbose_name for field in Episode._meta.concrete_fields
    }
    for name, model in BESIDE.items():
        labels[name] = model._meta.verbose_name_plural
    now = {name: as_written(value_now(episode, name)) for name in stale.fields}
    mine = {name: as_written(stale.mine[name]) for name in stale.fields}
    return clashes(stale.fields, now, mine, labels)


def post_again(post: QueryDict, stale: Stale) -> QueryDict:
    """Return what was sent, for the revision that stands now.

    Fields that only the others changed take their value: sending the form once more overwrites
    nothing that the editor was not shown.
    """
    episode = stale.current
    assert not isinstance(episode, Turn)
    again = post.copy()
    again["seen"] = str(episode.revision)
    for name, mine in stale.mine.items():
        if name in stale.fields or stale.base is None:
            continue
        base = stale.base[name]
        untouched = is_same_set(name, mine, base) if name in SETS else mine == base
        if untouched:
            put(again, name, value_now(episode, name))
    again._mutable = False
    return again


def put(post: QueryDict, name: str, value: Any) -> None:
    """Write a field's value as the form sends it."""
    if name == "appearances":
        for field, role in ROLE_FIELDS.items():
            post.setlist(field, [str(item["id"]) for item in value if item["role"] == role])
    elif name in {"tags", "projects"}:
        post[name] = format_tags(value)
    elif name in SETS:
        post.setlist(name, [str(item["id"]) for item in value])
    else:
        post[name] = "" if value is None else str(value)
