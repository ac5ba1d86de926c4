"""A browser in words: its owner knows it again, and what is unknown stays as it was sent."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.device import in_words
from tests.accounts.test_second_factor import sign_in
from tests.cast import Cast

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = f"{MOZILLA} (Linux; Android 14; K) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (PHONE, "Chrome di Android"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge di Windows"),
        (f"{MOZILLA} (Linux; Android 14) {WEBKIT} SamsungBrowser/26.0 Chrome/122.0", "Samsung Internet di Android"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} CriOS/130.0", "Chrome di iPhone"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15) {WEBKIT} Version/17.5 Safari/605.1", "Safari di Mac"),
        (f"{MOZILLA} (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox di Linux"),
        ("Peramban kantor", "Peramban kantor"),
        ("", "Peramban tidak dikenal"),
    ],
)
def test_a_browser_is_told_in_words(sent: str, said: str) -> None:
    with override("id"):
        assert in_words(sent) == said


def test_the_page_of_devices_names_them(cast: Cast) -> None:
    client = Client(headers={"user-agent": PHONE})
    sign_in(client, cast.worker)
    page = client.get(reverse("accounts:sessions")).content.decode()
    assert "Chrome di Android" in page
    assert "Mozilla" not in page
