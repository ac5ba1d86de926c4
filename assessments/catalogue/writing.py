"""An instrument as YAML again, in the order in which its file would be written: where a new version begins.

What the database keeps comes back without the order of its keys and without comments.
"""

from __future__ import annotations

from typing import Any

import yaml

from assessments.catalogue.definitions import Instrument

# The order of keys of the project's own files, for every mapping of the grammar; what is not here comes after them.
ORDER = (
    *("instrument", "version", "code", "required", "label", "text", "help", "status", "title", "purpose", "note"),
    *("population", "age_min", "age_max", "legal_statuses", "modes", "administered_by", "requires_training"),
    *("min_sources", "sealed", "respondents", "never_consider", "stop_rule", "scale", "precondition", "narratives"),
    *("age", "min", "max", "protective", "dynamic", "counts_for_guidance", "group", "critical", "anchors", "suggests"),
    *("domains", "items", "outputs", "item", "rule", "answer", "closes"),
    *("meaning", "symbol", "reassess_after_days", "suggested_contacts_per_month", "bands", "secondary_outputs"),
    *("when", "metric", "of", "rating", "rating_at_least", "rating_at_most", "op", "value", "within_hours", "notify"),
    *("urgent_actions", "final_judgement", "chosen_by", "options", "override"),
)
PLACES = {key: number for number, key in enumerate(ORDER)}
WIDTH = 1_000  # a text on its own line, however long


class _Dumper(yaml.SafeDumper):
    """Lists stand under their key with a hanging dash, as in the project's files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(instrument: Instrument) -> str:
    """Reading this text gives the same content again."""
    (own,) = instrument.definition["instruments"]
    dumper = {"Dumper": _Dumper, "allow_unicode": True, "sort_keys": False, "width": WIDTH}
    text: str = yaml.dump(_ordered(own), default_flow_style=None, **dumper)
    return text


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(element) for element in value]
    if isinstance(value, dict):
        # `id` before `en`; anchors and modes by their own names.
        keys = sorted(value, key=lambda key: (PLACES.get(key, len(PLACES)), key != "id", key))
        return {key: _ordered(value[key]) for key in keys}
    return value
