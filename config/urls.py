"""Every address of Titian. Paths belong to the app that answers them; the case page's panels come from higher apps."""

from django.conf import settings
from django.urls import include, path

from config import gallery
from reports import views as report_views

urlpatterns = [
    path("", report_views.home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("cases.urls")),
    path("", include("assessments.urls")),
    path("", include("partners.urls")),
    path("", include("programs.urls")),
    path("", include("reports.urls")),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("components/", gallery.component_gallery, name="component-gallery"))

handler500 = "core.views.server_error"
