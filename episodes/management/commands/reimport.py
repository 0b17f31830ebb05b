"""Ask sources again, or have the worker do it."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max, Q
from django.utils import timezone, translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from episodes import jobs, runs
from episodes.models import Episode, ImportRun, Job, Source
from episodes.models.jobs import JobState
from episodes.models.sources import Outcome

BAD = (Outcome.FAILED, Outcome.HELD)
ASKED = "asked"
SKIPPED = "skipped"
ORDER = (*Outcome.values, ASKED, SKIPPED)
LOOK_EVERY = 0.3  # seconds, while another process works
PATIENCE = timedelta(minutes=1)  # what is tried again only after that is not waited for


@dataclass(frozen=True)
class Line:
    """What came of one source: ``path`` is its address."""

    path: str
    slug: str
    outcome: str
    counts: dict[str, int] = field(default_factory=dict)
    diagnostics: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""


class Command(BaseCommand):
    """Ask for the sources' jobs; with ``--wait`` do them here, unless a worker does already."""

    help = (
        "Reads the sources of episodes again: those of the slugs given, all, or those that are due. "
        "What editors did stays; a draft follows its source, anything else gets a proposal. Without "
        "--wait the worker does it. Uploads cannot be asked and are left out. Exit status: 0 done "
        "or asked for, 1 something failed or was held (the rest was done), 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument("--all", action="store_true", help="the sources of all episodes")
        parser.add_argument("--due", action="store_true", help="the sources whose time has come")
        parser.add_argument(
            "--wait", action="store_true", help="do it now, in this process; no worker is needed"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line and source")
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="why a state that makes things worse is applied all the same",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        slugs: list[str] = options["slugs"]
        if sum((bool(slugs), options["all"], options["due"])) != 1:
            message = "Give slugs, or --all, or --due: one of the three."
            raise CommandError(message, returncode=2)
        with translation.override("en"):
            lines: list[Line] = []
            sources = self.choose(slugs, options, lines)
            before = ImportRun.objects.aggregate(last=Max("pk"))["last"] or 0
            asked = runs.request_reimport(sources, by=None, reason=options["reason"].strip())
            by_key = {runs.key_of(source): source for source in sources}
            lines += [
                Line(source.address, source.episode.slug, SKIPPED, message=str(why))
                for source, why in asked.skipped
            ]
            say = self.say_json if options["json"] else self.say
            for line in lines:
                say(line)
            pairs = [(by_key[job.key], job) for job in asked.jobs]
            if options["wait"]:
                found = self.do(pairs, before, say)
            else:
                found = [Line(source.address, source.episode.slug, ASKED) for source, _job in pairs]
                for line in found if options["json"] else ():
                    say(line)
            lines += found
            self.report(lines, options)
        if any(line.outcome in BAD for line in lines):
            sys.exit(1)

    def choose(self, slugs: list[str], options: dict[str, Any], lines: list[Line]) -> list[Source]:
        """Return the sources that are meant; a slug of nothing is a line at once."""
        if options["due"]:
            return runs.due(timezone.now())
        sources = Source.objects.select_related("episode").defer("fields").order_by("pk")
        if options["all"]:
            return list(sources)
        chosen: dict[int, Source] = {}
        for slug in dict.fromkeys(slugs):
            meant = Q(slug=slug) | Q(old_slugs__slug=slug)
            episode = Episode.objects.filter(meant).order_by("pk").first()
            if episode is None:
                message = f"There is no episode “{slug}”."
                lines.append(Line(slug, "", Outcome.FAILED, message=message))
                continue
            of_it = list(sources.filter(episode=episode))
            chosen.update((source.pk, source) for source in of_it)
            if not of_it:
                lines.append(Line("", slug, SKIPPED, message="It has no source."))
        return list(chosen.values())

    def do(
        self, pairs: list[tuple[Source, Job]], before: int, say: Callable[[Line], None]
    ) -> list[Line]:
        """Do the jobs here, or wait for the worker that does them; a line as each ends."""
        lines: list[Line] = []
        left = pairs
        with self.progress(len(pairs)) as advance:
            while left:
                waiting = []
                for source, job in left:
                    jobs.work(job.pk)
                    job.refresh_from_db()
                    if _is_ahead(job):
                        waiting.append((source, job))
                        continue
                    line = _line_of(source, job, before)
                    lines.append(line)
                    say(line)
                    advance()
                left = waiting
                if left:
                    time.sleep(LOOK_EVERY)
        return lines

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[], None]]:
        """A bar on stderr where that is a terminal."""
        console = Console(stderr=True)
        if not total or not console.is_terminal:
            yield lambda: None
            return
        columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, redirect_stdout=sys.stdout.isatty()) as bar:
            task = bar.add_task("", total=total)
            yield lambda: bar.advance(task)

    def say_json(self, line: Line) -> None:
        """One object."""
        self.stdout.write(
            json.dumps(
                {
                    "path": line.path,
                    "slug": line.slug,
                    "outcome": str(line.outcome),
                    "counts": line.counts,
                    "diagnostics": line.diagnostics,
                    "message": line.message,
                },
                ensure_ascii=False,
            )
        )

    def say(self, line: Line) -> None:
        """One line for a person; what failed or is held is said at the end."""
        if line.outcome in BAD:
            return
        numbers = (f"{number} {name}" for name, number in line.counts.items() if number)
        remarks = f"{len(line.diagnostics)} remarks" if line.diagnostics else ""
        said = "; ".join(part for part in (", ".join(numbers), remarks, line.message) if part)
        self.stdout.write(
            f"{line.outcome}: {line.path} → {line.slug}" + (f" ({said})" if said else "")
        )

    def report(self, lines: list[Line], options: dict[str, Any]) -> None:
        """Say what failed and why, and the total."""
        out = self.stderr if options["json"] else self.stdout
        style, out.style_func = out.style_func, None
        try:
            for line in lines:
                if line.outcome in BAD:
                    out.write(f"{line.outcome}: {line.path}: {line.message}")
            if not options["json"]:
                counts = Counter(str(line.outcome) for line in lines)
                total = ", ".join(f"{counts[key]} {key}" for key in ORDER if counts[key])
                out.write(total or "Nothing to ask.")
                if counts[ASKED]:
                    out.write("The worker asks them. With --wait it is done here and now.")
        finally:
            out.style_func = style
        if not options["wait"] and jobs.silence() is not None:
            self.stderr.write("No worker answers: a job has waited for more than a minute.")


def _is_ahead(job: Job) -> bool:
    """Whether a job is worked at, or tried again soon."""
    if job.state == JobState.RUNNING:
        return True
    return job.state == JobState.QUEUED and job.run_after < timezone.now() + PATIENCE


def _line_of(source: Source, job: Job, before: int) -> Line:
    """What came of a job that has ended or was put off, by the run that it wrote."""
    slug = source.episode.slug
    if job.state == JobState.QUEUED:
        at = timezone.localtime(job.run_after)
        message = f"{job.message} A worker tries it again at {at:%H:%M}."
        return Line(source.address, slug, Outcome.FAILED, message=message)
    written = ImportRun.objects.filter(source=source, pk__gt=before).defer(
        "plan", "undo", "content"
    )
    run = written.order_by("-pk").first()
    if run is None:
        message = job.message or f"{job.get_state_display()}."
        return Line(source.address, slug, Outcome.FAILED, message=message)
    remarks = [
        {key: item.get(key, "") for key in ("line", "code", "message", "severity")}
        for item in run.diagnostics
    ]
    return Line(source.address, slug, run.outcome, run.counts, remarks, run.message)
