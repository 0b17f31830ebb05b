"""What a fix says is written on what was seen, in a turn or in a field of the episode."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from episodes import checking, editing, mending
from episodes.models import Change, Episode, Finding
from episodes.models.history import ChangeSet
from episodes.tests.factories import complete, make_episode, make_user

pytestmark = pytest.mark.django_db

GOOD = (
    "Mara Quill",
    "欢迎收听，今天我们谈港口的运作。",
    "Welcome. Today we talk about how ports work.",
)
RESIDUE = (
    "Ingrid Solberg",
    '谢谢，吊车\\"很重要，我们有很多。',
    "Thanks, cranes matter, we have many.",
)


def with_residue() -> Finding:
    episode = make_episode(**complete(), turns=[GOOD, RESIDUE])
    checking.check_now(episode)
    return Finding.objects.exclude(fix=None).get(code="residue")


def without_guest() -> tuple[Episode, Finding]:
    episode = make_episode(turns=[GOOD])
    row = Finding.objects.create(
        episode=episode,
        code="guest_missing",
        severity="warning",
        fingerprint="1" * 32,
        field="guest",
        message="The guest is missing.",
        fix={"field": "guest", "value": "Ingrid Solberg"},
    )
    return episode, row


@translation.override("en")
def test_a_turn_is_mended_on_the_version_that_was_seen_and_the_finding_goes():
    row = with_residue()
    turn = row.episode.turns.get(uid=row.uid)
    editor = make_user()
    mended = mending.mend(row, version=turn.version, by=editor)
    assert mended.text == '谢谢，吊车"很重要，我们有很多。'
    assert mended.version == turn.version + 1
    assert not Finding.objects.filter(pk=row.pk).exists()
    change = Change.objects.get(target=f"turn:{turn.uid}", field="text")
    assert change.change_set.by == editor
    assert change.change_set.why.startswith("Mended: ")


def test_an_episodes_field_is_mended_on_the_revision_that_was_seen():
    episode, row = without_guest()
    mended = mending.mend(row, version=episode.revision, by=make_user())
    assert (mended.guest, mended.revision) == ("Ingrid Solberg", episode.revision + 1)
    assert not Finding.objects.filter(pk=row.pk).exists()


def test_what_changed_since_is_not_mended():
    row = with_residue()
    turn = row.episode.turns.get(uid=row.uid)
    editing.save_turn(turn, version=turn.version, values={"label": "Ingrid"}, by=None)
    with pytest.raises(mending.ChangedSince) as refused:
        mending.mend(row, version=turn.version, by=make_user())
    assert (refused.value.current.pk, refused.value.current.label) == (turn.pk, "Ingrid")
    episode, row = without_guest()
    with pytest.raises(mending.ChangedSince) as refused:
        mending.mend(row, version=episode.revision + 1, by=make_user())
    assert refused.value.current == episode
    episode.refresh_from_db()
    assert episode.guest == ""


def test_what_is_gone_or_has_no_fix_is_nothing_to_mend():
    row = with_residue()
    turn = row.episode.turns.get(uid=row.uid)
    editing.save_turn(turn, version=turn.version, values={"text": GOOD[1]}, by=None)
    checking.check_now(row.episode)
    with pytest.raises(mending.NothingToMend):
        mending.mend(row, version=turn.version + 1, by=make_user())
    episode, row = without_guest()
    Finding.objects.filter(pk=row.pk).update(fix=None)
    with pytest.raises(mending.NothingToMend):
        mending.mend(row, version=episode.revision, by=make_user())
    Finding.objects.filter(pk=row.pk).update(fix={"field": "text", "value": ""}, uid="tabcdefgh")
    with pytest.raises(mending.NothingToMend):
        mending.mend(row, version=1, by=make_user())


def test_who_may_not_change_the_turn_or_the_episode_mends_nothing():
    row = with_residue()
    nobody = make_user("")
    with pytest.raises(PermissionDenied):
        mending.mend(row, version=row.episode.turns.get(uid=row.uid).version, by=nobody)
    episode, row = without_guest()
    acts = ChangeSet.objects.count()
    with pytest.raises(PermissionDenied):
        mending.mend(row, version=episode.revision, by=nobody)
    assert ChangeSet.objects.count() == acts
