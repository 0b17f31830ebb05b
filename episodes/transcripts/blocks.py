"""Which turns of ours, of the base and of theirs belong together, and what becomes of each block.

The rules are those of MERGING §2 and §4. Between ours and the base nothing is guessed: a turn knows
what it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from episodes.transcripts.comparing import TEXTS, Comparison
from episodes.transcripts.components import Component, components
from episodes.transcripts.document import Turn
from episodes.transcripts.merging import How, Merged, merge_text, merge_value
from episodes.transcripts.plans import Block, Part, Tag, spoken_json
from episodes.transcripts.sharing import cut_again, joined, merge_joined, share_out
from episodes.transcripts.staleness import comes_apart, cut_apart, same_words
from episodes.transcripts.working import (
    Clash,
    ClashKind,
    Gone,
    Spoken,
    WorkingTurn,
)

__all__ = ["Blocks"]


class Blocks(Comparison):
    """Works out the blocks of one merge."""

    def blocks(self) -> tuple[Block, ...]:
        """Every turn of the three in one block, but for ours that come from nowhere in the base."""
        found = components(self.groups, self.origins, len(self.base))
        return tuple(
            replace(self._block(each), key=f"b{number}") for number, each in enumerate(found)
        )

    # --- What belongs together ------------------------------------------------------------------

    # --- What becomes of it -----------------------------------------------------------------------

    def _block(self, part: Component) -> Block:
        if not part.base:
            return self._new(part)
        if not part.theirs:
            return self._gone(part)
        if not part.ours:
            changed = not self._source_is_same(part)
            tags = (Tag.KEPT_OUT,) if changed else ()
            return _of(part, (), tags=tags)
        if len(part.ours) == len(part.base) == len(part.theirs) == 1:
            return self._one(part)
        if self._is_agreed(part):
            return self._agreed(part)
        straight = self._is_straight(part)
        if straight and not any(map(self._edited, part.ours)):
            return self._followed(part)
        if self._source_is_same(part):
            return self._stays(part)
        if self._waits(part):
            return self._undecided(part, self._shared_out(part))
        if not straight:
            return self._editors_cuts(part)
        if len(part.theirs) == 1:
            return self._joined(part)
        return self._undecided(part, self._shared_out(part))

    def _new(self, part: Component) -> Block:
        (place,) = part.theirs
        spoken = self.voices.spoken(place)
        known = self.known.get(place)
        if known is None:
            new = Part(self.draw(), spoken.value, spoken.speaker, (place,))
            return Block("", (Tag.ADDED,), (), (), (place,), (new,))
        if not known.gone:  # kept when the source dropped it: the source has it again
            return Block("", (), (known.uid,), (), (place,), None, {known.uid: (place,)})
        if known.gone == Gone.REMOVED:
            return Block("", (Tag.KEPT_OUT,), (), (), (place,))
        again = Part(known.uid, spoken.value, spoken.speaker, (place,))
        return Block("", (Tag.ADDED,), (), (), (place,), (again,))

    def _gone(self, part: Component) -> Block:
        turns = [self.ours[number] for number in part.ours]
        if not turns:
            return _of(part, turns)
        if self._is_straight(part) and not any(map(self._edited, part.ours)):
            return _of(part, turns, tags=(Tag.GONE,), parts=())
        base = [self._base_json(place) for place in part.base]
        clashes = [
            Clash(ClashKind.GONE, f"turn:{turn.uid}", base=base, uids=(turn.uid,)) for turn in turns
        ]
        return _of(part, turns, tags=(Tag.GONE, Tag.CONFLICT), clashes=tuple(clashes))

    def _one(self, part: Component) -> Block:
        """One turn on all three sides: value by value."""
        (number,), (place,), (their_place,) = part.ours, part.base, part.theirs
        turn, base = self.ours[number], self.base[place]
        theirs = self.theirs[their_place]
        tags: list[Tag] = [Tag.MOVED] if part.moved else []
        clashes: list[Clash] = []
        values: dict[str, Any] = {}
        merged: dict[str, Merged[Any]] = {}
        for name, one, mine, other in self._values(turn, base, theirs):
            clash = self.open.get((ClashKind.FIELD.value, f"turn:{turn.uid}", name))
            before = clash.base if clash else one
            how: Merged[Any] = (
                merge_text(before, mine, other)  # type: ignore[arg-type]
                if name in TEXTS
                else merge_value(before, mine, other)
            )
            merged[name] = how
            values[name] = how.value
            if how.how is How.CONFLICT:
                found = Clash(ClashKind.FIELD, f"turn:{turn.uid}", name, before, other)
                clashes.append(found)
                if found != clash:
                    tags.append(Tag.CONFLICT)
            elif clash is not None and how.how is not How.OURS:
                tags.append(Tag.CHANGED)
        clash = self.open.get((ClashKind.FIELD.value, f"turn:{turn.uid}", "speaker"))
        known = str(clash.base) if clash else base.speaker
        speaker, label = self.voices.merged(number, place, their_place, known)
        if speaker.how is How.CONFLICT:
            other = self.voices.speaker_of(theirs)
            found = Clash(ClashKind.FIELD, f"turn:{turn.uid}", "speaker", known, other)
            clashes.append(found)
            if found != clash:
                tags.append(Tag.CONFLICT)
        start, end = values.pop("times")
        value = replace(
            turn.value,
            kind=values["kind"],
            text=values["text"],
            original=values["original"],
            label=label["label"],
            original_label=label["original_label"],
            start=start,
            end=end,
        )
        translated = value.text == theirs.value.text and not same_words(
            base.value.text, theirs.value.text
        )
        stale = comes_apart(turn, value.original, translated=translated)
        unread = turn.unread or any(merged[name].how is How.MERGED for name in TEXTS)
        if unread and not turn.unread:
            tags.append(Tag.MERGED)
        if (value, speaker.value) != (turn.value, turn.speaker):
            tags.append(Tag.CHANGED)
            if part.doubtful:
                tags.append(Tag.DOUBTFUL)
                unread = True
        if stale is not None and stale != turn.stale:
            tags.append(Tag.STALE)
        result = Part(turn.uid, value, speaker.value, (their_place,), stale, unread)
        block = _of(part, [turn], tags=_unique(tags), clashes=tuple(clashes))
        if stale == turn.stale and not set(tags) - {Tag.CONFLICT}:
            return block
        return replace(block, parts=(result,))

    def _values(
        self, turn: WorkingTurn, base: Spoken, theirs: Spoken
    ) -> Iterator[tuple[str, Any, Any, Any]]:
        one, mine, other = base.value, turn.value, theirs.value
        for name in ("kind", *TEXTS):
            yield name, getattr(one, name), getattr(mine, name), getattr(other, name)
        yield "times", _times(one), _times(mine), _times(other)

    def _followed(self, part: Component) -> Block:
        """Untouched here: what the source makes of it. Each turn's address goes where it begins."""
        turns = [self.ours[number] for number in part.ours]
        heads: dict[int, list[WorkingTurn]] = defaultdict(list)
        by_place = {places[0]: number for number, places in enumerate(self.origins) if places}
        for place in part.base:
            first = min((j for i, j in part.links if i == place), default=part.theirs[0])
            heads[first].append(self.ours[by_place[place]])
        parts = []
        for place in part.theirs:
            spoken = self.voices.spoken(place)
            here = heads.get(place, [])
            uid = here[0].uid if here else self.draw()
            unread = part.doubtful or any(turn.unread for turn in here)
            absorbs = tuple(turn.uid for turn in here[1:])
            new = Part(uid, spoken.value, spoken.speaker, (place,), None, unread, absorbs)
            parts.append(new)
        stale = cut_apart(turns, [each.value for each in parts])
        if stale is not None:
            parts = [replace(each, stale=stale, unread=True) for each in parts]
        tags = [Tag.CUT, *((Tag.MOVED,) if part.moved else ())]
        if part.doubtful:
            tags.append(Tag.DOUBTFUL)
        if stale is not None:
            tags.append(Tag.STALE)
        return _of(part, turns, tags=tuple(tags), parts=tuple(parts))

    def _stays(self, part: Component) -> Block:
        """Nothing new in the source: ours, cut as the editor cut it."""
        turns = [self.ours[number] for number in part.ours]
        tags = (Tag.MOVED,) if part.moved else ()
        parts = None
        if part.moved:
            origins = self._kept_origins(part)
            parts = tuple(
                Part(turn.uid, turn.value, turn.speaker, origins[turn.uid], turn.stale, turn.unread)
                for turn in turns
            )
        return _of(part, turns, self._kept_origins(part), tags=tags, parts=parts)

    def _agreed(self, part: Component) -> Block:
        """Both sides say the same by now, cut in the same places."""
        turns = [self.ours[number] for number in part.ours]
        parts = tuple(
            Part(turn.uid, turn.value, turn.speaker, (place,), turn.stale, turn.unread)
            for turn, place in zip(turns, part.theirs, strict=True)
        )
        return _of(part, turns, tags=(Tag.MOVED,) if part.moved else (), parts=parts)

    def _editors_cuts(self, part: Component) -> Block:
        """The editor cut here: the text rule on the whole, cut again at the editor's cuts."""
        turns = [self.ours[number] for number in part.ours]
        if not self._is_source_straight(part):
            return self._undecided(part, self._shared_out(part))
        texts: dict[str, list[str]] = {}
        hows: dict[str, How] = {}
        for name in TEXTS:
            mine = [getattr(turn.value, name) for turn in turns]
            merged, joiner = merge_joined(
                [getattr(self.base[i].value, name) for i in part.base],
                mine,
                [getattr(self.theirs[j].value, name) for _i, j in part.links],
            )
            hows[name] = merged.how
            if merged.how in (How.OURS, How.AGREED):
                texts[name] = mine
                continue
            pieces = cut_again(merged.value, mine, joiner)
            if merged.how is How.CONFLICT or pieces is None:
                return self._undecided(part, self._shared_out(part))
            texts[name] = pieces
        origins = self._kept_origins(part)
        parts = []
        tags: list[Tag] = [Tag.MOVED] if part.moved else []
        for number, turn in enumerate(turns):
            value = replace(
                turn.value, text=texts["text"][number], original=texts["original"][number]
            )
            spoken = self._revoiced(part, part.ours[number])
            if spoken is not None:
                value = replace(
                    value,
                    label=spoken.value.label,
                    original_label=spoken.value.original_label,
                    kind=spoken.value.kind,
                )
            speaker = turn.speaker if spoken is None else spoken.speaker
            translated = hows["text"] is How.THEIRS and value.text != turn.value.text
            stale = comes_apart(turn, value.original, translated=translated)
            merged_now = How.MERGED in hows.values() and value != turn.value
            unread = turn.unread or merged_now or (part.doubtful and value != turn.value)
            if value != turn.value or speaker != turn.speaker:
                tags.append(Tag.CHANGED)
            if unread and not turn.unread:
                tags.append(Tag.MERGED)
            if stale is not None and stale != turn.stale:
                tags.append(Tag.STALE)
            parts.append(Part(turn.uid, value, speaker, origins[turn.uid], stale, unread))
        return _of(part, turns, origins, tags=_unique(tags), parts=tuple(parts))

    def _revoiced(self, part: Component, number: int) -> Spoken | None:
        """The source's speaker for a turn that the editor cut, where the source gave another one to
        all that the turn comes from and the editor did not."""
        turn = self.ours[number]
        pairs = [(i, j) for i, j in part.links if i in self.origins[number]]
        before = {self.base[i].speaker for i, _j in pairs}
        after = {self.theirs[j].speaker for _i, j in pairs}
        if before == after or before != {turn.speaker} or len(after) != 1:
            return None
        return self.voices.spoken(pairs[0][1])

    def _joined(self, part: Component) -> Block:
        """Edited here, one turn there: the text rule on the whole."""
        turns = [self.ours[number] for number in part.ours]
        (place,) = part.theirs
        spoken = self.voices.spoken(place)
        values: dict[str, str] = {}
        hows: dict[str, How] = {}
        for name in TEXTS:
            merged, _joiner = merge_joined(
                [getattr(self.base[i].value, name) for i in part.base],
                [getattr(turn.value, name) for turn in turns],
                [getattr(spoken.value, name)],
            )
            if merged.how is How.CONFLICT:
                return self._undecided(part, self._shared_out(part))
            values[name], hows[name] = merged.value, merged.how
        if any(self._revalued(number) for number in part.ours):
            return self._undecided(part, self._shared_out(part))
        value = replace(spoken.value, text=values["text"], original=values["original"])
        first, *absorbed = turns
        was = joined([turn.value.original for turn in turns])
        whole = replace(first, value=replace(value, original=was))
        stale = comes_apart(whole, value.original, translated=hows["text"] is How.THEIRS)
        tags = [Tag.CUT, Tag.MERGED, *((Tag.STALE,) if stale is not None else ())]
        merged_part = Part(
            first.uid,
            value,
            spoken.speaker,
            (place,),
            stale,
            True,
            tuple(turn.uid for turn in absorbed),
        )
        return _of(part, turns, tags=tuple(tags), parts=(merged_part,))

    def _undecided(self, part: Component, proposal: list[dict[str, Any]] | None) -> Block:
        turns = [self.ours[number] for number in part.ours]
        clash = Clash(
            ClashKind.BLOCK,
            f"turn:{turns[0].uid}",
            base=[self._base_json(place) for place in part.base],
            theirs=[self._their_json(place) for place in part.theirs],
            proposal=proposal,
            uids=tuple(turn.uid for turn in turns),
        )
        tags = [Tag.CUT, Tag.CONFLICT] if len(part.theirs) != len(part.base) else [Tag.CONFLICT]
        if self.open.get(clash.place) == clash:
            tags = []
        return _of(part, turns, self._kept_origins(part), tags=tuple(tags), clashes=(clash,))

    def _shared_out(self, part: Component) -> list[dict[str, Any]] | None:
        """The source's turns with the editor's sentences in them."""
        turns = [self.ours[number] for number in part.ours]
        theirs = [self.voices.spoken(place) for place in part.theirs]
        texts = joined([turn.value.text for turn in turns])
        if not texts:
            return None
        pairs = [(each.value.text, each.value.original) for each in theirs]
        shares = share_out(texts, pairs)
        return [
            spoken_json(replace(each.value, text=share), each.speaker)
            for each, share in zip(theirs, shares, strict=True)
        ]


def _times(value: Turn) -> list[int | None]:
    return [value.start, value.end]


def _unique(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    return tuple(dict.fromkeys(tags))


def _of(
    part: Component,
    turns: Sequence[WorkingTurn],
    origins: Mapping[str, tuple[int, ...]] | None = None,
    *,
    tags: tuple[Tag, ...] = (),
    parts: tuple[Part, ...] | None = None,
    clashes: tuple[Clash, ...] = (),
) -> Block:
    """A block of these turns; without ``origins`` each comes from all of theirs."""
    return Block(
        "",
        tags,
        tuple(turn.uid for turn in turns),
        tuple(part.base),
        tuple(part.theirs),
        parts,
        origins or {turn.uid: tuple(part.theirs) for turn in turns},
        clashes,
        part.share,
    )
