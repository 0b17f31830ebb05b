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
from episodes.tests.checks.cocoa import cocoa
from episodes.tests.checks.harbour import harbour
from episodes.tests.checks.kiln import kiln
from episodes.tests.checks.night_ward import night_ward
from episodes.tests.checks.panel import panel
from episodes.tests.checks.subjects import of_pairs, sample
from episodes.tests.checks.telegraph import telegraph
from episodes.tests.checks.touchline import touchline
from episodes.tests.transcripts.samples import needs_sample

SAMPLE_TURNS = ("t40", "t72", "t75", "t113", "t119", "t121", "t154", "t155", "t160")
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
        (
            "我是Gillian Alloway。我是Peter Weisenthal。",
            "I'm Gillian Alloway. And I'm Peter Weisenthal.",
            "text",
            "我是Peter Weisenthal",
        ),
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
        ("你好。", "This is Peter, and I'm Gillian Alloway."),
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
        ("由失眠患者主持。", "Hosted by somebody who doesn't sleep, Gillian Alloway."),
        ("独立顾问。", "Gillian Alloway, independent consultant. They call me at three."),
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


@pytest.mark.parametrize(
    ("original", "breaks_in"),
    [
        (
            "Ann, thank you so much for coming on. Thank you for having me. I like it.",
            "Thank you for h",
        ),
        (
            "She wrote the book on boxes. Ann, welcome. Thank you, it's an honour.",
            "Thank you, it's",
        ),
        ("This was fantastic, Ann, thank you. Thank you both.", "Thank you both"),
        ("And our guide is the professor himself, good morning. Good morning.", "Good morning."),
        ("I should say up front that I never eat any of it. Wait, really?", "Wait, really?"),
        ("Nobody would have thought of that thing with the wall. Fair point.", "Fair point."),
        ("And you can buy it with one click from inside of the app. Mhm.", "Mhm."),
        ("I remember that morning. My phone wouldn't stop ringing. Mine too.", "Mine too"),
        (
            "Until then people made golf balls out of it. Golf balls? Golf balls, yes.",
            "Golf balls?",
        ),
        (
            "That is a thing that has never worked for anybody here. You're right, it won't.",
            "You're",
        ),
        ("That's what it costs. >> 8.8 trillion.", ">> 8.8"),
    ],
)
def test_who_listens_breaks_in(original, breaks_in):
    (finding,) = found(said("是这样。", original), "several_speakers")
    assert original[finding.start :].lstrip().startswith(breaks_in)


@pytest.mark.parametrize(
    "original",
    [
        "Wow. And there's one thing that people always forget.",
        "It's a great deal faster than the post! But you're right, it was barely usable.",
        "I said no, and he said wow. So there we were, and it was amazing.",
        "Everybody loves it. I love it too, and I think that you should try it.",
        "Thank you. Thank you so much. I am happy that so many have come.",
        "Was that goal offside? It was not. I'll go to my grave saying so.",
        "If you were me, would you plant another? Probably not.",
        "And I think, have I lost my mind? Yes, probably, but I bought it anyway.",
    ],
)
def test_who_speaks_on_is_one_speaker(original):
    assert found(said("是这样。", original), "several_speakers") == []


def test_a_guest_who_is_called_and_does_not_speak_next_has_answered_already():
    text = "Marta, tell us about the worst one. Okay, I can't name names. It was a firm up north."
    after = Turn("after", text="哎呀。", original="Ouch.", speaker=2, label="Peter Weisenthal")
    (finding,) = found(said("是这样。", text, after=after), "several_speakers")
    assert text[finding.start : finding.end].strip() == "Okay, I can't name names."
    answer = replace(after, speaker=3, label="Marta Van Geelen")
    assert found(said("是这样。", text, after=answer), "several_speakers") == []


def alternating(*added: tuple[str, str, int]) -> Subject:
    """Two speakers who take turns, and then what is added."""
    talk = [
        ("这个项目是怎么开始的。", "Tell me how that project got under way.", 1),
        ("先是一场火，后来来了钱。", "First there was a fire, and later came the money.", 2),
    ] * 12
    return of_pairs(*talk, talk[0], *added)


def test_where_speakers_take_turns_one_who_has_two_in_a_row_held_anothers():
    two = ("他们捞了九天。太惨了。", "They fished for it for nine days. How awful.", 2)
    again = ("每一次绳子都断了。", "Every time the rope gave way.", 2)
    (finding,) = found(alternating(two, again))
    assert (finding.check, finding.uid) == ("several_speakers", "t25")
    assert two[1][finding.start : finding.end].strip() == "How awful."


def test_who_goes_on_says_so():
    two = ("他们捞了九天。太惨了。", "They fished for it for nine days. How awful.", 2)
    again = ("而且每一次绳子都断了。", "And every time the rope gave way.", 2)
    assert found(alternating(two, again)) == []
    # nor is it odd where it happens all the time, or after music, or in another chapter
    often = [two, ("每一次绳子都断了。", "Every time the rope gave way.", 2)] * 4
    assert found(alternating(*often)) == []
    odd = alternating(two, ("每一次绳子都断了。", "Every time the rope gave way.", 2))
    *before, last = odd.turns
    assert found(replace(odd, turns=(*before, replace(last, chapter=1)))) == []
    music = Turn("music", "cue", "[音乐]", "[Music]")
    assert found(replace(odd, turns=(*before, music, last))) == []


def test_who_simply_has_two_turns_in_a_row_is_one_speaker():
    one = (
        "他们在海上捞了九天。第九天晚上绳子终于断了。",
        "They fished for it for nine days. On the evening of the ninth the rope gave way at last.",
        2,
    )
    other = (
        "第二年他们又带着新的绳子回来了。",
        "The year after they came back with a new rope.",
        2,
    )
    assert found(alternating(one, other)) == []


@pytest.mark.parametrize("episode", [cocoa, kiln, night_ward, panel, telegraph, touchline])
def test_conversations_in_good_order_yield_nothing(episode):
    assert found(episode()) == []


@pytest.mark.parametrize(
    ("kind", "least"),
    [("question, answer", 0.8), ("answer, question", 0.75), ("statements", 0.5)],
)
def test_merged_turns_are_found(kind, least):
    tried, missed = 0, []
    for episode in (cocoa, harbour, kiln, night_ward, panel, telegraph, touchline):
        subject = episode()
        for place in range(len(subject.turns) - 1):
            one, other = subject.turns[place : place + 2]
            asks = one.original.endswith("?"), other.original.endswith("?")
            is_kind = {
                "question, answer": asks[0],
                "answer, question": asks == (False, True),
                "statements": asks == (False, False),
            }
            if not is_kind[kind] or one.speaker == other.speaker:
                continue
            text, original = one.text + other.text, f"{one.original} {other.original}"
            turns = [*subject.turns[:place], replace(one, text=text, original=original)]
            turns += subject.turns[place + 2 :]
            tried += 1
            if one.uid not in {each.uid for each in found(replace(subject, turns=tuple(turns)))}:
                missed.append((episode.__name__, one.uid))
    assert tried > 50
    assert len(missed) <= (1 - least) * tried, missed


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
