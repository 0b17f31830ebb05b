"""Public pages with a language: Chinese without a prefix, English under ``/en/``."""

from django.urls import path

from glossary.views.entry import entry
from glossary.views.index import index

app_name = "glossary"
urlpatterns = [
    path("glossary/", index, name="index"),
    path("glossary/<slug:slug>/", entry, name="entry"),
]
