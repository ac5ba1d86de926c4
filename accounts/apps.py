from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Akun dan instansi")

    def ready(self) -> None:
        """Django and allauth tell of sessions and factors by signals of theirs; there is no other way to hear it."""
        from django.contrib.auth import user_logged_in

        from accounts import middleware
        from accounts.adapter import second_factor

        user_logged_in.connect(middleware.mark_start, dispatch_uid="titian")
        second_factor.connect()
