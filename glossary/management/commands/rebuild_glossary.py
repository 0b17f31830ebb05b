"""Rebuild the glossary, or ask the worker to."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from episodes import jobs
from episodes.models import Job
from episodes.models.jobs import JobState
from glossary.models import GlossaryState
from glossary.rebuild import ask, counts, watched

ACTIVE = (JobState.QUEUED, JobState.RUNNING)
LOOK_EVERY = 0.3  # seconds, while another process works


class Command(BaseCommand):
    """Ask for a rebuild; with ``--wait`` do it here, unless a worker does already."""

    help = (
        "Reads all notes in working turns and live editions anew and makes the glossary's terms and "
        "their uses of them. What an editor approved stays as it is. Without --wait the worker does "
        "it. Exit status: 0 done or asked for, 1 failed, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait", action="store_true", help="do it now, in this process; no worker is needed"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        with translation.override("en"):
            job = ask()
            if not options["wait"]:
                self._say_asked(job, as_json=options["json"])
                return
            wanted = GlossaryState.objects.get(pk=1).wanted
            with self._progress():
                job = self._finish(job, wanted)
            done = GlossaryState.objects.get(pk=1).done >= wanted
            if options["json"]:
                outcome = "done" if done else str(job.state)
                found = {"outcome": outcome, "job": job.pk, "message": job.message, **counts()}
                self.stdout.write(json.dumps(found, ensure_ascii=False))
            elif done:
                self.stdout.write(f"Rebuilt: {job.message}")
            else:
                self.stderr.write(f"Not rebuilt ({job.get_state_display()}): {job.message}")
        if not done:
            sys.exit(1)

    def _say_asked(self, job: Job, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"outcome": "asked", "job": job.pk, "state": job.state}))
            return
        self.stdout.write(
            f"Asked for: job {job.pk} waits for the worker. With --wait it is done here and now."
        )
        if jobs.silence() is not None:
            self.stderr.write("No worker answers: a job has waited for more than a minute.")

    def _finish(self, job: Job, wanted: int) -> Job:
        """Work until what was asked for is done, or has failed; return the job as it ended."""
        while True:
            jobs.work(job.pk)
            job.refresh_from_db()
            done = GlossaryState.objects.filter(pk=1, done__gte=wanted).exists()
            if job.state not in ACTIVE or (done and job.state == JobState.QUEUED):
                return job
            time.sleep(LOOK_EVERY)

    @contextmanager
    def _progress(self) -> Iterator[None]:
        """A bar on stderr where that is a terminal."""
        console = Console(stderr=True)
        if not console.is_terminal:
            yield
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("Rebuilding the glossary")

            def show(done: int, total: int, message: str) -> None:
                bar.update(task, completed=done, total=total, description=message)

            with watched(show):
                yield
