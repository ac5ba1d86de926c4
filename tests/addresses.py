"""Every address of Titian and what each member of the cast gets there: the table of tests/test_urls.py.

The other tests that walk through all pages (queries, axe, languages) read it too. An address without a row fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.cast import Cast
from tests.world import World

ACTORS = tuple(name for name in Cast.__dataclass_fields__ if name != "system")  # nobody signs in as the system
EVERYBODY = " ".join(ACTORS)
CASEWORKERS = "worker neighbour other_unit other_agency psychologist"
SUPERVISORS = "supervisor other_unit_supervisor other_agency_supervisor head_office"
ADMINS = "admin bnpt_admin"
OFFICERS = "cso other_cso"
OVERSIGHT = "auditor dpo"
# Who sees the worker's case, and who sees one section of it: a page of another section refuses them.
TEAM, UNIT, GLIMPSE = "worker", "supervisor", "analyst admin"


@dataclass(frozen=True)
class Address:
    """``ok`` get ``status``, ``sent`` 302 to another page, ``refused`` 403, the rest 404; strangers sign in first.

    ``asks``: of those who are ok, who must first give a reason, being off the caseload (302 to the page that asks).
    """

    codes: tuple[str, ...] = ()
    ok: str = EVERYBODY
    sent: str = ""
    refused: str = ""
    asks: str = ""
    status: int = 200
    otherwise: int = 404
    # Answers POST alone: a GET is 405 to everybody.
    posts: bool = False
    # Signed in or not.
    public: bool = False
    # Part of a page, asked for by htmx: never visited by itself.
    fragment: bool = False

    def expected(self, actor: str) -> int:
        for actors, status in ((self.asks, 302), (self.ok, self.status), (self.sent, 302), (self.refused, 403)):
            if actor in actors.split():
                return status
        return self.otherwise

    @property
    def headers(self) -> dict[str, str]:
        return {"hx-request": "true"} if self.fragment else {}


def role_page(ok: str, **fields: object) -> Address:
    """A page of a role: it exists for everybody, so those of another role are refused."""
    let_in = f"{ok} {fields.get('sent', '')}".split()
    return Address(
        fields.pop("codes", ()), ok, refused=" ".join(actor for actor in ACTORS if actor not in let_in), **fields
    )


def case_page(ok: str, **fields: object) -> Address:
    """A page of the case in cases: whoever sees a part of the case learns that the page is not theirs."""
    sent = str(fields.get("sent", "")).split()
    refused = " ".join(actor for actor in f"{TEAM} {UNIT} {GLIMPSE}".split() if actor not in sent)
    return with_codes(("case",), ok, refused, **fields)


def agency_page(*codes: str) -> Address:
    """A page of the data admin about the own agency; another agency's admin finds nothing there."""
    return Address(codes, "admin", refused=" ".join(actor for actor in ACTORS if actor not in ADMINS.split()))


def with_codes(codes: tuple[str, ...], ok: str, refused: str = "", **fields: object) -> Address:
    others = " ".join(actor for actor in refused.split() if actor not in ok.split())
    return Address(codes, ok, refused=others, **fields)


READ = f"{TEAM} {UNIT}"
BOTH_SIDES = f"{READ} cso"
# The two who open the child's sealed file together.
KEY_HOLDERS = "other_agency_supervisor dpo"
# On the case of which the psychologist writes restricted notes, of another profession.
WITHOUT_CLINICAL = "other_agency other_agency_supervisor"
DIRECTORY_READERS = f"{CASEWORKERS} {SUPERVISORS} {ADMINS} {OVERSIGHT} analyst cso"
DIRECTORY_WRITERS = f"{SUPERVISORS} {ADMINS}"
PROGRAMME_READERS = f"{CASEWORKERS} {SUPERVISORS} analyst"
EXPORT_DECIDERS = "supervisor head_office"
EXPORT_READERS = f"{TEAM} {EXPORT_DECIDERS}"
LIST_SIGNERS = "head_office dpo"
COHORT_RUNNERS = "worker neighbour supervisor"

