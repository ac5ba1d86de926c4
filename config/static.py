"""Static files: a list of single files from npm packages, and names with a hash in production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

NODE_MODULES = settings.BASE_DIR / "node_modules"


class _NpmStorage(FileSystemStorage):
    """Reads ``vendor/…`` names from where npm put the files; everything else in the packages stays unserved."""

    def __init__(self) -> None:
        super().__init__(location=NODE_MODULES)

    def path(self, name: str) -> str:
        return str(NODE_MODULES / settings.NPM_FILES[name])


class NpmFinder(BaseFinder):
    """Publishes exactly settings.NPM_FILES: whole package folders would break the hashed storage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = _NpmStorage()

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        missing = [source for source in settings.NPM_FILES.values() if not (NODE_MODULES / source).is_file()]
        if not missing:
            return []
        return [Error(f"Not in node_modules: {', '.join(missing)}", hint="Run `make setup`.", id="titian.E001")]

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        found = NODE_MODULES / settings.NPM_FILES[path] if path in settings.NPM_FILES else None
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name, source in settings.NPM_FILES.items():
            if (NODE_MODULES / source).is_file():
                yield name, self.storage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Names with a hash, kept for ever by browsers. Source maps are not shipped: references to them stay."""

    patterns = tuple(
        (extension, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )
