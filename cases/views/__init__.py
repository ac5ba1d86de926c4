"""Pages of the case file. ``today`` is the home of a caseworker (reports.views.home)."""

from cases.views.today import today

__all__ = ["today"]
