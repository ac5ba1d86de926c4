"""By which relation a person sees a case: what the journal says beside every read, and whether a reason is asked."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from cases.models import CaseFile, CaseGroupGrant, CaseUserGrant

CASELOAD = "caseload"
WORDS = {
    CASELOAD: _("Petugas kasus ini"),
    "unit_supervisor": _("Pengawas unit penanggung jawab"),
    "coordination": _("Koordinasi nasional"),
    "data_admin": _("Admin data instansi"),
    "sharing": _("Dibagikan"),
    "conference": _("Peserta pembahasan kasus"),
    "break_glass": _("Buka darurat"),
    "referral": _("Rujukan"),
    "transfer": _("Tim sebelum alih berkas"),
    "other": _("Lainnya"),
}


def relation_of(user: Staff, case: CaseFile) -> str:
    """The nearest relation, for somebody whose right was asked already. Columns answer most; a grant takes a query."""
    if user.pk == case.lead_worker_id:
        return CASELOAD
    if user.role == Role.SUPERVISOR and user.unit_id == case.lead_unit_id:
        return "unit_supervisor"
    if user.role == Role.DATA_ADMIN:
        return "data_admin"
    if user.role == Role.ANALYST:
        return "coordination"
    nearest = Case(When(source=CASELOAD, then=Value(0)), default=Value(1))
    own: QuerySet[CaseUserGrant] = CaseUserGrant.objects.filter(user=user, content_object=case)
    shared: QuerySet[CaseGroupGrant] = CaseGroupGrant.objects.filter(group=user.unit.group_id, content_object=case)
    sources = [grants.order_by().annotate(far=nearest).values_list("far", "source") for grants in (own, shared)]
    found = sorted(sources[0].union(sources[1], all=True))
    return found[0][1] if found else "other"
