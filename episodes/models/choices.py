"""What the working tables choose from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

__all__ = ["Gone", "Kind", "Origin", "Provenance", "Role", "Status"]


class Status(models.TextChoices):
    """Where an episode stands; only ``workflow.transition`` and ``.publish`` write it."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    EVERGREEN = "evergreen", _("Evergreen")
    ARCHIVED = "archived", _("Archived")


class Kind(models.TextChoices):
    """What a turn is; the values are those of ``transcripts.document.TurnKind``."""

    SPEECH = "speech", _("Speech")
    NARRATION = "narration", _("Narration")
    CUE = "cue", _("Cue")


class Role(models.TextChoices):
    """What a person does in an episode."""

    HOST = "host", _("Host")
    GUEST = "guest", _("Guest")
    PRODUCER = "producer", _("Producer")
    MENTIONED = "mentioned", _("Mentioned")


class Origin(models.TextChoices):
    """Where a name beside an episode comes from; ``turns`` is worked out anew at each import."""

    FRONT_MATTER = "front_matter", _("Front matter")
    TURNS = "turns", _("Turns")
    EDITOR = "editor", _("Editor")


class Provenance(models.TextChoices):
    """How a text came about."""

    UNKNOWN = "", _("Not known")
    AUTOMATIC = "automatic", _("Automatic captions")
    MACHINE = "machine", _("Machine translation")
    HUMAN = "human", _("By a person")


class Gone(models.TextChoices):
    """Why a turn no longer stands; the values are those of ``transcripts.working.Gone``."""

    STANDS = "", _("Stands")
    WITHDRAWN = "withdrawn", _("Withdrawn by its source")
    REMOVED = "removed", _("Removed by an editor")
    MERGED = "merged", _("Part of another turn")
