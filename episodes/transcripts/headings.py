"""Which heading of one document is which of another, and what becomes of ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count

from episodes.transcripts.merging import How, merge_value
from episodes.transcripts.plans import HeadingChange, Tag
from episodes.transcripts.sentences import comparable
from episodes.transcripts.streams import common_runs
from episodes.transcripts.working import Clash, ClashKind, Heading, SourceHeading, Working

__all__ = ["heading_changes", "match_headings"]


def match_headings(
    base: Sequence[SourceHeading],
    theirs: Sequence[SourceHeading],
    links: Collection[tuple[int, int]],
) -> dict[int, int]:
    """Which of theirs each of the base is: by its words, in order and then out of order, else by
    the turn that it stands before (``links``: places of turns that are the same)."""
    numbers: dict[str, int] = {}
    mine = [numbers.setdefault(comparable(each.title), len(numbers)) for each in base]
    others = [numbers.setdefault(comparable(each.title), len(numbers)) for each in theirs]
    matched = {
        run.at + step: run.to + step
        for run in common_runs(mine, others)
        for step in range(run.length)
    }
    taken = set(matched.values())
    for place, number in enumerate(mine):
        free = [at for at, other in enumerate(others) if other == number and at not in taken]
        if place not in matched and free:
            matched[place] = free[0]
            taken.add(free[0])
    before = {each.place: at for at, each in enumerate(theirs) if at not in taken}
    follow: dict[int, list[int]] = {}
    for place, other in links:
        follow.setdefault(place, []).append(other)
    for place, each in enumerate(base):
        if place not in matched:
            found = next((at for at in follow.get(each.place, ()) if at in before), None)
            if found is not None:
                matched[place] = before.pop(found)
    return matched


def heading_changes(
    base: Sequence[SourceHeading],
    ours: Working,
    theirs: Sequence[SourceHeading],
    matched: Mapping[int, int],
    base_source: int,
) -> Iterator[HeadingChange]:
    """What becomes of each heading of ours, then the new ones of theirs.

    A heading that an editor changed stays when the source drops it.
    """
    open_clashes = {clash.place: clash for clash in ours.clashes}
    used: set[int] = set()
    numbers = count()
    for heading in ours.headings():
        places = [place for place in heading.of_source(base_source) if place < len(base)]
        if not places:
            continue
        key, before = f"h{next(numbers)}", base[places[0]]
        place = matched.get(places[0])
        if place is None:
            edited = (heading.title, heading.level) != (before.title, before.level)
            tags = (Tag.KEPT_OUT,) if edited else (Tag.GONE,)
            yield HeadingChange(key, tags, heading.key, None, heading.title, heading.level)
            continue
        used.add(place)
        yield _merged(key, heading, before, theirs[place], place, open_clashes)
    gone_here = set(matched.values()) - used
    lowest = min((heading.key for heading in ours.headings()), default=0)
    fresh = count(min(lowest, 0) - 1, -1)
    for place, each in enumerate(theirs):
        if place in used or place in gone_here:  # an editor took it out
            continue
        key = f"h{next(numbers)}"
        yield HeadingChange(key, (Tag.ADDED,), None, place, each.title, each.level, new=next(fresh))


def _merged(
    key: str,
    ours: Heading,
    base: SourceHeading,
    theirs: SourceHeading,
    place: int,
    open_clashes: Mapping[tuple[str, str, str], Clash],
) -> HeadingChange:
    target = f"heading:{ours.key}"
    known = open_clashes.get((ClashKind.FIELD.value, target, "title"))
    before = str(known.base) if known else base.title
    title = merge_value(before, ours.title, theirs.title)
    level = merge_value(base.level, ours.level, theirs.level)
    clash = None
    tags: list[Tag] = []
    if title.how is How.CONFLICT:
        clash = Clash(ClashKind.FIELD, target, "title", before, theirs.title)
        tags += [Tag.CONFLICT] if clash != known else []
    if (title.value, level.value) != (ours.title, ours.level):
        tags.append(Tag.CHANGED)
    return HeadingChange(key, tuple(tags), ours.key, place, title.value, level.value, clash)
