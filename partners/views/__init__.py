"""Pages of the directory, of the sender and of the partner."""

from partners.views.delivery import (
    family_assessment,
    note_new,
    referral_answer,
    referral_begin,
    referral_finish,
    worry_new,
)
from partners.views.directory import partner_detail, partner_edit, partner_list, partner_new
from partners.views.inbox import inbox
from partners.views.records import (
    agreement_activate,
    agreement_edit,
    agreement_end,
    agreement_new,
    agreement_renew,
    contact_edit,
    contact_new,
    contact_remove,
    offer_edit,
    offer_new,
)
from partners.views.referral import referral_detail
from partners.views.sending import (
    case_referrals,
    consent_withdraw,
    referral_cancel,
    referral_edit,
    referral_list,
    referral_new,
    referral_panel,
    referral_send,
)

__all__ = [
    "agreement_activate",
    "agreement_edit",
    "agreement_end",
    "agreement_new",
    "agreement_renew",
    "case_referrals",
    "consent_withdraw",
    "contact_edit",
    "contact_new",
    "contact_remove",
    "family_assessment",
    "inbox",
    "note_new",
    "offer_edit",
    "offer_new",
    "partner_detail",
    "partner_edit",
    "partner_list",
    "partner_new",
    "referral_answer",
    "referral_begin",
    "referral_cancel",
    "referral_detail",
    "referral_edit",
    "referral_finish",
    "referral_list",
    "referral_new",
    "referral_panel",
    "referral_send",
    "worry_new",
]
