"""Every field of every model stands in a person's copy, or is left out for a reason; the schema says what it holds."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils import translation

from core.data_classes import TECHNICAL, DataClass, classes_of, domain_models, fields_of
from reports import subject_copy
from reports.enums import TOLD_REASONS
from reports.subject_copy.left_out import EVERY_FIELD, NOT_ABOUT_PARTICIPANTS
from reports.subject_copy.parts import Field, Part

MODELS = [
    model
    for model in domain_models()
    if model._meta.app_label not in NOT_ABOUT_PARTICIPANTS
    or model._meta.label in {left.model for left in subject_copy.LEFT_OUT}
]
SCHEMA = Path(settings.BASE_DIR) / "docs/subject-copy.schema.json"
# What a person said, in their own words: the only restricted fields that may leave (core.data_classes).
OWN_WORDS = {
    "cases.ContactNote.participant_words",
    "cases.Participant.religion",  # told by the person, and kept only while the person agrees
}


def declared() -> Iterator[tuple[Part, Field]]:
    for chapter in subject_copy.CHAPTERS:
        for part in chapter.parts:
            for field in part.fields:
                yield part, field


def told_of(model: type[Model]) -> set[str]:
    return {field.source for part, field in declared() if part.model is model}


def left_of(model: type[Model]) -> list[str]:
    names = [name for left in subject_copy.LEFT_OUT if left.model == model._meta.label for name in left.fields.split()]
    return fields_of(model) if names == [EVERY_FIELD] else names


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_in_the_copy_or_left_out_for_a_reason(model: type[Model]) -> None:
    told, left = told_of(model) - TECHNICAL, left_of(model)
    assert told & set(left) == set()
    assert [name for name, times in Counter(left).items() if times > 1] == []
    assert told | set(left) == set(fields_of(model)), "declare it in reports/subject_copy, or say why not"


def test_no_declaration_outlives_its_model() -> None:
    for left in subject_copy.LEFT_OUT:
        assert apps.get_model(left.model)


def test_a_new_app_is_not_forgotten() -> None:
    labels = {model._meta.app_label for model in MODELS}
    assert labels | set(NOT_ABOUT_PARTICIPANTS) >= {model._meta.app_label for model in domain_models()}


@pytest.mark.parametrize(("part", "field"), list(declared()), ids=lambda value: getattr(value, "key", ""))
def test_what_harms_most_leaves_only_as_the_persons_own_words(part: Part, field: Field) -> None:
    if classes_of(part.model).get(field.source) == DataClass.RESTRICTED:
        assert f"{part.model._meta.label}.{field.source}" in OWN_WORDS


def test_what_is_missed_is_said_to_the_person_with_a_reason_of_the_law() -> None:
    chapters = {chapter.key for chapter in subject_copy.CHAPTERS}
    for left in subject_copy.LEFT_OUT:
        assert bool(left.what) == (left.reason in TOLD_REASONS), left
        assert (left.chapter in chapters) == bool(left.what), left
        assert not left.what or "Pasal" in str(left.reason.label), left


def test_keys_are_english_words_and_never_twice() -> None:
    for chapter in subject_copy.CHAPTERS:
        assert len({part.key for part in chapter.parts}) == len(chapter.parts)
        for part in chapter.parts:
            keys = [field.key for field in part.fields]
            assert len(set(keys)) == len(keys)
            assert all(key.isascii() and key.islower() and key.replace("_", "").isalpha() for key in keys)


def test_what_may_be_left_out_by_hand_has_a_code() -> None:
    for chapter in subject_copy.CHAPTERS:
        for part in chapter.parts:
            assert not part.may_withhold or "code" in {field.key for field in part.fields}


def test_the_published_schema_is_what_the_declaration_says() -> None:
    """``TITIAN_WRITE_SCHEMA=1 pytest tests/reports/test_subject_copy_fields.py`` writes it anew."""
    with translation.override("id"):
        text = json.dumps(subject_copy.schema(), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("TITIAN_WRITE_SCHEMA"):
        SCHEMA.write_text(text)
    assert SCHEMA.read_text() == text, "a key that goes or changes its meaning raises SCHEMA_VERSION"
