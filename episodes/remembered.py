"""The corrections that are remembered, as checks and previews look at them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import ahocorasick

from episodes.models import Correction
from episodes.transcripts.replacing import Pattern

__all__ = ["all_corrections", "corrections_in", "pattern_of"]


def pattern_of(correction: Correction) -> Pattern:
    """Return what a correction looks for, and what it becomes."""
    return Pattern(
        correction.wrong,
        correction.right,
        correction.match_case,
        correction.whole_words,
        str(correction.side),
    )


def all_corrections() -> list[Pattern]:
    """Return all there are, the longest first, so that none takes the place of a longer one."""
    found = [pattern_of(each) for each in Correction.objects.all()]
    return sorted(found, key=lambda each: (-len(each.wrong), each.wrong, each.side))


def corrections_in(texts: Iterable[str]) -> tuple[Pattern, ...]:
    """Return those whose letters stand in one of some texts, in whatever case. One query.

    So what a check depends on is the same as long as no correction comes or goes that concerns them.
    """
    corrections = all_corrections()
    if not corrections:
        return ()
    automaton = ahocorasick.Automaton()
    for each in corrections:
        wrong = _folded(each.wrong)
        automaton.add_word(wrong, wrong)
    automaton.make_automaton()
    stand = {wrong for _end, wrong in automaton.iter(_folded("\n".join(texts)))}
    return tuple(each for each in corrections if _folded(each.wrong) in stand)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
