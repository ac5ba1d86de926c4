"""What a person's copy holds: chapters of parts, each part one table of the case and its fields with stable keys.

Keys are English and never change within a version of the schema. A field of a model that stands neither here nor in
``left_out`` fails tests/reports/test_subject_copy_fields.py.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.enums import Section
from cases.models import CaseConference, CaseGroupGrant, CaseUserGrant, RightsRequest
from reports.subject_copy.of_services import OF_SERVICES
from reports.subject_copy.of_the_case import OF_THE_CASE
from reports.subject_copy.parts import CODE, Chapter, Field, Part, office, sections, words

OF_ACCESS = Chapter(
    "access",
    _("Siapa boleh membuka berkas Anda"),
    Section.ACCESS,
    (
        *(
            Part(
                key,
                title,
                model,
                rows,
                (
                    CODE,
                    whom,
                    Field("sections", _("Bagian"), "sections", sections),
                    Field("source", _("Asal"), "source"),
                    Field("lawful_basis", _("Dasar"), "lawful_basis"),
                    Field("may_edit", _("Boleh mengubah"), "can_edit"),
                    Field("starts_at", _("Sejak"), "starts_at"),
                    Field("expires_at", _("Sampai"), "expires_at"),
                ),
            )
            for key, title, model, rows, whom in (
                (
                    "staff_access",
                    _("Petugas"),
                    CaseUserGrant,
                    lambda case: (
                        CaseUserGrant.all_grants.filter(content_object=case)
                        .select_related("user__unit")
                        .order_by("starts_at", "pk")
                    ),
                    Field("staff", _("Petugas"), "user", lambda row: office(row.user)),
                ),
                (
                    "unit_access",
                    _("Unit dan mitra"),
                    CaseGroupGrant,
                    lambda case: (
                        CaseGroupGrant.all_grants.filter(content_object=case)
                        .select_related("group__unit")
                        .order_by("starts_at", "pk")
                    ),
                    Field("unit", _("Unit"), "group", lambda row: row.group.unit.name),
                ),
            )
        ),
        Part(
            "conferences",
            _("Pembahasan kasus"),
            CaseConference,
            lambda case: CaseConference.objects.filter(case=case).order_by("held_at", "pk"),
            (
                CODE,
                Field("kind", _("Jenis"), "kind"),
                Field("held_at", _("Waktu"), "held_at"),
            ),
        ),
        Part(
            "requests",
            _("Permintaan Anda"),
            RightsRequest,
            lambda case: (
                RightsRequest.objects.filter(case=case).select_related("lead_unit").order_by("received_at", "pk")
            ),
            (
                CODE,
                Field("kind", _("Permintaan"), "kind"),
                words("own_words", _("Isi permintaan"), "words"),
                Field("channel", _("Cara masuk"), "channel"),
                Field("requester", _("Diajukan oleh"), "requester"),
                Field("received_at", _("Diterima"), "received_at"),
                Field("unit", _("Unit"), "lead_unit", lambda row: row.lead_unit.name),
            ),
        ),
    ),
)

CHAPTERS: tuple[Chapter, ...] = (*OF_THE_CASE, *OF_SERVICES, OF_ACCESS)
