"""Decisions at the desk: each shown before it is done, each undone with one action."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from episodes.models import Change, ChangeSet, PublishedTurn
from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import Entry, State, Suggestion
from glossary.tests.made import LAKE, do_jobs, edit, entry, episode, live_episode, rebuilt
from glossary.tests.test_admin import LIST, listed, logged_in, page, place, typed
from glossary.tests.test_merging import POND

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return logged_in(make_user("Editors", "edith"))


@pytest.fixture
def publisher() -> Client:
    return logged_in(make_user("Publishers", "paula"))


def approved(term: str) -> Entry:
    [found] = decisions.decide([entry(term).pk], State.APPROVED, by=make_user("Publishers"))
    do_jobs()
    return found


def lines(answer: Any) -> list[str]:
    return [line["text"] for line in answer.context["effect"]["lines"]]


def told(answer: Any) -> list[str]:
    return [str(each) for each in answer.context["messages"]]


def last() -> ChangeSet:
    return ChangeSet.objects.filter(changes__target__startswith="entry:").order_by("-pk")[0]


def corpus() -> None:
    live_episode("one", LAKE, "数据湖和资料湖。")
    live_episode("two", POND, "资料湖。")
    episode("draft", "**水库**（Reservoir: 存水）")
    rebuilt()


# The list.


@pytest.mark.parametrize("count", [1, 100])
def test_the_list_takes_as_many_queries_for_100_terms_as_for_one(
    publisher, django_assert_num_queries, count
):
    Entry.objects.bulk_create(
        [Entry(term=f"词{number}", slug=f"t{number}") for number in range(count)]
    )
    publisher.get(reverse(LIST))
    with django_assert_num_queries(8):
        answer = publisher.get(reverse(LIST))
    assert len(answer.context["cl"].result_list) == count


def test_candidates_stand_by_their_uses_and_what_was_merged_only_when_asked_for(publisher):
    corpus()
    assert listed(publisher, "?state__exact=candidate") == ["资料湖", "数据湖", "水库"]
    decisions.merge([entry("资料湖")], entry("数据湖"), by=make_user("Publishers"))
    assert listed(publisher) == ["数据湖", "水库"]
    assert listed(publisher, "?state__exact=merged") == ["资料湖"]
    assert listed(publisher, "?q=资料湖") == ["数据湖"]


def test_only_who_decides_has_buttons_in_the_rows(editor, publisher):
    corpus()
    button = f'formaction="{place("decide", entry("水库").pk)}" name="to" value="approved"'
    assert button in page(publisher, reverse(LIST))
    assert "decide-one" not in page(editor, reverse(LIST))
    assert editor.post(place("decide", entry("水库").pk), {"to": "approved"}).status_code == 403
    assert publisher.get(place("decide", entry("水库").pk)).status_code == 405
    assert publisher.post(place("decide", entry("水库").pk), {"to": "merged"}).status_code == 404
    assert publisher.post(place("decide", 10**6), {"to": "approved"}).status_code == 404


def test_a_row_is_decided_at_once_where_readers_see_no_difference(publisher):
    corpus()
    sent = {"to": "approved", "filters": "state__exact=candidate"}
    answer = publisher.post(place("decide", entry("水库").pk), sent, follow=True)
    assert answer.redirect_chain == [(f"{reverse(LIST)}?state__exact=candidate", 302)]
    undo = place("undo", last().pk)
    assert told(answer) == [f'1 term approved. <a href="{undo}">Undo</a>']
    assert entry("水库").state == State.APPROVED


def test_a_row_whose_decision_readers_see_is_shown_first(publisher):
    corpus()
    lake = entry("数据湖")
    sent = {"to": "rejected", "filters": "q=lake"}
    answer = publisher.post(place("decide", lake.pk), sent)
    assert lines(answer) == [
        "Not marked any more: 2 turns in 1 episode.",
        "Readers see no page of “数据湖” any more.",
    ]
    assert entry("数据湖").state == State.CANDIDATE
    again = {**dict(answer.context["hidden"]), "confirmed": "1", "why": "zu eng"}
    answer = publisher.post(place("decide", lake.pk), again)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse(LIST)}?q=lake")
    assert (entry("数据湖").state, last().why) == (State.REJECTED, "zu eng")


# Saving.


def test_a_save_that_marks_other_text_is_shown_first_and_keeps_what_was_typed(publisher):
    corpus()
    lake = approved("数据湖")
    sent = typed(lake, aliases="湖仓", definition="新的", _save="Save")
    answer = publisher.post(place("change", lake.pk), sent)
    assert answer.status_code == 302  # no published text has 湖仓
    sent = typed(entry("数据湖"), term="湖", definition="更新的")
    answer = publisher.post(place("change", lake.pk), sent)
    assert lines(answer) == [
        "Marked from now on, and not before: 1 turn in 1 episode.",
        "Not marked any more: 2 turns in 1 episode.",
        "The public page of “湖” says something else.",
    ]
    assert entry("数据湖").definition == "新的"
    again = {**dict(answer.context["hidden"]), "confirmed": "1"}
    assert publisher.post(place("change", lake.pk), again).status_code == 302
    assert entry("湖").definition == "更新的"


def test_a_save_that_changes_no_name_is_saved_at_once_and_tells_how_to_undo_it(publisher):
    corpus()
    lake = approved("数据湖")
    answer = publisher.post(place("change", lake.pk), typed(lake, definition="新的"), follow=True)
    assert told(answer) == [f'Saved. <a href="{place("undo", last().pk)}">Undo</a>']
    answer = publisher.post(place("change", lake.pk), typed(entry("数据湖")), follow=True)
    assert told(answer) == ["Nothing was changed."]


def test_an_alias_that_is_another_terms_name_is_an_error_of_its_field(editor):
    corpus()
    lake = entry("数据湖")
    answer = editor.post(place("change", lake.pk), typed(lake, aliases="水库", forbidden="数据湖"))
    assert answer.context["adminform"].form.errors == {
        "aliases": ["“水库” is a name of the term “水库”: merge the two instead."],
        "forbidden": ["“数据湖” is a name of this term: take it out of its names first."],
    }


def test_a_merged_term_is_shown_and_not_edited(publisher):
    corpus()
    pond = entry("资料湖")
    form = typed(pond, definition="spät")
    decisions.merge([pond], entry("数据湖"), by=make_user("Publishers"))
    shown = page(publisher, place("change", pond.pk))
    assert ('name="definition"' in shown, "Make it a term of its own again" in shown) == (
        False,
        True,
    )
    answer = publisher.post(place("change", pond.pk), form, follow=True)
    assert told(answer) == ["This term was merged into “数据湖” meanwhile. Nothing was saved."]
    assert "资料湖" in page(publisher, place("change", entry("数据湖").pk))


# A word.


def test_an_alias_is_shown_then_added_then_undone(editor, publisher):
    corpus()
    lake = approved("数据湖")
    asked = {"word": " 湖和 "}
    assert editor.get(place("alias", lake.pk), asked).status_code == 403
    answer = publisher.get(place("alias", lake.pk), asked)
    assert lines(answer) == [
        "The public page of “数据湖” says something else.",
        "“湖和” stands in working copies: 1 turn in 1 episode; published: 1 turn in 1 episode.",
    ]
    assert entry("数据湖").aliases == ""
    sent = {"word": "湖和", "seen": answer.context["seen"]}
    answer = publisher.post(place("alias", lake.pk), sent, follow=True)
    assert told(answer) == [
        f'“湖和” is an alias now. <a href="{place("undo", last().pk)}">Undo</a>'
    ]
    assert entry("数据湖").aliases == "湖和"
    publisher.post(place("undo", last().pk), {"entry": lake.pk})
    assert entry("数据湖").aliases == ""


def test_a_word_that_cannot_be_is_refused_with_a_link_to_the_other_term(publisher):
    corpus()
    lake, pool = entry("数据湖"), entry("水库")
    answer = publisher.get(place("alias", lake.pk), {"word": "水库"})
    shown = answer.content.decode()
    assert answer.context["refused"] == (
        "“水库” is a name of the term “水库”: merge the two instead."
    )
    assert f"{place('merge')}?from={pool.pk}&amp;into={lake.pk}" in shown
    assert '<form method="post">' not in shown
    assert publisher.post(place("alias", lake.pk), {"word": "水库"}).status_code == 200
    assert publisher.get(place("forbid", lake.pk), {"word": "数据湖"}).context["refused"] == (
        "“数据湖” is a name of this term: take it out of its names first."
    )
    assert (
        publisher.get(place("forbid", lake.pk), {"word": " "}).context["refused"] == "Type a word."
    )
    assert "refused" not in publisher.get(place("forbid", lake.pk)).context
    assert not Change.objects.filter(target=f"entry:{lake.pk}").exists()


def test_a_rendering_is_forbidden_after_a_page_that_shows_where_it_stands(editor):
    corpus()
    lake = entry("数据湖")
    answer = editor.get(place("forbid", lake.pk), {"word": "和资"})
    assert lines(answer) == [
        "“和资” stands in working copies: 1 turn in 1 episode; published: 1 turn in 1 episode."
    ]
    [line] = answer.context["effect"]["lines"]
    turn = PublishedTurn.objects.get(text_plain__contains="和资")
    working = reverse("admin:episodes_episode_turns", args=[turn.published.episode_id])
    assert [each["url"] for each in line["examples"]] == [
        f"{working}#{turn.uid}",
        f"/en/episodes/one/#{turn.uid}",
    ]
    editor.post(place("forbid", lake.pk), {"word": "和资", "seen": answer.context["seen"]})
    assert entry("数据湖").forbidden == "和资"


def test_a_page_of_a_word_that_is_stale_writes_nothing(editor):
    corpus()
    lake = entry("数据湖")
    decisions.save(lake, {"definition": "neu"}, version=0, by=make_user("Editors"))
    answer = editor.post(place("forbid", lake.pk), {"word": "和资", "seen": "0"})
    assert answer.context["again"].startswith("Somebody changed this term meanwhile.")
    assert (entry("数据湖").forbidden, answer.context["seen"]) == ("", "1")


# Merging.


def merging(answer: Any, **more: Any) -> dict[str, Any]:
    """What the page sends with what is ticked on it."""
    shown = answer.context
    fields: dict[str, Any] = {
        "from": [each["pk"] for each in shown["chosen"]],
        "into": shown["stays_key"],
        "shown": shown["stays_key"],
        "offered": [name["text"] for name in shown["names"]],
        "name": [name["text"] for name in shown["names"] if name["ticked"]],
        "merge": "1",
    }
    fields |= {f"seen-{each['pk']}": each["version"] for each in shown["chosen"]}
    for field in shown["values"]:
        [fields[f"fill-{field['name']}"]] = [value for value, on in field["choices"] if on] or [""]
    return {**fields, **more}


def test_the_action_leads_to_a_page_where_the_approved_or_the_most_used_stays(publisher):
    corpus()
    pks = sorted(Entry.objects.values_list("pk", flat=True))
    sent = {"action": "merge", "_selected_action": pks}
    answer = publisher.post(reverse(LIST), sent, follow=True)
    query = "&".join(f"from={pk}" for pk in pks)
    assert answer.redirect_chain == [(f"{place('merge')}?{query}", 302)]
    assert str(answer.context["stays"]) == "资料湖"
    approved("水库")
    assert str(publisher.get(f"{place('merge')}?{query}").context["stays"]) == "水库"
    answer = publisher.get(f"{place('merge')}?{query}&into={entry('数据湖').pk}")
    assert str(answer.context["stays"]) == "数据湖"
    alone = publisher.get(f"{place('merge')}?from={pks[0]}", follow=True)
    assert told(alone) == ["Choose at least two terms to merge."]


def test_merging_shows_what_it_does_and_does_what_is_ticked(editor, publisher):
    corpus()
    pond, lake = entry("资料湖"), entry("数据湖")
    asked = f"{place('merge')}?from={pond.pk}&into={lake.pk}"
    assert editor.get(asked).status_code == 403
    answer = publisher.get(asked)
    assert lines(answer) == [
        "Marked as before, but leading to another term: 3 turns in 2 episodes.",
        "Readers see no page of “资料湖” any more.",
        "The public page of “数据湖” says something else.",
    ]
    assert [name["text"] for name in answer.context["names"]] == ["资料湖", "Data Pond"]
    assert not Entry.objects.filter(state=State.MERGED).exists()
    sent = merging(answer, name=["资料湖"], why="eins")
    assert editor.post(place("merge"), sent).status_code == 403
    done = publisher.post(place("merge"), sent, follow=True)
    undo = place("undo", last().pk)
    assert told(done) == [f'1 term was merged into “数据湖”. <a href="{undo}">Undo</a>']
    lake = entry("数据湖")
    assert (lake.aliases, lake.abbreviation, last().why) == ("资料湖", "DP", "eins")
    assert "What is put back" in page(publisher, undo)
    assert publisher.post(undo).status_code == 302
    assert (entry("资料湖").state, entry("数据湖").aliases) == (State.CANDIDATE, "")


def test_choosing_that_another_one_stays_is_shown_before_it_is_done(publisher):
    corpus()
    pond, lake = entry("资料湖"), entry("数据湖")
    answer = publisher.get(f"{place('merge')}?from={pond.pk}&into={lake.pk}")
    answer = publisher.post(place("merge"), merging(answer, into=str(pond.pk)))
    assert answer.context["problem"].startswith("Another one stays now")
    assert str(answer.context["stays"]) == "资料湖"
    assert [name["ticked"] for name in answer.context["names"]] == [True, True]
    assert not Entry.objects.filter(state=State.MERGED).exists()


def test_what_was_unticked_stays_unticked_when_it_is_shown_again(publisher):
    corpus()
    pond, lake = entry("资料湖"), entry("数据湖")
    answer = publisher.get(f"{place('merge')}?from={pond.pk}&into={lake.pk}")
    sent = merging(answer, **{"name": ["资料湖"], "fill-abbreviation": "", "show": "1"})
    del sent["merge"]
    answer = publisher.post(place("merge"), sent)
    assert [(name["text"], name["ticked"]) for name in answer.context["names"]] == [
        ("资料湖", True),
        ("Data Pond", False),
        ("DP", True),  # not filled in any more, so offered as an alias
    ]


def test_a_merging_that_somebody_was_faster_with_is_told(publisher):
    corpus()
    pond, lake = entry("资料湖"), entry("数据湖")
    answer = publisher.get(f"{place('merge')}?from={pond.pk}&into={lake.pk}")
    sent = merging(answer)
    decisions.save(lake, {"definition": "neu"}, version=0, by=make_user("Editors"))
    late = publisher.post(place("merge"), sent)
    assert late.context["problem"].startswith("Somebody changed one of these terms meanwhile.")
    decisions.merge([pond], entry("数据湖"), by=make_user("Publishers"))
    late = publisher.post(place("merge"), sent)
    assert late.context["problem"] == "“资料湖” was merged into “数据湖”: nothing was written."


# Splitting.


def test_splitting_shows_the_spellings_then_the_new_term_then_does_it(editor, publisher):
    corpus()
    decisions.merge(
        [entry("资料湖")], entry("数据湖"), names=["资料湖"], by=make_user("Publishers")
    )
    do_jobs()
    lake = entry("数据湖")
    where = place("split", lake.pk)
    assert editor.get(where).status_code == 403
    answer = publisher.get(where)
    assert [
        (each.written, each.notes, each.uses, on) for each, on in answer.context["spellings"]
    ] == [
        ("数据湖", 1, 2, False),
        ("资料湖", 1, 3, False),
    ]
    answer = publisher.post(where, {"key": ["资料湖"], "to": "new", "show": "1"})
    assert answer.context["form"].initial["foreign_term"] == "Data Pond"
    assert lines(answer) == [
        "Marked as before, but leading to another term: 3 turns in 2 episodes.",
        "Readers see a page of “资料湖” from now on.",
        "The public page of “数据湖” says something else.",
    ]
    shown = {"key": ["资料湖"], "to": "new", "shown": answer.context["choice"]}
    values = {**answer.context["form"].initial, "definition": "甲"}
    sent = {**shown, **values, "seen": answer.context["seen"], "split": "1"}
    late = publisher.post(where, {**sent, "seen": "0"})
    assert late.context["again"].startswith("Somebody changed this term meanwhile.")
    assert publisher.post(where, {**sent, "term": ""}).context["form"].errors.keys() == {"term"}
    done = publisher.post(where, sent)
    new = Entry.objects.get(definition="甲")
    assert (done.status_code, new.term, new.state) == (302, "资料湖", State.CANDIDATE)
    assert entry("数据湖").aliases == ""


def test_a_merged_term_is_split_back_from_its_page(publisher):
    corpus()
    pond = entry("资料湖")
    decisions.merge([pond], entry("数据湖"), by=make_user("Publishers"))
    where = place("split", entry("数据湖").pk)
    answer = publisher.get(f"{where}?to={pond.pk}")
    sent = {
        "key": [each.key for each, on in answer.context["spellings"] if on],
        "to": pond.pk,
        "shown": answer.context["choice"],
        "seen": answer.context["seen"],
        "seen_back": answer.context["seen_back"],
        "split": "1",
    }
    assert publisher.post(where, sent).status_code == 302
    assert (entry("资料湖").state, entry("数据湖").aliases) == (State.CANDIDATE, "")


# Undoing.


def test_the_last_change_is_undone_from_the_terms_page_with_one_button(editor, publisher):
    corpus()
    pool = approved("水库")
    undo = place("undo", last().pk)
    shown = page(publisher, place("change", pool.pk))
    assert (f'action="{undo}"' in shown, "Last change: Approved" in shown) == (True, True)
    assert undo not in page(editor, place("change", pool.pk))
    assert editor.get(undo).status_code == 403
    assert editor.post(undo).status_code == 403
    answer = publisher.post(undo, {"entry": pool.pk}, follow=True)
    assert answer.redirect_chain == [(place("change", pool.pk), 302)]
    assert told(answer) == [f'Undone. <a href="{place("undo", last().pk)}">Undo</a>']
    assert entry("水库").state == State.CANDIDATE


def test_what_cannot_be_undone_is_said_and_offers_no_button(publisher):
    corpus()
    approved("水库")
    act = last()
    decisions.decide([entry("水库").pk], State.REJECTED, by=make_user("Publishers", "chief"))
    answer = publisher.get(place("undo", act.pk))
    sentence = "“水库”: “state” is not as this left it; chief changed it. Nothing was undone."
    assert answer.context["refused"] == sentence
    assert '<form method="post">' not in answer.content.decode()
    answer = publisher.post(place("undo", act.pk))
    assert (answer.status_code, answer.context["refused"]) == (200, sentence)
    assert publisher.get(place("undo", 10**6)).status_code == 404


def test_the_history_names_acts_and_what_was_undone(publisher):
    corpus()
    by = make_user("Publishers", "chief")
    decisions.add_alias(entry("水库"), "水池", by=by)
    decisions.undo(last(), by=by)
    decisions.merge([entry("数据湖")], entry("水库"), by=by)
    acts = publisher.get(place("history", entry("水库").pk)).context["acts"]
    assert [(act.title, act.undone is not None) for act in acts] == [
        ("Merge", False),
        ("Undo", False),
        ("Save", True),
    ]
    assert [line.field for line in acts[0].lines] == ["aliases", "spellings of notes", "addresses"]


def test_a_dismissed_suggestion_is_asked_again(publisher):
    made = episode("one", LAKE)
    rebuilt()
    approved("数据湖")
    edit(made, 0, "**数据湖**（Data Lake: 新的说法）")
    rebuilt()
    [suggestion] = Suggestion.objects.all()
    decisions.dismiss(suggestion, by=make_user("Publishers"))
    publisher.post(place("suggestion", suggestion.pk), {"reopen": "1"})
    assert Suggestion.objects.get().state == "open"


def test_the_list_of_candidates_says_that_it_is_sorted_by_uses(publisher):
    corpus()
    shown = publisher.get(f"{reverse(LIST)}?state__exact=candidate").context["cl"]
    uses = list(shown.list_display).index("shown_uses")
    assert shown.get_ordering_field_columns() == {uses: "desc"}
    asked = publisher.get(f"{reverse(LIST)}?state__exact=candidate&o=1").context["cl"]
    assert asked.get_ordering_field_columns() == {1: "asc"}
