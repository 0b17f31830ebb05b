from __future__ import annotations

from dataclasses import replace

import pytest

from episodes.checks import slips
from episodes.checks.registry import Finding, check
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.transcripts.made import TURNS
from episodes.tests.transcripts.samples import needs_sample

DOUBLED, CUT = slips.Doubled.code, slips.CutOff.code
PLAIN = [
    ("这是一句完整的话，说得很清楚。", "This is a whole sentence, and it is quite clear.", 1)
] * 6


def doubled(text: str, original: str = "") -> list[Finding]:
    return list(check(of_pairs((text, original)), [DOUBLED]))


@pytest.mark.parametrize(
    ("text", "words", "mended"),
    [
        ("这是我的的书。", "的的", "这是我的书。"),
        ("他来了了一次。", "了了", "他来了一次。"),
        ("我们我们去看。", "我们我们", "我们去看。"),
        ("建了数据中心数据中心。", "数据中心数据中心", "建了数据中心。"),
        ("因为因为没有电。", "因为因为", "因为没有电。"),
        ("买了Nvidia Nvidia的芯片。", "Nvidia Nvidia", "买了Nvidia的芯片。"),
        ("他把照片放到我我们的网站。", "我我", "他把照片放到我们的网站。"),
        ("很很多人还还没没来。", "很很", "很多人还还没没来。"),
        ("我听说没有没有人去。", "没有没有", "我听说没有人去。"),
        ("每年每年都来。", "每年每年", "每年都来。"),
        (
            "超大规模云服务商超大规模云服务商。",
            "超大规模云服务商超大规模云服务商",
            "超大规模云服务商。",
        ),
    ],
)
def test_a_word_that_stands_twice(text: str, words: str, mended: str) -> None:
    finding, *_others = sorted(doubled(text), key=lambda one: one.start)
    assert (finding.check, finding.field) == (DOUBLED, "text")
    assert text[finding.start : finding.end] == words
    assert finding.fix is not None
    assert (finding.fix.field, finding.fix.value) == ("text", mended)


def test_english_words_that_stand_twice() -> None:
    original = "We looked at the the plant."
    [finding] = doubled("我们看了工厂。", original)
    assert original[finding.start : finding.end] == "the the"
    assert finding.message == "“the” stands twice."
    assert finding.fix is not None
    assert finding.fix.value == "We looked at the plant."


@pytest.mark.parametrize(
    "text",
    [
        "看看，谢谢，想想。",
        "非常非常好。好的好的。是的是的。没有没有。对对对。",
        "我我我不知道。",
        "的的确确，实实在在，不了了之，和和美美，是是非非。",
        "我们讨论讨论、研究研究、考虑考虑。",
        "一步一步来，一个一个看。很多很多，慢慢慢慢。",
        "为什么为什么？没关系没关系。对不起对不起。不知道不知道。",
        "哈哈哈哈哈哈。",
        "他在在线教育公司。",
        "谢谢谢谢。",
        "我们，我们走。",
        "你能不能不去？是不是不好？没有没有，不是不是。",
        "他告诉我我们输了。成都都这样。我要要回我的钱。这可能能行，热可可好喝。",
        "她现在在康沃尔烧窑。机会会来的，协会会帮忙，社会会变。目的的一半是标的的价格。只有有钱人买得起。",
    ],
)
def test_what_doubles_by_nature(text: str) -> None:
    assert doubled(text) == []


@pytest.mark.parametrize(
    ("original", "words"),
    [
        ("So we don't don't know.", "don't don't"),
        ("And then The the ship sank.", "The the"),
        ("He came out of the of the house.", "of the of the"),
    ],
)
def test_contractions_and_short_phrases_that_stand_twice(original: str, words: str) -> None:
    [finding] = doubled("好。", original)
    assert original[finding.start : finding.end] == words


@pytest.mark.parametrize(
    "original",
    [
        "Yeah, yeah.",
        "It's very very good.",
        "I know that that is so.",
        "He had had it.",
        "No no no.",
    ],
)
def test_english_that_doubles_by_nature(original: str) -> None:
    assert doubled("好。", original) == []


def test_originals_written_as_they_were_spoken_are_left_alone() -> None:
    pairs = [("我们看了。", f"Uh, we looked at the the plant {place}.") for place in range(5)]
    assert list(check(of_pairs(*pairs), [DOUBLED])) == []


def test_two_doubled_words_of_a_turn_are_told_apart() -> None:
    first, second = doubled("我的的书，你的的书。")
    assert first.fingerprint != second.fingerprint


