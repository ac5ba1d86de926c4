import pytest
import structlog
from django.db import OperationalError
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.utils import translation

from core.views import server_error


@pytest.mark.parametrize("name", ["400.html", "500.html", "offline.html"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_fault_page_needs_no_context_and_no_database(name, language):
    with translation.override(language):
        html = get_template(name).render()
    assert f'<html lang="{language}">' in html
    assert "<h1" in html


def test_a_fault_of_ours_answers_500_with_the_code_for_the_help_desk():
    with structlog.contextvars.bound_contextvars(request_id="7f3a0924-aaaa-bbbb"):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "7F3A-0924" in response.content.decode()


def test_a_fault_without_a_request_id_shows_no_code():
    response = server_error(RequestFactory().get("/"))
    assert "Kode untuk petugas" not in response.content.decode()


def test_a_database_that_cannot_be_reached_answers_503_and_when_to_come_back():
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 503
    assert response["Retry-After"] == "120"
    assert "connection refused" not in response.content.decode()


def test_a_body_that_is_not_utf_8_answers_400(db):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies["titian_csrf"] = "a" * 32
    answer = browser.post("/accounts/login/", b"x=1", content_type="application/x-www-form-urlencoded; charset=utf-16")
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()
