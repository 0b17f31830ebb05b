from __future__ import annotations

from dataclasses import replace

import pytest

from episodes.checks import residue
from episodes.checks.registry import Finding, check
from episodes.checks.subject import Subject, Turn
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.transcripts.made import TURNS
from episodes.tests.transcripts.samples import needs_sample

CODES = {
    residue.Residue.code,
    residue.SpeakerMark.code,
    residue.CueInSpeech.code,
    residue.CueAgainstSpeech.code,
    residue.Artefact.code,
}


def found(text: str, original: str = "Hello there.", kind: str = "speech") -> list[Finding]:
    return list(check(Subject(turns=(Turn("t0", kind, text, original),)), CODES))


@pytest.mark.parametrize(
    ("text", "words", "mended"),
    [
        ("你好 <!-- chunk 7/15 --> 再见。", "<!-- chunk 7/15 -->", "你好 再见。"),
        ("你好。[TRANSCRIPT_END]", "[TRANSCRIPT_END]", "你好。"),
        ("你好。[CHUNK 3/9] 再见。", "[CHUNK 3/9]", "你好。 再见。"),
        ("他说\\\"好'。", "\\", "他说\"好'。"),
        ("你好<br>再见。", "<br>", "你好再见。"),
        ("a<br/>b 是。", "<br/>", "a b 是。"),
        ("你好。</details>", "</details>", "你好。"),
        ('<p class="english-text">你好。', '<p class="english-text">', "你好。"),
        ("你好。 [00:01:06]", "[00:01:06]", "你好。"),
        ("(01:06) 你好。", "(01:06)", "你好。"),
        ("A&nbsp;B 和 C。", "&nbsp;", "A B 和 C。"),
        ("A&hellip; 是。", "&hellip;", "A… 是。"),
        ("你好，[^1]再见。", "[^1]", "你好，再见。"),
        ("你好。[1]", "[1]", "你好。"),
        ("看这里[链接]()。", "[链接]()", "看这里。"),
        ("<< 你好。", "<<", "你好。"),
        ("你好。\\", "\\", "你好。"),
        ("你好，，再见。", "，，", "你好，再见。"),
        ("AT&amp;T 公司。", "&amp;", "AT&T 公司。"),
        ("以下是翻译：你好。", "以下是翻译：", "你好。"),
        ("好的，下面是这一段的译文：\n你好。", "好的，下面是这一段的译文：", "\n你好。"),
    ],
)
def test_residue_is_found_and_taken_out(text: str, words: str, mended: str) -> None:
    [finding] = found(text)
    assert (finding.check, finding.field) == ("residue", "text")
    assert text[finding.start : finding.end] == words
    assert finding.fix is not None
    assert (finding.fix.field, finding.fix.value) == ("text", mended)


def test_broken_characters_have_no_fix() -> None:
    [finding] = found("你好\ufffd\ufffd再见。")
    assert (finding.start, finding.end, finding.fix) == (2, 4, None)


def test_every_piece_is_a_finding_of_its_own() -> None:
    findings = found("你好<br>再见<br>。", "Hello <br> there.")
    assert [(one.field, one.start) for one in findings] == [
        ("text", 2),
        ("text", 8),
        ("original", 6),
    ]
    assert len({one.fingerprint for one in findings}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "a < b 而 c > d。",
        "早上6:30，比分是 3:2。",
        "1:15:30 跑完马拉松。",
        '用 `<br>` 换行，`\\"` 是转义。',
        "[注] 见下。",
        "R&D 和 AT&T。",
        "见 https://example.org/?a=1&lang=2 。",
        "\\*不是斜体\\*",
        "这是我对这段话的翻译。",
    ],
)
def test_what_is_no_residue(text: str) -> None:
    assert found(text) == []


def test_a_lone_caption_mark_is_found() -> None:
    episode = of_pairs(
        ("你好。", "Hello."), ("再见。", ">> Bye."), ("好。", "Well."), ("嗯。", "Hm.")
    )
    [finding] = check(episode, CODES)
    assert (finding.check, finding.uid, finding.field) == ("speaker_mark", "t1", "original")
    assert (finding.start, finding.end) == (0, 3)
    assert finding.fix is not None
    assert finding.fix.value == "Bye."


def test_a_document_written_with_caption_marks_is_left_alone() -> None:
    assert list(check(of_pairs(*[("你好。", ">> Hello.")] * 5), CODES)) == []


