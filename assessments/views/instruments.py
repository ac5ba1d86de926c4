"""The instruments as data admins keep them: versions, drafts, what differs between two, publishing, withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import paper, policies, workflow
from assessments.catalogue import Instrument, to_yaml
from assessments.enums import DraftStatus, InstrumentCode, Mode, VersionStatus
from assessments.forms import DraftForm, PublishForm, WithdrawForm, words
from assessments.models import Assessment, InstrumentDraft, InstrumentVersion
from assessments.outline import ChapterChange, FactChange, Part, compare, outline
from assessments.progress import Progress
from assessments.vetting import Vetted, vet
from assessments.views.card import Card
from assessments.views.parts import staff
from cases.views.rights import pdf_answer
from core.conflict import marked
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
# Below this a number of assessments is not told: few are near to saying whose (as in reports).
FEW = 10
DRAFT_PREFIX = "draf-"


# ---- finding --------------------------------------------------------------------------------------------------------


def _versions(instrument: str) -> list[InstrumentVersion]:
    """Newest first; 404 for an instrument that there is not."""
    if instrument not in InstrumentCode.values:
        raise Http404
    return list(InstrumentVersion.objects.filter(instrument=instrument).select_related(*PEOPLE).order_by("-pk"))


PEOPLE = ("author", "published_by", "withdrawn_by")


def _version(instrument: str, number: str) -> InstrumentVersion:
    return get_object_or_404(InstrumentVersion.objects.select_related(*PEOPLE), instrument=instrument, version=number)


def _draft(code: str) -> InstrumentDraft:
    rows = InstrumentDraft.objects.select_related("author", "closed_by", "based_on", "became")
    return get_object_or_404(rows, code=code)


def _current(instrument: str) -> InstrumentVersion | None:
    return InstrumentVersion.objects.filter(instrument=instrument, status=VersionStatus.PUBLISHED).first()


@dataclass(frozen=True)
class Edition:
    """A version or a draft: one that can be read, printed and compared."""

    row: InstrumentVersion | InstrumentDraft

    @property
    def key(self) -> str:
        """Names it in an address: `1.0.0`, `draf-K7M4-29QX`."""
        return f"{DRAFT_PREFIX}{self.row.code}" if isinstance(self.row, InstrumentDraft) else self.row.version

    @property
    def name(self) -> str:
        if isinstance(self.row, InstrumentDraft):
            number = self.instrument.version if self.instrument else "?"
            return _("Draf %(version)s, %(author)s") % {"version": number, "author": self.row.author.full_name}
        return f"{self.row.version} ({self.row.get_status_display().lower()})"

    @property
    def url(self) -> str:
        if isinstance(self.row, InstrumentDraft):
            return reverse("assessments:draft", args=[self.row.code])
        return reverse("assessments:instrument", args=[self.row.instrument, self.row.version])

    @cached_property
    def vetted(self) -> Vetted:
        if isinstance(self.row, InstrumentDraft):
            return vet(self.row.source, self.row.instrument)
        return Vetted(self.row.parsed)

    @property
    def instrument(self) -> Instrument | None:
        return self.vetted.instrument


def _source_of(row: InstrumentVersion | InstrumentDraft) -> str:
    """The text as its author wrote it, comments included; of the project's own files, written out again."""
    if isinstance(row, InstrumentDraft):
        return row.source
    draft = InstrumentDraft.objects.filter(became=row).first()
    return draft.source if draft is not None else to_yaml(row.parsed)


# ---- reading --------------------------------------------------------------------------------------------------------


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """The three instruments with every version, and the drafts that are open."""
    policies.require_instrument_reader(staff(request))
    versions = list(InstrumentVersion.objects.select_related(*PEOPLE).order_by("-pk").defer("definition"))
    uses = policies.uses_of(versions)
    drafts = list(InstrumentDraft.objects.filter(status=DraftStatus.OPEN).select_related("author"))
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
                "drafts": [_draft_row(draft) for draft in drafts if draft.instrument == code],
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


def _draft_row(draft: InstrumentDraft) -> dict[str, Any]:
    vetted = vet(draft.source, draft.instrument)
    return {"draft": draft, "number": vetted.instrument.version if vetted.instrument else "", "wrong": vetted.problems}


