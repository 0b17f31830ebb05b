"""Several episodes published as one: a page that says of each what will happen, then one batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import queue, workflow
from episodes.admin import obstacles, timed
from episodes.admin.obstacles import Group
from episodes.admin.staff import who
from episodes.models import Episode, Status
from episodes.reimports import Unusable
from episodes.wording import translate
from episodes.workflow import Action

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["LOOKED_AT", "act"]

LOOKED_AT = 50
"""Of so many episodes the page says what stands in the way; the others are asked when they are due."""
ACTIONS = {Status.REVIEW: Action.PUBLISH, Status.EVERGREEN: Action.PUBLISH_NEXT}


@dataclass(frozen=True, slots=True)
class Row:
    """An episode chosen: why it cannot be published (empty: it can), and the page of its step."""

    episode: Episode
    reason: str
    groups: list[Group]
    url: str

    @property
    def first(self) -> bool:
        """Whether readers have not seen it yet, or not since it was withdrawn."""
        return self.episode.status == Status.REVIEW


def act(model_admin: EpisodeAdmin, request: HttpRequest, chosen: Iterable[Episode]) -> HttpResponse:
    """Ask first; confirmed, have a batch publish each as it was looked at."""
    if not request.user.has_perm("episodes.publish_episode"):
        raise PermissionDenied
    episodes = list(chosen)
    error = ""
    wish = timed.wish_of(request)
    if "confirmed" in request.POST:
        try:
            made = queue.publish_episodes(
                [episode.pk for episode in episodes],
                who(request),
                wish.note,
                first=True,
                seen=_seen(request),
                correction=wish.correction,
            )
        except Unusable as refused:
            error = translate(refused.message)
        else:
            return redirect("admin:episodes_episode_queue_batch", made.pk)
    return render(
        request,
        "admin/episodes/publish.html",
        {**_context(model_admin, request, episodes), "wish": wish, "error": error},
        status=409 if error else 200,
    )


def _context(
    model_admin: EpisodeAdmin, request: HttpRequest, episodes: list[Episode]
) -> dict[str, Any]:
    able = [episode for episode in episodes if episode.status in ACTIONS]
    rows = [_row(episode, request) for episode in able[:LOOKED_AT]]
    ready = [row for row in rows if not row.reason]
    later = able[LOOKED_AT:]
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Publish"),
        "ready": ready,
        "left": [row for row in rows if row.reason],
        "later": later,
        "others": [episode for episode in episodes if episode.status not in ACTIONS],
        "sent": [row.episode for row in ready] + later,
        "next": any(not row.first for row in ready) or bool(later),
    }


def _row(episode: Episode, request: HttpRequest) -> Row:
    refused = workflow.refusal(episode, who(request))
    action = ACTIONS[Status(episode.status)]
    return Row(
        episode,
        refused.message if refused else "",
        obstacles.groups(episode, refused.obstacles) if refused else [],
        reverse("admin:episodes_episode_move", args=[episode.pk, action]),
    )


def _seen(request: HttpRequest) -> dict[int, int]:
    """Return the revisions that the page showed, by the episodes' ids."""
    pairs = (each.partition(":") for each in request.POST.getlist("seen"))
    return {
        int(pk): int(revision)
        for pk, _colon, revision in pairs
        if pk.isdecimal() and revision.isdecimal()
    }
