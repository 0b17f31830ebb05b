"""Which entries may be one, from what they say alone. Pure, no Django.

Each kind of likeness has its own index, so that no entry is compared with all others; the cost grows
with the names. What many entries share (:data:`MANY`) says nothing about any of them.

===============  ==============================================================================
same name        a name of one (not an abbreviation: many things are called DL) is a name of the
                 other, in spellings that ``grouping.key_of`` takes for one
short form       one's name is the other's abbreviation, or spells the initials of its full name
spelling         names that differ as misspellings do, not as versions or forms of a word do
same definition  one definition stands at both, and it is too long to be anybody's
===============  ==============================================================================

Of two entries only the first of the first three is told: it explains the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, combinations, product

from rapidfuzz import process
from rapidfuzz.distance import OSA, Hamming, Indel, Levenshtein, Prefix

from episodes.slugs import pinyin
from glossary.grouping import Values, key_of, names_of, same_saying

__all__ = ["MANY", "SAME_DEFINITION", "SAME_NAME", "SHORT_FORM", "SPELLING", "Pair", "likenesses"]

SAME_NAME = "same_name"
SHORT_FORM = "short_form"
SPELLING = "spelling"
SAME_DEFINITION = "same_definition"

MANY = 8
"""More entries than these share nothing that would be worth a question."""

Pair = tuple[int, int, str]
"""(lower entry, higher entry, reason)."""

_ONE_EDIT, _TWO_EDITS = 5, 9  # letters from which so many are a misspelling
_HAN = 4  # characters from which one other of the same sound is
_LONG_HAN, _LONG = 10, 25  # characters from which a definition is its term's own
_CROWD = 60  # a part that more names share tells no misspelling
_INITIALS = re.compile(r"[A-Z]{3,7}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SMALL = frozenset({"a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to"})
_DIGITS = re.compile(r"\d+|(?<![a-z])(?:[ivx]+|[a-z])(?![a-z])")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_NUMERALS = frozenset("零〇一二三四五六七八九十百千万亿两半")
_POINT = re.compile(r"(?<=[a-z])\.")  # of U.S.
_SIGNS = re.compile(r"[^a-z0-9]+")
_ENDING = re.compile(r"|e?[srd]|e?rs|en|ing|ly|al|ic|ist|ism|or|y|e")
_ONE_NAME = 0.8  # so much alike, two full names of an abbreviation are one
_OF_SEVERAL = re.compile(
    r"[均都皆]|同[为是属]|[两二三四]者|以上|分别|[合统并]称|all\b|both\b", re.I
)


@dataclass(slots=True)
class _Names:
    """What the entries are called: key -> entry -> as it is written there."""

    full: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    short: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


def likenesses(entries: Mapping[int, Values], near: Set[int] | None = None) -> dict[Pair, str]:
    """Return the pairs of these entries that may be one, each with what the two share.

    The same whatever the order; each pair once, the lower entry first. With ``near`` only pairs
    that one of these is in, which takes a third of the time.
    """
    names = _names(entries)
    found: dict[Pair, str] = {}
    explained: set[tuple[int, int]] = set()
    for reason, pairs in (
        (SAME_NAME, _same_names(names)),
        (SHORT_FORM, _short_forms(entries, names)),
        (SPELLING, _spellings(entries, names, near)),
        (SAME_DEFINITION, _same_definitions(entries)),
    ):
        best: dict[tuple[int, int], str] = {}
        for one, other, detail in pairs:
            pair = (min(one, other), max(one, other))
            if near is not None and near.isdisjoint(pair):
                continue
            known = best.get(pair)
            if known is None or (-len(detail), detail) < (-len(known), known):
                best[pair] = detail
        for pair, detail in best.items():
            if reason == SAME_DEFINITION or pair not in explained:
                found[*pair, reason] = detail
        explained |= best.keys()
    return found


def _names(entries: Mapping[int, Values]) -> _Names:
    names = _Names()
    for pk in sorted(entries):
        values = entries[pk]
        for name in names_of(values):
            kind = names.short if name == values.abbreviation != values.term else names.full
            if len(key := key_of(name)) > 1:
                kind[key].setdefault(pk, name)
    return names


def _couples(owners: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield each two of these, unless they are many."""
    few = sorted(set(owners))
    if len(few) <= MANY:
        yield from combinations(few, 2)


