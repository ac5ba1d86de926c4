"""Joiners, movers and leavers: what the data admin of an agency does with its accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notifications, policies
from accounts.enums import JournalAction, Role
from accounts.models import Agency, Staff, Team, Unit
from accounts.workflow.journal import write_journal
from accounts.workflow.sessions import end_sessions
from core.workflow import TransitionError, lock_version

# What must happen to a person's work when the person leaves a unit: grants end, open work goes to the unit's
# supervisor. Higher apps add theirs (docs/architecture.md); called with the person, the unit left and who decided.
LEAVING: list[Callable[[Staff, Unit, Staff], None]] = []


@transaction.atomic
def create_staff(*, by: Staff, request_id: str = "", **fields: Any) -> Staff:
    """A new account without a password: the person sets one by the link that this sends."""
    policies.require_staff_admin(by)
    _require_place(by, fields["unit"], fields["role"])
    staff = Staff(**{name: fields[name] for name in policies.STAFF_FIELDS if name in fields})
    staff.set_unusable_password()
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:  # somebody took the name since the form looked
        raise TransitionError(_("Nama akun ini sudah dipakai.")) from error
    _keep(JournalAction.STAFF_CREATED, staff, by, staff.role, request_id)
    notifications.after_commit(notifications.tell_password_link, staff, password_path(staff))
    return staff


@transaction.atomic
def edit_staff(staff: Staff, *, by: Staff, version: int | None = None, request_id: str = "", **fields: Any) -> Staff:
    """Name, address, profession, numbers and the last day; never unit, role or rights."""
    staff = _locked(staff, by, version)
    changed = [name for name in policies.EDITABLE_FIELDS if name in fields and getattr(staff, name) != fields[name]]
    if not changed:
        return staff
    for name in changed:
        setattr(staff, name, fields[name])
    if "active_until" in changed and staff.active_until is not None:
        _keep_an_admin(staff)
    staff.save(update_fields=[*changed, "version"])
    _keep(JournalAction.STAFF_CHANGED, staff, by, " ".join(changed), request_id)
    return staff


@transaction.atomic
def move_staff(
    staff: Staff, *, by: Staff, unit: Unit, role: str, reason: str, version: int | None = None, request_id: str = ""
) -> Staff:
    """To another unit or another role: what the person held where it was ends, and the work stays there."""
    staff = _locked(staff, by, version)
    if (staff.unit_id, staff.role) == (unit.pk, role):
        raise TransitionError(_("Unit dan peran sama seperti sebelumnya."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    _require_place(by, unit, role)
    if staff.role == Role.DATA_ADMIN and role != Role.DATA_ADMIN:
        _keep_an_admin(staff)
    before, staff.unit, staff.role = staff.unit, unit, role
    staff.save(update_fields=["unit", "role", "version"])
    _leave(staff, before, by)
    _keep(JournalAction.STAFF_MOVED, staff, by, f"{before.code} > {unit.code} ({role}): {reason}", request_id)
    return staff


@transaction.atomic
def deactivate_staff(staff: Staff, *, by: Staff, reason: str, request_id: str = "") -> Staff:
    """The account ends now: sessions, known browsers and everything that was given to it."""
    staff = _locked(staff, by)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    if not staff.is_active:
        raise TransitionError(_("Akun ini sudah tidak aktif."))
    _keep_an_admin(staff)
    staff.is_active = False
    staff.save(update_fields=["is_active", "version"])
    _leave(staff, staff.unit, by)
    _keep(JournalAction.STAFF_DEACTIVATED, staff, by, reason, request_id)
    return staff


@transaction.atomic
def reactivate_staff(staff: Staff, *, by: Staff, reason: str, request_id: str = "") -> Staff:
    """Open again, with nothing of what it held before; an end date that has passed is taken away."""
    staff = _locked(staff, by)
    if staff.is_in_force:
        raise TransitionError(_("Akun ini masih aktif."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    staff.is_active = True
    if staff.active_until is not None and staff.active_until < timezone.localdate():
        staff.active_until = None
    staff.save(update_fields=["is_active", "active_until", "version"])
    _keep(JournalAction.STAFF_REACTIVATED, staff, by, reason, request_id)
    return staff


@transaction.atomic
def reset_second_factor(staff: Staff, *, by: Staff, reason: str, request_id: str = "") -> None:
    """The phone is lost: all factors and sessions go, and the next sign-in asks for a new factor."""
    staff = _locked(staff, by)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    Authenticator.objects.filter(user=staff).delete()
    end_sessions(staff)
    _keep(JournalAction.SECOND_FACTOR_RESET, staff, by, reason, request_id)
    notifications.after_commit(notifications.tell_second_factor, staff)


@transaction.atomic
def send_password_link(staff: Staff, *, by: Staff, request_id: str = "") -> str:
    """A link that sets a password once. Shown to the admin only for an account that nobody has used yet."""
    staff = _locked(staff, by)
    if not staff.is_in_force:
        raise TransitionError(_("Akun ini tidak aktif."))
    path = password_path(staff)
    _keep(JournalAction.PASSWORD_LINK, staff, by, "", request_id)
    notifications.after_commit(notifications.tell_password_link, staff, path)
    return path if staff.last_login is None else ""


def password_path(staff: Staff) -> str:
    """Where the person sets a password; the link stops working once one is set, and after three days."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(staff), "key": default_token_generator.make_token(staff)},
    )


def _locked(staff: Staff, by: Staff, version: int | None = None) -> Staff:
    """The agency first, so that two admins who act at once wait for each other; then the person, and the policy.

    ``version``: of the person, where a form has shown what the act changes.
    """
    Agency.objects.select_for_update().get(pk=by.unit.agency_id)
    by.refresh_from_db(fields=["is_active", "role", "unit"])
    if not by.is_in_force:
        raise PermissionDenied
    staff = lock_version(staff, version)
    policies.require_changing(by, staff)
    return staff


def _require_place(by: Staff, unit: Unit, role: str) -> None:
    if unit.agency_id != by.unit.agency_id or role not in policies.roles_to_give(by):
        raise PermissionDenied


def _keep_an_admin(staff: Staff) -> None:
    """An agency without a data admin could not help itself any more."""
    if staff.role != Role.DATA_ADMIN:
        return
    others = Staff.objects.working().filter(unit__agency=staff.unit.agency_id, role=Role.DATA_ADMIN, active_until=None)
    if not others.exclude(pk=staff.pk).exists():
        raise TransitionError(_("Ini admin data terakhir instansi Anda. Angkat penggantinya dahulu."))


def _leave(staff: Staff, unit: Unit, by: Staff) -> None:
    end_sessions(staff)
    for team in Team.objects.filter(members=staff):
        team.members.remove(staff)
    Team.objects.filter(coordinator=staff).update(coordinator=None)
    Team.objects.filter(secretary=staff).update(secretary=None)
    for hand_over in LEAVING:
        hand_over(staff, unit, by)


def _keep(action: JournalAction, staff: Staff, by: Staff, detail: str, request_id: str) -> None:
    write_journal(action, by=by, object_code=staff.code, detail=detail, request_id=request_id)
