"""How near two Latin words are: by their letters, by their sound, or as forms of one word.

Captions write what they hear (``Gilan`` for Geelen), typists slip (``Weisentahl``). A plural, a
derived form or a British spelling is no slip.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

__all__ = ["are_forms", "bases", "by_ear", "by_letters", "distance"]

_ENDINGS = frozenset(
    (
        "",
        *[
            "s",
            "es",
            "ed",
            "d",
            "ing",
            "er",
            "ers",
            "r",
            "rs",
            "ly",
            "n",
            "an",
            "ans",
            "ian",
            "ese",
            "ish",
            "y",
            "ism",
            "ist",
            "ists",
            "al",
            "or",
            "ors",
        ],
    )
)
_BRITISH = (
    (re.compile("centre"), "center"),
    (re.compile("our(?=s?$|ed$|ing$|able$)"), "or"),
    (re.compile("is(?=e[drs]?$|ing$|ation)"), "iz"),
    (re.compile("ll(?=ed$|ing$|ers?$)"), "l"),
)
_SAME_SOUND = (
    (re.compile("tch|ch"), "C"),
    (re.compile("sch|sh"), "S"),
    (re.compile("ph"), "f"),
    (re.compile("gh"), ""),
    (re.compile("ck|q|kh"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("th|d"), "t"),
    (re.compile("v"), "f"),
    (re.compile("(?<=.)h"), ""),
    (re.compile("^[aeiouy]+"), "A"),
    (re.compile("[aeiouy]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=8192)
def _sound(key: str) -> str:
    for pattern, sign in _SAME_SOUND:
        key = pattern.sub(sign, key)
    return key


def by_ear(one: str, other: str) -> bool:
    """Whether two keys have the same consonants in the same order, at least three sounds."""
    if abs(len(one) - len(other)) > 3 or min(len(one), len(other)) < 4:
        return False
    sound = _sound(one)
    return len(sound) >= 3 and sound == _sound(other)


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be added, left out, replaced or exchanged; more than ``most`` is
    ``most + 1``."""
    return OSA.distance(one, other, score_cutoff=most)


def by_letters(one: str, other: str) -> bool:
    """Whether so few letters differ that it is a slip, by length: 1 from five letters on, 2 from
    eight on, none at the beginning."""
    longest = max(len(one), len(other))
    if longest < 5 or one[:1] != other[:1]:
        return False
    most = 1 if longest < 8 else 2
    return distance(one, other, most) <= most


@lru_cache(maxsize=8192)
def are_forms(one: str, other: str) -> bool:
    """Whether two keys are forms of one word, or spellings of one word in two countries."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    for cut in range(same, max(2, same - 2), -1):
        if _ends_so(one, cut) and _ends_so(other, cut):
            return True
    if {one[same:], other[same:]} in ({"y", "ies"}, {"f", "ves"}):
        return True
    return _americanised(one) == _americanised(other)


def bases(key: str) -> list[str]:
    """The words of four letters on that a key may be a form of, by what names take: ``Koreans``."""
    return [
        key[: -len(end)]
        for end in ("s", "es", "n", "an", "ed", "er")
        if key.endswith(end) and len(key) - len(end) > 3 and _ends_so(key, len(key) - len(end))
    ]


def _ends_so(key: str, cut: int) -> bool:
    """Whether what stands behind a place is an ending that a word can have there: ``r`` and ``d`` follow
    an e (``bake``, ``baker``), ``n`` a vowel, ``s`` no s."""
    end, before = key[cut:], key[cut - 1]
    if end in ("r", "rs", "d"):
        return before == "e"
    if end == "n":
        return before in "aeio"
    return end in _ENDINGS and not (end == "s" and before == "s")


def _americanised(key: str) -> str:
    for british, american in _BRITISH:
        key = british.sub(american, key)
    return key
