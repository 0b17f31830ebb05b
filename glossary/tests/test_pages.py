"""The public glossary: what readers see, and what they never see."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.utils import translation

from episodes import extensions, pages
from episodes.models import PublishedEpisode, Tag
from episodes.tests.factories import make_user
from glossary import decisions
from glossary.models import (
    EntryAddress,
    EntryUse,
    GlossaryState,
    Occurrence,
    PublishedEntry,
    State,
)
from glossary.tests.made import LAKE, do_jobs, edit, entry, episode, live_episode, rebuilt
from glossary.tests.test_rebuild import withdraw
from glossary.views import entry as entry_page
from glossary.views import index as index_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    """A client that nobody's pages are kept for: in the next test the same numbers count others."""
    cache.clear()
    return Client()


def words(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def terms(reader: Client, path: str = "/glossary/") -> list[str]:
    """The entries on a page of the index, in order."""
    heads = re.findall(
        r'<p class="term-head"><a [^>]*><span itemprop="name">([^<]*)<', words(reader, path)
    )
    return [unescape(head) for head in heads]


def letters(reader: Client, path: str = "/glossary/") -> list[str]:
    nav = words(reader, path).partition('<nav class="letters"')[2].partition("</nav>")[0]
    return [piece.partition(">")[2].partition("<")[0] for piece in nav.split("<a ")[1:]]


# The index.


def test_an_empty_glossary_says_when_it_will_not_be(reader):
    assert "Terms stand here as soon as an episode" in words(reader, "/en/glossary/")


def test_entries_stand_by_pinyin_with_latin_terms_in_their_place_and_digits_last(reader):
    live_episode(
        "one",
        "**重庆**（Chongqing: 城市）**Sora**（视频模型: 一种模型）**数据湖**（Data Lake: 仓库）"
        "**3D打印**（3D printing: 制造）**阿里**（Ali: 公司）**单于**（Chanyu: 称号）",
    )
    rebuilt()
    assert terms(reader) == ["阿里", "单于", "重庆", "数据湖", "Sora", "3D打印"]
    assert letters(reader) == ["A", "C", "S", "#"]


def test_the_index_shows_term_foreign_term_and_definition_with_their_languages(reader):
    live_episode("one", LAKE)
    do_jobs()
    page = words(reader, "/en/glossary/")
    assert (
        '<a href="/en/glossary/data-lake/" itemprop="url" lang="zh-Hans">'
        '<span itemprop="name">数据湖</span></a>'
    ) in page
    assert '<span itemprop="alternateName" lang="en">Data Lake</span>' in page
    assert (
        '<p class="term-says" itemprop="description" lang="zh-Hans">存放原始数据的仓库</p>' in page
    )
    assert '<p class="times">1 use</p>' in page


def test_a_term_is_looked_up_in_chinese_english_and_pinyin(reader):
    live_episode("one", LAKE, "**暖通**（HVAC: Heating and so on: 供暖）", "**兆瓦**（Megawatt）")
    do_jobs()
    wanted = {
        "据湖": ["数据湖"],
        "數據": ["数据湖"],
        "LAKE": ["数据湖"],
        "ｌａｋｅ": ["数据湖"],
        "shu ju": ["数据湖"],
        "shuju": ["数据湖"],
        "juhu": ["数据湖"],
        "uju": [],
        "sjh": ["数据湖"],
        "hvac": ["暖通"],
        "heating": ["暖通"],
        "w": ["兆瓦"],
        "没有": [],
        "%25": [],
        "t": ["暖通", "数据湖", "兆瓦"],
    }
    assert {asked: terms(reader, f"/glossary/?q={asked}") for asked in wanted} == wanted
    assert "No term holds “没有”" in words(reader, "/en/glossary/?q=没有")
    assert terms(reader, "/glossary/?q=%00") == terms(reader)


def test_a_search_says_when_it_found_more_than_it_shows(reader, monkeypatch):
    live_episode("one", LAKE, "**暖通**（HVAC）**数据仓**（Data Store）")
    do_jobs()
    monkeypatch.setattr(index_page, "FOUND", 1)
    page = words(reader, "/en/glossary/?q=data")
    assert ("1 term for “data”" in page, "and more: add a word or a syllable." in page) == (
        True,
        True,
    )
    assert terms(reader, "/en/glossary/?q=data") == ["数据仓"]


def test_a_large_glossary_is_shown_letter_by_letter(reader, monkeypatch):
    live_episode("one", LAKE, "**兆瓦**（Megawatt）**执行器**（Actuator）**阿里**（Ali）")
    do_jobs()
    monkeypatch.setattr(index_page, "WHOLE", 3)
    cache.clear()
    assert terms(reader) == ["阿里"]
    assert terms(reader, "/glossary/?letter=Z") == ["兆瓦", "执行器"]
    assert letters(reader) == ["A", "S", "Z"]
    assert reader.get("/glossary/?letter=X").status_code == 404


@pytest.fixture
def two_areas() -> None:
    """数据湖 is used in both areas and under both tags, the others in one each."""
    live_episode("chips", f"{LAKE}**芯片**（Chip）", area="硬件", tags=("半导体", "AI"))
    live_episode("grid", "数据湖与**电网**（Grid）。数据湖。", area="能源", tags=("AI",))
    episode("draft", "数据湖", area="秘密", tags=("内部",))
    rebuilt()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["电网", "数据湖", "芯片"]),
        ("area=硬件", ["数据湖", "芯片"]),
        ("area=能源", ["电网", "数据湖"]),
        ("tag=半导体", ["数据湖", "芯片"]),
        ("tag=ai", ["电网", "数据湖", "芯片"]),
        ("area=能源&tag=ai", ["电网", "数据湖"]),
        ("area=能源&tag=半导体", []),
        ("area=能源&q=data", ["数据湖"]),
        ("area=能源&q=chip", []),
        ("area=秘密", []),
        ("tag=内部", []),
        ("area=%00能源", ["电网", "数据湖"]),
    ],
)
def test_the_index_is_narrowed_by_area_and_tag(reader, two_areas, query, found):
    assert terms(reader, f"/glossary/?{query}") == found


