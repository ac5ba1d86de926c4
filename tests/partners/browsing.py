"""What the tests of the pages of partners type and open."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Staff
from partners.models import ServiceOffer
from tests.partners.conftest import NAME, House

SECRETS = (NAME, "Wening", "Prabaswara", "0812-0000-1111")


def browser(user: Staff) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def url_of(name: str, *args: str) -> str:
    return reverse(f"partners:{name}", args=args)


def form_data(house: House, **fields: Any) -> dict[str, Any]:
    return {
        "purpose": "Pendampingan usaha lele.",
        "support_needed": "Pembukuan sederhana",
        "urgency": "normal",
        "data_shared": ["name", "age_group", "support_needed"],
        "basis": "new",
        "given_by": NAME,
        "capacity": "self",
        "valid_until": house.until.isoformat(),
    } | fields


def new_url(house: House, offer: ServiceOffer | None = None) -> str:
    return f"{url_of('referral-new', house.case.code)}?offer={(offer or house.offer).code}"


def duty() -> dict[str, Any]:
    return {
        "purpose": "Pendampingan.",
        "support_needed": "Pembukuan",
        "data_shared": ["support_needed"],
        "basis": "kewenangan",
        "legal_reference": "UU 22/2022 Pasal 56",
    }
