"""What an episode's sources have for it, on the head of its pages, and asking them again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import runs
from episodes.admin.staff import who
from episodes.models import Conflict, Episode, ImportRun, Source
from episodes.models.sources import Outcome, RunState
from episodes.runs import Asked
from episodes.sources import registry
from episodes.wording import translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["ask", "conflicts_of", "reimport", "waiting"]

SKIPPED = 10
"""So many sources that were left out are named with their reason; the rest is counted."""


def waiting(episode: Episode, user: User | AnonymousUser) -> dict[str, Any]:
    """Return what waits for a decision, and whether its sources can be asked: two queries."""
    waiting_runs = ImportRun.objects.filter(state=RunState.WAITING).order_by("-pk")
    run = waiting_runs.filter(source=OuterRef("pk"))
    unplaced = waiting_runs.filter(episode=OuterRef("episode"), source=None)
    sources = (
        Source.objects.filter(episode=episode)
        .only("address", "trouble", "episode_id")
        .annotate(
            waiting_run=Subquery(run.values("pk")[:1]),
            waiting_outcome=Subquery(run.values("outcome")[:1]),
            unplaced_run=Subquery(unplaced.values("pk")[:1]),
        )
    )
    found = list(sources)
    return {
        "proposals": [
            {"run": each.waiting_run, "held": each.waiting_outcome == Outcome.HELD}
            for each in found
            if each.waiting_run is not None
        ],
        "unplaced": next((each.unplaced_run for each in found if each.unplaced_run), None),
        "conflicts": conflicts_of(episode),
        "troubles": [each for each in found if each.trouble],
        "may_ask": user.has_perm("episodes.import_episode")
        and any(registry.kind_of(each.address) != registry.Kind.UPLOAD for each in found),
    }


def conflicts_of(episode: Episode) -> dict[str, int]:
    """Return the open conflicts by what they are about, a turn's by its uid: one query."""
    rows = Conflict.objects.filter(episode=episode, decided_at=None).order_by("-pk")
    found: dict[str, int] = {}
    for pk, target, uids in rows.values_list("pk", "target", "uids"):
        for about in uids or [target.removeprefix("turn:")]:
            found[about] = pk
    return found


def reimport(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask an episode's sources for what they say now."""
    episode = model_admin.find(request, pk)
    if not request.user.has_perm("episodes.import_episode"):
        raise PermissionDenied
    return ask(request, episode.sources.all()) or redirect(
        "admin:episodes_episode_turns", episode.pk
    )


def ask(request: HttpRequest, sources: Iterable[Source]) -> HttpResponse | None:
    """Ask for sources, say which were left out and why; return where the work can be watched, None
    where there is none."""
    asked = runs.request_reimport(sources, by=who(request))
    _say(request, asked)
    if asked.batch is not None:
        return redirect("admin:episodes_batch_change", asked.batch.pk)
    if asked.jobs:
        return redirect("admin:episodes_job_change", asked.jobs[0].pk)
    return None


def _say(request: HttpRequest, asked: Asked) -> None:
    if asked.jobs:
        sentence = ngettext(
            "%(count)s source is asked for what it says now.",
            "%(count)s sources are asked for what they say now.",
            len(asked.jobs),
        )
        messages.success(request, sentence % {"count": len(asked.jobs)})
    for _source, why in asked.skipped[:SKIPPED]:
        messages.warning(request, translate(why))
    left = len(asked.skipped) - SKIPPED
    if left > 0:
        sentence = ngettext(
            "and %(count)s source more was left out",
            "and %(count)s sources more were left out",
            left,
        )
        messages.warning(request, sentence % {"count": left})
    if not asked.jobs and not asked.skipped:
        messages.info(request, _("There is no source to ask."))
