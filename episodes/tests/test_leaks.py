"""G1: unmistakable words in drafts, withdrawn episodes and unpublished edits are in no public answer."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from episodes import slugs, workflow
from episodes.models import (
    NAMED_MODELS,
    Appearance,
    Chapter,
    Edition,
    Episode,
    EpisodeOldSlug,
    Person,
    Project,
    PublishedEpisode,
    Status,
    Tag,
    Turn,
)
from episodes.tests.factories import make_episode, make_user, publish_episode

pytestmark = pytest.mark.django_db

WORD = "zwetschgenmus"  # in no text of ours
WORDS = re.compile(WORD, re.IGNORECASE)
PUBLIC = ("episodes", "episodes_plain", "glossary", "glossary_plain")
FIELDS = {
    "title": "{}",
    "original_title": "{}",
    "source_address": "https://example.org/{}",
    "audio_url": "https://example.org/{}.mp3",
    "channel": "{}",
    "author": "{}",
    "guest": "{}",
    "area": "{}",
    "category": "{}",
    "series": "{}",
    "summary": "{}",
    "insight": "{}",
    "revised_by": "{}",
    "rights": "{}",
}
LISTS = ("people", "organisations", "products", "works", "tags", "projects")


def loaded(slug: str, **front: object) -> Episode:
    """Return a draft that holds the word in every place a transcript has."""
    values: dict[str, object] = {
        **{field: template.format(WORD) for field, template in FIELDS.items() if field in FRONT},
        **{kind: [f"{WORD} {kind}"] for kind in LISTS},
        **front,
    }
    turns = [
        (
            f"{WORD} speaker",
            f"{WORD}。**{WORD}词**（{WORD} term: {WORD} 的定义）",
            f"{WORD} original",
        )
    ]
    return make_episode(slug=slug, turns=turns, chapter=f"{WORD} chapter", **values)


FRONT = ("title", "channel", "author", "guest", "area", "category", "series", "summary", "insight")


def spoil(episode: Episode) -> None:
    """Put the word into every field of a working copy that is published already."""
    values = {field: template.format(WORD) for field, template in FIELDS.items()}
    Episode.objects.filter(pk=episode.pk).update(
        **values, slug=f"{WORD}-renamed", extra=[[WORD, WORD]], revision=episode.revision + 1
    )
    Turn.objects.filter(episode=episode).update(
        text=f"**{WORD}**（{WORD}: {WORD}）", original=WORD, label=WORD, original_label=WORD
    )
    Chapter.objects.filter(episode=episode).update(title=WORD)
    episode.tags.add(f"{WORD} new tag")
    episode.projects.add(f"{WORD} new project")
    person = Person.objects.create(
        name=f"{WORD} newcomer", slug=f"{WORD}-newcomer", note=WORD, aliases=WORD
    )
    Turn.objects.filter(episode=episode).update(speaker=person)
    Appearance.objects.create(episode=episode, person=person)


@pytest.fixture
def site() -> None:
    cache.clear()
    editor, publisher = make_user("Editors"), make_user("Publishers")
    shown = make_episode(slug="shown", tags=["harbour"], projects=["city"], organisations=["Acme"])
    publish_episode(shown, editor=editor, publisher=publisher)
    Edition.objects.update(note=WORD)
    spoil(shown)
    loaded(f"{WORD}-draft")
    in_review = loaded(f"{WORD}-review")
    workflow.transition(in_review, Status.REVIEW, editor, WORD)
    gone = loaded("gone", title="Withdrawn")
    EpisodeOldSlug.objects.create(slug="gone-before", target=gone)
    EpisodeOldSlug.objects.create(slug="draft-before", target=in_review)
    publish_episode(gone, editor=editor, publisher=publisher)
    workflow.transition(gone, Status.ARCHIVED, publisher, WORD)
    for kind, model in NAMED_MODELS.items():
        model._default_manager.create(name=f"{WORD} {kind} alone", slug=f"alone-{kind}", note=WORD)
    Tag.objects.create(name=f"{WORD} alone", slug=f"{WORD}-alone")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    """Return the routes of the public namespaces, with their ``<converter:name>`` parts."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name in PUBLIC or pattern.app_name is None:
                found += routes(pattern.url_patterns, prefix)
        else:
            found.append(prefix + str(pattern.pattern))
    return [route for route in found if "admin" not in route]


