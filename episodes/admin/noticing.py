"""The pages of notices: what one was told, what one wants to be told, and the way to each place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from episodes import notices
from episodes.admin.staff import who
from episodes.models import Notice, NoticeWish
from episodes.wording import restore, translate

__all__ = ["WishForm", "bell_of"]

PER_PAGE = 50
WISHES = "wishes_notices"
"""What a session remembers: whether the person ever wished for notices."""


def bell_of(request: HttpRequest) -> int | None:
    """Return how many notices the person has not read; None where he wishes for none.

    The session knows who wishes for any: whoever does not is not asked for on each page. The first
    page looks anew (``look_anew``). One query for whoever does.
    """
    if not request.user.is_staff or not request.session.get(WISHES):
        return None
    return notices.unread(who(request))


def look_anew(request: HttpRequest) -> None:
    """Have the session remember whether the person wishes for notices. One query."""
    wished = NoticeWish.objects.filter(user=who(request)).exists()
    if bool(request.session.get(WISHES)) != wished:
        request.session[WISHES] = wished


class WishForm(forms.Form):
    """What a person wants to be told; ``by_mail`` only where there is an address."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me when"),
        choices=Notice.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    by_mail = forms.BooleanField(label=gettext_lazy("by mail as well"), required=False)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by_mail"].disabled = not email


def page(request: HttpRequest) -> HttpResponse:
    """List what the person was told, the newest first."""
    look_anew(request)
    found = Notice.objects.filter(user=who(request)).select_related("episode")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    for notice in shown:
        notice.said = translate(restore(notice.wording, notice.message))  # type: ignore[attr-defined]
    context = {
        **admin.site.each_context(request),
        "title": _("Notices"),
        "notices": shown,
        "unread": notices.unread(who(request)),
    }
    return render(request, "admin/desk/notices.html", context)


def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a notice is read, and lead to its place; 404 for somebody else's."""
    notice = Notice.objects.filter(pk=pk, user=who(request)).first()
    if notice is None:
        raise Http404(_("There is no such notice."))
    notices.mark_read(who(request), pk)
    place = notice.place
    if not place.startswith("/") or not url_has_allowed_host_and_scheme(place, allowed_hosts=None):
        return redirect("admin:notices")
    return redirect(place)


def read_all(request: HttpRequest) -> HttpResponse:
    """Note that all notices are read."""
    count = notices.mark_read(who(request))
    told = ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", count)
    messages.success(request, told % {"n": count})
    return redirect("admin:notices")


def wishes(request: HttpRequest) -> HttpResponse:
    """Show and save what the person wants to be told."""
    user = who(request)
    if request.method == "POST":
        form = WishForm(request.POST, email=user.email)
        if form.is_valid():
            by_mail = form.cleaned_data["by_mail"]
            notices.wish(user, form.cleaned_data["kinds"], by_mail=by_mail)
            look_anew(request)
            messages.success(request, _("Saved. From now on you are told of what you chose."))
            return redirect("admin:notice_wishes")
    else:
        kinds, by_mail = notices.kinds_of(user)
        form = WishForm(initial={"kinds": list(kinds), "by_mail": by_mail}, email=user.email)
    context = {
        **admin.site.each_context(request),
        "title": _("What I want to be told"),
        "form": form,
        "email": user.email,
    }
    return render(request, "admin/desk/notice_wishes.html", context)


_view = admin.site.admin_view
admin.site.routes += [  # type: ignore[attr-defined]
    path("notices/", _view(require_http_methods(["GET", "HEAD"])(page)), name="notices"),
    path("notices/read/", _view(require_POST(read_all)), name="notices_read"),
    path(
        "notices/wishes/",
        _view(require_http_methods(["GET", "HEAD", "POST"])(wishes)),
        name="notice_wishes",
    ),
    path("notices/<int:pk>/", _view(require_POST(open_one)), name="notice_open"),
]
