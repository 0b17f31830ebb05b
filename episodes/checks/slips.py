"""Words that stand twice, and turns that end in the middle of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from episodes.checks.distinct import distinct
from episodes.checks.languages import is_han_language
from episodes.checks.registry import EpisodeCheck, Finding, Fix, Severity, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import HAN
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["CutOff", "Doubled"]

# Doubled words: only what is never doubled on purpose.

_MAY_DOUBLE_WORDS = (
    "that had very really so no yes yeah ha haha hey hi bye well oh ah mm uh um hmm ok okay "
    "many much more long far big little never ever always again knock tick blah come go wait why how new "
    "please sorry thanks good great nice fine sure exactly absolutely definitely totally bang boom beep chop "
    "run walk look see stop help deep hard fast slow slowly quick too old ago right now"
)
_MAY_DOUBLE = frozenset(_MAY_DOUBLE_WORDS.split())
"""What is said twice on purpose (``very very``, ``what it is is``)."""

_WHAT_IT_IS = re.compile(
    r"\b(?:what|where|who|all|thing|point|problem|truth|reality|question|issue)\b[^.?!]*\Z",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?<![\w'’.-])([A-Za-z][a-z]*(?:['’][a-z]{1,2})?)\s+\1(?=$|[^\w'’-]|['’](?:s|re|m|ve|ll|d)\b)",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?<![\w'’.-])((?:of|in|to|for|on|at|with|from|by|and|but|that|is|was|are|as|so|if|because|when)"
    r" (?:the|a|an|this|these|our|my|his|her|their|its|it|we|they|you|he|she|i)) \1(?![\w'’-])",
    re.IGNORECASE,
)
_LATIN_NAME = re.compile(
    r"(?<![A-Za-z0-9'’.-])([A-Z][A-Za-z0-9]+(?: [A-Z][A-Za-z0-9]+)?) \1(?![A-Za-z0-9'’-])"
)
_ONE = re.compile(
    r"(?<![目标標])的的(?![确確士])|(?<!不)了了(?!之|解|事|不|得)|(?<![实實自好现現存所内內])在在(?!线|乎|意|场|职|读)|(?<!和)和和(?!美|气|睦|平|谐)"
    r"|与与(?!会)|被被(?!子)|把把(?!关|握|手|柄|脉)|就就(?!业|是说)|也也(?!许)|但但(?!是)|及及(?!时|其|格)|们们|我我(?!们)|(?:(?<![\u4e00-\u9fff])|(?<=[在从到和与把被的了而但且以]))([我你他她它])\1(?=们)"
    r"|(?<![核功可性智才势动热潜本职技电节风机氢光官产效万异体储声化])能能(?![源量力])|可可(?=[能以])|(?<![重主摘纪])要要(?![求点害素员塞回饭])"
    r"|你你(?!们)|他他(?!们)|她她(?!们)|它它(?!们)|而而(?!且)|从从(?!容|事|前|来|小)|这这(?!个|些|样|里|种|么|是|次)|是是(?!非|的|否|吧|啊|呀|，|。|的)"
    r"|(?<![只所唯])有有(?!时|的|些|趣|效|关)|(?<![开開机機社大协協委工议議宴晚商年学學基国國教董理])会会(?!议|员|面|计|計|诊)|很很|(?<![归偿退交送生奉])还还(?![款原清债])|(?<![成首古大建京故迁定旧国])都都(?![市督城])|(?<!变)更更(?![新换改衣])"
    r"|没没(?![无收落])|给给(?![力予养])|跟跟(?![踪随进前])|(?<=[\u4e00-\u9fff])(?:这这|那那)(?=[个個些样樣么麼种種次里])|着着(?![急重手火陆眼装色实迷落想])|吗吗(?!啡)|呢呢(?!喃)|对对(?=[\u4e00-\u9fff]{2})(?!的|，|联|方|手|对|比)"
)
_TWO_WORDS = (
    "我们 你们 他们 她们 它们 咱们 我的 你的 他的 这个 这些 那些 因为 所以 但是 如果 或者 以及 而且 并且 虽然 关于 对于 通过 "
    "由于 根据 这种 那种 公司 数据 市场 问题 企业 技术 模型 系统 投资 美国 中国 政府 经济 产品 他是 我是 这是 那是 可能 "
    "已经 正在 能够 需要 认为 觉得 其中 其他 之间 之后 之前 目前 现在 开始 成为 作为 进行 提供 使用 包括 不会 不能 "
    "就是 还有 也是 都是 都有 时候 人工智能 数据中心 最后 然后 后来 今天 明天 昨天 今年 去年 每年 每天 其实 大家 自己 那么 不过 一直 "
    "以前 以后 时间 世界 历史 人们 這種 這些 後來 最後 時候 時間 歷史 因為 沒有人 我們 你們 他們 她們"
).replace(" ", "|")
_TWO = re.compile(rf"({_TWO_WORDS})\1")
_ANY_TWO = re.compile(f"(?=(([{HAN}])(?!\\2)[{HAN}])\\1)")
_REPEATS = re.compile(
    r"[一好对對是很没沒不真谢謝等哈嘿快慢别別来來再多太真非常呵呜嘟咚啪滴叮哗咔嗒轰嗡哒]|.[点點下步个個次天年块塊条條片层層些]"
)
_NO_CALL = frozenset(["没有", "沒有", "不是", "不会", "不會", "不能"])
"""Said twice these are a call only where they stand by themselves."""

_NOT_EMPHATIC = "是没沒不对對等来來再真太"
_EMPHATIC = re.compile(
    "真的|不断|不斷|不停|不住|来回|來回|再三|太[多大久远遠长長]|是的|对的|對的|等等|[来來][来來]"
)
"""What begins like a call is none in the middle of a sentence, but for these."""

_TRIED = re.compile(
    r"讨论|討論|研究|考虑|考慮|商量|休息|了解|学习|學習|认识|認識|体验|體驗|感受|参观|參觀|整理|收拾|打听|打聽|检查|檢查|练习|練習|反省|思考|享受|放松|放鬆|活动|运动"
    r"|交流|观察|觀察|介绍|介紹|解释|解釋|回忆|回憶|比较|比較|分析|照顾|照顧|教育|教训|帮助|帮忙|意思|高兴|热闹|開心|开心|凉快|暖和"
)
_HAN_SIGN = re.compile(f"[{HAN}]")
_LONG = re.compile(f"(?=([{HAN}]{{3,8}})\\1)")
_EMPHASIS = re.compile(
    r"[没不对好一为怎太很真谢再快加多慢非越哈嘿哎哦嗯呃那什等来走看听说想问]|.*[吧啊呀呢吗哦了]$"
)
_FILLER = re.compile(
    r"\b(?:u[hm]+|you know|i mean|cuz|gonna)\b|(?<![\w'])(\w+) \1(?![\w'])", re.IGNORECASE
)


def _is_slip(text: str, start: int, end: int, word: str) -> bool:
    """Whether an English word that stands twice is a slip: no emphasis, no name (``Duran Duran``)."""
    if word.lower() == "is" and _WHAT_IT_IS.search(text, max(0, start - 40), start):
        return False
    if word.lower() in _MAY_DOUBLE:
        return text[end : end + 4] == " now" and word.lower() == "right"
    return (
        start == 0
        or len(word) == 1
        or word[0].islower()
        or text[end - len(word)].islower()
        or word[0] == "I"
        or not word[1:].islower()
    )


def _doubled(text: str, english: bool) -> Iterator[tuple[int, int, int]]:
    """Start, start of the second word, and end of what stands twice (not three times: a stammer)."""
    for pattern in (_ENGLISH, _PHRASE, _LATIN_NAME) if english else (_LATIN_NAME,):
        for found in pattern.finditer(text):
            start, end = found.span()
            word = found[1]
            if pattern is _ENGLISH and not _is_slip(text, start, end, word):
                continue
            after = text[end : end + 1 + len(word)].strip()
            before = text[max(0, start - len(word) - 2) : start].split()[-1:]
            if word.lower() not in (after.lower(), *[each.lower() for each in before]):
                yield start, end - len(word), end
    if text.isascii():
        return
    taken = 0
    for found in _LONG.finditer(text):
        word, start = found[1], found.start()
        if start < taken or len(set(word)) < 3:
            continue
        if _EMPHASIS.match(word) and not _is_inside(text, start, start + 2 * len(word)):
            continue
        taken = start + 2 * len(word)
        yield start, start + len(word), taken
    for found in _ANY_TWO.finditer(text):
        start = found.start()
        if start >= taken and _is_doubled_pair(text, start, found[1]):
            taken = start + 4
            yield start, start + 2, taken
    for pattern in (_TWO, _ONE):
        for found in pattern.finditer(text):
            start, end = found.span()
            half = (end - start) // 2
            if (
                start >= taken
                and text[end : end + half]
                != text[start : start + half]
                != (text[max(0, start - half) : start])
            ):
                yield start, start + half, end


def _is_doubled_pair(text: str, start: int, word: str) -> bool:
    """Whether two characters that stand twice are a slip: no call, no trying (讨论讨论), no counting."""
    before, after = text[max(0, start - 2) : start], text[start + 4 : start + 6]
    if word[1] in "不没沒":
        return False  # 能不能不去
    if word == "一个" and _HAN_SIGN.match(after[1:]) and after[:1] not in "来地的人去问看":
        return bool(_HAN_SIGN.match(before[-1:]))
    sides = [_HAN_SIGN.match(before[-1:]), _HAN_SIGN.match(after[:1])]
    said_on = any(sides) if word in _NO_CALL else all(sides)
    if said_on and word[0] in _NOT_EMPHATIC and not _EMPHATIC.match(word):
        return word not in (before, after) and word[0] != after[:1] and word[1] != before[-1:]
    if _REPEATS.match(word) or _TRIED.match(word) or word in (before, after):
        return False
    if word[0] == after[:1] or word[1] == before[-1:]:
        return False  # rather a longer word, or a stammer
    return bool(_HAN_SIGN.match(before[-1:]) or _HAN_SIGN.match(after[:1]))


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether Chinese goes on before and behind a place."""
    sides = text[max(0, start - 1) : start], text[end : end + 1]
    return all(_HAN_SIGN.match(side) for side in sides)