def _same_names(names: _Names) -> Iterator[tuple[int, int, str]]:
    for owners in names.full.values():
        for one, other in _couples(owners):
            yield one, other, _both(owners[one], owners[other])


def _both(one: str, other: str) -> str:
    """Return two spellings in an order that does not depend on whose they are; equal ones once."""
    return " / ".join(sorted({one, other}))


# Short forms.


def _short_forms(entries: Mapping[int, Values], names: _Names) -> Iterator[tuple[int, int, str]]:
    for key, short in names.short.items():
        full = names.full.get(key, {})
        if len({*short, *full}) > MANY:
            continue
        for pk, abbreviation in short.items():
            for other in full:
                if other != pk and not _spelt_out_otherwise(entries[pk], entries[other]):
                    name = _full_name(entries[pk]) or entries[pk].term
                    yield pk, other, f"{abbreviation}: {name}"
        for one, other in combinations(sorted(short), 2):
            if not _spelt_out_otherwise(entries[one], entries[other]):
                yield one, other, _both(short[one], short[other])
    yield from _initials(entries)


def _full_name(values: Values) -> str:
    """Return what the abbreviation of an entry stands for, as far as it says; else ""."""
    if values.expansion or _INITIALS.fullmatch(values.foreign_term):
        return values.expansion
    return "" if values.foreign_term == values.abbreviation else values.foreign_term


def _spelt_out_otherwise(one: Values, other: Values) -> bool:
    """Whether both say what the abbreviation stands for, and not the same."""
    names = key_of(_full_name(one)), key_of(_full_name(other))
    return all(names) and Indel.normalized_similarity(*names) < _ONE_NAME


def _initials(entries: Mapping[int, Values]) -> Iterator[tuple[int, int, str]]:
    """Yield abbreviations that nothing spells out, with the names whose initials they are."""
    open_ones: dict[str, set[int]] = defaultdict(set)
    for pk, values in entries.items():
        if not _full_name(values):
            for name in {values.term, values.foreign_term, values.abbreviation}:
                if _INITIALS.fullmatch(bare := name.replace(".", "")):
                    open_ones[bare].add(pk)
    spelt: dict[str, dict[int, str]] = defaultdict(dict)
    for pk, values in entries.items():
        for name in names_of(values):
            for initials in _initials_of(name) & open_ones.keys():
                spelt[initials].setdefault(pk, name)
    for initials, owners in spelt.items():
        if len(owners.keys() | open_ones[initials]) > MANY:
            continue
        for pk in open_ones[initials]:
            for other, name in owners.items():
                if other != pk:
                    yield pk, other, f"{initials}: {name}"


def _initials_of(name: str) -> set[str]:
    """Return what the initials of a name's words spell, with and without its small words."""
    if not name.isascii():
        return set()
    words = _WORD.findall(name)
    large = [word for word in words if word.lower() not in _SMALL]
    return {"".join(word[0] for word in part).upper() for part in (words, large) if len(part) > 2}


# Spellings.


@dataclass(frozen=True, slots=True)
class _Spelt:
    """A name in Latin letters: its key, that without signs, its words, and what versions it names."""

    key: str
    bare: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, key: str, written: str) -> _Spelt:
        text = _POINT.sub("", written.casefold())
        words, numbers = tuple(_WORD.findall(text)), tuple(_DIGITS.findall(text))
        return cls(key, _SIGNS.sub("", key), words, numbers)


