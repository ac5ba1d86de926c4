from django.urls import path

from programs.views import enrolments, plans, programmes

app_name = "programs"

urlpatterns = [
    path("cases/<slug:code>/plan/", plans.plan_detail, name="plan"),
    path("cases/<slug:code>/plan/panel/", plans.plan_panel, name="plan-panel"),
    path("cases/<slug:code>/plan/new/", plans.plan_new, name="plan-new"),
    path("plans/<slug:code>/goals/new/", plans.goal_new, name="goal-new"),
    path("plans/<slug:code>/submit/", plans.plan_submit, name="plan-submit"),
    path("plans/<slug:code>/approve/", plans.plan_approve, name="plan-approve"),
    path("plans/<slug:code>/return/", plans.plan_return, name="plan-return"),
    path("plans/<slug:code>/stop/", plans.plan_stop, name="plan-stop"),
    path("goals/<slug:code>/edit/", plans.goal_edit, name="goal-edit"),
    path("goals/<slug:code>/progress/", plans.goal_progress, name="goal-progress"),
    path("cases/<slug:code>/programs/", enrolments.enrolment_list, name="enrolment-list"),
    path("cases/<slug:code>/programs/support/new/", enrolments.support_new, name="support-new"),
    path("supports/<slug:code>/follow-ups/<int:month>/", enrolments.follow_up_record, name="follow-up-record"),
    path("enrolments/<slug:code>/withdraw/", enrolments.enrolment_withdraw, name="enrolment-withdraw"),
    path("enrolments/<slug:code>/admit/", programmes.enrolment_admit, name="enrolment-admit"),
    path("enrolments/<slug:code>/pause/", programmes.enrolment_pause, name="enrolment-pause"),
    path("enrolments/<slug:code>/end/", programmes.enrolment_end, name="enrolment-end"),
    path("programs/", programmes.programme_list, name="programme-list"),
    path("programs/new/", programmes.programme_new, name="programme-new"),
    path("programs/<slug:code>/cohorts/new/", programmes.cohort_new, name="cohort-new"),
    path("programs/cohorts/<slug:code>/", programmes.cohort_detail, name="cohort-detail"),
    path("programs/cohorts/<slug:code>/sessions/new/", programmes.session_new, name="session-new"),
    path("programs/sessions/<slug:code>/attendance/", programmes.session_attendance, name="session-attendance"),
]
