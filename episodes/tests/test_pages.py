"""What readers see, page by page, and how many queries it takes."""

from __future__ import annotations

import gzip
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from episodes import editing, extensions, querysets
from episodes.models import Episode, Organisation, Person, PublishedEpisode, Turn
from episodes.tests.factories import make_episode, make_user, publish_episode
from episodes.views.errors import forbidden, server_error

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def published() -> Episode:
    episode = make_episode(slug="harbour", organisations=["Acme"], tags=["港口"])
    publish_episode(episode)
    return episode


class Elements(HTMLParser):
    """Collects each start tag with its attributes; ``ids`` in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, name: str) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, attributes) for tag, attributes in self.found if name in attributes]


def html(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def uids(episode: Episode) -> list[str]:
    return list(
        Turn.objects.filter(episode=episode).order_by("position").values_list("uid", flat=True)
    )


@pytest.mark.parametrize(
    "view", ["", "?view=zh", "?view=both", "?view=side", "?view=en", "?view=x"]
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_turn_stands_on_the_page_in_both_languages(
    client: Client, published: Episode, prefix: str, view: str
) -> None:
    page = html(client, f"{prefix}/episodes/harbour/{view}")
    turns = [attributes for _tag, attributes in Elements(page).having("data-speaker")]
    assert [(turn["id"], turn["data-speaker"]) for turn in turns] == list(
        zip(uids(published), ["Mara Quill", "Ingrid Solberg", "Mara Quill"], strict=True)
    )
    assert len(re.findall(r'<div class="tr" lang="zh-Hans">', page)) == 3
    assert len(re.findall(r'<div class="or" lang="en">', page)) == 3


@pytest.mark.parametrize(
    ("prefix", "asked", "current", "behind"),
    [
        ("", "", 0, "or"),
        ("", "?view=en", 3, "tr"),
        ("", "?view=both", 1, None),
        ("/en", "", 3, "tr"),
        ("/en", "?view=zh", 0, "or"),
    ],
)
def test_one_way_to_read_is_current_and_its_other_language_is_behind_details(
    client: Client, published: Episode, prefix: str, asked: str, current: int, behind: str | None
) -> None:
    page = html(client, f"{prefix}/episodes/harbour/{asked}")
    switch = page[page.index('<nav class="views') :].split("</nav>")[0]
    links = re.findall(r"<a href=[^>]*>", switch)
    assert ["aria-current" in link for link in links] == [n == current for n in range(4)]
    hidden = re.findall(r'<details><summary>[^<]*</summary><div class="(..)"', page)
    assert hidden == ([behind] * 3 if behind else [])


def test_an_episode_without_any_original_has_no_switch(client: Client) -> None:
    publish_episode(make_episode(slug="mono", turns=[("", "独白。", "")]))
    assert 'class="views' not in html(client, "/episodes/mono/?view=en")


def test_a_note_is_a_native_popover_that_does_not_interrupt_the_sentence(
    client: Client, published: Episode
) -> None:
    page = html(client, "/episodes/harbour/")
    uid = uids(published)[1]
    button = f'<button type="button" class="term" popovertarget="n-{uid}-0">吊车</button>很重要。'
    assert button in page
    assert page.count(f'<div class="note" role="note" id="n-{uid}-0" popover>') == 1
    note = page[page.index(f'id="n-{uid}-0"') :].split("</div>")[0]
    assert re.sub(r"<[^>]+>", " ", note.split(">", 1)[1]).split() == [
        "吊车",
        "Crane",
        "装卸货物的机器",
    ]


def test_a_page_holds_each_id_once_and_no_inline_script_style_or_handler(
    client: Client, published: Episode
) -> None:
    for address in ("/", "/episodes/", "/episodes/harbour/", "/episodes/harbour/v1/", "/nope/"):
        page = client.get(address).content.decode()
        elements = Elements(page)
        ids = [attributes["id"] for _tag, attributes in elements.having("id")]
        assert len(ids) == len(set(ids))
        assert elements.having("style") == []
        assert [tag for tag, attributes in elements.found if tag == "style"] == []
        assert [a for tag, a in elements.found if tag == "script" and not a.get("src")] == []
        assert [a for _tag, a in elements.found if any(name.startswith("on") for name in a)] == []


def test_links_within_the_page_lead_somewhere(client: Client, published: Episode) -> None:
    page = html(client, "/episodes/harbour/")
    ids = {attributes["id"] for _tag, attributes in Elements(page).having("id")}
    targets = {
        str(attributes["href"])[1:]
        for _tag, attributes in Elements(page).having("href")
        if str(attributes["href"]).startswith("#")
    }
    assert targets - ids == set()
    popovers = {a["popovertarget"] for _tag, a in Elements(page).having("popovertarget")}
    assert popovers - ids == set()


def test_text_of_every_field_is_text_on_every_page(client: Client) -> None:
    episode = make_episode(
        slug="hostile",
        turns=[(HOSTILE, HOSTILE, HOSTILE), ("Mara Quill", f"**x**（X: {HOSTILE}）好", HOSTILE)],
        chapter=HOSTILE,
        title=HOSTILE,
        channel=HOSTILE,
        area=HOSTILE,
        category=HOSTILE,
        summary=HOSTILE,
        organisations=[HOSTILE],
        tags=[HOSTILE],
        source="javascript:alert(1)",
    )
    Episode.objects.filter(pk=episode.pk).update(
        original_title=HOSTILE, rights=HOSTILE, revised_by=HOSTILE, insight=HOSTILE
    )
    Organisation.objects.update(note=HOSTILE, aliases=HOSTILE, link="javascript:alert(1)")
    Person.objects.update(translated_name=HOSTILE[:100], note=HOSTILE)
    episode.refresh_from_db()
    publish_episode(episode)
    organisation = Organisation.objects.get()
    addresses = [
        "/",
        "/episodes/",
        "/episodes/?area=" + HOSTILE,
        "/episodes/hostile/",
        "/episodes/hostile/?view=side",
        "/episodes/hostile/v1/",
        organisation.get_absolute_url(),
        *(person.get_absolute_url() for person in Person.objects.filter(published_links__gt=0)),
    ]
    for address in addresses:
        page = html(client, address)
        elements = Elements(page)
        assert [a for tag, a in elements.found if tag == "script" and not a.get("src")] == []
        assert [a for tag, a in elements.found if tag == "img"] == []
        assert [
            a["href"] for _t, a in elements.having("href") if "javascript:" in str(a["href"])
        ] == []


def test_speakers_are_told_apart_by_letters_and_by_a_look(client: Client) -> None:
    names = ["Ann Lee", "Al Long", "陈一鸣", "陈小明", "Bo"]
    publish_episode(
        make_episode(slug="many", turns=[(name, "好的。", "Yes.") for name in [*names, names[0]]])
    )
    page = html(client, "/episodes/many/")
    assert re.findall(
        r'<span class="mono" aria-hidden="true">(.*?)</span><b[^>]*>(.*?)</b>', page
    ) == [
        ("AL", "Ann Lee"),
        ("AG", "Al Long"),
        ("陈", "陈一鸣"),
        ("明", "陈小明"),
        ("B", "Bo"),
        ("AL", "Ann Lee"),
    ]
    assert re.findall(r'class="turn speech (v\d)"', page) == ["v1", "v2", "v3", "v4", "v5", "v1"]


def test_a_translated_name_stands_on_chinese_pages_and_the_name_on_english_ones(
    client: Client, published: Episode
) -> None:
    Person.objects.filter(name="Mara Quill").update(translated_name="玛拉·奎尔")
    speakers = r'</span><b lang="(.*?)">(.*?)</b>'
    assert re.findall(speakers, html(client, "/episodes/harbour/"))[0] == ("zh-Hans", "玛拉·奎尔")
    assert re.findall(speakers, html(client, "/en/episodes/harbour/"))[0] == ("en", "Mara Quill")
    chinese = Elements(html(client, "/episodes/harbour/")).having("data-speaker")
    assert chinese[0][1]["data-speaker"] == "Mara Quill"


def test_an_edition_stays_as_it_was_when_the_next_one_is_live(
    client: Client, published: Episode
) -> None:
    editor = make_user("Editors")
    turn = Turn.objects.get(episode=published, position=0)
    editing.save_turn(turn, version=turn.version, values={"text": "第二版的第一句。"}, by=editor)
    published.refresh_from_db()
    publish_episode(published)
    live = html(client, "/episodes/harbour/")
    first = html(client, "/episodes/harbour/v1/")
    assert ("第二版的第一句。" in live, "欢迎收听，今天我们谈港口。" in live) == (True, False)
    assert ("第二版的第一句。" in first, "欢迎收听，今天我们谈港口。" in first) == (False, True)
    assert '<meta name="robots" content="noindex">' in first
    assert '<meta name="robots"' not in live
    assert '<link rel="canonical" href="http://127.0.0.1:8000/episodes/harbour/">' in first
    assert 'role="note"><a' not in first
    assert client.get("/episodes/harbour/v1/")["X-Robots-Tag"] == "noindex"
    assert [client.get(f"/episodes/harbour/v{n}/").status_code for n in (2, 3, 0, 10**30)] == [
        200,
        404,
        404,
        404,
    ]


def test_a_page_names_its_other_language_without_leaving_the_site(
    client: Client, published: Episode
) -> None:
    page = html(client, "/episodes/?area=&page=&x=1")
    assert '<link rel="alternate" hreflang="en" href="http://127.0.0.1:8000/en/episodes/">' in page
    assert '<html lang="zh-Hans">' in page
    english = html(client, "/en/episodes/harbour/?view=side")
    assert '<a class="language" href="/episodes/harbour/" lang="zh-Hans"' in english
    assert '<html lang="en">' in english
    assert 'href="//evil.example' not in client.get("/en//evil.example/").content.decode()


def test_the_list_is_narrowed_by_each_filter_and_by_several(client: Client) -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("one", {"area": "sea", "category": "a", "tags": ["港口"], "date": "2024-01-01"}),
        ("two", {"area": "sea", "category": "b", "tags": ["Ship"], "date": "2025-01-01"}),
        ("three", {"area": "land", "category": "a", "projects": ["城市"], "date": "2025-06-01"}),
    ]
    for slug, front in rows:
        publish_episode(make_episode(slug=slug, **front))

    def found(query: str) -> list[str]:
        page = html(client, f"/episodes/?{query}")
        return re.findall(r'<a href="/episodes/([^/"]+)/">', page)

    assert found("") == ["three", "two", "one"]
    assert found("area=sea") == ["two", "one"]
    assert found("area=sea&category=a") == ["one"]
    assert found("tag=港口") == ["one"]
    assert found("project=城市") == ["three"]
    assert found("year=2025") == ["three", "two"]
    assert found("person=mara-quill") == ["three", "two", "one"]
    assert found("person=mara-quill&area=land") == ["three"]
    assert found("tag=nothing") == []
    assert found("year=20x5") == found("year=99999") == found("year=²") == []


def test_pages_of_a_list_end(client: Client) -> None:
    episode = make_episode(slug="first", area="sea")
    publish_episode(episode)
    row = PublishedEpisode.objects.get()
    for number in range(20):
        copy = make_episode(slug=f"n{number}", turns=[("", "好。", "")])
        publish_episode(
            copy, editor=make_user(username=f"e{number}"), publisher=make_user("Publishers")
        )
    assert row.live
    first = html(client, "/episodes/")
    assert re.findall(r'<nav class="pages".*?</nav>', first, re.DOTALL)[0].count("<li>") == 2
    assert 'href="/episodes/?page=2"' in first
    assert [client.get(f"/episodes/?page={n}").status_code for n in ("2", "3", "0", "x", "-1")] == [
        200,
        404,
        404,
        404,
        404,
    ]


def test_an_undated_episode_comes_last(client: Client) -> None:
    publish_episode(make_episode(slug="undated", date=""))
    publish_episode(make_episode(slug="dated", date="1999-01-01"))
    assert list(PublishedEpisode.objects.values_list("slug", "date").order_by("slug")) == [
        ("dated", date(1999, 1, 1)),
        ("undated", None),
    ]
    assert re.findall(r'<a href="/episodes/([^/"]+)/">', html(client, "/episodes/")) == [
        "dated",
        "undated",
    ]


def test_a_persons_page_tells_role_turns_and_other_names(
    client: Client, published: Episode
) -> None:
    Person.objects.filter(name="Mara Quill").update(
        aliases="Marah Quill\n玛拉", note="*Host* of the show.", link="https://mara.example/"
    )
    page = html(client, "/en/people/mara-quill/")
    assert re.findall(r'<p class="card-people">(.*?)</p>', page) == ["Host · 2 turns"]
    assert "In 1 episode · 2 turns" in page
    assert "<p><em>Host</em> of the show.</p>" in page
    assert '<span lang="en">Marah Quill</span>, <span lang="zh-Hans">玛拉</span>' in page
    assert '<a href="https://mara.example/" rel="noopener nofollow external">' in page


@pytest.mark.parametrize(
    "address", ["/organisations/acme/", "/tags/港口/", "/people/ingrid-solberg/", "/en/tags/港口/"]
)
def test_what_an_edition_links_to_has_a_page(
    client: Client, published: Episode, address: str
) -> None:
    assert re.findall(r'<a href="(?:/en)?/episodes/([^/"]+)/">', html(client, address)) == [
        "harbour"
    ]


def test_an_empty_site_says_so_and_offers_the_feed(client: Client) -> None:
    for address in ("/", "/episodes/"):
        page = html(client, address)
        empty = page[page.index('<section class="empty">') :].split("</section>")[0]
        assert '<a href="/feed.xml">' in empty
    assert html(client, "/feed.json")


def test_only_reading_is_allowed(client: Client, published: Episode) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in ("/", "/episodes/harbour/", "/people/mara-quill/", "/feed.xml", "/healthz"):
        assert strict.post(address).status_code == 405
        assert strict.head(address).status_code == 200


def test_no_public_answer_sets_a_cookie_or_varies_by_person(
    client: Client, published: Episode
) -> None:
    for address in (
        "/",
        "/en/",
        "/episodes/",
        "/episodes/harbour/",
        "/episodes/harbour/v1/",
        "/people/mara-quill/",
        "/feed.xml",
        "/feed.json",
        "/sitemap.xml",
        "/robots.txt",
        "/episodes/harbour.md",
        "/nope/",
    ):
        response = client.get(address, headers={"Accept-Language": "en"})
        assert response.cookies == {}
        assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert client.get(address, headers={"Accept-Language": "zh"}).content == response.content


def test_an_error_of_ours_answers_without_the_request() -> None:
    response = server_error(None)  # type: ignore[arg-type]
    assert response.status_code == 500
    assert response.content.decode().count("<h1>") == 1


def test_a_page_of_200_turns_is_small(client: Client) -> None:
    words = [
        f"第{n}句话说的是港口里第{n * 37 % 101}台吊车和它的{n * 13 % 97}位操作员。"
        for n in range(200)
    ]
    english = [
        f"Sentence {n} is about crane {n * 37 % 101} and its {n * 13 % 97} operators."
        for n in range(200)
    ]
    turns = [("Ann" if n % 2 else "Bo", words[n], english[n]) for n in range(200)]
    publish_episode(make_episode(slug="long", turns=turns))
    for view in ("zh", "both", "side", "en"):
        response = client.get(f"/episodes/long/?view={view}", headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < 20_000
        assert gzip.decompress(response.content).decode().count('data-speaker="') == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 10),
        ("/episodes/", 11),
        ("/episodes/?tag=ship&person=mara-quill&project=城市", 11),
        ("/people/mara-quill/", 10),
        ("/organisations/acme/", 5),
        ("/tags/ship/", 5),
        ("/episodes/e0/", 7),
        ("/episodes/e0/v1/", 4),
        ("/episodes/e0.md", 2),
        ("/feed.xml", 2),
        ("/sitemap.xml", 9),
    ],
)
def test_queries_do_not_grow_with_what_is_shown(
    client: Client,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    address: str,
    queries: int,
) -> None:
    monkeypatch.setattr(extensions, "_registered", [])
    for number in range(count):
        people = [("Mara Quill", "好。", "Yes."), (f"Guest {number}", "对。", "Right.")] * (
            number + 1
        )
        publish_episode(
            make_episode(
                slug=f"e{number}",
                turns=people,
                organisations=["Acme", f"Org {number}"],
                tags=["ship"],
                projects=["城市"],
            )
        )
    cache.clear()
    with django_assert_num_queries(queries):
        html(client, address)


def test_a_rare_value_that_was_asked_for_is_offered_by_name_if_an_episode_has_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_episode(make_episode(slug="one", tags=["Rare Thing"]))
    make_episode(slug="draft", tags=["Secret Thing"])
    monkeypatch.setattr(querysets, "OFFERED", {"tag": 0, "project": 0, "person": 0})
    options = re.compile(r'<option value="([^"]+)" selected>([^<]*)</option>')
    rare = html(client, "/episodes/?tag=rare-thing")
    assert options.findall(rare) == [("rare-thing", "Rare Thing")]
    secret = html(client, "/episodes/?tag=secret-thing")
    assert options.findall(secret) == [("secret-thing", "secret-thing")]


def test_a_turns_time_leads_to_that_moment_of_a_known_recording(client: Client) -> None:
    for slug, source in (
        ("video", "https://youtu.be/abcdefghij0"),
        ("radio", "https://radio.example/show"),
    ):
        episode = make_episode(slug=slug, source=source)
        Turn.objects.filter(episode=episode, position=1).update(start=3_725_900)
        publish_episode(episode)
    video, radio = (html(client, f"/en/episodes/{slug}/") for slug in ("video", "radio"))
    assert re.findall(r'class="time" href="([^"]*)" rel="([^"]*)">.*?</span>(.*?)</a>', video) == [
        (
            "https://www.youtube.com/watch?v=abcdefghij0&amp;t=3725s",
            "noopener external",
            "1:02:05",
        )
    ]
    assert re.findall(r'<span class="time">(.*?)</span>', radio) == ["1:02:05"]


def test_who_may_not_do_something_is_told_so(client: Client) -> None:
    client.force_login(make_user("", username="stranger"))
    response = client.get("/admin/episodes/episode/add/")
    assert response.status_code in (403, 404)
    assert forbidden(RequestFactory().get("/x/"), PermissionDenied()).status_code == 403


def test_an_address_with_nul_is_answered_by_every_database(client: Client) -> None:
    assert client.get("/episodes/?area=%00&tag=%00x&year=%00&person=%00").status_code == 200
    for address in ("/tags/%00/", "/projects/a%00b/", "/people/%00/", "/episodes/?page=%00"):
        assert client.get(address).status_code == 404
