"""The case file and everything that hangs on it."""

from cases.models.casefile import CaseFile, CaseLeadPeriod, CaseNumber, CaseStatusPeriod
from cases.models.contact import CheckIn, ContactNote, Draft, ReportingDuty
from cases.models.grants import CaseGroupGrant, CaseUserGrant
from cases.models.legal import Consent, ExternalClassification, LegalEvent, LegalStatus, ReturnEvent
from cases.models.participant import Address, Participant
from cases.models.work import CaseEvent, Task

__all__ = [
    "Address",
    "CaseEvent",
    "CaseFile",
    "CaseGroupGrant",
    "CaseLeadPeriod",
    "CaseNumber",
    "CaseStatusPeriod",
    "CaseUserGrant",
    "CheckIn",
    "Consent",
    "ContactNote",
    "Draft",
    "ExternalClassification",
    "LegalEvent",
    "LegalStatus",
    "Participant",
    "ReportingDuty",
    "ReturnEvent",
    "Task",
]
