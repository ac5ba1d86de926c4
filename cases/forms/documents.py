"""A document: its file, what it is, who reads it, and what it proves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases.enums import Section
from cases.enums.documents import READ_AS, DocumentKind
from cases.models import Document, LegalEvent, LegalStatus
from core import papers
from core.papers import Paper
from core.rendering import DateInput
from core.uploads import TooLargeFile

CHOOSE_AGAIN = _("Pilih berkasnya sekali lagi: pilihan berkas tidak ikut tersimpan.")


class PaperInput(forms.FileInput):
    """PDF or picture; the script says before sending that a file is too large (static/js/titian.js)."""

    def __init__(self) -> None:
        super().__init__({"accept": "application/pdf,image/jpeg,image/png"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"data-most": str(settings.UPLOAD_MAX_SIZE), "data-too-large": too_large()}
        return context


class PaperField(forms.FileField):
    """A file as it may be kept (core.papers), with a plain sentence where it may not."""

    widget = PaperInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": _("Pilih berkasnya."), "empty": _("Berkas ini kosong.")})
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Paper | None:  # type: ignore[override]
        if isinstance(data, TooLargeFile):
            raise forms.ValidationError(too_large(data.size))
        sent = super().to_python(data)
        if sent is None:
            return None
        sent.seek(0)  # a form that is joined with somebody else's change is read twice
        try:
            return papers.cleaned(sent.read())
        except papers.RefusedError as refusal:
            raise forms.ValidationError(refusal.message) from None


def too_large(size: int | None = None) -> str:
    most = filesizeformat(settings.UPLOAD_MAX_SIZE)
    if size is None:
        return str(_("Berkas ini terlalu besar. Paling besar %(most)s.") % {"most": most})
    return str(
        _("Berkas ini terlalu besar: %(size)s, paling besar %(most)s. Perkecil atau pilih berkas lain.")
        % {"size": filesizeformat(size), "most": most}
    )


class FormWithFile(forms.Form):
    """Whatever is wrong elsewhere, the browser forgets the file; the form says so beside it."""

    file_field = "file"

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self.ask_for_file_again()

    def ask_for_file_again(self) -> None:
        if isinstance(self.files.get(self.file_field), UploadedFile) and self.file_field not in self.errors:
            self.add_error(self.file_field, str(CHOOSE_AGAIN))


class ProvedForm(FormWithFile):
    """A form about something that a document proves: one of the case's, or a file uploaded here and now.

    Only documents that the person may read are offered, and a file only where that person may store one.
    """

    document = forms.ModelChoiceField(
        label=_("Dokumen dalam berkas ini"),
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("Belum ada"),
        error_messages={"invalid_choice": _("Pilih dokumen dari daftar ini.")},
    )
    file = PaperField(label=_("Atau unggah dokumennya"), required=False, help_text=_("PDF, atau foto JPEG atau PNG."))
    # The browser never shows a file again, so that two texts of it cannot be compared (core.conflict).
    not_stored = ("file",)
    replaced_by = {"document": "file"}

    def offer(self, documents: QuerySet[Document] | None, *, uploads: bool) -> None:
        """``documents`` None: what proves this is not for this person's eyes, who does not replace it either."""
        field = self.fields["document"]
        assert isinstance(field, forms.ModelChoiceField)
        if documents is not None:
            field.queryset = documents
            field.label_from_instance = document_label
        if documents is None or not documents.exists():
            del self.fields["document"]
            self.fields["file"].label = _("Dokumen")
        if documents is None or not uploads:
            del self.fields["file"]
        last = ("document", "file")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("document") and data.get("file") and "document" in self.changed_data:
            self.add_error("file", _("Pilih satu: dokumen yang sudah ada, atau berkas baru."))
        return data

    def proof(self, data: dict[str, Any]) -> dict[str, Any]:
        """The cleaned data with ``paper`` for the file, which wins over the document that stood there before."""
        data = dict(data)
        paper = data.pop("file", None)
        if paper is not None:
            data.pop("document", None)
            data["paper"] = paper
        return data


def document_label(document: Any) -> str:
    day = document.dated or timezone.localdate(document.created_at)
    return f"{document.shown_title}, {date_format(day, 'j M Y')} · {document.code}"


