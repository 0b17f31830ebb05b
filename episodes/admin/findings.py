"""What checks found, at the desk: beside the turns, in a list of its own, mended or put away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes import checking, editing
from episodes.admin.differences import Piece, compare, shorten
from episodes.admin.lists import badge
from episodes.admin.registers import ReadOnly
from episodes.admin.staff import who
from episodes.checks.registry import all_checks
from episodes.models import Episode, Finding, Turn
from episodes.models.checks import FindingState, Severity
from episodes.wording import restore, translate

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["FindingAdmin", "Shown", "act", "of_episode", "of_turn"]

LOOKS = {Severity.ERROR: "failed", Severity.WARNING: "waiting", Severity.HINT: "draft"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as a page shows it; ``fix`` is the difference that mending it makes."""

    finding: Finding
    title: str
    message: str
    severity: SafeString
    fix: tuple[Piece, ...]


def of_episode(episode: Episode, turns: Iterable[Turn]) -> dict[str, list[Shown]]:
    """Return the open findings by uid; at "" those of the episode as a whole. One query."""
    by_uid = {turn.uid: turn for turn in turns}
    places = {uid: place for place, uid in enumerate(by_uid)}
    return _by_uid(checking.standing(episode, places), by_uid)


def of_turn(turn: Turn) -> list[Shown]:
    """Return the open findings of a turn. One query."""
    found = turn.episode.findings.filter(uid=turn.uid, stands=True, state=FindingState.OPEN)
    return _by_uid(found.order_by("severity", "code", "pk"), {turn.uid: turn}).get(turn.uid, [])


def _by_uid(found: Iterable[Finding], turns: dict[str, Turn]) -> dict[str, list[Shown]]:
    titles = {check.code: check.title for check in all_checks()}
    shown: dict[str, list[Shown]] = {}
    for row in found:
        title = translate(titles.get(row.code, row.code))
        shown.setdefault(row.uid, []).append(
            Shown(row, title, _said(row), severity_badge(row), _fix(row, turns.get(row.uid)))
        )
    return shown


def _said(row: Finding) -> str:
    return translate(restore(row.wording, row.message))


def _fix(row: Finding, turn: Turn | None) -> tuple[Piece, ...]:
    if not row.fix or turn is None:
        return ()
    return tuple(shorten(compare(getattr(turn, row.fix["field"]), row.fix["value"])))


def severity_badge(row: Finding) -> SafeString:
    """Return how grave a finding is, as a word in a frame."""
    return badge(LOOKS[Severity(row.severity)], row.get_severity_display())


def act(model_admin: EpisodeAdmin, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Mend a finding as it was shown, put it away, or take that back; answer with the turn's place."""
    episode = model_admin.find(request, pk, change=True)
    row = Finding.objects.filter(pk=number, episode=episode).first()
    if row is None:
        messages.info(request, _("This finding is gone: the text has changed since."))
    elif "mend" in request.POST:
        _mend(request, episode, row)
    elif "reopen" in request.POST:
        if checking.reopen(row, by=who(request)):
            messages.success(request, _("Open again."))
    elif checking.dismiss(row, by=who(request), why=request.POST.get("why", "")[:1000]):
        messages.success(request, _("Put away as long as the text stays the same."))
    else:
        messages.info(request, _("Somebody has dealt with it before."))
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    return redirect(f"{place}#{row.uid}" if row and row.uid else place)


def _mend(request: HttpRequest, episode: Episode, row: Finding) -> None:
    """Write what the fix says, on the version of the turn that was seen.

    :raises PermissionDenied: without ``change_turn``.
    """
    if not request.user.has_perm("episodes.change_turn"):
        raise PermissionDenied
    turn = episode.turns.filter(uid=row.uid).first()
    version = request.POST.get("version", "")
    if turn is None or not row.fix or not row.stands or not version.isdecimal():
        raise Http404(_("There is nothing to mend here any more."))
    if int(version) != turn.version:
        messages.warning(
            request, _("Somebody changed this turn since you saw it; nothing was mended.")
        )
        return
    values = {row.fix["field"]: row.fix["value"]}
    why = _("Mended: %(finding)s") % {"finding": _said(row)}
    try:
        editing.save_turn(turn, version=turn.version, values=values, by=who(request), why=why)
    except (editing.Stale, editing.Vanished):
        messages.warning(
            request, _("Somebody changed this turn since you saw it; nothing was mended.")
        )
        return
    checking.check_now(episode)
    messages.success(request, _("Mended. The history has what stood there before."))


class ByCheck(admin.SimpleListFilter):
    """Findings of one check."""

    title = gettext_lazy("check")
    parameter_name = "code"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Return the checks by their titles."""
        return sorted(
            ((check.code, translate(check.title)) for check in all_checks()), key=lambda row: row[1]
        )

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to one check."""
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Finding)
class FindingAdmin(ReadOnly):
    """All findings that stand: what kind, where, how grave."""

    list_display = ("shown_severity", "shown_message", "shown_place", "shown_state", "found_at")
    list_display_links = None
    list_filter = ("severity", ByCheck, "state", "episode__status")
    list_select_related = ("episode",)
    list_per_page = 100
    ordering = ("-found_at", "-pk")
    search_fields = ("message", "episode__title")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those that stand; what was put away for a text that is gone is no finding."""
        return super().get_queryset(request).filter(stands=True)

    @admin.display(description=gettext_lazy("severity"), ordering="severity")
    def shown_severity(self, row: Finding) -> SafeString:
        """How grave it is."""
        return severity_badge(row)

    @admin.display(description=gettext_lazy("message"))
    def shown_message(self, row: Finding) -> str:
        """What is wrong, in the reader's language."""
        return _said(row)

    @admin.display(description=gettext_lazy("episode"), ordering="episode__title")
    def shown_place(self, row: Finding) -> SafeString:
        """The turn that it is about."""
        place = reverse("admin:episodes_episode_turns", args=[row.episode_id])
        address = f"{place}#{row.uid}" if row.uid else place
        return format_html('<a href="{}">{}</a>', address, row.episode)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def shown_state(self, row: Finding) -> str:
        """Open, or put away."""
        return str(row.get_state_display())
