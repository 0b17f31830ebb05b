"""The interface language: told by the path on public pages, by the person in the admin."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

__all__ = ["LanguageByPath"]


class LanguageByPath:
    """Activate English under ``/en/``, Simplified Chinese elsewhere (DESIGN §8).

    No public page varies by cookie or Accept-Language, so that a cache may keep it. The admin
    follows the person: Django's language cookie first, then Accept-Language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its language."""
        path = request.path_info
        personal = path.startswith("/admin/")
        if personal:
            language = translation.get_language_from_request(request)
        elif path == "/en" or path.startswith("/en/"):
            language = "en"
        else:
            language = "zh-hans"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if personal:
                response.headers.setdefault("Content-Language", language)
                response.headers["Vary"] = ", ".join(
                    dict.fromkeys(
                        [
                            *filter(None, response.headers.get("Vary", "").split(", ")),
                            "Accept-Language",
                            "Cookie",
                        ]
                    )
                )
            else:
                response.headers.setdefault("Content-Language", language)
        return response
