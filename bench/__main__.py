"""``python -m bench [--documents N] [--sample FILE] [--no-eleventy]``: all figures in one run."""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.documents import document

OUT = Path(__file__).parent / "out"


def timed(function, *args, **kwargs):
    """Return (milliseconds, result) of one call."""
    begun = time.perf_counter()
    result = function(*args, **kwargs)
    return (time.perf_counter() - begun) * 1000, result


def memory() -> float:
    """Return the resident memory of this process now, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def row(name: str, value: str, target: str = "") -> None:
    """Print one line of the report."""
    print(f"  {name:<58} {value:>16}   {target}", flush=True)


def quantiles(values: list[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):.1f} / {ordered[int(len(ordered) * 0.95) - 1]:.1f} ms"


def reading(sample: bytes | None) -> None:
    """Measure the reader alone, and its growth with the text."""
    from episodes.transcripts import markdown

    print("Reading (episodes.transcripts.markdown.read), best of 7")
    texts = {"generated, 191 turns": document(1).encode()}
    if sample is not None:
        texts["the sample given by --sample"] = sample
    for name, data in texts.items():
        best = min(timed(markdown.read, data)[0] for _ in range(7))
        row(f"{name}, {len(data) / 1000:.0f} kB", f"{best:.1f} ms", "at most 30 ms")
    times = []
    for turns in (191, 382, 764, 1528):
        data = document(2, turns).encode()
        times.append(min(timed(markdown.read, data)[0] for _ in range(5)))
        growth = f"x {times[-1] / times[-2]:.2f}" if len(times) > 1 else ""
        row(f"{turns} turns, {len(data) / 1000:.0f} kB", f"{times[-1]:.1f} ms", growth)


def importing(folder: Path, count: int) -> float:
    """Measure the import of ``count`` documents into an empty database; return the seconds."""
    from episodes.imports import Incoming, import_document

    print(f"Importing {count} documents of the sample's size (varied)")
    files = sorted(folder.glob("*.md"))[:count]
    first: list[float] = []
    marks = []
    for number, file in enumerate(files):
        data = file.read_bytes()
        spent, result = timed(
            import_document, Incoming(data=data, address=file.name, name=file.name)
        )
        if result.outcome != "created":
            raise SystemExit(f"{file.name}: {result.outcome}: {result.message}")
        first.append(spent)
        if number in (count // 10, count // 2, count - 1):
            marks.append(memory())
    row("created, median / p95", quantiles(first), "median at most 150 ms")
    row(
        "memory after a tenth, half, all", " ".join(f"{mark:.0f}" for mark in marks) + " MB", "flat"
    )
    again: list[float] = []
    for file in files:
        data = file.read_bytes()
        spent, result = timed(
            import_document, Incoming(data=data, address=file.name, name=file.name)
        )
        if result.outcome != "unchanged":
            raise SystemExit(f"{file.name}: {result.outcome}: {result.message}")
        again.append(spent)
    row("unchanged, median / p95", quantiles(again), "under 5 ms")
    return sum(first) / 1000


def eleventy(folder: Path, count: int, ours: float) -> None:
    """Build the same files with Eleventy, and print both totals."""
    print("Eleventy (npm @11ty/eleventy) building the same files in the same run")
    npm = shutil.which("npm")
    if npm is None:
        row("not measured", "no npm here")
        return
    site = OUT / "eleventy"
    site.mkdir(parents=True, exist_ok=True)
    (site / "package.json").write_text('{"private": true, "type": "commonjs"}')
    if not (site / "node_modules" / "@11ty").exists():
        subprocess.run(
            [npm, "install", "--silent", "--no-audit", "--no-fund", "@11ty/eleventy"],
            cwd=site,
            check=True,
        )
    version = json.loads((site / "node_modules/@11ty/eleventy/package.json").read_text())["version"]
    pages = site / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.rmtree(site / "built", ignore_errors=True)
    (pages / "_includes").mkdir(parents=True)
    (pages / "_includes" / "post.njk").write_text(
        "<!doctype html><html lang=zh><title>{{ title }}</title><h1>{{ title }}</h1>"
        "<p>{{ summary }}</p>{{ content | safe }}"
    )
    for file in sorted(folder.glob("*.md"))[:count]:
        text = file.read_text().replace("\nlayout: post.njk\n", "\nlayout: post.njk\n")
        (pages / file.name).write_text(text)
    command = ["node_modules/.bin/eleventy", "--input=pages", "--output=built", "--quiet"]
    spent, _ = timed(subprocess.run, command, cwd=site, check=True)
    built = len(list((site / "built").rglob("index.html")))
    row(f"Eleventy {version}: {built} pages", f"{spent / 1000:.1f} s", "static HTML, whole site")
    spent, _ = timed(subprocess.run, command, cwd=site, check=True)
    row("Eleventy again, nothing changed", f"{spent / 1000:.1f} s", "builds all of it again")
    row(f"Oddlots: {count} imported into tables", f"{ours:.1f} s", "turns, people, terms, history")


def main() -> None:
    """Run everything in a data folder of its own."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--sample", type=Path)
    parser.add_argument("--no-eleventy", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ["DATA_DIR"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oddlots.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from django.conf import settings

        engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1]
        print(
            f"Python {sys.version.split()[0]}, Django {django.__version__}, {engine}, "
            f"{os.cpu_count()} cores\n"
        )
        reading(options.sample.read_bytes() if options.sample else None)
        folder = Path(data) / "documents"
        folder.mkdir()
        draw_turns = (150, 170, 191, 191, 210, 230)
        for number in range(options.documents):
            turns = draw_turns[number % len(draw_turns)]
            (folder / f"episode-{number:04}.md").write_text(document(number, turns))
        ours = importing(folder, options.documents)
        if not options.no_eleventy:
            eleventy(folder, options.documents, ours)


if __name__ == "__main__":
    main()
