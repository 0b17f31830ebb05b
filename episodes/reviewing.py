"""What reviewers ask at a turn, or of an episode, and what they are answered.

A note is a finding (check ``review_note``) until it is answered. Notes are no change of the text:
they have a trail of their own and leave the revision as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import checking, notices
from episodes.models import Episode, ReviewNote, Turn
from episodes.notes import LONGEST, placed
from episodes.transcripts.characters import tidy_text

__all__ = ["Refused", "answer", "by_turn", "leave", "notes_of", "open_notes", "take_back"]


class Refused(ValueError):
    """What was not done; ``str(error)`` is a sentence in the active language."""


def _said(text: str, empty: str) -> str:
    tidy = tidy_text(text)
    if not tidy:
        raise Refused(empty)
    if len(tidy) > LONGEST:
        message = _("At most %(limit)s characters fit in here, these are %(count)s.")
        raise Refused(message % {"limit": LONGEST, "count": len(tidy)})
    return tidy


def leave(episode: Episode, uid: str, text: str, *, by: User) -> ReviewNote:
    """Leave a note at a turn (its uid, also of one that is gone), or at the episode ("").

    Raises PermissionDenied without ``add_reviewnote``, and Refused.
    """
    if not by.has_perm("episodes.add_reviewnote"):
        raise PermissionDenied
    said = _said(text, _("Write what you ask: the note is empty."))
    if uid and not Turn.everything.filter(episode=episode, uid=uid).exists():
        raise Refused(_("There is no such turn."))
    with transaction.atomic():
        note = ReviewNote.objects.create(episode=episode, uid=uid, text=said, by=by)
        checking.ask(episode)
        notices.noted(note)
    return note


def answer(note: ReviewNote, text: str, *, by: User) -> ReviewNote:
    """Answer a note, and return it as it is then; it is no finding any more.

    Raises PermissionDenied without ``answer_reviewnote``, and Refused: also where somebody has
    answered it before.
    """
    if not by.has_perm("episodes.answer_reviewnote"):
        raise PermissionDenied
    said = _said(text, _("Write what you answer: the answer is empty."))
    with transaction.atomic():
        waiting = ReviewNote.objects.filter(pk=note.pk, answered_at__isnull=True)
        if not waiting.update(answer=said, answered_by=by, answered_at=timezone.now()):
            raise Refused(_("The note is no longer open: it was answered or taken back meanwhile."))
        checking.ask(note.episode)
        answered = ReviewNote.objects.select_related("episode", "by", "answered_by").get(pk=note.pk)
        notices.answered(answered)
    return answered


def take_back(note: ReviewNote, *, by: User) -> None:
    """Delete a note of one's own that nobody has answered.

    Raises PermissionDenied for the note of somebody else, and Refused where it is no longer open.
    """
    if note.by_id != by.pk or not by.has_perm("episodes.add_reviewnote"):
        raise PermissionDenied
    with transaction.atomic():
        waiting = ReviewNote.objects.filter(pk=note.pk, by=by, answered_at__isnull=True)
        deleted, _kinds = waiting.delete()
        if not deleted:
            raise Refused(_("The note is no longer open: it was answered or taken back meanwhile."))
        checking.ask(note.episode)


def notes_of(episode: Episode) -> QuerySet[ReviewNote]:
    """Return all notes of an episode with who wrote and answered them, the oldest first."""
    notes = ReviewNote.objects.filter(episode=episode).select_related("by", "answered_by")
    return notes.order_by("at", "pk")


def open_notes(episode: Episode) -> QuerySet[ReviewNote]:
    """Return those that wait for an answer."""
    return notes_of(episode).filter(answered_at__isnull=True)


def by_turn(episode: Episode, standing: Sequence[str]) -> dict[str, list[ReviewNote]]:
    """Return all notes of an episode by the turn they stand at, "" for the episode.

    ``standing``: the uids of its turns. One query, another one where a noted turn is gone.
    """
    return placed(episode, notes_of(episode), standing)
