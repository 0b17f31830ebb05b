"""The names and terms there are, as checks need them: read and made ready once a process and state.

Whether anything has changed is asked each time, by small queries: every change of a name is in the
history, rows come with a new key and a time, and go from the count. Where something may have, the
names are read; what is made of them is made again only if they differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db.models import Count, Max, Q, Sum

from episodes import extensions
from episodes.checks.nameindex import NameIndex
from episodes.checks.subject import Name
from episodes.models import NAMED_MODELS, Change, Named

__all__ = ["Known", "known_now"]

GROUPS = {
    "person": "people",
    "organisation": "organisations",
    "product": "products",
    "work": "works",
}
"""What checks call the names of a kind in ``depends``."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is: ``index`` for ``Subject.register``, ``added`` for ``Subject.added``, and by the
    names that checks give in ``depends`` digests that are others whenever what they stand for is."""

    index: NameIndex
    added: Mapping[str, object]
    digests: Mapping[str, str]


@dataclass(slots=True)
class _Group:
    """The names of a kind as they were read, and the version they had then."""

    version: tuple[Any, ...] = ()
    digest: str = ""
    names: list[Name] = field(default_factory=list)


_groups: dict[str, _Group] = {}
_latest: list[Known] = []
_lock = Lock()


def known_now() -> Known:
    """Return the names and terms as they are now.

    Five queries while they are the same as before, and those of ``extensions.check_terms``.
    """
    with _lock:
        changes = _changes()
        for kind, model in NAMED_MODELS.items():
            _refresh(_groups.setdefault(kind, _Group()), model, changes)
        given = extensions.check_terms()
        digests = {GROUPS[kind]: group.digest for kind, group in _groups.items()}
        digests |= {terms.name: terms.digest for terms in given}
        if _latest and _latest[0].digests == digests:
            return _latest[0]
        index = NameIndex(
            (name for group in _groups.values() for name in group.names),
            (form for terms in given for form in terms.forms),
        )
        known = Known(index, {terms.name: terms.base for terms in given}, digests)
        _latest[:] = [known]
        return known


def _changes() -> tuple[Any, ...]:
    """Return what is another whenever a name was changed: how many changes of names the history has
    (for an import and an editor may commit in another order than they began), and the last one."""
    of_names = Q()
    for kind in NAMED_MODELS:
        of_names |= Q(target__gte=f"{kind}:", target__lt=f"{kind};")
    counted = Change.objects.filter(of_names).aggregate(
        rows=Count("pk"), last=Max("pk"), at=Max("change_set__at")
    )
    return tuple(counted.values())


def _refresh(group: _Group, model: type[Named], changes: tuple[Any, ...]) -> None:
    counted = model._default_manager.aggregate(
        rows=Count("pk"), keys=Sum("pk"), last=Max("created_at")
    )
    version = (*counted.values(), *changes)
    if group.version == version:
        return
    fields = ("pk", "name", "translated_name", "aliases")
    read = list(model._default_manager.order_by("pk").values_list(*fields))
    group.names = [
        Name(pk, model.kind, name, translated, _lines(aliases))
        for pk, name, translated, aliases in read
    ]
    group.digest = hashlib.sha256(repr(read).encode("utf-8", "backslashreplace")).hexdigest()[:16]
    group.version = version


def _lines(aliases: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, aliases.splitlines())))
