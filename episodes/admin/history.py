"""An episode's history, read-only: every act, who, when, why, and each field's old and new value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from episodes.admin.differences import Piece, compare
from episodes.models import (
    Change,
    ChangeSet,
    Edition,
    Episode,
    ImportRun,
    Person,
    Transition,
    Turn,
)
from episodes.naming import successors
from episodes.pasts import EPISODE_PAST, ORDER, changed_fields
from episodes.transcripts.contrast import moved
from episodes.transcripts.tracing import ADDED, REMOVED, RESTORED

if TYPE_CHECKING:
    from episodes.admin.episodes import EpisodeAdmin

__all__ = ["PAGE", "page"]

PAGE = 30
"""Acts on one page."""

CHANGES = 60
"""Changes of one act that are shown; the rest are counted."""

WORDS = {
    ADDED: gettext_lazy("added"),
    REMOVED: gettext_lazy("taken out"),
    RESTORED: gettext_lazy("put back"),
    ORDER: gettext_lazy("moved"),
}
"""What the history says of a turn or a heading as a whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field's change: where it leads, the pieces of old and new, where all its states are."""

    target: str
    url: str
    field: str
    pieces: list[Piece]
    past: str = ""


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


def speakers_in(changes: Iterable[Change]) -> dict[int, Person]:
    """Return whom the speakers in changes of turns mean today. One query, none without any."""
    found: set[int] = set()
    for change in changes:
        for value in (change.old, change.new) if change.target.startswith("turn:") else ():
            speaker = value.get("speaker") if isinstance(value, dict) else value
            if isinstance(speaker, int) and (isinstance(value, dict) or change.field == "speaker"):
                found.add(speaker)
    return successors(Person, found)


def pieces_of(change: Change, people: Mapping[int, Person]) -> list[Piece]:
    """Return what a change put in and took out; a choice, a name, a turn as a whole."""
    values: tuple[Any, Any] = change.old, change.new
    if change.field in (ADDED, REMOVED, RESTORED) and change.target.startswith("turn:"):
        gone = change.field == REMOVED
        turn = values[0] if gone else values[1]
        words = [str(people.get(turn.get("speaker"), "")), turn["text"], turn["original"]]
        return [Piece("del" if gone else "ins", "\n".join(filter(None, words)))]
    if change.field == ORDER:
        both = set(values[0]) & set(values[1])
        shifted = moved(*([each for each in order if each in both] for order in values))
        return [Piece("same", ", ".join(each for each in values[1] if each in shifted))]
    if change.field == "speaker":
        old, new = (str(people.get(value, "") if value else "") for value in values)
    else:
        old, new = (shown(change.target, change.field, value) for value in values)
        if (old, new) == tuple(map(as_text, values)):
            return compare(old, new)
    return [piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text]


def lines_of(
    episode: Episode, changes: Iterable[Change], people: Mapping[int, Person]
) -> list[Line]:
    """Return changes ready to be shown; ``people``: the speakers that they name."""
    place = reverse("admin:episodes_episode_turns", args=[episode.pk])
    lines = []
    for change in changes:
        kind, _colon, which = change.target.partition(":")
        past = ""
        if kind == "turn":
            target, url = _("turn %(uid)s") % {"uid": which}, f"{place}#{which}"
            past = f"{place}{which}/history/"
        elif kind == "chapter":
            target, url = _("chapter"), f"{place}#chapter-{which}"
        else:
            target, url = _("metadata"), ""
            if change.field in EPISODE_PAST:
                past = reverse(
                    "admin:episodes_episode_field_history", args=[episode.pk, change.field]
                )
        pieces = pieces_of(change, people)
        label = str(WORDS.get(change.field) or field_label(change.target, change.field))
        lines.append(Line(target, url, label, shorten(pieces), past))
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
        ChangeSet.objects.filter(episode=episode)
        .select_related("by", "run")
        .defer("run__plan", "run__undo", "run__content")
        .prefetch_related("changes"),
        PAGE,
    ).get_page(request.GET.get("p"))
    people = speakers_in(change for act in acts for change in list(act.changes.all())[:CHANGES])
    shown = []
    for change_set in acts:
        changes = list(change_set.changes.all())
        lines = lines_of(episode, changes[:CHANGES], people)
        shown.append(Act(change_set, lines, max(0, len(changes) - CHANGES)))
    return render(
        request,
        "admin/desk/history.html",
        {
            **model_admin.frame(request, episode, "history"),
            "acts": shown,
            "page": acts,
            "fields": [(name, field_label("episode:", name)) for name in changed_fields(episode)],
            "transitions": Transition.objects.filter(episode=episode)
            .select_related("by", "edition")
            .defer("edition__document"),
            "editions": Edition.objects.filter(episode=episode)
            .defer("document")
            .select_related("published_by"),
            "runs": ImportRun.objects.filter(episode=episode).select_related("by")[:PAGE],
        },
    )
