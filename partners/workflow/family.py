"""The KRK that a referral asks for: its officer begins it here; everything else is the assessment's own workflow."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from assessments import workflow as assessment_workflow
from assessments.enums import AssessmentReason
from assessments.models import Assessment
from core.workflow import TransitionError, lock
from partners import policies
from partners.enums import Act
from partners.models import Referral


@transaction.atomic
def start_family_assessment(referral: Referral, *, by: Staff) -> Assessment:
    """Begin the KRK, or go on with the one that was begun: pressed twice it is one."""
    referral = lock(referral)
    policies.require(by, Act.DELIVER, referral)
    if not referral.asks_family_assessment:
        raise TransitionError(_("Rujukan ini tidak meminta KRK."))
    grant = referral.grant
    if grant is None or not policies.shows_person(referral):
        raise TransitionError(_("KRK diisi selama rujukan berjalan."))
    there = policies.family_assessment_of(by, referral)
    if there is not None:
        return there
    return assessment_workflow.start_from_outside(referral.case, by=by, grant=grant, reason=AssessmentReason.EVENT)
