"""A proposal in the admin: looked at change by change, applied, refused, never lost."""

from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from episodes import editing, workflow
from episodes.imports import Incoming, import_document
from episodes.models import Conflict, Episode, ImportRun, Person, Status
from episodes.models.sources import Outcome, RunState
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript

pytestmark = pytest.mark.django_db

PEOPLE = ("Ann Lee", "Bo Chen")


def spoken(count: int = 12) -> list[tuple[str, str, str]]:
    """A conversation whose turns have enough words of their own to be told apart."""
    return [
        (
            PEOPLE[number % 2],
            f"第{number}段说的是第{number}号码头的吊车。然后说{number}号船的船长。",
            f"Part {number} tells of crane w{number}a at berth w{number}b. Then captain w{number}c.",
        )
        for number in range(count)
    ]


def bring(turns, address="talk.md", **front) -> ImportRun:
    data = transcript(turns, **{"people": PEOPLE, **front}).encode()
    result = import_document(Incoming(data=data, address=address))
    return ImportRun.objects.get(pk=result.run_id)


def changed(turns, *numbers: int, word: str = "起重机") -> list[tuple[str, str, str]]:
    """The same with another word for the crane in some turns."""
    return [
        (who, text.replace("吊车", word) if number in numbers else text, original)
        for number, (who, text, original) in enumerate(turns)
    ]


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client(editor):
    return logged_in(editor)


@pytest.fixture
def episode(editor) -> Episode:
    """In review, so that what its source changes waits."""
    made = make_episode(transcript(spoken(), people=PEOPLE), address="talk.md")
    workflow.transition(made, Status.REVIEW, editor, "")
    return Episode.objects.get(pk=made.pk)


def place(run: ImportRun) -> str:
    return reverse("admin:episodes_episode_proposal", args=[run.episode_id, run.pk])


def shown(answer) -> dict[str, list[str]]:
    """The titles of the changes on the page, by kind."""
    return {
        group["name"]: [row["each"].title for row in group["rows"]]
        for group in answer.context["groups"]
    }


class Boxes(HTMLParser):
    """The fields that a browser would send, without any button."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.text = ""
        self.of = ""

    def handle_starttag(self, tag, attributes) -> None:
        values = dict(attributes)
        name = values.get("name", "")
        if tag == "textarea":
            self.of = name
            self.fields[name] = [""]
        elif tag == "input" and name and values.get("type") != "checkbox":
            self.fields.setdefault(name, []).append(values.get("value") or "")
        elif tag == "input" and name and "checked" in values:
            self.fields.setdefault(name, []).append(values["value"] or "")

    def handle_data(self, data) -> None:
        if self.of:
            self.fields[self.of][0] += data

    def handle_endtag(self, tag) -> None:
        if tag == "textarea":
            self.of = ""


def form_of(answer) -> dict[str, list[str]]:
    """What the page's form would send as it stands."""
    body = answer.content.decode()
    start = body.index('<form method="post" action="/admin/episodes/episode/')
    boxes = Boxes()
    boxes.feed(body[start : body.index("</form>", start)])
    return boxes.fields


def marks(answer, kind: str) -> list[str]:
    group = next(each for each in answer.context["groups"] if each["name"] == kind)
    return [row["each"].entry.mark for row in group["rows"]]


# --- what is shown


def test_each_change_stands_under_its_kind(client, episode):
    turns = changed(spoken(), 2, 3)
    del turns[9]
    turns.insert(6, ("Ann Lee", "全新的一段话，关于灯塔。", "Something brand new of a lighthouse."))
    run = bring(turns, title="新的题目", tags=["港口"], chapter="码头")
    assert (run.outcome, run.state) == (Outcome.PROPOSED, RunState.WAITING)
    answer = client.get(place(run))
    assert shown(answer) == {
        "fields": ["Title"],
        "sets": ["Tags"],
        "headings": ["Heading"],
        "added": ["New turn"],
        "changed": ["Turn 3", "Turn 4"],
        "gone": ["Turn 10"],
    }
    assert answer.context["counts"] == [
        "1 field",
        "1 list of names",
        "1 heading",
        "1 turn added",
        "2 turns changed",
        "1 turn gone",
    ]
    body = answer.content.decode()
    assert "In review nothing changes by itself: an editor decides." in body
    assert "comes after turn 6" in body


