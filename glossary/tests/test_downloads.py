"""The public glossary as files: what readers see, in every format, and nothing else."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.test import Client

from episodes.addresses import absolute
from episodes.models import Episode
from episodes.tests.factories import make_user
from glossary import decisions
from glossary.exchange import tbx
from glossary.models import State
from glossary.tests.made import LAKE, do_jobs, entry, episode, live_episode, rebuilt
from glossary.tests.test_rebuild import withdraw
from glossary.tests.test_tbx import valid

pytestmark = pytest.mark.django_db

FILES = ["/glossary.tbx", "/glossary.csv", "/glossary.json", "/glossary/feed.xml"]


@pytest.fixture
def reader() -> Client:
    cache.clear()
    return Client()


@pytest.fixture
def glossary():
    """A public candidate, an approved term with secrets, and what readers do not see."""
    cache.clear()
    live_episode("one", LAKE, "又见数据湖。**兆瓦**（Megawatt: 单位）", date="2024-01-01")
    live_episode("two", "数据湖与兆瓦。", date="2025-01-01")
    episode("draft", "**草稿词**（Draft word）")
    rebuilt()
    by = make_user("Publishers", "paula")
    found = entry("兆瓦")
    values = {"aliases": "百万瓦", "forbidden": "secretly forbidden"}
    decisions.save(found, values, version=found.version, by=by)
    decisions.decide([found.pk], State.APPROVED, by=by)
    do_jobs()
    return by


def test_json_says_each_term_with_its_address_and_its_uses(reader, glossary):
    answer = reader.get("/glossary.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'inline; filename="glossary.json"'
    assert json.loads(answer.content) == [
        {
            "slug": "data-lake",
            "url": absolute("/glossary/data-lake/"),
            "term": "数据湖",
            "foreign_term": "Data Lake",
            "abbreviation": "",
            "expansion": "",
            "definition": "存放原始数据的仓库",
            "aliases": [],
            "uses": 3,
            "episodes": 2,
        },
        {
            "slug": "megawatt",
            "url": absolute("/glossary/megawatt/"),
            "term": "兆瓦",
            "foreign_term": "Megawatt",
            "abbreviation": "",
            "expansion": "",
            "definition": "单位",
            "aliases": ["百万瓦"],
            "uses": 2,
            "episodes": 2,
        },
    ]


def test_csv_has_no_column_of_forbidden_renderings(reader, glossary):
    answer = reader.get("/glossary.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="glossary.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [(row["term"], row["aliases"], row["state"]) for row in rows] == [
        ("数据湖", "", "candidate"),
        ("兆瓦", "百万瓦", "approved"),
    ]
    assert "forbidden" not in rows[0]


@pytest.mark.parametrize("query", ["", "?version=2", "?version=x"])
def test_tbx_is_what_the_standard_says_in_either_edition(reader, glossary, query):
    answer = reader.get(f"/glossary.tbx{query}")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="glossary.tbx"'
    read = tbx.read(answer.content)
    assert [(each.slug, each.term, each.forbidden) for each in read.concepts] == [
        ("data-lake", "数据湖", ()),
        ("megawatt", "兆瓦", ()),
    ]
    assert (b"<martif" in answer.content) == (query == "?version=2")
    if query != "?version=2":
        valid(answer.content)


@pytest.mark.parametrize("address", FILES)
def test_a_file_tells_nothing_that_readers_do_not_see(reader, glossary, address):
    text = reader.get(address).content.decode()
    assert ("兆瓦" in text, "草稿词" in text, "secretly" in text) == (True, False, False)


@pytest.mark.parametrize("address", FILES)
def test_a_file_is_known_again_until_the_glossary_changes(
    reader, glossary, address, django_assert_num_queries
):
    first = reader.get(address)
    with django_assert_num_queries(3):  # steady asks before and after
        known = reader.get(address, headers={"If-None-Match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    decisions.decide([entry("兆瓦").pk], State.REJECTED, by=glossary)
    after = reader.get(address, headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200
    assert "兆瓦" not in after.content.decode()


def test_what_is_withdrawn_leaves_the_files(reader, glossary):
    withdraw(Episode.objects.get(slug="two"))
    do_jobs()
    terms = json.loads(reader.get("/glossary.json").content)
    assert [(each["term"], each["uses"], each["episodes"]) for each in terms] == [
        ("数据湖", 2, 1),
        ("兆瓦", 1, 1),
    ]
    withdraw(Episode.objects.get(slug="one"))
    do_jobs()
    assert json.loads(reader.get("/glossary.json").content) == []


@pytest.mark.parametrize("address", FILES)
def test_an_empty_glossary_has_files_too(reader, address):
    assert reader.get(address).status_code == 200


@pytest.mark.parametrize("address", FILES)
def test_files_are_only_read_and_have_no_english_address(reader, address):
    assert reader.post(address).status_code == 405
    assert reader.get(f"/en{address}").status_code == 404
