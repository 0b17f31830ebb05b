"""What a merge asks of the turns of one block, before it decides what becomes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from episodes.transcripts.alignment import Match, Utterance, align
from episodes.transcripts.components import Component
from episodes.transcripts.document import Turn
from episodes.transcripts.merging import same
from episodes.transcripts.plans import spoken_json
from episodes.transcripts.voices import Voices
from episodes.transcripts.working import ClashKind, Gone, Spoken, Working, WorkingTurn

__all__ = ["TEXTS", "VALUES", "Comparison"]

TEXTS = ("text", "original")
VALUES = ("kind", "label", "original_label", "text", "original", "start", "end")


class Comparison:
    """Base, ours and theirs of one merge. ``draw`` gives addresses for new turns."""

    def __init__(
        self,
        base: Sequence[Spoken],
        ours: Working,
        theirs: Sequence[Spoken],
        *,
        base_source: int,
        draw: Callable[[], str],
    ) -> None:
        self.base = base
        self.ours = list(ours.turns())
        self.theirs = theirs
        self.draw = draw
        self.source = base_source
        self.withdrawn = ours.withdrawn
        self.open = {clash.place: clash for clash in ours.clashes}
        self.groups = align(
            [Utterance.of(each.value) for each in base],
            [Utterance.of(each.value) for each in theirs],
        )
        links = [link for group in self.groups for link in group.links]
        self.origins = [turn.of_source(base_source) for turn in self.ours]
        undecided = {
            clash.target.removeprefix("turn:") for clash in ours.clashes if clash.field == "speaker"
        }
        self.voices = Voices(base, self.ours, theirs, self.origins, links, undecided)
        self.known = self._known_again()

    def _known_again(self) -> dict[int, WorkingTurn]:
        """New turns of theirs that stood here before: withdrawn, removed, or kept as our own."""
        candidates: dict[tuple[str, str, str], list[WorkingTurn]] = defaultdict(list)
        own = (turn for turn, places in zip(self.ours, self.origins, strict=True) if not places)
        gone = (turn for turn in self.withdrawn.values() if turn.gone != Gone.MERGED)
        for turn in (*own, *gone):
            candidates[_said(turn.value)].append(turn)
        known: dict[int, WorkingTurn] = {}
        for group in self.groups:
            if group.kind is Match.NEW:
                for j in group.theirs:
                    if candidates[_said(self.theirs[j].value)]:
                        known[j] = candidates[_said(self.theirs[j].value)].pop(0)
        return known

    def _base_json(self, place: int) -> dict[str, Any]:
        return spoken_json(self.base[place].value, self.base[place].speaker)

    def _their_json(self, place: int) -> dict[str, Any]:
        spoken = self.voices.spoken(place)
        return spoken_json(spoken.value, spoken.speaker)

    def _is_straight(self, part: Component) -> bool:
        """Whether each turn of ours comes from one of the base, and each of these is one."""
        places = [place for number in part.ours for place in self.origins[number]]
        ones = all(len(self.origins[number]) == 1 for number in part.ours)
        return ones and sorted(places) == part.base

    def _is_source_straight(self, part: Component) -> bool:
        """Whether the source has the same turns, one for one."""
        return len(part.base) == len(part.theirs) and all(
            len(group.base) == len(group.theirs) == 1 for group in part.groups
        )

    def _source_is_same(self, part: Component) -> bool:
        """Whether the source has the same turns with the same values."""
        return self._is_source_straight(part) and all(
            self._is_same_turn(*group.links[0]) if group.links else False for group in part.groups
        )

    def _is_agreed(self, part: Component) -> bool:
        """Whether ours is what the source has now, turn by turn."""
        if len(part.ours) != len(part.theirs):
            return False
        pairs = zip(part.ours, map(self.voices.spoken, part.theirs), strict=True)
        return all(
            self.ours[number].speaker == spoken.speaker
            and all(
                same(getattr(self.ours[number].value, name), getattr(spoken.value, name))
                for name in VALUES
            )
            for number, spoken in pairs
        )

    def _waits(self, part: Component) -> bool:
        """Whether a value of these turns is in conflict already."""
        targets = {f"turn:{self.ours[number].uid}" for number in part.ours}
        return any(
            kind == ClashKind.FIELD and target in targets for kind, target, _field in self.open
        )

    def _is_same_turn(self, place: int, their_place: int) -> bool:
        base, theirs = self.base[place], self.theirs[their_place]
        return base.speaker == theirs.speaker and all(
            same(getattr(base.value, name), getattr(theirs.value, name)) for name in VALUES
        )

    def _edited(self, number: int) -> bool:
        """Whether a turn of ours is not as its one base turn says."""
        turn = self.ours[number]
        base = self.base[self.origins[number][0]].value
        return self._revalued(number) or not all(
            same(getattr(base, name), getattr(turn.value, name)) for name in TEXTS
        )

    def _revalued(self, number: int) -> bool:
        """Whether an editor changed who speaks, the kind or the times."""
        turn = self.ours[number]
        base = self.base[self.origins[number][0]].value
        return (
            turn.value.kind != base.kind
            or (turn.value.start, turn.value.end) != (base.start, base.end)
            or self.voices.is_edited(number, self.origins[number][0])
        )

    def _kept_origins(self, part: Component) -> dict[str, tuple[int, ...]]:
        """For each turn of ours, which of theirs it comes from where it stays as it is."""
        answer = {}
        for number in part.ours:
            mine = self.origins[number]
            answer[self.ours[number].uid] = tuple(
                sorted({j for i, j in part.links if i in mine}) or part.theirs[:1]
            )
        claimed = {place for places in answer.values() for place in places}
        last = self.ours[part.ours[-1]].uid
        rest = [place for place in part.theirs if place not in claimed]
        answer[last] = tuple(sorted({*answer[last], *rest}))
        return answer


def _said(value: Turn) -> tuple[str, str, str]:
    return str(value.kind), "".join(value.text.split()), "".join(value.original.split())
