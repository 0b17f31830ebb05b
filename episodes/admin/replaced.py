"""What a replacement changes, as its pages show it; and how far one is, with the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from episodes import jobs, replacing, rewrites
from episodes.admin.differences import Piece, shorten
from episodes.admin.staff import who
from episodes.models import Chapter, Episode, Job, Status, Turn
from episodes.models.jobs import JobState
from episodes.reimports import Unusable
from episodes.replacing import OF_TURN, SIDES, Place, Plan
from episodes.rewrites import Item
from episodes.transcripts.replacing import Replacement
from episodes.wording import outcome_sentence, translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["groups_of", "hits_of", "outcome", "places_of", "shown_page"]

PAGE = 200
"""So many texts are shown on one page."""

LISTED = 100
LONGEST_NOTE = 5000

Texts = dict[tuple[str, int], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """A field that would change: its label (empty where there is no other), its language."""

    label: str
    lang: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Row:
    """A text of the review: how it would change, and whether it is ticked."""

    key: str
    uid: str
    label: str
    fields: list[Field]
    taken: bool


@dataclass(frozen=True, slots=True)
class OfEpisode:
    """What of an episode stands on a page; ``total`` counts all of its texts, ``taken`` the ticked."""

    episode: Episode
    live: bool
    rows: list[Row]
    total: int
    taken: int


def shown_page(planned: Plan, at: int) -> tuple[int, int, Sequence[Item]]:
    """Return which page of how many is shown, and what stands on it."""
    pages = max(1, -(-len(planned.items) // PAGE))
    at = min(max(1, at), pages)
    return at, pages, planned.items[(at - 1) * PAGE : at * PAGE]


def groups_of(
    planned: Plan,
    shown: Sequence[Item],
    episodes: dict[int, Episode],
    live: set[int],
    without: set[str],
) -> list[OfEpisode]:
    """Return the texts of a page, by episode. Two queries."""
    texts = _texts(shown, episodes)
    totals: dict[int, int] = {}
    taken: dict[int, int] = {}
    for item in planned.items:
        totals[item.episode] = totals.get(item.episode, 0) + 1
        taken[item.episode] = taken.get(item.episode, 0) + (item.key not in without)
    groups = []
    for pk, of_it in groupby(shown, lambda item: item.episode):
        episode = episodes.get(pk)
        if episode is not None:
            rows = [_row(item, episode, texts, item.key not in without) for item in of_it]
            groups.append(OfEpisode(episode, pk in live, rows, totals[pk], taken[pk]))
    return groups


def _texts(shown: Iterable[Item], episodes: dict[int, Episode]) -> Texts:
    wanted: dict[str, list[int]] = {"turn": [], "chapter": []}
    for item in shown:
        wanted.setdefault(item.kind, []).append(item.pk)
    found: Texts = {}
    turns = Turn.objects.filter(pk__in=wanted["turn"])
    for pk, text, original in turns.values_list("pk", "text", "original"):
        found["turn", pk] = {"text": text, "original": original}
    for pk, title in Chapter.objects.filter(pk__in=wanted["chapter"]).values_list("pk", "title"):
        found["chapter", pk] = {"title": title}
    for pk, episode in episodes.items():
        names = ("title", "original_title", "summary", "insight")
        found["episode", pk] = {name: getattr(episode, name) for name in names}
    return found


def _row(item: Item, episode: Episode, texts: Texts, taken: bool) -> Row:
    said = texts.get((item.kind, item.pk), {})
    fields = []
    for name, changes in item.changes:
        side = SIDES[name]
        lang = episode.language if side == "text" else episode.original_language
        label = _label(item.kind, name)
        fields.append(Field(label, lang, _pieces(said.get(name, ""), changes)))
    label = fields[0].label if item.kind != "turn" else ""
    return Row(item.key, item.uid, label, fields, taken)


def _label(kind: str, field: str) -> str:
    if kind == "chapter":
        return _("Chapter title")
    return {
        "text": _("Translation"),
        "original": _("Original"),
        "title": _("Title"),
        "original_title": _("Original title"),
        "summary": _("Summary"),
        "insight": _("Insight"),
    }[field]


def _pieces(text: str, changes: Iterable[Replacement]) -> list[Piece]:
    """Return the text with each replacement as a whole; nothing where something else stands there
    (it changed between two queries: the digest will tell)."""
    pieces: list[Piece] = []
    at = 0
    for change in changes:
        if text[change.start : change.end] != change.was:
            return []
        parts = (("same", text[at : change.start]), ("del", change.was), ("ins", change.becomes))
        pieces += [Piece(tag, said) for tag, said in parts if said]
        at = change.end
    if text[at:]:
        pieces.append(Piece("same", text[at:]))
    return shorten(pieces)


def hits_of(planned: Plan) -> dict[str, Any]:
    """Return how many places there are, by status and language, as a table."""
    counts = {(each.side, each.status): each.count for each in planned.hits}
    rows = [
        {
            "name": status.value,
            "label": status.label,
            "counts": [counts.get((side, status), 0) for side in OF_TURN],
        }
        for status in Status
        if any(each.status == status for each in planned.hits)
    ]
    totals = [sum(count for key, count in counts.items() if key[0] == side) for side in OF_TURN]
    return {"total": sum(totals), "rows": rows, "totals": totals}


def places_of(left: Iterable[Place], episodes: dict[int, Episode], most: int) -> dict[str, Any]:
    """Return texts that are left, the first of them to be listed."""
    every = list(left)
    return {
        "count": len(every),
        "rows": [(episodes.get(each.episode), each.uid) for each in every[:most]],
        "more": max(0, len(every) - most),
    }


# What became of it.


def outcome(model_admin: EpisodeAdmin, request: HttpRequest, job: int) -> HttpResponse:
    """GET: how far a replacement is, or how it ended. POST: stop it, take it back, or publish the
    live episodes that it changed."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    found = Job.objects.select_related("requested_by").filter(pk=job, kind=rewrites.KIND).first()
    if found is None:
        raise Http404(_("There is no such replacement."))
    if request.method != "POST":
        return _outcome(model_admin, request, found)
    if "stop" in request.POST:
        return _stop(request, found)
    if "publish" in request.POST:
        return _publish(model_admin, request, found)
    if found.state in jobs.ACTIVE:
        problem = _("It is still at work. Wait until it has ended, or stop it.")
        return _outcome(model_admin, request, found, problem)
    back = replacing.take_back(found, by=who(request))
    if back is None:
        return _outcome(model_admin, request, found, _("It changed nothing: nothing to take back."))
    return redirect("admin:episodes_episode_replaced", back.pk)


