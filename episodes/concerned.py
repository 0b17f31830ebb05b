"""Which episodes a changed name or term concerns: found by a job, then checked by others.

Concerned is an episode that lists a name, in which somebody of that name speaks, or whose texts have
one of the spellings that it has or had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

import ahocorasick
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy

from episodes import checking, jobs
from episodes.models import Episode, Job, Named, Turn
from episodes.subjects import LISTED
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["KIND", "ask", "ask_for_name", "find"]

KIND = "check.find"

FEW = 24
"""So many spellings are looked for by the database; of more each text is read once."""

AT_ONCE = 8
"""So many of them in one query."""

READ = 2000
"""So many turns are read between two signs of life."""


def ask(
    spellings: Iterable[str], *, named: Named | None = None, by: User | None = None
) -> Job | None:
    """Have the episodes found and checked that have one of these spellings, or list ``named``.

    Within the transaction of the change. None where there is nothing to look for.
    """
    wanted = sorted({" ".join(one.split()) for one in spellings if len(one.strip()) > 1})
    target = f"{named.kind}:{named.pk}" if named is not None else ""
    if not wanted and not target:
        return None
    digest = hashlib.sha256(repr(wanted).encode("utf-8", "backslashreplace")).hexdigest()[:12]
    arguments = {"spellings": wanted, "named": target}
    return jobs.request(KIND, f"{target} {digest}".strip(), arguments, by=by)


def ask_for_name(named: Named, before: Iterable[str] = (), by: User | None = None) -> Job | None:
    """Have the episodes checked that a person, an organisation, a product or a work concerns.

    ``before`` are the spellings that it had besides those that it has.
    """
    return ask((*spellings_of(named), *before), named=named, by=by)


def spellings_of(named: Named) -> tuple[str, ...]:
    """Return how a name is written: in its own language, in translation, otherwise."""
    return (named.name, named.translated_name, *named.alias_list)


@jobs.register(KIND, label=gettext_lazy("Find episodes to check"))
def work(job: jobs.Run) -> str:
    """Find the episodes that were asked for, and have them checked.

    Done twice it asks twice, which harms nothing; so it holds no lock while it does.
    """
    by = User.objects.filter(pk=job.requested_by_id or 0).first()

    def step(done: int, total: int) -> None:
        job.heartbeat(done, total, gettext_noop("Looking for episodes"))

    found = find(job.arguments["spellings"], job.arguments["named"], step)
    count = checking.ask_all(found, by=by)
    return fill(gettext_noop("Episodes to check: {count}."), count=count)


def find(
    spellings: Iterable[str],
    named: str = "",
    step: Callable[[int, int], object] = lambda _done, _total: None,
) -> set[int]:
    """Return the ids of the episodes whose turns have one of the spellings, or that list a name.

    ``named`` is ``person:<id>`` and the like. Case makes no difference. ``step`` is told now and
    then how far it is.
    """
    found = set(_listing(named)) if named else set()
    wanted = [one for one in spellings if len(one) > 1]
    if len(wanted) > FEW:
        return found | set(_read(wanted, step))
    for start in range(0, len(wanted), AT_ONCE):
        step(start, len(wanted))
        having = Q()
        for spelling in wanted[start : start + AT_ONCE]:
            for field in ("text", "original", "label"):
                having |= Q(**{f"{field}__icontains": spelling})
        rows = Turn.objects.filter(having).order_by()
        found |= set(rows.values_list("episode_id", flat=True).distinct())
    return found


def _listing(named: str) -> Iterator[int]:
    kind, _colon, pk = named.partition(":")
    beside = "appearances__person" if kind == "person" else f"{LISTED[kind]}__target"
    yield from Episode.objects.filter(**{beside: int(pk)}).values_list("pk", flat=True)
    if kind == "person":
        spoken = Turn.objects.filter(speaker=int(pk)).order_by()
        yield from spoken.values_list("episode_id", flat=True).distinct()


def _read(wanted: list[str], step: Callable[[int, int], object]) -> Iterator[int]:
    """Yield the episodes whose turns have one of many spellings: each text is read once."""
    automaton = ahocorasick.Automaton()
    for spelling in wanted:
        automaton.add_word(spelling.lower(), len(spelling))
    automaton.make_automaton()
    total = Turn.objects.count()
    rows = Turn.objects.order_by("episode_id").values_list(
        "episode_id", "text", "original", "label"
    )
    latest = 0
    for done, (episode, *texts) in enumerate(rows.iterator(chunk_size=READ)):
        if done % READ == 0:
            step(done, total)
        if episode != latest and any(
            next(automaton.iter(text.lower()), None) is not None for text in texts
        ):
            latest = episode
            yield episode
