"""Public addresses without a language: exports, feeds, machines."""

from django.urls import path

from glossary import views_plain

app_name = "glossary_plain"
urlpatterns = [
    path("glossary.tbx", views_plain.tbx_file, name="tbx"),
    path("glossary.csv", views_plain.csv, name="csv"),
    path("glossary.json", views_plain.json, name="json"),
    path("glossary/feed.xml", views_plain.feed, name="feed"),
]
