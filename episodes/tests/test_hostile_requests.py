"""No address of the desk or of the site answers what nobody would send with a fault of its own.

All addresses there are, taken from the routes; the names of fields, taken from the pages themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from episodes import checking, preview_links
from episodes.models import Conflict, Episode, Finding, ImportRun, Job
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db

HUGE = "9" * 40
NASTY = (
    "",
    "\x00",
    HUGE,
    "-1",
    "tzzzzzzzz",
    "<script>alert(1)</script>😀",
    "\ud7ff\u202e\ufeff（（（（[[[[**../%ff%00 2026-13-45T99:99",
)
NAME = re.compile(r"""<(?:input|select|textarea|button)[^>]*?\sname="([^"]+)\"""")
PART = re.compile(r"<(?:(\w+):)?(\w+)>")
OTHERS = {"page", "p", "q", "o", "all", "e", "view", "edit", "next", "find", "from", "to", "a", "b"}
"""Names that links use rather than forms."""
NOT_OURS = ("/admin/auth/", "/admin/taggit/tag/merge-tags/")
"""Pages of Django and of taggit that fail on keys that are no numbers."""


def routes() -> Iterator[tuple[str, str]]:
    """Every route there is, with its name."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            place = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, place)
            else:
                yield place, each.name or ""

    yield from walk(get_resolver().url_patterns, "/")


def addresses(values: dict[str, str], otherwise: str) -> list[str]:
    """Return all addresses, their parts filled by name (with ``otherwise`` where none is given)."""
    found = []
    for place, _name in routes():
        if "^" in place or "logout" in place or "static" in place or place.startswith(NOT_OURS):
            continue
        filled = PART.sub(lambda part: values.get(part[2], otherwise), place)
        found.append(filled.replace("\\", ""))
    return sorted(set(found))


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("", is_superuser=True))
    client.raise_request_exception = False
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def episode() -> Episode:
    live = make_episode(slug="live")
    publish_episode(live)
    made = make_episode(turns=[("Mara Quill", "**没有。", "One, one, and."), ("", "", "Nobody.")])
    checking.check_now(made)
    return made


def values_of(episode: Episode) -> dict[str, str]:
    def first(model: type) -> str:
        return str(model.objects.values_list("pk", flat=True).first() or 1)

    return {
        "pk": str(episode.pk),
        "object_id": str(episode.pk),
        "uid": episode.turns.first().uid,
        "number": first(Finding),
        "run": first(ImportRun),
        "job": first(Job),
        "conflict": first(Conflict),
        "field": "title",
        "slug": "live",
        "to": "review",
        "app_label": "episodes",
    }


def asked(client: Client, method: str, place: str, sent: dict[str, str]) -> str:
    """Ask, and return what is wrong with the answer; empty where nothing is."""
    answer = getattr(client, method)(place, sent)
    if answer.status_code >= 500:
        return f"{answer.status_code} {method} {place} {sent!r:.200}"
    body = b"" if answer.streaming else answer.content
    if b"<script>alert(1)" in body and "html" in answer.headers.get("Content-Type", ""):
        return f"script {method} {place} {sent!r:.200}"
    return ""


def test_parts_of_an_address_that_are_none(desk: Client, episode: Episode) -> None:
    values = values_of(episode)
    wrong = []
    for part in (*NASTY[2:5], "0"):
        for name in sorted({each for place, _n in routes() for _c, each in PART.findall(place)}):
            for place in addresses({**values, name: part}, part):
                if part in place:
                    wrong.append(asked(desk, "get", place, {}))
                    wrong.append(asked(desk, "post", place, {}))
    assert [each for each in wrong if each] == []


def test_fields_that_hold_anything(desk: Client, episode: Episode) -> None:
    wrong = []
    for place in addresses(values_of(episode), "1"):
        answer = desk.get(place)
        body = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        names = {*NAME.findall(body), *OTHERS} - {"csrfmiddlewaretoken"}
        for value in NASTY if connection.vendor == "sqlite" else NASTY[1:3]:  # all on one of them
            sent = dict.fromkeys(sorted(names), value)
            wrong.append(asked(desk, "get", place, sent))
            wrong.append(asked(desk, "post", place, sent))
    assert [each for each in wrong if each] == []


def test_links_of_a_preview_that_are_none(client: Client) -> None:
    assert preview_links.DAYS
    for token in (*NASTY[2:-1], "W" * 4000, "WzEsMCwwLDE3OTYyMzY2ODhd:1xWHse:x"):
        assert client.get(f"/preview/{token}/").status_code in (404, 410)
