"""Values sealed with a ring of keys: bound to their place, and readable while keys change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encryption import UnreadableError, decrypt, decrypt_text, encrypt, encrypt_text, is_current

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(), st.text())
def test_what_was_sealed_opens_in_its_place(text, place):
    assert decrypt(encrypt(text, place), place) == text
    assert decrypt_text(encrypt_text(text, place), place) == text


def test_the_same_text_is_never_sealed_twice_alike():
    assert encrypt("3507010101900001", "a") != encrypt("3507010101900001", "a")


def test_moved_to_another_row_it_opens_no_more():
    with pytest.raises(UnreadableError):
        decrypt(encrypt("3507010101900001", "participant.nik:1"), "participant.nik:2")


@pytest.mark.parametrize("place", range(5))
def test_a_changed_byte_is_noticed(place):
    sealed = bytearray(encrypt("rahasia", "a"))
    sealed[-1 - place] ^= 1
    with pytest.raises(UnreadableError):
        decrypt(bytes(sealed), "a")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x63" + b"x" * 40])
def test_what_nobody_sealed_is_refused(sealed):
    with pytest.raises(UnreadableError):
        decrypt(sealed, "a")


@pytest.mark.parametrize("sealed", ["", "!!!", "é", "c2hvcnQ="])
def test_text_that_nobody_sealed_is_refused(sealed):
    with pytest.raises(UnreadableError):
        decrypt_text(sealed, "a")


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    settings.FIELD_KEYS = {1: OLD}
    before = encrypt("rahasia", "a")
    settings.FIELD_KEYS = {2: NEW, 1: OLD}
    after = encrypt("rahasia", "a")
    assert decrypt(before, "a") == decrypt(after, "a") == "rahasia"
    assert (is_current(before), is_current(after)) == (False, True)
    settings.FIELD_KEYS = {2: NEW}
    with pytest.raises(UnreadableError):
        decrypt(before, "a")
