"""Faults of each kind, planted at random in episodes that are in good order, are found; and without
them hardly anything is."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from episodes.checks import every as _every  # noqa: F401 - registers
from episodes.checks.registry import check
from episodes.checks.subject import Subject
from episodes.tests.checks.discount_window import discount_window
from episodes.tests.checks.harbour import harbour
from episodes.tests.checks.ledgers import ledgers
from episodes.tests.checks.planting import KINDS

EPISODES = (discount_window, ledgers, harbour)
TRIES = 12
LESS = {"question and answer": 0.7, "half": 0.75}
"""What cannot be told as surely: an answer without any mark, a half of a free translation."""


@pytest.mark.parametrize("episode", EPISODES)
def test_an_episode_in_good_order_has_at_most_one_finding_in_fifty_turns(
    episode: Callable[[], Subject],
) -> None:
    subject = episode()
    found = [(one.check, one.uid, one.message) for one in check(subject)]
    assert len(found) <= len(subject.turns) / 50, found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nine_in_ten_planted_faults_are_found(kind: str) -> None:
    plant, codes = KINDS[kind]
    tried, missed = 0, []
    for episode in EPISODES:
        dice = random.Random(f"{kind} {episode.__name__}")
        subject = episode()
        known = {one.fingerprint for one in check(subject, codes)}
        for _ in range(TRIES):
            faulty, places = plant(subject, dice)
            found = [one for one in check(faulty, codes) if one.fingerprint not in known]
            tried += 1
            if not any(one.uid in places for one in found):
                missed.append((episode.__name__, sorted(places)))
    assert len(missed) <= (1 - LESS.get(kind, 0.9)) * tried, missed
