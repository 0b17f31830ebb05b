"""Public addresses without a language: exports, feeds, machines."""

from django.urls import URLPattern, URLResolver

app_name = "glossary_plain"
urlpatterns: list[URLPattern | URLResolver] = []
