"""Undoing an act on terms: what would be put back is shown, then it is; from a term's page at once."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from episodes.models import ChangeSet
from glossary import acts, decisions
from glossary.admin.showing import base, rehearsed, say_done, who
from glossary.models import Entry

__all__ = ["urls"]

LISTED = 20
"""So many terms of an act are listed; the rest are counted."""


def urls(desk_: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the address of undoing an act."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def undo(request: HttpRequest, pk: int) -> HttpResponse:
        return _page(desk_, request, pk)

    wrap = desk_.admin_site.admin_view
    return [path("undo/<int:pk>/", wrap(undo), name="glossary_entry_undo")]


def _page(desk_: ModelAdmin[Entry], request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an act would do, or do it."""
    if not desk_.has_view_permission(request):
        raise PermissionDenied
    change_set = ChangeSet.objects.select_related("by").filter(pk=pk).first()
    entries = decisions.entries_of(change_set) if change_set is not None else []
    if change_set is None or not entries:
        raise Http404(_("There is no such act."))
    said: dict[str, Any] = {}
    if request.method == "POST":
        try:
            decisions.undo(change_set, by=who(request), why=request.POST.get("why", "")[:5000])
        except decisions.Refused as refused:
            said = {"refused": str(refused), "in_the_way": refused.entry}
        else:
            said_on = request.POST.get("entry", "")
            shown = next((each for each in entries if str(each.pk) == said_on), entries[0])
            say_done(request, _("Undone."), shown.pk)
            return redirect("admin:glossary_entry_change", shown.pk)
    if not said:
        said = rehearsed(lambda: decisions.undo(change_set, by=who(request)))
    lines = acts.lines_of(change_set, back=True)
    context = base(
        desk_,
        request,
        _("Undo"),
        act=change_set,
        act_title=acts.title_of(change_set),
        entries=[{"entry": each, "lines": lines.get(each.pk, [])} for each in entries[:LISTED]],
        more=max(0, len(entries) - LISTED),
        **said,
    )
    return render(request, "admin/glossary/undo.html", context)
