"""Rows made directly, for tests of what stands below imports and editing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User

from episodes.models import Change, ChangeSet, Chapter, Episode, Turn
from episodes.models.history import Act

__all__ = ["change", "episode", "user"]

STEPS = ("submit_episode", "publish_episode", "archive_episode")


def user(name: str, *codenames: str, superuser: bool = False) -> User:
    """Return an active staff user with just these permissions of ``episodes``."""
    made = User.objects.create_user(name, is_staff=True, is_superuser=superuser)
    for codename in codenames:
        made.user_permissions.add(
            Permission.objects.get(codename=codename, content_type__app_label="episodes")
        )
    return made


def episode(slug: str = "a-talk", *texts: str, **values: Any) -> Episode:
    """Return a draft with one chapter and a turn for each text; revision 1."""
    made = Episode.objects.create(slug=slug, **{"title": "一次谈话", **values})
    chapter = Chapter.objects.create(episode=made, position=0, title="开始", level=3)
    for position, text in enumerate(texts or ("你好。", "再见。")):
        Turn.objects.create(episode=made, chapter=chapter, position=position, text=text)
    return made


def change(made: Episode, by: User | None, text: str) -> None:
    """Change the first turn's text as an act of ``by``: a revision and a change set more."""
    turn = made.turns.order_by("position")[0]
    turn.text = text
    turn.save(update_fields=["text"])
    made.revision += 1
    made.save(update_fields=["revision"])
    act = ChangeSet.objects.create(episode=made, act=Act.SAVE, by=by, revision=made.revision)
    Change.objects.create(change_set=act, target=f"turn:{turn.uid}", field="text", new=text)
