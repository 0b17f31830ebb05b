"""Brackets and bold marks that are opened and never closed, or the other way round.

Full and half width may close each other. Code, links and addresses hold no marks; a paragraph or list
item is looked at for itself, as Markdown does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from episodes.checks.distinct import distinct
from episodes.checks.registry import Around, Finding, Severity, TurnCheck, register
from episodes.checks.subject import Turn
from episodes.transcripts.annotation_marks import blocks, lex, pair_bold, pair_brackets
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["Bold", "Brackets", "NoteBrackets", "Unpaired", "unpaired"]

FIELDS = ("text", "original")

_MAY_MATTER = re.compile(r"\*\*|[()（）《》〈〉「」『』【】“”\[\]]")
_NO_BRACKET = re.compile(
    r"(?:(?<![^\s（(：:，,；;、。])(?:\d{1,2}|[a-zA-Z]|(?<![，,])[一二三四五六七八九十]|[ivx]{1,4})|[:;8=][-'o^]?)\Z"
)
_POWER = re.compile(r"(?<=[\d)xyn] )\*\*(?= [\d(xyn])|(?<=[\w)])\*\*(?=\d)", re.ASCII)
_SIGNS = {"《": "》", "〈": "〉", "「": "」", "『": "』", "【": "】", "[": "]"}
_SIGN = re.compile(r"[《》〈〉「」『』【】\[\]]")
_QUOTE = re.compile("[“”]")
_ENDED = re.compile(r"[。？！.?!…][”\"』」）)*_\s]*\Z")

Unpaired = tuple[int, int, str]
"""Start and end of a mark, and what is wrong: ``bold``, ``note`` (the bracket of an inline note) or
``bracket``."""


@lru_cache(maxsize=4096)
def unpaired(text: str) -> tuple[Unpaired, ...]:
    """The marks of a text that have no partner, in order; of bold marks one for a paragraph."""
    if not _MAY_MATTER.search(text):
        return ()
    found: list[Unpaired] = []
    for start, end in blocks(text):
        marks = lex(text, start, end)
        brackets = [mark for mark in marks if mark[2] != "*"]
        pairs = pair_brackets(text, brackets)
        bolds = pair_bold(text, start, end, marks, pairs)
        found += _lonely_bold(text, marks, bolds)
        paired = {place for pair in pairs for place in pair}
        bold_ends = {bold[3] for bold in bolds}
        for at, last, char in [] if _balanced(brackets) else brackets:
            if at not in paired and not _is_no_bracket(text, at, char):
                note = char in "（(" and _after_bold(text, at, bold_ends)
                found.append((at, last, "note" if note else "bracket"))
        found += _lonely_signs(text, start, end)
    found += _lonely_quotes(text)
    return tuple(sorted(found))


def _lonely_bold(
    text: str, marks: list[tuple[int, int, str]], bolds: list[tuple[int, int, int, int]]
) -> list[Unpaired]:
    """The bold mark that is one too many; a multiplication or a power is none."""
    used = {bold[0] for bold in bolds} | {bold[2] for bold in bolds}
    lonely = [
        mark
        for mark in marks
        if mark[2] == "*" and mark[0] not in used and not _POWER.match(text, mark[0])
    ]
    if not lonely:
        return []
    mark = lonely[-1]
    return [(mark[0], mark[1], "bold")]


def _balanced(brackets: list[tuple[int, int, str]]) -> bool:
    """Whether round brackets balance when their width is nothing."""
    depth = 0
    for _, _, char in brackets:
        depth += 1 if char in "（(" else -1
        if depth < 0:
            return False
    return not depth


def _is_no_bracket(text: str, at: int, char: str) -> bool:
    """The bracket of 1) or a), and of :)"""
    return char in ")）(" and _NO_BRACKET.search(text, max(0, at - 5), at) is not None


def _after_bold(text: str, at: int, bold_ends: set[int]) -> bool:
    """Whether a bracket opens the note of a bold word, also of one with the bracket inside."""
    before = text[max(0, at - 90) : at].rstrip()
    place = at - len(text[max(0, at - 90) : at]) + len(before)
    if place in bold_ends or before.endswith("**"):
        return True
    opened = before.rfind("**")
    return opened >= 0 and before.count("**") % 2 == 1 and "。" not in before[opened:]


def _lonely_signs(text: str, start: int, end: int) -> Iterator[Unpaired]:
    stacks: dict[str, list[int]] = {}
    for sign in _SIGN.finditer(text, start, end):
        char = sign[0]
        if char in _SIGNS:
            stacks.setdefault(_SIGNS[char], []).append(sign.start())
        elif stacks.get(char):
            stacks[char].pop()
        else:
            yield sign.start(), sign.end(), "bracket"
    for stack in stacks.values():
        for at in stack:
            yield at, at + 1, "bracket"


def _lonely_quotes(text: str) -> Iterator[Unpaired]:
    """Curly quotes: one that closes nothing, or is opened and not closed though the text has ended.

    A quotation of several paragraphs is opened anew in each of them; one that goes on in the next
    turn stops in the middle of a sentence.
    """
    opened: list[int] = []
    for sign in _QUOTE.finditer(text):
        if sign[0] == "“":
            opened.append(sign.start())
        elif opened:
            if "\n" in text[opened[0] : sign.start()]:
                opened.clear()
            else:
                opened.pop()
        else:
            yield sign.start(), sign.end(), "bracket"
    if opened and _ENDED.search(text[-12:]):
        yield opened[0], opened[0] + 1, "bracket"


def _around(text: str, start: int, end: int) -> str:
    """A mark with the words beside it."""
    first, last = max(0, start - 8), min(len(text), end + 10)
    words = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{words}{'…' if last < len(text) else ''}"


class _Unpaired(TurnCheck):
    depends = frozenset({"text", "original"})
    what: str
    sentence: Message

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        return distinct(self._found(turn))

    def _found(self, turn: Turn) -> Iterator[Finding]:
        for field in FIELDS:
            text: str = getattr(turn, field)
            for start, end, what in unpaired(text):
                if what == self.what:
                    words = _around(text, start, end)
                    yield Finding(
                        check=self.code,
                        message=fill(self.sentence, mark=text[start:end], words=words),
                        uid=turn.uid,
                        field=field,
                        start=start,
                        end=end,
                        about=(words,),
                    )


@register
class Bold(_Unpaired):
    """``**数据湖（Data Lake）`` shows its stars to the reader."""

    code = "bold_unclosed"
    severity = Severity.ERROR
    title = gettext_noop("A bold mark has no partner")
    what = "bold"
    sentence = gettext_noop("A bold mark has no partner: “{words}”")


@register
class NoteBrackets(_Unpaired):
    """``**数据湖**（Data Lake: 存放`` is read as no annotation, and its term is lost."""

    code = "note_unclosed"
    severity = Severity.ERROR
    title = gettext_noop("The bracket of a note is not closed")
    what = "note"
    sentence = gettext_noop("The bracket of a note is not closed: “{words}”")


@register
class Brackets(_Unpaired):
    """Round brackets and 《》「」『』【】 without partner. Quotations may go on in the next turn."""

    code = "bracket_unpaired"
    severity = Severity.WARNING
    title = gettext_noop("A bracket has no partner")
    what = "bracket"
    sentence = gettext_noop("“{mark}” has no partner: “{words}”")
