"""A form of a person, an organisation, a product or a work that came too late (``naming.Changed``)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from episodes import naming
from episodes.admin.conflicts import Clash, clashes
from episodes.models import Change, Named

__all__ = ["Late", "late"]


@dataclass(frozen=True, slots=True)
class Late:
    """What the second of two saves is shown.

    ``clashes`` are the fields that both changed, ``taken`` the names of those that only the others
    changed, ``post`` what was sent, for the record as it stands: theirs where only they changed it.
    """

    clashes: list[Clash]
    taken: list[str]
    post: QueryDict


def late(current: Named, post: QueryDict, seen: int) -> Late:
    """Compare what was sent with what others saved since the act ``seen``. Two queries."""
    before = _before(current, seen)
    labels = {field.name: field.verbose_name for field in current._meta.concrete_fields}
    both: list[str] = []
    taken: list[str] = []
    again = post.copy()
    again["seen"] = str(naming.last_act(current))
    for name in (each for each in naming.FIELDS if each in before and each in post):
        now, mine = getattr(current, name), _sent(str(post[name]))
        if mine == now:
            continue
        if mine == before[name]:
            taken.append(str(labels[name]))
            again[name] = now
        else:
            both.append(name)
    again._mutable = False
    theirs = {name: getattr(current, name) or _("(nothing)") for name in both}
    sent = {name: _sent(str(post[name])) or _("(nothing)") for name in both}
    return Late(clashes(tuple(both), theirs, sent, labels), taken, again)


def _before(current: Named, seen: int) -> dict[str, str]:
    """Return what the fields that others changed since an act were before they did."""
    changes = Change.objects.filter(target=naming.target_of(current), change_set__gt=seen)
    fields = changes.filter(field__in=naming.FIELDS).order_by("-pk")
    return {name: str(old or "") for name, old in fields.values_list("field", "old")}


def _sent(value: str) -> str:
    """Return a text as the form keeps it."""
    return "\n".join(line.rstrip() for line in value.strip().splitlines())
