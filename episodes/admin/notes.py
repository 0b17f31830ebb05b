"""Reviewers' notes at the desk: at their turns, and all of an episode on a page of its own.

Forms answer with a redirect to the turn; the desk's script gets JSON with the turn's notes as they
are then (200), or with what was typed and what is wrong with it (422).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import notes, reviewing
from episodes.admin import turns
from episodes.admin.staff import who
from episodes.models import Episode, ReviewNote, Turn

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["Place", "act", "leave", "page", "waiting"]


@dataclass(frozen=True, slots=True)
class Place:
    """A turn with its notes, as a page shows them; ``turn`` is None for the whole episode.

    ``number`` is the turn's in the order of the page.
    """

    turn: Turn | None
    notes: tuple[ReviewNote, ...]
    number: int = 0


def waiting(episode: Episode) -> list[Place]:
    """Return where notes wait for an answer, the episode's first, then in the order of the turns."""
    return _places(episode, reviewing.open_notes(episode))


def _places(episode: Episode, found: Iterable[ReviewNote]) -> list[Place]:
    standing = list(episode.turns.order_by("position").select_related("speaker"))
    numbers = {turn.uid: number for number, turn in enumerate(standing, start=1)}
    placed = notes.placed(episode, found, list(numbers))
    places = []
    for uid in sorted(placed, key=lambda uid: numbers.get(uid, 0)):
        turn = standing[numbers[uid] - 1] if uid else None
        places.append(Place(turn, tuple(placed[uid]), numbers.get(uid, 0)))
    return places


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show all notes of an episode, open and answered; ``?at=<uid>`` asks for one at a turn.

    The script gets the form for that turn as a fragment.
    """
    episode = model_admin.find(request, pk)
    at = request.GET.get("at", "")
    if at and turns.wants_json(request):
        return _fragment(request, turns.find_turn(episode, at), noting=True)
    return _page(model_admin, request, episode, at)


def _page(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    episode: Episode,
    at: str = "",
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    row = None
    if at:
        turn = turns.find_turn(episode, at)
        number = episode.turns.filter(position__lte=turn.position).count()
        people = {turn.speaker.pk: turn.speaker} if turn.speaker else {}
        row = turns.row_of(turn, number, people, 0)
    places = _places(episode, reviewing.notes_of(episode))
    rows = [note for place in places for note in place.notes]
    context |= {
        "places": places,
        "row": row,
        "notes_count": len(rows),
        "open_count": sum(note.answered_at is None for note in rows),
    }
    frame = model_admin.frame(request, episode, "notes")
    return render(request, "admin/desk/notes.html", {**frame, **context}, status=status)


def leave(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a note at a turn (``uid``), or at the episode."""
    episode = model_admin.find(request, pk)
    uid = request.POST.get("uid", "")
    text = request.POST.get("note", "")
    try:
        note = reviewing.leave(episode, uid, text, by=who(request))
    except reviewing.Refused as refused:
        typed: dict[str, Any] = {"typed": text, "problem": str(refused), "noting": True}
        if uid and turns.wants_json(request):
            return _fragment(request, turns.find_turn(episode, uid), status=422, **typed)
        at = turns.landing(episode, uid) if uid else ""
        return _page(model_admin, request, episode, at, status=422, **typed)
    return _done(request, episode, note, _("Your note waits for an answer."))


def act(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Answer a note, or take one's own back (``take_back``)."""
    episode = model_admin.find(request, pk)
    note = ReviewNote.objects.filter(pk=number, episode=episode).select_related("episode").first()
    if note is None:
        raise Http404(_("There is no such note."))
    text = request.POST.get("answer", "")
    try:
        if "take_back" in request.POST:
            reviewing.take_back(note, by=who(request))
            return _done(request, episode, note, _("Your note was taken back."))
        reviewing.answer(note, text, by=who(request))
    except reviewing.Refused as refused:
        still = ReviewNote.objects.filter(pk=note.pk, answered_at__isnull=True).exists()
        typed: dict[str, Any] = {"answering": note.pk, "typed": text, "problem": str(refused)}
        typed |= {} if still else {"lost": text}
        near = turns.landing(episode, note.uid) if note.uid else ""
        if near and turns.wants_json(request):
            return _fragment(request, turns.find_turn(episode, near), status=422, **typed)
        return _page(model_admin, request, episode, status=422, **typed)
    return _done(request, episode, note, _("The note is answered."))


def _done(request: HttpRequest, episode: Episode, note: ReviewNote, sentence: str) -> HttpResponse:
    near = turns.landing(episode, note.uid) if note.uid else ""
    if near and turns.wants_json(request):
        return _fragment(request, turns.find_turn(episode, near), said=sentence)
    messages.success(request, sentence)
    if "back" in request.POST or not near:
        return redirect("admin:episodes_episode_notes", episode.pk)
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    return redirect(f"{place}#{near}")


def _fragment(
    request: HttpRequest, turn: Turn, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Answer the script with the notes of one turn."""
    standing = turn.episode.turns.order_by("position")
    uids = list(standing.values_list("uid", flat=True))
    found = reviewing.by_turn(turn.episode, uids).get(turn.uid, [])
    number = standing.filter(position__lte=turn.position).count()
    context |= {
        "row": Place(turn, tuple(found), number),
        "episode": turn.episode,
        "may_note": request.user.has_perm("episodes.add_reviewnote"),
    }
    html = render_to_string("admin/desk/turn_notes.html", context, request)
    return JsonResponse({"html": html, "uid": turn.uid}, status=status)
