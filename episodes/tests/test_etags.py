"""A page that has not changed is not made again; whatever it shows changes its ETag."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from episodes import extensions, pages
from episodes.models import Episode, Organisation, Person, Tag
from episodes.tests.factories import make_episode, publish_episode

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/en/",
    "/episodes/",
    "/episodes/?tag=ship",
    "/episodes/harbour/",
    "/episodes/harbour/?view=side",
    "/en/episodes/harbour/",
    "/episodes/harbour/v1/",
    "/people/mara-quill/",
    "/organisations/acme/",
    "/tags/ship/",
    "/feed.xml",
    "/feed.json",
    "/sitemap.xml",
    "/robots.txt",
    "/episodes/harbour.md",
    "/episodes/harbour.json",
)


@pytest.fixture
def published() -> Episode:
    cache.clear()
    episode = make_episode(slug="harbour", organisations=["Acme"], tags=["ship"])
    publish_episode(episode)
    return episode


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_is_known_is_answered_304_without_being_made(
    client: Client, published: Episode, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(address)
    monkeypatch.setattr(pages.gzip, "compress", pytest.fail)
    cache.clear()
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    kept = ("ETag", "Cache-Control", "Vary")
    assert [again[name] for name in kept] == [first[name] for name in kept]
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_the_same_from_the_cache(
    client: Client, published: Episode, address: str
) -> None:
    made = client.get(address)
    kept = client.get(address)
    assert (kept.content, kept["ETag"]) == (made.content, made["ETag"])


def test_every_language_and_view_has_an_etag_of_its_own(client: Client, published: Episode) -> None:
    etags = [
        client.get(f"{prefix}/episodes/harbour/?view={view}")["ETag"]
        for prefix in ("", "/en")
        for view in ("zh", "both", "side", "en")
    ]
    assert len(set(etags)) == 8
    assert client.get("/episodes/harbour/")["ETag"] == etags[0]


def rename_person() -> None:
    Person.objects.filter(name="Mara Quill").update(name="Mara Q. Quill")


def translate_guest() -> None:
    Person.objects.filter(name="Ingrid Solberg").update(translated_name="英格丽")


def rename_organisation() -> None:
    Organisation.objects.update(name="Acme Ltd")


def rename_tag() -> None:
    Tag.objects.update(name="Ships")


@pytest.mark.parametrize(
    ("change", "word", "shown_on"),
    [
        (rename_person, "Mara Q. Quill", ("/episodes/harbour/", "/people/mara-quill/", "/")),
        (translate_guest, "英格丽", ("/episodes/harbour/", "/people/ingrid-solberg/")),
        (rename_organisation, "Acme Ltd", ("/episodes/harbour/", "/organisations/acme/")),
        (
            rename_tag,
            "Ships",
            ("/episodes/harbour/", "/tags/ship/", "/", "/episodes/", "/feed.xml"),
        ),
    ],
)
def test_a_new_name_in_the_registry_shows_at_once(
    client: Client,
    published: Episode,
    change: Callable[[], None],
    word: str,
    shown_on: tuple[str, ...],
) -> None:
    before = {address: client.get(address)["ETag"] for address in shown_on}
    change()
    for address, etag in before.items():
        response = client.get(address, headers={"If-None-Match": etag})
        assert response.status_code == 200, address
        assert word in response.content.decode(), address


def test_a_note_of_a_person_shows_at_once(client: Client, published: Episode) -> None:
    etag = client.get("/people/mara-quill/")["ETag"]
    Person.objects.filter(name="Mara Quill").update(note="Edits *Harbour Talk*.")
    response = client.get("/people/mara-quill/", headers={"If-None-Match": etag})
    assert "Edits <em>Harbour Talk</em>." in response.content.decode()


def test_a_new_generation_of_the_glossary_makes_episode_pages_anew(
    client: Client, published: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ("/episodes/harbour/", "/episodes/harbour/v1/")
    etags = [client.get(address)["ETag"] for address in addresses]
    monkeypatch.setattr(extensions, "page_generation", lambda: "later")
    for address, etag in zip(addresses, etags, strict=True):
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_an_unpublished_edit_changes_no_etag(client: Client, published: Episode) -> None:
    etags = {address: client.get(address)["ETag"] for address in PAGES}
    Episode.objects.update(title="Working title", revision=7)
    published.turns.update(text="Working text")
    cache.clear()
    assert {address: client.get(address)["ETag"] for address in PAGES} == etags


def test_a_new_release_or_name_of_the_site_changes_etags(
    client: Client, published: Episode, settings: object
) -> None:
    etag = client.get("/")["ETag"]
    settings.SITE_NAME = "Other lots"  # type: ignore[attr-defined]
    response = client.get("/", headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert "Other lots" in response.content.decode()


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("x-gzipped", False),
    ],
)
def test_a_page_is_sent_compressed_to_those_who_accept_it(
    client: Client, published: Episode, accepted: str, packed: bool
) -> None:
    plain = client.get("/episodes/harbour/").content
    response = client.get("/episodes/harbour/", headers={"Accept-Encoding": accepted})
    assert response.headers.get("Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(response.content) if packed else response.content) == plain
    assert int(response["Content-Length"]) == len(response.content)
