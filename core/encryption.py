"""Encryption of single values: AES-256-GCM under a ring of keys from the environment.

A ciphertext is one byte with the number of its key, twelve random bytes, and the sealed text; it is bound to what
``bound_to`` names (a column and a row), so that copied into another row it no longer opens. The first key of the ring
seals, all of them open: put a new one in front, rewrite the rows, then take the old one away (docs/operations.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


class UnreadableError(ValueError):
    """Sealed with a key that is not in the ring, bound to something else, or tampered with."""


def encrypt(text: str, bound_to: str) -> bytes:
    """``text`` sealed with the first key of the ring."""
    return encrypt_bytes(text.encode(), bound_to)


def encrypt_bytes(content: bytes, bound_to: str) -> bytes:
    """As ``encrypt``, for the content of a file."""
    number, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    return bytes([number]) + nonce + AESGCM(key).encrypt(nonce, content, bound_to.encode())


def decrypt(sealed: bytes, bound_to: str) -> str:
    """What was sealed for ``bound_to``; UnreadableError where it is not for us."""
    return decrypt_bytes(sealed, bound_to).decode()


def decrypt_bytes(sealed: bytes, bound_to: str) -> bytes:
    sealed = bytes(sealed)
    key = settings.FIELD_KEYS.get(sealed[0]) if len(sealed) > NONCE else None
    if key is None:
        raise UnreadableError("no such key in the ring")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], bound_to.encode())
    except InvalidTag:
        raise UnreadableError("bound to something else, or changed") from None


def encrypt_text(text: str, bound_to: str) -> str:
    """As ``encrypt``, for places that hold text."""
    return base64.urlsafe_b64encode(encrypt(text, bound_to)).decode()


def decrypt_text(sealed: str, bound_to: str) -> str:
    try:
        raw = base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
    except ValueError:
        raise UnreadableError("not a sealed text") from None
    return decrypt(raw, bound_to)


def is_current(sealed: bytes) -> bool:
    """Sealed with the key that seals now; a rotation rewrites the others."""
    return bool(sealed) and bytes(sealed)[0] == next(iter(settings.FIELD_KEYS))


def blind_index(text: str, of: str) -> str:
    """Sixty-four hex digits by which a sealed ``text`` of the column ``of`` is found again, and nothing is read.

    Keyed, because there are so few numbers of residents that whoever steals a dump could try them all.
    """
    return hmac.new(settings.INDEX_KEY, f"{of}:{text}".encode(), hashlib.sha256).hexdigest()


class SealedText:
    """A text of a row, kept sealed in a binary column (``<name>_sealed`` unless told), bound to the row's ``uid``.

    Plain text exists only where the attribute is read; queries, history tables and dumps hold the ciphertext.
    """

    def __init__(self, column: str = "") -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = self.column or f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = bytes(getattr(row, self.column) or b"")
        return decrypt(sealed, self._place_of(row)) if sealed else ""

    def __set__(self, row: Any, text: str) -> None:
        setattr(row, self.column, encrypt(text, self._place_of(row)) if text else b"")

    def _place_of(self, row: Any) -> str:
        return f"{row._meta.db_table}.{self.column}:{row.uid}"
