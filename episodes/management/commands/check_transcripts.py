"""Look for what is wrong with transcripts, here or by the workers."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import translation

from episodes import checking, wording
from episodes.checks.registry import Severity
from episodes.models import Episode, Finding

__all__ = ["Command"]


class Command(BaseCommand):
    """Check the episodes of the slugs given, or all; print what stands open."""

    help = (
        "Looks for what is wrong with the working copies of these episodes (without slugs: all), "
        "where something has changed since they were last checked. Prints the open findings: with "
        "--json one object a line (slug, uid, check, severity, message). Exit status: 0 done "
        "(whatever was found), 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line and finding"
        )
        parser.add_argument("--anew", action="store_true", help="also what has not changed")
        parser.add_argument(
            "--by-workers", action="store_true", help="have the workers do it; prints nothing found"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        episodes = self._chosen(options["slugs"])
        with translation.override("en"):
            if options["by_workers"]:
                count = checking.ask_all(episodes.values_list("pk", flat=True))
                self.stdout.write(f"Asked for: {count} to be checked by the workers.")
                return
            counted: Counter[str] = Counter()
            for episode in episodes.iterator(chunk_size=100):
                checking.check_now(episode, anew=options["anew"])
                found = checking.standing(episode)
                counted.update(finding.severity for finding in found)
                counted["episodes"] += 1
                for finding in found:
                    self._say(episode, finding, as_json=options["json"])
            if not options["json"]:
                said = ", ".join(f"{counted[each]} {each}s" for each in Severity)
                self.stdout.write(f"Checked: {counted['episodes']}. Open: {said}.")

    def _chosen(self, slugs: list[str]) -> QuerySet[Episode]:
        episodes = Episode.objects.order_by("pk")
        if not slugs:
            return episodes
        chosen = episodes.filter(slug__in=slugs)
        unknown = sorted(set(slugs) - set(chosen.values_list("slug", flat=True)))
        if unknown:
            raise CommandError(f"No episode has the slug {unknown[0]}.", returncode=2)
        return chosen

    def _say(self, episode: Episode, finding: Finding, *, as_json: bool) -> None:
        message = wording.translate(wording.restore(finding.wording, finding.message))
        if as_json:
            said = {
                "slug": episode.slug,
                "uid": finding.uid,
                "check": finding.code,
                "severity": finding.severity,
                "message": message,
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            place = f"{episode.slug}#{finding.uid}" if finding.uid else episode.slug
            self.stdout.write(f"{finding.severity:8}{place}  {finding.code}: {message}")
