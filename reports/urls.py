"""Addresses of the dashboard, the reports and the exports; codes are random, a report's number stands on paper."""

from django.urls import path

from reports import views
from reports.views import copies, exports, quality

app_name = "reports"

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/", views.report_list, name="report-list"),
    path("reports/definitions/", views.definitions, name="definitions"),
    path("quality/", quality.quality_page, name="quality"),
    path("reports/<slug:code>/", views.report_detail, name="report-detail"),
    path("reports/<slug:code>/progress/", views.report_progress, name="report-progress"),
    path("reports/<slug:code>/pdf/", views.report_download, name="report-download"),
    path("reports/<slug:code>/revise/", views.report_revise, name="report-revise"),
    path("reports/<slug:code>/retry/", views.report_retry, name="report-retry"),
    path("reports/<slug:code>/review/", views.report_ask_review, name="report-review"),
    path("reports/<slug:code>/approve/", views.report_approve, name="report-approve"),
    path("reports/<slug:code>/send/", views.report_send, name="report-send"),
    path("rights/<slug:code>/copy/", copies.copy_prepare, name="copy-prepare"),
    path("rights/<slug:code>/copy/state/", copies.copy_panel, name="copy-panel"),
    path("rights/<slug:code>/copy/make/", copies.copy_make, name="copy-make"),
    path("exports/", exports.export_list, name="export-list"),
    path("exports/new/", exports.export_new, name="export-new"),
    path("exports/<slug:code>/", exports.export_detail, name="export-detail"),
    path("exports/<slug:code>/progress/", exports.export_progress, name="export-progress"),
    path("exports/<slug:code>/approve/", exports.export_approve, name="export-approve"),
    path("exports/<slug:code>/refuse/", exports.export_refuse, name="export-refuse"),
    path("exports/<slug:code>/start/", exports.export_start, name="export-start"),
    path("exports/<slug:code>/cancel/", exports.export_cancel, name="export-cancel"),
    path("exports/<slug:code>/password/", exports.export_password, name="export-password"),
    path("exports/<slug:code>/file/<str:token>/", exports.export_download, name="export-download"),
    path("verify/", views.verify, name="verify-search"),
    path("verify/<str:serial>/", views.verify, name="verify"),
]
