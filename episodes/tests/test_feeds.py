"""Feeds, the sitemap, exports and what machines ask for."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from episodes import exports, jobs, sitemaps
from episodes.models import Edition, Episode, PublishedEpisode
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.views import machines

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def two() -> None:
    cache.clear()
    editor, publisher = make_user("Editors"), make_user("Publishers")
    for slug, tags in (("first", ["港口"]), ("second", ["ship"])):
        episode = make_episode(slug=slug, title=f"{slug} <b>&", summary="**谈**港口", tags=tags)
        publish_episode(episode, editor=editor, publisher=publisher)
    make_episode(slug="draft")


def xml(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def test_the_atom_feed_gives_the_episodes_last_published_first(client: Client) -> None:
    feed = xml(client, "/feed.xml")
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["second <b>&", "first <b>&"]
    assert [entry.find(f"{ATOM}link").attrib["href"] for entry in entries] == [  # type: ignore[union-attr]
        f"{SITE}/episodes/second/",
        f"{SITE}/episodes/first/",
    ]
    assert [entry.findtext(f"{ATOM}summary") for entry in entries] == [
        "<p><strong>谈</strong>港口</p>"
    ] * 2
    assert client.get("/feed.xml")["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_the_json_feed_is_of_version_1_1(client: Client) -> None:
    response = client.get("/feed.json")
    feed = json.loads(response.content)
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert {key: feed[key] for key in ("version", "home_page_url", "feed_url", "language")} == {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": f"{SITE}/",
        "feed_url": f"{SITE}/feed.json",
        "language": "zh-Hans",
    }
    published = PublishedEpisode.objects.get(slug="first")
    item = feed["items"][1]
    assert {**item, "id": ""} == {
        "id": "",
        "url": f"{SITE}/episodes/first/",
        "title": "first <b>&",
        "content_html": "<p><strong>谈</strong>港口</p>",
        "date_published": published.first_published_at.isoformat(),
        "date_modified": published.published_at.isoformat(),
        "language": "zh-Hans",
        "authors": [{"name": "Harbour Talk"}],
        "tags": ["港口"],
    }


def test_an_items_id_stays_through_a_new_edition_and_a_new_slug(client: Client) -> None:
    def ids() -> list[str]:
        return [item["id"] for item in json.loads(client.get("/feed.json").content)["items"]]

    before = ids()
    Episode.objects.filter(slug="first").update(slug="renamed", revision=9)
    publish_episode(Episode.objects.get(slug="renamed"))
    assert ids() == before
    assert len(set(before)) == 2


def test_a_control_character_in_a_title_does_not_break_the_feed(client: Client) -> None:
    PublishedEpisode.objects.filter(slug="first").update(title="a\x0bb\x1fc")
    entries = xml(client, "/feed.xml").findall(f"{ATOM}entry")
    assert entries[1].findtext(f"{ATOM}title") == "abc"


def test_the_sitemap_names_every_public_page_in_both_languages(client: Client) -> None:
    found = xml(client, "/sitemap.xml")
    places = [url.findtext(f"{MAP}loc") for url in found]
    paths = [
        "/",
        "/episodes/",
        "/episodes/second/",
        "/episodes/first/",
        "/people/ingrid-solberg/",
        "/people/mara-quill/",
        "/tags/ship/",
        "/tags/%E6%B8%AF%E5%8F%A3/",
    ]
    ours = [f"{SITE}{prefix}{path}" for path in paths for prefix in ("", "/en")]
    assert [place for place in places if "/glossary/" not in str(place)] == ours
    assert {len(url.findall(LINK)) for url in found} == {3}
    for place in ours:
        assert client.get(place.removeprefix(SITE)).status_code == 200


def test_a_long_sitemap_becomes_an_index_of_pages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [url.findtext(f"{MAP}loc") for url in xml(client, "/sitemap.xml")]
    monkeypatch.setattr(sitemaps, "PER_FILE", 6)
    index = xml(client, "/sitemap.xml")
    assert index.tag == f"{MAP}sitemapindex"
    files = [str(entry.findtext(f"{MAP}loc")).removeprefix(SITE) for entry in index]
    assert files == [f"/sitemap.xml?page={n}" for n in range(1, len(files) + 1)]
    assert [url.findtext(f"{MAP}loc") for file in files for url in xml(client, file)] == whole
    assert client.get(f"/sitemap.xml?page={len(files) + 1}").status_code == 404
    assert client.get("/sitemap.xml?page=x").status_code == 404


def test_robots_may_read_all_but_the_desk(client: Client) -> None:
    assert client.get("/robots.txt").content.decode() == (
        f"User-agent: *\nDisallow: /admin/\n\nSitemap: {SITE}/sitemap.xml\n"
    )


def test_an_export_is_that_of_the_live_edition(client: Client) -> None:
    edition = Edition.objects.get(episode__slug="first")
    markdown = client.get("/episodes/first.md")
    assert markdown.content.decode() == exports.edition_markdown(edition)
    assert markdown["Content-Type"] == "text/markdown; charset=utf-8"
    as_json = client.get("/episodes/first.json")
    assert json.loads(as_json.content) == exports.edition_json(edition)
    assert as_json["X-Robots-Tag"] == "noindex"
    assert client.get("/episodes/first.exe").status_code == 404
    assert client.get("/episodes/draft.md").status_code == 404


def test_healthz_says_that_all_is_well(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "database": "ok", "worker": "ok"},
    )
    assert response["Cache-Control"] == "no-store"


def test_healthz_says_that_no_worker_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "silence", lambda: timedelta(seconds=75.5))
    assert client.get("/healthz").json() == {
        "status": "ok",
        "database": "ok",
        "worker": "does not answer",
        "job_waiting_seconds": 75,
    }


def test_healthz_is_503_when_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def cursor(self) -> None:
            raise DatabaseError("no such host")

    monkeypatch.setattr(machines, "connection", Gone())
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "error",
        "database": "does not answer",
        "worker": "not known",
    }
