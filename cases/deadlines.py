"""How long the law gives: one function a duty, so that no page and no letter counts differently (UU 27/2022)."""

from __future__ import annotations

import datetime as dt

# Pasal 30, 32, 40 and 46 all say "3 x 24 jam": hours by the clock, weekends and holidays included.
THREE_DAYS = dt.timedelta(hours=3 * 24)


def rights_due(received_at: dt.datetime) -> dt.datetime:
    """Until when a request of the person is answered, counted from when it came in, on whatever channel."""
    return received_at + THREE_DAYS


def breach_due(discovered_at: dt.datetime) -> dt.datetime:
    """Until when the people concerned and the agency are told in writing of a breach (Pasal 46)."""
    return discovered_at + THREE_DAYS
