"""Which episode a document is for. Reads only; ``imports`` acts.

The same address or the same bytes are a re-import of that episode; another address with a known
recording is *held* until somebody says which episode it is (``as_``); anything else is a new draft.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.db.models import Q

from episodes import names, recordings, slugs
from episodes.fitting import fit
from episodes.models import Episode, EpisodeOldSlug, ImportRun, Person, PublishedEpisode, Source
from episodes.models.sources import Outcome, RunState
from episodes.sources.answers import Metadata, TrackKind
from episodes.sources.http import normalise_url
from episodes.transcripts import captions, markdown
from episodes.transcripts.characters import strip_controls
from episodes.transcripts.document import Document
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "FOLLOW",
    "Decision",
    "Incoming",
    "Known",
    "decide",
    "read",
    "read_words",
    "source_address",
    "unchanged",
]

FOLLOW = "follow"  # other bytes for an episode that exists: for ``reimports`` to say
REFUSED = gettext_noop(
    "This state was undone or refused; it is not applied again until the source changes."
)
WAITS = gettext_noop("The proposal of this state waits for a decision already.")
LONGEST_ADDRESS = 2000  # bytes: PostgreSQL indexes no more than 2,700
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL = re.compile(r"^[>\s*\[]{0,6}([^:：*\[\]\n]{1,60}?)[\]*\s]{0,4}[:：]", re.MULTILINE)


@dataclass(frozen=True)
class Incoming:
    """Bytes with the address they came from: a URL, a path below a folder, or an upload's name.

    ``name`` is the file's name; without it the address gives it. ``folder`` is the name of the
    folder that ``import_transcripts`` was given, so that it can tell which files vanished.
    """

    data: bytes
    address: str
    name: str = ""
    folder: str = ""
    etag: str = ""
    last_modified: str = ""
    metadata: Metadata | None = None  # what a recording's page says beside its captions

    @property
    def captions(self) -> str:
        """The form of captions that the bytes have; empty where they are none."""
        return captions.kind_of(self.data, self.name or self.address)


@dataclass(frozen=True)
class Known:
    """A source whose state these bytes are already, and why nothing comes of them."""

    source: Source
    message: str = ""
    outcome: str = Outcome.UNCHANGED.value


@dataclass(frozen=True)
class Decision:
    """Which episode a document is for, and what is to be done with it."""

    outcome: str
    message: str = ""
    slug: str = ""
    episode: Episode | None = None
    source: Source | None = None
    address: str = ""


def source_address(address: str, data: bytes = b"") -> str:
    """Return the address that a source is known by; a URL in its normal form.

    Pasted text without an address is known by its digest. Raises FetchError for a malformed URL.
    """
    text = strip_controls(unicodedata.normalize("NFC", address)).strip()
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        # A number behind it is how ``decide`` tells a second source of one URL.
        number = re.search(r"( \([0-9]+\))?\Z", text)
        assert number is not None
        text = normalise_url(text[: number.start()]) + number[0]
    if not text:
        return f"pasted/{hashlib.sha256(data).hexdigest()[:16]}.md"
    if len(text.encode()) > LONGEST_ADDRESS:
        return f"{text[:200]}#{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return text


def _known_names(data: bytes) -> list[str]:
    """The people on record whose names may stand as labels in these bytes; one query."""
    labels = {match.strip() for match in _LABEL.findall(data.decode(errors="ignore"))}
    found = names.find(Person, {names.name_key(label) for label in labels} - {""})
    people = {person.pk: person for people in found.values() for person in people}
    return [
        name
        for person in people.values()
        for name in (person.name, person.translated_name, *person.alias_list)
        if name
    ]


def read(incoming: Incoming) -> Document:
    """Read a document, or captions as a draft, as the tables can hold it. Raises ReadError."""
    names_known = _known_names(incoming.data)
    if incoming.captions:
        document = fit(_draft(incoming, names_known))
    else:
        document = fit(markdown.read(incoming.data, known_names=names_known))
    diagnostic = recordings.identify(document.front.source).diagnostic
    if diagnostic:
        document = replace(document, diagnostics=(*document.diagnostics, diagnostic))
    return document


def _draft(incoming: Incoming, names_known: Sequence[str]) -> Document:
    """The captions' words as turns, still to be translated."""
    read_captions = captions.read(incoming.data, kind=incoming.captions, known_names=names_known)
    said = incoming.metadata or Metadata()
    on_the_web = re.match(r"https?://", incoming.address)
    document = captions.to_document(
        read_captions,
        title=said.title or _file_stem(incoming),
        source=incoming.address if on_the_web else "",
    )
    front = document.front
    extra = dict(front.extra)
    if said.language:
        extra.setdefault("original_language", said.language.removesuffix("-orig"))
    if said.track == TrackKind.AUTOMATIC and incoming.metadata is not None:
        extra.setdefault("original_provenance", "automatic")
    front = replace(front, date=said.date, channel=said.channel, extra=tuple(extra.items()))
    return replace(document, front=front)


