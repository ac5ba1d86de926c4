"""Forms of accounts: what the data admin fills in."""

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
    "LinkForm",
    "PlaceForm",
    "ReasonForm",
    "StaffEditForm",
    "StaffFilter",
    "StaffNewForm",
    "TeamForm",
    "UnitForm",
]
