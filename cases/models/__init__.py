"""The case file and everything that hangs on it."""

from cases.models.breaches import BreachCase, BreachEntry, BreachIncident
from cases.models.casefile import CaseFile, CaseLeadPeriod, CaseNumber, CaseStatusPeriod
from cases.models.clinical import ClinicalNote
from cases.models.complaints import Complaint
from cases.models.contact import CheckIn, ContactNote, Draft, ReportingDuty
from cases.models.documents import Document, DocumentFile, DocumentPage
from cases.models.grants import BreakGlassReview, CaseConference, CaseGroupGrant, CaseUserGrant
from cases.models.household import Household, HouseholdMember
from cases.models.legal import (
    Consent,
    ExternalAssessment,
    ExternalClassification,
    LegalEvent,
    LegalRecord,
    LegalStatus,
    ProcessingBasis,
    ReturnEvent,
)
from cases.models.lists import SavedFilter
from cases.models.merging import PersonPair
from cases.models.participant import Address, Participant
from cases.models.protection import ConflictDeclaration, UnsealRequest
from cases.models.retention import (
    DestructionCertificate,
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionRule,
)
from cases.models.rights import RightsRequest
from cases.models.sessions import FollowUp, PlannedSession
from cases.models.transfer import CaseTransfer
from cases.models.work import CaseEvent, Task

__all__ = [
    "Address",
    "BreachCase",
    "BreachEntry",
    "BreachIncident",
    "BreakGlassReview",
    "CaseConference",
    "CaseEvent",
    "CaseFile",
    "CaseGroupGrant",
    "CaseLeadPeriod",
    "CaseNumber",
    "CaseStatusPeriod",
    "CaseTransfer",
    "CaseUserGrant",
    "CheckIn",
    "ClinicalNote",
    "Complaint",
    "ConflictDeclaration",
    "Consent",
    "ContactNote",
    "DestructionCertificate",
    "DestructionItem",
    "DestructionList",
    "Document",
    "DocumentFile",
    "DocumentPage",
    "Draft",
    "ExternalAssessment",
    "ExternalClassification",
    "FollowUp",
    "Household",
    "HouseholdMember",
    "LegalEvent",
    "LegalHold",
    "LegalRecord",
    "LegalStatus",
    "Participant",
    "PersonPair",
    "PlannedSession",
    "ProcessingBasis",
    "ReportingDuty",
    "RetentionRule",
    "ReturnEvent",
    "RightsRequest",
    "SavedFilter",
    "Task",
    "UnsealRequest",
]
