"""Signing in by password, and what is looked at before and after it."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import workflow
from accounts.adapter import devices, limits
from accounts.adapter.second_factor import ADDED
from accounts.enums import JournalAction, Role
from accounts.models import Staff

# A person without a second factor who has just signed in need not write the password again to set one up.
FRESH_FOR = 15 * 60
SHOWN_WITHIN = 5 * 60
OWN_DEVICE = "own_device"


class StaffBackend(AuthenticationBackend):
    """Password and session of accounts that are in force today, whether or not a job has ended them."""

    def user_can_authenticate(self, user: Staff) -> bool:
        return bool(user.is_in_force)

    def get_user(self, user_id: int) -> Staff | None:
        user = Staff.objects.select_related("unit__agency").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


class SignInForm(LoginForm):
    """Name, password, and whose computer this is."""

    shared = forms.BooleanField(label=_("Ini komputer bersama"), required=False, initial=True)
    asked = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        # Who was not asked (a passkey, a form of the demo) sits at a shared one.
        request.session[OWN_DEVICE] = self.cleaned_data["asked"] and not self.cleaned_data["shared"]
        return super().login(request, redirect_url)


class StaffAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        name = str(credentials.get("username", ""))
        self._login_failed_rl_usage = limits.try_password(request, name, self.get_client_ip(request))
        if not self._login_failed_rl_usage:
            self._journal(request, JournalAction.SIGN_IN_FAILED, None, "limit")
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Staff | None:
        user = super().authenticate(request, **credentials)
        # The system user acts in jobs; nobody signs in as it.
        return None if user is not None and user.role == Role.SYSTEM else user

    def pre_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse | None:
        if not user.is_in_force:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Staff) -> None:
        own_device = bool(request.session.get(OWN_DEVICE))
        super().login(request, user)
        request.session[OWN_DEVICE] = own_device
        ways = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
        self._journal(request, JournalAction.SIGN_IN, user, "+".join(dict.fromkeys(ways)))

    def post_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.greet(request, response, user, self.get_client_ip(request))
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if user.is_authenticated:
            self._journal(request, JournalAction.SIGN_OUT, user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        # The typed name is not kept: people type passwords into it.
        self._journal(request, JournalAction.SIGN_IN_FAILED, None, "password")

    def set_password(self, user: Staff, password: str) -> None:
        super().set_password(user, password)
        self._journal(self.request, JournalAction.PASSWORD_CHANGED, user)
        # The other sessions carry a hash of the old password and end by themselves; their rows and copies go too.
        workflow.forget_sessions(user, keep=self.request.session.session_key or "")

    def respond_user_inactive(self, request: HttpRequest, user: Staff) -> HttpResponse:
        self._journal(request, JournalAction.SIGN_IN_FAILED, None, "inactive")
        return super().respond_user_inactive(request, user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        request = self.request
        if app == "allauth.mfa" and time.time() - request.session.get(ADDED, 0) < SHOWN_WITHIN:
            return False  # the codes are shown right after the first factor was proven to work
        if app == "allauth.mfa" and not is_mfa_enabled(request.user):
            records = get_authentication_records(request, request.user)
            return not records or time.time() - records[-1]["at"] > FRESH_FOR
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Staff) -> list[dict[str, Any]]:
        """Who has a second factor proves it: a stolen password and a session left open change nothing here."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        words = {
            "reauthenticate": _("Pakai kata sandi"),
            "mfa_reauthenticate": _("Pakai kode dari aplikasi"),
            "mfa_reauthenticate:webauthn": _("Pakai kunci sandi"),
        }
        methods = [method | {"description": words[method["id"]]} for method in methods]
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def _journal(self, request: HttpRequest, action: JournalAction, user: Staff | None, detail: str = "") -> None:
        workflow.write_journal(
            action,
            by=user,
            detail=detail,
            ip=request.META.get("REMOTE_ADDR") or None,
            request_id=getattr(request, "request_id", ""),
        )
