"""Where in a text somebody else seems to answer, to take up or to react to what was said. Of texts only.

Who says a turn and who speaks beside it is looked at in ``voices``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from episodes.transcripts.characters import HAN

__all__ = [
    "CERTAINLY_YES",
    "OF_MINE",
    "TAKEN_UP",
    "TO_SOMEBODY",
    "Place",
    "answered",
    "answered_by",
    "answers_question",
    "asks",
    "asks_last",
    "dialogue",
    "opens_asking",
    "quoted",
    "sentences",
    "size",
    "taken_up",
]

_SENTENCE = re.compile(
    r"(?:[^.?!。？！]|[.?!](?=[a-z\d]))++(?:[.?!。？！]++[”\"』」）)]*+)?|[.?!。？！]++[”\"』」）)]*+"
)

TO_SOMEBODY = re.compile(
    r"\b(?<!mind )(?<!thank )(?:you|your|you're|you've|you'd|y'all)\b|你|您", re.IGNORECASE
)
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
CERTAINLY_YES = re.compile(
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
class Place:
    start: int
    end: int


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        found.span() for found in _SENTENCE.finditer(text) if found[0].strip(" \n.,，。?!？！")
    )


def asks(sentence: str) -> bool:
    return sentence.rstrip('”"』」）) ').endswith(("?", "？"))


def quoted(text: str, at: int) -> bool:
    before = text[:at]
    if before.count('"') % 2:
        return True
    return max(before.rfind(sign) for sign in "“「『") > max(before.rfind(sign) for sign in "”」』")


@lru_cache(maxsize=4096)
def answered(text: str) -> Place | None:
    """Where an answer begins that another gives to a question of the same text."""
    if "?" not in text and "？" not in text:
        return None
    spans = sentences(text)
    said = [text[start:end] for start, end in spans]
    for place, sentence in enumerate(said[:-1]):
        if not asks(sentence) or _JUST_A_WORD.match(sentence):
            continue
        asked = " ".join(said[max(0, place - 1) : place + 1]) if len(sentence) < 30 else sentence
        if TO_SOMEBODY.search(asked):
            for at in range(place + 1, min(place + 3, len(said))):
                sure = _YES if at == place + 1 else CERTAINLY_YES
                if _NO.match(said[at]) and _WHAT.search(sentence):
                    break
                if sure.search(said[at]) and not asks(said[at]) and not quoted(text, spans[at][0]):
                    return Place(*spans[at])
                if asks(said[at]):
                    break
        whether = _ASKS_WHETHER.match(sentence) and not _RHETORICAL.search(sentence)
        if whether and not _GUESS.search(sentence):
            following, where = said[place + 1], spans[place + 1]
            yes = CERTAINLY_YES.search(following) and size(following) >= 5
            if (yes or _CONFIRMS.match(following)) and not quoted(text, where[0]):
                return Place(*where)
        if all(asks(each) for each in said[: place + 1]) and not quoted(text, spans[place][0]):
            following = said[place + 1]
            enough = place > 0 or min(size(sentence), size(following)) >= 4
            enough = enough and not _GUESS.search(sentence) and not _OF_MYSELF.search(sentence)
            if enough and CERTAINLY_YES.search(following) and not _WHAT.search(sentence):
                return Place(*spans[place + 1])
            brief = len(said) == 2 and len(sentence) < 60 and len(following) < 60
            puts = brief and _HERE.search(sentence) and _STARTS_ASKING.match(sentence)
            if puts and _SHORT_ANSWER.match(following):
                return Place(*spans[1])
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
_BARE_NO = re.compile(
    r"^\W*(?:it|they|he|she|that|there|we|i) \w+(?:n['’]t| not)\W*$", re.IGNORECASE
)
OF_MINE = re.compile(
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
_OF_MYSELF = re.compile(
    r"\b(?:am|have|had|did|do|was|should|will|would|must) i\b|我(?:是不是|该不该|有没有|会不会|要不要)",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"^\W*(?:and |but |so )?(?:if|when) you\b|^\W*(?:如果|要是|假如)", re.IGNORECASE
)
_ASKS_WHETHER = re.compile(
    r"^\W*(?:(?:so|and|but|okay|well|wait|那么?|所以)[\s,，]+)*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"^\W*(?:exactly|absolutely|of course|correct|完全正确|正是如此|当然)\b", re.IGNORECASE
)


def _to_himself(question: str) -> bool:
    """Whether it is a question of what one has done oneself, or would do in another's place."""
    supposed = _SUPPOSED.match(question) and not _WHAT.search(question)
    return bool(supposed or _OF_MYSELF.search(question))


