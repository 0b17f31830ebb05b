"""Who speaks: labels that cannot be right, and turns that hold more than one speaker.

Attribution comes from captions and is no ground truth (FORMATS §2). What gives it away is what is said:
``我是 Bo`` under another label, a name called by its bearer, a question with its answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from episodes.checks.nameindex import key_of
from episodes.checks.people import CAST, Cast, Player, is_generic
from episodes.checks.registry import EpisodeCheck, Finding, Severity, register
from episodes.checks.subject import Subject, Turn
from episodes.transcripts.characters import HAN, has_han
from episodes.transcripts.messages import Message, fill, gettext_noop

__all__ = ["AddressesSelf", "IntroducesOther", "LabelsDiffer", "SpeakerUnknown", "called_in"]

_CAPITALS = r"[A-Z\u00c0-\u00de][\w’'-]*"
_LATIN_NAME = rf"{_CAPITALS}(?:[ ·](?:{_CAPITALS}|van|von|de|der|den|del|la|le|bin)){{0,3}}"
_HAN_NAME = f"[{HAN}]{{2,6}}(?:[·•・‧][{HAN}]{{1,6}}){{0,3}}"
_I_AM = re.compile(
    rf"(?:\bI['’]m|\bI am|\b[Mm]y name is|\b[Tt]his is|我是|我叫|我的名字是|我的名字叫|这里是)"
    rf"\s?(?:你们?的|今天的|本期的?)?(?:主持人|主播|嘉宾|your host|your co-host)?[,，：:]?\s?"
    rf"(?P<name>{_LATIN_NAME}|{_HAN_NAME})"
)
_NOT_MEANT = re.compile(
    r"(?:\bif|\blike|\bthinks?|\bthought|\bsays?|\bsaid|\bsaying|\bpretend\w*|\bthat|\bgoes|如果|假如|要是|假设|好像"
    r"|以为|觉得|当作|说|仿佛|就像|比如|除非|不|并非|问)\s?[,，]?\s?\Z",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s?(?:的|['’]s\b|们|粉丝|迷|(?:fan|guy|person|shareholder|investor|employee|user)\b)"
)

_GREETING = (
    r"(?:(?:so|well|okay|ok|all right|alright|right|yes|yeah|no|oh|hey|hi|hello|thanks|thank you(?: so much| very much)?"
    r"|and|but|welcome(?: back)?|now|um|uh"
    r"|那么|那|好的?|好吧|是的|对|嗯|哦|啊|所以|谢谢你?们?|非常感谢你?|感谢你?|多谢|嗨|嘿|你好|欢迎你?|不|但是|当然|早上好)"
    r"(?![a-z])[\s,，、!！]*){0,3}"
)
_CALLED = re.compile(
    rf"(?:^|(?<=[.?!。？！…]))\s*{_GREETING}(?P<name>{_LATIN_NAME}|{_HAN_NAME})\s?[,，](?P<rest>[^.?!。？！]*)",
    re.IGNORECASE,
)
_CALLED_LAST = re.compile(rf"[,，]\s?(?P<name>{_LATIN_NAME}|{_HAN_NAME})\s?(?=[.?!。？！…]|$)")
_TO_SOMEBODY = re.compile(
    r"^[^.?!。？！]*(?:\b(?:you|your|this|that|i|thanks?|welcome)\b|[?？你您我这那谢謝]|欢迎|歡迎)",
    re.IGNORECASE,
)
_IN_APPOSITION = re.compile(
    r"(?:\b(?:me|myself|i|host|co-host|colleague|friend|partner|producer|author|by|and|or|with|from|is|am|are|was|like|called"
    r"|name|names|of|for|to)|我|主持人|搭档|同事|嘉宾|作者|是|叫|和|与|以及|名字|包括|比如|例如|还有|人|朋友)\s?\Z",
    re.IGNORECASE,
)
_LISTED = re.compile(
    rf"\s?(?:{_LATIN_NAME}|and\b|who\b|which\b|whose\b|the\b|an?\b|my\b|our\b|here\b|at\b|from\b|和|以及|还有|与)"
)


def _is_quoted(text: str, at: int) -> bool:
    """Whether a place stands within quotation marks."""
    before = text[max(0, at - 400) : at]
    if before.count('"') % 2:
        return True
    return max(before.rfind(sign) for sign in "“「『") > max(before.rfind(sign) for sign in "”」』")


def _name(cast: Cast, said: str) -> tuple[str, set[int]]:
    """The longest beginning of some words that is somebody's name, and whom it means."""
    if has_han(said):
        for size in range(len(said), 1, -1):
            if keys := cast.meant(said[:size]):
                return said[:size], keys
        return "", set()
    parts = said.split()
    for size in range(len(parts), 0, -1):
        name = " ".join(parts[:size]).rstrip(".,'’")
        if keys := cast.meant(name.removesuffix("'s").removesuffix("’s")):
            return name, keys
    return "", set()


