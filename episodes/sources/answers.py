"""What a source answered when it was asked, whatever kind of source it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from episodes.transcripts.messages import Message

__all__ = ["Answer", "Metadata", "State", "TrackKind"]

NOTHING = Message("", {})


class State(StrEnum):
    """How asking ended; only ``CONTENT`` brings bytes."""

    CONTENT = "content"
    NOT_MODIFIED = "not_modified"  # what was read before still stands
    GONE = "gone"  # removed: asking again will not bring it back
    FAILED = "failed"  # refused until a person does something
    PASSING = "passing"  # not now: worth another try by itself
    CANNOT_ASK = "cannot_ask"  # an upload: only a person can bring it again


class TrackKind(StrEnum):
    MANUAL = "manual"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What YouTube says about a video beside its captions; "" and None where it does not say."""

    title: str = ""
    channel: str = ""
    date: str = ""  # of publication, YYYY-MM-DD
    duration: int | None = None  # milliseconds
    language: str = ""  # of the track, as YouTube writes it: en, zh-Hans
    track: TrackKind = TrackKind.MANUAL


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, or why nothing did.

    ``message`` is a sentence for the person, a ``Message`` to be translated; empty for ``CONTENT`` and
    ``NOT_MODIFIED``. ``etag`` and ``last_modified`` are to be sent along the next time. ``retry_after``: seconds for which the
    host wants to be left alone, None if it did not say; only with ``PASSING``.
    """

    state: State
    message: str = NOTHING
    data: bytes = b""
    name: str = ""  # of the file, with its ending
    content_type: str = ""  # lower case, without parameters
    etag: str = ""
    last_modified: str = ""
    url: str = ""  # where it came from, or the address at fault
    redirects: tuple[str, ...] = ()  # where each redirect led; the last is ``url``
    permanent: bool = False  # it moved, and every redirect said for good
    retry_after: float | None = None
    metadata: Metadata | None = None
