"""Every change of a working copy by a person: checked against what stands now, then recorded.

A form carries only the version it was opened on. What stood then is worked out from the history, so
that a save that comes late is merged field by field, and running text by whole sentences (MERGING
§6); where both sides changed the same, nothing is written and ``Stale`` holds both texts. Each save
that changes something is one ChangeSet, raises the episode's revision by one and a turn's version by
one, and settles the conflicts about what it wrote as the source has it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import aftermath, beside, recordings
from episodes.history import FieldChange, record
from episodes.models import (
    Change,
    ChangeSet,
    Chapter,
    Episode,
    EpisodeOldSlug,
    Person,
    PublishedEpisode,
    Turn,
)
from episodes.models.history import Act
from episodes.models.working import Kind, Provenance
from episodes.names import SlugRefused
from episodes.settling import settle
from episodes.speaker_labels import following_label
from episodes.transcripts.characters import tidy_line, tidy_text
from episodes.transcripts.merging import How, merge_text

__all__ = [
    "EPISODE_FIELDS",
    "Invalid",
    "Stale",
    "Vanished",
    "save_chapter",
    "save_episode",
    "save_turn",
    "tidy_turn",
]

TURN_FIELDS = ("speaker", "label", "original_label", "kind", "text", "original", "start", "end")
PROSE = ("summary", "insight", "rights")
LINES = (
    "title",
    "original_title",
    "source_address",
    "audio_url",
    "channel",
    "author",
    "guest",
    "area",
    "category",
    "series",
    "language",
    "original_language",
    "original_provenance",
    "translation_provenance",
    "revised_by",
)
MERGED_BY_SENTENCE = frozenset({"text", "original", *PROSE})
EPISODE_FIELDS = (*LINES, *PROSE, "date", "slug", *beside.SETS)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Invalid(ValueError):
    """A value that a field cannot hold; ``str(error)`` is a sentence, ``field`` the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Stale(Exception):
    """Somebody else changed the same fields since the form was opened; nothing was written.

    ``current`` is the row as it stands, ``mine`` what was to be saved, ``base`` what stood when the
    form was opened (None where the history does not tell), ``fields`` those that both changed.
    """

    def __init__(
        self,
        current: Turn | Episode,
        mine: dict[str, Any],
        base: dict[str, Any] | None,
        fields: tuple[str, ...],
    ) -> None:
        super().__init__(", ".join(fields))
        self.current = current
        self.mine = mine
        self.base = base
        self.fields = fields


class Vanished(Exception):
    """The turn was taken out or merged into another one since the form was opened; nothing was
    written. ``turn`` is its row, which stays."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn.uid)
        self.turn = turn


def _merged(
    values: Mapping[str, Any],
    now: Mapping[str, Any],
    base: Mapping[str, Any] | None,
    same: Callable[[str, Any, Any], bool],
) -> tuple[dict[str, Any], tuple[str, ...], bool]:
    """What to write of ``values``, the fields that both sides changed otherwise, and whether a text
    is made of sentences of both."""
    write: dict[str, Any] = {}
    clashes = []
    mixed = False
    for name, mine in values.items():
        if same(name, mine, now[name]):
            continue
        if base is None:
            clashes.append(name)
        elif same(name, mine, base[name]):
            continue  # only the others changed it
        elif same(name, now[name], base[name]):
            write[name] = mine
        elif name not in MERGED_BY_SENTENCE:
            clashes.append(name)
        else:
            met = merge_text(base[name], now[name], mine)
            if met.how is How.CONFLICT:
                clashes.append(name)
            elif tidy_text(met.value) != now[name]:
                write[name] = tidy_text(met.value)
                mixed = mixed or met.how is How.MERGED
    return write, tuple(clashes), mixed


def _equal(_name: str, one: Any, other: Any) -> bool:
    return bool(one == other)


def _write_history(
    episode: Episode, changes: list[FieldChange], by: User | None, why: str
) -> ChangeSet:
    """Record one save: the change set, its changes, the episode's revision. The row is locked."""
    episode.revision += 1
    episode.changed_at = timezone.now()
    episode.save(update_fields=["revision", "changed_at"])
    change_set = ChangeSet.objects.create(
        episode=episode,
        act=Act.SAVE,
        by=by,
        at=episode.changed_at,
        why=why.strip(),
        revision=episode.revision,
    )
    record(change_set, changes)
    settle(change_set, changes[0][0], changes)
    aftermath.changed(episode)
    return change_set


# --- A turn -----------------------------------------------------------------------------------


