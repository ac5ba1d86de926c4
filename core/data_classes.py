"""How sensitive a field is, in classes after the data protection law (UU 27/2022 Pasal 4).

Each app's ``data_classes.py`` says it of every field of its models: ``CLASSES`` maps model -> class -> field names.
A field in no class fails tests/test_data_classes.py, so nobody adds personal data without saying so. The
register of processing and the impact assessment are written from it (``manage.py processing_register``).
"""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db.models import Model

Classes = dict[str, dict["DataClass", str]]


class DataClass(StrEnum):
    NONE = "bukan data pribadi"
    GENERAL = "umum"
    SPECIFIC = "spesifik"  # health, criminal records, personal finance
    CHILD = "anak"
    RESTRICTED = "sangat_terbatas"  # what harms most when it gets out: read by few, never exported


# Keys, clocks and codes made by the program, in every model; a random code says nothing of anybody by itself.
TECHNICAL = frozenset({"id", "created_at", "updated_at", "version", "code", "client_id", "uid"})


def domain_models() -> list[type[Model]]:
    """Every model of ours but the tables of histories, which have the classes of what they follow."""
    return [
        model
        for app in settings.OUR_APPS
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "pgh_tracked_model")
    ]


def fields_of(model: type[Model]) -> list[str]:
    """Names of the fields that need a class."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [field.name for field in fields if field.name not in TECHNICAL]


def classes_of(model: type[Model]) -> dict[str, DataClass]:
    """Field -> class, as its app declares it."""
    declared: Classes = import_module(f"{model._meta.app_label}.data_classes").CLASSES
    return {
        name: data_class for data_class, names in declared.get(model.__name__, {}).items() for name in names.split()
    }
