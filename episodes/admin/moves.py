"""Moving an episode on: a page that says what will happen and what stands in the way, then a POST."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import scheduling, workflow
from episodes.admin import notes, obstacles, timed
from episodes.admin.differences import Piece, compare
from episodes.admin.staff import who
from episodes.models import Edition, Episode, Status, Turn
from episodes.workflow import Action, Next, Obstacle, Refused, Step

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["Difference", "differences", "head", "page", "submit_many"]

SHOWN = 40
"""How many turns that differ are shown with their differences; the rest are counted."""

COMPARED = ("kind", "speaker_id", "text", "original", "start", "end")


@dataclass(frozen=True, slots=True)
class Difference:
    """A turn that is not as an edition has it: ``what`` is changed, added or removed."""

    uid: str
    what: str
    text: list[Piece]
    original: list[Piece]


def head(episode: Episode, request: HttpRequest, *, unchanged: bool) -> dict[str, Any]:
    """Return what the head of an episode's pages shows of its way: buttons, obstacles, a time set.

    The buttons are the steps this person has the permission for. One that is refused for another
    reason has its button too; its page says the reason. ``unchanged``: readers see it as it is.
    """
    steps = workflow.allowed(episode, request.user)
    in_the_way = obstacles.before(episode, steps, unchanged=unchanged)
    publishing = [step for step in steps if step.to_status == Status.EVERGREEN]
    return {
        "moves": [
            {
                "label": step.label,
                "url": reverse("admin:episodes_episode_move", args=[episode.pk, step.action]),
                "main": step.permitted and step.action not in {Action.SEND_BACK, Action.ARCHIVE},
            }
            for step in steps
            if step.code != "permission"
        ],
        "gate": obstacles.groups(episode, in_the_way),
        "gate_count": len(in_the_way),
        "timed": timed.set_for(episode, request) if publishing else None,
        "publish_action": publishing[0].action if publishing else "",
    }


def differences(edition: Edition, turns: Iterable[Turn]) -> list[Difference]:
    """Return the turns that an edition has otherwise, in the order of the working copy."""
    old = {turn["uid"]: turn for turn in edition.document["turns"]}
    found = []
    for turn in turns:
        before = old.pop(turn.uid, None)
        if before is None:
            found.append(
                Difference(turn.uid, _("added"), compare("", turn.text), compare("", turn.original))
            )
        elif any(before[name] != getattr(turn, name) for name in COMPARED):
            found.append(
                Difference(
                    turn.uid,
                    _("changed"),
                    compare(before["text"], turn.text),
                    compare(before["original"], turn.original),
                )
            )
    found += [
        Difference(uid, _("removed"), compare(turn["text"], ""), compare(turn["original"], ""))
        for uid, turn in old.items()
    ]
    return found


def consequences(step: Step, last: Edition | None, differing: int | None) -> list[str]:
    """Return what a step brings about, in sentences."""
    number = last.number if last else 0
    if step.action == Action.SUBMIT:
        return [
            _(
                "The episode waits in “In review” until another person publishes it or sends it back."
            ),
            _("It can still be edited meanwhile."),
        ]
    if step.action == Action.SEND_BACK:
        return [
            _("The episode is a draft again. Your note tells the editor what to mend."),
            _("The notes at the turns that wait for an answer go with it."),
        ]
    if step.action == Action.ARCHIVE:
        return [
            _("Readers get “no longer available” with the title, at all its addresses, at once."),
            _("It leaves the lists, the search, the feed and the glossary's evidence."),
            _("Nothing is deleted: editions and working copy stay, and it can be restored."),
        ]
    if step.action == Action.RESTORE:
        return [
            _("The episode is a draft again."),
            _("Readers see nothing of it until it has been reviewed and published."),
        ]
    sentences = [
        _("Edition %(number)s is published; readers see it at once.") % {"number": number + 1}
    ]
    if last is not None and differing is not None:
        sentence = ngettext(
            "%(count)s turn differs from edition %(number)s.",
            "%(count)s turns differ from edition %(number)s.",
            differing,
        )
        sentences.append(sentence % {"count": differing, "number": number})
        sentences.append(
            _("Edition %(number)s stays readable at its own address.") % {"number": number}
        )
    return sentences


def find_step(action: str) -> Step:
    """Return the row of the table; raise Http404."""
    for step in workflow.TRANSITIONS:
        if step.action == action:
            return step
    raise Http404(_("There is no such step."))


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """GET: say what the step ``to`` (an ``Action``) will do. POST: take it."""
    episode = model_admin.find(request, pk)
    step = find_step(to)
    if not request.user.has_perm(step.permission):
        raise PermissionDenied
    if request.method == "POST" and "unschedule" in request.POST:
        return unschedule(request, episode, step)
    if request.method == "POST":
        return take(model_admin, request, episode, step)
    if step.from_status != episode.status:
        messages.warning(request, _not_from_here(episode, step))
        return redirect("admin:episodes_episode_turns", episode.pk)
    offered = next(
        each for each in workflow.allowed(episode, request.user) if each.action == step.action
    )
    return confirmation(model_admin, request, episode, step, offered)


def confirmation(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    step: Step,
    offered: Next | None,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    """Show what will happen and what stands in the way; a refusal keeps what was typed."""
    last = Edition.objects.filter(episode=episode).order_by("-number").first()
    differing = differences(last, episode.turns.all()) if last and step.publishes else None
    in_the_way: Iterable[Obstacle] = refused.obstacles if refused else ()
    if offered is not None and not refused:
        in_the_way = obstacles.in_the_way(episode, offered)
    frame = model_admin.frame(request, episode, "move")
    wish = timed.wish_of(request) if refused else None
    groups = obstacles.groups(episode, in_the_way)
    context = {
        **frame,
        "step": step,
        "consequences": consequences(step, last, None if differing is None else len(differing)),
        "differences": (differing or [])[:SHOWN],
        "more": max(0, len(differing or []) - SHOWN),
        "last": last,
        "reason": refused.message if refused else offered.reason if offered else "",
        "gate": [],  # the page says it itself, in full
        "obstacles": groups,
        "obstacles_count": sum(group.count for group in groups),
        "also": obstacles.also(episode) if step.publishes or step.action == Action.SUBMIT else [],
        "possible": offered.permitted if offered else _may_repeat(refused, episode, step),
        **timed.form(episode, wish, frame["timed"] if step.publishes else None),
        "submits": step.action == Action.SUBMIT,
        "withdraws": step.action == Action.ARCHIVE,
        **(waiting_notes(episode) if step.action == Action.SEND_BACK else {}),
        "again": refused is not None,
    }
    return render(request, "admin/desk/move.html", context, status=409 if refused else 200)


def waiting_notes(episode: Episode) -> dict[str, Any]:
    """Return where reviewers' notes wait for an answer, and how many of them."""
    places = notes.waiting(episode)
    return {"notes": places, "notes_count": sum(len(place.notes) for place in places)}


