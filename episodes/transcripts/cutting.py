"""What an editor does to the turns themselves: split, merge, move, insert, remove, restore.

Each function gives the working copy as it is then. Where a turn comes from is carried along
(MERGING §1), so that a later import knows and never guesses. An address that no longer stands leads
to the turn that holds its words, or to the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from episodes.transcripts.document import Turn
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.sentences import split_sentences
from episodes.transcripts.sharing import joined, share_out
from episodes.transcripts.working import Element, Gone, Heading, Working, WorkingTurn

__all__ = [
    "CutPlace",
    "CutRefused",
    "cut_places",
    "insert",
    "merge",
    "move",
    "pair_places",
    "reassign",
    "remove",
    "restore",
    "split",
]


class CutRefused(ValueError):
    """What cannot be done to a turn; ``message`` is a sentence (a ``Message``), nothing changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _place(working: Working, uid: str) -> int:
    for place, element in enumerate(working.elements):
        if isinstance(element, WorkingTurn) and element.uid == uid:
            return place
    raise CutRefused(fill(gettext_noop("There is no turn {uid} here any more."), uid=uid))


def _turn(working: Working, place: int) -> WorkingTurn:
    turn = working.elements[place]
    assert isinstance(turn, WorkingTurn)
    return turn


def _undecided(working: Working, *uids: str) -> None:
    """Refuse where a conflict waits: its texts would belong to nothing afterwards."""
    for clash in working.clashes:
        concerned = {clash.target.removeprefix("turn:"), *clash.uids}
        if concerned.intersection(uids):
            raise CutRefused(
                gettext_noop("A conflict about this turn is not decided yet. Decide it first.")
            )


def _with(working: Working, start: int, end: int, *elements: Element) -> Working:
    return replace(
        working, elements=(*working.elements[:start], *elements, *working.elements[end:])
    )


@dataclass(frozen=True, slots=True)
class CutPlace:
    """Where a text may be cut: ``at`` code points from its start, after ``sentence``."""

    at: int
    sentence: str


def cut_places(text: str) -> tuple[CutPlace, ...]:
    """The ends of its sentences, in order, but for the last: nothing would stand after that.

    ``text`` has the line ends of Unix, as everything stored has.
    """
    sentences = split_sentences(text)
    ends = accumulate(len(sentence.before) + len(sentence.text) for sentence in sentences)
    return tuple(
        CutPlace(at, sentence.text)
        for at, sentence in zip(ends, sentences, strict=True)
        if sentence.text.strip() and text[at:].strip()
    )


def pair_places(
    text: str, places: Sequence[CutPlace], other: str, others: Sequence[CutPlace]
) -> tuple[int, ...]:
    """For each place of ``text`` the one of ``other`` that goes with it, as an offset.

    Sentence for sentence where both have as many; else the one that is as far in, for a translation
    goes through its original at an even pace, near enough for a proposal. Where ``other`` has no
    place to cut it is its start or its end, whichever is nearer.
    """
    if len(places) == len(others):
        return tuple(place.at for place in others)
    offered = [place.at for place in others] or [0, len(other)]
    whole = len(text) or 1
    return tuple(
        min(offered, key=lambda at: (abs(at * whole - place.at * len(other)), at))
        for place in places
    )


def split(working: Working, uid: str, text_at: int, original_at: int, new_uid: str) -> Working:
    """Cut a turn in two: at these places (code points) of its translation and its original.

    The first part keeps the address. When the second part begins is not known. Both parts of a
    stale turn are stale, each for its share of the original that the translation was made for.
    Raises CutRefused where a part would be empty.
    """
    place = _place(working, uid)
    _undecided(working, uid)
    turn = _turn(working, place)
    value = turn.value
    texts = value.text[:text_at].strip(), value.text[text_at:].strip()
    originals = value.original[:original_at].strip(), value.original[original_at:].strip()
    if not all((text or original) for text, original in zip(texts, originals, strict=True)):
        raise CutRefused(gettext_noop("One of the two parts would be empty. Cut elsewhere."))
    made_for: Sequence[str | None] = (None, None)
    if turn.stale is not None:
        made_for = share_out(turn.stale, [(original, "") for original in originals])
    first = replace(
        turn,
        value=replace(value, text=texts[0], original=originals[0], end=None),
        stale=made_for[0],
    )
    second = replace(
        turn,
        uid=new_uid,
        value=replace(value, text=texts[1], original=originals[1], start=None),
        stale=made_for[1],
    )
    return _with(working, place, place + 1, first, second)


