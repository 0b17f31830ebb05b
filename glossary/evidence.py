"""What working turns and live editions say of terms, as rows: read anew, written where different.

Reading the same text again writes nothing. A function returns the keys whose evidence changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef

from episodes.models import Episode, PublishedEpisode, PublishedTurn, Turn
from episodes.transcripts.annotations import scan
from glossary.grouping import Evidence, key_of
from glossary.models import Annotation, EntryKey, PublishedAnnotation
from glossary.pacing import short_transaction

__all__ = [
    "counted",
    "differs",
    "entries_of_keys",
    "forget_published",
    "forget_vanished",
    "read_published",
    "read_working",
]

VANISHED = 500
"""How many notes that are live no more are removed in one transaction."""

WORKING = (
    "turn_id",
    "position",
    "key",
    "head",
    "foreign",
    "abbreviation",
    "expansion",
    "definition",
    "renderings",
    "start",
    "end",
)
PUBLISHED = (
    "published_id",
    "uid",
    "position",
    "key",
    "head",
    "foreign",
    "abbreviation",
    "expansion",
    "definition",
)


def read_working(episode_ids: Iterable[int], hold: Callable[[], object]) -> set[str]:
    """Read the working turns of these episodes; return the keys whose annotations changed.

    Where nothing changed no transaction is begun; else the episodes' rows are locked first, as
    every writer of turns does, and what was changed since it was read is read again. ``hold`` is called at the end of that
    transaction (it raises to have nothing written).
    """
    ids = sorted(episode_ids)
    difference = _difference(ids)
    if not difference:
        return set()
    with short_transaction():
        list(Episode.objects.filter(pk__in=ids).order_by("pk").select_for_update().values("pk"))
        versions = dict(Turn.objects.filter(pk__in=list(difference)).values_list("pk", "version"))
        fresh = {
            pk: rows for pk, (version, rows) in difference.items() if versions.get(pk) == version
        }
        changed = [pk for pk in versions if pk not in fresh]
        for pk, text in Turn.objects.filter(pk__in=changed).values_list("pk", "text"):
            fresh[pk] = _rows(pk, text)
        old = Annotation.objects.filter(turn__in=list(fresh))
        gone = set(old.values_list("key", flat=True).distinct())
        old.delete()
        new = [row for rows in fresh.values() for row in rows]
        entries = entries_of_keys({row[2] for row in new})
        Annotation.objects.bulk_create(
            [
                Annotation(entry_id=entries.get(row[2]), **dict(zip(WORKING, row, strict=True)))
                for row in new
            ],
            batch_size=500,
        )
        hold()
    return gone | {row[2] for row in new}


def differs(episode_id: int) -> bool:
    """Whether the annotations of an episode's working turns are not what their text says."""
    return bool(_difference([episode_id]))


def _difference(episode_ids: list[int]) -> dict[int, tuple[int, list[tuple[Any, ...]]]]:
    """Return the turns whose annotations are not what their text says, with version and rows."""
    stored: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    of_these = Annotation.objects.filter(turn__episode__in=episode_ids)
    for row in of_these.order_by("turn_id", "position").values_list(*WORKING):
        stored[row[0]].append(row)
    found: dict[int, tuple[int, list[tuple[Any, ...]]]] = {}
    turns = Turn.objects.filter(episode__in=episode_ids).order_by("pk")
    for pk, version, text in turns.values_list("pk", "version", "text").iterator(chunk_size=500):
        rows = _rows(pk, text)
        if rows != stored.get(pk, []):
            found[pk] = version, rows
    return found


