"""Two people, or two screens, changed one record: field by field, mine or theirs or both joined; nothing is lost.

Pure: works on forms and their data alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

MINE, THEIRS, BOTH = "mine", "theirs", "both"
PICK, JOINED = "pick-", "joined-"


@dataclass(frozen=True)
class Difference:
    """One field that differs, in words for the screen. ``joined`` is offered for text alone."""

    name: str
    label: object
    mine: str
    theirs: str
    joined: str = ""

    @property
    def can_join(self) -> bool:
        return bool(self.joined)


def differences(mine: forms.Form, theirs: forms.Form) -> list[Difference]:
    """Fields in which the sent form ``mine`` differs from ``theirs``, the record as it stands now."""
    found = []
    for name in mine.fields:
        left, right = _typed(mine, name), _typed(theirs, name)
        if left == right or isinstance(mine.fields[name].widget, forms.HiddenInput):
            continue
        is_text = isinstance(mine.fields[name].widget, forms.Textarea | forms.TextInput)
        joins = is_text and bool(left.strip()) and bool(right.strip())
        found.append(
            Difference(
                name,
                mine.fields[name].label,
                _in_words(mine, name, left),
                _in_words(theirs, name, right),
                f"{right}\n\n{left}" if joins and isinstance(mine.fields[name].widget, forms.Textarea) else "",
            )
        )
    return found


def resolved(data: MultiValueDict[str, str], theirs: forms.Form) -> MultiValueDict[str, str]:
    """The sent data after the choices of the conflict screen: fields taken from ``theirs`` or joined by hand."""
    result = data.copy()
    for name in theirs.fields:
        match data.get(PICK + name):
            case "theirs":
                result.setlist(name, _as_data(theirs, name))
            case "both":
                result.setlist(name, data.getlist(JOINED + name))
    return result


def _as_data(form: forms.Form, name: str) -> list[str]:
    """The field's value as a browser would send it."""
    value: Any = form[name].value()
    widget = form.fields[name].widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value and value not in ("False", "off") else []
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return [str(widget.format_value(value))] if not isinstance(widget, forms.RadioSelect) else [str(value)]


def _typed(form: forms.Form, name: str) -> str:
    return "\n".join(sorted(_as_data(form, name))).replace("\r\n", "\n")


def _in_words(form: forms.Form, name: str, typed: str) -> str:
    field = form.fields[name]
    choices = {str(value): str(label) for value, label in getattr(field, "choices", [])}
    if choices:
        return ", ".join(choices.get(value, value) for value in typed.split("\n") if value)
    if isinstance(field.widget, forms.CheckboxInput):
        return "✓" if typed else "–"
    return typed
