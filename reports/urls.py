"""Addresses of the dashboard and the reports; a report's code is random, its number stands on paper."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/", views.report_list, name="report-list"),
    path("reports/definitions/", views.definitions, name="definitions"),
    path("reports/<slug:code>/", views.report_detail, name="report-detail"),
    path("reports/<slug:code>/progress/", views.report_progress, name="report-progress"),
    path("reports/<slug:code>/pdf/", views.report_download, name="report-download"),
    path("reports/<slug:code>/revise/", views.report_revise, name="report-revise"),
    path("reports/<slug:code>/retry/", views.report_retry, name="report-retry"),
    path("reports/<slug:code>/review/", views.report_ask_review, name="report-review"),
    path("reports/<slug:code>/approve/", views.report_approve, name="report-approve"),
    path("reports/<slug:code>/send/", views.report_send, name="report-send"),
    path("verify/", views.verify, name="verify-search"),
    path("verify/<str:serial>/", views.verify, name="verify"),
]
