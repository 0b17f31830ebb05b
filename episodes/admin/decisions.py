"""An episode's conflicts: both texts beside what both began with, and the buttons that decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import conflicts
from episodes.admin.sides import WHOLE, Names, Sides, sides_of
from episodes.admin.staff import who
from episodes.conflicts import Undecided
from episodes.models import Change, Conflict, Episode
from episodes.moved import find, in_clash, keys_of
from episodes.states import clash_of, load
from episodes.transcripts.working import Clash, ClashKind, Heading, Working
from episodes.wording import translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["DECIDED", "PAGE", "Row", "page"]

PAGE = 50
"""Open conflicts on one page."""

DECIDED = 30
"""Of the decided ones the last so many are shown below them."""

CHOSEN = {
    "mine": gettext_lazy("mine was kept"),
    "theirs": gettext_lazy("the source's was taken"),
    "proposal": gettext_lazy("the proposal was taken"),
    "write": gettext_lazy("written anew"),
    "settled": gettext_lazy("settled by itself: both came to say the same, or the source changed"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A conflict as the page shows it; ``made_by`` says whose ours is."""

    conflict: Conflict
    title: str
    uid: str
    sides: Sides
    made_by: str
    version: str
    choices: tuple[tuple[str, str], ...]
    may_write: bool
    language: str
    prefill: str
    agrees: bool = False
    merges: bool = False
    signs_only: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision that was not taken: which, why, and what was typed."""

    pk: int
    code: str
    message: str
    written: str


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the open conflicts, then what was decided. POST: decide one, or those that differ in
    signs only."""
    episode = model_admin.find(request, pk)
    if request.method != "POST":
        return _show(model_admin, request, episode)
    if not model_admin.has_change_permission(request, episode):
        raise PermissionDenied
    if "batch" in request.POST:
        return _batch(request, episode)
    number = request.POST.get("conflict", "")
    row = Conflict.objects.filter(
        episode=episode, pk=int(number) if number.isdecimal() else 0
    ).first()
    written = request.POST.get("written", "").replace("\r\n", "\n")
    place = reverse("admin:episodes_episode_conflicts", args=[episode.pk])
    if row is None:
        messages.warning(request, _("This conflict is no longer there."))
        return redirect(place)
    try:
        conflicts.decide(
            row,
            request.POST.get("choice", ""),
            who(request),
            written,
            request.POST.get("version", ""),
            request.POST.get("why", "").strip()[:500],
        )
    except Undecided as refused:
        fresh = model_admin.find(request, pk)
        why = Refusal(row.pk, refused.code, translate(refused.message), written)
        return _show(model_admin, request, fresh, why)
    messages.success(request, _("Decided. Both texts stay below, and in the history."))
    left = in_order(Conflict.objects.filter(episode=episode), load(episode), row)
    at = left.index(row)
    following = left[at + 1 :] or left[:at]
    return redirect(f"{place}#c{following[0].pk}" if following else place)


def in_order(
    rows: QuerySet[Conflict], working: Working, also: Conflict | None = None
) -> list[Conflict]:
    """Return the open conflicts, and ``also``, in the order of what they are about: the metadata,
    then headings and turns as they stand."""
    places = {
        f"heading:{each.key}" if isinstance(each, Heading) else f"turn:{each.uid}": place
        for place, each in enumerate(working.elements)
    }
    wanted = rows.filter(Q(decided_at=None) | Q(pk=also.pk if also else None))
    return sorted(
        wanted, key=lambda row: (places.get(clash_of(row).target, -1), row.target, row.pk)
    )


def _batch(request: HttpRequest, episode: Episode) -> HttpResponse:
    pairs = (pick.partition(":")[::2] for pick in request.POST.getlist("pick"))
    versions = {int(number): version for number, version in pairs if number.isdecimal()}
    choice = "theirs" if request.POST["batch"] == "theirs" else "mine"
    done = conflicts.decide_many(episode, versions, choice, who(request))
    sentence = ngettext(
        "%(count)s conflict was decided.", "%(count)s conflicts were decided.", done.count
    )
    messages.success(request, sentence % {"count": done.count})
    if done.left:
        sentence = ngettext(
            "%(count)s was left: it has changed since you looked.",
            "%(count)s were left: they have changed since you looked.",
            len(done.left),
        )
        messages.warning(request, sentence % {"count": len(done.left)})
    return redirect("admin:episodes_episode_conflicts", episode.pk)


# --- The page -------------------------------------------------------------------------------------


