"""The register and its public side as values for files (``glossary.exchange``); nothing is written.

Of the public side nothing is told that readers do not see anyway: no forbidden renderings, no entry
without a public page, no state but candidate and approved (G1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse

from episodes.addresses import absolute
from glossary.exchange import csvfile, jsonfile, tbx
from glossary.exchange.concepts import FIELDS, Concept, Reading, Row, tidy
from glossary.exchange.planning import Known
from glossary.grouping import key_of
from glossary.models import Entry, EntryAddress, EntryKey, PublishedEntry, State, lines_of
from glossary.publishing import uses_of

__all__ = [
    "PUBLIC_FIELDS",
    "concept_of",
    "known_of",
    "public",
    "public_terms",
    "read",
    "register",
]

PUBLIC_FIELDS = tuple(name for name in FIELDS if name != "forbidden")
SAYS = ("term", "foreign_term", "abbreviation", "expansion", "definition")
CHUNK = 500
T = TypeVar("T")

READERS: dict[str, Callable[[bytes], Reading]] = {
    ".tbx": tbx.read,
    ".xml": tbx.read,
    ".csv": csvfile.read,
    ".tsv": csvfile.read,
    ".txt": csvfile.read,
    ".json": jsonfile.read,
}


def read(name: str, data: bytes) -> Reading:
    """Return what a file says, read by the ending of its name, or else by how it begins."""
    dot = name.rfind(".")
    reader = READERS.get(name[dot:].lower()) if dot >= 0 else None
    if reader is None:
        begins = data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
        reader = {b"<": tbx.read, b"[": jsonfile.read}.get(begins, csvfile.read)
    return reader(data)


# Out of the tables.


def register(states: Iterable[str] = ()) -> list[Concept]:
    """Return the entries of these states, without any all but merged ones. One query."""
    rows = Entry.objects.exclude(state=State.MERGED).order_by("sort_key", "term", "pk")
    wanted = list(states)
    return [concept_of(entry) for entry in (rows.filter(state__in=wanted) if wanted else rows)]


def concept_of(entry: Entry) -> Concept:
    """Return what an entry says as a value, as it stands (not tidied)."""
    return Concept(
        slug=entry.slug,
        aliases=tuple(entry.alias_list),
        forbidden=tuple(entry.forbidden_list),
        state=str(entry.state),
        **{name: getattr(entry, name) for name in SAYS},
    )


def public() -> list[Concept]:
    """Return what readers see of the glossary. One query."""
    return [
        Concept(
            slug=row.entry.slug,
            aliases=tuple(row.alias_list),
            state=str(row.entry.state),
            **{name: getattr(row, name) for name in SAYS},
        )
        for row in _published()
    ]


def public_terms() -> list[dict[str, Any]]:
    """Return what readers see of the glossary, with address and uses, for JSON. Two queries."""
    live = uses_of(None).filter(published__live=True)
    counted = live.values_list("entry").annotate(uses=Sum("uses"), episodes=Count("published"))
    used = {entry: (uses, episodes) for entry, uses, episodes in counted}
    terms = []
    for row in _published():
        uses, episodes = used.get(row.entry_id, (0, 0))
        terms.append(
            {
                "slug": row.entry.slug,
                "url": absolute(reverse("glossary:entry", args=[row.entry.slug])),
                **{name: getattr(row, name) for name in SAYS},
                "aliases": lines_of(row.aliases),
                "uses": uses,
                "episodes": episodes,
            }
        )
    return terms


def _published() -> QuerySet[PublishedEntry]:
    return PublishedEntry.objects.select_related("entry").order_by("sort_key", "term", "entry_id")


# What an import meets.


def known_of(rows: Sequence[Row]) -> list[Known]:
    """Return the entries that have a key or a slug of these rows.

    Four queries, and some more where there are over 500 names.
    """
    said = [tidy(row.concept) for row in rows]
    keys = {key_of(name) for concept in said for name in (concept.term, *concept.aliases)} - {""}
    slugs = {concept.slug for concept in said} - {""}
    owners: dict[str, int] = {}
    for some in _parts(keys):
        owners.update(EntryKey.objects.filter(key__in=some).values_list("key", "entry"))
    leading: dict[str, int] = {}
    wanted = set(owners.values())
    for some in _parts(slugs):
        leading.update(EntryAddress.objects.filter(slug__in=some).values_list("slug", "entry"))
        wanted.update(Entry.objects.filter(slug__in=some).values_list("pk", flat=True))
    wanted.update(leading.values())
    entries: list[Entry] = []
    for part in _parts(wanted):
        entries += Entry.objects.select_related("merged_into").filter(pk__in=part)
    keys_of, slugs_of = _inverted(owners), _inverted(leading)
    return [
        Known(
            entry.pk,
            entry.version,
            concept_of(entry),
            frozenset(keys_of[entry.pk]),
            frozenset(slugs_of[entry.pk]),
            entry.merged_into.term if entry.merged_into else "",
        )
        for entry in entries
    ]


def _inverted(owners: dict[str, int]) -> dict[int, set[str]]:
    """Return what each entry owns."""
    owned: dict[int, set[str]] = defaultdict(set)
    for name, owner in owners.items():
        owned[owner].add(name)
    return owned


def _parts(values: Iterable[T]) -> Iterator[list[T]]:
    ordered = sorted(values)  # type: ignore[type-var]
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
