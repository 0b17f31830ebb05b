"""The queue across episodes: groups of proposals, a sample of one, and what became of a batch."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import batches, jobs, queue, reimports, runs, states
from episodes.admin.changes import Changes, Shown, count_of_kind
from episodes.admin.staff import who
from episodes.models import Batch, Episode, ImportRun, Status
from episodes.models.sources import RunState
from episodes.reimports import Unusable
from episodes.wording import restore, translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["batch", "group", "page"]

CHANGES = 3
"""So many changes of a proposal are shown in a sample."""

RECENT = 8
"""So many batches are listed below the queue."""

LISTED = 100
"""So many episodes are listed below a sentence that refuses them; the rest are counted."""

LONGEST_NOTE = 5000
OURS = (Batch.Kind.ACCEPT, Batch.Kind.REFUSE, Batch.Kind.UNDO, Batch.Kind.PUBLISH)


def page(model_admin: EpisodeAdmin, request: HttpRequest) -> HttpResponse:
    """List the groups of what waits, and the batches of late."""
    _may_look(model_admin, request)
    groups = queue.groups()
    recent = Batch.objects.filter(kind__in=OURS).select_related("by").prefetch_related("jobs")
    context = {
        **_frame(model_admin, request, _("Proposals that wait")),
        "groups": [_shown_group(each) for each in groups],
        "total": sum(each.count for each in groups),
        "batches": list(recent[:RECENT]) if request.user.has_perm("episodes.view_batch") else [],
    }
    return render(request, "admin/desk/queue.html", context)


def _frame(model_admin: EpisodeAdmin, request: HttpRequest, title: str) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
    }


def _may_look(model_admin: EpisodeAdmin, request: HttpRequest) -> None:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\r\n", "\n").strip()[:LONGEST_NOTE]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown_group(each: queue.Group) -> dict[str, Any]:
    names = dict(Status.choices)
    return {
        "group": each,
        "label": _capital(translate(each.label)),
        "url": reverse("admin:episodes_episode_queue_group", args=[each.key]),
        "statuses": [
            {"name": name, "label": names[Status(name)], "count": count}
            for name, count in each.statuses.items()
        ],
    }


# --- A group --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sampled:
    """A proposal of a sample: its episode, some of its changes, and how many there are."""

    run: ImportRun
    counts: list[str]
    shown: list[Shown]
    more: int


def group(model_admin: EpisodeAdmin, request: HttpRequest, key: str) -> HttpResponse:
    """GET: a random sample of a group (``?seed=`` tells which). POST: accept or refuse all of it."""
    _may_look(model_admin, request)
    if request.method != "POST":
        return _sample(model_admin, request, key)
    if not _may_decide(request.user):
        raise PermissionDenied
    kind = Batch.Kind.REFUSE if "refuse" in request.POST else Batch.Kind.ACCEPT
    until, note = request.POST.get("until", ""), _note(request)
    try:
        made = queue.decide(
            key,
            kind,
            who(request),
            note,
            note if key.startswith(queue.HELD) else "",
            until=int(until) if until.isdecimal() and len(until) < 19 else 0,
        )
    except Unusable as refused:
        return _sample(model_admin, request, key, refused)
    return redirect("admin:episodes_episode_queue_batch", made.pk)


def _may_decide(user: User | AnonymousUser) -> bool:
    return user.has_perm("episodes.import_episode") or user.has_perm("episodes.publish_episode")


def _sample(
    model_admin: EpisodeAdmin, request: HttpRequest, key: str, refused: Unusable | None = None
) -> HttpResponse:
    found = queue.group_of(key)
    if found is None and refused is None:
        raise Http404(_("Nothing of this kind waits any more."))
    sent = request.POST if request.method == "POST" else request.GET
    seed = sent.get("seed", "")[:20]
    context = {
        **_frame(model_admin, request, _capital(translate(found.label)) if found else _("Gone")),
        "key": key,
        "found": found and _shown_group(found),
        "seed": seed,
        "another": secrets.token_hex(3),
        "samples": [_sampled(run) for run in queue.sample(found, seed=seed)] if found else [],
        "may_decide": _may_decide(request.user),
        "not_mine": _not_mine(found, who(request)) if found else 0,
        "until": found.latest if found else 0,
        "note": request.POST.get("note", ""),
        "error": translate(refused.message) if refused else "",
        "code": refused.code if refused else "",
    }
    status = 200 if refused is None else 422 if refused.code == "reason_missing" else 409
    return render(request, "admin/desk/queue_group.html", context, status=status)


def _sampled(run: ImportRun) -> Sampled:
    assert run.episode is not None
    changes = Changes(reimports.replan(run), states.load(run.episode))
    choices = [entry for entry in changes.entries if entry.can_choose]
    shown = list(changes.shown(islice(choices, CHANGES), set()))
    counts = [count_of_kind(kind, number) for kind, number in changes.counts().items()]
    return Sampled(run, counts, shown, len(choices) - len(shown))


def _not_mine(found: queue.Group, user: User) -> int:
    """How many of a group this person may not decide (``reimports.may_apply``)."""
    numbers = found.statuses.items()
    return sum(n for status, n in numbers if not reimports.may_apply(Episode(status=status), user))


# --- A batch --------------------------------------------------------------------------------------


def batch(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """GET: how far a batch is, or how it ended. POST: stop it, undo it, or publish what it accepted."""
    _may_look(model_admin, request)
    if not request.user.has_perm("episodes.view_batch"):
        raise PermissionDenied
    found = Batch.objects.select_related("by", "of").filter(pk=pk, kind__in=OURS).first()
    if found is None:
        raise Http404(_("There is no such batch."))
    if request.method != "POST":
        return _outcome(model_admin, request, found)
    if "stop" in request.POST:
        return _stop(request, found)
    publishing = "publish" in request.POST
    if publishing and not request.user.has_perm("episodes.publish_episode"):
        raise PermissionDenied
    if not _may_decide(request.user):
        raise PermissionDenied
    ask = queue.publish if publishing else queue.undo
    try:
        made = ask(found, who(request), _note(request))
    except Unusable as refused:
        return _outcome(model_admin, request, found, refused)
    return redirect("admin:episodes_episode_queue_batch", made.pk)


def _may_stop(user: User | AnonymousUser, found: Batch) -> bool:
    return found.by_id == user.pk or user.has_perm("episodes.change_batch")


def _stop(request: HttpRequest, found: Batch) -> HttpResponse:
    if not _may_stop(request.user, found):
        raise PermissionDenied
    if runs.cancel_batch(found):
        messages.success(request, _("Stopped. What was done until now stays; the rest waits on."))
    else:
        messages.warning(request, _("The batch had ended already."))
    return redirect("admin:episodes_episode_queue_batch", found.pk)


def _outcome(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    found: Batch,
    refused: Unusable | None = None,
) -> HttpResponse:
    how = batches.progress(found)
    states_now = found.decided_runs.order_by().values_list("state").annotate(number=Count("pk"))
    now = Counter(dict(states_now))
    applied = now[RunState.APPLIED]
    ended = not how.active
    context = {
        **_frame(model_admin, request, _what(found)),
        "batch": found,
        "how": how,
        "done_word": _done_word(found),
        "message": translate(how.message),
        "undone": now[RunState.UNDONE],
        "followed": list(found.followed_by.select_related("by").order_by("pk")),
        "refusals": _refusals(found),
        "applied": applied,
        "may_undo": ended and applied and _may_decide(request.user),
        "publishable": _publishable(found) if ended and applied else 0,
        "may_publish": request.user.has_perm("episodes.publish_episode"),
        "own": settings.REVIEW_BY_SECOND_PERSON and found.by_id == request.user.pk,
        "may_stop": how.active and _may_stop(request.user, found),
        "silence": jobs.silence() if how.active else None,
        "note": request.POST.get("note", ""),
        "error": translate(refused.message) if refused else "",
    }
    status = 200 if refused is None else 409
    return render(request, "admin/desk/queue_batch.html", context, status=status)


def _what(found: Batch) -> str:
    """Return what a batch does, as a heading."""
    return {
        Batch.Kind.ACCEPT.value: _("Accepting proposals"),
        Batch.Kind.REFUSE.value: _("Refusing proposals"),
        Batch.Kind.UNDO.value: _("Undoing imports"),
        Batch.Kind.PUBLISH.value: _("Publishing"),
    }[found.kind]


def _done_word(found: Batch) -> str:
    """Return what is said of the items that were done."""
    return {
        Batch.Kind.ACCEPT.value: _("accepted"),
        Batch.Kind.REFUSE.value: _("refused"),
        Batch.Kind.UNDO.value: _("undone"),
        Batch.Kind.PUBLISH.value: _("published"),
    }[found.kind]


def _publishable(found: Batch) -> int:
    """How many episodes of a batch readers do not see yet as they are now."""
    episodes: QuerySet[Episode] = Episode.objects.filter(
        runs__decided_in=found,
        runs__state=RunState.APPLIED,
        status=Status.EVERGREEN,
        published__edition__revision__lt=F("revision"),
    )
    return episodes.distinct().count()


def _refusals(found: Batch) -> list[dict[str, Any]]:
    """Return each sentence with the episodes that it was said of; two queries."""
    by_sentence: dict[str, list[str]] = {}
    for slug, stored in found.refusals:
        by_sentence.setdefault(translate(restore(stored, "")), []).append(slug)
    slugs = {slug for named in by_sentence.values() for slug in named[:LISTED]}
    episodes = {each.slug: each for each in Episode.objects.filter(slug__in=slugs)}
    waiting = dict(
        queue.waiting().filter(episode__in=episodes.values()).values_list("episode_id", "pk")
    )
    return [
        {
            "sentence": sentence,
            "count": len(named),
            "more": max(0, len(named) - LISTED),
            "rows": [
                {
                    "slug": slug,
                    "episode": episodes.get(slug),
                    "url": _place(found, episodes.get(slug), waiting),
                }
                for slug in named[:LISTED]
            ],
        }
        for sentence, named in by_sentence.items()
    ]


def _place(found: Batch, episode: Episode | None, waiting: dict[int, int]) -> str:
    """Return where to look at what was refused of an episode."""
    if episode is None:
        return ""
    if found.kind == Batch.Kind.PUBLISH:
        action = "publish" if episode.status == Status.REVIEW else "publish_next"
        return reverse("admin:episodes_episode_move", args=[episode.pk, action])
    if found.kind != Batch.Kind.UNDO and episode.pk in waiting:
        return reverse("admin:episodes_episode_proposal", args=[episode.pk, waiting[episode.pk]])
    return reverse("admin:episodes_episode_history", args=[episode.pk])