def _show(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    refusal: Refusal | None = None,
) -> HttpResponse:
    known = Conflict.objects.filter(episode=episode).select_related("source", "decided_by", "run")
    known = known.defer("source__fields", "run__plan", "run__undo", "run__content")
    working = load(episode)
    leaf = Paginator(in_order(known, working), PAGE).get_page(request.GET.get("p"))
    decided = list(known.exclude(decided_at=None).order_by("-decided_at", "-pk")[:DECIDED])
    open_rows = list(leaf)
    clashes = [clash_of(row) for row in (*open_rows, *decided)]
    keys = keys_of(working, *clashes)
    moved = find(keys)
    names = Names(keys_of(working, *(in_clash(clash, moved) for clash in clashes)))
    makers = makers_of(episode, open_rows)
    rows = [row_of(episode, row, working, names, makers, moved, refusal) for row in open_rows]
    context = {
        **model_admin.frame(request, episode, "conflicts"),
        "rows": rows,
        "signs_only": [row for row in rows if row.signs_only],
        "leaf": leaf,
        "decided": [
            {
                "conflict": row,
                "title": title_of(clash_of(row), working),
                "sides": sides_of(in_clash(clash_of(row), moved), working, names, row.ours),
                "chosen": CHOSEN.get(row.choice, row.choice),
            }
            for row in decided
        ],
        "may_change": model_admin.has_change_permission(request, episode),
        "refusal": refusal,
        "alone": refusal is not None and all(row.conflict.pk != refusal.pk for row in rows),
    }
    status = 200 if refusal is None else 422 if refusal.code == "invalid" else 409
    return render(request, "admin/desk/conflicts.html", context, status=status)


def row_of(
    episode: Episode,
    conflict: Conflict,
    working: Working,
    names: Names,
    makers: Mapping[tuple[str, str], str],
    moved: Mapping[str, Mapping[str, str]],
    refusal: Refusal | None,
) -> Row:
    """Return an open conflict ready to be shown."""
    clash = clash_of(conflict)
    offered = conflicts.choices_of(working, clash)
    live = conflicts.live_value(working, clash)
    merged = conflicts.merged_anew(working, clash)
    typed = refusal.written if refusal is not None and refusal.pk == conflict.pk else ""
    original = clash.field.startswith("original")
    return Row(
        conflict,
        title_of(clash, working),
        clash.uids[0] if clash.uids else clash.target.partition("turn:")[2],
        sides_of(in_clash(clash, moved), working, names),
        _maker(clash, makers),
        conflicts.version_of(working, clash),
        tuple((name, label) for name, label in _labels(clash).items() if name in offered),
        "write" in offered,
        episode.original_language if original else episode.language,
        typed or merged or (str(live or "") if clash.field not in WHOLE - {"date"} else ""),
        live is not None and clash.kind is ClashKind.FIELD and live == clash.theirs,
        bool(merged),
        conflicts.is_of_signs_only(working, clash),
    )


def _labels(clash: Clash) -> dict[str, str]:
    theirs = {
        ClashKind.GONE: _("Take it out, as the source did"),
        ClashKind.PLACE: _("Move it where the source has it"),
    }
    return {
        "mine": _("Keep mine"),
        "theirs": theirs.get(clash.kind, _("Take the source's")),
        "proposal": _("Take the proposal"),
    }


def title_of(clash: Clash, working: Working) -> str:
    """Return what a conflict is about: which turn, the heading, the episode."""
    kind, _colon, name = clash.target.partition(":")
    if kind == "episode":
        return _("Metadata")
    if kind == "heading":
        return _("Heading")
    numbers = {turn.uid: number for number, turn in enumerate(working.turns(), start=1)}
    found = [numbers[uid] for uid in clash.uids or (name,) if uid in numbers]
    if not found:
        return _("A turn that no longer stands")
    if len(found) == 1:
        return _("Turn %(number)s") % {"number": found[0]}
    return _("Turns %(first)s–%(last)s") % {"first": found[0], "last": found[-1]}


def makers_of(episode: Episode, rows: Iterable[Conflict]) -> dict[tuple[str, str], str]:
    """Return who wrote what stands here, and when, by target and field ("" for any): one query."""
    targets = {f"episode:{episode.pk}"}
    for row in rows:
        targets.add(row.target)
        targets.update(f"turn:{uid}" for uid in row.uids)
    changes = Change.objects.filter(change_set__episode=episode, target__in=targets)
    found: dict[tuple[str, str], str] = {}
    facts = changes.order_by("pk").values_list(
        "target", "field", "change_set__by__username", "change_set__at"
    )
    for target, field, name, at in facts:
        when = formats.date_format(timezone.localtime(at), "Y-m-d H:i")
        told = f"{name or _('nobody: a task or a command')}, {when}"
        kind = "episode" if target.startswith("episode:") else target
        found[kind, field] = found[kind, ""] = told
    return found


def _maker(clash: Clash, makers: Mapping[tuple[str, str], str]) -> str:
    target = clash.target.replace("heading:", "chapter:")
    if clash.kind is ClashKind.FIELD:
        fields = ("start", "end") if clash.field == "times" else (clash.field,)
        told = (makers.get((target, field)) for field in fields)
    else:
        told = (makers.get((f"turn:{uid}", "")) for uid in clash.uids)
    return next((each for each in told if each), "")
