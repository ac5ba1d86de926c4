"""Tables of core hold nobody's data (core.row_security)."""

from core.models import Holiday, Job

FUNCTIONS: list[str] = []
POLICIES: dict[type, str] = {}
EXEMPT: dict[type, str] = {
    Holiday: "a calendar",
    Job: "progress of work, without any result: that stands in the table of what was made",
}