def test_the_filters_offer_what_live_episodes_have_and_keep_what_is_chosen(reader, two_areas):
    page = words(reader, "/en/glossary/?area=硬件&tag=内部&q=zzz")
    options = re.findall(r'<option value="([^"]*)"[^>]*?( selected)?>([^<]*)<', page)
    assert options == [
        ("", "", "All areas"),
        ("硬件", " selected", "硬件"),
        ("能源", "", "能源"),
        ("", "", "All tags"),
        ("内部", " selected", "内部"),
        ("ai", "", "AI"),
        ("半导体", "", "半导体"),
    ]
    assert 'value="zzz"' in page


def test_a_filter_that_nothing_fits_says_so(reader, two_areas):
    page = words(reader, "/en/glossary/?area=nowhere")
    assert "No term fits all of that" in page
    assert '<a href="/en/glossary/">Show all</a>' in page


def test_letters_keep_the_filter_and_count_what_it_lets_through(reader, two_areas, monkeypatch):
    monkeypatch.setattr(index_page, "WHOLE", 1)
    cache.clear()
    path = "/en/glossary/?area=硬件"
    assert letters(reader, path) == ["S", "X"]
    assert terms(reader, path) == ["数据湖"]
    assert terms(reader, f"{path}&letter=x") == ["芯片"]
    assert 'href="/en/glossary/?area=%E7%A1%AC%E4%BB%B6&amp;letter=X"' in words(reader, path)
    assert "2 terms" in words(reader, path)
    assert reader.get(f"{path}&letter=D").status_code == 404


def test_a_letter_with_many_terms_is_paged_and_a_page_too_many_is_404(reader, monkeypatch):
    live_episode(
        "one", "**数据**（Data）**数字**（Digit）**算力**（Compute）**电网**（Grid）", area="甲"
    )
    rebuilt()
    monkeypatch.setattr(index_page, "WHOLE", 1)
    monkeypatch.setattr(index_page, "PER_PAGE", 2)
    path = "/en/glossary/?area=甲&letter=S"
    assert terms(reader, path) == ["数据", "数字"]
    assert terms(reader, f"{path}&page=2") == ["算力"]
    assert 'href="/en/glossary/?area=%E7%94%B2&amp;letter=S&amp;page=2"' in words(reader, path)
    assert "<title>S (2) · 甲 · Glossary" in words(reader, f"{path}&page=2")
    for wrong in ("3", "0", "x", "-1"):
        assert reader.get(f"{path}&page={wrong}").status_code == 404