def read_words(incoming: Incoming) -> tuple[captions.Word, ...]:
    """Read the words of captions with their times. Raises ReadError."""
    return captions.words_of(captions.read(incoming.data, kind=incoming.captions))


def _file_stem(incoming: Incoming) -> str:
    name = incoming.name or unquote(urlsplit(incoming.address).path) or incoming.address
    return PurePosixPath(name.replace("\\", "/")).stem


def _used_slugs(wanted: Sequence[str]) -> set[str]:
    used: set[str] = set()
    for model in (Episode, EpisodeOldSlug, PublishedEpisode):
        used.update(model._default_manager.filter(slug__in=wanted).values_list("slug", flat=True))
    return used


def unchanged(address: str, sha256: str, as_: str) -> Known | None:
    """Return the source whose last accepted state these bytes are (read as they are read now), or
    that was refused or undone, or that waits for a decision; None where they are something new."""
    if as_:
        return None
    same = Source.objects.filter(address=address).select_related("episode")
    source = same.filter(accepted__sha256=sha256, reader_version=markdown.READER_VERSION).first()
    if source is not None:
        return Known(source)
    source = same.filter(refused__sha256=sha256).first()
    if source is not None:
        return Known(source, REFUSED)
    waiting = ImportRun.objects.filter(
        source__in=same, state=RunState.WAITING, snapshot__sha256=sha256
    )
    run = waiting.select_related("source__episode").defer("plan", "undo", "content").first()
    if run is not None and run.source is not None:
        return Known(run.source, WAITS, run.outcome)
    if not same.exists():
        elsewhere = Source.objects.filter(snapshots__sha256=sha256).select_related("episode")
        source = elsewhere.order_by("pk").first()
        if source is not None:
            return Known(source)
    return None


def decide(incoming: Incoming, address: str, document: Document, as_: str, slug: str) -> Decision:
    """Which episode, and what to do with it; reads only."""
    source = Source.objects.filter(address=address).select_related("episode").first()
    if as_ and as_ != "new":
        return _decide_attached(source, address, as_)
    if source is not None and as_ != "new":
        return Decision(FOLLOW, "", source.episode.slug, source.episode, source, address)
    if source is not None:
        number = 2
        while Source.objects.filter(address=f"{address} ({number})").exists():
            number += 1
        address = f"{address} ({number})"
    recording = recordings.identify(document.front.source).identity
    if recording and as_ != "new":
        episode = Episode.objects.filter(recording=recording).order_by("pk").first()
        if episode is not None:
            message = fill(
                gettext_noop(
                    "The recording {recording} is that of “{slug}” already. Say whether this is the "
                    "same episode (--as {slug}) or another one (--as new)."
                ),
                recording=recording,
                slug=episode.slug,
            )
            return Decision(Outcome.HELD, message, episode.slug, episode, None, address)
    if slug:
        if len(slug) > 80 or not _SLUG.fullmatch(slug) or re.fullmatch(r"v[0-9]+", slug):
            template = gettext_noop(
                "“{slug}” is no slug: a–z, 0–9 and single hyphens, not “v” and a number."
            )
            message = fill(template, slug=slug)
            return Decision(Outcome.FAILED, message, "", address=address)
        if _used_slugs([slug]):
            template = gettext_noop("The slug “{slug}” is in use already. Choose another.")
            message = fill(template, slug=slug)
            return Decision(Outcome.FAILED, message, "", address=address)
        return Decision(Outcome.CREATED, "", slug, address=address)
    stem = "" if incoming.metadata else _file_stem(incoming)
    base = slugs.from_stem(stem, document.front.title)
    return Decision(Outcome.CREATED, "", names.free_slug(base, _used_slugs), address=address)


def _decide_attached(source: Source | None, address: str, slug: str) -> Decision:
    """A document that somebody said belongs to a certain episode."""
    episode = Episode.objects.filter(Q(slug=slug) | Q(old_slugs__slug=slug)).order_by("pk").first()
    if episode is None:
        message = fill(gettext_noop("There is no episode “{slug}”."), slug=slug)
        return Decision(Outcome.FAILED, message, "", address=address)
    if source is not None and source.episode_id != episode.pk:
        message = fill(
            gettext_noop("{address} is a source of “{other}” already, not of “{slug}”."),
            address=address,
            other=source.episode.slug,
            slug=episode.slug,
        )
        return Decision(Outcome.FAILED, message, source.episode.slug, source.episode)
    return Decision(FOLLOW, "", episode.slug, episode, source, address)
