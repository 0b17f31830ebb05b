"""Captions: :func:`read` takes WebVTT, SRT and YouTube's json3, :func:`to_document` makes a draft.

bytes → ``decoding`` → lines and events as they are shown (``vtt``, ``json3``) → each line once
(``rolling``) → words with times, cut at changes of speaker (``cueing``) → turns (``drafting``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from episodes.transcripts.captionnotes import CaptionNotes
from episodes.transcripts.characters import CONTROL
from episodes.transcripts.cueing import cues_of
from episodes.transcripts.decoding import decode_bytes
from episodes.transcripts.document import ReadError
from episodes.transcripts.drafting import to_document
from episodes.transcripts.json3 import read_events
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.rolling import is_rolling, unroll
from episodes.transcripts.timed import Captions, Cue, Shown, Word
from episodes.transcripts.vtt import TIMING, language_of, read_shown

__all__ = ["MAX_BYTES", "Captions", "Cue", "Word", "kind_of", "read", "to_document", "words_of"]

KINDS = ("vtt", "srt", "json3")
MAX_BYTES = 8_000_000  # some ten hours of rolling captions
_HEAD = 4000  # bytes that tell what a file is
_NUMBER = re.compile(r"\d{1,9}[ \t]*\n")
_PAGE = re.compile(r"<(?:\?xml|!doctype|html|timedtext|transcript|tt)\b", re.IGNORECASE)


def kind_of(data: bytes, name: str = "") -> str:
    """``vtt``, ``srt`` or ``json3``; empty for anything else. By its content, else by its name.

    ``name`` is a file's name, a path or an address.
    """
    head = _head(data)
    if re.match(r"WEBVTT(?=[ \t\n]|$)", head):
        return "vtt"
    if head.startswith("{") and ('"wireMagic"' in head or b'"events"' in data):
        return "json3"
    number = _NUMBER.match(head)
    if TIMING.match(head, number.end() if number else 0):
        return "srt"
    ending = re.search(r"\.(vtt|srt|json3)(?:[?#].*)?$", name.lower())
    return ending[1] if ending and not _PAGE.match(head) else ""


def _head(data: bytes) -> str:
    head = data[:_HEAD]
    for bom, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            text = head[len(bom) :].decode(encoding, "ignore")
            break
    else:
        text = head.decode("utf-8", "ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff \t\n")


def read(
    data: bytes, *, kind: str = "", name: str = "", known_names: Collection[str] = ()
) -> Captions:
    """Read captions in any of the three forms; ``kind`` is one of :func:`kind_of`'s, if known.

    ``known_names`` are people whose labels are believed without further evidence, ``name`` is what
    to call the file in an error. What could not be placed is residue, what was decided or is
    doubtful a diagnostic with its line (in json3 the number of the event). Raises only
    :class:`ReadError`.
    """
    try:
        return _read(data, kind or kind_of(data, name), known_names)
    except ReadError as error:
        if not name:
            raise
        raise ReadError(error.code, f"{name}: {error.message}", error.line) from None


def words_of(captions: Captions) -> tuple[Word, ...]:
    """All words in order; their times never fall."""
    return tuple(word for cue in captions.cues for word in cue.words)


def _read(data: bytes, kind: str, known_names: Collection[str]) -> Captions:
    notes = CaptionNotes()
    text = _decoded(data, notes)
    if kind not in KINDS:
        message = gettext_noop("This is no captions file: neither WebVTT nor SRT nor json3.")
        raise ReadError("unknown_form", message, 1)
    language, automatic = "", False
    if kind == "json3":
        shown, automatic = read_events(text, notes)
    else:
        lines = text.split("\n")
        shown = read_shown(lines, notes, srt=kind == "srt")
        language = language_of(lines) if kind == "vtt" else ""
    shown = _sorted(shown, notes)
    if kind != "json3" and is_rolling(shown):
        shown, automatic = unroll(shown), True
    cues = cues_of(shown, notes, automatic=automatic, known_names=known_names)
    if not cues:
        message = gettext_noop("The file holds no captions with times and words.")
        raise ReadError("no_captions", message)
    return Captions(kind, cues, language, automatic, notes.residue(), notes.diagnostics())


def _decoded(data: bytes, notes: CaptionNotes) -> str:
    if len(data) > MAX_BYTES:
        template = gettext_noop("The file has more than {size} MB.")
        raise ReadError("too_large", fill(template, size=MAX_BYTES // 1_000_000))
    text = decode_bytes(data, notes).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kept = CONTROL.sub("", text)
    if len(kept) < len(text):
        where = CONTROL.search(text)
        line = text.count("\n", 0, where.start()) + 1 if where else 0
        notes.note(line, "control_characters", count=len(text) - len(kept))
    if not kept.strip():
        raise ReadError("empty", gettext_noop("The file is empty."))
    if _PAGE.match(kept[:100].lstrip()):
        message = gettext_noop("This is a web page or XML, not WebVTT, SRT or json3.")
        raise ReadError("html_page", message, 1)
    return kept


def _sorted(shown: Sequence[Shown], notes: CaptionNotes) -> list[Shown]:
    wrong = sum(after.start < cue.start for cue, after in pairwise(shown))
    if not wrong:
        return list(shown)
    notes.note(0, "out_of_order", count=wrong)
    return sorted(shown, key=lambda cue: cue.start)
