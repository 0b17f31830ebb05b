"""The page of an episode's conflicts: both sides, the choices, nothing typed is lost."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import translation

from episodes import editing
from episodes.models import Conflict, Episode
from episodes.tests.factories import make_episode, make_user, transcript
from episodes.tests.test_admin_proposals import PEOPLE, bring, changed, logged_in, spoken

pytestmark = pytest.mark.django_db
BASE = spoken()[2][1]
MINE, THEIRS = BASE.replace("吊车", "塔吊"), BASE.replace("吊车", "起重机")


@pytest.fixture
def editor():
    return make_user("Editors", "edith")


@pytest.fixture
def client(editor):
    return logged_in(editor)


@pytest.fixture
def episode(editor) -> Episode:
    return make_episode(transcript(spoken(), people=PEOPLE), address="talk.md")


def edit(episode, number, by, text):
    turn = episode.turns.all()[number]
    editing.save_turn(turn, version=turn.version, values={"text": text}, by=by)


def clash(episode, by, *numbers) -> list[Conflict]:
    """The editor and the source change the same word otherwise."""
    for number in numbers:
        edit(episode, number, by, spoken()[number][1].replace("吊车", "塔吊"))
    bring(changed(spoken(), *numbers))
    found = {row.target.removeprefix("turn:"): row for row in Conflict.objects.all()}
    return [found[turn.uid] for turn in episode.turns.all() if turn.uid in found]


def place(episode) -> str:
    return f"/admin/episodes/episode/{episode.pk}/conflicts/"


def sent(answer, number=0, **more) -> dict[str, str]:
    row = answer.context["rows"][number]
    return {"conflict": str(row.conflict.pk), "version": row.version, **more}


def test_a_conflict_shows_both_sides_with_who_and_when(client, episode, editor):
    clash(episode, editor, 2)
    answer = client.get(place(episode))
    (row,) = answer.context["rows"]
    assert (row.title, row.sides.label, row.prefill) == ("Turn 3", "Translation", MINE)
    assert [name for name, _label in row.choices] == ["mine", "theirs"]
    assert row.made_by.startswith("edith, 20")
    body = answer.content.decode()
    assert "1 conflict waits for a decision" in body
    assert "<code>talk.md</code>" in body
    assert "塔吊</ins>" in row.sides.mine[0].text
    assert "起重机</ins>" in row.sides.theirs[0].text
    assert f"#{row.uid}" in body


@pytest.mark.parametrize(
    ("choice", "text"), [("mine", MINE), ("theirs", THEIRS), ("write", "新的\n一句。")]
)
def test_each_choice_is_one_post_and_leads_to_the_next(client, episode, editor, choice, text):
    one, other = clash(episode, editor, 2, 3)
    page = client.get(place(episode))
    answer = client.post(place(episode), sent(page, choice=choice, written="新的\r\n一句。"))
    assert answer.headers["location"] == f"{place(episode)}#c{other.pk}"
    assert episode.turns.all()[2].text == text
    assert Conflict.objects.get(pk=one.pk).choice == choice


def test_both_texts_stay_after_the_decision(client, episode, editor):
    clash(episode, editor, 2)
    page = client.get(place(episode))
    client.post(place(episode), sent(page, choice="theirs"))
    answer = client.get(place(episode))
    (row,) = answer.context["decided"]
    with translation.override("en"):
        assert row["chosen"] == "the source's was taken"
    assert "塔吊</ins>" in row["sides"].mine[0].text
    assert "起重机</ins>" in row["sides"].theirs[0].text
    assert "edith" in answer.content.decode()
    history = client.get(f"/admin/episodes/episode/{episode.pk}/history/").content.decode()
    assert "Decision of a conflict" in history
    assert f'href="{place(episode)}#decided"' in history


def test_a_decision_that_came_too_late_is_shown_again_with_what_was_typed(client, episode, editor):
    clash(episode, editor, 2)
    page = client.get(place(episode))
    edit(episode, 2, editor, MINE + "又说了一句。")
    answer = client.post(place(episode), sent(page, choice="write", written="typed"))
    assert answer.status_code == 409
    (row,) = answer.context["rows"]
    assert "What stands here has changed since you looked." in answer.content.decode()
    assert row.prefill == "typed"
    assert row.version != page.context["rows"][0].version
    assert Conflict.objects.filter(decided_at=None).count() == 1


def test_a_decision_that_somebody_else_took_keeps_what_was_typed(client, episode, editor):
    clash(episode, editor, 2)
    page = client.get(place(episode))
    client.post(place(episode), sent(page, choice="mine"))
    answer = client.post(place(episode), sent(page, choice="write", written="my words"))
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "This conflict was decided already." in body
    assert "my words</textarea>" in body
    assert episode.turns.all()[2].text == MINE


def test_a_conflict_that_no_longer_touches_offers_what_holds_both(client, episode, editor):
    clash(episode, editor, 2)
    edit(episode, 2, editor, BASE + "又说了一句。")
    (row,) = client.get(place(episode)).context["rows"]
    assert (row.merges, row.prefill) == (True, THEIRS + "又说了一句。")


def test_those_that_differ_in_signs_only_are_taken_at_once(client, episode, editor):
    theirs = changed(spoken(), 4)
    for number in (2, 3):
        who, text, original = spoken()[number]
        edit(episode, number, editor, text.replace("。然后", "，然后"))
        theirs[number] = (who, text.replace("。然后", "；然后"), original)
    edit(episode, 4, editor, spoken()[4][1].replace("吊车", "塔吊"))
    bring(theirs)
    page = client.get(place(episode))
    picks = [f"{row.conflict.pk}:{row.version}" for row in page.context["signs_only"]]
    assert len(picks) == 2
    client.post(place(episode), {"batch": "theirs", "pick": picks})
    assert [turn.text for turn in episode.turns.all()[2:4]] == [theirs[2][1], theirs[3][1]]
    assert Conflict.objects.filter(decided_at=None).count() == 1


def test_the_row_of_a_turn_leads_to_its_conflict(client, episode, editor):
    (conflict,) = clash(episode, editor, 2)
    body = client.get(f"/admin/episodes/episode/{episode.pk}/turns/").content.decode()
    assert body.count(f'href="{place(episode)}#c{conflict.pk}"') == 1


def test_conflicts_are_read_by_who_may_look_and_decided_by_who_may_change(client, episode, editor):
    clash(episode, editor, 2)
    viewer = make_user("")
    viewer.user_permissions.add(Permission.objects.get(codename="view_episode"))
    people = [Client(), logged_in(make_user("")), logged_in(viewer), client]
    assert [each.get(place(episode)).status_code for each in people] == [302, 403, 200, 200]
    assert (
        "<button" not in people[2].get(place(episode)).content.decode().split("data-conflicts")[1]
    )
    page = client.get(place(episode))
    codes = [each.post(place(episode), sent(page, choice="mine")).status_code for each in people]
    assert codes == [302, 403, 403, 302]
    assert client.put(place(episode)).status_code == 405


def test_conflicts_of_another_episode_are_not_decided_here(client, episode, editor):
    clash(episode, editor, 2)
    page = client.get(place(episode))
    client.post(place(make_episode()), sent(page, choice="theirs"))
    assert Conflict.objects.filter(decided_at=None).count() == 1


def test_the_page_takes_the_same_queries_with_one_and_three_conflicts(
    client, episode, editor, django_assert_num_queries
):
    for numbers in ((2,), (2, 3, 4)):
        clash(episode, editor, *numbers)
        with django_assert_num_queries(24):
            client.get(place(episode))
