"""The working copy as a value, and a value as the working copy.

``load`` reads all of an episode that an import or a cut may change; ``write`` makes the rows what
another state says, touching only what differs, with one ChangeSet. The episode's row must be locked
by the caller, and all of it stands in the caller's transaction.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from episodes import aftermath, beside, recordings
from episodes.history import FieldChange, record
from episodes.loading import clash_of, field_value, load
from episodes.models import (
    ChangeSet,
    Chapter,
    Conflict,
    Episode,
    ImportRun,
    Source,
    SourceTurn,
    Turn,
    TurnOrigin,
    TurnRedirect,
)
from episodes.transcripts.comparing import VALUES
from episodes.transcripts.working import (
    Element,
    Heading,
    Key,
    Working,
    WorkingTurn,
)

__all__ = ["VALUES", "Act", "SetRows", "clash_of", "field_value", "load", "write"]

SetRows = Mapping[str, Mapping[str, Mapping[str, Any]]]  # set -> member's key -> columns
BATCH = 100  # rows of long texts in one statement


# --- Writing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes it, as what kind of act, and why."""

    act: str
    by: User | None = None
    why: str = ""
    run: ImportRun | None = None


def write(
    episode: Episode,
    before: Working,
    after: Working,
    act: Act,
    *,
    source: Source | None = None,
    rows: SetRows | None = None,
) -> ChangeSet | None:
    """Make the rows of a locked episode what ``after`` says; ``before`` is what they are.

    Speakers and members of sets are ids by now. ``source``: whose conflicts the new ones are.
    ``rows``: what a member of a set has besides (what the front matter wrote, a role).
    Returns the ChangeSet, None where no value changed; then the revision stays as well.
    """
    return _Writing(episode, before, after, act, source, rows or {}).done()


