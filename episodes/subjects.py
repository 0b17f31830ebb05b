"""An episode's working copy as what checks look at (``checks.subject``): rows in, frozen values out."""

from __future__ import annotations

from collections import Counter

from episodes.checks.subject import Subject, Turn
from episodes.known import Known
from episodes.models import Conflict, Episode, Source
from episodes.models.sources import Trouble
from episodes.notes import open_texts
from episodes.remembered import corrections_in

__all__ = ["LISTED", "subject_of"]

LISTED = {
    "organisation": "organisation_mentions",
    "product": "product_mentions",
    "work": "work_mentions",
}


def subject_of(episode: Episode, known: Known | None = None) -> Subject:
    """Return the working copy as values. Eleven queries, whatever its length.

    ``known`` are the names and terms there are, for checks that look at these.
    """
    chapters = {pk: (place, title) for place, (pk, title) in enumerate(_chapters(episode))}
    turns = tuple(_turns(episode, chapters))
    people = dict(episode.appearances.values_list("person_id", "role"))
    listed = {"person": frozenset(people)}
    for kind, mentions in LISTED.items():
        found = getattr(episode, mentions).values_list("target_id", flat=True)
        listed[kind] = frozenset(found)
    return Subject(
        slug=episode.slug,
        title=episode.title,
        original_title=episode.original_title,
        date=episode.date.isoformat() if episode.date else "",
        source=episode.source_address,
        channel=episode.channel,
        guest=episode.guest,
        summary=episode.summary,
        language=episode.language,
        original_language=episode.original_language,
        turns=turns,
        headings=dict(chapters.values()),
        listed=listed,
        roles=people,
        same_recording=_same_recording(episode),
        source_gone=Source.objects.filter(episode=episode, trouble=Trouble.GONE).exists(),
        open_conflicts=_open_conflicts(episode),
        notes=open_texts(episode, [turn.uid for turn in turns]),
        corrections=corrections_in(said for turn in turns for said in (turn.text, turn.original)),
        register=known.index if known else None,
        added=known.added if known else {},
    )


def _chapters(episode: Episode) -> list[tuple[int, str]]:
    return list(episode.chapters.order_by("position").values_list("pk", "title"))


def _turns(episode: Episode, chapters: dict[int, tuple[int, str]]) -> list[Turn]:
    names = ("uid", "kind", "text", "original", "label", "original_label", "start", "end")
    rows = episode.turns.order_by("position").values_list(
        "speaker_id", "chapter_id", "stale", "unread", *names
    )
    return [
        Turn(
            speaker=speaker or 0,
            chapter=chapters[chapter][0],
            stale=stale,
            unread=unread,
            **dict(zip(names, said, strict=True)),
        )
        for speaker, chapter, stale, unread, *said in rows
    ]


def _same_recording(episode: Episode) -> tuple[str, ...]:
    if not episode.recording:
        return ()
    others = Episode.objects.filter(recording=episode.recording).exclude(pk=episode.pk)
    return tuple(others.order_by("pk").values_list("title", flat=True)[:10])


def _open_conflicts(episode: Episode) -> dict[str, int]:
    """Return how many conflicts wait at each turn; at "" those about headings and metadata."""
    targets = Conflict.objects.filter(episode=episode, decided_at__isnull=True)
    return dict(
        Counter(
            target.removeprefix("turn:") if target.startswith("turn:") else ""
            for target in targets.values_list("target", flat=True)
        )
    )
