"""The field officer's home: what waits for an answer, what is running, how many places are left."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from cases import sentence
from core.htmx import render_page
from partners import policies
from partners.enums import Act, ReferralStatus
from partners.models import Referral, quarter_days
from partners.views import words

SHOWN = 100


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_inbox(user)
    mine = policies.referrals_for(user, Act.DELIVER).with_partner_data()  # type: ignore[attr-defined]
    waiting = list(mine.awaiting_answer().urgent_first()[:SHOWN])
    running = list(mine.delivering().annotate(last_note_on=Max("notes__happened_on")).order_by("starts_on")[:SHOWN])
    today = timezone.localdate(timezone=user.unit.zone)
    partner = policies.partners_for(user).first()
    return render_page(
        request,
        "partners/inbox.html",
        {
            "partner": partner,
            "lead": " · ".join(
                [user.unit.short_name, sentence.full_day(today), str(user.unit.get_timezone_display())]  # type: ignore[attr-defined]
            ),
            "waiting": [_waiting_row(referral, user) for referral in waiting],
            "running": [_running_row(referral, today) for referral in running],
            "ended": _ended_this_quarter(user),
            "offers": [
                {"offer": offer, "places": words.places(offer)}
                for offer in (partner.offers.valid().with_places().order_by("title") if partner else [])
            ],
        },
        fragment="inbox_lists",
    )


def _waiting_row(referral: Referral, user: Staff) -> dict[str, Any]:
    due = words.reply_words(referral, user)
    return {
        "url": reverse("partners:referral-detail", args=[referral.code]),
        "code": referral.code,
        "name": words.somebody(referral),
        "text": f"{referral.offer.title}. {words.sender_of(referral)}",
        "when": due.when,
        "note": _("mendesak") if words.is_urgent(referral) else due.note,
        "is_urgent": words.is_urgent(referral),
    }


def _running_row(referral: Referral, today: dt.date) -> dict[str, Any]:
    """When: the start while it is ahead, else the last note."""
    last: dt.date | None = referral.last_note_on  # type: ignore[attr-defined]
    if referral.starts_on and referral.starts_on > today:
        when, note = sentence.day(referral.starts_on, today), _("mulai")
    elif last:
        when, note = sentence.day(last, today), _("catatan terakhir")
    else:
        when, note = _("Belum ada"), _("catatan")
    return {
        "url": reverse("partners:referral-detail", args=[referral.code]),
        "note_url": reverse("partners:note-new", args=[referral.code]),
        "code": referral.code,
        "name": words.known_name(referral),
        "text": referral.offer.title,
        "when": when,
        "note": note,
    }


def _ended_this_quarter(user: Staff) -> list[dict[str, Any]]:
    begin, _following = quarter_days(timezone.localdate())
    since = timezone.make_aware(dt.datetime.combine(begin, dt.time.min))
    ended = (
        policies.referrals_for(user)
        .filter(ended_at__gte=since)
        .exclude(status__in=[ReferralStatus.EXPIRED])
        .select_related("offer")
        .order_by("-ended_at")
    )
    return [
        {
            "url": reverse("partners:referral-detail", args=[referral.code]),
            "code": referral.code,
            "text": referral.offer.title,
            "chip": words.status_chip(referral),
        }
        for referral in ended[:SHOWN]
    ]
