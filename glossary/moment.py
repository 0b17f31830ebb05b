"""Of which state of the glossary a public page is."""

from __future__ import annotations

from typing import NamedTuple

from glossary.models import GlossaryState

__all__ = ["Moment", "now"]


class Moment(NamedTuple):
    """Which occurrences count, and the number that changes with all that pages show."""

    generation: int
    revision: int


def now() -> Moment:
    """Return the state as it stands. One query."""
    row = GlossaryState.objects.values_list("generation", "revision").first()
    return Moment(*(row or (0, 0)))
