"""Bytes to text: encodings, line ends, and what is no Markdown at all."""

from __future__ import annotations

import codecs
import re

from episodes.transcripts.characters import CONTROL, HAN
from episodes.transcripts.document import ReadError
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.notes import Notes

MAX_BYTES = 20_000_000

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"ID3")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = re.compile(f"[{HAN}\u3000-\u303f\uff01-\uff5e“”‘’…—·]")
_PAGE = re.compile(r"(?:<\?xml[^>]{0,200}>\s{0,99})?(?:<!doctype\s|<html\b|<\?xml|<rss\b)", re.I)


def decode(data: bytes, notes: Notes) -> str:
    """The text of a file, with LF line ends and without control characters.

    UTF-8 with or without a byte order mark, UTF-16 and UTF-32 with one; else GB18030 where the
    result reads as Chinese, else UTF-8 with a few bytes replaced, each with a diagnostic.
    """
    if len(data) > MAX_BYTES:
        template = gettext_noop("The file has more than {size} MB.")
        raise ReadError("too_large", fill(template, size=MAX_BYTES // 1_000_000))
    text = decode_bytes(data, notes)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = CONTROL.sub("", text)
    removed = len(text) - len(kept)
    if removed:
        if removed > 10 + len(text) // 100:
            raise _not_text()
        where = CONTROL.search(text)
        line = text.count("\n", 0, where.start()) + 1 if where else 0
        notes.note(line, "control_characters", count=removed)
    if not kept.strip("\ufeff \t\n"):
        raise ReadError("empty", gettext_noop("The file is empty."))
    head = kept[:2000].lstrip("\ufeff \t\n")
    if _PAGE.match(head):
        message = gettext_noop("This is a web page, not a Markdown file.")
        raise ReadError("html_page", message, 1)
    if head.startswith("WEBVTT"):
        message = gettext_noop("This is a captions file, not a Markdown file.")
        raise ReadError("captions_file", message, 1)
    return kept


def decode_bytes(data: bytes, notes: Notes) -> str:
    """The text of any file, as it stands; see :func:`decode`. Raises ReadError (``not_text``)."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as error:
                if encoding == "utf-8":
                    return _guess(data[len(bom) :], error, notes)
                raise _not_text() from None
    if data.startswith(_BINARY):
        raise _not_text()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return _guess(data, error, notes)


def _guess(data: bytes, error: UnicodeDecodeError, notes: Notes) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    replaced = data.decode(errors="replace")
    bad = replaced.count("\ufffd")
    if bad * 200 <= len(replaced):
        notes.note(line, "bad_bytes", count=bad)
        return replaced
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise _not_text(line) from None
    foreign = len(re.findall(r"[^\x00-\x7f]", text))
    if len(_CHINESE.findall(text)) * 10 < foreign * 9:
        raise _not_text(line)
    notes.note(line, "encoding_guessed", encoding="GB18030")
    return text


def _not_text(line: int = 0) -> ReadError:
    message = gettext_noop("This is no text file in UTF-8, UTF-16 or GB18030.")
    return ReadError("not_text", message, line)
