"""Numbers in English words: twenty-five hundred, half a million, a couple of hundred, two thirds."""

from __future__ import annotations

import re

from episodes.checks.numeral import Numeral, more

__all__ = ["DAYS", "ENGLISH_WORD", "of_words", "suffix_after", "words_after"]

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS_WORDS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TEENS = _TEENS_WORDS.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "mm": 1e6, "MM": 1e6, "mn": 1e6, "b": 1e9}
_SHORT |= {
    "B": 1e9,
    "bn": 1e9,
    "Bn": 1e9,
    "T": 1e12,
    "tn": 1e12,
    "grand": 1e3,
    "bil": 1e9,
    "mil": 1e6,
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6}
_PARTS |= {"eighth": 8, "tenth": 10, "hundredth": 100, "thousandth": 1000}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_ORDINALS |= {"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13}
_ORDINALS |= {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}
_ORDINALS |= {word + "th": place for place, word in enumerate(_TEENS, 10) if place > 12}
_ORDINALS |= {"sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90}
DAYS = {word: day for word, day in _ORDINALS.items() if day < 31}
DAYS |= {
    f"{tens}{between}{word}": above + day
    for tens, above, last in (("twenty", 20, 9), ("thirty", 30, 1))
    for word, day in _ORDINALS.items()
    for between in ("-", " ")
    if day <= last
}
_AGES = {word[:-1] + "ies": place * 10 + 20 for place, word in enumerate(_TENS)}
_FOLD = {
    word + "fold": place + 2
    for place, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
_VAGUE = {"tens": 1e1, "dozens": 12.0, "hundreds": 1e2}
_VAGUE |= {name + "s": size for name, size in _SCALES.items()}
_FEW = {"couple": (1.0, 4.0), "few": (2.0, 9.0), "several": (2.0, 9.0), "many": (2.0, 99.0)}

_KIND: dict[str, tuple[str, float]] = {
    **{word: ("one", float(place)) for place, word in enumerate(_ONES)},
    **{word: ("teen", float(place + 10)) for place, word in enumerate(_TEENS)},
    **{word: ("ten", float(place * 10 + 20)) for place, word in enumerate(_TENS)},
    **{word: ("scale", size) for word, size in _SCALES.items()},
    **{word: ("vague", size) for word, size in _VAGUE.items()},
    **dict.fromkeys(_FEW, ("few", 0.0)),
    "oh": ("one", 0.0),
    "hundred": ("hundred", 100.0),
    "grand": ("scale", 1e3),
    "dozen": ("dozen", 12.0),
    "half": ("half", 0.5),
    "quarter": ("half", 0.25),
}

ENGLISH_WORD = "|".join(sorted([*_KIND, *_ORDINALS, *_AGES, *_FOLD], key=len, reverse=True))
_NEXT = re.compile(
    r"[\s-]{1,3}(?:u[hm],?\s)?(?:(?:some|something|odd|plus)\s(?=[hmtb]))?([A-Za-z]+)(?![A-Za-z])"
)
_SUFFIX = re.compile(
    r"(?:st|nd|rd|th)(?![A-Za-z])|(?:k|K|mm|MM|mn|m|M|bn|Bn|b|B|tn|T)(?![A-Za-z0-9])"
)
_LATER_SUFFIX = re.compile(r"\s(?:bn|Bn|B|bil|mil|mn|K|M|T)(?![A-Za-z0-9'])")


def of_words(text: str, start: int, word: str, end: int) -> Numeral | None:
    """The number that begins with this word (of ``ENGLISH_WORD``, in lower case)."""
    if word in _ORDINALS and word not in _PARTS:
        value = float(_ORDINALS[word])
        if text.startswith(" of ", end) and _ARTICLE.search(text, max(0, start - 3), start):
            return Numeral(start, end, (1 / value,), fraction=True)  # a fiftieth of it
        return Numeral(start, end, (value,), ordinal=True)
    if word in _AGES:
        return Numeral(start, end, (float(_AGES[word]),), _AGES[word], _AGES[word] + 10)
    if word in _FOLD:
        return Numeral(start, end, (float(_FOLD[word]),), times=True)
    if word in _FEW:
        return _few(text, start, word, end)
    kind, size = _KIND.get(word, ("ordinal", 0.0))
    if kind == "ordinal":
        if _ARTICLE.search(text, max(0, start - 3), start):  # a third
            return Numeral(start, end, (1 / _PARTS[word],), fraction=True)
        return Numeral(start, end, (float(_ORDINALS[word]),), ordinal=True)
    if kind == "vague":
        return _hundreds(text, start, size, end)
    return _words(text, start, end, None, word)


def suffix_after(text: str, end: int) -> tuple[str, float, int] | None:
    """What is written close to digits: (``th``, 1, end), (``bn``, 1e9, end)."""
    suffix = _SUFFIX.match(text, end) or _LATER_SUFFIX.match(text, end)
    if suffix is None:
        return None
    word = suffix[0].strip()
    return word, _SHORT.get(word, 1.0), suffix.end()


def words_after(text: str, start: int, end: int, value: float) -> Numeral | None:
    """Digits with words behind them: 25 hundred, 2.5 million, 3 and a half; None without."""
    word = _NEXT.match(text, end)
    if word is None:
        return None
    name = word[1].lower()
    if name != "and" and _KIND.get(name, ("", 0))[0] not in ("hundred", "scale", "dozen"):
        return None
    found = _words(text, start, end, value)
    return found if found is not None and found.end > end else None


_ARTICLE = re.compile(r"\b(?:an?|one)\s$", re.IGNORECASE)
_OF = re.compile(r"\s(?:of\s)?(?:an?\s)?(?=([A-Za-z]+))")


def _few(text: str, start: int, word: str, end: int) -> Numeral | None:
    """A few, a couple of hundred, several million."""
    low, high = _FEW[word]
    while high < 1e40 and (of := _OF.match(text, end)):
        kind, size = _KIND.get(of[1].lower(), ("", 0.0))
        if kind not in ("hundred", "scale", "dozen", "vague"):
            break
        low, high, end = low * size, high * size, of.end(1)
    if high == _FEW["many"][1]:  # how many
        return None
    return Numeral(start, end, (), low, high)


def _hundreds(text: str, start: int, size: float, end: int) -> Numeral:
    """Hundreds, tens of thousands, hundreds of billions."""
    low = high = size
    while high < 1e40 and (of := _OF.match(text, end)):
        kind, more = _KIND.get(of[1].lower(), ("", 0.0))
        if kind not in ("vague", "scale"):
            break
        low, high, end = low * more, high * more, of.end(1)
    return Numeral(start, end, (), low, high * (1000 if size >= 1000 else 10))


_SMALL = ("one", "teen", "ten")


class _English:
    """An English number being read."""

    def __init__(self, lead: float | None) -> None:
        self.total = 0.0
        self.now = lead
        self.last = "" if lead is None else "digits"
        self.scale = 1.0
        self.pair = False  # nineteen ninety eight, one fifty
        self.bare = lead is None
        self.fraction = False

    def take(self, kind: str, value: float) -> bool:
        """Take a word; False where the number ends before it."""
        if kind in _SMALL:
            return self._small(kind, value)
        if kind == "hundred":
            if self.last not in ("", *_SMALL, "digits"):
                return False
            self.bare = self.bare and self.now is None
            self.now = (1.0 if self.now is None else self.now) * 100
        elif kind == "scale":
            if self.total > 1e40:
                return False
            if self.last == "scale":
                self.total *= value
            else:
                self.total += (1.0 if self.now is None else self.now) * value
            self.bare = self.bare and self.now is None
            self.now = None
            self.scale = max(self.scale, value)
        elif kind == "dozen":
            if self.last not in ("", *_SMALL, "digits"):
                return False
            self.bare = False
            self.now = (1.0 if self.now is None else self.now) * value
        else:
            return False
        self.last = kind
        return True

    def _small(self, kind: str, value: float) -> bool:
        self.bare = False
        if self.now is None:
            self.now = value
        elif (kind == "one" and self.last == "ten" and value) or self.last == "hundred":
            self.now += value
        elif (
            self.last in _SMALL
            and not self.pair
            and not self.total
            and 1 <= self.now < 100
            and (kind != "one")
        ):
            self.now, self.pair = self.now * 100 + value, True
        else:
            return False
        self.last = kind
        return True

    @property
    def value(self) -> float:
        return self.total + (self.now or 0.0)


def _words(text: str, start: int, end: int, lead: float | None, word: str = "") -> Numeral | None:
    """A number from its first word (or the digits before it) on, word by word."""
    reading = _English(lead)
    if word in ("half", "quarter"):
        return _half(text, start, end, 0.5 if word == "half" else 0.25)
    if word and not reading.take(*_KIND[word]):
        return None
    while following := _NEXT.match(text, end):
        name = following[1].lower()
        kind, value = _KIND.get(name, ("", 0.0))
        if name == "and" and (joined := _after_and(text, following.end(), reading)):
            end = joined
        elif name == "point" and reading.last in _SMALL and (tail := _decimals(text, following)):
            reading.now = (reading.now or 0.0) + tail[0]
            reading.last, end = "point", tail[1]
        elif name in _ORDINALS or name in _PARTS or name.removesuffix("s") in _PARTS:
            return _parts(text, reading, start, end, following, name)
        elif kind and kind not in ("half", "vague", "few") and name != "oh":
            if not reading.take(kind, value):
                break
            end = following.end()
        else:
            break
    values: tuple[float, ...] = (reading.value,)
    if reading.scale == 1 and (suffix := _LATER_SUFFIX.match(text, end)):  # five hundred K
        reading.scale, end = _SHORT[suffix[0].strip()], suffix.end()
        values = (reading.value * reading.scale,)
    if reading.last == "ten" and (odd := _ODD.match(text, end)):  # forty-something
        made = Numeral(start, odd.end(), digits=lead is not None, scaled=reading.scale)
        return more(made, reading.value, 10.0)
    if reading.pair and reading.value < 1100:  # nine fifty-eight is 9.58, too
        values = (reading.value, reading.value / 100)
    round_about = reading.last == "dozen"
    return Numeral(
        start,
        end,
        values,
        low=reading.value * 0.8 if round_about else 0.0,
        high=reading.value * 1.3 if round_about else 0.0,
        digits=lead is not None,
        scaled=reading.scale,
        bare=reading.bare,
        sequence=reading.pair and not 1100 <= reading.value < 2100,
    )


def _parts(
    text: str, reading: _English, start: int, end: int, following: re.Match[str], name: str
) -> Numeral:
    """Two thirds, three quarters; the third after a number is no part of it."""
    part = _PARTS.get(name) or _PARTS.get(name.removesuffix("s"))
    if part and reading.last == "one" and (name.endswith("s") or reading.value == 1):
        return _half(text, start, following.end(), reading.value / part)
    ordinal = reading.last == "ten" and _ORDINALS.get(name, 10) < 10
    value = reading.value + (_ORDINALS[name] if ordinal else 0)
    return Numeral(start, following.end() if ordinal else end, (value,), ordinal=ordinal)


def _after_and(text: str, at: int, reading: _English) -> int:
    """Where a number goes on after ``and``: a hundred and ten, two and a half; 0 where it does not."""
    if part := _AND_PART.match(text, at):
        if reading.last not in ("digits", *_SMALL, "scale"):
            return 0
        more_of_it = _KIND.get(part[1].lower(), ("", 1.0))[1] / _PARTS[part[2].lower()]
        size = reading.scale if reading.last == "scale" else 1.0  # a billion and a half
        reading.now = (reading.now or 0.0) + more_of_it * size
        reading.last = "point"
        return part.end()
    following = _NEXT.match(text, at)
    if following is None or reading.last not in ("hundred", "scale"):
        return 0
    kind, value = _KIND.get(following[1].lower(), ("", 0.0))
    if reading.last == "scale" and _LATER.match(text, following.end()):
        return 0  # for a million, and two years later for ten
    if kind in _SMALL and value and reading.take(kind, value):
        return following.end()
    return 0


_AND_PART = re.compile(
    r"[\s-](an?|one|two|three|four|five|seven)[\s-](half|third|quarter|fourth|fifth|eighth|tenth)s?\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"\s(?:year|month|week|day|hour)s?\s(?:later|before|after|earlier|ago)\b")
_ODD = re.compile(r"[\s-](?:something|odd|some)(?![A-Za-z])")
_DECIMAL = re.compile(r"[\s-]([A-Za-z]+)")


def _decimals(text: str, point: re.Match[str]) -> tuple[float, int] | None:
    at, digits = point.end(), ""
    while (word := _DECIMAL.match(text, at)) and len(digits) < 15:
        kind, value = _KIND.get(word[1].lower(), ("", 0.0))
        if kind not in _SMALL or (kind != "one" and digits):
            break
        digits += f"{value:.0f}"
        at = word.end()
    return (float(f"0.{digits}"), at) if digits else None


_OF_A = re.compile(
    r"[\s-](?:of\s)?(?:an?\s)?(million|billion|trillion|thousand|dozen)\b", re.IGNORECASE
)


def _half(text: str, start: int, end: int, value: float) -> Numeral:
    """Half, a quarter; half a million, a quarter of a billion, half a dozen."""
    if (of := _OF_A.match(text, end)) is None:
        return Numeral(start, end, (value,), fraction=True)
    size = _KIND[of[1].lower()][1]
    return Numeral(start, of.end(), (value * size,), scaled=size)
