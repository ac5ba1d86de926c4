"""A result is contested: six sittings of four people, from the override to the decision on two assessments."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assessments.enums import AssessmentStatus, SecondOutcome
from assessments.models import Assessment, SecondRating
from cases.models import CaseFile
from tests.assessments.filling import REASON, adult_case, begin, quick
from tests.cast import Cast, make_cast
from tests.factories import make_person
from tests.journeys.conftest import PHONE, Visitor

NAME = "Slamet Prabaswara"
WORDS = "Saya tidak setuju. Orang yang bercerita tentang saya sudah lama tidak bertemu saya."
WISH = "Jelaskan C3 dengan tanggal."


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return adult_case(cast.worker, person=make_person(full_name=NAME))


def test_a_contested_result_is_rated_again_blind_and_decided(visitor: Visitor, cast: Cast, case: CaseFile) -> None:
    first = begin(case, cast.worker)
    quick(first)
    assess_with_an_override(visitor, cast, first)
    return_with_comments(visitor, cast, first)
    mend(visitor, cast, first)
    approve(visitor, cast, first)
    contest(visitor, cast, first)
    second = name_a_rater(visitor, cast)
    rate_blind(visitor, cast, first, second)
    agree(visitor, cast, second)
    decide(visitor, cast, second)
    told(visitor, cast, first)


def saved(visitor: Visitor) -> None:
    """What was typed last saves itself after two seconds."""
    visitor.page.wait_for_timeout(2_500)
    visitor.page.wait_for_load_state("networkidle")
    expect(visitor.page.locator("#saved")).to_contain_text("Draf tersimpan")


def judge_and_hand_in(visitor: Visitor, band: str) -> None:
    page = visitor.page
    if page.get_by_role("button", name="Simpan dan lihat petunjuk").count():
        page.locator(f"input[name=band][value={band}]").check()
        page.get_by_role("button", name="Simpan dan lihat petunjuk").click()
    expect(page.get_by_text("Petunjuk dari aturan")).to_be_visible()
    page.locator(f"input[name=final_band][value={band}]").check()
    if band != "hijau":
        page.get_by_label("Alasan berbeda").fill(REASON)
    page.get_by_role("button", name="Ajukan ke Tri Wahyuni").click()
    expect(page.get_by_text("Diajukan ke Tri Wahyuni. Isian terkunci.")).to_be_visible()


def assess_with_an_override(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/assessments/{first.code}/domain/C/")
    page.locator("input[name=C3-value][value='1']").check()
    saved(visitor)
    visitor.goto(f"/assessments/{first.code}/")
    judge_and_hand_in(visitor, "kuning")


def return_with_comments(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    visitor.become(cast.supervisor)
    page = visitor.goto(f"/assessments/{first.code}/review/")
    page.get_by_text("Catatan untuk C3").first.click()
    page.locator("[name=item-C3]").fill(WISH)
    page.get_by_label("Apa yang perlu diperbaiki").fill("Satu butir kurang jelas.")
    page.get_by_role("button", name="Kembalikan penilaian").click()
    expect(page.get_by_text("Dikembalikan ke")).to_be_visible()


def mend(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    visitor.become(cast.worker)
    page = visitor.goto(f"/assessments/{first.code}/")
    expect(page.get_by_text(WISH)).to_be_visible()
    page.get_by_role("button", name="Perbaiki").click()
    page.locator("#C3-note").fill("Terlambat melapor pada 3 dan 17 Agustus; surat keterangan sakit dilihat.")
    saved(visitor)
    visitor.goto(f"/assessments/{first.code}/")
    judge_and_hand_in(visitor, "kuning")


def approve(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    visitor.become(cast.supervisor)
    page = visitor.goto(f"/assessments/{first.code}/finalise/")
    page.get_by_role("button", name="Jadikan final").click()
    expect(page.get_by_text("sudah final")).to_be_visible()


def contest(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    """The participant reads the result at the officer's desk, on a phone, and does not agree."""
    visitor.become(cast.worker)
    page = visitor.page
    page.set_viewport_size(PHONE)
    visitor.goto(f"/assessments/{first.code}/result/")
    page.get_by_role("link", name="Hasil untuk peserta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hasil penilaian Anda")
    visitor.check()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The result of your assessment")
    page.go_back()
    page.get_by_role("link", name="Kembali").click()
    page.get_by_role("link", name="Catat pendapat peserta").click()
    page.get_by_label("Kata peserta").fill("Saya merasa tidak didengar.")
    page.get_by_label("Disampaikan di hadapan").fill("Petugas dan istri")
    visitor.check()
    page.get_by_role("button", name="Simpan pendapat").click()
    expect(page.get_by_text("Pendapat peserta dicatat.")).to_be_visible()
    page.get_by_role("link", name="Catat sanggahan").click()
    page.get_by_label("Alasan peserta").fill(WORDS)
    visitor.check()
    page.get_by_role("button", name="Catat sanggahan").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Penilaian kedua")
    expect(page.get_by_text(WORDS)).to_be_visible()
    visitor.check()
    page.set_viewport_size({"width": 1366, "height": 900})
    assert SecondRating.objects.count() == 1


