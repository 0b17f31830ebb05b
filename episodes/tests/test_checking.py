"""Findings of working copies: kept across runs, put away, looked for where something changed."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from episodes import checking, cuts, editing, jobs, names, naming
from episodes.checks.registry import Severity, all_checks
from episodes.imports import Incoming, import_document
from episodes.models import CheckAsked, CheckedEpisode, Episode, Finding, Job, Organisation
from episodes.models.checks import FindingState
from episodes.models.jobs import JobState
from episodes.tests.factories import complete, make_episode, make_user, transcript

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
    episode = make_episode(**complete(), turns=[GOOD, BOLD])
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
    episode = make_episode(**complete(), turns=[GOOD, BOLD])
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
    episode = make_episode(**complete(), turns=[GOOD, BOLD])
    checking.check_now(episode)
    row = Finding.objects.get()
    for who in (make_user(), make_user("")):
        with pytest.raises(PermissionDenied):
            checking.dismiss(row, by=who)
    assert checking.dismiss(row, by=make_user("Publishers"))


def test_findings_of_a_turn_that_stands_no_more_go_with_it():
    episode = make_episode(**complete(), turns=[GOOD, BOLD, GOOD])
    checking.check_now(episode)
    turn = episode.turns.order_by("position")[1]
    cuts.remove(turn, version=turn.version, by=None)
    checking.check_now(episode)
    assert found(episode) == [("listed_not_mentioned", "", "open")]


TEXTS = (
    GOOD[1],
    BOLD[1],
    "去年他们花了一亿两千万欧元。",
    "去年他们花了一千二百万欧元。",
    "我们我们有三十一台。",
    "",
    "This was never translated at all, was it?",
    "（没有关上的括号，真的。",
    "我是Ingrid Solberg。港口管理局在这里。",
    "Mara，谢谢你，Ingird Solberg也这么说。",
)
ENGLISH = (
    "Last year they spent 120 million euros, and Mara said so, which is quite a sum.",
    "The Harbour Board is here, says Ingird Solberg.",
    "",
)
ROWS = (
    "code",
    "uid",
    "fingerprint",
    "severity",
    "field",
    "start",
    "end",
    "message",
    "fix",
    "state",
)


def kept(episode: Episode) -> list[tuple[object, ...]]:
    return sorted(Finding.objects.filter(episode=episode).values_list("stands", *ROWS), key=repr)


def some_edit(episode: Episode, board: Organisation, draw: random.Random) -> None:
    episode.refresh_from_db()
    turns = list(episode.turns.order_by("position"))
    turn = draw.choice(turns)
    what = draw.randrange(10)
    if what < 3:
        values: dict[str, object] = {"text": draw.choice(TEXTS)}
        editing.save_turn(turn, version=turn.version, values=values, by=None)
    elif what == 3:
        values = {"original": draw.choice(ENGLISH)}
        editing.save_turn(turn, version=turn.version, values=values, by=None)
    elif what == 4:
        values = {"label": draw.choice(["Mara Quill", "Ingrid Solbrg", "主持人"])}
        editing.save_turn(turn, version=turn.version, values=values, by=None)
    elif what == 5 and turn != turns[0]:
        cuts.move(turn, revision=episode.revision, after=turns[0].uid, by=None)
    elif what == 6:
        values = {"guest": draw.choice(["", "Ingrid Solberg", "Ingird Solberg"])}
        editing.save_episode(episode, revision=episode.revision, values=values, by=None)
    elif what == 7:
        values = {
            "summary": draw.choice(["", "这是摘要。"]),
            "channel": draw.choice(["", "Mara Quill"]),
        }
        editing.save_episode(episode, revision=episode.revision, values=values, by=None)
    elif what == 8:
        values = {"organisations": draw.choice([[], [board]])}
        editing.save_episode(episode, revision=episode.revision, values=values, by=None)
    else:
        alias = draw.choice(["", "港口管理局", "Harbor Bord"])
        naming.save_named(board, values={"aliases": alias}, by=None)
    if draw.random() < 0.3:
        row = Finding.objects.filter(episode=episode, stands=True, state="open").first()
        if row is not None:
            checking.dismiss(row, by=User.objects.get(is_superuser=True))


@pytest.mark.parametrize("seed", range(4))
def test_incremental_runs_find_what_a_full_run_finds(seed):
    draw = random.Random(seed)
    make_user("", is_superuser=True)
    board = names.create_named(Organisation, "Harbour Board")
    episode = make_episode(
        **complete(),
        turns=[
            (
                draw.choice(["Mara Quill", "Ingrid Solberg"]),
                draw.choice(TEXTS),
                draw.choice(ENGLISH),
            )
            for _turn in range(9)
        ],
    )
    for _step in range(25):
        some_edit(episode, board, draw)
        checking.check_now(episode)
        after = kept(episode)
        assert checking.check_now(episode) == Counter()
        checking.check_now(episode, anew=True)
        assert kept(episode) == after


def test_a_dismissal_survives_a_reimport_and_goes_with_its_text():
    publisher = make_user("", is_superuser=True)
    front = complete(extra=(("number", 1),))
    more = ("Mara Quill", "为什么港口这么大？", "Why are ports so big?")
    bracket = ("Ingrid Solberg", "因为船（很大，你知道的。", "Because the ships are big, you know.")
    episode = make_episode(transcript([GOOD, BOLD, more, bracket], **front), address="one.md")
    checking.check_now(episode)
    for row in Finding.objects.all():
        assert checking.dismiss(row, by=publisher)
    dismissed = found(episode)
    assert [code for code, _place, _state in dismissed] == ["bold_unclosed", "bracket_unpaired"]
    new = ("Mara Quill", "我们从头开始。", "Let us begin at the beginning.")
    changed = transcript(
        [new, GOOD, (*more[:1], "港口为什么这么大？", more[2]), BOLD, bracket], **front
    )
    result = import_document(Incoming(data=changed.encode(), address="one.md"), by=None)
    assert result.outcome == "updated", result.message
    checking.check_now(episode)
    assert [(code, state) for code, _place, state in found(episode)] == [
        ("bold_unclosed", "dismissed"),
        ("bracket_unpaired", "dismissed"),
    ]
    other = (bracket[0], bracket[1].replace("很大", "太大"), bracket[2])
    again = transcript([new, GOOD, more, BOLD, other], **front)
    import_document(Incoming(data=again.encode(), address="one.md"), by=None)
    checking.check_now(episode)
    assert [(code, state) for code, _place, state in found(episode)] == [
        ("bold_unclosed", "dismissed"),
        ("bracket_unpaired", "open"),
    ]


def test_errors_are_what_must_not_be_published_and_nothing_else():
    errors = {check.code for check in all_checks() if check.severity is Severity.ERROR}
    assert errors == {
        "bold_unclosed",
        "conflict_open",
        "merge_unread",
        "note_unclosed",
        "term_forbidden",
        "translation_missing",
    }


def test_a_check_takes_the_same_number_of_queries_whatever_the_length():
    short = make_episode(**complete(), turns=[GOOD, BOLD] * 2)
    long = make_episode(**complete(), turns=[GOOD, BOLD] * 30)
    for episode in (short, long):
        checking.check_now(episode)
    counts = []
    for episode in (short, long):
        save(episode, 0, "欢迎收听，今天我们来谈港口的运作。")
        with CaptureQueriesContext(connection) as queries:
            checking.check_now(episode)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def do_jobs() -> list[str]:
    said = []
    for job in Job.objects.filter(kind=checking.KIND, state=JobState.QUEUED).order_by("pk"):
        jobs.work(job.pk)
        job.refresh_from_db()
        said.append(job.message)
    return said


def many(count: int) -> list[Episode]:
    made = [
        make_episode(
            slug=f"e{number}",
            address=f"e{number}.md",
            turns=[GOOD, BOLD],
            extra=(("n", str(number)),),
            **complete(),
        )
        for number in range(count)
    ]
    Job.objects.all().delete()
    CheckAsked.objects.all().delete()
    return made


def test_many_are_checked_by_jobs_that_share_them_out():
    made = many(6)
    assert checking.ask_all(episode.pk for episode in made) == 6
    assert checking.ask_all([made[0].pk]) == 1
    waiting = Job.objects.filter(kind=checking.KIND, state=JobState.QUEUED)
    assert waiting.count() == checking.LANES
    lane = waiting.get(key=f"lane {made[0].pk % checking.LANES}")
    jobs.work(lane.pk)
    lane.refresh_from_db()
    mine = [each for each in made if each.pk % checking.LANES == made[0].pk % checking.LANES]
    assert (lane.state, lane.done_count, lane.total_count) == (JobState.DONE, len(mine), len(mine))
    checked = set(CheckedEpisode.objects.values_list("episode_id", flat=True))
    assert checked == {each.pk for each in mine}
    do_jobs()
    assert not CheckAsked.objects.exists()
    assert Finding.objects.filter(state=FindingState.OPEN, code="bold_unclosed").count() == 6


def test_a_job_that_is_killed_in_the_middle_goes_on_where_it_was(monkeypatch):
    made = [each for each in many(9) if each.pk % checking.LANES == 0][:2]
    checking.ask_all(each.pk for each in made)
    job = Job.objects.get(kind=checking.KIND)

    class Killed(BaseException):
        pass

    real = checking._check
    done = []

    def check(episode_id, names, ended, **how):
        if done:
            raise Killed
        done.append(episode_id)
        return real(episode_id, names, ended, **how)

    monkeypatch.setattr(checking, "_check", check)
    with pytest.raises(Killed):
        jobs.work(job.pk)
    assert done == [made[0].pk]
    assert list(CheckAsked.objects.values_list("episode_id", flat=True)) == [made[1].pk]
    monkeypatch.setattr(checking, "_check", real)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total_count) == (JobState.DONE, 1)
    assert not CheckAsked.objects.exists()
    assert Finding.objects.filter(code="bold_unclosed").count() == 2


def test_a_run_that_another_one_overtook_looks_once_more(monkeypatch):
    episode = make_episode(**complete(), turns=[GOOD, BOLD])
    real = checking.run

    def overtaken(*arguments):
        monkeypatch.setattr(checking, "run", real)
        found = real(*arguments)
        save(episode, 0, "欢迎收听（今天我们谈港口。")
        checking.check_now(episode)
        save(episode, 1, BOLD[1].replace("**", ""))
        return found

    monkeypatch.setattr(checking, "run", overtaken)
    checking.check_now(episode)
    assert found(episode) == [("bracket_unpaired", "0", "open")]


def test_an_instance_that_was_read_long_ago_is_checked_as_it_stands():
    front = complete()
    episode = make_episode(**{**front, "summary": ""}, turns=[GOOD, BOLD])
    old = Episode.objects.get(pk=episode.pk)
    values = {"summary": "港口。"}
    editing.save_episode(episode, revision=episode.revision, values=values, by=None)
    checking.check_now(old)
    assert found(episode) == [("bold_unclosed", "1", "open")]


def test_what_is_asked_for_while_it_is_checked_is_checked_once_more(monkeypatch):
    (episode,) = many(1)
    checking.ask(episode)
    real = checking.run

    def change_meanwhile(*arguments):
        monkeypatch.setattr(checking, "run", real)
        save(episode, 1, BOLD[1].replace("**", ""))
        return real(*arguments)

    monkeypatch.setattr(checking, "run", change_meanwhile)
    job = Job.objects.get(kind=checking.KIND)
    jobs.work(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert found(episode) == [("bold_unclosed", "1", "open")]
    do_jobs()
    assert found(episode) == []
    assert not CheckAsked.objects.exists()


def test_the_command_says_what_stands_open(capsys):
    episode = make_episode(**complete(), slug="one", turns=[GOOD, BOLD])
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
