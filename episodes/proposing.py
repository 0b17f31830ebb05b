"""What a new state of a source would change, worked out and kept as a value: a :class:`Proposal`."""

from __future__ import annotations

import json
import lzma
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from episodes import readings, recordings
from episodes.documents import front_from_json
from episodes.models import Change, Episode, ImportRun, Source
from episodes.models.history import Act
from episodes.models.sources import Gives
from episodes.models.working import draw_uid
from episodes.readings import Reading
from episodes.states import load
from episodes.transcripts import planning, plans
from episodes.transcripts.messages import Message, fill, gettext_noop
from episodes.transcripts.plans import MergePlan
from episodes.transcripts.timed import Word
from episodes.transcripts.timeplans import plan_times
from episodes.transcripts.timing import Timing
from episodes.transcripts.working import SourceText, Working

__all__ = [
    "NOTHING_NEW",
    "Proposal",
    "Unusable",
    "base_source",
    "conflict_message",
    "held_message",
    "pack_undo",
    "plan_captions",
    "plan_import",
    "proposal_of",
    "proposed_message",
    "unpack_undo",
]

NOTHING_NEW = gettext_noop("The bytes differ, the transcript does not.")

LARGE = 1_500_000  # bytes of JSON; a usual transcript has a third of that
XZ = b"\xfd7zXZ\0"  # how a file of xz begins


class Unusable(Exception):
    """Something that cannot be done to a run now; ``message`` is a sentence, nothing was written.

    ``code``: ``stale`` (worked out anew: look again), ``not_waiting``, ``reason_missing``,
    ``permission``, ``not_applied``, ``later_import``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan with the reading that it was made of."""

    plan: MergePlan
    reading: Reading

    def pack(self) -> bytes:
        """As bytes for ``ImportRun.plan``."""
        beside_it = json.dumps(self.reading.as_json(), ensure_ascii=False).encode()
        packed = plans.pack(self.plan)
        return len(packed).to_bytes(4, "big") + packed + zlib.compress(beside_it)


def proposal_of(run: ImportRun) -> Proposal:
    """Return what a run would change, as it was worked out."""
    if run.plan is None:
        raise Unusable("not_waiting", gettext_noop("This import changes nothing."))
    data = bytes(run.plan)
    length = int.from_bytes(data[:4], "big")
    plan = plans.unpack(data[4 : 4 + length])
    values = json.loads(zlib.decompress(data[4 + length :]))
    return Proposal(plan, Reading.from_json(plan.theirs, values))


def base_source(episode: Episode, source: Source | None) -> Source | None:
    """Return the source whose base a new state is compared with: its own, else the episode's last
    accepted one."""
    if source is not None and source.accepted_id is not None:
        return source
    texts = episode.sources.filter(accepted__isnull=False, gives=Gives.TEXT)
    return texts.order_by("-checked_at", "-pk").first()


def plan_import(
    episode: Episode,
    source: Source | None,
    reading: Reading,
    *,
    working: Working | None = None,
    base: SourceText | None = None,
) -> Proposal:
    """Work out what a reading would change; writes nothing.

    ``source`` is None, or new, for a document that was not a source of the episode before.
    """
    compared = base_source(episode, source)
    known = readings.base_of(compared) if base is None and compared is not None else base
    other = False
    if compared is not None and compared.fields:
        before = front_from_json({k: v for k, v in compared.fields.items() if k != "sets"})
        identities = (
            recordings.identify(before.source).identity,
            recordings.identify(str(reading.text.fields.get("source_address", ""))).identity,
        )
        other = all(identities) and identities[0] != identities[1]
    number = source.pk if source is not None and source.pk else 0
    made = planning.plan(
        known or SourceText(),
        load(episode) if working is None else working,
        reading.text,
        draw=draw_uid,
        source=number,
        base_source=compared.pk if compared is not None else number,
        other_recording=other,
    )
    return Proposal(made, reading)


# --- What undoing needs ---------------------------------------------------------------------------


def pack_undo(data: bytes) -> bytes:
    """What undoing needs, small: the two states have most in common, but far apart (xz finds that).

    Of a very large one, fast.
    """
    return lzma.compress(data, preset=1) if len(data) <= LARGE else zlib.compress(data)


def unpack_undo(data: bytes) -> bytes:
    return lzma.decompress(data) if data.startswith(XZ) else zlib.decompress(data)


# --- Times only ---------------------------------------------------------------------------------


def plan_captions(
    episode: Episode,
    source: Source | None,
    words: Sequence[Word],
    *,
    working: Working | None = None,
) -> tuple[Proposal, Timing]:
    """Work out the times that captions give; writes nothing."""
    number = source.pk if source is not None and source.pk else 0
    ours = load(episode) if working is None else working
    known = source.fields.get("times") if source is not None else None
    base = _first_base(episode, ours) if known is None else known
    made, accepted, timing = plan_times(base, ours, words, number)
    return Proposal(made, Reading(SourceText(), {"times": accepted})), timing


def _first_base(episode: Episode, ours: Working) -> dict[str, list[int | None]]:
    """The base of captions that are new here: all times that no editor set."""
    by_editors = Change.objects.filter(
        change_set__episode=episode, change_set__act=Act.SAVE, field__in=("start", "end")
    )
    set_here = {
        target.removeprefix("turn:") for target in by_editors.values_list("target", flat=True)
    }
    return {
        turn.uid: [turn.value.start, turn.value.end]
        for turn in ours.turns()
        if turn.uid not in set_here
    }


# --- In sentences ---------------------------------------------------------------------------------


def proposed_message(episode: Episode) -> Message:
    """Return the sentence of a proposal."""
    template = gettext_noop(
        "The source of “{slug}” has changed. Nothing was changed here: the proposal waits for a "
        "decision."
    )
    return fill(template, slug=episode.slug)


def held_message(episode: Episode, plan: MergePlan) -> Message:
    """Return why a plan waits for a person's reason."""
    template = gettext_noop(
        "The new state of “{slug}” is held: {why}. Nothing was changed; it is applied once somebody "
        "gives a reason."
    )
    why = plan.held[0]
    for other in plan.held[1:]:
        why = fill("{one}; {other}", one=why, other=other)
    return fill(template, slug=episode.slug, why=why)


def conflict_message(plan: MergePlan) -> str:
    """Return how many conflicts wait for a decision; empty where none does."""
    count = sum(1 for _clash in plan.clashes())
    if not count:
        return ""
    return fill(gettext_noop("Conflicts that wait for a decision: {count}."), count=count)
