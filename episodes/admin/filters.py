"""Filters of the list of episodes that the first page leads to: mine, what was found, scheduled."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from episodes import dashboard
from episodes.admin.staff import who
from episodes.models import Finding
from episodes.models.checks import FindingState, Severity

__all__ = ["ByFindings", "ByMine", "BySchedule"]


class ByMine(admin.SimpleListFilter):
    """How an episode concerns whoever looks at the list."""

    title = _("mine")
    parameter_name = "mine"

    def lookups(
        self, _request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        """Return the cases."""
        return list(dashboard.MINE.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen case."""
        case = self.value() or ""
        return dashboard.whose(case, queryset, who(request)) if case in dashboard.MINE else queryset


class ByFindings(admin.SimpleListFilter):
    """Whether checks found something that stands."""

    title = _("findings")
    parameter_name = "findings"

    def lookups(
        self, request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        """Return the cases to whoever may look at findings."""
        if not request.user.has_perm("episodes.view_finding"):
            return []
        return [("error", _("open errors")), ("any", _("open findings")), ("none", _("none"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen case."""
        found = Finding.objects.filter(
            episode=OuterRef("pk"), stands=True, state=FindingState.OPEN
        ).order_by()
        cases = {
            "error": Exists(found.filter(severity=Severity.ERROR)),
            "any": Exists(found),
            "none": ~Exists(found),
        }
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)


class BySchedule(admin.SimpleListFilter):
    """Whether an episode is to be published at a time."""

    title = _("schedule")
    parameter_name = "scheduled"

    def lookups(
        self, request: HttpRequest, _model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, Any]]:
        """Return the cases to whoever may see what is scheduled."""
        if not dashboard.may_see_schedules(who(request)):
            return []
        return [("yes", _("scheduled")), ("refused", _("scheduled, but refused"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list to the chosen case."""
        cases = {
            "yes": Q(schedule__isnull=False),
            "refused": Q(schedule__refused_at__isnull=False),
        }
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)
