"""Everything that can happen to a partner's record or a referral. Views, tasks and commands call these."""

from partners.workflow.delivery import accept, begin, decline, finish, report_worry, write_note
from partners.workflow.directory import (
    activate_agreement,
    end_agreement,
    remove_contact,
    renew_agreement,
    save_agreement,
    save_contact,
    save_offer,
    save_partner,
)
from partners.workflow.ending import open_referrals_block_closing, stop_without_consent, sweep
from partners.workflow.family import start_family_assessment
from partners.workflow.referral import (
    NewConsent,
    cancel,
    covers,
    create_referral,
    edit_referral,
    expire,
    send,
    why_not,
)
from partners.workflow.values import values_of

__all__ = [
    "NewConsent",
    "accept",
    "activate_agreement",
    "begin",
    "cancel",
    "covers",
    "create_referral",
    "decline",
    "edit_referral",
    "end_agreement",
    "expire",
    "finish",
    "open_referrals_block_closing",
    "remove_contact",
    "renew_agreement",
    "report_worry",
    "save_agreement",
    "save_contact",
    "save_offer",
    "save_partner",
    "send",
    "start_family_assessment",
    "stop_without_consent",
    "sweep",
    "values_of",
    "why_not",
    "write_note",
]
