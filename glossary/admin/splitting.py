"""Splitting a term at the desk: which spellings leave it, for a new term or for one merged before."""

from __future__ import annotations

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from glossary import decisions
from glossary.admin.showing import base, entry_or_404, rehearsed, say_done, who
from glossary.forms import SplitForm
from glossary.models import Entry

__all__ = ["urls"]


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the address of the page (``?key=…&to=PK``)."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def split(request: HttpRequest, pk: int) -> HttpResponse:
        return _page(desk, request, pk)

    wrap = desk.admin_site.admin_view
    return [path("<int:pk>/split/", wrap(split), name="glossary_entry_split")]


def _page(desk: ModelAdmin[Entry], request: HttpRequest, pk: int) -> HttpResponse:
    """Show the spellings, then what giving the chosen ones away would do, or do it."""
    entry = entry_or_404(desk, request, pk)
    if not request.user.has_perm("glossary.decide_entry"):
        raise PermissionDenied
    if entry.merged_into_id:
        return redirect("admin:glossary_entry_split", entry.merged_into_id)
    sent = request.POST if request.method == "POST" else request.GET
    merged = list(Entry.objects.filter(merged_into=entry).order_by("sort_key", "pk"))
    back = next((each for each in merged if str(each.pk) == sent.get("to")), None)
    spellings = decisions.spellings_of(entry)
    given = {each.key for each in spellings if not each.own}
    keys = sorted(given.intersection(sent.getlist("key")))
    if back is not None and not keys and "show" not in request.POST:
        keys = sorted(given.intersection(decisions.keys_before_merging(back)))
    choice = f"{back.pk if back else 'new'} {' '.join(keys)}"
    same = request.POST.get("shown") == choice
    form = None
    if keys and back is None:
        form = SplitForm(request.POST if same else None, initial=decisions.values_for(entry, keys))
    context = base(
        desk,
        request,
        _("Split “%(term)s”") % {"term": entry},
        entry=entry,
        spellings=[(each, each.key in keys) for each in spellings],
        merged=[(str(each.pk), each, each == back) for each in merged],
        back=back,
        chosen=bool(keys),
        choice=choice,
        form=form,
        seen=str(entry.version),
        seen_back=str(back.version) if back else "",
        why=request.POST.get("why", ""),
    )

    def act(why: str = "") -> Entry:
        if back is not None:
            return decisions.split_back(back, keys, by=who(request), why=why)
        assert form is not None
        values = form.cleaned_data if form.is_bound else None
        return decisions.split(entry, keys, values=values, by=who(request), why=why)

    if request.method == "POST" and not keys:
        context["refused"] = _("Choose at least one spelling.")
    if not keys or (form is not None and form.is_bound and not form.is_valid()):
        return render(request, "admin/glossary/split.html", context)
    if "split" in request.POST and same:
        _as_seen(request, entry, back)
        try:
            other = act(request.POST.get("why", "").strip()[:5000])
        except decisions.Stale:
            context["again"] = _("Somebody changed this term meanwhile. Look at it again.")
            entry.refresh_from_db()
        except decisions.Refused as refused:
            context["again"] = str(refused)
        else:
            words = _("“%(other)s” is a term of its own now, a candidate.") % {"other": other}
            say_done(request, words, other.pk)
            return redirect("admin:glossary_entry_change", other.pk)
    elif "split" in request.POST:
        context["again"] = _("You chose otherwise since: look at what that does, then split.")
    context |= rehearsed(act)
    return render(request, "admin/glossary/split.html", context)


def _as_seen(request: HttpRequest, entry: Entry, back: Entry | None) -> None:
    """Give the entries the versions that were shown."""
    for each, name in ((entry, "seen"), (back, "seen_back")):
        seen = request.POST.get(name, "")
        if each is not None and seen.isdecimal():
            each.version = int(seen)
    if back is not None:
        back.merged_into = entry