def _may_repeat(refused: Refused | None, episode: Episode, step: Step) -> bool:
    """Whether the same step can be confirmed for what the episode is now."""
    again = ("stale", "time", "reason")
    return refused is not None and refused.code in again and step.from_status == episode.status


def take(
    model_admin: EpisodeAdmin, request: HttpRequest, episode: Episode, step: Step
) -> HttpResponse:
    """Take the step: one call; a refusal comes back as a sentence, and what was typed with it."""
    revision = request.POST.get("revision", "")
    wish = timed.wish_of(request)
    try:
        if step.from_status != episode.status:
            raise Refused("no_such_step", _not_from_here(episode, step))
        if not revision.isdecimal():
            raise Refused("stale", _("The page was too old. Look at it again, then confirm."))
        if step.action == Action.ARCHIVE and not wish.note:
            raise Refused("reason", _("Say why it is withdrawn. Nothing was changed."))
        if step.publishes and wish.later:
            sentence = timed.ask(episode, wish, request, int(revision))
        else:
            _step(step, wish)(episode, who(request), int(revision))
            sentence = said(episode, step)
    except Refused as refused:
        fresh = model_admin.find(request, episode.pk)
        return confirmation(model_admin, request, fresh, step, None, refused=refused)
    messages.success(request, sentence)
    return redirect("admin:episodes_episode_turns", episode.pk)


def _step(step: Step, wish: timed.Wish) -> Callable[[Episode, User, int], object]:
    def publish(episode: Episode, by: User, seen: int) -> object:
        return workflow.publish(episode, by, wish.note, revision=seen, correction=wish.correction)

    def move(episode: Episode, by: User, seen: int) -> object:
        return workflow.transition(episode, step.to_status, by, wish.note, revision=seen)

    return publish if step.publishes else move


def unschedule(request: HttpRequest, episode: Episode, step: Step) -> HttpResponse:
    """Take the time back that is set."""
    try:
        if scheduling.unschedule(episode, by=who(request)):
            messages.success(request, _("Taken back: it is not published by itself any more."))
    except Refused as refused:
        raise PermissionDenied from refused
    return redirect("admin:episodes_episode_move", episode.pk, step.action)


def said(episode: Episode, step: Step) -> str:
    """Return the sentence after a step was taken."""
    if step.publishes:
        return _("“%(title)s” is published.") % {"title": episode}
    return _("“%(title)s” is now: %(status)s.") % {
        "title": episode,
        "status": Status(step.to_status).label,
    }


def _not_from_here(episode: Episode, step: Step) -> str:
    return _(
        "“%(step)s” is not possible now: the episode is “%(status)s”. Nothing was changed."
    ) % {
        "step": step.label,
        "status": episode.get_status_display(),
    }


def submit_many(request: HttpRequest, episodes: Iterable[Episode]) -> None:
    """Submit drafts for review, each by itself; say for each that was refused why."""
    done = 0
    for episode in episodes:
        try:
            workflow.transition(
                episode, Status.REVIEW, who(request), request.POST.get("note", "").strip()
            )
        except Refused as refused:
            messages.warning(request, f"{episode}: {refused.message}")
        else:
            done += 1
    if done:
        sentence = ngettext(
            "%(count)s episode was submitted for review.",
            "%(count)s episodes were submitted for review.",
            done,
        )
        messages.success(request, sentence % {"count": done})
