"""What the public templates need of the language, addresses and text; no query is made here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from episodes import addresses, rendering
from episodes.models.working import Provenance, Role

register = template.Library()

_HAN = re.compile("[\u2e80-\u2fff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_BREAK = re.compile(r"[\s，。：；、！？—…·“”（）《》]+")
PHRASE = 10  # characters of a title that fit a line of a phone, with a sign behind them
_LETTER = re.compile(r"[^\W\d_]")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


@register.simple_tag(takes_context=True)
def page_address(context: Context, language: str) -> str:
    """Return the path of the page being made in ``zh-hans`` or ``en``, with its own query only.

    A view names its path with the parameters it knows as ``canonical``; else it is the request's
    path. Without either (an error page) it is the home page.
    """
    request = context.get("request")
    path = context.get("canonical") or (request.path if request else "/")
    return addresses.in_language(str(path), language)


@register.simple_tag
def html_language() -> str:
    """Return the active language as the ``lang`` of the page: ``zh-Hans`` or ``en``."""
    return "zh-Hans" if (get_language() or "").startswith("zh") else "en"


@register.filter
def lang_of(text: object) -> str:
    """Return ``zh-Hans`` or ``en`` for a short text: Chinese if a third of its letters is Han."""
    letters = _LETTER.findall(str(text))
    return "zh-Hans" if len(_HAN.findall(str(text))) * 3 > len(letters) else "en"


@register.filter
def phrased(title: str) -> bool:
    """Tell whether a Chinese title can break after punctuation alone, on a phone's width too."""
    return max(map(len, _BREAK.split(title))) <= PHRASE


@register.filter
def trusted(html: str) -> SafeString:
    """Let HTML pass that ``rendering`` sanitised and a published table holds."""
    return rendering.trusted(html)


@register.filter
def rendered(text: str) -> SafeString:
    """Return a note's Markdown as sanitised HTML."""
    return rendering.trusted(rendering.render(text))


@register.filter
def excerpt(html: str, length: int = 160) -> str:
    """Return the words of stored HTML, cut at ``length`` characters; escaped by the template."""
    words = " ".join(strip_tags(html).split())
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        words = words.replace(entity, sign)
    return Truncator(words).chars(length)


@register.filter
def web_link(address: str) -> str:
    """Return an address that may stand in ``href``: http(s) or nothing."""
    return address if _WEB.match(address or "") else ""


@register.filter
def clock(milliseconds: int | None) -> str:
    """Return a moment of a recording as ``4:05`` or ``1:02:03``."""
    if milliseconds is None:
        return ""
    seconds = timedelta(milliseconds=milliseconds) // timedelta(seconds=1)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def here(name: Any) -> str:
    """Return a name as this page's readers say it: the translated one on Chinese pages."""
    chinese = (get_language() or "").startswith("zh")
    return str((chinese and name.translated) or name.name)


@register.filter
def elsewhere(name: Any) -> str:
    """Return the other form of a name, if it has one."""
    return next((form for form in (name.name, name.translated) if form and form != here(name)), "")


@register.filter
def role_name(role: str) -> str:
    """Return the name of a role; somebody without one speaks in the turns."""
    return str(Role(role).label) if role else _("Speaker")


@register.filter
def provenance(value: str) -> str:
    """Return how a text came about, or nothing if that is not known."""
    return str(Provenance(value).label) if value and value in Provenance.values else ""


@register.filter
def seconds(milliseconds: int) -> int:
    """Return whole seconds, for an address that leads to a moment."""
    return milliseconds // 1000
