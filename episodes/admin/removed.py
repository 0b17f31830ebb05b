"""The turns that were taken out of an episode, and putting one of them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from episodes import cuts
from episodes.admin import cutting, turns
from episodes.admin.cutforms import RestoreForm
from episodes.admin.staff import who
from episodes.models import Change, Chapter, Episode, Turn
from episodes.models.working import Gone
from episodes.transcripts.undoing import Memory

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["removed"]


def removed(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the turns that were taken out, with their words. POST: put one of them back."""
    episode = cutting.find_episode(model_admin, request, pk, "change_turn")
    if request.method != "POST":
        return _removed(model_admin, request, episode)
    if not request.user.has_perm("episodes.add_turn"):
        raise PermissionDenied
    form = RestoreForm(request.POST)
    found = None
    if form.is_valid():
        rows = Turn.everything.filter(episode=episode, uid=form.cleaned_data["uid"])
        found = rows.first()
    if found is None:
        return _removed(model_admin, request, episode, 422, _("There is no such turn."))
    memory = Memory()
    try:
        restored = cuts.restore(
            found,
            revision=form.cleaned_data["revision"],
            after=form.cleaned_data["after"],
            by=who(request),
            memory=memory,
        )
    except cuts.Refused as refused:
        status = cutting.STATUS[refused.code]
        return _removed(model_admin, request, episode, status, refused.message)
    cutting.done(request, episode, "restore", memory)
    return redirect(turns.address_of(restored, saved=True))


def _removed(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    """Show the list: its queries do not depend on its length."""
    episode.refresh_from_db(fields=["revision"])
    rows = list(
        Turn.everything.filter(episode=episode, gone__in=[Gone.REMOVED, Gone.WITHDRAWN])
        .select_related("speaker")
        .order_by("position", "pk")
    )
    targets = [f"turn:{turn.uid}" for turn in rows]
    taken_out = {
        change.target: change
        for change in Change.objects.filter(target__in=targets, field="removed")
        .select_related("change_set__by")
        .order_by("pk")
    }
    standing = list(episode.turns.order_by("position").values_list("uid", flat=True))
    first = episode.chapters.order_by("position").first()
    redirects = turns.redirects_of(episode)
    shown = []
    for turn in rows:
        turn.episode = episode
        people = {turn.speaker.pk: turn.speaker} if turn.speaker else {}
        near = turns.follow(redirects, set(standing), turn.uid)
        shown.append(
            {
                "row": turns.row_of(turn, 0, people, 0),
                "change": taken_out.get(f"turn:{turn.uid}"),
                "near": near,
                "number": standing.index(near) + 1 if near else 0,
                "after": _start(first) if not near or turn.position == 0 else near,
            }
        )
    return cutting.page(
        model_admin,
        request,
        episode,
        "removed",
        status=status,
        removed=shown,
        revision=episode.revision,
        refusal=refusal,
    )


def _start(first: Chapter | None) -> str:
    """Return the first place of an episode."""
    return f"heading:{first.pk}" if first is not None and first.level else ""
