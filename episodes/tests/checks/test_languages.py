from __future__ import annotations

from dataclasses import replace

import pytest

from episodes.checks import languages
from episodes.checks.registry import Finding, Severity, check
from episodes.checks.subject import Subject, Turn
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.transcripts.made import TURNS
from episodes.tests.transcripts.samples import needs_sample

CODES = {
    languages.NoTranslation.code,
    languages.NoOriginal.code,
    languages.Equal.code,
    languages.WrongLanguage.code,
    languages.HalfTranslated.code,
}
PLAIN = [("这是一句完整的话。", "This is a whole sentence.")] * 6


def found(*pairs: tuple[str, str], kind: str = "speech", **fields: object) -> list[Finding]:
    """What is found in the first turns, sound ones follow."""
    subject = of_pairs(*pairs, *PLAIN, **fields)
    turns = tuple(
        replace(turn, kind=kind) if place < len(pairs) else turn
        for place, turn in enumerate(subject.turns)
    )
    return list(check(replace(subject, turns=turns), CODES))


def told(*pairs: tuple[str, str], **fields: object) -> list[tuple[str, str, str]]:
    return [(one.check, one.uid, one.field) for one in found(*pairs, **fields)]  # type: ignore[arg-type]


def test_a_missing_translation_is_an_error() -> None:
    [finding] = found(("", "So where does the money come from, and who pays?"))
    assert (finding.check, finding.uid, finding.field) == ("translation_missing", "t0", "text")
    assert finding.message == "“So where does the money come…” has no translation."
    assert languages.NoTranslation.severity is Severity.ERROR


@pytest.mark.parametrize("text", ["", "。", "…… "])
@pytest.mark.parametrize("kind", ["speech", "narration"])
def test_signs_are_no_translation(text: str, kind: str) -> None:
    assert told((text, "Right."), kind=kind) == [("translation_missing", "t0", "text")]


@pytest.mark.parametrize("nothing", ["TODO", "（无）", "null", "N/A"])
def test_placeholders_are_no_text(nothing: str) -> None:
    assert told((nothing, "So where does the money come from?")) == [
        ("translation_missing", "t0", "text")
    ]
    assert told(("钱从哪里来，谁来付这笔钱？", nothing)) == [("original_missing", "t0", "original")]
    assert told(("无。", "None.")) == []


@pytest.mark.parametrize("text", ["I tried.", "And I'm Peter Weisenthal.", "Wait, really?"])
def test_a_short_sentence_is_in_the_wrong_language(text: str) -> None:
    assert told((text, "He said something else here.")) == [("wrong_language", "t0", "text")]


@pytest.mark.parametrize("text", ["McDonald's.", "Bank of America.", "Miles O'Brien.", "Inc."])
def test_a_name_is_in_no_language(text: str) -> None:
    assert told((text, "He said something else here.")) == []


def test_a_short_stretch_of_chinese_in_an_original() -> None:
    original = "It's soft over here and hard over there. 这是同一块地吗？"
    [finding] = found(("这里很软，那里很硬。这是同一块地吗？", original))
    assert (finding.check, finding.field) == ("half_translated", "original")
    assert original[finding.start : finding.end] == "这是同一块地吗"
    assert told(("这叫关系网络。", "They call it 关系网络 over there.")) == []


@pytest.mark.parametrize(
    "original", ["[Music]", "(Applause)", "Uh,", "Mm-hmm.", "um, uh", "", "H", "♪"]
)
def test_cues_and_fillers_need_no_translation(original: str) -> None:
    assert told(("", original)) == []


def test_a_missing_original_is_a_hint_for_the_turn() -> None:
    [finding] = found(("钱从哪里来？", ""))
    assert (finding.check, finding.uid, finding.field) == ("original_missing", "t0", "original")
    assert languages.NoOriginal.severity is Severity.HINT


@pytest.mark.parametrize("text", ["[音乐]", "（笑）", "【掌声】", "（译者注：此处有广告）"])
def test_cues_and_remarks_have_no_original(text: str) -> None:
    assert told((text, "")) == []


def test_cue_turns_are_passed_over() -> None:
    assert told(("[音乐]", ""), kind="cue") == []


def test_an_episode_without_originals_is_one_hint() -> None:
    turns = tuple(Turn(uid=f"t{place}", text="这是一句话。") for place in range(30))
    [finding] = check(Subject(turns=turns), CODES)
    assert (finding.check, finding.uid) == ("original_missing", "")
    assert finding.message == "The episode has a translation only, and no original."


def test_a_report_is_one_hint() -> None:
    pairs = [
        ("这是一句话。", ""),
        ("这也是。", ""),
        ("这是一句话。", "A sentence."),
        ("还有。", ""),
    ]
    [finding] = check(of_pairs(*pairs), CODES)
    assert (finding.uid, finding.message) == ("", "3 of 4 turns have no original: rather a report?")


@pytest.mark.parametrize(
    "both",
    ["You can see it here, can't you?", "Yeah, exactly.", "这是一句话。", "是的。"],
)
def test_the_same_words_on_both_sides(both: str) -> None:
    assert told((both, both)) == [("same_in_both", "t0", "text")]


def test_spaces_case_and_notes_make_no_difference() -> None:
    pair = ("The **data center**（数据中心） is big", "the data center is  big.")
    assert told(pair) == [("same_in_both", "t0", "text")]


