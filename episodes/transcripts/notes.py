"""What a reader remarks on: the table of diagnostics and the collector of one reading."""

from __future__ import annotations

from episodes.transcripts.document import Diagnostic, Residue, Severity
from episodes.transcripts.messages import fill, gettext_noop

# code -> template; ``{…}`` are filled from the document.
DIAGNOSTICS: dict[str, str] = {
    # the file
    "bad_bytes": gettext_noop("{count} bytes that are not UTF-8 were replaced."),
    "encoding_guessed": gettext_noop("The file is not UTF-8; it was read as {encoding}."),
    "control_characters": gettext_noop("{count} control characters were removed."),
    "no_turns": gettext_noop("The document holds no turn."),
    # front matter
    "front_matter_missing": gettext_noop("The document has no front matter."),
    "yaml_comment": gettext_noop("A comment in the front matter is left out: {text}"),
    "key_alias": gettext_noop("“{key}” was read as “{known}”."),
    "date_rewritten": gettext_noop("The date “{text}” was read as {date}."),
    "date_unread": gettext_noop("The date “{text}” is not a date; it is kept under “date_unread”."),
    "value_unread": gettext_noop(
        "“{key}” holds a value that does not belong there; it is kept as “{kept}”."
    ),
    "list_for_text": gettext_noop(
        "“{key}” holds a list where one value belongs; its values were joined."
    ),
    "text_for_list": gettext_noop("“{key}” holds a text where a list belongs."),
    "duplicate_value": gettext_noop(
        "“{text}” in “{key}” is the same as “{kept}” and was left out."
    ),
    "title_broken": gettext_noop("The title was broken over several lines and has been joined."),
    # residue
    "comment": gettext_noop("A comment is left out: {text}"),
    "comment_unclosed": gettext_noop(
        "A comment is never closed; its first line is left out: {text}"
    ),
    "pipeline_mark": gettext_noop("A mark of the pipeline is left out: {text}"),
    "stray_escape": gettext_noop("{count} stray backslashes before quotation marks were removed."),
    "stray_tag": gettext_noop("A stray tag is left out: {text}"),
    "raw_html": gettext_noop("Raw HTML is left out: {text}"),
    "rule": gettext_noop("A horizontal rule is left out."),
    "heading_empty": gettext_noop("A heading without text is left out."),
    "fence_unclosed": gettext_noop("A code fence is never closed; it is read as text."),
    # original-language blocks
    "summary_broken": gettext_noop("The summary of the original is not closed properly."),
    "summary_unknown": gettext_noop("A block with the summary “{text}” was read as the original."),
    "details_unclosed": gettext_noop(
        "The block of the original is never closed; it was ended at line {end}."
    ),
    "details_unopened": gettext_noop(
        "A summary stands outside of <details>; it was read as an original."
    ),
    "stray_paragraph": gettext_noop("A stray <p> in the middle of the original was removed."),
    "paragraph_unclosed": gettext_noop("A <p> in the original is never closed."),
    "original_outside_details": gettext_noop("An original stands outside of <details>."),
    "original_empty": gettext_noop("The block of the original is empty."),
    "original_without_turn": gettext_noop(
        "An original follows no turn; it is kept as a turn of its own."
    ),
    "second_original": gettext_noop(
        "A second original follows the same turn; both are kept in it."
    ),
    "original_for_section": gettext_noop(
        "One original stands for {count} turns; all of it is kept in the last of them."
    ),
    "original_shared_out": gettext_noop(
        "One original of {count} parts was shared out to the {count} turns before."
    ),
    "original_mixed": gettext_noop("The original holds paragraphs in both languages."),
    "pairing_uncertain": gettext_noop(
        "{originals} original and {translations} translated pieces do not match one to one."
    ),
    "original_untranslated": gettext_noop(
        "Text in the original language has no translation beside it."
    ),
    # speakers
    "label_doubtful": gettext_noop(
        "“{label}” looks like a speaker but is not believed; it stays in the text."
    ),
    "label_by_shape": gettext_noop("“{label}” was taken for a speaker by its shape alone."),
    "label_inherited": gettext_noop(
        "A paragraph after a cue was given to the speaker before it, {label}."
    ),
    "heading_in_turn": gettext_noop(
        "A heading interrupts a turn; its second part was given to {label}."
    ),
    "turn_without_label": gettext_noop("A paragraph among labelled turns has no speaker."),
    "turns_without_label": gettext_noop("{count} turns marked with >> have no speaker."),
    "timestamp_kept": gettext_noop("A second time in one turn stays in the text: {text}"),
    # the canonical form
    "turn_mark_unread": gettext_noop("A turn comment cannot be read: {text}"),
}

_NOTICES = frozenset(
    {
        "control_characters",
        "front_matter_missing",
        "yaml_comment",
        "key_alias",
        "date_rewritten",
        "text_for_list",
        "duplicate_value",
        "title_broken",
        "comment",
        "pipeline_mark",
        "stray_escape",
        "rule",
        "label_by_shape",
        "original_shared_out",
        "turn_without_label",
        "turns_without_label",
        "paragraph_unclosed",
    }
)


class Notes:
    """The diagnostics and the residue of one reading, in the order in which they are met."""

    def __init__(self) -> None:
        self._diagnostics: list[Diagnostic] = []
        self._residue: list[Residue] = []

    def note(self, line: int, code: str, **values: object) -> None:
        """Remark on something; ``code`` is a key of :data:`DIAGNOSTICS`."""
        shown = {key: _short(value) for key, value in values.items()}
        severity = Severity.NOTICE if code in _NOTICES else Severity.WARNING
        message = fill(DIAGNOSTICS[code], **shown)
        self._diagnostics.append(Diagnostic(line, code, message, severity))

    def leave(self, line: int, text: str, code: str, **values: object) -> None:
        """Keep text that belongs to nothing a reader sees, and remark on it."""
        self._residue.append(Residue(line, text, code))
        self.note(line, code, **{"text": text, **values})

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self._diagnostics, key=lambda d: d.line))

    def residue(self) -> tuple[Residue, ...]:
        return tuple(sorted(self._residue, key=lambda r: r.line))


def _short(value: object) -> str:
    text = " ".join(str(value)[:200].split())
    return text if len(text) <= 80 else text[:79] + "…"