def test_only_the_whole_index_and_its_letters_are_for_search_engines(reader, two_areas):
    robots = '<meta name="robots" content="noindex">'
    asked = ("", "?letter=S", "?q=data", "?area=能源", "?tag=ai")
    assert [robots in words(reader, f"/glossary/{query}") for query in asked] == [
        False,
        False,
        True,
        True,
        True,
    ]
    page = words(reader, "/en/glossary/?tag=ai&utm=1&area=能源&q=data")
    canonical = re.search('<link rel="canonical" href="([^"]*)">', page)
    assert canonical is not None
    assert canonical[1].endswith("/en/glossary/?q=data&amp;area=%E8%83%BD%E6%BA%90&amp;tag=ai")


def test_a_tag_s_new_name_shows_at_once(reader, two_areas):
    first = reader.get("/glossary/")["ETag"]
    Tag.objects.filter(slug="ai").update(name="人工智能")
    assert ">人工智能</option>" in words(reader, "/glossary/")
    assert reader.get("/glossary/")["ETag"] != first


# An entry.


def test_an_entry_shows_its_uses_newest_first_in_both_languages(reader):
    live_episode("old", LAKE, "又见数据湖与数据湖。", date="2024-01-01")
    live_episode("new", "新的数据湖。", date="2025-01-01")
    rebuilt()
    page = words(reader, "/en/glossary/data-lake/")
    uses = [piece.partition('"')[0] for piece in page.split('<p class="use-where"><a href="')[1:]]
    assert [use.partition("#")[0] for use in uses] == [
        "/en/episodes/new/",
        "/en/episodes/old/",
        "/en/episodes/old/",
    ]
    uids = PublishedEpisode.objects.get(slug="new").turns.values_list("uid", flat=True)
    assert uses[0].partition("#")[2] == uids[0]
    assert (
        '<blockquote lang="zh-Hans">又见<mark>数据湖</mark>与<mark>数据湖</mark>。</blockquote>'
        in page
    )
    assert '<blockquote class="use-original" lang="en">Original 2.</blockquote>' in page
    assert "Used in 3 turns" in page


def test_uses_are_paged_and_a_page_too_many_is_404(reader, monkeypatch):
    monkeypatch.setattr(entry_page, "USES", 2)
    live_episode("one", LAKE, "数据湖一。", "数据湖二。")
    rebuilt()
    assert words(reader, "/glossary/data-lake/").count('<p class="use-where">') == 2
    assert words(reader, "/glossary/data-lake/?page=2").count('<p class="use-where">') == 1
    assert reader.get("/glossary/data-lake/?page=3").status_code == 404


def test_the_page_of_uses_goes_across_episodes(reader, monkeypatch):
    monkeypatch.setattr(entry_page, "USES", 2)
    live_episode("old", LAKE, "数据湖二。", date="2024-01-01")
    live_episode("mid", "数据湖三。", date="2024-06-01")
    live_episode("new", "数据湖四。", "数据湖五。", date="2025-01-01")
    rebuilt()
    found = [
        re.findall(
            r'<p class="use-where"><a href="/glossary/episodes/|/episodes/(\w+)/#',
            words(reader, f"/glossary/data-lake/?page={number}"),
        )
        for number in (1, 2, 3)
    ]
    assert found == [["new", "new"], ["mid", "old"], ["old"]]


def test_related_entries_are_those_in_the_name_and_those_of_the_same_turns(reader):
    live_episode(
        "one",
        "**数据**（Data）与**数据湖**（Data Lake）与**算力**（Compute）。",
        "数据湖与算力。",
        "**数据湖仓**（Lakehouse）。",
        "**兆瓦**（Megawatt）。",
    )
    episode("draft", "数据湖与**秘密**（Secret）")
    rebuilt()
    page = words(reader, "/en/glossary/data-lake/")
    groups = re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    assert {
        name: re.findall(r'href="([^"]*)" lang="([^"]*)">([^<]*)<', dd) for name, dd in groups
    } == {
        "Terms in its name": [("/en/glossary/data/", "zh-Hans", "数据")],
        "Longer terms": [("/en/glossary/lakehouse/", "zh-Hans", "数据湖仓")],
        "Used together with": [("/en/glossary/compute/", "zh-Hans", "算力")],
    }


