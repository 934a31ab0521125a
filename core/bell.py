"""Wakes those who wait for new rows; the rows are the truth, a missed ring only costs a little time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence


class Bell:
    """One event for each topic, e.g. `("courier", account_id)` or `"engine"`.

    `relay` hears of every ring in this process, to pass it on to others.
    """

    def __init__(self, relay: Callable[[Sequence[Hashable]], None] | None = None) -> None:
        """Begin with no topics."""
        self._events: dict[Hashable, asyncio.Event] = {}
        self._relay = relay

    def ring(self, *topics: Hashable) -> None:
        """Wake whoever waits for these topics."""
        self.hear(*topics)
        if self._relay is not None:
            self._relay(topics)

    def hear(self, *topics: Hashable) -> None:
        """Wake those of this process alone."""
        for topic in topics:
            self.on(topic).set()

    def hear_all(self) -> None:
        """Wake everybody of this process: rings from elsewhere may have been missed."""
        self.hear(*self._events)

    def on(self, topic: Hashable) -> asyncio.Event:
        """Return the topic's event; the waiter clears it before it looks at the rows."""
        event = self._events.get(topic)
        if event is None:  # hundreds of couriers may be rung for every few milliseconds
            event = self._events[topic] = asyncio.Event()
        return event