class VersionForm(FormWithFile):
    """A newer file, and what stands on it."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    file = PaperField(
        label=_("Berkas"), help_text=_("PDF, atau foto JPEG atau PNG. Data kamera dan lokasi pada foto dihapus.")
    )
    issued_by = forms.CharField(label=_("Penerbit"), required=False, max_length=160)
    document_no = forms.CharField(label=_("Nomor dokumen"), required=False, max_length=80)
    dated = forms.DateField(label=_("Tanggal dokumen"), required=False, widget=DateInput)
    expires = forms.DateField(
        label=_("Berlaku sampai"),
        required=False,
        widget=DateInput,
        help_text=_("Bila diisi, Titian mengingatkan 30 hari sebelumnya."),
    )

    def __init__(self, *args: Any, document: Document | None = None, **kwargs: Any) -> None:
        first: dict[str, Any] = {"client_id": uuid.uuid4()}
        if document is not None:
            first |= {name: getattr(document, name) for name in ("version", "issued_by", "document_no")}
        super().__init__(*args, initial=first | kwargs.pop("initial", {}), **kwargs)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()

    def clean_dated(self) -> Any:
        day = self.cleaned_data["dated"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Tanggal ini masih di masa depan."))
        return day

    def clean(self) -> dict[str, Any]:
        dated, expires = self.cleaned_data.get("dated"), self.cleaned_data.get("expires")
        if dated and expires and expires < dated:
            self.add_error("expires", _("Tanggal ini sebelum tanggal dokumen."))
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "file")}
        return data | {"paper": self.cleaned_data["file"]}


class DocumentForm(VersionForm):
    kind = forms.ChoiceField(
        label=_("Jenis dokumen"),
        choices=[("", _("Pilih jenis")), *DocumentKind.choices],
        error_messages={"required": _("Pilih jenis dokumennya.")},
    )
    title = forms.CharField(
        label=_("Judul"),
        required=False,
        max_length=160,
        help_text=_("Kosongkan bila jenisnya sudah cukup."),
        error_messages={
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )
    section = forms.ChoiceField(
        label=_("Siapa yang dapat membaca"),
        error_messages={"required": _("Pilih siapa yang dapat membaca.")},
    )
    proves = forms.ChoiceField(
        label=_("Bukti untuk"),
        required=False,
        help_text=_("Status atau peristiwa hukum yang belum punya dokumen."),
    )

    field_order = ("client_id", "version", "file", "kind", "title", "issued_by", "document_no", "dated", "expires")

    def __init__(self, *args: Any, sections: Iterable[Section], unproved: Unproved, **kwargs: Any) -> None:
        self.unproved = unproved
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.fields["section"].choices = [(section.value, READ_AS[section]) for section in sections]
        self.initial.setdefault("section", Section.DOCUMENTS.value)
        if unproved.rows:
            self.fields["proves"].choices = [("", _("Tidak ada")), *unproved.choices]
        else:
            del self.fields["proves"]

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        return data | {"proves": self.unproved.rows.get(str(data.pop("proves", "")))}


class Unproved:
    """Rows of the legal timeline without a document, by a word that a form sends: "event-12"."""

    def __init__(self, rows: Iterable[LegalStatus | LegalEvent]) -> None:
        self.rows = {f"{'status' if isinstance(row, LegalStatus) else 'event'}-{row.pk}": row for row in rows}

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(word, self._words(row)) for word, row in self.rows.items()]

    @staticmethod
    def _words(row: LegalStatus | LegalEvent) -> str:
        day = row.valid_from if isinstance(row, LegalStatus) else row.happened_on
        name = row.get_status_display() if isinstance(row, LegalStatus) else row.get_kind_display()
        return f"{name}, {date_format(day, 'j M Y')}"


class ProveForm(forms.Form):
    proves = forms.ChoiceField(
        label=_("Jadikan bukti untuk"),
        error_messages={"required": _("Pilih catatan hukumnya."), "invalid_choice": _("Pilih catatan hukumnya.")},
    )

    def __init__(self, *args: Any, unproved: Unproved, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unproved = unproved
        self.fields["proves"].choices = [("", _("Pilih catatan hukum")), *unproved.choices]

    @property
    def row(self) -> LegalStatus | LegalEvent:
        return self.unproved.rows[self.cleaned_data["proves"]]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Misalnya: milik orang lain, salah unggah."),
        error_messages={
            "required": _("Tulis alasannya."),
            "max_length": _("Terlalu panjang: %(show_value)d huruf, paling banyak %(limit_value)d."),
        },
    )
