"""Why an address was not read: one table of codes, each with a sentence for the person."""

from __future__ import annotations

import re

from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["REFUSALS", "FetchError", "refusal_of"]

# code: (what happened, where, what to do; is it worth another try later?)
REFUSALS: dict[str, tuple[str, bool]] = {
    "bad_url": (gettext_noop("{url} is not a web address: {why}. Correct the address."), False),
    "bad_scheme": (
        gettext_noop("{url} starts with neither http:// nor https://. Only these are read."),
        False,
    ),
    "credentials": (
        gettext_noop("{url} carries a user name or password. Give an address that needs none."),
        False,
    ),
    "bad_host": (
        gettext_noop("The host of {url} is not a valid name: {why}. Correct the address."),
        False,
    ),
    "odd_address": (
        gettext_noop(
            "The host of {url} is a number in an unusual spelling. Write the host's name."
        ),
        False,
    ),
    "private_address": (
        gettext_noop("{url} leads to {address}, {kind}. Only public addresses are read{remedy}."),
        False,
    ),
    "unknown_host": (
        gettext_noop("No host is called {host} (from {url}). Check the spelling."),
        False,
    ),
    "dns_failed": (
        gettext_noop(
            "The address of {host} (from {url}) could not be looked up just now. Try again later."
        ),
        True,
    ),
    "connect_failed": (
        gettext_noop("{host} could not be reached for {url}: {why}. Try again later."),
        True,
    ),
    "connection_lost": (
        gettext_noop("{host} broke off while sending {url}: {why}. Try again later."),
        True,
    ),
    "timeout": (gettext_noop("{host} fell silent while {url} was read. Try again later."), True),
    "too_slow": (
        gettext_noop("{url} did not arrive in {seconds:g} seconds. Try again later."),
        True,
    ),
    "tls_untrusted": (
        gettext_noop(
            "The certificate of {host} cannot be trusted for {url}: {why}. "
            "Tell whoever runs that site, or upload the file instead."
        ),
        False,
    ),
    "tls_failed": (
        gettext_noop("No secure connection to {host} for {url}: {why}. Try again later."),
        True,
    ),
    "bad_response": (
        gettext_noop(
            "{host} answered {url} with something that is not proper HTTP: {why}. "
            "Upload the file instead."
        ),
        False,
    ),
    "truncated": (gettext_noop("{url} arrived only in part. Try again later."), True),
    "bad_encoding": (
        gettext_noop(
            "{url} came in a compression that cannot be read: {why}. Upload the file instead."
        ),
        False,
    ),
    "too_large": (
        gettext_noop(
            "{url} is larger than {limit} bytes, the most that is read. Upload a smaller file."
        ),
        False,
    ),
    "no_redirect_target": (
        gettext_noop(
            "{url} says that it moved, but not where to. Open it in a browser and use the address "
            "it ends at."
        ),
        False,
    ),
    "redirect_loop": (
        gettext_noop(
            "{url} redirects in a circle. Open it in a browser and use the address it ends at."
        ),
        False,
    ),
    "too_many_redirects": (
        gettext_noop(
            "{url} is yet another redirect after {limit}. Open the address in a browser and use the "
            "one it ends at."
        ),
        False,
    ),
    "insecure_redirect": (
        gettext_noop(
            "{url} redirects from https to http ({target}). If that is right, give the http address."
        ),
        False,
    ),
    "no_content": (
        gettext_noop("{url} exists but has no content (HTTP {status}). Check the address."),
        False,
    ),
    "partial_content": (
        gettext_noop(
            "{host} sent only a part of {url} (HTTP 206) although the whole was asked for. "
            "Upload the file instead."
        ),
        False,
    ),
    "http_401": (
        gettext_noop("{url} asks for a login (HTTP 401). Give a public address or upload it."),
        False,
    ),
    "http_403": (
        gettext_noop("{host} does not let us read {url} (HTTP 403). Upload the file instead."),
        False,
    ),
    "http_404": (gettext_noop("Nothing stands at {url} (HTTP 404). Check the address."), False),
    "http_410": (
        gettext_noop("{url} was removed for good (HTTP 410). Find its new address."),
        False,
    ),
    "http_429": (
        gettext_noop("{host} asks to be left alone for a while (HTTP 429 for {url})."),
        True,
    ),
    "http_status": (
        gettext_noop("{host} answered {url} with HTTP {status}. Open it in a browser."),
        False,
    ),
    "http_failing": (
        gettext_noop("{host} failed on {url} (HTTP {status}). Try again later."),
        True,
    ),
    "html_page": (
        gettext_noop("{url} is a web page, not a transcript. Use the address of the raw file."),
        False,
    ),
    "binary": (
        gettext_noop(
            "{url} is not text{what}. Use the address of the transcript's text, in UTF-8."
        ),
        False,
    ),
}


class FetchError(Exception):
    """An address that was not read.

    ``code`` is stable and for machines: a key of ``REFUSALS``, or ``http_<status>``. ``message`` is
    a sentence for the person who imports (a ``Message``, to be translated), ``url`` the address at
    fault (of a redirect's target, if it led there), ``transient`` a passing fault that is worth a
    retry, ``status`` the HTTP status if there was one, ``retry_after`` the seconds for which the host
    wants to be left alone, if it said so.
    """

    def __init__(
        self,
        code: str,
        message: str,
        url: str,
        transient: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        # all of them, to be pickled
        super().__init__(code, message, url, transient, status, retry_after)
        self.code = code
        self.message = message
        self.url = url
        self.transient = transient
        self.status = status
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.message


_CREDENTIALS = re.compile(r"\A([^/\\?#]*)[/\\]{2}[^/?#]*@")


def refusal_of(
    code: str,
    url: str,
    /,
    status: int | None = None,
    retry_after: float | None = None,
    **facts: object,
) -> FetchError:
    """The error for ``code``, its sentence filled in with ``facts``; ``url`` is shown cut and clean."""
    entry = code
    if code not in REFUSALS:
        entry = "http_failing" if status in (408, 425) or (status or 0) >= 500 else "http_status"
    template, transient = REFUSALS[entry]
    url = _CREDENTIALS.sub(r"\1//", url)  # the message ends up in logs and in the admin
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in url)
    if len(shown) > 200:
        shown = f"{shown[:200]}…"
    facts = {"url": shown, "status": status, **facts}
    message = fill(template, **facts)
    return FetchError(code, message, url, transient, status, retry_after)
