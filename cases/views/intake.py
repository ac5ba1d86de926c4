"""Opening a case: search first, then one form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import JournalAction
from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Right, Section
from cases.forms.intake import CaseForm, KnownPersonForm, NewPersonForm, SearchForm
from cases.forms.person import OLDEST_YEAR, AddressForm
from cases.models import CaseFile
from cases.nik import looks_like, plain
from cases.opening import journal_search
from cases.policies import matching
from core.htmx import redirect, render_page
from core.limits import within
from core.uploads import takes_files
from core.workflow import TransitionError

# Searches and new people of one person in an hour.
SEARCHES, IN_SECONDS = 60, 3_600
TOO_MANY = gettext_lazy("Terlalu banyak pencarian. Coba lagi satu jam lagi.")


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """Names travel in the body of a POST, never in an address (ET-3)."""
    user: Staff = request.user
    policies.require_opening(user)
    known = request.POST.get("from", "") if request.method == "POST" else request.GET.get("from", "")
    if known:
        return _known_person(request, user, known)
    if request.method != "POST":
        return render_page(request, "cases/case_new.html", {"form": SearchForm()})
    if request.POST.get("step") == "search":
        return _search(request, user)
    return _new_person(request, user)


def _search(request: HttpRequest, user: Staff) -> HttpResponse:
    form = SearchForm(request.POST)
    if form.is_valid() and not may_search(user):
        form.add_error(None, TOO_MANY)
    if not form.is_valid():
        return render_page(request, "cases/case_new.html", {"form": form}, status=422)
    sought = form.cleaned_data
    nik = str(sought["nik"] or "")
    matches = matching.possible_matches(
        user, matching.Sought(sought["name"], sought["birth_year"], sought["mother_name"], nik)
    )
    initial = {
        "full_name": sought["name"],
        "birth_year": sought["birth_year"],
        "mother_name": sought["mother_name"],
        "nik": nik,
    }
    intake = NewPersonForm(by=user, has_matches=bool(matches), initial=initial)
    journal_search(request, JournalAction.PERSON_SOUGHT, matches.cases)
    return _intake_page(request, user, intake, matches=matches)


def may_search(user: Staff, sought: matching.Sought | None = None) -> bool:
    """So that no form is a way to try out who is known: enough for a day of intakes, too few for a list.

    A form that is sent several times looks for whom is ``sought`` each time, and counts once.
    """
    about = repr(sought) if sought is not None else ""
    return within("intake", str(user.pk), most=SEARCHES, seconds=IN_SECONDS, about=about)


def _new_person(request: HttpRequest, user: Staff) -> HttpResponse:
    sought = _typed(request)
    may_look = may_search(user, sought)
    matches = matching.possible_matches(user, sought) if may_look else matching.Matches([], [])
    form = NewPersonForm(request.POST, request.FILES, by=user, has_matches=bool(matches))
    if "find_region" in request.POST:
        form.quietly()
        return _intake_page(request, user, form, matches=matches)
    if form.is_valid() and not may_look:
        form.add_error(None, TOO_MANY)
    if form.is_valid() and (case := _open(form, user, person=form.person(), address=form.address())):
        return _opened(request, case)
    return _intake_page(request, user, form, matches=matches, status=422)


def _typed(request: HttpRequest) -> matching.Sought:
    """Looked for again by what is now in the form: the name may have been corrected since the search."""
    year = request.POST.get("birth_year", "")
    is_year = year.isascii() and year.isdigit() and len(year) == 4 and OLDEST_YEAR <= int(year) < dt.MAXYEAR
    typed = request.POST.get("nik", "")
    return matching.Sought(
        name=request.POST.get("full_name", "")[:160],
        birth_year=int(year) if is_year else None,
        mother=request.POST.get("mother_name", "")[:160],
        nik=plain(typed) if looks_like(typed) else "",
    )


def _known_person(request: HttpRequest, user: Staff, code: str) -> HttpResponse:
    """Another case for the person of a case that this caseworker works on."""
    cases = policies.cases_for(user, Right.EDIT, Section.IDENTITY).select_related("participant")
    origin = get_object_or_404(cases, code=code.replace("\x00", ""))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = KnownPersonForm(*sent, by=user, participant=origin.participant)
    if request.method == "POST":
        if form.is_valid() and (case := _open(form, user, participant=origin.participant)):
            return _opened(request, case)
        return _intake_page(request, user, form, origin=origin, status=422)
    return _intake_page(request, user, form, origin=origin)


def _open(form: CaseForm, user: Staff, **who: Any) -> CaseFile | None:
    """The new case, or the one that this very form has opened before; None with the reason beside the field."""
    try:
        return workflow.open_case(by=user, **form.case(), **who)
    except TransitionError as error:
        form.add_error("case_type", str(error.message))
        form.ask_for_file_again()
        return None


def _opened(request: HttpRequest, case: CaseFile) -> HttpResponse:
    messages.success(request, _("Kasus %(number)s dibuka.") % {"number": case.case_no})
    return redirect(request, "cases:case-detail", case.code)


def _intake_page(
    request: HttpRequest,
    user: Staff,
    form: CaseForm,
    *,
    matches: matching.Matches | None = None,
    origin: CaseFile | None = None,
    status: int = 200,
) -> HttpResponse:
    found = matches or matching.Matches([], [])
    editable = set(
        policies.cases_for(user, Right.EDIT, Section.IDENTITY)
        .filter(pk__in=[case.pk for case in found.cases])
        .values_list("pk", flat=True)
    )
    return render_page(
        request,
        "cases/case_intake.html",
        {
            "form": form,
            "origin": origin,
            "matches": [{"case": case, "may_extend": case.pk in editable} for case in found.cases],
            "own_unit": next((unit for unit in found.units if unit.pk == user.unit_id), None),
            "units": [unit for unit in found.units if unit.pk != user.unit_id],
        },
        status=status,
    )


@require_safe
def region_options(request: HttpRequest) -> HttpResponse:
    """Districts that fit what is being typed; the form draws the same list without script."""
    policies.require_opening(request.user)
    form = AddressForm(initial={"region_query": request.GET.get("region_query", "")[:120]})
    return render_page(request, "cases/_regions.html", {"form": form})
