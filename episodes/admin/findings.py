"""What checks found, at the desk: as it is shown beside the turns, and in a list of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from episodes import checking
from episodes.admin.differences import Piece, compare, shorten
from episodes.admin.lists import badge
from episodes.admin.registers import ReadOnly
from episodes.checks.registry import all_checks
from episodes.models import Episode, Finding, Turn
from episodes.models.checks import FindingState, Severity
from episodes.wording import restore, translate

__all__ = ["NOTE", "FindingAdmin", "Found", "Shown", "of_episode", "of_turn", "put_away", "said"]

LOOKS = {Severity.ERROR: "failed", Severity.WARNING: "waiting", Severity.HINT: "draft"}
NOTE = "review_note"
"""The check whose findings are reviewers' notes: these are shown as what they are."""

FORM_FIELDS = {
    "source": "source_address",
    "person": "more_people",
    "organisation": "more_organisations",
    "product": "more_products",
    "work": "more_works",
}
"""The field of the metadata's form where a finding is mended, if that is called otherwise."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as a page shows it.

    ``fix`` is the difference that mending it makes, ``version`` that of the turn it is shown with (of
    a finding about the episode its revision).
    """

    finding: Finding
    title: str
    message: str
    severity: SafeString
    fix: tuple[Piece, ...] = ()
    version: int = 0

    @property
    def form_field(self) -> str:
        """The name of the metadata's field that it is about; empty for none."""
        return FORM_FIELDS.get(self.finding.field, self.finding.field)


class Found(tuple[Shown, ...]):
    """The open findings of one turn, or of the episode as a whole."""

    __slots__ = ()

    @property
    def digest(self) -> str:
        """Return what is another whenever the page has to show something else."""
        rows = [(each.finding.pk, each.message, each.fix and each.version) for each in self]
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:12] if rows else ""


def of_episode(episode: Episode, turns: Iterable[Turn] | None = None) -> dict[str, Found]:
    """Return the open findings by uid; at "" those of the episode as a whole.

    ``turns`` are its turns where they are known: one query, else two.
    """
    found = [row for row in checking.standing(episode, {}) if row.code != NOTE]
    if turns is None:
        turns = episode.turns.filter(uid__in={row.uid for row in found})
    by_uid: dict[str, Turn | Episode] = {turn.uid: turn for turn in turns}
    return _by_uid(found, by_uid | {"": episode})


def of_turn(turn: Turn) -> Found:
    """Return the open findings of a turn. One query."""
    found = turn.episode.findings.filter(uid=turn.uid, stands=True, state=FindingState.OPEN)
    order = {severity: place for place, severity in enumerate(Severity)}
    rows = sorted(
        found.exclude(code=NOTE), key=lambda row: (order[Severity(row.severity)], row.code, row.pk)
    )
    return _by_uid(rows, {turn.uid: turn}).get(turn.uid, Found())


def put_away(episode: Episode) -> list[Shown]:
    """Return the findings that were put away and whose texts are still the same. One query."""
    found = episode.findings.filter(stands=True, state=FindingState.DISMISSED)
    rows = found.select_related("decided_by").order_by("-decided_at", "-pk")
    titles = _titles()
    return [Shown(row, _title(row, titles), said(row), severity_badge(row)) for row in rows]


def _by_uid(found: Iterable[Finding], about: Mapping[str, Turn | Episode]) -> dict[str, Found]:
    titles = _titles()
    shown: dict[str, list[Shown]] = {}
    for row in found:
        it = about.get(row.uid)
        fix, version = _fix(row, it)
        each = Shown(row, _title(row, titles), said(row), severity_badge(row), fix, version)
        shown.setdefault(row.uid, []).append(each)
    return {uid: Found(rows) for uid, rows in shown.items()}


def _titles() -> dict[str, Any]:
    return {check.code: check.title for check in all_checks()}


def _title(row: Finding, titles: Mapping[str, Any]) -> str:
    return translate(titles.get(row.code, row.code))


def said(row: Finding) -> str:
    """Return what is wrong, in the reader's language."""
    return translate(restore(row.wording, row.message))


def _fix(row: Finding, about: Turn | Episode | None) -> tuple[tuple[Piece, ...], int]:
    if about is None or not row.fix:
        return (), 0
    pieces = compare(str(getattr(about, row.fix["field"]) or ""), row.fix["value"])
    version = about.version if isinstance(about, Turn) else about.revision
    return tuple(shorten(pieces)), version


def severity_badge(row: Finding) -> SafeString:
    """Return how grave a finding is, as a word in a frame."""
    return badge(LOOKS[Severity(row.severity)], row.get_severity_display())


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
        return said(row)

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
