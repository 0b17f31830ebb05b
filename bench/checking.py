"""``python -m bench.checking [--episodes N] [--names N] [--terms N] [--sample FILE]``: the checks.

Fills an empty database with names, approved terms and short episodes, and measures: names and terms
made ready; a document of the usual size checked anew, after the edit of one turn, and when nothing
has changed; then all the short episodes by jobs, in as many processes as there are cores, with their
progress. Set ``DATABASE_URL`` to an *empty* database to measure another than SQLite. Nothing is left
behind but that database.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import corpus
from bench.__main__ import memory, row
from bench.documents import SENTENCES, document

ROOT = Path(__file__).parent.parent
ROUNDS = 15
TURNS_EACH = 12
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "to",
    "va",
    "su",
    "bel",
    "dor",
    "gan",
    "hil",
    "jor",
    "nes",
    "pim",
    "quo",
    "ras",
    "tel",
    "win",
    "yor",
    "zed",
]
HAN = "阿洛韦维森塔尔特雷西乔詹姆斯范海伦马士基希捷星门甲骨文吉莉安斯科加彼得玛"


def main() -> None:
    """Run it all; with ``--as work`` as one of its processes."""
    asked = argparse.ArgumentParser(prog="python -m bench.checking", description=__doc__)
    asked.add_argument("--episodes", type=int, default=10_000)
    asked.add_argument("--names", type=int, default=5000)
    asked.add_argument("--terms", type=int, default=5000)
    asked.add_argument("--sample", type=Path)
    asked.add_argument("--as", dest="part", choices=("work",), help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.part is None:
        with tempfile.TemporaryDirectory() as folder:
            os.environ.setdefault("DATA_DIR", folder)
            set_up()
            run(options)
        return
    set_up()
    work()


def set_up() -> None:
    """Start Django as the desk does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oddlots.settings")
    import django

    django.setup()


