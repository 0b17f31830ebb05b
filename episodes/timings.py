"""Captions of a recording whose text the episode has already: only its times are taken from them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from episodes import reimports
from episodes.models import Episode, Source, Status
from episodes.models.sources import Outcome
from episodes.proposing import Proposal, held_message, plan_captions, proposed_message
from episodes.reimports import Followed
from episodes.states import load
from episodes.transcripts.document import Diagnostic
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.timed import Word
from episodes.transcripts.timing import Timing

__all__ = ["follow", "foresee"]


def summary(timing: Timing, timed: int, turns: int) -> Message:
    """Return how many turns have times now, and the share of words that was found."""
    template = gettext_noop(
        "{timed} of {turns} turns were found in the captions; {share} per cent of the words are the same."
    )
    return fill(template, timed=timed, turns=turns, share=round(timing.share * 100))


def foresee(
    episode: Episode, source: Source | None, words: Sequence[Word]
) -> tuple[str, str, Proposal | None]:
    """Return the outcome and the message that ``follow`` would have, and what would change."""
    proposal, timing = plan_captions(episode, source, words)
    message = summary(timing, proposal.plan.numbers["timed"], len(timing.times))
    if proposal.plan.is_empty and not proposal.plan.held:
        return Outcome.UNCHANGED.value, message, None
    if proposal.plan.held:
        return Outcome.HELD.value, held_message(episode, proposal.plan), proposal
    if episode.status != Status.DRAFT:
        return Outcome.PROPOSED.value, proposed_message(episode), proposal
    return Outcome.UPDATED.value, message, proposal


def follow(
    episode: Episode,
    source: Source,
    words: Sequence[Word],
    *,
    by: User | None,
    reason: str = "",
) -> Followed:
    """Give the turns of a locked episode the times of captions. In a transaction; see
    ``reimports.follow``."""
    working = load(episode)
    proposal, timing = plan_captions(episode, source, words, working=working)
    made = proposal.plan
    message = summary(timing, made.numbers["timed"], len(timing.times))
    counts = {**made.numbers, "share": round(timing.share * 100)}
    remarks: tuple[Diagnostic, ...] = timing.remarks
    if made.held and not reason:
        held = held_message(episode, made)
        return Followed(Outcome.HELD.value, held, counts, remarks, proposal=proposal)
    if made.is_empty:
        reimports.write_plan(episode, source, working, proposal, by=by, why=reason)
        return Followed(Outcome.UNCHANGED.value, message, counts, remarks, accepted=True)
    if episode.status != Status.DRAFT:
        proposed = proposed_message(episode)
        return Followed(Outcome.PROPOSED.value, proposed, counts, remarks, proposal=proposal)
    change_set, undo = reimports.write_plan(episode, source, working, proposal, by=by, why=reason)
    return Followed(
        Outcome.UPDATED.value, message, counts, remarks, change_set, True, proposal, undo
    )
