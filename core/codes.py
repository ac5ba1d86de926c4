"""Random public codes: what a URL or a letter shows instead of a name, a number or a sequence."""

import re
import secrets

# No 0/O, 1/I/L or U: codes are read aloud over bad telephone lines.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


_CODE = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def is_code(text: str) -> bool:
    """Whether ``text`` has the form of a code; nothing that a person typed by mistake does."""
    return _CODE.fullmatch(text) is not None


def as_written(typed: str) -> str:
    """A code as somebody types it from a letter (small letters, blanks, no dash) in the form in which it is stored."""
    letters = "".join(typed.upper().split()).replace("-", "")
    return f"{letters[:4]}-{letters[4:]}"


def new_code() -> str:
    """A code such as ``K7M4-29QX``: 30^8, about 6.6e11, equally likely values."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
