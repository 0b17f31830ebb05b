"""``python -m bench.glossary [--turns N] [--terms N] [--sample FILE]``: the rebuild, in one run.

Writes a site of so many published turns into an empty database, then measures: the bare pass of the
automaton over the same texts (the limit), a first full rebuild at a tenth of the turns and at all of
them, with a process beside it that saves turns as an editor does; the same with as many more terms
that occur nowhere; an episode refreshed; a decision on one term. Set ``DATABASE_URL`` to an *empty*
database to measure another than SQLite. Nothing is left behind but that database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import corpus
from bench.__main__ import row

ROOT = Path(__file__).parent.parent
RARE = "龘靐齉"


def main() -> None:
    """Run it all; with ``--as`` one of its processes."""
    asked = argparse.ArgumentParser(prog="python -m bench.glossary", description=__doc__)
    asked.add_argument("--turns", type=int, default=1_000_000)
    asked.add_argument("--terms", type=int, default=5000)
    asked.add_argument("--sample", type=Path)
    asked.add_argument("--as", dest="part", choices=("rebuild", "edit"), help=argparse.SUPPRESS)
    asked.add_argument("--stop", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.part is None:
        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("DATA_DIR", folder)
            set_up()
            run(options, Path(folder))
        return
    set_up()
    print(json.dumps(rebuild() if options.part == "rebuild" else edit(options.stop)))


def set_up() -> None:
    """Start Django as the desk does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oddlots.settings")
    import django

    django.setup()


def rebuild() -> dict[str, float | str]:
    """Do the rebuild that was asked for; return seconds, memory and the longest transaction."""
    from contextlib import contextmanager

    from glossary import (
        addresses,
        alike,
        entries,
        evidence,
        occurrences,
        pacing,
        publishing,
        refreshing,
    )
    from glossary import rebuild as module

    longest = (0.0, "")
    real = pacing.short_transaction

    @contextmanager
    def measured():
        nonlocal longest
        caller = sys._getframe(2).f_code.co_name
        with real():
            begun = time.perf_counter()
            yield
            inside = time.perf_counter() - begun
        longest = max(longest, (inside, caller))

    parts = (addresses, alike, entries, evidence, occurrences, publishing, refreshing, module)
    for one in parts:
        one.short_transaction = measured
    from episodes import jobs

    job = module.ask()
    begun = time.perf_counter()
    jobs.work(job.pk)
    spent = time.perf_counter() - begun
    job.refresh_from_db()
    if job.done_count == 0 and job.state == "failed":
        raise SystemExit(job.message)
    return {
        "seconds": spent,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "transaction": longest[0] * 1000,
        "within": longest[1],
        **module.counts(),
    }


