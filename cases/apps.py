from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Berkas kasus")

    def ready(self) -> None:
        """Fill the lists that accounts and core hold open (docs/architecture.md)."""
        from accounts.workflow import LEAVING
        from cases import tasks, workflow
        from core import jobs

        LEAVING.append(workflow.hand_over)
        jobs.SENDERS[workflow.documents.JOB_KIND] = tasks.draw_pages.delay
