"""How a file comes in: into memory and never onto the disk unsealed, and what is too large is let run past.

A request that is too large as a whole is refused unread (core.middleware). On the addresses that take a file it may
be larger, so that whoever chose the wrong file finds the rest of the form as it was, with a sentence beside the field.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., Any])


class TooLargeFile(InMemoryUploadedFile):
    """Stands for a file that was let run past: its size alone is known."""


class BoundedUploadHandler(FileUploadHandler):
    """Keeps ``UPLOAD_MAX_SIZE`` bytes of a file in memory; of a larger one nothing but the count."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept: BytesIO | None = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept is None:
            return
        if start + len(raw_data) > settings.UPLOAD_MAX_SIZE:
            self.kept = None
        else:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        kept = self.kept
        made = TooLargeFile if kept is None else InMemoryUploadedFile
        content = kept or BytesIO()
        content.seek(0)
        return made(
            content,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


def takes_files(view: View) -> View:
    """Decorator: this address reads requests up to ``UPLOAD_MAX_REQUEST``."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def most_bytes(path: str) -> int:
    """How large a request to ``path`` may be."""
    try:
        view = resolve(path).func
    except Resolver404:
        view = None
    return int(
        settings.UPLOAD_MAX_REQUEST if getattr(view, "takes_files", False) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )
