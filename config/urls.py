"""Every address of Titian. Paths belong to the app that answers them; the case page's panels come from higher apps."""

from allauth.account.views import LoginView
from django.conf import settings
from django.urls import include, path

from config import gallery, signin
from reports import views as report_views

urlpatterns = [
    path("", report_views.home, name="home"),
    # Before allauth's own, which keeps the name account_login.
    path("accounts/login/", LoginView.as_view(extra_context=signin.extra_context(demo=settings.DEMO))),
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

handler400 = "core.views.bad_request"
handler500 = "core.views.server_error"
