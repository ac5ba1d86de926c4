from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Penilaian")

    def ready(self) -> None:
        """Fill the lists that cases holds open (docs/architecture.md)."""
        from assessments import models, policies, workflow
        from cases import frame, history
        from cases.enums import Section
        from cases.policies import sharing
        from cases.workflow import CLOSE_BLOCKERS, REOPENED, STAGE_GROUNDS, releases

        frame.SECTION_URLS[Section.ASSESSMENT] = "assessments:panel"
        frame.PANELS.append(
            frame.Panel(Section.ASSESSMENT, "assessments:summary-panel", pgettext_lazy("jamak", "Penilaian"), "facts")
        )
        CLOSE_BLOCKERS.extend([workflow.family_not_assessed, workflow.not_decided])
        REOPENED.append(workflow.remind_again)
        STAGE_GROUNDS.append(policies.has_judgement)
        sharing.LENT.append(policies.lent_to_second_raters)
        releases.NEEDS.append(releases.Need(_("KRK final"), policies.with_family_assessment))
        history.SOURCES += [
            history.Source(models.Assessment, Section.ASSESSMENT),
            history.Source(models.ItemRating, Section.ASSESSMENT, "assessment__case"),
            history.Source(models.WordCheck, Section.ASSESSMENT, "assessment__case"),
            history.Source(models.AssessmentReview, Section.ASSESSMENT, "assessment__case"),
            history.Source(models.SecondRating, Section.ASSESSMENT),
            history.Source(models.OwnView, Section.ASSESSMENT, "assessment__case"),
        ]
