"""Quality and fairness of assessments, for those who watch over them (ET-8): figures, no person, no rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from assessments.enums import InstrumentCode, WordAnswer
from assessments.forms import words
from core.htmx import render_page
from reports import policies
from reports import quality as figures
from reports.disclosure import Shown, Why
from reports.enums import Scope
from reports.forms import QualityForm
from reports.quality import BANDS, Agreed, Group, Quality
from reports.quarters import Half, Quarter


@require_safe
def quality_page(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, Staff)  # LoginRequiredMiddleware lets nobody else come here
    area = policies.quality_area(user)
    if area is None:
        raise PermissionDenied
    halves = figures.offered(timezone.now())
    form = QualityForm(halves, request.GET or None)
    is_fine = not form.is_bound or form.is_valid()
    chosen: tuple[InstrumentCode, Half, Quarter | None] | None = form.chosen if is_fine else None
    context: dict[str, Any] = {"form": form, "place": _place(area), "by_name": area.kind == Scope.UNIT, "found": None}
    if chosen is not None:
        instrument, half, quarter = chosen
        found = policies.quality_for(user, instrument=instrument, half=half, quarter=quarter)
        headings = [band.label for band in BANDS[instrument]]
        context |= {
            "found": _told(found, headings),
            "instrument": instrument,
            "period": (quarter or half).label,
            "headings": headings,
        }
    return render_page(request, "reports/quality.html", context, status=200 if is_fine else 422)


def _place(area: Any) -> str:
    if area.kind == Scope.NATIONAL:
        return _("Nasional, semua instansi")
    return str(area.unit.name if area.unit else area.agency.name)


def _cell(shown: Shown, *, percent: bool = False, of: Shown | None = None) -> dict[str, Any]:
    """A figure in words: a number, or why there is none."""
    if shown.value is not None:
        if of is not None and of.value:
            share = (200 * shown.value + of.value) // (2 * of.value)
            return {"text": f"{shown.value} ({share}%)", "is_hidden": False}
        return {"text": f"{shown.value}%" if percent else str(shown.value), "is_hidden": False}
    text = {
        Why.SECONDARY: _("disamarkan"),
        Why.NONE: _("belum ada"),
    }.get(shown.why or Why.SMALL, _("kurang dari 10"))
    return {"text": text, "is_hidden": True}


def _kappa(one: Agreed) -> dict[str, Any]:
    """Two decimals; without a value where both raters always gave the same one."""
    if one.on_scale.is_hidden:
        return _cell(one.on_scale)
    if one.kappa is None:
        return {"text": _("tidak terhitung"), "is_hidden": True}
    return {"text": number_format(round(float(one.kappa), 2), 2), "is_hidden": False}


def _group(group: Group, headings: Sequence[Any]) -> dict[str, Any]:
    return {
        "label": group.label or _("Tanpa wilayah"),
        "n": _cell(group.n),
        "differs": _cell(group.differs, percent=True),
        "cells": [
            {"heading": heading, **_cell(cell, of=group.n)}
            for heading, cell in zip(headings, group.bands, strict=True)
        ],
    }


def _told(found: Quality, headings: Sequence[Any]) -> dict[str, Any]:
    texts = {code: words(item.text) for code, item in found.items.items()}
    return {
        "is_enough": not found.n.is_hidden,
        "n": _cell(found.n),
        "differs": _cell(found.differs, percent=True),
        "unknown": _cell(found.unknown, percent=True),
        "everyone": [_group(Group(_("Semua"), found.n, found.differs, found.bands), headings)],
        "tables": [
            {"id": key, "title": title, "head": head, "rows": [_group(group, headings) for group in groups]}
            for key, title, head, groups in (
                ("by-sex", _("Menurut jenis kelamin"), _("Jenis kelamin"), found.by_sex),
                ("by-region", _("Menurut wilayah"), _("Provinsi unit"), found.by_region),
                ("by-rater", _("Menurut penilai"), _("Penilai"), found.by_rater),
            )
            # One region is what stands above already.
            if len(groups) > 1 or (groups and key == "by-rater")
        ],
        "spread": found.spread,
        "items": [
            {"item": item, "text": texts.get(item, ""), "n": _cell(n), "share": _cell(share, percent=True)}
            for item, n, share in found.unknown_items
        ],
        "agreement": [
            {
                "item": one.item,
                "text": texts.get(one.item, "") if one.item else _("Pertimbangan akhir"),
                "pairs": _cell(one.pairs),
                "same": _cell(one.same, percent=True),
                "kappa": _kappa(one),
            }
            for one in found.agreement
        ],
        "words": [
            {"label": _("Semua tulisan yang ditanyakan"), "cell": _cell(found.words["all"])},
            *(
                {"label": answer.label, "cell": _cell(found.words[answer], of=found.words["all"])}
                for answer in WordAnswer
            ),
        ],
    }