def _opening(text: str) -> tuple[str, str, tuple[int, int]] | None:
    """The question that a text opens with, what follows it, and where that stands.

    None where it goes on asking, ends with a question, or explains itself.
    """
    spans = sentences(text)
    said = [text[start:end] for start, end in spans]
    asked = [place for place, sentence in enumerate(said[:3]) if asks(sentence)]
    if not asked or asks(said[-1]) or size(" ".join(said[: asked[-1]])) > 25:
        return None
    last = asked[-1]
    following = said[last + 1 :]
    if not following or size(" ".join(following)) < 2 or _NO_ANSWER.match(following[0]):
        return None
    if (
        _JUST_A_WORD.match(said[last])
        or _TAG.search(said[last])
        or quoted(text, spans[last + 1][0])
    ):
        return None
    if _RHETORICAL.search(said[last]) or _to_himself(said[last]):
        return None
    return " ".join(said[asked[0] : last + 1]), following[0], spans[last + 1]


_FOUND_OUT = re.compile(
    r"^\W*(?:i|we) (?:found|read|saw|heard|looked|checked|counted|noticed|remember)\b|^\W*我(?:查到|读到|看到|听说|记得)",
    re.IGNORECASE,
)
"""Who asks says what he knows already."""


def opens_asking(text: str, *, odd: bool, asker: bool = True) -> Place | None:
    """Where the answer begins in a text that opens with a question: the other's verb comes back, or an
    amount that was asked for, or who was addressed speaks of himself. Where the turns beside it are
    said by the same speaker, which is ``odd``, any answer will do; who is no ``asker`` has to ask
    somebody."""
    found = _opening(text)
    if found is None:
        return None
    question, answer, span = found
    if not odd and not TO_SOMEBODY.search(question) and (not asker or _BARE_NO.match(answer)):
        return None
    verb, echo = _AUXILIARY.search(question), _ECHO.match(answer)
    if (
        odd
        or (verb and echo and verb[1].lower()[:2] == echo[1].lower()[:2])
        or (_HOW_MUCH.search(question) and _AMOUNT.match(answer))
        or (TO_SOMEBODY.search(question) and OF_MINE.match(answer) and not _FOUND_OUT.match(answer))
    ):
        return Place(*span)
    return None


TAKEN_UP = re.compile(
    r"^\W*(?:(?:yeah|yes|yep|no|nope|right|exactly|sure|absolutely|wow|ha(?:ha)?|okay|oh|ah|well|agreed|indeed|true|fair enough|of course"
    r"|good question|great question|all right|really|correct|definitely|maybe|perhaps|honestly)(?=[\s,.!?]*[,.!?])"
    r"|thank you|thanks|i agree|i know(?=[.,!])|glad to be|good to be|happy to be|great to be|that's right|that's true|not at all|me too|likewise|same here|you're welcome)"
    r"|^\W*(?:是的|对|没错|不|当然|哇|哈哈?|好的|哦|啊|嗯|谢谢|很高兴|我同意|也许|说实话|确实)[，,。！!]",
    re.IGNORECASE,
)


