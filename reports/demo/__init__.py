"""Invented people and histories, so that every page of the demo has something true to show. Nobody here is real.

The same in every load but for its dates, which are told relative to the day of loading.
"""

from reports.demo.asking import ask
from reports.demo.doubling import double
from reports.demo.exporting import export
from reports.demo.filing import file
from reports.demo.keeping import keep
from reports.demo.publishing import publish
from reports.demo.telling import is_loaded, load

__all__ = ["ask", "double", "export", "file", "is_loaded", "keep", "load", "publish"]
