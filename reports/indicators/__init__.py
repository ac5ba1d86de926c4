"""The one declared list of indicators: the dashboard, the report and the definitions page read it (D §6.2)."""

from reports.indicators import conduct, judgements, people, services
from reports.indicators.declaration import DEFINITIONS_VERSION, Indicator, Kind, Measure, Raw, Table
from reports.indicators.frame import Area, Frame, Group

INDICATORS: tuple[Indicator, ...] = (
    *people.INDICATORS,
    *judgements.INDICATORS,
    *services.INDICATORS,
    *conduct.INDICATORS,
)
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
MEASURES = {measure.key: measure for indicator in INDICATORS for measure in indicator.measures}
TABLES = {table.key: table for indicator in INDICATORS for table in indicator.tables}
OF_MEASURE = {measure.key: indicator for indicator in INDICATORS for measure in indicator.measures}

__all__ = [
    "BY_CODE",
    "DEFINITIONS_VERSION",
    "INDICATORS",
    "MEASURES",
    "OF_MEASURE",
    "TABLES",
    "Area",
    "Frame",
    "Group",
    "Indicator",
    "Kind",
    "Measure",
    "Raw",
    "Table",
]