def test_an_entry_shows_its_use_over_time_as_a_picture_and_a_table(reader):
    live_episode("a", LAKE, "数据湖与数据湖。", date="2024-01-05")
    live_episode("b", "数据湖。", date="2024-03-09")
    live_episode("c", "数据湖。", date="")
    rebuilt()
    page = words(reader, "/en/glossary/data-lake/")
    assert re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)<', page) == [
        ("2024-01", "3"),
        ("2024-02", "0"),
        ("2024-03", "1"),
    ]
    assert page.count("<rect ") == 2
    caption = re.search("<figcaption[^>]*>(.*?)</figcaption>", page)
    assert caption is not None
    assert caption[1] == (
        "Uses by month. Most in 2024-01: 3. 1 use is in an episode without a date and is not shown."
    )
    assert "style=" not in page


def test_an_entry_whose_uses_are_not_counted_yet_says_so(reader):
    live_episode("a", LAKE)
    rebuilt()
    EntryUse.objects.all().delete()
    Occurrence.objects.all().delete()
    page = words(reader, "/en/glossary/data-lake/")
    assert "The passages that use it are being collected." in page
    assert ('class="beside"' in page, "<svg width=" in page) == (False, False)
    assert reader.get("/glossary/data-lake/?page=2").status_code == 404


def test_one_month_alone_is_no_plot(reader):
    live_episode("a", LAKE, date="2024-01-05")
    live_episode("b", "数据湖。", date="2024-01-09")
    rebuilt()
    assert "<svg width=" not in words(reader, "/glossary/data-lake/")


def test_an_entry_is_a_defined_term_for_machines(reader):
    live_episode("one", "**暖通**（HVAC: Heating and cooling: 供暖）")
    rebuilt()
    publisher = make_user("Publishers")
    decisions.save(entry("暖通"), {"aliases": "暖通空调\nHVAC"}, version=0, by=publisher)
    decisions.decide([entry("暖通").pk], State.APPROVED, by=publisher)
    address = f"/en/glossary/{entry('暖通').slug}/"
    page = words(reader, address)
    said = re.findall(r'itemprop="(\w+)"[^>]*?(?:content="([^"]*)"|href="([^"]*)"|>([^<]+)<)', page)
    base = "http://127.0.0.1:8000"
    assert [(name, "".join(values).removeprefix(base)) for name, *values in said] == [
        ("url", address),
        ("name", "Glossary"),
        ("url", "/en/glossary/"),
        ("inLanguage", "zh-Hans"),
        ("inLanguage", "en"),
        ("name", "暖通"),
        ("termCode", "HVAC"),
        ("alternateName", "Heating and cooling"),
        ("description", "供暖"),
        ("alternateName", "暖通空调"),
    ]
    assert 'itemscope itemtype="https://schema.org/DefinedTerm"' in page
    assert (
        'itemprop="inDefinedTermSet" itemscope itemtype="https://schema.org/DefinedTermSet"' in page
    )


def test_what_an_editor_wrote_is_shown_as_text(reader):
    live_episode("one", LAKE)
    rebuilt()
    publisher = make_user("Publishers")
    bad = '<script>alert("1")</script>'
    values = dict.fromkeys(("term", "foreign_term", "abbreviation", "expansion"), bad)
    values |= {"definition": bad, "aliases": bad}
    decisions.save(entry("数据湖"), values, version=0, by=publisher)
    decisions.decide([entry(bad).pk], State.APPROVED, by=publisher)
    for path in ("/glossary/", "/glossary/data-lake/"):
        page = words(reader, path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page


def test_an_address_that_readers_knew_redirects_and_others_are_404(reader):
    live_episode("one", LAKE)
    episode("draft", "**兆瓦**（Megawatt）")
    rebuilt()
    publisher = make_user("Publishers")
    decisions.save(entry("数据湖"), {"slug": "lake"}, version=0, by=publisher)
    decisions.save(entry("兆瓦"), {"slug": "mw"}, version=0, by=publisher)
    answers = {
        path: reader.get(path)
        for path in (
            "/glossary/lake/",
            "/glossary/data-lake/",
            "/en/glossary/data-lake/",
            "/glossary/mw/",
            "/glossary/megawatt/",
            "/glossary/nothing/",
        )
    }
    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/glossary/lake/": 200,
        "/glossary/data-lake/": 301,
        "/en/glossary/data-lake/": 301,
        "/glossary/mw/": 404,
        "/glossary/megawatt/": 404,
        "/glossary/nothing/": 404,
    }
    assert answers["/en/glossary/data-lake/"]["Location"] == "/en/glossary/lake/"
    assert list(EntryAddress.objects.order_by("slug").values_list("slug", flat=True)) == [
        "data-lake",
        "lake",
    ]


