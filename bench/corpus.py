"""A site's worth of published turns that use terms, written straight into the tables."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from bench.documents import SENTENCES

__all__ = ["TURNS_EACH", "add_episodes", "add_terms", "sentences_of", "terms"]

TURNS_EACH = 200
_HAN = "云网电港湖仓库能量子光芯片模型数据流层级链路码头堆场算力存储节点推理训练参数权重梯度批次缓存带宽延迟负荷储备调度"
_SENTENCE = re.compile(r"[^。！？\n*（）()<>`\[\]#:：]{6,60}[。！？]")


def sentences_of(sample: Path | None) -> list[str]:
    """Return Chinese sentences: those of a document, or our own."""
    if sample is None:
        return [chinese for chinese, _english in SENTENCES]
    found = _SENTENCE.findall(sample.read_text(encoding="utf-8"))
    return [sentence for sentence in found if re.search("[\u4e00-\u9fff]{4}", sentence)]


def terms(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return so many different (term, foreign term); the same for the same seed."""
    draw = random.Random(seed)
    found: dict[str, str] = {}
    while len(found) < count:
        number = len(found)
        if number % 10 == 9:
            name = f"{draw.choice('ABCDEFGHKLMNP')}{draw.choice('QRSTVWXZ')}{number}"
        else:
            name = "".join(draw.choices(_HAN, k=draw.choice((3, 3, 4, 5))))
        found.setdefault(name, f"Bench term {number}")
    return list(found.items())


def add_terms(pairs: list[tuple[str, str]], first: int = 0) -> None:
    """Write approved entries with their keys."""
    from django.utils import timezone

    from glossary.grouping import key_of
    from glossary.models import Entry, EntryKey, State

    made = Entry.objects.bulk_create(
        [
            Entry(
                term=term,
                foreign_term=foreign,
                definition=f"第{number}个词的解释，只有一句话。",
                slug=f"bench-{number}",
                sort_key=f"{number:06}",
                state=State.APPROVED,
                version=1,
                decided_at=timezone.now(),
            )
            for number, (term, foreign) in enumerate(pairs, start=first)
        ],
        batch_size=500,
    )
    keys = {key_of(entry.term): entry for entry in made}
    EntryKey.objects.bulk_create(
        [EntryKey(key=key, entry=entry) for key, entry in keys.items()],
        batch_size=500,
        ignore_conflicts=True,
    )


def texts(pairs: list[tuple[str, str]], sentences: list[str], seed: int) -> Iterator[str]:
    """Yield turns without end: some sentences and about three terms, common ones more often.

    One in forty has an inline note.
    """
    draw = random.Random(seed)
    names = [term for term, _foreign in pairs]
    weights = [1 / (rank + 20) for rank in range(len(names))]
    chosen: list[str] = []
    number = 0
    while True:
        if len(chosen) < 8:
            chosen = draw.choices(names, weights, k=5000)
        parts = draw.choices(sentences, k=draw.choice((2, 4, 7, 12)))
        for _use in range(draw.choice((1, 2, 3, 4, 5))):
            parts.insert(draw.randrange(len(parts)), f"说到{chosen.pop()}，")
        number += 1
        if number % 40 == 0:
            name = chosen.pop()
            parts.insert(0, f"**{name}**（{dict(pairs)[name]}: 一句解释）。")
        yield "".join(parts)


def add_episodes(
    count: int, pairs: list[tuple[str, str]], sentences: list[str], first: int = 0
) -> int:
    """Write live episodes of ``TURNS_EACH`` turns, working and published; return the turns."""
    from datetime import date, timedelta

    from django.utils import timezone

    from episodes.models import Chapter, Edition, Episode, PublishedEpisode, PublishedTurn, Turn
    from episodes.rendering import render_turn

    made = texts(pairs, sentences, seed=first + 7)
    foreign = dict(pairs)
    assert foreign
    now = timezone.now()
    for number in range(first, first + count):
        day = date(2015, 1, 1) + timedelta(days=number)
        title = f"第{number}期：{sentences[number % len(sentences)]}"
        episode = Episode.objects.create(
            title=title, slug=f"bench-{number}", date=day, status="evergreen", revision=2
        )
        chapter = Chapter.objects.create(episode=episode, title="第一章", position=0)
        edition = Edition.objects.create(
            episode=episode, number=1, revision=2, document={}, published_at=now
        )
        published = PublishedEpisode.objects.create(
            episode=episode,
            edition=edition,
            slug=episode.slug,
            title=title,
            date=day,
            area=f"area {number % 12}",
            language="zh-Hans",
            original_language="en",
            turn_count=TURNS_EACH,
            first_published_at=now,
            published_at=now,
        )
        turns, public = [], []
        for position in range(TURNS_EACH):
            text = next(made)
            html, plain, notes = f"<p>{text}</p>", text, []
            if "**" in text:
                rendered = render_turn(text)
                html, plain, notes = rendered.html, rendered.plain, list(rendered.notes)
            uid = f"t{number * TURNS_EACH + position:08}"
            original = f"Turn {position} of talk {number}, in the language it was spoken in."
            turns.append(
                Turn(
                    episode=episode,
                    chapter=chapter,
                    uid=uid,
                    position=position,
                    text=text,
                    original=original,
                )
            )
            public.append(
                PublishedTurn(
                    published=published,
                    uid=uid,
                    position=position,
                    chapter_position=0,
                    chapter_title="第一章",
                    kind="speech",
                    text_html=html,
                    text_plain=plain,
                    original_html=f"<p>{original}</p>",
                    original_plain=original,
                    notes=notes,
                )
            )
        Turn.objects.bulk_create(turns, batch_size=200)
        PublishedTurn.objects.bulk_create(public, batch_size=200)
    return count * TURNS_EACH
