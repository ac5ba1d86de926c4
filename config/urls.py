"""Every address of Titian. Paths belong to the app that answers them; the case page's panels come from higher apps."""

from allauth.account.views import LoginView
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import RecoveryCodesView
from config import gallery, signin
from core import views as core_views
from reports import views as report_views

urlpatterns = [
    path("", report_views.home, name="home"),
    path("csp-report/", core_views.csp_report, name="csp-report"),
    path(".well-known/security.txt", core_views.security_txt, name="security-txt"),
    # Before allauth's own, which keeps the name account_login.
    path("accounts/login/", LoginView.as_view(extra_context=signin.extra_context(demo=settings.DEMO))),
    path("accounts/2fa/recovery-codes/", RecoveryCodesView.as_view()),  # keeps the name mfa_view_recovery_codes
    # Our list of sessions takes the place of allauth's, whose own name would answer beside it.
    path("accounts/sessions/", RedirectView.as_view(pattern_name="accounts:sessions")),
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