def save_turn(
    turn: Turn, *, version: int, values: Mapping[str, Any], by: User | None, why: str = ""
) -> Turn:
    """Save what an editor changed of a turn, and return the turn as it is then.

    ``values`` holds any of speaker (Person or None), label, original_label, kind, text, original,
    start, end (milliseconds or None). Raises Stale, Vanished and Invalid. The same values write
    nothing. Whoever writes the translation of what stands has read it: it is no longer stale or
    unread. A text made of sentences of two people is unread; a late save, whose writer saw neither
    the new original nor the mark, takes no mark away.
    """
    mine = {name: _turn_value(name, value) for name, value in values.items()}
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=turn.episode_id)
        current = Turn.everything.select_related("speaker").get(pk=turn.pk)
        current.episode = episode
        if current.gone:
            raise Vanished(current)
        now = {name: getattr(current, name) for name in TURN_FIELDS}
        on_time = version == current.version
        base = now if on_time else _turn_base(current, version, now)
        write, clashes, mixed = _merged(mine, now, base, _equal)
        if clashes:
            raise Stale(current, mine, base, clashes)
        _follow_speaker(current, write, mine)
        _check_times(write.get("start", current.start), write.get("end", current.end))
        marks: dict[str, Any] = {}
        if mixed:
            marks = {"unread": True}
        elif "text" in write and on_time:
            marks = {"stale": False, "made_for": "", "unread": False}
        if write:
            _write_turn(current, write, marks, by, why)
    return current


