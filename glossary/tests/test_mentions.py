"""What an episode's page marks: the first mention of each public term, and of one generation."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.http import HttpResponse

from episodes import pages, reading
from episodes.models import PublishedTurn
from episodes.tests.factories import make_episode, make_user
from glossary import decisions
from glossary.models import GlossaryState, HeadingUse, Occurrence, State
from glossary.tests.made import LAKE, do_jobs, entry, live_episode, rebuilt

pytestmark = pytest.mark.django_db

MEGAWATT = "**兆瓦**（Megawatt，缩写 MW：功率单位）"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def page(client, slug: str) -> str:
    response = client.get(f"/episodes/{slug}/")
    assert response.status_code == 200
    return response.content.decode()


def buttons(html: str) -> list[tuple[str, str, str]]:
    """Class, target and text of each button that opens a note."""
    return re.findall(
        r'<button type="button" class="(term[^"]*)" popovertarget="([^"]*)">(.*?)</button>', html
    )


def uids(slug: str) -> list[str]:
    turns = PublishedTurn.objects.filter(published__slug=slug).order_by("position")
    return list(turns.values_list("uid", flat=True))


def test_the_first_mention_in_an_episode_is_marked_and_opens_the_definition(client):
    live_episode("known", LAKE)
    live_episode("one", "先说**别的**。", "说到数据湖，数据湖 & 湖。", "又是数据湖。")
    do_jobs()
    html = page(client, "one")
    second = uids("one")[1]
    assert buttons(html) == [("term mention", f"n-{second}-0", "数据湖")]
    note = re.search(rf'<div class="note" role="note" id="n-{second}-0" popover>(.*?)</div>', html)
    assert "存放原始数据的仓库" in note[1]
    assert 'href="/glossary/data-lake/"' in note[1]


def test_a_term_that_an_inline_note_explains_first_is_not_marked_beside_it(client):
    live_episode("one", f"{LAKE}，数据湖。", "数据湖。")
    do_jobs()
    first = uids("one")[0]
    assert buttons(page(client, "one")) == [("term", f"n-{first}-0", "数据湖")]


def test_a_mention_before_the_note_is_marked_as_well(client):
    live_episode("one", "数据湖。", LAKE)
    do_jobs()
    first, second = uids("one")
    assert buttons(page(client, "one")) == [
        ("term mention", f"n-{first}-0", "数据湖"),
        ("term", f"n-{second}-0", "数据湖"),
    ]


def test_mentions_in_links_and_code_are_none_and_the_next_one_is_marked(client):
    live_episode("known", LAKE)
    live_episode("one", "[数据湖](https://example.org/)和`数据湖`。", "**数据**湖。", "数据湖。")
    do_jobs()
    third = uids("one")[2]
    assert buttons(page(client, "one")) == [("term mention", f"n-{third}-0", "数据湖")]


def test_the_first_heading_that_names_a_term_is_marked_too_with_a_mark_of_its_own(client):
    made = live_episode("one", LAKE, "兆瓦。", MEGAWATT)
    PublishedTurn.objects.filter(published=made.published).update(chapter_title="数据湖 & 数据湖")
    rebuilt()
    assert HeadingUse.objects.count() == 2
    html = page(client, "one")
    first, second, third = uids("one")
    assert buttons(html) == [
        ("term mention", "n-c0-1", "数据湖"),
        ("term", f"n-{first}-0", "数据湖"),
        ("term mention", f"n-{second}-0", "兆瓦"),
        ("term", f"n-{third}-0", "兆瓦"),
    ]
    assert html.count('id="n-c0-1"') == 1
    assert "</button> &amp; 数据湖</h2>" in html


def test_a_rejected_term_is_marked_nowhere_from_that_moment_on(client):
    live_episode("known", LAKE)
    live_episode("one", "数据湖。")
    do_jobs()
    assert len(buttons(page(client, "one"))) == 1
    decisions.decide([entry("数据湖").pk], State.REJECTED, by=make_user(is_superuser=True))
    assert buttons(page(client, "one")) == []


def test_what_only_a_working_copy_says_is_marked_nowhere(client):
    live_episode("one", "兆瓦。")
    make_episode(slug="draft", address="draft.md", turns=[("Mara Quill", MEGAWATT, "x")])
    do_jobs()
    assert buttons(page(client, "one")) == []


def test_the_page_of_an_episode_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    live_episode("known", *(f"**词{n}**（Word {n}: 第{n}个）" for n in range(12)))
    live_episode("one", "词1。")
    live_episode("three", *("".join(f"词{n}，" for n in range(12)) for _turn in range(3)))
    do_jobs()
    counts = []
    for slug in ("one", "three"):
        with django_assert_num_queries(13) as captured:
            page(client, slug)
        counts.append(len(captured))
        cache.clear()
    assert counts[0] == counts[1]


def test_a_page_made_while_the_generations_are_swapped_is_made_again(client, monkeypatch):
    live_episode("one", "数据湖。", LAKE)
    do_jobs()
    real = reading.live
    made = []

    def live(published, links):
        if not made:  # the old rows go while the page is made
            rebuilt()
            Occurrence.objects.exclude(generation=GlossaryState.objects.get().generation).delete()
        made.append(GlossaryState.objects.get().generation)
        return real(published, links)

    monkeypatch.setattr(reading, "live", live)
    html = page(client, "one")
    assert len(made) == 2
    assert len(buttons(html)) == 2


def test_a_view_that_is_never_steady_answers_in_the_end():
    stamps = iter(range(100))
    answers = []

    @pages.steady(lambda: next(stamps))
    def view() -> HttpResponse:
        answers.append(1)
        return HttpResponse(len(answers))

    assert view().content == b"3"
    assert len(answers) == pages.TRIES
