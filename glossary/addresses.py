"""Slugs of candidates: by what they say and the order of their keys, not by who came first.

What readers have known (``EntryAddress``) and what a person touched keeps its slug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from glossary.grouping import Values, plan_slugs, slug_base
from glossary.models import Entry, EntryAddress, State
from glossary.pacing import short_transaction

__all__ = ["UNTOUCHED", "settle", "stems", "taken"]

UNTOUCHED = {"state": State.CANDIDATE, "version": 0}
"""Of entries that no person has changed or decided: rebuilds write these and no others."""

CHUNK = 500


def stems(slug: str) -> set[str]:
    """Return what a slug may have been made of: itself, and itself without its number."""
    stem, _dash, number = slug.rpartition("-")
    return {slug, stem} if stem and number.isdigit() else {slug}


def taken(bases: Iterable[str], besides: Iterable[int] = ()) -> set[str]:
    """Return the slugs made of these that entries (``besides`` left out) have, or had."""
    wanted, left_out = set(bases), set(besides)
    slugs = {
        slug
        for pk, slug in Entry.objects.order_by().values_list("pk", "slug").iterator()
        if pk not in left_out and not stems(slug).isdisjoint(wanted)
    }
    known = EntryAddress.objects.values_list("slug", flat=True)
    return slugs | {slug for slug in known.iterator() if not stems(slug).isdisjoint(wanted)}


def settle(
    hold: Callable[[], object], near: Iterable[str] | None = None, also: Iterable[int] = ()
) -> int:
    """Give candidates the slugs that the order of their keys gives; return how many changed.

    With ``near`` only those made of these bases, and the entries ``also``. In one transaction;
    where anything changes, ``hold`` is called at its end.
    """
    with short_transaction():
        rows = _open_rows(None if near is None else set(near), set(also))
        bases = {key: base for _pk, _slug, key, base in rows}
        planned = plan_slugs(bases.items(), taken(bases.values(), (row[0] for row in rows)))
        moves = [(pk, planned[key]) for pk, slug, key, _base in rows if planned[key] != slug]
        for pk, _slug in moves:  # out of each other's way
            Entry.objects.filter(pk=pk, **UNTOUCHED).update(slug=f"t.{pk}")
        for pk, slug in moves:
            Entry.objects.filter(pk=pk, **UNTOUCHED).update(slug=slug)
        if moves:
            hold()
    return len(moves)


def _open_rows(near: set[str] | None, also: set[int]) -> list[tuple[int, str, str, str]]:
    """Return key, slug and base of each candidate whose slug is open and asked for."""
    candidates = Entry.objects.filter(addresses__isnull=True, **UNTOUCHED)
    asked = [
        pk
        for pk, slug in candidates.order_by("pk").values_list("pk", "slug").iterator()
        if near is None or pk in also or not stems(slug).isdisjoint(near)
    ]
    rows = []
    for start in range(0, len(asked), CHUNK):
        part = candidates.filter(pk__in=asked[start : start + CHUNK]).order_by("pk")
        names = ("foreign_term", "expansion", "abbreviation", "term")
        for pk, slug, key, foreign, expansion, abbreviation, term in part.values_list(
            "pk", "slug", "keys__key", *names
        ):
            base = slug_base(Values(term, foreign, abbreviation, expansion))
            if near is None or pk in also or base in near:
                rows.append((pk, slug, key, base))
    return rows
