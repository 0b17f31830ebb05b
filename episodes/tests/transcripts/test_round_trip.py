"""The laws of the canonical form, over nasty documents."""

from __future__ import annotations

import contextlib
import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts.strategies import DOCUMENT, FOUND
from episodes.transcripts.document import Document, ReadError
from episodes.transcripts.markdown import from_json, normalise, read, to_json, write

EXAMPLES = int(os.environ.get("EXAMPLES", "150"))
laws = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@laws
@given(DOCUMENT)
def test_what_is_written_reads_as_the_same_document(document: Document) -> None:
    normal = normalise(document)
    assert normalise(normal) == normal
    text = write(document)
    again = read(text.encode())
    assert again == normal
    assert write(again) == text
    assert [d.code for d in again.diagnostics if d.code != "no_turns"] == []
    assert again.residue == ()


@laws
@given(FOUND)
def test_whatever_is_read_is_normal_and_round_trips(text: str) -> None:
    try:
        document = read(text.encode(errors="ignore"))
    except ReadError:
        return
    assert normalise(document) == document
    written = write(document)
    assert read(written.encode()) == document
    assert write(read(written.encode())) == written


@laws
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ReadError):
        document = read(data)
        assert read(write(document).encode()) == document


@laws
@given(DOCUMENT)
def test_json_is_lossless(document: Document) -> None:
    normal = normalise(document)
    assert from_json(json.loads(json.dumps(to_json(normal)))) == normal


@laws
@given(FOUND)
def test_a_canonical_file_edited_by_hand_still_reads_and_settles(text: str) -> None:
    body = "---\ntitle: x\n---\n\n<!-- oddlots transcript 1 -->\n\n" + text
    try:
        document = read(body.encode(errors="ignore"))
    except ReadError:  # too many control characters
        return
    assert normalise(document) == document
    assert read(write(document).encode()) == document
