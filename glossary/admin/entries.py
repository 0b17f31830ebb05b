"""The glossary at the desk: terms with their evidence, decisions, and the rebuild button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from episodes import jobs
from episodes.addresses import with_query
from episodes.models.jobs import JobState
from glossary import acts, decisions, desk, rebuild
from glossary.admin import (
    concordance,
    deciding,
    disagreements,
    exchange,
    merging,
    renaming,
    splitting,
    undoing,
)
from glossary.admin.columns import (
    LABELS,
    ByReaders,
    ByState,
    BySuggestions,
    Columns,
    TermList,
    state_badge,
    with_facts,
)
from glossary.admin.deciding import confirm_save, decide_many, tell
from glossary.admin.showing import say_done, who
from glossary.forms import EntryForm
from glossary.models import Entry, State, Suggestion

__all__ = ["EntryAdmin"]

PAGES: list[Callable[[Any], list[URLPattern]]] = [
    concordance.urls,
    deciding.urls,
    disagreements.urls,
    exchange.urls,
    merging.urls,
    renaming.urls,
    splitting.urls,
    undoing.urls,
]
"""The other pages of terms: each module gives its addresses for the admin of entries."""


@admin.register(Entry)
class EntryAdmin(Columns, admin.ModelAdmin):  # type: ignore[type-arg]
    """The list of terms and the page of one; nobody deletes a term: it is rejected."""

    form = EntryForm
    list_display = (
        "term",
        "shown_foreign",
        "shown_definition",
        "shown_state",
        "shown_notes",
        "shown_uses",
        "shown_suggestions",
        "shown_public",
    )
    list_filter = (ByState, BySuggestions, ByReaders)
    list_per_page = 100
    show_full_result_count = False
    ordering = ("sort_key", "term")
    search_fields = (
        "term",
        "foreign_term",
        "abbreviation",
        "expansion",
        "aliases",
        "definition",
        "sort_key",
    )
    search_help_text = gettext_lazy("Term, foreign term, aliases, definition, pinyin with blanks")
    fields = (
        "term",
        "foreign_term",
        "abbreviation",
        "expansion",
        "definition",
        "aliases",
        "forbidden",
        "slug",
        "seen",
    )
    actions = ("approve", "reject", "take_back", "merge")
    change_list_template = "admin/glossary/list.html"
    change_form_template = "admin/glossary/entry.html"

    class Media:
        css = {"all": ["css/glossary_desk.css"]}

    def get_queryset(self, _request: HttpRequest) -> Any:
        """Entries with what a row shows."""
        return with_facts(Entry.objects.order_by())

    def get_ordering(self, request: HttpRequest) -> Any:
        """By pinyin; candidates by how much they matter."""
        if request.GET.get("state__exact") == State.CANDIDATE:
            return ("-uses_count", "-suggestions_count", *self.ordering)
        return self.ordering

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ARG002
        """The list that says what it is sorted by."""
        return TermList

    def get_list_display(self, request: HttpRequest) -> Any:
        """The buttons that decide stand in the list of those who may."""
        shown = list(self.list_display)
        if self.has_decide_permission(request):
            shown.insert(shown.index("shown_state") + 1, "shown_steps")
        return shown

    # Permissions.

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Candidates by editors, decided entries by those who decide, merged ones by nobody."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is not None and obj.state == State.MERGED:
            return False
        return obj is None or obj.state == State.CANDIDATE or self.has_decide_permission(request)

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody: a rebuild would bring it back. A rejected entry stays away."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Publishers decide terms (DESIGN §5)."""
        return request.user.has_perm("glossary.decide_entry")

    def has_rebuild_permission(self, request: HttpRequest) -> bool:
        """Editors and Publishers may ask for a rebuild."""
        return request.user.has_perm("glossary.rebuild_glossary")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version that was seen is part of the form, not of what is only read."""
        fields = list(self.fields or ())
        return fields if self.has_change_permission(request, obj) else fields[:-1]

    # Addresses.

    def get_urls(self) -> list[URLPattern]:
        """Our views before Django's own."""
        views: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "rebuild/": ("rebuild", self.rebuild_view),
            "suggestions/<int:pk>/": ("suggestion", self.suggestion_view),
        }
        ours = [
            path(
                route,
                self.admin_site.admin_view(require_POST(view)),
                name=f"glossary_entry_{name}",
            )
            for route, (name, view) in views.items()
        ]
        pages = [pattern for page in PAGES for pattern in page(self)]
        return [*ours, *pages, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the rebuild's state."""
        context = {
            "may_rebuild": self.has_rebuild_permission(request),
            "job": desk.latest_job(),
            "may_see_job": request.user.has_perm("episodes.view_job"),
            "silence": jobs.silence(),
            "title": _("Terms"),
            "may_decide": self.has_decide_permission(request),
            "filters": request.GET.urlencode(),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; what saving it would change for readers is shown before it is saved."""
        if request.method == "POST" and object_id and object_id.isdecimal():
            entry = Entry.objects.select_related("merged_into").filter(pk=object_id).first()
            if entry is not None and entry.state == State.MERGED:
                words = _("This term was merged into “%(term)s” meanwhile. Nothing was saved.")
                messages.error(request, words % {"term": entry.merged_into})
                return redirect("admin:glossary_entry_change", object_id)
            if "confirmed" not in request.POST:
                page = confirm_save(self, request, int(object_id))
                if page is not None:
                    return page
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it the evidence, the suggestions and what one may decide."""
        entry = context.get("original")
        context["show_save_and_continue"] = entry is None
        if entry is not None:
            may_decide = self.has_decide_permission(request)
            steps = decisions.STEPS[entry.state] if may_decide else ()
            last = acts.latest(entry)
            context |= {
                **desk.beside(entry),
                "title": str(entry),
                "subtitle": None,
                "state": state_badge(entry),
                "steps": [(step, LABELS[State(step)]) for step in steps],
                "may_change": self.has_change_permission(request, entry),
                "may_decide": may_decide,
                "last": last,
                "may_undo": last is not None
                and (may_decide or self.has_change_permission(request, entry)),
                "merged": list(entry.merged.order_by("sort_key", "pk")),
            }
        context["show_delete"] = context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through ``decisions``; the form holds the lock and the version that was seen."""
        values = {name: form.cleaned_data[name] for name in decisions.EDITABLE}
        if change:
            version = form.cleaned_data["seen"]
            saved = decisions.save(obj, values, version=version, by=who(request))
            obj.was_changed = saved.version != version
        else:
            obj.pk = decisions.add(values, by=who(request)).pk

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, when and why."""
        entry = self.get_object(request, object_id)
        if entry is None:
            raise Http404
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("History of “%(term)s”") % {"term": entry},
            "entry": entry,
            "may_undo": request.user.has_perm("glossary.change_entry"),
            "acts": acts.acts_of(entry),
            **(extra_context or {}),
        }
        return render(request, "admin/glossary/history.html", context)

    # Acts.

    def rebuild_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a rebuild."""
        if not self.has_rebuild_permission(request):
            raise PermissionDenied
        job = rebuild.ask(who(request))
        if job.state == JobState.RUNNING:
            messages.success(
                request, _("A rebuild is running; when it ends, it runs once more from the start.")
            )
        else:
            messages.success(request, _("Asked for: the worker rebuilds the glossary now."))
        return redirect("admin:glossary_entry_changelist")

    def suggestion_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept or dismiss a suggestion, or ask a dismissed one again."""
        suggestion = Suggestion.objects.select_related("entry").filter(pk=pk).first()
        if suggestion is None:
            raise Http404(_("This suggestion is gone: the evidence for it is, or it was accepted."))
        by, pk = who(request), suggestion.entry_id
        if "accept" in request.POST:
            try:
                decisions.accept(suggestion, by=by)
            except decisions.Refused as refused:
                messages.error(request, str(refused))
            else:
                say_done(request, _("Taken over."), pk)
        elif "reopen" in request.POST:
            decisions.reopen(suggestion, by=by)
            messages.success(request, _("Asked again."))
        else:
            decisions.dismiss(suggestion, by=by)
            messages.success(request, _("Dismissed. No rebuild brings it back."))
        back = disagreements.came_from(request, "terms")
        return redirect(back or reverse("admin:glossary_entry_change", args=[pk]))

    @admin.action(description=LABELS[State.APPROVED], permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Entry]) -> HttpResponse | None:
        """Approve the chosen terms."""
        return self._decide_many(request, queryset, "approve", State.APPROVED)

    @admin.action(description=LABELS[State.REJECTED], permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Entry]) -> HttpResponse | None:
        """Reject the chosen terms."""
        return self._decide_many(request, queryset, "reject", State.REJECTED)

    @admin.action(description=LABELS[State.CANDIDATE], permissions=["decide"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Entry]) -> HttpResponse | None:
        """Make candidates of the chosen terms again."""
        return self._decide_many(request, queryset, "take_back", State.CANDIDATE)

    def _decide_many(
        self, request: HttpRequest, queryset: QuerySet[Entry], action: str, to: State
    ) -> HttpResponse | None:
        """Decide one at once if readers see no difference; else after a page that shows it."""
        chosen = list(queryset)
        hidden = [("action", action)]
        hidden += [
            ("_selected_action", str(each.pk))
            for each in chosen
            if to in decisions.STEPS[each.state]
        ]
        return decide_many(self, request, chosen, to, hidden, request.get_full_path())

    @admin.action(description=gettext_lazy("Merge…"), permissions=["decide"])
    def merge(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> HttpResponse:
        """Lead to the page on which the chosen terms become one."""
        pks = list(queryset.values_list("pk", flat=True)[: merging.MOST + 1])
        place = reverse("admin:glossary_entry_merge")
        return redirect(with_query(place, [("from", pk) for pk in sorted(pks)]))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the entry; a button that decides has saved what was typed before."""
        to = request.POST.get("_to", "")
        if to in LABELS:
            tell(request, to, decisions.decide([obj.pk], to, by=who(request)), 1)
        elif getattr(obj, "was_changed", False):
            say_done(request, _("Saved."), obj.pk)
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("admin:glossary_entry_change", obj.pk)


cast(Any, admin.site).boxes.append(desk.glossary_box)
