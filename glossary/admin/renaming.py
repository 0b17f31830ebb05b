"""Renaming a term at the desk: what would change in the working copies, chosen turn by turn, and what
became of it.

The choices are carried from page to page as one field (the turns that are left out), so that a
renaming through thousands of turns sends no more than those of the page that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from episodes import jobs
from episodes.admin.differences import Piece, compare, shorten
from episodes.admin.forms import integer
from episodes.admin.staff import who
from episodes.models import Episode, Job, PublishedEpisode, Turn
from episodes.models.jobs import JobState
from episodes.wording import outcome_sentence
from glossary import decisions, renaming
from glossary.models import NAME_LENGTH, Entry, State
from glossary.renaming import Item, Place, Plan, Wish
from glossary.rewriting import applied, fits

__all__ = ["urls"]

PAGE = 100
"""So many turns are shown on one page."""

LISTED = 100
"""So many turns that are left are listed; the rest are counted."""


def urls(desk: ModelAdmin[Entry]) -> list[URLPattern]:
    """Return the addresses of a renaming and of its outcome."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def ask(request: HttpRequest, pk: int) -> HttpResponse:
        return page(desk, request, pk)

    @require_safe
    def look(request: HttpRequest, pk: int, job: int) -> HttpResponse:
        return outcome(desk, request, pk, job)

    wrap = desk.admin_site.admin_view
    return [
        path("<int:pk>/rename/", wrap(ask), name="glossary_entry_rename"),
        path("<int:pk>/renamed/<int:job>/", wrap(look), name="glossary_entry_renamed"),
    ]


