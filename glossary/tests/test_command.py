"""``rebuild_glossary`` and the Celery task."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from episodes.models import Job
from episodes.models.jobs import JobState
from glossary import rebuild, tasks
from glossary.models import Entry, GlossaryState
from glossary.tests.made import LAKE, do_jobs, episode, live_episode

pytestmark = pytest.mark.django_db


def test_without_wait_it_asks_and_says_so(capsys):
    episode("one", LAKE)
    call_command("rebuild_glossary")
    job = Job.objects.get(kind=rebuild.KIND)
    assert capsys.readouterr().out == (
        f"Asked for: job {job.pk} waits for the worker. With --wait it is done here and now.\n"
    )
    assert not Entry.objects.exists()
    call_command("rebuild_glossary", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "outcome": "asked",
        "job": job.pk,
        "state": "queued",
    }
    do_jobs()
    assert Entry.objects.count() == 1


def test_with_wait_it_is_done_when_the_command_ends(capsys):
    live_episode("one", LAKE, "数据湖。")
    call_command("rebuild_glossary", "--wait")
    assert capsys.readouterr().out == "Rebuilt: 1 terms, 1 of them public; 2 uses.\n"
    call_command("rebuild_glossary", "--wait", "--json")
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in said if name not in ("job", "generation", "message")} == {
        "outcome": "done",
        "entries": 1,
        "candidates": 1,
        "approved": 0,
        "rejected": 0,
        "merged": 0,
        "public": 1,
        "annotations": 1,
        "suggestions": 0,
        "occurrences": 2,
    }


def test_a_rebuild_that_fails_says_why_and_exits_with_one(capsys, monkeypatch):
    def fail(run: Any) -> None:
        raise ValueError("no such luck")

    monkeypatch.setattr(rebuild, "_everything", fail)
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_glossary", "--wait")
    assert ended.value.code == 1
    assert "no such luck" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("rebuild_glossary", "--wait", "--json")
    assert json.loads(capsys.readouterr().out)["outcome"] == "failed"


def test_wrong_usage_is_told_apart():
    with pytest.raises(CommandError) as wrong:
        call_command("rebuild_glossary", "--now")
    assert wrong.value.returncode == 1 or "unrecognized" in str(wrong.value)


def test_a_rebuild_that_a_worker_does_is_waited_for(monkeypatch, capsys):
    """The claim is another process's: the command looks again until that one has finished."""
    episode("one", LAKE)
    looked = []
    real = rebuild.jobs.work

    def somebody_else_first(job_id: int) -> None:
        looked.append(job_id)
        if len(looked) == 3:
            real(job_id)

    monkeypatch.setattr(
        "glossary.management.commands.rebuild_glossary.jobs.work", somebody_else_first
    )
    monkeypatch.setattr("glossary.management.commands.rebuild_glossary.LOOK_EVERY", 0)
    call_command("rebuild_glossary", "--wait")
    assert len(looked) == 3
    assert Entry.objects.count() == 1


def test_the_task_asks_and_does_it():
    episode("one", LAKE)
    tasks.rebuild()
    assert Entry.objects.count() == 1
    jobs = Job.objects.filter(kind=rebuild.KIND)
    assert list(jobs.values_list("state", flat=True)) == [JobState.DONE]
    state = GlossaryState.objects.get()
    assert (state.wanted, state.done) == (1, 1)
