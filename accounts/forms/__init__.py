"""Forms of accounts: what the data admin fills in."""

from accounts.forms.holidays import HolidaysForm, day_of
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
    "HolidaysForm",
    "LinkForm",
    "PlaceForm",
    "ReasonForm",
    "StaffEditForm",
    "StaffFilter",
    "StaffNewForm",
    "TeamForm",
    "UnitForm",
    "day_of",
]
