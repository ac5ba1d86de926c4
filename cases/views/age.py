"""An age in doubt: the lead unit's supervisor decides that the person counts as an adult, and can take that back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases import workflow
from cases.enums import Right, Section
from cases.forms.age import AgeForm, AgeWithdrawForm
from cases.models import Participant
from cases.sentence import born_words
from cases.views.pages import open_page
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import StaleError, TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])


@asks_or_acts
def age_decide(request: HttpRequest, code: str) -> HttpResponse:
    return _age_page(
        request,
        code,
        _("Putuskan umur"),
        workflow.decide_adult,
        withdraws=False,
        done=_("Keputusan dicatat. Orang ini sekarang dihitung sebagai dewasa."),
    )


@asks_or_acts
def age_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    return _age_page(
        request,
        code,
        _("Cabut keputusan umur"),
        workflow.withdraw_adult,
        withdraws=True,
        done=_("Keputusan dicabut. Orang ini kembali dihitung menurut tanggal lahirnya."),
    )


def _age_page(
    request: HttpRequest,
    code: str,
    page: Any,
    perform: Callable[..., Participant],
    *,
    withdraws: bool,
    done: Any,
) -> HttpResponse:
    case, frame = open_page(request, code, Section.IDENTITY, page)
    if Right.APPROVE not in frame["rights"][Section.IDENTITY]:
        raise PermissionDenied(_("Yang dapat memutuskan umur: pengawas unit penanggung jawab."))
    person = case.participant
    kind = AgeWithdrawForm if withdraws else AgeForm
    form = kind(request.POST if request.method == "POST" else None, person=person)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                perform(case, by=request.user, **form.cleaned_data)
        except StaleError as stale:
            person = stale.current
            form.move_to(person)
            form.add_error(None, _("Data orang ini berubah sejak halaman ini dibuka. Periksa lagi, lalu simpan."))
            status = 409
        except TransitionError as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect(request, "cases:identity", case.code)
    context = frame | {"form": form, "person": person, "born": born_words(person), "withdraws": withdraws}
    return render_page(request, "cases/case_age.html", context, status=status)