# Nothing unpublished (G1).

SECRETS = ("絶密甲", "絶密乙", "絶密丙", "絶密丁", "絶密戊", "绝密己", "绝密庚")


def public_pages(reader: Client) -> str:
    paths = ["/glossary/", "/sitemap.xml", "/glossary/?q=絶密", "/glossary/?q=绝密"]
    paths += [
        f"/glossary/{slug}/"
        for slug in PublishedEntry.objects.values_list("entry__slug", flat=True)
    ]
    pages = [
        words(reader, f"{prefix}{path}")
        for path in paths
        for prefix in ("", "/en")
        if not (prefix and path == "/sitemap.xml")
    ]
    return "".join(page.replace("q=絶密", "").replace("q=绝密", "") for page in pages)


def test_no_word_of_a_draft_an_edit_an_archive_or_a_rejected_term_is_on_any_page(reader):
    live = live_episode(
        "live", f"{LAKE}在此。", "**兆瓦**（Megawatt: 功率）。", "说到绝密己这个词。"
    )
    episode("draft", "**絶密甲**（Secret One: 絶密乙）", "**数据湖**（Data Lake: 絶密丙）" * 3)
    archived = live_episode(
        "archived", "**絶密丁**（Secret Four: 絶密丁）与**数据湖**（絶密丁: 絶密丁）"
    )
    edit(live, 0, "**数据湖**（絶密戊: 絶密戊）")
    rebuilt()
    publisher = make_user("Publishers")
    decisions.add({"term": "绝密己", "definition": "绝密庚"}, by=publisher)
    decisions.decide([entry("兆瓦").pk], State.REJECTED, by=publisher)
    rebuilt()
    withdraw(archived)
    rebuilt()
    pages = public_pages(reader)
    assert [secret for secret in SECRETS if secret in pages.replace("说到绝密己这个词", "")] == []
    assert terms(reader) == ["数据湖"]
    assert "Megawatt" not in pages
    assert reader.get("/glossary/megawatt/").status_code == 404
    assert reader.get("/glossary/secret-one/").status_code == 404
    assert reader.get("/glossary/secret-four/").status_code == 404


def test_of_a_candidate_only_the_published_definition_is_shown(reader):
    live_episode("live", "**数据湖**（Data Lake: 公开的说法）")
    episode("draft", *["**数据湖**（Data Lake: 内部的说法）"] * 3)
    rebuilt()
    assert entry("数据湖").definition == "内部的说法"
    page = words(reader, "/glossary/data-lake/")
    assert ("公开的说法" in page, "内部的说法" in page) == (True, False)


def test_what_an_editor_writes_of_a_candidate_waits_for_a_publisher(reader):
    live_episode("live", LAKE)
    rebuilt()
    found = entry("数据湖")
    decisions.save(found, {"definition": "编辑的说法"}, version=0, by=make_user("Editors"))
    rebuilt()
    assert "编辑的说法" not in words(reader, "/glossary/data-lake/")
    decisions.decide([found.pk], State.APPROVED, by=make_user("Publishers"))
    assert "编辑的说法" in words(reader, "/glossary/data-lake/")


# Serving.


