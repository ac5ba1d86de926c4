"""What ends referrals from outside: a consent withdrawn or run out, a deadline missed; and what an open one blocks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases.models import CaseFile, Consent
from core.workflow import Blocker
from partners.enums import CANCEL
from partners.models import Referral
from partners.workflow.keeping import end, open_task, path_of
from partners.workflow.referral import expire


@transaction.atomic
def stop_without_consent(consent: Consent, by: Staff) -> None:
    """Stop every open referral that rests on a consent which has ended (I-11), and tell the case's team."""
    resting = Referral.objects.open().filter(consent=consent).select_for_update(of=("self",)).order_by("pk")
    for referral in resting:
        end(referral, CANCEL, by=by)
        open_task(referral, "consent", by=by)


def open_referrals_block_closing(case: CaseFile, reason: str) -> Iterable[Blocker]:
    """I-18: nobody at a partner is left with a closed case."""
    for referral in Referral.objects.open().filter(case=case).select_related("partner"):
        yield Blocker(
            _("Rujukan ke %(partner)s masih terbuka.") % {"partner": referral.partner.name}, path_of(referral)
        )


def sweep(*, by: Staff) -> int:
    """Do what time alone has decided: unanswered referrals, and consents past their last day. May run at any time."""
    ended = 0
    for pk in Referral.objects.unanswered_past_deadline().values_list("pk", flat=True):
        with transaction.atomic():
            # A row in somebody's hands is being answered or taken back just now; the next round sees the outcome.
            free = Referral.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if free is not None and free.is_unanswered_late:
                expire(free, by=by)
                ended += 1
    past = Consent.objects.filter(
        valid_until__lt=timezone.localdate(), pk__in=Referral.objects.open().values("consent")
    )
    for consent in past:
        stop_without_consent(consent, by)
        ended += 1
    return ended
