"""Sentences that pure code makes for people: English at once, translatable later.

Nothing here knows Django. A template is marked by ``gettext_noop``, which the extraction of messages
knows by its name; ``episodes.wording`` puts a sentence into the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Message", "fill", "gettext_noop"]


class Message(str):
    """English text that remembers its template and what fills it.

    ``params`` holds texts, numbers and other sentences. Without params the template is the text:
    its braces stand for themselves.
    """

    __slots__ = ("params", "template")

    template: str
    params: Mapping[str, str | float]

    def __new__(cls, template: str, params: Mapping[str, str | float]) -> Message:
        text = super().__new__(cls, template.format_map(params) if params else template)
        text.template = template
        text.params = params
        return text

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.template, self.params


def gettext_noop(text: str) -> Message:
    """Mark a text, or a template, for translation."""
    return Message(text, {})


def fill(template: str, **params: object) -> Message:
    """Fill a template; what is neither text nor number is put as text."""
    values = {
        key: value if isinstance(value, str | int | float) else str(value)
        for key, value in params.items()
    }
    return Message(template, values)