def test_a_difference_is_marked_by_character_and_said_in_words(client, episode):
    run = bring(changed(spoken(), 2))
    body = client.get(place(run)).content.decode()
    assert (
        '<del><span class="visually-hidden">taken out: </span>吊车</del>'
        '<ins><span class="visually-hidden">put in: </span>起重机</ins>'
    ) in body
    assert '<div class="text" lang="zh-Hans">' in body
    assert '<div class="original" lang="en">' in body


def test_a_cut_shows_both_sides_and_nothing_marked_where_no_word_differs(client, episode):
    turns = spoken()
    who, text, original = turns[4]
    one, two = text.split("。")[:2]
    first, second = original.split(". ")
    turns[4:5] = [(who, one + "。", first + "."), (who, two + "。", second)]
    answer = client.get(place(bring(turns)))
    assert shown(answer) == {"cut": ["Turn 5"]}
    (row,) = answer.context["groups"][0]["rows"]
    before, after = row["each"].rows
    assert (before.label, after.label) == ("As it is here", "As the source has it")
    assert [str(said.text) for said in before.turns] == [text]
    assert [str(said.text) for said in after.turns] == [one + "。", two + "。"]


def test_a_new_speaker_is_named_before_there_is_a_record(client, episode):
    turns = spoken()
    turns[4:6] = [("Cara van Dijk", *turns[4][1:]), ("Cara van Dijk", *turns[5][1:])]
    run = bring(turns)
    body = client.get(place(run)).content.decode()
    assert not Person.objects.filter(name="Cara van Dijk").exists()
    assert "Cara van Dijk</ins>" in body
    assert "(no longer on record)" not in body


def test_what_both_changed_is_shown_three_times_and_said_to_wait(client, episode, editor):
    turn = episode.turns.all()[2]
    mine = turn.text.replace("吊车", "塔吊")
    editing.save_turn(turn, version=turn.version, values={"text": mine}, by=editor)
    answer = client.get(place(bring(changed(spoken(), 2))))
    assert shown(answer) == {"conflict": ["Turn 3"]}
    (row,) = answer.context["groups"][0]["rows"]
    (sides,) = row["each"].conflicts
    assert sides.label == "Translation"
    assert [str(said.text) for said in sides.base] == [turn.text]
    assert "吊车</del>" in sides.mine[0].text
    assert "塔吊</ins>" in sides.mine[0].text
    assert "起重机</ins>" in sides.theirs[0].text
    assert "waits under “Conflicts” for a decision after applying" in answer.content.decode()


def test_a_translation_that_falls_behind_stands_apart(client, episode):
    turns = spoken()
    who, text, original = turns[3]
    turns[3] = (who, text, original + " And something wholly different was added here.")
    assert shown(client.get(place(bring(turns)))) == {"stale": ["Turn 4"]}


# --- applied and refused


def test_what_is_ticked_is_applied_and_what_is_not_stays(client, episode, editor):
    run = bring(changed(spoken(), 2, 3))
    page = client.get(place(run))
    sent = form_of(page)
    assert sent["take"] == marks(page, "changed")
    sent["take"] = sent["take"][:1]
    answer = client.post(place(run), {**sent, "reason": "better\r\nwords", "apply": "1"})
    assert answer.headers["location"] == f"/admin/episodes/episode/{episode.pk}/turns/"
    texts = [turn.text for turn in episode.turns.all()]
    assert ["起重机" in texts[2], "起重机" in texts[3]] == [True, False]
    run.refresh_from_db()
    assert (run.state, run.decided_by, run.reason) == (RunState.APPLIED, editor, "better\nwords")


