"""Other bytes for an episode that exists.

As long as nothing can be lost the new state is applied: to a draft that is what its source gave,
turn by turn, where the new turns can be followed to the old ones. Anything else is *held*: the bytes
are kept as a snapshot, the episode stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone
from rapidfuzz import fuzz

from episodes import beside, labelling, recordings, storing
from episodes.documents import episode_fields, front_from_json
from episodes.history import changes_of, record
from episodes.models import (
    Change,
    ChangeSet,
    Chapter,
    Episode,
    Project,
    Source,
    SourceTurn,
    Status,
    Tag,
    Turn,
    TurnOrigin,
    TurnRedirect,
)
from episodes.models.history import Act
from episodes.models.sources import Outcome
from episodes.transcripts.document import Chapter as ChapterValue
from episodes.transcripts.document import Diagnostic, Document
from episodes.transcripts.document import Turn as TurnValue
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["Followed", "follow", "foresee"]

ALIKE = 60  # of 100: two turns at the same place that are one turn, corrected
LONG = 1000  # turns; beyond, what recurs often anchors nothing, or it takes quadratic time
KEPT = 2 / 3  # of the turns that a new state must still hold
VALUES = ("kind", "label", "original_label", "text", "original", "start", "end")


@dataclass(frozen=True)
class Followed:
    """What became of it; ``change_set`` where something was written."""

    outcome: str
    message: str
    counts: dict[str, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    change_set: ChangeSet | None = None


def comparable(text: str) -> str:
    """A text without what is no edit: composition, line ends, trailing spaces."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _base_of(episode: Episode, source: Source | None) -> Source | None:
    """The source whose base the working copy is compared with."""
    if source is not None and source.accepted_id is not None:
        return source
    return episode.sources.filter(accepted__isnull=False).order_by("-checked_at", "-pk").first()


def _key(turn: Turn | SourceTurn | TurnValue) -> tuple[Any, ...]:
    texts = (turn.label, turn.original_label, turn.text, turn.original)
    return (str(turn.kind), *map(comparable, texts), turn.start, turn.end)


def _is_same(base: Source, rows: Sequence[SourceTurn], document: Document) -> bool:
    chapters = [
        (number, chapter.title, chapter.level, _key(turn))
        for number, chapter in enumerate(document.chapters)
        for turn in chapter.turns
    ]
    stored = [
        (row.chapter_position, row.chapter_title, row.chapter_level, _key(row)) for row in rows
    ]
    return chapters == stored and base.fields == storing.base_fields(document)


def _is_edited(episode: Episode, base: Source, rows: Sequence[SourceTurn]) -> bool:
    """Whether the working copy differs from what its source gave."""
    front = front_from_json(base.fields)
    fields = episode_fields(front)
    for name, theirs in fields.items():
        mine = getattr(episode, name)
        if name != "extra" and comparable(str(mine or "")) != comparable(str(theirs or "")):
            return True
    headings = episode.chapters.order_by("position").values_list("title", "level")
    if [list(heading) for heading in headings] != base.fields["chapters"]:
        return True
    by_people = Change.objects.filter(change_set__episode=episode).exclude(
        change_set__act=Act.IMPORT
    )
    if by_people.filter(field__in=(*beside.SETS, "speaker")).exists():
        return True
    turns = episode.turns.select_related("chapter").order_by("position")
    mine = [(turn.chapter.position, _key(turn)) for turn in turns]
    return mine != [(row.chapter_position, _key(row)) for row in rows]


def _obstacle(
    episode: Episode, base: Source | None, rows: Sequence[SourceTurn], document: Document
) -> str:
    """Why a new state cannot be applied at once; empty where it can."""
    if base is None:
        return gettext_noop("the episode has no earlier state to compare with")
    if episode.status != Status.DRAFT:
        return gettext_noop("the episode is not a draft")
    recording = recordings.identify(document.front.source).identity
    if recording != episode.recording:
        return gettext_noop("it names another recording")
    if _is_edited(episode, base, rows):
        return gettext_noop("the episode was edited since")
    if sum(1 for _turn in document.turns()) < KEPT * len(rows):
        return gettext_noop("fewer than two thirds of the turns are left")
    return ""


