"""What a machine left behind: marks of a pipeline, tags, times, cues in speech, captions' artefacts.

Everything here can be taken out; the fix is the text without it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from episodes.checks.distinct import distinct
from episodes.checks.registry import (
    Around,
    EpisodeCheck,
    Finding,
    Fix,
    Severity,
    TurnCheck,
    register,
)
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import has_han
from episodes.transcripts.cues import is_cue
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["Artefact", "CueAgainstSpeech", "CueInSpeech", "Residue", "SpeakerMark"]

FIELDS = ("text", "original")

_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_RESIDUE = re.compile(
    r"(?P<comment><!--(?:(?!<!--).)*?-->|<!--|-->)"
    r"|(?P<mark>\[/?(?:END[_ ]OF[_ ]|START[_ ]OF[_ ])?(?:TRANSCRIPT|CHUNK|SEGMENT|SECTION)"
    r"(?:[_ ](?:END|START|BEGIN|\d{1,6}(?:/\d{1,6})?))?\]|\[/?(?:BLANK_AUDIO|INST|NO_SPEECH|SILENCE)\]"
    r"|<\|?/?(?:unk|pad|eos|bos|endoftext|im_start|im_end|startoftranscript)\|?>|\{\\[a-z]+\d[^{}\n]{0,30}\}"
    r"|(?<!`)```(?!`)|\bWEBVTT\b|\bKind: captions\b|\balign:(?:start|middle|end)(?: position:\d+%)?"
    r"|[\u200b\u200e\u200f\u2060\ufeff]+|\\[nrt](?![a-z])|(?<=[.?!,;。？！，\s])\\n(?=[A-Z])|\\u[0-9a-f]{4})"
    r"|(?P<link>!?\[[^\[\]\n]{0,80}\]\(\s*\)|\[\^\d{1,3}\]|(?:={7}|<{7}|>{7})(?: HEAD)?|\A\s*<<(?!<)|(?<![A-Za-z0-9\]])\[\d{1,3}\](?![(\[:A-Za-z]))"
    r"|(?P<twice>(?<![。，、])(?:。。|，，|、、)(?![。，、]))"
    r"|(?P<escape>\\{2,}|\\+(?=[\"'“”‘’ ，。？！、：；\u4e00-\u9fff]|\Z))"
    r"|(?P<tag></?(?:br|p|div|span|details|summary|font|i|b|u|em|strong|c|v|html|body|sup|sub|a|ul|ol|li|img|table|tr|td"
    r"|h[1-6]|code|pre|blockquote|script|style|speak|ruby|rt|center)(?:[\s.][^<>\n]{0,200})?/?>|<\d\d:\d\d[\d:.]*>)"
    r"|(?P<time>[\[(（【]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])）】]"
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?[.,]\d{3}(?: --> (?:\d{2}:)?\d{2}:\d{2}[.,]\d{3})?(?!\d)"
    r"|(?<![\d:.])\d{2}:\d{2}:\d{2}(?![\d:])|(?:\A|(?<=\n))\s*\d{1,2}:\d{2}(?=\s)(?!\s?[ap]\.?m)|(?<=[.?!。？！] )\d{2}:\d{2}\s*\Z)"
    r"|(?P<entity>&(?:nbsp|amp|gt|lt|quot|apos|[mn]dash|hellip|middot|bull|[lr][sd]quo|ensp|emsp|thinsp|shy|copy|reg|trade"
    r"|[aeioucn](?:acute|grave|circ|uml|tilde|cedil)|times|deg|euro|pound|#\d{2,5}|#x[0-9a-f]{2,4});)"
    r"|(?P<broken>\ufffd+|â€[™œ\x9d\u201d“”¦˜]|Ã[©¨¤¶¼])",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGER = re.compile(
    r"[<>\[\\&\ufffdâÃ`{\u200b\u200e\u200f\u2060\ufeff]|\d:\d|={7}|。。|，，|、、|WEBVTT|Kind: c|align:"
)
_TALK = re.compile(
    r"\A\s*(?:(?:好的|当然|當然|没问题|沒問題)?[，,！!。]?\s*)(?:(?:以下|下面|下边|这|這)(?:是|为|為)[^。：:\n]{0,24}?(?:翻译|翻譯|译文|譯文)[^。：:\n]{0,10}[：:]"
    r"|(?:中文|英文|简体中文)?(?:翻译|翻譯|译文|譯文|原文)(?:如下|结果)?\s?[：:]|我来(?:为您|帮您)?翻译[^。：:\n]{0,16}[：:])"
    r"|\A\s*(?:(?:sure|certainly|of course|okay|absolutely)[,!.]\s*)?here(?:['’]s| is| are) (?:the|your|a) [^:\n.]{0,40}"
    r"(?:translat|transcript|corrected|cleaned|text|version)[^:\n]{0,40}:"
    r"|\A\s*(?:chinese |english )?(?:translation|transcript|transcription)\s?[：:]"
    r"|\bas an? (?:ai|large) language model\b,?|作为(?:一个|一名)?(?:AI|人工智能|大型?)语言模型[，,]?",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\A希望(?:这个|以上|这份|这段)?(?:翻译|译文)[^。！!\n]{0,16}[。！!]|[（(\[【]\s*(?:译者注|译注|譯者註|译者按|translator['’]s note|注\s?[：:]\s?(?:以上|此处|本段))[^）)\]】\n]{0,120}[）)\]】]"
    r"|(?:希望(?:这个|以上|这份|这段)(?:翻译|译文)?[^。！!\n]{0,16}有(?:所)?帮助|如果?您?(?:需要|有)(?:进一步|任何|其他)[^。！!\n]{0,24}(?:告诉我|告知我?|联系)"
    r"|请(?:您)?提供[^。\n]{0,16}(?:翻译|文本)[^。\n]{0,10})[。！!]?\s*\Z"
    r"|(?:let me know if (?:you|there)[^.!?\n]{0,60}|i hope (?:this|that) helps|please provide the [^.!?\n]{0,40}text[^.!?\n]{0,40})[.!]?\s*\Z",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"language model|语言模型|transcript|译文|翻译|translat|let me know|hope (?:this|that) helps|告诉我|帮助",
    re.IGNORECASE,
)


def _without(text: str, start: int, end: int, instead: str = "") -> str:
    """The text with a stretch taken out, and no space where it would now stand twice."""
    before, after = text[:start], text[end:]
    if not instead:
        if before[-1:] in ("", " ", "\n") and after[:1] == " ":
            after = after[1:]
        elif before[-1:] == " " and after[:1] in (
            "",
            "\n",
            ",",
            ".",
            "，",
            "。",
            "?",
            "？",
            "!",
            "！",
        ):
            before = before[:-1]
    return f"{before}{instead}{after}"


@register
class Residue(TurnCheck):
    """Comments, ``[TRANSCRIPT_END]``, ``\\"``, tags, entities, times, and what a translator machine says."""

    code = "residue"
    severity = Severity.WARNING
    title = gettext_noop("Something of a machine is left over")
    depends = frozenset({"text", "original"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        return distinct(self._found(turn))

    def _found(self, turn: Turn) -> Iterator[Finding]:
        for field in FIELDS:
            text: str = getattr(turn, field)
            for talk in (_TALK.search(text), _ASIDE.search(text)):
                if talk and not self._is_said(turn, talk):
                    yield self._finding(turn, field, text, *talk.span(), "")
            if not _TRIGGER.search(text):
                continue
            code = [span.span() for span in _CODE.finditer(text)] if "`" in text else []
            for found in _RESIDUE.finditer(text):
                start, end = found.span()
                if any(first <= start < last for first, last in code):
                    continue
                instead = html.unescape(found[0]).replace("\xa0", " ") if found["entity"] else ""
                instead = found["twice"][0] if found["twice"] else instead
                if found["tag"] and found[0].lower().startswith("<br"):
                    instead = _break(text, start, end)
                yield self._finding(turn, field, text, start, end, instead)

    def _is_said(self, turn: Turn, talk: re.Match[str]) -> bool:
        """Whether what sounds like a machine is what somebody says: both sides have it."""
        other = turn.original if talk.string == turn.text else turn.text
        return bool(_MACHINE.search(talk[0]) and _MACHINE.search(other))

    def _finding(
        self, turn: Turn, field: str, text: str, start: int, end: int, instead: str
    ) -> Finding:
        words = text[start:end]
        value = _without(text, start, end, instead)
        broken = "\ufffd" in words or words[0] in "âÃ"
        return Finding(
            check=self.code,
            message=fill(
                gettext_noop("“{words}” is left over and belongs to no text."),
                words=words if len(words) <= 60 else words[:59] + "…",
            ),
            uid=turn.uid,
            field=field,
            start=start,
            end=end,
            fix=None if broken or not value.strip() else Fix(field, value),
            about=(words,),
        )


def _break(text: str, start: int, end: int) -> str:
    """A space for a ``<br>`` between two Latin words."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return " " if before.isascii() and before.strip() and after.isascii() and after.strip() else ""


_ARROWS = re.compile(r"\A\s*>>\s*")


@register
class SpeakerMark(EpisodeCheck):
    """``>>`` before a text, where the episode is not written so."""

    code = "speaker_mark"
    severity = Severity.WARNING
    title = gettext_noop("A caption mark stands before a text")
    depends = frozenset({"text", "original"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        for field in FIELDS:
            texts = [(turn, text) for turn in subject.turns if (text := getattr(turn, field))]
            marked = [(turn, text) for turn, text in texts if _ARROWS.match(text)]
            if len(marked) * 3 > len(texts) and len(texts) > 2:
                continue
            for turn, text in marked:
                found = _ARROWS.match(text)
                end = found.end() if found else 0
                yield Finding(
                    check=self.code,
                    message=gettext_noop("“>>” stands before the text."),
                    uid=turn.uid,
                    field=field,
                    start=0,
                    end=end,
                    fix=Fix(field, text[end:]) if text[end:] else None,
                    about=(text,),
                )


# Cues

_CUE = re.compile(
    r"[\[【（(]\s*(?:(?P<music>(?:[a-z]+ )?music|musik|(?:[\u4e00-\u9fff]{2}的?)?(?:音乐|音樂)声?(?:响起|播放)?|配乐)(?: (?:playing|plays|fades?|stops|ends)(?: \w+)?)?)\s*[\]】）)]"
    r"|[\[【]\s*(?:(?P<noise>applause|laughter|laugh(?:s|ing)|cheering|cheers|clapping|claps|crosstalk|(?:background )?(?:noise|chatter)|silence|pause|chuckl(?:es?|ing)"
    r"|sigh(?:s|ing)|cough(?:s|ing)|gasps?|clear(?:s|ing) (?:his |her )?throat|(?:phone|bell)s? ring(?:s|ing)|掌声|掌聲|鼓掌|拍手|大?笑声?|笑聲|欢呼声?|静音|沉默|叹气|咳嗽|清嗓子?|电话?铃声|杂音|噪音)"
    r"|(?P<lost>inaudible|unintelligible|indistinct|听不清楚?|无法辨认|__+|\?+|foreign))\s*[\]】]"
    r"|[（(]\s*(?P<odd>laugh(?:s|ing|ter)|applause|cheering|chuckles|sighs|大?笑声?|掌声|掌聲|鼓掌|欢呼声?)\s*[）)]"
    r"|(?<![A-Za-z*])\*(?P<star>laughs|laughing|sighs|chuckles|coughs|applause|music)\*(?![\w*])"
    r"|(?P<note>♪+[^♪\n]{0,60}♪+|♪+)",
    re.IGNORECASE,
)
_LAUGHS = re.compile(
    r"[（(](?:大?笑声?|掌声|鼓掌|音乐|laugh\w*|applause|music|cheer\w*)[）)]", re.IGNORECASE
)
_MAY_BE_CUE = re.compile(
    r"[\[【♪]|[（(][^（）()\n]{0,12}(?:音乐|音樂|配乐|music|laugh|applause|cheering|chuckle|sigh|笑|掌|欢呼)|\*(?:la|si|ch|co|ap|mu)",
    re.IGNORECASE,
)
_NOISE = re.compile(r"[\[【（(](?:[^\[\]()（）【】\n]{1,20})[\]】）)]")
"""What is heard besides: said on both sides it is as it should be."""

_BARE_CUE = re.compile(
    r"[（(]?(?:(?:(?:轻快的?|片头|片尾|背景)?音乐声?(?:响起|播放)?|掌声|笑声|鼓掌|欢呼声?|music(?: playing)?|applause"
    r"|laughter))[）)]?[。.]?",
    re.IGNORECASE,
)
_ANY_CUE = re.compile(r"[\[【][^\[\]【】\n]{1,40}[\]】]|♪+[^♪\n]{0,60}♪+|♪+")
_WORD = re.compile(r"[^\W\d_]+")


def _is_heard(cue: re.Match[str], other: str) -> bool:
    """Whether it is as it should be: told on both sides, or in round brackets and in the language of
    what is said."""
    if cue["odd"]:
        return has_han(cue[0]) == has_han(cue.string[: cue.start()] + cue.string[cue.end() :])
    return bool(cue["noise"] and _NOISE.search(other))


def _is_cue(text: str) -> bool:
    return is_cue(text) or _LAUGHS.fullmatch(text) is not None


def _spoken(text: str) -> int:
    """How many Han characters are said, by twos."""
    return sum("\u4e00" <= char <= "\u9fff" for char in text) // 2


def _speaks(text: str) -> bool:
    return bool(_WORD.search(_CUE.sub(" ", _ANY_CUE.sub(" ", text))))


@register
class CueInSpeech(TurnCheck):
    """``[音乐]`` in what somebody says; ``[inaudible]``, where one should listen again."""

    code = "cue_in_speech"
    severity = Severity.HINT
    title = gettext_noop("A cue stands in the middle of speech")
    depends = frozenset({"text", "original", "kind"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        if turn.kind == "cue":
            return
        for field in FIELDS:
            text: str = getattr(turn, field)
            if not text or not _MAY_BE_CUE.search(text):
                continue
            other = turn.original if field == "text" else turn.said
            cues = [cue for cue in _CUE.finditer(text) if not _is_heard(cue, other)]
            if not cues or not _speaks(text):
                continue
            lost = next((cue for cue in cues if cue["lost"]), None)
            first = lost or cues[0]
            value = text
            for cue in reversed(cues):
                value = value if cue["lost"] else _without(value, *cue.span())
            sentence = gettext_noop("“{cue}” stands in the middle of what is said.")
            if lost:
                sentence = gettext_noop(
                    "“{cue}”: what was not understood can be listened to again."
                )
            yield Finding(
                check=self.code,
                message=fill(sentence, cue=first[0]),
                uid=turn.uid,
                field=field,
                start=first.start(),
                end=first.end(),
                fix=None if lost else Fix(field, value.strip()),
                about=(text,),
            )


@register
class CueAgainstSpeech(TurnCheck):
    """One side tells what is heard, the other what is said; or a cue has lost its brackets."""

    code = "cue_against_speech"
    severity = Severity.WARNING
    title = gettext_noop("A cue on one side, speech on the other")
    depends = frozenset({"text", "original", "kind"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        text, original = turn.text.strip(), turn.original.strip()
        if not text or not original:
            return
        ours, theirs = _is_cue(text), _is_cue(original)
        if ours == theirs:
            return
        field, words, cue = ("original", original, text) if ours else ("text", text, original)
        if _BARE_CUE.fullmatch(words):
            inner = words.strip("（）()。. ")
            yield self._finding(
                turn,
                field,
                fill(gettext_noop("“{words}” is a cue without its brackets."), words=words),
                Fix(field, f"[{inner}]"),
            )
        elif len(_WORD.findall(words)) + _spoken(words) >= 2:
            yield self._finding(
                turn,
                field,
                fill(
                    gettext_noop("“{cue}” on one side, “{words}” on the other."),
                    cue=cue,
                    words=words if len(words) <= 40 else words[:39] + "…",
                ),
            )

    def _finding(self, turn: Turn, field: str, message: Message, fix: Fix | None = None) -> Finding:
        return Finding(
            check=self.code,
            message=message,
            uid=turn.uid,
            field=field,
            fix=fix,
            about=(turn.text, turn.original),
        )


# What speech recognition makes of silence

_ARTEFACT = re.compile(
    r"字幕\s?(?:by|由|志愿者|製作|制作|提供|组|:|：)|中文字幕|Amara\.?org|明镜(?:与|需要)|不吝点赞|打赏支持|索兰娅"
    r"|(?:sub(?:title|-title)s?|caption(?:s|ed)?|transcri(?:bed|pt(?:ion)?)|translated)\s(?:by|provided by)\s+\S+"
    r"|(?:thanks|thank you)(?: so much| very much)? for watching|(?:感谢|谢谢)(?:您|你们?|大家)?的?(?:观看|收看)"
    r"|(?:please |don't forget to )(?:like(?:,| and) )?subscribe|订阅\s?转发",
    re.IGNORECASE,
)
_THANKS = re.compile(r"watching|观看|收看|subscribe", re.IGNORECASE)
_THANKED = re.compile(r"watch|观看|收看|看到|subscri|订阅|关注|感谢|谢谢", re.IGNORECASE)


@register
class Artefact(TurnCheck):
    """``字幕by …``, ``Thanks for watching``: what is heard where nobody speaks.

    Thanks are believed where the other side thanks too.
    """

    code = "caption_artefact"
    severity = Severity.WARNING
    title = gettext_noop("An artefact of speech recognition")
    depends = frozenset({"text", "original"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        for field, other in (("text", turn.original), ("original", turn.text)):
            text: str = getattr(turn, field)
            found = _ARTEFACT.search(text) if text else None
            if found is None or (_THANKS.search(found[0]) and _THANKED.search(other)):
                continue
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("“{words}” may be what captions hear in silence."), words=found[0]
                ),
                uid=turn.uid,
                field=field,
                start=found.start(),
                end=found.end(),
                about=(text, other),
            )
