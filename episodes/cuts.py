"""What an editor does to the turns themselves: split, merge, move, insert, remove, restore, read.

Each is one transaction on the locked episode and one ChangeSet: the working copy as a value, the
pure function of ``transcripts.cutting``, and the rows that differ. What is done to a turn is checked
against the version that was shown of it; what is done to the order against the order that was shown,
so that two people who write in different turns do not get in each other's way. A ``memory`` that is
given along is told how to take the act back (``episodes.undoing``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from episodes import editing, states
from episodes.models import Change, ChangeSet, Episode, Person, Turn
from episodes.models.history import Act
from episodes.models.working import draw_uid
from episodes.transcripts import cutting
from episodes.transcripts import document as documents
from episodes.transcripts.cutting import CutRefused
from episodes.transcripts.undoing import Memory, difference
from episodes.transcripts.working import Gone, Working, WorkingTurn
from episodes.wording import translate

__all__ = [
    "ORDER",
    "Refused",
    "act",
    "insert",
    "mark_all_read",
    "mark_read",
    "merge",
    "move",
    "remove",
    "restore",
    "split",
]

ORDER = ("order", "added", "removed", "restored")
"""The changes in the history after which the turns stand otherwise than they did."""


class Refused(Exception):
    """What was not done; nothing was written.

    ``code``: ``stale`` (something else stands there now: look again) or ``impossible``. ``message``
    is a sentence for the person, in the active language.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def act(
    episode_id: int,
    cut: Callable[[Working], Working],
    by: User | None,
    why: str,
    *,
    turns: Mapping[str, int] | None = None,
    order: int | None = None,
    memory: Memory | None = None,
    gone: Gone = Gone.REMOVED,
) -> ChangeSet | None:
    """Do it, if what was shown is what stands: ``turns`` are uids with their versions, ``order`` the
    revision whose order of turns was shown.

    ``cut`` gives the working copy as it is then, or raises CutRefused. ``memory`` is filled with what
    an undo needs; ``gone`` says why a turn that the act brought is gone after that. Returns the
    ChangeSet, None where nothing changed. Raises Refused; then nothing was written.
    """
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=episode_id)
        _check_turns(episode, turns or {})
        if order is not None:
            _check_order(episode, order)
        seen = _versions(episode) if memory is not None else {}
        before = states.load(episode)
        try:
            after = cut(before)
        except CutRefused as refused:
            raise Refused("impossible", translate(refused.message)) from refused
        change_set = states.write(episode, before, after, states.Act(Act.SAVE, by, why))
        if memory is not None and change_set is not None:
            _remember(memory, episode, difference(before, after, gone=gone), seen)
    return change_set


def _remember(
    memory: Memory, episode: Episode, patch: dict[str, Any], seen: Mapping[str, int]
) -> None:
    uids = [*patch.get("turns", {}), *patch.get("brought", {})]
    memory.revision, memory.patch = episode.revision, patch
    memory.was = {uid: seen[uid] for uid in uids if uid in seen}
    memory.versions = _versions(episode, uids)


def _versions(episode: Episode, uids: Collection[str] | None = None) -> dict[str, int]:
    rows = Turn.everything.filter(episode=episode)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    return dict(rows.values_list("uid", "version"))


def _check_turns(episode: Episode, seen: Mapping[str, int]) -> None:
    rows = episode.turns.filter(uid__in=list(seen)).values_list("uid", "version")
    now: dict[str, int] = dict(rows)
    if set(now) != set(seen):
        raise Refused(
            "stale", _("The turn is no longer there: somebody took it out or merged it meanwhile.")
        )
    if now != dict(seen):
        raise Refused(
            "stale", _("The turn has been changed since you opened this page. Look at it again.")
        )


def _check_order(episode: Episode, revision: int) -> None:
    since = Change.objects.filter(
        change_set__episode=episode, change_set__revision__gt=revision, field__in=ORDER
    )
    if since.exists():
        raise Refused(
            "stale",
            _("Turns were added, moved or taken out since you opened this page. Look at it again."),
        )


# --- The turns themselves -------------------------------------------------------------------------


def split(
    turn: Turn,
    *,
    version: int,
    text_at: int,
    original_at: int,
    by: User | None,
    why: str = "",
    memory: Memory | None = None,
) -> Turn:
    """Cut a turn in two at these places (code points), and return the second part.

    The first part keeps the address (G2). ``version`` is that of the turn whose texts were shown.
    Raises Refused.
    """
    uid = draw_uid()

    def cut(working: Working) -> Working:
        return cutting.split(working, turn.uid, text_at, original_at, uid)

    seen = {turn.uid: version}
    act(turn.episode_id, cut, by, why, turns=seen, memory=memory, gone=Gone.MERGED)
    return Turn.objects.get(uid=uid)