def _rows(turn_id: int, text: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for found in scan(text):
        for head in found.heads if found.certain else ():
            if key := key_of(head):
                rows.append(
                    (
                        turn_id,
                        len(rows),
                        key,
                        head,
                        found.foreign,
                        found.abbreviation,
                        found.expansion,
                        found.definition,
                        "\n".join(" ".join(name.split()) for name in found.renderings),
                        found.start,
                        found.end,
                    )
                )
    return rows


def read_published(published_ids: Iterable[int]) -> set[str]:
    """Read the notes of these live episodes; return the keys whose published notes changed.

    Within a transaction of the caller that nobody publishes or withdraws them in meanwhile.
    """
    ids = list(published_ids)
    stored: dict[tuple[int, str], list[tuple[Any, ...]]] = defaultdict(list)
    of_these = PublishedAnnotation.objects.filter(published__in=ids)
    for row in of_these.order_by("published_id", "uid", "position").values_list(*PUBLISHED):
        stored[row[0], row[1]].append(row)
    turns = PublishedTurn.objects.filter(published__in=ids, published__live=True)
    wanted: dict[tuple[int, str], list[tuple[Any, ...]]] = {}
    for published, uid, notes in (
        turns.exclude(notes=[])
        .order_by("pk")
        .values_list("published_id", "uid", "notes")
        .iterator()
    ):
        wanted[published, uid] = _published_rows(published, uid, notes)
    stale = [turn for turn in {*stored, *wanted} if stored.get(turn) != wanted.get(turn)]
    if not stale:
        return set()
    old = [row for turn in stale for row in stored.get(turn, [])]
    new = [row for turn in stale for row in wanted.get(turn, [])]
    for published in {published for published, _uid in stale}:
        uids = [uid for each, uid in stale if each == published]
        PublishedAnnotation.objects.filter(published=published, uid__in=uids).delete()
    entries = entries_of_keys({row[3] for row in new})
    PublishedAnnotation.objects.bulk_create(
        [
            PublishedAnnotation(
                entry_id=entries.get(row[3]), **dict(zip(PUBLISHED, row, strict=True))
            )
            for row in new
        ],
        batch_size=500,
    )
    return {row[3] for row in old + new}


def _published_rows(
    published: int, uid: str, notes: list[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    values = ("foreign", "abbreviation", "expansion", "definition")
    rows: list[tuple[Any, ...]] = []
    for note in notes:
        for head in (note["head"], *note.get("others", ())):
            if key := key_of(head):
                said = (note[name] for name in values)
                rows.append((published, uid, len(rows), key, head, *said))
    return rows


def forget_published(published: PublishedEpisode) -> set[str]:
    """Remove the evidence of an episode that is withdrawn; return the keys it was for."""
    gone = PublishedAnnotation.objects.filter(published=published)
    keys = set(gone.values_list("key", flat=True).distinct())
    gone.delete()
    return keys


def forget_vanished(hold: Callable[[], object]) -> None:
    """Remove published evidence whose turn is live no more, in short transactions.

    All of it is looked for outside of them, and looked at once more inside. ``hold`` is called in each.
    """
    turn = PublishedTurn.objects.filter(
        published=OuterRef("published"), published__live=True, uid=OuterRef("uid")
    )
    gone = PublishedAnnotation.objects.filter(~Exists(turn)).order_by("pk")
    found = list(gone.values_list("pk", flat=True))
    for start in range(0, len(found), VANISHED):
        with short_transaction():
            gone.filter(pk__in=found[start : start + VANISHED]).delete()
            hold()


def entries_of_keys(keys: Iterable[str]) -> dict[str, int]:
    """Return the entry that each key belongs to; a key of no entry is not in the answer."""
    found: dict[str, int] = {}
    asked = sorted(keys)
    for start in range(0, len(asked), 500):
        part = EntryKey.objects.filter(key__in=asked[start : start + 500])
        found.update(part.values_list("key", "entry_id"))
    return found


def counted(
    model: type[Annotation | PublishedAnnotation], by: str, values: Iterable[Any]
) -> dict[Any, Counter[Evidence]]:
    """Return the distinct notes of each of ``values`` of a field, and how often each stands.

    One query, and as many rows as there are different notes: the same note a thousand times over
    is one.
    """
    names = ["head", "foreign", "abbreviation", "expansion", "definition"]
    if model is Annotation:
        names.append("renderings")
    found: dict[Any, Counter[Evidence]] = defaultdict(Counter)
    rows = model._default_manager.filter(**{f"{by}__in": list(values)}).order_by()
    for value, *note, uses in rows.values_list(by, *names).annotate(uses=Count("pk")):
        renderings = tuple(note.pop().splitlines()) if model is Annotation else ()
        head, foreign, abbreviation, expansion, definition = note
        evidence = Evidence(head, foreign, abbreviation, expansion, definition, renderings)
        found[value][evidence] += uses
    return found
