"""Pages that join all apps: the role's home, the dashboard, quarterly reports, and exports."""

from reports.views import exports
from reports.views.quarterly import (
    dashboard,
    definitions,
    home,
    report_approve,
    report_ask_review,
    report_detail,
    report_download,
    report_list,
    report_progress,
    report_retry,
    report_revise,
    report_send,
    verify,
)

__all__ = [
    "dashboard",
    "definitions",
    "exports",
    "home",
    "report_approve",
    "report_ask_review",
    "report_detail",
    "report_download",
    "report_list",
    "report_progress",
    "report_retry",
    "report_revise",
    "report_send",
    "verify",
]
