"""Addresses that refuse, for tests of the middleware; everything else is answered as always."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler500, urlpatterns
from core.models import Holiday
from core.workflow import Blocker, TransitionError

__all__ = ["handler500", "urlpatterns"]

BLOCKER = Blocker("Tindakan pelindungan masih terbuka.", "/cases/K7M4-29QX/")


def refuse(request: HttpRequest) -> HttpResponse:
    Holiday.objects.create(day="2031-01-01", name="Setengah", kind="local")
    raise TransitionError("Langkah ini tidak dapat dilakukan.", [BLOCKER])


urlpatterns = [path("refuse/", refuse), *urlpatterns]
