"""Public pages with a language: Chinese without a prefix, English under ``/en/``."""

from django.urls import path

from glossary import views

app_name = "glossary"
urlpatterns = [
    path("glossary/", views.index, name="index"),
    path("glossary/<slug:slug>/", views.entry, name="entry"),
]
