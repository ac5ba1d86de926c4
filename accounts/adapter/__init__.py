"""How django-allauth behaves here: accounts are made by the data admin, and every sign-in is journalled."""

from accounts.adapter.second_factor import SecondFactorAdapter
from accounts.adapter.signing_in import SignInForm, StaffAdapter, StaffBackend

__all__ = ["SecondFactorAdapter", "SignInForm", "StaffAdapter", "StaffBackend"]
