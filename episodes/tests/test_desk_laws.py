"""The laws of MERGING §7 through the database: random histories of one episode, act by act.

The pure histories (``transcripts/histories``) are many; these few show that the tables keep what the
values promise: rows, history, redirects, the base and the conflicts.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from episodes import cuts, editing, reimports
from episodes.imports import Incoming, import_document
from episodes.models import (
    Change,
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
from episodes.readings import base_of
from episodes.states import load
from episodes.tests.test_reimports import own_document, state, with_turns
from episodes.transcripts import markdown
from episodes.transcripts.document import Turn as TurnValue
from episodes.transcripts.sentences import split_sentences

pytestmark = pytest.mark.django_db

HISTORIES = 120
STEP = 20
ELSEWHERE = 2  # steps on another database than SQLite, where CI runs them besides


def sentences(text: str) -> list[str]:
    return [each.text for each in split_sentences(text) if each.text.strip()]


class Desk:
    """An episode, its source's file, and what an editor wrote."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.address = f"history-{seed}.md"
        source = own_document(self.random.randint(5, 9), seed)
        self.source = replace(source, front=replace(source.front, source=""))
        self.number = 0
        self.mine: set[str] = set()
        self.runs: list[int] = []
        self.after: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.bring()
        self.episode = Episode.objects.order_by("-pk").first()
        self.evidence = self.rows()

    def rows(self) -> dict[str, list[Any]]:
        """What is only ever added to: snapshots and history."""
        return {
            "snapshots": list(Snapshot.objects.order_by("pk").values_list("pk", "sha256")),
            "sets": list(
                ChangeSet.objects.order_by("pk").values_list("pk", "act", "at", "revision")
            ),
            "changes": list(
                Change.objects.order_by("pk").values_list("pk", "target", "field", "old", "new")
            ),
        }

    def fresh(self, what: str) -> str:
        self.number += 1
        return f"{what}{self.number}句。"

    def bring(self) -> str:
        text = f"{markdown.write(self.source)}"
        result = import_document(Incoming(text.encode(), self.address))
        self.last = result
        return result.outcome

    # --- Acts ---------------------------------------------------------------------------------

    def edit(self) -> None:
        turn = self.random.choice(list(self.episode.turns.all()))
        found = sentences(turn.text)
        new = self.fresh("编辑写的")
        at = self.random.randrange(len(found) + 1)
        gone = set(found[at : at + 1]) if self.random.random() < 0.5 else set()
        found[at : at + len(gone)] = [new]
        self.save(turn, {"text": "".join(found)})
        self.mine = (self.mine - gone) | {new}

    def speaker(self) -> None:
        turn = self.random.choice(list(self.episode.turns.all()))
        self.save(turn, {"speaker": self.random.choice(list(Person.objects.all()))})

    def save(self, turn: Turn, values: dict[str, Any]) -> None:
        editing.save_turn(turn, version=turn.version, values=values, by=None)

    def stale_save(self) -> None:
        """Two people at one turn: law 8."""
        turn = self.random.choice(list(self.episode.turns.all()))
        first, second = self.fresh("先存的"), self.fresh("后存的")
        self.save(turn, {"text": f"{first}{turn.text}"})
        try:
            saved = editing.save_turn(
                turn, version=turn.version, values={"text": f"{turn.text}{second}"}, by=None
            )
        except editing.Stale as stale:
            kept = str(stale.mine["text"])
        else:
            kept = saved.text
            self.mine |= {second}
        assert second in kept, "typed text is lost"
        self.mine |= {first}

    def cut(self) -> None:
        turns = list(self.episode.turns.all())
        turn = self.random.choice(turns)
        self.episode.refresh_from_db()
        revision = self.episode.revision
        how = self.random.choice(("split", "merge", "move", "insert", "remove"))
        try:
            if how == "split":
                half = turn.text.find("。") + 1, turn.original.find(". ") + 1
                cuts.split(
                    turn, version=turn.version, text_at=half[0], original_at=half[1], by=None
                )
            elif how == "merge":
                following = turns[(turns.index(turn) + 1) % len(turns)]
                cuts.merge(
                    turn,
                    version=turn.version,
                    following=following.uid,
                    following_version=following.version,
                    by=None,
                )
            elif how == "move":
                after = self.random.choice(turns).uid
                cuts.move(turn, revision=revision, after=after, by=None)
            elif how == "insert":
                text = self.fresh("编辑加的")
                cuts.insert(
                    self.episode,
                    revision=revision,
                    after=turn.uid,
                    values={"text": text, "kind": "speech"},
                    by=None,
                )
                self.mine.add(text)
            elif len(turns) > 3:
                cuts.remove(turn, version=turn.version, by=None)
                self.mine -= set(sentences(turn.text))
        except cuts.Refused:
            pass

    def change_source(self) -> None:
        self.source = with_turns(self.source, self.changed)

    def changed(self, turns: list[TurnValue]) -> list[TurnValue]:
        at = self.random.randrange(len(turns))
        turn = turns[at]
        how = self.random.choice(("text", "original", "add", "drop", "move", "merge", "label"))
        if how == "text":
            found = sentences(turn.text) or [""]
            found[self.random.randrange(len(found))] = self.fresh("源改的")
            turns[at] = replace(turn, text="".join(found))
        elif how == "original":
            turns[at] = replace(turn, original=turn.original.replace("crane", "vessel"))
        elif how == "add":
            words = f"Something entirely new is said {self.fresh('')}".replace("句。", ".")
            new = TurnValue(label=turn.label, text=self.fresh("源加的"), original=words)
            turns.insert(at + 1, new)
        elif how == "drop" and len(turns) > 4:
            del turns[at]
        elif how == "move":
            turns.insert(self.random.randrange(len(turns)), turns.pop(at))
        elif how == "merge" and at + 1 < len(turns):
            other = turns[at + 1]
            original = f"{turn.original} {other.original}".strip()
            turns[at : at + 2] = [replace(turn, text=turn.text + other.text, original=original)]
        elif how == "label":
            turns[at] = replace(turn, label=turns[0].label)
        return turns

    def import_now(self) -> None:
        before, live = state(self.episode), self.live()
        outcome = self.bring()
        if outcome == "held":
            assert state(self.episode) == before
            reason = {"reason": "a law is tried"}
            text = markdown.write(self.source)
            self.last = import_document(Incoming(text.encode(), self.address), **reason)
        assert self.mine & live <= self.live(), "an editor's sentence is lost"
        after = state(self.episode)
        assert self.bring() == "unchanged"
        assert state(self.episode) == after, "the same bytes again write something"
        source = Source.objects.get(episode=self.episode)
        given = [(turn.text, turn.original) for turn in self.source.turns()]
        base = [(each.value.text, each.value.original) for each in base_of(source).turns]
        assert base == given, "the base is not what the source says"
        run = ImportRun.objects.get(pk=self.last.run_id)
        if run.state == "applied":
            self.runs.append(run.pk)
            self.after[run.pk] = (before, after)

    def take_back(self) -> None:
        if not self.runs:
            return
        run = self.runs.pop()
        before, after = self.after[run]
        now = state(self.episode)
        reimports.take_back(ImportRun.objects.get(pk=run), by=None)
        if now == after:
            assert state(self.episode) == before, "undoing is not exact"

    def live(self) -> set[str]:
        return {each for turn in self.episode.turns.all() for each in sentences(turn.text)}

    # --- Laws of every moment -------------------------------------------------------------------

    def check(self) -> None:
        rows = self.rows()
        for name, known in self.evidence.items():
            assert rows[name][: len(known)] == known, f"{name} were changed"
        self.evidence = rows
        self.episode.refresh_from_db()
        working = load(self.episode)
        for uid in Turn.everything.filter(episode=self.episode).values_list("uid", flat=True):
            assert working.lands(uid), f"{uid} leads nowhere"
        positions = list(self.episode.turns.values_list("position", flat=True))
        assert positions == list(range(len(positions)))
        open_ones = Conflict.objects.filter(episode=self.episode, decided_at=None)
        standing = {f"turn:{turn.uid}" for turn in working.turns()}
        for target in open_ones.values_list("target", flat=True):
            assert not target.startswith("turn:") or target in standing
        assert SourceTurn.objects.filter(source__episode=self.episode).count() == len(
            base_of(Source.objects.get(episode=self.episode)).turns
        )


ACTS: tuple[Callable[[Desk], None], ...] = (
    *(Desk.edit,) * 3,
    *(Desk.cut,) * 2,
    Desk.speaker,
    Desk.stale_save,
    *(Desk.change_source,) * 3,
    *(Desk.import_now,) * 4,
    Desk.take_back,
)


def run(seed: int) -> None:
    desk = Desk(seed)
    for _each in range(desk.random.randint(3, 7)):
        desk.random.choice(ACTS)(desk)
        desk.check()
    desk.change_source()
    desk.import_now()
    desk.check()


@pytest.mark.parametrize("start", range(0, HISTORIES, STEP))
def test_the_laws_hold_through_the_database(start: int) -> None:
    if connection.vendor != "sqlite" and start >= ELSEWHERE * STEP:
        pytest.skip("SQLite runs all of them")
    for seed in range(start, start + STEP):
        try:
            run(seed)
        except AssertionError as error:
            pytest.fail(f"history {seed}: {error}")
