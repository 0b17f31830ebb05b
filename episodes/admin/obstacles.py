"""What stands in the way of publishing, at the desk: in groups, each thing a link to where it is mended.

``gate`` says what and at which place of the episode; which address that is, is known here alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import gate
from episodes.admin.history import field_label
from episodes.gate import Obstacle
from episodes.models import Episode, Finding, Status
from episodes.models.checks import FindingState, Severity
from episodes.workflow import Action, Next

__all__ = ["Also", "Group", "Place", "Said", "also", "before", "groups", "in_the_way"]

LABELS: dict[str, Promise] = {
    "no_title": gettext_lazy("The episode as a whole"),
    "no_turns": gettext_lazy("The episode as a whole"),
    "slug_taken": gettext_lazy("The episode as a whole"),
    "translation_missing": gettext_lazy("Translation missing"),
    "conflict_open": gettext_lazy("Conflicts to decide"),
    "turn_stale": gettext_lazy("Original changed since it was translated"),
    "turn_unread": gettext_lazy("Put together, and not read yet"),
    "finding_open": gettext_lazy("Errors that checks found"),
}
OTHER = gettext_lazy("Something else")
HIDING = ("permission", "second_person")
"""Refusals that come before the gate is asked."""
EDITED = frozenset({"translation_missing"})
"""What is mended in the turn's form: the link opens it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is mended: an address, and the words of the link."""

    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, and all the places of which it is said."""

    sentence: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Obstacles of one kind; ``count`` is that of the places."""

    label: str
    count: int
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Also:
    """What does not stand in the way: how many findings of a severity, and where the first is."""

    url: str
    words: str


def in_the_way(episode: Episode, offered: Next) -> list[Obstacle]:
    """Return what stands in the way of a step that publishes, or will once this one is taken.

    The guards tell it themselves where nothing else is said first; else the gate is asked.
    """
    leads_there = offered.action == Action.SUBMIT or offered.code in HIDING
    return gate.obstacles(episode) if leads_there else list(offered.obstacles)


def before(episode: Episode, steps: Iterable[Next], *, unchanged: bool) -> list[Obstacle]:
    """Return what stands in the way of the edition that comes next; nothing for drafts.

    ``unchanged``: readers see the working copy as it is.
    """
    for each in steps:
        if each.to_status == Status.EVERGREEN:
            return [] if unchanged else in_the_way(episode, each)
    return []


def groups(episode: Episode, found: Iterable[Obstacle]) -> list[Group]:
    """Return obstacles by kind, in the order of the gate. One query, none without obstacles."""
    found = list(found)
    if not found:
        return []
    uids = episode.turns.order_by("position").values_list("uid", flat=True)
    numbers = {uid: number for number, uid in enumerate(uids, start=1)}
    kinds: dict[str, dict[str, list[Place]]] = {}
    for each in found:
        label = str(LABELS.get(each.code, OTHER))
        kinds.setdefault(label, {}).setdefault(each.message, []).append(
            _place(episode, each, numbers)
        )
    return [
        Group(
            label,
            sum(map(len, sentences.values())),
            tuple(Said(sentence, tuple(places)) for sentence, places in sentences.items()),
        )
        for label, sentences in kinds.items()
    ]


def _place(episode: Episode, each: Obstacle, numbers: dict[str, int]) -> Place:
    turns = reverse("admin:episodes_episode_turns", args=[episode.pk])
    words = _("the turns")
    if each.uid:
        number = numbers.get(each.uid)
        shown = {"number": number} if number else {"uid": each.uid}
        words = (_("turn %(number)s") if number else _("turn %(uid)s")) % shown
    if each.code == "conflict_open":
        conflicts = reverse("admin:episodes_episode_conflicts", args=[episode.pk])
        return Place(f"{conflicts}#c{each.place}", words if each.uid else _("the conflict"))
    if each.code == "finding_open":
        return Place(f"{turns}#f{each.place}", words if each.uid else _("the finding"))
    if each.uid:
        asked = f"?edit={each.uid}" if each.code in EDITED else ""
        return Place(f"{turns}{asked}#{each.uid}", words)
    if each.place:
        change = reverse("admin:episodes_episode_change", args=[episode.pk])
        return Place(f"{change}#id_{each.place}", field_label("episode:", each.place))
    return Place(turns, words)


def also(episode: Episode) -> list[Also]:
    """Return the open warnings and hints, which stop nothing. Two queries, one without any."""
    open_ones = Finding.objects.filter(episode=episode, stands=True, state=FindingState.OPEN)
    rows = list(open_ones.exclude(severity=Severity.ERROR).values_list("severity", "uid", "pk"))
    if not rows:
        return []
    uids = episode.turns.order_by("position").values_list("uid", flat=True)
    order = {uid: number for number, uid in enumerate(uids, start=1)}
    turns = reverse("admin:episodes_episode_turns", args=[episode.pk])
    found = []
    for severity in (Severity.WARNING, Severity.HINT):
        of_it = [(order.get(uid, 0), pk) for each, uid, pk in rows if each == severity]
        if of_it:
            count, (_number, first) = len(of_it), min(of_it)
            words = (
                ngettext("%(count)s warning", "%(count)s warnings", count)
                if severity == Severity.WARNING
                else ngettext("%(count)s hint", "%(count)s hints", count)
            )
            found.append(Also(f"{turns}#f{first}", words % {"count": count}))
    return found
