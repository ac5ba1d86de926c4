"""Every field says how sensitive it is; a new one without a class fails, and the register is what the code says."""

import pytest
from django.core.management import call_command

from core.data_classes import DataClass, classes_of, domain_models, fields_of
from reports.register import ACTIVITIES, written

MODELS = [model for model in domain_models() if model._meta.app_label != "core"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_has_a_class(model):
    declared = classes_of(model)
    assert set(fields_of(model)) - set(declared) == set(), "say its class in the app's data_classes.py"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_class_outlives_its_field(model):
    assert set(classes_of(model)) - set(fields_of(model)) == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_personal_data_stand_in_the_register(model):
    personal = set(classes_of(model).values()) - {DataClass.NONE}
    named = [activity.title for activity in ACTIVITIES if model._meta.label in activity.models]
    assert len(named) == (1 if personal else 0), "name the model in one activity of reports/register.py"


def test_the_documents_are_what_the_code_says():
    call_command("processing_register", check=True)


def test_the_register_names_purpose_basis_recipients_and_retention():
    for name, text in written().items():
        assert text.startswith("# "), name
    for activity in ACTIVITIES:
        assert all((activity.purpose, activity.basis, activity.recipients, activity.kept))
