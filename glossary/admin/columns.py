"""The list of terms: what a row shows, what it is filtered and sorted by, at a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes.admin.lists import badge, count_of
from glossary import publishing
from glossary.models import (
    Annotation,
    Entry,
    PublishedEntry,
    State,
    Suggestion,
    SuggestionState,
)

__all__ = [
    "LABELS",
    "ByReaders",
    "ByState",
    "BySuggestions",
    "Columns",
    "TermList",
    "state_badge",
    "with_facts",
]

LABELS = {
    State.APPROVED: gettext_lazy("Approve"),
    State.REJECTED: gettext_lazy("Reject"),
    State.CANDIDATE: gettext_lazy("Back to the candidates"),
}

LOOKS = {
    State.CANDIDATE: "draft",
    State.APPROVED: "evergreen",
    State.REJECTED: "archived",
    State.MERGED: "archived",
}


def state_badge(entry: Entry) -> SafeString:
    """Return an entry's state as a word in a frame."""
    return badge(LOOKS[State(entry.state)], entry.get_state_display())


def with_facts(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Add what a row shows: ``notes_count``, ``uses_count``, ``suggestions_count``, ``is_public``."""
    waiting = Suggestion.objects.filter(state=SuggestionState.OPEN)
    uses = publishing.uses_of(None).filter(entry=OuterRef("pk")).values("entry")
    summed = Subquery(uses.annotate(sum=Sum("uses")).values("sum"), output_field=IntegerField())
    return entries.annotate(
        notes_count=count_of(Annotation.objects.all(), "entry"),
        uses_count=Coalesce(summed, 0),
        suggestions_count=count_of(waiting, "entry"),
        is_public=Exists(PublishedEntry.objects.filter(entry=OuterRef("pk"))),
    )


class TermList(ChangeList):
    """The list; candidates stand by their uses unless another column is asked for."""

    def get_ordering_field_columns(self) -> dict[int, Literal["desc", "asc"]]:
        """Tell which column the list is sorted by."""
        if ORDER_VAR not in self.params and self.params.get("state__exact") == State.CANDIDATE:
            return {list(self.list_display).index("shown_uses"): "desc"}
        return super().get_ordering_field_columns()


class ByState(admin.SimpleListFilter):
    """The state of a term; what was merged stands in the list only when it is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state__exact"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states."""
        return list(State.choices)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Name the first case by what it is."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("All but merged")} if number == 0 else choice

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        """Narrow the list to the chosen state."""
        if self.value() in State.values:
            return queryset.filter(state=self.value())
        return queryset.exclude(state=State.MERGED)


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


class Columns:
    """The columns of the list, for a ``ModelAdmin`` of entries ``with_facts``."""

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

    @admin.display(description=gettext_lazy("decide"))
    def shown_steps(self, entry: Entry) -> SafeString | str:
        """Two buttons of a form that stands below the list (``decide-one``)."""
        if entry.state != State.CANDIDATE:
            return ""
        place = reverse("admin:glossary_entry_decide", args=[entry.pk])
        buttons = format_html_join(
            " ",
            '<button type="submit" form="decide-one" formaction="{}" name="to" value="{}"'
            ' class="button small" aria-label="{}">{}</button>',
            (
                (place, step.value, f"{LABELS[step]} {entry}", LABELS[step])
                for step in (State.APPROVED, State.REJECTED)
            ),
        )
        return format_html('<span class="row-steps">{}</span>', buttons)
