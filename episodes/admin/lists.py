"""The list of episodes: search, filters and columns at a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from episodes import claims, proofreading
from episodes.admin.forms import is_key
from episodes.models import (
    Appearance,
    ChangeSet,
    Episode,
    EpisodeProject,
    EpisodeTag,
    Person,
    Project,
    Tag,
    Turn,
)
from episodes.waits import WAITS, waits_for, waits_for_source, waits_of, with_waits

__all__ = [
    "WAITS",
    "ByPerson",
    "ByProject",
    "BySource",
    "ByTag",
    "ByUnpublished",
    "ByWord",
    "EpisodeList",
    "Listed",
    "badge",
    "count_of",
    "matching",
    "waits_of",
    "with_facts",
    "with_waits",
]


class Listed(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that is called what it lists, not what one may do with it."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, under the plural of its records' name."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


def badge(status: str, label: object) -> SafeString:
    """Return a status as a word in a frame; colour only repeats what the word says."""
    return format_html('<span class="badge badge-{}">{}</span>', status, label)


def count_of(queryset: QuerySet[Any], field: str) -> Coalesce:
    """Return the number of rows of ``queryset`` whose ``field`` is the outer row, as a subquery."""
    counted = (
        queryset.order_by()
        .filter(**{field: OuterRef("pk")})
        .values(field)
        .annotate(rows=Count("pk"))
        .values("rows")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_facts(queryset: QuerySet[Episode]) -> QuerySet[Episode]:
    """Add what a row shows: turns, who changed it last, who edits it, and the edition readers see."""
    last = ChangeSet.objects.filter(episode=OuterRef("pk")).order_by("-at", "-id")
    return queryset.annotate(
        turns_count=count_of(Turn.objects.all(), "episode"),
        changed_by=Subquery(last.values("by__username")[:1]),
        edition_number=F("published__edition__number"),
        edition_revision=F("published__edition__revision"),
        edition_live=F("published__live"),
        editing_by=Subquery(
            claims.standing().filter(episode=OuterRef("pk")).values("user__username")
        ),
    )


def _named(path: str, word: str) -> Q:
    """Return the condition that a name, its translation or an alias holds ``word``."""
    return (
        Q(**{f"{path}name__icontains": word})
        | Q(**{f"{path}translated_name__icontains": word})
        | Q(**{f"{path}aliases__icontains": word})
    )


def matching(queryset: QuerySet[Episode], query: str) -> QuerySet[Episode]:
    """Return the episodes that hold every word of ``query``, in whatever text or name.

    Substrings count, so that two Chinese characters find what stands in the middle of a sentence;
    each place is a subquery, so that no episode comes twice.
    """
    for word in query.split():
        turns = Turn.objects.filter(episode=OuterRef("pk"))
        people = Appearance.objects.filter(_named("person__", word), episode=OuterRef("pk"))
        queryset = queryset.filter(
            Q(title__icontains=word)
            | Q(original_title__icontains=word)
            | Q(slug__icontains=word)
            | Exists(people)
            | Exists(turns.filter(speaker__in=Person.objects.filter(_named("", word))))
            | Exists(turns.filter(Q(text__icontains=word) | Q(original__icontains=word)))
        )
    return queryset


class EpisodeList(ChangeList):
    """Django's list, whose rows open the page of turns and say how much of them is read."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of a page with ``progress``: one query more."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        shown = Episode.objects.filter(pk__in=[row.pk for row in rows])
        counted = proofreading.counted(shown)
        for row in rows:
            row.progress = counted.get(row.pk, proofreading.Progress(0, 0))
        self.result_list = rows

    def url_for_result(self, result: Model) -> str:
        """A row leads to where the work is: the turns."""
        return reverse("admin:episodes_episode_turns", args=[result.pk])


class ByWord(admin.AllValuesFieldListFilter):
    """The values of a text field; episodes without one are a choice with a name."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The choices of Django's filter, none without words."""
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("(none)")}


class _ByLabel(admin.SimpleListFilter):
    """A filter over the labels in use; without more than one of them it is not shown."""

    model: type[Tag] | type[Project]
    through: type[EpisodeTag] | type[EpisodeProject]

    def lookups(
        self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, str]]:
        """Return what is in use, by name."""
        used = self.model.objects.filter(items__isnull=False).distinct().order_by("name")
        return list(used.values_list("pk", "name"))

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen label."""
        value = self.value()
        if not value or not value.isdecimal():
            return queryset
        items = self.through._default_manager.filter(content_object=OuterRef("pk"), tag=value)
        return queryset.filter(Exists(items))


class ByTag(_ByLabel):
    title = _("tag")
    parameter_name = "tag"
    model = Tag
    through = EpisodeTag


class ByProject(_ByLabel):
    title = _("project")
    parameter_name = "project"
    model = Project
    through = EpisodeProject


class ByUnpublished(admin.SimpleListFilter):
    """Whether readers see what the working copy says."""

    title = _("readers see")
    parameter_name = "readers"

    def lookups(
        self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        """Return the three cases."""
        return [
            ("behind", _("an edition with unpublished changes since")),
            ("current", _("the current text")),
            ("nothing", _("nothing")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen case."""
        live = Q(published__live=True)
        same = Q(revision=F("published__edition__revision"))
        cases = {"behind": live & ~same, "current": live & same, "nothing": ~live}
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)


class BySource(admin.SimpleListFilter):
    """What waits for a person since a source changed or cannot be read."""

    title = _("what waits")
    parameter_name = "source"

    def lookups(
        self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        """Return the cases."""
        return [*WAITS.items(), ("source", _("source changed, held or gone"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen case."""
        case = self.value() or ""
        if case == "source":
            return queryset.filter(waits_for_source())
        return queryset.filter(waits_for(case)) if case in WAITS else queryset


class ByPerson(admin.FieldListFilter):
    """Episodes in which one person speaks or appears, found by typing (Django's autocomplete)."""

    template = "admin/episodes/filter_person.html"
    parameter = "person"
    title = _("person")

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Any],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        chosen = params.get(self.parameter)
        key = chosen[-1] if chosen else ""
        self.value = key if is_key(key) else ""
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = _("person")
        source = Appearance._meta.get_field("person")
        choose: Any = source.formfield(required=False)
        widget = AutocompleteSelect(
            source, model_admin.admin_site, {"id": "filter-person", "aria-label": _("person")}
        )
        widget.choices = choose.choices
        self.widget = widget.render(self.parameter, [self.value] if self.value else [])
        self.others = [
            (key, value)
            for key, values in request.GET.lists()
            for value in values
            if key not in {self.parameter, "p"}
        ]

    @staticmethod
    def media() -> forms.Media:
        """What the autocomplete needs on the page."""
        return AutocompleteSelect(Appearance._meta.get_field("person"), admin.site).media

    def expected_parameters(self) -> list[str | None]:
        """The one parameter this filter reads."""
        return [self.parameter]

    def has_output(self) -> bool:
        """Show it always."""
        return True

    def choices(self, changelist: ChangeList) -> Any:
        """Return what the template needs: the field and the way back to everybody."""
        return [
            {
                "selected": not self.value,
                "query_string": changelist.get_query_string(remove=[self.parameter]),
                "display": _("Everybody"),
            }
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to episodes with the person beside them or among their turns."""
        if not self.value:
            return queryset
        return queryset.filter(
            Exists(Appearance.objects.filter(episode=OuterRef("pk"), person=int(self.value)))
            | Exists(Turn.objects.filter(episode=OuterRef("pk"), speaker=int(self.value)))
        )
