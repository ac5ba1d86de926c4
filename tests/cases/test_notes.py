"""Contact notes: stored once, nothing lost, edited for a day, corrected beside the original (I-15)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import policies, workflow
from cases.enums import ClosureReason, EventKind, NoteType, TaskKind
from cases.models import CaseEvent, CaseFile, CaseUserGrant, ContactNote, Draft, Task
from cases.workflow.notes import NOTE
from core.workflow import StaleError, TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_note

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a short note; None leaves a field out."""
    data = {
        "client_id": str(uuid.uuid4()),
        "opened_at": timezone.now().isoformat(),
        "type": "kunjungan_rumah",
        "when": "now",
        "present": ["peserta", "keluarga"],
        "summary": "Bengkel ramai. Ayah peserta ikut duduk.",
        "safety_ok": "on",
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


def new_url(case: CaseFile) -> str:
    return reverse("cases:note-new", args=[case.code])


def draft_url(case: CaseFile) -> str:
    return reverse("cases:note-draft", args=[case.code])


def end_access(case: CaseFile, cast: Cast) -> None:
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)


# ---- writing --------------------------------------------------------------------------------------------------------


def test_a_short_note_is_stored_and_shown(case: CaseFile, as_worker: Client) -> None:
    done = as_worker.post(new_url(case), typed(), follow=True)
    note = ContactNote.objects.get()
    assert done.redirect_chain == [(reverse("cases:note-detail", args=[case.code, note.code]), 302)]
    assert "Bengkel ramai." in done.content.decode()
    assert (note.type, note.present, note.safety_ok) == (NoteType.HOME_VISIT, ["peserta", "keluarga"], True)
    case.refresh_from_db()
    assert case.last_contact_at == note.occurred_at


def test_the_form_asks_first_what_is_written_most(case: CaseFile, as_worker: Client) -> None:
    text = as_worker.get(new_url(case)).content.decode()
    first, second, other = (text.index(f'value="{kind}"') for kind in ("wajib_lapor", "kunjungan_rumah", "other"))
    assert first < second < other
    assert "Baru saja, " in text


def test_the_form_says_what_may_stay_empty(case: CaseFile, as_worker: Client) -> None:
    text = " ".join(as_worker.get(new_url(case)).content.decode().split())
    assert 'Lama (menit) <span class="t-opt">(pilihan)</span>' in text
    assert 'Ringkasan <span class="t-opt">' not in text


def test_the_same_note_sent_twice_is_stored_once(case: CaseFile, as_worker: Client) -> None:
    data = typed()
    first = as_worker.post(new_url(case), data)
    second = as_worker.post(new_url(case), data)
    assert first["Location"] == second["Location"]
    assert ContactNote.objects.count() == 1


def test_just_now_means_when_the_form_was_opened(case: CaseFile, as_worker: Client) -> None:
    opened = timezone.now() - dt.timedelta(hours=3)
    as_worker.post(new_url(case), typed(opened_at=opened.isoformat()))
    assert ContactNote.objects.get().occurred_at == opened


@pytest.mark.parametrize("opened_at", ["kemarin", "", "2999-01-01T00:00:00+00:00", "1999-01-01T00:00:00+00:00"])
def test_an_opening_time_that_cannot_be_means_now(case: CaseFile, as_worker: Client, opened_at: str) -> None:
    before = timezone.now()
    as_worker.post(new_url(case), typed(opened_at=opened_at))
    if note := ContactNote.objects.first():
        assert before <= note.occurred_at <= timezone.now()


def test_a_rarer_kind_stands_behind_other(case: CaseFile, as_worker: Client) -> None:
    missing = as_worker.post(new_url(case), typed(type="other"))
    assert missing.status_code == 422
    assert "Pilih jenis lainnya." in missing.content.decode()
    as_worker.post(new_url(case), typed(type="other", other_type="koordinasi"))
    assert ContactNote.objects.get().type == NoteType.COORDINATION
    case.refresh_from_db()
    assert case.last_contact_at is None, "nobody has seen the person"