_GUESS = re.compile(r"\b(?:maybe|perhaps|any questions)\b[^?]{0,40}\?|吧？|也许", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(?:no, (?:for real|really|seriously)|i mean|like|go ahead|please|maybe|but|you can|let['’]s|let me|tell (?:me|us)|give (?:me|us)|take|walk us|explain|talk)\b|^\W*(?:请|让我|告诉|说说|来)",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|为什么|為什麼", re.IGNORECASE)
_BECAUSE = re.compile(
    r"^\W*(?:because|since|it|there|that|well|first|for|we|they|you|if|so|he|she|the|in|i)\b|^\W*(?:因为|因為)",
    re.IGNORECASE,
)


def taken_up(text: str, *, asked_only: bool) -> Place | None:
    """Where somebody answers or takes up what was said before him: for turns that stand beside
    another of the same speaker, in an episode where that is rare."""
    spans = sentences(text)
    said = [text[start:end] for start, end in spans]
    for place in range(1, len(said)):
        before, here = said[place - 1], said[place]
        if quoted(text, spans[place][0]) or _JUST_A_WORD.match(before):
            continue
        asked = asks(before) and not asks(here) and not _TAG.search(before)
        asked = asked and not _GUESS.search(before) and not _GOES_ON.match(here)
        asked = asked and not _to_himself(before)
        asked = asked and (not _BARE_NO.match(here) or TO_SOMEBODY.search(before) is not None)
        answers = _BECAUSE.match(here) if _WHY.search(before) else not _NO_ANSWER.match(here)
        if asked and answers and not _RHETORICAL.search(before) and not asks(said[-1]):
            return Place(*spans[place])
        if not asked_only and TAKEN_UP.match(here) and not TAKEN_UP.match(before):
            return Place(*spans[place])
    return None


def size(text: str) -> int:
    """How many words there are, two characters counting as one."""
    return len(re.findall(r"[A-Za-z'’]+", text)) + len(re.findall(f"[{HAN}]", text)) // 2


@lru_cache(maxsize=4096)
def dialogue(text: str) -> Place | None:
    """Where a long answer begins after questions about what the other has done."""
    spans = sentences(text)
    said = [text[start:end] for start, end in spans]
    asked = [place for place, sentence in enumerate(said[:-1]) if asks(sentence)]
    if len(asked) < 2 or asked[-1] - asked[0] > 2:
        return None
    last = asked[-1]
    around = said[max(0, asked[0] - 1) : last + 2]
    if not any(_YOU_DID.search(sentence) for sentence in around):
        return None
    for at in range(last + 1, min(last + 3, len(said))):
        if _SO.match(said[at]) and len("".join(said[at:])) > 120:
            return None if quoted(text, spans[at][0]) else Place(*spans[at])
    return None


_YOU_DID = re.compile(
    r"\byou (?:just |also |actually )?(?:went|saw|did|said|wrote|got|visited|toured|mentioned|were|had|made|found|called|told|started)\b",
    re.IGNORECASE,
)


def answered_by(text: str, answer: str) -> Place | None:
    """The question to somebody that a text ends with, if another text answers it."""
    spans = sentences(text)
    if len(spans) < 2 or not answer:
        return None
    last = text[slice(*spans[-1])]
    if not asks(last) or _JUST_A_WORD.match(last):
        return None
    near = text[spans[max(0, len(spans) - 4)][0] :]
    if TO_SOMEBODY.search(near) and (CERTAINLY_YES.search(answer) or _SO.match(answer)):
        return Place(*spans[-1])
    return None


def asks_last(text: str) -> Place | None:
    """The question that a text of several sentences ends with, if it is one."""
    spans = sentences(text)
    last = text[slice(*spans[-1])] if len(spans) > 1 else ""
    if not asks(last) or _JUST_A_WORD.match(last) or _RHETORICAL.search(last):
        return None
    return None if quoted(text, spans[-1][0]) else Place(*spans[-1])


def answers_question(text: str) -> bool:
    """Whether a text begins as an answer, or taking up what another said."""
    return TAKEN_UP.match(text) is not None
