"""What a document says, with the registry's people in it: what a merge compares (``SourceText``).

Who is new is known by a key that begins with ``+`` until the import is applied; ``settle`` makes
their records and gives the ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from episodes import beside, labelling, names, speakers, storing
from episodes.deciding import Incoming, read
from episodes.documents import DETAILS, episode_fields, front_from_json
from episodes.models import (
    Episode,
    Named,
    Origin,
    Person,
    Project,
    Snapshot,
    Source,
    SourceTurn,
    Tag,
)
from episodes.models.sources import SourceKind
from episodes.sources.answers import Metadata, TrackKind
from episodes.states import field_value
from episodes.transcripts.document import (
    Diagnostic,
    Document,
    FrontMatter,
    ReadError,
    Turn,
    TurnKind,
)
from episodes.transcripts.working import SourceHeading, SourceText, Spoken, Working, WorkingTurn

__all__ = [
    "Reading",
    "base_of",
    "document_of_snapshot",
    "named",
    "read_document",
    "settle",
    "store_base",
]

NEW = "+"
_DEFAULTS = Episode()


@dataclass(frozen=True, slots=True)
class Reading:
    """A document ready to be merged.

    ``base`` is what ``Source.fields`` holds once it is accepted. ``people`` are those that the
    document names, in order; one that is new has the key ``+`` and its number here. ``rows`` are
    what members of the sets have besides, by set and key.
    """

    text: SourceText
    base: dict[str, Any] = field(default_factory=dict)
    people: tuple[speakers.Planned, ...] = ()
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All but the text, as JSON."""
        people = [asdict(person) for person in self.people]
        return {"base": self.base, "people": people, "rows": self.rows}

    @classmethod
    def from_json(cls, text: SourceText, values: Mapping[str, Any]) -> Reading:
        """What ``as_json`` wrote, with its text."""
        people = tuple(
            speakers.Planned(**{**each, "aliases": tuple(each["aliases"])})
            for each in values["people"]
        )
        return cls(text, values["base"], people, values["rows"])


# --- From a document ------------------------------------------------------------------------------


def read_document(document: Document) -> Reading:
    """Return what a document says; some ten queries, nothing is written."""
    plan = storing.plan_people(document)
    keys = [
        f"{NEW}{number}" if person.known is None else str(person.known)
        for number, person in enumerate(plan.people)
    ]
    bare = SourceText.of(document)
    turns = tuple(Spoken(each.value, _speaker(each.value, plan, keys)) for each in bare.turns)
    rows: dict[str, dict[str, dict[str, Any]]] = {"appearances": {}}
    for person, key in zip(plan.people, keys, strict=True):
        origin = Origin.FRONT_MATTER if person.in_front_matter else Origin.TURNS
        rows["appearances"][key] = {
            "role": str(person.role),
            "origin": str(origin),
            "written": person.written,
        }
    sets: dict[str, tuple[str, ...]] = {"appearances": tuple(dict.fromkeys(keys))}
    notes: list[Diagnostic] = []
    for name, model in storing.NAMED.items():
        members, found = _members(model, getattr(document.front, name))
        rows[name] = members
        sets[name] = tuple(members)
        notes += found
    sets["tags"] = tuple(labelling.known_names(Tag, document.front.tags))
    sets["projects"] = tuple(labelling.known_names(Project, document.front.projects))
    text = SourceText(turns, bare.headings, fields_of(document.front), sets)
    base = {**storing.base_fields(document), "sets": {name: list(sets[name]) for name in sets}}
    return Reading(text, base, plan.people, rows, (*plan.diagnostics, *notes))


def _speaker(turn: Turn, plan: speakers.SpeakerPlan, keys: list[str]) -> str:
    number = plan.speakers.get((turn.label, turn.original_label))
    return keys[number] if number is not None and turn.kind == TurnKind.SPEECH else ""


def _members(
    model: type[Named], written: Iterable[str]
) -> tuple[dict[str, dict[str, Any]], list[Diagnostic]]:
    names_given = list(written)
    found = names.resolve(model, names_given)
    members: dict[str, dict[str, Any]] = {}
    spelt: dict[str, str] = {}
    notes: list[Diagnostic] = []
    for name in names_given:
        if name in found:
            key = str(found[name].pk)
        else:
            key = spelt.setdefault(names.name_key(name), f"{NEW}{name}")
        if key in members:
            notes.append(storing.named_twice(model, name, members[key]["written"]))
            continue
        members[key] = {"origin": str(Origin.FRONT_MATTER), "written": name}
    return members, notes


def fields_of(front: FrontMatter) -> dict[str, Any]:
    """Return a front matter as values of the episode's fields; those it lacks have their default."""
    values = {
        name: getattr(_DEFAULTS, name)
        for name in (field_name for field_name, _v in DETAILS.values())
    }
    return {name: field_value(value) for name, value in {**values, **episode_fields(front)}.items()}


# --- The base -------------------------------------------------------------------------------------


def base_of(source: Source) -> SourceText:
    """Return what a source said when it was last accepted; one query."""
    turns: list[Spoken] = []
    headings: list[SourceHeading] = []
    places: dict[int, int] = {}
    for row in source.turns.order_by("position"):
        places.setdefault(row.chapter_position, len(turns))
        turns.append(Spoken(_value(row), str(row.speaker_id or "")))
    chapters = source.fields.get("chapters", [])
    for position, (title, level) in enumerate(chapters):
        if level:
            later = (places[each] for each in range(position, len(chapters)) if each in places)
            headings.append(SourceHeading(next(later, len(turns)), title, level))
    stored = {} if "times" in source.fields else dict(source.fields)
    sets = {name: tuple(keys) for name, keys in stored.pop("sets", {}).items()}
    fields = fields_of(front_from_json(stored)) if stored else {}
    return SourceText(tuple(turns), tuple(headings), fields, sets)


