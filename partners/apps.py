from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Mitra dan rujukan")

    def ready(self) -> None:
        """Fill the lists that lower apps hold open (docs/architecture.md)."""
        from assessments.views.parts import OUTSIDE_PLACES
        from cases import frame, history
        from cases.enums import ConsentPurpose, Section
        from cases.workflow import CLOSE_BLOCKERS
        from cases.workflow.consent import CONSENT_ENDED, CONSENT_SCOPES
        from partners import models, policies, workflow
        from partners.enums import SharedField

        OUTSIDE_PLACES.append(policies.place_of)
        frame.SECTION_URLS[Section.REFERRALS] = "partners:case-referrals"
        frame.PANELS.append(
            frame.Panel(Section.REFERRALS, "partners:referral-panel", pgettext_lazy("jamak", "Rujukan"), "aside")
        )
        CLOSE_BLOCKERS.append(workflow.open_referrals_block_closing)
        CONSENT_ENDED.append(workflow.stop_without_consent)
        CONSENT_SCOPES[ConsentPurpose.REFERRAL] = SharedField.choices
        history.SOURCES += [
            history.Source(models.Referral, Section.REFERRALS),
            history.Source(models.ReferralNote, Section.REFERRALS, "referral__case"),
        ]
