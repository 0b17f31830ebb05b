"""Sentences of imports, and names of jobs, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from episodes import jobs, wording

register = template.Library()

register.filter("translated", wording.translate)
register.filter("sentence", wording.sentence)
register.filter("outcome_sentence", wording.outcome_sentence)
register.filter("job_name", jobs.name_of)


@register.filter
def stored_sentence(stored: Mapping[str, Any]) -> str:
    """Return a sentence kept by ``wording.store`` in the language of the page."""
    return wording.translate(wording.restore(stored, ""))
