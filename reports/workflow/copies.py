"""What happens to a person's copy: looked through by the unit, granted by the officer, made, handed out as an export.

What leaves is what somebody looked through: the copy is read again when it is made, and a difference stops it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases import policies as case_policies
from cases.enums.rights import RefusalGround, RightsStatus
from cases.models import CaseFile, RightsRequest
from core import sheets
from core.workflow import Blocker, TransitionError, lock
from reports import policies, subject_copy
from reports.enums import ExportFormat, ExportPurpose, ExportStatus
from reports.models import Export, SubjectCopy
from reports.subject_copy import Withheld
from reports.workflow import exports

LANGUAGE = "id"  # the copy goes out in the language of the office, as letters do
PREPARED_IN = policies.GRANTED | {RightsStatus.UNDER_REVIEW}


def gathered(request: RightsRequest, *, by: Staff, withheld: Withheld = Withheld()) -> subject_copy.Copy:  # noqa: B008
    """The copy as ``by`` sees the file now; raises PermissionDenied for whoever does not have it."""
    policies.require_copy(by, request)
    case = CaseFile.objects.select_related("participant", "lead_unit").get(pk=request.case_id)
    with translation.override(LANGUAGE):
        return subject_copy.gather(case, sections=case_policies.sections_seen(by, case), withheld=withheld)


@transaction.atomic
def prepare(
    request: RightsRequest,
    *,
    by: Staff,
    seen: str,
    refs: list[str],
    ground: RefusalGround | str = "",
    explanation: str = "",
) -> SubjectCopy:
    """Say that the copy was looked through, and which records stay out of it for a reason of the law.

    ``seen``: the fingerprint of what stood on the page. Raises TransitionError where the file has changed since, where
    a record is unknown, or where records stay out without a reason.
    """
    request = lock(request)
    policies.require_copy(by, request)
    if request.status not in PREPARED_IN:
        raise TransitionError(_("Salinan disiapkan setelah pejabat pelindungan data mulai memeriksa permintaan ini."))
    whole = gathered(request, by=by)
    if subject_copy.fingerprint(whole) != seen:
        raise TransitionError(_("Berkas berubah saat Anda memeriksa. Periksa lagi, lalu simpan."))
    if not set(refs) <= whole.refs:
        raise TransitionError(_("Ada catatan yang tidak dikenal. Periksa lagi, lalu simpan."))
    if refs and not (ground and explanation.strip()):
        raise TransitionError(_("Yang tidak disalin memerlukan alasan hukum dan penjelasannya."))
    withheld = Withheld(frozenset(refs), ground if refs else "", explanation.strip() if refs else "")
    values: dict[str, Any] = {
        "prepared_by": by,
        "prepared_at": timezone.now(),
        "withheld": sorted(withheld.refs),
        "ground": withheld.ground,
        "explanation": withheld.explanation,
        "fingerprint": subject_copy.fingerprint(gathered(request, by=by, withheld=withheld)),
    }
    copy = SubjectCopy.objects.select_for_update(of=("self",)).filter(request=request).first()
    copy = copy or SubjectCopy(request=request, version=0)
    for name, value in values.items():
        setattr(copy, name, value)
    copy.version += 1
    copy.save()
    detail = f"copy: looked through, {whole.count} records, {len(refs)} left out by hand"
    write_journal(JournalAction.RIGHTS_REQUEST, by=by, object_code=request.code, detail=detail)
    return copy


@transaction.atomic
def release(request: RightsRequest, *, by: Staff) -> Export:
    """Have the file made, once the officer has granted the request and while the copy is what was looked through."""
    request = lock(request)
    policies.require_copy(by, request)
    if request.status not in policies.GRANTED:
        raise TransitionError(_("Berkas baru dibuat setelah pejabat pelindungan data mengabulkan permintaan ini."))
    again = [Blocker(_("Periksa salinan"), f"/rights/{request.code}/copy/")]
    copy = SubjectCopy.objects.select_for_update(of=("self",)).filter(request=request).first()
    if copy is None:
        raise TransitionError(_("Salinan ini belum diperiksa."), again)
    if copy.exports.filter(status__in=(ExportStatus.QUEUED, ExportStatus.READY)).exists():
        raise TransitionError(_("Berkasnya sedang dibuat atau menunggu diunduh."))
    if not _is_as_looked_through(copy, request, by):
        raise TransitionError(_("Berkas berubah sejak diperiksa. Periksa lagi sebelum salinannya dibuat."), again)
    export = Export.objects.create(
        requested_by=by,
        unit=by.unit,
        subject_copy=copy,
        file_format=ExportFormat.COPY,
        columns=[],
        purpose=ExportPurpose.SUBJECT_COPY,
        reason=gettext("Permintaan hak %(code)s, dikabulkan pejabat pelindungan data.") % {"code": request.code},
        case_ids=[request.case_id],
        row_count=1,
        status=ExportStatus.QUEUED,
    )
    exports.queue(export, by=by)
    exports.write_line(JournalAction.EXPORT_ASKED, export, by=by, detail=f"copy for {request.code}")
    return export


def _withheld(copy: SubjectCopy) -> Withheld:
    return Withheld(frozenset(copy.withheld), copy.ground, copy.explanation)


def _is_as_looked_through(copy: SubjectCopy, request: RightsRequest, by: Staff) -> bool:
    now = gathered(request, by=by, withheld=_withheld(copy))
    return subject_copy.fingerprint(now) == copy.fingerprint


# ---- making it -----------------------------------------------------------------------------------------------------


def read(export: Export) -> subject_copy.Copy | None:
    """What goes into the file, read as the person who asked; None where right, decision or file have changed."""
    copy = SubjectCopy.objects.filter(exports=export).select_related("request").first()
    person = export.requested_by
    if copy is None or copy.request.status not in policies.GRANTED or not policies.may_copy(person, copy.request):
        return None
    found = gathered(copy.request, by=person, withheld=_withheld(copy))
    return found if subject_copy.fingerprint(found) == copy.fingerprint else None


def marks(export: Export, made_at: Any) -> list[str]:
    """What stands at the head of both forms. The export's code leads to who made it; no name of staff stands here."""
    with translation.override(LANGUAGE):
        return [
            gettext("Rahasia. Hanya untuk orang yang datanya tertulis di sini atau wakilnya yang sah."),
            gettext("Salinan %(code)s, dibuat %(day)s.")
            % {"code": export.code, "day": date_format(timezone.localtime(made_at, export.unit.zone), "j F Y")},
            gettext("Diberikan menurut Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi."),
        ]


def locked(export: Export, files: dict[str, bytes]) -> bytes:
    return sheets.locked_files(files, exports.password_of(export))
