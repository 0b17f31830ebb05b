"""The concordance of a term: what is found where, page by page, at a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from episodes.models import PublishedTurn, Turn
from episodes.tests.factories import make_user
from glossary import concordance, decisions
from glossary.concordance import Found, Spelling
from glossary.models import Entry, State
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user("Editors", "edith"))
    return client


def place(term: str, query: str = "") -> str:
    return reverse("admin:glossary_entry_concordance", args=[entry(term).pk]) + query


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def texts(found: Found) -> list[str]:
    """The passages that are shown, with the term in brackets."""
    return [
        "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in use.pieces)
        for use in found.uses
    ]


def named(term: str, **values: Any) -> Entry:
    return decisions.add({"term": term, **values}, by=make_user("Publishers"))


def give_originals(made: Any, *originals: str) -> None:
    for turn, original in zip(made.turns.order_by("position"), originals, strict=True):
        Turn.objects.filter(pk=turn.pk).update(original=original)


# Published turns.


def test_published_uses_stand_by_episode_the_newest_first_each_turn_once():
    live_episode("old", LAKE, "旧的数据湖，又一个数据湖。", date="2024-01-01")
    live_episode("new", "没有。", "新的数据湖。", date="2025-01-01")
    episode("draft", "草稿的数据湖。", date="2026-01-01")
    rebuilt()
    found = concordance.published(entry("数据湖"))
    assert texts(found) == ["新的[数据湖]。", "[数据湖]", "旧的[数据湖]，又一个[数据湖]。"]
    assert (found.total, found.episodes, found.page, found.pages) == (3, 2, 1, 1)
    assert found.spellings == [Spelling("数据湖", "数据湖", 4)]
    assert [(use.slug, use.status, use.beside) for use in found.uses] == [
        ("new", "evergreen", "Original 2."),
        ("old", "evergreen", "Original 1."),
        ("old", "evergreen", "Original 2."),
    ]


def test_published_uses_are_narrowed_to_one_spelling():
    live_episode("one", "**标记**（Token: 定义）", "说Token和token。", "只有标记。")
    live_episode("two", "只有标记。")
    rebuilt()
    found = concordance.published(entry("标记"), spelling="token")
    assert texts(found) == ["说[Token]和[token]。"]
    assert (found.total, found.episodes) == (1, 1)
    assert found.spellings == [Spelling("标记", "标记", 3), Spelling("token", "Token", 2)]


def test_pages_of_published_uses_go_on_where_the_one_before_ended(monkeypatch):
    for number in range(4):
        live_episode(
            f"e{number}",
            LAKE,
            *(f"{number}{turn}数据湖" for turn in range(2)),
            date=f"2025-01-0{number + 1}",
        )
    rebuilt()
    whole = texts(concordance.published(entry("数据湖")))
    assert len(whole) == 12
    monkeypatch.setattr(concordance, "PAGE", 5)
    pages = [concordance.published(entry("数据湖"), page=number) for number in (1, 2, 3, 9)]
    assert [len(found.uses) for found in pages] == [5, 5, 2, 2]
    assert [text for found in pages[:3] for text in texts(found)] == whole
    assert (pages[3].page, pages[3].pages) == (3, 3)


def test_the_spellings_of_a_term_used_very_often_are_not_counted(monkeypatch):
    live_episode("one", LAKE, "数据湖。")
    rebuilt()
    monkeypatch.setattr(concordance, "COUNTED", 1)
    found = concordance.published(entry("数据湖"), spelling="no such")
    assert (found.spellings, found.total) == (None, 2)


# Working turns.


def test_working_uses_of_every_status_are_found_and_marked_where_a_note_explains_them():
    live_episode("live", "说数据湖。", date="2024-01-01")
    episode("draft", LAKE, "无关。", date="2025-01-01")
    rebuilt()
    found = concordance.working(entry("数据湖"))
    assert texts(found) == ["[数据湖]", "说[数据湖]。"]
    assert [(use.status, use.slug, use.annotated, use.note) for use in found.uses] == [
        ("draft", "", True, "Data Lake · 存放原始数据的仓库"),
        ("evergreen", "live", False, ""),
    ]
    assert texts(concordance.working(entry("数据湖"), status="evergreen")) == ["说[数据湖]。"]
    assert texts(concordance.working(entry("数据湖"), status="archived")) == []


def test_a_part_of_a_longer_term_a_link_and_a_note_are_no_uses():
    episode(
        "one",
        "**超大规模**（Hyperscale: 很大）",
        "**超大规模云服务商**（Hyperscaler: 一种公司）",
        "超大规模云服务商和超大规模。",
        "超大规模云服务商。",
        "[超大规模](http://a.b/c)和`超大规模`",
        "**别的**（Other: 说超大规模）",
    )
    rebuilt()
    assert texts(concordance.working(entry("超大规模"))) == [
        "[超大规模]",
        "超大规模云服务商和[超大规模]。",
    ]
    assert len(texts(concordance.working(entry("超大规模云服务商")))) == 3


def test_a_latin_form_is_found_as_a_word_whatever_its_case_and_counted_by_spelling():
    episode("one", "**标记**（Token: 定义）", "Token、token和tokenizer", "标记")
    rebuilt()
    found = concordance.working(entry("标记"))
    assert found.spellings == [Spelling("token", "Token", 2), Spelling("标记", "标记", 2)]
    assert texts(concordance.working(entry("标记"), spelling="token")) == [
        "[Token]、[token]和tokenizer"
    ]


def test_working_turns_are_looked_through_in_parts(monkeypatch):
    episode("one", LAKE, "数据湖一", "数据湖二", "数据湖三", "数据湖四")
    rebuilt()
    monkeypatch.setattr(concordance, "PART", 2)
    parts = [concordance.working(entry("数据湖"), part=number) for number in (1, 2, 3, 4)]
    assert [texts(found) for found in parts] == [
        ["[数据湖]", "[数据湖]一"],
        ["[数据湖]二", "[数据湖]三"],
        ["[数据湖]四"],
        [],
    ]
    assert [(found.candidates, found.more) for found in parts] == [
        (2, True),
        (2, True),
        (1, False),
        (0, False),
    ]


# Originals.


def test_originals_that_name_a_term_which_the_translation_does_not_are_found():
    made = episode("one", LAKE, "说数据湖。", "说数据池。", "别的。", "又是数据池。", "数据湖泊")
    give_originals(
        made,
        "The data lake.",
        "A data lake.",
        "Two data lakes, one Data Lake.",
        "Data lakefront.",
        "See [Data Lake](http://a.b/c).",
        "A data lake again.",
    )
    named("数据湖泊", foreign_term="Lacus")
    rebuilt()
    found = concordance.unrendered(entry("数据湖"))
    assert texts(found) == ["Two [data lakes], one [Data Lake].", "A [data lake] again."]
    assert [use.beside for use in found.uses] == ["说数据池。", "数据湖泊"]
    assert [(use.language, use.beside_language) for use in found.uses] == [("en", "zh-Hans")] * 2
    assert texts(concordance.unrendered(entry("数据湖"), spelling="data lakes")) == [
        "Two [data lakes], one [Data Lake]."
    ]


def test_a_term_without_a_foreign_name_has_no_originals_to_look_for():
    found = concordance.unrendered(named("甲乙"))
    assert (found.uses, found.total, found.spellings) == ([], 0, [])


# The page.


def test_the_page_shows_both_languages_with_links_to_the_editor_and_to_readers(editor):
    made = live_episode("one", LAKE, "说数据湖<b>。")
    rebuilt()
    turn = made.turns.order_by("position")[1]
    turns = reverse("admin:episodes_episode_turns", args=[made.pk])
    for where in ("published", "working"):
        html = page(editor, place("数据湖", f"?in={where}"))
        assert f'href="{turns}#{turn.uid}"' in html
        assert f"/episodes/one/#{turn.uid}" in html
        assert "说<mark>数据湖</mark>" in html
        assert '<blockquote class="use-beside" lang="en">Original 2.</blockquote>' in html
        assert '<span class="badge badge-evergreen">Evergreen</span>' in html
    assert "存放原始数据的仓库" in page(editor, place("数据湖", "?in=working"))


def test_each_empty_list_says_why(editor):
    named("甲乙")
    named("丙丁", foreign_term="Gamma")
    said = {
        ("甲乙", ""): "No published turn uses this term",
        ("甲乙", "?in=working"): "No working copy uses this term",
        ("甲乙", "?in=working&status=draft"): "Take the filter away",
        ("甲乙", "?in=original"): "has no foreign term, abbreviation or expansion",
        ("丙丁", "?in=original"): "wherever the original names the term",
    }
    for (term, query), sentence in said.items():
        assert sentence in page(editor, place(term, query))


def test_what_is_asked_for_wrongly_is_the_first_page(editor):
    live_episode("one", LAKE)
    rebuilt()
    for query in (
        "?in=x",
        "?page=x",
        "?page=0",
        "?page=99",
        "?in=working&part=²&status=x&form=%00",
    ):
        assert "<mark>数据湖</mark>" in page(editor, place("数据湖", query))


def test_pages_and_parts_lead_to_each_other(editor, monkeypatch):
    episode("one", LAKE, *(f"数据湖{number}" for number in range(4)))
    rebuilt()
    monkeypatch.setattr(concordance, "PAGE", 2)
    monkeypatch.setattr(concordance, "PART", 4)
    html = page(editor, place("数据湖", "?in=working&status=draft"))
    assert "Turns 1 to 4 of those that hold these letters were looked through." in html
    for query in ("in=working&amp;status=draft&amp;page=2", "status=draft&amp;part=2&amp;page=1"):
        assert query in html
    html = page(editor, place("数据湖", "?in=working&status=draft&part=2"))
    assert "Turns 5 to 5 of those that hold these letters were looked through." in html


@pytest.mark.parametrize("count", [1, 30])
def test_each_view_takes_a_fixed_number_of_queries(editor, django_assert_num_queries, count):
    for number in range(count):
        made = live_episode(f"e{number}", LAKE, "数据湖。", "别的。")
        give_originals(made, "One.", "Two.", "A data lake.")
        named(f"词{number}")
    rebuilt()
    editor.get(place("数据湖"))  # content types are remembered
    path = place("数据湖")
    with django_assert_num_queries(9):
        editor.get(path)
    with django_assert_num_queries(10):
        editor.get(f"{path}?in=working")
    with django_assert_num_queries(10):
        editor.get(f"{path}?in=original")


def test_who_may_not_see_terms_sees_no_uses(editor):
    named("甲乙")
    nobody = Client()
    assert nobody.get(place("甲乙")).status_code == 302
    nobody.force_login(make_user("", "nobody"))
    assert nobody.get(place("甲乙")).status_code == 403
    assert editor.post(place("甲乙")).status_code == 405
    assert editor.get(place("甲乙").replace(str(entry("甲乙").pk), "999999")).status_code == 404


def test_a_merged_term_leads_to_the_one_it_was_merged_into(editor):
    target, gone = named("甲乙"), named("丙丁")
    path = place("丙丁")
    Entry.objects.filter(pk=gone.pk).update(
        state=State.MERGED, merged_into=target, decided_at=gone.created_at
    )
    answer = editor.get(path)
    assert (answer.status_code, answer["location"]) == (302, place("甲乙"))


def test_a_look_writes_nothing(editor):
    live_episode("one", LAKE)
    rebuilt()
    before = (
        Entry.objects.get().version,
        Turn.objects.get().version,
        PublishedTurn.objects.count(),
    )
    page(editor, place("数据湖", "?in=working"))
    assert do_jobs() == []
    assert (
        Entry.objects.get().version,
        Turn.objects.get().version,
        PublishedTurn.objects.count(),
    ) == before
