"""What waits for an editor's eye: terms whose notes disagree, and terms that may be one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from rapidfuzz.distance import Indel

from episodes.addresses import with_query
from episodes.admin.differences import compare
from glossary import alike, disputes
from glossary.models import Entry, Likeness, State

__all__ = ["came_from", "urls"]

TERMS = 20
PAIRS = 30
MUCH_ALIKE = 0.6
"""From here on two definitions are read easier as one with its difference than as two."""


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the addresses of the page and of what says that two are two."""

    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        return _page(desk, request)

    @require_POST
    def two(request: HttpRequest, pk: int) -> HttpResponse:
        return _two(request, pk)

    wrap = desk.admin_site.admin_view
    return [
        path("disagreements/", wrap(page), name="glossary_entry_disagreements"),
        path("disagreements/<int:pk>/two/", wrap(two), name="glossary_entry_two"),
    ]


def _page(desk: ModelAdmin[Entry], request: HttpRequest) -> HttpResponse:
    """Show both lists: ``?terms=`` and ``?pairs=`` say which page of each."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    terms = Paginator(disputes.disputed(), TERMS).get_page(request.GET.get("terms"))
    pairs = Paginator(alike.waiting(), PAIRS).get_page(request.GET.get("pairs"))
    place = reverse("admin:glossary_entry_disagreements")

    def step(term_page: int, pair_page: int, anchor: str) -> str:
        query = [("terms", _after_first(term_page)), ("pairs", _after_first(pair_page))]
        return f"{with_query(place, query)}#{anchor}"

    may_change = request.user.has_perm("glossary.change_entry")
    may_decide = request.user.has_perm("glossary.decide_entry")
    shown_pairs = alike.shown(pairs.object_list)
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Disagreements"),
        "terms": terms,
        "disputed": [
            {
                "row": row,
                "may_change": may_change and (may_decide or row.entry.state == State.CANDIDATE),
                "sayings": [_worded(saying) for saying in row.sayings],
            }
            for row in disputes.rows(list(terms.object_list))
        ],
        "pairs": pairs,
        "alike": shown_pairs,
        "dismissed": alike.dismissed(),
        "may_change": may_change,
        "term_steps": _steps(terms, lambda number: step(number, pairs.number, "terms")),
        "pair_steps": _steps(pairs, lambda number: step(terms.number, number, "alike")),
    }
    return render(request, "admin/glossary/disagreements.html", context)


def _after_first(number: int) -> int:
    return number if number > 1 else 0


def _steps(page: Any, to: Any) -> dict[str, str]:
    return {
        "previous": to(page.previous_page_number()) if page.has_previous() else "",
        "next": to(page.next_page_number()) if page.has_next() else "",
    }


def _worded(saying: disputes.Saying) -> dict[str, Any]:
    """Return a value beside what the entry says; of two much alike the difference is marked."""
    row = saying.suggestion
    alike = Indel.normalized_similarity(saying.now, row.value) >= MUCH_ALIKE
    pieces = compare(saying.now, row.value) if row.field == "definition" and alike else []
    return {"saying": saying, "row": row, "pieces": pieces}


def _two(request: HttpRequest, pk: int) -> HttpResponse:
    """Dismiss a pair, or ask ``again``; back to the term it was said on (``entry``) or the list."""
    likeness = Likeness.objects.filter(pk=pk).first()
    if likeness is None:
        if not request.user.has_perm("glossary.change_entry"):
            raise PermissionDenied
        raise Http404(_("These two are not alike any more, or they are one by now."))
    by = cast(User, request.user)
    if "again" in request.POST:
        alike.reopen(likeness, by=by)
        messages.success(request, _("Asked again."))
    elif alike.dismiss(likeness, by=by):
        messages.success(request, _("Dismissed: they are two. No rebuild asks again."))
    else:
        messages.info(request, _("Somebody dismissed it before."))
    said_on = request.POST.get("entry", "")
    if said_on in (str(likeness.entry_id), str(likeness.other_id)):
        return redirect(f"{reverse('admin:glossary_entry_change', args=[said_on])}#alike")
    return redirect(came_from(request, "alike") or "admin:glossary_entry_disagreements")


def came_from(request: HttpRequest, anchor: str) -> str:
    """Return the address of the list, at the pages that a form on it was sent from; else ""."""
    if "list" not in request.POST:
        return ""
    query = [(name, request.POST.get(name, "")) for name in ("terms", "pairs")]
    kept = [(name, number) for name, number in query if number.isdecimal()]
    return f"{with_query(reverse('admin:glossary_entry_disagreements'), kept)}#{anchor}"
