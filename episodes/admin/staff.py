"""Who is at the desk."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest

__all__ = ["who"]


def who(request: HttpRequest) -> User:
    """Return the logged-in person of a request that ``admin_view`` has let in."""
    assert isinstance(request.user, User)
    return request.user
