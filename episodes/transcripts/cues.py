"""Cues: paragraphs that tell what is heard instead of what is said (``[音乐]``, ``(Applause)``)."""

from __future__ import annotations

import re

_SQUARE = re.compile(r"\[([^\[\]()\n]{1,40})\]|【([^【】\n]{1,40})】|♪+([^♪\n]{0,60})♪+|♪+")
_ROUND = re.compile(r"[(（]([^()（）\n]{1,40})[)）]")
_HEARD = re.compile(
    r"音乐|乐声|配乐|掌声|鼓掌|笑|欢呼|喝彩|片头|片尾|广告|停顿|沉默|静默|叹|咳|哭|歌|铃声|噪音|杂音|听不清|"
    r"重叠|插话|嘘|口哨|呼吸|清嗓|哼|"
    r"\b(?:music|applau\w*|laugh\w*|chuckl\w*|cheer\w*|clap\w*|cough\w*|sigh\w*|pause\w*|silence|"
    r"crosstalk|cross talk|inaudible|unintelligible|noise|static|snort\w*|gasp\w*|cry\w*|sing\w*|"
    r"humming|whistl\w*|bell\w*|ring\w*|advert\w*|commercial|intro|outro|theme|clears throat|"
    r"audience|indistinct|foreign)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]")


def is_cue(text: str) -> bool:
    """Whether a line is a cue and nothing else.

    Square brackets may hold anything short with a letter in it; round ones only what is heard, for
    they also hold asides.
    """
    match = _SQUARE.fullmatch(text)
    if match:
        inner = match[1] or match[2]
        return inner is None or _WORD.search(inner) is not None
    match = _ROUND.fullmatch(text)
    return match is not None and _HEARD.search(match[1]) is not None
