"""Find and replace at the desk: what would change, page by page, and what became of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from episodes import checking, editing, jobs, rewrites
from episodes.admin import replaced as pages
from episodes.models import Batch, Correction, Episode, Job, Organisation, Person, Turn
from episodes.models.jobs import JobState
from episodes.names import create_named
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript

pytestmark = pytest.mark.django_db

ALL = "/admin/episodes/episode/replace/"
ASKED = {"wrong": "Aloway", "right": "Alloway", "match_case": "on", "whole_words": "on"}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrites, "BREATH", 0)


def logged_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Client:
    return logged_in(make_user("Editors", "edith"))


def episode(*turns: tuple[str, str], **front: Any) -> Episode:
    return make_episode(turns=[("Mara Quill", *texts) for texts in turns], **front)


def texts(made: Episode) -> list[str]:
    return list(made.turns.order_by("position").values_list("text", flat=True))


def place(made: Episode, name: str = "replace") -> str:
    return reverse(f"admin:episodes_episode_{name}", args=[made.pk])


def do_jobs() -> None:
    while job := Job.objects.filter(kind=rewrites.KIND, state=JobState.QUEUED).first():
        jobs.work(job.pk)


def hidden(html: str) -> dict[str, Any]:
    """What the form of a review sends when nothing is touched."""
    form = html[html.index('<form method="post" class="replace-review"') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    fields: dict[str, Any] = {name: unescape(value) for name, value in found}
    fields["take"] = re.findall(r'name="take" value="(\w+)"[^>]* checked', form)
    return fields


def review(client: Client, where: str = ALL, **asked: Any) -> str:
    answer = client.get(where, {**ASKED, **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def outcome_of(answer: Any) -> Job:
    job = Job.objects.filter(kind=rewrites.KIND).latest("pk")
    assert (answer.status_code, answer["location"]) == (302, f"{ALL}{job.pk}/")
    return job


# The form and the review.


def test_the_form_is_offered_from_the_list_and_from_the_episode(editor):
    made = episode(("x", "y"))
    listed = editor.get("/admin/episodes/episode/").content.decode()
    assert f'href="{ALL}"' in listed
    assert f'href="{place(made)}"' in editor.get(place(made, "turns")).content.decode()
    html = editor.get(place(made)).content.decode()
    assert 'name="match_case" id="id_match_case" checked' in html.replace(
        ' aria-describedby=""', ""
    )
    assert "replace-review" not in html


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("", "x", "This field is required."),
        ("x", "x", "nothing would change"),
        ("  ", "x", "Spaces alone cannot be looked for."),
        ("a\nb", "x", "One line of text"),
        ("a", "x\x07", "One line of text"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_a_sentence(editor, wrong, right, said):
    answer = editor.get(ALL, {"wrong": wrong, "right": right})
    assert answer.status_code == 422 or "Null characters" in answer.content.decode()
    assert said in answer.content.decode()


def test_the_review_shows_counts_differences_and_who_sees_it(editor):
    episode(("Aloway说", "Aloway says"), title="看Aloway")
    live = episode(("**Aloway**（Aloway）", "x"))
    publish_episode(live)
    html = review(editor)
    assert "<strong>5</strong> places in 3 texts of 2 episodes" in html
    assert "1 of them published: readers see it with its next edition." in html
    assert html.count("<del>Aloway</del><ins>Alloway</ins>") == 5
    rows = re.findall(
        r'<th scope="row">(?:<span[^>]*>)?(\w+)(?:</span>)?</th>((?:<td>\d+</td>)+)', html
    )
    counts = {label: re.findall(r"\d+", cells) for label, cells in rows}
    assert counts == {"Draft": ["2", "1"], "Evergreen": ["2", "0"], "All": ["4", "1"]}
    assert len(hidden(html)["take"]) == 3
    of_one = review(editor, place(live))
    assert "<strong>2</strong> places in 1 text" in of_one
    assert f"{ALL}?wrong=Aloway&amp;right=Alloway" in of_one


def test_what_is_unticked_stays_as_it_is(editor):
    made = episode(("Aloway", "x"), ("Aloway", "y"))
    other = episode(("Aloway", "x"))
    sent = hidden(review(editor))
    answer = editor.post(ALL, {**sent, "take": sent["take"][1:], "step": "confirm"})
    job = outcome_of(answer)
    html = editor.get(answer["location"]).content.decode()
    assert "At work" in html
    assert "0 of 2" in html
    assert "Stop here" in html
    assert "js/batch." in html  # the name may carry a digest
    do_jobs()
    assert (texts(made), texts(other)) == (["Aloway", "Alloway"], ["Alloway"])
    html = editor.get(answer["location"]).content.decode()
    assert "Replaced in 2 texts of 2 episodes. Left: 0." in html
    assert f"{ALL}{job.pk}/" in editor.get(ALL).content.decode()  # among the earlier ones


def test_little_of_one_episode_needs_no_worker_and_is_taken_back_in_one_act(editor):
    made = episode(("Aloway", "x"), ("Aloway", "y"))
    answer = editor.post(place(made), {**hidden(review(editor, place(made))), "step": "confirm"})
    outcome_of(answer)
    assert texts(made) == ["Alloway", "Alloway"]
    assert "Take it back" in editor.get(answer["location"]).content.decode()
    back = editor.post(answer["location"], {"back": "1"})
    assert outcome_of(back).arguments["back"] < outcome_of(back).pk
    assert texts(made) == ["Aloway", "Aloway"]


def test_choices_go_along_from_page_to_page_and_by_episode(editor, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    one, two = episode(*[("Aloway", "x")] * 3), episode(*[("Aloway", "x")] * 2)

    def send(html: str, step: str, **changed: Any) -> str:
        return editor.post(ALL, {**hidden(html), **changed, "step": step}).content.decode()

    first = review(editor)
    second = send(first, "page:2", take=hidden(first)["take"][:1], why="weil", remember="1")
    assert "2/3" in second
    assert 'value="weil"' in second
    assert 'id="remember" checked' in second
    none = send(second, f"none:{two.pk}")
    assert len(hidden(none)["without"].split()) == 3
    assert "0 of 2" in none
    every = send(none, f"all:{one.pk}")
    back = send(every, "page:1")
    assert len(hidden(back)["take"]) == 2
    assert Correction.objects.count() == 0
    outcome_of(editor.post(ALL, {**hidden(back), "step": "confirm"}))
    do_jobs()
    assert (texts(one), texts(two)) == (["Alloway"] * 3, ["Aloway"] * 2)


def test_what_moved_on_is_shown_again_and_nothing_is_done(editor):
    made = episode(("Aloway", "x"), ("Aloway", "y"))
    sent = hidden(review(editor))
    first = made.turns.order_by("position")[0]
    editing.save_turn(first, version=1, values={"text": "新Aloway"}, by=None)
    answer = editor.post(ALL, {**sent, "take": sent["take"][:1], "step": "confirm"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "have changed since this was shown" in html
    assert hidden(html)["take"] == sent["take"][:1]
    assert not Job.objects.filter(kind=rewrites.KIND).exists()
    assert editor.post(ALL, {**hidden(html), "step": "confirm"}).status_code == 302


def test_a_page_takes_the_same_number_of_queries_whatever_there_is(editor):
    def count(where: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            review(editor, where)
        return len(found)

    one = episode(("Aloway", "x"), title="Aloway", chapter="Aloway")
    count(ALL)
    few, alone = count(ALL), count(place(one))
    for number in range(4):
        made = episode(*[("Aloway", "Aloway")] * 5, title=f"Aloway {number}", chapter="Aloway")
        Turn.objects.filter(pk=made.turns.first().pk).update(stale=True)
    assert (few, count(ALL)) == (15, 15)
    assert (alone, count(place(one))) == (16, 16)
    job = outcome_of(editor.post(ALL, {**hidden(review(editor)), "step": "confirm"}))
    do_jobs()
    with CaptureQueriesContext(connection) as found:
        editor.get(f"{ALL}{job.pk}/")
    assert len(found) < 12


# What goes with it.


def test_it_is_remembered_and_joins_the_aliases_that_are_offered(editor):
    made = episode(("Aloway", "x"))
    person = create_named(Person, "Tracy", aliases=["Alloway"])
    bank = create_named(Organisation, "Alloway")
    html = review(editor, place(made))
    assert re.findall(r'name="alias_of" value="([^"]*)"', html) == [
        "", f"person:{person.pk}", f"organisation:{bank.pk}",
    ]  # fmt: skip
    sent = {**hidden(html), "step": "confirm", "remember": "1", "alias_of": f"person:{person.pk}"}
    outcome_of(editor.post(place(made), sent))
    person.refresh_from_db()
    assert person.alias_list == ["Alloway", "Aloway"]
    assert Correction.objects.get().by.username == "edith"


def test_publishers_publish_what_readers_do_not_see_yet(editor):
    live = episode(("Aloway", "x"))
    publish_episode(live)
    done = editor.post(place(live), {**hidden(review(editor, place(live))), "step": "confirm"})
    html = editor.get(done["location"]).content.decode()
    assert "Publishers publish them: give one the address of this page." in html
    assert 'name="publish"' not in html
    assert editor.post(done["location"], {"publish": "1"}).status_code == 403
    publisher = logged_in(make_user("Publishers"))
    assert 'name="publish"' in publisher.get(done["location"]).content.decode()
    answer = publisher.post(done["location"], {"publish": "1", "note": "Namen"})
    batch = Batch.objects.get()
    assert (batch.kind, batch.items, batch.note) == (Batch.Kind.PUBLISH, [live.pk], "Namen")
    assert answer["location"] == reverse("admin:episodes_episode_queue_batch", args=[batch.pk])
    assert publisher.get(answer["location"]).status_code == 200


def test_what_is_at_work_can_be_stopped_and_not_taken_back(editor):
    made, other = episode(("Aloway", "x")), episode(("Aloway", "x"))
    job = outcome_of(editor.post(ALL, {**hidden(review(editor)), "step": "confirm"}))
    where = f"{ALL}{job.pk}/"
    assert editor.post(where, {"back": "1"}).status_code == 409
    assert logged_in(make_user("Editors")).post(where, {"stop": "1"}).status_code == 403
    assert editor.post(where, {"stop": "1"}).status_code == 302
    do_jobs()
    assert "Cancelled" in editor.get(where).content.decode()
    assert editor.post(where, {"back": "1"}).status_code == 409
    assert (texts(made), texts(other)) == (["Aloway"], ["Aloway"])


# Known corrections.


def test_known_corrections_of_an_episode_are_mended_in_one_step(editor):
    Correction.objects.create(wrong="Aloway", right="Alloway")
    made = episode(("Aloway", "Aloway"), ("好", "y"), ("看Aloway", "z"))
    checking.check_now(made)
    html = editor.get(place(made, "turns")).content.decode()
    assert "Mend all 3 known corrections" in html
    where = place(made, "corrections")
    html = editor.get(where).content.decode()
    assert html.count("<del>Aloway</del><ins>Alloway</ins>") == 3
    sent = hidden(html)
    assert editor.post(where, {**sent, "digest": "x", "step": "confirm"}).status_code == 409
    outcome_of(editor.post(where, {**sent, "take": sent["take"][:1], "step": "confirm"}))
    assert texts(made) == ["Alloway", "好", "看Aloway"]


def test_an_import_tells_how_much_of_it_was_corrected_before(editor):
    Correction.objects.create(wrong="Aloway", right="Alloway")
    text = transcript([("Mara Quill", "Aloway和Aloway", "Aloway"), ("Mara Quill", "好", "y")])
    html = editor.post("/admin/episodes/episode/import/", {"text": text}).content.decode()
    assert "<strong>3</strong> places have been corrected before elsewhere" in html


def test_the_register_of_corrections_has_what_it_concerns_checked(editor):
    where = "/admin/episodes/correction/"
    made = {"wrong": "Aloway", "right": "Alloway", "side": "", "match_case": "on", "why": "x"}
    assert editor.post(f"{where}add/", made).status_code == 302
    known = Correction.objects.get()
    assert (known.by.username, known.whole_words) == ("edith", False)
    assert "Aloway" in editor.get(where, {"q": "Allo"}).content.decode()
    changed = {**made, "wrong": "Alowey"}
    assert editor.post(f"{where}{known.pk}/change/", changed).status_code == 302
    asked = Job.objects.filter(kind="check.find").order_by("pk")
    assert [job.arguments["spellings"] for job in asked] == [["Aloway"], ["Aloway", "Alowey"]]
    assert editor.post(f"{where}{known.pk}/delete/", {"post": "yes"}).status_code == 302
    assert asked.last().arguments["spellings"] == ["Alowey"]
    same = {**made, "right": "Aloway"}
    assert editor.post(f"{where}add/", same).status_code == 200
    assert Correction.objects.count() == 0


# Permission.


@pytest.mark.parametrize("group", ["", "nobody at all"])
def test_nobody_else_gets_in_by_whatever_way(editor, group):
    made = episode(("Aloway", "x"))
    Correction.objects.create(wrong="Aloway", right="Alloway")
    sent = {**hidden(review(editor)), "step": "confirm"}
    known = {**hidden(editor.get(place(made, "corrections")).content.decode()), "step": "confirm"}
    done = outcome_of(
        editor.post(place(made), {**sent, "digest": hidden(review(editor, place(made)))["digest"]})
    )
    stranger = Client() if group else logged_in(make_user(""))
    refused = 302 if group else 403
    where = (ALL, place(made), place(made, "corrections"), f"{ALL}{done.pk}/")
    for path in where:
        assert stranger.get(path).status_code == refused
        assert (
            stranger.post(path, {**sent, **known, "back": "1", "stop": "1"}).status_code == refused
        )
    for path in ("", "add/"):
        assert stranger.get(f"/admin/episodes/correction/{path}").status_code == refused
    assert texts(made) == ["Alloway"]
    assert Job.objects.filter(kind=rewrites.KIND).count() == 1


def test_a_looker_may_look_at_an_outcome_and_do_nothing(editor):
    made = episode(("Aloway", "x"))
    job = outcome_of(
        editor.post(place(made), {**hidden(review(editor, place(made))), "step": "confirm"})
    )
    looker = make_user("")
    looker.user_permissions.add(Permission.objects.get(codename="view_episode"))
    client = logged_in(looker)
    html = client.get(f"{ALL}{job.pk}/").content.decode()
    assert "Take it back" not in html
    assert client.post(f"{ALL}{job.pk}/", {"back": "1"}).status_code == 403
    assert client.get(place(made)).status_code == 403
    assert editor.get(f"{ALL}999999/").status_code == 404
