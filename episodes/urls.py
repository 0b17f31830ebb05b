"""Public pages with a language: Chinese without a prefix, English under ``/en/``."""

from django.urls import path

from episodes.views import episode, home, lists, named, preview

app_name = "episodes"
urlpatterns = [
    path("", home.home, name="home"),
    path("episodes/", lists.episodes, name="episodes"),
    path("episodes/<slug:slug>/", episode.live_episode, name="episode"),
    path("episodes/<slug:slug>/v<int:number>/", episode.frozen_edition, name="edition"),
    path("preview/<str:token>/", preview.preview, name="preview"),
    path("people/<slug:slug>/", named.named, {"kind": "person"}, name="person"),
    path("organisations/<slug:slug>/", named.named, {"kind": "organisation"}, name="organisation"),
    path("products/<slug:slug>/", named.named, {"kind": "product"}, name="product"),
    path("works/<slug:slug>/", named.named, {"kind": "work"}, name="work"),
    path("tags/<str:slug>/", named.label, {"kind": "tag"}, name="tag"),
    path("projects/<str:slug>/", named.label, {"kind": "project"}, name="project"),
]
