"""How every form looks: one field template, errors beside their field, native date controls.

`FORM_RENDERER = "core.rendering.TitianRenderer"`. Templates stand in templates/django/forms/.
"""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select, Widget

PLAIN_INPUTS = {"text", "email", "url", "tel", "number", "password", "search", "date", "time", "datetime-local"}


class DateInput(forms.DateInput):
    """The browser's own calendar. It wants ISO dates whatever the page's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TitianBoundField(BoundField):
    """A field that knows how it is drawn: `kind`, `is_optional`, `anchor`."""

    @property
    def kind(self) -> str:
        """Which branch of django/forms/field.html draws it: check, choices, group or control."""
        widget = self.field.widget
        if isinstance(widget, CheckboxInput):
            return "check"
        if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
            return "choices"
        return "group" if self.use_fieldset else "control"

    @property
    def is_optional(self) -> bool:
        """Optional fields say so; fields the form asks for under a condition (`conditional_fields`) do not."""
        return not self.field.required and self.name not in getattr(self.form, "conditional_fields", ())

    @property
    def anchor(self) -> str:
        """Id of the first control, for the links of the error summary."""
        if self.kind == "choices" and self.auto_id:
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    def build_widget_attrs(self, given: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        attrs: dict[str, Any] = {**super().build_widget_attrs(given, widget)}
        widget = widget or self.field.widget
        if widget.is_hidden:
            return attrs
        attrs["maxlength"] = False  # a browser cuts off what is pasted without a word; the form says what is too long
        if css_class := self._css_class(widget):
            own = widget.attrs.get("class", "")
            attrs["class"] = " ".join(filter(None, [own, attrs.get("class", ""), css_class]))
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":  # Django's default
            attrs["rows"] = 4
        if str(widget.attrs.get("placeholder", "")) == str(self.label):
            attrs["placeholder"] = False  # third-party forms repeat the label there; a label is not a hint
        return attrs

    def _css_class(self, widget: Widget) -> str:
        invalid = " is-invalid" if self.errors else ""
        if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
            return "form-check-input"
        if isinstance(widget, Select):
            return "form-select" + invalid
        if isinstance(widget, FileInput | forms.Textarea) or getattr(widget, "input_type", "") in PLAIN_INPUTS:
            return "form-control" + invalid
        return ""


class TitianRenderer(TemplatesSetting):
    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    bound_field_class = TitianBoundField
