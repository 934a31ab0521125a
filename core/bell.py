"""Wakes those who wait for new rows; the rows are the truth, a missed ring only costs a little time."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable


class Bell:
    """One event for each topic, e.g. `("courier", account_id)` or `"engine"`."""

    def __init__(self) -> None:
        """Begin with no topics."""
        self._events: dict[Hashable, asyncio.Event] = {}

    def ring(self, *topics: Hashable) -> None:
        """Wake whoever waits for these topics."""
        for topic in topics:
            self.on(topic).set()

    def on(self, topic: Hashable) -> asyncio.Event:
        """Return the topic's event; the waiter clears it before it looks at the rows."""
        return self._events.setdefault(topic, asyncio.Event())
