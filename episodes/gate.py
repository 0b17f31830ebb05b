"""What stands in the way of publishing: the gate, a list of functions that take an episode.

Each yields obstacles; checks add theirs to ``GATE``. Nothing here knows where the desk mends a thing:
an obstacle says what and at which place of the episode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from episodes import wording
from episodes.models import Conflict, Episode, Finding, PublishedEpisode
from episodes.models.checks import FindingState, Severity
from episodes.models.working import Kind

__all__ = ["COVERED", "GATE", "Obstacle", "obstacles"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that has to be mended before an episode may be published.

    ``uid`` is the turn's, or empty where it concerns the whole episode. ``place`` tells more where
    there is more to tell: the name of a field of the metadata, the id of a conflict or of a finding.
    """

    code: str
    message: str
    uid: str = ""
    place: str = ""


def _whole_episode(episode: Episode) -> Iterator[Obstacle]:
    if not episode.title.strip():
        yield Obstacle("no_title", _("The episode has no title."), place="title")
    if not episode.turns.exists():
        yield Obstacle("no_turns", _("The episode has no turns."))
    taken = PublishedEpisode.objects.filter(slug=episode.slug).exclude(episode=episode)
    if taken.exists():
        sentence = _("Another published episode has the address “%(slug)s”.")
        yield Obstacle("slug_taken", sentence % {"slug": episode.slug}, place="slug")


def _translated(episode: Episode) -> Iterator[Obstacle]:
    untranslated = episode.turns.filter(text="", kind__in=(Kind.SPEECH, Kind.NARRATION))
    for uid in untranslated.exclude(original="").order_by("position").values_list("uid", flat=True):
        yield Obstacle("translation_missing", _("A turn has an original but no translation."), uid)


def _decided(episode: Episode) -> Iterator[Obstacle]:
    open_ones = Conflict.objects.filter(episode=episode, decided_at__isnull=True)
    for pk, target in open_ones.values_list("pk", "target"):
        kind, _colon, name = target.partition(":")
        if kind == "turn":
            sentence = _("A conflict about this turn is not decided yet.")
            yield Obstacle("conflict_open", sentence, name, str(pk))
        elif kind == "chapter":
            sentence = _("A conflict about a heading is not decided yet.")
            yield Obstacle("conflict_open", sentence, place=str(pk))
        else:
            sentence = _("A conflict about the metadata is not decided yet.")
            yield Obstacle("conflict_open", sentence, place=str(pk))


def _read(episode: Episode) -> Iterator[Obstacle]:
    marked = episode.turns.filter(Q(stale=True) | Q(unread=True)).order_by("position")
    for uid, stale, unread in marked.values_list("uid", "stale", "unread"):
        if stale:
            sentence = _("The original has changed since this turn was translated.")
            yield Obstacle("turn_stale", sentence, uid)
        if unread:
            sentence = _("An import or a late save put this turn together; nobody has read it yet.")
            yield Obstacle("turn_unread", sentence, uid)


COVERED = frozenset({"translation_missing", "conflict_open", "merge_unread", "stale_translation"})
"""Checks for which the gate has an answer of its own, true to the moment."""


def _found(episode: Episode) -> Iterator[Obstacle]:
    errors = Finding.objects.filter(
        episode=episode, severity=Severity.ERROR, stands=True, state=FindingState.OPEN
    )
    for finding in errors.exclude(code__in=COVERED).order_by("pk"):
        said = wording.translate(wording.restore(finding.wording, finding.message))
        yield Obstacle("finding_open", said, finding.uid, str(finding.pk))


GATE: list[Callable[[Episode], Iterable[Obstacle]]] = [
    _whole_episode,
    _translated,
    _decided,
    _read,
    _found,
]


def obstacles(episode: Episode) -> list[Obstacle]:
    """Return what stands in the way of publishing the working copy, in the order of the gate."""
    return [obstacle for check in GATE for obstacle in check(episode)]
