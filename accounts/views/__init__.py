"""Pages of accounts: one's own, and the data admin's."""

from accounts.views.holidays import holiday_list, holiday_remove
from accounts.views.organisation import (
    facility_edit,
    facility_new,
    team_edit,
    team_new,
    unit_detail,
    unit_edit,
    unit_list,
    unit_new,
)
from accounts.views.own import (
    RecoveryCodesView,
    conduct,
    devices,
    help_page,
    profile,
    session,
    sessions_end,
    set_language,
)
from accounts.views.staff import (
    staff_deactivate,
    staff_detail,
    staff_edit,
    staff_link,
    staff_list,
    staff_move,
    staff_new,
    staff_reactivate,
    staff_reset_factor,
)

__all__ = [
    "RecoveryCodesView",
    "conduct",
    "devices",
    "facility_edit",
    "facility_new",
    "help_page",
    "holiday_list",
    "holiday_remove",
    "profile",
    "session",
    "sessions_end",
    "set_language",
    "staff_deactivate",
    "staff_detail",
    "staff_edit",
    "staff_link",
    "staff_list",
    "staff_move",
    "staff_new",
    "staff_reactivate",
    "staff_reset_factor",
    "team_edit",
    "team_new",
    "unit_detail",
    "unit_edit",
    "unit_list",
    "unit_new",
]
