"""One transaction, one actor: what holds inside, and that nothing of it is left outside."""

import pghistory
import pytest
from django.db import connection, transaction

from core.acting import acting_as
from core.models import Holiday


def setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('titian.staff_id', true)")
        return cursor.fetchone()[0]


def fail_halfway():
    """As staff member 7, until something breaks."""
    with acting_as(7):
        assert setting() == "7"
        Holiday.objects.create(day="2031-01-01", name="Setengah", kind="local")
        raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_all_or_nothing():
    with pytest.raises(RuntimeError):
        fail_halfway()
    assert not Holiday.objects.filter(name="Setengah").exists()
    assert setting() in (None, "")


@pytest.mark.django_db(transaction=True)
def test_the_setting_ends_with_a_transaction_that_failed():
    with pytest.raises(RuntimeError):
        fail_halfway()
    with transaction.atomic():
        assert setting() in (None, "")


@pytest.mark.django_db(transaction=True)
def test_one_after_the_other_never_share_an_actor():
    for staff_id in (3, 4):
        with acting_as(staff_id):
            assert setting() == str(staff_id)
    with acting_as(None):
        assert setting() == ""


@pytest.mark.django_db
def test_history_is_told_who_acts_and_why():
    with acting_as(7, reason="memuat ulang"), pghistory.context() as context:
        assert context.metadata == {"staff": 7, "reason": "memuat ulang"}
