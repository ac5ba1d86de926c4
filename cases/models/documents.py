"""Documents of a case: what they are, every version of the file, and its first pages as pictures."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.enums import Section
from cases.enums.documents import READ_AS, DocumentKind, MediaKind, PreviewState
from cases.models.casefile import CaseFile
from core.models import Coded, Job, Timestamped, Versioned, tracked

# From so long before its last day a document is marked, and its renewal is somebody's task.
EXPIRES_SOON = dt.timedelta(days=30)


def of_same_case(name: str) -> pgtrigger.Trigger:
    """The database's own word that a row is proved by a document of its own case."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("document_id", "case_id"),
        when=pgtrigger.Before,
        func="""
            IF NEW.document_id IS NOT NULL AND (OLD.document_id, OLD.case_id) IS DISTINCT FROM
                    (NEW.document_id, NEW.case_id) AND NOT EXISTS (
                SELECT FROM cases_document WHERE id = NEW.document_id AND case_id = NEW.case_id
            ) THEN
                RAISE EXCEPTION 'document of another case' USING ERRCODE = 'foreign_key_violation';
            END IF;
            RETURN NEW;
        """,
    )


class DocumentQuerySet(models.QuerySet["Document"]):
    def standing(self) -> DocumentQuerySet:
        return self.filter(withdrawn_at=None)


@tracked()
class Document(Coded, Versioned, Timestamped):
    case = models.ForeignKey(
        CaseFile,
        on_delete=models.PROTECT,  # only the retention job destroys
        related_name="documents",
    )
    kind = models.CharField(_("jenis"), max_length=20, choices=DocumentKind)
    title = models.CharField(_("judul"), max_length=160, blank=True)
    issued_by = models.CharField(_("penerbit"), max_length=160, blank=True)
    document_no = models.CharField(_("nomor"), max_length=80, blank=True)
    dated = models.DateField(_("tanggal dokumen"), null=True, blank=True)
    expires = models.DateField(_("berlaku sampai"), null=True, blank=True)
    # Read by those who see the documents and this section: a psychologist's report hides from everybody else.
    section = models.CharField(
        _("dibaca oleh"), max_length=12, choices=[(key.value, words) for key, words in READ_AS.items()]
    )
    withdrawn_at = models.DateTimeField(_("ditarik"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # who took it back stays on record
        related_name="+",
        verbose_name=_("ditarik oleh"),
    )
    withdraw_reason = models.CharField(_("alasan penarikan"), max_length=300, blank=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("dokumen")
        verbose_name_plural = _("dokumen")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdraw_reason="")
                | Q(Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False), ~Q(withdraw_reason="")),
                name="document_withdrawn_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires=None) | Q(dated=None) | Q(expires__gte=models.F("dated")),
                name="document_expires_after_its_date",
            ),
            models.CheckConstraint(
                condition=Q(section__in=[section.value for section in READ_AS]),
                name="document_read_as_a_known_section",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-created_at", "-id"], name="document_of_case"),
            models.Index(fields=["expires"], condition=Q(expires__isnull=False), name="document_expires"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def shown_title(self) -> str | Promise:
        return self.title or self.get_kind_display()

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_restricted(self) -> bool:
        return self.section != Section.DOCUMENTS


@tracked()
class DocumentFile(models.Model):
    """One version of a document's file. A newer one replaces it in sight; nothing replaces it on record."""

    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,  # an old version stays readable
        related_name="files",
    )
    number = models.PositiveSmallIntegerField(_("versi"))
    # Made when the form opens: the same file sent twice is stored once.
    client_id = models.UUIDField(unique=True, editable=False)
    # The sealed file is bound to it.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(max_length=100, editable=False)
    media = models.CharField(_("bentuk"), max_length=4, choices=MediaKind)
    size = models.PositiveIntegerField(_("ukuran"))
    pages = models.PositiveSmallIntegerField(_("halaman"), default=1)
    sha256 = models.CharField(max_length=64)
    # Of what was sent: a picture is kept without its camera's notes, and is known again all the same.
    sent_sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,  # who put it there
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("diunggah"), default=timezone.now)
    preview = models.CharField(max_length=8, choices=PreviewState, default=PreviewState.WAITING)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("versi dokumen")
        verbose_name_plural = _("versi dokumen")
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_file_per_version")]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"

    @property
    def seal(self) -> str:
        """What the sealed file is bound to."""
        return f"cases_documentfile.file:{self.uid}"

    @property
    def is_being_drawn(self) -> bool:
        return self.preview == PreviewState.WAITING


class DocumentPage(models.Model):
    """A page as a picture: the content policy lets nothing else be looked at inside Titian."""

    of_file = models.ForeignKey(DocumentFile, on_delete=models.CASCADE, related_name="drawn_pages")
    number = models.PositiveSmallIntegerField()
    image = models.FileField(max_length=100, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of_file", "number"], name="one_picture_per_page")]

    def __str__(self) -> str:
        return f"{self.of_file_id}: {self.number}"

    @property
    def seal(self) -> str:
        return f"cases_documentpage.image:{self.of_file_id}:{self.number}"
