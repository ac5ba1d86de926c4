"""Instruments kept by data admins: who may, what is refused, two people at once, and that nothing old changes."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.enums import JournalAction, Profession, Role
from accounts.models import JournalEntry, Staff
from assessments import catalogue, workflow
from assessments.enums import AssessmentReason, DraftStatus, InstrumentCode, VersionStatus
from assessments.forms import words
from assessments.models import Assessment, InstrumentDraft, InstrumentVersion
from cases.enums import LegalStatusKind
from cases.models import CaseFile
from core.acting import acting_as
from core.workflow import StaleError, TransitionError
from tests.assessments.filling import begin
from tests.cast import Cast
from tests.factories import make_case, make_final_assessment, make_instrument_draft, make_staff

pytestmark = pytest.mark.django_db
ODD = "👩‍🎓 ‮تجربة‬ <script>alert(1)</script> '; DROP TABLE cases_casefile; --"


def current(instrument: str = "KRK") -> InstrumentVersion:
    return InstrumentVersion.objects.get(instrument=instrument, status=VersionStatus.PUBLISHED)


def publish(draft: InstrumentDraft, by: Staff, **fields: Any) -> InstrumentVersion:
    given = {"version": draft.version, "replaces": current(draft.instrument), "reason": "Disepakati panel."} | fields
    return workflow.publish_draft(draft, by=by, **given)


def adult(cast: Cast) -> CaseFile:
    return make_case(cast.worker, legal=LegalStatusKind.PAROLE)


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def draft(cast: Cast) -> InstrumentDraft:
    return make_instrument_draft(cast.admin)


# ---- publishing -----------------------------------------------------------------------------------------------------


def test_another_admin_publishes_and_it_takes_the_place_of_the_one_before(cast: Cast, draft: InstrumentDraft) -> None:
    old = current()
    new = publish(draft, cast.bnpt_admin)
    old.refresh_from_db()
    draft.refresh_from_db()
    assert (new.version, new.status, new.author, new.published_by) == (
        "1.1.0",
        VersionStatus.PUBLISHED,
        cast.admin,
        cast.bnpt_admin,
    )
    assert new.publish_reason == "Disepakati panel."
    assert (old.status, old.withdrawn_by, old.withdraw_reason) == (VersionStatus.WITHDRAWN, cast.bnpt_admin, "")
    assert (draft.status, draft.became, draft.closed_by) == (DraftStatus.PUBLISHED, new, cast.bnpt_admin)
    assert new.parsed.items["A1"].anchors["0"].id == "Menolak peserta pulang."
    assert new.content_hash == catalogue.parse(draft.source, "x").content_hash
    lines = JournalEntry.objects.filter(action=JournalAction.INSTRUMENT).values_list("object_code", "detail", "actor")
    assert set(lines) == {
        (f"KRK:{draft.code}", "begun", cast.admin.pk),
        (f"KRK:{draft.code}", "published", cast.bnpt_admin.pk),
        ("KRK:1.1.0", "published", cast.bnpt_admin.pk),
        ("KRK:1.0.0", "replaced", cast.bnpt_admin.pk),
    }


def test_old_assessments_keep_their_version_and_new_ones_begin_with_the_new(cast: Cast) -> None:
    done, running = adult(cast), adult(cast)
    final = make_final_assessment(done, approver=cast.supervisor)
    under_way = begin(running, cast.worker)
    watched = Assessment.objects.filter(pk__in=[final.pk, under_way.pk]).order_by("pk")
    before = (list(watched.values()), list(final.ratings.order_by("pk").values()))
    old = current("PRK-D")
    draft = make_instrument_draft(cast.admin, "PRK-D")
    new = publish(draft, cast.bnpt_admin)
    assert (list(watched.values()), list(final.ratings.order_by("pk").values())) == before
    under_way.refresh_from_db()
    assert under_way.instrument_version == old
    workflow.save_answer(under_way, by=cast.worker, item="A1", value="1")  # goes on with its own items
    assert begin(adult(cast), cast.worker).instrument_version == new
    old.refresh_from_db()
    assert old.parsed.version == "1.0.0"


@pytest.mark.parametrize(
    "actor", ["worker", "supervisor", "cso", "analyst", "head_office", "auditor", "dpo", "system"]
)
def test_nobody_but_a_data_admin_keeps_instruments(cast: Cast, draft: InstrumentDraft, actor: str) -> None:
    person = getattr(cast, actor)
    for act in (
        lambda: make_instrument_draft(person),
        lambda: workflow.edit_draft(draft, by=person, version=1, source="x", summary="x"),
        lambda: workflow.discard_draft(draft, by=person),
        lambda: publish(draft, person),
        lambda: workflow.withdraw_version(current(), by=person, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert InstrumentDraft.objects.get().status == DraftStatus.OPEN


def test_the_data_admin_of_a_partner_organisation_and_one_who_has_left_do_not_either(
    cast: Cast, draft: InstrumentDraft
) -> None:
    partner = make_staff("admin.titi", cast.cso.unit, Role.DATA_ADMIN, Profession.ADMINISTRASI)
    cast.bnpt_admin.is_active = False
    for person in (partner, cast.bnpt_admin):
        with pytest.raises(PermissionDenied):
            publish(draft, person)
    assert signed_in(partner).get("/instruments/").status_code == 403


def test_the_author_never_publishes_not_even_past_the_program(cast: Cast, draft: InstrumentDraft) -> None:
    with pytest.raises(PermissionDenied):
        publish(draft, cast.admin)
    page = signed_in(cast.admin).post(
        reverse("assessments:draft-publish", args=[draft.code]), {"version": 1, "replaces": "1.0.0", "reason": "Ya."}
    )
    assert page.status_code == 403
    old = current()
    with pytest.raises(IntegrityError, match="instrument_published_by_another"), transaction.atomic():
        InstrumentVersion.objects.create(
            instrument="KRK",
            version="9.9.9",
            status=VersionStatus.WITHDRAWN,
            definition=old.definition,
            content_hash=old.content_hash,
            author=cast.admin,
            published_by=cast.admin,
            publish_reason="x",
        )
    with pytest.raises(IntegrityError, match="draft_published_by_another"), transaction.atomic():
        InstrumentDraft.objects.filter(pk=draft.pk).update(
            status=DraftStatus.PUBLISHED, became=old, closed_by=cast.admin, closed_at=old.created_at
        )


def test_the_database_keeps_what_was_published(cast: Cast, draft: InstrumentDraft) -> None:
    new = publish(draft, cast.bnpt_admin)
    for change in (
        {"definition": {}},
        {"author": cast.dpo},
        {"publish_reason": "lain"},
        {"effective_from": "2020-01-01"},
        {"version": "2.0.0"},
    ):
        with pytest.raises(InternalError, match="never changes"), transaction.atomic():
            InstrumentVersion.objects.filter(pk=new.pk).update(**change)
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        InstrumentVersion.objects.filter(version="1.0.0", instrument="KRK").update(status=VersionStatus.PUBLISHED)
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        InstrumentDraft.objects.filter(pk=draft.pk).update(source="x")
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        InstrumentDraft.objects.filter(pk=draft.pk).delete()
    other = make_instrument_draft(cast.admin, version="1.2.0")
    with pytest.raises(InternalError, match="keeps its author"), transaction.atomic():
        InstrumentDraft.objects.filter(pk=other.pk).update(author=cast.bnpt_admin)


def test_an_invalid_draft_is_not_published_by_a_forged_post(cast: Cast) -> None:
    draft = make_instrument_draft(cast.admin, source="instrument: KRK\n")
    url = reverse("assessments:draft-publish", args=[draft.code])
    admin = signed_in(cast.bnpt_admin)
    assert "Terbitkan sekarang" not in admin.get(url).content.decode()
    answer = admin.post(url, {"version": 1, "replaces": "1.0.0", "reason": "Ya."})
    assert (answer.status_code, InstrumentVersion.objects.count()) == (409, 3)
    assert "masih mengandung kesalahan" in answer.content.decode()


def test_what_changed_since_the_page_was_opened_is_not_published_unread(cast: Cast, draft: InstrumentDraft) -> None:
    url = reverse("assessments:draft-publish", args=[draft.code])
    admin = signed_in(cast.bnpt_admin)
    sent = {"version": draft.version, "replaces": "1.0.0", "reason": "Alasan yang panjang."}
    workflow.edit_draft(draft, by=cast.admin, version=1, source=draft.source, summary="Lain.")
    answer = admin.post(url, sent)
    assert (answer.status_code, InstrumentVersion.objects.count()) == (409, 3)
    assert "Alasan yang panjang." in answer.content.decode()
    assert "Baca lagi perbedaannya" in answer.content.decode()
    other = make_instrument_draft(cast.bnpt_admin, version="1.3.0")
    publish(other, cast.admin)
    answer = admin.post(url, sent | {"version": 2})
    assert (answer.status_code, current().version) == (409, "1.3.0")
    page = answer.content.decode()
    assert "KRK 1.3.0 terbit sesudah draf ini dimulai" in re.sub(r"\s+", " ", page)
    assert admin.post(url, sent | {"version": 2, "replaces": "1.3.0"}).status_code == 302
    assert current().version == "1.1.0"


def test_a_number_that_was_published_once_is_not_used_again(cast: Cast) -> None:
    draft = make_instrument_draft(cast.admin, version="1.0.0")
    with pytest.raises(TransitionError, match="sudah pernah terbit"):
        publish(draft, cast.bnpt_admin)
    assert (current().version, InstrumentDraft.objects.get().status) == ("1.0.0", DraftStatus.OPEN)


def test_a_second_tap_publishes_nothing_more(cast: Cast, draft: InstrumentDraft) -> None:
    url = reverse("assessments:draft-publish", args=[draft.code])
    admin = signed_in(cast.bnpt_admin)
    sent = {"version": draft.version, "replaces": "1.0.0", "reason": "Disepakati."}
    first, second = admin.post(url, sent), admin.post(url, sent)
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert InstrumentVersion.objects.filter(instrument="KRK").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_admins_publish_two_drafts_at_once(cast: Cast) -> None:
    """One waits for the other, and then learns that it would replace another version than it has read."""
    drafts = {
        cast.bnpt_admin: make_instrument_draft(cast.admin, version="1.1.0"),
        cast.admin: make_instrument_draft(cast.bnpt_admin, version="1.2.0"),
    }
    before, outcomes, barrier = current(), [], threading.Barrier(2)

    def act(person: Staff) -> None:
        try:
            barrier.wait(timeout=30)
            with acting_as(person.pk):
                publish(drafts[person], person, replaces=before)
            outcomes.append("published")
        except TransitionError as refusal:
            outcomes.append(str(refusal.message))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(person,)) for person in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome == "published" for outcome in outcomes) == [False, True], outcomes
    assert "Baca lagi perbedaannya" in "".join(outcomes)
    assert InstrumentVersion.objects.filter(instrument="KRK", status=VersionStatus.PUBLISHED).count() == 1


# ---- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_begun_from_a_version_and_kept_right_or_wrong(cast: Cast) -> None:
    admin = signed_in(cast.admin)
    url = reverse("assessments:draft-new", args=["PKA"])
    opened = admin.get(url, {"from": "1.0.0"}).context["form"]["source"].value()
    assert catalogue.parse(opened, "x").content_hash == current("PKA").content_hash
    broken = opened.replace("version: 1.0.0", "version: 1.1.0").replace("scale: strength", "scale: strange", 1)
    answer = admin.post(url, {"source": broken.replace("\n", "\r\n"), "summary": ODD})
    draft = InstrumentDraft.objects.get()
    assert (answer.status_code, draft.source, draft.summary) == (302, broken, ODD)
    assert draft.based_on == current("PKA")
    page = admin.get(answer.url).content.decode()
    line = 1 + broken[: broken.index("scale: strange")].count("\n")
    assert f'href="#L{line}"' in page
    assert f'<li id="L{line}" class="t-wrong">' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "Isi instrumen masih kosong."),
        ("x" * 100_001, "terlalu panjang"),
        ("a: \0", "null"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field_and_stays_typed(cast: Cast, source: str, told: str) -> None:
    answer = signed_in(cast.admin).post(
        reverse("assessments:draft-new", args=["KRK"]), {"source": source, "summary": "Alasan."}
    )
    page = answer.content.decode()
    assert (answer.status_code, InstrumentDraft.objects.count()) == (422, 0)
    assert told in page.lower() if told == "null" else told in page
    assert "Alasan." in page
    assert source[:500].replace("\0", "") in page


def bomb() -> str:
    return "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *a]\n" for n in range(60))


@pytest.mark.parametrize(
    ("source", "line", "told"),
    [
        ("instrument: KRK\n\tversion: 1", 2, "tab dipakai sebagai jarak"),
        (bomb(), 1, "rujukan YAML"),
        ("[" * 5_000, None, "bertingkat terlalu dalam"),
        ("!!python/object/apply:os.system ['ls']", 1, "tidak dikenal"),
        ("instrument: [", 1, "bukan YAML yang sah"),
        ('instrument: "KRK\\0"', 1, "tidak dapat disimpan"),
        ('instrument: "\\ud800"', 1, "tidak dapat disimpan"),
        (ODD, 1, "harus pemetaan"),
        ("# kosong", None, "berkas kosong"),
        ("a: 1\na: 2", 2, "dua kali"),
    ],
)
def test_a_text_that_is_no_instrument_is_named_with_its_line(
    cast: Cast, source: str, line: int | None, told: str
) -> None:
    draft = make_instrument_draft(cast.admin, source=source)
    answer = signed_in(cast.auditor).get(reverse("assessments:draft", args=[draft.code]))
    problems = answer.context["problems"]
    assert (problems[0]["line"], told in problems[0]["message"]) == (line, True), problems
    with pytest.raises(TransitionError, match="masih mengandung kesalahan"):
        publish(draft, cast.bnpt_admin)
    client = signed_in(cast.auditor)
    assert client.get(reverse("assessments:draft-preview", args=[draft.code])).status_code == 302
    compared = client.get(reverse("assessments:instrument-compare", args=["KRK"]))
    assert "belum dapat dibandingkan" in compared.content.decode()
    assert client.get("/instruments/").status_code == 200


def test_only_the_author_edits_and_a_stale_tab_overwrites_nothing(cast: Cast, draft: InstrumentDraft) -> None:
    with pytest.raises(PermissionDenied):
        workflow.edit_draft(draft, by=cast.bnpt_admin, version=1, source="x", summary="x")
    workflow.edit_draft(draft, by=cast.admin, version=1, source=draft.source, summary="Dari ponsel.")
    with pytest.raises(StaleError):
        workflow.edit_draft(draft, by=cast.admin, version=1, source="x", summary="Dari meja.")
    workflow.discard_draft(draft, by=cast.bnpt_admin)
    with pytest.raises(TransitionError, match="sudah ditutup"):
        workflow.edit_draft(draft, by=cast.admin, version=None, source="x", summary="x")
    with pytest.raises(TransitionError):
        workflow.discard_draft(draft, by=cast.admin)
    with pytest.raises(TransitionError):
        publish(InstrumentDraft.objects.get(), cast.bnpt_admin)


def test_a_draft_is_copied_by_another_admin_who_then_is_its_author(cast: Cast, draft: InstrumentDraft) -> None:
    other = signed_in(cast.bnpt_admin)
    url = f"{reverse('assessments:draft-new', args=['KRK'])}?from=draf-{draft.code}"
    assert other.get(url).context["form"]["source"].value() == draft.source
    assert other.post(url, {"source": draft.source, "summary": "Salinan."}).status_code == 302
    copy = InstrumentDraft.objects.exclude(pk=draft.pk).get()
    assert (copy.author, copy.based_on) == (cast.bnpt_admin, draft.based_on)
    assert other.get(reverse("assessments:draft-new", args=["PKA"]), {"from": f"draf-{draft.code}"}).status_code == 404


def test_open_drafts_have_a_limit_that_loses_nothing_typed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.workflow.instruments.MOST_OPEN", 1)
    draft = make_instrument_draft(cast.admin)
    url, typed = reverse("assessments:draft-new", args=["KRK"]), {"source": "a: kataku", "summary": "Kedua."}
    answer = signed_in(cast.bnpt_admin).post(url, typed)
    assert (answer.status_code, InstrumentDraft.objects.count()) == (422, 1)
    assert all(words in answer.content.decode() for words in ("Sudah ada 1 draf terbuka", "a: kataku", "Kedua."))
    workflow.discard_draft(draft, by=cast.bnpt_admin)
    assert signed_in(cast.bnpt_admin).post(url, typed).status_code == 302


def test_the_preview_is_the_real_form_and_stores_nothing(cast: Cast, draft: InstrumentDraft) -> None:
    page = signed_in(cast.auditor).get(reverse("assessments:draft-preview", args=[draft.code])).content.decode()
    assert "Menolak peserta pulang." in page
    assert 'name="A1-value"' in page
    assert "hx-post" not in page.split("<main", 1)[1].split("</main", 1)[0]
    assert "tidak disimpan" in page


# ---- comparing ------------------------------------------------------------------------------------------------------


def test_the_comparison_names_what_changed_in_each_language_and_nothing_else(
    cast: Cast, draft: InstrumentDraft
) -> None:
    answer = signed_in(cast.bnpt_admin).get(
        reverse("assessments:instrument-compare", args=["KRK"]), {"from": "1.0.0", "to": f"draf-{draft.code}"}
    )
    told = [
        (part["code"], row["label"], row["language"], row["before"], str(row["after"]))
        for chapter in answer.context["changes"]
        for part in chapter["parts"]
        for row in part["rows"]
    ]
    label = words(current().parsed.scale.label(0))
    assert told == [
        ("", "Versi", "", "1.0.0", "<ins>1.1.0</ins>"),
        ("A1", f"0 · {label}", "ID", "Menolak.", "<ins>Menolak peserta pulang.</ins>"),
    ]


# ---- withdrawing ----------------------------------------------------------------------------------------------------


def test_withdrawn_without_another_nothing_new_begins_and_what_is_under_way_goes_on(cast: Cast) -> None:
    running, case = begin(adult(cast), cast.worker), adult(cast)
    admin = signed_in(cast.admin)
    url = reverse("assessments:instrument-withdraw", args=["PRK-D", "1.0.0"])
    refused = admin.post(url, {"reason": "  "})
    assert (refused.status_code, "Tulis alasannya." in refused.content.decode()) == (422, True)
    assert admin.post(url, {"reason": f"Butir A4 keliru. {ODD}"}).status_code == 302
    assert admin.post(url, {"reason": "Lagi"}).status_code == 409  # a second tap
    start = signed_in(cast.worker).get(reverse("assessments:new", args=[case.code])).content.decode()
    assert "belum ada penggantinya" in start
    assert "Butir A4 keliru." in start
    with pytest.raises(TransitionError):
        workflow.start(case, by=cast.worker, instrument=InstrumentCode.ADULT, reason=AssessmentReason.INITIAL)
    workflow.save_answer(running, by=cast.worker, item="A1", value="1")
    assert "Tidak ada versi yang berlaku." in admin.get("/instruments/").content.decode()
    draft = make_draft_of_withdrawn(cast)
    workflow.publish_draft(draft, by=cast.bnpt_admin, version=1, replaces=None, reason="Diperbaiki.")
    assert begin(case, cast.worker).instrument_version.version == "1.1.0"


def make_draft_of_withdrawn(cast: Cast) -> InstrumentDraft:
    old = InstrumentVersion.objects.get(instrument="PRK-D")
    text = catalogue.to_yaml(old.parsed).replace("version: 1.0.0", "version: 1.1.0")
    return workflow.begin_draft(InstrumentCode.ADULT, by=cast.admin, source=text, summary="A4.", based_on=old)


def test_loading_the_files_again_leaves_what_admins_have_done(cast: Cast, draft: InstrumentDraft) -> None:
    publish(draft, cast.bnpt_admin)
    same, is_new = workflow.publish(catalogue.default().instruments["KRK"], by=cast.system)
    assert (same.version, is_new, current().version) == ("1.0.0", False, "1.1.0")


# ---- paper ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "mode"), [("PRK-D", "lengkap"), ("PRK-D", "kebutuhan_saja"), ("PKA", ""), ("KRK", "")]
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_empty_form_is_a_pdf_of_no_person_and_without_rules(
    cast: Cast, code: str, mode: str, language: str
) -> None:
    url = reverse("assessments:instrument-paper", args=[code, "1.0.0"])
    answer = signed_in(cast.worker).get(url, {"language": language, "mode": mode} if mode else {"language": language})
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    words = text_of(answer.content)
    instrument = current(code).parsed
    for item in instrument.items_in(mode or None):
        assert squeezed(item.text.to(language)) in words
        for anchor in item.anchors.values():
            assert squeezed(anchor.to(language)) in words
    assert squeezed(instrument.notice.to(language)) in words
    with translation.override(language):
        for band in instrument.bands:
            if band.meaning:
                assert squeezed(band.meaning.to(language)) not in words  # I-6
    assert squeezed(cast.worker.full_name) not in words
    again = signed_in(cast.cso).get(url, {"language": language, "mode": mode} if mode else {"language": language})
    assert again.content == answer.content


def text_of(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    return squeezed("".join(page.get_textpage().get_text_bounded() for page in document))


def squeezed(text: str) -> str:
    """Without white space and hyphens: lines break where they like."""
    return re.sub(r"[\s\-­‐￾]", "", text)


def test_an_empty_form_that_there_is_not(cast: Cast) -> None:
    client = signed_in(cast.worker)
    url = reverse("assessments:instrument-paper", args=["KRK", "1.0.0"])
    for asked in ({"language": "xx"}, {"language": "../id"}, {"mode": "lengkap"}):
        assert client.get(url, asked).status_code == 404
    for args in (["KRK", "9.9.9"], ["XXX", "1.0.0"], ["KRK", "1.0.0' OR 1=1"]):
        assert client.get(reverse("assessments:instrument-paper", args=args)).status_code == 404
