"""Pages that join all apps: the role's home, the dashboard and the quarterly reports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.enums import Role
from cases import views as case_views

HOME = {
    Role.SUPERVISOR: "reports:dashboard",
    Role.DATA_ADMIN: "reports:report-list",
    Role.ANALYST: "reports:report-list",
    Role.FIELD_OFFICER: "partners:inbox",
    Role.AUDITOR: "accounts:journal",
    Role.DPO: "accounts:journal",
}


def home(request: HttpRequest) -> HttpResponse:
    """Each role lands where its day begins; a caseworker on "Hari ini"."""
    if request.user.role in HOME:
        return redirect(HOME[request.user.role])
    return case_views.today(request)
