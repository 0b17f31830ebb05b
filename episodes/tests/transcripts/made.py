"""A transcript of our own, and every way in which such a transcript is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

ANN, BO, CARA = "Ann Lee", "Bo Chen", "Cara van Dijk"

TURNS = [
    ("", ANN, "欢迎收听《码头时间》，我是安。", "Welcome to Quay Time. I'm Ann."),
    (
        "",
        BO,
        "我是博。今天我们谈**冷藏箱**（Reefer: 能控制温度的集装箱）。",
        "I'm Bo. Today we talk about reefers.",
    ),
    ("", ANN, "请来的是卡拉，她管着三个码头。", "With us is Cara, who runs three terminals."),
    ("", CARA, "谢谢邀请。", "Thanks for having me."),
    ("第一批香蕉", ANN, "第一次见到香蕉船是什么时候？", "When did you first see a banana boat?"),
    ("", CARA, "1998年，在雨里，早上6:30。", "In 1998, in the rain, at 6:30 in the morning."),
    ("", BO, "那么早？", "That early?"),
    (
        "",
        CARA,
        "香蕉不等人：晚一天就黄了。",
        "Bananas wait for nobody: a day late and they are yellow.",
    ),
    (
        "",
        ANN,
        "他们说：“慢就是快。”你怎么看？",
        'They say: "slow is fast." What do you make of it?',
    ),
    ("", CARA, "对，也不对。", "Yes and no."),
    ("", BO, "怎么讲？", "How so?"),
    (
        "",
        CARA,
        "等泊位的时间，占了一半（有时更多）。",
        "Waiting for a berth is half of it (sometimes more).",
    ),
    ("谁来付钱", BO, "钱从哪里来？", "Where does the money come from?"),
    ("", CARA, "船公司付 30%，货主付其余的。", "The line pays 30%, the shipper the rest."),
    ("", ANN, "就这样？", "That's it?"),
    ("", CARA, "就这样。", "That's it."),
    ("", BO, "a < b 的时候呢？", "And when a < b?"),
    (
        "",
        CARA,
        "那就反过来，见 https://example.org/tariff 。",
        "Then the other way round, see https://example.org/tariff .",
    ),
    ("", ANN, "哈哈。", "Ha ha."),
    ("", BO, "嗯。", "Uh-huh."),
    ("", ANN, "下一个问题。", "Next question."),
    ("尾声", CARA, "我女儿不吃香蕉。", "My daughter eats no bananas."),
    ("", ANN, "真的？", "Really?"),
    ("", CARA, "真的。她吃芒果。", "Really. She eats mangoes."),
    ("", BO, "芒果也坐冷藏箱。", "Mangoes take the reefer too."),
    ("", CARA, "是的，**冷藏箱**（Reefer）。", "Yes, the reefer."),
    ("", ANN, "谢谢卡拉。", "Thank you, Cara."),
    ("", CARA, "谢谢你们。", "Thank you both."),
    ("", BO, "下周见。", "See you next week."),
    ("", ANN, "再见。", "Goodbye."),
]

Labelled = Callable[[str, str], str]
LABELS: dict[str, Labelled] = {
    "plain": lambda who, text: f"{who}: {text}",
    "bold, colon inside": lambda who, text: f"**{who}:** {text}",
    "bold, colon outside": lambda who, text: f"**{who}**: {text}",
    "full-width colon": lambda who, text: f"{who}：{text}",
    "bold, full-width colon": lambda who, text: f"**{who}**：{text}",
    "bold, full-width colon inside": lambda who, text: f"**{who}：** {text}",
    "brackets": lambda who, text: f"**[{who}]**: {text}",
    "brackets, colon inside": lambda who, text: f"**[{who}]:** {text}",
    "caption": lambda who, text: f">> {who}: {text}",
    "caption, bold": lambda who, text: f">> **{who}:** {text}",
}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _breaks(text: str) -> str:
    words = _escaped(text).split(" ")
    return "".join(
        word + ("" if last else "<br><br><br>" if index % 5 == 4 else "<br> ")
        for index, word in enumerate(words)
        for last in [index == len(words) - 1]
    )


def _d1(inner: Callable[[str], str]) -> Callable[[str, str], str]:
    return lambda who, text: (
        "<details>\n<summary>View/Hide Original English</summary>\n"
        f'<p class="english-text">{inner(text)}</p>\n</details>'
    )


BLOCKS: dict[str, Callable[[str, str], str]] = {
    "D1": _d1(_escaped),
    "D1, breaks": _d1(lambda text: ">> " + _breaks(text)),
    "D1, entities": _d1(lambda text: "&gt;&gt; " + _escaped(text)),
    "D1, one word a line": _d1(lambda text: "\n".join(_escaped(text).split(" "))),
    "D1, broken summary": lambda who, text: (
        "<details>\n<summary>View/Hide Original English</p>\n"
        f'<p class="english-text">{_escaped(text)}</p>\n</details>'
    ),
    "D1, after the block": lambda who, text: (
        "<details>\n<summary>View/Hide Original English</p>\n</details>\n"
        f'<p class="english-text">{_escaped(text)}</p>'
    ),
    "D1, one line": lambda who, text: (
        "<details><summary>View/Hide Original English</summary>"
        f'<p class="english-text">{_escaped(text)}</p></details>'
    ),
    "D1, upper case": lambda who, text: (
        '<DETAILS class="en" open>\n<SUMMARY>View/Hide Original English</SUMMARY>\n'
        f'<P CLASS="english-text">{_escaped(text)}</P>\n</DETAILS>'
    ),
    "D2": lambda who, text: (
        f"<details>\n<summary>Original English</summary>\n\n{text}\n\n</details>"
    ),
    "D2, tight": lambda who, text: (
        f"<details>\n<summary>Original English</summary>\n{text}\n</details>"
    ),
    "D2, own labels": lambda who, text: (
        f"<details>\n<summary>Original English</summary>\n\n**{who}:** {text}\n\n</details>"
    ),
    "D2, bracketed labels": lambda who, text: (
        f"<details>\n<summary>Original English</summary>\n\n[{who}]: {text}\n\n</details>"
    ),
    "unclosed": lambda who, text: (
        "<details>\n<summary>View/Hide Original English</summary>\n"
        f'<p class="english-text">{_escaped(text)}</p>\n'
    ),
}


@dataclass(frozen=True)
class Form:
    """One way to write the transcript down."""

    labels: str = "plain"
    blocks: str = "D1"
    tight: bool = False  # no blank line before the block
    chunks: bool = False  # comments of the pipeline in between
    glued: bool = False  # no blank line behind a heading
    level: int = 3
    wide_brackets: bool = True
    crlf: bool = False
    bom: bool = False
    utf16: bool = False


def write_down(turns: list[tuple[str, str, str, str]], form: Form) -> bytes:
    out = ["---\ntitle: 码头时间\npeople: []\n---\n"]
    for index, (chapter, who, text, original) in enumerate(turns):
        if not form.wide_brackets:
            text = text.replace("（", " (").replace("）", ")")
        if chapter:
            out.append("#" * form.level + f" {chapter}\n" + ("" if form.glued else "\n"))
        if form.chunks and index % 4 == 0:
            out.append(f"<!-- chunk {index // 4 + 1}/8 -->\n\n")
        out.append(LABELS[form.labels](who, text))
        if original:
            out.append("\n" if form.tight else "\n\n")
            out.append(BLOCKS[form.blocks](who, original))
        out.append("\n\n")
    if form.chunks:
        out.append("[TRANSCRIPT_END]\n")
    text = "".join(out)
    if form.crlf:
        text = text.replace("\n", "\r\n")
    if form.utf16:
        return text.encode("utf-16")
    return text.encode("utf-8-sig" if form.bom else "utf-8")


PLAIN = Form()
FORMS: dict[str, Form] = {
    **{name: replace(PLAIN, labels=name) for name in LABELS},
    **{name: replace(PLAIN, blocks=name, labels="bold, colon inside") for name in BLOCKS},
    **{f"{name}, tight": replace(PLAIN, blocks=name, tight=True) for name in BLOCKS},
    "chunks": replace(PLAIN, chunks=True),
    "chunks, tight": replace(PLAIN, chunks=True, tight=True, glued=True),
    "glued headings": replace(PLAIN, glued=True),
    "level 1": replace(PLAIN, level=1),
    "level 4": replace(PLAIN, level=4),
    "CRLF": replace(PLAIN, crlf=True),
    "BOM": replace(PLAIN, bom=True),
    "UTF-16": replace(PLAIN, utf16=True),
    "half-width brackets": replace(PLAIN, wide_brackets=False),
    "captions and breaks": replace(PLAIN, labels="caption", blocks="D1, breaks", tight=True),
}
