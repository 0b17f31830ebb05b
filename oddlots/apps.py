"""The project's own app: it composes the others (pages, admin site, commands to run it)."""

from django.apps import AppConfig


class OddlotsConfig(AppConfig):
    name = "oddlots"
    verbose_name = "Oddlots"
