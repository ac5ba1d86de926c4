"""One key for all spellings of an Indonesian name, and different keys for different names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.folding import fold
from cases.models import CaseFile
from cases.models.casefile import named_like
from tests.cast import Cast
from tests.factories import make_case, make_person

SAME = [
    ["Muhammad", "Mohamad", "Mohammad", "Muhamad", "Moh.", "Moch.", "Muh.", "M.", "Md", "MUHAMMAD", "Mochammad"],
    ["Ahmad", "Achmad", "Akhmad", "Ahmed", "Ach."],
    ["Abdul Rahman", "Abdurrahman", "Abd. Rahman", "Abdulrahman", "Abdoel Rachman", "Abdurrachman"],
    ["Chusnul", "Husnul", "Khusnul"],
    ["Soeharto", "Suharto"],
    ["Djoko", "Joko"],
    ["Tjipto", "Cipto"],
    ["Siti Aminah", "Sitti Amina", "St. Aminah", "Hj. Siti Aminah"],
    ["Nur", "Noor", "Noer", "Nurul"],
    ["Syarifuddin", "Sarifudin", "Sjarifuddin", "Sharifuddin"],
    ["Yusuf", "Iusuf", "Yusuph"],
    ["Zaenal", "Jaenal"],
    ["Taufiq", "Taufik", "Taufick"],
    ["Ma'ruf", "Maruf", "Ma`ruf"],
    ["José", "Jose"],
    ["H. Drs. Imam Saputra", "Imam Saputra", "imam   saputra", "IMAM-SAPUTRA"],
    ["Vina", "Fina", "Phina"],
]
DIFFERENT = [
    ("Rizal Fauzan", "Rizal Fahmi"),
    ("Imam Saputra", "Imam Saputro"),
    ("Siti Aminah", "Siti Maimunah"),
    ("Hasan", "Husein"),
    ("Andi", "Budi"),
    ("Abdul Rahman", "Abdul Rahim"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_share_a_key(spellings: list[str]) -> None:
    assert {fold(spelling) for spelling in spellings} == {fold(spellings[0])}
    assert fold(spellings[0])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=200))
def test_any_text_gives_a_plain_key(text: str) -> None:
    key = fold(text)
    assert key == key.strip()
    assert "  " not in key
    assert "|" not in key
    assert "\x00" not in key


@pytest.mark.parametrize("nothing", ["", "   ", "...", "H.", "Drs.", "'"])
def test_titles_and_signs_alone_are_no_name(nothing: str) -> None:
    assert fold(nothing) == ""


def test_people_are_found_by_the_beginnings_of_their_words(cast: Cast) -> None:
    make_case(cast.worker, person=make_person(full_name="Muhammad Rizal Fauzan", aliases=["Abu Hanif"]))
    found = {
        typed: CaseFile.objects.filter(named_like(fold(typed).split())).count()
        for typed in ("Moh. Rizal", "Hanif", "Rizal Abu", "auzan", "Fau Muh", "Rizaldi")
    }
    assert found == {"Moh. Rizal": 1, "Hanif": 1, "Rizal Abu": 1, "auzan": 0, "Fau Muh": 1, "Rizaldi": 0}