def addresses() -> list[str]:
    """Return every public address there may be: each route with each slug, known and guessed."""
    known = {
        *Episode.objects.values_list("slug", flat=True),
        *PublishedEpisode.objects.values_list("slug", flat=True),
        *EpisodeOldSlug.objects.values_list("slug", flat=True),
        *Tag.objects.values_list("slug", flat=True),
        *Project.objects.values_list("slug", flat=True),
        *(
            slug
            for model in NAMED_MODELS.values()
            for slug in model._default_manager.values_list("slug", flat=True)
        ),
        slugs.from_text(f"{WORD} term", "term"),
        slugs.from_text(f"{WORD}词", "term"),
    }
    found = set()
    for route in routes(get_resolver().url_patterns):
        choices = [""]
        for part in re.split(r"(<[^>]+>)", route):
            values: list[str] = [part]
            if part.startswith("<"):
                name = part.strip("<>").rpartition(":")[2]
                values = {
                    "slug": sorted(quote(slug) for slug in known),
                    "number": ["1", "2"],
                    "format": ["md", "json", "vtt", "srt", "tmx"],
                }.get(name, ["x"])
            choices = [before + value for before in choices for value in values]
        for path in choices:
            found |= {f"/{path}", f"/en/{path}"}
    extra = [f"{path}?{query}" for path in ("/episodes/", "/en/episodes/") for query in queries()]
    views = [f"/episodes/shown/?view={view}" for view in ("zh", "both", "side", "en")]
    return sorted(found) + extra + views + ["/sitemap.xml?page=1", "/search/?q=x", "/glossary/?q=x"]


def queries() -> list[str]:
    slug = quote(f"{WORD}-new-tag".replace(WORD, "x"))
    return ["year=2025", "page=1", f"tag={slug}", "person=alone-person", "tag=harbour&area=x"]


def test_no_public_answer_holds_a_word_that_nobody_published(client: Client, site: None) -> None:
    assert WORDS.search(Turn.objects.filter(episode__slug="gone").get().text)
    asked = 0
    for address in addresses():
        response = client.get(address)
        asked += 1
        said = response.content.decode(errors="replace") + repr(response.headers)
        assert WORDS.search(said) is None, address
    assert asked > 300


def test_the_published_words_are_there(client: Client, site: None) -> None:
    page = client.get("/episodes/shown/").content.decode()
    assert page.count("data-speaker=") == 3
    assert "欢迎收听，今天我们谈港口。" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/episodes/shown/", 200),
        (f"/episodes/{WORD}-renamed/", 404),
        (f"/episodes/{WORD}-draft/", 404),
        (f"/episodes/{WORD}-draft/v1/", 404),
        (f"/episodes/{WORD}-draft.md", 404),
        (f"/episodes/{WORD}-review/", 404),
        ("/episodes/draft-before/", 404),
        ("/episodes/gone/", 410),
        ("/episodes/gone-before/", 301),
        ("/people/mara-quill/", 200),
        ("/people/alone-person/", 404),
        ("/organisations/acme/", 200),
        ("/organisations/alone-organisation/", 404),
        ("/products/alone-product/", 404),
        ("/works/alone-work/", 404),
        (f"/people/{WORD}-newcomer/", 404),
        (f"/people/{WORD}-speaker/", 404),
        ("/tags/harbour/", 200),
        (f"/tags/{WORD}-alone/", 404),
        (f"/tags/{WORD}-new-tag/", 404),
        (f"/tags/{WORD}-tags/", 404),
        ("/projects/city/", 200),
        (f"/projects/{WORD}-new-project/", 404),
    ],
)
def test_only_what_a_live_edition_links_to_answers(
    client: Client, site: None, address: str, status: int
) -> None:
    assert client.get(address).status_code == status
    assert client.get(f"/en{address}").status_code == (404 if address.endswith(".md") else status)
