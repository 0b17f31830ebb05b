"""Who belongs to an episode, and who is meant by a name in it. For several checks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from episodes.checks.nameindex import key_of
from episodes.checks.nearness import by_ear, by_letters
from episodes.checks.subject import Name, Subject, Turn
from episodes.transcripts.characters import HAN
from episodes.transcripts.labels import shape

__all__ = ["CAST", "Cast", "Player", "is_generic", "parts_of", "untitled"]

CAST = frozenset({"speaker", "label", "listed", "roles", "guest", "channel", "people"})
"""What a :class:`Cast` depends on, for ``depends`` of the checks that ask one."""

_PARTS = re.compile(r"[\s·•・‧]+")
_PARTICLE = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "du",
        "dos",
        "ten",
        "ter",
    ]
)
_GENERIC = re.compile(
    r"(?:主持人?|主播|嘉宾|来宾|旁白|采访者|受访者|提问者|记者|发言人|讲者|演讲者|说话人|观众|听众|参与者|男声|女声|未知|不明|问|答)"
    r"\s?[a-z\d一二三四五六七八九十甲乙丙丁]{0,2}"
    r"|(?:speaker|host|co-?host|guest|interviewer|interviewee|moderator|narrator|audience|unknown"
    r"|unknown speaker|unidentified|voice|participant|presenter|caller|s|spk|q|a)[\s#_-]{0,2}[a-z\d]{0,2}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:Dr|Prof|Professor|Mr|Mrs|Ms|Sir|Dame|Lord|Lady|Captain|Capt|Colonel|General|Judge|Senator|Governor"
    r"|President|Doctor|Rev|St)\.?\s+"
)
_SEVERAL = re.compile(r"\s*(?:[,，、;；/&\n]|\band\b|和|与)\s*")


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the episode. ``key`` is below zero for who is known by a label or ``guest`` only."""

    key: int
    name: Name
    role: str = ""
    turns: int = 0
    listed: bool = False

    @property
    def latin(self) -> str:
        """The name in Latin letters, if there is one."""
        return next(
            (each for each in (self.name.name, self.name.translated) if _is_latin(each)), ""
        )

    @property
    def han(self) -> str:
        """The name in Chinese, if there is one."""
        names = (self.name.translated, self.name.name)
        return next((each for each in names if re.search(f"[{HAN}]", each)), "")


def _is_latin(name: str) -> bool:
    return bool(name) and not re.search(f"[{HAN}]", name)


def is_generic(label: str) -> bool:
    """Whether a label tells a role or nothing at all instead of who speaks."""
    return _GENERIC.fullmatch(label.strip(" []()*:：")) is not None


def untitled(spelling: str) -> str:
    """A name without ``Dr.``, ``Professor`` and the like before it."""
    return _TITLE.sub("", spelling)


def parts_of(spelling: str) -> list[str]:
    """The parts of a name by which somebody can be called: no particles, no initials."""
    parts = [part for part in _PARTS.split(spelling) if len(part.strip(".")) > 1]
    return [part for part in parts if part.lower() not in _PARTICLE]


class Cast:
    """The people of an episode: who speaks, who is listed, who has a role, the guest as written."""

    def __init__(self, subject: Subject) -> None:
        self.players: dict[int, Player] = {}
        self.misspelt: dict[str, Player] = {}
        """Labels of nobody known that are nearly somebody's name."""
        self._by_label: dict[str, int] = {}
        self._meant: dict[str, set[int]] = {}
        turns: Counter[int] = Counter()
        labels: dict[int, Counter[str]] = {}
        lone: Counter[str] = Counter()
        for turn in subject.turns:
            if turn.speaker:
                turns[turn.speaker] += 1
                labels.setdefault(turn.speaker, Counter())[turn.label] += 1
            elif turn.label:
                lone[turn.label] += 1
        listed = subject.listed.get("person", frozenset())
        for key in [*turns, *sorted((listed | set(subject.roles)) - set(turns))]:
            name = subject.register.name("person", key) if subject.register else None
            if name is None and (written := labels.get(key)):
                name = Name(key, "person", written.most_common(1)[0][0])
            if name is not None and name.name:
                role = subject.roles.get(key, "")
                self.players[key] = Player(key, name, role, turns[key], key in listed)
        self._add_labels(subject, lone)
        for player in self.players.values():
            for spelling in player.name.spellings:
                self._call(spelling, player.key)

    def _add_labels(self, subject: Subject, lone: Counter[str]) -> None:
        channel = key_of(subject.channel)
        for label, count in lone.most_common():
            if is_generic(label) or key_of(label) == channel or shape(label) == 3:
                continue
            near = self._nearly(label, self.players.values())
            if near is not None and (near.listed or near.turns >= count):
                self.misspelt[label] = near
                continue
            key = -1 - len(self._by_label)
            self._by_label[label] = key
            self.players[key] = Player(key, Name(key, "person", label), "", count)
        known = {key_of(each) for one in self.players.values() for each in one.name.spellings}
        for name in filter(None, _SEVERAL.split(subject.guest)):
            if key_of(name) not in known and len(name) < 40 and not is_generic(name):
                key = -1000 - len(self.players)
                self.players[key] = Player(key, Name(key, "person", name), "guest")

    def _nearly(self, label: str, players: Iterable[Player]) -> Player | None:
        key = key_of(label)
        for player in players:
            for spelling in (player.latin, player.han):
                other = key_of(spelling)
                if not other or other == key:
                    continue
                if _is_latin(label) == _is_latin(spelling) and _near(label, spelling):
                    return player
        return None

    def _call(self, spelling: str, key: int) -> None:
        bare = untitled(spelling)
        for part in {spelling, bare, *parts_of(bare)}:
            if len(part) > 1:
                self._meant.setdefault(key_of(part), set()).add(key)

    def meant(self, spelling: str) -> set[int]:
        """Whom a name, or a part of it, can mean: their keys."""
        return self._meant.get(key_of(spelling), set())

    def of(self, turn: Turn) -> Player | None:
        """Who speaks a turn, as far as its speaker or its label says."""
        key = turn.speaker or self._by_label.get(turn.label, 0)
        return self.players.get(key)

    def called(self) -> Iterator[str]:
        """The keys of all names and parts by which people of the episode can be called."""
        yield from self._meant


def _near(label: str, spelling: str) -> bool:
    one, other = key_of(label), key_of(spelling)
    if not _is_latin(label):
        return (
            len(one) == len(other) >= 3
            and sum(a != b for a, b in zip(one, other, strict=True)) == 1
        )
    if by_letters(one, other):
        return True
    parts, others = label.split(), spelling.split()
    return len(parts) == len(others) > 1 and all(
        key_of(a) == key_of(b) or by_letters(key_of(a), key_of(b)) or by_ear(key_of(a), key_of(b))
        for a, b in zip(parts, others, strict=True)
    )