def edit(stop: Path) -> dict[str, float]:
    """Save a turn every 0.3 s, as an editor does, until the file is there; return the waits (ms)."""
    from django.db import OperationalError

    from episodes.editing import Stale, save_turn
    from episodes.models import Turn

    draw = random.Random(3)
    waits = []
    last = Turn.objects.order_by("-pk").first().pk
    while not stop.exists():
        turn = Turn.objects.filter(pk__gte=draw.randrange(last)).order_by("pk").first()
        begun = time.perf_counter()
        try:
            save_turn(turn, version=turn.version, values={"text": turn.text + "改。"}, by=None)
        except (Stale, OperationalError) as fault:
            raise SystemExit(f"a save was refused: {fault!r}") from fault
        waits.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.3)
    ordered = sorted(waits)
    return {
        "saves": len(ordered),
        "median": ordered[len(ordered) // 2],
        "p95": ordered[int(len(ordered) * 0.95)],
        "longest": ordered[-1],
    }


def measured(name: str, turns: int, folder: Path, editor: bool = True) -> dict[str, float]:
    """Rebuild in a process of its own, beside an editor; print and return the figures."""
    stop = folder / f"stop-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "bench.glossary", "--stop", str(stop), "--as"]
    beside = (
        subprocess.Popen([*command, "edit"], cwd=ROOT, stdout=subprocess.PIPE) if editor else None
    )
    done = subprocess.run([*command, "rebuild"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    row(f"{name}: {turns:,} turns", f"{found['seconds']:.0f} s", "under 600 s at 1,000,000")
    row("  a turn", f"{found['seconds'] / turns * 1e6:.0f} us")
    row("  occurrences", f"{found['occurrences']:,}", f"{found['occurrences'] / turns:.2f} a turn")
    row("  memory at most", f"{found['megabytes']:.0f} MB", "under 300 MB")
    row(
        "  longest transaction",
        f"{found['transaction']:.0f} ms",
        f"under 200 ms ({found['within']})",
    )
    if beside is not None:
        stop.touch()
        said = json.loads(beside.communicate()[0])
        row(
            f"  an editor's save beside it ({said['saves']:.0f})",
            f"{said['median']:.0f} / {said['p95']:.0f} / {said['longest']:.0f} ms",
            "median / p95 / longest; under 250 ms",
        )
    return found


def bare(turns: int) -> float:
    """The automaton alone over the published texts; return seconds a turn."""
    import ahocorasick

    from episodes.models import PublishedTurn
    from glossary import publishing
    from glossary.matching import Matcher, table_of

    table = table_of(publishing.forms())
    automaton = ahocorasick.Automaton()
    for number, (spelling, _exact) in enumerate(table):
        automaton.add_word(spelling, number)
    automaton.make_automaton()
    count = min(turns, 50_000)
    rows = list(PublishedTurn.objects.order_by("pk").values_list("text_html", "text_plain")[:count])
    begun = time.perf_counter()
    for _html, plain in rows:
        for _found in automaton.iter(plain):
            pass
    alone = (time.perf_counter() - begun) / count
    matcher = Matcher(table)
    from glossary.occurrences import _found as found_in

    begun = time.perf_counter()
    for html, plain in rows:
        found_in(1, html, plain, matcher)
    ours = (time.perf_counter() - begun) / count
    row("the automaton alone", f"{alone * 1e6:.0f} us", "a turn: the limit")
    row("with borders, longest first, links and heads", f"{ours * 1e6:.0f} us", "a turn")
    return alone


def one_episode() -> None:
    """Refresh an episode that was touched, and follow a decision on one term."""
    from episodes import jobs
    from episodes.models import Episode, PublishedTurn
    from glossary import rebuild as module
    from glossary.models import Entry, GlossaryState

    GlossaryState.objects.update(done=10**6, wanted=10**6)
    from glossary.models import TouchedEpisode

    TouchedEpisode.objects.all().delete()
    for name, change in (
        ("an episode that was touched, refreshed", None),
        ("a term that gets an alias of 1 in 1,000 turns", "alias"),
    ):
        if change is None:
            job = module.touch(Episode.objects.order_by("?").first())
        else:
            pks = PublishedTurn.objects.order_by("pk").values_list("pk", flat=True)
            chosen = list(pks[::1000])
            for pk in chosen:
                turn = PublishedTurn.objects.get(pk=pk)
                turn.text_plain += RARE
                turn.text_html = f"<p>{turn.text_plain}</p>"
                turn.save(update_fields=["text_plain", "text_html"])
            Entry.objects.filter(slug="bench-17").update(aliases=RARE)
            job = module.ask_for_matching()
        begun = time.perf_counter()
        jobs.work(job.pk)
        spent = time.perf_counter() - begun
        job.refresh_from_db()
        row(name, f"{spent:.2f} s", f"{job.message}")


def run(options: argparse.Namespace, folder: Path) -> None:
    """Build the site and print all figures."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from episodes.models import Episode

    if Episode.objects.exists():
        raise SystemExit("The database has to be empty: it is filled and changed.")
    print(f"Rebuilding the glossary: {options.terms:,} terms, {connection.vendor}")
    sentences = corpus.sentences_of(options.sample)
    pairs = corpus.terms(options.terms)
    corpus.add_terms(pairs)
    few = max(1, options.turns // 10 // corpus.TURNS_EACH)
    turns = corpus.add_episodes(few, pairs, sentences)
    bare(turns)
    small = measured("full rebuild", turns, folder)
    more = max(1, options.turns // corpus.TURNS_EACH - few)
    turns += corpus.add_episodes(more, pairs, sentences, first=few)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    large = measured("full rebuild", turns, folder)
    grown = (large["seconds"] / turns) / (small["seconds"] / (few * corpus.TURNS_EACH))
    row("time a turn, against a tenth of the turns", f"x {grown:.2f}", "at most x 1.3")
    again = measured("the same once more", turns, folder, editor=False)
    unused = [
        (f"{term}无", f"{foreign} unused") for term, foreign in corpus.terms(options.terms, 2)
    ]
    corpus.add_terms([pair for pair in unused if pair[0] not in dict(pairs)], first=10**6)
    wide = measured(
        f"with {len(unused):,} more terms that do not occur", turns, folder, editor=False
    )
    row("  against without them", f"x {wide['seconds'] / again['seconds']:.2f}", "under x 1.25")
    one_episode()


if __name__ == "__main__":
    main()