class _Writing:
    def __init__(
        self,
        episode: Episode,
        before: Working,
        after: Working,
        act: Act,
        source: Source | None,
        rows: SetRows,
    ) -> None:
        self.episode = episode
        self.before = before
        self.after = after
        self.act = act
        self.source = source
        self.set_rows = rows
        self.changes: list[FieldChange] = []
        self.headings: dict[int, int] = {}  # a heading's key -> its row

    def done(self) -> ChangeSet | None:
        flags = self.fields_and_sets()
        flags |= self.turns()
        self.origins()
        self.redirects()
        flags |= self.clashes()
        if not self.changes and not flags:
            return None
        self.episode.revision += 1
        self.episode.changed_at = timezone.now()
        self.episode.save(update_fields=["revision", "changed_at"])
        change_set = ChangeSet.objects.create(
            episode=self.episode,
            act=self.act.act,
            by=self.act.by,
            at=self.episode.changed_at,
            why=self.act.why.strip(),
            revision=self.episode.revision,
            run=self.act.run,
        )
        record(change_set, self.changes)
        aftermath.changed(self.episode)
        return change_set

    # --- The episode --------------------------------------------------------------------------

    def fields_and_sets(self) -> bool:
        target = f"episode:{self.episode.pk}"
        changed = []
        for name, value in self.after.fields.items():
            old = self.before.fields.get(name)
            if value != old:
                self.changes.append((target, name, old, value))
                wanted: Any = value
                if name == "date":
                    wanted = datetime.date.fromisoformat(str(value)) if value else None
                setattr(self.episode, name, wanted)
                changed.append(name)
        if "source_address" in changed:
            address = self.episode.source_address
            self.episode.recording = recordings.identify(address).identity
            changed.append("recording")
        removed = {name: sorted(keys) for name, keys in self.after.removed.items() if keys}
        if removed != self.episode.removed:
            self.episode.removed = removed
            changed.append("removed")
        if changed:
            self.episode.save(update_fields=changed)
        for name, keys in self.after.sets.items():
            if keys != self.before.sets.get(name, ()) or name in self.set_rows:
                old = beside.set_of(self.episode, name)
                beside.write_keys(self.episode, name, keys, self.set_rows.get(name, {}))
                new = beside.set_of(self.episode, name)
                if not beside.is_same_set(name, old, new):
                    self.changes.append((target, name, old, new))
        return False

    # --- Headings and turns --------------------------------------------------------------------

    def turns(self) -> bool:
        if self.before.elements == self.after.elements and (
            self.before.withdrawn == self.after.withdrawn
        ):
            return False
        chapters = self.chapters()
        rows = {turn.uid: turn for turn in Turn.everything.filter(episode=self.episode)}
        old = {turn.uid: turn for turn in self.before.turns()} | dict(self.before.withdrawn)
        added: list[Turn] = []
        updated: list[Turn] = []
        position = 0
        for chapter, turns in chapters:
            for value in turns:
                row = rows.get(value.uid) or Turn(episode=self.episode, uid=value.uid)
                placed = (chapter.pk, position, "")
                same_place = (row.chapter_id, row.position, row.gone) == placed
                if row.pk is None:
                    self.give(row, value)
                    added.append(row)
                    self.changes.append((f"turn:{value.uid}", "added", None, _as_history(value)))
                elif value != replace(old[value.uid], origins=value.origins):
                    self.change(row, old[value.uid], value)
                    updated.append(row)
                elif not same_place:
                    updated.append(row)
                row.chapter, row.position, row.gone = chapter, position, ""
                position += 1
        for uid, value in self.after.withdrawn.items():
            gone = rows.get(uid)
            if gone is None:
                continue
            before = old.get(uid)
            if before is None or not before.gone:
                to = self.after.redirects.get(uid)
                self.changes.append((f"turn:{uid}", "removed", _as_history(value), to))
            if before != replace(value, origins=before.origins if before else ()):
                self.give(gone, value)
                updated.append(gone)
            if chapters and all(gone.chapter_id != chapter.pk for chapter, _turns in chapters):
                gone.chapter = chapters[0][0]
                if gone not in updated:
                    updated.append(gone)
        Turn.everything.bulk_create(added, batch_size=BATCH)
        fields = [*VALUES, "speaker", "chapter", "position", "version"]
        fields += ["stale", "made_for", "unread", "read_version", "gone"]
        Turn.everything.bulk_create(  # as one statement a batch; bulk_update takes seconds
            updated,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=fields,
        )
        keep = [chapter.pk for chapter, _turns in chapters]
        Chapter.objects.filter(episode=self.episode).exclude(pk__in=keep).delete()
        self.order()
        return any(
            (value.stale, value.unread) != (old[value.uid].stale, old[value.uid].unread)
            for value in self.after.turns()
            if value.uid in old
        )

    def chapters(self) -> list[tuple[Chapter, list[WorkingTurn]]]:
        """The chapters of the new state in order, stored, each with its turns."""
        stored = {chapter.pk: chapter for chapter in self.episode.chapters.all()}
        top = next((each for each in stored.values() if not each.level), None)
        wanted: list[tuple[Chapter, list[WorkingTurn]]] = []
        keys: list[int | None] = []
        for element in self.after.elements:
            if isinstance(element, Heading):
                row = stored.get(element.key) or Chapter(episode=self.episode)
                self.heading(row, element)
                wanted.append((row, []))
                keys.append(element.key)
            else:
                if not wanted:
                    wanted.append((top or Chapter(episode=self.episode, level=0), []))
                    keys.append(None)
                wanted[-1][1].append(element)
        for pk, chapter in stored.items():
            if all(row.pk != pk for row, _turns in wanted) and chapter.level:
                self.changes.append((f"chapter:{pk}", "removed", chapter.title, None))
        current = [(row.pk, row.position) for row, _turns in wanted]
        if current != [(row.pk, place) for place, (row, _turns) in enumerate(wanted)]:
            shift = len(stored) + len(wanted) + 1  # out of the way of the unique positions
            for place, chapter in enumerate(stored.values()):
                Chapter.objects.filter(pk=chapter.pk).update(position=shift + place)
        for place, (row, _turns) in enumerate(wanted):
            row.position = place
            new = row.pk is None
            row.save()
            if new and row.level:
                self.changes.append((f"chapter:{row.pk}", "added", None, row.title))
            if keys[place] is not None:
                self.headings[int(keys[place] or 0)] = row.pk
        return wanted

    def heading(self, row: Chapter, wanted: Heading) -> None:
        if row.pk is not None:
            for name in ("title", "level"):
                if getattr(row, name) != getattr(wanted, name):
                    change = (getattr(row, name), getattr(wanted, name))
                    self.changes.append((f"chapter:{row.pk}", name, *change))
        row.title, row.level = wanted.title, wanted.level
        row.origins = [list(key) for key in wanted.origins]

    def give(self, row: Turn, value: WorkingTurn) -> None:
        for name in VALUES:
            setattr(row, name, getattr(value.value, name))
        row.kind = str(value.value.kind)
        row.speaker_id = int(value.speaker) if value.speaker else None
        row.stale, row.made_for = value.stale is not None, value.stale or ""
        row.unread, row.gone = value.unread, value.gone

    def change(self, row: Turn, old: WorkingTurn, new: WorkingTurn) -> None:
        changes: list[FieldChange] = []
        for name in VALUES:
            was, is_now = getattr(old.value, name), getattr(new.value, name)
            if was != is_now:
                changes.append((f"turn:{new.uid}", name, was, is_now))
        if old.speaker != new.speaker:
            before, after = (int(each.speaker) if each.speaker else None for each in (old, new))
            changes.append((f"turn:{new.uid}", "speaker", before, after))
        if old.gone:
            self.changes.append((f"turn:{new.uid}", "restored", None, _as_history(new)))
        self.give(row, new)
        if changes and row.read_version == row.version and not _touches_text(changes):
            row.read_version += 1
        row.version += bool(changes)
        self.changes += changes

    def order(self) -> None:
        """Record in which order turns and headings stood and stand, where one was moved."""
        old = [_history_name(each) for each in self.before.elements]
        new = [_history_name(each) for each in self.after.elements]
        both = set(old) & set(new)
        if [uid for uid in old if uid in both] != [uid for uid in new if uid in both]:
            self.changes.append((f"episode:{self.episode.pk}", "order", old, new))

    def origins(self) -> None:
        """Write which base turns each turn comes from, where that is not what is stored."""
        rows = dict(Turn.everything.filter(episode=self.episode).values_list("uid", "pk"))
        wanted: dict[int, list[Key]] = {}
        for value in (*self.after.turns(), *self.after.withdrawn.values()):
            if value.uid in rows:
                wanted[rows[value.uid]] = list(value.origins)
        stored: dict[int, list[Key]] = {}
        known = TurnOrigin.objects.filter(turn__episode=self.episode).order_by("order", "pk")
        for turn_id, *key in known.values_list(
            "turn_id", "source_turn__source_id", "source_turn__position"
        ):
            stored.setdefault(turn_id, []).append((key[0], key[1]))
        differing = [pk for pk, keys in wanted.items() if stored.get(pk, []) != keys]
        if not differing:
            return
        base = {
            (source_id, position): pk
            for pk, source_id, position in SourceTurn.objects.filter(
                source__episode=self.episode
            ).values_list("pk", "source_id", "position")
        }
        if any(pk in stored for pk in differing):
            TurnOrigin.objects.filter(turn__in=differing).delete()
        TurnOrigin.objects.bulk_create(
            [
                TurnOrigin(turn_id=pk, source_turn_id=base[key], order=order)
                for pk in differing
                for order, key in enumerate(wanted[pk])
                if key in base
            ],
            batch_size=500,
        )

    def redirects(self) -> None:
        """Write where addresses lead. None is taken away: an edition that lacks a turn which stands
        again still needs it (``publishing.anchors``)."""
        if self.before.redirects == self.after.redirects:
            return
        rows = TurnRedirect.objects.filter(episode=self.episode)
        stored = dict(rows.values_list("old_uid", "new_uid"))
        for uid, to in self.after.redirects.items():
            if stored.get(uid, to) != to:
                rows.filter(old_uid=uid).update(new_uid=to)
        TurnRedirect.objects.bulk_create(
            [
                TurnRedirect(episode=self.episode, old_uid=uid, new_uid=to)
                for uid, to in self.after.redirects.items()
                if uid not in stored
            ]
        )

    # --- Conflicts ----------------------------------------------------------------------------

    def clashes(self) -> bool:
        old = {clash.place: clash for clash in self.before.clashes}
        new = {clash.place: clash for clash in self.after.clashes}
        if old == new:
            return False
        rows = {
            clash_of(row).place: row
            for row in Conflict.objects.filter(episode=self.episode, decided_at__isnull=True)
        }
        for place, row in rows.items():
            if place not in new:
                self.close(row)
        made = []
        for place, clash in new.items():
            if place in rows and clash == old.get(place):
                continue
            row = rows.get(place) or Conflict(episode=self.episode, source=self.source)
            row.kind, row.field = clash.kind.value, clash.field
            row.target = self.target(clash.target)
            row.base, row.theirs, row.proposal = clash.base, clash.theirs, clash.proposal
            row.uids = list(clash.uids)
            row.run = self.act.run or row.run
            if row.pk:
                row.source = self.source or row.source
                row.save()
            else:
                made.append(row)
        Conflict.objects.bulk_create(made)
        return True

    def target(self, target: str) -> str:
        kind, _colon, key = target.partition(":")
        if kind != "heading":
            return target
        return f"chapter:{self.headings.get(int(key), int(key))}"

    def close(self, row: Conflict) -> None:
        """End a conflict that no longer is one; a decision by a person is written by ``deciding``."""
        row.choice, row.decided_at, row.decided_by = "settled", timezone.now(), self.act.by
        row.save(update_fields=["choice", "decided_at", "decided_by"])


def _history_name(element: Element) -> str:
    return f"chapter:{element.key}" if isinstance(element, Heading) else element.uid


def _as_history(value: WorkingTurn) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(value.value, name) for name in VALUES}
    values["kind"] = str(value.value.kind)
    return {**values, "speaker": int(value.speaker) if value.speaker else None}


def _touches_text(changes: Iterable[FieldChange]) -> bool:
    return any(field in ("text", "original") for _target, field, _old, _new in changes)
