import datetime as dt
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.exceptions import ValidationError

from core.rendering import DateInput, DateTimeInput, TimeInput


class EveryKind(forms.Form):
    name = forms.CharField(label="Nama", help_text="Seperti pada kartu.")
    kind = forms.ChoiceField(label="Jenis", widget=forms.RadioSelect, choices=[("a", "Satu"), ("b", "Dua")])
    present = forms.MultipleChoiceField(
        label="Hadir", required=False, widget=forms.CheckboxSelectMultiple, choices=[("a", "Ayah"), ("i", "Ibu")]
    )
    unit = forms.ChoiceField(label="Unit", choices=[("", "Pilih"), ("1", "Satu")])
    day = forms.DateField(label="Hari", widget=DateInput, required=False)
    hour = forms.TimeField(label="Jam", widget=TimeInput, required=False)
    moment = forms.DateTimeField(label="Waktu", widget=DateTimeInput, required=False)
    text = forms.CharField(label="Isi", widget=forms.Textarea, required=False)
    reason = forms.CharField(label="Alasan", required=False)
    safe = forms.BooleanField(label="Saya aman", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)

    conditional_fields = ("reason",)

    def clean(self):
        if self.cleaned_data.get("name") == "gagal":
            raise ValidationError("Dua isian saling bertentangan.")


def parsed(html):
    """The form as a tree; our templates write XML-clean HTML apart from void and bare attributes."""
    from html.parser import HTMLParser

    class Tree(HTMLParser):
        void = frozenset({"input", "br", "hr", "path", "circle", "rect"})

        def __init__(self):
            super().__init__()
            self.root = ElementTree.Element("root")
            self.open = [self.root]

        def handle_starttag(self, tag, attrs):
            element = ElementTree.SubElement(self.open[-1], tag, {k: v or "" for k, v in attrs})
            if tag not in self.void:
                self.open.append(element)

        def handle_endtag(self, tag):
            if tag not in self.void:
                assert self.open.pop().tag == tag

        def handle_data(self, data):
            element = self.open[-1]
            if len(element):
                element[-1].tail = (element[-1].tail or "") + data
            else:
                element.text = (element.text or "") + data

    tree = Tree()
    tree.feed(str(html))
    assert tree.open == [tree.root]
    return tree.root


def by_id(root, name):
    return next(element for element in root.iter() if element.get("id") == name)


def words(element):
    return " ".join("".join(element.itertext()).split())


def test_every_field_of_an_unbound_form_has_a_label_and_no_error():
    root = parsed(EveryKind())
    labels = {element.get("for") for element in root.iter("label")}
    for name in ("name", "unit", "day", "hour", "moment", "text", "reason"):
        assert f"id_{name}" in labels
    assert not [element for element in root.iter() if "t-error" in element.get("class", "")]


def test_optional_fields_say_so_and_required_and_conditional_ones_do_not():
    root = parsed(EveryKind())
    marked = {
        words(element) for tag in ("label", "legend") for element in root.iter(tag) if "(pilihan)" in words(element)
    }
    assert marked == {"Hadir (pilihan)", "Hari (pilihan)", "Jam (pilihan)", "Waktu (pilihan)", "Isi (pilihan)"}


def test_no_control_cuts_off_what_is_pasted_the_form_says_that_it_is_too_long():
    class Short(forms.Form):
        line = forms.CharField(label="Baris", max_length=5)
        text = forms.CharField(label="Isi", max_length=5, widget=forms.Textarea)

    root = parsed(Short({"line": "123456", "text": "123456"}))
    assert not [element for element in root.iter() if element.get("maxlength")]
    assert by_id(root, "id_line").get("value") == "123456"
    assert {words(by_id(root, f"id_{name}_error")) for name in ("line", "text")} != {""}


