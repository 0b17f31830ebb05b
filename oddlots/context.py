"""What every template knows about the site."""

from django.conf import settings
from django.http import HttpRequest

__all__ = ["site"]


def site(_request: HttpRequest) -> dict[str, str]:
    """Return the site's name and address."""
    return {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
