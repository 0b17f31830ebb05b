"""Load the samples into an empty database, and take them out again.

The addresses of the samples' sources begin with ``samples/``; that is how ``remove`` knows them.
"""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.models import Group, User
from django.db import transaction

from episodes import workflow
from episodes.editing import save_episode, save_turn
from episodes.imports import Incoming, import_document
from episodes.models import (
    NAMED_MODELS,
    Edition,
    Episode,
    ImportRun,
    Project,
    PublishedEpisode,
    Status,
    Tag,
    Turn,
)

__all__ = ["NotEmpty", "is_empty", "load", "remove"]

PREFIX = "samples/"
TEXTS = Path(__file__).parent / "texts"
PATHS: dict[str, tuple[Status, ...]] = {
    "deep-cables": (Status.REVIEW, Status.EVERGREEN, Status.ARCHIVED),
    "harbour-cranes": (Status.REVIEW, Status.EVERGREEN),
    "sodium-batteries": (Status.REVIEW, Status.EVERGREEN),
    "seed-library": (Status.REVIEW,),
    "night-trains": (),
    "bakery-sums": (),
}
PROVENANCE = {"original_provenance": "automatic", "translation_provenance": "machine"}


class NotEmpty(Exception):
    """The samples go into an empty database only."""


def is_empty() -> bool:
    """Tell whether there is no episode and no user yet."""
    return not Episode.objects.exists() and not User.objects.exists()


def person(username: str, name: str, group: str) -> User:
    """Return a user of the samples: staff, without a password, in a group."""
    user, made = User.objects.get_or_create(
        username=username, defaults={"first_name": name, "is_staff": True}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.groups.add(Group.objects.get(name=group))
    return user


@transaction.atomic
def load() -> int:
    """Import the samples, move each along its path, and return how many there are.

    :raises NotEmpty: if there are episodes already.
    """
    if Episode.objects.exists():
        raise NotEmpty("There are episodes already; the samples go into an empty database only.")
    editor = person("editor", "Ann Editor", "Editors")
    publisher = person("publisher", "Paul Publisher", "Publishers")
    for name, path in PATHS.items():
        data = (TEXTS / f"{name}.md").read_bytes()
        result = import_document(
            Incoming(data=data, address=f"{PREFIX}{name}.md", name=f"{name}.md"), by=editor
        )
        if result.episode_id is None:
            raise RuntimeError(f"The sample {name} could not be imported: {result.message}")
        episode = Episode.objects.get(pk=result.episode_id)
        save_episode(episode, revision=episode.revision, values=PROVENANCE, by=editor, why="Sample")
        for status in path:
            episode.refresh_from_db()
            move(episode, status, editor, publisher)
    correct_a_published_turn(editor)
    return len(PATHS)


def move(episode: Episode, status: Status, editor: User, publisher: User) -> None:
    """Take one step of the workflow, as the person who may."""
    if status == Status.EVERGREEN:
        workflow.publish(episode, publisher, "First edition")
    elif status == Status.REVIEW:
        workflow.transition(episode, status, editor, "Ready to be read")
    else:
        workflow.transition(episode, status, publisher, "The recording was taken down")


def correct_a_published_turn(editor: User) -> None:
    """Leave one unpublished correction in an evergreen episode, as a desk always has some."""
    turn = Turn.objects.get(episode__slug="sodium-batteries", original__contains="no breakthrough")
    save_turn(
        turn,
        version=turn.version,
        values={"text": "所以其实并没有什么突破。"},
        by=editor,
        why="Closer to the original",
    )


@transaction.atomic
def remove() -> int:
    """Delete the sample episodes and what only they name; return how many there were."""
    episodes = Episode.objects.filter(sources__address__startswith=PREFIX).distinct()
    ids = list(episodes.values_list("pk", flat=True))
    named = {
        kind: list(model._default_manager.filter(**{f"{_beside(kind)}__episode__in": ids}))
        for kind, model in NAMED_MODELS.items()
    }
    tags = list(Tag.objects.filter(items__content_object__in=ids).distinct())
    projects = list(Project.objects.filter(items__content_object__in=ids).distinct())
    PublishedEpisode.objects.filter(episode__in=ids).delete()
    Edition.objects.filter(episode__in=ids).delete()
    Turn.objects.filter(episode__in=ids).delete()
    ImportRun.objects.filter(address__startswith=PREFIX).delete()
    Episode.objects.filter(pk__in=ids).delete()
    for kind, model in NAMED_MODELS.items():
        unused = {"pk__in": [thing.pk for thing in named[kind]], f"{_beside(kind)}__isnull": True}
        model._default_manager.filter(**unused).delete()
    for used in (tags, projects):
        for label in used:
            if not label.items.exists():
                label.delete()
    return len(ids)


def _beside(kind: str) -> str:
    """Return the name of the relation from a named thing to the episodes it stands beside."""
    return "appearances" if kind == "person" else "mentions"
