"""A KRK by a partner's officer: only what an accepted referral asks for, and nothing but that. All of it on its pages,
so that the row policies are asked too."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessments import workflow as assessment_workflow
from assessments.enums import AssessmentReason, AssessmentStatus, InstrumentCode
from assessments.models import Assessment, ItemRating
from cases import workflow as case_workflow
from cases.enums import TaskKind
from cases.models import Task
from core.acting import acting_as
from core.workflow import TransitionError
from partners import workflow
from partners.models import Referral
from tests.assessments.filling import adult_case, begin, finalised
from tests.factories import make_staff, say_why
from tests.partners.browsing import browser, form_data, new_url, text_of, url_of
from tests.partners.conftest import House, make_offer, make_partner

pytestmark = pytest.mark.django_db
S = AssessmentStatus
PAGES = ["form", "narratives", "first", "guidance", "result"]


def asked(house: House, **fields: Any) -> Referral:
    return house.accepted(asks_family_assessment=True, **fields)


def press_start(client: Client, referral: Referral) -> Any:
    return client.post(url_of("family-assessment", referral.code))


def started(house: House, referral: Referral) -> Assessment:
    assert press_start(browser(house.cast.cso), referral).status_code == 302
    return Assessment.objects.get(grant=referral.grant_id, status=S.DRAFT)


def page(name: str, assessment: Assessment, **kwargs: str) -> str:
    return reverse(f"assessments:{name}", kwargs={"code": assessment.code, **kwargs})


def filled(client: Client, draft: Assessment, **values: str) -> None:
    """Everything answered on the form itself."""
    for domain in draft.definition.domains:
        data: dict[str, Any] = {"then": "next"}
        for item in domain.items:
            calm = "yes" if item.scale.type == "choice" else "3"
            data |= {
                f"{item.code}-value": values.get(item.code, calm),
                f"{item.code}-note": "Dilihat pada kunjungan rumah.",
                f"{item.code}-sources": ["wawancara", "keluarga"],
                f"{item.code}-confidence": "sedang",
            }
        answered = client.post(page("domain", draft, domain=domain.code), data)
        assert answered.status_code == 302, answered.content.decode()
    texts = {narrative.code: "Keluarga siap menerima." for narrative in draft.definition.narratives}
    assert client.post(page("narratives", draft), texts | {"then": "next"}).status_code == 302


def submitted(client: Client, draft: Assessment) -> Assessment:
    answered = client.post(page("first", draft), {"band": "siap", "reason": "Keluarga kuat."})
    assert answered.status_code == 302, answered.content.decode()
    draft.refresh_from_db()
    answered = client.post(page("guidance", draft), {"final_band": "siap", "version": draft.version})
    assert answered.status_code == 302, answered.content.decode()
    draft.refresh_from_db()
    return draft


def handed_in(house: House, referral: Referral, **values: str) -> Assessment:
    client, draft = browser(house.cast.cso), started(house, referral)
    filled(client, draft, **values)
    return submitted(client, draft)


# ---- the whole way --------------------------------------------------------------------------------------------------


def test_from_the_request_to_a_final_krk(house: House) -> None:
    worker, officer, supervisor = (browser(getattr(house.cast, name)) for name in ("worker", "cso", "supervisor"))
    worker.post(new_url(house), form_data(house, asks_family_assessment="on"))
    referral = Referral.objects.get()
    assert referral.asks_family_assessment
    worker.post(url_of("referral-send", referral.code))
    assert "Isi KRK" in text_of(officer, url_of("referral-detail", referral.code))
    officer.post(url_of("referral-answer", referral.code), {"decision": "accept", "starts_on": "2026-11-30"})
    referral.refresh_from_db()
    workflow.begin(referral, by=house.cast.cso)
    assert "Mulai KRK" in text_of(officer, url_of("referral-detail", referral.code))
    done = handed_in(house, referral)
    assert (done.status, done.rater, done.instrument) == (S.SUBMITTED, house.cast.cso, InstrumentCode.FAMILY)
    assert "Baca KRK yang Anda ajukan" in text_of(officer, url_of("referral-detail", referral.code))
    assert Task.objects.get(kind=TaskKind.APPROVAL).assignee == house.cast.supervisor
    assert "Keluarga siap menerima." in text_of(supervisor, page("review", done))
    assert supervisor.post(page("finalise", done)).status_code == 302
    done.refresh_from_db()
    assert (done.status, done.approved_by) == (S.FINAL, house.cast.supervisor)
    referral.refresh_from_db()
    workflow.finish(referral, by=house.cast.cso, is_complete=True, result="Keluarga siap.")
    assert officer.get(page("result", done)).status_code == 404


def test_pressed_twice_it_is_one(house: House) -> None:
    referral, officer = asked(house), browser(house.cast.cso)
    first, second = press_start(officer, referral), press_start(officer, referral)
    assert first["Location"] == second["Location"]
    assert Assessment.objects.count() == 1


def test_every_page_of_it_opens_with_the_name_that_was_shared_and_no_link_into_the_case(house: House) -> None:
    referral, officer = asked(house), browser(house.cast.cso)
    draft = started(house, referral)
    for domain in draft.definition.domains:
        html = text_of(officer, page("domain", draft, domain=domain.code))
        assert f"/referrals/{referral.code}/" in html
        assert f"/cases/{house.case.code}" not in html
    filled(officer, draft)
    for name in ("narratives", "first", "cancel"):
        assert f"/cases/{house.case.code}" not in text_of(officer, page(name, draft))
    done = submitted(officer, draft)
    html = text_of(officer, page("result", done))
    assert f"/cases/{house.case.code}" not in html
    assert "Wening" in html


def test_an_answer_is_saved_as_it_is_given_and_an_urgent_one_opens_the_teams_task(house: House) -> None:
    draft = started(house, asked(house))
    officer = browser(house.cast.cso)
    answered = officer.post(page("answer-save", draft), {"item": "D1", "D1-value": "0"}, HTTP_HX_REQUEST="true")
    assert answered.status_code == 200, answered.content.decode()
    assert Task.objects.get(kind=TaskKind.URGENT).assignee == house.cast.worker


def test_the_gate_of_consent_closes_the_questions_about_the_community(house: House) -> None:
    officer, draft = browser(house.cast.cso), started(house, asked(house))
    filled_no = {"B1": "no", "B2": "unknown", "B3": "unknown", "B4": "unknown"}
    filled(officer, draft, **filled_no)
    assert "Tanpa persetujuan" not in text_of(officer, page("first", draft))
    officer.post(page("answer-save", draft), {"item": "B2", "B2-value": "2", "B2-confidence": "sedang"})
    assert "Tanpa persetujuan" in text_of(officer, page("first", draft))


def test_returned_it_comes_back_on_the_referrals_page_with_its_comments(house: House) -> None:
    referral = asked(house)
    done, officer = handed_in(house, referral), browser(house.cast.cso)
    supervisor = browser(house.cast.supervisor)
    sent = {"comment": "Tambah sumber.", "item-A1": "Siapa yang bicara?"}
    assert supervisor.post(page("review", done), sent).status_code == 302
    assert not Task.objects.filter(kind=TaskKind.RETURNED).exists()
    assert "Lanjutkan KRK" in text_of(officer, url_of("referral-detail", referral.code))
    assert "Siapa yang bicara?" in text_of(officer, page("form", done))
    assert officer.post(page("resume", done)).status_code == 302
    assert "Siapa yang bicara?" in text_of(officer, page("domain", done, domain="A"))


# ---- who may not ----------------------------------------------------------------------------------------------------


def test_not_before_acceptance_and_not_unasked(house: House) -> None:
    officer = browser(house.cast.cso)
    waiting = house.sent(asks_family_assessment=True)
    assert press_start(officer, waiting).status_code == 409
    workflow.decline(waiting, by=house.cast.cso, reason="Penuh.")
    plain = house.accepted()
    assert press_start(officer, plain).status_code == 409
    assert "KRK" not in text_of(officer, url_of("referral-detail", plain.code))
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("name", ["other_cso", "worker", "supervisor", "analyst", "neighbour", "other_agency"])
def test_nobody_but_the_organisations_officers_begins_it(house: House, name: str) -> None:
    assert press_start(browser(getattr(house.cast, name)), asked(house)).status_code in (403, 404)
    assert not Assessment.objects.exists()


def test_another_organisation_and_another_officer_see_nothing_of_it(house: House) -> None:
    draft = started(house, asked(house))
    colleague = make_staff("rekan.titi", house.cast.cso.unit, house.cast.cso.role, house.cast.cso.profession)
    for user in (house.cast.other_cso, colleague):
        for name in PAGES:
            assert browser(user).get(page(name, draft)).status_code == 404
        with acting_as(user.pk):
            assert not Assessment.objects.exists()


def test_other_assessments_of_the_same_person_are_not_found(house: House) -> None:
    """PRK-D by address, a KRK of the team's, and the case's own pages; in the database too."""
    cast = house.cast
    case = adult_case(cast.worker)
    adult, family = finalised(case, cast.worker, cast.supervisor), finalised(case, cast.worker, cast.supervisor, "KRK")
    draft = begin(case, cast.worker)
    referral = asked(house, case=case, data_shared=["age_group", "support_needed"])
    own, officer = started(house, referral), browser(cast.cso)
    for assessment in (adult, family, draft):
        for name in (*PAGES, "review", "finalise", "cancel"):
            assert officer.get(page(name, assessment)).status_code == 404, name
        posted = officer.post(page("answer-save", assessment), {"item": "A1", "A1-value": "0"})
        assert posted.status_code == 404
    for name in ("cases:case-detail", "assessments:panel", "assessments:summary-panel", "assessments:new"):
        assert officer.get(reverse(name, args=[case.code])).status_code == 404, name
    # No answer of the KRK before is shown either.
    assert "Lihat jawaban sebelumnya" not in text_of(officer, page("domain", own, domain="A"))
    with acting_as(cast.cso.pk):
        assert list(Assessment.objects.all()) == [own]
        assert not ItemRating.objects.exists()


def test_a_field_officer_decides_nothing(house: House) -> None:
    done, officer = handed_in(house, asked(house)), browser(house.cast.cso)
    for name in ("review", "finalise"):
        assert officer.get(page(name, done)).status_code == 403
        assert officer.post(page(name, done), {"comment": "x"}).status_code == 403
    done.refresh_from_db()
    assert done.status == S.SUBMITTED


def test_only_krk_is_ever_filled_in_from_outside(house: House) -> None:
    referral = asked(house)
    draft = begin(adult_case(house.cast.worker), house.cast.worker)
    with pytest.raises(IntegrityError, match="only_the_family"), transaction.atomic():
        Assessment.objects.filter(pk=draft.pk).update(grant=referral.grant_id)


def test_the_grant_of_another_case_or_another_organisation_opens_nothing(house: House) -> None:
    referral, other = asked(house), adult_case(house.cast.worker)
    assert referral.grant is not None
    for by, case in ((house.cast.cso, other), (house.cast.other_cso, house.case), (house.cast.worker, house.case)):
        with pytest.raises(PermissionDenied):
            assessment_workflow.start_from_outside(case, by=by, grant=referral.grant, reason=AssessmentReason.EVENT)


# ---- when the referral ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["cancelled", "consent", "short"])
def test_access_ends_with_the_referral_and_a_draft_makes_room(house: House, how: str) -> None:
    referral = asked(house)
    draft = started(house, referral)
    referral.refresh_from_db()
    match how:
        case "cancelled":
            workflow.cancel(referral, by=house.cast.worker, reason="Peserta pindah.")
        case "consent":
            assert referral.consent is not None
            case_workflow.withdraw_consent(referral.consent, by=house.cast.worker)
        case "short":
            workflow.finish(referral, by=house.cast.cso, is_complete=False, result="Tidak bertemu keluarga.")
    draft.refresh_from_db()
    officer = browser(house.cast.cso)
    assert (draft.status, draft.cancel_reason) == (S.CANCELLED, referral.code)
    assert officer.get(page("domain", draft, domain="A")).status_code == 404
    assert officer.post(page("answer-save", draft), {"item": "A1", "A1-value": "0"}).status_code == 404
    with acting_as(house.cast.cso.pk):
        assert not Assessment.objects.exists()
    assert begin(house.case, house.cast.worker, InstrumentCode.FAMILY).status == S.DRAFT


def test_what_was_submitted_is_still_decided_but_no_longer_returned(house: House) -> None:
    referral = asked(house)
    done = handed_in(house, referral)
    referral.refresh_from_db()
    workflow.cancel(referral, by=house.cast.worker, reason="Peserta pindah.")
    with pytest.raises(TransitionError, match="sudah berakhir"):
        assessment_workflow.return_for_changes(done, by=house.cast.supervisor, comment="Tambah.")
    assert assessment_workflow.finalise(done, by=house.cast.supervisor).status == S.FINAL


def test_a_referral_is_not_complete_before_its_krk_is_handed_in(house: House) -> None:
    referral = asked(house)
    workflow.begin(referral, by=house.cast.cso)
    with pytest.raises(TransitionError, match="KRK"):
        workflow.finish(referral, by=house.cast.cso, is_complete=True, result="Selesai.")
    handed_in(house, referral)
    referral.refresh_from_db()
    colleague = make_staff("rekan.titi", house.cast.cso.unit, house.cast.cso.role, house.cast.cso.profession)
    assert workflow.finish(referral, by=colleague, is_complete=True, result="Selesai.").ended_at


def test_a_partner_outside_titian_cannot_be_asked(house: House) -> None:
    offer = make_offer(make_partner("Pesantren Al Falah"))
    assert "asks_family_assessment" not in text_of(browser(house.cast.worker), new_url(house, offer))
    with pytest.raises(TransitionError, match="KRK"):
        house.draft(offer=offer, asks_family_assessment=True)


def test_the_teams_pages_show_it_and_ask_a_reason_off_the_caseload(house: House) -> None:
    done = handed_in(house, asked(house))
    worker, supervisor = browser(house.cast.worker), browser(house.cast.supervisor)
    assert "Keluarga siap menerima." in text_of(worker, page("result", done))
    assert house.case.code in text_of(worker, reverse("assessments:panel", args=[house.case.code]))
    assert supervisor.get(page("result", done)).status_code != 200
    say_why(supervisor, house.case)
    assert "Keluarga siap menerima." in text_of(supervisor, page("result", done))
