"""Translations and originals that do not belong together: shifted, swapped, repeated, halved.

How well they go together is worked out in ``pairs``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from episodes.checks.nameindex import words
from episodes.checks.pairs import PAIRS, Pairs, Run, analysis_of, score_pairs
from episodes.checks.registry import EpisodeCheck, Finding, Severity, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import HAN
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["Drift", "Halves", "Repeated"]

_HAN = re.compile(f"[{HAN}]")


@register
class Drift(EpisodeCheck):
    """Originals that stand some turns too early or too late, blocks that are swapped, and a pair of
    which neither half knows the other. One finding a run, at its first turn."""

    code = "pairing_drift"
    severity = Severity.WARNING
    title = gettext_noop("Translation and original do not belong together")
    depends = PAIRS

    ALONE = -2.0
    """So unlikely a pair is none, though its originals are nowhere near; of few signs much less likely:"""

    SURE = -2.8

    def find(self, subject: Subject) -> Iterator[Finding]:
        found = analysis_of(subject)
        pairs = found.pairs
        if pairs.count < 4:
            return
        for group in found.groups:
            yield self._of_group(group, pairs)
        for at, row in enumerate(found.rows):
            beside = any(near in found.astray for near in range(at - 2, at + 3))
            if not beside and self._is_none(pairs, at, row[0]):
                message = gettext_noop("Translation and original seem to say different things.")
                yield self._finding(pairs.turns[at], message, pairs.turns[at : at + 1])

    def _is_none(self, pairs: Pairs, at: int, score: float) -> bool:
        """Whether enough is said on both sides for being sure, and hardly anything on both."""
        likely = score + pairs.strange(at)
        if likely > self.ALONE:
            return False
        both, fewest = pairs.shared(at)
        return both * 4 <= fewest and fewest >= (2 if likely <= self.SURE else 3)

    def _of_group(self, group: list[Run], pairs: Pairs) -> Finding:
        first, last = group[0], group[-1]
        turns = pairs.turns[first.first : last.last + 1]
        if len(group) > 1 and {run.distance > 0 for run in group} == {True, False}:
            message = fill(
                gettext_noop(
                    "Originals of {turns} turns are in each other's place, up to “{until}”."
                ),
                turns=len(turns),
                until=_beginning(turns[-1].text),
            )
        elif first.first == last.last:
            template = gettext_noop("What belongs to this stands {by} turns further down.")
            if first.distance < 0:
                template = gettext_noop("What belongs to this stands {by} turns further up.")
            message = fill(template, by=abs(first.distance))
        else:
            template = gettext_noop(
                "From here to “{until}” ({turns} turns) the originals stand {by} turns too late."
            )
            if first.distance < 0:
                template = gettext_noop(
                    "From here to “{until}” ({turns} turns) the originals stand {by} turns too early."
                )
            message = fill(
                template,
                until=_beginning(turns[-1].text),
                turns=len(turns),
                by=abs(first.distance),
            )
        return self._finding(turns[0], message, turns)

    def _finding(self, turn: Turn, message: Message, turns: Sequence[Turn]) -> Finding:
        return Finding(
            check=self.code,
            message=message,
            uid=turn.uid,
            field="original",
            about=tuple(text for each in turns for text in (each.text, each.original)),
        )


def _beginning(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 24 else text[:23] + "…"


@register
class Halves(EpisodeCheck):
    """A translation that is much too short or too long for its original: half of one is lost, or stands
    in the turn next door. Short turns never count, nor those that belong elsewhere anyway."""

    code = "pairing_length"
    severity = Severity.WARNING
    title = gettext_noop("Translation and original differ in length")
    depends = PAIRS

    FROM = 20
    """So many words have to be said, or to be expected."""

    OFF = 0.36
    """A factor of 1.45, as a logarithm, and somewhat more for short texts."""

    SILENT = 0.27
    """A factor of 1.3 is enough where nothing of one half is found on the other side."""

    FEWER = 14
    """So many words are enough where one side has fewer sentences, too."""

    TIMES = 2.35
    """As many times the spread that is usual in the episode."""

    def find(self, subject: Subject) -> Iterator[Finding]:
        found = analysis_of(subject)
        pairs = found.pairs
        if not pairs.measured:
            return
        for at, turn in enumerate(pairs.turns):
            if any(near in found.astray for near in (at - 1, at, at + 1)):
                continue
            expected = pairs.long[at] / math.exp(pairs.ratio)
            said = max(expected, pairs.words[at])
            if said < self.FEWER:
                continue
            off = pairs.apart(at)
            fewer = pairs.lacks_sentences(at, of_text=off > 0)
            if said < self.FROM and not fewer:
                continue
            least = max(self.OFF, self.TIMES * pairs.usual) + 1.6 / said
            silent = max(self.SILENT, 1.7 * pairs.usual) + 1.6 / said
            if abs(off) < least and not (
                abs(off) >= silent and (fewer or pairs.has_silent_half(at, of_text=off > 0))
            ):
                continue
            template = gettext_noop(
                "The translation is short: {characters} characters for {words} words of the original."
            )
            if off > 0:
                template = gettext_noop(
                    "The original is short: {words} words for {characters} characters of translation."
                )
            yield Finding(
                check=self.code,
                message=fill(
                    template,
                    characters=pairs.long[at],
                    words=pairs.words[at],
                ),
                uid=turn.uid,
                field="text" if off < 0 else "original",
                about=(turn.text, turn.original),
            )


@register
class Repeated(EpisodeCheck):
    """One text at two turns whose other sides differ, or the whole of one inside the next."""

    code = "pairing_repeated"
    severity = Severity.WARNING
    title = gettext_noop("The same text stands at two turns")
    depends = PAIRS

    def find(self, subject: Subject) -> Iterator[Finding]:
        turns = [turn for turn in subject.turns if turn.kind != "cue"]
        found = [
            (field, one, other)
            for field, beside in (("original", "text"), ("text", "original"))
            for one, other in self._twice(turns, field, beside)
        ]
        scores = dict(score_pairs(subject)) if found else {}
        told: set[str] = set()
        for field, one, other in found:
            wrong, right = one, other
            if scores.get(other.uid, 0.0) < scores.get(one.uid, 0.0):
                wrong, right = other, one  # it goes worse with what stands beside it
            if wrong.uid not in told:
                told.add(wrong.uid)
                yield self._finding(wrong, field, right)

    def _twice(self, turns: list[Turn], field: str, beside: str) -> Iterator[tuple[Turn, Turn]]:
        """A turn and the one before that has the same text."""
        seen: dict[str, tuple[int, Turn]] = {}
        last = ""
        for place, turn in enumerate(turns):
            key = _bare(getattr(turn, field))
            before = seen.get(key)
            if before and _size(key) >= (6 if place - before[0] <= 3 else 9):
                if _bare(getattr(before[1], beside)) != _bare(getattr(turn, beside)):
                    yield turn, before[1]
            elif last and _inside(last, key) and _size(key) >= 8:
                yield turn, turns[place - 1]
            if key:
                seen.setdefault(key, (place, turn))
            last = key

    def _finding(self, turn: Turn, field: str, before: Turn) -> Finding:
        template = gettext_noop("This original stands at another turn too: “{words}”")
        if field == "text":
            template = gettext_noop("This translation stands at another turn too: “{words}”")
        text: str = getattr(before, field)
        return Finding(
            check=self.code,
            message=fill(template, words=_beginning(text)),
            uid=turn.uid,
            field=field,
            about=(field, turn.text, turn.original, before.text, before.original),
        )


def _size(text: str) -> int:
    """How many words there are; a Chinese character counts as one."""
    return len(words(text)) + len(_HAN.findall(text))


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .,!?。，！？")


def _inside(one: str, other: str) -> bool:
    """Whether the shorter of two texts, if it says enough, stands whole in the other."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 24 and short != long and short in long
