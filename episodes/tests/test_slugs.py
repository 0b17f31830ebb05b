"""Slugs and sort keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes import slugs


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("吊机不睡觉：九年", "diao-ji-bu-shui-jiao-jiu-nian"),
        ("AI基础设施", "ai-ji-chu-she-shi"),
        ("Ünïcode Café", "unicode-cafe"),
        ("Prisoner's Dilemma", "prisoners-dilemma"),
        ("！？", "episode"),
        ("v12", "episode-v12"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_slug_is_latin_words_and_pinyin(text: str, slug: str) -> None:
    assert slugs.from_text(text, "episode") == slug


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("harbour-cranes", "harbour-cranes"),
        ("v2", "episode-v2"),
        ("Talk One", "ti-mu"),
        ("talk.en", "ti-mu"),
        ("---", "ti-mu"),
    ],
)
def test_a_files_stem_is_the_slug_if_it_is_one(stem: str, slug: str) -> None:
    assert slugs.from_stem(stem, "v2" if stem == "v2" else "题目") == slug


@given(st.text())
def test_whatever_the_text_the_slug_is_one(text: str) -> None:
    slug = slugs.from_text(text, "episode")
    assert 0 < len(slug) <= slugs.LENGTH + len("episode-")
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not (slug[0] == "v" and slug[1:].isdigit())


def test_a_taken_slug_is_numbered() -> None:
    taken = {"talk", "talk-2"}
    assert slugs.unique("talk", taken.__contains__) == "talk-3"
    assert slugs.unique("other", taken.__contains__) == "other"


def test_chinese_sorts_by_pinyin_with_latin_words_in_their_place() -> None:
    words = ["数据中心", "Sora 2", "《暗光纤》", "AGI", "éclair", "执行器"]
    assert sorted(words, key=slugs.sort_key) == [
        "AGI",
        "《暗光纤》",
        "éclair",
        "数据中心",
        "Sora 2",
        "执行器",
    ]
