"""Second factors for tests: a phone with the code app, and its codes."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp

from accounts.models import Staff

# The half minute in which these tests take place; no test depends on the clock.
NOW = 60_000_000


@pytest.fixture(autouse=True)
def stopped_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes stay what they are, however long a test takes."""
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter((NOW - 1, NOW, NOW + 1)))


class Phone:
    """The code app of one person."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, step: int = 0) -> str:
        """What the app shows now, or ``step`` half minutes from now."""
        return totp.format_hotp_value(totp.hotp_value(self.secret, NOW + step))


def give_phone(staff: Staff) -> Phone:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(staff, secret)
    return Phone(secret)
