"""Terms whose notes disagree, pairs that may be one, and the page that shows both."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from episodes.tests.factories import make_user
from glossary import alike, decisions, desk, disputes, entries, publishing
from glossary.models import Entry, EntryKey, EntryUse, Likeness, State, Suggestion
from glossary.tests.made import LAKE, edit, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db

PLACE = "admin:glossary_entry_disagreements"
OTHERWISE = "**数据湖**（Lake of Data: 一大片水）"
COPIED = "存放大量原始数据以备日后分析的仓库"


class Stopped(Exception):
    """What the hold of a job that lost its claim raises."""


def stop() -> None:
    raise Stopped


def go_on() -> None:
    """Hold nothing."""


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


def said() -> list[tuple[str, str, str, int, str]]:
    rows = Suggestion.objects.order_by("entry__sort_key", "field", "-uses", "value")
    return list(rows.values_list("entry__term", "field", "value", "uses", "state"))


def pairs() -> list[tuple[str, str, str, str, str]]:
    rows = Likeness.objects.order_by("entry_id", "other_id", "reason")
    return list(rows.values_list("entry__term", "other__term", "reason", "detail", "state"))


# Disagreements of candidates.


def test_what_lost_the_vote_waits_and_the_candidate_goes_on_following_its_notes():
    episode("one", LAKE, LAKE, OTHERWISE)
    rebuilt()
    found = entry("数据湖")
    assert said() == [
        ("数据湖", "definition", "一大片水", 1, "open"),
        ("数据湖", "foreign_term", "Lake of Data", 1, "open"),
    ]
    two = episode("two", OTHERWISE, OTHERWISE)
    rebuilt()
    found.refresh_from_db()
    assert (found.version, found.foreign_term) == (0, "Lake of Data")
    assert said() == [
        ("数据湖", "definition", "存放原始数据的仓库", 2, "open"),
        ("数据湖", "foreign_term", "Data Lake", 2, "open"),
    ]
    for number in (0, 1):
        edit(two, number, "数据湖。")
    rebuilt()
    assert [row[2:4] for row in said()] == [("一大片水", 1), ("Lake of Data", 1)]


def test_a_dismissed_one_answers_for_all_spellings_of_it_and_stays_dismissed():
    one = episode("one", LAKE, LAKE, LAKE, "**数据湖**（Lake of Data）")
    rebuilt()
    [row] = Suggestion.objects.all()
    assert decisions.dismiss(row, by=make_user("Editors"))
    for number in (1, 2):
        edit(one, number, "**数据湖**（LAKE OF  DATA: 存放原始数据的仓库。）")
    episode("two", LAKE, LAKE)
    rebuilt()
    assert said() == [("数据湖", "foreign_term", "Lake of Data", 3, "dismissed")]
    assert entry("数据湖").version == 0
    for number in (1, 2, 3):
        edit(one, number, LAKE)
    rebuilt()
    assert said() == [("数据湖", "foreign_term", "Lake of Data", 0, "dismissed")]


def test_the_value_most_notes_spell_stands_for_an_open_one():
    one = episode("one", *[LAKE] * 5, "**数据湖**（Lake of Data）")
    rebuilt()
    for number in (1, 2):
        edit(one, number, "**数据湖**（LAKE OF DATA）")
    rebuilt()
    assert said() == [("数据湖", "foreign_term", "LAKE OF DATA", 3, "open")]


def test_traditional_and_simplified_are_one_candidate_under_the_simplified_spelling():
    episode("one", LAKE, "**數據湖**（Data Lake: 存放原始數據的倉庫）")
    rebuilt()
    [found] = Entry.objects.all()
    assert (found.term, found.aliases) == ("数据湖", "數據湖")
    assert [each.key for each in found.keys.all()] == ["数据湖"]
    assert said() == []


def test_the_sources_of_a_value_are_the_turns_that_say_so_few_and_counted():
    one = episode("one", LAKE, *[LAKE] * 6, OTHERWISE, "**数据湖**（lake of data）")
    two = episode("two", *[OTHERWISE] * 3)
    rebuilt()
    rows = {row.field: row for row in Suggestion.objects.all()}
    found = disputes.sources_of(rows.values())
    uids = [*one.turns.order_by("position")[7:9], *two.turns.order_by("position")]
    foreign = found[rows["foreign_term"].pk]
    assert [note.turn.uid for note in foreign.notes] == [turn.uid for turn in uids[:3]]
    assert (rows["foreign_term"].uses, foreign.more) == (5, 2)
    definition = found[rows["definition"].pk]
    assert [note.turn.episode.slug for note in definition.notes] == ["one", "two", "two"]
    assert definition.more == 1


# Keys made otherwise than before.


def old_key(term: str, key: str) -> Entry:
    """Keep an entry whose key was made before traditional characters were folded."""
    found = decisions.add({"term": term}, by=make_user("Publishers"))
    EntryKey.objects.filter(entry=found).update(key=key)
    return found


def test_a_kept_entry_claims_the_keys_of_its_names_where_they_are_nobodys():
    lake, pond = old_key("數據湖", "數據湖"), old_key("池塘", "池塘!")
    other = decisions.add({"term": "湖泊", "aliases": "数据湖泊"}, by=make_user("Publishers", "b"))
    Entry.objects.filter(pk=lake.pk).update(aliases="數據湖泊\n湖")
    Entry.objects.filter(pk=pond.pk).update(
        state=State.MERGED, merged_into=other, decided_at=other.created_at
    )
    with pytest.raises(Stopped):
        entries.claim_names(stop)
    assert entries.claim_names(go_on) == 3
    assert entries.claim_names(stop) == 0
    owned = EntryKey.objects.order_by("key").values_list("key", "entry__term")
    assert list(owned) == [
        ("数据湖", "數據湖"),
        ("数据湖泊", "湖泊"),
        ("數據湖", "數據湖"),
        ("池塘", "湖泊"),
        ("池塘!", "池塘"),
        ("湖", "數據湖"),
        ("湖泊", "湖泊"),
    ]


# Pairs that may be one.


def test_pairs_follow_what_the_entries_say():
    one = episode("one", "**DL**（Data Lake: 仓库）", "**数据湖**（Data Lake: 存放）", "**卡帕西**")
    rebuilt()
    assert alike.settle(None, go_on) in (0, 1)
    assert pairs() == [("DL", "数据湖", "same_name", "Data Lake", "open")]
    assert alike.settle(None, stop) == 0
    edit(one, 0, "**DL**（Deep Learning: 学习）")
    rebuilt()
    alike.settle(None, go_on)
    assert pairs() == []


def made(*values: dict[str, str]) -> list[Entry]:
    """Write candidates by hand."""
    return [
        Entry.objects.create(slug=f"t{number}", sort_key=f"t{number}", **each)
        for number, each in enumerate(values)
    ]


LAKES = (
    {"term": "DL", "foreign_term": "Data Lake"},
    {"term": "数据湖", "foreign_term": "Data Lake", "definition": COPIED},
    {"term": "数据仓", "definition": COPIED},
    {"term": "湖", "foreign_term": "data lakes"},
)


def test_near_some_only_their_pairs_are_settled():
    first, second, third, _fourth = made(*LAKES)
    assert alike.settle([third.pk], go_on) == 1
    assert pairs() == [("数据湖", "数据仓", "same_definition", COPIED, "open")]
    assert alike.settle([], stop) == 0
    assert alike.settle([first.pk], go_on) == 2
    assert alike.settle(None, go_on) == 1
    Entry.objects.filter(pk=second.pk).update(foreign_term="Lake")
    assert alike.settle([third.pk], stop) == 0
    assert alike.settle([second.pk], go_on) == 2
    assert [row[:3] for row in pairs()] == [
        ("DL", "湖", "same_name"),
        ("数据湖", "数据仓", "same_definition"),
    ]


def test_rejected_and_merged_entries_take_no_part_and_a_held_part_is_not_written():
    first, second, _third, fourth = made(*LAKES)
    with pytest.raises(Stopped):
        alike.settle(None, stop)
    assert pairs() == []
    alike.settle(None, go_on)
    now = first.created_at
    Entry.objects.filter(pk=first.pk).update(state=State.REJECTED, version=1, decided_at=now)
    Entry.objects.filter(pk=fourth.pk).update(
        state=State.MERGED, version=1, decided_at=now, merged_into=second
    )
    assert list(alike.waiting()) == [(second.pk, _third.pk)]
    assert alike.settle([first.pk, fourth.pk], go_on) == 3
    assert [row[:3] for row in pairs()] == [("数据湖", "数据仓", "same_definition")]


def test_two_that_are_two_are_not_asked_about_again():
    made({**LAKES[0], "definition": COPIED}, *LAKES[1:2])
    alike.settle(None, go_on)
    by = make_user("Editors")
    row = Likeness.objects.first()
    with pytest.raises(PermissionDenied):
        alike.dismiss(row, by=make_user("", "nobody"))
    assert alike.dismiss(row, by=by)
    assert not alike.dismiss(row, by=by)
    assert [(row[2], row[4]) for row in pairs()] == [
        ("same_definition", "dismissed"),
        ("same_name", "dismissed"),
    ]
    assert alike.settle(None, stop) == 0
    Entry.objects.filter(term="DL").update(foreign_term="", definition="")
    assert alike.settle(None, stop) == 0
    assert list(alike.waiting()) == []
    assert [each.pk for each in alike.dismissed()] == [Likeness.objects.last().pk]
    with pytest.raises(PermissionDenied):
        alike.reopen(row, by=make_user("", "nobody else"))
    assert alike.reopen(row, by=by)
    assert not alike.reopen(row, by=by)
    assert (len(alike.waiting()), alike.dismissed()) == (1, [])
    assert alike.settle(None, go_on) == 2
    assert pairs() == []


def test_an_entrys_own_rows_name_the_other_first_the_surest_reason_and_its_uses():
    live = live_episode("one", "数据湖。")
    first, second, third, fourth = made(*LAKES)
    alike.settle(None, go_on)
    EntryUse.objects.create(
        entry=third,
        published=live.published,
        generation=publishing.state().generation,
        uses=4,
        turns=3,
    )
    rows = alike.rows_of(second)
    assert [(row.entry, row.other, row.other_uses) for row in rows] == [
        (second, first, 0),
        (second, third, 4),
        (second, fourth, 0),
    ]
    assert [shared.reason for row in rows for shared in row.shared] == [
        "same_name",
        "same_definition",
        "same_name",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_reading_and_settling_take_few_queries(django_assert_num_queries, count):
    made(*[{"term": f"词条{n}", "foreign_term": "Lake"} for n in range(count + 1)])
    with django_assert_num_queries(6):  # two that read; savepoint, lock, insert, release
        assert alike.settle(None, go_on) == (count + 1) * count // 2
    with django_assert_num_queries(2):
        assert alike.settle(None, go_on) == 0


# The page.


def page(client: Client, query: str = "") -> Any:
    answer = client.get(f"{reverse(PLACE)}{query}")
    assert answer.status_code == 200
    return answer


def waiting_desk() -> None:
    episode(
        "one",
        *(LAKE, LAKE, LAKE, OTHERWISE, "**数据湖**（Lake of Data）"),
        "**DL**（Data Lake: 仓库）",
        "**暖通**（HVAC: 供暖）",
        "**暖通**（HVAC: 通风）",
    )
    rebuilt()
    alike.settle(None, go_on)


def test_an_empty_page_says_that_nothing_waits(editor):
    text = page(editor).content.decode()
    assert "None: wherever notes explain the same term, they say the same" in text
    assert "None: no two terms share a name or a definition" in text


def test_the_page_lists_terms_by_disagreeing_notes_and_pairs_with_what_they_share(editor):
    waiting_desk()
    answer = page(editor)
    rows = [each["row"] for each in answer.context["disputed"]]
    assert [(row.entry.term, row.uses, row.more) for row in rows] == [
        ("数据湖", 3, 0),
        ("暖通", 1, 0),
    ]
    lake = [(s.suggestion.field, s.suggestion.uses, s.now, s.now_uses) for s in rows[0].sayings]
    assert lake == [
        ("foreign_term", 2, "Data Lake", 3),
        ("definition", 1, "存放原始数据的仓库", 3),
    ]
    text = answer.content.decode()
    for note in rows[0].sayings[0].sources.notes:
        turns = reverse("admin:episodes_episode_turns", args=[note.turn.episode_id])
        assert f'href="{turns}#{note.turn.uid}"' in text
    [pair] = answer.context["alike"]
    assert {pair.entry.term, pair.other.term} == {"DL", "数据湖"}
    assert [(shared.label, shared.detail) for shared in pair.shared] == [
        ("They share a name", "Data Lake")
    ]
    assert "2 terms whose notes disagree" in text
    assert "1 pair that may be one term" in text


def test_it_pages_both_lists_each_for_itself(editor, monkeypatch):
    monkeypatch.setattr("glossary.admin.disagreements.TERMS", 1)
    monkeypatch.setattr("glossary.admin.disagreements.PAIRS", 2)
    waiting_desk()
    made(*LAKES[1:])
    alike.settle(None, go_on)
    answer = page(editor, "?terms=2&pairs=1")
    assert [each["row"].entry.term for each in answer.context["disputed"]] == ["暖通"]
    assert len(answer.context["alike"]) == 2
    assert answer.context["term_steps"] == {"previous": f"{reverse(PLACE)}#terms", "next": ""}
    assert answer.context["pair_steps"] == {
        "previous": "",
        "next": f"{reverse(PLACE)}?terms=2&pairs=2#alike",
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(editor, django_assert_num_queries, count):
    texts = []
    for n in range(count):
        texts += [f"**词{n}条**（Word {n}: 甲）"] * 2
        texts += [f"**词{n}条**（Term {n}: 乙）", f"**辞{n}条**（Word {n}: 甲）"]
    episode("one", *texts)
    rebuilt()
    alike.settle(None, go_on)
    page(editor)
    with django_assert_num_queries(14):
        answer = page(editor)
    assert len(answer.context["disputed"]) == len(answer.context["alike"]) == count


def test_who_may_see_and_dismiss(editor):
    waiting_desk()
    row = Likeness.objects.get()
    two = reverse("admin:glossary_entry_two", args=[row.pk])
    suggestion = reverse("admin:glossary_entry_suggestion", args=[Suggestion.objects.first().pk])
    stranger = Client()
    assert stranger.get(reverse(PLACE)).status_code == 302
    assert stranger.post(two).status_code == 302
    staff = make_user("", "staff")
    reader = logged_in(staff)
    assert reader.get(reverse(PLACE)).status_code == 403
    assert reader.post(two).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_entry"))
    text = page(logged_in(staff)).content.decode()
    assert two not in text
    assert suggestion not in text
    assert reader.post(two).status_code == 403
    assert editor.get(two).status_code == 405
    assert editor.post(reverse(PLACE)).status_code == 405
    text = page(editor).content.decode()
    assert two in text
    assert suggestion in text
    assert Likeness.objects.get().state == "open"


def test_they_are_two_leads_back_to_where_it_was_said(editor):
    waiting_desk()
    row = Likeness.objects.get()
    two = reverse("admin:glossary_entry_two", args=[row.pk])
    answer = editor.post(two, {"list": "1", "terms": "2", "pairs": "x"}, follow=True)
    assert answer.redirect_chain == [(f"{reverse(PLACE)}?terms=2#alike", 302)]
    assert "Dismissed: they are two." in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.decided_by.username) == ("dismissed", "edith")
    answer = editor.post(two, {"entry": str(row.other_id)})
    change = reverse("admin:glossary_entry_change", args=[row.other_id])
    assert answer.headers["location"] == f"{change}#alike"
    editor.post(two, {"again": "1", "list": "1"})
    row.refresh_from_db()
    assert row.state == "open"
    assert editor.post(two, {"entry": "7777"}).headers["location"] == reverse(PLACE)
    row.delete()
    assert editor.post(two).status_code == 404


def test_the_box_says_what_waits(editor, rf):
    waiting_desk()
    request = rf.get("/")
    request.user = make_user("Editors", "box")
    with override("en"):
        rows = desk.glossary_box(request)["rows"]
    place = reverse(PLACE)
    assert [(row["label"], row["url"]) for row in rows[1:]] == [
        ("2 terms whose notes disagree", f"{place}#terms"),
        ("1 pair may be one term", f"{place}#alike"),
    ]


def test_the_same_notes_in_another_order_give_the_same_suggestions_and_pairs():
    def tables() -> tuple[Any, Any]:
        return said(), Counter(frozenset(row[:2]) for row in pairs())

    texts = [LAKE, OTHERWISE, "**数据湖**（lake of data）", LAKE, "**DL**（Data Lake: 仓库）"]
    one = episode("one", *texts)
    rebuilt()
    alike.settle(None, go_on)
    before = tables()
    edit(one, 0, "数据湖。")
    rebuilt()
    for number, text in enumerate(reversed(texts)):
        edit(one, number, text)
    rebuilt()
    alike.settle(None, go_on)
    assert tables() == before
