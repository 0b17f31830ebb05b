"""What was left for an editor: by an import stale translations, merges nobody has read, conflicts; by
reviewers their notes."""

from __future__ import annotations

from collections.abc import Iterator

from episodes.checks.registry import (
    Around,
    EpisodeCheck,
    Finding,
    Severity,
    TurnCheck,
    register,
)
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["OpenConflict", "ReviewNote", "SourceGone", "Stale", "Unread"]

SHOWN = 200
"""So many characters of a note stand in its finding; the note itself stands at the turn."""


@register
class Stale(TurnCheck):
    """The original changed, and the translation is still that of the old one."""

    code = "stale_translation"
    severity = Severity.WARNING
    title = gettext_noop("The translation is stale")
    depends = frozenset({"stale", "text", "original"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        if turn.stale:
            yield Finding(
                check=self.code,
                message=gettext_noop("The original has changed since this was translated."),
                uid=turn.uid,
                field="text",
                about=(turn.text, turn.original),
            )


@register
class Unread(TurnCheck):
    """Two versions were merged without a person, and nobody has read the result."""

    code = "merge_unread"
    severity = Severity.ERROR
    title = gettext_noop("Nobody has read an automatic merge")
    depends = frozenset({"unread", "text", "original"})

    def find(self, turn: Turn, around: Around) -> Iterator[Finding]:  # noqa: ARG002
        if turn.unread:
            yield Finding(
                check=self.code,
                message=gettext_noop(
                    "This was merged automatically, and nobody has read it since."
                ),
                uid=turn.uid,
                field="text",
                about=(turn.text, turn.original),
            )


@register
class OpenConflict(EpisodeCheck):
    """Source and editor changed the same words otherwise, and nobody has decided.

    A conflict about a turn that is gone, a heading or metadata stands at the episode.
    """

    code = "conflict_open"
    severity = Severity.ERROR
    title = gettext_noop("A conflict waits for a decision")
    depends = frozenset({"open_conflicts", "uid"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        known = subject.positions
        elsewhere = sum(count for uid, count in subject.open_conflicts.items() if uid not in known)
        if elsewhere:
            yield self._finding("", elsewhere)
        for uid in sorted(set(subject.open_conflicts) & set(known), key=known.__getitem__):
            if subject.open_conflicts[uid]:
                yield self._finding(uid, subject.open_conflicts[uid])

    def _finding(self, uid: str, count: int) -> Finding:
        return Finding(
            check=self.code,
            message=fill(
                gettext_noop("Open conflicts between the source and your text: {count}."),
                count=count,
            ),
            uid=uid,
            about=(str(count),),
        )


@register
class SourceGone(EpisodeCheck):
    """The source answers no more that it has the transcript."""

    code = "source_gone"
    severity = Severity.WARNING
    title = gettext_noop("The source is gone")
    depends = frozenset({"source_gone", "source"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        if subject.source_gone:
            yield Finding(
                check=self.code,
                message=gettext_noop("The transcript is not at its source any more."),
                field="source",
                about=(subject.source,),
            )


@register
class ReviewNote(EpisodeCheck):
    """A reviewer asks something, and nobody has answered."""

    code = "review_note"
    severity = Severity.WARNING
    title = gettext_noop("A reviewer's note waits for an answer")
    depends = frozenset({"notes", "uid"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        known = subject.positions
        for uid in sorted(subject.notes, key=lambda uid: known.get(uid, -1)):
            for text in subject.notes[uid]:
                shown = text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"
                yield Finding(
                    check=self.code,
                    message=fill(gettext_noop("To be answered: {note}"), note=shown),
                    uid=uid if uid in known else "",
                    about=(text,),
                )
