"""The whole flow in a real browser: answers save themselves, guidance comes last, the supervisor decides."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from assessments.models import Assessment
from cases.enums import Priority
from cases.models import Task
from tests.assessments.filling import REASON, adult_case, begin, fill
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context, live_server, user):
    client = Client()
    client.force_login(user)
    session = client.cookies["titian_session"]
    context.add_cookies([{"name": "titian_session", "value": session.value, "url": live_server.url}])


def test_a_rater_assesses_with_an_override_and_the_supervisor_makes_it_final(
    transactional_db, live_server, context, page, axe
):
    cast = make_cast()
    draft = begin(adult_case(cast.worker), cast.worker)
    sign_in(context, live_server, cast.worker)

    page.goto(f"{live_server.url}/assessments/{draft.code}/domain/B/")
    third = page.locator("#B3")
    expect(third.locator(".t-evidence")).to_be_hidden()
    third.locator("input[name=B3-value][value='1']").check()
    expect(third.get_by_label("Sedang")).to_be_visible()
    expect(third.locator("textarea")).to_be_hidden()
    third.locator("input[name=B3-value][value='2']").check()
    expect(third.locator("textarea")).to_be_visible()
    third.locator("textarea").fill("Diancam dua kali lewat telepon.")
    third.get_by_label("Sedang").check()
    third.get_by_label("Wawancara").check()
    expect(page.locator("#saved")).to_contain_text("Draf tersimpan")
    expect(page.locator("#count-B")).to_have_text("1/4")
    page.reload()
    expect(third.locator("textarea")).to_have_value("Diancam dua kali lewat telepon.")
    assert Task.objects.get(priority=Priority.URGENT).is_open
    assert axe(page) == []

    fill(draft)
    page.goto(f"{live_server.url}/assessments/{draft.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Apa pertimbangan Anda?")
    expect(page.get_by_text("Petunjuk dari aturan")).to_have_count(0)
    assert axe(page) == []
    page.locator("input[name=band][value=kuning]").check()
    page.get_by_role("button", name="Simpan dan lihat petunjuk").click()
    expect(page.get_by_text("Petunjuk dari aturan")).to_be_visible()
    reason = page.get_by_label("Alasan berbeda")
    expect(reason).to_be_hidden()
    page.locator("input[name=final_band][value=kuning]").check()
    reason.fill("Terlalu pendek.")
    expect(page.get_by_text("15 huruf. Perlu 65 lagi.")).to_be_visible()
    reason.fill(REASON)
    assert axe(page) == []
    page.get_by_role("button", name="Ajukan ke Tri Wahyuni").click()
    expect(page.get_by_text("Diajukan ke Tri Wahyuni. Isian terkunci.")).to_be_visible()
    assert axe(page) == []

    sign_in(context, live_server, cast.supervisor)
    page.goto(f"{live_server.url}/assessments/queue/")
    assert axe(page) == []
    page.get_by_role("link", name="Periksa").click()
    expect(page.get_by_text(REASON)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Jadikan final").click()
    page.get_by_role("button", name="Jadikan final").click()
    expect(page.get_by_text("Tidak ada yang menunggu keputusan.")).to_be_visible()
    assert Assessment.objects.get(pk=draft.pk).status == "final"


def test_an_answer_without_signal_is_sent_when_the_signal_is_back(transactional_db, live_server, context, page):
    cast = make_cast()
    draft = begin(adult_case(cast.worker), cast.worker)
    sign_in(context, live_server, cast.worker)
    page.goto(f"{live_server.url}/assessments/{draft.code}/domain/A/")
    saved = page.locator("#saved")

    context.set_offline(True)
    page.locator("input[name=A1-value][value='1']").check()
    expect(saved).to_contain_text("Belum tersimpan")
    context.set_offline(False)
    expect(saved).to_contain_text("Draf tersimpan")
    assert draft.ratings.get(item="A1").answer == 1

    page.route("**/answers/", lambda route: route.abort(), times=1)
    page.locator("input[name=A2-value][value='0']").check()
    expect(saved).to_contain_text("Belum tersimpan")
    page.locator("input[name=A3-value][value='0']").check()  # goes through, and takes the other along
    expect(page.locator("#count-A")).to_have_text("3/4")
    expect(saved).to_contain_text("Draf tersimpan")
    assert {rating.item for rating in draft.ratings.all()} == {"A1", "A2", "A3"}
