from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = _("Rencana dan program")

    def ready(self) -> None:
        from cases import frame, history
        from cases.enums import Section
        from cases.workflow import CLOSE_BLOCKERS, releases
        from programs import models, policies
        from programs.workflow.enrolments import open_enrolments
        from programs.workflow.plans import goal_lines

        frame.SECTION_URLS[Section.PLAN] = "programs:plan"
        frame.SECTION_URLS[Section.PROGRAMS] = "programs:enrolment-list"
        frame.PANELS.append(frame.Panel(Section.PLAN, "programs:plan-panel", _("Tujuan peserta"), "main"))
        CLOSE_BLOCKERS.append(open_enrolments)
        releases.NEEDS.append(releases.Need(_("Rencana layanan"), policies.with_running_plan))
        frame.GOALS.append(goal_lines)
        history.SOURCES += [
            history.Source(models.Plan, Section.PLAN),
            history.Source(models.Goal, Section.PLAN, "plan__case"),
            history.Source(models.Intervention, Section.PLAN, "goal__plan__case"),
            history.Source(models.Enrolment, Section.PROGRAMS),
            history.Source(models.Attendance, Section.PROGRAMS, "enrolment__case"),
            history.Source(models.EconomicSupport, Section.PROGRAMS),
            history.Source(models.BusinessFollowUp, Section.PROGRAMS, "support__case"),
        ]