def test_pages_are_the_same_for_everybody_and_answer_304(reader):
    live_episode("one", LAKE)
    rebuilt()
    for path in ("/glossary/", "/en/glossary/", "/glossary/data-lake/", "/glossary/?q=湖"):
        answer = reader.get(path)
        assert (answer.cookies, answer["Vary"]) == ({}, "Accept-Encoding")
        assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
        again = reader.get(path, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert reader.post(path).status_code == 405


def test_a_page_s_etag_changes_with_the_entry_and_with_its_uses(reader):
    live_episode("one", LAKE)
    rebuilt()
    etags = [reader.get("/glossary/data-lake/")["ETag"]]
    live_episode("two", "数据湖。")
    do_jobs()
    etags.append(reader.get("/glossary/data-lake/")["ETag"])
    publisher = make_user("Publishers")
    decisions.decide([entry("数据湖").pk], State.APPROVED, by=publisher)
    decisions.save(entry("数据湖"), {"definition": "另一个"}, version=1, by=publisher)
    etags.append(reader.get("/glossary/data-lake/")["ETag"])
    assert len(set(etags)) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_a_fixed_number_of_queries(reader, django_assert_num_queries, count):
    for number in range(count):
        note = f"**术语{number}**（Term {number}: 说法）"
        live_episode(f"e{number}", LAKE, "数据湖。", note, area="甲", tags=(f"标签{number}",))
    rebuilt()
    cache.clear()
    for path, made, again in (
        ("/glossary/", 11, 6),
        ("/glossary/?q=湖", 10, 6),
        ("/glossary/?tag=标签0&area=甲", 10, 6),
        ("/glossary/data-lake/", 12, 7),
    ):
        with django_assert_num_queries(made):
            reader.get(path)
        with django_assert_num_queries(again):
            reader.get(path)


@pytest.mark.parametrize("path", ["/glossary/", "/glossary/data-lake/"])
def test_a_page_made_while_the_generation_changes_is_made_again(reader, monkeypatch, path):
    live_episode("one", LAKE)
    rebuilt()
    cache.clear()
    whole = words(reader, path)
    cache.clear()
    real = pages.respond
    made = []

    def respond(*args, **kwargs):
        answer = real(*args, **kwargs)
        made.append(answer.content)
        if len(made) == 1:
            GlossaryState.objects.update(generation=F("generation") + 1)
            Occurrence.objects.update(generation=F("generation") + 1)
            EntryUse.objects.update(generation=F("generation") + 1)
        return answer

    monkeypatch.setattr(pages, "respond", respond)
    assert words(reader, path) == whole
    assert len(made) == 2


# What episode pages ask for.


def test_notes_lead_to_their_public_entries_in_the_page_s_language(django_assert_num_queries):
    live = live_episode("one", LAKE, "**兆瓦**（Megawatt）")
    episode("draft", "**执行器**（Actuator）")
    rebuilt()
    decisions.decide([entry("兆瓦").pk], State.REJECTED, by=make_user("Publishers"))
    notes = [note for turn in live.published.turns.all() for note in turn.notes]
    notes += [{"head": "执行器"}, {"head": "data-湖"}, {"head": "——"}]
    with django_assert_num_queries(1):
        assert extensions.note_links(notes) == ["/glossary/data-lake/", None, None, None, None]
    with translation.override("en"):
        assert extensions.note_links(notes[:1]) == ["/en/glossary/data-lake/"]
    with django_assert_num_queries(0):
        assert extensions.note_links([]) == []


def test_the_generation_changes_with_what_is_public_and_with_nothing_else():
    live_episode("one", LAKE)
    rebuilt()
    before = extensions.page_generation()
    episode("draft", "**兆瓦**（Megawatt）")
    do_jobs()
    decisions.save(entry("兆瓦"), {"definition": "功率"}, version=0, by=make_user("Editors"))
    do_jobs()
    assert extensions.page_generation() == before
    decisions.decide([entry("数据湖").pk], State.REJECTED, by=make_user("Publishers"))
    assert extensions.page_generation() != before


def test_the_sitemap_names_the_public_entries(reader):
    live_episode("one", LAKE)
    episode("draft", "**兆瓦**（Megawatt）")
    rebuilt()
    page = words(reader, "/sitemap.xml")
    assert "/glossary/data-lake/</loc>" in page
    assert "/en/glossary/</loc>" in page
    assert "megawatt" not in page


def test_each_head_of_one_note_is_public_once_the_note_is(reader):
    live_episode("yards", "**甲公司**、**乙公司**和**丙公司**（均是造船企业）是他的客户。")
    rebuilt()
    assert terms(reader) == ["丙公司", "甲公司", "乙公司"]
