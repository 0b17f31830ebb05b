"""Turns that hold several speakers: a caption's mark, a label or an answer in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from episodes.checks.people import CAST, Cast, is_generic, parts_of
from episodes.checks.registry import EpisodeCheck, Finding, Severity, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import HAN, has_han
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["SeveralSpeakers"]

_MARK = re.compile(r"(?<!>)(?:>>+|(?:&gt;){2,})(?=\s?[^\s\d>=])")
_CODE = re.compile(r"`[^`\n]*`")
_LABEL = re.compile(
    rf"(?:(?<=[.?!。？！…”\"]) ?|\n\s*|\*\*\[?)(?P<label>(?:[A-Z][\w.’'-]*|\[?Speaker)(?: [\w.’'-]+){{0,3}}\]?"
    rf"|[{HAN}]{{2,7}}(?:[·•・‧][{HAN}]{{1,7}}){{0,3}})\]?\s?(?:\*\*\s?[:：]|[:：]\s?\*\*|[:：])(?!//)"
)
_SENTENCE = re.compile(
    r"(?:[^.?!。？！]|[.?!](?=[a-z\d]))++(?:[.?!。？！]++[”\"』」）)]*+)?|[.?!。？！]++[”\"』」）)]*+"
)

_TO_SOMEBODY = re.compile(r"\b(?:you|your|you're|you've|you'd|y'all)\b|你|您", re.IGNORECASE)
_JUST_A_WORD = re.compile(
    r"^\W*(?:you know(?: what)?|you see|right|okay|are you kidding(?: me)?|can you imagine|you know what i mean"
    r"|does that make sense|what do you do|do you know what|if you will|你知道吗|你懂吗|明白吗|对吧|是吧|你知道的|你能想象吗|怎么说呢)\W*$",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:where|who|when|how (?:much|many|long|old|big|far))\b|哪里|哪儿|是谁|多少|多大|多久|几",
    re.IGNORECASE,
)
_STARTS_ASKING = re.compile(
    r"^\W*(?:wait|so|and|but|okay|oh|sorry|yeah|等等|等一下|那么|那|所以|哦|嗯)\b[\s,，]",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:(?:um|uh|oh|ah|well|嗯|哦|啊)[\s,，.。]*)?(?:yeah|yes|yep|no|nope|sure|absolutely|exactly|of course|definitely"
    r"|good question|great question|that's a (?:good|great)|right|i think|i would|i'd|i don't|i mean|i guess|i've|i was|i am|i'm|i do"
    r"|not really|thanks|thank you)\b"
    r"|^\W*(?:(?:嗯|哦|啊|呃)[，,。]?)?(?:是的|对的|对[，,。]|没错|不是|不[，,。]|当然|绝对|好问题|这是个?好问题|这个问题|我认为|我觉得|我想|我会说|完全正确|谢谢|没有[，,。]|有[，,。])",
    re.IGNORECASE,
)
_CERTAINLY_YES = re.compile(
    r"^\W*(?:(?:um|uh|oh|ah|well|嗯|哦|啊)[\s,，.。]*)?(?:yeah|yes|yep|no|nope|sure|absolutely|exactly|definitely|good question|great question"
    r"|of course|that's a (?:good|great))\b"
    r"|^\W*(?:(?:嗯|哦|啊|呃)[，,。]?)?(?:是的|对的|对[，,。]|没错|不是|不[，,。]|当然|绝对|好问题|这是个?好问题|完全正确|没有[，,。]|有[，,。])",
    re.IGNORECASE,
)
_WHAT = re.compile(r"\b(?:what|which|who|how|why|where|when)\b|什么|哪|谁|怎么|为何", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no|nope|not|不|没)", re.IGNORECASE)
_SO = re.compile(r"^\W*(?:so|well|it's|they're|那么|所以|嗯|它)\b", re.IGNORECASE)
_SHORT_ANSWER = re.compile(
    r"^\W*(?:it's|they're|he's|she's|it is|they are|in|at|about|around|from|near)\b|^\W*(?:在|大约|大概|它在|他在|她在|就在|来自)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int


@lru_cache(maxsize=4096)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        found.span() for found in _SENTENCE.finditer(text) if found[0].strip(" \n.,，。?!？！")
    )


def _asks(sentence: str) -> bool:
    return sentence.rstrip('”"』」）) ').endswith(("?", "？"))


def _quoted(text: str, at: int) -> bool:
    before = text[:at]
    if before.count('"') % 2:
        return True
    return max(before.rfind(sign) for sign in "“「『") > max(before.rfind(sign) for sign in "”」』")


def _answered(text: str) -> _Place | None:
    """Where an answer begins that another gives to a question of the same text."""
    if "?" not in text and "？" not in text:
        return None
    spans = _sentences(text)
    said = [text[start:end] for start, end in spans]
    for place, sentence in enumerate(said[:-1]):
        if not _asks(sentence) or _JUST_A_WORD.match(sentence):
            continue
        asked = " ".join(said[max(0, place - 1) : place + 1]) if len(sentence) < 30 else sentence
        if _TO_SOMEBODY.search(asked):
            for at in range(place + 1, min(place + 3, len(said))):
                sure = _YES if at == place + 1 else _CERTAINLY_YES
                if _NO.match(said[at]) and _WHAT.search(sentence):
                    break
                if (
                    sure.search(said[at])
                    and not _asks(said[at])
                    and not _quoted(text, spans[at][0])
                ):
                    return _Place(*spans[at])
                if _asks(said[at]):
                    break
        if _ASKS_WHETHER.match(sentence) and not _RHETORICAL.search(sentence):
            following, where = said[place + 1], spans[place + 1]
            yes = _CERTAINLY_YES.search(following) and _size(following) >= 5
            if (yes or _CONFIRMS.match(following)) and not _quoted(text, where[0]):
                return _Place(*where)
        if all(_asks(each) for each in said[: place + 1]) and not _quoted(text, spans[place][0]):
            following = said[place + 1]
            enough = place > 0 or min(_size(sentence), _size(following)) >= 4
            if enough and _CERTAINLY_YES.search(following) and not _WHAT.search(sentence):
                return _Place(*spans[place + 1])
            brief = len(said) == 2 and len(sentence) < 60 and len(following) < 60
            puts = brief and _HERE.search(sentence) and _STARTS_ASKING.match(sentence)
            if puts and _SHORT_ANSWER.match(following):
                return _Place(*spans[1])
    return None


_HOW_MUCH = re.compile(
    r"\b(?:how (?:much|many|long|old|big|far|high|often|expensive)|what time|when (?:did|do|does|was|were|will|is)|what year)\b"
    r"|多少|多大|多久|多远|多高|几[点年个次]|什么时候",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"^\W*(?:(?:uh|um|oh|well|i think|maybe|about|around|roughly|over|almost|nearly|globally|a small one|it's|they're|it costs"
    r"|嗯|哦|大概|大约|差不多|将近|超过|全球)[\s,，]*){0,3}(?:\$|€|£)?(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|a hundred|half)\b|[一二三四五六七八九十两百千万])",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(do|does|did|is|are|was|were|will|would|can|could|has|have|had|should)(?:n['’]t)? (?:\w+ ){0,2}?\w+",
    re.IGNORECASE,
)
_ECHO = re.compile(
    r"^\W*(?:(?:uh|um|oh|well)[\s,]*)?(?:i|we|they|he|she|it|there|you) (do|does|did|is|are|am|was|were|will|would|can|could|has|have|had|should)"
    r"(?:n['’]t)?\b",
    re.IGNORECASE,
)
_OF_MINE = re.compile(
    r"^\W*(?:(?:uh|um|oh|well|honestly|to be honest|嗯|哦|老实说|说实话)[\s,，]*)*(?:i|we|my|our|我们?)(?!['’]?\s?(?:for one|myself|personally|ask|mean)\b|自己|是说|问)",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"^\W*(?:and|but|because|that's|that is|it means|so if|or|like|for example|then|with|which|因为|而且|但|那是|意思是|比如|或者|这意味着)\b|^\W*(?:因为|而且|但|意思是|比如|或者|这意味着)",
    re.IGNORECASE,
)


_TAG = re.compile(
    r"(?:^|[,，\s])(?:right|no|okay|huh|yeah|correct|isn['’]t it|you know|对吧|是吧|对不对|好吧)\s?[?？][”\"』」)）]*\s*$"
    r"|[”\"』」][)）]*\s*$",
    re.IGNORECASE,
)
_RHETORICAL = re.compile(
    r"\b(?:myself|ourselves|wonder\w*|question is|ask|asks|asked|says?|said)\b|自问|问自己|问题是|会问|说",
    re.IGNORECASE,
)
_ASKS_WHETHER = re.compile(
    r"^\W*(?:(?:so|and|but|okay|well|wait|那么?|所以)[\s,，]+)*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"^\W*(?:exactly|absolutely|of course|correct|完全正确|正是如此|当然)\b", re.IGNORECASE
)


def _opening(text: str) -> tuple[str, str, tuple[int, int]] | None:
    """The question that a text opens with, what follows it, and where that stands.

    None where it goes on asking, ends with a question, or explains itself.
    """
    spans = _sentences(text)
    said = [text[start:end] for start, end in spans]
    asked = [place for place, sentence in enumerate(said[:3]) if _asks(sentence)]
    if not asked or _asks(said[-1]) or _size(" ".join(said[: asked[-1]])) > 25:
        return None
    last = asked[-1]
    following = said[last + 1 :]
    if not following or _size(" ".join(following)) < 2 or _NO_ANSWER.match(following[0]):
        return None
    if (
        _JUST_A_WORD.match(said[last])
        or _TAG.search(said[last])
        or _quoted(text, spans[last + 1][0])
    ):
        return None
    if _RHETORICAL.search(said[last]):
        return None
    return said[last], following[0], spans[last + 1]


_FOUND_OUT = re.compile(
    r"^\W*(?:i|we) (?:found|read|saw|heard|looked|checked|counted|noticed|remember)\b|^\W*我(?:查到|读到|看到|听说|记得)",
    re.IGNORECASE,
)
"""Who asks says what he knows already."""


def _opens_asking(text: str, *, odd: bool) -> _Place | None:
    """Where the answer begins in a text that opens with a question: the other's verb comes back, or an
    amount that was asked for, or who was addressed speaks of himself. Where the turns beside it are
    said by the same speaker, which is ``odd``, any answer will do."""
    found = _opening(text)
    if found is None:
        return None
    question, answer, span = found
    verb, echo = _AUXILIARY.search(question), _ECHO.match(answer)
    if (
        odd
        or (verb and echo and verb[1].lower()[:2] == echo[1].lower()[:2])
        or (_HOW_MUCH.search(question) and _AMOUNT.match(answer))
        or (
            _TO_SOMEBODY.search(question)
            and _OF_MINE.match(answer)
            and not _FOUND_OUT.match(answer)
        )
    ):
        return _Place(*span)
    return None


_TAKEN_UP = re.compile(
    r"^\W*(?:(?:yeah|yes|yep|no|nope|right|exactly|sure|absolutely|wow|ha(?:ha)?|okay|oh|ah|well|agreed|indeed|true|fair enough|of course"
    r"|good question|great question|all right|really|correct|definitely|maybe|perhaps|honestly)(?=[\s,.!?]*[,.!?])"
    r"|thank you|thanks|i agree|i know|glad to be|good to be|happy to be|great to be|that's right|that's true|not at all|me too|likewise|same here|you're welcome)"
    r"|^\W*(?:是的|对|没错|不|当然|哇|哈哈?|好的|哦|啊|嗯|谢谢|很高兴|我同意|也许|说实话|确实)[，,。！!]",
    re.IGNORECASE,
)


_GUESS = re.compile(r"\b(?:maybe|perhaps|any questions)\b[^?]{0,24}\?|吧？|也许", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(?:no, (?:for real|really|seriously)|i mean|like|go ahead|please|maybe|but|you can|let['’]s|let me|tell (?:me|us)|give (?:me|us)|take|walk us|explain|talk)\b|^\W*(?:请|让我|告诉|说说|来)",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|为什么|為什麼", re.IGNORECASE)
_BECAUSE = re.compile(
    r"^\W*(?:because|since|it|there|that|well|first|for|we|they|you|if|so|he|she|the|in|i)\b|^\W*(?:因为|因為)",
    re.IGNORECASE,
)


def _taken_up(text: str, *, asked_only: bool) -> _Place | None:
    """Where somebody answers or takes up what was said before him: for turns that stand beside
    another of the same speaker, in an episode where that is rare."""
    spans = _sentences(text)
    said = [text[start:end] for start, end in spans]
    for place in range(1, len(said)):
        before, here = said[place - 1], said[place]
        if _quoted(text, spans[place][0]) or _JUST_A_WORD.match(before):
            continue
        asked = _asks(before) and not _asks(here) and not _TAG.search(before)
        asked = asked and not _GUESS.search(before) and not _GOES_ON.match(here)
        answers = _BECAUSE.match(here) if _WHY.search(before) else not _NO_ANSWER.match(here)
        if asked and answers and not _RHETORICAL.search(before) and not _asks(said[-1]):
            return _Place(*spans[place])
        if not asked_only and _TAKEN_UP.match(here) and not _TAKEN_UP.match(before):
            return _Place(*spans[place])
    return None


def _size(text: str) -> int:
    """How many words there are, two characters counting as one."""
    return len(re.findall(r"[A-Za-z'’]+", text)) + len(re.findall(f"[{HAN}]", text)) // 2


def _dialogue(text: str) -> _Place | None:
    """Where a long answer begins after questions about what the other has done."""
    spans = _sentences(text)
    said = [text[start:end] for start, end in spans]
    asked = [place for place, sentence in enumerate(said[:-1]) if _asks(sentence)]
    if len(asked) < 2 or asked[-1] - asked[0] > 2:
        return None
    last = asked[-1]
    around = said[max(0, asked[0] - 1) : last + 2]
    if not any(_YOU_DID.search(sentence) for sentence in around):
        return None
    for at in range(last + 1, min(last + 3, len(said))):
        if _SO.match(said[at]) and len("".join(said[at:])) > 120:
            return None if _quoted(text, spans[at][0]) else _Place(*spans[at])
    return None


_YOU_DID = re.compile(
    r"\byou (?:just |also |actually )?(?:went|saw|did|said|wrote|got|visited|toured|mentioned|were|had|made|found|called|told|started)\b",
    re.IGNORECASE,
)


def _goes_on_alone(turn: Turn, following: Turn | None) -> bool:
    """Whether a turn ends with a question to somebody, and the same speaker answers in the next."""
    if following is None or not turn.speaker or following.speaker != turn.speaker:
        return False
    asked = turn.original or turn.text
    answer = following.original if turn.original else following.text
    spans = _sentences(asked)
    if len(spans) < 2 or not answer:
        return False
    last = asked[slice(*spans[-1])]
    if not _asks(last) or _JUST_A_WORD.match(last):
        return False
    near = asked[spans[max(0, len(spans) - 4)][0] :]
    return bool(_TO_SOMEBODY.search(near) and (_CERTAINLY_YES.search(answer) or _SO.match(answer)))


@register
class SeveralSpeakers(EpisodeCheck):
    """``>>``, a label, or an answer to what was asked in the same turn. One finding a turn.

    A mark at the beginning of a text is markup. A question is answered by somebody else if it is put
    to somebody (``you``); who answers himself (``Why? Because …``) does not ask so. Where the original
    is there, the question is looked for in it.
    """

    code = "several_speakers"
    severity = Severity.WARNING
    title = gettext_noop("A turn holds several speakers")
    depends = CAST | {"text", "original", "kind"}

    def find(self, subject: Subject) -> Iterator[Finding]:
        cast = Cast(subject)
        spoken = [turn for turn in subject.turns if turn.kind == "speech"]
        if not spoken:
            return
        several = len({turn.speaker or turn.label for turn in spoken} - {0, ""}) != 1
        same = sum(one.speaker == other.speaker for one, other in pairwise(spoken))
        alternating = same * 4 <= len(spoken)
        strictly = same * 12 <= len(spoken) or same <= 2
        asking = self._asking(spoken, subject)
        around = zip([None, *spoken[:-1]], spoken, [*spoken[1:], None], strict=True)
        for before, turn, following in around:
            odd = alternating and any(
                other is not None and turn.speaker and other.speaker == turn.speaker
                for other in (before, following)
            )
            found = self._found(turn, following, cast, several=several, odd=odd)
            if found is None and several and following is not None:
                same_again = odd and strictly and following.speaker == turn.speaker
                asked = {turn.speaker, following.speaker} <= asking and len(asking) > 1
                if same_again or (asked and not self._is_named(turn, following, cast)):
                    found = self._two_voices(turn, asked_only=not same_again)
            if found is None:
                continue
            field, place, message = found
            text: str = getattr(turn, field)
            words = text[place.start : place.end].strip()
            yield Finding(
                check=self.code,
                message=fill(message, words=words[:40] + "…" if len(words) > 40 else words),
                uid=turn.uid,
                field=field,
                start=place.start,
                end=place.end,
                about=(turn.text, turn.original),
            )

    def _asking(self, spoken: Sequence[Turn], subject: Subject) -> set[int]:
        """Who asks: the hosts, where guests are known; else who asks in a third of his turns."""
        roles = subject.roles
        speaking = {turn.speaker for turn in spoken if turn.speaker}
        hosts = {key for key in speaking if roles.get(key) == "host"}
        if hosts and hosts != speaking:
            return hosts
        asks: dict[int, list[bool]] = {}
        for turn in spoken:
            if turn.speaker:
                said = turn.original or turn.text
                asks.setdefault(turn.speaker, []).append(_asks(said))
        most = {
            key for key, asked in asks.items() if len(asked) > 3 and sum(asked) * 3 > len(asked)
        }
        return most if most != speaking else set()

    def _is_named(self, turn: Turn, following: Turn, cast: Cast) -> bool:
        """Whether a turn names who speaks next: he is asked, and answers."""
        player = cast.of(following)
        if player is None:
            return False
        text = f"{turn.text}\n{turn.original}"
        names = [part for spelling in player.name.spellings for part in parts_of(spelling)]
        return any(len(name) > 1 and name in text for name in names)

    def _two_voices(self, turn: Turn, *, asked_only: bool) -> tuple[str, _Place, Message] | None:
        field = "original" if turn.original else "text"
        place = _taken_up(turn.original or turn.text, asked_only=asked_only)
        if place is None:
            return None
        message = gettext_noop("Another speaker seems to begin within the turn: “{words}”")
        return field, place, message

    def _found(
        self, turn: Turn, following: Turn | None, cast: Cast, *, several: bool, odd: bool
    ) -> tuple[str, _Place, Message] | None:
        for field in ("text", "original"):
            if place := _marked(getattr(turn, field)):
                return (
                    field,
                    place,
                    gettext_noop("Another speaker begins within the turn: “{words}”"),
                )
        for field in ("text", "original"):
            if place := _labelled(getattr(turn, field), cast):
                return field, place, gettext_noop("A speaker is named within the turn: “{words}”")
        field = "original" if turn.original else "text"
        text: str = getattr(turn, field)
        if not several:
            return None
        if place := _answered(text) or _dialogue(text) or _opens_asking(text, odd=odd):
            return field, place, gettext_noop("Question and answer in one turn: “{words}”")
        if _goes_on_alone(turn, following):
            place = _Place(*_sentences(text)[-1])
            message = gettext_noop("Who asks “{words}” answers it in the next turn.")
            return field, place, message
        return None


def _marked(text: str) -> _Place | None:
    if ">>" not in text and "&gt;" not in text:
        return None
    begins = len(text) - len(text.lstrip())
    closed: Sequence[tuple[int, int]] = [code.span() for code in _CODE.finditer(text)]
    for mark in _MARK.finditer(text):
        at = mark.start()
        if at > begins and not any(start <= at < end for start, end in closed):
            end = min(len(text), mark.end() + 30)
            return _Place(at, end)
    return None


def _labelled(text: str, cast: Cast) -> _Place | None:
    if ":" not in text and "：" not in text:
        return None
    for match in _LABEL.finditer(text):
        label = match["label"].strip("[] ")
        named = cast.meant(label) and (" " in label or has_han(label) or match[0].startswith("\n"))
        named = named or (cast.meant(label) and match.start() > 0)
        if named or (is_generic(label) and len(label) > 1 and "**" in match[0]):
            return _Place(match.start("label"), match.end())
    return None
