"""Which entries may be one."""

from __future__ import annotations

import string
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from glossary import likeness
from glossary.grouping import Values
from glossary.likeness import MANY, likenesses

COPIED = "存放大量原始数据以备日后分析的仓库"


def reasons(*entries: Values) -> dict[str, str]:
    """Return why the two first are alike, and what they share; asked both ways round."""
    one, other = entries
    found = likenesses({1: one, 2: other})
    assert found == likenesses({2: one, 1: other})
    return {reason: detail for (_one, _other, reason), detail in found.items()}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        # a name of one is a name of the other
        (
            Values("DL", "Data Lake", "DL"),
            Values("数据湖", "Data Lake"),
            {"same_name": "Data Lake"},
        ),
        (
            Values("tokens", "tokens", aliases=("标记",)),
            Values("标记", "Token"),
            {"same_name": "Token / tokens"},
        ),
        (
            Values("湖仓", aliases=("數據湖",)),
            Values("数据湖"),
            {"same_name": "数据湖 / 數據湖"},
        ),
        (
            Values("投资回报", "", "ROIC", "Return on Invested Capital"),
            Values("已投资本回报率", "Return on invested capital"),
            {"same_name": "Return on Invested Capital / Return on invested capital"},
        ),
        # the abbreviation, or the initials
        (
            Values("AI", "AI", definition="甲"),
            Values("人工智能", "", "AI", definition="乙"),
            {"short_form": "AI: 人工智能"},
        ),
        (
            Values("ROIC", "", "ROIC", aliases=("回报率",)),
            Values("已投资本回报率", "Return on Invested Capital"),
            {"short_form": "ROIC: Return on Invested Capital"},
        ),
        (
            Values("亚马逊云", "", "AWS"),
            Values("亚马逊云服务", "Amazon Web Services"),
            {"short_form": "AWS: Amazon Web Services"},
        ),
        (
            Values("回报率", "", "ROIC"),
            Values("投资回报", "", "ROIC", "Return on Invested Capital"),
            {"short_form": "ROIC: Return on Invested Capital"},
        ),
        (
            Values("数据湖", "", "DL", "Data Lake"),
            Values("深度学习", "", "DL", "Deep Learning"),
            {},
        ),
        (Values("DL", "Data Lake", "DL"), Values("深度学习", "", "DL", "Deep Learning"), {}),
        (Values("数据湖", "Data Lake"), Values("DL", "DL"), {}),  # two letters are anybody's
        # misspellings
        (Values("Karpathy"), Values("Karpaty"), {"spelling": "Karpathy / Karpaty"}),
        (Values("Tesla"), Values("Telsa"), {"spelling": "Telsa / Tesla"}),
        (Values("Nvidia"), Values("Nivdia"), {"spelling": "Nivdia / Nvidia"}),
        (Values("Yahoo!"), Values("Yahoo"), {"spelling": "Yahoo / Yahoo!"}),
        (Values("U.S. Steel"), Values("US Steel"), {"spelling": "U.S. Steel / US Steel"}),
        (Values("Anthropic"), Values("Antropik"), {}),
        (Values("Anthropics Inc"), Values("Antropik Inc"), {}),
        (
            Values("卡帕西", "Andrej Karpathy"),
            Values("卡尔帕西", "Andrey Karpaty"),
            {"spelling": "Andrej Karpathy / Andrey Karpaty"},
        ),
        (Values("权利", "Rights"), Values("八", "Eight"), {}),
        (Values("Meta"), Values("Beta"), {}),  # too short
        (Values("Sora 2"), Values("Sora 3"), {}),
        (Values("H100 加速卡", "Hopper H100"), Values("H200 加速卡", "Hopper H200"), {}),
        (Values("Claude 3 Opus"), Values("Claude 4 Opus"), {}),
        (Values("Series A Round"), Values("Series B Round"), {}),
        (Values("World War I"), Values("World War II"), {}),
        (Values("通胀", "inflation"), Values("通缩", "deflation"), {}),
        (Values("监督", "supervised"), Values("无监督", "unsupervised"), {}),
        (Values("超大规模", "Hyperscale"), Values("超大规模云服务商", "Hyperscalers"), {}),
        (Values("出借", "Lender Risk"), Values("借出", "Lended Risk"), {}),
        (Values("价内", "in the money"), Values("价上", "on the money"), {}),
        (Values("重置", "Reset Password"), Values("重置二", "Reset My Password"), {}),
        (Values("布来克通"), Values("布莱克通"), {"spelling": "布来克通 / 布莱克通"}),
        (Values("长江存储"), Values("长江储存"), {}),
        (Values("第一季度"), Values("第二季度"), {}),
        (Values("马斯克"), Values("玛斯克"), {}),  # too short
        # one definition at two terms
        (
            Values("数据湖", definition=COPIED),
            Values("数据库", definition=f"{COPIED}。"),
            {"same_definition": COPIED},
        ),
        (Values("甲", definition="一家软件公司"), Values("乙", definition="一家软件公司"), {}),
        (
            Values("甲", definition="均是提供云计算服务的大型公司"),
            Values("乙", definition="均是提供云计算服务的大型公司"),
            {},
        ),
        (
            Values("數據湖倉", "Data Lake", definition=COPIED),
            Values("湖", "Data Lake", definition=COPIED),
            {"same_name": "Data Lake", "same_definition": COPIED},
        ),
    ],
)
def test_what_makes_two_alike(one, other, found):
    assert reasons(one, other) == found


