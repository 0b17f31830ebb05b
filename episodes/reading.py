"""An episode as its page shows it: made of the published tables, or of an edition's frozen document.

Both ways give the same values, so that the live page and ``/vN/`` share a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from episodes import extensions, marking, recordings
from episodes.extensions import Mention, Mentions, Term
from episodes.models import Edition, PublishedEpisode, PublishedLink, PublishedTurn
from episodes.models.published import LINK_FIELDS
from episodes.models.working import Kind
from episodes.publishing import anchors
from episodes.querysets import Name, name_of

__all__ = ["Chapter", "Note", "Reading", "Turn", "frozen", "links_of", "live", "marked"]

VOICES = 6  # so many looks; a seventh speaker has the first one's again, with a name of their own
_TERM = re.compile(r'<dfn class="term" data-note="(\d+)">(.*?)</dfn>', re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Note:
    """An inline note beside its turn; ``id`` is the element's, ``address`` the entry's or empty."""

    id: str
    head: str
    foreign: str
    abbreviation: str
    expansion: str
    definition: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it stands on a page. HTML is sanitised; ``voice`` is 0 for nobody known.

    ``speaker`` is the name in the registry (``data-speaker``), ``shown`` the one for this reader.
    """

    uid: str
    kind: str
    speaker: str
    shown: str
    voice: int
    monogram: str
    goes_on: bool
    start: int | None
    text_html: str
    original_html: str
    notes: tuple[Note, ...]
    old_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a heading; with a note where it is the first heading to mention that term."""

    text: str
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its turns; ``title`` is empty before the first heading.

    ``pieces`` are the title, parted where terms are mentioned.
    """

    position: int
    title: str
    level: int
    turns: list[Turn] = field(default_factory=list)
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole episode for a page."""

    slug: str
    title: str
    original_title: str
    day: date | None
    channel: str
    series: str
    area: str
    category: str
    source: str
    audio: str
    language: str
    original_language: str
    original_provenance: str
    translation_provenance: str
    revised_by: str
    rights: str
    summary_html: str
    insight_html: str
    edition: int
    published_at: datetime
    chapters: list[Chapter]
    links: dict[str, list[Name]]
    has_original: bool
    timed_source: str


def links_of(published: PublishedEpisode) -> dict[str, list[Name]]:
    """Return what the live edition links to, by kind, as the registry names it now. One query."""
    links = PublishedLink.objects.filter(published=published).order_by("position", "id")
    found: dict[str, list[Name]] = {kind: [] for kind in LINK_FIELDS}
    for link in links.select_related(*LINK_FIELDS):
        kind = next(kind for kind in LINK_FIELDS if getattr(link, f"{kind}_id") is not None)
        found[kind].append(name_of(link, kind))
    return found


def live(published: PublishedEpisode, links: dict[str, list[Name]]) -> Reading:
    """Return the live edition for its page. Three queries and those of the extensions.

    The first mention of a term in the turns is marked, unless an inline note explains it there; and
    so is the first in the headings.
    """
    turns = list(published.turns.select_related("speaker").order_by("position"))
    rows = [_row(turn) for turn in turns]
    titles = {
        turn.chapter_position: (turn.chapter_title, turn.chapter_level) for turn in reversed(turns)
    }
    found = extensions.mentions(published)
    chapters = _chapters(titles, found)
    has_original = _fill(chapters, rows, anchors(published), found)
    return Reading(
        slug=published.slug,
        title=published.title,
        original_title=published.original_title,
        day=published.date,
        channel=published.channel,
        series=published.series,
        area=published.area,
        category=published.category,
        source=published.source_address,
        audio=published.audio_url,
        language=published.language,
        original_language=published.original_language,
        original_provenance=published.original_provenance,
        translation_provenance=published.translation_provenance,
        revised_by=published.revised_by,
        rights=published.rights,
        summary_html=published.summary_html,
        insight_html=published.insight_html,
        edition=published.edition.number,
        published_at=published.published_at,
        chapters=chapters,
        links=links,
        has_original=has_original,
        timed_source=_timed(published.source_address),
    )


def frozen(edition: Edition) -> Reading:
    """Return an edition as it was published, from its document alone; names lead nowhere."""
    document = edition.document
    front = document["front"]
    chapters = [
        Chapter(
            chapter["position"],
            chapter["title"],
            chapter["level"],
            pieces=(Piece(chapter["title"]),),
        )
        for chapter in document["chapters"]
    ]
    rows = [
        {**turn, "translated": "", "chapter_position": turn["chapter"]}
        for turn in document["turns"]
    ]
    has_original = _fill(chapters, rows, {}, Mentions())
    kinds = {
        "person": "people",
        "organisation": "organisations",
        "product": "products",
        "work": "works",
        "tag": "tags",
        "project": "projects",
    }
    return Reading(
        slug=document["slug"],
        title=document["title"],
        original_title=document["original_title"],
        day=date.fromisoformat(document["date"]) if document["date"] else None,
        channel=front["channel"],
        series=front["series"],
        area=front["area"],
        category=front["category"],
        source=document["source"],
        audio=document["audio_url"],
        language=document["language"],
        original_language=document["original_language"],
        original_provenance=document["original_provenance"],
        translation_provenance=document["translation_provenance"],
        revised_by=document["revised_by"],
        rights=document["rights"],
        summary_html=document["summary_html"],
        insight_html=document["insight_html"],
        edition=edition.number,
        published_at=edition.published_at,
        chapters=chapters,
        links={kind: [Name(kind, "", name) for name in front[key]] for kind, key in kinds.items()},
        has_original=has_original,
        timed_source=_timed(document["source"]),
    )


def marked(html: str, uid: str, count: int) -> str:
    """Return a turn's stored HTML with each note's head as a button that opens the note.

    The note is the element ``n-<uid>-<K>`` (native popover, no script). A head whose note is not
    there stays text; a link inside a head is only its words, for a button holds no link.
    """

    def button(match: re.Match[str]) -> str:
        number, head = int(match[1]), _LINK.sub("", match[2])
        if number >= count:
            return head
        target = f"n-{uid}-{number}"
        return f'<button type="button" class="term" popovertarget="{target}">{head}</button>'

    return _TERM.sub(button, html)


def _row(turn: PublishedTurn) -> dict[str, Any]:
    return {
        "uid": turn.uid,
        "kind": turn.kind,
        "chapter_position": turn.chapter_position,
        "speaker": turn.speaker.name if turn.speaker else "",
        "translated": turn.speaker.translated_name if turn.speaker else "",
        "label": turn.label,
        "start": turn.start,
        "text_html": turn.text_html,
        "text_plain": turn.text_plain,
        "original_html": turn.original_html,
        "notes": turn.notes,
    }


def _chapters(titles: dict[int, tuple[str, int]], found: Mentions) -> list[Chapter]:
    chapters = []
    seen: set[int] = set()
    for position in sorted(titles):
        title, level = titles[position]
        pieces: list[Piece] = []
        at = 0
        for mention in found.headings.get(position, ()):
            term = found.terms.get(mention.term)
            if term is None or mention.term in seen or mention.end > len(title):
                continue
            seen.add(mention.term)
            note = _note(term.note, f"n-c{position}-{len(seen)}", term.address)
            pieces += [
                Piece(title[at : mention.start]),
                Piece(title[mention.start : mention.end], note),
            ]
            at = mention.end
        pieces.append(Piece(title[at:]))
        pieces = [piece for piece in pieces if piece.text]
        chapters.append(Chapter(position, title, level, pieces=tuple(pieces)))
    return chapters


def _first_mentions(
    row: dict[str, Any], mentions: Sequence[Mention], terms: dict[int, Term], seen: set[int]
) -> tuple[str, list[Note]]:
    """Return the turn's HTML with the terms marked that ``seen`` lacks, and their notes; add to it.

    A term that is the head of an inline note is explained there and needs no mark.
    """
    html, plain = row["text_html"], row.get("text_plain", "")
    new = [mention for mention in mentions if mention.term in terms and mention.term not in seen]
    if not new:
        return html, []
    explained = {(head.start, head.end) for head in marking.heads(html, plain)}
    seen |= {mention.term for mention in new if (mention.start, mention.end) in explained}
    first = {mention.term: mention for mention in reversed(new) if mention.term not in seen}
    marks: dict[marking.Mark, tuple[int, Note]] = {}
    for number, (term, mention) in enumerate(sorted(first.items()), start=len(row["notes"])):
        note = _note(terms[term].note, f"n-{row['uid']}-{number}", terms[term].address)
        opening = f'<button type="button" class="term mention" popovertarget="{note.id}">'
        marks[marking.Mark(mention.start, mention.end, opening, "</button>")] = term, note
    html, done = marking.placed(html, plain, marks)
    seen |= {marks[mark][0] for mark in done}
    return html, [marks[mark][1] for mark in done]


def _fill(
    chapters: list[Chapter],
    rows: Sequence[dict[str, Any]],
    old_uids: dict[str, list[str]],
    found: Mentions,
) -> bool:
    """Put the turns into their chapters; tell whether any has an original."""
    by_position = {chapter.position: chapter for chapter in chapters}
    addresses = iter(extensions.note_links([note for row in rows for note in row["notes"]]))
    monograms = _monograms([_shown(row) for row in rows if row["kind"] == Kind.SPEECH])
    chinese = (get_language() or "").startswith("zh")
    before: tuple[int, str] | None = None
    seen: set[int] = set()
    for row in rows:
        shown = _shown(row, chinese=chinese)
        who = _shown(row) if row["kind"] == Kind.SPEECH else ""
        voice, monogram = monograms.get(who, (0, ""))
        notes = [
            _note(note, f"n-{row['uid']}-{number}", next(addresses) or "")
            for number, note in enumerate(row["notes"])
        ]
        html, more = _first_mentions(row, found.turns.get(row["uid"], ()), found.terms, seen)
        here = (row["chapter_position"], who)
        turn = Turn(
            uid=row["uid"],
            kind=row["kind"],
            speaker=row["speaker"],
            shown=shown,
            voice=voice,
            monogram=monogram,
            goes_on=bool(who) and here == before,
            start=row["start"],
            text_html=marked(html, row["uid"], len(notes)),
            original_html=row["original_html"],
            notes=(*notes, *more),
            old_uids=tuple(old_uids.get(row["uid"], ())),
        )
        by_position[row["chapter_position"]].turns.append(turn)
        before = here
    return any(row["original_html"] for row in rows)


def _shown(row: dict[str, Any], *, chinese: bool = False) -> str:
    """Return who speaks, as a page says it: the person's name, else the label as written."""
    return str((chinese and row["translated"]) or row["speaker"] or row["label"])


