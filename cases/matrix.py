"""Section x relation to the case -> rights: *the* table of who may see what (D §3.5). Everything else derives from it.

A role alone opens nothing; a right follows from a relation in which a person stands to one case. How somebody comes to
stand in a relation is told by ``cases.policies``; docs/access-matrix.md is written from here (``access_matrix``).
"""

from __future__ import annotations

from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import Right, Section

NONE: frozenset[Right] = frozenset()
V = frozenset({Right.VIEW})
VE = frozenset({Right.VIEW, Right.EDIT})
VA = frozenset({Right.VIEW, Right.APPROVE})
ALL = frozenset(Right)


class Relation(Enum):
    """Ways in which a person can stand to a case."""

    CASELOAD = "caseload"
    UNIT_SUPERVISOR = "unit_supervisor"
    STAND_IN = "stand_in"
    COORDINATION = "coordination"
    DATA_ADMIN = "data_admin"
    SHARING = "sharing"
    CONFERENCE = "conference"
    BREAK_GLASS = "break_glass"
    TRANSFER = "transfer"
    UNSEALED = "unsealed"
    REFERRAL = "referral"
    WORKING_LIST = "working_list"
    OVERSIGHT = "oversight"
    SYSTEM = "system"

    @property
    def label(self) -> str | Promise:
        return LABELS[self]


LABELS: dict[Relation, str | Promise] = {
    Relation.CASELOAD: _("Petugas kasus"),
    Relation.UNIT_SUPERVISOR: _("Pengawas unit"),
    Relation.STAND_IN: _("Pengawas pengganti"),
    Relation.COORDINATION: _("Koordinasi (analis BNPT)"),
    Relation.DATA_ADMIN: _("Admin data"),
    Relation.SHARING: _("Dibagikan"),
    Relation.CONFERENCE: _("Pembahasan kasus"),
    Relation.BREAK_GLASS: _("Akses darurat"),
    Relation.TRANSFER: _("Tim sebelum alih berkas"),
    Relation.UNSEALED: _("Berkas tersegel yang dibuka"),
    Relation.REFERRAL: _("Rujukan diterima"),
    Relation.WORKING_LIST: _("Daftar kerja"),
    Relation.OVERSIGHT: _("Auditor dan pejabat pelindungan data"),
    Relation.SYSTEM: _("Sistem"),
}

# What a grant may open at most: its own list of sections is cut to these.
_SHARABLE: dict[Section, frozenset[Right]] = {section: V for section in Section if section != Section.ACCESS}

MATRIX: dict[Relation, dict[Section, frozenset[Right]]] = {
    Relation.CASELOAD: {
        Section.SUMMARY: VE,
        Section.IDENTITY: VE,
        Section.LEGAL: VE,
        Section.ASSESSMENT: VE,
        Section.NOTES: VE,
        Section.CLINICAL: VE,
        Section.PLAN: VE,
        Section.PROGRAMS: VE,
        Section.REFERRALS: VE,
        Section.DOCUMENTS: VE,
        Section.HOUSEHOLD: VE,
        Section.SUPERVISION: VE,
        Section.ACCESS: V,
    },
    Relation.UNIT_SUPERVISOR: {
        Section.SUMMARY: VA,
        Section.IDENTITY: VA,
        Section.LEGAL: VA,
        Section.ASSESSMENT: VA,
        Section.NOTES: V,
        Section.CLINICAL: V,
        Section.PLAN: VA,
        Section.PROGRAMS: V,
        Section.REFERRALS: V,
        Section.DOCUMENTS: V,
        Section.HOUSEHOLD: V,
        Section.SUPERVISION: V,
        Section.ACCESS: VA,
    },
    Relation.COORDINATION: {Section.SUMMARY: V},
    Relation.DATA_ADMIN: {Section.IDENTITY: V},
    Relation.SHARING: _SHARABLE,
    Relation.CONFERENCE: _SHARABLE,
    # Whoever worked on a case until it moved to another unit reads on for a while (cases.workflow.transfers).
    Relation.TRANSFER: _SHARABLE,
    Relation.BREAK_GLASS: {section: V for section in _SHARABLE if section != Section.CLINICAL},
    # A sealed child's file, opened by two people: its reader reads, and no clinical note (cases.policies.protection).
    Relation.UNSEALED: {section: V for section in Section if section != Section.CLINICAL},
    # These three open no page of a case: the referral has its own page, the list shows who is due on a day, and
    # oversight reads the journal.
    Relation.REFERRAL: {},
    Relation.WORKING_LIST: {},
    Relation.OVERSIGHT: {},
    Relation.SYSTEM: dict.fromkeys(Section, ALL),
}

# Supervises in place of one who is related to the participant (I-27).
MATRIX[Relation.STAND_IN] = MATRIX[Relation.UNIT_SUPERVISOR]

# Whatever the relation, this section opens to one profession group only (I-16); for a supervisor that is the clinical
# supervisor.
BY_PROFESSION = frozenset({Section.CLINICAL})


def given(relation: Relation, section: Section) -> frozenset[Right]:
    return MATRIX[relation].get(section, NONE)
