"""Polls end by the sandbox's clock, without anybody's call."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from heapq import heappop

from sandbox.telegram.messages.polls import tell
from sandbox.telegram.messages.posting import watch_poll
from sandbox.telegram.updates import Updates
from sandbox.world import World

_LOOK_AGAIN_S = 60  # of the machine's time, while nothing is due


class Closings:
    """Closes the polls of one world when their time has come."""

    def __init__(self, world: World, updates: Updates) -> None:
        """Go by the world's clock."""
        self._world, self._updates = world, updates
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the clock, over the polls of a restored world too."""
        world = self._world
        world.timed_polls.clear()
        for chat in world.chats_on("telegram"):
            for message in chat.messages:
                watch_poll(world, chat, message)
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the watch."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    async def _run(self) -> None:
        world = self._world
        while True:
            world.timed.clear()
            self._close_due()
            if not world.timed_polls:
                await world.timed.wait()
                continue
            left = world.timed_polls[0][0] - world.clock.now()
            news = asyncio.ensure_future(world.timed.wait())
            moved = asyncio.ensure_future(world.clock.wait_moved(min(max(left, 0), _LOOK_AGAIN_S)))
            try:
                await asyncio.wait((news, moved), return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
                moved.cancel()

    def _close_due(self) -> None:
        timed, now = self._world.timed_polls, self._world.clock.now()
        while timed and timed[0][0] <= now:
            _, _, chat, message = heappop(timed)
            if message.poll is None or chat.find(message.id) is not message:
                continue  # it was deleted meanwhile
            if not message.poll.closed:
                message.poll.closed = True
                tell(self._world, self._updates, message.poll)
            self._world.touch(chat)  # where it was forwarded to, it is closed too
