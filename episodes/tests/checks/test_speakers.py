"""Who speaks: wrong labels and turns of several speakers, and what only looks so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.checks import speakers as _speakers  # noqa: F401 - registers
from episodes.checks import voices as _voices  # noqa: F401 - registers
from episodes.checks.registry import Finding, check
from episodes.checks.subject import Name, Subject, Turn
from episodes.tests.checks.harbour import harbour
from episodes.tests.checks.subjects import sample
from episodes.tests.transcripts.samples import needs_sample

SAMPLE_TURNS = ("t40", "t72", "t75", "t113", "t119", "t154", "t155", "t160")
CODES = (
    "several_speakers",
    "speaker_addresses_self",
    "speaker_introduces_other",
    "speaker_labels_differ",
    "speaker_unknown",
)


def found(subject: Subject, *codes: str) -> list[Finding]:
    return list(check(subject, codes or CODES))


def said(text: str, original: str, speaker: int = 1, *, after: Turn | None = None) -> Subject:
    """The conversation with one more turn (and one after it)."""
    before = harbour()
    labels = {1: "Gillian Alloway", 2: "Peter Weisenthal", 3: "Marta Van Geelen"}
    turn = Turn("new", text=text, original=original, speaker=speaker, label=labels[speaker])
    return replace(before, turns=(*before.turns, turn, *([after] if after else [])))


@pytest.mark.parametrize(
    ("text", "original", "field", "words"),
    [
        ("我是Peter Weisenthal。", "Hello.", "text", "我是Peter Weisenthal"),
        ("大家好，我是彼得。", "Hello.", "text", "我是彼得"),
        ("我叫玛尔塔·范·海伦。", "Hello.", "text", "我叫玛尔塔·范·海伦"),
        ("大家好。", "Hello, I'm Peter Weisenthal.", "original", "I'm Peter Weisenthal"),
        ("大家好。", "My name is Marta and I write books.", "original", "My name is Marta"),
        ("大家好。", "And I am Marta Van Geelen, hi.", "original", "I am Marta Van Geelen"),
    ],
)
def test_a_speaker_introduces_himself_as_another(text, original, field, words):
    (finding,) = found(said(text, original))
    assert (finding.check, finding.uid, finding.field) == ("speaker_introduces_other", "new", field)
    value = text if field == "text" else original
    assert value[finding.start : finding.end] == words


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("我是Gillian Alloway。", "I'm Gillian Alloway."),
        ("我是吉莉安。", "I'm Gillian Aloway."),
        ("我是说，Peter说得对。", "I'm sure Peter is right. I mean Marta."),
        ("我是Peter的粉丝。", "I'm Peter's biggest fan."),
        ("如果我是Peter，我就会买。", "If I'm Peter, I buy."),
        ("他说：“我是Peter Weisenthal。”", 'He said, "I\'m Peter Weisenthal."'),
        ("我是一个投资者。", "I'm an investor. I'm In. I'm Dutch."),
        ("我是马士基的。", "I am at Maersk."),
        ("这里是纽约。", "This is Peter's house. This is why."),
    ],
)
def test_what_is_no_introduction(text, original):
    assert found(said(text, original)) == []


@pytest.mark.parametrize(
    ("text", "original", "name"),
    [
        ("Gillian，你怎么看？", "So what?", "Gillian"),
        ("谢谢你，Gillian。", "Thanks.", "Gillian"),
        ("谢谢，吉莉安。我们走。", "Thanks.", "吉莉安"),
        ("好的，吉莉安·阿洛韦，你怎么看？", "Okay.", "吉莉安·阿洛韦"),
        ("你怎么看？", "So, Gillian, what do you think?", "Gillian"),
        ("你怎么看？", "What do you think, Gillian?", "Gillian"),
        ("谢谢。", "Thank you so much, Gillian Alloway.", "Gillian Alloway"),
    ],
)
def test_a_speaker_addresses_himself(text, original, name):
    (finding,) = found(said(text, original))
    assert (finding.check, finding.uid) == ("speaker_addresses_self", "new")
    value = text if finding.field == "text" else original
    assert value[finding.start : finding.end] == name


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("Peter，你怎么看？", "Peter, what do you think?"),
        ("我和Gillian谈过。", "I talked to Gillian, who is me."),
        ("我是主持人，Gillian。", "I'm your host, Gillian Alloway."),
        ("是我，Gillian。", "It's me, Gillian."),
        ("Gillian，Peter和Marta都在。", "Gillian, Peter, and Marta are here."),
        ("都在。", "We have Peter, Marta, Gillian."),
        ("他说：“谢谢你，Gillian。”", 'He said, "Thank you, Gillian." So there.'),
        ("Gillian Alloway的节目。", "Gillian Alloway's show, that is."),
    ],
)
def test_a_name_that_is_only_mentioned(text, original):
    assert found(said(text, original)) == []


@pytest.mark.parametrize("mark", [">>", "&gt;&gt;", ">>>"])
def test_a_mark_within_a_text_is_another_speaker_and_one_at_its_beginning_is_not(mark):
    (finding,) = found(said("是的。好。", f"That's it. {mark} Okay, fine."))
    assert (finding.check, finding.uid, finding.field) == ("several_speakers", "new", "original")
    assert finding.start == len("That's it. ")
    (other,) = found(said(f"是的。{mark} 好。", f"That's it. {mark} Okay, fine."))
    assert other.field == "text"
    for text in (f"{mark} That's it.", f" {mark} That's it.", "`a >> b` and 8 >> 2 and x >>= 1"):
        assert found(said("是的。", text)) == []


@pytest.mark.parametrize(
    ("text", "original", "field"),
    [
        ("是这样。Peter Weisenthal: 我不同意。", "That is so.", "text"),
        ("是这样。彼得：我不同意。", "That is so.", "text"),
        ("是这样。\n\n**Peter**: 我不同意。", "That is so.", "text"),
        ("是这样。**主持人**：我不同意。", "That is so.", "text"),
        ("是这样。", "That is so. Marta: I don't think so.", "original"),
    ],
)
def test_a_label_within_a_text(text, original, field):
    (finding,) = found(said(text, original))
    assert (finding.check, finding.field) == ("several_speakers", field)


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("Peter说：“我不同意。”", "Peter said: I don't agree."),
        ("问题是：我们在哪里？", "The question: where are we? Note: here."),
        ("我同意Peter的话：盒子不聪明。", "As Peter has it: the box isn't smart."),
        ("看https://a.example。", "Go to https://a.example at 10:30."),
    ],
)
def test_a_colon_that_is_no_label(text, original):
    assert found(said(text, original)) == []


@pytest.mark.parametrize(
    ("original", "answer"),
    [
        ("Do you think that it will last? Yeah, I think so.", "Yeah"),
        ("Where do you see that? It is everywhere. Yeah, I mean, look around.", "Yeah"),
        ("Have you ever been there? No, never.", "No"),
        ("Wait, where's their office? It's in Rotterdam.", "It's"),
        ("Is it for sale? Can I get one? Yes, there's a shop.", "Yes"),
        ("How many homes is that? About five thousand households.", "About"),
        ("Were you there when it went dark? We were. We had three stores.", "We"),
        ("That is good to know. Will there be any people? There will be, but few.", "There"),
        ("I see. Is there a way to hedge that? Yeah, you could buy all of them.", "Yeah"),
        ("And what about your motors? Well, we made those ourselves, too.", "Well"),
    ],
)
def test_a_question_with_the_answer_of_somebody_else(original, answer):
    (finding,) = found(said("是这样。", original))
    assert (finding.check, finding.field) == ("several_speakers", "original")
    assert original[finding.start : finding.end].strip().startswith(answer)
    # without an original the translation is looked at
    (finding,) = found(said("你觉得这会持续吗？是的，我觉得会。", ""))
    assert (finding.field, finding.start) == ("text", 9)


@pytest.mark.parametrize(
    "original",
    [
        "Why is that? Because it's cheap.",
        "Is it a bubble? Yes. Is it over? No.",
        "What does that mean? It means that you pay more.",
        "You know what? Yeah, I need a new one.",
        "It's expensive, right? Yeah, and it's slow.",
        "And I ask myself: is that so? It is.",
        'He asked, "Do you like it?" and she said, "Yes, I do." So there.',
        "What do you think? What do you see? How do you feel about it?",
        "If the question is whether it's new? Yeah, probably.",
        "What are some others that you see? No, for real.",
        "You had a dog, right? One of those really big ones.",
        'They ask, "Where is it from?" Well, we made it ourselves.',
        "Okay, Peter, what did you make of it? I for one was scared by that.",
        "Where are we now? That's the interesting thing about it.",
    ],
)
def test_who_answers_himself_is_one_speaker(original):
    assert found(said("是这样。", original)) == []


def test_a_question_that_the_same_speaker_answers_in_the_next_turn():
    after = Turn(
        "after", text="是的。", original="Yeah, I have one.", speaker=1, label="Gillian Alloway"
    )
    subject = said("很好。你有一个吗？", "That is good. Do you have one?", after=after)
    (finding,) = found(subject)
    assert (finding.check, finding.uid, finding.field) == ("several_speakers", "new", "original")
    assert found(replace(subject, turns=(*subject.turns[:-1], replace(after, speaker=2)))) == []
    goes_on = replace(after, original="Because I want one.")
    assert found(replace(subject, turns=(*subject.turns[:-1], goes_on))) == []


def test_a_monologue_has_one_speaker_who_may_ask_and_answer():
    turn = Turn(
        "t", text="你要吗？是的。", original="Do you want it? Yes, you do.", label="Ann Lee"
    )
    assert found(Subject(turns=(turn, replace(turn, uid="u")))) == []


@pytest.mark.parametrize(
    "label",
    [
        "主持人",
        "嘉宾",
        "Speaker A",
        "[Speaker 0]",
        "SPEAKER_01",
        "Unknown",
        "嘉宾A",
        "Harbour Media",
    ],
)
def test_a_role_or_the_channel_is_told_once(label):
    before = harbour()
    turns = [*before.turns]
    for place in (4, 8, 10):
        turns[place] = replace(turns[place], speaker=0, label=label)
    (finding,) = found(replace(before, turns=tuple(turns)))
    assert (finding.check, finding.uid, finding.field) == ("speaker_unknown", "t4", "label")
    assert (finding.start, finding.end) == (0, len(label))
    assert finding.message.params == {"label": label, "turns": 3}


def test_a_record_that_is_a_role_is_a_role_too():
    before = harbour()
    register = type(before.register)([Name(7, "person", "Speaker A")])  # type: ignore[misc]
    turns = (*before.turns[:-1], replace(before.turns[-1], speaker=7, label="Speaker A"))
    (finding,) = found(replace(before, turns=turns, register=register), "speaker_unknown")
    assert finding.uid == before.turns[-1].uid


def test_nobody_where_the_others_are_named_is_told_once_a_run():
    before = harbour()
    turns = [*before.turns]
    for place in (4, 5, 9):
        turns[place] = replace(turns[place], speaker=0, label="")
    findings = found(replace(before, turns=tuple(turns)))
    assert [(one.check, one.uid) for one in findings] == [
        ("speaker_unknown", "t4"),
        ("speaker_unknown", "t9"),
    ]
    # a document without labels is another matter
    bare = tuple(replace(turn, speaker=0, label="") for turn in turns)
    assert found(replace(before, turns=bare)) == []
    cue = replace(turns[9], kind="narration")
    assert "t9" not in {
        one.uid for one in found(replace(before, turns=(*turns[:9], cue, *turns[10:])))
    }


def test_a_name_that_is_in_no_register_is_nobody_known():
    before = harbour()
    turns = (replace(before.turns[0], speaker=0, label="Ann Lee"), *before.turns[1:])
    (finding,) = found(replace(before, turns=turns), "speaker_unknown")
    assert (finding.uid, finding.message.params["label"]) == ("t0", "Ann Lee")


def test_labels_of_both_sides_name_different_people():
    before = harbour()
    labels = {1: "Gillian Alloway", 2: "彼得·维森塔尔", 3: "Marta Van Geelen"}
    turns = [replace(turn, original_label=labels[turn.speaker]) for turn in before.turns]
    assert found(replace(before, turns=tuple(turns))) == []
    turns[6] = replace(turns[6], original_label="Marta Van Geelen")
    (finding,) = found(replace(before, turns=tuple(turns)))
    assert (finding.check, finding.uid, finding.field) == ("speaker_labels_differ", "t6", "label")


def test_labels_that_are_no_names_are_compared_by_what_they_go_with():
    before = harbour()
    turns = [replace(turn, original_label=f"Speaker {turn.speaker}") for turn in before.turns]
    assert found(replace(before, turns=tuple(turns))) == []
    turns[6] = replace(turns[6], original_label="Speaker 3")
    assert [(one.check, one.uid) for one in found(replace(before, turns=tuple(turns)))] == [
        ("speaker_labels_differ", "t6")
    ]


def test_an_episode_in_good_order_yields_nothing():
    assert found(harbour()) == []
    assert found(harbour(register=None)) == []


@needs_sample
def test_turns_of_two_speakers_in_the_sample_are_found_and_hardly_anything_else():
    findings = found(sample())
    assert [(one.check, one.uid) for one in findings] == [
        ("several_speakers", uid) for uid in SAMPLE_TURNS
    ]


@given(st.text(alphabet="我是 Peter,，。?>:\"I'm你吗", max_size=80))
def test_places_lie_within_the_text(text):
    for finding in found(said(text, text)):
        if finding.uid == "new" and finding.field in ("text", "original"):
            assert 0 <= finding.start < finding.end <= len(text)