def _spellings(
    entries: Mapping[int, Values], names: _Names, near: Set[int] | None
) -> Iterator[tuple[int, int, str]]:
    latin: list[_Spelt] = []
    chinese: list[str] = []
    for key, owners in names.full.items():
        if len(owners) > MANY:
            continue
        if key.isascii():
            if _letters(key) >= _ONE_EDIT:
                latin.append(_Spelt.of(key, min(owners.values())))
        elif len(key) >= _HAN and _CHINESE.fullmatch(key):
            chinese.append(key)
    pairs: Iterable[tuple[_Spelt, _Spelt]]
    if near is None:
        pairs = chain(_by_deletion(latin), _by_thirds(latin))
        couples = _by_place(chinese)
    else:
        asked = {key for key, owners in names.full.items() if not near.isdisjoint(owners)}
        pairs = _with_each(latin, asked)
        couples = _with_each_chinese(chinese, asked)
    for one, other, sure in {*_misspelt(pairs), *_homophones(couples)}:
        for pk, name in names.full[one].items():
            for also, its in names.full[other].items():
                if pk != also and (sure or _related(entries[pk], entries[also])):
                    yield pk, also, _both(name, its)


def _letters(key: str) -> int:
    return sum(map(str.isalpha, key))


def _related(one: Values, other: Values) -> bool:
    """Whether nothing in their Chinese names speaks against it that a short word is misspelt.

    权利 (Rights) and 八 (Eight) are nothing to each other.
    """
    if one.term.isascii() or other.term.isascii():
        return True
    first, second = (
        {character for name in (values.term, *values.aliases) for character in key_of(name)}
        for values in (one, other)
    )
    return any(not character.isascii() for character in first & second)


def _misspelt(pairs: Iterable[tuple[_Spelt, _Spelt]]) -> Iterator[tuple[str, str, bool]]:
    tried: set[tuple[str, str]] = set()
    for pair in pairs:
        one, other = sorted(pair, key=lambda name: name.key)
        if one.key == other.key or one.numbers != other.numbers or (one.key, other.key) in tried:
            continue
        tried.add((one.key, other.key))
        if _is_misspelt(one, other):
            sure = OSA.distance(one.bare, other.bare) < 2 and _letters(one.key) >= _TWO_EDITS
            yield one.key, other.key, sure


def _is_misspelt(one: _Spelt, other: _Spelt) -> bool:
    """Whether two names differ as a misspelling does, and not as two forms or two words do."""
    first, second = one.bare, other.bare
    if first == second:
        return True
    if OSA.distance(first, second, score_cutoff=1) > 1:
        short = min(_letters(first), _letters(second)) < _TWO_EDITS
        if short or first[0] != second[0] or Levenshtein.distance(first, second) > 2:
            return False  # the first letter: inflation, deflation
    changed = [set(one.words) - set(other.words), set(other.words) - set(one.words)]
    if any(sum(map(len, words)) < _ONE_EDIT for words in changed):
        return False  # whole words more (reset password, reset my password), or small ones (in, on)
    if len(changed[0]) == len(changed[1]) == 1:
        [first], [second] = changed
    if first.endswith(second) or second.endswith(first):  # supervised, unsupervised
        return False
    same = Prefix.similarity(first, second)
    return not (_ENDING.fullmatch(first, same) and _ENDING.fullmatch(second, same))


def _by_deletion(names: Sequence[_Spelt]) -> Iterator[tuple[_Spelt, _Spelt]]:
    """Yield names of one edit: both leave the same when one letter is taken out, or none."""
    left: dict[tuple[tuple[str, ...], str], list[_Spelt]] = defaultdict(list)
    for name in names:
        bare = name.bare
        for rest in {bare, *(bare[:at] + bare[at + 1 :] for at in range(len(bare)))}:
            left[name.numbers, rest].append(name)
    for same in left.values():
        if 1 < len(same) <= _CROWD:
            yield from combinations(same, 2)


