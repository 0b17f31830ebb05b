"""The bell in the frame of the admin."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from episodes.admin.noticing import bell_of

register = template.Library()


@register.inclusion_tag("admin/desk/bell.html", takes_context=True)
def bell(context: Context) -> dict[str, Any]:
    """Show the link to the notices with how many are not read. At most one query."""
    request = context.get("request")
    return {"unread": bell_of(request) if request is not None else None}