def cut(*pairs: tuple[str, str, int]) -> list[tuple[str, str]]:
    return [(one.uid, one.field) for one in check(of_pairs(*pairs, *PLAIN), [CUT])]


ENGLISH = "We went to the plant and we looked at all of the turbines."
CHINESE = "我们去了工厂，看了所有的涡轮机。"


@pytest.mark.parametrize(
    "text", ["我们去了工厂，看了所有", "我们去了工厂，看了所有的，", "我们去了工厂，因为"]
)
def test_a_translation_that_stops_while_the_original_ends(text: str) -> None:
    assert cut((text, ENGLISH, 2)) == [("t0", "text")]


@pytest.mark.parametrize(
    "original", ["We went to the plant and we looked at", "We went to the plant, and we looked,"]
)
def test_an_original_that_stops_where_originals_end(original: str) -> None:
    assert cut((CHINESE, original, 2)) == [("t0", "original")]


def test_a_translation_without_original_that_stops() -> None:
    assert cut(("我们去了工厂，看了所有的涡轮", "", 2)) == [("t0", "text")]


def test_the_place_is_the_end() -> None:
    [finding] = check(of_pairs(("我们去了工厂，看了所有 ", ENGLISH), *PLAIN), [CUT])
    assert (finding.start, finding.end) == (10, 11)
    assert (
        finding.message
        == "The translation ends in the middle of a sentence: “我们去了工厂，看了所有”"
    )


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("所以，", "So,"),
        ("我们去了工厂，而且，", "We went to the plant, and"),  # interrupted
        ("好的", "Okay."),
        ("我们去了工厂，看了所有的“涡轮机。”", ENGLISH),
        ("我们去了工厂（在德克萨斯州的那一家）", ENGLISH),
        ("我们去了工厂，看了所有的东西……", ENGLISH),
        ("我们去了工厂，看了所有的东西——", ENGLISH),
        ("我们看了：\n\n- 涡轮机和所有的东西\n- 冷却器和别的东西", ENGLISH),
        ("我们去了很多很多工厂，分别是：", ENGLISH),
        (CHINESE, ENGLISH),
    ],
)
def test_ends_that_are_none_of_our_business(text: str, original: str) -> None:
    assert cut((text, original, 2)) == []


def test_a_speaker_who_goes_on_is_not_cut_off() -> None:
    first = ("我们去了工厂，看了所有的涡轮", "We went to the plant and looked at all the", 2)
    assert cut(first, ("机，然后就走了。", "turbines, and then we left.", 2)) == []
    assert cut(first, ("机，然后就走了。", "turbines, and then we left.", 3)) == [("t0", "text")]


def test_an_episode_written_without_signs_is_left_alone() -> None:
    pairs = [("我们去了工厂看了所有的涡轮机", "we went to the plant and looked at it")] * 9
    assert list(check(of_pairs(*pairs), [CUT])) == []


def test_an_episode_in_good_order_yields_nothing() -> None:
    episode = of_pairs(*[(turn[2], turn[3]) for turn in TURNS])
    assert list(check(episode, [CUT, DOUBLED])) == []


@needs_sample
def test_the_sample() -> None:
    findings = [(one.check, one.uid, one.field) for one in check(sample(), [CUT, DOUBLED])]
    assert findings == [("cut_off", "t111", "text"), ("cut_off", "t116", "text")]


@needs_sample
def test_translations_cut_in_the_middle_are_found() -> None:
    episode = sample()
    hits = tried = 0
    for turn in episode.turns:
        if len(turn.text) < 30 or "（" in turn.text:
            continue
        half = replace(turn, text=turn.text[: len(turn.text) // 2].rstrip("。？"))
        turns = tuple(half if one is turn else one for one in episode.turns)
        found = {one.uid for one in check(replace(episode, turns=turns), [CUT])}
        hits += turn.uid in found
        tried += 1
    assert tried > 40
    assert hits >= 0.9 * tried


@needs_sample
@pytest.mark.parametrize(
    "word", ["我们", "的", "因为", "公司", "了", "所以", "但是", "这个", "他们"]
)
def test_planted_doubles_are_found(word: str) -> None:
    episode = sample()
    turns = tuple(
        replace(turn, text=turn.text.replace(word, word * 2, 1)) for turn in episode.turns
    )
    found = {one.uid for one in check(replace(episode, turns=turns), [DOUBLED])}
    planted = {turn.uid for turn in episode.turns if word in turn.text}
    assert len(found & planted) >= 0.9 * len(planted)
