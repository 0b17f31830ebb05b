"""What is done on the page of an episode's turns without leaving it: findings mended and put away,
turns marked as read, the last of it taken back.

Each is a form that answers with a redirect to the turn. The script gets JSON instead: ``said`` (a
sentence), ``undo`` (what it has to send to take that back, or null), ``html``, ``uid`` and
``version`` of the turn's row where there is one, ``head`` (the HTML of the page's head) and
``findings``: the HTML of what was found at each place where the page shows something else (``known``:
what it shows). 409: nothing was done, for something else stands there now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from episodes import checking, cuts, editing, mending, names, proofreading, restoring
from episodes.admin import findings, turns
from episodes.admin.rows import head_of
from episodes.admin.staff import who
from episodes.models import Episode, Finding, Turn

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["back", "check", "field_back", "finding", "proofread"]

WHOLE = "episode"
"""What the script calls the place of findings about the episode as a whole."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act: a sentence, whether it was done, and the way back."""

    said: str
    done: bool = True
    undo: Mapping[str, object] | None = None


# --- Answers --------------------------------------------------------------------------------------


def _answer(request: HttpRequest, episode: Episode, uid: str, outcome: Outcome) -> HttpResponse:
    """Answer with what stands now: a redirect to the turn (``uid``, "" for none), or JSON."""
    if not turns.wants_json(request):
        if outcome.said:
            tell = messages.success if outcome.done else messages.warning
            tell(request, outcome.said)
        place = reverse("admin:episodes_episode_turns", args=[episode.pk])
        return redirect(f"{place}#{uid}" if uid else place)
    episode.refresh_from_db()
    besides = {"said": outcome.said, "undo": outcome.undo, **_news(request, episode)}
    status = 200 if outcome.done else 409
    turn = episode.turns.select_related("speaker").filter(uid=uid).first() if uid else None
    if turn is None:
        return JsonResponse(besides, status=status)
    turn.episode = episode
    template = "admin/desk/turn_row.html"
    return turns.fragment(request, template, turn, status=status, besides=besides, is_checked=True)


def _news(request: HttpRequest, episode: Episode) -> dict[str, object]:
    """Return the head of the page, and the findings wherever the page shows other ones."""
    sent = (each.partition(":") for each in request.POST.get("known", "").split())
    known = {place: digest for place, _colon, digest in sent}
    found = findings.of_episode(episode)
    rows = episode.turns.order_by("position").values_list("uid", "version", "read_version")
    standing = [(uid, version == read) for uid, version, read in rows]
    context: dict[str, Any] = {"episode": episode, "may_change": True}
    head = head_of(standing, found, findings.put_away(episode))
    now = {uid or WHOLE: here for uid, here in found.items()}
    changed = {
        place: render_to_string(
            "admin/desk/findings.html",
            context | {"findings": now.get(place, findings.Found())},
            request,
        ).strip()
        for place in sorted({*known, *now})
        if known.get(place, "") != (now[place].digest if place in now else "")
    }
    html = render_to_string("admin/desk/turns_head.html", context | {"head": head}, request)
    return {"head": html, "findings": changed}


def _version(request: HttpRequest, name: str = "version") -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


# --- Findings -------------------------------------------------------------------------------------


