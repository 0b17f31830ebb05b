"""Notices by mail: one letter for all that a person has not read yet, sent by a job.

The letter leaves before the rows say so: a worker that is killed in between sends it twice, none is
lost. While the mail server does not answer the job is tried again; when it gives up, what was not
sent goes with the next notice's letter, as long as it is news.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from episodes import jobs, wording
from episodes.models import Notice
from episodes.notices import MAIL
from episodes.transcripts.messages import fill, gettext_noop

__all__ = ["letter", "work"]

NEWS = timedelta(days=7)
"""How long a notice is worth a letter."""
MOST = 100
"""So many notices are spelt out in one letter; the rest is counted."""
AT_ONCE = 5000  # notices in one letter, spelt out or counted
PATIENCE = 20  # seconds for each answer of the mail server
LEASE = timedelta(minutes=3)


@jobs.register(MAIL, lease=LEASE, label=gettext_lazy("Notices by mail"))
def work(run: jobs.Run) -> str:
    """Send a person what he has not read yet; return what was sent.

    Raises ``jobs.TryLater`` where the mail server does not take it now.
    """
    wishing = User.objects.filter(
        pk=run.key, is_active=True, is_staff=True, notice_wish__by_mail=True
    )
    user = wishing.exclude(email="").first()
    if user is None:
        return gettext_noop("The person wants no letters, or has no address.")
    waiting = Notice.objects.filter(user=user, read_at__isnull=True, mailed_at__isnull=True)
    found = list(waiting.filter(at__gte=timezone.now() - NEWS).order_by("at", "pk")[:AT_ONCE])
    if not found:
        return gettext_noop("Nothing is left to be sent.")
    message = letter(user, found)
    run.heartbeat(0, len(found))
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as fault:
        unsent = gettext_noop("The mail server did not take the letter: {fault}")
        raise jobs.TryLater(fill(unsent, fault=str(fault)[:300])) from fault
    said = fill(gettext_noop("Sent: {count}."), count=len(found))
    with transaction.atomic():
        Notice.objects.filter(pk__in=[each.pk for each in found]).update(mailed_at=timezone.now())
        run.still_mine()
    return said


def letter(user: User, found: Sequence[Notice]) -> EmailMessage:
    """Return the letter that tells a person these notices, in the language of the site."""
    with translation.override(settings.LANGUAGE_CODE):
        parts = [f"{_said(each)}\n{_link(each.place)}".rstrip() for each in found[:MOST]]
        if len(found) > MOST:
            parts.append(_("And %(count)d more.") % {"count": len(found) - MOST})
        parts.append(
            _("What you are told, and whether by mail, you choose here:")
            + "\n"
            + _link(reverse("admin:notice_wishes"))
        )
        subject = ngettext("%(site)s: %(count)d notice", "%(site)s: %(count)d notices", len(found))
        return EmailMessage(
            subject=" ".join((subject % {"site": settings.SITE_NAME, "count": len(found)}).split()),
            body="\n\n".join(parts) + "\n",
            to=[user.email],
            connection=get_connection(timeout=PATIENCE),
        )


def _said(notice: Notice) -> str:
    return wording.translate(wording.restore(notice.wording, notice.message))


def _link(place: str) -> str:
    return f"{settings.SITE_URL}{place}" if place else ""
