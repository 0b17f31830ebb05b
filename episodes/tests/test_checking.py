"""Findings of working copies: kept across runs, put away, looked for where something changed."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from episodes import checking, cuts, editing, jobs
from episodes.models import CheckAsked, Episode, Finding, Job
from episodes.models.checks import FindingState
from episodes.models.jobs import JobState
from episodes.tests.factories import make_episode, make_user

pytestmark = pytest.mark.django_db

GOOD = (
    "Mara Quill",
    "欢迎收听，今天我们谈港口的运作。",
    "Welcome. Today we talk about how ports work.",
)
BOLD = (
    "Ingrid Solberg",
    "谢谢，**吊车很重要，我们有很多。",
    "Thanks, cranes matter, and we have many.",
)


def found(episode: Episode, **which: object) -> list[tuple[str, str, str]]:
    """(check, position of the turn, state) of the findings that stand."""
    places = {turn.uid: str(turn.position) for turn in episode.turns.all()}
    rows = Finding.objects.filter(episode=episode, stands=True, **which).order_by("pk")
    return [(row.code, places.get(row.uid, ""), row.state) for row in rows]


def save(episode: Episode, number: int, text: str) -> None:
    turn = episode.turns.order_by("position")[number]
    editing.save_turn(turn, version=turn.version, values={"text": text}, by=None)


def test_what_is_wrong_is_found_with_its_place_and_goes_when_it_is_mended():
    episode = make_episode(turns=[GOOD, BOLD])
    assert checking.check_now(episode) == Counter(new=1)
    row = Finding.objects.get()
    assert (row.code, row.severity, row.field) == ("bold_unclosed", "error", "text")
    assert BOLD[1][row.start : row.end].startswith("**")
    assert checking.check_now(episode) == Counter()
    save(episode, 1, BOLD[1].replace("**", ""))
    assert checking.check_now(episode) == Counter(gone=1)
    assert not Finding.objects.exists()


def test_a_dismissed_finding_stays_so_while_its_text_is_the_same_and_again_when_it_comes_back():
    publisher = make_user("", is_superuser=True)
    episode = make_episode(turns=[GOOD, BOLD])
    checking.check_now(episode)
    assert checking.dismiss(Finding.objects.get(), by=publisher, why="Meant so.")
    assert not checking.dismiss(Finding.objects.get(), by=publisher)
    checking.check_now(episode, anew=True)
    assert found(episode) == [("bold_unclosed", "1", "dismissed")]
    save(episode, 0, "欢迎收听，今天我们谈港口的运作吧。")
    checking.check_now(episode)
    assert found(episode) == [("bold_unclosed", "1", "dismissed")]
    save(episode, 1, BOLD[1].replace("吊车", "起重机"))
    checking.check_now(episode)
    assert found(episode) == [("bold_unclosed", "1", "open")]
    save(episode, 1, BOLD[1])
    checking.check_now(episode)
    assert found(episode) == [("bold_unclosed", "1", "dismissed")]
    row = Finding.objects.get(stands=True)
    assert (row.decided_by, row.why) == (publisher, "Meant so.")
    assert checking.reopen(row, by=publisher)
    assert found(episode) == [("bold_unclosed", "1", "open")]


def test_an_error_is_dismissed_by_those_who_may_and_by_nobody_else():
    episode = make_episode(turns=[GOOD, BOLD])
    checking.check_now(episode)
    row = Finding.objects.get()
    for who in (make_user(), make_user("")):
        with pytest.raises(PermissionDenied):
            checking.dismiss(row, by=who)
    assert checking.dismiss(row, by=make_user("Publishers"))


def test_findings_of_a_turn_that_stands_no_more_go_with_it():
    episode = make_episode(turns=[GOOD, BOLD, GOOD])
    checking.check_now(episode)
    turn = episode.turns.order_by("position")[1]
    cuts.remove(turn, version=turn.version, by=None)
    checking.check_now(episode)
    assert found(episode) == []


TEXTS = (
    GOOD[1],
    BOLD[1],
    "去年他们花了一亿两千万欧元。",
    "去年他们花了一千二百万欧元。",
    "我们我们有三十一台。",
    "",
    "This was never translated at all, was it?",
    "（没有关上的括号，真的。",
)


def test_incremental_runs_find_what_a_full_run_finds():
    draw = random.Random(5)
    english = "Last year they spent 120 million euros, and Mara said so, which is quite a sum."
    episode = make_episode(
        turns=[("Mara Quill", draw.choice(TEXTS), english) for _turn in range(9)]
    )
    for _step in range(30):
        if draw.random() < 0.8:
            save(episode, draw.randrange(9), draw.choice(TEXTS))
        else:
            turn = draw.choice(list(episode.turns.order_by("position")))
            first = episode.turns.order_by("position").first()
            if turn != first:
                episode.refresh_from_db()
                cuts.move(turn, revision=episode.revision, after=first.uid, by=None)
        checking.check_now(episode)
        kept = sorted(
            Finding.objects.filter(stands=True).values_list("code", "uid", "fingerprint", "message")
        )
        checking.check_now(episode, anew=True)
        assert kept == sorted(
            Finding.objects.filter(stands=True).values_list("code", "uid", "fingerprint", "message")
        )


def do_jobs() -> list[str]:
    said = []
    for job in Job.objects.filter(kind=checking.KIND, state=JobState.QUEUED).order_by("pk"):
        jobs.work(job.pk)
        job.refresh_from_db()
        said.append(job.message)
    return said


def test_many_are_checked_by_jobs_that_share_them_out():
    made = [
        make_episode(
            slug=f"e{number}",
            address=f"e{number}.md",
            turns=[GOOD, BOLD],
            extra=(("n", str(number)),),
        )
        for number in range(6)
    ]
    Job.objects.all().delete()
    CheckAsked.objects.all().delete()
    assert checking.ask_all(episode.pk for episode in made) == 6
    assert checking.ask_all([made[0].pk]) == 1
    assert Job.objects.filter(kind=checking.KIND).count() == checking.LANES
    do_jobs()
    assert not CheckAsked.objects.exists()
    assert Finding.objects.filter(state=FindingState.OPEN, code="bold_unclosed").count() == 6


def test_the_command_says_what_stands_open(capsys):
    episode = make_episode(slug="one", turns=[GOOD, BOLD])
    call_command("check_transcripts", "one", "--json")
    line = json.loads(capsys.readouterr().out)
    turn = episode.turns.order_by("position")[1]
    assert {key: line[key] for key in line if key != "message"} == {
        "slug": "one",
        "uid": turn.uid,
        "check": "bold_unclosed",
        "severity": "error",
    }
    assert line["message"]
    call_command("check_transcripts")
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Checked: 1. Open: 1 errors, 0 warnings, 0 hints."
    )
    with pytest.raises(CommandError) as refused:
        call_command("check_transcripts", "none")
    assert refused.value.returncode == 2
