"""The glossary as CSV, for spreadsheets. Pure.

UTF-8 with a byte order mark (or spreadsheets take it for something else), commas, a first line of
column names: the fields of a :class:`~.concepts.Concept`. A cell with several aliases or forbidden
renderings has one a line.

A cell that a spreadsheet would calculate (``=1+1``, ``@x``) gets an apostrophe in front; so does one
that looks like that already, and reading takes one apostrophe away: every text comes back the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from episodes.transcripts.decoding import decode_bytes
from episodes.transcripts.document import ReadError
from episodes.transcripts.messages import fill, gettext_noop
from episodes.transcripts.notes import Notes
from glossary.exchange.concepts import (
    FIELDS,
    LISTS,
    Concept,
    Reading,
    Remarks,
    Row,
    made,
    one_line,
    refused,
    tidy,
    too_large,
)

__all__ = ["read", "write"]

DELIMITERS = ",;\t"
_SIGNS = "=+\\-@＝＋－＠"
_CALCULATED = re.compile(f"'*[{_SIGNS}]")
_GUARDED = re.compile(f"'+[{_SIGNS}]")


def write(concepts: Iterable[Concept], columns: Sequence[str] = FIELDS) -> bytes:
    """Return concepts as CSV with these columns; reading gives them again, tidied."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for concept in map(tidy, concepts):
        writer.writerow([_cell(getattr(concept, name)) for name in columns])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else "\n".join(value)
    return f"'{text}" if _CALCULATED.match(text) else text


def read(data: bytes) -> Reading:
    """Return the terms of a CSV file and what could not be taken.

    UTF-8, UTF-16 with a byte order mark, or GB18030; parted by commas, semicolons or tabs; columns
    in any order, of which ``term`` has to be there.
    """
    if (nothing := too_large(data)) is not None:
        return nothing
    notes = Notes()
    remarks = Remarks()
    try:
        text = decode_bytes(data, notes).replace("\x00", "")
    except ReadError as error:
        return refused(error.line, error.message)
    for note in notes.diagnostics():
        remarks.add(note.line, note.message)
    delimiter = _delimiter(text.partition("\n")[0])
    try:
        lines = _records(text, delimiter)
    except csv.Error as error:
        line, fault = error.args
        return refused(line, fill(gettext_noop("This is no proper CSV: {fault}"), fault=fault))
    header = [_field(name) for name in lines[0][1]] if lines else []
    if "term" not in header:
        said = gettext_noop(
            "No column is called “term”. The first line names the columns: {names}."
        )
        return refused(1, fill(said, names=", ".join(FIELDS)))
    for name in dict.fromkeys(header):
        if name in FIELDS and header.count(name) > 1:
            said = gettext_noop("Two columns are called “{name}”.")
            return refused(1, fill(said, name=name))
    for name, written in zip(header, lines[0][1], strict=True):
        if name not in FIELDS and written.strip():
            said = gettext_noop("The column “{name}” is none of ours; it was left out.")
            remarks.add(1, fill(said, name=written.strip()[:100]))
    rows = [_row(line, header, cells, remarks) for line, cells in lines[1:] if any(cells)]
    return made(rows, remarks, {name for name in header if name in FIELDS})


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the records, each with its first line. Raises ``csv.Error(line, fault)``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(line, str(error)) from error
    return found


def _row(line: int, header: Sequence[str], cells: Sequence[str], remarks: Remarks) -> Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        said = gettext_noop("There are more cells than columns; the last ones were left out.")
        remarks.add(line, said)
    values: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=False):
        if name in FIELDS:
            values[name] = cell[1:] if _GUARDED.match(cell) else cell
    for name in LISTS:
        values[name] = tuple(values.get(name, "").splitlines())
    values["slug"] = values.get("slug", "").strip()
    values["state"] = one_line(values.get("state", "")).lower() or "candidate"
    return Row(line, Concept(**values))


def _field(name: str) -> str:
    return "_".join(
        name.strip().strip("\ufeff").lower().replace("-", " ").replace("_", " ").split()
    )


def _delimiter(first: str) -> str:
    """Return what parts the first line into the most names of columns."""

    def known(delimiter: str) -> int:
        cells = first.strip("\r\ufeff").split(delimiter)
        return sum(_field(cell.strip('"')) in FIELDS for cell in cells)

    return max(DELIMITERS, key=known)
