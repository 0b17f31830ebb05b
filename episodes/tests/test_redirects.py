"""Addresses stay: what was renamed redirects, what was withdrawn says so, old turns are found."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from episodes import names, workflow
from episodes.models import Episode, EpisodeOldSlug, Person, Status, Turn, TurnRedirect
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> Episode:
    cache.clear()
    episode = make_episode(slug="harbour")
    publish_episode(episode)
    return episode


def withdraw(episode: Episode) -> None:
    workflow.transition(episode, Status.ARCHIVED, make_user("Publishers"), "")


ADDRESSES = (
    "/episodes/{}/",
    "/en/episodes/{}/",
    "/episodes/{}/v1/",
    "/en/episodes/{}/v1/",
    "/episodes/{}.md",
    "/episodes/{}.json",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_renamed_episode_is_found_under_its_old_slug(
    client: Client, published: Episode, address: str
) -> None:
    Episode.objects.filter(pk=published.pk).update(slug="port", revision=9)
    published.refresh_from_db()
    assert client.get(address.format("harbour")).status_code == 200
    assert client.get(address.format("port")).status_code == 404
    publish_episode(published)
    response = client.get(address.format("harbour"))
    assert (response.status_code, response["Location"]) == (301, address.format("port"))
    assert client.get(address.format("port")).status_code == 200


def test_a_redirect_keeps_the_way_of_reading(client: Client, published: Episode) -> None:
    EpisodeOldSlug.objects.create(slug="before", target=published)
    response = client.get("/en/episodes/before/?view=side&other=1")
    assert response["Location"] == "/en/episodes/harbour/?view=side"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_withdrawn_episode_is_gone_from_all_its_addresses_and_says_its_title(
    client: Client, published: Episode, address: str
) -> None:
    withdraw(published)
    response = client.get(address.format("harbour"))
    assert response.status_code == 410
    assert response.content.decode().count("港口与吊车") == 1
    assert "欢迎收听" not in response.content.decode()


def test_a_withdrawn_episode_is_gone_at_once_for_a_client_that_has_the_page(
    client: Client, published: Episode
) -> None:
    etag = client.get("/episodes/harbour/")["ETag"]
    assert client.get("/episodes/harbour/", headers={"If-None-Match": etag}).status_code == 304
    withdraw(published)
    assert client.get("/episodes/harbour/", headers={"If-None-Match": etag}).status_code == 410
    for address in ("/", "/episodes/", "/feed.xml", "/feed.json", "/sitemap.xml"):
        assert "/episodes/harbour" not in client.get(address).content.decode()
    assert client.get("/people/mara-quill/").status_code == 404


def test_a_renamed_person_is_found_under_the_old_slug_as_long_as_an_edition_links_there(
    client: Client, published: Episode
) -> None:
    names.rename_slug(Person.objects.get(name="Mara Quill"), "mara-q")
    response = client.get("/en/people/mara-quill/")
    assert (response.status_code, response["Location"]) == (301, "/en/people/mara-q/")
    withdraw(published)
    assert client.get("/en/people/mara-quill/").status_code == 404


def test_a_merged_turns_old_address_leads_to_the_turn_it_became_part_of(
    client: Client, published: Episode
) -> None:
    first, second, _third = Turn.objects.filter(episode=published).order_by("position")
    old = second.uid
    second.delete()
    TurnRedirect.objects.create(episode=published, old_uid=old, new_uid=first.uid)
    Episode.objects.filter(pk=published.pk).update(revision=9)
    published.refresh_from_db()
    assert f'id="{old}" data-speaker' in client.get("/episodes/harbour/").content.decode()
    publish_episode(published)
    page = client.get("/episodes/harbour/").content.decode()
    assert f'id="{first.uid}" data-speaker="Mara Quill"><span id="{old}"></span>' in page
    assert page.count(f'id="{old}"') == 1


def test_an_address_without_its_last_slash_gets_it(client: Client, published: Episode) -> None:
    for address in ("/episodes", "/episodes/harbour", "/en/episodes/harbour/v1", "/en"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, f"{address}/")


@pytest.mark.parametrize(
    "address", ["/nope/", "/en/nope/", "/episodes/nope/", "/episodes/harbour.exe"]
)
def test_an_unknown_address_is_not_found_and_is_not_repeated(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response.content.decode().count("<h1>") == 1
    assert "nope" not in response.content.decode()