def merge(
    turn: Turn,
    *,
    version: int,
    following: str,
    following_version: int,
    by: User | None,
    why: str = "",
    memory: Memory | None = None,
) -> Turn:
    """Make a turn and the next one of its chapter one, and return it.

    ``following`` is the uid of the next turn as it was shown; its address leads to the merged one.
    Raises Refused.
    """

    def cut(working: Working) -> Working:
        uids = [each.uid for each in working.turns()]
        if uids[uids.index(turn.uid) + 1 :][:1] != [following]:
            raise Refused(
                "stale", _("Another turn follows now than when you opened this page. Look again.")
            )
        return cutting.merge(working, turn.uid)

    act(
        turn.episode_id,
        cut,
        by,
        why,
        turns={turn.uid: version, following: following_version},
        memory=memory,
    )
    return Turn.objects.get(pk=turn.pk)


def move(
    turn: Turn,
    *,
    revision: int,
    after: str,
    by: User | None,
    why: str = "",
    memory: Memory | None = None,
) -> Turn:
    """Put a turn after another (its uid), after a heading (``heading:<chapter's id>``) or first ("").

    ``revision`` is that of the episode whose order was shown. Raises Refused.
    """
    act(
        turn.episode_id,
        lambda working: cutting.move(working, turn.uid, after),
        by,
        why,
        order=revision,
        memory=memory,
    )
    return Turn.objects.get(pk=turn.pk)


def insert(
    episode: Episode,
    *,
    revision: int,
    after: str,
    values: Mapping[str, Any],
    by: User | None,
    why: str = "",
    memory: Memory | None = None,
) -> Turn:
    """Write a turn of the editor's own, after another as in :func:`move`, and return it.

    ``values``: as for ``editing.save_turn``; the label is the speaker's name, so that an export
    carries it. Raises Refused and ``editing.Invalid``.
    """
    tidy = editing.tidy_turn(values)
    speaker: Person | None = tidy.pop("speaker", None)
    kind = documents.TurnKind(tidy.pop("kind", documents.TurnKind.SPEECH))
    value = documents.Turn(kind, **{"label": speaker.name if speaker else "", **tidy})
    uid = draw_uid()

    def cut(working: Working) -> Working:
        return cutting.insert(working, after, value, uid, str(speaker.pk) if speaker else "")

    act(episode.pk, cut, by, why, order=revision, memory=memory)
    return Turn.objects.get(uid=uid)


def remove(
    turn: Turn, *, version: int, by: User | None, why: str = "", memory: Memory | None = None
) -> str:
    """Take a turn out, and return the uid of the turn that its address leads to.

    No import brings it back, an editor may. Raises Refused.
    """
    near = ""

    def cut(working: Working) -> Working:
        nonlocal near
        without = cutting.remove(working, turn.uid)
        near = without.lands(turn.uid)
        return without

    act(turn.episode_id, cut, by, why, turns={turn.uid: version}, memory=memory)
    return near


def restore(
    turn: Turn,
    *,
    revision: int,
    after: str,
    by: User | None,
    why: str = "",
    memory: Memory | None = None,
) -> Turn:
    """Put a turn that was removed or withdrawn (``Turn.everything``) back, as in :func:`move`.

    Raises Refused.
    """
    act(
        turn.episode_id,
        lambda working: cutting.restore(working, turn.uid, after),
        by,
        why,
        order=revision,
        memory=memory,
    )
    return Turn.objects.get(pk=turn.pk)


# --- Reading --------------------------------------------------------------------------------------


def mark_read(turn: Turn, by: User | None, *, version: int | None = None, why: str = "") -> Turn:
    """Say that a person has read a turn as it stands: it is neither stale nor unread any more.

    ``version`` is the one that was read (default: that of the instance). A turn that was neither
    is left alone, and nothing is written. Raises Refused.
    """

    def read(working: Working) -> Working:
        return working.replaced(_read(working.turn(turn.uid)))

    seen = turn.version if version is None else version
    act(turn.episode_id, read, by, why or _("Read and found right."), turns={turn.uid: seen})
    return Turn.objects.get(pk=turn.pk)


def mark_all_read(
    episode: Episode, by: User | None, *, seen: Mapping[str, int] | None = None, why: str = ""
) -> None:
    """The same for all turns of an episode.

    ``seen``: only those (uids) that are still at the version that was read; the others keep their
    marks.
    """

    def read(working: Working) -> Working:
        rows = episode.turns.values_list("uid", "version")
        known = {uid for uid, version in rows if seen is None or seen.get(uid) == version}
        elements = tuple(
            _read(each) if isinstance(each, WorkingTurn) and each.uid in known else each
            for each in working.elements
        )
        return replace(working, elements=elements)

    act(episode.pk, read, by, why or _("Read and found right."))


def _read(turn: WorkingTurn) -> WorkingTurn:
    return replace(turn, stale=None, unread=False)
