"""A worker's own line to PostgreSQL: it says that it lives, and hears what rings in other workers.

One connection of the driver beside the pools, so that neither a long transaction nor a full pool keeps
a worker from being heard. It is opened anew when it is next needed; what was said meanwhile is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import orjson
import sqlalchemy as sa

from storage import postgres
from storage.leases import BEAT

Topic = str | tuple[str, int]

CHANNEL = "vestnik_bell"
MOST_TOPICS = 200  # in one word: PostgreSQL takes 8,000 bytes


class Line:
    """Opens with the first word; whatever fails is sqlalchemy.exc.OperationalError."""

    def __init__(
        self,
        url: sa.URL,
        heard: Callable[[list[Topic]], None],
        opened: Callable[[], None],
        patience_s: float,
    ) -> None:
        """Call `heard` with topics that rang elsewhere, `opened` when rings may have been missed before.

        An answer that takes longer than `patience_s` seconds is none.
        """
        self._url = url
        self._heard = heard
        self._opened = opened
        self._patience_s = patience_s
        self._connection: Any = None
        self._turn = asyncio.Lock()

    async def beat(self, worker_id: int, lease_ms: int) -> bool:
        """Say that a worker lives for so many ms from now; False if it counts as gone already."""
        return await self._execute(BEAT, worker_id, lease_ms) == "UPDATE 1"

    async def ring(self, topics: Iterable[Topic]) -> None:
        """Ring in all other workers."""
        left = list(topics)
        while left:
            word = orjson.dumps(left[:MOST_TOPICS]).decode()
            await self._execute("SELECT pg_notify($1, $2)", CHANNEL, word)
            del left[:MOST_TOPICS]

    async def close(self) -> None:
        """Close the connection, without a word to a server that may not answer."""
        async with self._turn:
            self._drop()

    async def _execute(self, statement: str, *values: Any) -> str:
        async with self._turn:
            try:
                if self._connection is None or self._connection.is_closed():
                    await self._open()
                said: str = await self._connection.execute(
                    statement, *values, timeout=self._patience_s
                )
            except (
                Exception
            ) as error:  # a server that goes meets the driver in any state, even its own mistakes
                self._drop()
                if isinstance(error, sa.exc.OperationalError):
                    raise
                raise sa.exc.OperationalError(statement, None, postgres.plain(error)) from error
            except BaseException:
                self._drop()  # whoever was cancelled in the middle leaves it in an unknown state
                raise
            return said

    async def _open(self) -> None:
        self._connection = await postgres.connect(self._url, self._patience_s)
        await self._connection.add_listener(CHANNEL, self._word)
        self._opened()

    def _word(self, connection: Any, sender: int, _channel: str, word: object) -> None:
        if sender != connection.get_server_pid():
            said = orjson.loads(str(word))
            self._heard([tuple(one) if isinstance(one, list) else one for one in said])

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.terminate()
