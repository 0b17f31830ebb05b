"""An episode's history, read-only: every act, who, when, why, and each field's old and new value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from episodes.admin.differences import Piece, compare
from episodes.models import Change, ChangeSet, Edition, Episode, ImportRun, Transition, Turn

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["PAGE", "page"]

PAGE = 30
"""Acts on one page."""

CHANGES = 60
"""Changes of one act that are shown; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field's change: where it leads, and the pieces of old and new."""

    target: str
    url: str
    field: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Act:
    """A change set with the changes that are shown."""

    change_set: ChangeSet
    lines: list[Line]
    more: int


def as_text(value: Any) -> str:
    """Return a stored value as an editor reads it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(as_text(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {as_text(each)}" for key, each in value.items())
    return str(value)


def field_label(target: str, field: str) -> str:
    """Return a field's name in the reader's language."""
    model: type[Any] = Turn if target.startswith("turn:") else Episode
    known = {each.name: each for each in model._meta.get_fields() if hasattr(each, "verbose_name")}
    return str(known[field].verbose_name) if field in known else field


def shown(target: str, field: str, value: Any) -> str:
    """Return a stored value as an editor reads it; a choice by its name."""
    model: type[Any] = Turn if target.startswith("turn:") else Episode
    choices = {each.name: dict(each.flatchoices) for each in model._meta.fields}.get(field, {})
    return str(choices[value]) if isinstance(value, str) and value in choices else as_text(value)


def lines_of(episode: Episode, changes: Iterable[Change]) -> list[Line]:
    """Return changes ready to be shown."""
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    lines = []
    for change in changes:
        kind, _colon, which = change.target.partition(":")
        if kind == "turn":
            target, url = _("turn %(uid)s") % {"uid": which}, f"{place}#{which}"
        elif kind == "chapter":
            target, url = _("chapter"), f"{place}#chapter-{which}"
        else:
            target, url = _("metadata"), ""
        pieces = compare(
            shown(change.target, change.field, change.old),
            shown(change.target, change.field, change.new),
        )
        lines.append(Line(target, url, field_label(change.target, change.field), shorten(pieces)))
    return lines


def shorten(pieces: list[Piece]) -> list[Piece]:
    """Cut the middle out of long stretches that did not change."""
    short = []
    for piece in pieces:
        if piece.tag == "same" and len(piece.text) > 80:
            short.append(Piece("same", f"{piece.text[:30]} … {piece.text[-30:]}"))
        else:
            short.append(Piece(piece.tag, Truncator(piece.text).chars(3000)))
    return short


def page(model_admin: EpisodeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show acts, transitions, editions and imports; fixed queries, a page of acts at a time."""
    episode = model_admin.find(request, pk)
    acts = Paginator(
        ChangeSet.objects.filter(episode=episode).select_related("by").prefetch_related("changes"),
        PAGE,
    ).get_page(request.GET.get("p"))
    shown = []
    for change_set in acts:
        changes = list(change_set.changes.all())
        lines = lines_of(episode, changes[:CHANGES])
        shown.append(Act(change_set, lines, max(0, len(changes) - CHANGES)))
    return render(
        request,
        "admin/desk/history.html",
        {
            **model_admin.frame(request, episode, "history"),
            "acts": shown,
            "page": acts,
            "transitions": Transition.objects.filter(episode=episode)
            .select_related("by", "edition")
            .defer("edition__document"),
            "editions": Edition.objects.filter(episode=episode)
            .defer("document")
            .select_related("published_by"),
            "runs": ImportRun.objects.filter(episode=episode).select_related("by")[:PAGE],
        },
    )
