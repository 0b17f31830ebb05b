"""Readers, and an editor who publishes, while a full rebuild runs in another process's stead."""

from __future__ import annotations

import re
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from episodes import jobs
from episodes.models import Job, PublishedEpisode
from episodes.tests.factories import make_user, publish_episode
from glossary import decisions, occurrences, rebuild
from glossary.models import Entry, GlossaryState, State
from glossary.tests.made import do_jobs, episode

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = 35
MARK = re.compile(r'class="term mention" popovertarget="[^"]*">(.*?)</button>')


def marks(slug: str) -> tuple[int, list[str]]:
    response = Client().get(f"/episodes/{slug}/")
    return response.status_code, MARK.findall(response.content.decode())


def test_each_page_is_wholly_of_one_generation_and_none_errs(monkeypatch):
    cache.clear()
    user, second = (make_user("", name, is_superuser=True) for name in ("ann", "bo"))
    for number in range(TERMS):
        made = decisions.add({"term": f"词{number:02}号", "aliases": f"旧{number:02}号"}, by=user)
        decisions.decide([made.pk], State.APPROVED, by=user)
    old = [f"旧{number:02}号" for number in range(TERMS)]
    new = [f"新{number:02}号" for number in range(TERMS)]
    text = "，".join([*old, *new])
    slugs = [f"e{number}" for number in range(6)]
    for slug in slugs:
        publish_episode(episode(slug, text), editor=user, publisher=second)
    late = episode("late", text)
    do_jobs()
    assert marks("e0") == (200, old)
    for entry in Entry.objects.order_by("term"):
        decisions.save(
            entry, {"aliases": entry.aliases.replace("旧", "新")}, version=entry.version, by=user
        )
    monkeypatch.setattr(occurrences, "TURNS", 1)
    monkeypatch.setattr(occurrences, "BATCH", 1)
    monkeypatch.setattr(rebuild, "REPLAY_EVERY", 0.0)
    job = rebuild.ask()
    seen: list[tuple[int, list[str]]] = []
    faults: list[BaseException] = []
    ended = threading.Event()

    def read() -> None:
        try:
            while not ended.is_set() and len(seen) < 3000:
                for slug in slugs:
                    seen.append(marks(slug))
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    def publish() -> None:
        try:
            late.refresh_from_db()
            publish_episode(late, editor=user, publisher=second)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    real = occurrences._write
    written: list[int] = []

    def write(found, generation, reached, hold):
        written.append(reached)
        if len(written) == 3:
            publisher = threading.Thread(target=publish)
            publisher.start()
            publisher.join(30)
        real(found, generation, reached, hold)

    monkeypatch.setattr(occurrences, "_write", write)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        jobs.work(job.pk)
    finally:
        ended.set()
        reader.join(60)
    assert faults == []
    job.refresh_from_db()
    assert job.state in ("done", "queued"), job.message
    do_jobs()
    assert {status for status, _found in seen} == {200}
    assert {tuple(found) for _status, found in seen} <= {tuple(old), tuple(new)}
    assert (200, old) in seen
    assert [marks(slug) for slug in [*slugs, "late"]] == [(200, new)] * 7
    assert GlossaryState.objects.get().generation == 2
    assert PublishedEpisode.objects.filter(live=True).count() == 7
    assert not Job.objects.filter(state__in=jobs.ACTIVE).exists()
