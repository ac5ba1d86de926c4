"""The instruments as data admins keep them: every version to read, preview, compare, withdraw and print."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import paper, policies, workflow
from assessments.enums import DraftStatus, InstrumentCode, Mode
from assessments.forms import WithdrawForm, words
from assessments.models import Assessment, InstrumentDraft, InstrumentVersion
from assessments.progress import Progress
from assessments.vetting import vet
from assessments.views.card import Card
from assessments.views.editions import (
    PEOPLE,
    Edition,
    changes_between,
    draft_of,
    frame_of,
    told,
    version_of,
    versions_of,
)
from assessments.views.parts import staff
from cases.views.rights import pdf_answer
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
# Below this a number of assessments is not told: few are near to saying whose (as in reports).
FEW = 10


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """The three instruments with every version, and the drafts that are open."""
    policies.require_instrument_reader(staff(request))
    versions = list(InstrumentVersion.objects.select_related(*PEOPLE).order_by("-pk").defer("definition"))
    uses = policies.uses_of(versions)
    drafts = list(InstrumentDraft.objects.filter(status=DraftStatus.OPEN).select_related("author"))
    waiting = policies.drafts_for_publisher(staff(request))
    cards = []
    for code, label in InstrumentCode.choices:
        own = [version for version in versions if version.instrument == code]
        current = next((version for version in own if version.is_published), None)
        cards.append(
            {
                "code": code,
                "label": label,
                "current": current,
                "rows": [_version_row(version, uses.get(version.pk, 0)) for version in own],
                "drafts": [_draft_row(draft, waiting) for draft in drafts if draft.instrument == code],
                "withdrawn": own[0] if own and current is None else None,
            }
        )
    context = {"cards": cards, "may_draft": policies.is_instrument_admin(staff(request))}
    return render_page(request, "assessments/instrument_list.html", context)


def _version_row(version: InstrumentVersion, uses: int) -> dict[str, Any]:
    return {"version": version, "hash": version.content_hash[:10], "uses": _uses(uses), "by": version.published_by}


def _uses(number: int) -> str:
    if not number:
        return _("belum ada")
    return _("kurang dari %(few)s") % {"few": FEW} if number < FEW else str(number)


def _draft_row(draft: InstrumentDraft, waiting: Collection[str]) -> dict[str, Any]:
    vetted = vet(draft.source, draft.instrument)
    return {
        "draft": draft,
        "number": vetted.instrument.version if vetted.instrument else "",
        "wrong": vetted.problems,
        "is_mine": draft.code in waiting,
    }


@require_safe
def instrument_detail(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """One version, whole: what it asks, and its rules in plain words."""
    policies.require_instrument_reader(staff(request))
    row = version_of(instrument, version)
    is_admin = policies.is_instrument_admin(staff(request))
    others = [one for one in versions_of(instrument) if one.pk != row.pk]
    context = frame_of(instrument, row.version) | {
        "row": row,
        "title": words(row.parsed.title),
        "uses": _uses(policies.uses_of([row]).get(row.pk, 0)),
        "chapters": told(row.parsed),
        "other": others[0] if others else None,
        "modes": [{"code": mode.code, "label": Mode(mode.code).label} for mode in row.parsed.modes],
        "may_draft": is_admin,
        "may_withdraw": is_admin and row.is_published,
        "draft": InstrumentDraft.objects.filter(became=row).first(),
    }
    return render_page(request, "assessments/instrument_detail.html", context)


@require_safe
def instrument_preview(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    policies.require_instrument_reader(staff(request))
    return _preview(request, Edition(version_of(instrument, version)))


@require_safe
def draft_preview(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_instrument_reader(staff(request))
    return _preview(request, Edition(draft_of(code)))


def _preview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The form as a rater would see it, of nobody: what is chosen here goes nowhere."""
    instrument = edition.instrument
    if instrument is None:  # a draft with faults, which its page names
        return redirect(request, edition.url)
    asked = request.GET.get("domain", "")
    domain = next((one for one in instrument.domains if one.code == asked), instrument.domains[0])
    nobody = Progress(Assessment(), instrument, None, {}, None, {})
    context = frame_of(instrument.code, _("Pratinjau")) | {
        "edition": edition,
        "title": words(instrument.title),
        "version": instrument.version,
        "heading": f"{domain.code}. {words(domain.title)}",
        "cards": [Card(item, nobody) for item in domain.items],
        "never_consider": words(instrument.never_consider),
        "stop_rule": words(instrument.stop_rule),
        "tabs": [
            {"label": one.code, "url": f"?domain={one.code}", "current": one is domain, "count": None}
            for one in instrument.domains
        ],
        "narratives": [words(narrative.label) for narrative in instrument.narratives],
        "is_last": domain is instrument.domains[-1],
    }
    return render_page(request, "assessments/instrument_preview.html", context)


@require_safe
def instrument_compare(request: HttpRequest, instrument: str) -> HttpResponse:
    """Two versions or drafts of one instrument; without a choice, the two newest."""
    policies.require_instrument_reader(staff(request))
    versions = [Edition(version) for version in versions_of(instrument)]
    drafts = InstrumentDraft.objects.filter(instrument=instrument, status=DraftStatus.OPEN)
    editions = [*(Edition(draft) for draft in drafts.select_related("author")), *versions]
    after = _chosen(editions, request.GET.get("to", "")) or editions[0]
    older = [edition for edition in versions if edition.key != after.key]
    before = _chosen(editions, request.GET.get("from", "")) or (older[0] if older else after)
    context = frame_of(instrument, _("Bandingkan")) | {
        "editions": editions,
        "before": before,
        "after": after,
        "broken": next((edition for edition in (before, after) if edition.instrument is None), None),
        "changes": changes_between(before.instrument, after.instrument),
    }
    return render_page(request, "assessments/instrument_compare.html", context)


def _chosen(editions: list[Edition], key: str) -> Edition | None:
    return next((edition for edition in editions if edition.key == key), None)


@asks_or_acts
def instrument_withdraw(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """Nothing takes its place; the page says what that means before it happens."""
    user = staff(request)
    policies.require_instrument_admin(user)
    row = version_of(instrument, version)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.withdraw_version(
                row, by=user, reason=form.cleaned_data["reason"], request_id=getattr(request, "request_id", "")
            )
        except TransitionError as refusal:
            form.add_error("reason" if refusal.problems else None, str(refusal.message))
            row, status = version_of(instrument, version), 409
        else:
            messages.success(request, _("%(instrument)s ditarik.") % {"instrument": row})
            return redirect(request, "assessments:instrument", instrument, version)
    context = frame_of(instrument, row.version) | {"row": row, "form": form, "is_published": row.is_published}
    return render_page(request, "assessments/instrument_withdraw.html", context, status=status)


@require_safe
def instrument_paper(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """The empty form for days without a computer; nothing of a person, so every colleague may have it."""
    row = version_of(instrument, version)
    language = request.GET.get("language", (get_language() or "id").split("-")[0])
    mode = request.GET.get("mode", "")
    if language not in paper.LANGUAGES or (mode and mode not in {one.code for one in row.parsed.modes}):
        raise Http404
    content = paper.blank_form(row, language=language, mode=mode or None)
    name = "-".join(part for part in ("formulir", instrument, row.version, mode, language) if part)
    return pdf_answer(content, f"{name}.pdf")
