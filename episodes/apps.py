"""The app of episodes: transcripts, their editing, publishing and pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EpisodesConfig(AppConfig):
    name = "episodes"
    verbose_name = _("Episodes")
    default_auto_field = "django.db.models.BigAutoField"
