"""For the pages that say that something is refused or not there."""

from django import template
from django.template.context import Context

from core import kept

register = template.Library()


@register.simple_tag(takes_context=True)
def typed_words(context: Context) -> list[kept.Typed]:
    """What was typed into the form that this page answers."""
    return kept.typed_words(context["request"]) if "request" in context else []
