import re
import secrets

import pytest

from core.codes import ALPHABET, as_written, new_code


def test_a_code_is_two_groups_of_four_that_can_be_read_aloud():
    for _number in range(200):
        assert re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", new_code())


def test_letters_that_sound_or_look_alike_are_left_out():
    assert not set("01OILU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 30


def test_every_sign_is_drawn_by_itself_from_the_secure_source(monkeypatch):
    drawn = iter("K7M429QX")
    monkeypatch.setattr(secrets, "choice", lambda alphabet: next(drawn))
    assert new_code() == "K7M4-29QX"


def test_codes_do_not_repeat():
    assert len({new_code() for _number in range(5_000)}) == 5_000


@pytest.mark.parametrize("typed", ["K7M4-29QX", "k7m4-29qx", " k7m4 29qx ", "K7M429QX", "k7m4 - 29qx"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert as_written(typed) == "K7M4-29QX"
