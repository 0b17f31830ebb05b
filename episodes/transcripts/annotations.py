"""Inline glossary annotations: ``**数据湖**（Data Lake: 存放原始数据的仓库）`` and its relatives.

FORMATS §4 lists the forms (G1–G18). A turn is cut into blocks (a paragraph, a list item, a table
row); in each block one flat lexer finds brackets and bold marks outside code, links, URLs and
tags, brackets are balanced with a stack, and each closed pair is asked two questions: *which head
stands before it*, and *what does the note say*. All of it is linear in the text: a pair is refused
by looking at no more than ``PEEK`` characters of its note and ``LONGEST_HEAD`` before it, and an
accepted pair is never read again.

=========  ==========================================================  =======================
the head   what marks its left end                                     what its note must give
=========  ==========================================================  =======================
bold       ``**…**（…）`` or ``**…（…）**``                               anything that is a note
title      ``《…》（…）``                                                 a name in another script
quoted     ``“…”（…）``                                                  the same
bare       nothing: the run of letters before, cut by guesswork        the same
=========  ==========================================================  =======================

``certain`` is true for bold and title, for quoted with a definition, and for a bare head that the
caller knows. Only certain ones are evidence for a glossary; the others have a guessed head.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum

from episodes.transcripts.annotation_marks import (
    LONGEST_HEAD,
    blocks,
    lex,
    pair_bold,
    pair_brackets,
)
from episodes.transcripts.annotation_notes import (
    HAN,
    LETTER_OR_DIGIT,
    PEEK,
    ROLE,
    Note,
    is_abbreviation,
    is_expansion,
    plain,
    read_note,
)

__all__ = ["Annotation", "scan", "segments", "strip", "term_key"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One head with its note. All offsets are code points of the text that was scanned.

    ``start``–``end`` is the whole: heads, bold and quotation marks, brackets. ``head_start``–
    ``head_end`` is the (first) head without bold, quotation and title marks; ``notes`` are the
    spans of its brackets with the spaces before them, which :func:`strip` takes out: one, or
    several that follow each other, ``**数据湖（Data Lake）**（存放…）``. ``term`` is the head as it
    reads: ``《某书》`` is 某书, and markup is gone. ``heads`` holds every head of a note that says
    that it is about several.

    ``foreign`` is the term in the foreign language; ``abbreviation`` and ``expansion`` the two
    names of a note with three slots (``foreign`` is then empty; a short name counts as an
    abbreviation), ``renderings`` the Chinese names that the note gives for it. A head that is
    itself foreign is repeated in ``abbreviation`` or ``foreign`` when the note gives its other
    name. ``definition`` is plain text, whole.
    """

    start: int
    end: int
    head_start: int
    head_end: int
    notes: tuple[tuple[int, int], ...]
    term: str
    foreign: str
    abbreviation: str
    expansion: str
    definition: str
    heads: tuple[str, ...]
    renderings: tuple[str, ...] = ()
    certain: bool = True

    @property
    def note_start(self) -> int:
        """Where the first note begins: what stands before it is the head with its marks."""
        return self.notes[0][0]


def scan(text: str, known: AbstractSet[str] = frozenset()) -> tuple[Annotation, ...]:
    """The annotations of a turn's Markdown, in order, never overlapping. Never raises.

    ``known`` holds keys (:func:`term_key`) of terms that exist already: they tell where a bare
    head begins (``看看思科（Cisco）`` with 思科 known).
    """
    found: list[Annotation] = []
    for start, end in blocks(text):
        if text.find("（", start, end) >= 0 or text.find("(", start, end) >= 0:
            found.extend(_Block(text, start, end, known).annotations())
    return tuple(found)


def strip(text: str, annotations: Iterable[Annotation] | None = None) -> str:
    """The text with each annotation's note taken out, so that no definition interrupts a sentence.

    The head stays as it stood, bold and title marks included. Without ``annotations`` all that
    :func:`scan` finds are taken out, uncertain ones too.
    """
    kept: list[str] = []
    pos = 0
    for annotation in scan(text) if annotations is None else annotations:
        for start, end in annotation.notes:
            kept.append(text[pos:start])
            pos = end
    return "".join([*kept, text[pos:]])


