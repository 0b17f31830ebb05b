"""The glossary at the desk: lists, decisions, edits, suggestions, the rebuild button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes.models import Change, Job
from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import Entry, GlossaryState, PublishedEntry, State, Suggestion
from glossary.tests.made import LAKE, do_jobs, edit, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db

LIST = "admin:glossary_entry_changelist"


def logged_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Client:
    return logged_in(make_user("Editors", "edith"))


@pytest.fixture
def publisher() -> Client:
    return logged_in(make_user("Publishers", "paula"))


def place(name: str, *args: Any) -> str:
    return reverse(f"admin:glossary_entry_{name}", args=args)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(found: Entry, **values: Any) -> dict[str, Any]:
    """What the form of an entry sends."""
    fields = {name: getattr(found, name) for name in decisions.EDITABLE}
    return {**fields, "seen": found.version, "_save": "Save", **values}


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{reverse(LIST)}{query}")
    return [each.term for each in answer.context["cl"].result_list]


# The list.


def test_an_empty_list_says_what_to_do_next(editor):
    assert "No terms yet. Import a transcript with notes" in page(editor, reverse(LIST))


def test_terms_stand_by_pinyin_with_their_counts_and_are_found_and_filtered(editor):
    live_episode("one", LAKE, "数据湖。", "**暖通**（HVAC: Heating and so on: 供暖）")
    episode("two", "**阿里**（Ali: 一家公司）", LAKE)
    rebuilt()
    assert listed(editor) == ["阿里", "暖通", "数据湖"]
    queries = {
        "?q=据湖": ["数据湖"],
        "?q=heating": ["暖通"],
        "?q=一家公司": ["阿里"],
        "?q=nuan+tong": ["暖通"],
        "?state__exact=approved": [],
        "?public=no": ["阿里"],
        "?public=yes": ["暖通", "数据湖"],
        "?suggestions=open": [],
    }
    assert {query: listed(editor, query) for query in queries} == queries
    rows = editor.get(reverse(LIST)).context["cl"].result_list
    assert [(each.term, each.notes_count, each.uses_count, each.is_public) for each in rows] == [
        ("阿里", 1, 0, False),
        ("暖通", 1, 1, True),
        ("数据湖", 2, 2, True),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_a_fixed_number_of_queries(publisher, django_assert_num_queries, count):
    for number in range(count):
        live_episode(
            f"e{number}", LAKE, f"**数据湖**（Lake {number}）", f"**词{number}**（W{number}）"
        )
    rebuilt()
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=make_user("Publishers"))
    do_jobs()
    publisher.get(place("change", entry("数据湖").pk))  # content types are remembered
    with django_assert_num_queries(8):
        publisher.get(reverse(LIST))
    with django_assert_num_queries(13):
        publisher.get(place("change", entry("数据湖").pk))
    with django_assert_num_queries(8):
        publisher.get(place("history", entry("数据湖").pk))


# Who may what.


def test_editors_change_candidates_and_publishers_decide(editor, publisher):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    change = place("change", found.pk)
    assert editor.post(change, typed(found, definition="甲", _to="approved")).status_code == 403
    found.refresh_from_db()
    assert (found.state, found.version) == ("candidate", 0)
    assert "Approve" not in page(editor, place("change", found.pk))
    assert "Approve" in page(publisher, place("change", found.pk))
    assert editor.post(place("change", found.pk), typed(found, definition="甲")).status_code == 302
    found.refresh_from_db()
    assert publisher.post(change, typed(found, _to="approved")).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.definition, found.decided_by.username) == ("approved", "甲", "paula")
    assert editor.post(place("change", found.pk), typed(found, definition="乙")).status_code == 403
    assert "A publisher approves" not in page(editor, place("change", found.pk))
    assert (
        publisher.post(place("change", found.pk), typed(found, definition="丙")).status_code == 302
    )
    found.refresh_from_db()
    assert found.definition == "丙"


def test_without_a_permission_nothing_of_it_is_shown_or_done():
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    nobody = logged_in(make_user("", "nobody"))
    paths = [reverse(LIST), place("change", found.pk), place("history", found.pk)]
    assert [nobody.get(path).status_code for path in paths] == [403, 403, 403]
    assert nobody.post(place("rebuild")).status_code == 403
    assert nobody.post(paths[1], typed(found, _to="approved")).status_code == 403
    stranger = Client()
    assert stranger.get(reverse(LIST)).status_code == 302
    assert stranger.post(place("rebuild")).status_code == 302
    assert GlossaryState.objects.get().wanted == 1


def test_functions_refuse_by_permission():
    episode("one", LAKE)
    rebuilt()
    found, someone = entry("数据湖"), make_user("", "someone")
    with pytest.raises(PermissionDenied):
        decisions.save(found, {"definition": "甲"}, version=0, by=someone)
    with pytest.raises(PermissionDenied):
        decisions.add({"term": "甲"}, by=someone)
    with pytest.raises(PermissionDenied):
        decisions.decide([found.pk], State.APPROVED, by=make_user("Editors"))


def test_nobody_deletes_a_term(publisher):
    episode("one", LAKE)
    rebuilt()
    assert publisher.post(place("delete", entry("数据湖").pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in page(publisher, reverse(LIST))


def test_the_groups_have_their_permissions():
    codenames = {
        group: sorted(
            Permission.objects.filter(
                group__name=group, content_type__app_label="glossary"
            ).values_list("codename", flat=True)
        )
        for group in ("Editors", "Publishers")
    }
    assert codenames == {
        "Editors": ["add_entry", "change_entry", "rebuild_glossary", "view_entry"],
        "Publishers": [
            "add_entry",
            "change_entry",
            "decide_entry",
            "rebuild_glossary",
            "view_entry",
        ],
    }


# Deciding.


def test_several_are_decided_after_a_page_that_says_what_happens(publisher):
    live_episode("one", LAKE)
    episode("two", "**兆瓦**（Megawatt）", "**阿里**（Ali）")
    rebuilt()
    decisions.decide([entry("阿里").pk], State.REJECTED, by=make_user("Publishers"))
    chosen = {
        "action": "approve",
        "_selected_action": list(Entry.objects.values_list("pk", flat=True)),
    }
    answer = publisher.post(reverse(LIST), chosen)
    assert [str(each) for each in answer.context["able"]] == ["数据湖", "兆瓦"]
    assert [str(each) for each in answer.context["others"]] == ["阿里"]
    assert not Entry.objects.filter(state=State.APPROVED).exists()
    publisher.post(reverse(LIST), {**chosen, "confirmed": "1", "why": "gelesen"})
    states = dict(Entry.objects.values_list("term", "state"))
    assert states == {"数据湖": "approved", "兆瓦": "approved", "阿里": "rejected"}
    assert list(PublishedEntry.objects.values_list("term", flat=True)) == ["数据湖"]
    changes = Change.objects.filter(field="state", new="approved").select_related("change_set")
    assert {(each.change_set.act, each.change_set.why) for each in changes} == {
        ("batch", "gelesen")
    }


def test_one_is_decided_at_once_and_can_be_taken_back(publisher):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    for action, state in (
        ("reject", "rejected"),
        ("take_back", "candidate"),
        ("approve", "approved"),
    ):
        publisher.post(reverse(LIST), {"action": action, "_selected_action": [found.pk]})
        found.refresh_from_db()
        assert found.state == state
    assert found.version == 3


def test_a_decision_that_somebody_made_before_is_told(publisher):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    decisions.decide([found.pk], State.REJECTED, by=make_user("Publishers"))
    found.refresh_from_db()
    again = typed(found, _to="rejected")
    answer = publisher.post(place("change", found.pk), again, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [
        "1 was left as it is: somebody decided it before."
    ]
    found.refresh_from_db()
    assert found.state == "rejected"


# Editing.


def test_what_was_typed_is_saved_with_the_decision(publisher):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    publisher.post(place("change", found.pk), typed(found, definition="甲", _to="approved"))
    found.refresh_from_db()
    assert (found.definition, found.state, found.version) == ("甲", "approved", 2)


def test_a_stale_form_writes_nothing_keeps_what_was_typed_and_counts_when_sent_again(editor):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    form = typed(found, definition="我的说法")
    decisions.save(found, {"definition": "她的说法"}, version=0, by=make_user("Editors"))
    answer = editor.post(place("change", found.pk), form)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert ("我的说法" in shown, "她的说法" in shown) == (True, True)
    assert entry("数据湖").definition == "她的说法"
    again = {**form, "seen": answer.context["adminform"].form["seen"].value()}
    assert editor.post(place("change", found.pk), again).status_code == 302
    assert entry("数据湖").definition == "我的说法"


def test_a_save_that_changes_nothing_leaves_no_trace(editor):
    episode("one", LAKE)
    rebuilt()
    found = entry("数据湖")
    editor.post(place("change", found.pk), typed(found))
    found.refresh_from_db()
    assert found.version == 0
    assert not Change.objects.filter(target=f"entry:{found.pk}").exists()


def test_a_term_is_added_by_hand_and_evidence_becomes_its_own(editor):
    values = dict.fromkeys(decisions.EDITABLE, "")
    values |= {
        "term": "数据湖",
        "foreign_term": "Data Lake",
        "aliases": "资料湖\r\n资料湖\r\n",
        "_save": "1",
    }
    assert editor.post(place("add"), values).status_code == 302
    found = entry("数据湖")
    assert (found.slug, found.state, found.version, found.aliases) == (
        "data-lake",
        "candidate",
        1,
        "资料湖",
    )
    episode("one", LAKE, "**资料湖**（Data Lake）")
    rebuilt()
    assert list(Entry.objects.values_list("pk", "term")) == [(found.pk, "数据湖")]
    assert found.annotations.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("term", "兆 瓦", "“兆瓦” is a term already (Candidate)."),
        ("term", "——", "A term needs a letter or a digit."),
        ("slug", "old-lake", "Readers know another term under this address."),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(editor, field, value, message):
    live_episode("one", LAKE, "**兆瓦**（Megawatt）", "**阿里**（Old Lake）")
    rebuilt()
    decisions.save(entry("阿里"), {"slug": "new"}, version=0, by=make_user("Publishers"))
    found = entry("数据湖")
    answer = editor.post(place("change", found.pk), typed(found, **{field: value}))
    assert answer.context["adminform"].form.errors == {field: [message]}


# Evidence and suggestions.


def test_an_entry_shows_its_notes_with_links_to_their_turns(editor):
    made = episode("one", "先说。", LAKE)
    rebuilt()
    turn = made.turns.get(position=1)
    link = f"{reverse('admin:episodes_episode_turns', args=[made.pk])}#{turn.uid}"
    assert f'href="{link}"' in page(editor, place("change", entry("数据湖").pk))


def with_suggestions(by: Any) -> Entry:
    made = episode("one", LAKE)
    rebuilt()
    [approved] = decisions.decide([entry("数据湖").pk], State.APPROVED, by=by)
    edit(made, 0, "**数据湖**（Lake of Data: 新的说法）与**「数据 湖」**（Data Lake）")
    rebuilt()
    return approved


def test_a_suggestion_is_taken_over_or_dismissed_by_who_may_change_the_entry(editor, publisher):
    found = with_suggestions(make_user("Publishers"))
    suggestions = {each.field: each for each in found.suggestions.all()}
    assert {name: each.value for name, each in suggestions.items()} == {
        "foreign_term": "Lake of Data",
        "definition": "新的说法",
    }
    accept = place("suggestion", suggestions["definition"].pk)
    dismiss = place("suggestion", suggestions["foreign_term"].pk)
    assert editor.post(accept, {"accept": "1"}).status_code == 403
    assert editor.post(dismiss, {"dismiss": "1"}).status_code == 403
    assert "Take it over" not in page(editor, place("change", found.pk))
    assert publisher.post(accept, {"accept": "1"}).status_code == 302
    assert publisher.post(dismiss, {"dismiss": "1"}).status_code == 302
    found.refresh_from_db()
    assert (found.definition, found.foreign_term, found.state) == (
        "新的说法",
        "Data Lake",
        "approved",
    )
    assert list(Suggestion.objects.values_list("field", "state")) == [("foreign_term", "dismissed")]
    assert publisher.post(accept, {"accept": "1"}).status_code == 404


def test_an_alias_is_added_to_the_others():
    episode("one", "**LLM**（Large Model）")
    rebuilt()
    by = make_user("Publishers")
    decisions.save(entry("LLM"), {"aliases": "大模型"}, version=0, by=by)
    episode("two", "**LLMs**（Large Model）")
    rebuilt()
    [suggestion] = Suggestion.objects.all()
    assert (suggestion.field, suggestion.value) == ("aliases", "LLMs")
    assert decisions.accept(suggestion, by=by).aliases == "大模型\nLLMs"


def test_the_history_tells_who_changed_what(publisher):
    found = with_suggestions(make_user("Publishers", "chief"))
    decisions.accept(
        found.suggestions.get(field="definition"), by=make_user("Publishers", "second")
    )
    acts = publisher.get(place("history", found.pk)).context["acts"]
    assert [(act.change_set.by.username, [line.field for line in act.lines]) for act in acts] == [
        ("second", ["definition"]),
        ("chief", ["state"]),
    ]


# The rebuild button.


def test_the_button_asks_for_one_rebuild_and_the_list_tells_how_it_is(editor):
    episode("one", LAKE)
    do_jobs()
    for _time in range(2):
        assert editor.post(place("rebuild")).status_code == 302
    job = Job.objects.get(state="queued")
    assert "A rebuild waits for the worker." in page(editor, reverse(LIST))
    assert "No worker answers" not in page(editor, reverse(LIST))
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(minutes=2))
    assert "No worker answers" in page(editor, reverse(LIST))
    do_jobs()
    assert "Last rebuilt" in page(editor, reverse(LIST))
    assert GlossaryState.objects.get().done == 2
    assert editor.get(place("rebuild")).status_code == 405


def test_the_first_page_tells_what_waits_for_a_decision(editor):
    with_suggestions(make_user("Publishers"))
    episode("two", "**兆瓦**（Megawatt）")
    do_jobs()
    answer = editor.get(reverse("admin:index"))
    [box] = [box for box in answer.context["boxes"] if box.get("title") == "Glossary"]
    assert [row["label"] for row in box["rows"]] == ["1 candidate", "1 term whose notes disagree"]
    assert [action["label"] for action in box["actions"]] == ["Rebuild the glossary"]