def tidy_turn(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new turn's values, named as for :func:`save_turn`, as they are stored.

    Raises Invalid.
    """
    tidy = {name: _turn_value(name, value) for name, value in values.items()}
    _check_times(tidy.get("start"), tidy.get("end"))
    return tidy


def _check_times(start: int | None, end: int | None) -> None:
    if start is not None and end is not None and end < start:
        raise Invalid("end", _("The turn ends before it starts."))


def _turn_value(name: str, value: Any) -> Any:
    if name in ("text", "original"):
        return tidy_text(str(value or ""))
    if name in ("label", "original_label"):
        return _fitting(Turn, name, tidy_line(str(value or "")))
    if name == "kind":
        return str(Kind(value))
    if name in ("start", "end"):
        if value is not None and not 0 <= value < 2**31:
            raise Invalid(name, _("This is no time in a recording."))
        return value
    if name == "speaker":
        return value
    raise TypeError(f"a turn has no field {name!r} to save")


def _fitting(model: type[Turn] | type[Episode] | type[Chapter], name: str, text: str) -> str:
    limit: int | None = getattr(model._meta.get_field(name), "max_length", None)
    if limit is not None and len(text) > limit:
        message = _("At most %(limit)s characters fit in here, these are %(count)s.")
        raise Invalid(name, message % {"limit": limit, "count": len(text)})
    return text


def _turn_base(turn: Turn, version: int, now: dict[str, Any]) -> dict[str, Any] | None:
    """The turn's values at a version: the old values of the changes since, the earliest first."""
    since = turn.version - version
    if since < 0:
        return None
    acts: list[int] = []
    base = dict(now)
    rows = Change.objects.filter(target=f"turn:{turn.uid}", field__in=TURN_FIELDS).order_by("-id")
    for change in rows.iterator(chunk_size=100):
        if change.change_set_id not in acts:
            if len(acts) == since:
                break
            acts.append(change.change_set_id)
        base[change.field] = change.old
    if len(acts) < since:
        return None
    if isinstance(base["speaker"], int):
        base["speaker"] = Person.objects.filter(pk=base["speaker"]).first()
    return base


def _follow_speaker(turn: Turn, write: dict[str, Any], mine: Mapping[str, Any]) -> None:
    """A corrected speaker corrects the label too, so that an export carries the correction."""
    if "speaker" not in write or "label" in mine:
        return
    label = following_label(turn.label, turn.speaker, write["speaker"])
    if label != turn.label:
        write["label"] = label


def _write_turn(
    turn: Turn, write: dict[str, Any], marks: dict[str, Any], by: User | None, why: str
) -> None:
    changes: list[FieldChange] = [
        (f"turn:{turn.uid}", name, _stored(getattr(turn, name)), _stored(value))
        for name, value in write.items()
    ]
    if turn.read_version == turn.version and not {"text", "original"} & write.keys():
        marks = {**marks, "read_version": turn.version + 1}
    updated = Turn.objects.filter(pk=turn.pk, version=turn.version).update(
        **write, **marks, version=turn.version + 1
    )
    if not updated:  # the episode's row was locked, so nobody can have
        raise RuntimeError(f"{turn.uid} was changed outside of its episode's lock")
    for name, value in (write | marks).items():
        setattr(turn, name, value)
    turn.version += 1
    _write_history(turn.episode, changes, by, why)


def _stored(value: Any) -> Any:
    """A value as JSON: a person's id, a date in ISO."""
    if isinstance(value, Person):
        return value.pk
    return value.isoformat() if isinstance(value, datetime.date) else value


# --- A chapter --------------------------------------------------------------------------------


def save_chapter(chapter: Chapter, *, title: str, by: User | None, why: str = "") -> Chapter:
    """Save a chapter's title; the same title writes nothing. Raises Invalid."""
    title = _fitting(Chapter, "title", tidy_line(title))
    with transaction.atomic():
        episode = Episode.objects.select_for_update().get(pk=chapter.episode_id)
        current = Chapter.objects.get(pk=chapter.pk)
        current.episode = episode
        if current.title != title:
            change = (f"chapter:{current.pk}", "title", current.title, title)
            current.title = title
            current.save(update_fields=["title"])
            _write_history(episode, [change], by, why)
    return current


# --- The episode ------------------------------------------------------------------------------


def save_episode(
    episode: Episode, *, revision: int, values: Mapping[str, Any], by: User | None, why: str = ""
) -> Episode:
    """Save what an editor changed of an episode's metadata, and return it as it is then.

    ``values`` holds any of ``EPISODE_FIELDS``: texts, ``date`` (a date, ISO text or None), ``slug``,
    ``tags`` and ``projects`` (names in order), ``appearances`` ((person, role) in order),
    ``organisations``, ``products``, ``works`` (records in order). Raises Stale, Invalid and
    SlugRefused. The same values write nothing.
    """
    mine = {name: _episode_value(name, value) for name, value in values.items()}
    with transaction.atomic():
        current = Episode.objects.select_for_update().get(pk=episode.pk)
        now = {
            name: beside.set_of(current, name) if name in beside.SETS else getattr(current, name)
            for name in mine
        }
        base = now if revision == current.revision else _episode_base(current, revision, now)
        write, clashes, _mixed = _merged(mine, now, base, _same)
        if clashes:
            raise Stale(current, mine, base, clashes)
        if write:
            _write_episode(current, write, now, by, why)
    return current


def _same(name: str, one: Any, other: Any) -> bool:
    if name in beside.SETS:
        return beside.is_same_set(name, one, other)
    return bool(one == other)


def _episode_value(name: str, value: Any) -> Any:
    if name in beside.SETS:
        return beside.as_history(name, value)
    if name in PROSE:
        return tidy_text(str(value or ""))
    if name in ("original_provenance", "translation_provenance"):
        return str(Provenance(value or ""))
    if name in LINES:
        return _fitting(Episode, name, tidy_line(str(value or "")))
    if name == "date":
        return (
            datetime.date.fromisoformat(value)
            if value and isinstance(value, str)
            else value or None
        )
    if name == "slug":
        return str(value)
    raise TypeError(f"an episode has no field {name!r} to save")


def _episode_base(episode: Episode, revision: int, now: dict[str, Any]) -> dict[str, Any] | None:
    """The values at a revision: the old values of the changes since, the earliest first."""
    if revision > episode.revision:
        return None
    base = dict(now)
    rows = Change.objects.filter(
        target=f"episode:{episode.pk}", field__in=list(now), change_set__revision__gt=revision
    )
    for change in rows.order_by("-id"):
        base[change.field] = change.old
    if isinstance(base.get("date"), str):
        base["date"] = datetime.date.fromisoformat(base["date"])
    return base


def _write_episode(
    episode: Episode, write: dict[str, Any], now: Mapping[str, Any], by: User | None, why: str
) -> None:
    if "slug" in write:
        _move_slug(episode, write["slug"])
    fields = [name for name in write if name not in beside.SETS]
    for name in fields:
        setattr(episode, name, write[name])
    if "source_address" in write:
        episode.recording = recordings.identify(episode.source_address).identity
        fields.append("recording")
    if fields:
        episode.save(update_fields=fields)
    for name in beside.SETS:
        if name in write:
            beside.write_set(episode, name, write[name])
    changes: list[FieldChange] = [
        (f"episode:{episode.pk}", name, _stored(now[name]), _stored(value))
        for name, value in write.items()
    ]
    _write_history(episode, changes, by, why)


def _move_slug(episode: Episode, slug: str) -> None:
    """Refuse a slug that cannot be had; keep the old one as a redirect."""
    if len(slug) > 80 or not _SLUG.fullmatch(slug) or re.fullmatch(r"v[0-9]+", slug):
        message = _(
            "A slug is made of a–z, 0–9 and single hyphens, at most 80, not “v” and a number."
        )
        raise SlugRefused(message)
    taken = (
        Episode.objects.filter(slug=slug).exclude(pk=episode.pk).exists()
        or EpisodeOldSlug.objects.filter(slug=slug).exclude(target=episode).exists()
        or PublishedEpisode.objects.filter(slug=slug).exclude(episode=episode).exists()
    )
    if taken:
        raise SlugRefused(_("The slug “%(slug)s” is in use already.") % {"slug": slug})
    EpisodeOldSlug.objects.filter(slug=slug, target=episode).delete()
    EpisodeOldSlug.objects.create(slug=episode.slug, target=episode)
