"""Double rows of people: suggested or named, compared side by side, merged, and taken apart again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from accounts.models import Staff
from cases import workflow
from cases.enums import Section
from cases.enums.merging import PairStatus
from cases.forms.merging import CompareForm, MergeForm, ReasonForm, words
from cases.models import CaseFile, Participant
from cases.models.merging import NIK, TRAITS
from cases.opening import open_section
from cases.policies import merging as rules
from core.editing import tell
from core.htmx import redirect, render_page
from core.workflow import StaleError, TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
DECIDED_SHOWN = 50
SURVIVORS = "survivors"


def _columns(*labels: Any) -> list[dict[str, Any]]:
    return [{"label": label} for label in labels]


@asks_or_acts
def pair_list(request: HttpRequest) -> HttpResponse:
    """Who may be in the program twice; survivors on a page of their own (ET-15)."""
    user: Staff = request.user  # type: ignore[assignment]
    rules.require_merging(user)
    form = CompareForm(request.POST if request.method == "POST" else None, by=user)
    if form.is_bound and form.is_valid():
        people = [form.cleaned_data[name].participant.code for name in ("first", "second")]
        return redirect(request, "cases:pair-compare", *people)
    victims = request.GET.get("view") == SURVIVORS
    pairs = rules.likely_pairs(user, victims=victims)
    files = _files(user, [person for pair in pairs for person in pair])
    return render_page(
        request,
        "cases/pair_list.html",
        {
            "form": form,
            "pairs": [
                {"people": [_person(person, files) for person in pair], "why": _why(*pair), "codes": pair}
                for pair in pairs
            ],
            "tabs": [
                {"label": label, "url": url, "current": current, "count": None}
                for label, url, current in (
                    (gettext_lazy("Peserta"), "?", not victims),
                    (gettext_lazy("Penyintas"), f"?view={SURVIVORS}", victims),
                )
            ],
            "columns": _columns(_("Orang"), _("Mungkin sama dengan"), _("Mengapa"), _("Tindakan")),
            "decided": list(rules.pairs_for(user).select_related("decided_by")[:DECIDED_SHOWN]),
            "decided_columns": _columns(pgettext("satu", "Keputusan"), _("Kode"), _("Oleh")),
        },
        status=422 if form.is_bound else 200,
    )


def _files(user: Staff, people: list[Participant]) -> dict[int, list[CaseFile]]:
    found: dict[int, list[CaseFile]] = {}
    for case in rules.files_for(user).filter(participant__in=people).select_related("lead_unit").order_by("pk"):
        found.setdefault(case.participant_id, []).append(case)
    return found


def _person(person: Participant, files: dict[int, list[CaseFile]]) -> dict[str, Any]:
    return {"row": person, "files": files.get(person.pk, [])}


def _why(first: Participant, second: Participant) -> str:
    if not NIK.is_empty(first) and NIK.of(first) == NIK.of(second):
        return _("NIK sama")
    return _("Nama dan tahun lahir serupa")


@asks_or_acts
def pair_compare(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """The first is kept. Whoever looks reads two identities, which the journal says of both."""
    user: Staff = request.user  # type: ignore[assignment]
    rules.require_merging(user)
    kept, duplicate = (get_object_or_404(rules.people_seen_by(user), code=value) for value in (code, other))
    if kept == duplicate:
        raise Http404
    people = [kept, duplicate]
    done = rules.pairs_for(user).merged().filter(kept__in=people, duplicate__in=people).first()
    if done is not None:  # whichever way round this page asks about them
        return redirect(request, "cases:pair-detail", done.code)
    for person in (kept, duplicate):
        rules.require_person(user, person)
    files = _files(user, [kept, duplicate])
    for person in (kept, duplicate):
        open_section(request, files[person.pk][0], Section.IDENTITY)
    asked = request.POST if request.method == "POST" else None
    apart = asked is not None and asked.get("act") == "apart"
    form = MergeForm(asked, kept=kept, duplicate=duplicate)
    decision: MergeForm | ReasonForm = ReasonForm(asked) if apart else form
    status = 200
    blockers = workflow.merge_blockers(kept, duplicate, by=user)
    if asked is not None:
        status = 422
        if decision.is_valid():
            try:
                return _decided(request, user, kept, duplicate, decision)
            except StaleError as error:
                kept.refresh_from_db()
                duplicate.refresh_from_db()
                again = asked.copy()
                again |= {"kept_version": str(kept.version), "duplicate_version": str(duplicate.version)}
                form = MergeForm(again, kept=kept, duplicate=duplicate)
                form.add_error(None, str(error.message))
            except TransitionError as error:
                blockers = error.blockers or blockers
                form.add_error(None, str(error.message))
            status = 409
        elif apart:
            form.errors.clear()
            form.add_error("reason", decision.errors["reason"])
    return render_page(
        request,
        "cases/pair_compare.html",
        {
            "kept": _person(kept, files),
            "duplicate": _person(duplicate, files),
            "rows": _rows(kept, duplicate),
            "row_columns": _columns(_("Isian"), _("Dipertahankan"), pgettext("satu", "Data ganda")),
            "form": form,
            "blockers": blockers,
        },
        status=status,
    )


def _decided(
    request: HttpRequest, user: Staff, kept: Participant, duplicate: Participant, form: MergeForm | ReasonForm
) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    if isinstance(form, MergeForm):
        pair = workflow.merge_people(kept, duplicate, by=user, versions=form.versions, take=form.take, reason=reason)
        messages.success(request, _("Data kedua orang digabung. Pengawas unitnya mendapat tugas memeriksa."))
        return redirect(request, "cases:pair-detail", pair.code)
    workflow.keep_apart(kept, duplicate, by=user, reason=reason)
    messages.success(request, _("Dicatat: ini dua orang."))
    return redirect(request, "cases:pair-list")


def _rows(kept: Participant, duplicate: Participant) -> list[dict[str, Any]]:
    """Everything that one of the two says, and whether both say the same."""
    rows = [
        {
            "label": trait.label,
            "kept": words(trait, kept),
            "duplicate": words(trait, duplicate),
            "same": trait.of(kept) == trait.of(duplicate),
        }
        for trait in TRAITS
        if not (trait.is_empty(kept) and trait.is_empty(duplicate))
    ]
    if kept.aliases or duplicate.aliases:
        names = {"kept": ", ".join(kept.aliases), "duplicate": ", ".join(duplicate.aliases)}
        rows.insert(1, {"label": _("Nama lain"), **names, "same": kept.aliases == duplicate.aliases})
    return rows


@asks_or_acts
def pair_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What was decided; a merge can be taken back here."""
    user: Staff = request.user  # type: ignore[assignment]
    rules.require_merging(user)
    found = rules.pairs_for(user).select_related("kept", "duplicate", "decided_by", "undone_by")
    pair = get_object_or_404(found, code=code)
    is_merged = pair.status == PairStatus.MERGED
    people = [pair.kept] if is_merged else [pair.kept, pair.duplicate]
    files = _files(user, people)
    for found_files in files.values():
        open_section(request, found_files[0], Section.IDENTITY)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                workflow.unmerge_people(pair, by=user, reason=form.cleaned_data["reason"])
            except TransitionError as error:
                status = tell(form, error)
            else:
                messages.success(request, _("Data dipisah lagi. Pengawas unitnya mendapat tugas memeriksa."))
                return redirect(request, "cases:pair-detail", pair.code)
    labels = {trait.name: trait.label for trait in TRAITS} | {workflow.ALIASES: _("nama lain")}
    return render_page(
        request,
        "cases/pair_detail.html",
        {
            "pair": pair,
            "form": form,
            "is_merged": is_merged,
            "taken": [labels[name] for name in pair.taken],
            "moved": [
                {"label": label, "count": len(pair.moved[model._meta.label_lower])}
                for model, label in workflow.MOVING.items()
                if model._meta.label_lower in pair.moved
            ],
            "people": [_person(person, files) for person in people],
            "came": set(pair.moved.get(CaseFile._meta.label_lower, [])) if is_merged else set(),
        },
        status=status,
    )
