"""How django-allauth's second factors behave here: secrets sealed, tries counted, everything journalled."""

from __future__ import annotations

import time
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notifications, workflow
from accounts.adapter import limits
from accounts.enums import JournalAction, Role
from accounts.models import Staff
from core.encryption import decrypt_text, encrypt_text

BOUND_TO = "mfa.authenticator"
ADDED = "second_factor_added_at"
WITH_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Kode itu tidak cocok. Tunggu kode berikutnya, lalu coba lagi."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt_text(text, BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_text(encrypted_text, BOUND_TO)

    def get_totp_issuer(self) -> str:
        return "Titian"

    def get_totp_label(self, user: Staff) -> str:
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Titian"}

    def generate_authenticator_name(self, user: Staff, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Kunci sandi %(number)d") % {"number": number}


def _refuse(user: Staff | None, kind: str) -> ValidationError:
    """A wrong answer: kept in the journal with whose it was, and never with what was typed."""
    request = context.request
    workflow.write_journal(
        JournalAction.SIGN_IN_FAILED, by=user, detail=kind, ip=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
    )  # fmt: skip
    return get_adapter().validation_error("incorrect_code")


class _Code(forms.Form):
    """A code from the phone or a recovery code. Allauth's own check would count per account alone."""

    user: Staff

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Kode")
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        usage = limits.try_code(context.request, self.user.pk, _address())
        if usage is None:
            raise ValidationError(_("Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi."))
        for factor in Authenticator.objects.filter(user=self.user, type__in=WITH_CODES):
            if factor.wrap().validate_code(code):
                factor.user = self.user
                self.authenticator = factor
                usage.rollback()
                return code
        raise _refuse(self.user, "code")


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, ReauthenticateForm):
    pass


class _Key(forms.Form):
    """A passkey's answer. There is nothing to guess, so nobody can be shut out by wrong ones."""

    user: Staff | None

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        user = self.user
        try:
            webauthn.parse_authentication_response(credential)
            if user is None:
                user = webauthn.extract_user_from_response(credential)
            factor = webauthn.complete_authentication(user, credential)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):  # whatever a stranger may send
            raise _refuse(self.user, "passkey") from None
        if user.role == Role.SYSTEM:
            raise _refuse(None, "passkey")
        return factor


class KeyForm(_Key, AuthenticateWebAuthnForm):
    pass


class KeyAgainForm(_Key, ReauthenticateWebAuthnForm):
    pass


class KeyAloneForm(_Key, LoginWebAuthnForm):
    pass


class AddKeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext_lazy("Nama")
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs["maxlength"] = "60"
        alone = self.fields["passwordless"]
        alone.label = gettext_lazy("Boleh masuk tanpa kata sandi")
        alone.help_text = gettext_lazy("Perangkat lalu selalu meminta sidik jari, wajah, atau PIN.")

    def clean(self) -> dict[str, Any]:
        try:
            cleaned = super().clean()
        except (ValueError, TypeError, KeyError, AttributeError):  # whatever a form may be filled with
            raise get_adapter().validation_error("incorrect_code") from None
        if "credential" in cleaned:
            _mark_added()
        return cleaned


class SetUpPhoneForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("Kode")
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _mark_added()
        return code


def _mark_added() -> None:
    """The recovery codes are shown once, right after this, without asking for another proof."""
    context.request.session[ADDED] = int(time.time())


def _address() -> str:
    return str(context.request.META.get("REMOTE_ADDR", ""))


# ---- allauth tells of these by its own signals alone; accounts.apps connects them ----------------------------------


def connect() -> None:
    signals.authenticator_added.connect(_added, dispatch_uid="titian")
    signals.authenticator_removed.connect(_removed, dispatch_uid="titian")
    signals.authenticator_reset.connect(_renewed, dispatch_uid="titian")


def _added(request: HttpRequest, user: Staff, authenticator: Authenticator, **_kwargs: Any) -> None:
    _keep(request, JournalAction.SECOND_FACTOR_ADDED, user, authenticator)


def _removed(request: HttpRequest, user: Staff, authenticator: Authenticator, **_kwargs: Any) -> None:
    _keep(request, JournalAction.SECOND_FACTOR_REMOVED, user, authenticator)


def _renewed(request: HttpRequest, user: Staff, authenticator: Authenticator, **_kwargs: Any) -> None:
    _keep(request, JournalAction.CODES_RENEWED, user, authenticator)


def _keep(request: HttpRequest, action: JournalAction, user: Staff, authenticator: Authenticator) -> None:
    workflow.write_journal(
        action,
        by=user,
        detail=authenticator.type,
        ip=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
    )
    notifications.after_commit(notifications.tell_second_factor, user)
