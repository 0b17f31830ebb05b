"""Languages in turn, without blocks: which lines are original, and which line translates which.

Layouts: ``Ann: Hi.`` and ``Ann: 嗨。`` on two lines; ``Hi.`` and ``嗨。`` on two lines or in two paragraphs;
n lines of one language, then n of the other; either may come first. Language is told by the share
of Han characters, and the Chinese is always the translation.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from episodes.transcripts.characters import has_han, is_han, is_wide, outside_brackets
from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import TurnKind
from episodes.transcripts.items import Block, Item, Paragraph
from episodes.transcripts.labels import Start
from episodes.transcripts.notes import Notes
from episodes.transcripts.speech import LISTED, Draft, Speech

_LEAST_SHARE = 0.25  # of the lines, in the rarer language
_LEAST_BESIDE_BLOCKS = 0.4  # in a document that also has blocks


@dataclass(slots=True)
class _Unit:
    """What one speaker says in one language."""

    line: int
    paragraph: int
    han: bool
    label: str = ""
    spoken: bool = False
    cue: bool = False
    start: int | None = None
    parts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # more lines of the last part

    def paragraphs(self) -> list[str]:
        """What is said, by paragraphs."""
        if self.lines:
            self.parts[-1] = "\n".join([self.parts[-1], *self.lines])
            self.lines = []
        return [part for part in self.parts if part]


def is_interleaved(items: list[Item], speech: Speech) -> bool:
    """Whether a document without blocks is written in two languages in turn."""
    if any(isinstance(item, Block) for item in items):
        return False
    return _in_turn(enumerate(items), speech, _LEAST_SHARE)


def _in_turn(content: Iterable[tuple[int, Item]], speech: Speech, least: float) -> bool:
    """Whether both languages have their share of the lines."""
    counts = {True: 0, False: 0}
    labelled = {True: 0, False: 0}
    pure = 0  # lines in the other language without a single Han character outside of brackets
    for number, item in content:
        if not isinstance(item, Paragraph) or item.verbatim:
            continue
        for index, (_, text) in enumerate(item.rows):
            start = speech.start(number, index)
            said = start.rest if start else text.strip()
            han = None if LISTED.match(said) or is_cue(said) else is_han(said)
            if han is not None:
                counts[han] += 1
                labelled[han] += bool(start and start.label)
                pure += not han and not has_han(outside_brackets(said))
    if labelled[True] * 2 > counts[True] and labelled[False] * 4 < counts[False]:
        least = 0.45  # unlabelled lines under Chinese labels: as likely quotations
    return pure * 2 > counts[False] and min(counts.values()) >= max(1, least * sum(counts.values()))


def stretches(content: list[tuple[int, Item]], speech: Speech) -> dict[int, int]:
    """Where, in a chapter of a document with blocks, the languages stand in turn all the same.

    Begin and end, as indices, of runs of paragraphs without a block; the turn before a block is the
    block's. A stretch has to be paired nearly whole, with speakers that agree.
    """
    found: dict[int, int] = {}
    begin = 0
    for at in range(len(content) + 1):
        if at < len(content) and not isinstance(content[at][1], Block):
            continue
        end = _turn_before(content, begin, at, speech) if at < len(content) else at
        stretch = content[begin:end]
        if stretch and _in_turn(stretch, speech, 0):
            balanced = _in_turn(stretch, speech, _LEAST_BESIDE_BLOCKS)
            doubts = Notes()
            drafts = _pair(stretch, speech, doubts)
            if _agrees(drafts, len(doubts.diagnostics()), balanced):
                found[begin] = end
        begin = at + 1
    return found


def _turn_before(content: list[tuple[int, Item]], begin: int, at: int, speech: Speech) -> int:
    """Where the turn begins that stands before a block: its label, or its last paragraph."""
    for back in range(at - 1, begin - 1, -1):
        start = speech.start(content[back][0], 0)
        if start and start.form != "time":
            return back
    return max(at - 1, begin)


def _agrees(drafts: list[Draft], doubts: int, balanced: bool) -> bool:
    """Whether nearly everything in the other language has its translation, by the same speaker."""
    both = [draft for draft in drafts if draft.original and draft.kind is not TurnKind.CUE]
    whole = [draft for draft in both if draft.parts]
    if not whole or len(whole) * 5 < len(both) * 4 or doubts * 5 > len(whole):
        return False
    labelled = [draft for draft in whole if draft.original_label]
    if not balanced and len(labelled) < len(whole):
        return False
    if len(whole) == 1 and not labelled:
        return False
    return all(_may_be_one(draft.original_label, draft.label) for draft in labelled)


def _may_be_one(original: str, label: str) -> bool:
    """Whether two labels may mean one speaker: one in part the other, or in another script."""
    return original in label or label in original or (has_han(label) and not has_han(original))


def pair(content: list[tuple[int, Item]], speech: Speech, notes: Notes) -> list[Draft]:
    """The turns of a chapter whose languages stand in turn."""
    for number, item in content:
        if isinstance(item, Paragraph) and not (item.verbatim or LISTED.match(item.rows[0][1])):
            speech.doubt(item, number)
    return _continued(_pair(content, speech, notes), speech)


def _are_one(unit: _Unit, following: list[_Unit]) -> bool:
    """Whether a line and the one below it, of the same paragraph, are one turn."""
    return any(
        other.paragraph == unit.paragraph
        and other.han != unit.han
        and not other.cue
        and (
            unit.label == other.label
            or not other.label
            or has_han(unit.label) != has_han(other.label)
        )
        for other in following
    )


def _continued(drafts: list[Draft], speech: Speech) -> list[Draft]:
    """Pairs without a label go on with the turn before, as a paragraph does elsewhere."""
    if speech.caption_file:
        return drafts
    out: list[Draft] = []
    for draft in drafts:
        last = out[-1] if out else None
        alone = draft.kind is TurnKind.NARRATION and draft.parts and draft.original
        if last and last.label and last.original and alone and draft.start is None:
            last.parts += draft.parts
            last.original += draft.original
        else:
            out.append(draft)
    return out


def _pair(content: list[tuple[int, Item]], speech: Speech, notes: Notes) -> list[Draft]:
    units = _units(content, speech)
    han_first = _han_comes_first(units)
    sizes = Counter(unit.paragraph for unit in units)
    drafts: list[Draft] = []
    runs: list[list[_Unit]] = []
    at = 0

    def settle() -> None:
        index = 0
        while index < len(runs):
            run = runs[index]
            if run[0].han == han_first and index + 1 < len(runs):
                one, other = run, runs[index + 1]
                originals, translations = (other, one) if han_first else (one, other)
                drafts.extend(_match(originals, translations, notes))
                index += 2
                continue
            drafts.extend(_alone(run, notes))
            index += 1
        runs.clear()

    while at < len(units):
        unit = units[at]
        if unit.cue:
            settle()
            other = units[at + 1] if at + 1 < len(units) else None
            if other and other.cue and other.han != unit.han:
                drafts.append(_draft(other, unit) if unit.han else _draft(unit, other))
                at += 1
            else:
                drafts.append(Draft(unit.line, TurnKind.CUE, parts=unit.paragraphs()))
        elif sizes[unit.paragraph] == 2 and _are_one(unit, units[at + 1 : at + 2]):
            settle()
            other = units[at + 1]
            drafts.append(_draft(other, unit) if unit.han else _draft(unit, other))
            at += 1
        elif runs and runs[-1][0].han == unit.han:
            runs[-1].append(unit)
        else:
            runs.append([unit])
        at += 1
    settle()
    return drafts


def _units(content: list[tuple[int, Item]], speech: Speech) -> list[_Unit]:
    units: list[_Unit] = []
    for number, item in content:
        if not isinstance(item, Paragraph):
            continue
        if item.verbatim or LISTED.match(item.rows[0][1]):
            text = "\n".join(text.rstrip() for _, text in item.rows)
            if not units or units[-1].cue:
                units.append(_Unit(item.line, number, is_han(text) is not False))
            units[-1].parts.append(text)
            continue
        _lines(units, number, item, speech)
    return units


def _lines(units: list[_Unit], number: int, item: Paragraph, speech: Speech) -> None:
    for index, (line, text) in enumerate(item.rows):
        start = speech.start(number, index)
        said = start.rest if start else text.strip()
        last = units[-1] if units else None
        han = is_han(said)
        if han is None:
            han = _by_neighbour(said, start, last)
        elif not han and said[-1:] in tuple("。！？"):  # “OK。”
            han = True
        if is_cue(said) and not (start and start.label):
            units.append(_Unit(line, number, han, cue=True, parts=[said]))
        elif start and start.form != "time":
            units.append(_Unit(line, number, han, start.label, True, False, start.time, [said]))
        elif last and last.han == han and not last.cue and last.label and not speech.caption_file:
            if index:
                last.lines.append(said)
            else:
                last.parts = [*last.paragraphs(), said]
        else:
            time = start.time if start else None
            units.append(_Unit(line, number, han, start=time, parts=[said]))


def _by_neighbour(said: str, start: Start | None, last: _Unit | None) -> bool:
    """Whether a line without a letter is Chinese: its signs tell, else what stands before it."""
    if any(map(is_wide, said)) or (start and has_han(start.label)):
        return True
    if last is None or said[-1:] in tuple(".,!?"):
        return False
    return last.han != bool(start and start.label and start.label == last.label)


def _han_comes_first(units: list[_Unit]) -> bool:
    """Whether the Chinese comes first of a pair: told within paragraphs, else by both ends."""
    spoken = [unit for unit in units if not unit.cue]
    votes = 0
    for one, other in itertools.pairwise(spoken):
        if one.paragraph == other.paragraph and one.han != other.han:
            same = one.label == other.label or not other.label
            votes += (1 if other.han else -1) * (2 if same else 1)
    if votes:
        return votes < 0
    return bool(spoken) and spoken[0].han and not spoken[-1].han


def _match(originals: list[_Unit], translations: list[_Unit], notes: Notes) -> list[Draft]:
    """Turns from a run in one language and the run after it in the other."""
    alike = _by_label(originals, translations, notes)
    if alike:
        return alike
    if len(originals) != len(translations):
        notes.note(
            originals[0].line,
            "pairing_uncertain",
            originals=len(originals),
            translations=len(translations),
        )
        left, right = _by_paragraph(originals), _by_paragraph(translations)
        if len(left) != len(right):
            drafts = [_draft(None, unit) for unit in translations]
            if len(originals) == 1:
                drafts[-1] = _draft(originals[0], translations[-1])
            else:
                drafts[-1].original = [_labelled(unit) for unit in originals]
            return drafts
        originals, translations = left, right
    return [_draft(a, b) for a, b in zip(originals, translations, strict=True)]


def _by_label(originals: list[_Unit], translations: list[_Unit], notes: Notes) -> list[Draft]:
    """Runs of uneven length by what is said under one label, in order; none if that fails.

    What has no translation, or no original, stands at the outer end of its run.
    """
    few = min(len(originals), len(translations))
    if len(originals) == len(translations):
        return []
    inner = slice(0, few), slice(len(originals) - few, None)
    han_first = translations[0].line < originals[0].line
    left = originals[inner[0] if han_first else inner[1]]
    right = translations[slice(len(translations) - few, None) if han_first else slice(0, few)]
    if not all(unit.label for unit in (*originals, *translations)):
        return []
    labels = [(a.label, b.label) for a, b in zip(left, right, strict=True)]
    if not all(_may_be_one(a, b) for a, b in labels):
        if {unit.label for unit in originals} <= {unit.label for unit in translations}:
            first, then = (translations, originals) if han_first else (originals, translations)
            return [*_alone(first, notes), *_alone(then, notes)]
        return []
    pairs = [_draft(a, b) for a, b in zip(left, right, strict=True)]
    if len(originals) > few:
        alone = _alone(originals[few:] if han_first else originals[: len(originals) - few], notes)
        return [*pairs, *alone] if han_first else [*alone, *pairs]
    spare = len(translations) - few
    alone = _alone(translations[:spare] if han_first else translations[few:], notes)
    return [*alone, *pairs] if han_first else [*pairs, *alone]


def _by_paragraph(run: list[_Unit]) -> list[_Unit]:
    """The run with the unlabelled lines of one paragraph joined."""
    joined: list[_Unit] = []
    for unit in run:
        last = joined[-1] if joined else None
        if last and last.paragraph == unit.paragraph and not unit.spoken:
            last.lines.extend(unit.paragraphs())
        else:
            joined.append(replace(unit, parts=unit.paragraphs(), lines=[]))
    return joined


def _alone(run: list[_Unit], notes: Notes) -> list[Draft]:
    """A run without its counterpart."""
    drafts = [_draft(None, unit) for unit in run]
    if not run[0].han:
        for draft in drafts:
            notes.note(draft.line, "original_untranslated")
            draft.parts, draft.original = [], draft.parts
    return drafts


def _draft(original: _Unit | None, translation: _Unit) -> Draft:
    """One turn."""
    unit = translation
    spoken = unit.spoken or bool(original and original.spoken)
    kind = TurnKind.CUE if unit.cue else TurnKind.SPEECH if spoken else TurnKind.NARRATION
    line = min(unit.line, original.line) if original else unit.line
    draft = Draft(line, kind, unit.label, unit.paragraphs(), start=unit.start)
    if original:
        draft.original = original.paragraphs()
        draft.label = unit.label or original.label
        draft.original_label = original.label if unit.label else ""
        if draft.start is None:
            draft.start = original.start
    return draft


def _labelled(unit: _Unit) -> str:
    said = "\n\n".join(unit.paragraphs())
    return f"**{unit.label}:** {said}" if unit.label else said
