"""Documents as an editor could make them: any text in any field, most of it nasty."""

from __future__ import annotations

from hypothesis import strategies as st

from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind

# Lines that mean something in one of the forms.
LINES = [
    "",
    " ",
    "你好。",
    "Hello there.",
    "### Chapter",
    "#",
    "#tag",
    "---",
    "***",
    "```",
    "```python",
    "````",
    "~~~",
    "   ```",
    "    ```",
    "<details>",
    "</details>",
    "<DETAILS open>",
    "<summary>Original English</summary>",
    "<summary>View/Hide Original English</p>",
    '<p class="english-text">Hi</p>',
    "<br><br>",
    "<!-- chunk 1/2 -->",
    "<!-- turn cue -->",
    '<!-- turn speech label="x" -->',
    "<!-- oddlots transcript 1 -->",
    "<!--",
    "-->",
    "<script>alert(1)</script>",
    "**Ann Lee:** 你好。",
    "**Ann Lee**: 你好。",
    "**Ann Lee：** 你好。",
    "**安·李**：",
    "Ann Lee: 你好。",
    ">> Hello",
    ">> Ann: Hello",
    "> quote",
    "[音乐]",
    "(Applause)",
    "【掌声】",
    "♪",
    "[TRANSCRIPT_END]",
    "Hi there. [00:01:06]",
    "[00:01:06]",
    "- item",
    "1. **可观测性**（Observability: 定义）：好",
    "| a | b |",
    "\\### x",
    "\\\\**A:** x",
    "\\",
    "\\[音乐]",
    '\\"quoted\\"',
    "a < b & c > d &amp; &gt;&gt;",
    "　　缩进",
    "\u2028line\u2029separators",
    "\ufeffmark",
    "title: x",
    "'",
    '"',
    "* * *",
    "\tTab",
]

RAW = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("\n\n\n \t\r:：*#<>[]()（）`~-_\\\"'|!&;/=,，。.你好安 李aAnN19")),
        st.characters(),
    ),
    max_size=40,
)

TEXT = st.one_of(
    st.lists(st.sampled_from(LINES), max_size=8).map("\n".join),
    RAW,
    st.tuples(RAW, st.sampled_from(LINES), RAW).map("".join),
)

LABEL = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            "Ann Lee",
            "安·李",
            "主持人（安）",
            "[Ann]",
            "**Ann**",
            "Ann:",
            "a*b",
            "Speaker 0",
            "<b>",
            "--",
        ]
    ),
    RAW,
)

TIME = st.none() | st.integers(0, 10**9)

TURN = st.builds(
    Turn,
    kind=st.sampled_from(TurnKind),
    label=LABEL,
    text=TEXT,
    original=st.just("") | TEXT,
    original_label=st.just("") | LABEL,
    start=st.none() | TIME,
    end=st.none() | TIME,
)

CHAPTER = st.builds(
    Chapter,
    title=st.just("") | TEXT,
    level=st.integers(0, 6),
    turns=st.lists(TURN, max_size=5).map(tuple),
)

SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXT,
    st.sampled_from(
        ["2025-10-06", "yes", "010", "1:30", "1e3", "null", "~", "- x", "{a", "a: b", "#x", "x #y"]
    ),
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(RAW, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.lists(
    st.sampled_from(
        ["Ann Lee", "ann-lee", "Ann Lee (AL)", "AL", "Vertex AI", "vertex-ai", "ＡＬ", "安"]
    )
    | TEXT,
    max_size=5,
).map(tuple)

FRONT = st.builds(
    FrontMatter,
    title=TEXT,
    summary=TEXT,
    insight=TEXT,
    series=TEXT,
    date=st.sampled_from(["", "2025-10-06", "2025-13-01", "soon"]),
    source=TEXT,
    channel=TEXT,
    author=TEXT,
    guest=TEXT,
    area=TEXT,
    category=TEXT,
    projects=NAMES,
    tags=NAMES,
    people=NAMES,
    organisations=NAMES,
    products=NAMES,
    works=NAMES,
    extra=st.lists(
        st.tuples(
            st.sampled_from(
                ["layout", "draft", "status", "channel", "companies", "Title", "title", "yes", "3"]
            )
            | RAW,
            VALUE,
        ),
        max_size=4,
    ).map(tuple),
)

DOCUMENT = st.builds(
    Document,
    front=st.just(FrontMatter()) | FRONT,
    chapters=st.lists(CHAPTER, max_size=4).map(tuple),
)

# A found file, from lines that mean something.
FOUND = st.lists(st.sampled_from(LINES) | RAW, max_size=25).map("\n".join)