def segments(
    text: str, annotations: Iterable[Annotation] | None = None
) -> tuple[str | Annotation, ...]:
    """The text as a partition: strings (never empty) and annotations (``text[a.start:a.end]``)."""
    parts: list[str | Annotation] = []
    pos = 0
    for annotation in scan(text) if annotations is None else annotations:
        if pos < annotation.start:
            parts.append(text[pos : annotation.start])
        parts.append(annotation)
        pos = annotation.end
    if pos < len(text):
        parts.append(text[pos:])
    return tuple(parts)


_KEY_DROPS = re.compile(r"[\s*_`'\"‘’“”「」『』《》〈〉«»·•・‐‑‒–—―−-]+")
_ACRONYM_PLURAL = re.compile(r"[A-Z0-9]{2,}s")
_PLURAL = re.compile(r"[a-z]{2,}[^\W\d_aiosu]s")
_NOT_PLURAL = re.compile(r".*(?:ics|news|series|species|windows|lens)")


def term_key(term: str) -> str:
    """The normal form in which two spellings of one term are equal. Not for display, not a slug.

    NFKC, case folded; spaces, hyphens, quotation, title and bold marks and middle dots dropped.
    An English plural at the end is folded where that is safe (``LLMs``, ``tokens``, ``batteries``;
    not ``AWS``, ``robotics``, ``gas``). Case matters to that, so a key is not the key of itself.
    """
    bare = _KEY_DROPS.sub("", unicodedata.normalize("NFKC", term))
    key = bare.casefold()
    if _ACRONYM_PLURAL.fullmatch(bare):
        return key[:-1]
    if not (key.isascii() and key.isalpha()) or bare.isupper() or _NOT_PLURAL.fullmatch(key):
        return key
    if key.endswith("ies") and len(key) > 5:
        return key[:-3] + "y"
    if key.endswith(("ches", "shes", "xes", "sses")):
        return key[:-2]
    return key[:-1] if _PLURAL.fullmatch(key) else key


# The head: what the note is about.

_WRAPPERS = {"《": "》", "〈": "〉", "“": "”", "‘": "’", "「": "」", "『": "』", '"': '"'}
_OPENERS = {closing: opening for opening, closing in _WRAPPERS.items()}
_SPACES = " \t\u00a0\u3000"
_NO_HEAD = re.compile(r"[。！？；]")
_CLOSES_BOLD = re.compile(r"[ ：:，,。、；;》〉”’」』]{0,3}")
_SHARED = re.compile(r"[均都皆]|同[为是属]|[两二三四]者|以上|分别|[合统并]称|all\b|both\b")
_JOINT = re.compile(
    r"[》〉”’」』\s]*(?:[、，,/&]|、?(?:和|与|及|或|以及|或者|还有|跟|and|or))[《〈“‘「『\s]*"
)
_BARE = re.compile(r"[\w·&.+-]+\Z")
_BARE_FOREIGN = re.compile(r"[A-Za-z0-9&.+-]+\Z")
_BARE_LENGTH = 24
_LEAD_IN = re.compile(
    r".*(?:[的了是在到和与及或像把被从向让叫给有对用买看说为于但]|比如|例如|所以|因为|如果|来自|见过|去过|就像"
    r"|投资|关于|根据|通过|包括|一[家种个]|[那这][个些家]|[我你他]们|不过)(?=..)"
)


class _Kind(IntEnum):
    BARE = 0
    QUOTED = 1
    TITLE = 2
    BOLD = 3


@dataclass(frozen=True, slots=True)
class _Head:
    kind: _Kind
    start: int  # with its marks
    text: tuple[int, int]
    note_start: int
    end: int = 0  # of marks that close after the note
    bold: int = -1  # which bold span stands before the note
    known: bool = False


