"""Referrals and offers in words, for rows of lists and heads of pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Staff
from cases import sentence
from partners.enums import ReferralStatus, SharedField, Urgency
from partners.models import Agreement, Referral, ReferralNote, ServiceOffer, quarter_days

CHIPS = {
    ReferralStatus.SENT: "soon",
    ReferralStatus.ACCEPTED: "on",
    ReferralStatus.IN_PROGRESS: "on",
    ReferralStatus.DECLINED: "due",
    ReferralStatus.EXPIRED: "due",
    ReferralStatus.INCOMPLETE: "soon",
    ReferralStatus.COMPLETED: "done",
    ReferralStatus.CANCELLED: "done",
}


def status_chip(referral: Referral) -> dict[str, Any]:
    return {"text": referral.get_status_display(), "kind": CHIPS.get(ReferralStatus(referral.status), "")}  # type: ignore[attr-defined]


def somebody(referral: Referral) -> str:
    """Who is meant before an answer: as much as was listed, and never a name."""
    if SharedField.AGE_GROUP not in referral.shared_values:
        who = _("Satu peserta")
    else:
        who = _("Satu anak") if referral.is_for_child else _("Satu orang dewasa")
    place = referral.shared_values.get(SharedField.DISTRICT, "")
    return f"{who}, {place}" if place else who


def known_name(referral: Referral) -> str:
    """The name as it was sent; only for an officer to whom ``policies.shows_person`` opens it."""
    return referral.shared_values.get(SharedField.NAME, "") or somebody(referral)


def sender_of(referral: Referral) -> str:
    return _("Dari %(unit)s.") % {"unit": referral.case.lead_unit.short_name}


def reply_words(referral: Referral, reader: Staff) -> sentence.Due:
    """By when an answer is due, by the reader's clock."""
    assert referral.respond_by is not None
    return sentence.due_words(referral.respond_by, timezone.now(), reader.unit.zone)


def reply_day(referral: Referral, reader: Staff) -> str:
    """ "besok, Rabu 25 November, 16.00 WITA": the deadline in full."""
    assert referral.respond_by is not None
    local = referral.respond_by.astimezone(reader.unit.zone)
    zone = reader.unit.get_timezone_display()  # type: ignore[attr-defined]
    return f"{date_format(local, 'l, j F')}, {sentence.clock(local, reader.unit.zone)} {zone}"


def is_urgent(referral: Referral) -> bool:
    return referral.urgency == Urgency.URGENT


def places(offer: ServiceOffer) -> dict[str, Any]:
    """Places of this quarter; the offer comes from ``with_places``."""
    taken = offer.places_taken
    left = max(0, offer.capacity_per_quarter - taken)
    return {
        "taken": taken,
        "total": offer.capacity_per_quarter,
        "left": left,
        "is_full": left == 0,
        "words": _("%(taken)d dari %(total)d tempat terisi") % {"taken": taken, "total": offer.capacity_per_quarter},
        "quarter": quarter_words(timezone.localdate()),
    }


def quarter_words(day: dt.date) -> str:
    """ "Okt–Des"."""
    first, following = quarter_days(day)
    return f"{date_format(first, 'M')}–{date_format(following - dt.timedelta(days=1), 'M')}"


def agreement_chip(agreement: Agreement) -> dict[str, str | Promise]:
    if agreement.ends_soon:
        days = agreement.days_left
        text = ngettext("Berakhir dalam %(days)d hari", "Berakhir dalam %(days)d hari", days) % {"days": days}
        return {"text": text, "kind": "soon"}
    if agreement.is_in_force:
        return {"text": _("Berlaku"), "kind": "on"}
    if agreement.status == "active":
        return {"text": _("Lewat masa berlaku") if agreement.days_left < 0 else _("Belum mulai"), "kind": "due"}
    return {"text": agreement.get_status_display(), "kind": "done"}  # type: ignore[attr-defined]


def note_items(notes: list[ReferralNote]) -> list[dict[str, Any]]:
    """Partner's notes for ``{% timeline %}``."""
    return [
        {
            "icon": "exclamation-triangle" if note.safety_worry else "chat-bubble-left-right",
            "title": sentence.full_day(note.happened_on),
            "meta": note.author.full_name,
            "text": note.summary or _("Mitra khawatir akan keselamatan seseorang dan minta dihubungi."),
            "chip": _("Kekhawatiran keselamatan") if note.safety_worry else "",
            "chip_kind": "due",
            "amendments": (
                [{"title": _("Kata peserta"), "meta": "", "text": f"“{note.participant_voice}”"}]
                if note.participant_voice
                else []
            ),
        }
        for note in notes
    ]