class RenameForm(forms.Form):
    """The new term, and what of the working copies is rewritten."""

    new = forms.CharField(label=gettext_lazy("New term"), max_length=NAME_LENGTH)
    mentions = forms.ChoiceField(
        label=gettext_lazy("Rewrite"),
        choices=[
            ("", gettext_lazy("Only where a note explains it")),
            ("1", gettext_lazy("Every mention of this spelling")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    keep = forms.BooleanField(
        label=gettext_lazy("The old term stays another spelling of it"), required=False
    )
    back = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry

    def clean_new(self) -> str:
        """A name that can stand in a text as it is, and is nobody else's."""
        new = " ".join(str(self.cleaned_data["new"]).split())
        if not fits(new):
            raise forms.ValidationError(
                _("A term is letters and digits on one line, without marks of Markdown.")
            )
        if new == self.entry.term:
            raise forms.ValidationError(_("That is what it is called already."))
        if new in self.entry.forbidden_list:
            raise forms.ValidationError(_("This rendering is forbidden for this very term."))
        owner = decisions.owner_of(new)
        if owner is not None and owner.pk != self.entry.pk:
            raise forms.ValidationError(
                _(
                    "“%(new)s” belongs to the term “%(term)s” (%(state)s). Merge the two, or choose "
                    "another name."
                ),
                params={"new": new, "term": owner, "state": owner.get_state_display()},
            )
        return new

    def wish(self) -> Wish:
        """Return what is asked for."""
        back = self.cleaned_data["back"]
        job = None
        if back is not None:
            job = Job.objects.filter(pk=back, kind=renaming.KIND, key=str(self.entry.pk)).first()
        said = self.cleaned_data
        return Wish(said["new"], bool(said["mentions"]), said["keep"], job)


# What would change.


def page(desk: ModelAdmin[Entry], request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form, or with ``?new=`` what would change. POST: another page of that, or do it."""
    entry = _entry(desk, request, pk)
    if not desk.has_change_permission(request, entry) or not request.user.has_perm(
        renaming.PERMISSION
    ):
        raise PermissionDenied
    if entry.merged_into_id:
        return redirect("admin:glossary_entry_rename", entry.merged_into_id)
    if entry.state == State.REJECTED:
        status = 409 if request.method == "POST" else 200
        return _shown(desk, request, entry, {"rejected": True}, status)
    sent = request.POST if request.method == "POST" else request.GET
    if "new" not in sent:
        form = RenameForm(initial={"new": entry.term, "mentions": "", "keep": True}, entry=entry)
        return _shown(desk, request, entry, {"form": form})
    form = RenameForm(sent, entry=entry)
    if not form.is_valid():
        return _shown(desk, request, entry, {"form": form}, 422)
    wish = form.wish()
    planned = renaming.plan(entry, wish)
    without = _without(request)
    if request.method != "POST":
        return _review(desk, request, entry, form, planned, without)
    step, _colon, which = request.POST.get("step", "").partition(":")
    number = integer(which)
    if step in ("all", "none"):
        of_it = {item.turn for item in planned.items if item.episode == number}
        without = without - of_it if step == "all" else without | of_it
    if step != "confirm":
        at = number if step == "page" else integer(request.POST.get("page", ""))
        return _review(desk, request, entry, form, planned, without, at)
    return _confirm(desk, request, entry, form, planned, without)


def _entry(desk: ModelAdmin[Entry], request: HttpRequest, pk: int) -> Entry:
    if not desk.has_view_permission(request):
        raise PermissionDenied
    entry = Entry.objects.filter(pk=pk).first()
    if entry is None:
        raise Http404(_("There is no such term."))
    return entry


def _without(request: HttpRequest) -> set[int]:
    """Return the turns that are left out: those of earlier pages, and what is unticked on this one."""
    shown, taken = _numbers([request.POST.get("shown", "")]), _numbers(request.POST.getlist("take"))
    return (_numbers([request.POST.get("without", "")]) - shown) | (shown - taken)


def _numbers(texts: Iterable[str]) -> set[int]:
    return {integer(word) for text in texts for word in text.split()} - {0}


def _confirm(
    desk: ModelAdmin[Entry],
    request: HttpRequest,
    entry: Entry,
    form: RenameForm,
    planned: Plan,
    without: set[int],
) -> HttpResponse:
    seen = integer(request.POST.get("seen", ""))
    at = integer(request.POST.get("page", ""))
    problem = ""
    if planned.too_many:
        problem = _("These are more turns than one renaming rewrites.")
    elif seen != entry.version or request.POST.get("digest", "") != planned.digest:
        problem = _(
            "Turns or this term have changed since this was shown. Nothing was done; look at it "
            "again."
        )
    if not problem:
        try:
            job = renaming.rename(
                entry, form.wish(), planned, without=without, version=seen, by=who(request)
            )
        except decisions.Stale:
            problem = _("Somebody changed this term a moment ago. Nothing was done.")
        except renaming.Busy:
            problem = _(
                "Turns are still being rewritten for an earlier name of this term. Wait until that "
                "has ended."
            )
        else:
            if job is not None:
                return redirect("admin:glossary_entry_renamed", entry.pk, job.pk)
            messages.success(request, _("Renamed. No turn was rewritten."))
            return redirect("admin:glossary_entry_change", entry.pk)
    return _review(desk, request, entry, form, planned, without, at, problem)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A turn of the review: how it would change, and whether it is ticked."""

    turn: int
    uid: str
    pieces: list[Piece]
    taken: bool


@dataclass(frozen=True, slots=True)
class OfEpisode:
    """What of an episode stands on a page; ``total`` counts all of its turns, ``taken`` the ticked."""

    episode: Episode
    live: bool
    rewrites: list[Rewrite]
    total: int
    taken: int


def _review(
    desk: ModelAdmin[Entry],
    request: HttpRequest,
    entry: Entry,
    form: RenameForm,
    planned: Plan,
    without: set[int],
    at: int = 1,
    problem: str = "",
) -> HttpResponse:
    """Show a page of what would change."""
    without &= {item.turn for item in planned.items}
    pages = max(1, -(-len(planned.items) // PAGE))
    at = min(max(1, at), pages)
    shown = planned.items[(at - 1) * PAGE : at * PAGE]
    left_out = [*planned.by_hand[:LISTED], *planned.to_read[:LISTED]]
    everywhere = {item.episode for item in planned.items}
    live = set(
        PublishedEpisode.objects.filter(episode__in=everywhere, live=True).values_list(
            "episode_id", flat=True
        )
    )
    episodes = Episode.objects.in_bulk(
        {item.episode for item in shown} | {each.episode for each in left_out}
    )
    context = {
        "form": form,
        "planned": planned,
        "groups": _groups(planned, shown, episodes, live, without),
        "turns_count": len(planned.items),
        "episodes_count": len(everywhere),
        "live_count": len(everywhere & live),
        "taken_count": len(planned.items) - len(without),
        "shown": " ".join(str(item.turn) for item in shown),
        "without": " ".join(map(str, sorted(without))),
        "page": at,
        "pages": pages,
        "problem": problem,
        "by_hand": _places(planned.by_hand, episodes),
        "to_read": _places(planned.to_read, episodes),
    }
    return _shown(desk, request, entry, context, 409 if problem else 200)


def _groups(
    planned: Plan,
    shown: Iterable[Item],
    episodes: dict[int, Episode],
    live: set[int],
    without: set[int],
) -> list[OfEpisode]:
    """Return the turns of a page, by episode. One query."""
    items = list(shown)
    texts = dict(
        Turn.objects.filter(pk__in=[item.turn for item in items]).values_list("pk", "text")
    )
    totals: dict[int, int] = {}
    taken: dict[int, int] = {}
    for item in planned.items:
        totals[item.episode] = totals.get(item.episode, 0) + 1
        taken[item.episode] = taken.get(item.episode, 0) + (item.turn not in without)
    groups = []
    for pk, of_it in groupby(items, lambda item: item.episode):
        rewrites = [
            Rewrite(item.turn, item.uid, _pieces(texts, item), item.turn not in without)
            for item in of_it
        ]
        if pk in episodes:
            groups.append(OfEpisode(episodes[pk], pk in live, rewrites, totals[pk], taken[pk]))
    return groups


def _pieces(texts: dict[int, str], item: Item) -> list[Piece]:
    try:
        old = texts[item.turn]
        return shorten(compare(old, applied(old, item.changes)))
    except (KeyError, ValueError):  # changed between two queries: the digest will tell
        return []


def _places(left: Iterable[Place | renaming.Left], episodes: dict[int, Episode]) -> dict[str, Any]:
    every = list(left)
    return {
        "count": len(every),
        "rows": [(episodes.get(each.episode), each.uid) for each in every[:LISTED]],
        "more": max(0, len(every) - LISTED),
    }


def _shown(
    desk: ModelAdmin[Entry],
    request: HttpRequest,
    entry: Entry,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    frame = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Rename “%(term)s”") % {"term": entry},
        "entry": entry,
        "earlier": renaming.renamings_of(entry),
    }
    return render(request, "admin/glossary/rename.html", {**frame, **context}, status=status)


# What became of it.


def outcome(desk: ModelAdmin[Entry], request: HttpRequest, pk: int, job_pk: int) -> HttpResponse:
    """Show how far a renaming is, what it has left, and the way back."""
    entry = _entry(desk, request, pk)
    job = (
        Job.objects.select_related("requested_by")
        .filter(pk=job_pk, kind=renaming.KIND, key=str(pk))
        .first()
    )
    if job is None:
        raise Http404(_("There is no such renaming."))
    active = job.state in jobs.ACTIVE
    left = renaming.left_of(job)
    episodes = Episode.objects.in_bulk({each.episode for each in left})
    total = len(job.arguments["turns"])
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("“%(old)s” renamed to “%(new)s”")
        % {"old": job.arguments["old"], "new": job.arguments["new"]},
        "entry": entry,
        "job": job,
        "active": active,
        "done": total if job.state == JobState.DONE else job.done_count,
        "total": total,
        "message": "" if active else outcome_sentence(job),
        "left": [
            {"why": label, **_places([each for each in left if each.why == why], episodes)}
            for why, label in _reasons().items()
            if any(each.why == why for each in left)
        ],
        "silence": jobs.silence() if active else None,
        "back": renaming.wish_back(job) if _may_go_back(desk, request, entry, job) else None,
    }
    return render(request, "admin/glossary/renamed.html", context)


def _may_go_back(desk: ModelAdmin[Entry], request: HttpRequest, entry: Entry, job: Job) -> bool:
    """Whether the term is still called what this renaming called it, and this person may say so."""
    return (
        job.state not in jobs.ACTIVE
        and entry.term == job.arguments["new"]
        and desk.has_change_permission(request, entry)
        and request.user.has_perm(renaming.PERMISSION)
    )


def _reasons() -> dict[str, str]:
    return {
        "changed": _("Somebody has changed them since: they stay as they are now."),
        "to_read": _("They wait to be read: whoever saves them is taken to have read them."),
        "gone": _("They are no longer there."),
        "broken": _("An error stopped them, nothing of them was changed. The log has it."),
    }
