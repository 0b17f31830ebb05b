"""Imports in the admin: how they ended, what can still be done about them."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from episodes import editing, runs, workflow
from episodes.admin.lists import waits_of
from episodes.imports import Incoming, import_document
from episodes.models import Batch, Episode, ImportRun, Job, Status
from episodes.models.sources import Outcome, RunState, Trouble
from episodes.runs import Asked
from episodes.tests.factories import make_episode, make_user, publish_episode, transcript
from episodes.tests.test_admin_proposals import PEOPLE, bring, changed, logged_in, spoken

pytestmark = pytest.mark.django_db
LIST = "/admin/episodes/importrun/"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def publisher():
    return make_user("Publishers", "paula")


@pytest.fixture
def client(editor):
    return logged_in(editor)


@pytest.fixture
def episode() -> Episode:
    return make_episode(transcript(spoken(), people=PEOPLE), address="talk.md")


def page(name: str, *args: object) -> str:
    return reverse(f"admin:episodes_importrun_{name}", args=args)


def held() -> ImportRun:
    """Another file about a recording that is here already."""
    make_episode(transcript(spoken(), people=PEOPLE, source=VIDEO), address="one.md")
    theirs = changed(spoken(), 2)
    run = bring(theirs, "two.md", source=VIDEO)
    assert (run.outcome, run.state, run.source) == (Outcome.HELD, RunState.WAITING, None)
    return run


# --- the list and one import


def test_each_import_says_in_a_sentence_how_it_ended(client, episode):
    bring(changed(spoken(), 2))
    body = client.get(LIST).content.decode()
    assert "A new draft was made." in body
    assert "The source had changed; the draft follows it." in body


def test_imports_are_filtered_by_outcome_and_state(client, episode):
    bring(changed(spoken(), 2))
    bring(changed(spoken()[:4], 3))

    def found(**query) -> list[str]:
        rows = client.get(LIST, query).context["cl"].result_list
        return [f"{run.outcome} {run.state}" for run in rows]

    assert found() == ["held waiting", "updated applied", "created done"]
    assert found(outcome__exact="updated") == ["updated applied"]
    assert found(state__exact="waiting") == ["held waiting"]


def test_an_import_that_waits_leads_to_its_proposal_and_says_why_it_is_held(client, episode):
    run = bring(changed(spoken()[:4], 3))
    place = reverse("admin:episodes_episode_proposal", args=[episode.pk, run.pk])
    assert f'href="{place}"' in client.get(LIST).content.decode()
    body = client.get(page("change", run.pk)).content.decode()
    assert f'href="{place}"' in body
    assert "it has 4 turns where it had 12" in body
    assert "Undo this import" not in body


def test_the_lists_take_the_same_queries_and_never_the_bytes(
    client, episode, django_assert_num_queries
):
    for number in (2, 3):
        for word in range(number - 1):
            bring(changed(spoken(), number, word=f"机{word}"))
        with CaptureQueriesContext(connection) as told, django_assert_num_queries(6):
            client.get(LIST)
        assert not any('"undo"' in query["sql"] for query in told.captured_queries)


# --- taking one back


def test_an_import_is_undone_after_a_page_that_says_what_will_happen(client, episode, editor):
    run = bring(changed(spoken(), 2, 3))
    assert page("undo", run.pk) in client.get(page("change", run.pk)).content.decode()
    body = client.get(page("undo", run.pk)).content.decode()
    assert "The 2 changes that this import made are taken back (in 2 turns)." in body
    assert "Nobody has changed the episode since" in body
    run.refresh_from_db()
    assert run.state == RunState.APPLIED
    answer = client.post(page("undo", run.pk), {"reason": "worse"})
    assert answer.headers["location"] == f"/admin/episodes/episode/{episode.pk}/turns/"
    assert [turn.text for turn in episode.turns.all()] == [text for _who, text, _o in spoken()]
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert episode.change_sets.first().why == "worse"


def test_what_was_changed_since_is_counted_and_stays(client, episode, editor):
    run = bring(changed(spoken(), 2, 3))
    turn = episode.turns.all()[5]
    editing.save_turn(turn, version=turn.version, values={"text": "我的话。"}, by=editor)
    assert "(1 save) stays" in client.get(page("undo", run.pk)).content.decode()
    client.post(page("undo", run.pk))
    assert episode.turns.all()[5].text == "我的话。"


def test_an_import_is_undone_once_and_the_last_one_first(client, episode):
    first = bring(changed(spoken(), 2))
    bring(changed(spoken(), 2, 3))
    answer = client.post(page("undo", first.pk), {"reason": "typed"})
    assert answer.status_code == 409
    assert "Undo that one first." in answer.content.decode()
    assert "typed</textarea>" in answer.content.decode()


def test_an_import_of_a_published_episode_is_undone_by_a_publisher(
    client, episode, publisher, editor
):
    run = bring(changed(spoken(), 2))
    publish_episode(Episode.objects.get())
    assert page("undo", run.pk) not in client.get(page("change", run.pk)).content.decode()
    paula = logged_in(publisher)
    people = [Client(), logged_in(make_user("")), client, paula]
    assert [each.get(page("undo", run.pk)).status_code for each in people] == [302, 403, 403, 200]
    assert [each.post(page("undo", run.pk)).status_code for each in people] == [302, 403, 403, 302]
    run.refresh_from_db()
    assert run.state == RunState.UNDONE


# --- which episode it is


def test_a_held_document_is_the_same_episode_by_one_button(client):
    run = held()
    body = client.get(page("change", run.pk)).content.decode()
    assert "It is the same episode" in body
    answer = client.post(page("which", run.pk), {"as": "same"})
    episode = Episode.objects.get()
    assert answer.status_code == 302
    assert sorted(episode.sources.values_list("address", flat=True)) == ["one.md", "two.md"]
    run.refresh_from_db()
    assert run.state == RunState.SUPERSEDED
    assert not ImportRun.objects.filter(state=RunState.WAITING, source=None).exists()


def test_the_episode_it_may_be_says_that_somebody_is_asked(client):
    run = held()
    turns = f"/admin/episodes/episode/{run.episode_id}/turns/"
    assert f'href="{page("change", run.pk)}"' in client.get(turns).content.decode()


def test_a_held_document_is_another_episode_by_the_other(client, editor):
    run = held()
    client.post(page("which", run.pk), {"as": "new"})
    assert Episode.objects.count() == 2
    run.refresh_from_db()
    assert (run.state, run.decided_by) == (RunState.SUPERSEDED, editor)


def test_a_published_episode_gets_a_proposal_of_it(client):
    run = held()
    publish_episode(Episode.objects.get())
    answer = client.post(page("which", run.pk), {"as": "same"})
    new = ImportRun.objects.get(state=RunState.WAITING)
    place = reverse("admin:episodes_episode_proposal", args=[new.episode_id, new.pk])
    assert (new.outcome, answer.headers["location"]) == (Outcome.PROPOSED, place)


def test_it_is_said_once(client):
    run = held()
    client.post(page("which", run.pk), {"as": "new"})
    client.post(page("which", run.pk), {"as": "new"})
    client.post(page("which", run.pk), {"as": "nonsense"})
    assert Episode.objects.count() == 2


def test_which_episode_it_is_is_said_by_who_may_import(client):
    run = held()
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_importrun"))
    people = [Client(), logged_in(make_user("")), logged_in(viewer), client]
    assert "It is another one" not in people[2].get(page("change", run.pk)).content.decode()
    codes = [each.post(page("which", run.pk), {"as": "new"}).status_code for each in people]
    assert codes == [302, 403, 403, 302]
    assert client.get(page("which", run.pk)).status_code == 405
    assert client.get(page("undo", 99999)).status_code == 404


# --- asking again


WEB = "https://example.org/talk.md"


def asks(monkeypatch, *, batch: bool = False) -> list[list[str]]:
    """Note which sources are asked for, instead of asking."""
    asked: list[list[str]] = []

    def request_reimport(sources, *, by) -> Asked:
        given = list(sources)
        asked.append([source.address for source in given])
        skipped = [
            (each, f"“{each.address}” was uploaded.") for each in given if "//" not in each.address
        ]
        jobs = [
            Job.objects.create(kind="reimport", key=f"source:{each.pk}")
            for each in given
            if "//" in each.address
        ]
        made = Batch.objects.create(kind=Batch.Kind.REIMPORT, by=by) if batch else None
        return Asked(made, jobs, skipped)

    monkeypatch.setattr(runs, "request_reimport", request_reimport)
    return asked


def test_an_episodes_sources_are_asked_again_by_a_button(client, monkeypatch):
    made = make_episode(transcript(spoken(), people=PEOPLE), address=WEB)
    asked = asks(monkeypatch)
    place = reverse("admin:episodes_episode_reimport", args=[made.pk])
    turns = f"/admin/episodes/episode/{made.pk}/turns/"
    assert f'action="{place}"' in client.get(turns).content.decode()
    answer = client.post(place)
    assert asked == [[WEB]]
    job = Job.objects.get(kind="reimport")
    assert answer.headers["location"] == reverse("admin:episodes_job_change", args=[job.pk])


def test_an_upload_cannot_be_asked_and_the_page_says_so(client, episode, monkeypatch):
    asks(monkeypatch)
    place = reverse("admin:episodes_episode_reimport", args=[episode.pk])
    turns = f"/admin/episodes/episode/{episode.pk}/turns/"
    assert f'action="{place}"' not in client.get(turns).content.decode()
    answer = client.post(place, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["“talk.md” was uploaded."]


def test_asking_is_for_who_may_import(client, monkeypatch):
    made = make_episode(transcript(spoken(), people=PEOPLE), address=WEB)
    asked = asks(monkeypatch)
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    people = [Client(), logged_in(make_user("")), logged_in(viewer), client]
    place = reverse("admin:episodes_episode_reimport", args=[made.pk])
    assert [each.post(place).status_code for each in people] == [302, 403, 403, 302]
    assert [each.get(place).status_code for each in people] == [302, 405, 405, 405]
    assert len(asked) == 1
    turns = f"/admin/episodes/episode/{made.pk}/turns/"
    assert f'action="{place}"' not in people[2].get(turns).content.decode()


def test_a_selection_of_episodes_is_asked_as_one(client, monkeypatch, episode):
    others = [make_episode(address=f"https://example.org/{name}.md") for name in "ab"]
    asked = asks(monkeypatch, batch=True)
    answer = client.post(
        "/admin/episodes/episode/",
        {
            "action": "reimport",
            "_selected_action": [each.pk for each in (*others, episode)],
        },
    )
    assert asked == [["talk.md", "https://example.org/a.md", "https://example.org/b.md"]]
    batch = Batch.objects.get()
    assert answer.headers["location"] == reverse("admin:episodes_batch_change", args=[batch.pk])


# --- what waits, in the list and on the first page


def titles(client, **query) -> list[str]:
    answer = client.get("/admin/episodes/episode/", query)
    return sorted(str(each) for each in answer.context["cl"].result_list)


@pytest.fixture
def every_case(editor) -> dict[str, Episode]:
    """One episode for each thing that may wait."""

    def import_one(name, turns=None, **front):
        data = transcript(turns or spoken(), people=PEOPLE, title=name, **front).encode()
        result = import_document(Incoming(data=data, address=f"{name}.md"))
        return Episode.objects.get(pk=result.episode_id)

    made = {name: import_one(name) for name in ("quiet", "held", "conflict", "stale", "gone")}
    made["proposed"] = import_one("proposed")
    workflow.transition(made["proposed"], Status.REVIEW, editor, "")
    import_one("proposed", changed(spoken(), 2))
    import_one("held", spoken()[:4])
    turn = made["conflict"].turns.all()[2]
    mine = turn.text.replace("吊车", "塔吊")
    editing.save_turn(turn, version=turn.version, values={"text": mine}, by=editor)
    import_one("conflict", changed(spoken(), 2))
    made["stale"].turns.filter(pk=made["stale"].turns.first().pk).update(stale=True)
    made["gone"].sources.update(trouble=Trouble.GONE)
    return made


def test_the_list_is_filtered_by_what_waits(client, every_case):
    assert {
        case: titles(client, source=case)
        for case in ("changed", "held", "conflicts", "stale", "trouble", "nonsense")
    } == {
        "changed": ["held", "proposed"],
        "held": ["held"],
        "conflicts": ["conflict"],
        "stale": ["stale"],
        "trouble": ["gone"],
        "nonsense": ["conflict", "gone", "held", "proposed", "quiet", "stale"],
    }


def test_a_row_of_the_list_says_what_waits(client, every_case):
    listed = client.get("/admin/episodes/episode/").context["cl"].result_list
    with translation.override("en"):
        rows = {str(each): [str(word) for word, _case in waits_of(each)] for each in listed}
    assert rows == {
        "quiet": [],
        "held": ["held"],
        "proposed": ["source changed"],
        "conflict": ["conflicts"],
        "stale": ["to be read"],
        "gone": ["source gone or failing"],
    }


def test_the_first_page_counts_what_waits_with_links(client, every_case):
    answer = client.get("/admin/")
    box = next(each for each in answer.context["boxes"] if "decisions" in each)
    assert [(each["name"], each["count"]) for each in box["decisions"]] == [
        ("changed", 2),
        ("held", 1),
        ("conflicts", 1),
        ("stale", 1),
        ("trouble", 1),
    ]
    assert 'href="/admin/episodes/episode/?source=conflicts"' in answer.content.decode()


def test_the_first_page_says_nothing_where_nothing_waits(client, episode):
    assert "Waiting for a decision" not in client.get("/admin/").content.decode()
