"""When a translation no longer belongs to its original: other words stand under it (MERGING §2)."""

from __future__ import annotations

from collections.abc import Sequence

from episodes.transcripts.document import Turn
from episodes.transcripts.sharing import joined
from episodes.transcripts.streams import tokens_of
from episodes.transcripts.working import WorkingTurn

__all__ = ["comes_apart", "cut_apart", "same_words"]


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same words, whatever their spacing, case and punctuation."""
    return one == other or tokens_of(one) == tokens_of(other)


def comes_apart(before: WorkingTurn, original: str, *, translated: bool) -> str | None:
    """The original that a turn's translation was made for, where ``original`` says other words.

    ``translated``: the translation was made for ``original``. None where nothing is stale.
    """
    made_for = before.value.original if before.stale is None else before.stale
    if translated or not before.value.text or same_words(made_for, original):
        return None
    return made_for


def cut_apart(turns: Sequence[WorkingTurn], values: Sequence[Turn]) -> str | None:
    """The original before, where other words are under a translation that says the same."""
    before = joined([turn.value.original for turn in turns])
    after = joined([value.original for value in values])
    texts = joined([turn.value.text for turn in turns]), joined([value.text for value in values])
    if not texts[1] or not same_words(*texts) or same_words(before, after):
        return None
    return before
