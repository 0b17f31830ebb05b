"""What the desk shows of the glossary beside its lists and forms; each a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import jobs
from episodes.admin.differences import Piece, compare
from episodes.models import Change, Job
from episodes.models.history import ChangeSet
from episodes.models.jobs import JobState
from glossary import rebuild
from glossary.models import (
    Entry,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
)

__all__ = ["Act", "acts_of", "beside", "glossary_box", "latest_job"]

NOTES = 100
"""So many notes of an entry are shown; the rest are counted."""

ACTS = 200


def latest_job() -> Job | None:
    """Return the rebuild that waits, runs or ended last. One query."""
    return Job.objects.filter(kind=rebuild.KIND).select_related("requested_by").first()


def glossary_box(request: HttpRequest) -> dict[str, Any] | None:
    """Terms and suggestions that wait for a decision, and the rebuild button."""
    if not request.user.has_perm("glossary.view_entry"):
        return None
    counted = Entry.objects.aggregate(
        total=Count("pk"), waiting=Count("pk", filter=Q(state=State.CANDIDATE))
    )
    suggestions = Suggestion.objects.filter(state=SuggestionState.OPEN).count()
    place = reverse("admin:glossary_entry_changelist")
    rows = []
    if counted["waiting"]:
        words = ngettext("%(n)d candidate", "%(n)d candidates", counted["waiting"])
        rows.append(
            {
                "label": words % {"n": counted["waiting"]},
                "url": f"{place}?state__exact=candidate",
                "note": _("Approve or reject them."),
            }
        )
    if suggestions:
        words = ngettext("%(n)d suggestion", "%(n)d suggestions", suggestions)
        rows.append(
            {
                "label": words % {"n": suggestions},
                "url": f"{place}?suggestions=open",
                "note": _("Notes in the texts say something else than these terms do."),
            }
        )
    job = latest_job()
    text = ""
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        text = _("The glossary is being rebuilt.")
        if jobs.silence() is not None:
            text = _("A rebuild waits, and no worker answers. “make run” starts one.")
    box: dict[str, Any] = {
        "title": _("Glossary"),
        "url": place,
        "text": text,
        "rows": rows,
        "empty": _("Every term is decided.")
        if counted["total"]
        else _("No terms yet. Import a transcript with notes, or rebuild the glossary."),
    }
    if request.user.has_perm("glossary.rebuild_glossary"):
        box["actions"] = [
            {"label": _("Rebuild the glossary"), "url": reverse("admin:glossary_entry_rebuild")}
        ]
    return box


def beside(entry: Entry) -> dict[str, Any]:
    """Return what stands beside an entry's form: evidence, suggestions, its public side."""
    notes = entry.annotations.select_related("turn__episode").order_by(
        "-turn__episode__changed_at", "turn__episode_id", "turn__position", "position"
    )
    shown = list(notes[: NOTES + 1])
    count = len(shown) if len(shown) <= NOTES else notes.count()
    labels = {field.name: field.verbose_name for field in Entry._meta.concrete_fields}
    suggestions = list(entry.suggestions.order_by("state", "field", "-uses", "value"))
    return {
        "notes": shown[:NOTES],
        "notes_count": count,
        "notes_more": max(0, count - NOTES),
        "suggestions": [
            {
                "row": each,
                "label": labels[each.field],
                "now": getattr(entry, each.field),
                "pieces": compare(getattr(entry, each.field), each.value)
                if each.field == "definition"
                else [],
            }
            for each in suggestions
            if each.state == SuggestionState.OPEN
        ],
        "dismissed": [
            {"row": each, "label": labels[each.field]}
            for each in suggestions
            if each.state == SuggestionState.DISMISSED
        ],
        "public": PublishedEntry.objects.filter(entry=entry).first(),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One field's change."""

    field: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Act:
    """A change set with what it changed on this entry."""

    change_set: ChangeSet
    lines: list[Line]


def acts_of(entry: Entry) -> list[Act]:
    """Return the history of an entry, the latest first. One query."""
    labels = {field.name: str(field.verbose_name) for field in Entry._meta.concrete_fields}
    changes = Change.objects.filter(target=f"entry:{entry.pk}").select_related("change_set__by")
    acts: dict[int, Act] = {}
    for change in changes.order_by("-change_set__at", "-change_set_id", "pk")[:ACTS]:
        act = acts.setdefault(change.change_set_id, Act(change.change_set, []))
        old, new = _worded(change.field, change.old), _worded(change.field, change.new)
        act.lines.append(Line(labels.get(change.field, change.field), compare(old, new)))
    return list(acts.values())


def _worded(field: str, value: Any) -> str:
    if field == "state" and value in State.values:
        return str(State(value).label)
    return str(value or "")
