"""A supervisor deals out the unit's cases: those without a worker, or those of one who leaves or has too many."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import policies, workflow
from cases.forms.actions import AssignManyForm
from core.htmx import redirect, render_page
from core.workflow import TransitionError

SHOWN = 100
HEADS = (gettext_lazy("Pilih"), gettext_lazy("Peserta dan berkas"), gettext_lazy("Jenis"), gettext_lazy("Tahap"))
COLUMNS = [{"label": label} for label in HEADS]


@require_http_methods(["GET", "HEAD", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    user: Staff = request.user  # type: ignore[assignment]
    policies.require_assigning(user)
    asked = request.POST if request.method == "POST" else request.GET
    workers = policies.workers_to_filter_by(user)
    from_worker = next((person for person in workers if person.code == asked.get("from")), None)
    victims = asked.get("view") == "victims"
    found = policies.assignable(user, from_worker=from_worker, victims=victims).with_list_data()
    cases = list(found.order_by("next_due_on", "pk")[: SHOWN + 1])
    form = AssignManyForm(request.POST if request.method == "POST" else None, unit=user.unit, cases=cases[:SHOWN])
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            worker, chosen = form.cleaned_data["worker"], form.chosen
            try:
                workflow.assign_many(chosen, by=user, worker=worker)
            except TransitionError as error:
                form.add_error("case", str(error.message))
                status = 409
            else:
                told = ngettext(
                    "%(count)d kasus ditugaskan kepada %(name)s.",
                    "%(count)d kasus ditugaskan kepada %(name)s.",
                    len(chosen),
                )
                messages.success(request, told % {"count": len(chosen), "name": worker.full_name})
                return redirect(request, "cases:case-list")
    return render_page(
        request,
        "cases/assign_many.html",
        {
            "form": form,
            "cases": cases[:SHOWN],
            "is_cut": len(cases) > SHOWN,
            "shown": SHOWN,
            "columns": COLUMNS,
            "workers": workers,
            "from_code": from_worker.code if from_worker is not None else "",
            "victims": victims,
            "has_victims": victims or policies.cases_for(user).filter(is_victim_file=True).exists(),
            "lead": user.unit.name,
            "title": _("Tugaskan beberapa kasus"),
        },
        status=status,
    )
