"""Every form of a transcript, one small document each, with what it has to read as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from episodes.tests.transcripts.golden import FOLDER, reading
from episodes.transcripts.markdown import read, write
from episodes.transcripts.notes import DIAGNOSTICS

FILES = sorted(FOLDER.glob("*.md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_document_reads_as_expected(path: Path) -> None:
    assert reading(path.read_bytes()) == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_document_survives_being_written(path: Path) -> None:
    document = read(path.read_bytes())
    again = read(write(document).encode())
    assert again == document
    assert write(again) == write(document)
    assert [d.code for d in again.diagnostics] == []


def test_every_diagnostic_of_a_found_file_occurs_in_a_golden_document() -> None:
    seen = {
        code
        for path in FILES
        for _, code in json.loads(path.with_suffix(".json").read_text("utf-8"))["diagnostics"]
    }
    elsewhere = {
        "bad_bytes",
        "encoding_guessed",
        "control_characters",
        "turn_mark_unread",
        "no_turns",
    }
    assert set(DIAGNOSTICS) - seen == elsewhere
