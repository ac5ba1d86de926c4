"""A data admin finds one person twice, merges the two records, sees that it was wrong and takes them apart again."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from cases import workflow
from cases.enums import ClosureReason
from cases.models import CaseFile
from tests.cast import Cast, make_cast
from tests.factories import NIK, make_case, make_person
from tests.journeys.conftest import PHONE, Visitor


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_one_person_twice_becomes_one_and_two_again(visitor: Visitor, cast: Cast) -> None:
    former = make_case(cast.worker, person=make_person(full_name="Slamet Riyadi Utomo", mother_name="Wagiyem"))
    workflow.close(former, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke Palu.")
    person = make_person(full_name="Slamet Riadi Utomo", birth_date=dt.date(1990, 5, 18), nik=NIK)
    now = make_case(cast.other_unit, person=person)
    page = visitor.page
    visitor.become(cast.admin)
    visitor.goto("/people/pairs/")
    expect(page.get_by_text("Nama dan tahun lahir serupa")).to_be_visible()
    visitor.check()
    # On a phone, with the present file kept.
    page.set_viewport_size(PHONE)
    page.get_by_label("Kode berkas pertama").fill(now.code)
    page.get_by_label("Kode berkas kedua").fill("ZZZZ-ZZZZ")
    page.locator("#by-code").get_by_role("button", name="Bandingkan").click()
    expect(page.get_by_text("Tidak ada berkas dengan kode ini yang dapat Anda buka.").first).to_be_visible()
    expect(page.get_by_label("Kode berkas pertama")).to_have_value(now.code)
    page.get_by_label("Kode berkas kedua").fill(former.code)
    page.locator("#by-code").get_by_role("button", name="Bandingkan").click()
    expect(page.get_by_role("heading", level=1, name="Satu orang, atau dua?")).to_be_visible()
    visitor.check()
    page.get_by_role("group", name="Nama lengkap").get_by_text("Slamet Riyadi Utomo").click()
    page.get_by_role("button", name="Gabungkan").click()
    expect(page.get_by_text("Tulis alasannya.").first).to_be_visible()
    page.get_by_label("Alasan").fill("KTP yang sama.")
    page.get_by_role("button", name="Gabungkan").click()
    expect(page.get_by_text("Data kedua orang digabung.", exact=False)).to_be_visible()
    visitor.check()
    assert CaseFile.objects.filter(participant=now.participant_id).count() == 2
    page.get_by_label("Alasan").fill("Ternyata sepupunya.")
    page.get_by_role("button", name="Pisahkan lagi").click()
    expect(page.get_by_text("Data dipisah lagi.", exact=False)).to_be_visible()
    expect(page.get_by_text("Ternyata sepupunya.")).to_be_visible()
    visitor.check()
    former.refresh_from_db()
    now.participant.refresh_from_db()
    assert (former.participant_id != now.participant_id, now.participant.full_name) == (True, "Slamet Riadi Utomo")
