"""What stands beside an episode: is it there, is it in its language, does it go with what is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from episodes.checks.languages import is_han_language
from episodes.checks.nameindex import Known, key_of, words
from episodes.checks.people import CAST, Cast, Player, is_generic, parts_of
from episodes.checks.registry import EpisodeCheck, Finding, Fix, Severity, register
from episodes.checks.subject import Name, Subject
from episodes.transcripts.characters import has_han, is_han
from episodes.transcripts.messages import fill, gettext_noop

__all__ = [
    "GuestMissing",
    "ListedNotMentioned",
    "MentionedNotListed",
    "MetadataLanguage",
    "MetadataMissing",
    "SameRecording",
]

_FRAME = frozenset(
    [
        "podcast",
        "podcasts",
        "show",
        "newsletter",
        "inc",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "llc",
        "plc",
        "group",
        "holdings",
        "technologies",
        "technology",
        "labs",
        "the",
        "a",
        "an",
        "of",
        "and",
        "book",
        "report",
        "magazine",
        "journal",
        "daily",
        "news",
        "media",
        "studios",
    ]
)
_NOTHING = re.compile(
    r"\W*(?:n/?a|none|nil|null|unknown|undefined|tba|tbd|to ?do|todo|fixme|xxx+|无|無|没有|沒有|未知|不明|不详|不詳|待补充?|待補充?|待定|待填|暂无|暫無|暂缺|空)?\W*",
    re.IGNORECASE,
)
"""What stands where somebody has still to write something."""

_KINDS = ("person", "organisation", "product", "work")


@register
class GuestMissing(EpisodeCheck):
    """Somebody speaks who is not a host, and ``guest`` names nobody."""

    code = "guest_missing"
    severity = Severity.WARNING
    title = gettext_noop("The guest is missing")
    depends = CAST

    def find(self, subject: Subject) -> Iterator[Finding]:
        if not _NOTHING.fullmatch(subject.guest):
            return
        guests = self._guests(subject)
        if guests:
            who = "、".join(guest.name.name for guest in guests[:5])
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("{names} is no host and speaks in {turns} turns: the guest?"),
                    names=who,
                    turns=sum(guest.turns for guest in guests),
                ),
                field="guest",
                fix=Fix("guest", who),
                about=(who,),
            )

    def _guests(self, subject: Subject) -> list[Player]:
        """Whoever speaks more than once and is said to be a guest, or neither host nor listed."""
        speaking = [one for one in Cast(subject).players.values() if one.turns]
        guests = [one for one in speaking if one.role == "guest"]
        if not guests and len(speaking) > 1:
            guests = [
                one
                for one in speaking
                if one.role in ("", "mentioned")
                and not (one.listed and not subject.roles)
                and not is_generic(one.name.name)
                and one.turns * 50 > len(subject.turns)
                and one.turns > 1
            ]
            if len(guests) == len(speaking):
                guests = []  # nothing tells hosts and guests apart
        return sorted(guests, key=lambda one: -one.turns)


@register
class MetadataMissing(EpisodeCheck):
    """Summary, date or source is empty."""

    code = "metadata_missing"
    severity = Severity.WARNING
    title = gettext_noop("Summary, date or source is missing")
    depends = frozenset({"summary", "date", "source"})

    MESSAGES = (
        ("summary", gettext_noop("The summary is missing.")),
        ("date", gettext_noop("The date is missing.")),
        ("source", gettext_noop("The source is missing.")),
    )

    def find(self, subject: Subject) -> Iterator[Finding]:
        for field, message in self.MESSAGES:
            if _NOTHING.fullmatch(getattr(subject, field)):
                yield Finding(check=self.code, message=message, field=field, about=(field,))


@register
class MetadataLanguage(EpisodeCheck):
    """Title, summary or original title is not in its language."""

    code = "metadata_language"
    severity = Severity.WARNING
    title = gettext_noop("Title or summary is in the wrong language")
    depends = frozenset({"title", "summary", "original_title", "language", "original_language"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        languages = (
            ("title", subject.title, subject.language),
            ("summary", subject.summary, subject.language),
            ("original_title", subject.original_title, subject.original_language),
        )
        for field, text, language in languages:
            wanted = is_han_language(language)
            said = is_han(text)
            if wanted is None or said is None or said == wanted or _NOTHING.fullmatch(text):
                continue
            enough = len(words(text)) >= 4 and not has_han(text) if wanted else len(text) >= 6
            if field != "summary" and not enough:
                continue  # a title may be a name
            yield Finding(
                check=self.code,
                message=fill(
                    gettext_noop("“{words}” is not in the language of the {field}."),
                    words=text if len(text) <= 40 else text[:39] + "…",
                    field=field.replace("_", " "),
                ),
                field=field,
                about=(text,),
            )


@register
class SameRecording(EpisodeCheck):
    """Another episode is made of the same recording."""

    code = "same_recording"
    severity = Severity.WARNING
    title = gettext_noop("Another episode has the same recording")
    depends = frozenset({"same_recording"})

    def find(self, subject: Subject) -> Iterator[Finding]:
        for title in subject.same_recording:
            yield Finding(
                check=self.code,
                message=fill(gettext_noop("“{title}” is of the same recording."), title=title),
                field="source",
                about=(title,),
            )


class _Spoken:
    """All that is said in an episode, to be asked whether a name is in it, however loosely."""

    def __init__(self, subject: Subject) -> None:
        texts = [text for turn in subject.turns for text in (turn.text, turn.original)]
        texts += [turn.label for turn in subject.turns] + [*subject.headings.values()]
        whole = "\n".join(texts)
        self.words = " ".join(["", *(word.key for word in words(whole)), ""])
        self.run = self.words.replace(" ", "")
        self.han = key_of(whole)
        self.speakers = {turn.speaker for turn in subject.turns}
        self.others = _people_of(subject, self.speakers)
        """Whom a part of a name may mean as well."""

    def has(self, name: Name) -> bool:
        if name.kind == "person" and name.key in self.speakers:
            return True
        person = name.key if name.kind == "person" else 0
        return any(self._has(spelling, name.kind, person) for spelling in name.spellings)

    def _whole(self, name: Name) -> bool:
        return name.key in self.speakers or any(
            (key_of(each) in self.han)
            if has_han(each)
            else f" {' '.join(word.key for word in words(each))} " in self.words
            for each in name.spellings
        )

    def _is_somebody_else(self, part: str, person: int) -> bool:
        """Whether a part of a name is that of another one, who is said by the whole name or speaks."""
        return any(
            other.key != person and self._whole(other) for other in self.others.get(part, ())
        )

    def _has(self, spelling: str, kind: str, person: int) -> bool:
        if has_han(spelling):
            parts = parts_of(spelling) if kind == "person" else [spelling.strip("《》")]
            return any(
                key_of(part) in self.han and not self._is_somebody_else(key_of(part), person)
                for part in (spelling, *parts)
                if len(part) > 1
            )
        keys = [word.key for word in words(spelling)]
        kept = [key for key in keys if key not in _FRAME] or keys
        whole = "".join(kept)
        said = f" {' '.join(kept)}"
        if len(whole) > 4:
            if said in self.words or whole in self.run:
                return True
        elif f"{said} " in self.words or f"{said}s " in self.words:
            return True
        if kind != "person":
            return False
        return any(
            f" {key} " in self.words and not self._is_somebody_else(key, person)
            for key in map(key_of, parts_of(spelling))
            if len(key) > 2
        )


def _people_of(subject: Subject, speakers: set[int]) -> dict[str, list[Name]]:
    """Who is listed or speaks, by the keys of the parts of their names."""
    found: dict[str, list[Name]] = {}
    for key in speakers | subject.listed.get("person", frozenset()):
        name = subject.register.name("person", key) if subject.register else None
        if name is not None:
            for part in {key_of(part) for each in name.spellings for part in parts_of(each)}:
                found.setdefault(part, []).append(name)
    return found


def _known(subject: Subject, kind: str) -> Iterator[Name]:
    for key in sorted(subject.listed.get(kind, ())):
        name = subject.register.name(kind, key) if subject.register else None
        if name is not None:
            yield name


@register
class ListedNotMentioned(EpisodeCheck):
    """A name stands beside the episode, and nobody says it in either language."""

    code = "listed_not_mentioned"
    severity = Severity.HINT
    title = gettext_noop("A listed name is not mentioned")
    depends = frozenset(
        {"text", "original", "label", "speaker", "listed", "headings"}
        | {"people", "organisations", "products", "works"}
    )

    def find(self, subject: Subject) -> Iterator[Finding]:
        if subject.register is None or not any(subject.listed.values()):
            return
        spoken = _Spoken(subject)
        for kind in _KINDS:
            for name in _known(subject, kind):
                if not spoken.has(name):
                    yield Finding(
                        check=self.code,
                        message=fill(
                            gettext_noop("“{name}” is listed and never mentioned."), name=name.name
                        ),
                        field=kind,
                        about=(kind, *name.spellings),
                    )


@register
class MentionedNotListed(EpisodeCheck):
    """A known name is mentioned in several turns, or in both languages of one, and is not listed.

    People count by their whole name only; a name of one short word may be another word.
    """

    code = "mentioned_not_listed"
    severity = Severity.HINT
    title = gettext_noop("A name that is mentioned is not listed")
    depends = ListedNotMentioned.depends | {"channel", "roles", "guest"}

    OFTEN = 2

    def find(self, subject: Subject) -> Iterator[Finding]:
        if subject.register is None:
            return
        counts, sure = self._counts(subject)
        listed = self._listed(subject)
        told: set[str] = set()
        for (kind, key), turns in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            name = subject.register.name(kind, key)
            if name is None or (turns < self.OFTEN and (kind, key) not in sure):
                continue
            keys = {key_of(spelling) for spelling in name.spellings}
            if keys & told or key_of(subject.channel) in keys:
                continue
            if any(key in one or one in key for key in keys for one in listed if len(one) > 3):
                continue  # also as a part of a listed name, or the other way round
            told |= keys
            speaks = kind == "person" and any(turn.speaker == key for turn in subject.turns)
            if speaks and _NOTHING.fullmatch(subject.guest):
                continue  # the guest is missing, and found by that
            message = gettext_noop("“{name}” is mentioned in {turns} turns and is not listed.")
            if turns == 1:
                message = gettext_noop("“{name}” is mentioned and is not listed.")
            if speaks:
                message = gettext_noop("“{name}” speaks and is not listed.")
            yield Finding(
                check=self.code,
                message=fill(message, name=name.name, turns=turns),
                field=kind,
                about=(kind, *name.spellings),
            )

    def _counts(self, subject: Subject) -> tuple[Counter[tuple[str, int]], set[tuple[str, int]]]:
        """In how many turns each name stands, and which stand in both languages of one."""
        assert subject.register is not None
        counts: Counter[tuple[str, int]] = Counter()
        sure: set[tuple[str, int]] = set()
        for turn in subject.turns:
            ours, theirs = (
                {
                    (one.kind, one.key)
                    for mention in subject.register.mentions(text)
                    for one in mention.known
                    if self._is_meant(text[mention.start : mention.end], one)
                }
                for text in (turn.said, turn.original)
            )
            counts.update(ours | theirs)
            sure |= ours & theirs
        speakers = {turn.speaker for turn in subject.turns if turn.speaker}
        for key in speakers:
            counts["person", key] = max(self.OFTEN, counts["person", key])
        return counts, sure

    def _is_meant(self, said: str, known: Known) -> bool:
        if known.kind == "term":
            return False
        if has_han(said):
            return len(said) > 2 or known.kind == "organisation"
        if known.kind == "person" and not re.search(r"\w[\s·]\w", said):
            return False
        return (
            said == known.spelling
            or (" " in said and said.istitle())
            or (
                said[:1].isupper()
                and len(said) > 5
                and said.casefold() == known.spelling.casefold()
            )
        )

    def _listed(self, subject: Subject) -> set[str]:
        """The keys of all spellings of what is listed; and of the roles."""
        names = [name for kind in _KINDS for name in _known(subject, kind)]
        assert subject.register is not None
        names += filter(None, (subject.register.name("person", key) for key in subject.roles))
        return {key_of(spelling) for name in names for spelling in name.spellings}
