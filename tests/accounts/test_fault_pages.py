"""A page for a refusal is a whole page: with the menu, its numbers, and nothing of what the refused view wrote."""

import pytest
from django.urls import reverse

from cases.models import Participant
from tests.cast import Cast
from tests.factories import make_case, make_task


@pytest.mark.parametrize("actor", [name for name in Cast.__dataclass_fields__ if name != "system"])
def test_a_missing_page_keeps_the_menu_of_whoever_asks(client, cast, actor):
    client.force_login(getattr(cast, actor))
    for path in ("/cases/AAAA-AAAA/", "/tidak/ada/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "t-side" in answer.content.decode()


def test_a_refused_page_keeps_the_menu_with_its_numbers(client, cast):
    case = make_case(cast.worker)
    make_task(case, assignee=cast.neighbour)
    client.force_login(cast.supervisor)
    answer = client.get(reverse("cases:note-new", args=[case.code]))
    assert answer.status_code == 403
    assert "t-side" in answer.content.decode()


def test_what_a_refused_view_wrote_is_undone(client, cast, monkeypatch):
    from django.core.exceptions import PermissionDenied

    def refuse(*args, **kwargs):
        Participant.objects.create(full_name="Setengah Jadi", sex="male", created_by=cast.worker)
        raise PermissionDenied

    monkeypatch.setattr("accounts.views.own.render_page", refuse)
    client.force_login(cast.worker)
    assert client.get(reverse("accounts:profile")).status_code == 403
    assert not Participant.objects.filter(full_name="Setengah Jadi").exists()
