"""Slugs: Latin words and pinyin, at most sixty characters, never an edition, never a dot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pypinyin import Style, lazy_pinyin

__all__ = ["LENGTH", "from_stem", "from_text", "pinyin", "sort_key", "unique"]

LENGTH = 60
_RESERVED = re.compile(r"v[0-9]+")
_STEM = re.compile(r"[a-z0-9-]+")


def pinyin(text: str) -> str:
    """Return ``text`` with Han characters as toneless pinyin syllables, parted by blanks."""
    return " ".join(lazy_pinyin(text, style=Style.NORMAL, v_to_u=False))


def _plain(text: str) -> str:
    """Return ``text`` in lower case without the marks on its letters (é, ü)."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char))


def sort_key(text: str) -> str:
    """Return the key that sorts Chinese by pinyin with Latin words in their place, lower case.

    Marks and brackets count for nothing; digits come before letters. At most 300 characters.
    """
    words = re.findall(r"[a-z0-9]+|[^\W_]", _plain(pinyin(unicodedata.normalize("NFKC", text))))
    return " ".join(words)[:300]


def from_text(text: str, fallback: str) -> str:
    """Return a slug of a title or a name: ``[a-z0-9-]+``, cut at a word's end within LENGTH."""
    plain = _plain(pinyin(unicodedata.normalize("NFKC", text)))
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace("’", ""))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LENGTH]
        if len(longer) > LENGTH:
            break
        slug = longer
    slug = slug or fallback
    return f"{fallback}-{slug}" if _RESERVED.fullmatch(slug) else slug


def from_stem(stem: str, title: str) -> str:
    """Return an episode's slug: the file's stem if it is one already, else from the title."""
    if _STEM.fullmatch(stem) and stem.strip("-") and not _RESERVED.fullmatch(stem):
        return stem[:LENGTH].strip("-")
    return from_text(title or stem, "episode")


def unique(slug: str, taken: Callable[[str], bool]) -> str:
    """Return ``slug``, or with ``-2``, ``-3`` … the first that is not ``taken``."""
    if not taken(slug):
        return slug
    number = 2
    while taken(candidate := f"{slug}-{number}"):
        number += 1
    return candidate
