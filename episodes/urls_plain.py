"""Public addresses without a language: exports, feeds, machines."""

from django.urls import path

from episodes import feeds, sitemaps
from episodes.views import exports, machines

app_name = "episodes_plain"
urlpatterns = [
    path("episodes/<slug:slug>.<slug:format>", exports.export, name="export"),
    path("feed.xml", feeds.atom, name="feed"),
    path("feed.json", feeds.json_feed, name="feed_json"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("healthz", machines.healthz, name="healthz"),
]
