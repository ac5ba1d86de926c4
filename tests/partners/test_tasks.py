"""Work by the clock, through the task that beat calls."""

from partners.enums import ReferralStatus
from partners.tasks import sweep_referrals
from tests.partners.conftest import House, past_deadline


def test_the_clock_acts_as_the_system_user(house: House) -> None:
    late = past_deadline(house.sent())
    sweep_referrals.delay()
    late.refresh_from_db()
    assert late.status == ReferralStatus.EXPIRED
    assert late.case.events.filter(kind="referral_ended", actor=house.cast.system).exists()
