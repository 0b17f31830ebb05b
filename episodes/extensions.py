"""What other apps add to the episodes: they subclass :class:`Extension` and register it at start.

``episodes`` never imports ``glossary``; ``glossary`` calls ``register`` in its ``AppConfig.ready``.

``after_import``, ``after_change``, ``after_edition`` and ``after_withdrawal`` are called *inside* the
transaction that imports, changes, publishes or withdraws, as its last step. So what they write stands or falls with it:
a job asked for there (``jobs.request``) cannot be lost between the commit and a callback, and
evidence that leaves the public side leaves it at the same moment. They are quick (a few queries,
long work is a job) and raise nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from episodes.models import Episode, PublishedEpisode

__all__ = [
    "CheckTerms",
    "Extension",
    "Mention",
    "Mentions",
    "Term",
    "after_change",
    "after_edition",
    "after_import",
    "after_withdrawal",
    "check_terms",
    "era",
    "mentions",
    "note_links",
    "page_generation",
    "public_paths",
    "register",
]


@dataclass(frozen=True, slots=True)
class Term:
    """What a page says of a term where it is first mentioned. ``note`` is as in ``rendering.Note``."""

    note: dict[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A term (its key in ``Mentions.terms``) at ``text[start:end]``, in code points."""

    term: int
    start: int
    end: int


@dataclass(slots=True)
class Mentions:
    """Where an episode mentions terms: by uid in the plain text of turns, by position in headings."""

    terms: dict[int, Term] = field(default_factory=dict)
    turns: dict[str, list[Mention]] = field(default_factory=dict)
    headings: dict[int, list[Mention]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckTerms:
    """What an app adds to what checks look at.

    ``name`` is what its checks give in ``depends``, and where they find ``base`` (``Subject.added``).
    ``forms`` are spellings of terms by key, for all checks (``NameIndex``). ``digest`` is another
    whenever ``forms`` or ``base`` are.
    """

    name: str
    digest: str
    forms: Sequence[tuple[int, Sequence[str]]]
    base: object


class Extension:
    """What an app may add. Each method does nothing until it is overridden."""

    def after_import(self, episode: Episode) -> None:
        """Called when an import has made the episode."""

    def after_change(self, episode: Episode) -> None:
        """Called when a person or a later import has changed the working copy."""

    def after_edition(self, published: PublishedEpisode) -> None:
        """Called when an edition has gone live; its turns and links are written."""

    def after_withdrawal(self, published: PublishedEpisode) -> None:
        """Called when an episode has left the public side; its turns and links are gone."""

    def note_links(self, notes: list[dict[str, Any]]) -> list[str | None]:
        """Return for each note of ``rendering.render_turn`` the address of its public entry.

        One item a note, in order; None where there is no public page.
        """
        return [None] * len(notes)

    def mentions(self, published: PublishedEpisode) -> Mentions:  # noqa: ARG002 - for others to use
        """Return where the live edition mentions this app's terms, in the order of the text."""
        return Mentions()

    def check_terms(self) -> CheckTerms | None:
        """Return what checks look at besides the episode. A query or two while it is as before."""
        return None

    def page_generation(self) -> str:
        """Return what changes whenever this app's share of a public page does (part of ETags)."""
        return ""

    def era(self) -> str:
        """Return what has to stay while a page is made, or it is made again: it would be half old."""
        return ""

    def public_paths(self) -> Iterable[str]:
        """Return the paths of this app's public pages in Chinese, for the sitemap. Few queries."""
        return ()


_registered: list[Extension] = []


def register(extension: Extension) -> None:
    """Add an extension; once per class, so that a second start of the app changes nothing."""
    if not any(type(known) is type(extension) for known in _registered):
        _registered.append(extension)


def after_import(episode: Episode) -> None:
    """Tell every extension of a new episode; within the transaction of its import."""
    for extension in _registered:
        extension.after_import(episode)


def after_change(episode: Episode) -> None:
    """Tell every extension that the working copy changed; within the transaction that did it."""
    for extension in _registered:
        extension.after_change(episode)


def after_edition(published: PublishedEpisode) -> None:
    """Tell every extension of a new edition; within its transaction."""
    for extension in _registered:
        extension.after_edition(published)


def after_withdrawal(published: PublishedEpisode) -> None:
    """Tell every extension that an episode was withdrawn; within its transaction."""
    for extension in _registered:
        extension.after_withdrawal(published)


def note_links(notes: list[dict[str, Any]]) -> list[str | None]:
    """Return the address of each note's public entry, or None; the first extension's answer wins."""
    links: list[str | None] = [None] * len(notes)
    for extension in _registered:
        answers = extension.note_links(notes)
        links = [known or new for known, new in zip(links, answers, strict=True)]
    return links


def mentions(published: PublishedEpisode) -> Mentions:
    """Return where a live edition mentions terms; the first extension that knows any answers."""
    for extension in _registered:
        found = extension.mentions(published)
        if found.terms:
            return found
    return Mentions()


def check_terms() -> list[CheckTerms]:
    """Return what checks look at besides the episodes and their names."""
    given = (extension.check_terms() for extension in _registered)
    return [terms for terms in given if terms is not None]


def era() -> str:
    """Return what has to stay while a page is made."""
    return "-".join(extension.era() for extension in _registered)


def page_generation() -> str:
    """Return what a cached public page depends on besides its edition."""
    return "-".join(extension.page_generation() for extension in _registered)


def public_paths() -> list[str]:
    """Return the paths of all public pages that other apps have, in their Chinese form."""
    return [path for extension in _registered for path in extension.public_paths()]
