"""Terms whose notes disagree, and where the texts say so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from glossary.evidence import counted
from glossary.grouping import Evidence, said_in, same_saying
from glossary.models import Annotation, Entry, Suggestion, SuggestionState

__all__ = ["Disputed", "Saying", "Sources", "disputed", "rows", "sources_of"]

SOURCES = 3
"""So many turns are named for a value; the rest are counted."""

VALUES = 6
"""So many values of a term are shown in the list; the term's own page has all."""

NOTE = ("head", "foreign", "abbreviation", "expansion", "definition", "renderings")


@dataclass(frozen=True, slots=True)
class Sources:
    """Notes that say something: some of them, one a turn, and how many there are more."""

    notes: tuple[Annotation, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Saying:
    """A value that notes give otherwise than the entry, beside what it says (in ``now_uses`` notes)."""

    suggestion: Suggestion
    label: str
    now: str
    now_uses: int
    sources: Sources


@dataclass(frozen=True, slots=True)
class Disputed:
    """A term whose notes disagree; ``more`` values are not shown."""

    entry: Entry
    uses: int
    sayings: tuple[Saying, ...]
    more: int


def disputed() -> QuerySet[Entry]:
    """Return the terms with open suggestions; first those of which most notes say otherwise.

    ``disagreeing`` is the number of these notes, one counted for each value it gives.
    """
    waiting = Q(suggestions__state=SuggestionState.OPEN)
    return (
        Entry.objects.filter(waiting)
        .annotate(disagreeing=Sum("suggestions__uses", filter=waiting))
        .order_by("-disagreeing", "sort_key", "pk")
    )


def rows(entries: Sequence[Entry]) -> list[Disputed]:
    """Return terms of :func:`disputed` as they are shown. Three queries."""
    labels = {field.name: str(field.verbose_name) for field in Entry._meta.concrete_fields}
    of_entry: dict[int, list[Suggestion]] = defaultdict(list)
    waiting = Suggestion.objects.filter(
        entry__in=[entry.pk for entry in entries], state=SuggestionState.OPEN
    )
    for row in waiting.order_by("-uses", "field", "value"):
        of_entry[row.entry_id].append(row)
    said = _said_of([entry.pk for entry in entries])
    shown = {pk: every[:VALUES] for pk, every in of_entry.items()}
    sources = _sources([row for some in shown.values() for row in some], said)
    return [
        Disputed(
            entry=entry,
            uses=sum(row.uses for row in of_entry[entry.pk]),
            sayings=tuple(
                Saying(
                    suggestion=row,
                    label=labels[row.field],
                    now=getattr(entry, row.field) if row.field != "aliases" else "",
                    now_uses=_uses_now(entry, row.field, said[entry.pk]),
                    sources=sources[row.pk],
                )
                for row in sorted(shown.get(entry.pk, ()), key=lambda row: _place(row.field))
            ),
            more=len(of_entry[entry.pk]) - len(shown.get(entry.pk, ())),
        )
        for entry in entries
    ]


def sources_of(suggestions: Iterable[Suggestion]) -> dict[int, Sources]:
    """Return for each suggestion the notes that say so. Two queries, however many there are."""
    asked = list(suggestions)
    return _sources(asked, _said_of({row.entry_id for row in asked}))


Said = dict[tuple[str, str], Counter[Evidence]]
"""(field, what is equal for values that say the same) -> the notes that say it."""


def _said_of(entry_ids: Iterable[int]) -> Mapping[int, Said]:
    """Return what the notes of each entry say. One query."""
    found: dict[int, Said] = defaultdict(lambda: defaultdict(Counter))
    for pk, notes in counted(Annotation, "entry", entry_ids).items():
        for note, uses in notes.items():
            for same in {(field, same_saying(field, value)) for field, value in said_in(note)}:
                found[pk][same][note] += uses
    return found


def _place(field: str) -> int:
    return [each.name for each in Entry._meta.concrete_fields].index(field)


def _uses_now(entry: Entry, field: str, said: Said) -> int:
    """Return how many notes say what the entry does in this field, or a part of its definition."""
    now = same_saying(field, getattr(entry, field))
    if field != "definition":
        return said[field, now].total()
    return sum(
        notes.total() for (name, same), notes in said.items() if name == field and same in now
    )


def _sources(suggestions: Sequence[Suggestion], said: Mapping[int, Said]) -> dict[int, Sources]:
    saying: dict[int, list[tuple[int, Evidence]]] = {}
    for row in suggestions:
        those = said[row.entry_id][row.field, same_saying(row.field, row.value)]
        saying[row.pk] = [(row.entry_id, note) for note in sorted(those, key=_columns)[:SOURCES]]
    found = _first_of({each for wanted in saying.values() for each in wanted})
    sources: dict[int, Sources] = {}
    for row in suggestions:
        notes = [note for each in saying[row.pk] for note in found.get(each, ())]
        of_turns = {note.turn_id: note for note in sorted(notes, key=lambda note: -note.pk)}
        first = sorted(of_turns.values(), key=lambda note: note.pk)[:SOURCES]
        turns = {note.turn_id for note in first}
        more = row.uses - sum(note.turn_id in turns for note in notes)
        sources[row.pk] = Sources(tuple(first), max(0, more))
    return sources


def _columns(note: Evidence) -> tuple[str, ...]:
    names = (note.head, note.foreign, note.abbreviation, note.expansion, note.definition)
    return (*names, "\n".join(note.renderings))


def _first_of(wanted: set[tuple[int, Evidence]]) -> dict[tuple[int, Evidence], list[Annotation]]:
    """Return for each note of an entry the first annotations that are just this. One query."""
    found: dict[tuple[int, Evidence], list[Annotation]] = defaultdict(list)
    if not wanted:
        return found
    exactly = [
        Q(entry=entry, **dict(zip(NOTE, _columns(note), strict=True)))
        for entry, note in sorted(wanted, key=lambda each: (each[0], _columns(each[1])))
    ]
    place = Window(RowNumber(), partition_by=[F("entry"), *map(F, NOTE)], order_by="pk")
    annotations = (
        Annotation.objects.filter(reduce(or_, exactly))
        .annotate(place=place)
        .filter(place__lte=SOURCES)
        .select_related("turn__episode")
        .order_by("pk")
    )
    for row in annotations:
        note = Evidence(
            row.head,
            row.foreign,
            row.abbreviation,
            row.expansion,
            row.definition,
            tuple(row.renderings.splitlines()),
        )
        found[row.entry_id or 0, note].append(row)
    return found
