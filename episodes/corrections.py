"""Corrections that are remembered: kept, offered where they stand again, and mended all at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from episodes import checking, concerned, names
from episodes.models import NAMED_MODELS, ChangeSet, Correction, Named, Turn
from episodes.models.history import Act
from episodes.transcripts.replacing import Pattern, pieces

__all__ = ["add_alias", "changed", "permission_for", "remember", "suggestions"]


def remember(pattern: Pattern, *, by: User, why: str = "") -> Correction:
    """Keep a replacement; one of the same spelling and side is changed to it.

    :raises PermissionDenied: without ``add_correction``, or ``change_correction`` where there is one.
    """
    with transaction.atomic():
        known = Correction.objects.select_for_update().filter(
            wrong=pattern.wrong, side=pattern.side
        )
        found = known.first()
        needed = "add_correction" if found is None else "change_correction"
        if not by.has_perm(f"episodes.{needed}"):
            raise PermissionDenied
        correction = found or Correction(wrong=pattern.wrong, side=pattern.side)
        correction.right = pattern.right
        correction.match_case = pattern.match_case
        correction.whole_words = pattern.whole_words
        correction.by, correction.why, correction.at = by, why.strip(), timezone.now()
        correction.save()
        changed([correction.wrong], by=by)
    return correction


def changed(spellings: Iterable[str], *, by: User | None = None) -> None:
    """Have the episodes checked that hold one of these wrong spellings.

    Within the transaction that adds, changes or deletes corrections.
    """
    found: list[str] = []
    for wrong in set(spellings):
        longest = max(pieces(wrong), key=len, default="").strip()
        if len(longest) > 1:
            found.append(longest)
        else:  # too little to be looked for
            turns = Turn.objects.order_by().values_list("episode_id", flat=True)
            checking.ask_all(turns.distinct(), by=by)
    concerned.ask(found, by=by)


def suggestions(right: str) -> list[Named]:
    """Return the people, organisations, products and works that a text is the name of.

    Four queries.
    """
    key = names.name_key(right)
    if not key:
        return []
    return [named for model in NAMED_MODELS.values() for named in _known(model, key)]


def _known(model: type[Named], key: str) -> list[Named]:
    return names.find(model, [key]).get(key, [])


def permission_for(named: Named) -> str:
    """Return the permission to change a name."""
    return f"episodes.change_{named._meta.model_name}"


def add_alias(named: Named, wrong: str, *, by: User, why: str) -> bool:
    """Add a misspelling to the aliases of a name; false where that knows it already.

    :raises PermissionDenied: without the permission to change the name.
    """
    if not by.has_perm(permission_for(named)):
        raise PermissionDenied
    with transaction.atomic():
        current = type(named)._default_manager.select_for_update().get(pk=named.pk)
        if names.name_key(wrong) in names.spelling_keys(current):
            return False
        act = ChangeSet.objects.create(act=Act.SAVE, by=by, why=why)
        names.add_aliases(current, [wrong], act=act)
        concerned.ask_for_name(current, by=by)
    return True
