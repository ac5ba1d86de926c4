"""How long files are kept: two rules in force, a hold, and a list that waits for its two signatures."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.enums import AgencyKind
from accounts.models import Staff
from cases.enums import CaseStatus, CaseType
from cases.models import CaseFile, RetentionRule
from cases.workflow import holds, retention
from core.acting import acting_as

# The years are those proposed; the source says that nobody took them from a real schedule.
IN_FORCE = (CaseType.FAMILY, CaseType.SOCIAL_CHILD)
SOURCE = "JRA contoh untuk demo, nomor 1"


def keep() -> int:
    """Each step in its own transaction, by whom it would be in real work; answers how many files the list has."""
    people = Staff.objects.in_bulk(["admin.kemensos", "pokja.handayani"], field_name="username")
    admin, head = people["admin.kemensos"], people["pokja.handayani"]
    with acting_as(admin.pk, reason="demo data"):
        for rule in RetentionRule.objects.filter(agency_kind=AgencyKind.KEMENSOS, case_type__in=IN_FORCE):
            retention.set_rule(rule, by=admin, version=rule.version, years=rule.years, source=SOURCE, is_active=True)
    with acting_as(head.pk, reason="demo data"):
        files = CaseFile.objects.filter(
            lead_unit=head.unit_id, case_type=CaseType.FAMILY, status=CaseStatus.CLOSED
        ).order_by("-closed_at")
        holds.place_hold(
            files[0],
            by=head,
            reason="Dipakai sebagai alat bukti dalam perkara wali; diminta tetap utuh.",
            ordered_by="Pengadilan Agama",
            document_no="W9-A4/118/HK.05/2026",
            starts_on=timezone.localdate() - dt.timedelta(days=6),
        )
    with acting_as(admin.pk, reason="demo data"):
        drawn = retention.draw_up(by=admin, note="Berkas lama dari arsip kertas, penyusunan pertama.")
        return drawn.items.count()
