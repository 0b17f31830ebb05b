"""From the working tables to the published ones and out again."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from episodes import extensions, publishing
from episodes.models import (
    Appearance,
    Chapter,
    Edition,
    Episode,
    EpisodeOldSlug,
    Organisation,
    OrganisationMention,
    Person,
    Product,
    ProductMention,
    PublishedEpisode,
    PublishedLink,
    PublishedTurn,
    Turn,
    TurnRedirect,
    Work,
    WorkMention,
)
from episodes.tests import rows

pytestmark = pytest.mark.django_db

REL = 'rel="nofollow noopener noreferrer"'


def publish(episode: Episode, by: User | None = None, note: str = "") -> Edition:
    return publishing.publish_edition(episode, by=by, note=note, at=timezone.now())


@pytest.fixture
def full() -> Episode:
    """An episode with a value in every place."""
    episode = Episode.objects.create(
        title="仓库",
        original_title="Depots",
        slug="depots",
        date=date(2026, 11, 2),
        source_address="https://video.example/1",
        audio_url="https://audio.example/1.mp3",
        channel="Some Channel",
        area="logistics",
        category="trade",
        series="Depots",
        summary="**好**",
        insight="- 一",
        original_provenance="automatic",
        translation_provenance="machine",
        revised_by="A. B.",
        rights="CC BY",
        extra=[["layout", "post"]],
    )
    host = Person.objects.create(name="Ann Lee", slug="ann-lee")
    guest = Person.objects.create(name="Bo Xu", slug="bo-xu")
    caller = Person.objects.create(name="Cy", slug="cy")
    Appearance.objects.create(episode=episode, person=guest, role="guest", position=1)
    Appearance.objects.create(episode=episode, person=host, role="host", position=0)
    for model, mention, name in (
        (Organisation, OrganisationMention, "Acme"),
        (Product, ProductMention, "Crate"),
        (Work, WorkMention, "A Book"),
    ):
        target = model.objects.create(name=name, slug=name.lower().replace(" ", "-"))
        mention.objects.create(episode=episode, target=target)
    episode.tags.add("数据", "trade")
    episode.projects.add("port study")
    opening = Chapter.objects.create(episode=episode, position=0, title="", level=0)
    second = Chapter.objects.create(episode=episode, position=1, title="正题", level=3)
    values = [
        (opening, "tcaaaaaaa", "cue", None, "", "[音乐]", "[Music]"),
        (second, "taaaaaaaa", "speech", host, "安", "**仓**（Depot: 存货处）。", "A *depot*."),
        (second, "tbbbbbbbb", "speech", caller, "Cy", "[链](https://b.example/)", ""),
    ]
    for position, (chapter, uid, kind, speaker, label, text, original) in enumerate(values):
        Turn.objects.create(
            episode=episode,
            chapter=chapter,
            uid=uid,
            position=position * 10,
            kind=kind,
            speaker=speaker,
            label=label,
            text=text,
            original=original,
            start=position * 1000,
            end=position * 1000 + 900,
        )
    return episode


def test_an_edition_freezes_the_whole_document(full: Episode) -> None:
    edition = publish(full)
    host = Person.objects.get(slug="ann-lee")
    document = dict(edition.document)
    turns = document.pop("turns")
    assert document == {
        "slug": "depots",
        "status": "evergreen",
        "edition": 1,
        "title": "仓库",
        "date": "2026-11-02",
        "source": "https://video.example/1",
        "original_title": "Depots",
        "audio_url": "https://audio.example/1.mp3",
        "language": "zh-Hans",
        "original_language": "en",
        "original_provenance": "automatic",
        "translation_provenance": "machine",
        "revised_by": "A. B.",
        "rights": "CC BY",
        "front": document["front"],
        "summary_html": "<p><strong>好</strong></p>",
        "insight_html": "<ul>\n<li>一</li>\n</ul>",
        "chapters": [
            {"position": 0, "title": "", "level": 0},
            {"position": 1, "title": "正题", "level": 3},
        ],
    }
    front = document["front"]
    assert (front["title"], front["channel"], front["area"]) == (
        "仓库",
        "Some Channel",
        "logistics",
    )
    assert (front["tags"], front["organisations"]) == (["数据", "trade"], ["Acme"])
    assert front["extra"][0] == ["layout", "post"]
    assert turns[1] == {
        "uid": "taaaaaaaa",
        "chapter": 1,
        "kind": "speech",
        "speaker": "Ann Lee",
        "speaker_id": host.pk,
        "label": "安",
        "original_label": "",
        "text": "**仓**（Depot: 存货处）。",
        "original": "A *depot*.",
        "start": 1000,
        "end": 1900,
        "text_html": '<p><dfn class="term" data-note="0">仓</dfn>。</p>',
        "text_plain": "仓。",
        "original_html": "<p>A <em>depot</em>.</p>",
        "original_plain": "A depot.",
        "notes": [
            {
                "head": "仓",
                "foreign": "Depot",
                "abbreviation": "",
                "expansion": "",
                "definition": "存货处",
            }
        ],
    }
    assert (turns[0]["speaker"], turns[0]["speaker_id"]) == ("", None)
    assert (edition.number, edition.revision) == (1, full.revision)


def test_the_published_tables_hold_the_live_edition(full: Episode) -> None:
    edition = publish(full)
    published = PublishedEpisode.objects.get()
    assert published.episode == full
    assert published.edition == edition
    assert published.live is True
    for field in publishing.COPIED:
        assert getattr(published, field) == getattr(full, field)
    assert (published.date, published.turn_count) == (date(2026, 11, 2), 3)
    assert published.summary_html == "<p><strong>好</strong></p>"
    assert published.first_published_at == published.published_at == edition.published_at
    turns = published.turns.values_list(
        "position", "uid", "chapter_position", "chapter_title", "chapter_level", "kind"
    )
    assert list(turns) == [
        (0, "tcaaaaaaa", 0, "", 0, "cue"),
        (1, "taaaaaaaa", 1, "正题", 3, "speech"),
        (2, "tbbbbbbbb", 1, "正题", 3, "speech"),
    ]
    third = published.turns.get(uid="tbbbbbbbb")
    assert third.text_html == f'<p><a href="https://b.example/" {REL}>链</a></p>'
    assert (third.text_plain, third.original_plain, third.start) == ("链", "", 2000)
    assert (third.speaker.name, third.label, third.notes) == ("Cy", "Cy", [])


def test_whoever_is_listed_or_speaks_is_linked_once_in_order(full: Episode) -> None:
    publish(full)
    linked = [
        (
            link.role,
            str(next(filter(None, (getattr(link, kind) for kind in publishing.LINK_FIELDS)))),
        )
        for link in PublishedLink.objects.order_by("position")
    ]
    assert linked == [
        ("host", "Ann Lee"),
        ("guest", "Bo Xu"),
        ("", "Cy"),
        ("", "Acme"),
        ("", "Crate"),
        ("", "A Book"),
        ("", "数据"),
        ("", "trade"),
        ("", "port study"),
    ]


def test_what_is_edited_after_publishing_is_not_public(full: Episode) -> None:
    edition = publish(full)
    before = edition.document
    Turn.objects.update(text="未公开的秘密")
    Episode.objects.update(title="秘密", summary="秘密")
    Organisation.objects.create(name="Secret", slug="secret").mentions.create(episode=full)
    edition.refresh_from_db()
    assert edition.document == before
    public = [*PublishedEpisode.objects.values_list(), *PublishedTurn.objects.values_list()]
    assert "秘密" not in str(public)
    assert PublishedLink.objects.filter(organisation__slug="secret").count() == 0


def test_the_next_edition_replaces_the_live_one_and_keeps_the_first(full: Episode) -> None:
    first = publish(full)
    full.turns.get(uid="tbbbbbbbb").delete()
    full.appearances.filter(person__slug="bo-xu").delete()
    full.title = "新仓库"
    full.revision = 7
    full.save()
    second = publish(full, note="shorter")
    published = PublishedEpisode.objects.get()
    assert (second.number, second.revision, second.note) == (2, 7, "shorter")
    assert (published.edition, published.title, published.turn_count) == (second, "新仓库", 2)
    assert published.first_published_at == first.published_at
    assert published.published_at == second.published_at
    assert list(published.turns.values_list("uid", flat=True)) == ["tcaaaaaaa", "taaaaaaaa"]
    assert not published.links.filter(person__slug__in=("bo-xu", "cy")).exists()
    first.refresh_from_db()
    assert (first.document["title"], len(first.document["turns"])) == ("仓库", 3)


def test_the_address_readers_knew_leads_to_the_new_one(full: Episode) -> None:
    publish(full)
    full.slug = "warehouses"
    full.save(update_fields=["slug"])
    publish(full)
    assert PublishedEpisode.objects.get().slug == "warehouses"
    assert list(EpisodeOldSlug.objects.values_list("slug", "target")) == [("depots", full.pk)]


def test_of_a_withdrawn_episode_title_and_address_stay(full: Episode) -> None:
    edition = publish(full)
    publishing.withdraw(full)
    published = PublishedEpisode.objects.get()
    assert (published.live, published.slug, published.title) == (False, "depots", "仓库")
    assert (published.edition, published.turn_count, published.date) == (edition, 0, None)
    words = (published.summary, published.summary_html, published.insight_html, published.rights)
    assert words == ("", "", "", "")
    assert published.channel == published.source_address == published.audio_url == ""
    assert not PublishedTurn.objects.exists()
    assert not PublishedLink.objects.exists()


def test_a_withdrawn_episode_published_again_is_whole_again(full: Episode) -> None:
    first = publish(full)
    publishing.withdraw(full)
    publish(full)
    published = PublishedEpisode.objects.get()
    assert (published.live, published.turn_count, published.summary) == (True, 3, "**好**")
    assert published.first_published_at == first.published_at
    assert published.links.count() == 9


@pytest.mark.parametrize("turns", [1, 3, 50])
def test_publishing_costs_the_same_queries_whatever_the_size(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "_registered", [])
    episode = rows.episode("a-talk", *(f"第{number}句" for number in range(turns)))
    with CaptureQueriesContext(connection) as queries:
        publish(episode)
    assert len(queries) == 28


# Addresses of turns that were merged away.


def test_old_addresses_of_turns_lead_to_live_ones(full: Episode) -> None:
    publish(full)
    published = PublishedEpisode.objects.get()
    for old, new in [
        ("told00001", "told00002"),  # a chain
        ("told00002", "taaaaaaaa"),
        ("told00003", "taaaaaaaa"),
        ("told00004", "tgone0000"),  # leads to nothing
        ("told00005", "told00006"),  # a circle
        ("told00006", "told00005"),
        ("tbbbbbbbb", "taaaaaaaa"),  # lives, so it needs no other
    ]:
        TurnRedirect.objects.create(episode=full, old_uid=old, new_uid=new)
    with CaptureQueriesContext(connection) as queries:
        answer = publishing.anchors(published)
    assert answer == {"taaaaaaaa": ["told00001", "told00002", "told00003"]}
    assert len(queries) == 2


def test_another_episode_s_redirects_are_not_its_own(full: Episode) -> None:
    publish(full)
    other = rows.episode("other")
    TurnRedirect.objects.create(episode=other, old_uid="told00001", new_uid="taaaaaaaa")
    assert publishing.anchors(PublishedEpisode.objects.get()) == {}


# Extensions.


class Listener(extensions.Extension):
    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def after_edition(self, published: PublishedEpisode) -> None:
        assert connection.in_atomic_block
        self.heard.append(("edition", published.turns.count()))

    def after_withdrawal(self, published: PublishedEpisode) -> None:
        assert connection.in_atomic_block
        self.heard.append(("withdrawal", published.turns.count()))

    def note_links(self, notes: list[dict[str, object]]) -> list[str | None]:
        return [f"/{note['head']}/" if note["head"] != "b" else None for note in notes]

    def page_generation(self) -> str:
        return "7"


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr(extensions, "_registered", [])
    made = Listener()
    extensions.register(made)
    extensions.register(Listener())  # a second start of the app
    return made


def test_extensions_hear_of_editions_and_withdrawals(full: Episode, listener: Listener) -> None:
    publish(full)
    publishing.withdraw(full)
    assert listener.heard == [("edition", 3), ("withdrawal", 0)]


def test_extensions_link_notes_and_take_part_in_a_page_s_generation(listener: Listener) -> None:
    assert extensions.note_links([{"head": "a"}, {"head": "b"}]) == ["/a/", None]
    assert extensions.page_generation() == "7"


def test_without_extensions_nothing_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "_registered", [])
    assert extensions.note_links([{"head": "a"}]) == [None]
    assert extensions.page_generation() == ""
