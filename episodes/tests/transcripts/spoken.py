"""A talk as it is spoken, and the captions YouTube would make of it: rolling WebVTT and json3."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from episodes.transcripts.timed import clock

MISHEARD = {"aloway": "alloway", "their": "there", "data": "dada", "was": "is", "in": "and"}
FILLERS = ("um,", "uh,", "you know,")
SENTENCE = "this episode is brought to you by the people who sell mattresses to everybody"


@dataclass(frozen=True)
class Talk:
    """What was heard, as (word, ms) in order, and when each text was really said."""

    words: list[tuple[str, int]]
    truth: list[tuple[int, int] | None]


def speak(
    texts: Sequence[str],
    seed: int = 1,
    *,
    misheard: float = 0.08,
    fillers: float = 0.03,
    dropped: float = 0.03,
    marks: float = 0.9,
    advert_after: int | None = None,
    start: int = 160,
) -> Talk:
    """Speak the texts one after the other, and hear them about as well as YouTube does.

    Of 100 words as many as told are misheard (as another word, half of one, or two), added or not
    heard; so many texts begin with ``>>``; after one text an advertisement may be heard.
    """
    chance = random.Random(seed)
    words: list[tuple[str, int]] = []
    truth: list[tuple[int, int] | None] = []
    now = start
    for place, text in enumerate(texts):
        said = text.split()
        begun = now
        mark = ">> " if chance.random() < marks else ""
        for word in said:
            if chance.random() < fillers:
                words.append((mark + chance.choice(FILLERS), now))
                mark = ""
                now += chance.randint(200, 400)
            if chance.random() >= dropped:
                for heard in _heard(word, chance) if chance.random() < misheard else [word]:
                    words.append((mark + heard, now))
                    mark = ""
                    now += 40 * len(heard) + chance.randint(60, 160)
            else:
                now += 200
            if word[-1:] in ".?!":
                now += chance.choice((0, 150, 400, 900))
        truth.append((begun, now) if said else None)
        if place == advert_after:
            for word in SENTENCE.split() * 12:
                words.append((word, now))
                now += 250
    return Talk(words, truth)


def _heard(word: str, chance: random.Random) -> list[str]:
    if word.lower() in MISHEARD:
        return [MISHEARD[word.lower()]]
    way = chance.randrange(3)
    if way == 0 and len(word) > 3:
        return [word[: len(word) // 2], word[len(word) // 2 :]]
    return [word[::-1]] if way == 1 else [word[: max(len(word) - 1, 1)] + "x"]


def lines_of(talk: Talk, seed: int = 1) -> list[list[tuple[str, int]]]:
    """The words in lines of some thirty characters, cut wherever they are full."""
    chance = random.Random(seed)
    lines: list[list[tuple[str, int]]] = []
    room = 0
    for word, time in talk.words:
        if room < len(word) + 1 or (lines and time - lines[-1][-1][1] > 3000):
            lines.append([])
            room = chance.randint(28, 40)
        lines[-1].append((word, time))
        room -= len(word) + 1
    return lines


def as_vtt(talk: Talk, seed: int = 1, *, padding: str = " ") -> bytes:
    """As YouTube's automatic WebVTT: every line carried over, 10 ms bridges, a time for each word."""
    out = ["WEBVTT", "Kind: captions", "Language: en", ""]
    before = padding
    lines = lines_of(talk, seed)
    for number, line in enumerate(lines):
        begin = line[0][1]
        end = lines[number + 1][0][1] if number + 1 < len(lines) else line[-1][1] + 2000
        end = max(end, begin + 30)
        plain = escape(" ".join(word for word, _time in line), quote=False)
        tagged = escape(line[0][0], quote=False) + "".join(
            f"<{clock(time)}><c> {escape(word, quote=False)}</c>" for word, time in line[1:]
        )
        bridge = f"{clock(end - 10)} --> {clock(end)} align:start position:0%"
        out += [f"{clock(begin)} --> {clock(end - 10)} align:start position:0%", before, tagged, ""]
        out += [bridge, plain, padding, ""]
        before = plain
    return ("\n".join(out) + "\n").encode()


def as_json3(talk: Talk, seed: int = 1) -> bytes:
    """As YouTube's json3: a window, then a line and a line break by turns, lasting too long."""
    events: list[dict[str, object]] = [{"tStartMs": 0, "dDurationMs": 10**6, "id": 1}]
    for line in lines_of(talk, seed):
        begin = line[0][1]
        if len(events) > 1:
            feed = {"tStartMs": begin - 10, "dDurationMs": 2000, "wWinId": 1, "aAppend": 1}
            events.append({**feed, "segs": [{"utf8": "\n"}]})
        segs: list[dict[str, object]] = [{"utf8": line[0][0], "acAsrConf": 0}]
        segs += [
            {"utf8": f" {word}", "tOffsetMs": time - begin, "acAsrConf": 0}
            for word, time in line[1:]
        ]
        length = line[-1][1] - begin + 3000
        events.append({"tStartMs": begin, "dDurationMs": length, "wWinId": 1, "segs": segs})
    whole = {"wireMagic": "pb3", "pens": [{}], "wsWinStyles": [{}, {}], "events": events}
    return json.dumps(whole, indent=1).encode()


def as_srt(talk: Talk, seed: int = 1) -> bytes:
    """As a tool makes SRT of the automatic WebVTT: the tags are gone, the repeats are not."""
    out = []
    number = 0
    before = " "
    lines = lines_of(talk, seed)
    for place, line in enumerate(lines):
        begin = line[0][1]
        end = lines[place + 1][0][1] if place + 1 < len(lines) else line[-1][1] + 2000
        end = max(end, begin + 30)
        plain = " ".join(word for word, _time in line)
        for first, last, rows in (
            (begin, end - 10, [before, plain]),
            (end - 10, end, [plain, " "]),
        ):
            number += 1
            out += [str(number), f"{clock(first, ',')} --> {clock(last, ',')}", *rows, ""]
        before = plain
    return "\n".join(out).encode()
