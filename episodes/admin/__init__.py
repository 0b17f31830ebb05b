"""The admin of episodes: the editors' all-day desk. Importing it registers everything."""

from django.contrib import admin

from episodes.admin import (
    batches,
    corrections,
    desk,
    episodes,
    markdown,
    noticing,
    people,
    registers,
)

__all__ = [
    "batches",
    "corrections",
    "desk",
    "episodes",
    "markdown",
    "noticing",
    "people",
    "registers",
]

admin.site.boxes += [desk.work_box, desk.findings_box, desk.jobs_box]  # type: ignore[attr-defined]
