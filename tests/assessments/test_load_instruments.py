"""The instruments of the YAML files as published versions: once, unchanged, and guarded by the database."""

import dataclasses
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import InternalError, transaction

from assessments import catalogue, workflow
from assessments.enums import VersionStatus
from assessments.models import InstrumentVersion
from core.workflow import TransitionError

pytestmark = pytest.mark.django_db


def revised(instrument, version="1.1.0"):
    definition = instrument.definition
    definition["instruments"][0]["version"] = version
    return catalogue.from_definition(definition)


def test_the_three_instruments_are_published_with_the_reference_data():
    published = {version.instrument: version for version in InstrumentVersion.objects.filter(status="published")}
    assert set(published) == {"PRK-D", "PKA", "KRK"}
    for code, version in published.items():
        assert version.content_hash == catalogue.default().instruments[code].content_hash
        assert version.parsed.content_hash == version.content_hash


def test_loading_twice_changes_nothing(capsys):
    before = list(InstrumentVersion.objects.order_by("pk").values())
    call_command("load_instruments")
    assert list(InstrumentVersion.objects.order_by("pk").values()) == before
    assert capsys.readouterr().out.count("unchanged") == 3


def test_a_new_version_withdraws_the_one_before_and_old_definitions_stay(cast):
    old = InstrumentVersion.objects.get(instrument="KRK")
    new, is_new = workflow.publish(revised(old.parsed), by=cast.system)
    old.refresh_from_db()
    assert (is_new, new.status, old.status) == (True, VersionStatus.PUBLISHED, VersionStatus.WITHDRAWN)
    assert old.parsed.version == "1.0.0"


def test_other_content_under_the_same_version_is_refused(cast):
    instrument = InstrumentVersion.objects.get(instrument="KRK").parsed
    definition = instrument.definition
    definition["instruments"][0]["title"]["id"] = "Judul lain"
    with pytest.raises(TransitionError):
        workflow.publish(catalogue.from_definition(definition), by=cast.system)


def test_only_the_system_publishes(cast):
    with pytest.raises(PermissionDenied):
        workflow.publish(catalogue.default().instruments["KRK"], by=cast.supervisor)


def test_the_database_refuses_to_change_or_delete_a_published_version():
    version = InstrumentVersion.objects.get(instrument="PKA")
    with pytest.raises(InternalError), transaction.atomic():
        InstrumentVersion.objects.filter(pk=version.pk).update(definition={"instruments": []})
    with pytest.raises(InternalError), transaction.atomic():
        version.delete()


def test_the_definition_in_the_database_reads_back_as_the_same_instrument():
    for version in InstrumentVersion.objects.all():
        again = catalogue.from_definition(json.loads(json.dumps(version.definition)))
        assert dataclasses.astuple(again.final_judgement) == dataclasses.astuple(version.parsed.final_judgement)
        assert list(again.items) == list(version.parsed.items)
