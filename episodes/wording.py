"""Sentences of pure code in the language of whoever reads them, now or later from a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from episodes.models import ImportRun, Job
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.document import Diagnostic
from episodes.transcripts.messages import Message

__all__ = ["outcome_sentence", "restore", "sentence", "store", "translate"]


def translate(text: str) -> str:
    """Return a ``Message`` in the active language, its parts too; any other text as it is."""
    if not isinstance(text, Message) or not text.template:
        return text
    template = gettext(text.template)
    if not text.params:
        return template
    return template.format_map(
        {
            key: translate(value) if isinstance(value, str) else value
            for key, value in text.params.items()
        }
    )


def sentence(remark: Diagnostic | Mapping[str, Any]) -> str:
    """Return what a diagnostic, or its form in an import's row, says in the active language."""
    if isinstance(remark, Diagnostic):
        return translate(remark.message)
    return translate(restore(remark.get("wording"), remark.get("message", "")))


def outcome_sentence(run: ImportRun | Job) -> str:
    """Return how an import ended, or what a job says, in the active language."""
    return translate(restore(run.wording, run.message))


def store(text: str) -> dict[str, Any]:
    """Return a sentence's template and params for a JSON column; empty for any other text."""
    if not isinstance(text, Message):
        return {}
    params = {key: _stored(value) for key, value in text.params.items()}
    return {"template": text.template, "params": params}


def _stored(value: str | float) -> object:
    if isinstance(value, Message):
        return store(value)
    return strip_controls(value) if isinstance(value, str) else value


def restore(stored: Mapping[str, Any] | None, message: str) -> str:
    """Return the sentence that was stored; ``message`` where there is none."""
    if not stored:
        return message
    params = {
        key: restore(value, "") if isinstance(value, dict) else value
        for key, value in stored["params"].items()
    }
    return Message(stored["template"], params)