def merge(working: Working, uid: str) -> Working:
    """Make a turn and the next one of its chapter one, a paragraph each; the next one's address
    leads to it. The speaker stays the first one's. Raises CutRefused."""
    place = _place(working, uid)
    following = working.elements[place + 1 : place + 2]
    if not following or not isinstance(following[0], WorkingTurn):
        raise CutRefused(gettext_noop("No turn follows in this chapter."))
    one, other = _turn(working, place), following[0]
    _undecided(working, one.uid, other.uid)
    stale = None
    if one.stale is not None or other.stale is not None:
        halves = [
            turn.value.original if turn.stale is None else turn.stale for turn in (one, other)
        ]
        stale = joined(halves)
    value = replace(
        one.value,
        text=joined((one.value.text, other.value.text)),
        original=joined((one.value.original, other.value.original)),
        end=_end(one.value.start, other.value.end),
    )
    turn = replace(
        one,
        value=value,
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
        stale=stale,
        unread=one.unread or other.unread,
    )
    working = _with(working, place, place + 2, turn)
    return _gone(working, replace(other, gone=Gone.MERGED.value), one.uid)


def _end(start: int | None, end: int | None) -> int | None:
    """When a merged turn ends; not known where a turn was moved before one that comes earlier."""
    return None if start is not None and end is not None and end < start else end


def _gone(working: Working, turn: WorkingTurn, to: str) -> Working:
    redirects = {**working.redirects, **({turn.uid: to} if to else {})}
    redirects.pop(to, None)
    return replace(working, withdrawn={**working.withdrawn, turn.uid: turn}, redirects=redirects)


def _destination(elements: tuple[Element, ...], after: str) -> int:
    """Where what stands after ``after`` stands: a turn's uid, ``heading:<key>``, "" for the start."""
    if not after:
        return 0
    for place, element in enumerate(elements):
        name = f"heading:{element.key}" if isinstance(element, Heading) else element.uid
        if name == after:
            return place + 1
    raise CutRefused(gettext_noop("The place to put it is no longer there."))


def move(working: Working, uid: str, after: str) -> Working:
    """Put a turn after another turn (its uid), after a heading (``heading:<key>``), or first ("")."""
    place = _place(working, uid)
    if after == uid:
        raise CutRefused(gettext_noop("A turn cannot stand after itself."))
    turn = _turn(working, place)
    rest = _with(working, place, place + 1)
    to = _destination(rest.elements, after)
    return _with(rest, to, to, turn)


def insert(working: Working, after: str, value: Turn, uid: str, speaker: str = "") -> Working:
    """Put a turn of the editor's own after another; it comes from no source."""
    if not value.text.strip() and not value.original.strip():
        raise CutRefused(gettext_noop("A turn needs a translation or an original."))
    to = _destination(working.elements, after)
    return _with(working, to, to, WorkingTurn(uid, value, speaker))


def remove(working: Working, uid: str) -> Working:
    """Take a turn out. No import brings it back; its address leads to the turn before (or after)."""
    place = _place(working, uid)
    _undecided(working, uid)
    turn = _turn(working, place)
    rest = _with(working, place, place + 1)
    before = [each for each in rest.elements[:place] if isinstance(each, WorkingTurn)]
    after = [each for each in rest.elements[place:] if isinstance(each, WorkingTurn)]
    if not before and not after:
        raise CutRefused(
            gettext_noop("It is the only turn. An episode without turns says nothing.")
        )
    near = before[-1] if before else after[0]
    return _gone(rest, replace(turn, gone=Gone.REMOVED.value), near.uid)


def restore(working: Working, uid: str, after: str) -> Working:
    """Put a turn that was removed, or that its source withdrew, back after another."""
    turn = working.withdrawn.get(uid)
    if turn is None or turn.gone == Gone.MERGED:
        raise CutRefused(fill(gettext_noop("The turn {uid} was not taken out."), uid=uid))
    to = _destination(working.elements, after)
    redirects = {old: new for old, new in working.redirects.items() if old != uid}
    withdrawn = {old: each for old, each in working.withdrawn.items() if old != uid}
    return _with(
        replace(working, redirects=redirects, withdrawn=withdrawn), to, to, replace(turn, gone="")
    )


def reassign(
    working: Working, uids: Collection[str], speaker: str, label_of: Callable[[WorkingTurn], str]
) -> Working:
    """Let one speaker (a key, "" for nobody) speak these turns; ``label_of`` gives their labels.

    Words, times and marks stay.
    """
    elements = tuple(
        replace(each, speaker=speaker, value=replace(each.value, label=label_of(each)))
        if isinstance(each, WorkingTurn) and each.uid in uids
        else each
        for each in working.elements
    )
    return replace(working, elements=elements)
