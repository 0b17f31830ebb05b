"""From a document to the working tables: what an import writes, in as few statements as it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from episodes import beside, labelling, names, recordings, speakers
from episodes.documents import episode_fields, front_json
from episodes.models import (
    Appearance,
    Chapter,
    Episode,
    Named,
    Organisation,
    Origin,
    Person,
    Product,
    Project,
    Role,
    Source,
    SourceTurn,
    Tag,
    Turn,
    TurnOrigin,
    Work,
)
from episodes.remarks import say
from episodes.transcripts.document import Diagnostic, Document, Severity, TurnKind
from episodes.transcripts.document import Turn as TurnValue

__all__ = [
    "NAMED",
    "appearance_rows",
    "base_fields",
    "count",
    "named_twice",
    "plan_people",
    "store_appearances",
    "store_base",
    "store_base_sets",
    "store_episode",
    "store_mentions",
    "store_people",
    "store_turns",
]

# field of FrontMatter -> what it names (``beside.MENTIONS``: the table that puts it there)
NAMED: dict[str, type[Named]] = {
    "organisations": Organisation,
    "products": Product,
    "works": Work,
}
BATCH = 200  # rows of long texts in one statement
REGULARS = 30  # the last episodes of a channel that tell who its regulars are


def count(document: Document) -> dict[str, int]:
    """Return what a document holds, as an import reports it."""
    kinds = Counter(turn.kind for turn in document.turns())
    return {
        "chapters": len(document.chapters),
        "turns": kinds.total(),
        "speech": kinds[TurnKind.SPEECH],
        "narration": kinds[TurnKind.NARRATION],
        "cue": kinds[TurnKind.CUE],
        "originals": sum(bool(turn.original) for turn in document.turns()),
        "people": len(document.front.people),
        "organisations": len(document.front.organisations),
        "products": len(document.front.products),
        "works": len(document.front.works),
    }


# --- The episode and its turns ----------------------------------------------------------------


def store_episode(document: Document, slug: str) -> Episode:
    """Make a draft with the front matter's own fields, its tags and projects."""
    front = document.front
    episode = Episode.objects.create(
        slug=slug, recording=recordings.identify(front.source).identity, **episode_fields(front)
    )
    labelling.set_labels(episode, Tag, front.tags)
    labelling.set_labels(episode, Project, front.projects)
    return episode


def base_fields(document: Document) -> dict[str, Any]:
    """Return what a base holds besides its turns: the front matter and the headings."""
    headings = [[chapter.title, chapter.level] for chapter in document.chapters]
    return {**front_json(document.front), "chapters": headings}


def store_base(
    source: Source, document: Document, speaker_ids: dict[speakers.Pair, int]
) -> list[SourceTurn]:
    """Make a document the base of its new source: its fields and its turns as accepted."""
    source.fields = base_fields(document)
    source.save(update_fields=["fields"])
    rows: list[SourceTurn] = []
    for number, chapter in enumerate(document.chapters):
        for turn in chapter.turns:
            rows.append(
                SourceTurn(
                    source=source,
                    position=len(rows),
                    chapter_position=number,
                    chapter_title=chapter.title,
                    chapter_level=chapter.level,
                    kind=turn.kind.value,
                    label=turn.label,
                    original_label=turn.original_label,
                    text=turn.text,
                    original=turn.original,
                    start=turn.start,
                    end=turn.end,
                    speaker_id=_speaker_id(turn, speaker_ids),
                )
            )
    return SourceTurn.objects.bulk_create(rows, batch_size=BATCH)


def _speaker_id(turn: TurnValue, speaker_ids: dict[speakers.Pair, int]) -> int | None:
    if turn.kind != TurnKind.SPEECH:
        return None
    return speaker_ids.get((turn.label, turn.original_label))


def store_base_sets(episode: Episode, source: Source) -> None:
    """Keep with the base which records the document's names meant."""
    source.fields["sets"] = {name: beside.keys_of(episode, name) for name in beside.SETS}
    source.save(update_fields=["fields"])


def store_turns(
    episode: Episode,
    document: Document,
    base: Sequence[SourceTurn],
    speaker_ids: dict[speakers.Pair, int],
) -> list[Turn]:
    """Make the chapters and turns of a new episode, each turn with the base turn it comes from."""
    source_id = base[0].source_id if base else 0
    headings = [number for number, chapter in enumerate(document.chapters) if chapter.level]
    chapters = Chapter.objects.bulk_create(
        [
            Chapter(
                episode=episode,
                position=number,
                title=chapter.title,
                level=chapter.level,
                origins=[[source_id, headings.index(number)]] if chapter.level else [],
            )
            for number, chapter in enumerate(document.chapters)
        ]
    )
    rows: list[Turn] = []
    for stored, chapter in zip(chapters, document.chapters, strict=True):
        for turn in chapter.turns:
            rows.append(
                Turn(
                    episode=episode,
                    chapter=stored,
                    position=len(rows),
                    kind=turn.kind.value,
                    speaker_id=_speaker_id(turn, speaker_ids),
                    label=turn.label,
                    original_label=turn.original_label,
                    text=turn.text,
                    original=turn.original,
                    start=turn.start,
                    end=turn.end,
                )
            )
    turns = Turn.objects.bulk_create(rows, batch_size=BATCH)
    TurnOrigin.objects.bulk_create(
        [
            TurnOrigin(turn=turn, source_turn=origin)
            for turn, origin in zip(turns, base, strict=True)
        ]
    )
    return turns


