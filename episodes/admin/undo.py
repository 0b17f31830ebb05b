"""The button that takes back what one has just done to the turns: kept in the session, act by act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import cuts, undoing
from episodes.admin.staff import who
from episodes.models import Episode
from episodes.transcripts.undoing import Memory
from episodes.undoing import Undoable

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["DONE", "Offer", "act", "keep", "offered"]

KEY = "undo"
KEPT = 10
"""So many acts can be taken back, the last one first."""

DONE = {
    "split": gettext_lazy("You have split a turn."),
    "merge": gettext_lazy("You have merged two turns."),
    "move": gettext_lazy("You have moved a turn."),
    "insert": gettext_lazy("You have inserted a turn."),
    "remove": gettext_lazy("You have taken out a turn."),
    "restore": gettext_lazy("You have put a turn back."),
    "reassign": gettext_lazy("You have changed who speaks."),
    "rename": gettext_lazy("You have changed a chapter's title."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be taken back: a sentence, and the revision that tells it from other acts."""

    said: str
    revision: int


def _kept(request: HttpRequest) -> list[Undoable]:
    return [Undoable(**each) for each in request.session.get(KEY, [])]


def _keep(request: HttpRequest, acts: Iterable[Undoable]) -> None:
    request.session[KEY] = [asdict(each) for each in acts][-KEPT:]


def keep(
    request: HttpRequest, episode: Episode, what: str, memory: Memory, *permissions: str
) -> None:
    """Keep an act of ``DONE`` that this person has just done, with the permissions it took."""
    act = Undoable.of(episode, what, memory, permissions)
    if act is not None:
        _keep(request, [*_kept(request), act])


def _last(request: HttpRequest, episode: Episode) -> Undoable | None:
    return next((each for each in reversed(_kept(request)) if each.episode == episode.pk), None)


def offered(request: HttpRequest, episode: Episode) -> Offer | None:
    """Return the last act that can be taken back as things stand; at most three queries."""
    last = _last(request, episode)
    if last is None or not last.permitted(who(request)) or not undoing.possible(episode, last):
        return None
    return Offer(str(DONE[last.what]), last.revision)


def act(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Take an act back (``revision``), or say why that cannot be."""
    episode = model_admin.find(request, pk, change=True)
    last = _last(request, episode)
    if last is None or str(last.revision) != request.POST.get("revision", ""):
        messages.info(request, _("There is nothing to take back here any more: see the history."))
        return redirect("admin:episodes_episode_turns", episode.pk)
    others = [each for each in _kept(request) if each != last]
    try:
        earlier = [each for each in others if each.episode == episode.pk]
        undoing.take_back(episode, last, by=who(request), earlier=earlier)
    except cuts.Refused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("Taken back. The history has both."))
        _keep(request, others)
    return redirect(_place(episode, last))


def _place(episode: Episode, act: Undoable) -> str:
    """Return where the first of the turns that it was about, or its chapter, stands."""
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    for chapter in act.patch.get("titles", {}):
        return f"{place}#chapter-{chapter}"
    found = episode.turns.filter(uid__in=list(act.versions)).order_by("position")
    uid = found.values_list("uid", flat=True).first()
    return f"{place}#{uid}" if uid else place