def name_a_rater(visitor: Visitor, cast: Cast) -> SecondRating:
    visitor.become(cast.supervisor)
    page = visitor.goto("/assessments/queue/")
    expect(page.get_by_text("Menunggu penilai kedua ditetapkan")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Buka").click()
    page.locator("select[name=rater]").select_option(str(cast.neighbour.pk))
    visitor.check()
    page.get_by_role("button", name="Tetapkan").click()
    expect(page.get_by_text(f"Penilai kedua: {cast.neighbour.full_name}.")).to_be_visible()
    return SecondRating.objects.get()


def rate_blind(visitor: Visitor, cast: Cast, first: Assessment, second: SecondRating) -> None:
    visitor.become(cast.neighbour)
    page = visitor.goto("/assessments/queue/")
    page.get_by_role("link", name="Buka").click()
    expect(page.get_by_text("Nilailah sendiri.")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    visitor.check()
    answer = visitor.context.request.get(f"{visitor.url}/assessments/{first.code}/result/")
    assert answer.status == 404
    page.get_by_role("button", name="Mulai menilai").click()
    expect(page.get_by_text("Sebelumnya")).to_have_count(0)
    own = Assessment.objects.get(kind="kedua")
    quick(own)
    visitor.goto(f"/assessments/{own.code}/")
    judge_and_hand_in(visitor, "hijau")
    second.refresh_from_db()
    assert second.is_revealed


def agree(visitor: Visitor, cast: Cast, second: SecondRating) -> None:
    page = visitor.goto(f"/second-ratings/{second.code}/compare/")
    expect(page.get_by_text("28 dari 29 butir sama")).to_be_visible()
    visitor.check()
    page.get_by_role("button", name="Susun penilaian bersama").click()
    card = page.locator("#C3")
    expect(card.get_by_text("Terlambat melapor")).to_be_visible()
    visitor.check()
    card.locator("input[name=C3-value][value='0']").check()
    card.locator("textarea").fill("Sakit; suratnya sah. Keduanya sepakat.")
    card.get_by_label("Sedang").check()
    saved(visitor)
    joint = Assessment.objects.get(kind="bersama")
    visitor.goto(f"/assessments/{joint.code}/")
    judge_and_hand_in(visitor, "hijau")


def decide(visitor: Visitor, cast: Cast, second: SecondRating) -> None:
    visitor.become(cast.supervisor)
    page = visitor.goto("/assessments/queue/")
    page.get_by_role("link", name="Buka").click()
    page.get_by_role("link", name="Baca berdampingan").click()
    page.get_by_label("Penilaian bersama yang berlaku").check()
    page.get_by_label("Alasan keputusan").fill("Surat sakitnya sah; kedua penilai sepakat.")
    visitor.check()
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Keputusan dicatat.")).to_be_visible()
    second.refresh_from_db()
    assert second.outcome == SecondOutcome.CHANGED


def told(visitor: Visitor, cast: Cast, first: Assessment) -> None:
    """Both are kept: the first marked as contested and replaced, the joint one in force."""
    visitor.become(cast.worker)
    page = visitor.goto(f"/assessments/{first.code}/result/")
    expect(page.get_by_text("Disanggah, diganti")).to_be_visible()
    visitor.check()
    assert Assessment.objects.final().get().kind == "bersama"
    assert Assessment.objects.get(pk=first.pk).status == AssessmentStatus.SUPERSEDED