def test_music_in_the_middle_of_speech() -> None:
    original = "Another [Music] question actually"
    [finding] = found("另一个问题。", original)
    assert (finding.check, finding.field) == ("cue_in_speech", "original")
    assert original[finding.start : finding.end] == "[Music]"
    assert finding.fix is not None
    assert finding.fix.value == "Another question actually"


def test_several_cues_are_one_finding_and_one_fix() -> None:
    [finding] = found("播客。", "[Music] Podcasts, radio, news. [Music]", "narration")
    assert finding.fix is not None
    assert finding.fix.value == "Podcasts, radio, news."


def test_what_was_not_understood_is_shown_but_not_taken_out() -> None:
    [finding] = found("他去了[听不清]那里。")
    assert (finding.check, finding.start, finding.end, finding.fix) == ("cue_in_speech", 3, 8, None)


@pytest.mark.parametrize(
    ("text", "original", "kind"),
    [
        ("[音乐]", "[Music]", "cue"),
        ("[音乐]", "", "cue"),
        ("你好（笑）。", "Hello [laughter] there.", "speech"),
        ("你好。", "Hello (Applause).", "speech"),
        ("[音乐]", "(Music)", "speech"),
        ("音乐很好听。", "The music is nice.", "speech"),
        ("[链接](https://example.org)", "A link.", "speech"),
        ("（笑）", "Ha.", "speech"),
    ],
)
def test_cues_in_their_place(text: str, original: str, kind: str) -> None:
    assert found(text, original, kind) == []


@pytest.mark.parametrize(
    ("text", "original", "field", "fix"),
    [
        ("音乐。", "[Music]", "text", "[音乐]"),
        ("掌声", "[Applause]", "text", "[掌声]"),
        ("[音乐]", "Music", "original", "[Music]"),
    ],
)
def test_a_cue_without_brackets(text: str, original: str, field: str, fix: str) -> None:
    [finding] = found(text, original)
    assert finding.check == "cue_against_speech"
    assert finding.fix is not None
    assert (finding.fix.field, finding.fix.value) == (field, fix)


@pytest.mark.parametrize(
    ("text", "original", "field"),
    [
        ("[音乐]", "So where does the money come from?", "original"),
        ("钱从哪里来？谁来付钱？", "[Music]", "text"),
    ],
)
def test_a_cue_against_speech(text: str, original: str, field: str) -> None:
    [finding] = found(text, original)
    assert (finding.check, finding.field, finding.fix) == ("cue_against_speech", field, None)


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("再见。字幕by索兰娅", "Bye."),
        ("字幕由 Amara.org 社区提供", ""),
        ("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", ""),
        ("再见。", "Bye. Thanks for watching!"),
        ("再见。", "Subtitles by the community"),
        ("感谢观看", "Bye."),
    ],
)
def test_artefacts_of_captions(text: str, original: str) -> None:
    assert [one.check for one in found(text, original)] == ["caption_artefact"]


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("感谢观看。", "Thanks for watching."),
        ("感谢收听。", "Thanks for listening."),
        ("我看了字幕。", "I read the subtitles."),
    ],
)
def test_thanks_that_were_said(text: str, original: str) -> None:
    assert found(text, original) == []


def test_an_episode_in_good_order_yields_nothing() -> None:
    assert list(check(of_pairs(*[(turn[2], turn[3]) for turn in TURNS]), CODES)) == []


@needs_sample
def test_the_sample_has_music_in_two_originals() -> None:
    findings = [(one.check, one.uid, one.field) for one in check(sample(), CODES)]
    assert findings == [("cue_in_speech", "t1", "original"), ("cue_in_speech", "t118", "original")]


@needs_sample
@pytest.mark.parametrize(
    "piece",
    [
        "<!-- chunk 7/15 -->",
        "[TRANSCRIPT_END]",
        '\\"',
        "<br>",
        "</p>",
        "[00:01:06]",
        "&nbsp;",
        "[音乐]",
        "[Music]",
    ],
)
@pytest.mark.parametrize("field", ["text", "original"])
def test_planted_residue_is_found(piece: str, field: str) -> None:
    episode = sample()
    turns = []
    for turn in episode.turns:
        value: str = getattr(turn, field)
        half = len(value) // 2
        planted = value[:half] + piece + value[half:] if turn.kind == "speech" else value
        turns.append(replace(turn, **{field: planted}))
    hit = {one.uid for one in check(replace(episode, turns=tuple(turns)), CODES)}
    speech = [turn.uid for turn in turns if turn.kind == "speech"]
    assert len(hit & set(speech)) >= 0.95 * len(speech)