def _stop(request: HttpRequest, found: Job) -> HttpResponse:
    if not _may_stop(request, found):
        raise PermissionDenied
    if jobs.cancel(found):
        messages.success(request, _("Stopped. What was done until now stays."))
    else:
        messages.warning(request, _("The job had ended already."))
    return redirect("admin:episodes_episode_replaced", found.pk)


def _may_stop(request: HttpRequest, found: Job) -> bool:
    return found.requested_by_id == request.user.pk or request.user.has_perm("episodes.change_job")


def _publish(model_admin: EpisodeAdmin, request: HttpRequest, found: Job) -> HttpResponse:
    if not request.user.has_perm("episodes.publish_episode"):
        raise PermissionDenied
    note = request.POST.get("note", "").replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    try:
        batch = replacing.publish(found, who(request), note)
    except Unusable as refused:
        return _outcome(model_admin, request, found, translate(refused.message))
    return redirect("admin:episodes_episode_queue_batch", batch.pk)


def _outcome(
    model_admin: EpisodeAdmin, request: HttpRequest, found: Job, problem: str = ""
) -> HttpResponse:
    active = found.state in jobs.ACTIVE
    left = rewrites.left_of(found)
    total = len(found.arguments["items"])
    may_edit = rewrites.permitted(who(request))
    of = found.arguments["episode"]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": found.arguments["why"],
        "episode": Episode.objects.filter(pk=of).first() if of else None,
        "job": found,
        "active": active,
        "done": total if found.state == JobState.DONE else found.done_count,
        "total": total,
        "message": "" if active else outcome_sentence(found),
        "left": _left(left),
        "silence": jobs.silence() if active else None,
        "may_stop": active and _may_stop(request, found),
        "may_go_back": not active and may_edit and len(left) < total,
        "publishable": 0 if active else replacing.publishable(found).count(),
        "may_publish": request.user.has_perm("episodes.publish_episode"),
        "own": settings.REVIEW_BY_SECOND_PERSON and found.requested_by_id == request.user.pk,
        "before": found.arguments.get("back"),
        "problem": problem,
    }
    return render(request, "admin/desk/replaced.html", context, status=409 if problem else 200)


def _left(left: Sequence[rewrites.Left]) -> list[dict[str, Any]]:
    """Return what was left, by the reason why."""
    episodes = Episode.objects.in_bulk({each.episode for each in left})
    reasons = {
        "changed": _("Somebody has changed them since: they stay as they are now."),
        "to_read": _("They wait to be read: whoever saves them is taken to have read them."),
        "gone": _("They are no longer there."),
        "broken": _("An error stopped them, nothing of them was changed. The log has it."),
    }
    return [
        {
            "why": label,
            **places_of(
                [Place(each.episode, _uid(each)) for each in left if each.why == why],
                episodes,
                LISTED,
            ),
        }
        for why, label in reasons.items()
        if any(each.why == why for each in left)
    ]


def _uid(left: rewrites.Left) -> str:
    return left.target.removeprefix("turn:") if left.target.startswith("turn:") else ""
