from django.urls import path

from programs.views import enrolments, plans, programmes

app_name = "programs"

urlpatterns = [
    path("cases/<str:code>/plan/", plans.plan_detail, name="plan"),
    path("cases/<str:code>/plan/panel/", plans.plan_panel, name="plan-panel"),
    path("cases/<str:code>/plan/new/", plans.plan_new, name="plan-new"),
    path("plans/<str:code>/goals/new/", plans.goal_new, name="goal-new"),
    path("plans/<str:code>/submit/", plans.plan_submit, name="plan-submit"),
    path("plans/<str:code>/approve/", plans.plan_approve, name="plan-approve"),
    path("plans/<str:code>/return/", plans.plan_return, name="plan-return"),
    path("plans/<str:code>/stop/", plans.plan_stop, name="plan-stop"),
    path("goals/<str:code>/edit/", plans.goal_edit, name="goal-edit"),
    path("goals/<str:code>/progress/", plans.goal_progress, name="goal-progress"),
    path("cases/<str:code>/programs/", enrolments.enrolment_list, name="enrolment-list"),
    path("cases/<str:code>/programs/support/new/", enrolments.support_new, name="support-new"),
    path("supports/<str:code>/follow-ups/<int:month>/", enrolments.follow_up_record, name="follow-up-record"),
    path("enrolments/<str:code>/withdraw/", enrolments.enrolment_withdraw, name="enrolment-withdraw"),
    path("enrolments/<str:code>/admit/", programmes.enrolment_admit, name="enrolment-admit"),
    path("enrolments/<str:code>/pause/", programmes.enrolment_pause, name="enrolment-pause"),
    path("enrolments/<str:code>/end/", programmes.enrolment_end, name="enrolment-end"),
    path("programs/", programmes.programme_list, name="programme-list"),
    path("programs/new/", programmes.programme_new, name="programme-new"),
    path("programs/<str:code>/cohorts/new/", programmes.cohort_new, name="cohort-new"),
    path("programs/cohorts/<str:code>/", programmes.cohort_detail, name="cohort-detail"),
    path("programs/cohorts/<str:code>/sessions/new/", programmes.session_new, name="session-new"),
    path("programs/sessions/<str:code>/attendance/", programmes.session_attendance, name="session-attendance"),
]
