"""The family of a participant: written down in one go, changed member by member."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import policies, workflow
from cases.enums import Section
from cases.enums.household import Kinship
from cases.forms.household import (
    LINES,
    FamilyCardForm,
    MemberForm,
    NewMemberForm,
    OwnKinshipForm,
    member_initial,
)
from cases.models import CaseFile, HouseholdMember
from cases.policies import household as rules
from cases.views.intake import may_search
from cases.views.pages import if_editing, open_page
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


def household_card(user: Staff, frame: dict[str, Any]) -> dict[str, Any]:
    """What the identity page shows of the family."""
    case: CaseFile = frame["case"]
    household = rules.household_of(case)
    household_url = if_editing(frame, "cases:household-add")
    rows: list[HouseholdMember] = []
    members: list[dict[str, Any]] = []
    if household is not None:
        rows = list(rules.members_for(user, household).select_related("participant").order_by("pk"))
        files = _files(user, [row.participant_id for row in rows if row.participant_id])
        members = [{"row": row, "case": files.get(row.participant_id)} for row in rows]
    return {
        "household": household,
        "members": members,
        "member_columns": [
            {"label": label}
            for label in (
                gettext_lazy("Nama"),
                gettext_lazy("Hubungan keluarga"),
                gettext_lazy("Lahir"),
                *([gettext_lazy("Tindakan")] if household_url else []),
            )
        ],
        "family_contacts": rules.contacts(user, household, rows) if household is not None else [],
        "household_url": household_url,
    }


def _files(user: Staff, people: list[int]) -> dict[int, CaseFile]:
    """A file of each person that ``user`` may open."""
    cases = policies.cases_for(user).filter(participant__in=people, sealed_at=None).order_by("opened_at")
    return {case.participant_id: case for case in cases}


@asks_or_acts
def household_add(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY, _("Catat keluarga"), edit=True)
    user: Staff = request.user  # type: ignore[assignment]
    data = request.POST if request.method == "POST" else None
    look = partial(may_search, user)
    lines = [
        NewMemberForm(data, prefix=f"m{number}", by=user, family=case, may_search=look)
        for number in range(1, LINES + 1)
    ]
    own = OwnKinshipForm(data) if rules.household_of(case) is None else None
    nothing = False
    status = 200
    if data is not None:
        status = 422
        valid = [line.is_valid() for line in lines]  # all of them, so that every line says what it lacks
        filled = [line for line in lines if line.is_filled]
        nothing = not filled
        if all(valid) and filled and (own is None or own.is_valid()):
            kinship = Kinship(own.cleaned_data["own_kinship"]) if own is not None else Kinship.HEAD
            try:
                workflow.add_members(case, [line.member() for line in filled], by=user, own_kinship=kinship)
            except TransitionError as error:
                filled[0].add_error(None, str(error.message))
            else:
                messages.success(request, _("Keluarga dicatat."))
                return redirect(request, "cases:identity", case.code)
    return render_page(
        request,
        "cases/household_add.html",
        frame | {"lines": lines, "own": own, "nothing": nothing},
        status=status,
    )


def _member(user: Staff, case: CaseFile, member_code: str) -> HouseholdMember:
    household = rules.household_of(case)
    if household is None:
        raise Http404
    return get_object_or_404(
        rules.members_for(user, household).select_related("participant"), code=member_code.replace("\x00", "")
    )


@asks_or_acts
def member_edit(request: HttpRequest, code: str, member_code: str) -> HttpResponse:
    """Change or end one membership."""
    case, frame = open_page(request, code, Section.IDENTITY, _("Sunting anggota keluarga"), edit=True)
    user: Staff = request.user  # type: ignore[assignment]
    member = _member(user, case, member_code)

    def save(form: MemberForm, version: int) -> None:
        saved = workflow.amend_member(case, member, by=user, version=version, **form.changes())
        if form.cleaned_data["left_on"]:
            workflow.end_member(case, saved, by=user, on=form.cleaned_data["left_on"])

    return edit_page(
        request,
        member,
        form_of=lambda data, row: MemberForm(data, initial=member_initial(row), member=row),
        save=save,
        place=Place(
            "cases/member_edit.html",
            reverse("cases:identity", args=[case.code]),
            _("Keluarga disimpan."),
            frame | {"member": member},
        ),
    )


@asks_or_acts
def family_card(request: HttpRequest, code: str) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY, _("Nomor kartu keluarga"), edit=True)
    household = rules.household_of(case)
    if household is None:
        raise Http404
    user: Staff = request.user  # type: ignore[assignment]
    back = "cases:identity"
    return edit_page(
        request,
        household,
        form_of=lambda data, row: FamilyCardForm(data, household=row),
        save=lambda form, version: workflow.set_family_card(
            case, by=user, version=version, kk=str(form.cleaned_data["kk"] or "")
        ),
        place=Place(
            "cases/case_form.html",
            reverse(back, args=[case.code]),
            _("Nomor kartu keluarga disimpan."),
            frame | {"back": back},
        ),
    )