def test_choices_are_boxes_in_a_fieldset_with_a_legend():
    root = parsed(EveryKind())
    group = by_id(root, "id_kind")
    assert group.get("class") == "t-pick"
    assert [words(label) for label in group.iter("label")] == ["Satu", "Dua"]
    fieldset = next(f for f in root.iter("fieldset") if by_id(root, "id_kind") in list(f.iter()))
    assert words(fieldset.find("legend")) == "Jenis"


def test_controls_carry_the_classes_of_the_kit():
    root = parsed(EveryKind())
    assert by_id(root, "id_name").get("class") == "form-control"
    assert by_id(root, "id_unit").get("class") == "form-select"
    assert by_id(root, "id_safe").get("class") == "form-check-input"
    assert by_id(root, "id_kind_0").get("class") == "form-check-input"
    assert by_id(root, "id_text").get("rows") == "4"


def test_an_error_stands_by_its_field_and_the_control_names_it():
    root = parsed(EveryKind({"name": "", "kind": "x", "unit": "1", "day": "kemarin"}))
    control = by_id(root, "id_name")
    assert control.get("aria-invalid") == "true"
    assert "is-invalid" in control.get("class")
    for described in control.get("aria-describedby").split():
        assert words(by_id(root, described))
    assert list(by_id(root, "id_day_error").iter("svg"))


def test_a_group_with_an_error_is_described_by_it():
    root = parsed(EveryKind({"name": "a", "unit": "1"}))
    fieldset = next(f for f in root.iter("fieldset") if words(f.find("legend")) == "Jenis")
    assert fieldset.get("aria-describedby") == "id_kind_error"
    assert words(by_id(root, "id_kind_error"))


def test_the_summary_on_top_links_to_the_first_control_of_every_field_with_an_error():
    root = parsed(EveryKind({"name": "", "unit": ""}))
    summary = next(iter(root))
    assert summary.get("role") == "alert"
    links = [link.get("href") for link in summary.iter("a")]
    assert links == ["#id_name", "#id_kind_0", "#id_unit"]
    for link in links:
        by_id(root, link.removeprefix("#"))
    assert "3 isian perlu diperbaiki." in words(summary)


def test_an_error_of_the_whole_form_is_told_once_on_top():
    root = parsed(EveryKind({"name": "gagal", "kind": "a", "unit": "1"}))
    summary = next(iter(root))
    assert words(summary) == "Dua isian saling bertentangan."


def test_help_stands_between_label_and_control():
    root = parsed(EveryKind())
    field = next(div for div in root.iter("div") if by_id(root, "id_name") in list(div))
    assert [child.tag for child in field] == ["label", "div", "input"]
    assert by_id(root, "id_name").get("aria-describedby") == field[1].get("id") == "id_name_helptext"


@pytest.mark.parametrize(
    ("name", "value", "kind", "written"),
    [
        ("day", dt.date(2026, 11, 24), "date", "2026-11-24"),
        ("hour", dt.time(9, 5), "time", "09:05"),
        ("moment", dt.datetime(2026, 11, 24, 9, 5), "datetime-local", "2026-11-24T09:05"),  # noqa: DTZ001
    ],
)
def test_dates_use_the_control_of_the_browser_in_its_own_notation(name, value, kind, written):
    control = by_id(parsed(EveryKind(initial={name: value})), f"id_{name}")
    assert (control.get("type"), control.get("value")) == (kind, written)


def test_a_placeholder_that_only_repeats_the_label_is_dropped_and_another_one_stays():
    class Foreign(forms.Form):
        login = forms.CharField(label="Nama akun", widget=forms.TextInput(attrs={"placeholder": "Nama akun"}))
        q = forms.CharField(label="Cari", widget=forms.TextInput(attrs={"placeholder": "Nama atau kode"}))

    root = parsed(Foreign())
    assert by_id(root, "id_login").get("placeholder") is None
    assert by_id(root, "id_q").get("placeholder") == "Nama atau kode"


def test_typed_text_is_escaped_when_the_form_comes_back():
    html = str(EveryKind({"name": '"><script>', "kind": "<b>"}))
    assert "<script>" not in html
    assert "<b>" not in html
