"""Where review notes stand: at their turn, at the turn its address leads to, or at the episode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from episodes.models import Episode, ReviewNote, TurnRedirect
from episodes.transcripts.working import landing

__all__ = ["LONGEST", "open_texts", "placed"]

LONGEST = 4000
"""So many characters a note or an answer may have."""


def placed(
    episode: Episode, notes: Iterable[ReviewNote], standing: Sequence[str]
) -> dict[str, list[ReviewNote]]:
    """Return notes of an episode by the turn they stand at, "" for the episode, each in their order.

    ``standing`` are the uids of the turns that stand. One query, where a turn is gone.
    """
    found: dict[str, list[ReviewNote]] = {}
    known = set(standing)
    redirects: dict[str, str] | None = None
    for note in notes:
        uid = note.uid
        if uid and uid not in known:
            if redirects is None:
                rows = TurnRedirect.objects.filter(episode=episode)
                redirects = dict(rows.values_list("old_uid", "new_uid"))
            uid = landing(redirects, known, uid)
        found.setdefault(uid, []).append(note)
    return found


def open_texts(episode: Episode, standing: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the texts of the notes that wait for an answer, by the turn they stand at."""
    waiting = ReviewNote.objects.filter(episode=episode, answered_at__isnull=True)
    by_turn = placed(episode, waiting, standing)
    return {uid: tuple(note.text for note in notes) for uid, notes in by_turn.items()}
