"""What every page of a section begins with: the case, its frame, and the questions who may and why."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import Section
from cases.forms.documents import ProvedForm
from cases.frame import case_frame, moved_words
from cases.opening import open_section
from cases.policies.documents import documents_of, sections_to_read_as
from core.workflow import TransitionError


def open_page(request: HttpRequest, code: str, section: Section, page: Any = "", *, edit: bool = False) -> Any:
    """Case and frame of a page: 404 where nothing of the case is seen, 403 where section or edit is not theirs."""
    user: Staff = request.user
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, section, page)
    open_section(request, case, section)
    if edit and f"edit_{section.value}" not in frame["actions"]:
        if not case.is_open:
            raise TransitionError(_("Kasus ini sudah ditutup. Buka kembali dahulu."))
        if frame["former_until"]:
            raise PermissionDenied(moved_words(case))
        raise PermissionDenied(_("Yang dapat mengubah bagian ini: petugas kasus."))
    return case, frame


def if_editing(frame: dict[str, Any], url_name: str) -> str:
    """The address of an edit page, or nothing for those who only read."""
    case = frame["case"]
    return reverse(url_name, args=[case.code]) if f"edit_{frame['section'].value}" in frame["actions"] else ""


def offer_proof(
    form: ProvedForm, user: Staff, frame: dict[str, Any], section: Section, kept: int | None = None
) -> None:
    """Give ``form`` the documents that this person may read; ``kept`` is the one that proves the row already.

    ``section``: as which a file that is uploaded with the form is read.
    """
    readable = documents_of(user, frame["case"], frame["seen"]).standing()
    hidden = kept is not None and not readable.filter(pk=kept).exists()
    uploads = {Section.DOCUMENTS, section} <= set(sections_to_read_as(frame["rights"]))
    form.offer(None if hidden else readable.order_by("-created_at", "-pk"), uploads=uploads)
