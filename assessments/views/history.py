"""One instrument of one case over time: every judgement that was once in force, item by item, and what changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import over_time, policies
from assessments.catalogue import UNKNOWN
from assessments.enums import InstrumentCode, NonRating
from assessments.forms import CompareForm, words
from assessments.models import Assessment, ItemRating
from assessments.over_time import Move, Reading
from assessments.progress import age_for
from assessments.views.course import band_course
from assessments.views.parts import final_words, find_case, staff, support_label, value_label
from cases.enums import Section
from cases.frame import case_frame
from cases.models import CaseFile
from cases.opening import open_section
from core.htmx import render_page

# Dates side by side on one page; older ones have pages of their own.
COLUMNS = 6

# In this order on the page of changes; the words say what the value says, not what it is worth.
MOVES = (Move.ROSE, Move.FELL, Move.WEAKER, Move.STRONGER, Move.KNOWN, Move.UNKNOWN, Move.OTHER, Move.APPLIES)


def _move_titles() -> dict[Move, str]:
    return {
        Move.ROSE: _("Naik: lebih banyak perhatian atau kebutuhan"),
        Move.FELL: _("Turun: lebih sedikit perhatian atau kebutuhan"),
        Move.WEAKER: _("Melemah: kekuatan, pelindung, atau kesiapan"),
        Move.STRONGER: _("Menguat: kekuatan, pelindung, atau kesiapan"),
        Move.KNOWN: _("Menjadi diketahui"),
        Move.UNKNOWN: _("Menjadi belum diketahui"),
        Move.OTHER: _("Pilihan berubah"),
        Move.APPLIES: _("Keberlakuan berubah"),
    }


def _move_words(kind: Move) -> str:
    """Beside a value that is not what it was before."""
    return {
        Move.ROSE: _("naik"),
        Move.FELL: _("turun"),
        Move.WEAKER: _("melemah"),
        Move.STRONGER: _("menguat"),
        Move.KNOWN: _("kini diketahui"),
        Move.UNKNOWN: _("kini belum diketahui"),
        Move.OTHER: _("berubah"),
        Move.APPLIES: _("keberlakuan berubah"),
        Move.NOT_COMPARED: _("tidak dibandingkan"),
    }.get(kind, "")


def _opened(request: HttpRequest, code: str, instrument: str) -> tuple[CaseFile, dict[str, Any], list[Assessment]]:
    """The case, its frame, and every judgement with this instrument, the newest first; 404 where there is none."""
    case = find_case(request, code)
    frame = case_frame(staff(request), case, Section.ASSESSMENT)
    if instrument not in InstrumentCode.values:
        raise Http404
    open_section(request, case, Section.ASSESSMENT)
    seen = policies.assessments_for(staff(request))
    judged = seen.judged().filter(case=case, instrument=instrument).with_page_data()
    return case, frame, list(judged.reverse())


def _readings(judged: list[Assessment]) -> list[Reading]:
    """The answers of these assessments, in one query."""
    values: dict[int, dict[str, Any]] = {one.pk: {} for one in judged}
    for rating in ItemRating.objects.filter(assessment__in=list(values)):
        values[rating.assessment_id][rating.item] = rating.answer
    return [Reading(one.definition, one.rule_mode, age_for(one), values[one.pk]) for one in judged]


def _judged_row(assessment: Assessment) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "url": reverse("assessments:result", args=[assessment.code]),
        "day": assessment.finalised_at,
        "final": final_words(assessment),
        "support": support_label(assessment, assessment.support_level),
        "version": assessment.definition.version,
        "is_outdated": assessment.ended_at is None and assessment.is_outdated,
    }


# ---- history --------------------------------------------------------------------------------------------------------


@require_safe
def history(request: HttpRequest, code: str, instrument: str) -> HttpResponse:
    """All judgements with one instrument: their path, and every answer of six of them side by side."""
    case, context, judged = _opened(request, code, instrument)
    page = _page(request)
    shown = judged[page * COLUMNS : (page + 1) * COLUMNS]
    # One more, so that the oldest column too can say what changed.
    readings = _readings(judged[page * COLUMNS : (page + 1) * COLUMNS + 1])
    versions = over_time.versions_of(readings[: len(shown)])
    here = reverse("assessments:history", args=[code, instrument])
    context |= {
        "page": _("Riwayat penilaian"),
        "instrument": InstrumentCode(instrument),
        "course": band_course(judged[::-1]),
        "rows": [_judged_row(one) for one in shown],
        "domains": _domains(shown, readings),
        "versions": versions if len(versions) > 1 else [],
        "newer_url": f"{here}?page={page - 1}" if page else "",
        "older_url": f"{here}?page={page + 1}" if len(judged) > (page + 1) * COLUMNS else "",
        "compare": CompareForm(_choices(judged), initial=_latest_two(judged)) if len(judged) > 1 else None,
        "compare_url": reverse("assessments:changes", args=[code, instrument]),
        "panel_url": reverse("assessments:panel", args=[case.code]),
    }
    return render_page(request, "assessments/history.html", context)


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0


def _domains(shown: list[Assessment], readings: list[Reading]) -> list[dict[str, Any]]:
    """Every domain as a table: items down, dates across."""
    now = readings[: len(shown)]
    return [
        {
            "code": code,
            "title": words(domain.title),
            "rows": [
                {
                    "code": item.code,
                    "text": words(item.text),
                    "cells": [_cell(item.code, place, shown, readings) for place in range(len(shown))],
                }
                for item in items.values()
            ],
        }
        for code, (domain, items) in over_time.domains_of(now).items()
    ]


def _cell(code: str, place: int, shown: list[Assessment], readings: list[Reading]) -> dict[str, Any]:
    """One answer on one date: its words, whether it is a rating at all, and what changed since the date before."""
    reading = readings[place]
    before = readings[place + 1] if place + 1 < len(readings) else None
    kind = over_time.move(code, before, reading) if before else Move.NONE
    return {"day": shown[place].finalised_at, "change": _move_words(kind)} | _answer(code, reading)


def _answer(code: str, reading: Reading) -> dict[str, Any]:
    """What a reading says of an item, for the template; ``kind``: "" for a rating, else why there is none."""
    item, value = reading.item(code), reading.values.get(code)
    said: dict[str, Any] = {"number": "", "text": "", "kind": ""}
    if item is None:
        known = code in reading.instrument.items
        text = _("tidak ditanyakan") if known else _("tidak ada pada versi ini")
        return said | {"text": text, "kind": "not_asked"}
    if value is None:
        return said | {"text": _("tidak dijawab"), "kind": "not_asked"}
    if value in NonRating.values:
        return said | {"text": value_label(item, value), "kind": "unknown" if value == UNKNOWN else "not_applicable"}
    label = words(item.scale.label(value))
    return said | ({"number": value, "text": label} if isinstance(value, int) else {"text": label})


# ---- change between two dates ---------------------------------------------------------------------------------------


def _choices(judged: list[Assessment]) -> list[tuple[str, str]]:
    return [(one.code, date_format(one.finalised_at, "j M Y")) for one in judged if one.finalised_at]


def _latest_two(judged: list[Assessment]) -> dict[str, str]:
    return {"before": judged[1].code, "after": judged[0].code}


@require_safe
def changes(request: HttpRequest, code: str, instrument: str) -> HttpResponse:
    """What became of every item between two dates that the reader chose; which of them was earlier is ours to see."""
    case, context, judged = _opened(request, code, instrument)
    if len(judged) < 2:
        return redirect("assessments:history", code, instrument)
    form = CompareForm(_choices(judged), {**_latest_two(judged), **request.GET.dict()})
    context |= {
        "page": _("Perubahan"),
        "instrument": InstrumentCode(instrument),
        "form": form,
        "before": None,
        "history_url": reverse("assessments:history", args=[case.code, instrument]),
    }
    if form.is_valid():
        chosen = [one for one in judged if one.code in form.cleaned_data.values()]
        after, before = chosen[0], chosen[-1]
        context |= _compared(before, after)
    return render_page(request, "assessments/changes.html", context, status=200 if form.is_valid() else 422)


def _compared(before: Assessment, after: Assessment) -> dict[str, Any]:
    now, then = _readings([after, before])
    found = over_time.moves(then, now)
    texts = {
        item.code: words(item.text)
        for _d, items in over_time.domains_of([now, then]).values()
        for item in items.values()
    }

    def rows(kind: Move) -> list[dict[str, Any]]:
        return [
            {"code": code, "text": texts[code], "before": _answer(code, then), "after": _answer(code, now)}
            for code in found.get(kind, [])
        ]

    titles = _move_titles()
    both = {"before": _judged_row(before), "after": _judged_row(after)}
    return both | {
        "both": list(both.values()),
        "groups": [{"kind": kind.value, "title": titles[kind], "rows": rows(kind)} for kind in MOVES if kind in found],
        "not_compared": rows(Move.NOT_COMPARED),
        "same": [{"code": code, "text": texts[code]} for code in found.get(Move.SAME, [])],
    }
