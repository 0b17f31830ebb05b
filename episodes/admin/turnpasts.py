"""A turn's history: each of its states with who, when and why, compared and restored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import editing, restoring
from episodes.admin.forms import clock
from episodes.admin.history import field_label
from episodes.admin.history import shown as choice_or_text
from episodes.admin.pasts import (
    Line,
    Note,
    Reader,
    chosen,
    compared,
    leaf_of,
    number_in,
    shown,
)
from episodes.admin.staff import who
from episodes.admin.turns import address_of, landing
from episodes.models import Episode, Person, Turn
from episodes.naming import successors
from episodes.pasts import Kin, Past, kin_of, past_of_turn
from episodes.transcripts.tracing import ADDED, MOVED, REMOVED, RESTORED

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["page"]

PARTS: dict[str, tuple[tuple[str, ...], Any]] = {
    name: (restoring.PARTS[name], label)
    for name, label in {
        "text": gettext_lazy("Translation"),
        "original": gettext_lazy("Original"),
        "voice": gettext_lazy("Speaker, label and kind"),
        "times": gettext_lazy("Times"),
    }.items()
}

KIN = {
    "from": gettext_lazy("Split off turn %(uid)s."),
    "off": gettext_lazy("Turn %(uid)s was split off it."),
    "into": gettext_lazy("It became part of turn %(uid)s."),
    "joined": gettext_lazy("Turn %(uid)s became part of it."),
    "led": gettext_lazy("Its address leads to turn %(uid)s."),
}

WHOLE = {
    ADDED: gettext_lazy("It came into being."),
    REMOVED: gettext_lazy("It was taken out."),
    RESTORED: gettext_lazy("It was put back."),
    MOVED: gettext_lazy("It was moved."),
}


class TurnReader(Reader):
    """A turn's values as an editor reads them."""

    whole = frozenset({"speaker", "label", "original_label", "kind", "start", "end"})

    def __init__(self, episode: Episode, past: Past) -> None:
        ids = {state.values["speaker"] for state in past.states} - {None}
        self.people = successors(Person, ids)
        self.languages = {
            "text": episode.language,
            "original": episode.original_language,
            "label": episode.language,
            "original_label": episode.original_language,
        }

    def label(self, field: str) -> str:
        """The model's name of a field."""
        label = {"start": _("start"), "end": _("end")}.get(field, field_label("turn:", field))
        return label[:1].upper() + label[1:]

    def words(self, field: str, value: Any) -> str:
        """People by name, times as on a clock."""
        if field == "speaker":
            if value is None:
                return ""
            person = self.people.get(value)
            return str(person) if person else _("(no longer on record)")
        if field in ("start", "end"):
            return clock(value)
        return choice_or_text("turn:", field, value)

    def language(self, field: str) -> str:
        """Each text is in its own."""
        return self.languages.get(field, "")


def notes_of(
    episode: Episode, past: Past, kin: Mapping[int, Iterable[Kin]]
) -> dict[int, tuple[Note, ...]]:
    """Say what each act was to the turn as a whole."""
    notes: dict[int, tuple[Note, ...]] = {}
    for act, step in past.steps.items():
        found = [Note(str(WHOLE[name])) for name, _o, _n in step.changes if name in WHOLE]
        for each in kin.get(act, ()):
            url = reverse("admin:episodes_episode_turn_history", args=[episode.pk, each.uid])
            found.append(Note(str(KIN[each.how]) % {"uid": each.uid}, url))
        notes[act] = tuple(found)
    return notes


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """GET: the states, the latest first; ``?left=1&right=3`` compares two by number. POST: restore.

    A turn that is gone has its history too. A restoration that comes too late is shown again beside
    what stands now (409).
    """
    posted = request.method == "POST"
    episode = model_admin.find(request, pk, change=posted)
    turn = Turn.everything.select_related("speaker").filter(episode=episode, uid=uid).first()
    if turn is None:
        raise Http404(_("There is no such turn."))
    turn.episode = episode
    if posted:
        return restore(model_admin, request, turn)
    return show(model_admin, request, turn)


def show(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    turn: Turn,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show the page."""
    episode = turn.episode
    past = past_of_turn(turn)
    reader = TurnReader(episode, past)
    leaf = leaf_of(request, past)
    near = landing(episode, turn.uid) if turn.gone else ""
    may_change = model_admin.has_change_permission(request, episode) and not turn.gone
    ahead = episode.turns.filter(position__lte=turn.position).count() if not turn.gone else 0
    frame = model_admin.frame(request, episode, "history")
    context = {
        **frame,
        "turn": turn,
        "number": ahead,
        "near": near,
        "back": address_of(turn) if not turn.gone else "",
        "states": list(
            shown(
                leaf, past, reader, notes=notes_of(episode, past, kin_of(turn, past)), parts=PARTS
            )
        ),
        "page": leaf,
        "latest": len(past.states),
        "compared": compared(chosen(request, past), past, reader),
        "may_change": may_change,
        **context,
    }
    return render(request, "admin/desk/turn_history.html", context, status=status)


def restore(model_admin: EpisodeAdmin, request: HttpRequest, turn: Turn) -> HttpResponse:
    """Restore what was ticked of a state: one call, then back to the turn."""
    version, number = request.POST.get("version", ""), request.POST.get("state", "")
    parts = [name for name in request.POST.getlist("part") if name in PARTS]
    why = request.POST.get("why", "")[:500]
    past = past_of_turn(turn)
    state = number_in(number, past)
    if not version.isdecimal() or not parts:
        return show(
            model_admin, request, turn, status=422, error=_("Tick what to restore of that state.")
        )
    try:
        restoring.restore_turn(
            turn, act=state.act, parts=parts, version=int(version), by=who(request), why=why
        )
    except editing.Stale as stale:
        return too_late(model_admin, request, stale, past, number, parts, why)
    except editing.Vanished:
        turn.refresh_from_db(from_queryset=Turn.everything.all())
        error = _("The turn is no longer there: somebody took it out or merged it meanwhile.")
        return show(model_admin, request, turn, status=409, error=error)
    except editing.Invalid as invalid:
        return show(model_admin, request, turn, status=422, error=str(invalid))
    messages.success(request, _("Restored. The history has it as a change of its own."))
    return redirect(address_of(turn, saved=True))


def too_late(
    model_admin: EpisodeAdmin,
    request: HttpRequest,
    stale: editing.Stale,
    past: Past,
    number: str,
    parts: list[str],
    why: str,
) -> HttpResponse:
    """Show what stands now beside what was to be restored; nothing was written."""
    turn = stale.current
    assert isinstance(turn, Turn)
    reader = TurnReader(turn.episode, past_of_turn(turn))
    fields = [field for name in parts for field in PARTS[name][0]]
    now = {field: getattr(turn, f"{field}_id" if field == "speaker" else field) for field in fields}
    wanted = number_in(number, past).values
    sides: list[tuple[str, tuple[Line, ...]]] = [
        (_("Stands now"), tuple(reader.all(now))),
        (
            _("To be restored"),
            tuple(reader.all({field: wanted[field] for field in fields})),
        ),
        (
            _("What restoring would change"),
            tuple(reader.lines(now, {field: wanted[field] for field in fields})),
        ),
    ]
    late = {"state": number, "parts": parts, "why": why, "sides": sides}
    return show(model_admin, request, turn, status=409, late=late)
