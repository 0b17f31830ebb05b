"""What the desk shows of the glossary beside its lists and forms; each a fixed number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import jobs
from episodes.admin.differences import compare
from episodes.models import Job
from episodes.models.jobs import JobState
from glossary import alike, rebuild
from glossary.models import (
    Entry,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
)

__all__ = ["beside", "glossary_box", "latest_job"]

NOTES = 100
"""So many notes of an entry are shown; the rest are counted."""


def latest_job() -> Job | None:
    """Return the rebuild that waits, runs or ended last. One query."""
    return Job.objects.filter(kind=rebuild.KIND).select_related("requested_by").first()


def glossary_box(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for a decision: candidates, disagreements, pairs; and the rebuild button."""
    if not request.user.has_perm("glossary.view_entry"):
        return None
    counted = Entry.objects.aggregate(
        total=Count("pk"), waiting=Count("pk", filter=Q(state=State.CANDIDATE))
    )
    waiting = Suggestion.objects.filter(state=SuggestionState.OPEN)
    disputed = waiting.aggregate(terms=Count("entry", distinct=True))["terms"]
    pairs = alike.waiting().count()
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
    disagreements = reverse("admin:glossary_entry_disagreements")
    if disputed:
        words = ngettext(
            "%(n)d term whose notes disagree", "%(n)d terms whose notes disagree", disputed
        )
        rows.append(
            {
                "label": words % {"n": disputed},
                "url": f"{disagreements}#terms",
                "note": _("Notes in the texts say something else than these terms do."),
            }
        )
    if pairs:
        words = ngettext("%(n)d pair may be one term", "%(n)d pairs may be one term", pairs)
        rows.append(
            {
                "label": words % {"n": pairs},
                "url": f"{disagreements}#alike",
                "note": _("They share a name or a definition, or are spelt almost alike."),
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
    """Return what stands beside an entry's form.

    Evidence, suggestions, its public side, and what it may be one with (``alike``).
    """
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
        "alike": alike.rows_of(entry),
        "public": PublishedEntry.objects.filter(entry=entry).first(),
    }
