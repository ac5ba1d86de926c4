import pytest
from django.urls import resolve, reverse

from config import signin
from reports.demo import staff


@pytest.fixture
def _demo(monkeypatch):
    view = resolve(reverse("account_login")).func
    monkeypatch.setitem(view.view_initkwargs, "extra_context", signin.extra_context(demo=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("_demo")
def test_a_demo_installation_offers_every_account_with_one_press(client):
    html = client.get(reverse("account_login")).content.decode()
    for account in signin.DEMO_ACCOUNTS:
        assert f'value="{account.username}"' in html
    assert "titian-demo" in html


@pytest.mark.django_db
def test_elsewhere_the_form_stands_alone_and_no_password_is_told(client):
    html = client.get(reverse("account_login")).content.decode()
    assert "<aside" not in html
    assert "titian-demo" not in html


def test_the_demo_makes_every_account_that_is_offered():
    """The sign-in page and the terminal (config.prepare) read one list; the demo data must hold all of it."""
    offered = {account.username for account in signin.DEMO_ACCOUNTS}
    assert offered <= {row[0] for row in staff.ACCOUNTS}
