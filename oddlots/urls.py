"""All addresses: public pages twice (Chinese without a prefix, English under /en/)."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from oddlots.one_time import login_by_link

urlpatterns = [
    path("admin/one-time/<key>/<token>/", login_by_link, name="one_time_login"),
    path("admin/", admin.site.urls),
    path("", include("episodes.urls_plain")),
    path("", include("glossary.urls_plain")),
    *i18n_patterns(
        path("", include("episodes.urls")),
        path("", include("glossary.urls")),
        prefix_default_language=False,
    ),
]

handler403 = "episodes.views.errors.forbidden"
handler404 = "episodes.views.errors.not_found"
handler500 = "episodes.views.errors.server_error"
