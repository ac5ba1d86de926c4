"""What happens to quarterly reports, and to exports."""

from reports.workflow import copies, exports
from reports.workflow.quarterly import (
    FIRST_YEAR,
    JOB_KIND,
    approve,
    ask_review,
    fail,
    freeze_figures,
    keep_pdf,
    mark_sent,
    request_report,
    try_again,
)

__all__ = [
    "FIRST_YEAR",
    "JOB_KIND",
    "approve",
    "ask_review",
    "copies",
    "exports",
    "fail",
    "freeze_figures",
    "keep_pdf",
    "mark_sent",
    "request_report",
    "try_again",
]
