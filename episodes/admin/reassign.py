"""Another speaker from one turn to another: which turns change is shown, then it is done as one act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from episodes import cuts, names, reassigning
from episodes.admin import cutting, turns
from episodes.admin.cutforms import ReassignForm
from episodes.admin.staff import who
from episodes.models import Person, Turn
from episodes.transcripts.undoing import Memory

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["page"]


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """GET: the form. POST: what would change, and once that was shown (``seen``) the act."""
    turn = cutting.find(model_admin, request, pk, uid, "change_turn")
    if turn.gone:
        return cutting.gone(model_admin, request, turn)
    offered = cutting.offered(turn.episode)
    choices: dict[str, Any] = {
        "episode": turn.episode,
        "places": [each for each in offered if each[0] and not each[0].startswith("heading:")],
        "speakers": turns.speakers_of(turn.episode).values(),
    }

    def show(form: ReassignForm, status: int = 200, **context: object) -> HttpResponse:
        context |= {"form": form, "row": cutting.row(turn)}
        return cutting.page(
            model_admin, request, turn.episode, "reassign", status=status, **context
        )

    if request.method != "POST":
        initial = {"last": uid, "only": str(turn.speaker_id or "")}
        return show(ReassignForm(initial=initial, **choices))
    form = ReassignForm(request.POST, **choices)
    speaker = _meant(form, who(request)) if form.is_valid() else None
    if not form.is_valid():
        return show(form, 422)
    if "back" in request.POST:
        return show(form)
    found = _changing(turn, form, speaker)
    if not found:
        return show(form, 422, refusal=_("No turn of this range would change."))
    preview: dict[str, Any] = {"changing": found, "speaker": speaker, "seen": _versions(found)}
    if not form.cleaned_data["seen"]:
        return show(form, **preview)
    if form.cleaned_data["seen"] != preview["seen"]:
        return show(form, 409, refusal=_changed(), **preview)
    if speaker is not None and speaker.pk is None:
        speaker = turns.speaker_of(form, who(request))
    memory = Memory()
    try:
        reassigning.reassign(
            turn.episode,
            seen={each.uid: each.version for each in found},
            speaker=speaker,
            by=who(request),
            why=form.cleaned_data["why"],
            memory=memory,
        )
    except cuts.Refused as refused:
        return show(form, cutting.STATUS[refused.code], refusal=refused.message)
    cutting.done(request, turn.episode, "reassign", memory)
    messages.success(request, _said(len(found), speaker))
    return redirect(turns.address_of(found[0], saved=True))


def _changing(turn: Turn, form: ReassignForm, speaker: Person | None) -> list[Turn]:
    """Return the turns of the range that somebody else speaks now, with their numbers."""
    last = form.cleaned_data["last"]
    found = reassigning.spoken_between(turn.episode, turn.uid, last, only=form.spoken_by)
    changing = [each for each in found if each.speaker != speaker]
    for each in changing:
        each.episode = turn.episode
    return changing


def _versions(found: list[Turn]) -> str:
    return " ".join(f"{each.uid}:{each.version}" for each in found)


def _meant(form: ReassignForm, user: User) -> Person | None:
    """Return whom the form means; errors go to the form. A new person is not stored yet."""
    name = form.cleaned_data["other"]
    if name and form.cleaned_data["create"] and not names.resolve(Person, [name]):
        if not user.has_perm("episodes.add_person"):
            form.add_error("create", _("You may not make new people."))
        return Person(name=name)
    return turns.speaker_of(form, user)


def _changed() -> str:
    return _("These turns have been changed since they were shown. Look at them again.")


def _said(count: int, speaker: Person | None) -> str:
    if speaker is None:
        sentence = ngettext(
            "%(count)s turn is spoken by nobody in particular now.",
            "%(count)s turns are spoken by nobody in particular now.",
            count,
        )
        return sentence % {"count": count}
    sentence = ngettext(
        "%(name)s speaks %(count)s turn more now.",
        "%(name)s speaks %(count)s turns more now.",
        count,
    )
    return sentence % {"count": count, "name": speaker}
