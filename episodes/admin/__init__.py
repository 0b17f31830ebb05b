"""The admin of episodes: the editors' all-day desk. Importing it registers everything."""

from django.contrib import admin

from episodes.admin import batches, desk, episodes, markdown, people, registers

__all__ = ["batches", "desk", "episodes", "markdown", "people", "registers"]

admin.site.boxes += [desk.work_box, desk.jobs_box]  # type: ignore[attr-defined]
