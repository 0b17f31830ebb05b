"""Import transcripts from files, folders and web addresses."""

from __future__ import annotations

import json
import logging
import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from episodes import imports, runs
from episodes.imports import Incoming, Result
from episodes.models import Source
from episodes.models.sources import Outcome
from episodes.sources.http import FetchError, normalise_url
from episodes.transcripts.decoding import MAX_BYTES
from episodes.transcripts.document import Diagnostic

logger = logging.getLogger(__name__)

SUFFIXES = {".md", ".markdown", ".vtt", ".srt", ".json3"}
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # RFC 3986; the fetch says which schemes it reads
BAD = (Outcome.FAILED, Outcome.HELD)


@dataclass(frozen=True, slots=True)
class Item:
    """Something to import: ``path`` as the user knows it, the address it is known by."""

    path: str
    address: str = ""
    file: Path | None = None
    folder: str = ""
    trouble: str = ""


class Command(BaseCommand):
    """Read each document, import it in a transaction of its own, go on after a bad one."""

    help = (
        "Imports transcripts (annotated Markdown, or captions as VTT, SRT or json3) from files, "
        "folders and web addresses. A folder is walked for *.md, *.markdown, *.vtt, *.srt and "
        "*.json3; a document is known by its path below the folder (a single file by its name), or "
        "with --base-url by its URL, so that a second run finds it. "
        "Exit status: 0 done, 1 something failed or was held (the rest was done), 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH_OR_URL")
        parser.add_argument(
            "--as",
            dest="as_",
            default="",
            metavar="new|SLUG",
            help="say which episode a held document is: another one, or that of the slug",
        )
        parser.add_argument(
            "--base-url",
            default="",
            metavar="URL",
            help="the address under which the files stand on the web",
        )
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="why a state that makes things worse is applied all the same",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen; write nothing"
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line and document"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        base = options["base_url"]
        if base:
            try:
                base = normalise_url(base if base.endswith("/") else f"{base}/")
            except FetchError as error:
                raise CommandError(f"--base-url: {error}", returncode=2) from error
        items = [item for path in options["paths"] for item in _items(path, base)]
        if options["as_"] and len(items) > 1:
            message = f"--as is about one document; {len(items)} were given."
            raise CommandError(message, returncode=2)
        with translation.override("en"):
            results = self.run(items, options)
            gone = list(_vanished(items))
            self.report(results, gone, as_json=options["json"], dry=options["dry_run"])
        if any(result.outcome in BAD for result in results):
            sys.exit(1)

    def run(self, items: list[Item], options: dict[str, Any]) -> list[Result]:
        """Import one after the other; what a document holds is let go of before the next."""
        results = []
        with self.progress(len(items)) as advance:
            for item in items:
                result = _import(item, options)
                if options["json"]:
                    self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False))
                elif result.outcome not in BAD:
                    self.stdout.write(_line(result))
                results.append(replace(result, diagnostics=(), counts={}))
                advance()
        return results

    @contextmanager
    def progress(self, total: int) -> Iterator[Any]:
        """A bar on stderr where that is a terminal and there is more than one document."""
        console = Console(stderr=True)
        if total < 2 or not console.is_terminal or not sys.stdout.isatty():
            yield lambda: None
            return
        columns = (
            TextColumn("Importing"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, redirect_stdout=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda: bar.advance(task)

    def report(
        self, results: list[Result], gone: list[tuple[str, str]], *, as_json: bool, dry: bool
    ) -> None:
        """Say what came of it, what failed and why, and which files are no longer there."""
        bad = [result for result in results if result.outcome in BAD]
        out = self.stderr if as_json else self.stdout
        style = out.style_func
        out.style_func = None
        try:
            for result in bad:
                out.write(f"{result.outcome}: {result.path}: {result.message}")
            for path, slug in gone:
                out.write(f"vanished: {path}: the file is gone; the episode “{slug}” stays.")
            if len(results) != 1 and not as_json:
                counts = Counter(result.outcome for result in results)
                parts = (f"{counts[key]} {key}" for key in Outcome.values if counts[key])
                out.write(
                    (", ".join(parts) or "No documents found.") + (" (dry run)" if dry else "")
                )
        finally:
            out.style_func = style


def _items(given: str, base: str) -> list[Item]:
    if URL.match(given):
        return [Item(given, given)]
    path = Path(given)
    if path.is_dir():
        found = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES and file.is_file() and not _is_hidden(file, path)
        )
        name = path.resolve().name
        return [
            Item(str(file), _address(file.relative_to(path).as_posix(), base), file, name)
            for file in found
        ]
    if not path.exists():
        return [Item(given, trouble=f"There is no file or folder “{given}”.")]
    return [Item(given, _address(path.name, base), path)]


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _address(below: str, base: str) -> str:
    return urljoin(base, quote(below)) if base else below


def _vanished(items: Iterable[Item]) -> Iterator[tuple[str, str]]:
    """Addresses once read from the folders given, and their episodes, whose file is gone."""
    there: dict[str, set[str]] = {}
    for item in items:
        if item.folder:
            there.setdefault(item.folder, set()).add(item.address)
    for folder, addresses in there.items():
        known = Source.objects.filter(folder=folder).order_by("address")
        for address, slug in known.values_list("address", "episode__slug"):
            if address not in addresses:
                yield address, slug


def _import(item: Item, options: dict[str, Any]) -> Result:
    """Import one document; whatever goes wrong is its result."""
    if item.trouble:
        return _failed(item, item.trouble)
    try:
        incoming = _incoming(item)
    except FetchError as error:
        return _failed(item, str(error))
    except OSError as error:
        return _failed(item, f"It cannot be read: {error.strerror}.")
    if incoming is None:
        return _failed(item, f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        as_, reason = options["as_"], options["reason"].strip()
        if options["dry_run"]:
            result = _foreseen(incoming, as_)
        else:
            result = imports.import_document(incoming, as_=as_, reason=reason)
    except Exception as error:  # the command's edge: one document must not stop the others
        logger.exception("%s could not be imported", item.path)
        return _failed(item, f"It could not be imported: {error.__class__.__name__}: {error}")
    return replace(result, path=item.path)


def _incoming(item: Item) -> Incoming | None:
    if item.file is None:
        source = Source.objects.filter(address=normalise_url(item.address)).first()
        return _asked(source) if source is not None else imports.fetch_incoming(item.address)
    if item.file.stat().st_size > MAX_BYTES:
        return None
    return Incoming(
        data=item.file.read_bytes(),
        address=item.address,
        name=item.file.name,
        folder=item.folder,
    )


def _asked(source: Source) -> Incoming:
    """What a source that is known says now, if it says otherwise than before. Raises FetchError."""
    answer, incoming = runs.ask(source)
    if incoming is None:
        raise FetchError(answer.state.value, answer.message, source.address)
    return incoming


def _foreseen(incoming: Incoming, as_: str) -> Result:
    seen = imports.preview(incoming, as_=as_)
    pk = seen.existing.pk if seen.existing else None
    return Result(
        "", seen.slug, seen.outcome, seen.counts, seen.diagnostics, seen.message, pk, None
    )


def _failed(item: Item, message: str) -> Result:
    return Result(item.path, "", Outcome.FAILED.value, {}, (), message)


def _line(result: Result) -> str:
    held = ", ".join(f"{number} {name}" for name, number in result.counts.items() if number)
    remarks = len(result.diagnostics)
    parts = [held, f"{remarks} remarks" if remarks else "", result.message]
    said = "; ".join(part for part in parts if part)
    return f"{result.outcome}: {result.path} → {result.slug}" + (f" ({said})" if said else "")


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "path": result.path,
        "slug": result.slug,
        "outcome": result.outcome,
        "counts": result.counts,
        "diagnostics": [_remark(item) for item in result.diagnostics],
        "message": result.message,
    }


def _remark(item: Diagnostic) -> dict[str, Any]:
    return {
        "line": item.line,
        "code": item.code,
        "message": item.message,
        "severity": item.severity.value,
    }
