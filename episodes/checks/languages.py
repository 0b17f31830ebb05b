"""Translation and original: both there, different, and each in its own language.

A language is told by its script, Han characters against other words, with inline notes taken out:
English lines carry Chinese definitions, Chinese lines Latin names (FORMATS §3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from episodes.checks.distinct import distinct
from episodes.checks.registry import (
    Around,
    EpisodeCheck,
    Finding,
    Severity,
    TurnCheck,
    register,
)
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.annotations import strip
from episodes.transcripts.characters import HAN, outside_brackets
from episodes.transcripts.cues import is_cue
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "Equal",
    "HalfTranslated",
    "NoOriginal",
    "NoTranslation",
    "WrongLanguage",
    "share_of_han",
]

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL_WORD = re.compile(r"(?<![\w@./-])[^\W\d_A-Z\u0100-\uffff][a-z\u00e0-\u024f]+(?![\w@/-])")
_CUES = re.compile(
    r"[\[【][^\[\]【】\n]{1,40}[\]】]|[(（](?:[Ll]augh\w*|[Aa]pplause|[Mm]usic|笑声?|掌声|音乐)[)）]|♪+"
)
_FILLER = re.compile(
    r"(?:(?:u+[hm]+|h+m+|m+h+m*|m+|ah+|oh|er+m?|mm-?hmm?|uh-?huh|h)\b[\s.,…!?-]*)+", re.IGNORECASE
)
_SPEECH = re.compile(r"\w")
_PLACEHOLDER = re.compile(
    r"\W*(?:to ?do|tb[ad]|n/?a|null|none|fixme|xxx+|untranslated|not translated|(?:translation|original)? ?missing"
    r"|(?:无|無|空|暂无|缺|待补充?|待定|待译|待翻译|未译|未翻译|翻译缺失|原文缺失)(?:译文|原文|翻译|内容)?)\W*",
    re.IGNORECASE,
)
"""``TODO`` or （无） instead of a text."""
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|@[\w.-]+|`[^`\n]*`")

_QUOTED = re.compile('“[^”]*”|《[^》]*》|「[^」]*」|『[^』]*』|"[^"]*"')

MOST = 0.5
"""From this share of turns on, a lack is a property of the episode rather than of each turn."""


def is_han_language(language: str) -> bool | None:
    """Whether a language is written in Han characters; None where these tell nothing (Japanese)."""
    first = language.lower().replace("_", "-").split("-")[0]
    if first in ("zh", "yue", "cmn", "wuu", "nan", "hak", "lzh"):
        return True
    return None if first in ("ja", "ko", "und", "mul", "") else False


def _spoken(text: str) -> str:
    """A text without cues; empty where nothing but cues and signs is left."""
    if "[" in text or "(" in text or "（" in text or "【" in text or "♪" in text:
        text = _CUES.sub(" ", text)
    return text if _SPEECH.search(text) else ""


@lru_cache(maxsize=4096)
def share_of_han(text: str) -> tuple[int, int]:
    """How many Han characters and how many other words speak, inline notes and brackets left out."""
    if "（" in text or "(" in text:
        text = outside_brackets(strip(text))
    if "@" in text or "/" in text or "`" in text:
        text = _ADDRESS.sub(" ", text)
    text, han = _HAN.subn(" ", text)
    return han, len(_WORD.findall(text))


def _says(text: str, other: str) -> bool:
    """Whether a text is one: no placeholder either, where the other side has more than that."""
    if not _SPEECH.search(text):
        return False
    return len(text) > 24 or len(other) < 12 or _PLACEHOLDER.fullmatch(text) is None


@register
class NoTranslation(TurnCheck):
    """An original that speaks and has no translation; cues and fillers (``Uh,``) need none."""

    code = "translation_missing"
    severity = Severity.ERROR
    title = gettext_noop("The translation is missing")
    depends = frozenset({"text", "original", "kind"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        if turn.kind == "cue" or _says(turn.text, turn.original):
            return
        said = _spoken(turn.original).strip()
        if not said or _FILLER.fullmatch(said):
            return
        yield Finding(
            check=self.code,
            message=fill(
                gettext_noop("“{original}” has no translation."), original=_beginning(said)
            ),
            uid=turn.uid,
            field="text",
            about=(turn.text, turn.original),
        )


@register
class NoOriginal(EpisodeCheck):
    """A translation without original: a hint for each turn, or one for an episode that has hardly any.

    Cues, and remarks in brackets, have none by nature.
    """

    code = "original_missing"
    severity = Severity.HINT
    title = gettext_noop("The original is missing")
    depends = frozenset({"text", "original", "kind"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        spoken = [turn for turn in subject.turns if _needs_original(turn)]
        lacking = [turn for turn in spoken if not _says(turn.original, turn.text)]
        if not lacking:
            return
        if len(lacking) == len(spoken):
            yield Finding(
                check=self.code,
                message=gettext_noop("The episode has a translation only, and no original."),
                about=("none",),
            )
        elif len(spoken) >= 4 and len(lacking) > MOST * len(spoken):
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("{lacking} of {turns} turns have no original: rather a report?"),
                    lacking=len(lacking),
                    turns=len(spoken),
                ),
                about=("most",),
            )
        else:
            for turn in lacking:
                yield Finding(
                    check=self.code,
                    message=fill(
                        gettext_noop("“{text}” has no original."), text=_beginning(turn.text)
                    ),
                    uid=turn.uid,
                    field="original",
                    about=(turn.text,),
                )


def _needs_original(turn: Turn) -> bool:
    if turn.kind == "cue" or not _SPEECH.search(turn.text):
        return False
    text = turn.text.strip()
    if is_cue(text):
        return False
    return not (text[0] in "（(【[" and text[-1] in "）)】]" and not outside_brackets(text).strip())


def _beginning(text: str, longest: int = 30) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


# Equal


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", strip(text)).casefold()
    return "".join(filter(str.isalnum, folded))


def _is_equal(turn: Turn) -> bool:
    """Whether both sides are the same words, and more than a name or an exclamation."""
    if not turn.text or not turn.original or turn.kind == "cue":
        return False
    if abs(len(turn.text) - len(turn.original)) > 40 + len(turn.text) // 2:
        return False
    bare = _bare(turn.text)
    if not bare or bare != _bare(turn.original):
        return False
    han, words = share_of_han(turn.original)
    small = len(_SMALL_WORD.findall(turn.original))
    return (
        han >= 2
        or (words >= 3 and small >= 2)
        or _is_common(turn.original)
        or _is_sentence(turn.original)
    )


@register
class Equal(TurnCheck):
    """The same words on both sides. Names, numbers and ``OK`` may stay as they are."""

    code = "same_in_both"
    severity = Severity.WARNING
    title = gettext_noop("Translation and original are the same")
    depends = frozenset({"text", "original", "kind"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        if _is_equal(turn):
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("“{text}” stands on both sides."), text=_beginning(turn.text)
                ),
                uid=turn.uid,
                field="text",
                about=(turn.text, turn.original),
            )


# The wrong language


def _is_wrong(text: str, language: str) -> bool:
    expected = is_han_language(language)
    if expected is None or not text:
        return False
    han, words = share_of_han(text)
    if not expected:
        return (han and not words) or (han >= 4 and han > 2 * words)
    if words > han >= 2:  # may quote at length
        han, words = share_of_han(_QUOTED.sub(" ", text))
    if words <= han:
        return False
    small = _SMALL_WORD.findall(text)
    if words >= 3 and len(small) >= 2 + han // 2:
        return True
    return not han and (_is_common(text) or _is_sentence(text))


def _is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence and has a word that no name and hardly a title has."""
    if text.rstrip(" ”\"'")[-1:] not in (".", "?", "!"):
        return False
    return any(
        (word in _FUNCTION and word not in _IN_TITLES) or word.endswith(_CONTRACTED)
        for word in (each.lower().replace("’", "'") for each in _WORD.findall(text))
    )