def _note(note: dict[str, Any], element: str, address: str) -> Note:
    words = ("head", "foreign", "abbreviation", "expansion", "definition")
    said = {word: str(note.get(word, "")) for word in words}
    return Note(id=element, address=address, **said)


def _monograms(names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return each speaker's look (1 to VOICES) and letters, no two speakers with the same letters."""
    looks: dict[str, tuple[int, str]] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(name for name in names if name):
        number = len(looks)
        words = re.findall(r"[^\W_]+", name)
        candidates = [*_letters(words), *(f"{index}" for index in range(1, 1000))]
        letters = next(letters for letters in candidates if letters not in taken)
        taken.add(letters)
        looks[name] = (number % VOICES + 1, letters)
    return looks


def _letters(words: Sequence[str]) -> Iterable[str]:
    if not words:
        return
    if _HAN.match(words[0]):
        yield words[0][0]
        yield words[0][-1]
    else:
        yield (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
        yield (words[0][0] + words[-1][-1]).upper()


def _timed(source: str) -> str:
    """Return the address to which ``&t=65s`` may be added, or nothing."""
    identity = recordings.identify(source).identity
    if not identity.startswith("youtube:"):
        return ""
    return f"https://www.youtube.com/watch?v={identity.removeprefix('youtube:')}"
