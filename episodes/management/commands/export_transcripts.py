"""Export episodes as Markdown, JSON or subtitles."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from episodes.exports import DEFAULT_LANGUAGE, FORMATS, Exported, Format, NoTimes
from episodes.models import Edition, Episode
from episodes.transcripts.subtitles import LANGUAGES


class Command(BaseCommand):
    """Write the live edition of each episode, or with ``--working`` the working copy."""

    help = (
        "Exports episodes: their live edition, or with --working the working copy. Without slugs "
        "all that have one. One slug without --output goes to stdout. Subtitles (vtt, srt) need "
        "times: turns without are left out and counted on stderr. Exit status: 0 done, "
        "1 something could not be exported (the rest was), 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument(
            "--working", action="store_true", help="the working copy, unpublished changes included"
        )
        parser.add_argument(
            "--language",
            choices=LANGUAGES,
            help=(
                "of subtitles: zh the translation, en the original, both (the default) the one "
                "above the other"
            ),
        )
        parser.add_argument("--output", type=Path, metavar="DIR", help="write files into a folder")

    def handle(self, *_args: Any, **options: Any) -> None:
        slugs: list[str] = options["slugs"]
        folder: Path | None = options["output"]
        if folder is None and len(slugs) != 1:
            message = "Name one episode, or a folder for the files with --output."
            raise CommandError(message, returncode=2)
        form = FORMATS[options["format"]]
        if options["language"] and not form.languages:
            raise CommandError("--language is for subtitles (vtt, srt).", returncode=2)
        language = options["language"] or DEFAULT_LANGUAGE
        troubles = 0
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CommandError(
                    f"--output: {folder} cannot be made: {error.strerror}.", returncode=2
                ) from error
        for slug in slugs or _all(working=options["working"]):
            try:
                name, made = _exported(slug, form, language, working=options["working"])
            except LookupError as error:
                self.stderr.write(str(error.args[0]))
                troubles += 1
                continue
            if made.left_out:
                self.stderr.write(f"“{name}”: turns left out for want of times: {made.left_out}.")
            if folder is None:
                self.stdout.write(made.content, ending="")
            else:
                path = folder / f"{name}{form.suffix}"
                path.write_text(made.content, encoding="utf-8", newline="\n")
        if troubles:
            sys.exit(1)


def _all(*, working: bool) -> list[str]:
    episodes = Episode.objects.order_by("slug")
    if not working:
        episodes = episodes.filter(published__live=True)
    return list(episodes.values_list("slug", flat=True))


def _exported(slug: str, form: Format, language: str, *, working: bool) -> tuple[str, Exported]:
    """The name and the text of an episode's export; raises LookupError with a sentence."""
    try:
        return _found(slug, form, language, working=working)
    except NoTimes as nothing:
        raise LookupError(f"“{slug}”: {nothing.args[0]}") from None


def _found(slug: str, form: Format, language: str, *, working: bool) -> tuple[str, Exported]:
    named = Q(slug=slug) | Q(published__slug=slug) | Q(old_slugs__slug=slug)
    episode = Episode.objects.filter(named).order_by("pk").first()
    if episode is None:
        raise LookupError(f"There is no episode “{slug}”.")
    if working:
        return episode.slug, form.working(episode, language)
    edition = Edition.objects.filter(
        pk__in=Episode.objects.filter(pk=episode.pk, published__live=True).values(
            "published__edition"
        )
    ).first()
    if edition is None:
        raise LookupError(
            f"“{slug}” has no live edition. Its working copy is exported with --working."
        )
    return edition.document["slug"], form.edition(edition, language)
