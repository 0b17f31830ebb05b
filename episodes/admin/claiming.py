"""Who edits an episode, on its pages: shown to others, claimed by editing, taken over by a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from episodes import claims
from episodes.admin import turns
from episodes.admin.staff import who

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["act"]


def act(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """What a page that is open says of itself: ``editing`` (a form is open there), ``release`` (it is
    left), ``over`` (take over from somebody else), nothing (who is it?).

    The script gets JSON: ``html`` of the banner, empty where nobody else edits.
    """
    episode = model_admin.find(request, pk, change=True)
    user = who(request)
    if "over" in request.POST:
        claims.take_over(episode, user)
        messages.success(request, _("You edit this episode now. What others save still arrives."))
        return redirect("admin:episodes_episode_turns", episode.pk)
    if "release" in request.POST:
        claims.release(episode, user)
    elif "editing" in request.POST:
        claims.take(episode, user)
    if not turns.wants_json(request):
        return HttpResponse(status=204)
    context: dict[str, Any] = {
        "claim": claims.of_others([episode], user).get(episode.pk),
        "episode": episode,
        "may_change": True,
    }
    html = render_to_string("admin/desk/claim.html", context, request)
    return JsonResponse({"html": html.strip()})
