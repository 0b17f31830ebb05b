"""The glossary at the desk: terms with their evidence, decisions, and the rebuild button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from episodes import jobs
from episodes.admin.lists import badge, count_of
from episodes.models.jobs import JobState
from glossary import decisions, desk, publishing, rebuild
from glossary.forms import EntryForm
from glossary.models import (
    Annotation,
    Entry,
    Occurrence,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
)

__all__ = ["EntryAdmin"]

LABELS = {
    State.APPROVED: gettext_lazy("Approve"),
    State.REJECTED: gettext_lazy("Reject"),
    State.CANDIDATE: gettext_lazy("Back to the candidates"),
}


class ByReaders(admin.SimpleListFilter):
    """Whether readers see a term."""

    title = gettext_lazy("readers see it")
    parameter_name = "public"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two cases."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Narrow the list to the chosen case."""
        if self.value() in ("yes", "no"):
            return queryset.filter(published__isnull=self.value() == "no")
        return queryset


class BySuggestions(admin.SimpleListFilter):
    """Terms whose evidence says something else than they do."""

    title = gettext_lazy("suggestions")
    parameter_name = "suggestions"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one case that is worth looking for."""
        return [("open", _("Open"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Narrow the list to entries with open suggestions."""
        if self.value() == "open":
            waiting = Suggestion.objects.filter(entry=OuterRef("pk"), state=SuggestionState.OPEN)
            return queryset.filter(Exists(waiting))
        return queryset


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
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
    list_filter = ("state", BySuggestions, ByReaders)
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
    actions = ("approve", "reject", "take_back")
    change_list_template = "admin/glossary/list.html"
    change_form_template = "admin/glossary/entry.html"

    class Media:
        css = {"all": ["css/glossary_desk.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Entries with what a row shows: their notes, uses, suggestions, and whether public."""
        generation = publishing.current_generation()
        waiting = Suggestion.objects.filter(state=SuggestionState.OPEN)
        return (
            super()
            .get_queryset(request)
            .annotate(
                notes_count=count_of(Annotation.objects.all(), "entry"),
                uses_count=count_of(Occurrence.objects.filter(generation=generation), "entry"),
                suggestions_count=count_of(waiting, "entry"),
                is_public=Exists(PublishedEntry.objects.filter(entry=OuterRef("pk"))),
            )
        )

    # The columns.

    @admin.display(description=gettext_lazy("foreign term"), ordering="foreign_term")
    def shown_foreign(self, entry: Entry) -> str:
        """The foreign term, or abbreviation and expansion."""
        names = (entry.foreign_term, entry.abbreviation, entry.expansion)
        return " · ".join(name for name in names if name)

    @admin.display(description=gettext_lazy("definition"))
    def shown_definition(self, entry: Entry) -> SafeString:
        """The beginning of the definition."""
        text = entry.definition
        return format_html(
            '<span class="work-facts">{}</span>', text if len(text) <= 60 else f"{text[:60]}…"
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, entry: Entry) -> SafeString:
        """The state, as a word."""
        return state_badge(entry)

    @admin.display(description=gettext_lazy("notes"), ordering="notes_count")
    def shown_notes(self, entry: Any) -> int:
        """How many working turns explain it."""
        return int(entry.notes_count)

    @admin.display(description=gettext_lazy("published uses"), ordering="uses_count")
    def shown_uses(self, entry: Any) -> int:
        """How often published text uses it."""
        return int(entry.uses_count)

    @admin.display(description=gettext_lazy("suggestions"), ordering="suggestions_count")
    def shown_suggestions(self, entry: Any) -> SafeString | str:
        """How many suggestions wait."""
        if not entry.suggestions_count:
            return "—"
        return format_html('<strong class="behind">{}</strong>', entry.suggestions_count)

    @admin.display(description=gettext_lazy("readers see it"), boolean=True, ordering="is_public")
    def shown_public(self, entry: Any) -> bool:
        """Whether it has a public page."""
        return bool(entry.is_public)

    # Permissions.

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Candidates by editors, decided entries by those who decide."""
        if not super().has_change_permission(request, obj):
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
        return [*ours, *super().get_urls()]

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
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it the evidence, the suggestions and what one may decide."""
        entry = context.get("original")
        context["show_save_and_continue"] = entry is None
        if entry is not None:
            may_decide = self.has_decide_permission(request)
            steps = decisions.STEPS[entry.state] if may_decide else ()
            context |= {
                **desk.beside(entry),
                "title": str(entry),
                "subtitle": None,
                "state": state_badge(entry),
                "steps": [(step, LABELS[State(step)]) for step in steps],
                "may_change": self.has_change_permission(request, entry),
            }
        context["show_delete"] = context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through ``decisions``; the form holds the lock and the version that was seen."""
        values = {name: form.cleaned_data[name] for name in decisions.EDITABLE}
        if change:
            version = form.cleaned_data["seen"]
            decisions.save(obj, values, version=version, by=_person(request))
        else:
            obj.pk = decisions.add(values, by=_person(request)).pk

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
            "acts": desk.acts_of(entry),
            **(extra_context or {}),
        }
        return render(request, "admin/glossary/history.html", context)

    # Acts.

    def rebuild_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a rebuild."""
        if not self.has_rebuild_permission(request):
            raise PermissionDenied
        job = rebuild.ask(_person(request))
        if job.state == JobState.RUNNING:
            messages.success(
                request, _("A rebuild is running; when it ends, it runs once more from the start.")
            )
        else:
            messages.success(request, _("Asked for: the worker rebuilds the glossary now."))
        return redirect("admin:glossary_entry_changelist")

    def suggestion_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept or dismiss a suggestion."""
        suggestion = Suggestion.objects.select_related("entry").filter(pk=pk).first()
        if suggestion is None:
            raise Http404(_("This suggestion is gone: the evidence for it is, or it was accepted."))
        if "accept" in request.POST:
            decisions.accept(suggestion, by=_person(request))
            messages.success(request, _("Taken over."))
        else:
            decisions.dismiss(suggestion, by=_person(request))
            messages.success(request, _("Dismissed. No rebuild brings it back."))
        return redirect("admin:glossary_entry_change", suggestion.entry_id)

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
        """Decide one at once; several after a page that says what will happen."""
        chosen = list(queryset)
        if len(chosen) == 1 or "confirmed" in request.POST:
            why = request.POST.get("why", "").strip()[:5000]
            decided = decisions.decide(
                [each.pk for each in chosen], to, by=_person(request), why=why
            )
            self._tell(request, to, decided, len(chosen))
            return None
        able: list[Any] = [each for each in chosen if to in decisions.STEPS[each.state]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": LABELS[to],
            "action": action,
            "to": to,
            "able": able,
            "others": [each for each in chosen if each not in able],
            "public": sum(each.is_public for each in able),
            "select_across": request.POST.get("select_across", "0"),
        }
        return render(request, "admin/glossary/decide.html", context)

    def _tell(self, request: HttpRequest, to: str, decided: list[Entry], asked: int) -> None:
        count = len(decided)
        if decided:
            words = {
                State.APPROVED: ngettext("%(n)d term approved.", "%(n)d terms approved.", count),
                State.REJECTED: ngettext("%(n)d term rejected.", "%(n)d terms rejected.", count),
                State.CANDIDATE: ngettext(
                    "%(n)d term is a candidate again.", "%(n)d terms are candidates again.", count
                ),
            }
            messages.success(request, words[State(to)] % {"n": count})
        if count < asked:
            messages.warning(
                request,
                ngettext(
                    "%(n)d was left as it is: somebody decided it before.",
                    "%(n)d were left as they are: somebody decided them before.",
                    asked - count,
                )
                % {"n": asked - count},
            )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the entry; a button that decides has saved what was typed before."""
        to = request.POST.get("_to", "")
        if to in LABELS:
            decided = decisions.decide([obj.pk], to, by=_person(request))
            self._tell(request, to, decided, 1)
        else:
            super().response_change(request, obj)  # says that it was saved
        return redirect("admin:glossary_entry_change", obj.pk)


def _person(request: HttpRequest) -> User:
    """Return who asks: at the desk nobody is anonymous."""
    return cast(User, request.user)


def state_badge(entry: Entry) -> SafeString:
    """Return an entry's state as a word in a frame."""
    look = {State.CANDIDATE: "draft", State.APPROVED: "evergreen", State.REJECTED: "archived"}
    return badge(look[State(entry.state)], entry.get_state_display())


cast(Any, admin.site).boxes.append(desk.glossary_box)