def test_all_is_refused_by_one_button(client, episode):
    run = bring(changed(spoken(), 2, 3))
    answer = client.post(place(run), {**form_of(client.get(place(run))), "refuse": "1"})
    assert answer.headers["location"] == reverse("admin:episodes_importrun_change", args=[run.pk])
    run.refresh_from_db()
    assert run.state == RunState.REFUSED
    assert not episode.turns.filter(text__contains="起重机").exists()


def test_after_a_conflict_was_taken_the_page_of_conflicts_opens(client, episode, editor):
    turn = episode.turns.all()[2]
    mine = turn.text.replace("吊车", "塔吊")
    editing.save_turn(turn, version=turn.version, values={"text": mine}, by=editor)
    run = bring(changed(spoken(), 2))
    answer = client.post(place(run), {**form_of(client.get(place(run))), "apply": "1"})
    assert answer.headers["location"] == f"/admin/episodes/episode/{episode.pk}/conflicts/"
    conflict = Conflict.objects.get()
    assert (conflict.theirs, episode.turns.get(uid=turn.uid).text) == (
        turn.text.replace("吊车", "起重机"),
        mine,
    )


def test_a_held_state_asks_for_a_reason_and_keeps_what_was_ticked(client):
    made = make_episode(transcript(spoken(), people=PEOPLE), address="talk.md")
    run = bring(changed(spoken()[:4], 2))
    assert run.outcome == Outcome.HELD
    page = client.get(place(run))
    assert "it has 4 turns where it had 12" in page.content.decode()
    sent = form_of(page)
    sent["take"].remove(marks(page, "changed")[0])
    answer = client.post(place(run), {**sent, "reason": " ", "apply": "1"})
    assert answer.status_code == 422
    assert "This state is held. Say why it is applied." in answer.content.decode()
    assert form_of(answer)["take"] == sent["take"]
    client.post(place(run), {**sent, "reason": "the rest was an advert", "apply": "1"})
    assert made.turns.count() == 4
    assert not made.turns.filter(text__contains="起重机").exists()


# --- nothing is lost


def test_all_and_none_of_a_kind_work_without_a_script(client, episode):
    run = bring(changed(spoken(), 2, 3), title="新的题目")
    page = client.get(place(run))
    none = client.post(place(run), {**form_of(page), "none": "changed", "reason": "so far"})
    assert form_of(none)["take"] == marks(page, "fields")
    assert form_of(none)["reason"] == ["so far"]
    every = client.post(place(run), {**form_of(none), "all": "changed"})
    assert form_of(every)["take"] == [*marks(page, "fields"), *marks(page, "changed")]
    run.refresh_from_db()
    assert run.state == RunState.WAITING


def test_what_was_decided_of_a_hidden_kind_is_kept(client, episode):
    run = bring(changed(spoken(), 2, 3), title="新的题目")
    page = client.get(place(run))
    sent = form_of(page)
    left_out = marks(page, "changed")[0]
    sent["take"].remove(left_out)
    fields = client.post(place(run), {**sent, "show": "fields"})
    assert shown(fields) == {"fields": ["Title"]}
    assert form_of(fields)["refused"] == [left_out]
    client.post(place(run), {**form_of(fields), "apply": "1"})
    texts = [turn.text for turn in episode.turns.all()]
    episode.refresh_from_db()
    assert (episode.title, "起重机" in texts[2], "起重机" in texts[3]) == ("新的题目", False, True)


def test_what_was_decided_on_another_page_is_kept(client, episode, monkeypatch):
    monkeypatch.setattr("episodes.admin.proposals.PAGE", 2)
    run = bring(changed(spoken(), 2, 3, 4))
    first = client.get(place(run))
    sent = form_of(first)
    sent["take"] = []
    second = client.post(place(run), {**sent, "turn_to": "2"})
    assert shown(second) == {"changed": ["Turn 5"]}
    client.post(place(run), {**form_of(second), "apply": "1"})
    texts = [turn.text for turn in episode.turns.all()]
    assert ["起重机" in text for text in texts[2:5]] == [False, False, True]