class _Block:
    """A block's brackets, and which of them are annotations."""

    def __init__(self, text: str, start: int, end: int, known: AbstractSet[str]) -> None:
        self.text, self.start, self.known = text, start, known
        marks = lex(text, start, end)
        self.brackets = pair_brackets(text, [mark for mark in marks if mark[2] != "*"])
        self.closing = dict(self.brackets)
        self.bolds = pair_bold(text, start, end, marks, self.brackets)
        self.bold_starts = [bold[0] for bold in self.bolds]
        self.bold_by_end = {bold[3]: index for index, bold in enumerate(self.bolds)}

    def annotations(self) -> Iterator[Annotation]:
        free = self.start  # what stands before belongs to the last annotation
        for opened, closed in self.brackets:
            if opened >= free and (annotation := self._annotation(opened, closed, free)):
                yield annotation
                free = annotation.end

    def _annotation(self, opened: int, closed: int, free: int) -> Annotation | None:
        for head in self._heads(opened, closed, free):
            term = plain(self.text[slice(*head.text)])
            if not _can_be_head(term):
                continue
            if note := self._note(opened, closed, term, head.kind):
                return self._made(head, term, note, closed, free)
        return None

    def _note(self, opened: int, closed: int, term: str, kind: _Kind) -> Note | None:
        """What this pair of brackets says, if a head of this kind can have it for a note.

        The first characters decide, so that a refusal is cheap however long the note is.
        """
        short = opened + 1 + PEEK
        for end in (closed,) if closed <= short else (short, closed):
            note = read_note(plain(self.text[opened + 1 : end]), term)
            if note is None or not _suits(note, term, kind):
                return None
        return note

    def _made(self, head: _Head, term: str, note: Note, closed: int, free: int) -> Annotation:
        spans, notes = [(head.note_start, closed + 1)], [note]
        for pos in (closed + 1, head.end):  # notes that follow each other are one
            while pos and (following := self._following(pos)):
                more = self._note(*following, term, head.kind)
                if more is None:
                    break
                spans.append((pos, following[1] + 1))
                notes.append(more)
                pos = following[1] + 1
        note = _joined(notes)
        start, texts = head.start, [head.text]
        if head.bold >= 0 and _SHARED.match(note.definition) and not note.named:
            start, texts = self._sharing(head, free)
        return Annotation(
            start=start,
            end=max(head.end, spans[-1][1]),
            head_start=texts[0][0],
            head_end=texts[0][1],
            notes=tuple(spans),
            term=plain(self.text[slice(*texts[0])]),
            foreign=note.foreign,
            abbreviation=note.abbreviation,
            expansion=note.expansion,
            definition=note.definition,
            heads=tuple(plain(self.text[slice(*text)]) for text in texts),
            renderings=note.renderings,
            certain=head.kind >= _Kind.TITLE
            or head.known
            or (head.kind is _Kind.QUOTED and bool(note.definition)),
        )

    def _following(self, pos: int) -> tuple[int, int] | None:
        """The pair of brackets that follows directly: the note **数据湖**（Data Lake）（定义）."""
        while self.text[pos : pos + 1] in _SPACES and pos < len(self.text):
            pos += 1
        return (pos, self.closing[pos]) if pos in self.closing else None

    def _heads(self, opened: int, closed: int, free: int) -> Iterator[_Head]:
        """What can be the head of this pair of brackets, the best marked first."""
        text = self.text
        at = opened
        while at > free and text[at - 1] in _SPACES:
            at -= 1
        if at == free:
            return
        opener = _OPENERS.get(text[at - 1], "")
        index = self.bold_by_end.get(at, -1)
        if index < 0 and opener:  # 《**某书**》（…）
            index = self.bold_by_end.get(at - 1, -1)
            if index >= 0 and text[self.bolds[index][0] - 1] != opener:
                index = -1
        if index >= 0:
            bold = self.bolds[index]
            start = bold[0] - (bold[3] != at)
            if start >= free and bold[2] - bold[1] <= LONGEST_HEAD:
                yield _Head(_Kind.BOLD, start, self._unwrapped(bold[1], bold[2]), at, bold=index)
            return
        if head := self._bold_around(at, opened, closed, free):
            yield head
        if opener:
            start = text.rfind(opener, max(free, at - 2 - LONGEST_HEAD), at - 1)
            if start >= 0 and opener != text[at - 1] and text.count(text[at - 1], start, at - 1):
                return
            if start >= 0:
                inside = self._unwrapped(start, at)
                title = text[inside[0] - 1] in "《〈"
                yield _Head(_Kind.TITLE if title else _Kind.QUOTED, start, inside, at)
        elif head := self._bare(at, free):
            yield head

    def _bold_around(self, at: int, opened: int, closed: int, free: int) -> _Head | None:
        """**数据湖（Data Lake）**: a head from the bold mark to a bracket that ends the bold."""
        index = bisect_right(self.bold_starts, opened) - 1
        if index < 0:
            return None
        start, text_start, text_end, end = self.bolds[index]
        head = self.text[text_start : min(at, text_start + LONGEST_HEAD + 1)]
        if (
            start < free
            or closed >= text_end
            or len(head) > LONGEST_HEAD
            or re.search("[（(]", head)
        ):
            return None
        while following := self._following(closed + 1):
            closed = following[1]
        tail = _CLOSES_BOLD.match(self.text, closed + 1)
        if tail is None or tail.end() != text_end:
            return None
        return _Head(_Kind.BOLD, start, self._unwrapped(text_start, at), at, end)

    def _bare(self, at: int, free: int) -> _Head | None:
        """The run of letters before the bracket, from a known term or a guess on."""
        run = _BARE.search(self.text, max(free, at - _BARE_LENGTH), at)
        if run is None:
            return None
        for start in range(run.start(), at) if self.known else ():
            inside_word = self.text[start - 1 : start + 1].isascii() and start > run.start()
            if not inside_word and term_key(self.text[start:at]) in self.known:
                return _Head(_Kind.BARE, start, (start, at), at, known=True)
        if foreign := _BARE_FOREIGN.search(self.text, run.start(), at):
            return _Head(_Kind.BARE, foreign.start(), foreign.span(), at)
        lead = _LEAD_IN.match(self.text, run.start(), at)
        start = lead.end() if lead else run.start()
        return _Head(_Kind.BARE, start, (start, at), at) if at - start > 1 else None

    def _sharing(self, head: _Head, free: int) -> tuple[int, list[tuple[int, int]]]:
        """Where the first of several bold heads starts that share a note, and their texts."""
        start, texts = head.start, [head.text]
        index = head.bold - 1
        while index >= 0 and self.bolds[index][0] >= free:
            gap = self.text[self.bolds[index][3] : self.bolds[index + 1][0]][: LONGEST_HEAD + 1]
            if len(gap) > 8 or not _JOINT.fullmatch(gap):
                break
            start = self.bolds[index][0]
            if start > free and self.text[start - 1] in _WRAPPERS and gap[0] in _OPENERS:
                start -= 1
            texts.insert(0, self._unwrapped(*self.bolds[index][1:3]))
            index -= 1
        return start, texts

    def _unwrapped(self, start: int, end: int) -> tuple[int, int]:
        """A head's text without spaces, a colon at its end, and the marks around all of it."""
        text = self.text
        while start < end:
            closing = _WRAPPERS.get(text[start], "")
            if text[start] in _SPACES:
                start += 1
            elif text[end - 1] in _SPACES or text[end - 1] in "：:，,、":
                end -= 1
            elif closing and text.find(closing, start + 1, end) in (-1, end - 1):
                end -= text[end - 1] == closing and end - 1 > start
                start += 1
            else:
                break
        return start, end


