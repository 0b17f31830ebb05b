"""Where a term is used, for the desk: published turns, working turns, and originals whose translation
does not use it. A page at a time; nothing here writes.

Published uses are read from what the rebuild counted (``EntryUse``), so that a term used in 100,000
turns costs no more than its episodes and one page. Working turns are looked through: those that hold
the letters of any spelling, ``PART`` at a time, and of these the ones in which :class:`Matcher` finds
the term itself and not a part of a longer one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from episodes.marking import closed_spans as closed_in_html
from episodes.marking import heads as heads_in_html
from episodes.models import PublishedTurn, Turn
from episodes.rendering import render_original, render_turn
from episodes.transcripts.annotations import Annotation, scan
from episodes.transcripts.characters import has_han
from glossary.grouping import key_of
from glossary.matching import Form, Match, Matcher, folded, table_of
from glossary.models import Entry, EntryUse, Occurrence, State
from glossary.passages import Piece, Span, beside, passage, window
from glossary.publishing import current_generation
from glossary.rewriting import closed_spans, head_spans

__all__ = [
    "PAGE",
    "PART",
    "Found",
    "Spelling",
    "Use",
    "foreign_names",
    "names_of",
    "other_names",
    "published",
    "unrendered",
    "working",
]

PAGE = 50
"""So many turns are shown on one page."""

PART = 2_000
"""So many working turns that hold the letters are looked through at once."""

COUNTED = 20_000
"""Of a term used in more published turns the spellings are not counted."""


@dataclass(frozen=True, slots=True)
class Use:
    """A turn that uses a term (or should), as much of it as is shown.

    ``beside`` is what stands in the other language; ``note`` what the turn's own note on the term
    says; ``slug`` the address of the episode if readers see this turn, else "".
    """

    episode: int
    title: str
    status: str
    label: str
    uid: str
    speaker: str
    language: str
    pieces: tuple[Piece, ...]
    beside: str
    beside_language: str
    slug: str = ""
    annotated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a term is spelt, and how often. ``key`` is that without case and width."""

    key: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of uses. ``total`` counts the turns (of this part) and ``episodes`` theirs.

    ``spellings`` is None where there are too many uses to count. ``candidates`` turns were looked
    through in this part; ``more`` tells that there is another.
    """

    uses: list[Use]
    total: int
    episodes: int
    page: int
    pages: int
    spellings: list[Spelling] | None
    candidates: int = 0
    more: bool = False


def names_of(entry: Entry) -> list[str]:
    """Return every spelling of a term, in either language, each once, the term itself first."""
    names = (
        entry.term,
        *entry.alias_list,
        entry.abbreviation,
        entry.foreign_term,
        entry.expansion,
    )
    return list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))


def other_names(entry: Entry) -> list[str]:
    """Return the spellings of all other terms that are not rejected. One query."""
    rows = Entry.objects.filter(state__in=(State.CANDIDATE, State.APPROVED)).exclude(pk=entry.pk)
    columns = ("term", "aliases", "abbreviation", "foreign_term", "expansion")
    found = rows.order_by("pk").values_list(*columns)
    return [
        name
        for term, aliases, *others in found.iterator()
        for name in (term, *aliases.splitlines(), *others)
        if name
    ]


def _matcher(entry: Entry, names: Iterable[str], others: Iterable[str]) -> Matcher:
    """Return what finds these names as ``entry.pk``, but not inside the names of other terms."""
    ours = (Form(name, entry.pk, (0,)) for name in names)
    return Matcher(table_of(chain(ours, (Form(name, 0, (1,)) for name in others))))


# Published turns.


def published(entry: Entry, *, spelling: str = "", page: int = 1) -> Found:
    """Return the published turns that use a term, those of the newest episode first."""
    ours = Occurrence.objects.filter(entry=entry, generation=current_generation())
    counted = _of_episodes(entry)
    spellings = None
    if sum(turns for _pk, turns in counted) <= COUNTED:
        written = _written(ours)
        spellings = _spellings(written)
        if spelling:
            same = list(written.get(spelling, ()))
            ours = _as_written(ours).filter(written__in=same)
            having = dict(
                ours.order_by()
                .values_list("turn__published")
                .annotate(turns=Count("turn", distinct=True))
            )
            counted = [(pk, having[pk]) for pk, _turns in counted if pk in having]
    total = sum(turns for _pk, turns in counted)
    page, pages = _page(page, total)
    skipped, episodes = window(counted, (page - 1) * PAGE, PAGE)
    rows = ours.filter(
        turn__in=PublishedTurn.objects.filter(published__in=episodes, published__live=True)
    ).order_by()
    spans: dict[int, list[Span]] = defaultdict(list)
    place: dict[int, tuple[int, int]] = {}
    columns = ("turn_id", "turn__published_id", "turn__position", "start", "end")
    for turn, episode, position, start, end in rows.values_list(*columns):
        spans[turn].append(Span(start, end))
        place[turn] = (episodes.index(episode), position)
    chosen = sorted(place, key=place.__getitem__)[skipped : skipped + PAGE]
    turns = PublishedTurn.objects.select_related("published__episode", "speaker").in_bulk(chosen)
    uses = [_published_use(turns[pk], sorted(spans[pk], key=_start), entry) for pk in chosen]
    return Found(uses, total, len(counted), page, pages, spellings)


def _of_episodes(entry: Entry) -> list[tuple[int, int]]:
    """Return the live episodes that use a term, newest first, with how many turns. One query."""
    counted = EntryUse.objects.filter(
        entry=entry, generation=current_generation(), published__live=True
    )
    ordered = counted.order_by(
        F("published__date").desc(nulls_last=True), "-published__first_published_at", "published"
    )
    return list(ordered.values_list("published_id", "turns"))


def _as_written(occurrences: QuerySet[Occurrence]) -> Any:
    """Return the uses with the letters that stand there, ``written``."""
    return occurrences.annotate(
        written=Substr("turn__text_plain", F("start") + 1, F("end") - F("start"))
    )


def _written(occurrences: QuerySet[Occurrence]) -> dict[str, Counter[str]]:
    """Return how often the term is used in each way of writing each spelling. One query."""
    rows = _as_written(occurrences).order_by().values_list("written")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for word, uses in rows.annotate(uses=Count("pk")):
        found[folded(word)][word] = uses
    return found


def _start(span: Span) -> int:
    return span.start


def _published_use(turn: PublishedTurn, spans: list[Span], entry: Entry) -> Use:
    shown, episode = turn.published, turn.published.episode
    return Use(
        episode=episode.pk,
        title=shown.title,
        status=episode.status,
        label=episode.get_status_display(),
        uid=turn.uid,
        speaker=turn.speaker.name if turn.speaker else turn.label,
        language=shown.language,
        pieces=passage(turn.text_plain, spans),
        beside=beside(
            turn.original_plain, foreign_names(entry), spans[0].start / max(1, len(turn.text_plain))
        ),
        beside_language=shown.original_language,
        slug=shown.slug,
    )


# Working turns.


@dataclass(slots=True)
class _Looked:
    """What was found in a part: of each turn its episode and the spellings in it, in order."""

    turns: dict[int, tuple[int, frozenset[str]]] = field(default_factory=dict)
    written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    candidates: int = 0
    more: bool = False

    def add(self, turn: int, episode: int, text: str, matches: Sequence[Match]) -> None:
        """Take a turn in, if anything was found in its text."""
        words = [text[match.start : match.end] for match in matches]
        if words:
            self.turns[turn] = episode, frozenset(map(folded, words))
            for word in words:
                self.written[folded(word)][word] += 1


def working(
    entry: Entry, *, status: str = "", spelling: str = "", page: int = 1, part: int = 1
) -> Found:
    """Return the turns of working copies that use a term, those of the newest episode first."""
    names = names_of(entry)
    matcher = _matcher(entry, names, other_names(entry))
    looked = _Looked()
    for pk, episode, text in _part(looked, _holding("text", names, status), part, "text"):
        looked.add(pk, episode, text, _matches(text, entry, matcher))
    keys = {key_of(name) for name in names}
    return _found(looked, page, spelling, lambda turn: _working_use(turn, entry, matcher, keys))


def unrendered(
    entry: Entry, *, status: str = "", spelling: str = "", page: int = 1, part: int = 1
) -> Found:
    """Return the turns whose original names a term that their translation names in no spelling."""
    names = names_of(entry)
    foreign = foreign_names(entry)
    others = other_names(entry)
    matcher = _matcher(entry, names, others)
    in_original = _matcher(entry, _numbers(foreign), others)
    looked = _Looked()
    held = _holding("original", foreign, status)
    for pk, episode, text, original in _part(looked, held, part, "text", "original"):
        if not _matches(text, entry, matcher):
            closed = closed_spans(original)
            looked.add(pk, episode, original, _own(in_original.find(original, closed), entry))
    return _found(looked, page, spelling, lambda turn: _original_use(turn, entry, in_original))


def foreign_names(entry: Entry) -> list[str]:
    """Return the spellings of a term that an original may hold: those without Chinese."""
    return [name for name in names_of(entry) if not has_han(name)]


def _numbers(names: Iterable[str]) -> Iterator[str]:
    """Yield each name, and its plain plural."""
    for name in names:
        yield name
        if name[-1:].isascii() and name[-1:].isalpha() and name[-1:] not in "sS":
            yield f"{name}s"


def _holding(column: str, names: Sequence[str], status: str) -> QuerySet[Turn]:
    conditions = reduce(or_, (Q(**{f"{column}__icontains": name}) for name in names), Q())
    turns = Turn.objects.filter(conditions) if names else Turn.objects.none()
    if status:
        turns = turns.filter(episode__status=status)
    return turns.order_by(F("episode__date").desc(nulls_last=True), "-episode_id", "position")


def _part(looked: _Looked, turns: QuerySet[Turn], part: int, *texts: str) -> Iterator[Any]:
    """Yield (pk, episode, texts …) of one part, and note how many there are. Two queries.

    The keys first: texts that are only sorted cost more than all the rest.
    """
    keys = list(turns.values_list("pk", flat=True)[(part - 1) * PART : part * PART + 1])
    looked.more = len(keys) > PART
    keys = keys[:PART]
    looked.candidates = len(keys)
    rows = Turn.objects.filter(pk__in=keys).order_by().values_list("pk", "episode_id", *texts)
    found = {row[0]: row for row in rows}
    yield from (found[key] for key in keys if key in found)


def _matches(text: str, entry: Entry, matcher: Matcher) -> list[Match]:
    """Return where the Markdown of a turn uses a term, outside of what its notes say."""
    notes: list[tuple[int, int]] = []
    heads: list[tuple[int, int]] = []
    for annotation in scan(text):
        if annotation.certain:
            notes += annotation.notes
            heads += head_spans(text, annotation)
    return _own(matcher.find(text, [*closed_spans(text), *notes], heads), entry)


def _own(matches: Iterable[Match], entry: Entry) -> list[Match]:
    return [match for match in matches if match.entry == entry.pk]


def _found(looked: _Looked, page: int, spelling: str, use: Callable[[Turn], Use]) -> Found:
    """Return the page of what was found. Two queries."""
    chosen = [
        pk for pk, (_episode, keys) in looked.turns.items() if not spelling or spelling in keys
    ]
    page, pages = _page(page, len(chosen))
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    turns = Turn.objects.select_related("episode", "speaker").in_bulk(shown)
    uses = [use(turns[pk]) for pk in shown if pk in turns]
    live = PublishedTurn.objects.filter(published__live=True, uid__in=[each.uid for each in uses])
    slugs = {
        (episode, uid): slug
        for episode, uid, slug in live.values_list("published__episode", "uid", "published__slug")
    }
    return Found(
        uses=[replace(each, slug=slugs.get((each.episode, each.uid), "")) for each in uses],
        total=len(chosen),
        episodes=len({looked.turns[pk][0] for pk in chosen}),
        page=page,
        pages=pages,
        spellings=_spellings(looked.written),
        candidates=looked.candidates,
        more=looked.more,
    )


def _working_use(turn: Turn, entry: Entry, matcher: Matcher, keys: Set[str]) -> Use:
    rendered = render_turn(turn.text)
    closed = closed_in_html(rendered.html, rendered.plain)
    heads = [(head.start, head.end) for head in heads_in_html(rendered.html, rendered.plain)]
    spans = _spans(_own(matcher.find(rendered.plain, closed, heads), entry))
    original = render_original(turn.original)[1]
    note = next(
        (
            each
            for each in scan(turn.text)
            if each.certain and any(key_of(head) in keys for head in each.heads)
        ),
        None,
    )
    use = _use(turn, turn.episode.language, passage(rendered.plain, spans))
    return replace(
        use,
        beside=beside(original, foreign_names(entry), spans[0].start / max(1, len(rendered.plain))),
        beside_language=turn.episode.original_language,
        annotated=note is not None,
        note=_said(note) if note else "",
    )


def _original_use(turn: Turn, entry: Entry, matcher: Matcher) -> Use:
    html, plain = render_original(turn.original)
    spans = _spans(_own(matcher.find(plain, closed_in_html(html, plain)), entry))
    text = render_turn(turn.text).plain
    use = _use(turn, turn.episode.original_language, passage(plain, spans))
    return replace(
        use,
        beside=beside(text, (), spans[0].start / max(1, len(plain))),
        beside_language=turn.episode.language,
    )


def _use(turn: Turn, language: str, pieces: tuple[Piece, ...]) -> Use:
    return Use(
        episode=turn.episode_id,
        title=str(turn.episode),
        status=turn.episode.status,
        label=turn.episode.get_status_display(),
        uid=turn.uid,
        speaker=turn.speaker.name if turn.speaker else turn.label,
        language=language,
        pieces=pieces,
        beside="",
        beside_language="",
    )


def _spans(matches: Iterable[Match]) -> list[Span]:
    """Return where to mark; the beginning, unmarked, where Markdown hid a match from the page."""
    return [Span(match.start, match.end) for match in matches] or [Span(0, 0)]


def _said(note: Annotation) -> str:
    names = (note.foreign, note.abbreviation, note.expansion)
    return " · ".join(part for part in (*names, note.definition) if part)


# Both.


def _page(page: int, total: int) -> tuple[int, int]:
    """Return the page asked for, or the nearest there is, and how many there are."""
    pages = max(1, -(-total // PAGE))
    return min(max(1, page), pages), pages


def _spellings(written: Mapping[str, Counter[str]]) -> list[Spelling]:
    """Return the spellings, the most used first, each as it is written most often."""
    found = [
        Spelling(key, min(words, key=lambda word: (-words[word], word)), words.total())
        for key, words in written.items()
    ]
    return sorted(found, key=lambda each: (-each.count, each.key))
