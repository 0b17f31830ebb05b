"""Where in a text somebody else seems to break in: he thanks, agrees, is surprised, answers to his name.

Of texts only, like ``answers``; who says a turn and who speaks beside it is looked at in ``voices``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from episodes.checks.answers import (
    CERTAINLY_YES,
    OF_MINE,
    TAKEN_UP,
    TO_SOMEBODY,
    Place,
    asks,
    quoted,
    sentences,
    size,
)
from episodes.transcripts.characters import HAN

__all__ = [
    "asks_back",
    "called_upon",
    "continues",
    "ends_short",
    "guess",
    "reacts",
    "thanked",
]

_WELCOMED = re.compile(
    r"\bwelcome\b|\bthank(?:s| you)\b[^.?!]{0,20}\bfor (?:coming|joining|being)|\b(?:good|great|nice|lovely) to have you"
    r"|欢迎|歡迎|(?:谢谢|感谢|謝謝|感謝)你?们?(?:今天)?(?:能)?(?:来|來|参加|參加)|请到|請到",
    re.IGNORECASE,
)
_HAVING_ME = re.compile(
    r"^\W*(?:(?:well|oh|yeah|yes|hi|hello|hey|thank you|thanks)[\s,]+)*(?:thank(?:s| you)\b[^.?!]{0,24}\b(?:having|inviting) (?:me|us)"
    r"|(?:(?:it['’]s|i['’]m|i am|it is|so|very|really|always)\s)*(?:good|great|glad|happy|lovely|nice|wonderful|pleased|delighted"
    r"|thrilled|excited|an honou?r|a (?:real )?pleasure|my pleasure)(?: to be (?:here|with|on|back)|[.!]))"
    r"|^\W*(?:谢谢|感谢|多谢|謝謝|感謝)你?们?們?(?:的)?(?:邀请|邀請|请我|請我)|^\W*(?:很|非常)?(?:高兴|高興|荣幸|榮幸)(?:能)?(?:来|來|参加|參加|和你|[。！])",
    re.IGNORECASE,
)
_THANKS = re.compile(r"\b(?:thank you|thanks)\b|谢谢|感谢|謝謝|感謝", re.IGNORECASE)
_THANKED = re.compile(
    r"^\W*(?:(?:oh|no|well|yeah|and)[\s,]+)*(?:not at all[.!]|don['’]t mention it|any ?time[.!]|you['’]re (?:very |most |so )?welcome|my pleasure|(?:it was )?(?:a|the) pleasure"
    r"|thank (?:you (?:both|two|guys|all)|\*?you\*?(?=[.!,]? *(?:it|this|that) was))|thanks,? (?:both|guys|for having|for inviting)|thank you,? guys"
    r"|thank you (?:so much )?for (?:having|inviting))"
    r"|^\W*(?:不客气|不客氣|不用谢|别客气|我的荣幸)|^\W*(?:谢谢|感谢|謝謝|感謝)你们|^\W*(?:謝謝|感謝)你們",
    re.IGNORECASE,
)


_STARTS_THANKING = re.compile(r"^\W*(?:thank you|thanks|谢谢|感谢|謝謝|感謝)", re.IGNORECASE)
_CAME = re.compile(
    r"\bthank(?:s| you)\b[^.?!]{0,20}\bfor (?:coming|joining|being|taking)|(?:谢谢|感谢|謝謝|感謝)你?(?:今天)?(?:能)?(?:来|來|参加|參加)",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"(?:,|，|^)\W*(?P<hello>good (?:morning|afternoon|evening|day)|hello|早安|早上好|下午好|晚上好|你好)[.!。！]\n\W*(?P=hello)",
    re.IGNORECASE | re.MULTILINE,
)


_HELLO = re.compile(
    r"^\W*(?:hello|hi|hey)(?:[\s,]+(?:hello|hi|there|everyone|everybody|all|guys|both|you two))*[.!]\W*$"
    r"|^\W*(?:你们好|大家好|你們好|嗨)[，,]?(?:大家好|你们好)?[。！]\W*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def thanked(text: str) -> Place | None:
    """Where a guest thanks for the welcome of the same text, or somebody for thanks."""
    spans = sentences(text)
    said = [text[start:end].strip() for start, end in spans]
    for place in range(1, len(said)):
        last, here = said[place - 1], said[place]
        before = " ".join(said[max(0, place - 2) : place])
        if (
            (_HAVING_ME.match(here) and _WELCOMED.search(before))
            or (_STARTS_THANKING.match(here) and _CAME.search(last))
            or (_THANKED.match(here) and _THANKS.search(last) and not _THANKED.match(last))
            or _GREETED.search(f"{last}\n{here}")
            or (_HELLO.match(here) and size(" ".join(said[:place])) >= 15)
        ) and not quoted(text, spans[place][0]):
            return Place(*spans[place])
    return None


_LISTENING = re.compile(
    r"^\W*(?:(?:oh|okay|ah|wait|hm+|huh|yeah|no|but)[\s,，]+)*(?:really\?|seriously\?|for real\?|are you serious\?|no way[.!]|wow[.!]|whoa[.!]|ouch[.!]"
    r"|fair (?:point|enough)[.!]|good point[.!]|i love (?:that|it|this)[.!]|touché[.!]|oh my (?:god|gosh|goodness)[.!]|you got me[^.!?]{0,8}[.!]|m+h+m+[.!]|mm+[.!]|uh[- ]?huh[.!]|hm+[.!]"
    r"|ha(?:[- ]?ha)*[.!]|oh[.!]|ah[.!]|huh[.!]|i see[.!]|got it[.!])\W*$"
    r"|^\W*ah,? okay[.!]\W*$"
    r"|^\W*(?:等等[，,]|等一下[，,]|哦[，,]|啊[，,])?(?:真的吗|真的嗎|不会吧|哇|天哪|天啊|哎呀|有道理|说得有道理|說得有道理|我喜欢这个说法|嗯|哈哈?|哦|啊|明白了?)[？?。！!]\W*$",
    re.IGNORECASE,
)
"""What only who listens says."""

_REACTION = re.compile(
    r"^\W*(?:(?:oh|okay|ah|well|yeah|and|but|so)[\s,，]+)*(?:(?:that['’]s|that is|that was|it['’]s|this is|how|what an?|quite an?|so|too)\s(?:\w+\s){0,2}\w+"
    r"|wow|great|right|exactly|absolutely|totally|interesting|amazing|incredible|fascinating|remarkable|unbelievable|awful|terrible|hilarious"
    r"|(?:makes|that makes) (?:\w+ )?sense|point taken|well said|very|yes|yeah|no|okay|ha(?:ha)*)[.!]\W*$"
    r"|^\W*(?:(?:哦|啊|嗯)[，,])?(?:太[^，。]{1,6}了|好[^，。]{1,6}|真[^，。]{1,6}|对|没错|是的|明白|有意思|哈哈?|很像|原来如此)[。！!]\W*$",
    re.IGNORECASE,
)


_SAME_HERE = re.compile(
    r"^\W*(?:(?:yeah|oh|well)[\s,]+)*(?:mine too|me too|same here|so (?:do|did|am|was|have) i|neither (?:do|did|am|was|have) i|you and me both|that makes two of us)\b"
    r"|^\W*我(?:的)?也(?:是|一样|一樣)[，,。！]",
    re.IGNORECASE,
)
_OF_ME = re.compile(r"\b(?:i|my|me|i['’]\w+)\b|我", re.IGNORECASE)
_TO_YOU = re.compile(
    r"^\W*(?:(?:yeah|no|well|oh)[\s,]+)*(?:you['’]re (?:absolutely |totally |quite |so )?(?:right|wrong)\b|i (?:don['’]t |do not |completely |totally |quite )*(?:agree|disagree) with (?:you|that|him|her)\b"
    r"|(?:that['’]s|it['’]s) (?:a|an) (?:very |really )?(?:good|great|fair|excellent|interesting) (?:point|question))"
    r"|^\W*(?:你|您)说得(?:很|太|完全)?(?:对|有道理)|^\W*我(?:不太|不|完全|很)?同意你",
    re.IGNORECASE,
)
"""What is said to somebody who has just given his opinion."""


@lru_cache(maxsize=4096)
def reacts(text: str, *, odd: bool) -> Place | None:
    """Where somebody who listened breaks in at the end of a text; a mere opinion (``That's awful.``) may
    be the speaker's own and counts where the turns beside it make that ``odd``."""
    spans = sentences(text)
    if len(spans) < 2 or size(text[: spans[-1][0]]) < (3 if odd else 6):
        return None
    said = [text[start:end] for start, end in spans]
    for place in range(1, len(said)):
        before, here = said[place - 1], said[place]
        views = _TO_YOU.match(here) and not asks(before) and size(" ".join(said[:place])) >= 8
        agrees = _SAME_HERE.match(here) and _OF_ME.search(before)
        if (views or agrees) and not quoted(text, spans[place][0]):
            return Place(*spans[place])
    last = said[-1].strip()
    if _LISTENING.match(last) or (odd and _REACTION.match(last)):
        return None if quoted(text, spans[-1][0]) else Place(*spans[-1])
    return None


_WORD = re.compile(rf"[A-Za-z'’]{{3,}}|[{HAN}]{{2}}")


@lru_cache(maxsize=4096)
def asks_back(text: str) -> Place | None:
    """Where some words of the sentence before are asked back, and the next begins with them or says yes:
    ``… it isn't cheap. Not cheap? Not cheap at all.``"""
    if "?" not in text and "？" not in text:
        return None
    spans = sentences(text)
    said = [text[start:end] for start, end in spans]
    for place in range(1, len(said) - 1):
        here, following = said[place], said[place + 1]
        if not asks(here) or len(here) > 40 or asks(following):
            continue
        echo = [word.casefold() for word in _WORD.findall(here)]
        if (
            not echo
            or len(echo) > 4
            or not all(word in said[place - 1].casefold() for word in echo)
        ):
            continue
        opening = following.casefold()[: len(here) + 12]
        if (echo[0] in opening or CERTAINLY_YES.match(following)) and not quoted(
            text, spans[place][0]
        ):
            return Place(*spans[place])
    return None


_CONTINUES = re.compile(
    r"^\W*(?:and|but|so|also|i mean|because|which|or|then|now|anyway|plus|again|in fact|actually|for example|the other|another|secondly)\b"
    r"|^\W*(?:而且|但|所以|因为|因為|另外|我是说|我是說|然后|然後|还有|還有|那么|那麼|当然|同时|事实上|其实|总之|比如|第二|接下来)",
    re.IGNORECASE,
)


def continues(text: str) -> bool:
    """Whether a text goes on with what its speaker has said: it begins with ``and``, and asks nothing."""
    return _CONTINUES.match(text) is not None and not asks(text)


def guess(text: str) -> Place | None:
    """The likeliest place at which another speaker begins, if one does: a short sentence at the end, or
    what follows one at the beginning, or what says ``I`` where the other said ``you``."""
    spans = sentences(text)
    if len(spans) < 2:
        return None
    said = [text[start:end] for start, end in spans]
    if size(said[-1]) <= 6 < size(" ".join(said[:-1])):
        return Place(*spans[-1])
    if size(said[0]) <= 6:
        return Place(*spans[1])
    for place in range(1, len(said)):
        if TO_SOMEBODY.search(said[place - 1]) and OF_MINE.match(said[place]):
            return Place(*spans[place])
    return Place(*spans[-1])


_REQUEST = re.compile(
    r"\b(?:tell|give|walk|go ahead|go first|you|your|start|take|explain|talk)\b|[你您]|说说|說說|讲讲|講講|谈谈|談談|先来|先來|请|請|[?？]",
    re.IGNORECASE,
)


def called_upon(text: str, at: int) -> Place | None:
    """Where an answer begins to what somebody was asked, or asked for, whose name stands at a place."""
    spans = sentences(text)
    called = next(
        (place for place, span in enumerate(spans) if span[0] <= at < span[1]), len(spans)
    )
    said = [text[start:end] for start, end in spans]
    if called + 1 >= len(said) or not _REQUEST.search(said[called]) or asks(said[-1]):
        return None
    for place in range(called + 1, min(called + 3, len(said))):
        mine = TAKEN_UP.match(said[place]) or OF_MINE.match(said[place])
        if mine and not _THANKS.search(said[place]) and not quoted(text, spans[place][0]):
            return Place(*spans[called + 1])
    return None


def ends_short(text: str) -> bool:
    """Whether the last sentence of a text is so short that it may be another's remark on it."""
    said = [size(text[start:end]) for start, end in sentences(text)]
    return len(said) > 1 and said[-1] <= 5 < sum(said[:-1])
