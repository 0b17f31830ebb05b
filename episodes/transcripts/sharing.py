"""Texts of several turns as one, and one text cut into several turns again (MERGING §4).

A sentence is never cut and never lost: what cannot be placed for certain is not placed at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from episodes.transcripts.characters import is_wide
from episodes.transcripts.merging import How, Merged, merge_text
from episodes.transcripts.sentences import Sentence, comparable, split_sentences
from episodes.transcripts.streams import common_runs, tokens_of

__all__ = ["cut_again", "joined", "merge_joined", "share_out"]

Joiner = Callable[[str, str], str]


def in_line(before: str, after: str) -> str:
    """Nothing between two Chinese sentences, a space otherwise."""
    return "" if is_wide(before[-1]) or is_wide(after[0]) else " "


def apart(_before: str, _after: str) -> str:
    """A paragraph each."""
    return "\n\n"


JOINERS: tuple[Joiner, ...] = (in_line, apart)


def joined(texts: Sequence[str], joiner: Joiner = apart) -> str:
    """The texts as one; empty ones are nothing."""
    text = ""
    for each in texts:
        text += (joiner(text, each) if text and each else "") + each
    return text


def merge_joined(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> tuple[Merged[str], Joiner]:
    """Three ways over the texts of several turns, and how they were put together.

    How the sides are cut into turns is no difference.
    """
    best: tuple[Merged[str], Joiner] | None = None
    for joiner in JOINERS:
        merged = merge_text(joined(base, joiner), joined(ours, joiner), joined(theirs, joiner))
        if merged.how in (How.OURS, How.THEIRS, How.AGREED):
            return merged, joiner
        if best is None or best[0].how is How.CONFLICT:
            best = merged, joiner
    assert best is not None
    return best


def _sentences(text: str) -> list[Sentence]:
    return [sentence for sentence in split_sentences(text) if sentence.text]


def _text(sentences: Sequence[Sentence]) -> str:
    return "".join(sentence.before + sentence.text for sentence in sentences).strip()


def _matches(one: Sequence[Sentence], other: Sequence[Sentence]) -> dict[int, int]:
    """Which sentence of one is which of the other; line breaks by themselves are none."""
    numbers: dict[str, int] = {}

    def numbered(sentences: Sequence[Sentence]) -> tuple[list[int], list[int]]:
        places = [place for place, each in enumerate(sentences) if each.text.strip()]
        keys = [
            numbers.setdefault(comparable(sentences[place].text), len(numbers)) for place in places
        ]
        return places, keys

    mine, my_keys = numbered(one)
    others, their_keys = numbered(other)
    return {
        mine[run.at + step]: others[run.to + step]
        for run in common_runs(my_keys, their_keys)
        for step in range(run.length)
    }


def cut_again(text: str, parts: Sequence[str], joiner: Joiner) -> list[str] | None:
    """``text`` cut where ``parts`` are, by the sentences that end and begin them.

    None where neither the sentence before a cut nor the one after it survives in ``text``.
    """
    whole = _sentences(joined(parts, joiner))
    result = _sentences(text)
    matched = _matches(whole, result)
    cuts = [0]
    filled = [part for part in parts if part]
    spoken = [place for place, each in enumerate(whole) if each.text.strip()]
    count = 0
    for part in filled[:-1]:
        count += sum(bool(each.text.strip()) for each in _sentences(part))
        if not 0 < count < len(spoken):
            return None
        before, after = matched.get(spoken[count - 1]), matched.get(spoken[count])
        if before is None and after is None:
            return None
        cuts.append(before + 1 if before is not None else after or 0)
    if cuts != sorted(cuts):
        return None
    pieces = iter(
        _text(result[start:end]) for start, end in zip(cuts, [*cuts[1:], len(result)], strict=True)
    )
    return [next(pieces) if part else "" for part in parts] if filled else [text, *parts[1:]]


def share_out(text: str, theirs: Sequence[tuple[str, str]]) -> list[str]:
    """The sentences of a turn shared out over the turns that the source made of it, in order.

    ``theirs`` are these as (text, original). A sentence that the source has too goes where it is;
    the others by what lies around them and by the length of the originals.
    """
    sentences = _sentences(text)
    at: list[int] = []
    others: list[Sentence] = []
    for part, (translation, _original) in enumerate(theirs):
        found = _sentences(translation)
        others += found
        at += [part] * len(found)
    matched = {mine: at[other] for mine, other in _matches(sentences, others).items()}
    weights = [len(tokens_of(original)) or len(translation) for translation, original in theirs]
    bounds = list(accumulate(weights))
    total, length = bounds[-1] or 1, sum(len(each.text) for each in sentences) or 1
    shares: list[list[Sentence]] = [[] for _part in theirs]
    gone = low = 0
    for place, sentence in enumerate(sentences):
        middle = (gone + len(sentence.text) / 2) / length * total
        gone += len(sentence.text)
        high = next(
            (matched[later] for later in range(place, len(sentences)) if later in matched),
            len(theirs) - 1,
        )
        part = next((part for part, bound in enumerate(bounds) if middle < bound), len(theirs) - 1)
        low = matched.get(place, max(low, min(part, max(high, low))))
        shares[low].append(sentence)
    return [_text(share) for share in shares]
