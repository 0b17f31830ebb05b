"""One-time login links: printed by ``make run`` and by ``manage.py login_link``.

A link is Django's password-reset token under another salt: it holds the time, the user's password
hash and last login, so that it is spent by the first login and expires after
``settings.PASSWORD_RESET_TIMEOUT`` seconds.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

__all__ = ["login_by_link", "make_link"]


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "oddlots.one_time"


TOKENS = _Tokens()


def make_link(user: User) -> str:
    """Return an absolute address that logs ``user`` in, once."""
    key = urlsafe_base64_encode(str(user.pk).encode())
    return settings.SITE_URL + reverse("one_time_login", args=[key, TOKENS.make_token(user)])


@require_GET
@never_cache
def login_by_link(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Log in whom the link was made for; a spent or expired link says how to get another."""
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(key)), is_active=True).first()
    except ValueError:
        user = None
    if user is None or not TOKENS.check_token(user, token):
        return render(request, "admin/one_time_spent.html", status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("admin:index")
