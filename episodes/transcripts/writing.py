"""A document as canonical Markdown (the grammar is in ``canonical``)."""

from __future__ import annotations

from episodes.transcripts import frontmatter
from episodes.transcripts.canonical import MARK, escape, is_natural_label, turn_mark
from episodes.transcripts.characters import is_han
from episodes.transcripts.cues import is_cue
from episodes.transcripts.document import Document, Turn, TurnKind
from episodes.transcripts.fences import outside
from episodes.transcripts.normal import normalise

_BLOCK_STARTS = ("#", "- ", "* ", "+ ", "> ", "|", "```", "~~~", "    ")


def write(document: Document) -> str:
    """The document as canonical Markdown, normalised first."""
    document = normalise(document)
    out = [frontmatter.write(document.front), "\n", MARK, "\n"]
    for chapter in document.chapters:
        if chapter.level:
            out += ["\n", f"{'#' * chapter.level} {chapter.title}".rstrip(), "\n"]
        open_before = False
        cue_before = False  # a marked cue without text would take the next one's
        for turn in chapter.turns:
            natural = _natural(turn, open_before)
            if natural and turn.kind is TurnKind.CUE and cue_before:
                natural = False
            out += _turn(turn, natural=natural)
            has_block = bool(turn.original or turn.original_label)
            self_contained = natural and not turn.label
            open_before = not has_block and not self_contained
            cue_before = not has_block and turn.kind is TurnKind.CUE and not turn.text
    return "".join(out)


def _natural(turn: Turn, open_before: bool) -> bool:
    """Whether a turn is read as what it is without a mark."""
    if turn.start is not None or turn.end is not None:
        return False
    if turn.original_label and not is_natural_label(turn.original_label):
        return False
    if turn.kind is TurnKind.SPEECH:
        return is_natural_label(turn.label)
    if turn.label:
        return False
    if turn.kind is TurnKind.CUE:
        return is_cue(turn.text)
    return bool(turn.text) and not open_before and "\n\n" not in turn.text


def _turn(turn: Turn, *, natural: bool) -> list[str]:
    out = ["\n"]
    in_line = turn.kind is TurnKind.SPEECH and is_natural_label(turn.label)
    if not natural:
        tells = not in_line and (bool(turn.label) or turn.kind is TurnKind.SPEECH)
        out += [turn_mark(turn, label=tells), "\n"]
    if in_line:
        out += _labelled(turn.label, turn.text)
    elif turn.kind is TurnKind.CUE and is_cue(turn.text):
        out += [turn.text, "\n"]
    elif turn.text:
        out += [_escaped(turn.text), "\n"]
    if turn.original or turn.original_label:
        summary = "Original" if is_han(turn.original) else "Original English"
        out += ["\n<details>\n<summary>", summary, "</summary>\n\n"]
        if turn.original_label and is_natural_label(turn.original_label):
            out += _labelled(turn.original_label, turn.original)
        else:
            out += [_escaped(turn.original), "\n"]
        out.append("\n</details>\n")
    return out


def _labelled(label: str, text: str) -> list[str]:
    head = f"**{label}:**"
    if not text:
        return [head, "\n"]
    first = text.partition("\n")[0]
    if first.startswith(_BLOCK_STARTS) or first[:1].isdigit():
        return [head, "\n\n", _escaped(text), "\n"]
    if "\n" not in text:
        return [head, " ", text, "\n"]
    # The first line stands behind the label and cannot be mistaken for anything.
    rest = _escaped("x" + text)
    return [head, " ", rest[1:], "\n"]


def _escaped(text: str) -> str:
    """The text with a backslash before each line that would be read as markup."""
    if "\n" not in text:
        return escape(text)
    return "\n".join(outside(text.split("\n"), escape))
