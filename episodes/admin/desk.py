"""What the first page of the admin shows: the work that waits, before any table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import jobs
from episodes.admin.lists import WAITS, count_waits, with_facts
from episodes.models import Episode, Job, Status
from episodes.models.jobs import JobState

__all__ = ["ROWS", "jobs_box", "work_box"]

ROWS = 12
"""How many rows a list on the first page shows; its heading leads to all of them."""

FAILURES_FOR = timedelta(days=7)


def work_box(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for a decision, in review, drafts, recently changed; one query each."""
    if not request.user.has_perm("episodes.view_episode"):
        return None
    episodes = with_facts(Episode.objects.all())
    lists = [
        {
            "id": "review",
            "title": _("In review"),
            "query": "?status__exact=review",
            "rows": episodes.filter(status=Status.REVIEW)[:ROWS],
            "empty": _("Nothing waits for a review. A draft comes here when it is submitted."),
        },
        {
            "id": "drafts",
            "title": _("Drafts"),
            "query": "?status__exact=draft",
            "rows": episodes.filter(status=Status.DRAFT)[:ROWS],
            "empty": _("No drafts. Import a transcript to begin one."),
        },
        {
            "id": "recent",
            "title": _("Recently changed"),
            "query": "",
            "rows": episodes.exclude(status__in=[Status.REVIEW, Status.DRAFT])[:ROWS],
            "empty": _("Nothing has been published yet. Submit a draft, then have it published."),
        },
    ]
    waiting = count_waits()
    return {
        "template": "admin/desk/work.html",
        "decisions": [
            {"name": case, "label": label, "count": waiting[case]}
            for case, label in WAITS.items()
            if waiting[case]
        ],
        "lists": lists,
        "may_import": request.user.has_perm("episodes.import_episode"),
    }


def jobs_box(request: HttpRequest) -> dict[str, Any] | None:
    """Jobs that wait, run or failed this week; silent when there are none."""
    if not request.user.has_perm("episodes.view_job"):
        return None
    since = timezone.now() - FAILURES_FOR
    shown = list(
        Job.objects.filter(
            Q(state__in=[JobState.QUEUED, JobState.RUNNING])
            | Q(state=JobState.FAILED, requested_at__gte=since)
        ).select_related("requested_by")[:ROWS]
    )
    if not shown:
        return None
    return {"template": "admin/desk/jobs.html", "jobs": shown, "silence": jobs.silence()}
