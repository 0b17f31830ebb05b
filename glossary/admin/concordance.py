"""The concordance of a term at the desk: every turn that uses it, and those that should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from episodes.addresses import with_query
from episodes.models import Status
from glossary import concordance
from glossary.concordance import Found
from glossary.models import Entry, State

__all__ = ["urls"]

VIEWS: dict[str, Callable[..., Found]] = {
    "published": concordance.published,
    "working": concordance.working,
    "original": concordance.unrendered,
}


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the address of the concordance."""

    @require_safe
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return page(desk, request, pk)

    wrapped = desk.admin_site.admin_view(view)
    return [path("<int:pk>/uses/", wrapped, name="glossary_entry_concordance")]


def page(desk: ModelAdmin[Entry], request: HttpRequest, pk: int) -> HttpResponse:
    """Show a page of uses: ``?in=`` says where, ``status``, ``form``, ``page``, ``part`` which."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None:
        raise Http404(_("There is no such term."))
    if entry.merged_into_id:
        return redirect("admin:glossary_entry_concordance", entry.merged_into_id)
    where = request.GET.get("in", "")
    where = where if where in VIEWS else "published"
    asked: dict[str, Any] = {"page": _number(request, "page")}
    spelling = request.GET.get("form", "").replace("\x00", "")
    status = request.GET.get("status", "") if where != "published" else ""
    status = status if status in Status.values else ""
    if where != "published":
        asked |= {"status": status, "part": _number(request, "part")}
    found = VIEWS[where](entry, spelling=spelling, **asked)
    place = reverse("admin:glossary_entry_concordance", args=[pk])
    kept = [("in", where), ("status", status), ("form", spelling)]
    part = asked.get("part", 1)

    def step(number: int, other: int = part) -> str:
        return with_query(place, [*kept, ("part", other if other > 1 else ""), ("page", number)])

    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Uses of “%(term)s”") % {"term": entry},
        "entry": entry,
        "where": where,
        "places": [
            (name, label, with_query(place, [("in", name)])) for name, label in _labels().items()
        ],
        "found": found,
        "spelling": spelling,
        "status": status,
        "statuses": Status.choices,
        "part": part,
        "first": (part - 1) * concordance.PART + 1,
        "last": (part - 1) * concordance.PART + found.candidates,
        "earlier": step(found.page - 1) if found.page > 1 else "",
        "later": step(found.page + 1) if found.page < found.pages else "",
        "part_before": step(1, part - 1) if part > 1 else "",
        "part_after": step(1, part + 1) if found.more else "",
        "foreign": concordance.foreign_names(entry),
        "may_rename": entry.state in (State.CANDIDATE, State.APPROVED)
        and desk.has_change_permission(request, entry),
    }
    return render(request, "admin/glossary/concordance.html", context)


def _labels() -> dict[str, str]:
    return {
        "published": _("Published turns"),
        "working": _("Working copies"),
        "original": _("Not rendered so"),
    }


def _number(request: HttpRequest, name: str) -> int:
    """Return a page's number as it is asked for; 1 for what is none."""
    text = request.GET.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1
