"""Tags, projects, imports and jobs: small registers, the last two to read only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from episodes import jobs
from episodes.admin import imported
from episodes.admin.lists import Listed, badge, count_of
from episodes.admin.staff import who
from episodes.models import EpisodeProject, EpisodeTag, ImportRun, Job, Project, Tag
from episodes.models.jobs import JobState
from episodes.models.sources import RunState
from episodes.placing import is_unplaced
from episodes.reimports import may_apply as may_apply_to
from episodes.runs import OUTCOMES
from episodes.wording import outcome_sentence, restore, sentence, translate

__all__ = ["ImportRunAdmin", "JobAdmin", "LabelAdmin", "ReadOnly"]

COUNTED = {  # what an import counts
    "chapters": gettext_lazy("chapters"),
    "turns": gettext_lazy("turns"),
    "speech": gettext_lazy("speech"),
    "narration": gettext_lazy("narration"),
    "cue": gettext_lazy("cues"),
    "originals": gettext_lazy("with an original"),
    "people": gettext_lazy("people"),
    "organisations": gettext_lazy("organisations"),
    "products": gettext_lazy("products"),
    "works": gettext_lazy("works"),
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
    "moved": gettext_lazy("moved"),
    "cut": gettext_lazy("cut anew"),
    "conflicting": gettext_lazy("conflicting"),
    "merged": gettext_lazy("merged"),
    "stale": gettext_lazy("stale"),
    "doubtful": gettext_lazy("doubtful"),
    "kept_out": gettext_lazy("kept out"),
    "kept": gettext_lazy("kept"),
    "timed": gettext_lazy("with a time"),
    "turns_before": gettext_lazy("turns before"),
}


@admin.register(Tag, Project)
class LabelAdmin(Listed):
    """A tag or a project with the episodes that carry it."""

    list_display = ("name", "slug", "shown_episodes")
    search_fields = ("name", "slug")
    show_full_result_count = False
    fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Labels with their episodes counted."""
        items = EpisodeTag if self.model is Tag else EpisodeProject
        labels: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = labels.annotate(
            episodes_count=count_of(items.objects.all(), "tag")
        )
        return counted

    @admin.display(description=gettext_lazy("episodes"), ordering="episodes_count")
    def shown_episodes(self, label: Any) -> SafeString:
        """How many episodes, as a link to them."""
        place = reverse("admin:episodes_episode_changelist")
        return format_html(
            '<a href="{}?{}={}">{}</a>',
            place,
            self.opts.model_name,
            label.pk,
            label.episodes_count,
        )