def test_what_many_share_says_nothing():
    few = {pk: Values(f"词条{chr(0x4E00 + pk)}", "Model", definition=COPIED) for pk in range(MANY)}
    assert len(likenesses(few)) == 2 * MANY * (MANY - 1) // 2
    assert likenesses({**few, MANY: Values("词条", "Model", definition=COPIED)}) == {}


NAMES = st.sampled_from(
    [
        "",
        *("Data Lake", "data lakes", "Data Lade", "DL", "ROIC", "Return on Invested Capital"),
        *(
            "Return on Invested Capitol",
            "数据湖",
            "數據湖",
            "数据湖泊",
            "数据湖博",
            "Karpathy",
            "Karpaty",
        ),
    ]
)
ENTRIES = st.lists(
    st.builds(
        Values,
        term=NAMES.filter(bool),
        foreign_term=NAMES,
        abbreviation=st.sampled_from(["", "DL", "ROIC"]),
        expansion=NAMES,
        definition=st.sampled_from(["", "短", COPIED, f"{COPIED}。"]),
        aliases=st.lists(NAMES.filter(bool), max_size=2).map(tuple),
    ),
    max_size=7,
)


@given(ENTRIES, st.randoms())
def test_pairs_are_the_same_in_any_order_and_under_any_numbers(entries, random):
    found = likenesses(dict(enumerate(entries)))
    assert all(one < other for one, other, _reason in found)
    numbers = list(range(len(entries)))
    random.shuffle(numbers)
    renumbered = likenesses({numbers[pk]: entries[pk] for pk in reversed(range(len(entries)))})
    assert renumbered == {
        (min(numbers[one], numbers[other]), max(numbers[one], numbers[other]), reason): detail
        for (one, other, reason), detail in found.items()
    }


@given(ENTRIES, st.sets(st.integers(0, 6)))
def test_near_some_are_the_pairs_that_these_are_in(entries, near):
    numbered = dict(enumerate(entries))
    assert likenesses(numbered, near) == {
        pair: detail for pair, detail in likenesses(numbered).items() if near & set(pair[:2])
    }


LONG = st.text("abc", min_size=9, max_size=12).map(lambda word: f"k{word}")


@given(st.lists(LONG, min_size=2, max_size=8, unique=True))
def test_no_misspelling_is_missed_whichever_letters_differ(words):
    def alike(one: str, other: str) -> bool:
        near = OSA.distance(one, other) < 2 or Levenshtein.distance(one, other) < 3
        return near and not (one.endswith(other) or other.endswith(one))

    # a head and a tail that keep endings and plurals out of it
    names = [f"{word}zq" for word in words]
    found = likenesses({pk: Values(name) for pk, name in enumerate(names)})
    assert set(found) == {
        (one, other, "spelling")
        for one, other in combinations(range(len(names)), 2)
        if alike(names[one], names[other])
    }


def test_names_with_one_beginning_are_not_all_compared_with_each_other(monkeypatch):
    compared = []
    judged = likeness._is_misspelt
    monkeypatch.setattr(
        likeness, "_is_misspelt", lambda *pair: compared.append(pair) or judged(*pair)
    )
    words = ("".join(each) for each in combinations(string.ascii_lowercase, 6))
    names = [f"Common Beginning {word}" for _number, word in zip(range(3000), words, strict=False)]
    found = likenesses({pk: Values(name) for pk, name in enumerate(names)})
    assert (0, 1, "spelling") in found
    assert len(compared) < 60 * len(names)