def _is_verbatim(texts: list[str]) -> bool:
    """Whether originals are written as they were spoken, fillers and stammering included."""
    spoken = sum(1 for text in texts if _FILLER.search(text))
    return spoken >= 3 and spoken * 12 >= len(texts)


@register
class Doubled(EpisodeCheck):
    """``the the``, 的的, 我们我们. What doubles by nature (看看, 好的好的, very very) is left alone.

    In originals that are written as they were spoken a doubled word is what was said.
    """

    code = "doubled_word"
    severity = Severity.HINT
    title = gettext_noop("A word stands twice")
    depends = frozenset({"text", "original", "language", "original_language"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        originals = [turn.original for turn in subject.turns if turn.original]
        fields = ["text"] if _is_verbatim(originals) else ["text", "original"]
        for turn in subject.turns:
            yield from distinct(self._found(turn, fields, subject))

    def _found(self, turn: Turn, fields: Sequence[str], subject: Subject) -> Iterator[Finding]:
        for field in fields:
            text: str = getattr(turn, field)
            language = subject.language if field == "text" else subject.original_language
            english = not is_han_language(language)
            for start, second, end in _doubled(text, english):
                yield Finding(
                    check=self.code,
                    message=fill(gettext_noop("“{word}” stands twice."), word=text[second:end]),
                    uid=turn.uid,
                    field=field,
                    start=start,
                    end=end,
                    fix=Fix(field, text[: _kept(text, start, second)] + text[end:]),
                    about=(text[start:end],),
                )


def _kept(text: str, start: int, second: int) -> int:
    """Where the first of two words ends."""
    return start + len(text[start:second].rstrip())


# Ends

_HAN = re.compile(f"[{HAN}]")
_NOT_HAN = re.compile(f"[^{HAN}]+")
_WORDS = re.compile(rf"[^\W\d_{HAN}]+")
_BEHIND = re.compile(r"[\s”’」』》）)\]】\"'*_`]+\Z")
_LOOSE = re.compile(
    r"(?:[，、,]|\b(?:and|but|or|the|a|an|of|to|with|because|so|that|which|for|in|is|are|was))\Z",
    re.I,
)
_LOOSE_HAN = re.compile(
    r"(?:[，、：]|(?:因为|但是|而且|所以|以及|并且|如果|或者|由于|虽然|关于|对于|通过|为了|例如|比如|不仅|除了|根据|还有|的话|但|和|与|及|或|的|把|被|将|在|从))\Z"
)
_CLOSED = frozenset("。！？…!?.;；~～—♪")


@lru_cache(maxsize=4096)
def _ending(text: str) -> str:
    """How a text ends: ``closed``, ``loose`` (a comma, a conjunction) or ``open`` (nothing at all)."""
    text = text.rstrip()
    bare = _BEHIND.sub("", text)
    if not bare:
        return "closed"
    if bare[-1] in _CLOSED:
        return "closed"
    if text[-1] in "）)":
        before = text[: max(text.rfind("（"), text.rfind("("), 0)].rstrip()
        if before.endswith("**") and text[-2] not in _CLOSED:
            return "open"  # a sentence that stops at a note
    if text[-1] in '”’」』）)]】"`' and bare[-1] not in "，、,":
        return "closed"
    if text[-1] in ":：" or (
        "\n" in text[-400:] and re.search(r"\n\s*(?:[-*+]|\d+[.)])\s[^\n]*\Z", text)
    ):
        return "closed"  # a list, or what announces one
    pattern = _LOOSE_HAN if _HAN.match(bare[-1]) or bare[-1] in "，、" else _LOOSE
    return "loose" if pattern.search(bare[-12:]) else "open"


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    """How many words, a Han character for half a word."""
    return len(_NOT_HAN.sub("", text)) // 2 + len(_WORDS.findall(text))


@dataclass(frozen=True, slots=True)
class _Sides:
    """How a turn ends in both languages, and how many words it has in each."""

    turn: Turn
    end: str
    its_end: str
    words: int
    said: int

    @classmethod
    def of(cls, turn: Turn) -> _Sides:
        text = turn.said
        return cls(
            turn, _ending(turn.text), _ending(turn.original), _length(text), _length(turn.original)
        )


def _is_foreign(turn: Turn, subject: Subject) -> bool:
    """Whether a text is not in its language at all; that is another finding."""
    return bool(
        (is_han_language(subject.language) and turn.text and not _HAN.search(turn.text))
        or (is_han_language(subject.original_language) is False and _HAN.match(turn.original))
    )


@register
class CutOff(EpisodeCheck):
    """A turn that ends in the middle of a sentence.

    Found by the other side, which ends properly; by the length that the other side lets expect; or by
    the lack of any sign at its end although the episode's texts have one. Interruptions end alike on
    both sides, and a speaker who goes on in the next turn is not cut off.
    """

    code = "cut_off"
    severity = Severity.WARNING
    title = gettext_noop("A turn ends in the middle of a sentence")
    depends = frozenset(
        {"text", "original", "kind", "speaker", "label", "language", "original_language"}
    )

    SHORT = 6
    """Turns of fewer words are calls and answers; they end as they like."""

    FEW = 4
    """So many are enough where nothing at all stands at the end of both sides, as nowhere else."""

    LONG = 14
    """From so many words on, the lengths of both sides tell whether half of one is missing."""

    HALF = 0.6
    """What a side has to reach of the length that the other one lets expect."""

    def find(self, subject: Subject) -> Iterator[Finding]:
        sides = [
            _Sides.of(turn)
            for turn in subject.turns
            if turn.kind != "cue" and not (turn.original and _is_foreign(turn, subject))
        ]
        tidy = self._share(sides, "text") >= 0.7
        exact = self._share(sides, "original") >= 0.85
        strict = exact and self._share(sides, "text") >= 0.9
        ratios = sorted(
            one.words / one.said for one in sides if one.words and one.said >= self.LONG
        )
        ratio = ratios[len(ratios) // 2] if len(ratios) >= 8 else 0.0
        for one, following in zip(sides, [*sides[1:], None], strict=False):
            if tidy and self._text_is_cut(one, following, ratio, strict):
                yield self._finding(one.turn, "text")
            elif one.turn.text and self._original_is_cut(one, following, ratio, exact):
                yield self._finding(one.turn, "original")

    def _share(self, sides: Sequence[_Sides], field: str) -> float:
        """How many of the longer texts of a side end properly."""
        ends = [
            one.end if field == "text" else one.its_end
            for one in sides
            if (one.words if field == "text" else one.said) >= self.SHORT
        ]
        return ends.count("closed") / len(ends) if ends else 0.0

    def _text_is_cut(
        self, one: _Sides, following: _Sides | None, ratio: float, strict: bool
    ) -> bool:
        if one.end == "closed" or max(one.words, one.said) < self.FEW or not one.words:
            return False
        if one.its_end == "closed" and one.said and max(one.words, one.said) >= self.SHORT:
            return True
        if one.end == one.its_end == "open" and strict:
            return not _goes_on(one, following, "original")
        if ratio and one.said >= self.LONG and one.words < self.HALF * ratio * one.said:
            return True
        if one.end == "loose" and one.turn.text.rstrip()[-1] in "，、,：":
            return False  # interrupted, on both sides
        return one.words >= self.SHORT and not _goes_on(one, following, "text")

    def _original_is_cut(
        self, one: _Sides, following: _Sides | None, ratio: float, exact: bool
    ) -> bool:
        if one.end != "closed" or not one.said:
            return False
        if one.its_end == "closed":
            text = one.turn.original.rstrip()
            trails = text.endswith(("...", "…")) and not one.turn.text.rstrip("”』」 \n").endswith(
                ("…", "—", "...")
            )
            return exact and trails and one.said >= 3
        if exact and one.its_end == "loose" and one.said >= 3:
            return not _goes_on(one, following, "original")
        if ratio and one.words >= self.LONG * ratio and one.words * self.HALF > ratio * one.said:
            return not _goes_on(one, following, "original")
        return exact and one.said >= self.FEW and not _goes_on(one, following, "original")

    def _finding(self, turn: Turn, field: str) -> Finding:
        text: str = getattr(turn, field).rstrip()
        sentence = gettext_noop("The translation ends in the middle of a sentence: “{words}”")
        if field == "original":
            sentence = gettext_noop("The original ends in the middle of a sentence: “{words}”")
        return Finding(
            check=self.code,
            message=fill(sentence, words=f"…{text[-20:]}" if len(text) > 20 else text),
            uid=turn.uid,
            field=field,
            start=max(0, len(text) - 1),
            end=len(text),
            about=(turn.text, turn.original),
        )


def _goes_on(one: _Sides, following: _Sides | None, field: str) -> bool:
    """Whether the same speaker goes on with the sentence in the next turn."""
    if following is None or following.turn.speaker != one.turn.speaker:
        return False
    if not following.turn.speaker and following.turn.label != one.turn.label:
        return False
    text: str = getattr(following.turn, field).lstrip()
    return bool(text) and (_HAN.match(text) is not None or text[0].islower())
