"""Who speaks: from labels, front matter and the people already known to a plan. Pure.

The rules. A label that only tells a role never becomes a person, nor does the channel or an
organisation of the front matter unless ``people`` lists it. A first name (or initials) is a full
name's where exactly one full name of the document fits, else a regular's of the same channel.
Two labels of one turn in two scripts ("安·李", "Ann Lee") are two spellings of one name where they
belong together in most turns. Whatever is not certain stays a label without a person, and every
decision that could be wrong is reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from episodes.casting import Cast, Player
from episodes.joining import NameGroups
from episodes.names import channel_is_not_a_person, name_key, spellings_of
from episodes.remarks import say
from episodes.speaker_labels import (
    SpeakerLabel,
    display_rank,
    guests_of,
    is_full,
    is_short_for,
    is_slug,
    read_label,
)
from episodes.transcripts.characters import has_han
from episodes.transcripts.document import Diagnostic, Document, Severity, TurnKind

__all__ = ["Known", "Planned", "SpeakerPlan", "needs_regulars", "plan_speakers", "spoken_names"]

MOSTLY = 2 / 3  # of the turns of a label, to take the other label for its translation
LONGEST = 80  # characters of a label that may be a name

Pair = tuple[str, str]  # the label of the translation, the label of the original


@dataclass(frozen=True, slots=True)
class Known:
    """A person on record. ``hosts`` and ``visits``: what he or she was in this channel before."""

    id: int
    name: str
    translated_name: str = ""
    aliases: tuple[str, ...] = ()
    hosts: bool = False
    visits: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A person beside the episode; ``known`` is the id on record, None for somebody new.

    ``written`` is the name in the list ``people``, empty for whom it does not list. ``aliases`` of
    somebody known are only the new ones.
    """

    name: str
    known: int | None
    role: str
    turns: int
    written: str = ""
    in_front_matter: bool = False
    translated_name: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerPlan:
    """The people in order, who speaks under which labels (index into ``people``), the remarks."""

    people: tuple[Planned, ...] = ()
    speakers: Mapping[Pair, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def spoken_names(document: Document) -> list[str]:
    """Every name that the plan may have to look up, as written."""
    names: dict[str, None] = {}
    for label in {text for turn in document.turns() for text in (turn.label, turn.original_label)}:
        read = read_label(label)
        names.update(dict.fromkeys(name for name in (read.name, read.also) if name))
    for name in (*document.front.people, *guests_of(document.front)[0]):
        names.update(dict.fromkeys(spellings_of(name)))
    return list(names)


def needs_regulars(document: Document) -> bool:
    """Whether it matters who else has spoken in this channel."""
    if not document.front.channel:
        return False
    labels = {turn.label or turn.original_label for turn in document.turns()} - {""}
    names = [name for label in labels if (name := read_label(label).name)]
    listed = {name_key(name) for name in document.front.people}
    unlisted = sum(name_key(name) not in listed for name in names)
    return bool(names) and (unlisted in (0, len(names)) or not all(map(is_full, names)))


def plan_speakers(
    document: Document, known: Mapping[str, Sequence[Known]], regulars: Sequence[Known] = ()
) -> SpeakerPlan:
    """Decide who speaks. ``known`` holds the people on record by ``name_key`` of each spelling."""
    return _Desk(document, known, regulars).plan()


class _Desk:
    """The names of one document, joined step by step into people (a union of keys)."""

    def __init__(
        self, document: Document, known: Mapping[str, Sequence[Known]], regulars: Sequence[Known]
    ) -> None:
        self.front = document.front
        self.known = known
        self.regulars = regulars
        self.notes: list[Diagnostic] = []
        self.pairs: Counter[Pair] = Counter()
        self.lines: dict[str, int] = {}
        for turn in document.turns():
            if turn.kind == TurnKind.SPEECH and (turn.label or turn.original_label):
                self.pairs[turn.label, turn.original_label] += 1
                for label in (turn.label, turn.original_label):
                    self.lines.setdefault(label, turn.line)
        self.labels: dict[str, SpeakerLabel] = {}
        self.names = NameGroups()
        self.together: list[Pair] = []  # keys that one label or one listed name gives
        self.short: set[str] = set()  # keys joined as a first name or initials: no aliases
        self.person: dict[str, Known] = {}  # root -> the person on record
        self.key_of: dict[int, str] = {}  # id on record -> the first key that means it
        self.doubtful: set[str] = set()  # keys that may mean several people

    def note(self, code: str, message: str, label: str = "", *, notice: bool = False) -> None:
        severity = Severity.NOTICE if notice else Severity.WARNING
        self.notes.append(Diagnostic(self.lines.get(label, 0), code, message, severity))

    # --- The names and which belong together

    def plan(self) -> SpeakerPlan:
        self.read_labels()
        self.listed = self.add_all(self.front.people)
        guests, unread = guests_of(self.front)
        self.guests = self.add_all(guests)
        for text in unread:
            self.note("guest_unread", say("guest_unread", text=text), notice=True)
        for key in self.names:
            self.recognise(key)
        for one, other in self.together:
            self.join(one, other)
        self.join_translations()
        self.join_short_names()
        return self.result()

    def read_labels(self) -> None:
        organisations = {name_key(name) for name in self.front.organisations}
        people = {name_key(name) for name in self.front.people}
        for label in dict.fromkeys(text for pair in self.pairs for text in pair if text):
            read = read_label(label)
            key = name_key(read.name)
            if key and channel_is_not_a_person(read.name, self.front.channel, self.front.people):
                message = say("channel_as_speaker", label=label)
                self.note("channel_as_speaker", message, label)
                read = SpeakerLabel(role=read.role)
            elif key in organisations and key not in people:
                message = say("organisation_as_speaker", label=label)
                self.note("organisation_as_speaker", message, label)
                read = SpeakerLabel(role=read.role)
            elif len(read.name) > LONGEST:
                message = say("label_too_long", label=read.name[:40])
                self.note("label_too_long", message, label)
                read = SpeakerLabel(role=read.role)
            self.labels[label] = read
            if read.name:
                key = self.names.add(read.name)
                if read.also and has_han(read.also) != has_han(read.name):
                    self.together.append((key, self.names.add(read.also)))

    def add_all(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Add names of the front matter; give what is written by key."""
        written: dict[str, list[str]] = {}
        for name in names:
            if not name_key(name):
                continue
            spellings = spellings_of(name)
            key = self.names.add(spellings[1] if len(spellings) > 1 else name)
            written.setdefault(key, []).append(name)
            for other in spellings[2:]:
                if read_label(other).name:
                    self.together.append((key, self.names.add(other)))
        return written

    def join(self, one: str, other: str) -> bool:
        """Make two names one person's; not where they are two people on record."""
        first, second = self.names.root(one), self.names.root(other)
        if first == second:
            return True
        mine, theirs = self.person.get(first), self.person.get(second)
        if mine and theirs and mine.id != theirs.id:
            message = say("people_conflict", name=mine.name, other=theirs.name)
            self.note("people_conflict", message)
            return False
        self.names.join(first, second)
        if theirs:
            self.person[first] = theirs
        return True

    def recognise(self, key: str) -> None:
        """Find the person on record; where a spelling is shared by several, only if one stands out."""
        found = list(self.known.get(key, ()))
        own = [person for person in found if name_key(person.name) == key]
        if len(found) > 1 and len(own) != 1:
            label = next(iter(self.names.forms[key]))
            who = _some(person.name for person in found)
            if key in self.listed or key in self.guests:
                message = say("person_ambiguous_first", label=label, names=who)
                self.note("person_ambiguous", message, label)
            else:
                self.doubtful.add(key)
                message = say("person_ambiguous", label=label, names=who)
                self.note("person_ambiguous", message, label)
                return
        for person in (own or found)[:1]:
            self.person[key] = person
            self.names.join(self.key_of.setdefault(person.id, key), key)

    def join_translations(self) -> None:
        together: Counter[Pair] = Counter()
        of_label: Counter[str] = Counter()
        of_original: Counter[str] = Counter()
        for (label, original), count in self.pairs.items():
            one, other = self.name_of(label), self.name_of(original)
            if one and other:
                together[one, other] += count
                of_label[one] += count
                of_original[other] += count
        for (one, other), count in together.items():
            if self.names.root(one) == self.names.root(other):
                continue
            forms = next(iter(self.names.forms[one])), next(iter(self.names.forms[other]))
            mostly = count >= MOSTLY * of_label[one] and count >= MOSTLY * of_original[other]
            short = is_short_for(*forms) or is_short_for(*reversed(forms))
            if mostly and (short or has_han(forms[0]) != has_han(forms[1])):
                if self.join(one, other) and short:
                    self.short.add(one if is_short_for(*forms) else other)
                continue
            message = say("labels_disagree", count=count, label=forms[0], other=forms[1])
            self.note("labels_disagree", message, forms[0])

    def name_of(self, label: str) -> str:
        """The key of the name that a label gives, empty where it gives none."""
        read = self.labels.get(label)
        return name_key(read.name) if read else ""

    def join_short_names(self) -> None:
        by_part = self.names.by_part()
        for key in self.names:
            if any(map(is_full, self.names.spellings(key))):
                continue
            if self.names.root(key) in self.person and key not in self.doubtful:
                continue
            form = next(iter(self.names.forms[key]))
            fitting = {self.names.root(full) for full in by_part.get(key, ())}
            if 2 <= len(form) <= 4 and form.isupper():
                fitting |= {self.names.root(full) for full in by_part.get(form, ())}
            if len(fitting) == 1:
                (root,) = fitting
                full = self.best_name(root)
                if self.join(root, key):
                    self.short.add(key)
                    self.doubtful.discard(key)
                    message = say("first_name", label=form, name=full)
                    self.note("first_name", message, form, notice=True)
            else:
                self.ask_regulars(key, form, fitting)

    def ask_regulars(self, key: str, form: str, fitting: set[str]) -> None:
        """A first name that fits no full name of the document, or several."""
        people = [p for p in self.regulars if any(is_short_for(form, n) for n in _names(p))]
        if not fitting and len(people) == 1:
            self.short.add(key)
            self.doubtful.discard(key)
            self.person[self.names.root(key)] = people[0]
            self.names.join(self.key_of.setdefault(people[0].id, key), key)
            message = say("first_name_regular", label=form, name=people[0].name)
            self.note("first_name", message, form)
        elif fitting or people:
            who = [self.best_name(root) for root in sorted(fitting)[:6]] or [p.name for p in people]
            self.doubtful.add(key)
            message = say("person_ambiguous", label=form, names=_some(who))
            self.note("first_name_ambiguous", message, form)

    def best_name(self, root: str) -> str:
        """The name to keep: the one on record, else a full name in Latin letters, else any."""
        if root in self.person:
            return self.person[root].name
        forms = self.names.spellings(root)
        best = max(forms, key=lambda name: (*display_rank(name), forms[name]))
        return best.replace("-", " ").title() if is_slug(best) else best

    # --- The people, in order, with their roles

    def result(self) -> SpeakerPlan:
        order: dict[str, None] = {}
        for key in (*self.listed, *self.guests):
            order.setdefault(self.names.root(key))
        turns: Counter[str] = Counter()
        said: dict[str, str] = {}
        speaker_of: dict[Pair, str] = {}
        for pair, count in self.pairs.items():
            for label in pair:
                key = self.name_of(label)
                if key and key not in self.doubtful:
                    root = self.names.root(key)
                    order.setdefault(root)
                    speaker_of[pair] = root
                    turns[root] += count
                    role = next((r.role for x in pair if (r := self.labels.get(x)) and r.role), "")
                    if role:
                        said.setdefault(root, role)
                    break
        roots = list(order)
        regular = {person.id for person in self.regulars if person.hosts}
        cast = Cast(
            tuple(
                Player(
                    self.best_name(root),
                    turns[root],
                    said.get(root, ""),
                    listed=any(key in self.listed for key in self.names.members(root)),
                    guest=any(key in self.guests for key in self.names.members(root)),
                    regular=root in self.person and self.person[root].id in regular,
                )
                for root in roots
            )
        )
        roles = dict(zip(roots, cast.roles(), strict=True))
        self.notes += cast.notes
        people = tuple(self.planned(root, roles[root], turns[root]) for root in roots)
        index = {root: number for number, root in enumerate(roots)}
        speakers = {pair: index[root] for pair, root in speaker_of.items()}
        return SpeakerPlan(people, speakers, tuple(self.notes))

    def planned(self, root: str, role: str, turns: int) -> Planned:
        members = self.names.members(root)
        written = [name for key in members for name in self.listed.get(key, ())]
        if len(written) > 1:
            written.sort(key=lambda name: (not is_full(name), self.front.people.index(name)))
            for name in written[1:]:
                message = say("person_twice", name=name, other=written[0])
                self.note("person_twice", message, notice=True)
        best = self.best_name(root)
        spellings = [
            name
            for key in members
            if key not in self.short
            for name in self.names.forms[key]
            if name_key(name) != name_key(best) and not is_short_for(name, best)
        ]
        translated = ""
        record = self.person.get(root)
        if record is not None:
            known = {name_key(name) for name in _names(record)}
            spellings = [name for name in spellings if name_key(name) not in known]
        elif not has_han(best):
            # "特蕾西" beside "Tracy Lee" may be the first name only: not a spelling of the whole.
            whole = [n for n in spellings if has_han(n) and (is_full(n) or not is_full(best))]
            translated = whole[0] if whole else ""
            spellings = [n for n in spellings if n != translated and (not has_han(n) or n in whole)]
        aliases = tuple({name_key(n): n for n in spellings}.values())
        in_front = any(key in self.listed or key in self.guests for key in members)
        return Planned(
            best,
            record.id if record else None,
            role,
            turns,
            written[0] if written else "",
            in_front,
            translated,
            aliases,
        )


def _names(person: Known) -> tuple[str, ...]:
    return tuple(filter(None, (person.name, person.translated_name, *person.aliases)))


def _some(names: Iterable[str]) -> str:
    """The first five of some names."""
    first = list(islice(names, 6))
    return "、".join(first[:5]) + ("…" if len(first) > 5 else "")
