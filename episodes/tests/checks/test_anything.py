"""Whatever stands in an episode, checks answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from episodes import checking  # noqa: F401 - registers the checks
from episodes.checks.registry import check
from episodes.checks.subject import Subject, Turn

PIECES = st.sampled_from(
    [
        "**",
        "（",
        "）",
        "(",
        "[",
        "]",
        "》",
        ">>",
        "亿",
        "一百二十",
        "12,000",
        "$3.5 billion",
        "5%",
        "三成",
        "Q3",
        "2023年",
        "，",
        "。",
        "?",
        "\n",
        "\n\n",
        " ",
        "the the",
        "的的",
        "[Music]",
        "Ann:",
        "安：",
        "<br>",
        "<!-- chunk 1/2 -->",
        '\\"',
        "谢谢你，Ann",
        "I'm Bo",
        "港口",
        "port",
    ]
)
TEXT = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=12)
TURN = st.builds(
    Turn,
    uid=st.just(""),
    kind=st.sampled_from(["speech", "narration", "cue"]),
    text=TEXT,
    original=TEXT,
    speaker=st.integers(0, 2),
    label=st.sampled_from(["", "Ann", "主持人", "Speaker A"]),
)


@settings(max_examples=150)
@given(st.lists(TURN, max_size=6), TEXT, st.sampled_from(["en", "zh-Hans", "", "xx"]))
def test_nothing_is_raised_and_places_lie_within_their_texts(turns, title, language):
    named = tuple(Turn(**{**vars(turn), "uid": f"t{place}"}) for place, turn in enumerate(turns))
    subject = Subject(title=title, turns=named, original_language=language)
    for found in check(subject):
        assert str(found.message)
        if found.uid and found.start >= 0 and found.field in ("text", "original"):
            text = getattr(subject.turns[subject.positions[found.uid]], found.field)
            assert 0 <= found.start <= found.end <= len(text)
