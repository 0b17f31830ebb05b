"""What tests begin with: users of the two groups, a transcript as text, an imported episode."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group, User

from episodes import workflow
from episodes.imports import Incoming, import_document
from episodes.models import Edition, Episode, Status
from episodes.transcripts import markdown
from episodes.transcripts.document import Chapter, Document, FrontMatter, Turn, TurnKind

__all__ = ["complete", "make_episode", "make_user", "publish_episode", "transcript"]

_numbers = itertools.count(1)

TURNS = (
    ("Mara Quill", "欢迎收听，今天我们谈港口。", "Welcome. Today we talk about ports."),
    (
        "Ingrid Solberg",
        "谢谢邀请。**吊车**（Crane: 装卸货物的机器）很重要。",
        "Thank you. Cranes matter.",
    ),
    ("Mara Quill", "为什么？", "Why?"),
)


def make_user(group: str = "Editors", username: str = "", **fields: Any) -> User:
    """Return a new member of staff of a group ("Editors", "Publishers", "" for none).

    Without ``password`` nobody can log in as them but by ``client.force_login``: hashing is slow.
    """
    username = username or f"{(group or 'nobody').lower()}-{next(_numbers)}"
    user = User.objects.create_user(username=username, **{"is_staff": True, **fields})
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def transcript(
    turns: Sequence[tuple[str, str, str]] = TURNS,
    *,
    chapter: str = "港口",
    **front: Any,
) -> str:
    """Return annotated Markdown: turns are (label, translation, original), no label is narration.

    ``front`` sets fields of ``FrontMatter``; lists as any sequence.
    """
    values: dict[str, Any] = {
        "title": "港口与吊车",
        "date": "2025-03-01",
        "channel": "Harbour Talk",
        "people": ("Mara Quill",),
        **front,
    }
    values = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    spoken = tuple(
        Turn(TurnKind.SPEECH if label else TurnKind.NARRATION, label, text, original)
        for label, text, original in turns
    )
    return markdown.write(
        markdown.normalise(Document(FrontMatter(**values), (Chapter(chapter, 3, spoken),)))
    )


def complete(**front: Any) -> dict[str, Any]:
    """Return front matter of which no check says that something is missing; for TURNS and the like."""
    return {
        "people": ("Mara Quill", "Ingrid Solberg"),
        "guest": "Ingrid Solberg",
        "summary": "港口如何运作。",
        "source": f"https://example.org/{next(_numbers)}",
        **front,
    }


def make_episode(
    text: str | bytes = "",
    *,
    address: str = "",
    slug: str = "",
    as_: str = "",
    by: User | None = None,
    turns: Sequence[tuple[str, str, str]] = TURNS,
    **front: Any,
) -> Episode:
    """Import a transcript and return its episode, a draft.

    ``text`` is the Markdown itself; without it ``turns`` and ``front`` make one (see
    ``transcript``). Each episode has an address of its own unless ``address`` is given.
    """
    number = next(_numbers)
    front.setdefault("extra", (("number", number),))
    data = text or transcript(turns, **front)
    result = import_document(
        Incoming(
            data=data.encode() if isinstance(data, str) else data,
            address=address or f"episode-{number}.md",
        ),
        by=by,
        slug=slug,
        as_=as_,
    )
    assert result.episode_id is not None, result.message
    return Episode.objects.get(pk=result.episode_id)


def publish_episode(
    episode: Episode, *, editor: User | None = None, publisher: User | None = None
) -> Edition:
    """Submit a draft by one user and publish it by another; the episode is refreshed."""
    editor = editor or make_user("Editors")
    publisher = publisher or make_user("Publishers")
    if episode.status == Status.DRAFT:
        workflow.transition(episode, Status.REVIEW, editor, "")
        episode.refresh_from_db()
    edition = workflow.publish(episode, publisher, "")
    episode.refresh_from_db()
    return edition
