"""What readers are told that editions have put right: the notes of an episode's editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from episodes import rendering
from episodes.models import EditionNote

__all__ = ["Told", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """What one edition put right. ``html`` is sanitised, ``text`` the Markdown as it was written."""

    number: int
    at: datetime
    text: str
    html: str


def told(episode_id: int, until: int) -> list[Told]:
    """Return the corrections of an episode up to and with an edition, the newest first. One query.

    They are written with their editions and never changed: the number of the last one tells all.
    """
    rows = EditionNote.objects.filter(
        edition__episode_id=episode_id, edition__number__lte=until
    ).order_by("-edition__number")
    return [
        Told(number, at, text, rendering.render(text))
        for number, at, text in rows.values_list("edition__number", "edition__published_at", "text")
    ]
