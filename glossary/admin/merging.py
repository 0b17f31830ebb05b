"""Merging terms at the desk: which one stays, what it takes over, what that changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from glossary import decisions
from glossary.admin.columns import state_badge, with_facts
from glossary.admin.showing import base, rehearsed, say_done, who
from glossary.models import Entry, State

__all__ = ["suggested", "urls"]

MOST = 50
"""So many terms are merged at once."""


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the address of the page (``?from=PK&from=PK&into=PK``)."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def merge(request: HttpRequest) -> HttpResponse:
        return _page(desk, request)

    return [path("merge/", desk.admin_site.admin_view(merge), name="glossary_entry_merge")]


def suggested(chosen: Iterable[Any]) -> Any:
    """Return which of several entries ``with_facts`` should stay: an approved one, the most used."""
    order = [State.APPROVED, State.CANDIDATE]
    return min(
        (each for each in chosen if each.state in order),
        key=lambda each: (order.index(each.state), -each.uses_count, -each.notes_count, each.pk),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen on the page: which names and which values the one that stays takes over."""

    into: Any
    sources: list[Any]
    names: list[str]
    fill: dict[str, str]


def _page(desk: ModelAdmin[Entry], request: HttpRequest) -> HttpResponse:
    """Show what merging would do, or do it."""
    if not request.user.has_perm("glossary.decide_entry"):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    into = sent.get("into", "")
    asked = {int(pk) for pk in (*sent.getlist("from"), into) if pk.isdecimal() and len(pk) < 18}
    if len(asked) > MOST:
        raise Http404(_("Too many terms at once."))
    entries = with_facts(Entry.objects.filter(pk__in=asked)).select_related("merged_into")
    chosen = list(entries.order_by("sort_key", "pk"))
    if len(chosen) < 2:
        messages.warning(request, _("Choose at least two terms to merge."))
        return redirect("admin:glossary_entry_changelist")
    stays = next((each for each in chosen if str(each.pk) == into), None) or suggested(chosen)
    stays = stays or chosen[0]
    wish = _wish(request, chosen, stays)
    problem = ""
    if "merge" in request.POST and request.POST.get("shown") == str(stays.pk):
        for each in chosen:
            seen = request.POST.get(f"seen-{each.pk}", "")
            each.version = int(seen) if seen.isdecimal() else each.version
        try:
            _act(request, wish, request.POST.get("why", "").strip()[:5000])
        except decisions.Stale:
            problem = _("Somebody changed one of these terms meanwhile. Look at it again.")
            chosen = list(entries.all().order_by("sort_key", "pk"))
            stays = next(each for each in chosen if each.pk == stays.pk)
            wish = _wish(request, chosen, stays)
        except decisions.Refused as refused:
            problem = str(refused)
        else:
            count = len(wish.sources)
            words = ngettext(
                "%(n)d term was merged into “%(term)s”.",
                "%(n)d terms were merged into “%(term)s”.",
                count,
            )
            say_done(request, words % {"n": count, "term": stays}, stays.pk)
            return redirect("admin:glossary_entry_change", stays.pk)
    elif "merge" in request.POST:
        problem = _("Another one stays now: look at what that does, then merge.")
    return render(request, "admin/glossary/merge.html", _context(desk, request, wish, problem))


def _wish(request: HttpRequest, chosen: list[Any], stays: Any) -> Wish:
    """Return what is ticked; on a page that is shown for the first time that is all there is."""
    sources = [each for each in chosen if each.pk != stays.pk]
    again = request.POST.get("shown") == str(stays.pk)
    offered = decisions.values_offered(sources, stays)
    fill = {
        name: request.POST.get(f"fill-{name}", "") if again else values[0]
        for name, values in offered.items()
    }
    fill = {name: value.replace("\r\n", "\n") for name, value in fill.items() if value}
    names = decisions.names_offered(sources, stays, fill)
    ticked = request.POST.getlist("name")
    known = request.POST.getlist("offered")
    if again:  # what was not on the page before comes ticked
        names = [name for name in names if name in ticked or name not in known]
    return Wish(stays, sources, names, fill)


def _act(request: HttpRequest, wish: Wish, why: str = "") -> None:
    decisions.merge(
        wish.sources, wish.into, names=wish.names, fill=wish.fill, why=why, by=who(request)
    )


def _context(
    desk: ModelAdmin[Entry], request: HttpRequest, wish: Wish, problem: str
) -> dict[str, Any]:
    chosen = sorted([wish.into, *wish.sources], key=lambda each: (each.sort_key, each.pk))
    labels = {field.name: field.verbose_name for field in Entry._meta.concrete_fields}
    context = base(
        desk,
        request,
        _("Merge terms"),
        problem=problem,
        stays=wish.into,
        stays_key=str(wish.into.pk),
        why=request.POST.get("why", ""),
        chosen=[
            {
                "row": each,
                "pk": str(each.pk),
                "version": str(each.version),
                "state": state_badge(each),
                "stays": each.pk == wish.into.pk,
            }
            for each in chosen
        ],
        names=[
            {"text": name, "ticked": name in wish.names}
            for name in decisions.names_offered(wish.sources, wish.into, wish.fill)
        ],
        values=[
            {
                "name": name,
                "label": labels[name],
                "choices": [(value, wish.fill.get(name) == value) for value in values],
                "empty": name not in wish.fill,
            }
            for name, values in decisions.values_offered(wish.sources, wish.into).items()
        ],
    )
    return context | rehearsed(lambda: _act(request, wish))
