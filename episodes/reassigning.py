"""Another speaker for a range of turns: shown first, then done as one act."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from episodes import cuts
from episodes.history import FieldChange
from episodes.models import Change, ChangeSet, Conflict, Episode, Person, Turn
from episodes.models.working import Kind
from episodes.settling import settle
from episodes.speaker_labels import following_label
from episodes.transcripts import cutting
from episodes.transcripts.undoing import Memory
from episodes.transcripts.working import ClashKind, Working, WorkingTurn

__all__ = ["reassign", "spoken_between"]


def spoken_between(
    episode: Episode, first: str, last: str, *, only: str | None = None
) -> list[Turn]:
    """Return the turns of speech from one uid to another, both included, in their order.

    Whichever of the two stands first. ``only``: those that one person (an id) speaks, "" for those that
    nobody known speaks. Empty where one of the two does not stand. Two queries.
    """
    ends = episode.turns.filter(uid__in=(first, last)).values_list("position", flat=True)
    places = list(ends)
    if len(places) != len({first, last}):
        return []
    found = episode.turns.filter(kind=Kind.SPEECH, position__range=(min(places), max(places)))
    if only is not None:
        found = found.filter(speaker=int(only) if only else None)
    return list(found.select_related("speaker").order_by("position"))


def reassign(
    episode: Episode,
    *,
    seen: Mapping[str, int],
    speaker: Person | None,
    by: User,
    why: str = "",
    memory: Memory | None = None,
) -> ChangeSet | None:
    """Let ``speaker`` (None for nobody) speak the turns that were shown, as one act.

    ``seen`` are their uids with the versions that were shown. Their labels follow the speaker
    (``speaker_labels.following_label``), and a mark that they are read stays. Returns the
    ChangeSet, None where nothing changed. Raises ``cuts.Refused`` (nothing was written) and
    PermissionDenied without ``change_turn``.
    """
    if not by.has_perm("episodes.change_turn"):
        raise PermissionDenied
    if not seen:
        raise cuts.Refused("impossible", _("No turn of this range would change."))
    speaking = episode.turns.filter(uid__in=list(seen)).exclude(speaker=None)
    known = {str(each.speaker_id): each.speaker for each in speaking.select_related("speaker")}

    def label_of(turn: WorkingTurn) -> str:
        return following_label(turn.value.label, known.get(turn.speaker), speaker)

    def cut(working: Working) -> Working:
        key = str(speaker.pk) if speaker else ""
        return cutting.reassign(working, seen.keys(), key, label_of)

    with transaction.atomic():
        change_set = cuts.act(episode.pk, cut, by, why, turns=seen, memory=memory)
        if change_set is not None:
            _settle(change_set)
    return change_set


def _settle(change_set: ChangeSet) -> None:
    """End the conflicts about what was written as the source has it."""
    assert change_set.episode is not None
    waiting = Conflict.objects.filter(
        episode=change_set.episode, kind=ClashKind.FIELD.value, decided_at__isnull=True
    )
    targets = set(waiting.values_list("target", flat=True))
    written: dict[str, list[FieldChange]] = {}
    for change in Change.objects.filter(change_set=change_set, target__in=targets).order_by("pk"):
        row = (change.target, change.field, change.old, change.new)
        written.setdefault(change.target, []).append(row)
    for target, changes in written.items():
        settle(change_set, target, changes)
