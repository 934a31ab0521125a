"""Waking those who wait for changes: long polls, streams, presses of buttons."""

from __future__ import annotations

import asyncio

About = tuple[str, str] | None  # network and name of the account it concerns; None is everything


class News:
    """Who waits for changes of what."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._waiting: dict[About, set[asyncio.Event]] = {}

    def wake(self, about: About = None) -> None:
        """Wake those who wait for this account's changes or for any; None wakes everybody."""
        if not self._waiting:
            return
        for subject in tuple(self._waiting) if about is None else (about, None):
            for event in self._waiting.get(subject, ()):
                event.set()

    async def wait(self, timeout: float, about: About = None) -> bool:
        """Return True when woken, False after `timeout` seconds of the machine's time."""
        event = asyncio.Event()
        together = self._waiting.setdefault(about, set())
        together.add(event)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            together.discard(event)
            if not together and self._waiting.get(about) is together:
                del self._waiting[about]
