from django.urls import path

from partners import views

app_name = "partners"

urlpatterns = [
    path("partners/", views.partner_list, name="partner-list"),
    path("partners/new/", views.partner_new, name="partner-new"),
    path("partners/<slug:code>/", views.partner_detail, name="partner-detail"),
    path("partners/<slug:code>/edit/", views.partner_edit, name="partner-edit"),
    path("partners/<slug:code>/contacts/new/", views.contact_new, name="contact-new"),
    path("partners/<slug:code>/contacts/<slug:contact_code>/", views.contact_edit, name="contact-edit"),
    path("partners/<slug:code>/contacts/<slug:contact_code>/remove/", views.contact_remove, name="contact-remove"),
    path("partners/<slug:code>/offers/new/", views.offer_new, name="offer-new"),
    path("partners/<slug:code>/offers/<slug:offer_code>/", views.offer_edit, name="offer-edit"),
    path("partners/<slug:code>/agreements/new/", views.agreement_new, name="agreement-new"),
    path("partners/<slug:code>/agreements/<slug:agreement_code>/", views.agreement_edit, name="agreement-edit"),
    path(
        "partners/<slug:code>/agreements/<slug:agreement_code>/activate/",
        views.agreement_activate,
        name="agreement-activate",
    ),
    path("partners/<slug:code>/agreements/<slug:agreement_code>/end/", views.agreement_end, name="agreement-end"),
    path(
        "partners/<slug:code>/agreements/<slug:agreement_code>/renew/", views.agreement_renew, name="agreement-renew"
    ),
    path("referrals/", views.referral_list, name="referral-list"),
    path("referrals/inbox/", views.inbox, name="inbox"),
    path("referrals/worry/", views.worry_new, name="worry-new"),
    path("referrals/<slug:code>/", views.referral_detail, name="referral-detail"),
    path("referrals/<slug:code>/edit/", views.referral_edit, name="referral-edit"),
    path("referrals/<slug:code>/send/", views.referral_send, name="referral-send"),
    path("referrals/<slug:code>/cancel/", views.referral_cancel, name="referral-cancel"),
    path("referrals/<slug:code>/withdraw-consent/", views.consent_withdraw, name="consent-withdraw"),
    path("referrals/<slug:code>/answer/", views.referral_answer, name="referral-answer"),
    path("referrals/<slug:code>/begin/", views.referral_begin, name="referral-begin"),
    path("referrals/<slug:code>/assessment/", views.family_assessment, name="family-assessment"),
    path("referrals/<slug:code>/notes/new/", views.note_new, name="note-new"),
    path("referrals/<slug:code>/finish/", views.referral_finish, name="referral-finish"),
    path("cases/<slug:code>/referrals/", views.case_referrals, name="case-referrals"),
    path("cases/<slug:code>/referrals/panel/", views.referral_panel, name="referral-panel"),
    path("cases/<slug:code>/referrals/new/", views.referral_new, name="referral-new"),
]
