from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/conduct/", views.conduct, name="conduct"),
    path("accounts/session/", views.session, name="session"),
    path("accounts/devices/", views.devices, name="sessions"),
    path("accounts/devices/end/", views.sessions_end, name="sessions-end"),
    path("accounts/staff/", views.staff_list, name="staff-list"),
    path("accounts/staff/new/", views.staff_new, name="staff-new"),
    path("accounts/staff/<slug:code>/", views.staff_detail, name="staff-detail"),
    path("accounts/staff/<slug:code>/edit/", views.staff_edit, name="staff-edit"),
    path("accounts/staff/<slug:code>/move/", views.staff_move, name="staff-move"),
    path("accounts/staff/<slug:code>/deactivate/", views.staff_deactivate, name="staff-deactivate"),
    path("accounts/staff/<slug:code>/reactivate/", views.staff_reactivate, name="staff-reactivate"),
    path("accounts/staff/<slug:code>/second-factor/", views.staff_reset_factor, name="staff-reset-factor"),
    path("accounts/staff/<slug:code>/password-link/", views.staff_link, name="staff-link"),
    path("accounts/holidays/", views.holiday_list, name="holiday-list"),
    path("accounts/holidays/<slug:day>/remove/", views.holiday_remove, name="holiday-remove"),
    path("accounts/units/", views.unit_list, name="unit-list"),
    path("accounts/units/new/", views.unit_new, name="unit-new"),
    path("accounts/units/<slug:code>/", views.unit_detail, name="unit-detail"),
    path("accounts/units/<slug:code>/edit/", views.unit_edit, name="unit-edit"),
    path("accounts/units/<slug:code>/teams/new/", views.team_new, name="team-new"),
    path("accounts/units/<slug:code>/facilities/new/", views.facility_new, name="facility-new"),
    path("accounts/teams/<slug:code>/", views.team_edit, name="team-edit"),
    path("accounts/facilities/<slug:code>/", views.facility_edit, name="facility-edit"),
    path("accounts/language/", views.set_language, name="set-language"),
    path("help/", views.help_page, name="help"),
]