def _value(row: SourceTurn) -> Turn:
    return Turn(
        TurnKind(row.kind),
        row.label,
        row.text,
        row.original,
        row.original_label,
        row.start,
        row.end,
    )


def store_base(source: Source, text: SourceText, base: dict[str, Any]) -> None:
    """Make a reading the base of its source; speakers and members are ids by now.

    The rows of its turns are made anew; the origins of working turns that pointed to the old ones go
    with them (``states.write`` writes those that are right then).
    """
    source.fields = {**base, "sets": {name: list(keys) for name, keys in text.sets.items()}}
    source.save(update_fields=["fields"])
    source.turns.all().delete()
    rows: list[SourceTurn] = []
    headings = list(text.headings)
    title, level = "", 0
    number = -1 if headings and headings[0].place == 0 else 0
    for place, spoken in enumerate(text.turns):
        while headings and headings[0].place <= place:
            heading = headings.pop(0)
            number += 1
            title, level = heading.title, heading.level
        rows.append(
            SourceTurn(
                source=source,
                position=place,
                chapter_position=max(number, 0),
                chapter_title=title,
                chapter_level=level,
                kind=spoken.value.kind.value,
                speaker_id=int(spoken.speaker) if spoken.speaker else None,
                **{
                    name: getattr(spoken.value, name)
                    for name in ("label", "original_label", "text", "original", "start", "end")
                },
            )
        )
    SourceTurn.objects.bulk_create(rows, batch_size=storing.BATCH)


# --- New names ------------------------------------------------------------------------------------


def settle(reading: Reading, used: Collection[str]) -> dict[str, str]:
    """Make the records of the new names among ``used``, and of all new people who speak; return the
    id of each key that began with ``+``. What has come into being meanwhile is found."""
    ids: dict[str, str] = {}
    speaking = {spoken.speaker for spoken in reading.text.turns}
    wanted = {key for key in {*used, *speaking} if key.startswith(NEW)}
    people = {f"{NEW}{number}": person for number, person in enumerate(reading.people)}
    new = {key: people[key] for key in people if key in wanted and people[key].known is None}
    known = names.resolve(Person, [person.name for person in new.values()])
    making = speakers.SpeakerPlan(
        tuple(
            replace(person, known=known[person.name].pk if person.name in known else None)
            for person in new.values()
        ),
        {},
    )
    made = storing.store_people(making, str(reading.text.fields.get("title", "")))
    ids.update({key: str(pk) for key, pk in zip(new, made, strict=True)})
    for name, model in storing.NAMED.items():
        missing = [key for key in reading.rows.get(name, {}) if key in wanted and key not in ids]
        written = {key: key.removeprefix(NEW) for key in missing}
        found = names.resolve(model, written.values())
        making_names = [key for key in missing if written[key] not in found]
        records = names.create_many(model, [names.NewName(written[key]) for key in making_names])
        ids.update({key: str(found[written[key]].pk) for key in missing if written[key] in found})
        ids.update({key: str(record.pk) for key, record in zip(making_names, records, strict=True)})
    return ids


def named(working: Working, ids: Mapping[str, str]) -> Working:
    """Return a working copy with ids in place of the keys of what was new."""

    def real(key: str) -> str:
        return ids.get(key, "" if key.startswith(NEW) else key)

    def inside(value: Any) -> Any:
        if isinstance(value, list):
            return [inside(each) for each in value]
        if isinstance(value, dict) and "speaker" in value:
            return {**value, "speaker": real(str(value["speaker"]))}
        return value

    elements = tuple(
        replace(each, speaker=real(each.speaker)) if isinstance(each, WorkingTurn) else each
        for each in working.elements
    )
    sets = {
        name: keys if name in beside.LABELS else tuple(filter(None, map(real, keys)))
        for name, keys in working.sets.items()
    }
    clashes = tuple(
        replace(
            clash,
            theirs=real(str(clash.theirs)) if clash.field == "speaker" else inside(clash.theirs),
            proposal=inside(clash.proposal),
        )
        for clash in working.clashes
    )
    return replace(working, elements=elements, sets=sets, clashes=clashes)


def named_text(text: SourceText, ids: Mapping[str, str]) -> SourceText:
    """Return a source's text with ids in place of the keys of what was new; who was not made is
    nobody."""

    def real(key: str) -> str:
        return ids.get(key, "" if key.startswith(NEW) else key)

    turns = tuple(replace(each, speaker=real(each.speaker)) for each in text.turns)
    sets = {
        name: keys if name in beside.LABELS else tuple(filter(None, map(real, keys)))
        for name, keys in text.sets.items()
    }
    return replace(text, turns=turns, sets=sets)


# --- From a snapshot ------------------------------------------------------------------------------


def document_of_snapshot(snapshot: Snapshot) -> Document | None:
    """Read a snapshot's bytes again; None where they cannot be read any more."""
    incoming = Incoming(
        data=bytes(snapshot.content),
        address=snapshot.source.address,
        metadata=_said_before(snapshot.source),
    )
    try:
        return read(incoming)
    except ReadError:
        return None


def _said_before(source: Source) -> Metadata | None:
    """What a recording's page said when its captions were accepted: the captions do not say it."""
    if source.kind != SourceKind.CAPTIONS:
        return None
    extra = dict(source.fields.get("extra", ()))
    automatic = extra.get("original_provenance") == "automatic"
    return Metadata(
        title=source.fields.get("title", ""),
        channel=source.fields.get("channel", ""),
        date=source.fields.get("date", ""),
        language=str(extra.get("original_language", "")),
        track=TrackKind.AUTOMATIC if automatic else TrackKind.MANUAL,
    )
