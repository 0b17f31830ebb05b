"""What may wait for a person in an episode: the cases, and how each is found and counted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from episodes.models import Conflict, Episode, ImportRun, Source, Turn
from episodes.models.sources import Outcome, RunState

__all__ = [
    "SOURCE",
    "WAITS",
    "counts_of_waits",
    "waits_for",
    "waits_for_source",
    "waits_of",
    "with_waits",
]

WAITS = {  # as the filter of the list and the first page name them
    "changed": _("source changed"),
    "held": _("held"),
    "conflicts": _("conflicts"),
    "stale": _("to be read"),
    "trouble": _("source gone or failing"),
}


SOURCE = ("changed", "held", "trouble")
"""Those of ``WAITS`` that come from a source."""


def rows_of(case: str) -> QuerySet[Any]:
    """Return the rows that make episodes wait for what ``case`` (of ``WAITS``) names."""
    runs = ImportRun.objects.filter(state=RunState.WAITING, episode__isnull=False)
    cases: dict[str, QuerySet[Any]] = {
        "changed": runs.filter(source__isnull=False),
        "held": runs.filter(outcome=Outcome.HELD),
        "conflicts": Conflict.objects.filter(decided_at__isnull=True),
        "stale": Turn.objects.filter(Q(stale=True) | Q(unread=True)),
        "trouble": Source.objects.exclude(trouble=""),
    }
    return cases[case].order_by()


def waits_for(case: str) -> Exists:
    """Return whether an episode has what ``case`` (of ``WAITS``) names, as a subquery."""
    return Exists(rows_of(case).filter(episode=OuterRef("pk")))


def waits_for_source() -> Q:
    """Return the condition that a source of an episode has something for a person."""
    found = Q()
    for case in SOURCE:
        found |= Q(waits_for(case))
    return found


def with_waits(queryset: QuerySet[Episode]) -> QuerySet[Episode]:
    """Add what waits in each episode: ``waits_<case>`` for each of ``WAITS``."""
    return queryset.annotate(**{f"waits_{case}": waits_for(case) for case in WAITS})


def waits_of(episode: Any) -> list[tuple[str, str]]:
    """Return what waits in an episode that ``with_waits`` has read: the words, and each one's case."""
    found = [case for case in WAITS if getattr(episode, f"waits_{case}")]
    if "held" in found and "changed" in found:
        found.remove("changed")
    return [(str(WAITS[case]), case) for case in found]


def counts_of_waits() -> dict[str, Count]:
    """Return for each of ``WAITS`` what counts its episodes in an aggregate over episodes."""
    return {case: Count("pk", filter=Q(pk__in=rows_of(case).values("episode"))) for case in WAITS}