def _can_be_head(term: str) -> bool:
    """No sentence, no speaker's role, and nothing that is cut out of a bracket."""
    return bool(
        LETTER_OR_DIGIT.search(term)
        and not _NO_HEAD.search(term)
        and not ROLE.fullmatch(term)
        and len(re.findall("[（(]", term)) == len(re.findall("[）)]", term))
    )


def _suits(note: Note, term: str, kind: _Kind) -> bool:
    """Whether a note that this head can have makes an annotation of it.

    Bold says that the word is a term. Elsewhere a bracket is a remark or a gloss, unless it names
    the Chinese word in another script, or explains what it names.
    """
    if kind is _Kind.BOLD:
        return True
    if HAN.search(term):
        return bool(note.foreign or note.abbreviation)
    if kind is _Kind.BARE:
        return is_abbreviation(term, 10) and is_expansion(term, note.foreign)
    return note.named and bool(note.definition)


def _joined(notes: list[Note]) -> Note:
    """The notes in brackets that follow each other, as one."""
    return Note(
        foreign=next((note.foreign for note in notes if note.foreign), ""),
        abbreviation=next((note.abbreviation for note in notes if note.abbreviation), ""),
        expansion=next((note.expansion for note in notes if note.expansion), ""),
        definition="；".join(note.definition for note in notes if note.definition),
        renderings=tuple(dict.fromkeys(name for note in notes for name in note.renderings)),
    )
