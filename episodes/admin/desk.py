"""What the first page of the admin shows: the work that waits, before any table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from episodes import dashboard
from episodes.admin import noticing
from episodes.admin.staff import who
from episodes.dashboard import FoundKind, Section, Work
from episodes.models import Status
from episodes.waits import WAITS
from episodes.wording import translate

__all__ = ["findings_box", "jobs_box", "work_box"]

KINDS = 12
"""So many kinds of findings are shown; the heading leads to all of them."""

LISTS: dict[
    str, tuple[Any, str, Any]
] = {  # title, filter of the list, what is said of an empty one
    "review": (
        gettext_lazy("In review"),
        "status__exact=review",
        gettext_lazy("Nothing waits for a review. A draft comes here when it is submitted."),
    ),
    "conflicts": (
        gettext_lazy("Conflicts"),
        "source=conflicts",
        gettext_lazy("No conflicts: what sources say goes together with what editors wrote."),
    ),
    "source": (
        gettext_lazy("Source changed or gone"),
        "source=source",
        gettext_lazy("Every source says what it said before."),
    ),
    "behind": (
        gettext_lazy("Unpublished changes"),
        "readers=behind",
        gettext_lazy("Readers see the latest text of all that is published."),
    ),
    "scheduled": (
        gettext_lazy("Scheduled"),
        "scheduled=yes",
        gettext_lazy("Nothing is scheduled to be published."),
    ),
    "drafts": (
        gettext_lazy("Drafts"),
        "status__exact=draft",
        gettext_lazy("No drafts. Import a transcript to begin one."),
    ),
}
MINE: dict[str, Any] = {
    "sent_back": gettext_lazy("Sent back to me"),
    "notes": gettext_lazy("Notes for me to answer"),
    "publish": gettext_lazy("For me to publish"),
}


def work_box(request: HttpRequest) -> dict[str, Any] | None:
    """What to go on with, what waits for this person, and for anybody; see ``dashboard.read``."""
    if not request.user.has_perm("episodes.view_episode"):
        return None
    noticing.look_anew(request)
    work = dashboard.read(who(request))
    return {
        "template": "admin/desk/work.html",
        "total": work.total,
        "going_on": work.going_on,
        "mine": [_mine(each) for each in work.mine],
        "decide": _to_decide(request, work),
        "decisions": [
            {"name": case, "label": label, "count": work.waits[case]}
            for case, label in WAITS.items()
            if work.waits[case]
        ],
        "lists": [_list(each) for each in work.lists],
        "may_import": request.user.has_perm("episodes.import_episode"),
        "publish_to": Status.EVERGREEN.value,
    }


def _mine(section: Section) -> dict[str, Any]:
    return {
        "id": section.name,
        "title": MINE[section.name],
        "query": f"mine={section.name}",
        "count": section.count,
        "rows": section.rows,
    }


def _list(section: Section) -> dict[str, Any]:
    title, query, empty = LISTS[section.name]
    return {
        "id": section.name,
        "title": title,
        "query": query,
        "empty": empty,
        "count": section.count,
        "rows": section.rows,
        "more": section.count - len(section.rows),
        "cases": [
            {"name": case, "label": WAITS[case], "count": count}
            for case, count in section.cases.items()
        ],
    }


def _to_decide(request: HttpRequest, work: Work) -> list[dict[str, Any]]:
    """Return what waits for a decision of whoever may take it, as links."""
    if not request.user.has_perm("episodes.publish_episode"):
        return []
    proposals, conflicts = work.waits["changed"], work.waits["conflicts"]
    proposed = ngettext("Proposals in %(n)d episode", "Proposals in %(n)d episodes", proposals) % {
        "n": proposals
    }
    conflicting = ngettext(
        "Conflicts in %(n)d episode", "Conflicts in %(n)d episodes", conflicts
    ) % {"n": conflicts}
    listed = reverse("admin:episodes_episode_changelist")
    links = [
        (proposals, proposed, reverse("admin:episodes_episode_queue")),
        (conflicts, conflicting, f"{listed}?source=conflicts"),
    ]
    return [{"label": label, "url": url} for count, label, url in links if count]


def findings_box(request: HttpRequest) -> dict[str, Any] | None:
    """What checks found, by kind; each number leads to those findings."""
    if not request.user.has_perm("episodes.view_finding"):
        return None
    kinds = dashboard.kinds_found()
    listed = reverse("admin:episodes_finding_changelist")
    return {
        "template": "admin/desk/found.html",
        "url": f"{listed}?state__exact=open",
        "kinds": [_kind(each, listed) for each in kinds[:KINDS]],
        "more": len(kinds[KINDS:]),
        "total": sum(each.total for each in kinds),
    }


def _kind(kind: FoundKind, listed: str) -> dict[str, Any]:
    place = f"{listed}?state__exact=open&code={kind.code}"
    numbers = {"error": kind.errors, "warning": kind.warnings, "hint": kind.hints}
    return {
        "title": translate(kind.title),
        "url": place,
        "numbers": [
            {"severity": severity, "count": count, "url": f"{place}&severity__exact={severity}"}
            for severity, count in numbers.items()
        ],
    }


def jobs_box(request: HttpRequest) -> dict[str, Any] | None:
    """Jobs that run, failed this week, or wait."""
    if not request.user.has_perm("episodes.view_job"):
        return None
    board = dashboard.work_of_jobs(timezone.now())
    return {
        "template": "admin/desk/jobs.html",
        "jobs": board.jobs,
        "more": board.more,
        "silence": board.silence,
    }
