"""The samples: in every status, into an empty database only, and out again without a trace."""

import pytest

from episodes.models import (
    Edition,
    Episode,
    Person,
    PublishedEpisode,
    Snapshot,
    Tag,
    Turn,
)
from episodes.tests.factories import make_episode
from oddlots import samples

pytestmark = pytest.mark.django_db


def test_the_samples_stand_in_every_status() -> None:
    assert samples.load() == 6
    assert dict(Episode.objects.values_list("slug", "status")) == {
        "deep-cables": "archived",
        "harbour-cranes": "evergreen",
        "sodium-batteries": "evergreen",
        "seed-library": "review",
        "night-trains": "draft",
        "bakery-sums": "draft",
    }
    live = PublishedEpisode.objects.filter(live=True).values_list("slug", flat=True)
    assert sorted(live) == ["harbour-cranes", "sodium-batteries"]


def test_one_published_sample_has_an_unpublished_correction() -> None:
    samples.load()
    behind = [
        published.slug
        for published in PublishedEpisode.objects.filter(live=True).select_related(
            "edition", "episode"
        )
        if published.episode.revision > published.edition.revision
    ]
    assert behind == ["sodium-batteries"]


def test_they_go_into_an_empty_database_only() -> None:
    make_episode(slug="ours")
    with pytest.raises(samples.NotEmpty):
        samples.load()
    assert list(Episode.objects.values_list("slug", flat=True)) == ["ours"]


def test_they_go_without_a_trace_and_leave_what_is_not_theirs() -> None:
    samples.load()
    kept = make_episode(slug="ours", people=["Mara Quill"])
    assert samples.remove() == 6
    assert list(Episode.objects.all()) == [kept]
    assert not Edition.objects.exists()
    assert not PublishedEpisode.objects.exists()
    assert not Turn.objects.exclude(episode=kept).exists()
    assert not Snapshot.objects.exclude(source__episode=kept).exists()
    assert Person.objects.filter(name="Mara Quill").exists()
    assert not Person.objects.filter(name="Rui Alvarado").exists()
    assert not Tag.objects.filter(name="batteries").exists()
