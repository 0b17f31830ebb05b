"""The forms of the desk: a turn, a chapter's title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from episodes.models import Person, Turn
from episodes.models.working import Kind

__all__ = ["Address", "ChapterForm", "Text", "TimeField", "TurnForm", "clock", "integer", "is_key"]

_CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,2}):)?([0-9]{1,2})(?:[.,]([0-9]{1,3}))?")


def is_key(text: str) -> bool:
    """Whether a text that was sent can be a record's key: ASCII digits that every database takes."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def integer(text: str) -> int:
    """Return a key or a number that was sent; 0 for what is none."""
    return int(text) if is_key(text) else 0


def clock(milliseconds: int | None) -> str:
    """Return a time as people write it, ``1:02:03.450``; empty for none."""
    if milliseconds is None:
        return ""
    seconds, rest = divmod(milliseconds, 1000)
    hours, seconds = divmod(seconds, 3600)
    text = f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text


class TimeField(forms.Field):
    """A time in the recording, ``1:02:03.450`` or ``62:03``; its value is milliseconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Read hours, minutes, seconds and thousandths; raise ValidationError."""
        text = str(value or "").strip()
        if not text:
            return None
        match = _CLOCK.fullmatch(text)
        if match is None:
            raise forms.ValidationError(_("Write a time like 1:02:03 or 62:03.5."), code="time")
        hours, minutes, seconds, rest = match.groups(default="0")
        thousandths = int(rest.ljust(3, "0")) if match[4] else 0
        return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + thousandths

    def prepare_value(self, value: Any) -> Any:
        """Show milliseconds as a time."""
        return clock(value) if isinstance(value, int) else value


class Address(forms.URLField):
    """A web address; one without a scheme is taken for https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class Text(forms.CharField):
    """A long text as it was typed, with the line ends of Unix."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        """Browsers send CR LF; the documents hold LF."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class TurnForm(forms.Form):
    """One turn; ``speakers`` are the people of the episode, anyone else is written by name."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    speaker = forms.ChoiceField(label=_("Speaker"), required=False)
    other = forms.CharField(
        label=_("or somebody else"),
        required=False,
        max_length=200,
        help_text=_("A name or one of its aliases."),
    )
    create = forms.BooleanField(label=_("a new person"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    text = Text(label=_("Translation"), widget=forms.Textarea)
    original = Text(label=_("Original"), widget=forms.Textarea)
    start = TimeField(label=_("Start"))
    end = TimeField(label=_("End"))
    why = forms.CharField(label=_("Why (for the history)"), required=False, max_length=500)

    def __init__(self, *args: Any, turn: Turn, speakers: Iterable[Person], **kwargs: Any) -> None:
        self.turn = turn
        self.people = {str(person.pk): person for person in speakers}
        super().__init__(*args, **{"auto_id": f"{turn.uid}-%s", **kwargs})
        nobody = [("", _("— nobody in particular —"))]
        choice: Any = self.fields["speaker"]
        choice.choices = nobody + [(key, str(person)) for key, person in self.people.items()]
        for name, language in (
            ("text", turn.episode.language),
            ("original", turn.episode.original_language),
        ):
            field = self.fields[name]
            shown = str(self[name].value() or "")
            width = 34 if name == "text" else 62
            rows = sum(1 + len(line) // width for line in shown.splitlines() or [""])
            field.widget.attrs |= {"lang": language, "rows": min(max(rows, 2), 30), "cols": 40}

    @classmethod
    def values_of(cls, turn: Turn) -> dict[str, Any]:
        """Return what the form shows of a turn."""
        return {
            "version": turn.version,
            "speaker": str(turn.speaker_id or ""),
            "kind": turn.kind,
            "text": turn.text,
            "original": turn.original,
            "start": turn.start,
            "end": turn.end,
        }

    def clean(self) -> dict[str, Any]:
        """A turn ends after it starts."""
        values = super().clean() or {}
        start, end = values.get("start"), values.get("end")
        if start is not None and end is not None and start > end:
            self.add_error("end", _("The turn ends before it starts."))
        return values

    @property
    def chosen(self) -> Person | None:
        """The person chosen from the list (``other`` is for the view to look up)."""
        return self.people.get(self.cleaned_data.get("speaker", ""))


class ChapterForm(forms.Form):
    """A chapter's title."""

    title = forms.CharField(label=_("Chapter title"), max_length=1000, required=False)