def finding(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Mend a finding as it was shown (``mend`` is the version it was shown with), put it away, or
    open it again."""
    episode = model_admin.find(request, pk, change=True)
    row = Finding.objects.filter(pk=number, episode=episode).first()
    if row is None:
        gone = _("This finding is gone: the text has changed since.")
        return _answer(request, episode, "", Outcome(gone, done=False))
    if "mend" in request.POST:
        outcome = _mend(request, episode, row)
    elif "reopen" in request.POST:
        is_open = checking.reopen(row, by=who(request))
        outcome = Outcome(_("Open again.")) if is_open else _too_late()
    elif checking.dismiss(row, by=who(request), why=request.POST.get("why", "")[:1000]):
        place = reverse("admin:episodes_episode_finding", args=[episode.pk, row.pk])
        undo = {"url": place, "data": {"reopen": 1}}
        outcome = Outcome(_("Put away as long as the text stays the same."), undo=undo)
    else:
        outcome = _too_late()
    return _answer(request, episode, row.uid, outcome)


def _too_late() -> Outcome:
    return Outcome(_("Somebody has dealt with it before."), done=False)


def _mend(request: HttpRequest, episode: Episode, row: Finding) -> Outcome:
    try:
        mended = mending.mend(row, version=_version(request, "mend"), by=who(request))
    except mending.NothingToMend:
        return Outcome(_("There is nothing to mend here any more."), done=False)
    except mending.ChangedSince:
        return Outcome(_("Somebody changed this since you saw it; nothing was mended."), done=False)
    except (editing.Invalid, names.SlugRefused) as refused:
        return Outcome(str(refused), done=False)
    said = _("Mended. The history has what stood there before.")
    if isinstance(mended, Turn):
        return Outcome(said, undo=turns.undo_of(mended))
    field = row.fix["field"] if row.fix else ""
    place = reverse("admin:episodes_episode_field_back", args=[episode.pk, field])
    return Outcome(said, undo={"url": place, "data": {"version": mended.revision}})


def check(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Look again at what has changed, and answer with what the page does not show yet."""
    episode = model_admin.find(request, pk, change=True)
    checking.check_now(episode)
    return _answer(request, episode, "", Outcome(""))


# --- Taking back ----------------------------------------------------------------------------------


def back(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Make a turn what it was before its last change, if ``version`` is still the one that stands."""
    episode = model_admin.find(request, pk, change=True)
    if not request.user.has_perm("episodes.change_turn"):
        raise PermissionDenied
    turn = turns.find_turn(episode, uid)
    try:
        restoring.take_back_turn(turn, version=_version(request), by=who(request))
    except (restoring.NoState, editing.Stale, editing.Vanished, editing.Invalid):
        return _answer(request, episode, turn.uid, _changed_since())
    checking.check_now(episode)
    return _answer(request, episode, turn.uid, _taken_back())


def field_back(
    model_admin: EpisodeAdmin, request: HttpRequest, pk: int, field: str
) -> HttpResponse:
    """Make a field of the metadata what it was before its last change; ``version`` is the revision."""
    episode = model_admin.find(request, pk, change=True)
    try:
        restoring.take_back_field(episode, field, revision=_version(request), by=who(request))
    except (restoring.NoState, editing.Stale, editing.Invalid, names.SlugRefused):
        return _answer(request, episode, "", _changed_since())
    checking.check_now(episode)
    return _answer(request, episode, "", _taken_back())


def _changed_since() -> Outcome:
    return Outcome(_("Somebody changed this since; nothing was taken back."), done=False)


def _taken_back() -> Outcome:
    return Outcome(_("Taken back. The history has both."))


# --- Reading --------------------------------------------------------------------------------------


def proofread(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """Say that one has read a turn as it was shown (``version``), or that it is to be read again.

    Whoever reads a turn that waited to be read (stale, merged) finds it right, too.
    """
    episode = model_admin.find(request, pk, change=True)
    if not request.user.has_perm("episodes.change_turn"):
        raise PermissionDenied
    turn = turns.find_turn(episode, uid)
    if "unread" in request.POST:
        proofreading.unmark(episode, turn.uid)
        return _answer(request, episode, turn.uid, Outcome(_("To be read again.")))
    version = _version(request)
    try:
        if turn.stale or turn.unread:
            version = cuts.mark_read(turn, who(request), version=version).version
    except cuts.Refused as refused:
        return _answer(request, episode, turn.uid, Outcome(refused.message, done=False))
    if not proofreading.mark(episode, turn.uid, version=version, by=who(request)):
        sentence = _("Somebody changed this turn since you saw it. Look at it again.")
        return _answer(request, episode, turn.uid, Outcome(sentence, done=False))
    place = reverse("admin:episodes_episode_turn_proofread", args=[episode.pk, turn.uid])
    undo = {"url": place, "data": {"unread": 1}}
    return _answer(request, episode, turn.uid, Outcome(_("Marked as read."), undo=undo))