def called_in(text: str, cast: Cast) -> Iterator[tuple[str, set[int], int]]:
    """The names by which somebody is addressed in a text, whom each can mean, and where it stands."""
    if "," not in text and "，" not in text:
        return
    for match in _CALLED.finditer(text):
        name, keys = _name(cast, match["name"])
        if not keys or len(name) != len(match["name"]):
            continue
        if _LISTED.match(match["rest"]) or _is_quoted(text, match.start("name")):
            continue
        yield name, keys, match.start("name")
    for match in _CALLED_LAST.finditer(text):
        name, keys = _name(cast, match["name"])
        if not keys or len(name) != len(match["name"]):
            continue
        before = re.split("[.?!。？！]", text[max(0, match.start() - 60) : match.start()])[-1]
        if _IN_APPOSITION.search(before) or _is_quoted(text, match.start("name")):
            continue
        if cast.meant(" ".join(before.split()[-1:])):
            continue  # one of several names
        if re.search("[ ·]", name) and not _TO_SOMEBODY.search(f"{before}{text[match.end() :]}"):
            continue  # who is called by his whole name is presented, or thanked
        yield name, keys, match.start("name")


def _names_of(keys: set[int], cast: Cast) -> str:
    return "、".join(
        cast.players[key].name.name for key in sorted(keys, key=lambda key: (key < 0, key))
    )


def _about(turn: Turn, name: str) -> tuple[str, ...]:
    return (turn.text, turn.original, str(turn.speaker), turn.label, name)


@register
class IntroducesOther(EpisodeCheck):
    """``I'm Joe Weisenthal`` under the label of Tracy Alloway; nobody's words in quotation marks."""

    code = "speaker_introduces_other"
    severity = Severity.WARNING
    title = gettext_noop("A speaker introduces himself as another")
    depends = CAST | {"text", "original"}

    def find(self, subject: Subject) -> Iterator[Finding]:
        cast = Cast(subject)
        for turn in subject.turns:
            player = cast.of(turn)
            if player is None or not _SAYS_I_AM.search(turn.text + turn.original):
                continue
            found: dict[frozenset[int], tuple[str, str, tuple[int, int]]] = {}
            for field in ("text", "original"):
                for name, meant, place in self._said(getattr(turn, field), cast):
                    found.setdefault(frozenset(meant), (field, name, place))
            if any(player.key in keys for keys in found):
                found = {keys: said for keys, said in found.items() if player.key not in keys}
                found = {keys: said for keys, said in found.items() if self._is_sure(turn, said)}
            if not found:
                continue
            keys, (field, name, place) = next(iter(found.items()))
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("“{label}” says: “{words}”. Is it {name} who speaks?"),
                    label=turn.label or player.name.name,
                    words=getattr(turn, field)[place[0] : place[1]],
                    name=_names_of(set(keys), cast),
                ),
                uid=turn.uid,
                field=field,
                start=place[0],
                end=place[1],
                about=_about(turn, name),
            )

    def _is_sure(self, turn: Turn, said: tuple[str, str, tuple[int, int]]) -> bool:
        """Whether it cannot be meant of another: ``This is Ann, and I'm Bo`` is one speaker."""
        field, _name, (start, _end) = said
        return not getattr(turn, field)[start:].lower().startswith(("this is", "这里是"))

    def _said(self, text: str, cast: Cast) -> Iterator[tuple[str, set[int], tuple[int, int]]]:
        for match in _I_AM.finditer(text):
            name, keys = _name(cast, match["name"])
            if not name or name.endswith(("'s", "’s")):
                continue
            end = match.start("name") + len(name)
            if _NOT_MEANT.search(text, max(0, match.start() - 14), match.start()):
                continue
            if _GOES_ON.match(text, end) or _is_quoted(text, match.start()):
                continue
            here = match[0].lstrip().lower()
            if here.startswith(("this is", "这里是")) and len(cast.meant(name)) != 1:
                continue
            yield name, keys, (match.start(), end)


_SAYS_I_AM = re.compile(r"\bI['’]m\b|\bI am\b|[Mm]y name is|[Tt]his is|我是|我叫|我的名字|这里是")


@register
class AddressesSelf(EpisodeCheck):
    """``Tracy, what do you think?`` or ``谢谢你，Tracy。`` under Tracy's own label."""

    code = "speaker_addresses_self"
    severity = Severity.WARNING
    title = gettext_noop("A speaker addresses himself")
    depends = IntroducesOther.depends

    def find(self, subject: Subject) -> Iterator[Finding]:
        cast = Cast(subject)
        for turn in subject.turns:
            player = cast.of(turn)
            if player is None:
                continue
            for field in ("text", "original"):
                called = next(self._called(getattr(turn, field), cast, player), None)
                if called is None:
                    continue
                name, start = called
                yield Finding(
                    check=self.code,
                    message=fill(
                        gettext_noop("“{label}” addresses “{name}”, that is, himself or herself."),
                        label=turn.label or player.name.name,
                        name=name,
                    ),
                    uid=turn.uid,
                    field=field,
                    start=start,
                    end=start + len(name),
                    about=_about(turn, name),
                )
                break

    def _called(self, text: str, cast: Cast, player: Player) -> Iterator[tuple[str, int]]:
        if "," not in text and "，" not in text:
            return
        names = [
            part
            for spelling in player.name.spellings
            for part in (spelling, *re.split(r"[\s·•・‧]+", spelling))
        ]
        if any(len(name) > 1 and name in text for name in names):
            for name, keys, start in called_in(text, cast):
                presents = start == 0 and re.search("[ ·]", name)
                if keys == {player.key} and not (presents and not _TO_SOMEBODY.search(text)):
                    yield name, start


