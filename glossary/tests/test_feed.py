"""The feed of new terms: what readers have known for the shortest time first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from lxml import etree

from episodes.addresses import absolute
from glossary import publishing, views_plain
from glossary.models import EntryAddress
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def reader() -> Client:
    cache.clear()
    return Client()


def items(reader: Client) -> list[etree._Element]:
    answer = reader.get("/glossary/feed.xml")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content).findall("a:entry", ATOM)


def titles(reader: Client) -> list[str]:
    return [each.findtext("a:title", namespaces=ATOM) for each in items(reader)]


def known_since(term: str, days: int) -> None:
    """Let readers have known a term for so many days."""
    rows = EntryAddress.objects.filter(entry=entry(term))
    rows.update(created_at=timezone.now() - timedelta(days=days))
    publishing.changed()


def test_the_newest_terms_come_first_with_names_definition_and_address(reader):
    live_episode("one", LAKE, "**暖通**（HVAC, Heating & Air: 供暖<和>制冷）**兆瓦**（Megawatt）")
    episode("draft", "**草稿词**（Draft word）")
    rebuilt()
    known_since("数据湖", 3)
    known_since("暖通", 1)
    known_since("兆瓦", 2)
    assert titles(reader) == ["暖通", "兆瓦", "数据湖"]
    lake = items(reader)[-1]
    assert lake.find("a:link", ATOM).get("href") == absolute("/glossary/data-lake/")
    assert lake.findtext("a:summary", namespaces=ATOM) == (
        "<p>Data Lake</p><p>存放原始数据的仓库</p>"
    )
    hvac = items(reader)[0].findtext("a:summary", namespaces=ATOM)
    assert hvac.endswith("<p>供暖&lt;和&gt;制冷</p>")
    found = (
        lake.findtext("a:published", namespaces=ATOM),
        lake.findtext("a:updated", namespaces=ATOM),
    )
    assert found[0] == found[1] == entry("数据湖").addresses.get().created_at.isoformat()


def test_an_item_keeps_its_identity_under_another_address(reader):
    live_episode("one", LAKE)
    do_jobs()
    before = items(reader)[0].findtext("a:id", namespaces=ATOM)
    known_since("数据湖", 9)
    lake = entry("数据湖")
    EntryAddress.objects.create(entry=lake, slug="another")
    publishing.changed()
    after = items(reader)
    assert [each.findtext("a:id", namespaces=ATOM) for each in after] == [before]
    oldest = EntryAddress.objects.order_by("created_at").first()
    assert after[0].findtext("a:published", namespaces=ATOM) == oldest.created_at.isoformat()


def test_so_many_items_and_no_more(reader, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(views_plain, "ITEMS", 2)
    live_episode("one", "**甲词**（A）**乙词**（B）**丙词**（C）")
    do_jobs()
    for days, term in enumerate(("甲词", "乙词", "丙词")):
        known_since(term, days)
    cache.clear()
    with django_assert_num_queries(4):
        assert titles(reader) == ["甲词", "乙词"]
