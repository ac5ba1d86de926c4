from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Laporan")

    def ready(self) -> None:
        from cases import frame
        from cases.enums.rights import RightsKind
        from cases.workflow.consent import CONSENT_ENDED
        from core import jobs
        from reports import tasks, workflow

        jobs.SENDERS[workflow.JOB_KIND] = tasks.build_report.delay
        jobs.SENDERS[workflow.exports.JOB_KIND] = tasks.build_export.delay
        CONSENT_ENDED.append(workflow.exports.drop_without_consent)
        frame.REQUEST_PANELS.append((RightsKind.COPY, "reports:copy-panel", _("Salinan data")))
