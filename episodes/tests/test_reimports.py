"""A source changes under an episode that was edited: what follows, what stays, what waits."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from episodes import cuts, editing, reimports
from episodes.documents import document_of
from episodes.imports import Incoming, Result, import_document
from episodes.models import (
    ChangeSet,
    Conflict,
    Episode,
    ImportRun,
    Person,
    Snapshot,
    Source,
    SourceTurn,
    Turn,
)
from episodes.publishing import anchors
from episodes.states import load
from episodes.tests.factories import make_user, publish_episode
from episodes.tests.tables import rows
from episodes.transcripts import markdown
from episodes.transcripts.document import Chapter, Document, FrontMatter
from episodes.transcripts.document import Turn as TurnValue
from episodes.transcripts.sentences import split_sentences

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "stargate.md"
NAMES = ("Ann Lee", "Bo Chen", "Cara van Dijk")
NOUNS = [
    "码头",
    "吊车",
    "潮水",
    "货船",
    "船长",
    "夜车",
    "车票",
    "铁桥",
    "种子",
    "花园",
    "电池",
    "电缆",
    "海洋",
    "冬天",
    "市场",
    "面包",
]
WORDS = [
    "harbour",
    "crane",
    "tide",
    "vessel",
    "captain",
    "train",
    "ticket",
    "bridge",
    "seed",
    "garden",
    "battery",
    "cable",
]


def own_document(count: int = 40, seed: int = 5) -> Document:
    """A conversation of our own, in chapters of ten turns."""
    rng = random.Random(seed)
    turns = []
    for number in range(count):
        sentences = rng.randint(1, 4)
        text = "".join(f"第{number}段第{n}句说{rng.choice(NOUNS)}。" for n in range(sentences))
        original = " ".join(
            f"{' '.join(rng.choices(WORDS, k=rng.randint(4, 10))).capitalize()} {number} {n}."
            for n in range(sentences)
        )
        turns.append(TurnValue(label=NAMES[number % 3], text=text, original=original))
    chapters = tuple(
        Chapter(f"第{start // 10 + 1}章", 3, tuple(turns[start : start + 10]))
        for start in range(0, count, 10)
    )
    front = FrontMatter(
        title="码头",
        date="2025-03-01",
        source="https://www.youtube.com/watch?v=oW3dE5gH7jK",
        people=("Ann Lee",),
        tags=("港口", "贸易"),
    )
    return markdown.normalise(Document(front, chapters))


@pytest.fixture(autouse=True)
def no_pages_of_other_tests() -> None:
    cache.clear()


DOCUMENTS = (
    pytest.param(own_document, id="own"),
    pytest.param(
        lambda: markdown.read(SAMPLE.read_bytes()),
        id="sample",
        marks=pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here"),
    ),
)


def bring(document: Document | str, **options: Any) -> Result:
    text = document if isinstance(document, str) else markdown.write(document)
    return import_document(Incoming(text.encode(), "talk.md"), **options)


def with_turns(
    document: Document, change: Callable[[list[TurnValue]], list[TurnValue]]
) -> Document:
    """The document with its turns changed, all in their chapters by the number they had."""
    of = [number for number, chapter in enumerate(document.chapters) for _turn in chapter.turns]
    marked = [replace(turn, line=number + 1) for number, turn in enumerate(document.turns())]
    chapters: list[list[TurnValue]] = [[] for _chapter in document.chapters]
    at = 0
    for turn in change(marked):
        at = of[turn.line - 1] if turn.line else at
        chapters[at].append(replace(turn, line=0))
    return replace(
        document,
        chapters=tuple(
            replace(chapter, turns=tuple(turns))
            for chapter, turns in zip(document.chapters, chapters, strict=True)
        ),
    )


def halves(turn: TurnValue) -> list[TurnValue]:
    """A turn cut in the middle of both languages, at sentence ends."""
    texts = [sentence.before + sentence.text for sentence in split_sentences(turn.text)]
    originals = [sentence.before + sentence.text for sentence in split_sentences(turn.original)]
    a, b = len(texts) // 2, len(originals) // 2
    return [
        replace(turn, text="".join(texts[:a]).strip(), original="".join(originals[:b]).strip()),
        replace(
            turn,
            text="".join(texts[a:]).strip(),
            original="".join(originals[b:]).strip(),
            line=0,
        ),
    ]


def splittable(turn: TurnValue) -> bool:
    return all(part.text and part.original for part in halves(turn)) and len(turn.original) > 60


def misheard(turn: TurnValue, rng: random.Random) -> TurnValue:
    words = [
        rng.choice(WORDS) if rng.random() < 0.15 else word for word in turn.original.split(" ")
    ]
    return replace(turn, original=" ".join(words))


def sentences_of(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text) if sentence.text.strip()]


def state(episode: Episode) -> dict[str, Any]:
    """The whole working copy, field by field, as the tables hold it."""
    episode.refresh_from_db()
    fields = [
        "uid",
        "kind",
        "speaker_id",
        "label",
        "original_label",
        "text",
        "original",
        "start",
        "end",
        "stale",
        "made_for",
        "unread",
    ]
    return {
        "fields": {
            field.name: getattr(episode, field.name)
            for field in Episode._meta.concrete_fields
            if field.name not in ("revision", "changed_at")
        },
        "chapters": list(episode.chapters.values_list("position", "title", "level")),
        "turns": list(episode.turns.values_list("position", "chapter__title", *fields)),
        "origins": list(
            episode.turns.order_by("position", "origins__order").values_list(
                "uid", "origins__source_turn__position"
            )
        ),
        "appearances": list(
            episode.appearances.values_list("person__name", "role", "origin", "written", "position")
        ),
        "mentions": list(
            episode.organisation_mentions.values_list("target__name", "written", "position")
        ),
        "tags": list(episode.tag_items.order_by("pk").values_list("tag__name", flat=True)),
        "projects": list(episode.project_items.order_by("pk").values_list("tag__name", flat=True)),
        "base": [
            (source.fields, list(source.turns.values_list("position", "label", "text", "original")))
            for source in episode.sources.order_by("pk")
        ],
        "conflicts": list(
            Conflict.objects.filter(decided_at=None).values_list("kind", "target", "field")
        ),
        "document": document_of(episode),
    }


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_changed_source_meets_an_edited_draft(document):
    """Issue 3, line 1: every sort of change at once."""
    source = document()
    rng = random.Random(1)
    bring(source)
    episode = Episode.objects.get()
    editor = make_user()
    uids = list(episode.turns.values_list("uid", flat=True))
    turns = list(source.turns())
    long = [number for number, turn in enumerate(turns) if splittable(turn)]
    rng.shuffle(long)
    both, edited, split, reworded, gone, kept_gone, moved = (
        [long.pop() for _each in range(2)] for _kind in range(7)
    )
    merged = next(
        n
        for n in range(5, len(turns) - 2)
        if all(
            x not in (*both, *edited, *split, *reworded, *gone, *kept_gone, *moved)
            for x in (n, n + 1)
        )
        and turns[n].label == turns[n].label
        and turns[n].text
        and turns[n + 1].text
    )

    def edit(number: int, mark: str) -> str:
        turn = episode.turns.get(uid=uids[number])
        text = f"{turn.text}编辑补的{mark}句。"
        editing.save_turn(turn, version=turn.version, values={"text": text}, by=editor)
        return f"编辑补的{mark}句。"

    mine = {number: edit(number, f"第{number}") for number in (*both, *edited, *kept_gone)}

    def change(given: list[TurnValue]) -> list[TurnValue]:
        out: list[TurnValue] = []
        late: list[TurnValue] = []
        for number, turn in enumerate(given):
            turn = misheard(turn, rng)
            if number in both:  # the source changes the last sentence too, where the editor added
                sentences = sentences_of(turn.text)
                turn = replace(turn, text=turn.text.replace(sentences[-1], f"源改{number}的句。"))
            if number in reworded:
                turn = replace(turn, text=f"源新说的{number}句。" + turn.text)
            if number in split:
                out += halves(turn)
            elif number in (*gone, *kept_gone):
                continue
            elif number in moved:
                late.append(turn)
            elif number == merged + 1:
                out[-1] = replace(
                    out[-1],
                    text=out[-1].text + turn.text,
                    original=f"{out[-1].original} {turn.original}".strip(),
                )
            else:
                out.append(turn)
            if number == 12:
                out.append(
                    TurnValue(
                        label=turn.label,
                        text="全新的一段话，从未有过。",
                        original="Quite another thing that nobody had said before in here.",
                    )
                )
        return [*out[:20], *(replace(turn, line=given[0].line) for turn in late), *out[20:]]

    changed = with_turns(source, change)
    before = {turn.uid: turn.text for turn in episode.turns.all()}
    result = bring(changed)
    assert result.outcome == "updated", result.message
    now = {turn.uid: turn for turn in episode.turns.all()}
    everything = "".join(turn.text for turn in now.values())
    for number, sentence in mine.items():  # no edited sentence is lost
        assert sentence in everything, number
        assert uids[number] in now
    working = load(episode)
    for uid in uids:  # every old address answers
        assert working.lands(uid), uid
    conflicts = {
        conflict.target.removeprefix("turn:"): conflict.kind for conflict in Conflict.objects.all()
    }
    expected = {uids[number]: "field" for number in both}
    expected |= {uids[number]: "gone" for number in kept_gone}
    assert conflicts == expected  # exactly where both changed
    for number in both:  # ours stays live, theirs waits
        assert now[uids[number]].text == before[uids[number]]
    for number in reworded:  # untouched turns follow
        assert now[uids[number]].text.startswith(f"源新说的{number}句。")
    for number in edited:  # the English follows under an edited translation, which is stale
        assert now[uids[number]].text == before[uids[number]]
        assert now[uids[number]].original != turns[number].original
        assert now[uids[number]].stale
        assert now[uids[number]].made_for == turns[number].original
    for number in gone:
        assert Turn.everything.get(uid=uids[number]).gone == "withdrawn"
    for number in moved:
        assert uids[number] in now
    assert working.lands(uids[merged + 1]) == uids[merged]
    # what nobody edited here is what the source says now
    theirs = {turn.original: turn.text for turn in changed.turns()}
    touched = {uids[number] for number in mine}
    for turn in now.values():
        if turn.uid not in touched and turn.original:
            assert theirs[turn.original] == turn.text
    assert bring(changed).outcome == "unchanged"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_published_page_stays_until_the_next_edition(document):
    source = document()
    bring(source)
    episode = Episode.objects.get()
    publish_episode(episode)
    client = Client()
    path = f"/episodes/{episode.slug}/"
    page = client.get(path).content
    changed = with_turns(
        source, lambda turns: [replace(turns[0], text="源改了开头。"), *turns[1:-1]]
    )
    result = bring(changed)
    assert result.outcome == "proposed"
    assert client.get(path).content == page
    run = ImportRun.objects.get(pk=result.run_id)
    publisher = make_user("Publishers")
    with pytest.raises(reimports.Unusable) as refused:
        reimports.accept(run, by=make_user("Editors"))
    assert refused.value.code == "permission"
    reimports.accept(run, by=publisher)
    assert client.get(path).content == page
    cuts.mark_all_read(episode, publisher)
    old = [turn["uid"] for turn in episode.editions.get().document["turns"]]
    episode.refresh_from_db()
    publish_episode(episode, publisher=make_user("Publishers"))
    new = client.get(path).content.decode()
    assert "源改了开头。" in new
    ends = anchors(episode.published)
    for uid in old:
        assert f'id="{uid}"' in new
    assert sum(map(len, ends.values())) == 1
    assert client.get(f"{path}v1/").status_code == 200


def test_an_import_undone_leaves_the_state_before_and_is_not_applied_again():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    editor = make_user()
    turn = episode.turns.all()[3]
    editing.save_turn(turn, version=1, values={"text": "编辑改过。"}, by=editor)
    editing.save_episode(episode, revision=2, values={"tags": ["港口", "新"]}, by=editor)
    before = state(episode)
    changed = with_turns(
        source, lambda turns: [*turns[1:4], replace(turns[4], text="源改。"), *turns[6:], turns[5]]
    )
    changed = replace(
        changed,
        front=replace(changed.front, title="新题", tags=("贸易", "船"), people=("Bo Chen",)),
    )
    result = bring(changed, by=editor)
    assert result.outcome == "updated"
    assert state(episode) != before
    snapshots = Snapshot.objects.count()
    run = reimports.take_back(ImportRun.objects.get(pk=result.run_id), by=editor)
    assert state(episode) == before
    assert run.state == "undone"
    again = bring(changed)
    assert (again.outcome, state(episode)) == ("unchanged", before)
    assert Snapshot.objects.count() == snapshots
    with pytest.raises(reimports.Unusable):
        reimports.take_back(run, by=editor)
    later = with_turns(changed, lambda turns: [replace(turns[0], text="又改。"), *turns[1:]])
    assert bring(later).outcome == "updated"
    assert episode.turns.filter(text="又改。").exists()


def test_undoing_keeps_what_was_edited_since():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    changed = with_turns(
        source,
        lambda turns: [
            replace(turns[0], text="源改一。"),
            replace(turns[1], text="源改二。"),
            *turns[2:],
        ],
    )
    result = bring(changed)
    turn = episode.turns.get(text="源改二。")
    editing.save_turn(turn, version=turn.version, values={"text": "编辑后改。"}, by=None)
    reimports.take_back(ImportRun.objects.get(pk=result.run_id), by=None)
    first, second = episode.turns.all()[:2]
    assert first.text == next(source.turns()).text
    assert second.text == "编辑后改。"


def broken(document: Document, how: str) -> Document:
    """A source that got worse."""
    if how == "a third":
        count = sum(1 for _turn in document.turns()) // 3
        return with_turns(document, lambda turns: turns[:count])
    if how == "no Chinese":
        return with_turns(document, lambda turns: [replace(turn, text="") for turn in turns])
    if how == "no labels":
        return with_turns(
            document,
            lambda turns: [replace(turn, label="", original_label="") for turn in turns],
        )
    if how == "no front matter":
        return replace(document, front=FrontMatter())
    return replace(
        document,
        front=replace(document.front, source="https://www.youtube.com/watch?v=aB3dE5gH7jK"),
    )


@pytest.mark.parametrize(
    "how", ["a third", "no Chinese", "no labels", "no front matter", "another recording"]
)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_source_that_got_worse_is_held_until_a_person_gives_a_reason(document, how):
    source = document()
    bring(source)
    episode = Episode.objects.get()
    before = state(episode)
    tables = rows(without=("ImportRun", "Snapshot", "Source"))
    worse = broken(source, how)
    result = bring(worse)
    assert (result.outcome, result.slug) == ("held", episode.slug)
    assert result.message.startswith(f"The new state of “{episode.slug}” is held: ")
    assert state(episode) == before
    assert rows(without=("ImportRun", "Snapshot", "Source")) == tables
    run = ImportRun.objects.get(pk=result.run_id)
    assert run.held
    with pytest.raises(reimports.Unusable) as missing:
        reimports.accept(run, by=None)
    assert missing.value.code == "reason_missing"
    assert state(episode) == before
    reimports.accept(run, by=make_user(), reason="The show asked for it.")
    episode.refresh_from_db()
    applied = document_of(episode)
    assert applied.front.source == worse.front.source
    if how == "a third":
        assert len(list(applied.turns())) == len(list(worse.turns()))
    if how == "no labels":
        assert {turn.label for turn in applied.turns()} == {""}
    act = ChangeSet.objects.filter(act="import").order_by("-revision").first()
    assert act.why == "The show asked for it."
    assert bring(worse).outcome == "unchanged"


def test_what_was_refused_is_not_asked_again_and_the_rest_is_taken():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    publish_episode(episode)
    changed = with_turns(
        source,
        lambda turns: [
            replace(turns[0], text="源改一。"),
            replace(turns[1], text="源改二。"),
            *turns[2:],
        ],
    )
    run = ImportRun.objects.get(pk=bring(changed).run_id)
    plan = reimports.replan(run).plan
    keys = [change.key for change in plan.changes()]
    assert len(keys) == 2
    reimports.accept(run, by=make_user("Publishers"), refused={keys[1]})
    texts = list(episode.turns.values_list("text", flat=True)[:2])
    assert texts == ["源改一。", list(source.turns())[1].text]
    assert bring(changed).outcome == "unchanged"
    assert list(SourceTurn.objects.values_list("text", flat=True)[:2]) == ["源改一。", "源改二。"]


def test_a_plan_belongs_to_a_revision():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    publish_episode(episode)
    changed = with_turns(source, lambda turns: [replace(turns[0], text="源改一。"), *turns[1:]])
    run = ImportRun.objects.get(pk=bring(changed).run_id)
    seen = episode.revision
    turn = episode.turns.first()
    editing.save_turn(turn, version=turn.version, values={"text": "编辑改。"}, by=None)
    publisher = make_user("Publishers")
    with pytest.raises(reimports.Unusable) as stale:
        reimports.accept(run, by=publisher, revision=seen)
    assert stale.value.code == "stale"
    episode.refresh_from_db()
    reimports.accept(run, by=publisher, revision=episode.revision)
    assert episode.turns.first().text == "编辑改。"
    conflict = Conflict.objects.get()
    assert (conflict.field, conflict.theirs) == ("text", "源改一。")


def test_a_source_that_goes_back_takes_its_proposal_with_it():
    source = own_document()
    bring(source)
    publish_episode(Episode.objects.get())
    changed = with_turns(source, lambda turns: [replace(turns[0], text="源改一。"), *turns[1:]])
    run = ImportRun.objects.get(pk=bring(changed).run_id)
    assert run.state == "waiting"
    assert bring(source).outcome == "unchanged"
    run.refresh_from_db()
    assert run.state == "superseded"
    assert bring(changed).outcome == "proposed"


def test_a_new_reader_is_not_a_new_source(monkeypatch):
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    turn = episode.turns.first()
    editing.save_turn(turn, version=1, values={"text": f"{turn.text}编辑补。"}, by=None)
    real = markdown.read

    def better(data: bytes, **options: Any) -> Document:
        read = real(data, **options)
        return with_turns(
            read,
            lambda turns: [replace(each, text=each.text.replace("说", "讲")) for each in turns],
        )

    monkeypatch.setattr(markdown, "read", better)
    monkeypatch.setattr(markdown, "READER_VERSION", markdown.READER_VERSION + 1)
    result = bring(source)
    assert result.outcome == "updated"
    acts = list(ChangeSet.objects.order_by("revision").values_list("act", flat=True))
    assert acts == ["import", "save", "reader"]
    texts = list(episode.turns.values_list("text", flat=True))
    assert texts[1:] == [each.text.replace("说", "讲") for each in list(source.turns())[1:]]
    assert "编辑补。" in texts[0]
    assert Source.objects.get().reader_version == markdown.READER_VERSION
    assert bring(source).outcome == "unchanged"


def test_renamed_speakers_are_people_and_an_editors_naming_is_a_rule():
    turns = [
        TurnValue(label=label, text=f"第{n}句话。", original=f"Sentence number {n} about cranes.")
        for n, label in enumerate(["Speaker A", "Bo Chen"] * 6)
    ]
    front = FrontMatter(title="码头")
    bring(Document(front, (Chapter("", 0, tuple(turns)),)))
    episode = Episode.objects.get()
    joe = Person.objects.create(name="Joe Weiss", slug="joe-weiss")
    for turn in episode.turns.filter(label="Speaker A"):
        editing.save_turn(turn, version=turn.version, values={"speaker": joe}, by=None)
    more = TurnValue(label="Speaker A", text="多一句。", original="One more sentence from A.")
    renamed = [
        replace(turn, label=turn.label.replace("Bo Chen", "Bo Z. Chen")) for turn in [*turns, more]
    ]
    result = bring(Document(front, (Chapter("", 0, tuple(renamed)),)))
    assert result.outcome == "updated"
    assert not Conflict.objects.exists()
    assert episode.turns.filter(speaker=joe, label="Joe Weiss").count() == 7
    assert set(episode.turns.exclude(speaker=joe).values_list("label", flat=True)) == {"Bo Z. Chen"}


def test_a_turn_that_comes_back_is_found_in_the_edition_that_lacks_it():
    source = own_document()
    bring(source)
    episode = Episode.objects.get()
    turn = episode.turns.all()[4]
    cuts.remove(turn, version=turn.version, by=None)
    episode.refresh_from_db()
    publish_episode(episode)
    episode.refresh_from_db()
    gone = Turn.everything.get(uid=turn.uid)
    cuts.restore(gone, revision=episode.revision, after=episode.turns.all()[3].uid, by=None)
    episode.refresh_from_db()
    page = Client().get(f"/episodes/{episode.slug}/").content.decode()
    assert f'id="{turn.uid}"' in page
    assert load(episode).lands(turn.uid) == turn.uid
    publish_episode(episode, publisher=make_user("Publishers"))
    page = Client().get(f"/episodes/{episode.slug}/").content.decode()
    assert page.count(f'id="{turn.uid}"') == 1
