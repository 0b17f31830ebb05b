"""Faults of many kinds, planted at random places of an episode that is in good order."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from episodes.checks.subject import Subject, Turn

__all__ = ["KINDS", "Planted"]

Planted = tuple[Subject, frozenset[str]]
"""The episode with a fault, and the uids of the turns where it may be found ("" for the episode)."""

Plant = Callable[[Subject, random.Random], Planted]


def _with(subject: Subject, place: int, **fields: object) -> Planted:
    turns = list(subject.turns)
    turns[place] = replace(turns[place], **fields)  # type: ignore[arg-type]
    return replace(subject, turns=tuple(turns)), frozenset({turns[place].uid})


def _of_originals(subject: Subject, texts: Sequence[str], first: int, last: int) -> Planted:
    turns = tuple(
        replace(turn, original=text) for turn, text in zip(subject.turns, texts, strict=True)
    )
    near = frozenset(turn.uid for turn in turns[max(0, first - 2) : last + 3])
    return replace(subject, turns=turns), near


def _long(subject: Subject, words: int = 8) -> list[int]:
    return [at for at, turn in enumerate(subject.turns) if len(turn.original.split()) >= words]


def _other(subject: Subject, place: int, dice: random.Random) -> Turn:
    speaker = subject.turns[place].speaker
    return dice.choice([turn for turn in subject.turns if turn.speaker != speaker])


def _missing(subject: Subject, dice: random.Random) -> Planted:
    return _with(subject, dice.choice(_long(subject, 3)), text="")


def _no_original(subject: Subject, dice: random.Random) -> Planted:
    return _with(subject, dice.choice(_long(subject, 3)), original="")


def _equal(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice(_long(subject, 4))
    turn = subject.turns[place]
    if dice.random() < 0.5:
        return _with(subject, place, text=turn.original)
    return _with(subject, place, original=turn.text)


def _foreign(subject: Subject, dice: random.Random) -> Planted:
    one, other = dice.sample(_long(subject, 4), 2)
    return _with(subject, one, text=subject.turns[other].original)


_DIGITS = re.compile(r"(?<![\dA-Za-z.,])[1-9]\d+(?![\d.,:])")


def _number(subject: Subject, dice: random.Random) -> Planted:
    field = dice.choice(["text", "original"])
    place, found = dice.choice(
        [
            (at, found)
            for at, turn in enumerate(subject.turns)
            for found in _DIGITS.finditer(getattr(turn, field))
        ]
    )
    text: str = getattr(subject.turns[place], field)
    number = str(int(found[0]) + dice.choice([1, 7, 30, 100]))
    return _with(subject, place, **{field: text[: found.start()] + number + text[found.end() :]})


def _introduces(subject: Subject, dice: random.Random) -> Planted:
    place = dice.randrange(len(subject.turns))
    other = _other(subject, place, dice).label
    turn = subject.turns[place]
    text, original = f"大家好，我是{other}。{turn.text}", f"Hello, I'm {other}. {turn.original}"
    return _with(subject, place, text=text, original=original)


def _addresses(subject: Subject, dice: random.Random) -> Planted:
    place = dice.randrange(len(subject.turns))
    turn = subject.turns[place]
    name = turn.label.split()[0]
    text, original = dice.choice(
        [
            (f"{name}，你怎么看？", f"{name}, what do you think?"),
            (f"谢谢你，{name}。", f"Thank you, {name}."),
        ]
    )
    return _with(subject, place, text=text + turn.text, original=f"{original} {turn.original}")


def _unknown(subject: Subject, dice: random.Random) -> Planted:
    label = dice.choice(["Speaker 1", "嘉宾", "主持人", "Gordon Pryce", "", subject.channel])
    return _with(subject, dice.randrange(len(subject.turns)), speaker=0, label=label)


def _merged(subject: Subject, place: int, between: str) -> Planted:
    turns = list(subject.turns)
    one, other = turns[place], turns.pop(place + 1)
    text, original = one.text + between + other.text, f"{one.original}{between} {other.original}"
    turns[place] = replace(one, text=text, original=original)
    return replace(subject, turns=tuple(turns)), frozenset({one.uid})


def _marked(subject: Subject, dice: random.Random) -> Planted:
    turns = subject.turns
    changes = [at for at in range(len(turns) - 1) if turns[at].speaker != turns[at + 1].speaker]
    place = dice.choice(changes)
    label = turns[place + 1].label
    return _merged(subject, place, dice.choice([" >> ", f"\n\n**{label}**: ", f" {label}: "]))


def _asked(subject: Subject, dice: random.Random) -> Planted:
    turns = subject.turns
    questions = [
        at
        for at in range(len(turns) - 1)
        if turns[at].original.endswith("?") and turns[at].speaker != turns[at + 1].speaker
    ]
    return _merged(subject, dice.choice(questions), "")


def _shifted(subject: Subject, dice: random.Random) -> Planted:
    texts = [turn.original for turn in subject.turns]
    place = dice.randrange(2, len(texts) - 6)
    moved = [*texts[:place], "", *texts[place:-1]]
    if dice.random() < 0.5:
        moved = [*texts[:place], *texts[place + 1 :], ""]
    return _of_originals(subject, moved, place, place + 3)


def _swapped(subject: Subject, dice: random.Random) -> Planted:
    texts = [turn.original for turn in subject.turns]
    size = dice.randint(2, 5)
    at = dice.randrange(1, len(texts) - 2 * size)
    texts[at : at + 2 * size] = [*texts[at + size : at + 2 * size], *texts[at : at + size]]
    return _of_originals(subject, texts, at, at + 2 * size)


def _repeated(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice([at for at in _long(subject) if at + 1 < len(subject.turns)])
    texts = [turn.original for turn in subject.turns]
    texts[place + 1] = texts[place]
    return _of_originals(subject, texts, place, place + 1)


def _half(subject: Subject, dice: random.Random) -> Planted:
    """One language gives the first or the second half only."""
    field = dice.choice(["text", "original"])
    cut = re.compile(r"(?<=[。？！])" if field == "text" else r"(?<=[.?!]) ")
    places = []
    for at in _long(subject, 20):
        text: str = getattr(subject.turns[at], field)
        for found in cut.finditer(text):
            if 0.4 <= found.start() / len(text) <= 0.6:
                places.append((at, text[: found.start()], text[found.end() :]))
    place, *halves = dice.choice(places)
    return _with(subject, place, **{field: dice.choice(halves)})


def _cut(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice(_long(subject, 12))
    turn = subject.turns[place]
    if dice.random() < 0.5:
        size = dice.randrange(len(turn.text) // 2, len(turn.text) - 2)
        return _with(subject, place, text=turn.text[:size].rstrip("。，？！"))
    said = turn.original.split()
    kept = said[: dice.randrange(len(said) // 2, len(said) - 1)]
    return _with(subject, place, original=" ".join(kept).rstrip(".,?!"))


def _misspelt(subject: Subject, dice: random.Random) -> Planted:
    found = [
        (at, match)
        for at, turn in enumerate(subject.turns)
        for name in {turn.label for turn in subject.turns}
        for part in name.split()
        if len(part) > 5
        for match in re.finditer(part, turn.original)
    ]
    place, match = dice.choice(found)
    name, at = match[0], dice.randrange(2, len(match[0]) - 1)
    wrong = dice.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + ("x" if name[at] != "x" else "y") + name[at + 1 :],
        ]
    )
    text = subject.turns[place].original
    return _with(subject, place, original=text.replace(name, wrong))


def _bracket(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice(_long(subject))
    text = subject.turns[place].text
    at = dice.randrange(2, len(text) - 2)
    return _with(subject, place, text=text[:at] + dice.choice("（）《》【") + text[at:])


def _left(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice(_long(subject))
    field = dice.choice(["text", "original"])
    left = dice.choice(
        [
            "<c>",
            "<br>",
            "&nbsp;",
            "[00:01:06]",
            "00:00:01.500",
            "<!-- chunk 3/9 -->",
            "[Music]",
            "♪",
        ]
    )
    text: str = getattr(subject.turns[place], field)
    return _with(
        subject, place, **{field: f"{text} {left}" if dice.random() < 0.5 else left + text}
    )


def _chatter(subject: Subject, dice: random.Random) -> Planted:
    place = dice.choice(_long(subject))
    said = dice.choice(
        ["以下是翻译：", "好的，以下是中文翻译：\n", "Here is the translation: ", "译文："]
    )
    return _with(subject, place, text=said + subject.turns[place].text)


def _doubled(subject: Subject, dice: random.Random) -> Planted:
    small = re.compile(r"\b(?:the|a|of|to|and|we|they|for|with|my|by|at|this)\b")
    words = re.compile("我们|他们|因为|但是|如果|没有|现在|我們|他們|因為|沒有|現在|這個|这个|可以")
    field, pattern, between = dice.choice([("original", small, " "), ("text", words, "")])
    place, found = dice.choice(
        [
            (at, found)
            for at, turn in enumerate(subject.turns)
            for found in pattern.finditer(getattr(turn, field))
        ]
    )
    text: str = getattr(subject.turns[place], field)
    return _with(
        subject, place, **{field: text[: found.end()] + between + found[0] + text[found.end() :]}
    )


KINDS: dict[str, tuple[Plant, frozenset[str]]] = {
    "translation missing": (_missing, frozenset({"translation_missing"})),
    "original missing": (_no_original, frozenset({"original_missing"})),
    "equal": (_equal, frozenset({"same_in_both", "wrong_language"})),
    "wrong language": (_foreign, frozenset({"wrong_language", "same_in_both"})),
    "number": (_number, frozenset({"number", "number_magnitude", "number_unit"})),
    "introduces another": (_introduces, frozenset({"speaker_introduces_other"})),
    "addresses himself": (_addresses, frozenset({"speaker_addresses_self"})),
    "unknown speaker": (_unknown, frozenset({"speaker_unknown"})),
    "marked speakers": (_marked, frozenset({"several_speakers"})),
    "shifted": (_shifted, frozenset({"pairing_drift"})),
    "swapped": (_swapped, frozenset({"pairing_drift"})),
    "repeated": (_repeated, frozenset({"pairing_repeated", "pairing_drift"})),
    "cut off": (_cut, frozenset({"cut_off", "pairing_length"})),
    "misspelt": (_misspelt, frozenset({"name_near"})),
    "bracket": (_bracket, frozenset({"bracket_unpaired", "note_unclosed"})),
    "left over": (_left, frozenset({"residue", "cue_in_speech"})),
    "chatter": (_chatter, frozenset({"residue"})),
    "doubled": (_doubled, frozenset({"doubled_word"})),
    "question and answer": (_asked, frozenset({"several_speakers"})),
    "half": (_half, frozenset({"pairing_length", "cut_off", "pairing_drift"})),
}
"""By name how a fault is planted, and the codes of the checks that may find it."""