ADDRESSES: dict[str, Address] = {
    # accounts
    "account_login": Address(public=True, status=302),
    "account_logout": Address(),
    "account_inactive": Address(public=True),
    "account_signup": Address(public=True, status=302),
    "account_reauthenticate": Address(),
    "account_change_password": Address(),
    "account_set_password": Address(status=302),
    "account_reset_password": Address(public=True),
    "account_reset_password_done": Address(public=True),
    "account_reset_password_from_key_done": Address(public=True),
    "usersessions_list": Address(status=302),
    # Second factors: nobody of the cast has one, and before setting one up each proves who he is.
    "mfa_index": Address(),
    "mfa_authenticate": Address(public=True, status=302),
    "mfa_reauthenticate": Address(status=302),
    "mfa_reauthenticate_webauthn": Address(status=302),
    "mfa_login_webauthn": Address(public=True, status=302),
    "mfa_activate_totp": Address(status=302),
    "mfa_list_webauthn": Address(),
    "mfa_add_webauthn": Address(status=302),
    "mfa_generate_recovery_codes": Address(status=302),
    "accounts:profile": Address(),
    "accounts:conduct": Address(),
    "accounts:session": Address(public=True, fragment=True),
    "accounts:sessions": Address(),
    "accounts:sessions-end": Address(posts=True),
    "accounts:staff-list": role_page(ADMINS),
    "accounts:staff-new": role_page(ADMINS),
    "accounts:staff-detail": agency_page("person"),
    "accounts:staff-edit": agency_page("person"),
    "accounts:staff-move": agency_page("person"),
    "accounts:staff-deactivate": agency_page("person"),
    "accounts:staff-reactivate": agency_page("person"),
    "accounts:staff-reset-factor": agency_page("person"),
    "accounts:staff-link": agency_page("person"),
    "accounts:holiday-list": role_page(ADMINS),
    "accounts:holiday-remove": role_page(ADMINS, posts=True, codes=("holiday",)),
    "accounts:unit-list": role_page(ADMINS),
    "accounts:unit-new": role_page(ADMINS),
    "accounts:unit-detail": agency_page("unit"),
    "accounts:unit-edit": agency_page("unit"),
    "accounts:team-new": agency_page("unit"),
    "accounts:team-edit": agency_page("team"),
    "accounts:facility-new": agency_page("unit"),
    "accounts:facility-edit": agency_page("facility"),
    "accounts:help": Address(),
    "accounts:set-language": Address(public=True, posts=True),
    "component-gallery": Address(public=True),
    # Takes what browsers report by themselves: no sign-in, no token, no body in the answer.
    "csp-report": Address(public=True, posts=True, status=204),
    "security-txt": Address(public=True, fragment=True),  # a text, no page
    # cases: lists
    "cases:release-list": role_page(f"{CASEWORKERS} {SUPERVISORS} analyst"),
    "home": Address(ok=CASEWORKERS, sent=f"{SUPERVISORS} {ADMINS} {OFFICERS} {OVERSIGHT} analyst"),
    "cases:assign-many": role_page(SUPERVISORS),
    "cases:nik-find": Address(ok=f"{CASEWORKERS} {SUPERVISORS}"),
    "cases:case-list": Address(ok=f"{CASEWORKERS} {SUPERVISORS} analyst"),
    "cases:filter-list": Address(ok=f"{CASEWORKERS} {SUPERVISORS} analyst"),
    "cases:filter-new": Address(ok=f"{CASEWORKERS} {SUPERVISORS} analyst"),
    "cases:filter-share": Address(("filter",), ok="worker", posts=True),
    "cases:filter-remove": Address(("filter",), ok="worker", posts=True),
    "cases:list-columns": Address(ok=f"{CASEWORKERS} {SUPERVISORS} analyst"),
    "cases:case-new": role_page(CASEWORKERS),
    "cases:region-options": role_page(CASEWORKERS, fragment=True),
    "cases:note-quick": Address(),
    # cases: one case
    "cases:case-detail": case_page(f"{READ} analyst"),
    "cases:timeline": case_page(f"{READ} analyst"),
    "cases:case-move-on": case_page(TEAM),
    "cases:case-assign": case_page(UNIT),
    "cases:transfer-new": case_page(TEAM),
    "cases:transfer-list": role_page(SUPERVISORS),
    # The receiving unit's supervisor too, who has no page of the case.
    "cases:transfer-detail": with_codes(("transfer",), f"{READ} other_unit_supervisor"),
    "cases:case-suspend": case_page(UNIT),
    "cases:case-resume": case_page(UNIT, status=409),
    "cases:case-close": case_page(UNIT),
    "cases:case-reopen": case_page(UNIT, status=409),
    "cases:tie-declare": case_page(f"{READ} {GLIMPSE}"),
    "cases:sealed-list": role_page(SUPERVISORS),
    "cases:unseal-inbox": role_page("dpo"),
    "cases:unseal-ask": with_codes(("sealed",), KEY_HOLDERS),
    "cases:unseal-request": with_codes(("unseal_request",), KEY_HOLDERS),
    "cases:tie-list": role_page(SUPERVISORS),
    "cases:tie-new": Address(),
    "cases:tie-detail": with_codes(("tie",), UNIT),
    "cases:identity": case_page(f"{READ} admin"),
    "cases:identity-edit": case_page(TEAM),
    # Who counts as a child is read by nobody off the caseload without a reason: tests/cases/test_age.py gives it.
    "cases:age-decide": Address(("doubtful",), UNIT, sent="admin", refused="neighbour", status=302),
    "cases:age-withdraw": Address(("decided",), UNIT, refused="neighbour admin analyst"),
    "cases:address-edit": with_codes(("case", "address"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:household-add": case_page(TEAM),
    "cases:family-card": case_page(TEAM),
    "cases:member-edit": with_codes(("case", "member"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:pair-list": role_page(ADMINS),
    "cases:pair-detail": agency_page("pair"),
    "cases:pair-compare": agency_page("kept_person", "other_person"),
    "cases:nik-show": case_page(f"{READ} admin"),
    "cases:address-new": case_page(TEAM),
    "cases:legal": case_page(READ),
    **{f"cases:legal-{kind}-new": case_page(TEAM) for kind in ("status", "event", "category", "assessment", "return")},
    "cases:legal-status-edit": with_codes(("case", "legal_status"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-event-edit": with_codes(("case", "legal_event"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-category-edit": with_codes(("case", "classification"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-assessment-edit": with_codes(("case", "external_assessment"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-return-edit": with_codes(("case", "return_event"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-status-end": with_codes(("case", "legal_status"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:legal-status-verify": with_codes(("case", "legal_status"), UNIT, f"{TEAM} {GLIMPSE}", posts=True),
    "cases:supervision": case_page(READ),
    "cases:supervision-edit": case_page(TEAM),
    "cases:access": case_page(READ),
    "cases:seen": case_page(UNIT),
    "cases:history": case_page(UNIT),
    "cases:journal": role_page(OVERSIGHT),
    # On the caseload nothing is asked.
    "cases:reason": case_page(f"{UNIT} {GLIMPSE}", sent=TEAM),
    "cases:share-new": case_page(READ),
    "cases:conference-new": case_page(UNIT),
    "cases:share-consent-new": case_page(TEAM),
    "cases:share-consent-withdraw": with_codes(("case", "share_consent"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:basis": case_page(READ),
    "cases:basis-new": case_page(TEAM),
    "cases:basis-end": with_codes(("case", "basis"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:consent-new": with_codes(("case", "purpose"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:share-renew": with_codes(("case", "share"), UNIT, f"{TEAM} {GLIMPSE}"),
    "cases:share-end": with_codes(("case", "share"), UNIT, f"{TEAM} {GLIMPSE}"),
    "cases:emergency": role_page(SUPERVISORS),
    "cases:break-glass-list": role_page(f"{SUPERVISORS} {OVERSIGHT}"),
    "cases:break-glass-detail": Address(
        ("break_glass",),
        ok=f"supervisor {OVERSIGHT}",
        refused=" ".join(actor for actor in ACTORS if actor not in f"{SUPERVISORS} {OVERSIGHT}".split()),
    ),
    "cases:note-list": case_page(READ),
    "cases:note-new": with_codes(("case",), TEAM, UNIT),
    # Answers in words inside the form, which an error page would replace.
    "cases:note-draft": with_codes(("case",), TEAM, posts=True, otherwise=409),
    "cases:note-draft-discard": with_codes(("case",), TEAM, posts=True),
    "cases:note-detail": with_codes(("case", "note"), READ, GLIMPSE),
    "cases:note-edit": with_codes(("case", "note"), TEAM, UNIT),
    "cases:note-amend": with_codes(("case", "note"), TEAM, UNIT),
    "cases:clinical": with_codes(("clinical_case",), "psychologist", WITHOUT_CLINICAL),
    "cases:clinical-new": with_codes(("clinical_case",), "psychologist", WITHOUT_CLINICAL),
    "cases:clinical-edit": with_codes(("clinical_case", "clinical_note"), "psychologist", WITHOUT_CLINICAL),
    "cases:clinical-amend": with_codes(("clinical_case", "clinical_note"), "psychologist", WITHOUT_CLINICAL),
    "cases:session-list": case_page(READ),
    "cases:session-new": case_page(TEAM),
    "cases:session-detail": with_codes(("case", "planned"), READ, f"{READ} {GLIMPSE}"),
    "cases:session-met": with_codes(("case", "planned"), TEAM, f"{READ} {GLIMPSE}", posts=True),
    "cases:session-move": with_codes(("case", "planned"), TEAM, f"{READ} {GLIMPSE}"),
    "cases:session-undo": with_codes(("case", "planned"), TEAM, f"{READ} {GLIMPSE}", posts=True),
    "cases:follow-up": with_codes(("case", "follow_up"), READ, f"{READ} {GLIMPSE}"),
    "cases:documents": case_page(READ),
    "cases:document-new": case_page(TEAM),
    "cases:document-detail": with_codes(("case", "document"), READ, GLIMPSE),
    "cases:document-preview": with_codes(("case", "document", "document_number"), READ, GLIMPSE),
    "cases:document-file": with_codes(("case", "document", "document_number"), READ, GLIMPSE),
    "cases:document-version-new": with_codes(("case", "document"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:document-withdraw": with_codes(("case", "document"), TEAM, f"{UNIT} {GLIMPSE}"),
    "cases:document-prove": with_codes(("case", "document"), TEAM, f"{UNIT} {GLIMPSE}", posts=True),
    "cases:check-in": case_page(TEAM),
    "cases:check-in-reason": case_page(TEAM, posts=True),
    "cases:check-in-undo": case_page(TEAM, posts=True),
    "cases:task-new": case_page(READ),
    "cases:task-snooze": with_codes(("task",), TEAM),
    "cases:task-seen": with_codes(("task",), READ, posts=True, otherwise=404),
    "cases:task-edit": with_codes(("task",), READ),
    "cases:task-close": with_codes(("task",), READ),
    # cases: data protection
    "cases:rights-new": case_page(READ),
    "cases:rights-list": role_page(OVERSIGHT),
    "cases:rights-detail": Address(("rights",), f"{READ} {OVERSIGHT}"),
    "cases:rights-take-up": with_codes(("new_rights",), "dpo", f"{READ} {OVERSIGHT}", posts=True),
    "cases:rights-ask": with_codes(("rights",), "dpo", f"{READ} {OVERSIGHT}", posts=True),
    "cases:rights-answer": with_codes(("rights",), READ, f"{READ} {OVERSIGHT}", posts=True),
    "cases:rights-decide": with_codes(("rights",), "dpo", f"{READ} {OVERSIGHT}"),
    "cases:rights-letter": Address(("decided_rights",), f"{READ} {OVERSIGHT}"),
    "cases:rights-lift": with_codes(("decided_rights",), "dpo", f"{READ} {OVERSIGHT}", posts=True),
    "cases:complaint-own": Address(),
    "cases:complaint-new": Address(),
    "cases:case-complaint-new": Address(("case",), f"{TEAM} {UNIT} {GLIMPSE}"),
    "cases:complaint-public": Address(public=True),
    "cases:complaint-lookup": Address(public=True),
    "cases:complaint-list": role_page(OVERSIGHT),
    "cases:complaint-detail": Address(("complaint",), OVERSIGHT),
    "cases:complaint-take-up": Address(("new_complaint",), OVERSIGHT, posts=True),
    "cases:complaint-forward": Address(("complaint",), OVERSIGHT, posts=True),
    "cases:complaint-answer": Address(("complaint",), OVERSIGHT, posts=True),
    "cases:breach-list": role_page(f"{SUPERVISORS} {ADMINS} {OVERSIGHT}"),
    "cases:breach-new": role_page(f"{SUPERVISORS} {ADMINS} dpo"),
    "cases:breach-detail": Address(("breach",), f"{UNIT} {OVERSIGHT}"),
    "cases:breach-handle": with_codes(("breach",), "dpo", f"{UNIT} {OVERSIGHT}", posts=True),
    "cases:breach-told": with_codes(("breach",), "dpo", f"{UNIT} {OVERSIGHT}", posts=True),
    "cases:breach-close": with_codes(("breach",), "dpo", f"{UNIT} {OVERSIGHT}", posts=True),
    "cases:breach-letter-agency": with_codes(("breach",), OVERSIGHT, UNIT),
    "cases:breach-letter-subjects": with_codes(("breach",), OVERSIGHT, UNIT),
    "cases:breach-case-letter": Address(("case", "breach"), READ),
    # cases: retention
    "cases:destruction-list": role_page(f"{SUPERVISORS} {ADMINS} {OVERSIGHT}"),
    "cases:destruction-new": role_page(ADMINS),
    "cases:destruction-detail": Address(("drawn",), f"{LIST_SIGNERS} admin auditor"),
    "cases:destruction-sign": with_codes(("drawn",), LIST_SIGNERS, "admin auditor", posts=True),
    "cases:destruction-cancel": with_codes(("drawn",), f"{LIST_SIGNERS} admin", "auditor", posts=True),
    "cases:destruction-take-off": with_codes(("drawn", "drawn_case"), f"{LIST_SIGNERS} admin", "auditor"),
    "cases:destruction-certificate": Address(("carried_out",), f"{LIST_SIGNERS} admin auditor"),
    "cases:hold-list": role_page(f"{SUPERVISORS} {ADMINS} {OVERSIGHT}"),
    "cases:hold-new": role_page("dpo"),
    "cases:hold-lift": with_codes(("hold",), "dpo", f"{READ} auditor"),
    "cases:case-hold": case_page(UNIT),
    "cases:rule-list": role_page(f"{SUPERVISORS} {ADMINS} {OVERSIGHT}"),
    # Other agencies' rules are not there for those who read their own.
    "cases:rule-edit": Address(
        ("rule",),
        "admin",
        refused=" ".join(actor for actor in ACTORS if actor not in ("admin", "bnpt_admin", "other_agency_supervisor")),
    ),
    # assessments
    "assessments:queue": role_page(f"{CASEWORKERS} {SUPERVISORS}"),
    "assessments:panel": case_page(READ, asks=UNIT),
    "assessments:summary-panel": case_page(READ, fragment=True),
    "assessments:history": with_codes(("case", "instrument"), READ, GLIMPSE, asks=UNIT),
    "assessments:changes": with_codes(("case", "instrument"), READ, GLIMPSE, asks=UNIT, status=302),
    "assessments:new": case_page(TEAM),
    "assessments:form": with_codes(("draft",), TEAM, UNIT, status=302),
    "assessments:answer-save": with_codes(("draft",), TEAM, UNIT, posts=True),
    "assessments:domain": with_codes(("draft", "domain"), TEAM, UNIT),
    "assessments:narratives": with_codes(("draft",), TEAM, UNIT),
    "assessments:first": with_codes(("child_draft",), "other_agency", "other_agency_supervisor"),
    "assessments:guidance": with_codes(("draft",), TEAM, UNIT),
    "assessments:choice-save": with_codes(("draft",), TEAM, UNIT, posts=True),
    "assessments:result": with_codes(("final",), READ, asks=UNIT),
    "assessments:resume": with_codes(("draft",), TEAM, UNIT, posts=True),
    "assessments:review": with_codes(("submitted",), UNIT, TEAM),
    "assessments:finalise": with_codes(("submitted",), UNIT, TEAM),
    "assessments:cancel": with_codes(("submitted",), UNIT, TEAM),
    "assessments:participant": with_codes(("final",), READ, asks=UNIT),
    "assessments:participant-pdf": with_codes(("final",), READ, asks=UNIT),
    "assessments:own-view": with_codes(("final",), READ, asks=UNIT),
    "assessments:contest": with_codes(("final",), READ, asks=UNIT),
    "assessments:second-ask": with_codes(("final",), READ, asks=UNIT),
    # A supervisor's decision is the reason itself.
    "assessments:second": with_codes(("second",), READ),
    "assessments:second-start": with_codes(("second",), READ, posts=True),
    # The worker rated first: whose judgement is questioned does not end the question.
    "assessments:second-withdraw": with_codes(("second",), UNIT, refused=TEAM),
    "assessments:second-compare": with_codes(("second",), READ, status=302),
    "assessments:joint-start": with_codes(("second",), READ, posts=True),
    # assessments: the instruments themselves
    "assessments:instruments": role_page(f"{ADMINS} {OVERSIGHT}"),
    "assessments:instrument": role_page(f"{ADMINS} {OVERSIGHT}", codes=("instrument", "version")),
    "assessments:instrument-preview": role_page(f"{ADMINS} {OVERSIGHT}", codes=("instrument", "version")),
    "assessments:instrument-compare": role_page(f"{ADMINS} {OVERSIGHT}", codes=("instrument",)),
    # What is asked is no secret: everybody may take the empty form along.
    "assessments:instrument-paper": Address(("instrument", "version")),
    "assessments:instrument-withdraw": role_page(ADMINS, codes=("instrument", "version")),
    "assessments:draft-new": role_page(ADMINS, codes=("instrument",)),
    "assessments:draft": role_page(f"{ADMINS} {OVERSIGHT}", codes=("instrument_draft",)),
    "assessments:draft-preview": role_page(f"{ADMINS} {OVERSIGHT}", codes=("instrument_draft",)),
    # Its author writes, another admin publishes (I-28).
    "assessments:draft-edit": role_page("admin", codes=("instrument_draft",)),
    "assessments:draft-publish": role_page("bnpt_admin", codes=("instrument_draft",)),
    "assessments:draft-discard": role_page(ADMINS, codes=("instrument_draft",), posts=True),
    # partners: directory
    "partners:partner-list": Address(ok=f"{DIRECTORY_READERS} other_cso"),
    "partners:partner-new": role_page(DIRECTORY_WRITERS),
    "partners:partner-detail": with_codes(("partner",), DIRECTORY_READERS),
    "partners:partner-edit": with_codes(("partner",), DIRECTORY_WRITERS, DIRECTORY_READERS),
    "partners:contact-new": with_codes(("partner",), DIRECTORY_WRITERS, DIRECTORY_READERS),
    "partners:contact-edit": with_codes(("partner", "contact"), DIRECTORY_WRITERS, DIRECTORY_READERS),
    "partners:contact-remove": with_codes(("partner", "contact"), DIRECTORY_WRITERS, DIRECTORY_READERS, posts=True),
    "partners:offer-new": with_codes(("partner",), f"{DIRECTORY_WRITERS} cso", DIRECTORY_READERS),
    "partners:offer-edit": with_codes(("partner", "offer"), f"{DIRECTORY_WRITERS} cso", DIRECTORY_READERS),
    "partners:agreement-new": with_codes(("partner",), DIRECTORY_WRITERS, DIRECTORY_READERS),
    "partners:agreement-edit": with_codes(("partner", "agreement"), DIRECTORY_WRITERS, DIRECTORY_READERS),
    "partners:agreement-activate": with_codes(
        ("partner", "agreement"), DIRECTORY_WRITERS, DIRECTORY_READERS, posts=True
    ),
    "partners:agreement-end": with_codes(("partner", "agreement"), DIRECTORY_WRITERS, DIRECTORY_READERS, posts=True),
    "partners:agreement-renew": with_codes(("partner", "agreement"), DIRECTORY_WRITERS, DIRECTORY_READERS),
    # partners: referrals
    "partners:referral-list": role_page(f"{CASEWORKERS} {SUPERVISORS}", sent=OFFICERS),
    "partners:inbox": role_page(OFFICERS),
    "partners:worry-new": role_page(OFFICERS),
    "partners:referral-detail": with_codes(("accepted",), BOTH_SIDES),
    "partners:referral-edit": with_codes(("draft_referral",), TEAM, UNIT),
    "partners:referral-send": with_codes(("draft_referral",), TEAM, UNIT, posts=True),
    "partners:referral-cancel": with_codes(("sent",), TEAM, f"{UNIT} cso"),
    "partners:consent-withdraw": with_codes(("accepted",), TEAM, f"{UNIT} cso"),
    # The page of the referral holds the form; this answers with it where something is missing.
    "partners:referral-answer": with_codes(("sent",), "cso", READ, status=302),
    "partners:referral-begin": with_codes(("accepted",), "cso", READ, posts=True),
    # The referral of the test world asks for no KRK: whoever may answer it is told so.
    "partners:family-assessment": with_codes(("accepted",), "cso", READ, posts=True, status=409),
    "partners:note-new": with_codes(("accepted",), "cso", READ),
    "partners:referral-finish": with_codes(("accepted",), "cso", READ),
    "partners:case-referrals": case_page(READ),
    "partners:referral-panel": case_page(READ, fragment=True),
    "partners:referral-new": case_page(TEAM),
    # programs
    "programs:plan": with_codes(("case",), READ),
    "programs:plan-panel": with_codes(("case",), READ, fragment=True),
    "programs:plan-new": with_codes(("case",), TEAM, UNIT),
    "programs:goal-new": with_codes(("draft_plan",), TEAM, UNIT),
    "programs:plan-submit": with_codes(("draft_plan",), TEAM, UNIT, posts=True),
    "programs:plan-approve": with_codes(("plan",), UNIT, TEAM, posts=True),
    "programs:plan-return": with_codes(("plan",), UNIT, TEAM),
    "programs:plan-stop": with_codes(("plan",), READ, posts=True),
    "programs:goal-edit": with_codes(("draft_goal",), TEAM, UNIT),
    "programs:goal-progress": with_codes(("goal",), TEAM, UNIT),
    "programs:enrolment-list": with_codes(("case",), READ),
    "programs:support-new": with_codes(("case",), TEAM, UNIT),
    "programs:follow-up-record": with_codes(("support", "month"), TEAM, UNIT),
    "programs:enrolment-withdraw": with_codes(("enrolment",), TEAM, UNIT),
    "programs:enrolment-admit": with_codes(("enrolment",), COHORT_RUNNERS, posts=True),
    "programs:enrolment-pause": with_codes(("enrolment",), COHORT_RUNNERS, posts=True),
    "programs:enrolment-end": with_codes(("enrolment",), COHORT_RUNNERS),
    "programs:programme-list": Address(),
    "programs:programme-new": role_page(f"{CASEWORKERS} {SUPERVISORS} {OFFICERS}"),
    "programs:cohort-new": with_codes(("programme",), COHORT_RUNNERS, PROGRAMME_READERS),
    "programs:cohort-detail": with_codes(("cohort",), PROGRAMME_READERS),
    "programs:session-new": with_codes(("cohort",), COHORT_RUNNERS, PROGRAMME_READERS),
    "programs:session-attendance": with_codes(("session",), COHORT_RUNNERS, PROGRAMME_READERS),
    # reports
    "reports:dashboard": role_page(SUPERVISORS),
    "reports:quality": role_page(f"{SUPERVISORS} auditor"),
    "reports:report-list": Address(ok=EVERYBODY.replace(" cso other_cso", ""), refused=OFFICERS),
    "reports:definitions": Address(),
    "reports:verify-search": Address(),
    "reports:verify": Address(("serial",)),
    "reports:report-detail": with_codes(("report",), "admin supervisor"),
    "reports:report-progress": with_codes(("report",), "admin supervisor", fragment=True),
    "reports:report-download": with_codes(("report",), "admin supervisor"),
    "reports:report-revise": with_codes(("report",), "admin", UNIT, posts=True),
    "reports:report-retry": with_codes(("report",), "admin", UNIT, posts=True),
    "reports:report-review": with_codes(("report",), "admin", UNIT, posts=True),
    "reports:report-approve": with_codes(("report",), UNIT, "admin", posts=True),
    "reports:report-send": with_codes(("report",), "admin", UNIT, posts=True),
    # a person's copy, under review: looked through by those who have the file; oversight sees that it was
    "reports:copy-prepare": with_codes(("rights",), READ, f"{READ} {OVERSIGHT}", asks=UNIT),
    "reports:copy-panel": Address(("rights",), f"{READ} {OVERSIGHT}", fragment=True),
    "reports:copy-make": with_codes(("rights",), READ, f"{READ} {OVERSIGHT}", posts=True),
    # exports: the worker's own, which waits for the unit's supervisor; and one whose file was fetched already
    "reports:export-list": role_page(f"{CASEWORKERS} {SUPERVISORS} {ADMINS}"),
    "reports:export-new": role_page(f"{CASEWORKERS} {SUPERVISORS} {ADMINS}"),
    "reports:export-detail": with_codes(("export",), EXPORT_READERS),
    "reports:export-progress": with_codes(("export",), EXPORT_READERS, fragment=True),
    "reports:export-approve": with_codes(("export",), EXPORT_DECIDERS, TEAM, posts=True),
    "reports:export-refuse": with_codes(("export",), EXPORT_DECIDERS, TEAM, posts=True),
    "reports:export-start": with_codes(("export",), TEAM, EXPORT_DECIDERS, posts=True),
    "reports:export-cancel": with_codes(("export",), TEAM, EXPORT_DECIDERS, posts=True),
    "reports:export-password": with_codes(("export",), TEAM, EXPORT_DECIDERS, posts=True),
    # Whoever else follows the link learns nothing.
    "reports:export-download": with_codes(("ready_export", "token"), TEAM, status=410),
}

# Answered with a file: no page to read, to measure or to look at.
FILES = {
    "reports:report-download",
    "cases:document-file",
    "assessments:instrument-paper",
    "assessments:participant-pdf",
    "cases:rights-letter",
    "cases:breach-letter-agency",
    "cases:breach-letter-subjects",
    "cases:breach-case-letter",
    "cases:destruction-certificate",
}

# allauth brings these; nothing of ours leads there, and each sends on or refuses (tests/accounts). Those about factors
# open only for somebody who has one, after a proof; nobody of the cast has (tests/accounts/test_second_factor.py).
ELSEWHERE = {
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password_from_key",
}


@cache
def named_patterns() -> dict[str, URLPattern]:
    """Every named address of the resolver."""

    def walk(resolver: object, space: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
            if isinstance(pattern, URLPattern):
                if pattern.name:
                    yield space + pattern.name, pattern
            else:
                yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)

    return dict(walk(get_resolver(), ""))


def url_of(name: str, codes: dict[str, object]) -> str:
    return reverse(name, args=[codes[code] for code in ADDRESSES[name].codes])


def pages_of(actor: str) -> list[str]:
    """Names of the pages that answer this actor with a whole page."""
    return [
        name
        for name, address in ADDRESSES.items()
        if not address.posts and not address.fragment and address.expected(actor) == 200
    ]


def ask(client: Client, world: World, name: str, method: str = "get", **headers: str) -> HttpResponse:
    return getattr(client, method)(url_of(name, world.codes), headers=headers)