def foresee(episode: Episode, source: Source | None, document: Document) -> tuple[str, str]:
    """Return the outcome and message that ``follow`` would have; writes nothing."""
    base = _base_of(episode, source)
    rows = list(base.turns.order_by("position")) if base else []
    if base is not None and _is_same(base, rows, document):
        return Outcome.UNCHANGED.value, gettext_noop("The bytes differ, the transcript does not.")
    why = _obstacle(episode, base, rows, document)
    if why:
        return Outcome.HELD.value, _held(episode, why)
    return Outcome.UPDATED.value, ""


def _held(episode: Episode, why: str) -> str:
    template = gettext_noop(
        "The source of “{slug}” has changed, but {why}: the new bytes are kept as a snapshot, and "
        "nothing was changed."
    )
    return fill(template, slug=episode.slug, why=why)


def follow(episode: Episode, source: Source, document: Document, *, by: User | None) -> Followed:
    """Apply a new state of a source to a locked episode, or hold it. Within a transaction."""
    outcome, message = foresee(episode, source, document)
    if outcome == Outcome.HELD:
        return Followed(outcome, message)
    if outcome == Outcome.UNCHANGED:
        if source.accepted_id is None:
            rows = storing.store_base(source, document)
            turns = list(episode.turns.order_by("position"))
            if len(turns) == len(rows):
                _connect(turns, rows)
        return Followed(outcome, message)
    return _apply(episode, source, document, by)


def _connect(turns: Sequence[Turn], rows: Sequence[SourceTurn]) -> None:
    TurnOrigin.objects.bulk_create(
        [TurnOrigin(turn=turn, source_turn=row) for turn, row in zip(turns, rows, strict=True)]
    )


def _apply(episode: Episode, source: Source, document: Document, by: User | None) -> Followed:
    old = list(episode.turns.order_by("position"))
    new = list(document.turns())
    pairs = dict(_followed(old, new))
    sets = {name: beside.set_of(episode, name) for name in beside.SETS}
    people = storing.plan_people(document)
    ids = storing.store_people(people)
    episode.appearances.all().delete()
    speaker_ids = storing.store_appearances(episode, people, ids)
    for through in beside.MENTIONS.values():
        through._default_manager.filter(episode=episode).delete()
    notes = storing.store_mentions(episode, document)
    change_set = ChangeSet.objects.create(
        episode=episode, act=Act.IMPORT, by=by, revision=episode.revision + 1
    )
    changes = list(_change_fields(episode, document))
    labelling.set_labels(episode, Tag, document.front.tags)
    labelling.set_labels(episode, Project, document.front.projects)
    for name, before in sets.items():
        after = beside.set_of(episode, name)
        if not beside.is_same_set(name, before, after):
            changes.append((f"episode:{episode.pk}", name, before, after))
    chapters = _store_chapters(episode, document.chapters)
    turns: list[Turn] = []
    added: list[Turn] = []
    updated: list[Turn] = []
    by_new = {there: here for here, there in pairs.items()}
    number = 0
    for stored, chapter in zip(chapters, document.chapters, strict=True):
        for value in chapter.turns:
            found = by_new.get(number)
            turn = old[found] if found is not None else Turn(episode=episode)
            values = {name: getattr(value, name) for name in VALUES}
            values["kind"] = value.kind.value
            spoken = speaker_ids.get((value.label, value.original_label))
            values["speaker_id"] = spoken if value.kind == "speech" else None
            turn_changes = list(changes_of(turn, values))
            for name, wanted in values.items():
                setattr(turn, name, wanted)
            turn.chapter, turn.position = stored, number
            turns.append(turn)
            if found is None:
                added.append(turn)
                changes.append((f"turn:{turn.uid}", "added", None, values))
            else:
                turn.version += bool(turn_changes)
                updated.append(turn)
                changes += turn_changes
            number += 1
    changes += list(_remove_turns(episode, old, turns, pairs))
    Turn.objects.bulk_create(added)
    Turn.objects.bulk_update(
        updated, [*VALUES, "speaker", "chapter", "position", "version"], batch_size=50
    )
    keep = [chapter.pk for chapter in chapters]
    Chapter.objects.filter(episode=episode).exclude(pk__in=keep).delete()
    TurnOrigin.objects.filter(turn__episode=episode).delete()
    _connect(turns, storing.store_base(source, document))
    record(change_set, changes)
    Episode.objects.filter(pk=episode.pk).update(
        revision=F("revision") + 1, changed_at=timezone.now()
    )
    episode.refresh_from_db(fields=["revision", "changed_at"])
    counts = {"added": len(added), "removed": len(old) - len(pairs), "kept": len(pairs)}
    remarks = (*people.diagnostics, *notes)
    return Followed(Outcome.UPDATED.value, "", counts, remarks, change_set)


