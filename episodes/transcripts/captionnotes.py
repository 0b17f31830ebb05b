"""What the readers of captions remark on, besides what is wrong with any file (``notes``)."""

from __future__ import annotations

from collections import Counter

from episodes.transcripts.document import Diagnostic, Severity
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.notes import Notes

__all__ = ["MOST_ALIKE", "REMARKS", "CaptionNotes"]

MOST_ALIKE = 50  # remarks of one code, by line; the others are counted

REMARKS: dict[str, str] = {
    "timing_unread": gettext_noop(
        "The times cannot be read; the text below was given to the caption before: {text}"
    ),
    "end_before_start": gettext_noop("A caption ends before it begins; its end was left out."),
    "out_of_order": gettext_noop("{count} captions stood out of order and were sorted by time."),
    "text_after_blank": gettext_noop(
        "Text below an empty line was given to the caption before: {text}"
    ),
    "stray_text": gettext_noop("Text before the first caption is left out: {text}"),
    "caption_name": gettext_noop("The name of a caption is left out: {text}"),
    "caption_comment": gettext_noop("A comment or a style sheet is left out: {text}"),
    "event_unread": gettext_noop("Event {number} is not one of captions and was left out: {text}"),
    "mark_at_end": gettext_noop("A mark of a new speaker stands at the end, with nothing said."),
    "label_doubtful": gettext_noop(
        "“{label}” looks like a speaker but is not believed; it stays in the text."
    ),
    "speaker_after_cue": gettext_noop(
        "{count} times the speaker before something heard was taken to speak on after it."
    ),
    "more_alike": gettext_noop("{count} more remarks of the same kind: {text}"),
}

_NOTICES = frozenset(
    {"out_of_order", "caption_name", "caption_comment", "speaker_after_cue", "mark_at_end"}
)


class CaptionNotes(Notes):
    """The remarks of one reading; of each kind at most :data:`MOST_ALIKE` and their number."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[str] = Counter()

    def note(self, line: int, code: str, **values: object) -> None:
        """Remark on something; ``code`` is a key of :data:`REMARKS` or of ``notes.DIAGNOSTICS``."""
        self._counts[code] += 1
        if self._counts[code] > MOST_ALIKE:
            return
        template = REMARKS.get(code)
        if template is None:
            super().note(line, code, **values)
            return
        shown = {key: _short(value) for key, value in values.items()}
        severity = Severity.NOTICE if code in _NOTICES else Severity.WARNING
        self._diagnostics.append(Diagnostic(line, code, fill(template, **shown), severity))

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """By line; at the end how many more there were of a kind."""
        found = list(super().diagnostics())
        for code, count in self._counts.items():
            if count > MOST_ALIKE:
                last = next(one for one in reversed(found) if one.code == code)
                message = fill(REMARKS["more_alike"], count=count - MOST_ALIKE, text=last.message)
                found.append(Diagnostic(0, code, message, last.severity))
        return tuple(found)


def _short(value: object) -> object:
    if isinstance(value, int):
        return value
    text = " ".join(str(value)[:200].split())
    return text if len(text) <= 80 else text[:79] + "…"