@pytest.mark.parametrize(
    "both", ["Joe.", "OpenAI Sora", "OK.", "42", "Tracy Alloway, Odd Lots", "Wow."]
)
def test_names_and_exclamations_may_be_the_same(both: str) -> None:
    assert told((both, both)) == []


@pytest.mark.parametrize(
    "pair",
    [
        ("We never had that before, you know.", "Something else entirely."),
        ("Yeah.", "Something else entirely."),
        (
            "I think **数据中心**（Data Center） will be the thing of the year.",
            "Something else entirely.",
        ),
    ],
)
def test_a_translation_that_is_none(pair: tuple[str, str]) -> None:
    assert told(pair) == [("wrong_language", "t0", "text")]


@pytest.mark.parametrize("original", ["我们以前从来没有。", "是的。"])
def test_an_original_in_chinese(original: str) -> None:
    assert told(("完全是另一回事。", original)) == [("wrong_language", "t0", "original")]


@pytest.mark.parametrize(
    "pair",
    [
        ("我是Joe Weisenthal，这是Odd Lots。", "I'm Joe Weisenthal, this is Odd Lots."),
        ("Joe。", "Joe,"),
        ("GE Vernova、Solar Turbines、Caterpillar。", "GE Vernova, Solar Turbines, Caterpillar."),
        ("数据中心。", "A data center（数据中心：存放服务器的大型设施，需要大量的电力）."),
        ("他说的是关系。", "He said guanxi (关系)."),
        ("关注@TracyAlloway和@thestalwart，bloomberg.com/oddlots。", "Follow @TracyAlloway."),
    ],
)
def test_names_and_definitions_are_in_place(pair: tuple[str, str]) -> None:
    assert told(pair) == []


def test_originals_in_another_language_are_one_finding() -> None:
    pairs = [("This is a sentence, you know.", f"这是第{place}句话，对吧？") for place in range(9)]
    episode = of_pairs(*pairs, language="en")
    assert [(one.uid, one.field, one.message) for one in check(episode, CODES)] == [
        ("", "original", "9 of 9 originals are not in “en”.")
    ]
    assert list(check(replace(episode, original_language="zh-Hans"), CODES)) == []


def test_a_language_whose_script_tells_nothing_is_left_alone() -> None:
    assert told(("这是一句话。", "日本語の文章です。"), original_language="ja") == []


def test_a_stretch_of_english_in_a_translation() -> None:
    text = "我们去了工厂，and then we had to wait for the turbines. 就是这样。"
    [finding] = found((text, "We went to the plant, and then we had to wait for the turbines."))
    assert (finding.check, finding.field) == ("half_translated", "text")
    assert text[finding.start : finding.end] == "and then we had to wait for the turbines."


def test_a_stretch_of_chinese_in_an_original() -> None:
    original = "We went to the plant 我们去了那家很大的工厂 and waited for a long while there."
    [finding] = found(("我们去了工厂。", original))
    assert (finding.check, finding.field) == ("half_translated", "original")
    assert original[finding.start : finding.end] == "我们去了那家很大的工厂"


@pytest.mark.parametrize(
    "text",
    [
        "他写了《The Rise and Fall of the House of Money》这本书。",
        "他说“it is what it is, you know that”，我同意。",
        "缩写是**NIMBY**（Not In My Backyard: 不要建在我家后院）。",
        "就是所谓的（this is not in my back yard at all）。",
        "主持人是Tracy Alloway and Joe Weisenthal。",
        "公司叫Bank of New York Mellon and Company Limited。",
        "见`if it is not in the list of names`。",
    ],
)
def test_quotations_titles_and_names_may_stay(text: str) -> None:
    assert told((text, "Whatever it was that they said in the first place.")) == []


def test_an_episode_in_good_order_yields_nothing() -> None:
    assert list(check(of_pairs(*[(turn[2], turn[3]) for turn in TURNS]), CODES)) == []


@needs_sample
def test_the_sample_has_both_languages_in_place() -> None:
    assert list(check(sample(), CODES)) == []


@needs_sample
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (lambda turn, other: {"text": ""}, "translation_missing"),
        (lambda turn, other: {"original": ""}, "original_missing"),
        (lambda turn, other: {"text": turn.original}, "same_in_both"),
        (lambda turn, other: {"original": turn.text}, "same_in_both"),
        (lambda turn, other: {"text": other.original}, "wrong_language"),
        (lambda turn, other: {"original": other.text}, "wrong_language"),
    ],
)
def test_nine_of_ten_planted_faults_are_found(changes: object, code: str) -> None:
    episode = sample()
    speech = [turn for turn in episode.turns if turn.kind == "speech"]
    hits, tried = 0, 0
    for turn, other in zip(speech, speech[37:] + speech[:37], strict=True):
        if len(turn.original) < 8 or len(other.original) < 8:
            continue
        changed = replace(turn, **changes(turn, other))  # type: ignore[operator]
        turns = tuple(changed if one is turn else one for one in episode.turns)
        codes = {(one.check, one.uid) for one in check(replace(episode, turns=turns), [code])}
        hits += (code, turn.uid) in codes
        tried += 1
    assert tried > 100
    assert hits >= 0.9 * tried
