"""Polls end by the sandbox's clock, without anybody's call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from sandbox.telegram.messages.polls import tell
from sandbox.telegram.updates import Updates
from sandbox.world import Chat, Message, World

_LOOK_AGAIN_S = 60  # of the machine's time, while nothing is due


class Closings:
    """Closes the polls of one world when their time has come."""

    def __init__(self, world: World, updates: Updates) -> None:
        """Go by the world's clock."""
        self._world, self._updates = world, updates
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the clock."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the watch."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    async def _run(self) -> None:
        while True:
            self._world.timed.clear()
            times = [at for _, _, at in self._timed()]
            if not times:
                await self._world.timed.wait()
                continue
            self._close_due()
            left = min(times) - self._world.clock.now()
            news = asyncio.ensure_future(self._world.timed.wait())
            moved = asyncio.ensure_future(
                self._world.clock.wait_moved(min(max(left, 0), _LOOK_AGAIN_S))
            )
            try:
                await asyncio.wait((news, moved), return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
                moved.cancel()

    def _timed(self) -> Iterator[tuple[Chat, Message, float]]:
        for chat in self._world.chats_on("telegram"):
            for message in chat.messages:
                poll = message.poll
                if poll is not None and not poll.closed and "close_at" in poll.extra:
                    yield chat, message, poll.extra["close_at"]

    def _close_due(self) -> None:
        now = self._world.clock.now()
        for chat, message, at in list(self._timed()):
            assert message.poll is not None
            if at <= now and not message.poll.closed:
                message.poll.closed = True
                tell(self._world, self._updates, message.poll)
                self._world.touch(chat)