# --- People -----------------------------------------------------------------------------------


def plan_people(document: Document) -> speakers.SpeakerPlan:
    """Decide who speaks, by what is on record; at most two queries, nothing is written."""
    asked = speakers.spoken_names(document)
    found = names.find(Person, [names.name_key(name) for name in asked])
    regulars: list[speakers.Known] = []
    if speakers.needs_regulars(document):
        regulars = _regulars(document.front.channel)
    known_regulars = {person.id: person for person in regulars}
    known = {
        key: [known_regulars.get(person.pk) or _known(person) for person in people]
        for key, people in found.items()
    }
    return speakers.plan_speakers(document, known, regulars)


def _known(person: Person, roles: Iterable[str] = ()) -> speakers.Known:
    return speakers.Known(
        person.pk,
        person.name,
        person.translated_name,
        tuple(person.alias_list),
        Role.HOST in roles,
        Role.GUEST in roles,
    )


def _regulars(channel: str) -> list[speakers.Known]:
    """Who hosted or visited the channel's last episodes."""
    last = list(
        Episode.objects.filter(channel=channel)
        .order_by("-pk")
        .values_list("pk", flat=True)[:REGULARS]
    )
    people: dict[int, Person] = {}
    roles: dict[int, set[str]] = {}
    for row in Appearance.objects.filter(
        episode__in=last, role__in=[Role.HOST, Role.GUEST]
    ).select_related("person"):
        people[row.person_id] = row.person
        roles.setdefault(row.person_id, set()).add(row.role)
    return [_known(people[pk], roles[pk]) for pk in sorted(people)]


def store_people(plan: speakers.SpeakerPlan, title: str = "") -> list[int]:
    """Make the people that are new and add the new spellings of others; ids in the plan's order.

    ``title`` is the episode's, for the history of those who are known already.
    """
    new = [person for person in plan.people if person.known is None]
    made = iter(
        names.create_many(
            Person,
            [names.NewName(person.name, person.translated_name, person.aliases) for person in new],
        )
    )
    ids = [next(made).pk if person.known is None else person.known for person in plan.people]
    for person in plan.people:
        if person.known is not None and person.aliases:
            names.add_aliases(Person.objects.get(pk=person.known), person.aliases, why=title)
    return ids


def appearance_rows(
    episode: Episode, plan: speakers.SpeakerPlan, ids: Sequence[int]
) -> list[Appearance]:
    """Return the rows that put the plan's people beside an episode, not stored yet."""
    return [
        Appearance(
            episode=episode,
            person_id=pk,
            role=person.role,
            origin=Origin.FRONT_MATTER if person.in_front_matter else Origin.TURNS,
            written=person.written,
            position=position,
        )
        for position, (person, pk) in enumerate(zip(plan.people, ids, strict=True))
    ]


def store_appearances(
    episode: Episode, plan: speakers.SpeakerPlan, ids: Sequence[int]
) -> dict[speakers.Pair, int]:
    """Put the people beside the episode; return the speaker's id for each pair of labels."""
    Appearance.objects.bulk_create(appearance_rows(episode, plan, ids))
    return {pair: ids[index] for pair, index in plan.speakers.items()}


# --- Organisations, products, works -----------------------------------------------------------


def named_twice(model: type[Named], name: str, other: str) -> Diagnostic:
    """Return the remark that a list names the same thing a second time."""
    message = say("name_twice", name=name, other=other)
    return Diagnostic(0, f"{model.kind}_twice", message, Severity.NOTICE)


def store_mentions(episode: Episode, document: Document) -> list[Diagnostic]:
    """Put organisations, products and works beside the episode; those that are new are made."""
    notes: list[Diagnostic] = []
    for field, model in NAMED.items():
        through = beside.MENTIONS[field]
        written: tuple[str, ...] = getattr(document.front, field)
        found = names.resolve(model, written)
        missing = {names.name_key(name): name for name in reversed(written) if name not in found}
        missing = dict(reversed(missing.items()))
        made = dict(
            zip(
                missing,
                names.create_many(model, [names.NewName(name) for name in missing.values()]),
                strict=True,
            )
        )
        listed: dict[int, str] = {}
        rows = []
        for name in written:
            target = found.get(name) or made[names.name_key(name)]
            if target.pk in listed:
                notes.append(named_twice(model, name, listed[target.pk]))
                continue
            listed[target.pk] = name
            rows.append(
                through(episode=episode, target=target, origin=Origin.FRONT_MATTER, written=name)
            )
        for position, row in enumerate(rows):
            row.position = position
        through._default_manager.bulk_create(rows)
    return notes