def test_the_next_step_with_a_date_becomes_a_task(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    day = timezone.localdate() + dt.timedelta(days=7)
    as_worker.post(new_url(case), typed(next_steps="Tanyakan kelas pembukuan", next_due=day.isoformat()))
    task = Task.objects.get()
    assert (task.kind, task.title, task.assignee) == (TaskKind.FOLLOW_UP, "Tanyakan kelas pembukuan", cast.worker)
    assert timezone.localdate(task.due_at, cast.worker.unit.zone) == day
    case.refresh_from_db()
    assert case.next_due_on == day


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": None}, "Pilih jenis kontak."),
        ({"summary": "  "}, "Tulis ringkasan."),
        ({"summary": "a" * 10_001}, "Terlalu panjang: 10001 huruf"),
        ({"present": None}, "Pilih siapa yang hadir."),
        ({"when": "other"}, "Isi tanggal dan jam kontak."),
        ({"when": "other", "occurred_at": "2999-01-01T09:00"}, "Waktu kontak tidak boleh di masa depan."),
        ({"when": "other", "occurred_at": "0001-01-01T00:00"}, "Periksa tahunnya."),
        ({"when": "other", "occurred_at": "0206-11-20T09:00"}, "Periksa tahunnya."),
        ({"when": "other", "occurred_at": "kapan"}, "valid"),
        ({"next_due": "2999-01-01"}, "Tulis langkah yang harus selesai"),
        ({"next_steps": "Telepon", "next_due": "2020-01-01"}, "Tenggat tidak boleh sebelum hari ini."),
        ({"next_steps": "Telepon", "next_due": "2999-01-01"}, "Periksa tahunnya."),
        ({"type": "rahasia"}, "valid"),
        ({"present": ["hantu"]}, "valid"),
        ({"client_id": "satu"}, "valid"),
        ({"duration_min": "-5"}, "valid"),
    ],
)
def test_what_is_wrong_stands_next_to_its_field(
    case: CaseFile, as_worker: Client, changes: dict[str, Any], message: str
) -> None:
    refused = as_worker.post(new_url(case), typed(**changes))
    text = refused.content.decode()
    assert refused.status_code == 422
    assert message in text
    if not (changes.get("summary") or "").isspace() and "summary" not in changes:
        assert "Ayah peserta ikut duduk." in text, "nothing typed is lost"
    assert not ContactNote.objects.exists()


