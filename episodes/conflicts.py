"""Conflicts are decided: what both sides changed, ours live until a person says what it shall be.

The rule of each choice is ``transcripts.conflicts``; here it is done to the rows, in one transaction
with the episode locked. The row of a conflict stays with both texts, whatever was chosen.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextField
from django.utils import timezone

from episodes import editing, moved, states
from episodes.models import ChangeSet, Chapter, Conflict, Episode
from episodes.models.history import Act
from episodes.models.working import draw_uid
from episodes.states import Act as ActOf
from episodes.states import clash_of, load
from episodes.transcripts import conflicts as rules
from episodes.transcripts.characters import tidy_line, tidy_text
from episodes.transcripts.document import TurnKind
from episodes.transcripts.merging import How, merge_text
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.plans import spoken_json
from episodes.transcripts.sorts import letters
from episodes.transcripts.working import Clash, ClashKind, Working, WorkingTurn

__all__ = [
    "Decided",
    "Undecided",
    "choices_of",
    "decide",
    "decide_many",
    "is_of_signs_only",
    "live_value",
    "merged_anew",
    "version_of",
]

TEXTS = frozenset({"text", "original"})
UNWRITTEN = frozenset(  # fields of the episode whose values are no free words
    {"extra", "language", "original_language", "original_provenance", "translation_provenance"}
)


class Undecided(Exception):
    """A decision that cannot be taken now; ``message`` is a sentence, nothing was written.

    ``code``: ``stale`` (what stands here has changed: look again), ``decided``, ``choice``,
    ``invalid`` (what was written cannot stand there).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of several: how many were decided, and which were left because they changed."""

    change_set: ChangeSet | None = None
    count: int = 0
    left: tuple[int, ...] = ()


# --- What is to be decided ------------------------------------------------------------------------


def live_value(working: Working, clash: Clash) -> Any:
    """Return what stands here, as JSON: a field's value, turns, or the turn before; None where what
    the conflict is about is gone."""
    kind, _colon, name = clash.target.partition(":")
    if clash.kind is ClashKind.PLACE:
        return _before(working, name)
    if clash.kind is not ClashKind.FIELD:
        turns = {turn.uid: turn for turn in working.turns()}
        found = [turns[uid] for uid in clash.uids if uid in turns]
        return [spoken_json(turn.value, turn.speaker, uid=turn.uid) for turn in found] or None
    if kind == "episode":
        return working.fields.get(clash.field)
    if kind == "heading":
        return next((each.title for each in working.headings() if str(each.key) == name), None)
    turn = _standing(working, name)
    if turn is None:
        return None
    if clash.field == "speaker":
        return turn.speaker
    if clash.field == "times":
        return [turn.value.start, turn.value.end]
    value = getattr(turn.value, clash.field)
    return str(value) if isinstance(value, TurnKind) else value


def _standing(working: Working, uid: str) -> WorkingTurn | None:
    return next((turn for turn in working.turns() if turn.uid == uid), None)


def _before(working: Working, uid: str) -> str | None:
    near = ""
    for turn in working.turns():
        if turn.uid == uid:
            return near
        near = turn.uid
    return None


def version_of(working: Working, clash: Clash) -> str:
    """Return a short word for all sides of a conflict as they stand: what a page was shown on."""
    sides = [live_value(working, clash), clash.base, clash.theirs, clash.proposal]
    told = json.dumps(sides, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def choices_of(working: Working, clash: Clash) -> tuple[str, ...]:
    """Return what can be chosen: of ``mine``, ``theirs``, ``proposal``, ``write``."""
    if live_value(working, clash) is None:
        return ("mine",)
    found = rules.choices(clash)
    if clash.target == "episode" and clash.field in UNWRITTEN:
        return tuple(each for each in found if each != "write")
    return found


def is_of_signs_only(working: Working, clash: Clash) -> bool:
    """Whether what stands here and what the source has differ in punctuation or spaces only."""
    if clash.kind is not ClashKind.FIELD or clash.field not in TEXTS:
        return False
    return letters(str(live_value(working, clash) or "")) == letters(str(clash.theirs or ""))


def merged_anew(working: Working, clash: Clash) -> str:
    """Return the text of both sides where they no longer touch, since ours was edited after the
    conflict arose; empty where they still do."""
    mine = live_value(working, clash)
    if clash.kind is not ClashKind.FIELD or clash.field not in TEXTS or mine is None:
        return ""
    met = merge_text(str(clash.base or ""), str(mine), str(clash.theirs or ""))
    return met.value if met.how is How.MERGED else ""


# --- Deciding -------------------------------------------------------------------------------------


def decide(
    conflict: Conflict,
    choice: str,
    by: User | None,
    written: str = "",
    version: str | None = None,
    why: str = "",
) -> ChangeSet | None:
    """Decide a conflict; return the act in the history.

    ``written`` is the text of the choice ``write``. ``version`` is what ``version_of`` said when the
    page was shown: where it says something else by now, nothing is decided. Raises
    :class:`Undecided`.
    """
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=conflict.episode_id)
        row = next(iter(_open(episode, [conflict.pk])), None)
        if row is None:
            raise Undecided("decided", gettext_noop("This conflict was decided already."))
        working = load(episode)
        clash = clash_of(row)
        if version is not None and version != version_of(working, clash):
            raise Undecided(
                "stale",
                gettext_noop(
                    "What stands here has changed since you looked. Nothing was decided: look at "
                    "both again."
                ),
            )
        if choice not in choices_of(working, clash):
            raise Undecided("choice", gettext_noop("This cannot be chosen here."))
        text = _tidy(clash, written) if choice == "write" else ""
        return _decide(episode, working, [(row, clash)], choice, by, written=text, why=why)


def decide_many(
    episode: Episode, versions: dict[int, str], choice: str, by: User | None, why: str = ""
) -> Decided:
    """Decide several conflicts of an episode alike, as one act.

    ``versions``: what ``version_of`` said of each, by its id, when the page was shown. Those that
    have changed since, or were decided by somebody else, are left.
    """
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=episode.pk)
        working = load(episode)
        chosen = [
            (row, clash)
            for row in _open(episode, versions)
            if versions[row.pk] == version_of(working, clash := clash_of(row))
            and choice in choices_of(working, clash)
        ]
        left = tuple(set(versions) - {row.pk for row, _clash in chosen})
        if not chosen:
            return Decided(left=left)
        change_set = _decide(episode, working, chosen, choice, by, why=why)
        return Decided(change_set, len(chosen), left)


def _open(episode: Episode, numbers: Iterable[int]) -> list[Conflict]:
    rows = Conflict.objects.select_related("source", "run")
    rows = rows.defer("run__plan", "run__undo", "run__content")
    return list(rows.filter(episode=episode, pk__in=list(numbers), decided_at=None))


def _decide(
    episode: Episode,
    working: Working,
    chosen: Sequence[tuple[Conflict, Clash]],
    choice: str,
    by: User | None,
    *,
    written: str = "",
    why: str = "",
) -> ChangeSet | None:
    after = working
    found = moved.find(moved.keys_of(*(clash for _row, clash in chosen)))
    for row, clash in chosen:
        known = moved.in_clash(clash, found)
        after = rules.decide(
            after, known, choice, source=row.source_id, draw=draw_uid, written=written
        )
    first = chosen[0][0]
    act = ActOf(Act.DECISION, by, why, first.run)
    change_set = states.write(episode, working, after, act, source=first.source)
    now = timezone.now()
    for row, clash in chosen:
        row.ours, row.choice = live_value(working, clash), choice
        row.decided_by, row.decided_at = by, now
    Conflict.objects.bulk_update(
        [row for row, _clash in chosen], ["ours", "choice", "decided_by", "decided_at"]
    )
    return change_set


def _tidy(clash: Clash, written: str) -> str:
    """What was written, as it is stored; raises Undecided where it cannot stand there."""
    try:
        if clash.target.startswith("turn:"):
            return str(editing.tidy_turn({clash.field: written})[clash.field])
        if clash.field == "date":
            return datetime.date.fromisoformat(written.strip()).isoformat() if written else ""
        model: Any = Chapter if clash.target.startswith("heading:") else Episode
        column = model._meta.get_field(clash.field)
        whole = isinstance(column, TextField)
        text = tidy_text(written) if whole else tidy_line(written)
        if text:
            column.run_validators(text)
        return text
    except ValidationError as error:
        why = " ".join(error.messages)
    except (editing.Invalid, ValueError) as error:
        why = str(error)
    raise Undecided("invalid", fill(gettext_noop("This cannot stand there: {why}"), why=why))