def test_a_proposal_that_came_too_late_is_shown_again_with_everything_kept(client, episode, editor):
    run = bring(changed(spoken(), 2, 3, 4))
    page = client.get(place(run))
    sent = form_of(page)
    left_out, *_rest = marks(page, "changed")
    sent["take"].remove(left_out)
    turn = episode.turns.all()[4]
    editing.save_turn(
        turn, version=turn.version, values={"text": turn.text.replace("吊车", "塔吊")}, by=editor
    )
    answer = client.post(place(run), {**sent, "reason": "typed", "apply": "1"})
    assert answer.status_code == 409
    assert "The episode has changed since." in answer.content.decode()
    assert shown(answer) == {"conflict": ["Turn 5"], "changed": ["Turn 3", "Turn 4"]}
    since = {
        row["each"].title: row["since"]
        for group in answer.context["groups"]
        for row in group["rows"]
    }
    assert since == {"Turn 3": False, "Turn 4": False, "Turn 5": True}
    again = form_of(answer)
    assert again["reason"] == ["typed"]
    assert left_out not in again["take"]
    assert not episode.turns.filter(text__contains="起重机").exists()
    client.post(place(run), {**again, "apply": "1"})
    texts = [turn.text for turn in episode.turns.all()]
    assert ["起重机" in text for text in texts[2:5]] == [False, True, False]


def test_a_proposal_that_was_decided_meanwhile_says_so_and_keeps_the_reason(client, episode):
    run = bring(changed(spoken(), 2))
    sent = form_of(client.get(place(run)))
    client.post(place(run), {**sent, "apply": "1"})
    answer = client.post(place(run), {**sent, "reason": "typed", "apply": "1"})
    assert answer.status_code == 200
    assert "This proposal no longer waits" in answer.content.decode()
    assert "typed" in answer.content.decode()


def test_a_newer_state_of_the_source_is_led_to(client, episode):
    old, new = bring(changed(spoken(), 2)), bring(changed(spoken(), 2, 3))
    body = client.get(place(old)).content.decode()
    assert "Superseded" in body
    assert place(new) in body


# --- who may


def test_a_proposal_is_read_by_who_may_look_and_applied_by_who_may_import(episode, publisher):
    run = bring(changed(spoken(), 2))
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    people = [Client(), logged_in(make_user("")), logged_in(viewer), logged_in(publisher)]
    assert [each.get(place(run)).status_code for each in people] == [302, 403, 200, 200]
    body = people[2].get(place(run)).content.decode()
    assert "You may look at it. Proposals are applied by editors and publishers." in body
    assert 'name="apply"' not in body
    assert [each.post(place(run), {"apply": "1"}).status_code for each in people] == [
        302,
        403,
        403,
        409,
    ]


def test_a_proposal_to_a_published_episode_is_applied_by_publishers(episode, client, publisher):
    publish_episode(episode)
    run = bring(changed(spoken(), 2))
    page = client.get(place(run))
    assert "Proposals to a published episode are applied by publishers." in page.content.decode()
    paula = logged_in(publisher)
    sent = {**form_of(paula.get(place(run))), "apply": "1"}
    assert client.post(place(run), sent).status_code == 403
    assert paula.post(place(run), sent).status_code == 302
    assert episode.turns.filter(text__contains="起重机").count() == 1


def test_a_run_of_another_episode_or_without_a_plan_is_not_found(client, episode):
    run = bring(changed(spoken(), 2))
    other = make_episode()
    addresses = [
        reverse("admin:episodes_episode_proposal", args=[other.pk, run.pk]),
        reverse("admin:episodes_episode_proposal", args=[other.pk, other.runs.get().pk]),
        reverse("admin:episodes_episode_proposal", args=[episode.pk, 99999]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert client.put(place(run)).status_code == 405


def test_a_proposal_takes_the_same_queries_with_one_and_three_changes(
    client, episode, django_assert_num_queries
):
    for numbers in ((2,), (2, 3, 4)):
        run = bring(changed(spoken(), *numbers))
        with django_assert_num_queries(30):
            client.get(place(run))
