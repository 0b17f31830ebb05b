"""Many at one desk at the same moment: every save arrives."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from episodes.models import Change, ChangeSet, Episode
from episodes.tests.factories import make_episode

SAVES = 100
AT_ONCE = 10  # as many as a desk has server threads


@pytest.mark.django_db(transaction=True)
def test_a_hundred_concurrent_saves_to_different_turns_all_arrive():
    names = ("Mara Quill", "Ingrid Solberg")
    turns = [(names[at % 2], f"第{at}句。", f"Sentence {at}.") for at in range(SAVES)]
    episode = make_episode(turns=turns)
    user = User.objects.create_superuser("sue")
    rows = list(episode.turns.order_by("position"))
    sets, revision = ChangeSet.objects.count(), episode.revision
    start = threading.Barrier(AT_ONCE)
    answers: list[int] = []

    def save(mine):
        try:
            client = Client()
            client.force_login(user)
            start.wait()
            for turn in mine:
                address = reverse("admin:episodes_episode_turn", args=[episode.pk, turn.uid])
                data = {
                    "version": turn.version,
                    "kind": turn.kind,
                    "speaker": turn.speaker_id,
                    "text": f"{turn.text}改过。",
                    "original": turn.original,
                }
                answers.append(client.post(address, data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[rows[at::AT_ONCE]]) for at in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * SAVES
    now = episode.turns.order_by("position").values_list("uid", "text", "version", "original")
    assert list(now) == [
        (turn.uid, f"{turn.text}改过。", turn.version + 1, turn.original) for turn in rows
    ]
    assert ChangeSet.objects.count() == sets + SAVES
    made = Counter(Change.objects.filter(change_set__by=user).values_list("target", "field"))
    assert made == {(f"turn:{turn.uid}", "text"): 1 for turn in rows}
    assert Episode.objects.get(pk=episode.pk).revision == revision + SAVES
    revisions = ChangeSet.objects.filter(by=user).order_by("revision")
    assert list(revisions.values_list("revision", flat=True)) == [
        revision + number for number in range(1, SAVES + 1)
    ]