def _change_fields(episode: Episode, document: Document) -> Iterator[tuple[str, str, Any, Any]]:
    values = episode_fields(document.front)
    changed = []
    for name, wanted in values.items():
        before = getattr(episode, name)
        if before != wanted:
            yield f"episode:{episode.pk}", name, _plain(before), _plain(wanted)
            setattr(episode, name, wanted)
            changed.append(name)
    if changed:
        episode.save(update_fields=changed)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _followed(old: Sequence[Turn], new: Sequence[TurnValue]) -> Iterator[tuple[int, int]]:
    """Which old turn is which new one, in order: equal ones, and alike ones between these."""
    long = max(len(old), len(new)) > LONG
    matcher = SequenceMatcher(None, list(map(_key, old)), list(map(_key, new)), autojunk=long)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        elif tag == "replace":
            there = j1
            for here in range(i1, i2):
                for candidate in range(there, min(there + 10, j2)):
                    if _alike(old[here], new[candidate]):
                        yield here, candidate
                        there = candidate + 1
                        break


def _alike(turn: Turn, value: TurnValue) -> bool:
    scores = [
        fuzz.ratio(mine, theirs)
        for mine, theirs in ((turn.text, value.text), (turn.original, value.original))
        if mine and theirs
    ]
    return bool(scores) and max(scores) >= ALIKE


def _remove_turns(
    episode: Episode, old: Sequence[Turn], turns: Sequence[Turn], pairs: dict[int, int]
) -> Iterator[tuple[str, str, Any, Any]]:
    """Delete the turns that are gone; each address leads to the nearest turn before that stays."""
    last = turns[0] if turns else None
    redirects = []
    gone = []
    for index, turn in enumerate(old):
        if index in pairs:
            last = turn
            continue
        gone.append(turn.pk)
        values = {name: getattr(turn, name) for name in (*VALUES, "speaker_id")}
        yield f"turn:{turn.uid}", "removed", values, last.uid if last else None
        if last is not None:
            redirects.append(TurnRedirect(episode=episode, old_uid=turn.uid, new_uid=last.uid))
    Turn.objects.filter(pk__in=gone).delete()
    TurnRedirect.objects.bulk_create(redirects)


def _store_chapters(episode: Episode, wanted: Sequence[ChapterValue]) -> list[Chapter]:
    """Make the chapters what the document says; those with the same heading keep their row."""
    stored = list(episode.chapters.order_by("position"))
    matcher = SequenceMatcher(
        None,
        [(chapter.title, chapter.level) for chapter in stored],
        [(chapter.title, chapter.level) for chapter in wanted],
        autojunk=False,
    )
    row_of: dict[int, Chapter] = {}
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
            row_of.update(zip(range(j1, j2), stored[i1:i2], strict=True))
    shift = len(stored) + len(wanted) + 1  # out of the way of the unique positions
    episode.chapters.update(position=F("position") + shift)
    rows = []
    for position, chapter in enumerate(wanted):
        row = row_of.get(position) or Chapter(episode=episode)
        row.position, row.title, row.level = position, chapter.title, chapter.level
        row.save()
        rows.append(row)
    return rows
