"""Turns that hold several speakers: a caption's mark, a label or an answer in the middle of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from episodes.checks import answers, reactions
from episodes.checks.answers import Place
from episodes.checks.people import CAST, Cast, is_generic, parts_of
from episodes.checks.registry import EpisodeCheck, Finding, Severity, register
from episodes.checks.speakers import called_in
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import HAN, has_han
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["SeveralSpeakers"]

_MARK = re.compile(
    r"(?<!>)(?:>>+|(?:&gt;){2,})(?=\s?[^\s\d>=])|(?:(?<=[.?!。？！…”\"])|(?<=[.?!。？！…”\"]\s))(?:>>+|(?:&gt;){2,})(?=\s?[^\s>=])"
)
_CODE = re.compile(r"`[^`\n]*`")
_LABEL = re.compile(
    rf"(?:(?<=[.?!。？！…”\"]) ?|\n\s*|\*\*\[?)(?P<label>(?:[A-Z][\w.’'-]*|\[?Speaker)(?: [\w.’'-]+){{0,3}}\]?"
    rf"|[{HAN}]{{2,7}}(?:[·•・‧][{HAN}]{{1,7}}){{0,3}})\]?\s?(?:\*\*\s?[:：]|[:：]\s?\*\*|[:：])(?!//)"
)


Found = tuple[str, Place, Message]
"""In which field another speaker begins, where, and what to say about it."""


def _side(turn: Turn) -> tuple[str, str]:
    """The field in which a turn is looked through, and its text."""
    return ("original", turn.original) if turn.original else ("text", turn.text)


def _voice(turn: Turn) -> int | str:
    return turn.speaker or turn.label


class _Row:
    """The turns of an episode in a row, and how usual it is that a speaker has two of them together."""

    def __init__(self, subject: Subject) -> None:
        self.spoken = [turn for turn in subject.turns if turn.kind == "speech"]
        self.several = len({_voice(turn) for turn in self.spoken} - {0, ""}) > 1
        pairs = list(pairwise(self.spoken))
        self.same = sum(one.speaker == other.speaker for one, other in pairs)
        alone = {
            one.uid
            for place, (one, other) in enumerate(pairs)
            if _voice(one)
            and _voice(one) == _voice(other)
            and one.chapter == other.chapter
            and (place > 1 or _voice(one) != _voice(self.spoken[0]))
            and not reactions.continues(_side(other)[1])
        }
        beside = {one.uid: other.uid for one, other in pairwise(subject.turns)}
        following = {one.uid: other.uid for one, other in pairs}
        self.alone = {uid for uid in alone if beside[uid] == following[uid]}
        """Turns after which the same speaker begins again, without any reason that could be seen."""
        self.rare = len(self.alone) * 16 <= len(self.spoken)
        self.only = len(self.alone) * 40 <= max(40, len(self.spoken))
        self.long = self._long()

    def _long(self) -> set[str]:
        """Turns that are long for one who usually says less than others: another may have said half."""
        sizes: dict[int | str, list[int]] = {}
        for turn in self.spoken:
            sizes.setdefault(_voice(turn), []).append(len(_side(turn)[1]))
        usual = {voice: sorted(each)[len(each) * 8 // 10] for voice, each in sizes.items()}
        middle = median(usual.values()) if usual else 0
        return {
            turn.uid
            for turn in self.spoken
            if usual[_voice(turn)] < 0.8 * middle
            and len(_side(turn)[1]) > 1.3 * usual[_voice(turn)]
        }

    def __iter__(self) -> Iterator[tuple[Turn | None, Turn, Turn | None]]:
        turns = self.spoken
        return zip([None, *turns[:-1]], turns, [*turns[1:], None], strict=True)


@register
class SeveralSpeakers(EpisodeCheck):
    """``>>``, a label, or an answer to what was asked in the same turn. One finding a turn.

    A mark at the beginning of a text is markup. A question is answered by somebody else if it is put
    to somebody (``you``); who answers himself (``Why? Because …``) does not ask so. Where the original
    is there, the question is looked for in it. Where speakers take turns, one who has two of them in a
    row is odd: the turn between may be within the first.
    """

    code = "several_speakers"
    severity = Severity.WARNING
    title = gettext_noop("A turn holds several speakers")
    depends = CAST | {"text", "original", "kind", "chapter"}

    def find(self, subject: Subject) -> Iterator[Finding]:
        row = _Row(subject)
        if not row.spoken:
            return
        cast = Cast(subject)
        alternating = row.same * 4 <= len(row.spoken)
        strictly = row.same * 12 <= len(row.spoken) or row.same <= 2
        asking = self._asking(row.spoken, subject)
        for before, turn, following in row:
            odd = alternating and any(
                other is not None and turn.speaker and other.speaker == turn.speaker
                for other in (before, following)
            )
            found = self._marked_or_named(turn, cast)
            if found is None and row.several:
                asker = not asking or turn.speaker in asking
                strange = odd or (asker and turn.uid in row.long)
                found = self._question(turn, following, odd=strange, asker=asker)
                if found is None and following is not None:
                    same_again = odd and strictly and following.speaker == turn.speaker
                    asked = {turn.speaker, following.speaker} <= asking and len(asking) > 1
                    if same_again or (asked and not self._is_named(turn, following, cast)):
                        found = self._two_voices(turn, asked_only=not same_again)
                found = found or self._broken_in(turn, following, cast, row)
            if found is None:
                continue
            field, place, message = found
            text: str = getattr(turn, field)
            words = text[place.start : place.end].strip()
            yield Finding(
                check=self.code,
                message=fill(message, words=words[:40] + "…" if len(words) > 40 else words),
                uid=turn.uid,
                field=field,
                start=place.start,
                end=place.end,
                about=(turn.text, turn.original),
            )

    def _asking(self, spoken: Sequence[Turn], subject: Subject) -> set[int]:
        """Who asks: the hosts, where guests are known; else who asks in a third of his turns."""
        roles = subject.roles
        speaking = {turn.speaker for turn in spoken if turn.speaker}
        hosts = {key for key in speaking if roles.get(key) == "host"}
        if hosts and hosts != speaking:
            return hosts
        asks: dict[int, list[bool]] = {}
        for turn in spoken:
            if turn.speaker:
                said = turn.original or turn.text
                asks.setdefault(turn.speaker, []).append(answers.asks(said))
        most = {
            key for key, asked in asks.items() if len(asked) > 3 and sum(asked) * 3 > len(asked)
        }
        return most if most != speaking else set()

    def _is_named(self, turn: Turn, following: Turn, cast: Cast) -> bool:
        """Whether a turn names who speaks next: he is asked, and answers."""
        player = cast.of(following)
        if player is None:
            return False
        text = f"{turn.text}\n{turn.original}"
        names = [part for spelling in player.name.spellings for part in parts_of(spelling)]
        return any(len(name) > 1 and name in text for name in names)

    def _two_voices(self, turn: Turn, *, asked_only: bool) -> Found | None:
        field, text = _side(turn)
        place = answers.taken_up(text, asked_only=asked_only)
        return (field, place, _SEEMS) if place else None

    def _marked_or_named(self, turn: Turn, cast: Cast) -> Found | None:
        for field in ("text", "original"):
            if place := _marked(getattr(turn, field)):
                return (
                    field,
                    place,
                    gettext_noop("Another speaker begins within the turn: “{words}”"),
                )
        for field in ("text", "original"):
            if place := _labelled(getattr(turn, field), cast):
                return field, place, gettext_noop("A speaker is named within the turn: “{words}”")
        return None

    def _question(
        self, turn: Turn, following: Turn | None, *, odd: bool, asker: bool
    ) -> Found | None:
        field, text = _side(turn)
        place = answers.answered(text) or answers.dialogue(text)
        if place := place or answers.opens_asking(text, odd=odd, asker=asker):
            return field, place, gettext_noop("Question and answer in one turn: “{words}”")
        if following is not None and turn.speaker and following.speaker == turn.speaker:
            answer = following.original if turn.original else following.text
            if place := answers.answered_by(text, answer):
                return field, place, _ANSWERS_ITSELF
        return None

    def _broken_in(self, turn: Turn, following: Turn | None, cast: Cast, row: _Row) -> Found | None:
        """Where somebody else seems to break in without being asked."""
        field, text = _side(turn)
        alone = turn.uid in row.alone and row.rare
        if (
            place := reactions.thanked(text)
            or reactions.asks_back(text)
            or self._called_upon(turn, following, cast)
        ):
            return field, place, _SEEMS
        if alone and (place := answers.asks_last(text)):
            return field, place, _ANSWERS_ITSELF
        if place := reactions.reacts(text, odd=alone):
            return field, place, _SEEMS
        if not alone or following is None:
            return None
        answer = following.original if field == "original" else following.text
        likely = row.only and (turn.uid in row.long or reactions.ends_short(text))
        if likely or answers.answers_question(answer):
            place = reactions.guess(text)
            return (field, place, _SEEMS) if place else None
        return None

    def _called_upon(self, turn: Turn, following: Turn | None, cast: Cast) -> Place | None:
        """Where somebody answers who was called by name, and who does not speak in the next turn."""
        _field, text = _side(turn)
        ours = cast.of(turn)
        theirs = cast.of(following) if following else None
        if ours is None or theirs is None:
            return None
        called = list(called_in(text, cast))
        keys = [next(iter(keys)) for _name, keys, _at in called if len(keys) == 1]
        if len(keys) != len(called) or len(set(keys)) != 1 or keys[0] in (ours.key, theirs.key):
            return None
        return reactions.called_upon(text, called[-1][2])


_SEEMS = gettext_noop("Another speaker seems to begin within the turn: “{words}”")
_ANSWERS_ITSELF = gettext_noop("Who asks “{words}” answers it in the next turn.")


def _marked(text: str) -> Place | None:
    if ">>" not in text and "&gt;" not in text:
        return None
    begins = len(text) - len(text.lstrip())
    closed: Sequence[tuple[int, int]] = [code.span() for code in _CODE.finditer(text)]
    for mark in _MARK.finditer(text):
        at = mark.start()
        if at > begins and not any(start <= at < end for start, end in closed):
            end = min(len(text), mark.end() + 30)
            return Place(at, end)
    return None


def _labelled(text: str, cast: Cast) -> Place | None:
    if ":" not in text and "：" not in text:
        return None
    for match in _LABEL.finditer(text):
        label = match["label"].strip("[] ")
        named = cast.meant(label) and (" " in label or has_han(label) or match[0].startswith("\n"))
        named = named or (cast.meant(label) and match.start() > 0)
        if named or (is_generic(label) and len(label) > 1 and "**" in match[0]):
            return Place(match.start("label"), match.end())
    return None
