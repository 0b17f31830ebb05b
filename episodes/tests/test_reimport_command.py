"""reimport: which sources, what it says, how it ends; import_transcripts on an address again."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from episodes import jobs, runs
from episodes.management.commands import reimport
from episodes.models import Batch, Episode, ImportRun, Job, Source
from episodes.tests.factories import TURNS, make_episode, transcript
from episodes.tests.serving import CHANGED, Page, Site, change, imported
from episodes.tests.tables import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bells; no broker is asked."""
    heard: list[int] = []
    monkeypatch.setattr(jobs, "ring", lambda job_id: heard.append(job_id) or True)
    return heard


def run(*arguments: str, command: str = "reimport") -> tuple[int, list[str], list[str]]:
    """Exit status, lines of stdout, lines of stderr."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        status = int(stop.code or 0)
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    return status, out.getvalue().splitlines(), err.getvalue().splitlines()


def objects(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def slug_of(source: Source) -> str:
    return source.episode.slug


@pytest.mark.parametrize(
    "arguments",
    [(), ("--all", "--due"), ("ports", "--all"), ("ports", "--due"), ("--wait", "--json")],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_asks_nothing(site: Site, arguments: tuple[str, ...]) -> None:
    imported(site)
    before = rows()
    status, out, err = run(*arguments)
    assert (status, out) == (2, [])
    assert err == ["Give slugs, or --all, or --due: one of the three."]
    assert rows() == before


def test_without_wait_the_jobs_are_asked_for(site: Site) -> None:
    one, two = imported(site, "/one.md"), imported(site, "/two.md")
    status, out, err = run(slug_of(one), slug_of(two))
    assert (status, err) == (0, [])
    assert out == ["2 asked", "The worker asks them. With --wait it is done here and now."]
    assert site.asked == []
    assert Batch.objects.get().total == 2
    status, out, err = run(slug_of(one), "--json")
    assert (status, err) == (0, [])
    assert objects(out) == [
        {
            "path": one.address,
            "slug": slug_of(one),
            "outcome": "asked",
            "counts": {},
            "diagnostics": [],
            "message": "",
        }
    ]
    assert Job.objects.filter(kind=runs.KIND).count() == 2


def test_it_says_when_no_worker_answers(site: Site) -> None:
    source = imported(site)
    Job.objects.create(kind="waits", run_after=timezone.now() - timedelta(minutes=2))
    _status, _out, err = run(slug_of(source))
    assert err == ["No worker answers: a job has waited for more than a minute."]


def test_with_wait_each_source_has_a_line_and_all_of_them_one_total(site: Site) -> None:
    same, new, gone = (imported(site, f"/{name}.md") for name in ("same", "new", "gone"))
    change(site, path="/new.md")
    site.pages["/gone.md"] = Page(status=404)
    upload = make_episode(address="upload.md", slug="upload")
    status, out, err = run("--all", "--wait")
    assert (status, err) == (1, [])
    changed = ImportRun.objects.get(source=new, outcome="updated").counts
    numbers = ", ".join(f"{number} {name}" for name, number in changed.items() if number)
    failure = ImportRun.objects.filter(source=gone)[0].message
    assert out == [
        f"skipped: upload.md → {upload.slug} (“upload.md” was uploaded and cannot be asked for "
        "again. Upload the file again.)",
        f"unchanged: {same.address} → {slug_of(same)}",
        f"updated: {new.address} → {slug_of(new)} ({numbers})",
        f"failed: {gone.address}: {failure}",
        "1 updated, 1 unchanged, 1 failed, 1 skipped",
    ]


def test_with_json_it_is_one_object_a_line(site: Site) -> None:
    same, new = imported(site, "/same.md"), imported(site, "/new.md")
    change(site, path="/new.md")
    make_episode(address="upload.md", slug="upload")
    status, out, err = run(slug_of(same), slug_of(new), "upload", "--wait", "--json")
    lines = objects(out)
    assert (status, err) == (0, [])
    keys = ["path", "slug", "outcome", "counts", "diagnostics", "message"]
    assert [list(line) for line in lines] == [keys] * 3
    assert [(line["path"], line["slug"], line["outcome"]) for line in lines] == [
        ("upload.md", "upload", "skipped"),
        (same.address, slug_of(same), "unchanged"),
        (new.address, slug_of(new), "updated"),
    ]
    assert lines[2]["counts"] == ImportRun.objects.get(outcome="updated").counts
    assert lines[2]["diagnostics"] == []


def test_an_unknown_slug_fails_and_the_rest_is_done(site: Site) -> None:
    source = imported(site)
    source.episode.old_slugs.create(slug="once")
    status, out, err = run("nobody", "once", "once", "--wait", "--json")
    assert status == 1
    assert [(line["path"], line["slug"], line["outcome"]) for line in objects(out)] == [
        ("nobody", "", "failed"),
        (source.address, slug_of(source), "unchanged"),
    ]
    assert err == ["failed: nobody: There is no episode “nobody”."]


def test_an_episode_without_a_source_is_no_failure(site: Site) -> None:
    Episode.objects.create(slug="typed", title="Typed")
    assert run("typed", "--wait") == (
        0,
        ["skipped:  → typed (It has no source.)", "1 skipped"],
        [],
    )


def test_due_asks_what_is_due(site: Site) -> None:
    due, _later = imported(site, "/due.md"), imported(site, "/later.md")
    Source.objects.filter(pk=due.pk).update(next_check_at=timezone.now())
    _status, out, _err = run("--due", "--wait", "--json")
    assert [line["path"] for line in objects(out)] == [due.address]
    assert run("--due", "--wait") == (0, ["Nothing to ask."], [])


def test_what_is_held_ends_with_1_and_is_applied_with_a_reason(site: Site) -> None:
    source = imported(site)
    change(site, TURNS[:1])
    status, out, err = run(slug_of(source), "--wait", "--json")
    (line,) = objects(out)
    assert (status, line["outcome"]) == (1, "held")
    assert err == [f"held: {source.address}: {line['message']}"]
    status, out, err = run(slug_of(source), "--wait", "--json", "--reason", "It was cut.")
    assert (status, [line["outcome"] for line in objects(out)], err) == (0, ["updated"], [])
    assert ImportRun.objects.get(outcome="updated").reason == "It was cut."


def test_what_is_tried_again_later_only_is_not_waited_for(site: Site) -> None:
    source = imported(site)
    headers = {"Retry-After": "3600"}
    site.pages["/ports.md"] = Page(status=429, headers=headers)
    status, out, _err = run(slug_of(source), "--wait", "--json")
    (line,) = objects(out)
    job = Job.objects.get(kind=runs.KIND)
    at = timezone.localtime(job.run_after)
    assert (status, line["outcome"], job.state) == (1, "failed", "queued")
    assert line["message"] == f"{job.message} A worker tries it again at {at:%H:%M}."


def test_a_job_that_a_worker_does_is_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = imported(site)
    change(site)
    (job,) = runs.request_reimport([source], by=None).jobs
    claim = jobs._claim(job.pk)
    assert claim is not None
    waits: list[float] = []

    def work(seconds: float) -> None:
        waits.append(seconds)
        jobs._do(*claim)

    monkeypatch.setattr(reimport.time, "sleep", work)
    status, out, _err = run(slug_of(source), "--wait", "--json")
    # It ran when it was asked for again: the second run is done here.
    assert (status, [line["outcome"] for line in objects(out)]) == (0, ["unchanged"])
    assert len(waits) == 1
    assert list(source.runs.order_by("pk").values_list("outcome", flat=True)) == [
        "created",
        "updated",
        "unchanged",
    ]


def test_a_cancelled_job_is_said_to_be_that(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    source = imported(site)
    monkeypatch.setattr(jobs, "work", lambda job_id: jobs.cancel(Job.objects.get(pk=job_id)))
    assert run(slug_of(source), "--wait") == (
        1,
        [f"failed: {source.address}: Cancelled.", "1 failed"],
        [],
    )


# import_transcripts


def test_an_address_that_is_known_is_asked_whether_it_has_changed(site: Site) -> None:
    source = imported(site)
    status, out, _err = run(source.address, "--json", command="import_transcripts")
    assert (status, objects(out)[0]["outcome"]) == (0, "unchanged")
    change(site)
    _status, out, _err = run(source.address, "--json", command="import_transcripts")
    assert objects(out)[0]["outcome"] == "updated"
    run(source.address, "--dry-run", command="import_transcripts")
    assert site.asked == [("/ports.md", '"1"'), ("/ports.md", '"1"'), ("/ports.md", '"2"')]
    site.pages["/ports.md"] = Page(status=404)
    status, out, _err = run(source.address, "--json", command="import_transcripts")
    assert (status, objects(out)[0]["outcome"]) == (1, "failed")


def test_a_reason_applies_what_is_held(tmp_path: Path) -> None:
    file = tmp_path / "ports.md"
    file.write_text(transcript())
    run(str(file), command="import_transcripts")
    file.write_text(transcript(TURNS[:1]))
    arguments = (str(file), "--json")
    status, out, _err = run(*arguments, command="import_transcripts")
    assert (status, objects(out)[0]["outcome"]) == (1, "held")
    status, out, _err = run(*arguments, "--reason", "Cut.", command="import_transcripts")
    assert (status, objects(out)[0]["outcome"]) == (0, "updated")


def test_captions_are_let_through(tmp_path: Path) -> None:
    cue = "00:00:01.000 --> 00:00:03.000\nWelcome to the harbour.\n"
    (tmp_path / "a.vtt").write_text(f"WEBVTT\n\n{cue}")
    (tmp_path / "b.srt").write_text(f"1\n{cue.replace('.000', ',000')}")
    (tmp_path / "c.json3").write_text(
        json.dumps(
            {"events": [{"tStartMs": 0, "dDurationMs": 900, "segs": [{"utf8": "Welcome."}]}]}
        )
    )
    (tmp_path / "d.txt").write_text(transcript(CHANGED))
    _status, out, _err = run(str(tmp_path), "--json", command="import_transcripts")
    assert [Path(line["path"]).name for line in objects(out)] == ["a.vtt", "b.srt", "c.json3"]
    assert {line["outcome"] for line in objects(out)} == {"created"}
