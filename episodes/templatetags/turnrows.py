"""The rows of an episode's turns at the desk.

A page holds a thousand of them, and the template language takes ten times as long as ``format`` for
what is the same in each; so the frame of a row is written here, once a page with its words, and only
what few rows have (findings, badges, notes) comes from templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from episodes.admin.rows import Row

register = template.Library()

FRAME = """<article class="turn voice-{voice} kind-{kind}" id="{uid}" data-uid="{uid}" data-version="{version}" \
data-speaker="{speaker}"{marks}>
<header><a class="number" href="#{uid}">{number}</a> <span class="speaker">{name}</span>\
{time}{edit} <a class="past-link" href="{uid}/history/" aria-label="[past_of] {number}">[past]</a>\
{read}{saved}{badges}</header>
<div class="text" lang="{language}">{text}</div>
<div class="original" lang="{foreign}">{original}</div>
{rest}</article>"""
TIME = ' <span class="time">{start}</span>'
PLAY = (
    ' <a class="time play" href="{heard}" target="_blank" rel="noopener noreferrer"'
    ' data-play="{at}"><span aria-hidden="true">▶</span>'
    ' <span class="visually-hidden">[play]</span> {start}</a>'
)
EDIT = ' <a class="edit" href="?edit={uid}#{uid}" aria-label="[edit] {number}">[edit]</a>'
READ = (
    ' <button class="read-mark" form="read-form" formaction="{uid}/proofread/" name="unread"'
    ' value="1" aria-pressed="true" title="[unread]"><span aria-hidden="true">✓</span> {reader}'
    ' <span class="visually-hidden">({number})</span></button>'
)
UNREAD = (
    ' <button class="read-mark" form="read-form" formaction="{uid}/proofread/" name="version"'
    ' value="{version}" aria-pressed="false">[mark]'
    ' <span class="visually-hidden">({number})</span></button>'
)
READ_BY = ' <span class="read-mark"><span aria-hidden="true">✓</span> {reader}</span>'
SAVED = ' <span class="saved" role="status">[saved]</span>'
NOTE = (
    '<div class="turn-notes" data-note="{uid}"><a class="note-link" href="../notes/?at={uid}">[note]'
    ' <span class="visually-hidden">({number})</span></a></div>'
)
NOTHING = escape("")


def words() -> dict[str, str]:
    """Return the words of the frame in the active language."""
    return {
        "past_of": _("History of turn"),
        "past": _("History"),
        "play": _("Play from"),
        "edit": _("Edit"),
        "unread": _("Press to take it back"),
        "mark": _("Mark as read"),
        "saved": _("Saved"),
        "note": _("Leave a note"),
    }


def worded(frame: str, said: Mapping[str, str]) -> str:
    """Return a frame with its words, escaped, and the places for what differs by row."""
    for name, word in said.items():
        plain = str(escape(word)).replace("{", "{{").replace("}", "}}")
        frame = frame.replace(f"[{name}]", plain)
    return frame


class Writer:
    """Writes rows; the context says of what, and what its reader may do (``may_change``,
    ``may_read``, ``may_note``)."""

    def __init__(self, context: Context) -> None:
        said = words()
        self.context = context
        self.frame, self.time, self.play, self.saved = (
            worded(each, said) for each in (FRAME, TIME, PLAY, SAVED)
        )
        marks = (READ, UNREAD) if context.get("may_read") else (READ_BY, "")
        self.read, self.unread = (worded(each, said) for each in marks)
        self.edit = worded(EDIT, said) if context.get("may_change") else ""
        self.note = worded(NOTE, said) if context.get("may_note") else ""

    def rows(self, rows: Iterable[Row]) -> SafeString:
        """Return the HTML of rows, in their order."""
        return format_html_join("", "{}", ((self.row(each),) for each in rows))

    def row(self, row: Row) -> SafeString:
        """Return the HTML of one row."""
        uid, turn = row.uid, row.turn
        episode = self.context["episode"]
        is_saved = uid == self.context.get("saved")
        values = {
            "uid": uid,
            "number": row.number,
            "version": turn.version,
            "reader": row.reader,
            "heard": row.heard,
            "start": row.start,
            "at": turn.start,
        }
        time = self.play if row.heard else self.time if row.start else ""
        return format_html(
            self.frame,
            uid=uid,
            number=row.number,
            voice=row.voice,
            kind=turn.kind,
            version=turn.version,
            speaker=turn.speaker_id or "",
            marks=(" data-read" if row.reader else "") + (" data-saved" if is_saved else ""),
            name=row.name,
            time=self.part(time, values),
            edit=self.part(self.edit, values),
            read=self.part(self.read if row.reader else self.unread, values),
            saved=self.part(self.saved if is_saved else "", values),
            badges=self.badges(row),
            language=episode.language,
            foreign=episode.original_language,
            text=row.text,
            original=row.original,
            rest=self.rest(row) + self.part("" if row.notes else self.note, values),
        )

    def part(self, frame: str, values: Mapping[str, object]) -> SafeString:
        """Return a piece of a row, nothing where there is none."""
        return format_html(frame, **values) if frame else NOTHING

    def badges(self, row: Row) -> SafeString:
        """Return what waits in a row, as words in frames."""
        if row.turn.stale or row.turn.unread or row.conflict:
            return self.included("turn_badges", row)
        return NOTHING

    def rest(self, row: Row) -> SafeString:
        """Return what stands below the texts of a row."""
        html = NOTHING
        if row.findings:
            html += self.included("findings", row, findings=row.findings)
        if row.turn.stale or row.turn.unread:
            html += self.included("turn_marks", row)
        if row.notes:
            html += self.included("turn_notes", row)
        return html

    def included(self, name: str, row: Row, **values: object) -> SafeString:
        """Return what a template says of a row."""
        made: Any = get_template(f"admin/desk/{name}.html")
        with self.context.push(row=row, **values):
            rendered: SafeString = made.template.render(self.context)
            return rendered


@register.simple_tag(takes_context=True)
def turn_rows(context: Context, rows: Iterable[Row]) -> SafeString:
    """Write rows of turns."""
    return Writer(context).rows(rows)


@register.simple_tag(takes_context=True)
def turn_row(context: Context, row: Row) -> SafeString:
    """Write the row of one turn."""
    return Writer(context).rows([row])
