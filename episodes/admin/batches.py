"""Batches of re-imports: many jobs as one, with one total, what came of them, a way to cancel.

What is decided together has a page of its own beside the queue of proposals.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from episodes import jobs, runs
from episodes.admin.lists import badge, count_of
from episodes.admin.registers import ReadOnly
from episodes.models import Batch, ImportRun, Job
from episodes.models.jobs import JobState
from episodes.models.sources import Outcome
from episodes.wording import restore, translate

__all__ = ["BatchAdmin"]

ROWS = 100  # failures shown on one page; the list of imports has them all
REFRESH = 5  # seconds, while something waits or runs


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    """Sources asked as one: how far it is, and what failed."""

    list_display = ("at", "shown_state", "shown_progress", "shown_failed", "note", "by")
    list_select_related = ("by",)
    change_form_template = "admin/episodes/batch.html"
    fields = ("kind", "note", "by", "at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        """Batches with their jobs counted."""
        active = Job.objects.filter(state__in=jobs.ACTIVE)
        failed = Job.objects.filter(state=JobState.FAILED)
        batches: QuerySet[Batch] = super().get_queryset(request)
        return batches.filter(kind=Batch.Kind.REIMPORT).annotate(
            active_count=count_of(active, "batch"),
            ended_count=count_of(Job.objects.exclude(state__in=jobs.ACTIVE), "batch"),
            failed_count=count_of(failed, "batch"),
            failed_runs=count_of(ImportRun.objects.filter(outcome=Outcome.FAILED), "batch"),
        )

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, batch: Any) -> SafeString:
        """Whether it is at work, as a word."""
        if batch.active_count:
            return badge("running", _("At work"))
        return badge("done", _("Ended"))

    @admin.display(description=gettext_lazy("progress"))
    def shown_progress(self, batch: Any) -> str:
        """How many have ended of how many."""
        return f"{batch.ended_count}/{batch.total}"

    @admin.display(description=gettext_lazy("failed"))
    def shown_failed(self, batch: Any) -> int | str:
        """How many failed: the imports, and the jobs that never came to an import."""
        return max(batch.failed_count, batch.failed_runs) or "—"

    def get_urls(self) -> list[URLPattern]:
        """The view that cancels, before Django's own."""
        cancel = self.admin_site.admin_view(require_POST(self.cancel))
        return [
            path("<int:pk>/cancel/", cancel, name="episodes_batch_cancel"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, by the name of what it lists."""
        return super().changelist_view(
            request, {"title": _("Re-imports asked for as one"), **(extra_context or {})}
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One batch: its total, counts, failures, and its cancel button while it is at work."""
        batch = Batch.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if batch is not None and batch.kind != Batch.Kind.REIMPORT:
            return redirect("admin:episodes_episode_queue_batch", batch.pk)
        context: dict[str, Any] = {}
        if batch is not None:
            progress = runs.progress(batch)
            context = {
                "progress": progress,
                "states": _states(progress),
                "outcomes": _outcomes(batch, progress),
                "failures": _failures(batch),
                "refusals": [(slug, _said(why)) for slug, why in batch.refusals],
                "refresh": REFRESH if progress.active else 0,
                "silence": jobs.silence() if progress.waiting else None,
                "may_cancel": progress.active and _may_cancel(request.user, batch),
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel what of a batch has not ended."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = Batch.objects.filter(pk=pk, kind=Batch.Kind.REIMPORT).first()
        if batch is None:
            raise Http404(_("There is no such batch."))
        if not _may_cancel(request.user, batch):
            raise PermissionDenied
        number = runs.cancel_batch(batch)
        if number:
            template = ngettext(
                "Cancelled: %(number)s job. What was applied stays; a worker that is at one stops "
                "at its next step.",
                "Cancelled: %(number)s jobs. What was applied stays; a worker that is at one stops "
                "at its next step.",
                number,
            )
            messages.success(request, template % {"number": number})
        else:
            messages.warning(request, _("The batch had ended already."))
        return redirect("admin:episodes_batch_change", pk)


def _may_cancel(user: User | AnonymousUser, batch: Batch) -> bool:
    """Whoever asked for it, and whoever may change batches."""
    return user.has_perm("episodes.change_batch") or batch.by_id == user.pk


def _states(progress: runs.BatchProgress) -> list[tuple[SafeString, int]]:
    numbers = (
        (JobState.QUEUED, progress.waiting),
        (JobState.RUNNING, progress.running),
        (JobState.DONE, progress.done),
        (JobState.FAILED, progress.failed),
        (JobState.CANCELLED, progress.cancelled),
    )
    return [(badge(state, state.label), number) for state, number in numbers if number]


def _outcomes(batch: Batch, progress: runs.BatchProgress) -> list[tuple[SafeString, int]]:
    """How the imports ended, each a link to the list of them."""
    place = reverse("admin:episodes_importrun_changelist")
    return [
        (
            format_html(
                '<a href="{}?batch__id__exact={}&amp;outcome__exact={}">{}</a>',
                place,
                batch.pk,
                outcome,
                badge(outcome, Outcome(outcome).label),
            ),
            number,
        )
        for outcome, number in progress.outcomes.items()
    ]


def _said(why: str | dict[str, Any]) -> str:
    """A sentence as the batch keeps it, in the reader's language."""
    return why if isinstance(why, str) else translate(restore(why, ""))


def _failures(batch: Batch) -> dict[str, Any]:
    """The first ``ROWS`` imports that failed, and the jobs that failed without one."""
    imports = batch.runs.filter(outcome=Outcome.FAILED).order_by("pk")
    found = list(imports.select_related("episode").defer("plan", "undo", "content")[: ROWS + 1])
    told = {run.source_id for run in found}
    failed = batch.jobs.filter(state=JobState.FAILED).order_by("pk")
    silent = [
        job
        for job in failed[: ROWS + 1]
        if job.key not in {f"source:{source_id}" for source_id in told}
    ]
    return {
        "imports": found[:ROWS],
        "jobs": silent[:ROWS],
        "more": len(found) > ROWS or len(silent) > ROWS,
    }
