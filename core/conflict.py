"""Two people, or two screens, changed one record: field by field, mine or theirs or both joined; nothing is lost.

Pure: works on forms and their data alone. Three texts of each field are compared: what the form showed when it was
opened (``base``), what was sent (mine) and what is stored now (theirs). Changed by one of the two alone, that change
stands; changed by both, the person chooses. ``core.editing`` is the page.

A form may say ``sealed``: fields whose stored value never goes to the page, each with the words that stand for it;
``empty_keeps``: those of them that keep the stored value when left empty; ``not_stored``: fields that are no part of
the record; ``words_for(name)``: what a field is called away from its row.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

THEIRS, BOTH = "theirs", "both"
PICK, JOINED = "pick-", "joined-"
Values = dict[str, list[str]]
# Beyond this many words nobody looks at marks, and finding them takes longer than reading.
MARKED_WORDS = 2_000


@dataclass(frozen=True)
class Difference:
    """One field that both have changed, in words for the screen. ``joined`` is offered for text boxes alone."""

    name: str
    label: object
    mine: str
    theirs: str
    was: str | None
    joined: str = ""

    @property
    def can_join(self) -> bool:
        return bool(self.joined)

    @property
    def mine_marked(self) -> SafeString:
        return marked(self.mine, self.was)

    @property
    def theirs_marked(self) -> SafeString:
        return marked(self.theirs, self.was)


@dataclass(frozen=True)
class Merge:
    """``data``: the sent data with what only the other has changed; ``taken``: those labels; ``asked``: the rest."""

    data: MultiValueDict[str, str]
    asked: list[Difference]
    taken: list[str]
    same: list[str]


def merge(mine: forms.BaseForm, theirs: forms.BaseForm, base: Values | None) -> Merge:
    """``mine``: the sent form; ``theirs``: the record as it stands now; ``base``: None where nobody knows any more."""
    data: Any = mine.data.copy()  # type: ignore[attr-defined]
    asked: list[Difference] = []
    taken: list[str] = []
    same: list[str] = []
    for name in _compared(mine):
        if name not in theirs.fields:
            continue
        label = _label(mine, name)
        left, right = values_of(mine).get(name, []), values_of(theirs).get(name, [])
        was = None if base is None else base.get(name)
        if name in _sealed(theirs):
            if (not left and name in getattr(mine, "empty_keeps", ())) or was == right:
                continue
            asked.append(Difference(name, label, _masked(left), _sealed(theirs)[name], None))
        elif _key(left) == _key(right):
            same.append(label)
        elif was is not None and _key(left) == _key(was) and not _is_replaced(mine, name):
            data.setlist(mine.add_prefix(name), right)
            taken.append(label)
        elif was is None or _key(right) != _key(was):
            asked.append(_difference(mine, theirs, name, left, right, was))
    return Merge(data, asked, taken, same)


def _is_replaced(form: forms.BaseForm, name: str) -> bool:
    """A file was sent that takes the place of this field's value, though nothing was chosen in the field itself."""
    return bool(form.files.get(form.add_prefix(getattr(form, "replaced_by", {}).get(name, ""))))  # type: ignore[attr-defined]


def _difference(
    mine: forms.BaseForm, theirs: forms.BaseForm, name: str, left: list[str], right: list[str], was: list[str] | None
) -> Difference:
    is_box = isinstance(mine.fields[name].widget, forms.Textarea)
    return Difference(
        name,
        _label(mine, name),
        _in_words(mine, name, left),
        _in_words(theirs, name, right),
        None if was is None else _in_words(theirs, name, was),
        "\n\n".join([*right, *left]) if is_box and "".join(left).strip() and "".join(right).strip() else "",
    )


def picks(data: Mapping[str, Any]) -> dict[str, str]:
    """The choices of the conflict screen, by field; empty for data that do not come from it."""
    return {key.removeprefix(PICK): str(data.get(key)) for key in data if key.startswith(PICK)}


def resolved(data: MultiValueDict[str, str], form: forms.BaseForm, theirs: Values) -> MultiValueDict[str, str]:
    """The sent data after the choices of the conflict screen, on which ``theirs`` stood beside them."""
    result = data.copy()
    for name, choice in picks(data).items():
        if name not in form.fields:
            continue
        key = form.add_prefix(name)
        if choice == THEIRS:
            result.setlist(key, [] if name in _sealed(form) else theirs.get(name, []))
        elif choice == BOTH:
            result.setlist(key, data.getlist(JOINED + name))
    return result


