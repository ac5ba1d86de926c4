import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import engines
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from core import htmx

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def pages(settings, tmp_path):
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "sample_list.html").write_text('<html>{% include "samples/_results.html" %}</html>')
    (folder / "_results.html").write_text('<ul id="results">{{ rows }}</ul>')
    (folder / "_other.html").write_text("other")
    for backend in engines.all():
        loaders = backend.engine.template_loaders
        for loader in loaders:
            loader.reset()
    dirs = engines["django"].engine.dirs
    dirs.insert(0, tmp_path)
    yield
    dirs.remove(tmp_path)
    for loader in engines["django"].engine.template_loaders:
        loader.reset()


def ask(**headers):
    request = RequestFactory().get("/samples/", **headers)
    request.htmx = HtmxDetails(request)
    request._messages = CookieStorage(request)
    return request


@pytest.mark.usefixtures("pages")
class TestRenderPage:
    def render(self, request, **kwargs):
        return htmx.render_page(request, "samples/sample_list.html", {"rows": "satu"}, **kwargs)

    def test_a_plain_request_gets_the_whole_page(self):
        assert self.render(ask(), fragment="results").content == b'<html><ul id="results">satu</ul></html>'

    def test_htmx_gets_the_fragment_beside_the_page(self):
        assert self.render(ask(**HTMX), fragment="results").content == b'<ul id="results">satu</ul>'

    def test_a_fragment_may_be_named_by_its_whole_path(self):
        assert self.render(ask(**HTMX), fragment="samples/_other.html").content == b"other"

    def test_a_boosted_link_and_a_restored_history_entry_get_the_whole_page(self):
        for header in ("HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST"):
            response = self.render(ask(**HTMX, **{header: "true"}), fragment="results")
            assert response.content.startswith(b"<html>")

    def test_a_page_without_a_fragment_is_always_whole(self):
        assert self.render(ask(**HTMX)).content.startswith(b"<html>")

    def test_caches_are_told_that_the_answer_depends_on_htmx(self):
        for request in (ask(), ask(**HTMX)):
            assert "HX-Request" in self.render(request, fragment="results")["Vary"]

    def test_the_status_is_the_one_given(self):
        assert self.render(ask(**HTMX), fragment="results", status=422).status_code == 422

    def test_messages_travel_with_a_fragment_out_of_band_once(self):
        request = ask(**HTMX)
        messages.success(request, "Tersimpan.")
        html = self.render(request, fragment="results").content.decode()
        assert 'id="messages"' in html
        assert "hx-swap-oob" in html
        assert html.count("Tersimpan.") == 1

    def test_a_fragment_without_messages_is_only_itself(self):
        assert b"messages" not in self.render(ask(**HTMX), fragment="results").content


def test_a_redirect_is_a_302_for_the_browser_and_a_header_for_htmx():
    plain = htmx.redirect(ask(), "/next/")
    assert (plain.status_code, plain["Location"]) == (302, "/next/")
    part = htmx.redirect(ask(**HTMX), "/next/")
    assert (part.status_code, part["HX-Redirect"]) == (200, "/next/")


def test_without_the_middleware_a_request_counts_as_plain():
    assert not htmx.wants_fragment(RequestFactory().get("/", **HTMX))
