"""export_transcripts: what goes to stdout, what into files, and what is refused."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from episodes import editing, workflow
from episodes.exports import edition_markdown, working_markdown
from episodes.models import Episode, Turn
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


def run(*arguments):
    """Exit status, stdout, lines of stderr."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        call_command("export_transcripts", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        status = stop.code
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    return status, out.getvalue(), err.getvalue().splitlines()


@pytest.fixture
def published():
    """A published episode with an unpublished edit."""
    episode = make_episode(slug="published")
    publish_episode(episode)
    editing.save_turn(episode.turns.first(), version=1, values={"text": "未发表。"}, by=None)
    return episode


@pytest.fixture
def draft():
    """An episode that was never published."""
    return make_episode(slug="draft", title="草稿")


def test_one_live_edition_goes_to_stdout(published, draft):
    edition = published.editions.get()
    assert run("published", "--format", "markdown") == (0, edition_markdown(edition), [])
    status, out, _err = run("published", "--format", "json")
    assert (status, json.loads(out)["edition"]) == (0, 1)
    assert "未发表" not in out


def test_the_working_copy_needs_to_be_asked_for(published, draft):
    assert run("draft", "--format", "markdown") == (
        1,
        "",
        ["“draft” has no live edition. Its working copy is exported with --working."],
    )
    for episode in (published, draft):
        expected = working_markdown(episode)
        assert run(episode.slug, "--format", "markdown", "--working") == (0, expected, [])
    assert "未发表" in run("published", "--format", "json", "--working")[1]


def test_an_archived_episode_has_no_live_edition(published):
    published.refresh_from_db()
    workflow.transition(published, "archived", make_user("Publishers"), "gone")
    status, out, _err = run("published", "--format", "markdown")
    assert (status, out) == (1, "")


def test_several_go_into_a_folder_by_their_slugs(published, draft, tmp_path):
    folder = tmp_path / "new" / "out"
    status, out, err = run("published", "nobody", "draft", "--format", "json", "--output", folder)
    assert (status, out) == (1, "")
    assert err == [
        "There is no episode “nobody”.",
        "“draft” has no live edition. Its working copy is exported with --working.",
    ]
    assert [path.name for path in folder.iterdir()] == ["published.json"]
    assert json.loads((folder / "published.json").read_bytes())["slug"] == "published"


def test_without_slugs_all_that_have_one_are_exported(published, draft, tmp_path):
    assert run("--format", "markdown", "--output", tmp_path / "live")[0] == 0
    assert [path.name for path in (tmp_path / "live").iterdir()] == ["published.md"]
    assert run("--format", "markdown", "--working", "--output", tmp_path / "all")[0] == 0
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        "draft.md",
        "published.md",
    ]
    text = (tmp_path / "all" / "draft.md").read_bytes().decode()
    assert text == working_markdown(draft)


def test_an_old_slug_finds_its_episode(draft):
    editing.save_episode(draft, revision=1, values={"slug": "moved"}, by=None)
    moved = Episode.objects.get(pk=draft.pk)
    assert run("draft", "--format", "markdown", "--working")[1] == working_markdown(moved)


def test_subtitles_are_exported_with_what_is_left_out_told(published, draft, tmp_path):
    first, *_others = draft.turns.order_by("position")
    Turn.objects.filter(pk=first.pk).update(start=1000, end=3000)
    status, out, err = run("draft", "--format", "srt", "--language", "en", "--working")
    assert (status, err) == (0, ["“draft”: turns left out for want of times: 2."])
    assert out == (
        "1\n00:00:01,000 --> 00:00:03,000\nMara Quill: Welcome. Today we talk about ports.\n"
    )
    status, out, err = run("--format", "vtt", "--working", "--output", tmp_path)
    assert (status, out) == (1, "")
    assert sorted(err) == [
        "“draft”: turns left out for want of times: 2.",
        "“published”: This episode has no times, so there are no subtitles of it.",
    ]
    text = (tmp_path / "draft.vtt").read_bytes().decode()
    assert text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Mara Quill>欢迎收听，今天我们谈港口。\n"
        "Welcome. Today we talk about ports.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["draft.vtt"]


def test_an_edition_without_times_has_no_subtitles(published, draft):
    Turn.objects.update(start=1000)
    assert run("published", "--format", "vtt") == (
        1,
        "",
        ["“published”: This episode has no times, so there are no subtitles of it."],
    )
    assert run("published", "--format", "vtt", "--working")[0] == 0
    assert run("draft", "--format", "vtt")[0] == 1


def test_wrong_usage_ends_with_2(published, draft, tmp_path):
    (tmp_path / "file").write_text("")
    for arguments in (
        ("published", "draft", "--format", "markdown"),
        ("--format", "markdown"),
        ("published", "--format", "markdown", "--output", tmp_path / "file"),
        ("published", "--format", "json", "--language", "zh"),
    ):
        assert run(*arguments)[0] == 2
    for arguments in (
        ("published",),
        ("published", "--format", "docx"),
        ("published", "--format", "vtt", "--language", "fr"),
    ):
        with pytest.raises(CommandError):
            call_command("export_transcripts", *arguments)
