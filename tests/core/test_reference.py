import datetime as dt

import pytest

from core.models import Holiday
from core.reference import SOURCE, load_holidays

pytestmark = pytest.mark.django_db


def test_every_day_of_the_file_stands_once_with_its_source():
    Holiday.objects.all().delete()
    read = load_holidays()
    assert Holiday.objects.count() == read > 100
    assert set(Holiday.objects.values_list("source", flat=True)) == {SOURCE}


def test_a_year_that_administrators_keep_stays_as_they_left_it():
    Holiday.objects.filter(day=dt.date(2026, 5, 1)).delete()
    Holiday.objects.filter(day=dt.date(2026, 1, 1)).update(name="Tahun Baru", source="SKB 2026")
    Holiday.objects.filter(day__year=2027).delete()
    load_holidays()
    assert not Holiday.objects.filter(day=dt.date(2026, 5, 1)).exists()
    assert Holiday.objects.get(day=dt.date(2026, 1, 1)).source == "SKB 2026"
    assert Holiday.objects.filter(day__year=2027).exists()


def test_holidays_reach_from_the_first_demo_quarter_to_after_today():
    years = set(Holiday.objects.values_list("day__year", flat=True))
    assert years >= {2024, 2025, 2026, 2027}
