"""Taking back what was done to the turns of an episode, as long as nothing else concerns them since.

An act fills a ``Memory`` (``cuts``, ``reassigning``, ``editing`` by :func:`remember_title`); whoever
did it keeps that as an :class:`Undoable`. Taking back is an act of its own, with a row in the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from episodes import cuts, states
from episodes.models import Change, Chapter, Episode, Turn
from episodes.models.history import Act
from episodes.transcripts.undoing import Memory, taken_back

__all__ = ["Undoable", "possible", "remember_title", "take_back"]


@dataclass
class Undoable:
    """An act that can be taken back; all of it is JSON.

    ``what`` names the kind of act, ``permissions`` are what it took. ``passed`` are revisions after
    it whose acts were taken back again, and those that took them back.
    """

    episode: int
    what: str
    permissions: list[str]
    revision: int
    patch: dict[str, Any]
    was: dict[str, int]
    versions: dict[str, int]
    passed: list[int] = field(default_factory=list)

    @classmethod
    def of(
        cls, episode: Episode, what: str, memory: Memory, permissions: Iterable[str]
    ) -> Undoable | None:
        """What a memory holds, None where nothing was changed."""
        if not memory.revision or not memory.patch:
            return None
        return cls(episode.pk, what, list(permissions), **asdict(memory))

    def permitted(self, user: User) -> bool:
        """Whether a person may do this kind of act, and so take it back."""
        return user.has_perms([f"episodes.{name}" for name in self.permissions])


def remember_title(chapter: Chapter, before: str) -> Memory:
    """Return what a chapter's new title leaves for its undo; ``before`` is the old one."""
    if chapter.title == before:
        return Memory()
    titles = {str(chapter.pk): [before, chapter.title]}
    return Memory(chapter.episode.revision, {"titles": titles})


def possible(episode: Episode, act: Undoable) -> bool:
    """Tell whether nothing that the act concerned has changed since. At most three queries."""
    return episode.revision == act.revision or not _touched(episode, act)


def _touched(episode: Episode, act: Undoable) -> bool:
    rows = Turn.everything.filter(episode=episode, uid__in=list(act.versions))
    if dict(rows.values_list("uid", "version")) != act.versions:
        return True
    titles = {key: title for key, (_before, title) in act.patch.get("titles", {}).items()}
    chapters = episode.chapters.filter(pk__in=list(titles)).values_list("pk", "title")
    if {str(pk): title for pk, title in chapters} != titles:
        return True
    if "order" not in act.patch:
        return False
    since = Change.objects.filter(
        change_set__episode=episode,
        change_set__revision__gt=act.revision,
        field__in=cuts.ORDER,
    )
    return since.exclude(change_set__revision__in=act.passed).exists()


def take_back(
    episode: Episode, act: Undoable, *, by: User, earlier: Iterable[Undoable] = ()
) -> Episode:
    """Make what an act concerned what it was before, and return the episode as it is then.

    ``earlier`` are acts on the episode before this one: they are told, so that they can be taken back
    after it. Raises ``cuts.Refused`` (nothing was written) and PermissionDenied.
    """
    if not act.permitted(by) or act.episode != episode.pk:
        raise PermissionDenied
    with transaction.atomic():
        current = Episode.objects.select_for_update().get(pk=episode.pk)
        if not possible(current, act):
            message = _(
                "This can no longer be taken back in one step: the same turns, or their order, "
                "have been changed since. The history has what stood there before."
            )
            raise cuts.Refused("stale", message)
        before = states.load(current)
        after = taken_back(before, act.patch)
        why = _("Taken back: revision %(number)s.") % {"number": act.revision}
        states.write(current, before, after, states.Act(Act.SAVE, by, why))
        rows = Turn.everything.filter(episode=current, uid__in=list(act.versions))
        versions: dict[str, int] = dict(rows.values_list("uid", "version"))
    for each in earlier:
        each.passed += [act.revision, *act.passed, current.revision]
        for uid, version in each.versions.items():
            if uid in versions and act.was.get(uid) == version:
                each.versions[uid] = versions[uid]
    return current