@require_safe
def instrument_detail(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """One version, whole: what it asks, and its rules in plain words."""
    policies.require_instrument_reader(staff(request))
    row = _version(instrument, version)
    is_admin = policies.is_instrument_admin(staff(request))
    others = [one for one in _versions(instrument) if one.pk != row.pk]
    context = _frame(instrument, row.version) | {
        "row": row,
        "title": words(row.parsed.title),
        "uses": _uses(policies.uses_of([row]).get(row.pk, 0)),
        "chapters": _told(row.parsed),
        "other": others[0] if others else None,
        "modes": [{"code": mode.code, "label": Mode(mode.code).label} for mode in row.parsed.modes],
        "may_draft": is_admin,
        "may_withdraw": is_admin and row.is_published,
        "draft": InstrumentDraft.objects.filter(became=row).first(),
    }
    return render_page(request, "assessments/instrument_detail.html", context)


def _frame(instrument: str, here: str) -> dict[str, Any]:
    return {"instrument_code": instrument, "here": here, "list_url": reverse("assessments:instruments")}


def _told(instrument: Instrument) -> list[dict[str, Any]]:
    return [
        {
            "key": chapter.key,
            "title": words(chapter.title),
            "parts": [
                {
                    **_name(part),
                    "facts": [(words(fact.label), words(fact.value)) for fact in part.facts],
                }
                for part in chapter.parts
            ],
        }
        for chapter in outline(instrument)
        if chapter.parts
    ]


def _name(part: Part) -> dict[str, str]:
    """What a part is called: `A1` stands before its words, a longer code of the rules after them."""
    is_short = len(part.code) < 5
    return {
        "code": part.code if is_short else "",
        "title": words(part.title),
        "long_code": "" if is_short else part.code,
    }


@require_safe
def instrument_preview(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    policies.require_instrument_reader(staff(request))
    return _preview(request, Edition(_version(instrument, version)))


@require_safe
def draft_preview(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_instrument_reader(staff(request))
    return _preview(request, Edition(_draft(code)))


def _preview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The form as a rater would see it, of nobody: what is chosen here goes nowhere."""
    instrument = edition.instrument
    if instrument is None:  # a draft with faults, which its page names
        return redirect(request, edition.url)
    asked = request.GET.get("domain", "")
    domain = next((one for one in instrument.domains if one.code == asked), instrument.domains[0])
    nobody = Progress(Assessment(), instrument, None, {}, None, {})
    context = _frame(instrument.code, _("Pratinjau")) | {
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
    versions = [Edition(version) for version in _versions(instrument)]
    drafts = InstrumentDraft.objects.filter(instrument=instrument).exclude(status=DraftStatus.PUBLISHED)
    editions = [*(Edition(draft) for draft in drafts.select_related("author")), *versions]
    after = _chosen(editions, request.GET.get("to", "")) or editions[0]
    older = [edition for edition in versions if edition.key != after.key]
    before = _chosen(editions, request.GET.get("from", "")) or (older[0] if older else after)
    context = _frame(instrument, _("Bandingkan")) | {
        "editions": editions,
        "before": before,
        "after": after,
        "broken": next((edition for edition in (before, after) if edition.instrument is None), None),
        "changes": _changes(before.instrument, after.instrument),
    }
    return render_page(request, "assessments/instrument_compare.html", context)


def _chosen(editions: list[Edition], key: str) -> Edition | None:
    return next((edition for edition in editions if edition.key == key), None)


def _changes(before: Instrument | None, after: Instrument | None) -> list[dict[str, Any]]:
    if before is None or after is None:
        return []
    return [_chapter_row(change) for change in compare(before, after)]


KINDS = {"added": ("done", "plus"), "removed": ("due", "minus"), "changed": ("soon", "")}


def _chapter_row(change: ChapterChange) -> dict[str, Any]:
    labels = {"added": _("baru"), "removed": _("dihapus"), "changed": _("berubah")}
    return {
        "key": change.chapter.key,
        "title": words(change.chapter.title),
        "kind": labels[change.kind] if change.kind != "changed" else "",
        "parts": [
            {
                **_name(part.part),
                "kind": labels[part.kind],
                "chip": KINDS[part.kind][0],
                "rows": [row for fact in part.facts for row in _fact_rows(fact)],
            }
            for part in change.parts
        ],
    }


def _fact_rows(fact: FactChange) -> list[dict[str, Any]]:
    """One row, or one for each language where the two say it in words of their own."""
    values = [value for value in (fact.before, fact.after) if value is not None]
    if all(value.id == value.en for value in values):
        return [_fact_row(fact, "id", "")]
    own = (get_language() or "id").split("-")[0]
    return [_fact_row(fact, code, code.upper()) for code in sorted(fact.languages, key=lambda code: code != own)]


def _fact_row(fact: FactChange, language: str, tag: str) -> dict[str, str | SafeString]:
    before = fact.before.to(language) if fact.before else ""
    after = fact.after.to(language) if fact.after else ""
    return {
        "label": words(fact.label),
        "language": tag,
        "before": before,
        "after": marked(after, before) if before and after else after,
    }


# ---- drafts ---------------------------------------------------------------------------------------------------------


@asks_or_acts
def draft_new(request: HttpRequest, instrument: str) -> HttpResponse:
    """Begin with the text of a version or of another draft; pasting over it is as good."""
    user = staff(request)
    policies.require_instrument_admin(user)
    versions = _versions(instrument)
    asked = request.GET.get("from", "")
    if asked.startswith(DRAFT_PREFIX):
        copied = _draft(asked.removeprefix(DRAFT_PREFIX))
        if copied.instrument != instrument:
            raise Http404
        based_on, source = copied.based_on, copied.source
    else:
        named = next((version for version in versions if version.version == asked), None)
        based_on = named or next((version for version in versions if version.is_published), None) or versions[0]
        source = _source_of(based_on)
    form = DraftForm(request.POST if request.method == "POST" else None, initial={"source": source})
    if form.is_bound and form.is_valid():
        draft = workflow.begin_draft(
            InstrumentCode(instrument),
            by=user,
            based_on=based_on,
            request_id=getattr(request, "request_id", ""),
            **form.cleaned_data,
        )
        messages.success(request, _saved(draft))
        return redirect(request, "assessments:draft", draft.code)
    context = _frame(instrument, _("Draf baru")) | {
        "form": form,
        "title": _("Draf baru %(instrument)s") % {"instrument": instrument},
        "based_on": based_on,
        "back": reverse("assessments:instruments"),
    }
    return render_page(request, "assessments/draft_form.html", context, status=422 if form.is_bound else 200)


def _saved(draft: InstrumentDraft) -> str:
    if vet(draft.source, draft.instrument).instrument is None:
        return _("Draf tersimpan. Isinya belum benar: lihat di bawah.")
    return _("Draf tersimpan. Isinya dapat dibaca.")


@asks_or_acts
def draft_edit(request: HttpRequest, code: str) -> HttpResponse:
    draft = _draft(code)
    policies.require_author(staff(request), draft)
    back = reverse("assessments:draft", args=[draft.code])
    context = _frame(draft.instrument, draft.code) | {
        "title": _("Ubah draf %(instrument)s") % {"instrument": draft.instrument},
        "based_on": draft.based_on,
        "back": back,
        "problems": _problems(draft)[:12],
    }

    def form_of(data: Any, row: InstrumentDraft) -> DraftForm:
        return DraftForm(data, initial={"source": row.source, "summary": row.summary})

    def save(form: Any, version: int) -> object:
        return workflow.edit_draft(
            draft,
            by=staff(request),
            version=version,
            request_id=getattr(request, "request_id", ""),
            **form.cleaned_data,
        )

    place = Place(
        "assessments/draft_form.html", back, _("Draf tersimpan."), context, parent=f"{draft.instrument} {draft.code}"
    )
    return edit_page(request, draft, form_of=form_of, save=save, place=place)


def _problems(draft: InstrumentDraft) -> list[dict[str, Any]]:
    """What is wrong, with its line and what stands there."""
    lines = draft.source.split("\n")
    rows = []
    for problem in vet(draft.source, draft.instrument).problems:
        line = problem.line if problem.line is not None and 0 < problem.line <= len(lines) else None
        rows.append(
            {
                "line": line,
                "place": _("Baris %(line)s") % {"line": line} if line else _("Seluruh isi"),
                "path": problem.path,
                "message": problem.message,
                "text": lines[line - 1].strip() if line else "",
            }
        )
    return sorted(rows, key=lambda row: row["line"] or 0)


@require_safe
def draft_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as it stands: its faults each beside its line, or what it would change."""
    user = staff(request)
    policies.require_instrument_reader(user)
    draft = _draft(code)
    problems = _problems(draft)
    told: dict[int, list[dict[str, Any]]] = {}
    for problem in problems:
        told.setdefault(problem["line"] or 0, []).append(problem)
    current = _current(draft.instrument)
    against = (draft.became and draft.based_on) or current or draft.based_on
    vetted = vet(draft.source, draft.instrument)
    is_admin = policies.is_instrument_admin(user)
    context = _frame(draft.instrument, draft.code) | {
        "draft": draft,
        "number": vetted.instrument.version if vetted.instrument else "",
        "problems": problems,
        "lines": [
            {"number": number, "text": text, "problems": told.get(number, [])}
            for number, text in enumerate(draft.source.split("\n"), start=1)
        ],
        "against": against,
        "changes": _changes(against.parsed if against else None, vetted.instrument),
        # A version was published since this was begun: what that changed would be undone.
        "is_behind": draft.is_open and current is not None and draft.based_on_id not in (None, current.pk),
        "current": current,
        "may_edit": draft.is_open and is_admin and draft.author_id == user.pk,
        "may_publish": draft.is_open and is_admin and draft.author_id != user.pk and vetted.instrument is not None,
        "may_discard": draft.is_open and is_admin,
        "may_copy": is_admin,
        "waits": draft.is_open and draft.author_id == user.pk and vetted.instrument is not None,
    }
    return render_page(request, "assessments/draft_detail.html", context)


@require_POST
def draft_discard(request: HttpRequest, code: str) -> HttpResponse:
    """A second tap is refused, with what the draft has become."""
    policies.require_instrument_admin(staff(request))
    draft = _draft(code)
    try:
        workflow.discard_draft(draft, by=staff(request), request_id=getattr(request, "request_id", ""))
    except TransitionError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(request, "assessments:draft", draft.code)
    messages.success(request, _("Draf dibuang. Isinya masih dapat dibaca."))
    return redirect(request, "assessments:instruments")


@asks_or_acts
def draft_publish(request: HttpRequest, code: str) -> HttpResponse:
    """By another admin than the author, who has what would change before the eyes."""
    user = staff(request)
    policies.require_instrument_admin(user)
    draft = _draft(code)
    if draft.became is not None:  # a second tap
        return redirect(request, "assessments:instrument", draft.instrument, draft.became.version)
    policies.require_publisher(user, draft)
    form = PublishForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["replaces"]
        try:
            version = workflow.publish_draft(
                draft,
                by=user,
                version=form.cleaned_data["version"],
                replaces=InstrumentVersion.objects.filter(instrument=draft.instrument, version=asked).first(),
                reason=form.cleaned_data["reason"],
                request_id=getattr(request, "request_id", ""),
            )
        except TransitionError as refusal:
            form.add_error("reason" if refusal.problems else None, str(refusal.message))
            draft, status = _draft(code), 409
            if draft.became is not None:
                messages.success(request, _("%(instrument)s sudah terbit.") % {"instrument": draft.became})
                return redirect(request, "assessments:instrument", draft.instrument, draft.became.version)
        else:
            messages.success(request, _("%(instrument)s terbit dan berlaku sekarang.") % {"instrument": version})
            return redirect(request, "assessments:instrument", version.instrument, version.version)
    current = _current(draft.instrument)
    vetted = vet(draft.source, draft.instrument)
    context = _frame(draft.instrument, _("Terbitkan")) | {
        "draft": draft,
        "form": form,
        "current": current,
        "number": vetted.instrument.version if vetted.instrument else "",
        "problems": _problems(draft),
        "changes": _changes(current.parsed if current else None, vetted.instrument),
        "is_behind": current is not None and draft.based_on_id not in (None, current.pk),
        "is_open": draft.is_open,
    }
    return render_page(request, "assessments/draft_publish.html", context, status=status)


# ---- withdrawing ----------------------------------------------------------------------------------------------------


@asks_or_acts
def instrument_withdraw(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """Nothing takes its place; the page says what that means before it happens."""
    user = staff(request)
    policies.require_instrument_admin(user)
    row = _version(instrument, version)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            workflow.withdraw_version(
                row, by=user, reason=form.cleaned_data["reason"], request_id=getattr(request, "request_id", "")
            )
        except TransitionError as refusal:
            form.add_error("reason" if refusal.problems else None, str(refusal.message))
            row, status = _version(instrument, version), 409
        else:
            messages.success(request, _("%(instrument)s ditarik.") % {"instrument": row})
            return redirect(request, "assessments:instrument", instrument, version)
    context = _frame(instrument, row.version) | {"row": row, "form": form, "is_published": row.is_published}
    return render_page(request, "assessments/instrument_withdraw.html", context, status=status)


# ---- paper ----------------------------------------------------------------------------------------------------------


@require_safe
def instrument_paper(request: HttpRequest, instrument: str, version: str) -> HttpResponse:
    """The empty form for days without a computer; nothing of a person, so every colleague may have it."""
    row = _version(instrument, version)
    language = request.GET.get("language", (get_language() or "id").split("-")[0])
    mode = request.GET.get("mode", "")
    if language not in paper.LANGUAGES or (mode and mode not in {one.code for one in row.parsed.modes}):
        raise Http404
    content = paper.blank_form(row, language=language, mode=mode or None)
    name = "-".join(part for part in ("formulir", instrument, row.version, mode, language) if part)
    return pdf_answer(content, f"{name}.pdf")
