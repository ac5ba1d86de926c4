"""One referral, from the side of who looks at it: the sender's page or the partner's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from cases import sentence
from cases.enums import Section
from cases.opening import open_section
from core.htmx import render_page
from core.workflow import TransitionError
from partners import policies
from partners.enums import SHOWN_BEFORE_ACCEPTANCE, Act, ReferralBasis, SharedField
from partners.forms import AnswerForm, NoteForm
from partners.models import Referral
from partners.policies import Side
from partners.views import words


def visible_referral(request: HttpRequest, code: str, act: Act = Act.VIEW) -> Referral:
    """Invisible: 404. Visible, but this is not theirs to do: 403."""
    user: Staff = request.user  # type: ignore[assignment]
    visible = policies.with_data(user, policies.referrals_for(user)).select_related(
        "consent", "grant", "answered_by", "sent_by"
    )
    referral = get_object_or_404(visible, code=code)
    if act == Act.DELIVER and policies.side_of(user) == Side.PARTNER and not policies.can(user, act, referral):
        # Theirs until a moment ago: a button pressed twice is answered with a sentence, not with a refusal.
        raise TransitionError(_("Rujukan ini tidak lagi terbuka bagi Anda."))
    if act != Act.VIEW:
        policies.require(user, act, referral)
    return referral


@require_safe
def referral_detail(request: HttpRequest, code: str) -> HttpResponse:
    referral = visible_referral(request, code)
    return detail_page(request, referral)


def detail_page(
    request: HttpRequest,
    referral: Referral,
    *,
    answer: AnswerForm | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with a form on it that could not be taken as it was sent."""
    user: Staff = request.user  # type: ignore[assignment]
    actions = policies.actions_for(user, referral)
    today = timezone.localdate(timezone=user.unit.zone)
    context = {
        "code": referral.code,
        "actions": actions,
        "answer": answer or (AnswerForm(today=today) if "answer" in actions else None),
        "note": note or (NoteForm(today=today) if "note" in actions else None),
        "title": referral.offer.title,
        "partner": referral.partner,
        "chip": words.status_chip(referral),
    }
    if policies.side_of(user) == Side.PARTNER:
        return _partner_page(request, referral, context, status)
    return _sender_page(request, referral, context, status)


def _sender_page(request: HttpRequest, referral: Referral, context: dict[str, Any], status: int) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    open_section(request, referral.case, Section.REFERRALS)
    zone = user.unit.zone
    notes = list(policies.notes_for(user).filter(referral=referral).select_related("author"))
    return render_page(
        request,
        "partners/referral_detail.html",
        context
        | {
            "referral": referral,
            "case": referral.case,
            "name": referral.case.participant.shown_name,
            "rows": referral.shared_rows,
            "reply_day": words.reply_day(referral, user) if referral.respond_by else "",
            "sent": sentence.stamp(referral.sent_at, zone) if referral.sent_at else "",
            "answered": sentence.stamp(referral.answered_at, zone) if referral.answered_at else "",
            "ended": sentence.stamp(referral.ended_at, zone) if referral.ended_at else "",
            "is_outside": referral.partner.unit_id is None,
            "stopped_by_consent": _stopped_by_consent(referral),
            "notes": words.note_items(notes),
        },
        status=status,
    )


def _stopped_by_consent(referral: Referral) -> bool:
    return referral.ended_at is not None and referral.consent is not None and not referral.consent.is_in_force


def _partner_page(request: HttpRequest, referral: Referral, context: dict[str, Any], status: int) -> HttpResponse:
    """Before an answer: the need. While it runs: the listed data. Afterwards: that it was, and nothing of the person.

    The template gets no referral and no case, only words chosen here.
    """
    user: Staff = request.user  # type: ignore[assignment]
    shows_person = policies.shows_person(referral)
    is_asked = referral.awaits_answer
    zone = user.unit.zone
    context |= {
        "sender": referral.case.lead_unit.short_name,
        "sent": sentence.stamp(referral.sent_at, zone) if referral.sent_at else "",
        "answered": sentence.stamp(referral.answered_at, zone) if referral.answered_at else "",
        "ended": sentence.stamp(referral.ended_at, zone) if referral.ended_at else "",
        "starts_on": referral.starts_on,
        "note_count": referral.notes.count(),
    }
    if not (is_asked or shows_person):
        return render_page(request, "partners/inbox_ended.html", context, status=status)
    notes = list(policies.notes_for(user).filter(referral=referral).select_related("author"))
    context |= {
        "is_asked": is_asked,
        "name": words.known_name(referral) if shows_person else "",
        "somebody": words.somebody(referral),
        "is_urgent": words.is_urgent(referral),
        "reply_day": words.reply_day(referral, user) if is_asked else "",
        "due": words.reply_words(referral, user) if is_asked else None,
        "purpose": referral.purpose,
        "eligibility": referral.offer.eligibility,
        "facts": _facts(referral, shows_person),
        "data_rows": _data_rows(referral),
        "by_consent": referral.basis == ReferralBasis.CONSENT,
        "until": policies.last_day_of_consent(referral),
        "notes": words.note_items(notes),
        "asks_assessment": referral.asks_family_assessment,
        "krk": policies.family_assessment_of(user, referral) if shows_person else None,
    }
    return render_page(request, "partners/inbox_detail.html", context, status=status)


def _facts(referral: Referral, shows_person: bool) -> list[dict[str, str]]:
    """The values that this officer may read now."""
    return [
        {"label": row.label, "value": row.value}
        for row in referral.shared_rows
        if row.value and (shows_person or row.is_before)
    ]


def _data_rows(referral: Referral) -> list[dict[str, Any]]:
    """Which data come when: names of fields, no values."""
    return [
        {"label": SharedField(field).label, "is_before": field in SHOWN_BEFORE_ACCEPTANCE}
        for field in referral.data_shared
    ]
