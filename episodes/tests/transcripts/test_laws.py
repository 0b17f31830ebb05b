"""The laws of merging over random histories (``histories``), and that they would notice a defect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from episodes.tests.transcripts import histories
from episodes.transcripts import blocks, merging, planning, voices
from episodes.transcripts.merging import How, Merged

STEP = 250
HISTORIES = 2_000  # ``make laws`` runs 200,000


@pytest.mark.laws
@pytest.mark.parametrize("start", range(0, HISTORIES, STEP))
def test_the_laws_hold_over_random_histories(start: int) -> None:
    for seed in range(start, start + STEP):
        try:
            histories.run(seed)
        except Exception as error:
            pytest.fail(f"history {seed}: {type(error).__name__}: {error}")


def planted(name: str) -> tuple[Any, str, Callable[..., Any]]:
    """A defect: where it is planted, and what stands there instead."""
    if name == "theirs wins where both changed":
        real = merging.merge_text

        def theirs_wins(base: str, ours: str, theirs: str) -> Merged[str]:
            merged = real(base, ours, theirs)
            return Merged(theirs, How.THEIRS) if merged.how is How.CONFLICT else merged

        return blocks, "merge_text", theirs_wins
    if name == "what both changed stays without a word":
        real_value = merging.merge_text

        def silent(base: str, ours: str, theirs: str) -> Merged[str]:
            merged = real_value(base, ours, theirs)
            return Merged(ours, How.OURS) if merged.how is How.CONFLICT else merged

        return blocks, "merge_text", silent
    if name == "an edited turn goes with its source":
        return blocks.Blocks, "_edited", lambda *_given: False
    if name == "a merge by character":
        return blocks, "merge_text", by_character
    if name == "a removed member comes back":
        real_set = merging.merge_set

        def forgetful(*given: Any, **options: Any) -> Any:
            return real_set(*given, **{**options, "removed": ()})

        return planning, "merge_set", forgetful
    if name == "addresses are drawn anew":
        real_blocks = blocks.Blocks.blocks

        def anew(self: blocks.Blocks) -> Any:
            return tuple(
                replace(block, parts=tuple(replace(part, uid=self.draw()) for part in block.parts))
                if block.parts and len(block.parts) > 1
                else block
                for block in real_blocks(self)
            )

        return blocks.Blocks, "blocks", anew
    assert name == "who speaks is the source's"
    real_merged = voices.Voices.merged

    def source_speaks(self: voices.Voices, *given: Any) -> Any:
        speaker, labels = real_merged(self, *given)
        other = self.speaker_of(self.theirs[given[2]])
        return (Merged(other, How.THEIRS) if speaker.how is How.CONFLICT else speaker), labels

    return voices.Voices, "merged", source_speaks


def by_character(base: str, ours: str, theirs: str) -> Merged[str]:
    """The halves of two texts, as a merge of characters may put them together."""
    if ours == theirs or theirs == base:
        return Merged(ours, How.OURS)
    if ours == base:
        return Merged(theirs, How.THEIRS)
    return Merged(ours[: len(ours) // 2] + theirs[len(theirs) // 2 :], How.MERGED)


@pytest.mark.parametrize(
    "name",
    [
        "theirs wins where both changed",
        "what both changed stays without a word",
        "an edited turn goes with its source",
        "a merge by character",
        "addresses are drawn anew",
        "who speaks is the source's",
    ],
)
def test_a_planted_defect_breaks_a_law(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, attribute, defect = planted(name)
    monkeypatch.setattr(where, attribute, defect)
    broken = 0
    for seed in range(400):
        try:
            histories.run(seed)
        except AssertionError:
            broken += 1
            break
    assert broken, f"nobody noticed: {name}"
