"""Looking a term up by what a reader types: Chinese, another language, pinyin, initials. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from episodes.slugs import sort_key
from glossary.folding import simplified
from glossary.matching import folded

__all__ = ["Wanted"]

_TYPED = re.compile(r"[a-z0-9 '’]+")
_INITIALS = re.compile(r"[a-z]{2,}")


class Wanted:
    """What is looked for.

    Without case and width, traditional characters as simplified ones. Pinyin is without tones and
    begins with a syllable, with or without blanks or apostrophes (``shuju``, ``shu ju``); initials
    (``sjh``) are those of syllables one after the other.
    """

    def __init__(self, asked: str) -> None:
        self._text = _plain(asked)
        typed = bool(_TYPED.fullmatch(self._text))
        self._pinyin = sort_key(self._text.replace("'", "")).replace(" ", "") if typed else ""
        self._initials = self._text if _INITIALS.fullmatch(self._text) else ""

    def is_in(self, names: Iterable[str], key: str) -> bool:
        """Whether one of the names holds it, or the term's sort key (its syllables) does."""
        if self._text in _plain("\n".join(names)):
            return True
        syllables = key.split()
        if self._initials and self._initials in "".join(one[0] for one in syllables):
            return True
        return bool(self._pinyin) and any(
            "".join(syllables[start:]).startswith(self._pinyin) for start in range(len(syllables))
        )


def _plain(text: str) -> str:
    return simplified(folded(text)).replace("’", "'")
