"""What follows when a working copy came or changed: in the same transaction, the rest by jobs."""

from __future__ import annotations

from episodes import checking, extensions
from episodes.models import Episode

__all__ = ["changed", "imported"]


def imported(episode: Episode) -> None:
    """Let all that depends on it know of a new episode; the transaction's last step."""
    checking.ask(episode)
    extensions.after_import(episode)


def changed(episode: Episode) -> None:
    """Let all that depends on it know that an episode changed; the transaction's last step."""
    checking.ask(episode)
    extensions.after_change(episode)
