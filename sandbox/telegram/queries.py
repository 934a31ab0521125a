"""Pressed buttons that wait for answerCallbackQuery."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.params import bad
from sandbox.world import Account, World

# How long a query can be answered is not published; after this the server says it is too old.
LIVES_S = 15 * 60


@dataclass(slots=True)
class Query:
    """One press of one button."""

    account: str
    at: float  # by the sandbox's clock
    answer: dict[str, Any] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Queries:
    """The open queries; they do not outlive the process, as their ids would be too old anyway."""

    def __init__(self, world: World) -> None:
        """Count ages by the world's clock."""
        self._world = world
        self._open: dict[str, Query] = {}
        self._last = int(world.clock.now()) * 1000

    def ask(self, account: Account) -> tuple[str, Query]:
        """Open a query to a bot and return its id with it."""
        now = self._world.clock.now()
        for old in [key for key, query in self._open.items() if query.at < now - LIVES_S]:
            del self._open[old]
        self._last += 1
        query = self._open[str(self._last)] = Query(account.name, now)
        return str(self._last), query

    def answer(self, account: Account, query_id: str, answer: dict[str, Any]) -> None:
        """Answer a query once; refuses ids that are unknown, another bot's, answered or too old."""
        query = self._open.get(query_id)
        if (
            query is None
            or query.account != account.name
            or query.at < self._world.clock.now() - LIVES_S
        ):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        del self._open[query_id]
        query.answer = answer
        query.answered.set()
