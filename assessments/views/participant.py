"""The result that the participant reads, what the participant says of it, and how it is contested."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import JournalAction
from assessments import letters, policies, workflow
from assessments.forms import AskSecondForm, ContestForm, OwnViewForm
from assessments.models import Assessment, SecondRating
from assessments.views.parts import attempt, frame, opened, staff, url
from cases.enums import Section
from cases.opening import journal_read
from cases.views.rights import pdf_answer
from core.htmx import render_page


def _shown(request: HttpRequest, code: str) -> Assessment | HttpResponse:
    """The result, opened like its own page; what is not final yet leads back to what may be read of it."""
    assessment = opened(request, code)
    if policies.is_outside(staff(request)):  # the officer of a partner sees no row of the person
        raise PermissionDenied
    if assessment.status not in letters.SHOWN:
        messages.info(request, _("Hasil untuk peserta ada sesudah penilaian final."))
        return redirect("assessments:form", code)
    return assessment


def _language(request: HttpRequest) -> str:
    """The one that the page was asked in, whatever the staff member reads."""
    asked = request.GET.get("lang", "")
    return asked if asked in letters.LANGUAGES else (translation.get_language() or "id")[:2]


@require_safe
def participant(request: HttpRequest, code: str) -> HttpResponse:
    """Plain words and large print, to be read with or shown to the participant."""
    found = _shown(request, code)
    if isinstance(found, HttpResponse):
        return found
    language = _language(request)
    other = "id" if language == "en" else "en"
    here = url("assessments:participant", found)
    context = letters.result_context(found, language) | {
        "back_url": url("assessments:result", found),
        "pdf_url": f"{url('assessments:participant-pdf', found)}?lang={language}",
        "switch_url": f"{here}?lang={other}",
        "other": other,
        "other_name": capfirst(translation.get_language_info(other)["name_local"]),
    }
    with translation.override(language):
        return render_page(request, "assessments/participant.html", context)


@require_safe
def participant_pdf(request: HttpRequest, code: str) -> HttpResponse:
    found = _shown(request, code)
    if isinstance(found, HttpResponse):
        return found
    journal_read(request, found.case, JournalAction.DOWNLOAD, Section.ASSESSMENT, f"{found.code} result")
    return pdf_answer(letters.result_letter(found, _language(request)).content, f"hasil-{found.code}.pdf")


def _worded(request: HttpRequest, code: str) -> Assessment:
    """An assessment of which this person may write down what the participant says."""
    assessment = opened(request, code)
    if not policies.may_contest(staff(request), assessment):
        raise PermissionDenied
    return assessment


def _open_pair(assessment: Assessment) -> SecondRating:
    return assessment.second_ratings.open().get()


@require_http_methods(["GET", "POST"])
def own_view(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what the participant says; what was said before stays and is shown."""
    assessment = _worded(request, code)
    form = OwnViewForm(assessment, request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, partial(workflow.add_own_view, assessment, by=staff(request)))
        if not status:
            messages.success(request, _("Pendapat peserta dicatat."))
            return redirect("assessments:result", code)
    context: dict[str, Any] = frame(assessment, _("Pendapat peserta")) | {
        "form": form,
        "views": assessment.own_views.select_related("recorded_by"),
        "heading": _("Catat pendapat peserta"),
        "button": _("Simpan pendapat"),
        "back_url": url("assessments:result", assessment),
    }
    return render_page(request, "assessments/word.html", context, status=status)


@require_http_methods(["GET", "POST"])
def contest(request: HttpRequest, code: str) -> HttpResponse:
    """The participant does not agree: written down by staff, it starts the fourteen days."""
    assessment = _worded(request, code)
    form = ContestForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, partial(workflow.contest, assessment, by=staff(request)))
        if not status:
            second = _open_pair(assessment)
            told = _("Sanggahan dicatat. Penilai kedua menilai paling lambat %(day)s.")
            messages.success(request, told % {"day": date_format(second.due_on, "j M Y")})
            return redirect("assessments:second", second.code)
    context = frame(assessment, _("Sanggahan")) | {
        "form": form,
        "heading": _("Catat sanggahan peserta"),
        "button": _("Catat sanggahan"),
        "explains": _(
            "Petugas lain menilai tanpa melihat penilaian ini. Keduanya disimpan; pengawas memutuskan dengan alasan."
        ),
        "back_url": url("assessments:result", assessment),
    }
    return render_page(request, "assessments/word.html", context, status=status)


@require_http_methods(["GET", "POST"])
def second_ask(request: HttpRequest, code: str) -> HttpResponse:
    """Rater or supervisor ask for an independent second rating."""
    assessment = _worded(request, code)
    form = AskSecondForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, partial(workflow.ask_for_second, assessment, by=staff(request)))
        if not status:
            messages.success(request, _("Penilai kedua diminta."))
            return redirect("assessments:second", _open_pair(assessment).code)
    context = frame(assessment, _("Penilai kedua")) | {
        "form": form,
        "heading": _("Minta penilai kedua"),
        "button": _("Minta penilai kedua"),
        "explains": _("Petugas lain menilai tanpa melihat penilaian ini. Sesudah itu keduanya dibaca berdampingan."),
        "back_url": url("assessments:result", assessment),
    }
    return render_page(request, "assessments/word.html", context, status=status)