def test_htmx_gets_the_form_back_alone_and_a_redirect_header(case: CaseFile, as_worker: Client) -> None:
    refused = as_worker.post(new_url(case), typed(summary=""), **HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()
    stored = as_worker.post(new_url(case), typed(), **HTMX)
    assert stored["HX-Redirect"] == reverse("cases:note-detail", args=[case.code, ContactNote.objects.get().code])


def test_a_closed_case_refuses_the_note_and_keeps_the_text(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah kota.")
    refused = as_worker.post(new_url(case), typed())
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "Kasus ini sudah ditutup." in text
    assert "Ayah peserta ikut duduk." in text
    assert not ContactNote.objects.exists()


def test_who_lost_the_case_gets_the_text_back(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    end_access(case, cast)
    kept = as_worker.post(new_url(case), typed())
    text = kept.content.decode()
    assert kept.status_code == 404
    assert "Ayah peserta ikut duduk." in text
    assert case.participant.full_name not in text
    unknown = as_worker.post(reverse("cases:note-new", args=["AAAA-2222"]), typed())
    assert unknown.status_code == 404
    assert unknown.content.decode().count("Ayah peserta") == text.count("Ayah peserta"), "no code is told apart"


def test_who_only_reads_the_notes_cannot_write(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    assert client.get(new_url(case)).status_code == 403
    assert client.post(new_url(case), typed()).status_code == 403
    for name in ("neighbour", "other_agency", "analyst", "admin", "cso", "auditor", "dpo"):
        client.force_login(getattr(cast, name))
        for url in (new_url(case), reverse("cases:note-list", args=[case.code])):
            assert client.get(url).status_code in (403, 404), name
    assert not ContactNote.objects.exists()


def test_the_same_client_id_of_somebody_else_is_refused(case: CaseFile, cast: Cast) -> None:
    note = make_note(case)
    other = make_case(cast.neighbour)
    fields = {"type": "telepon", "occurred_at": timezone.now(), "summary": "x"}
    with pytest.raises(PermissionDenied):
        workflow.write_note(other, by=cast.neighbour, client_id=note.client_id, **fields)


# ---- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_survives_sign_out_and_a_second_tab(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    data = typed(summary="Baru setengah", present=["keluarga"], safety_ok=None)
    saved = as_worker.post(draft_url(case), data, **HTMX)
    assert "Draf tersimpan " in saved.content.decode()
    as_worker.logout()
    as_worker.force_login(cast.worker)
    text = as_worker.get(new_url(case)).content.decode()
    assert "Baru setengah" in text
    assert data["client_id"] in text
    assert "Draf Anda dibuka kembali" in text
    as_worker.post(draft_url(case), data | {"summary": "Sudah lengkap"}, **HTMX)
    assert Draft.objects.get().data["summary"] == ["Sudah lengkap"]
    assert f"Catatan kontak, {case.participant.shown_name}" in as_worker.get("/").content.decode()


def test_a_stored_note_leaves_no_draft_even_if_the_autosave_comes_late(case: CaseFile, as_worker: Client) -> None:
    data = typed()
    as_worker.post(draft_url(case), data, **HTMX)
    as_worker.post(new_url(case), data)
    assert not Draft.objects.exists()
    late = as_worker.post(draft_url(case), data, **HTMX)
    assert "Catatan ini sudah tersimpan." in late.content.decode()
    assert not Draft.objects.exists()


def test_an_expired_session_answers_the_autosave_with_the_way_back(case: CaseFile, client: Client) -> None:
    answer = client.post(draft_url(case), typed(), **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert f"next={new_url(case)}" in text
    assert not Draft.objects.exists()


def test_an_expired_session_on_sending_returns_to_the_draft(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    data = typed(summary="Hampir selesai")
    as_worker.post(draft_url(case), data, **HTMX)
    as_worker.logout()
    away = as_worker.post(new_url(case), data)
    assert (away.status_code, "Hampir selesai" in away.content.decode()) == (403, True)
    as_worker.force_login(cast.worker)
    assert "Hampir selesai" in as_worker.get(new_url(case)).content.decode()


def test_nothing_typed_leaves_no_draft(case: CaseFile, as_worker: Client) -> None:
    assert as_worker.post(draft_url(case), typed(summary=" "), **HTMX).content.decode().strip() == ""
    assert not Draft.objects.exists()


def test_an_enormous_draft_is_refused_in_the_save_bar(case: CaseFile, as_worker: Client) -> None:
    answer = as_worker.post(draft_url(case), typed(summary="a" * 110_000), **HTMX)
    assert answer.status_code == 422
    assert "terlalu panjang" in answer.content.decode()


def test_odd_bytes_in_a_draft_do_no_harm(case: CaseFile, as_worker: Client) -> None:
    data = typed(summary="a\x00b", client_id="bukan", opened_at="bukan", type="bukan", present=["bukan"])
    assert as_worker.post(draft_url(case), data, **HTMX).status_code == 200
    assert "ab" in as_worker.get(new_url(case)).content.decode()


def test_the_draft_of_a_lost_case_can_be_read_and_thrown_away(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    as_worker.post(draft_url(case), typed(summary="Belum terkirim"), **HTMX)
    end_access(case, cast)
    refused = as_worker.post(draft_url(case), typed(), **HTMX)
    assert refused.status_code == 409
    assert "akses Anda ke kasus ini sudah berakhir" in refused.content.decode()
    page = as_worker.get(new_url(case)).content.decode()
    assert "Belum terkirim" in page
    assert case.participant.full_name not in as_worker.get("/").content.decode()
    as_worker.post(reverse("cases:note-draft-discard", args=[case.code]))
    assert not Draft.objects.exists()


def test_a_draft_is_its_writers_alone(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    as_worker.post(draft_url(case), typed(summary="Hanya saya"), **HTMX)
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    as_worker.force_login(cast.neighbour)
    assert "Hanya saya" not in as_worker.get(new_url(case)).content.decode()
    as_worker.post(reverse("cases:note-draft-discard", args=[case.code]))
    assert Draft.objects.count() == 1


# ---- which case -----------------------------------------------------------------------------------------------------


def test_the_case_is_one_tap_away_or_found_by_any_spelling(cast: Cast, as_worker: Client) -> None:
    mine = make_case(
        cast.worker, person={"full_name": "Mohamad Surya", "sex": "male", "birth_date": dt.date(1990, 1, 1)}
    )
    theirs = make_case(
        cast.neighbour, person={"full_name": "Muhammad Suria", "sex": "male", "birth_date": dt.date(1990, 1, 1)}
    )
    url = reverse("cases:note-quick")
    assert new_url(mine) in as_worker.get(url).content.decode()
    for query in ("Muhammad", "moh. surya", mine.code[:4].lower()):
        text = as_worker.get(url, {"q": query}, **HTMX).content.decode()
        assert "<html" not in text
        assert new_url(mine) in text, query
        assert new_url(theirs) not in text
    assert "Tidak ada kasus yang cocok" in as_worker.get(url, {"q": "Zulkifli\x00%"}).content.decode()


# ---- reading --------------------------------------------------------------------------------------------------------


def test_notes_are_listed_newest_contact_first_by_pages(
    case: CaseFile, as_worker: Client, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    for number in range(30):
        make_note(case, summary=f"Kontak nomor {number}.", occurred_at=now - dt.timedelta(hours=number))
    url = reverse("cases:note-list", args=[case.code])
    with django_assert_max_num_queries(30) as counted:
        first = as_worker.get(url).content.decode()
    assert "Kontak nomor 0." in first
    assert "Kontak nomor 25." not in first
    link = re.search(r'rel="next"\s+href="([^"]+)"', first)[1]
    with django_assert_max_num_queries(len(counted.captured_queries)):
        second = as_worker.get(url + link).content.decode()
    assert "Kontak nomor 29." in second
    assert "Kontak nomor 24." not in second


def test_a_note_written_late_says_so(case: CaseFile, as_worker: Client) -> None:
    note = make_note(case, occurred_at=timezone.now() - dt.timedelta(days=4, hours=1))
    text = as_worker.get(reverse("cases:note-detail", args=[case.code, note.code])).content.decode()
    assert "Dicatat 4 hari kemudian" in text
    on_time = make_note(case, occurred_at=timezone.now() - dt.timedelta(hours=71))
    text = as_worker.get(reverse("cases:note-detail", args=[case.code, on_time.code])).content.decode()
    assert "hari kemudian" not in text


def test_a_note_is_found_under_its_own_case_only(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    note, other = make_note(case), make_case(cast.worker)
    for name in ("note-detail", "note-edit", "note-amend"):
        assert as_worker.get(reverse(f"cases:{name}", args=[other.code, note.code])).status_code == 404
        assert as_worker.get(reverse(f"cases:{name}", args=[case.code, "AAAA-2222"])).status_code == 404


def test_what_people_typed_is_never_markup(case: CaseFile, as_worker: Client) -> None:
    note = make_note(case, summary="<script>alert(1)</script>", participant_words="<b>keras</b>")
    text = as_worker.get(reverse("cases:note-detail", args=[case.code, note.code])).content.decode()
    assert "<script>alert" not in text
    assert "<b>keras" not in text


def test_text_that_runs_to_the_left_leaves_the_words_beside_it_alone(case: CaseFile, as_worker: Client) -> None:
    make_note(case, summary="\u202eterbalik")
    text = as_worker.get(reverse("cases:note-list", args=[case.code])).content.decode()
    assert "<bdi>\u202eterbalik</bdi>" in text


# ---- changing -------------------------------------------------------------------------------------------------------


def edited(note: ContactNote, **changes: Any) -> dict[str, Any]:
    occurred = timezone.localtime(note.occurred_at).strftime("%Y-%m-%dT%H:%M")
    data = {"version": note.version, "type": "telepon", "occurred_at": occurred, "present": ["peserta"]}
    return data | {"summary": note.summary, "safety_ok": "on"} | changes


def test_the_author_edits_within_a_day(case: CaseFile, as_worker: Client) -> None:
    note = make_note(case)
    url = reverse("cases:note-edit", args=[case.code, note.code])
    assert note.summary in as_worker.get(url).content.decode()
    assert as_worker.post(url, edited(note, summary="Bengkel sepi.")).status_code == 302
    note.refresh_from_db()
    assert (note.summary, note.version) == ("Bengkel sepi.", 2)
    assert CaseEvent.objects.get(kind=EventKind.NOTE).summary == "Bengkel sepi."


def test_after_a_day_only_a_correction_is_possible(case: CaseFile, as_worker: Client) -> None:
    long_ago = timezone.now() - dt.timedelta(hours=25)
    note = make_note(case, recorded_at=long_ago, occurred_at=long_ago)
    edit, amend = (reverse(f"cases:{name}", args=[case.code, note.code]) for name in ("note-edit", "note-amend"))
    assert as_worker.get(edit)["Location"] == amend
    refused = as_worker.post(edit, edited(note, summary="Diam-diam diganti"))
    assert refused.status_code == 409
    assert "Diam-diam diganti" in refused.content.decode(), "the text is still in the form"
    note.refresh_from_db()
    assert note.summary == "Kabar baik. Bengkel mulai ramai."
    data = {"client_id": str(uuid.uuid4()), "reason": "Salah nama", "summary": "Yang hadir adalah paman."}
    assert as_worker.post(amend, data | {"reason": ""}).status_code == 422
    for _twice in range(2):
        page = as_worker.post(amend, data, follow=True).content.decode()
    assert "Kabar baik." in page
    assert "Pembetulan: Salah nama" in page
    assert page.count("Yang hadir adalah paman.") == 1
    assert note.amendments.count() == 1


def test_nobody_else_edits_a_note(case: CaseFile, cast: Cast, client: Client) -> None:
    note = make_note(case)
    workflow.assign(case, by=cast.supervisor, worker=cast.worker, co_workers=[cast.neighbour])
    url = reverse("cases:note-edit", args=[case.code, note.code])
    client.force_login(cast.neighbour)
    refused = client.post(url, edited(note, summary="x"))
    assert refused.status_code == 403
    assert cast.worker.full_name in refused.content.decode()
    assert client.get(reverse("cases:note-amend", args=[case.code, note.code])).status_code == 200


def test_two_screens_choose_field_by_field(case: CaseFile, cast: Cast, as_worker: Client) -> None:
    note = make_note(case)
    url = reverse("cases:note-edit", args=[case.code, note.code])
    stale = edited(note, summary="Dari ponsel.", next_steps="Telepon Senin")
    workflow.edit_note(note, by=cast.worker, version=1, summary="Dari komputer.", present=["keluarga"])
    conflict = as_worker.post(url, stale)
    text = conflict.content.decode()
    assert conflict.status_code == 409
    for words in ("Dari ponsel.", "Dari komputer.", "Telepon Senin", "Keluarga"):
        assert words in text
    choice = stale | {
        "version": 2,
        "pick-summary": "both",
        "joined-summary": "Dari komputer. Dari ponsel.",
        "pick-present": "theirs",
        "pick-next_steps": "mine",
    }
    assert as_worker.post(url, choice).status_code == 302
    note.refresh_from_db()
    assert (note.summary, note.present, note.next_steps) == (
        "Dari komputer. Dari ponsel.",
        ["keluarga"],
        "Telepon Senin",
    )


def test_the_workflow_refuses_a_stale_edit_and_a_late_one(case: CaseFile, cast: Cast) -> None:
    note = make_note(case)
    with pytest.raises(StaleError):
        workflow.edit_note(note, by=cast.worker, version=7, summary="x")
    old = make_note(
        case, recorded_at=timezone.now() - dt.timedelta(days=2), occurred_at=timezone.now() - dt.timedelta(days=3)
    )
    with pytest.raises(TransitionError):
        workflow.edit_note(old, by=cast.worker, version=1, summary="x")


def test_moving_a_note_in_time_moves_the_last_contact(case: CaseFile, cast: Cast) -> None:
    note = make_note(case)
    earlier = timezone.now() - dt.timedelta(days=2)
    workflow.edit_note(note, by=cast.worker, version=1, occurred_at=earlier)
    case.refresh_from_db()
    assert case.last_contact_at == earlier
    assert CaseEvent.objects.get(kind=EventKind.NOTE).at == earlier


def test_an_expired_grant_writes_nothing(case: CaseFile, cast: Cast) -> None:
    grants = CaseUserGrant.objects.filter(user=cast.worker, content_object=case)
    policies.end_grants(grants)
    with pytest.raises(PermissionDenied):
        workflow.write_note(
            case, by=cast.worker, client_id=uuid.uuid4(), type="telepon", occurred_at=timezone.now(), summary="x"
        )
    with pytest.raises(PermissionDenied):
        workflow.save_draft(case, by=cast.worker, form=NOTE, client_id=uuid.uuid4(), data={})
    assert not ContactNote.objects.exists()