def _is_common(text: str) -> bool:
    """Whether a text is nothing but the commonest English words, none of them a name."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    return bool(words) and all(word in _FUNCTION or word in _ANSWERS for word in words)


@register
class WrongLanguage(EpisodeCheck):
    """A side in the other side's language: a turn at a time, or once where nearly all are so."""

    code = "wrong_language"
    severity = Severity.WARNING
    title = gettext_noop("A text is in the wrong language")
    depends = frozenset({"text", "original", "kind", "language", "original_language"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        yield from self._side(
            subject,
            "text",
            subject.language,
            gettext_noop("The translation is in the wrong language: “{text}”"),
            gettext_noop("{wrong} of {turns} translations are not in “{language}”."),
        )
        yield from self._side(
            subject,
            "original",
            subject.original_language,
            gettext_noop("The original is in the wrong language: “{text}”"),
            gettext_noop("{wrong} of {turns} originals are not in “{language}”."),
        )

    def _side(
        self, subject: Subject, field: str, language: str, one: str, most: str
    ) -> Iterator[Finding]:
        texts = [
            (turn, text)
            for turn in subject.turns
            if turn.kind != "cue" and (text := getattr(turn, field)) and _SPEECH.search(text)
        ]
        wrong = [(turn, text) for turn, text in texts if _is_wrong(text, language)]
        if len(texts) >= 4 and len(wrong) > MOST * len(texts):
            message = fill(most, wrong=len(wrong), turns=len(texts), language=language)
            yield Finding(self.code, message, field=field, about=(field, language))
            return
        for turn, text in wrong:
            if not _is_equal(turn):
                message = fill(one, text=_beginning(text))
                yield Finding(self.code, message, uid=turn.uid, field=field, about=(text,))


# Half translated

_LATIN_RUN = re.compile(
    r"[A-Za-z][A-Za-z'’-]*+(?:[ ,;:.!?]{1,2}[A-Za-z0-9][A-Za-z0-9'’%$-]*+){3,}+[.?!]?"
)
_HAN_RUN = re.compile(f"[{HAN}](?:[，、。：；！？《》“”]{{0,2}}[{HAN}]){{3,}}+")
_GOES_ON = re.compile(
    f"[{HAN}][，。：；！？]|[的了是在我你他她这那有不没就吗呢吧们也都还会把被让跟给很]"
)
"""What a run of Chinese has that is more than a name or a term."""
_FUNCTION_WORDS = (
    "a about all also and any are as at be because been but by can could did do does for from "
    "had has have he her his how i if in into is it its just like me more my no not now of on "
    "one or our out over she so some than that the their them then there these they this "
    "those to up us was we were what when where which who will with would you your i'm it's "
    "don't that's we're you're"
)
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_CONTRACTED = ("n't", "'re", "'ve", "'ll", "'d", "'m")
_IN_TITLES = frozenset(
    ["a", "and", "at", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)
_ANSWERS_WORDS = (
    "yeah yes yep right exactly sure thanks thank well good great absolutely totally "
    "interesting true correct of course definitely really why maybe agreed indeed sorry wait hello"
)
_ANSWERS = frozenset(_ANSWERS_WORDS.split())
_QUOTES = {"“": "”", '"': '"', "「": "」", "『": "』", "《": "》", "〈": "〉", "（": "）", "(": ")"}
_QUOTES |= {"‘": "’", "[": "]", "【": "】", "*": "*", "`": "`", "_": "_"}


@register
class HalfTranslated(TurnCheck):
    """A stretch of the other language within a text, no quotation, title, name or note."""

    code = "half_translated"
    severity = Severity.WARNING
    title = gettext_noop("Part of it is not translated")
    depends = frozenset({"text", "original", "kind", "language", "original_language"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:
        return distinct(self._found(turn, around.subject))

    def _found(self, turn: Turn, subject: Subject) -> Iterator[Finding]:
        if turn.kind == "cue":
            return
        if is_han_language(subject.language) and not _is_wrong(turn.text, subject.language):
            for start, end in _english(turn.text):
                yield self._finding(turn, "text", turn.text, start, end)
        elif is_han_language(subject.language) is False and _HAN.search(turn.text):
            yield from self._han(turn, "text", turn.text, subject.language)
        if is_han_language(subject.original_language) is False and _HAN.search(turn.original):
            yield from self._han(turn, "original", turn.original, subject.original_language)

    def _han(self, turn: Turn, field: str, text: str, language: str) -> Iterator[Finding]:
        if _is_wrong(text, language):
            return
        for run in _HAN_RUN.finditer(text):
            start, end = run.span()
            if end - start < 8 and not _GOES_ON.search(text, start, end + 1):
                continue
            if not _within(text, start, end):
                yield self._finding(turn, field, text, start, end)

    def _finding(self, turn: Turn, field: str, text: str, start: int, end: int) -> Finding:
        words = text[start:end]
        message = gettext_noop("“{words}” is left in the original language.")
        if field == "original":
            message = gettext_noop("“{words}” does not belong into the original.")
        return Finding(
            check=self.code,
            message=fill(message, words=_beginning(words, 60)),
            uid=turn.uid,
            field=field,
            start=start,
            end=end,
            about=(words,),
        )


def _english(text: str) -> Iterator[tuple[int, int]]:
    if not _HAN.search(text):
        return
    for run in _LATIN_RUN.finditer(text):
        words = [word.lower().strip(".,;:!?") for word in run[0].replace("’", "'").split()]
        small = sum(1 for word in run[0].split() if word[0].islower())
        function = sum(1 for word in words if word in _FUNCTION or word.endswith(_CONTRACTED))
        says = sum(1 for word in words if word in _FUNCTION and word not in _IN_TITLES)
        enough = function >= 2 and (
            small * 2 >= len(words) or (small >= 3 and (says >= 2 or run[0][-1] in ".?!"))
        )
        if enough and not _within(text, *run.span()):
            yield run.span()


def _within(text: str, start: int, end: int) -> bool:
    """Whether a stretch stands in quotation marks, brackets, marks of emphasis or an address."""
    before = text[max(0, start - 80) : start]
    after = text[end : end + 80]
    for sign, closing in _QUOTES.items():
        opened = before.rfind(sign)
        if opened < 0 or closing not in after:
            continue
        if sign == closing:
            if before.count(sign) % 2:
                return True
        elif before.rfind(closing) < opened:
            return True
    return text[start - 1 : start] in ("@", "/", ".", "\\") and start > 0
