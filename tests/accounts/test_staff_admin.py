"""Joiners, movers and leavers: what the data admin of an agency may do, and what nobody may."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import workflow
from accounts.enums import FacilityKind, Profession, Role
from accounts.models import JournalEntry, KnownDevice, Staff, Team, Unit
from core.workflow import TransitionError
from tests.accounts.factors import give_phone
from tests.accounts.test_second_factor import is_in, sign_in
from tests.cast import make_cast
from tests.factories import PASSWORD, make_staff


def url(name, staff=None):
    return reverse(f"accounts:{name}", args=[staff.code] if staff else [])


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def newcomer(cast, **changes):
    form = {
        "full_name": "Sekar Ayu",
        "username": "sekar.ayu",
        "email": "sekar.ayu@contoh.test",
        "unit": cast.worker.unit.pk,
        "role": Role.CASEWORKER,
        "profession": Profession.PK_BAPAS,
    }
    return form | changes


def details(action):
    return list(JournalEntry.objects.filter(action=action).values_list("actor__username", "object_code", "detail"))


# ---- joiners -------------------------------------------------------------------------------------------------------


def test_a_new_account_has_no_password_and_its_link_works_once(admin, cast, mailoutbox):
    answer = admin.post(url("staff-new"), newcomer(cast), follow=True)
    person = Staff.objects.get(username="sekar.ayu")
    assert not person.has_usable_password()
    link = answer.context["link"]
    assert link in answer.content.decode()
    assert link not in admin.get(url("staff-detail", person)).content.decode()  # shown once
    path = link.removeprefix("http://localhost:8000")
    theirs = Client()
    form = theirs.get(path, follow=True)
    new = "jembatan-kayu-panjang-77"
    theirs.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    sign_in(theirs, person, new)
    assert is_in(theirs)
    assert "tidak berlaku" in Client().get(path, follow=True).content.decode()
    assert details("staff_created") == [(cast.admin.username, person.code, "caseworker")]


def test_the_link_is_sent_to_the_new_person(admin, cast, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url("staff-new"), newcomer(cast))
    assert [mail.to for mail in mailoutbox] == [["sekar.ayu@contoh.test"]]


def test_for_an_account_in_use_the_link_is_sent_and_not_shown(admin, cast):
    sign_in(Client(), cast.worker)
    answer = admin.post(url("staff-link", cast.worker), follow=True)
    assert answer.context["link"] == ""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "ratna.kusuma", "sudah dipakai"),
        ("username", "RATNA.kusuma", "sudah dipakai"),
        ("email", "ratna.kusuma@contoh.test", "sudah dipakai"),
        ("email", "", "wajib"),
        ("role", "system", "valid"),
        ("role", "analyst", "valid"),
        ("role", "field_officer", "valid"),
    ],
)
def test_a_bad_form_keeps_what_was_typed(admin, cast, field, value, message):
    answer = admin.post(url("staff-new"), newcomer(cast, **{field: value}))
    assert answer.status_code == 422
    assert "Sekar Ayu" in answer.content.decode()
    assert field in answer.context["form"].errors
    assert not Staff.objects.filter(full_name="Sekar Ayu").exists()


def test_another_agencys_unit_cannot_be_chosen(admin, cast):
    answer = admin.post(url("staff-new"), newcomer(cast, unit=cast.other_agency.unit.pk))
    assert answer.status_code == 422
    with pytest.raises(PermissionDenied):
        workflow.create_staff(
            by=cast.admin, username="x", full_name="X", unit=cast.auditor.unit, role=Role.DPO, profession="analis"
        )


RIGHTS = {
    "is_superuser": "on",
    "is_staff": "on",
    "groups": "1",
    "user_permissions": "1",
    "password": "titian-uji-coba",
    "session_round": "9",
    "conduct_version": "2026-1",
    "code": "AAAA-AAAA",
}


@pytest.mark.parametrize("name", ["staff-new", "staff-edit"])
def test_no_form_takes_rights_that_it_does_not_show(admin, cast, name):
    form = newcomer(cast, username="baru.sekali") | RIGHTS | {"version": cast.worker.version}
    admin.post(url(name, cast.worker if name == "staff-edit" else None), form)
    person = Staff.objects.get(full_name="Sekar Ayu")
    assert (person.is_superuser, person.is_staff, person.groups.count()) == (False, False, 0)
    assert person.session_round == 1
    assert person.code != "AAAA-AAAA"
    if name == "staff-edit":
        assert (person.username, person.role, person.unit) == ("ratna.kusuma", Role.CASEWORKER, cast.worker.unit)
        assert person.check_password(PASSWORD)


# ---- who may not ---------------------------------------------------------------------------------------------------

ACTS = {
    "staff-edit": {"full_name": "Lain"},
    "staff-move": {"role": Role.SUPERVISOR, "reason": "Ingin"},
    "staff-deactivate": {"reason": "Ingin"},
    "staff-reactivate": {"reason": "Ingin"},
    "staff-reset-factor": {"reason": "Ingin"},
    "staff-link": {},
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    ("actor", "status"), [("worker", 403), ("supervisor", 403), ("auditor", 403), ("bnpt_admin", 404)]
)
def test_only_the_admin_of_the_agency_acts(client, cast, name, actor, status):
    client.force_login(getattr(cast, actor))
    before = Staff.objects.filter(pk=cast.neighbour.pk).values().get()
    form = ACTS[name] | ({"unit": cast.worker.unit.pk} if name == "staff-move" else {})
    assert client.post(url(name, cast.neighbour), form).status_code == status
    assert Staff.objects.filter(pk=cast.neighbour.pk).values().get() == before


@pytest.mark.parametrize("name", ACTS)
def test_nobody_acts_on_the_own_account(admin, cast, name):
    before = Staff.objects.filter(pk=cast.admin.pk).values().get()
    form = ACTS[name] | {"unit": cast.worker.unit.pk}
    assert admin.post(url(name, cast.admin), form).status_code == 403
    assert Staff.objects.filter(pk=cast.admin.pk).values().get() == before


@pytest.mark.parametrize("act", ["edit_staff", "deactivate_staff", "reset_second_factor", "send_password_link"])
def test_the_workflow_itself_refuses(cast, act):
    given = {"edit_staff": {"full_name": "X"}, "send_password_link": {}}.get(act, {"reason": "Ingin"})
    for by, whom in ((cast.admin, cast.admin), (cast.supervisor, cast.worker), (cast.bnpt_admin, cast.worker)):
        with pytest.raises(PermissionDenied):
            getattr(workflow, act)(whom, by=by, **given)


def test_the_system_account_is_nobodys_to_change(client, cast):
    client.force_login(cast.bnpt_admin)
    assert client.get(url("staff-detail", cast.system)).status_code == 404


def test_oversight_is_given_inside_the_own_agency_only(cast):
    person = workflow.move_staff(cast.neighbour, by=cast.admin, unit=cast.admin.unit, role=Role.DPO, reason="Ditunjuk")
    assert (person.role, person.agency) == (Role.DPO, cast.admin.agency)
    with pytest.raises(PermissionDenied):
        workflow.move_staff(person, by=cast.admin, unit=cast.dpo.unit, role=Role.DPO, reason="Ingin")
    with pytest.raises(PermissionDenied):
        workflow.deactivate_staff(cast.dpo, by=cast.admin, reason="Ingin")


# ---- movers and leavers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["staff-deactivate", "staff-move", "staff-reset-factor"])
def test_sessions_and_known_browsers_end_at_once(admin, cast, how, django_capture_on_commit_callbacks):
    theirs = Client()
    sign_in(theirs, cast.worker)
    assert theirs.get("/help/").status_code == 200
    form = {"reason": "Mutasi", "unit": Unit.objects.get(code="bps-plu").pk, "role": Role.CASEWORKER}
    form["version"] = cast.worker.version
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(url(how, cast.worker), form).status_code == 302
    assert theirs.get("/help/").status_code == 302
    assert not KnownDevice.objects.filter(staff=cast.worker).exists()


def test_a_deactivated_account_opens_no_more(admin, cast):
    admin.post(url("staff-deactivate", cast.worker), {"reason": "Pensiun"})
    theirs = Client()
    sign_in(theirs, cast.worker)
    assert not is_in(theirs)
    assert details("staff_deactivated") == [(cast.admin.username, cast.worker.code, "Pensiun")]
    admin.post(url("staff-reactivate", cast.worker), {"reason": "Kembali bertugas"})
    sign_in(theirs, cast.worker)
    assert is_in(theirs)


def test_an_act_needs_its_reason(admin, cast):
    for name in ("staff-deactivate", "staff-reset-factor"):
        assert admin.post(url(name, cast.worker), {"reason": " "}).status_code == 422
    cast.worker.refresh_from_db()
    assert cast.worker.is_active


def test_an_end_date_that_has_passed_ends_the_account_without_a_job(client, cast):
    today = timezone.localdate(timezone=cast.worker.unit.zone)
    client.force_login(cast.worker)
    Staff.objects.filter(pk=cast.worker.pk).update(active_until=today)
    assert client.get("/help/").status_code == 200
    Staff.objects.filter(pk=cast.worker.pk).update(active_until=today - dt.timedelta(days=1))
    assert client.get("/help/").status_code == 302
    other = Client()
    answer = sign_in(other, cast.worker)
    assert answer.headers["location"] == reverse("account_inactive")
    assert not is_in(other)
    assert cast.worker not in Staff.objects.working()


def test_a_reset_takes_all_factors_and_the_person_sets_up_a_new_one(admin, cast, settings):
    give_phone(cast.worker)
    admin.post(url("staff-reset-factor", cast.worker), {"reason": "Ponsel hilang"})
    assert not Authenticator.objects.filter(user=cast.worker).exists()
    settings.SECOND_FACTOR_REQUIRED = True
    theirs = Client()
    sign_in(theirs, cast.worker)
    assert theirs.get("/help/").headers["location"] == reverse("mfa_index")
    assert details("second_factor_reset") == [(cast.admin.username, cast.worker.code, "Ponsel hilang")]


def test_the_last_admin_stays(cast):
    second = make_staff("dua.admin", cast.admin.unit, Role.DATA_ADMIN, Profession.ADMINISTRASI)
    workflow.deactivate_staff(cast.admin, by=second, reason="Pensiun")
    with pytest.raises(PermissionDenied):
        workflow.deactivate_staff(second, by=cast.admin, reason="Balas")
    third = make_staff("tiga.admin", cast.admin.unit, Role.DATA_ADMIN, Profession.ADMINISTRASI)
    Staff.objects.filter(pk=second.pk).update(active_until=timezone.localdate() + dt.timedelta(days=3))
    with pytest.raises(TransitionError):
        workflow.move_staff(third, by=second, unit=third.unit, role=Role.SUPERVISOR, reason="Ganti")


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_end_each_other_at_once_leave_one():
    cast = make_cast()
    second = make_staff("dua.admin", cast.admin.unit, Role.DATA_ADMIN, Profession.ADMINISTRASI)

    def end(pair):
        by, whom = pair
        try:
            workflow.deactivate_staff(whom, by=by, reason="Balas")
        except (PermissionDenied, TransitionError):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(end, [(cast.admin, second), (second, cast.admin)]))
    assert sorted(ended) == [False, True]
    admins = Staff.objects.working().filter(unit__agency=cast.admin.unit.agency_id, role=Role.DATA_ADMIN)
    assert admins.count() == 1


# ---- lists, units, Pokja, facilities -------------------------------------------------------------------------------


def test_the_list_holds_the_own_agency_and_can_be_narrowed(admin, cast):
    shown = admin.get(url("staff-list")).context["people"]
    assert cast.worker in shown
    assert {person.agency for person in shown} == {cast.admin.agency}
    assert cast.system not in shown
    page = admin.get(url("staff-list"), {"q": "ratna", "unit": "bps-mlg", "role": "caseworker"}).content.decode()
    assert cast.worker.full_name in page
    assert cast.neighbour.full_name not in page
    Staff.objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert cast.worker.full_name not in admin.get(url("staff-list")).content.decode()
    assert cast.worker.full_name in admin.get(url("staff-list"), {"state": "ended"}).content.decode()


@pytest.mark.parametrize("query", ["?unit=x", "?role=root", "?page=zzz", "?q=%00", "?state=9", "?q=" + "x" * 500])
def test_a_strange_query_is_no_error(admin, query):
    assert admin.get(url("staff-list") + query).status_code == 200


def test_a_unit_is_made_and_changed(admin, cast):
    form = {
        "code": "bps-uji",
        "name": "Bapas Uji",
        "short_name": "Bapas Uji",
        "kind": "bapas",
        "timezone": "Asia/Jakarta",
    }
    assert admin.post(url("unit-new"), form).status_code == 302
    unit = Unit.objects.get(code="bps-uji")
    assert unit.agency == cast.admin.agency
    assert unit.group is not None
    admin.post(
        reverse("accounts:unit-edit", args=[unit.code]), form | {"code": "lain", "name": "Bapas Baru", "version": 1}
    )
    unit.refresh_from_db()
    assert (unit.code, unit.name) == ("bps-uji", "Bapas Baru")


def test_a_team_holds_people_of_its_unit_only(admin, cast):
    address = reverse("accounts:team-new", args=[cast.worker.unit.code])
    form = {"name": "Pokja A", "coordinator": cast.supervisor.pk, "members": [cast.worker.pk]}
    assert admin.post(address, form | {"members": [cast.other_unit.pk]}).status_code == 422
    assert admin.post(address, form).status_code == 302
    team = Team.objects.get(name="Pokja A")
    assert list(team.members.all()) == [cast.worker]
    assert admin.post(address, form).status_code == 422  # the name is taken
    workflow.deactivate_staff(cast.worker, by=cast.admin, reason="Pensiun")
    assert not team.members.exists()


@pytest.mark.parametrize("what", ["unit", "team", "facility"])
def test_another_agencys_organisation_is_not_there(client, cast, what):
    unit = cast.worker.unit
    team = workflow.save_team(None, unit=unit, by=cast.admin, name="Pokja A")
    facility = workflow.save_facility(None, unit=unit, by=cast.admin, name="Griya", kind=FacilityKind.DORMITORY)
    client.force_login(cast.bnpt_admin)
    code = {"unit": unit.code, "team": team.code, "facility": facility.code}[what]
    assert client.post(reverse(f"accounts:{what}-edit", args=[code]), {"name": "X"}).status_code == 404
    with pytest.raises(PermissionDenied):
        workflow.save_team(None, unit=unit, by=cast.bnpt_admin, name="Pokja B")
