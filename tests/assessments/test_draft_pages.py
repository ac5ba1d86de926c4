"""Drafts of instruments as people meet them: whom one waits for, and its faults in the reader's language."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from assessments import catalogue, policies, workflow
from assessments.enums import InstrumentCode, VersionStatus
from assessments.models import InstrumentDraft, InstrumentVersion
from tests.assessments.reading import as_user, text
from tests.cast import Cast
from tests.factories import make_instrument_draft

pytestmark = pytest.mark.django_db
MENU = 'href="/instruments/"'


@pytest.fixture
def draft(cast: Cast) -> InstrumentDraft:
    """One that can be published."""
    return make_instrument_draft(cast.admin)


def broken(cast: Cast, old: str, new: str) -> InstrumentDraft:
    source = catalogue.to_yaml(catalogue.default().instruments[InstrumentCode.FAMILY])
    assert old in source
    return workflow.begin_draft(
        InstrumentCode.FAMILY, by=cast.admin, source=source.replace(old, new, 1), summary="Percobaan"
    )


def count_in_menu(client: Client) -> str:
    """What stands beside the instruments in the menu of any page."""
    html = client.get(reverse("reports:report-list")).content.decode()
    place = html[html.index(MENU) :]
    place = place[: place.index("</a>")]
    return place.rsplit("t-count", 1)[1].split(">")[1].split("<")[0].strip() if "t-count" in place else ""


def test_a_draft_that_can_be_published_waits_for_every_admin_but_its_author(
    cast: Cast, draft: InstrumentDraft, client: Client
) -> None:
    assert policies.drafts_for_publisher(cast.bnpt_admin) == [draft.code]
    for other in (cast.admin, cast.worker, cast.supervisor, cast.auditor, cast.dpo):
        assert policies.drafts_for_publisher(other) == []
    assert count_in_menu(as_user(client, cast.bnpt_admin)) == "1"
    assert "menunggu Anda terbitkan" in text(client.get(reverse("assessments:instruments")))
    assert count_in_menu(as_user(client, cast.admin)) == ""
    assert "menunggu admin data lain" in text(client.get(reverse("assessments:instruments")))


def test_a_draft_with_faults_waits_for_its_author_alone_until_it_is_mended(cast: Cast) -> None:
    draft = broken(cast, "version: 1.0.0", "version: satu")
    assert policies.drafts_for_publisher(cast.bnpt_admin) == []
    mended = draft.source.replace("version: satu", "version: 1.1.0")
    draft = workflow.edit_draft(draft, by=cast.admin, version=draft.version, source=mended, summary="Percobaan")
    assert policies.drafts_for_publisher(cast.bnpt_admin) == [draft.code]
    current = InstrumentVersion.objects.get(instrument="KRK", status=VersionStatus.PUBLISHED)
    with pytest.raises(PermissionDenied):
        workflow.publish_draft(draft, by=cast.admin, version=draft.version, replaces=current, reason="Sendiri.")
    workflow.publish_draft(draft, by=cast.bnpt_admin, version=draft.version, replaces=current, reason="Disepakati.")
    assert policies.drafts_for_publisher(cast.bnpt_admin) == []


@pytest.mark.parametrize(
    ("old", "new", "indonesian", "english"),
    [
        ("version: 1.0.0", "version: satu", "tulis tiga angka", "write three numbers, such as 1.2.0"),
        (
            "requires_training: false",
            "requires_training: 3",
            "harus ya/tidak",
            "must be yes or no (true, false), not a whole number",
        ),
        ("scale: readiness_0_3", "scale: x", "tidak dikenal; pilihannya", "is unknown; choose from:"),
        ("min_sources: 2", "min_sources: [2", "koma atau kurung tutup", "a comma or a closing bracket is missing"),
        ("version: 1.0.0", "version: 1.0.0\n\tx: 1", "tab dipakai sebagai jarak", "a tab is used as space"),
    ],
)
def test_faults_are_told_in_the_language_of_the_reader(
    cast: Cast, client: Client, old: str, new: str, indonesian: str, english: str
) -> None:
    page = reverse("assessments:draft", args=[broken(cast, old, new).code])
    assert indonesian in text(as_user(client, cast.bnpt_admin).get(page))
    client.cookies["titian_language"] = "en"
    shown = text(client.get(page))
    assert english in shown
    assert indonesian not in shown
