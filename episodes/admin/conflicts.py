"""A save that came too late: both texts side by side, nothing typed is lost (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from episodes import editing
from episodes.admin.differences import Piece, compare
from episodes.admin.forms import TurnForm, clock
from episodes.models import Person, Turn
from episodes.models.working import Kind

__all__ = ["Clash", "clashes", "turn_conflict"]

LABELS = {
    "speaker": _("Speaker"),
    "kind": _("Kind"),
    "text": _("Translation"),
    "original": _("Original"),
    "start": _("Start"),
    "end": _("End"),
}


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: what it says now, what was typed, and the difference."""

    name: str
    label: str
    theirs: str
    mine: str
    pieces: list[Piece]


def clashes(
    fields: tuple[str, ...],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    labels: Mapping[str, Any],
) -> list[Clash]:
    """Return the fields with both texts, in the order of ``fields``."""
    return [
        Clash(
            name,
            str(labels.get(name, name)),
            theirs[name],
            mine[name],
            compare(theirs[name], mine[name]),
        )
        for name in fields
    ]


def as_written(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a turn's values as an editor reads them."""
    written = {name: "" if value is None else str(value) for name, value in values.items()}
    for name in ("start", "end"):
        written[name] = clock(values.get(name))
    if values.get("kind"):
        written["kind"] = str(Kind(values["kind"]).label)
    return written


def turn_conflict(stale: editing.Stale, form: TurnForm) -> dict[str, Any]:
    """Return the context of ``turn_conflict.html``.

    Its form carries the version that stands now, what was typed in the fields both changed, and
    elsewhere whichever side changed: saving it overwrites nothing that the editor was not shown.
    """
    current, typed = stale.current, stale.mine
    assert isinstance(current, Turn)
    now = {name: getattr(current, name) for name in LABELS}
    base = stale.base or {}
    kept = dict(now)
    for name in LABELS:
        if name in stale.fields or (name in base and typed[name] != base[name]):
            kept[name] = typed[name]
    people = form.people
    for person in (now["speaker"], kept["speaker"]):
        if isinstance(person, Person):
            people = people | {str(person.pk): person}
    again = TurnForm(
        initial={
            **kept,
            "speaker": str(kept["speaker"].pk) if kept["speaker"] else "",
            "version": current.version,
            "why": form.cleaned_data["why"],
        },
        turn=current,
        speakers=people.values(),
    )
    return {
        "form": again,
        "clashes": clashes(stale.fields, as_written(now), as_written(typed), LABELS),
    }
