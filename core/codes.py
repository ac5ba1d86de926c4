"""Random public codes: what a URL or a letter shows instead of a name, a number or a sequence."""

import secrets

# No 0/O, 1/I/L or U: codes are read aloud over bad telephone lines.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """A code such as ``K7M4-29QX``: 30^8, about 6.6e11, equally likely values."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
