"""Episodes to check: from a document as it is read, or from pairs of sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from episodes.checks.subject import Name, Subject, Turn
from episodes.tests.transcripts.samples import SAMPLE
from episodes.transcripts import markdown
from episodes.transcripts.characters import name_key
from episodes.transcripts.document import Document

__all__ = ["ODD_LOTS", "of_document", "of_pairs", "sample"]

ODD_LOTS = (
    Name(1, "person", "Tracy Alloway", "特雷西·阿洛韦"),
    Name(2, "person", "Joe Weisenthal", "乔·维森塔尔"),
    Name(3, "person", "James Van Geelen", "詹姆斯·范·海伦"),
)
"""Who speaks in the sample; the last one is its guest, whom the front matter forgets."""

_LISTS = {
    "person": "people",
    "organisation": "organisations",
    "product": "products",
    "work": "works",
}


def of_document(
    document: Document,
    names: Iterable[Name] = (),
    roles: Mapping[int, str] | None = None,
    **fields: object,
) -> Subject:
    """An episode as a reader leaves it: turns are called t0, t1 …; a speaker is whoever of
    ``names`` has the label among his spellings, a name is listed where the front matter lists it."""
    names = tuple(names)
    front = document.front
    people = {
        name_key(spelling): name.key
        for name in names
        if name.kind == "person"
        for spelling in name.spellings
    }
    turns: list[Turn] = []
    for index, chapter in enumerate(document.chapters):
        turns += [
            Turn(
                uid=f"t{len(turns) + place}",
                kind=turn.kind.value,
                text=turn.text,
                original=turn.original,
                speaker=people.get(name_key(turn.label), 0) if turn.label else 0,
                label=turn.label,
                original_label=turn.original_label,
                chapter=index,
                start=turn.start,
                end=turn.end,
            )
            for place, turn in enumerate(chapter.turns)
        ]
    listed = {}
    for kind, attribute in _LISTS.items():
        keys = {name_key(name) for name in getattr(front, attribute)}
        listed[kind] = frozenset(
            name.key
            for name in names
            if name.kind == kind and keys & {name_key(spelling) for spelling in name.spellings}
        )
    values: dict[str, object] = {
        "slug": "sample",
        "title": front.title,
        "date": front.date,
        "source": front.source,
        "channel": front.channel,
        "guest": front.guest,
        "summary": front.summary,
        "turns": tuple(turns),
        "headings": {
            index: chapter.title for index, chapter in enumerate(document.chapters) if chapter.title
        },
        "listed": listed,
        "roles": dict(roles or {}),
    }
    return Subject(**{**values, **fields})  # type: ignore[arg-type]


def of_pairs(*pairs: tuple[str, str] | tuple[str, str, int], **fields: object) -> Subject:
    """An episode of (translation, original) or (translation, original, speaker)."""
    turns = tuple(
        Turn(uid=f"t{place}", text=pair[0], original=pair[1], speaker=(*pair, 0)[2])
        for place, pair in enumerate(pairs)
    )
    return Subject(turns=turns, **fields)  # type: ignore[arg-type]


@cache
def sample() -> Subject:
    """The real sample (see ``needs_sample``) with its speakers known."""
    document = markdown.read(SAMPLE.read_bytes())
    return of_document(document, ODD_LOTS, {1: "host", 2: "host", 3: "guest"})
