"""How the run of a job ends before its work is done; ``jobs`` raises these and settles the row."""

from __future__ import annotations

from datetime import timedelta

from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["Cancelled", "Interrupted", "Lost", "Stopped", "TryLater", "interrupted_by"]


class Interrupted(Exception):
    """The run has to end here; what it has not applied is dropped."""


class Lost(Interrupted):
    """The claim is somebody else's now."""


class Cancelled(Interrupted):
    """A person cancelled the job."""


class Stopped(Interrupted):
    """The worker was told to end; the job goes back to the queue at once."""


class TryLater(Exception):
    """A fault that may pass (a source that does not answer): the job is tried again after a pause.

    ``message`` is the sentence for staff. The pause is at least ``pause``, where the other side said
    when to come again.
    """

    def __init__(self, message: str = "", pause: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.message = message
        self.pause = pause


def interrupted_by(fault: Exception) -> Message:
    """Return the sentence for staff about a job that an unexpected error ended."""
    said = gettext_noop(
        "It stopped with an error ({kind}: {fault}). The worker’s log has the details."
    )
    return fill(said, kind=type(fault).__name__, fault=str(fault).strip()[:300])
