"""Forms of accounts: the journal's search, and what the data admin fills in."""

from accounts.forms.journal import JournalFilter
from accounts.forms.staff import (
    FacilityForm,
    LinkForm,
    PlaceForm,
    ReasonForm,
    StaffEditForm,
    StaffFilter,
    StaffNewForm,
    TeamForm,
    UnitForm,
)

__all__ = [
    "FacilityForm",
    "JournalFilter",
    "LinkForm",
    "PlaceForm",
    "ReasonForm",
    "StaffEditForm",
    "StaffFilter",
    "StaffNewForm",
    "TeamForm",
    "UnitForm",
]
