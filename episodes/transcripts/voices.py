"""Who speaks, three ways: people are compared, not spellings (MERGING §2).

An editor who gave all turns of a label to one person has made a rule of the episode: what the source
says under that label later is that person's too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from episodes.transcripts.merging import How, Merged, merge_value
from episodes.transcripts.working import Spoken, WorkingTurn

__all__ = ["Voices"]

MOSTLY = 0.8  # of a label's turns carry another one now: it was renamed

Labels = tuple[str, str]  # of the translation, of the original


@dataclass(frozen=True, slots=True)
class _Rule:
    speaker: str
    label: str | None  # what the editor calls them, where that is one name


def _labels(spoken: Spoken) -> Labels:
    return spoken.value.label, spoken.value.original_label


class Voices:
    """The speakers of one merge. ``links`` are pairs of places of the base and of theirs;
    ``undecided`` the turns whose speaker is in conflict: they make no rule."""

    def __init__(
        self,
        base: Sequence[Spoken],
        ours: Sequence[WorkingTurn],
        theirs: Sequence[Spoken],
        origins: Sequence[tuple[int, ...]],
        links: Sequence[tuple[int, int]],
        undecided: Collection[str] = (),
    ) -> None:
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.heard: dict[int, set[Labels]] = defaultdict(set)  # base place -> labels of theirs
        for place, their_place in links:
            self.heard[place].add(_labels(theirs[their_place]))
        self.rules = self._rules(origins, undecided)
        self._follow_renames(links)

    def _rules(
        self, origins: Sequence[tuple[int, ...]], undecided: Collection[str]
    ) -> dict[Labels, _Rule]:
        used: dict[Labels, list[tuple[str, WorkingTurn]]] = defaultdict(list)
        for turn, places in zip(self.ours, origins, strict=True):
            known = len(places) == 1 and places[0] < len(self.base)
            if known and turn.uid not in undecided:
                base = self.base[places[0]]
                if any(_labels(base)):
                    used[_labels(base)].append((base.speaker, turn))
        rules: dict[Labels, _Rule] = {}
        for labels, turns in used.items():
            before = {speaker for speaker, _turn in turns}
            given = {turn.speaker for speaker, turn in turns if speaker or turn.speaker}
            if len(before) == 1 and len(given) == 1 and given != before and given != {""}:
                names = {turn.value.label for _speaker, turn in turns if turn.speaker in given}
                rules[labels] = _Rule(given.pop(), names.pop() if len(names) == 1 else None)
        return rules

    def _follow_renames(self, links: Sequence[tuple[int, int]]) -> None:
        """A label of nobody that the source renamed throughout keeps its rule."""
        old = {_labels(each) for each in self.base}
        new = {_labels(each) for each in self.theirs}
        became: dict[Labels, Counter[Labels]] = defaultdict(Counter)
        for place, their_place in links:
            if not self.theirs[their_place].speaker:
                became[_labels(self.base[place])][_labels(self.theirs[their_place])] += 1
        for labels, counts in became.items():
            rule = self.rules.get(labels)
            (renamed, count), *_rest = counts.most_common(1)
            mostly = count >= MOSTLY * counts.total()
            if rule and mostly and any(renamed) and labels not in new and renamed not in old:
                self.rules.setdefault(renamed, rule)

    def speaker_of(self, spoken: Spoken) -> str:
        """Who speaks in a turn of the base or of theirs, by the rules."""
        rule = self.rules.get(_labels(spoken))
        return rule.speaker if rule else spoken.speaker

    def spoken(self, their_place: int) -> Spoken:
        """A turn of theirs with its speaker and label by the rules."""
        spoken = self.theirs[their_place]
        rule = self.rules.get(_labels(spoken))
        if rule is None:
            return spoken
        label = spoken.value.label if rule.label is None else rule.label
        return Spoken(replace(spoken.value, label=label), rule.speaker)

    def merged(
        self, number: int, place: int, their_place: int, before: str
    ) -> tuple[Merged[str], dict[str, str]]:
        """Who speaks in a turn of ours, and its labels; ``before`` is who spoke in the base.

        A label is never in conflict: it goes with whom it names.
        """
        turn, base, theirs = self.ours[number], self.base[place], self.theirs[their_place]
        speaker = merge_value(before, turn.speaker, self.speaker_of(theirs))
        new = self.spoken(their_place).value
        label = merge_value(base.value.label, turn.value.label, new.label)
        if speaker.how is How.THEIRS:
            written = new.label
        elif speaker.how is How.CONFLICT:
            written = turn.value.label
        else:
            written = label.value
        original = merge_value(
            base.value.original_label, turn.value.original_label, new.original_label
        )
        return speaker, {"label": written, "original_label": original.value}

    def is_edited(self, number: int, place: int) -> bool:
        """Whether an editor gave a turn of ours another speaker, or another label."""
        turn, base = self.ours[number], self.base[place]
        rule = self.rules.get(_labels(base))
        if turn.speaker != base.speaker:  # by a rule, it is the same as long as theirs is ruled so
            ruled = {_labels(base), *self.heard[place]}
            speakers = {self.rules[each].speaker if each in self.rules else "" for each in ruled}
            if speakers != {turn.speaker}:
                return True
        if (turn.value.label, turn.value.original_label) == _labels(base):
            return False
        return rule is None or turn.value.original_label != base.value.original_label
