"""A turn's text as an editor reads it: as written, with inline notes set apart."""

from __future__ import annotations

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from episodes.transcripts.annotations import scan

__all__ = ["marked"]


def marked(text: str) -> SafeString:
    """Return ``text`` escaped, character for character, each inline annotation in a span.

    The text content of the result is ``text`` itself: nothing is rendered, nothing hidden, so that
    what an editor sees is what is stored.
    """
    if "（" not in text and "(" not in text:
        return escape(text)
    result = escape("")
    at = 0
    for note in scan(text):
        head = text[note.start : note.note_start]
        rest = text[note.note_start : note.end]
        result += escape(text[at : note.start])
        result += format_html(
            '<span class="term">{}<span class="note">{}</span></span>', head, rest
        )
        at = note.end
    return result + escape(text[at:])
