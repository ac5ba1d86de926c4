from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Berkas kasus")

    def ready(self) -> None:
        """Fill the list that accounts holds open (docs/architecture.md)."""
        from accounts.workflow import LEAVING
        from cases import workflow

        LEAVING.append(workflow.hand_over)
