"""How django-allauth behaves here: accounts are made by the data admin, and every sign-in is journalled."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts import workflow
from accounts.enums import JournalAction, Role
from accounts.models import Staff


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Staff | None:
        user = super().authenticate(request, **credentials)
        # The system user acts in jobs; nobody signs in as it.
        return None if user is not None and user.role == Role.SYSTEM else user

    def login(self, request: HttpRequest, user: Staff) -> None:
        super().login(request, user)
        self._journal(request, JournalAction.SIGN_IN, user)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if user.is_authenticated:
            self._journal(request, JournalAction.SIGN_OUT, user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        # The typed name is not kept: people type passwords into it.
        self._journal(request, JournalAction.SIGN_IN_FAILED, None)

    def set_password(self, user: Staff, password: str) -> None:
        super().set_password(user, password)
        self._journal(self.request, JournalAction.PASSWORD_CHANGED, user)

    def respond_user_inactive(self, request: HttpRequest, user: Staff) -> HttpResponse:
        self._journal(request, JournalAction.SIGN_IN_FAILED, None)
        return super().respond_user_inactive(request, user)

    def _journal(self, request: HttpRequest, action: JournalAction, user: Staff | None) -> None:
        workflow.write_journal(
            action,
            by=user,
            ip=request.META.get("REMOTE_ADDR") or None,
            request_id=getattr(request, "request_id", ""),
        )