class ReadOnly(Listed):
    """What machines write and people read."""

    show_full_result_count = False
    actions = None
    list_display_links: Any

    def has_add_permission(self, _request: HttpRequest, *_args: Any) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody changes one."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    """Every import: what came in, how it ended."""

    list_display = (
        "at",
        "shown_outcome",
        "shown_episode",
        "address",
        "shown_message",
        "shown_state",
        "by",
    )
    list_filter = ("outcome", "state")
    list_select_related = ("episode", "by")
    search_fields = ("address", "message", "episode__title")
    change_form_template = "admin/episodes/importrun.html"
    fields = (
        "at",
        "by",
        "address",
        "shown_outcome",
        "shown_message",
        "shown_state",
        "shown_held",
        "shown_decided",
        "shown_episode",
        "shown_counts",
        "shown_diagnostics",
    )
    readonly_fields = (
        "shown_outcome",
        "shown_message",
        "shown_state",
        "shown_held",
        "shown_decided",
        "shown_episode",
        "shown_counts",
        "shown_diagnostics",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        """Imports without their bytes."""
        runs: QuerySet[ImportRun] = super().get_queryset(request)
        return runs.defer("plan", "undo", "content")

    def get_urls(self) -> list[URLPattern]:
        """What can still be done about one, before Django's own."""
        site = self.admin_site

        def undo(request: HttpRequest, pk: int) -> HttpResponse:
            return imported.undo(self, request, pk)

        def which(request: HttpRequest, pk: int) -> HttpResponse:
            return imported.which(self, request, pk)

        seen = require_http_methods(["GET", "HEAD", "POST"])(undo)
        chosen = site.admin_view(require_POST(which))
        return [
            path("<int:pk>/undo/", site.admin_view(seen), name="episodes_importrun_undo"),
            path("<int:pk>/which/", chosen, name="episodes_importrun_which"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One import, with what can still be done about it."""
        context: dict[str, Any] = {}
        if object_id.isdecimal() and self.has_view_permission(request):
            run = imported.find(int(object_id))
            may_apply = run.episode is not None and may_apply_to(run.episode, who(request))
            context = {
                "unplaced": is_unplaced(run),
                "may_place": imported.may_place(run, request),
                "waiting": imported.is_waiting(run),
                "may_undo": may_apply and imported.can_undo(run),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def shown_outcome(self, run: ImportRun) -> SafeString:
        """The outcome, as a word."""
        return badge(run.outcome, run.get_outcome_display())

    @admin.display(description=gettext_lazy("episode"))
    def shown_episode(self, run: ImportRun) -> SafeString | str:
        """The episode, as a link to its turns."""
        if run.episode is None:
            return "—"
        place = reverse("admin:episodes_episode_turns", args=[run.episode_id])
        return format_html('<a href="{}">{}</a>', place, run.episode)

    @admin.display(description=gettext_lazy("what happened"))
    def shown_message(self, run: ImportRun) -> str:
        """How it ended, in one sentence in the reader's language."""
        return outcome_sentence(run) or translate(OUTCOMES[run.outcome])

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, run: ImportRun) -> SafeString | str:
        """What became of it; while it waits, the way to decide."""
        if run.state == RunState.DONE:
            return "—"
        word = badge(run.state, run.get_state_display())
        if not imported.is_waiting(run):
            return word
        place = reverse("admin:episodes_episode_proposal", args=[run.episode_id, run.pk])
        return format_html('{} <a class="in-line" href="{}">{}</a>', word, place, _("Look at it"))

    @admin.display(description=gettext_lazy("held because"))
    def shown_held(self, run: ImportRun) -> str:
        """Why somebody has to give a reason first."""
        return "; ".join(translate(restore(each, "")) for each in run.held) or "—"

    @admin.display(description=gettext_lazy("decided"))
    def shown_decided(self, run: ImportRun) -> str:
        """By whom, when, why."""
        if run.decided_at is None:
            return "—"
        at = formats.date_format(timezone.localtime(run.decided_at), "Y-m-d H:i")
        told = [run.decided_by.username if run.decided_by else "", at, run.reason]
        return " · ".join(filter(None, told))

    @admin.display(description=gettext_lazy("counts"))
    def shown_counts(self, run: ImportRun) -> str:
        """What was added, changed, kept."""
        return (
            " · ".join(
                _("%(what)s: %(number)s") % {"what": COUNTED.get(name, name), "number": number}
                for name, number in run.counts.items()
            )
            or "—"
        )

    @admin.display(description=gettext_lazy("remarks"))
    def shown_diagnostics(self, run: ImportRun) -> SafeString | str:
        """What the reader noticed, by line."""
        if not run.diagnostics:
            return _("None.")
        rows = ((each.get("line") or "", sentence(each)) for each in run.diagnostics)
        return format_html_join("", '<div><span class="line">{}</span> {}</div>', rows)


class KindFilter(admin.SimpleListFilter):
    """Jobs of one kind, by its name."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """The kinds that a worker knows."""
        return list(jobs.labels().items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """The jobs of the kind chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnly):
    """What workers have to do, with progress, and a way to cancel."""

    list_display = (
        "shown_what",
        "shown_state",
        "progress",
        "shown_message",
        "requested_by",
        "requested_at",
    )
    list_filter = ("state", KindFilter)
    list_select_related = ("requested_by",)
    change_form_template = "admin/episodes/job.html"
    fields = (
        "shown_kind",
        "key",
        "shown_state",
        "progress",
        "shown_message",
        "attempts",
        "requested_by",
        "requested_at",
        "started_at",
        "finished_at",
    )
    readonly_fields = ("shown_kind", "shown_state", "shown_message", "progress")

    @admin.display(description=gettext_lazy("job"), ordering="kind")
    def shown_what(self, job: Job) -> str:
        """Kind and what it is about."""
        return jobs.name_of(job)

    @admin.display(description=gettext_lazy("kind"))
    def shown_kind(self, job: Job) -> str:
        """The kind, by its name."""
        return jobs.labels().get(job.kind, job.kind)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, job: Job) -> SafeString:
        """The state, as a word."""
        return badge(job.state, job.get_state_display())

    @admin.display(description=gettext_lazy("message"))
    def shown_message(self, job: Job) -> str:
        """What it says, in the reader's language."""
        return outcome_sentence(job) or "—"

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        """How much of it is done."""
        return f"{job.done_count}/{job.total_count}" if job.total_count else "—"

    def get_urls(self) -> list[URLPattern]:
        """The view that cancels, before Django's own."""
        cancel = self.admin_site.admin_view(require_POST(self.cancel))
        return [
            path("<int:pk>/cancel/", cancel, name="episodes_job_cancel"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with a warning when no worker answers."""
        return super().changelist_view(
            request, {"silence": jobs.silence(), **(extra_context or {})}
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One job, with its cancel button while it is active."""
        job = Job.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        active = job is not None and job.state in {JobState.QUEUED, JobState.RUNNING}
        may = active and request.user.has_perm("episodes.change_job")
        return super().change_view(
            request, object_id, form_url, {"may_cancel": may, **(extra_context or {})}
        )

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel a job that waits or runs."""
        if not request.user.has_perm("episodes.change_job"):
            raise PermissionDenied
        job = Job.objects.filter(pk=pk).first()
        if job is None:
            raise Http404(_("There is no such job."))
        if jobs.cancel(job):
            messages.success(
                request, _("Cancelled. A worker that is at it stops at its next step.")
            )
        else:
            messages.warning(request, _("The job had ended already."))
        return redirect("admin:episodes_job_change", pk)
