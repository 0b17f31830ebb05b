"""The turns of an episode as the desk shows them: one row each, in their chapters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from episodes.admin.differences import Piece, compare
from episodes.admin.findings import Found, Shown
from episodes.admin.forms import clock
from episodes.admin.marks import marked
from episodes.listening import Recorded, recorded
from episodes.models import Chapter, Episode, Person, ReviewNote, Turn
from episodes.models.checks import Severity

__all__ = [
    "VOICES",
    "Beside",
    "Head",
    "Row",
    "Section",
    "head_of",
    "is_read",
    "people_of",
    "readers_of",
    "recorded_of",
    "row_of",
    "sections_of",
    "speakers_of",
    "voices_of",
]

VOICES = 6
"""How many speakers the style sheet tells apart; the name stands beside every turn anyway."""


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as the page shows it.

    ``since`` is how the original of a stale one has changed, ``reader`` says who has read it as it
    stands ("" for nobody), ``heard`` is where it can be heard.
    """

    turn: Turn
    number: int
    name: str
    voice: int
    text: SafeString
    original: SafeString
    start: str
    since: tuple[Piece, ...] = ()
    conflict: int = 0  # the id of one that waits for a decision
    findings: Found = Found()  # noqa: RUF009 (a tuple)
    notes: tuple[ReviewNote, ...] = ()  # of reviewers, answered ones too
    reader: str = ""
    heard: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter with its rows."""

    chapter: Chapter
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What the page says of the whole: how much is read, and what the checks found.

    ``left`` is the first turn that nobody has read as it is (its uid and number), ``first`` the first
    one with a finding; "" and 0 where there is none.
    """

    read: int
    total: int
    left: str
    left_number: int
    first: str
    counted: int
    errors: int
    beside: Found
    away: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the turns of an episode: conflicts, findings and notes by uid, who has read
    it (in words, by id), the recording."""

    conflicts: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, Found] = field(default_factory=dict)
    notes: Mapping[str, list[ReviewNote]] = field(default_factory=dict)
    readers: Mapping[int, str] = field(default_factory=dict)
    recorded: Recorded = field(default_factory=Recorded)

    def row(self, turn: Turn, number: int, people: Mapping[int, Person], voice: int) -> Row:
        """Return a turn with what stands beside it."""
        return row_of(
            turn,
            number,
            people,
            voice,
            self.conflicts.get(turn.uid, 0),
            self.findings.get(turn.uid, Found()),
            self.notes.get(turn.uid, ()),
            reader=self.readers[turn.read_by_id or 0] if is_read(turn) else "",
            heard=self.recorded.at(turn.start),
        )


def voices_of(turns: Iterable[Turn]) -> dict[int | None, int]:
    """Number the speakers in the order in which they first speak, from 1; nobody is 0."""
    voices: dict[int | None, int] = {None: 0}
    for each in turns:
        if each.speaker_id not in voices:
            voices[each.speaker_id] = (len(voices) - 1) % VOICES + 1
    return voices


def is_read(turn: Turn) -> bool:
    """Whether somebody has read a turn as it stands."""
    return turn.read_version == turn.version


def readers_of(turns: Iterable[Turn]) -> dict[int, str]:
    """Return who has read turns as they stand, in words, by id (0: nobody knows): one query."""
    ids = {turn.read_by_id for turn in turns if turn.read_by_id and is_read(turn)}
    users = User.objects.filter(pk__in=ids)
    said = _("read by %(name)s")
    names = {user.pk: user.get_short_name() or user.get_username() for user in users}
    return {pk: said % {"name": name} for pk, name in names.items()} | {0: _("read")}


def row_of(
    turn: Turn,
    number: int,
    people: Mapping[int, Person],
    voice: int,
    conflict: int = 0,
    findings: Found = Found(),  # noqa: B008 (a tuple)
    notes: Iterable[ReviewNote] = (),
    *,
    reader: str = "",
    heard: str = "",
) -> Row:
    """Return a turn ready to be shown; ``people`` holds at least its speaker."""
    person = people.get(turn.speaker_id) if turn.speaker_id else None
    name = str(person) if person else turn.label or str(turn.get_kind_display())
    return Row(
        turn,
        number,
        name,
        voice,
        marked(turn.text),
        marked(turn.original),
        clock(turn.start),
        tuple(compare(turn.made_for, turn.original)) if turn.stale else (),
        conflict,
        findings,
        tuple(notes),
        reader,
        heard,
        turn.uid,
    )


def people_of(episode: Episode, turns: Iterable[Turn]) -> dict[int, Person]:
    """Return who speaks in an episode, then who appears beside it, by id: two queries."""
    speaking = Person.objects.in_bulk({each.speaker_id for each in turns if each.speaker_id})
    beside = Person.objects.filter(appearances__episode=episode).order_by("appearances__position")
    return speaking | {person.pk: person for person in beside}


def speakers_of(episode: Episode) -> dict[int, Person]:
    """Return the people to choose a turn's speaker from, by id: three queries."""
    speaking = episode.turns.exclude(speaker=None).order_by("position")
    return people_of(episode, speaking.only("speaker_id", "episode_id"))


def sections_of(
    episode: Episode, turns: list[Turn], people: dict[int, Person], beside: Beside
) -> Iterator[Section]:
    """Yield the chapters with their turns, in order."""
    voices = voices_of(turns)
    rows: dict[int, list[Row]] = {}
    for number, each in enumerate(turns, start=1):
        row = beside.row(each, number, people, voices[each.speaker_id])
        rows.setdefault(each.chapter_id, []).append(row)
    for chapter in episode.chapters.all():
        yield Section(chapter, tuple(rows.get(chapter.pk, ())))


def head_of(
    standing: Sequence[tuple[str, bool]], found: Mapping[str, Found], away: Iterable[Shown]
) -> Head:
    """Return what the head of the page says; ``standing`` are the turns in order, and whether each
    is read."""
    left = next((n for n, (_uid, done) in enumerate(standing, start=1) if not done), 0)
    shown = [each for rows in found.values() for each in rows]
    return Head(
        read=sum(done for _uid, done in standing),
        total=len(standing),
        left=standing[left - 1][0] if left else "",
        left_number=left,
        first=next((uid for uid, _done in standing if uid in found), ""),
        counted=len(shown),
        errors=sum(each.finding.severity == Severity.ERROR for each in shown),
        beside=found.get("", Found()),
        away=tuple(away),
    )


def recorded_of(episode: Episode) -> Recorded:
    """Return how an episode's recording can be heard."""
    return recorded(episode.audio_url, episode.source_address)
