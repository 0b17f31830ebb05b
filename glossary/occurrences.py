"""Occurrences: where published text uses public terms, written in short transactions.

A pass over everything writes the rows of the next generation, which count from the moment one row
(``GlossaryState``) names it. The pass goes by the keys of published turns: an edition that goes live
meanwhile has new ones, so that its turns come at the end of the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import F

from episodes.models import Episode, PublishedTurn
from glossary import publishing
from glossary.matching import Form, Matcher
from glossary.models import Entry, GlossaryState, Occurrence, State

__all__ = ["match_episode", "match_everything"]

TURNS = 500
"""How many turns are matched in one transaction."""

OLD_ROWS = 5000
"""How many rows of an old generation are deleted in one transaction."""

Hold = Callable[[], object]


def match_everything(
    forms: Iterable[Form], hold: Hold, step: Callable[[int], None], settle: Hold
) -> int:
    """Match all live turns anew and let the new occurrences count; return their generation.

    ``step`` is called with the number of turns done after each transaction, ``settle`` in the one
    that swaps (what has to become true with it). What a killed run left is removed first.
    """
    wanted = list(forms)
    matcher = Matcher(wanted)
    generation = publishing.state().generation + 1
    _remove(Occurrence.objects.filter(generation__gte=generation), hold)
    last = done = 0
    while (reached := _write_next(last, generation, matcher, hold)) is not None:
        last, count = reached
        done += count
        step(done)
    with transaction.atomic():
        GlossaryState.objects.filter(pk=1).update(
            generation=generation,
            matched=publishing.digest_of(wanted),
            revision=F("revision") + 1,
        )
        publishing.publish(Entry.objects.filter(state=State.APPROVED).values_list("pk", flat=True))
        publishing.withdraw_unused()
        settle()
        hold()
    _remove(Occurrence.objects.filter(generation__lt=generation), hold)
    return generation


def match_episode(episode_id: int, matcher: Matcher, hold: Hold, settle: Hold) -> None:
    """Match the live turns of one episode anew, in the generation that counts."""
    with transaction.atomic():
        _lock([episode_id])
        generation = publishing.state().generation
        turns = PublishedTurn.objects.filter(published__episode=episode_id, published__live=True)
        keys = list(turns.values_list("pk", flat=True))
        had = Occurrence.objects.filter(turn__in=keys, generation=generation)
        before = list(had.order_by("turn", "start").values_list("turn_id", "start", "end", "entry"))
        rows = _found(turns.order_by("pk").values_list("pk", "text_plain"), matcher, generation)
        after = [(row.turn_id, row.start, row.end, row.entry_id) for row in rows]
        if before != after:
            had.delete()
            Occurrence.objects.bulk_create(rows, batch_size=1000)
            publishing.changed()
        approved = Entry.objects.filter(
            pk__in={row[3] for row in [*before, *after]}, state=State.APPROVED
        )
        publishing.publish(approved.values_list("pk", flat=True))
        publishing.withdraw_unused()
        settle()
        hold()


def _write_next(
    after: int, generation: int, matcher: Matcher, hold: Hold
) -> tuple[int, int] | None:
    """Write the occurrences of the next turns; return the last turn's key and how many, or None."""
    turns = PublishedTurn.objects.filter(pk__gt=after).order_by("pk")
    heads = list(turns.values_list("pk", "published__episode_id")[:TURNS])
    if not heads:
        return None
    with transaction.atomic():
        _lock({episode_id for _pk, episode_id in heads})
        last = heads[-1][0]
        texts = turns.filter(pk__lte=last).values_list("pk", "text_plain")
        rows = _found(texts, matcher, generation)
        Occurrence.objects.bulk_create(rows, batch_size=1000)
        hold()
    return last, len(heads)


def _found(texts, matcher: Matcher, generation: int) -> list[Occurrence]:  # type: ignore[no-untyped-def]
    return [
        Occurrence(
            turn_id=pk,
            entry_id=match.entry,
            start=match.start,
            end=match.end,
            generation=generation,
        )
        for pk, text in texts
        for match in matcher.find(text)
    ]


def _lock(episode_ids: Iterable[int]) -> None:
    """Keep these episodes from being published or withdrawn until the transaction ends."""
    rows = Episode.objects.filter(pk__in=sorted(episode_ids)).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def _remove(rows, hold: Hold) -> None:  # type: ignore[no-untyped-def]
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:OLD_ROWS]):
        with transaction.atomic():
            Occurrence.objects.filter(pk__in=keys).delete()
            hold()
