"""The app of the glossary: terms, their evidence and their use."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GlossaryConfig(AppConfig):
    name = "glossary"
    verbose_name = _("Glossary")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell ``episodes`` what the glossary adds to it."""
        from episodes import extensions  # noqa: PLC0415 - models are loaded by now
        from glossary.extension import GlossaryExtension  # noqa: PLC0415

        extensions.register(GlossaryExtension())
