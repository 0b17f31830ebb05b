"""One transcript written down in every form reads as one and the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.tests.transcripts.made import BLOCKS, FORMS, LABELS, TURNS, Form, write_down
from episodes.tests.transcripts.samples import SAMPLE, needs_sample
from episodes.transcripts.document import Document, TurnKind
from episodes.transcripts.markdown import read, write

Told = list[tuple[str, str, str, str]]


def told(document: Document, *, brackets: bool = True) -> Told:
    """Chapter (at its first turn), label, text and original of every turn."""
    out = []
    for chapter in document.chapters:
        title = chapter.title
        for turn in chapter.turns:
            text = turn.text
            if not brackets:
                text = text.replace("（", " (").replace("）", ")")
            out.append((title, turn.label, text, turn.original))
            title = ""
    return out


@pytest.mark.parametrize("name", FORMS)
def test_every_form_reads_as_the_same_turns(name: str) -> None:
    form = FORMS[name]
    document = read(write_down(TURNS, form))
    wanted = TURNS
    if not form.wide_brackets:
        wanted = [(a, b, c.replace("（", " (").replace("）", ")"), d) for a, b, c, d in TURNS]
    assert told(document) == wanted
    assert {turn.kind for turn in document.turns()} == {TurnKind.SPEECH}


FORM = st.builds(
    Form,
    labels=st.sampled_from(sorted(LABELS)),
    blocks=st.sampled_from(sorted(BLOCKS)),
    tight=st.booleans(),
    chunks=st.booleans(),
    glued=st.booleans(),
    level=st.integers(1, 6),
    crlf=st.booleans(),
    bom=st.booleans(),
    utf16=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(FORM)
def test_any_mixture_of_forms_reads_as_the_same_turns(form: Form) -> None:
    assert told(read(write_down(TURNS, form))) == TURNS


@settings(max_examples=40, deadline=None)
@given(FORM, FORM, st.integers(1, len(TURNS) - 1))
def test_a_form_may_change_in_the_middle_of_a_file(one: Form, two: Form, cut: int) -> None:
    first = write_down(TURNS[:cut], Form(labels=one.labels, blocks=one.blocks, tight=one.tight))
    second = write_down(TURNS[cut:], Form(labels=two.labels, blocks=two.blocks, tight=two.tight))
    body = second.split(b"---\n", 2)[2]
    assert told(read(first + body)) == TURNS


def test_the_canonical_form_keeps_it_too() -> None:
    document = read(write_down(TURNS, Form()))
    assert told(read(write(document).encode())) == TURNS


@needs_sample
@pytest.mark.parametrize("name", FORMS)
def test_the_sample_reads_alike_in_every_form(name: str) -> None:
    form = FORMS[name]
    original = read(SAMPLE.read_bytes())
    turns = [turn for turn in told(original) if turn[1]]
    first = {title: index for index, (title, *_) in enumerate(told(original)) if title}
    assert len(first) == 8
    wanted = turns
    if not form.wide_brackets:
        wanted = [(a, b, c.replace("（", " (").replace("）", ")"), d) for a, b, c, d in turns]
    assert told(read(write_down(turns, form))) == wanted