def _by_thirds(names: Sequence[_Spelt]) -> Iterator[tuple[_Spelt, _Spelt]]:
    """Yield long names of two edits: one third of the shorter stands whole in the other.

    The places where it may stand are those of Pass-Join (Li, Deng, Wang and Feng, 2011).
    """
    thirds: dict[tuple[tuple[str, ...], int, int, str], list[_Spelt]] = defaultdict(list)
    long = [name for name in names if _letters(name.bare) >= _TWO_EDITS]
    for name in long:
        for part, start, end in _cut(len(name.bare)):
            thirds[name.numbers, len(name.bare), part, name.bare[start:end]].append(name)
    for name in long:
        for less in range(3):
            length = len(name.bare) - less
            for part, start, end in _cut(length):
                first = start + max(-part, less + part - 2)
                last = start + min(part, less - part + 2)
                for at in range(max(0, first), last + 1):
                    piece = name.bare[at : at + end - start]
                    same = thirds.get((name.numbers, length, part, piece), ())
                    if 0 < len(same) <= _CROWD:
                        yield from product((name,), same)


def _cut(length: int) -> tuple[tuple[int, int, int], ...]:
    first, second = length // 3, 2 * length // 3
    return (0, 0, first), (1, first, second), (2, second, length)


def _with_each(names: Sequence[_Spelt], asked: Set[str]) -> Iterator[tuple[_Spelt, _Spelt]]:
    """Yield those of the names that are asked for with all that are two edits from them."""
    of_numbers: dict[tuple[str, ...], list[_Spelt]] = defaultdict(list)
    for name in names:
        of_numbers[name.numbers].append(name)
    for same in of_numbers.values():
        keys = [name.bare for name in same]
        for name in same:
            if name.key in asked:
                found = process.extract(
                    name.bare, keys, scorer=Levenshtein.distance, score_cutoff=2, limit=None
                )
                yield from ((name, same[index]) for _key, _edits, index in found)


# Names that sound alike.


def _homophones(couples: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, bool]]:
    """Yield those names that differ in one character, no numeral, and sound the same."""
    sound = cache(pinyin)
    for one, other in couples:
        at = Prefix.similarity(one, other)
        numeral = one[at : at + 1] in _NUMERALS or other[at : at + 1] in _NUMERALS
        if one != other and not numeral and sound(one) == sound(other):
            yield min(one, other), max(one, other), True


def _by_place(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield names of one length that are the same but for the character at one place."""
    around: dict[tuple[int, str], list[str]] = defaultdict(list)
    for name in names:
        for at in range(len(name)):
            around[at, name[:at] + name[at + 1 :]].append(name)
    for same in around.values():
        if 1 < len(same) <= _CROWD:
            yield from combinations(same, 2)


def _with_each_chinese(names: Sequence[str], asked: Set[str]) -> Iterator[tuple[str, str]]:
    """Yield those of the names that are asked for with all that differ in one character."""
    of_length: dict[int, list[str]] = defaultdict(list)
    for name in names:
        of_length[len(name)].append(name)
    for same in of_length.values():
        for name in same:
            if name in asked:
                found = process.extract(
                    name, same, scorer=Hamming.distance, score_cutoff=1, limit=None
                )
                yield from ((name, other) for other, _edits, _index in found)


# Definitions.


def _same_definitions(entries: Mapping[int, Values]) -> Iterator[tuple[int, int, str]]:
    said: dict[str, dict[int, str]] = defaultdict(dict)
    for pk in sorted(entries):
        definition = entries[pk].definition
        same = same_saying("definition", definition)
        enough = _LONG if same.isascii() else _LONG_HAN
        if len(same) >= enough and not _OF_SEVERAL.match(definition):
            said[same][pk] = definition
    for owners in said.values():
        for one, other in _couples(owners):
            yield one, other, min(owners[one], owners[other])
