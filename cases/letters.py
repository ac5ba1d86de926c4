"""Letters to the person and to the agency: neutral sender, no word about the offence or the kind of case (ET-11).

And the certificate of destruction, which stays inside the agency and has codes instead of names.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from cases.enums import CaseType
from cases.models import BreachIncident, DestructionCertificate, RightsRequest
from core.pdf import Pdf, render_pdf

STYLE = "pdf/letter.css"
LANGUAGE = "id"  # letters go out in the language of the office


def rights_letter(request: RightsRequest) -> Pdf:
    """The answer to a request; depends on nothing but its decided row, so the same letter comes out each time."""
    return render_pdf(
        "pdf/rights_letter.html",
        _rights_context(request),
        language=LANGUAGE,
        identifier=f"rights-{request.code}",
        stylesheet=STYLE,
    )


def rights_html(request: RightsRequest) -> str:
    """The words of the letter, as they are laid out."""
    return render_to_string("pdf/rights_letter.html", _rights_context(request))


def _rights_context(request: RightsRequest) -> dict[str, Any]:
    return {"request": request, "dated": request.decided_at, "language": LANGUAGE}


def breach_letter_to_agency(incident: BreachIncident) -> Pdf:
    """What Pasal 46 asks for: what was disclosed, when and how, and what is done about it. No person is named."""
    return _breach_letter("pdf/breach_agency.html", incident, "agency")


def breach_letter_to_subject(incident: BreachIncident) -> Pdf:
    """The same for a person touched, without a name or a case: it may lie where others see it."""
    return _breach_letter("pdf/breach_subject.html", incident, "subject")


def _breach_letter(template: str, incident: BreachIncident, whom: str) -> Pdf:
    return render_pdf(
        template,
        breach_context(incident),
        language=LANGUAGE,
        identifier=f"breach-{incident.code}-{whom}-{incident.version}",
        stylesheet=STYLE,
    )


def breach_context(incident: BreachIncident) -> dict[str, Any]:
    return {"incident": incident, "dated": incident.updated_at, "language": LANGUAGE}


def destruction_certificate(certificate: DestructionCertificate) -> Pdf:
    """Berita acara pemusnahan, from nothing but its frozen content: the same bytes whoever asks, wherever."""
    with timezone.override(settings.TIME_ZONE):
        return render_pdf(
            "pdf/destruction_certificate.html",
            certificate_context(certificate),
            language=LANGUAGE,
            identifier=f"destruction-{certificate.code}",
            stylesheet=STYLE,
        )


def certificate_context(certificate: DestructionCertificate) -> dict[str, Any]:
    content = certificate.content
    tables: Counter[str] = Counter()
    for item in content["destroyed"]:
        tables.update(item["rows"])
    return {
        "certificate": certificate,
        "content": content,
        "dated": certificate.issued_at,
        "language": LANGUAGE,
        "made": _signed(content["made"]),
        "head": _signed(content["signed"][0]),
        "dpo": _signed(content["signed"][1]),
        "destroyed": [
            item
            | {
                "type": CaseType(item["type"]).label,
                "closed_on": dt.date.fromisoformat(item["closed_on"]),
                "runs_out_on": dt.date.fromisoformat(item["runs_out_on"]),
                "at": dt.datetime.fromisoformat(item["at"]),
                "total": sum(item["rows"].values()),
            }
            for item in content["destroyed"]
        ],
        "tables": sorted(tables.items()),
        "total": tables.total(),
    }


def _signed(signature: dict[str, str]) -> dict[str, Any]:
    return {"name": signature["name"], "at": dt.datetime.fromisoformat(signature["at"])}