def changes_nothing(data: MultiValueDict[str, str], form: forms.BaseForm, theirs: Values) -> bool:
    """Everything was left as it is stored: there is nothing to save."""
    chosen = picks(data)
    if not chosen or any(choice != THEIRS for choice in chosen.values()):
        return False
    sent = values_of(form)
    return all(
        not _typed(form, name) if name in _sealed(form) else _key(sent.get(name, [])) == _key(theirs.get(name, []))
        for name in _compared(form)
    )


# ---- values ---------------------------------------------------------------------------------------------------------


def values_of(form: forms.BaseForm) -> Values:
    """Every compared field as a browser would send it; a sealed one of an unsent form as the words that stand for it.

    A sealed field that was typed is what was typed.
    """
    sealed = _sealed(form)
    return {
        name: [sealed[name]] if name in sealed and not form.is_bound else _typed(form, name)
        for name in _compared(form)
    }


def to_text(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False)


def from_text(text: str) -> Values | None:
    """What ``to_text`` wrote; None for anything else, and then every difference is asked about."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is a string to JSON, and to no page
    except (ValueError, RecursionError):
        return None
    well_formed = isinstance(found, dict) and all(
        isinstance(parts, list) and all(isinstance(part, str) for part in parts) for parts in found.values()
    )
    return found if well_formed else None


def _sealed(form: forms.BaseForm) -> Mapping[str, str]:
    return getattr(form, "sealed", {})


def _compared(form: forms.BaseForm) -> Iterator[str]:
    for name, field in form.fields.items():
        if not field.widget.is_hidden and name not in getattr(form, "not_stored", ()):
            yield name


def _typed(form: forms.BaseForm, name: str) -> list[str]:
    value: Any = form[name].value()
    widget = form.fields[name].widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value and value not in ("False", "false", "off") else []
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple | set):
        return [str(part) for part in value]
    if isinstance(widget, forms.Select | forms.RadioSelect):
        return [str(value)]
    return [str(widget.format_value(value))]


def _key(values: Sequence[str]) -> list[str]:
    """By which two values count as the same: blank ends, line ends and the order of ticks say nothing."""
    return sorted(value.replace("\r\n", "\n").strip() for value in values if value.strip())


def _label(form: forms.BaseForm, name: str) -> str:
    """What the field is called where it stands alone: a sheet of many rows says whose it is (``words_for``)."""
    words_for = getattr(form, "words_for", None)
    return str(words_for(name) if words_for else form.fields[name].label)


def _masked(typed: Sequence[str]) -> str:
    digits = "".join(letter for letter in "".join(typed) if letter.isalnum())
    return f"•••• {digits[-4:]}" if digits else ""


def _in_words(form: forms.BaseForm, name: str, values: Sequence[str]) -> str:
    field = form.fields[name]
    if isinstance(field.widget, forms.CheckboxInput):
        return "✓" if values else "–"
    choices = dict(_flat(getattr(field, "choices", None) or getattr(field.widget, "choices", ())))
    if choices:
        return ", ".join(choices.get(value, value) for value in values if value)
    if isinstance(field, forms.DateTimeField):
        return ", ".join(_day(value, "j F Y, H.i") for value in values)
    if isinstance(field, forms.DateField):
        return ", ".join(_day(value, "j F Y") for value in values)
    return "\n".join(values)


def _day(typed: str, style: str) -> str:
    """What a date control sends, as one reads it; whatever else was sent stays as it is."""
    try:
        return date_format(dt.datetime.fromisoformat(typed), style)
    except ValueError:
        return typed


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def marked(text: str, was: str | None) -> SafeString:
    """``text`` with <ins> round the words that were not there before."""
    words = re.findall(r"\S+|\s+", text)
    before = re.findall(r"\S+|\s+", was or "")
    if was is None or len(words) + len(before) > MARKED_WORDS:
        return format_html_join("", "{}", [(text,)])
    parts = []
    for kind, _from, _to, begin, end in difflib.SequenceMatcher(a=before, b=words, autojunk=False).get_opcodes():
        piece = "".join(words[begin:end])
        is_new = kind != "equal" and bool(piece.strip())
        parts.append((format_html("<ins>{}</ins>", piece) if is_new else piece,))
    return format_html_join("", "{}", parts)