def add_names(count: int) -> None:
    """Write so many people, organisations, products and works, each with three spellings."""
    from episodes.models import NAMED_MODELS
    from episodes.names import NewName, create_many

    draw = random.Random(3)

    def word() -> str:
        return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).capitalize()

    for model in NAMED_MODELS.values():
        new = [
            NewName(
                f"{word()} {word()}",
                "".join(draw.choices(HAN, k=draw.randint(3, 7))),
                (f"{word()} {word()}",),
            )
            for _number in range(count // len(NAMED_MODELS))
        ]
        create_many(model, new)


def add_short(count: int) -> list[int]:
    """Write so many episodes of a few turns; return their ids."""
    from episodes.models import Chapter, Episode, Turn

    draw = random.Random(4)
    ids: list[int] = []
    for start in range(0, count, 500):
        part = range(start, min(count, start + 500))
        episodes = Episode.objects.bulk_create(
            Episode(slug=f"short-{number}", title=f"第{number}期：港口", summary="港口与电网。")
            for number in part
        )
        chapters = Chapter.objects.bulk_create(
            Chapter(episode=episode, position=0, level=3, title="港口") for episode in episodes
        )
        turns = []
        for episode, chapter in zip(episodes, chapters, strict=True):
            for position in range(TURNS_EACH):
                said = draw.choices(SENTENCES, k=draw.choice((1, 2, 4)))
                turns.append(
                    Turn(
                        episode=episode,
                        chapter=chapter,
                        position=position,
                        uid=f"t{episode.pk:06}{position:02}",
                        label=("Mara Quill", "Ingrid Solberg")[position % 2],
                        text="".join(chinese for chinese, _english in said),
                        original=" ".join(english for _chinese, english in said),
                    )
                )
        Turn.objects.bulk_create(turns, batch_size=1000)
        ids += [episode.pk for episode in episodes]
    return ids


def best(times: list[float]) -> str:
    """Return the best and the median in milliseconds."""
    return f"{min(times) * 1000:.0f} / {statistics.median(times) * 1000:.0f} ms"


def timed(function, *arguments, **how) -> float:
    """Return the seconds of one call."""
    begun = time.perf_counter()
    function(*arguments, **how)
    return time.perf_counter() - begun


def one_document(options: argparse.Namespace) -> None:
    """Check one document of the usual size: cold, anew, after an edit, unchanged."""
    from episodes import checking, editing, known
    from episodes.imports import Incoming, import_document
    from episodes.models import Episode, Finding

    data = options.sample.read_bytes() if options.sample else document(1).encode()
    result = import_document(Incoming(data=data, address="sample.md"), by=None)
    episode = Episode.objects.get(pk=result.episode_id)
    turns = list(episode.turns.order_by("position"))
    row("names and terms read and made ready", f"{timed(known.known_now) * 1000:.0f} ms")
    row("the same when nothing has changed", best([timed(known.known_now) for _ in range(ROUNDS)]))
    row(f"{len(turns)} turns for the first time", f"{timed(checking.check_now, episode):.2f} s")
    found = Finding.objects.filter(episode=episode, stands=True).count()
    anew = [timed(checking.check_now, episode, anew=True) for _ in range(ROUNDS)]
    row(f"all of it anew ({found} findings), best / median", best(anew), "under 300 ms")
    after = []
    for number in range(ROUNDS):
        turn = turns[(number * 7) % len(turns)]
        turn.refresh_from_db()
        text = f"{turn.text}好。"
        editing.save_turn(turn, version=turn.version, values={"text": text}, by=None)
        after.append(timed(checking.check_now, episode))
    row("after the edit of one turn, best / median", best(after))
    row("when nothing has changed", best([timed(checking.check_now, episode) for _ in anew]))


def work() -> None:
    """Do lanes until none is left, as a worker does."""
    from episodes import checking, jobs
    from episodes.models import Job
    from episodes.models.jobs import JobState

    while (
        job := Job.objects.filter(kind=checking.KIND, state=JobState.QUEUED).order_by("?").first()
    ):
        jobs.work(job.pk)


def many(options: argparse.Namespace) -> None:
    """Check all short episodes by jobs in several processes, watching how far they are."""
    from django.db.models import Sum

    from episodes import checking
    from episodes.models import CheckAsked, CheckedEpisode, Job
    from episodes.models.jobs import JobState

    ids = add_short(options.episodes)
    CheckAsked.objects.all().delete()
    Job.objects.all().delete()
    row(f"{len(ids):,} episodes asked for", f"{timed(checking.ask_all, ids):.2f} s")
    cores = min(checking.LANES, os.cpu_count() or 1)
    command = [sys.executable, "-m", "bench.checking", "--as", "work"]
    begun = time.perf_counter()
    workers = [subprocess.Popen(command, cwd=ROOT) for _core in range(cores)]
    said = 0
    while any(worker.poll() is None for worker in workers):
        time.sleep(0.5)
        done = Job.objects.filter(kind=checking.KIND).aggregate(done=Sum("done_count"))["done"] or 0
        if done >= said + len(ids) // 5:
            said = done
            row("  done so far, by the jobs' own count", f"{done:,}")
    spent = time.perf_counter() - begun
    left = CheckAsked.objects.count()
    failed = Job.objects.exclude(state=JobState.DONE).count()
    checked = CheckedEpisode.objects.filter(episode__in=ids[:1000]).count()
    if left or failed or checked < min(len(ids), 1000):
        raise SystemExit(f"{left} are left, {failed} jobs are not done, {checked} were checked.")
    row(f"checked by {cores} processes", f"{spent:.0f} s", f"{spent / len(ids) * 1000:.1f} ms each")


def run(options: argparse.Namespace) -> None:
    """Fill the database and print all figures."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from episodes.models import Episode

    if Episode.objects.exists():
        raise SystemExit("The database has to be empty: it is filled and changed.")
    print(f"Checking, {options.names:,} names, {options.terms:,} terms, {connection.vendor}")
    add_names(options.names)
    corpus.add_terms(corpus.terms(options.terms))
    one_document(options)
    row("memory", f"{memory():.0f} MB")
    many(options)


if __name__ == "__main__":
    main()