@register
class SpeakerUnknown(EpisodeCheck):
    """Nobody, a role, the channel or somebody unknown where the others have a name.

    One finding for each label, at its first turn, and for each run of turns without.
    """

    code = "speaker_unknown"
    severity = Severity.WARNING
    title = gettext_noop("It is not known who speaks")
    depends = CAST | {"kind", "text"}

    def find(self, subject: Subject) -> Iterator[Finding]:
        cast = Cast(subject)
        spoken = [turn for turn in subject.turns if turn.kind == "speech"]
        counts = Counter(turn.label for turn in spoken)
        channel = key_of(subject.channel)
        told: set[str] = set()
        linked = any(turn.speaker for turn in spoken)
        labelled = sum(bool(turn.speaker or turn.label) for turn in spoken)
        inside = False
        for turn in spoken:
            bare = not turn.speaker and not turn.label
            if bare and not inside and labelled * 2 >= len(spoken):
                yield self._finding(turn, gettext_noop("Nobody is named who says this."), turn.text)
            inside = bare
            if bare:
                continue
            player = cast.of(turn)
            label = turn.label or (player.name.name if player else "")
            if label in told or (label in cast.misspelt and not turn.speaker):
                continue
            message = self._wrong(turn, label, player, channel)
            if message is None and not turn.speaker and linked:
                message = gettext_noop("“{label}” is none of the people known ({turns} turns).")
            if message:
                told.add(label)
                filled = fill(message, label=label, turns=max(1, counts[turn.label]))
                yield self._finding(turn, filled, label)

    def _wrong(self, turn: Turn, label: str, player: Player | None, channel: str) -> Message | None:
        name = player.name.name if player else label
        if is_generic(name) or (not turn.speaker and is_generic(label)):
            return gettext_noop("“{label}” is a role, nobody's name ({turns} turns).")
        if channel and key_of(name) == channel and not (player and player.listed):
            return gettext_noop("“{label}” is the channel, nobody's name ({turns} turns).")
        return None

    def _finding(self, turn: Turn, message: Message, about: str) -> Finding:
        return Finding(
            check=self.code,
            message=message,
            uid=turn.uid,
            field="label",
            start=0 if turn.label else -1,
            end=len(turn.label) if turn.label else -1,
            about=(turn.label, about),
        )


@register
class LabelsDiffer(EpisodeCheck):
    """The label of the translation names another speaker than that of the original.

    Labels that are no names (``[Speaker 0]``) are compared by what they go with in the other turns.
    """

    code = "speaker_labels_differ"
    severity = Severity.WARNING
    title = gettext_noop("Translation and original name different speakers")
    depends = CAST | {"original_label"}

    MOST = 0.75
    """From this share of its turns on, a label of the original goes with one of the translation."""

    def find(self, subject: Subject) -> Iterator[Finding]:
        both = [turn for turn in subject.turns if turn.label and turn.original_label]
        if not both:
            return
        cast = Cast(subject)
        usual = self._usual(both)
        for turn in both:
            if self._differ(turn, cast, usual):
                yield Finding(
                    check=self.code,
                    message=fill(
                        gettext_noop("The translation names “{label}”, the original “{original}”."),
                        label=turn.label,
                        original=turn.original_label,
                    ),
                    uid=turn.uid,
                    field="label",
                    start=0,
                    end=len(turn.label),
                    about=(turn.label, turn.original_label),
                )

    def _usual(self, both: list[Turn]) -> dict[str, str]:
        pairs: dict[str, Counter[str]] = {}
        for turn in both:
            pairs.setdefault(key_of(turn.original_label), Counter())[key_of(turn.label)] += 1
        usual = {}
        for original, labels in pairs.items():
            label, count = labels.most_common(1)[0]
            if count >= 3 and count >= self.MOST * labels.total():
                usual[original] = label
        return usual

    def _differ(self, turn: Turn, cast: Cast, usual: dict[str, str]) -> bool:
        ours, theirs = cast.meant(turn.label), cast.meant(turn.original_label)
        if turn.speaker:
            ours = ours or {turn.speaker}
        if ours and theirs:
            return not ours & theirs
        label = key_of(turn.label)
        return usual.get(key_of(turn.original_label), label) != label
