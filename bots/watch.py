"""What conversations do by themselves: due-ness is a query, asked at a ring, at its moment, and now and then."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.abilities import Abilities
from bots.settings import Settings
from bots.turn import Effects, Turn
from bots.words import Words
from core.bell import Bell
from core.clock import Clock
from storage import chats, people
from storage.chats import Chat
from storage.database import Database

log = logging.getLogger("vestnik.bots")

LOOK_MS = 60_000


@dataclass(frozen=True, slots=True)
class Duty:
    """One look at what is due, inside one transaction; `now` is ms UTC."""

    connection: AsyncConnection
    settings: Settings
    words: Words
    abilities: Abilities
    now: int
    effects: Effects

    async def turn_with(self, person_id: int) -> Turn | None:
        """Return a turn with a person in the dialog they used last, None where nobody can be reached."""
        mine = await chats.private_of(self.connection, person_id)
        return await self.turn_in(mine[0]) if mine else None

    @asynccontextmanager
    async def apart(self, what: str) -> AsyncIterator[None]:
        """Do one of many: should it fail, it is undone and logged, and the others go on."""
        try:
            async with self.connection.begin_nested():
                yield
        except Exception:
            log.exception("%s could not be seen to", what)

    async def turn_in(self, chat: Chat) -> Turn:
        """Return a turn with whoever stands behind a private chat."""
        assert chat.person_id is not None
        person = await people.get(self.connection, chat.person_id)
        return Turn(
            connection=self.connection,
            settings=self.settings,
            words=self.words,
            now=self.now,
            row_id=0,
            chat=chat,
            person_id=person.id,
            locale=chat.locale or person.locale,
            abilities=self.abilities,
            effects=self.effects,
        )


@dataclass(frozen=True, slots=True)
class Watch:
    """Something to look at: the topic that rings for it, and what is done.

    `look` does what is due and returns when something is due again (ms UTC), None if nothing waits.
    `every_ms` is how long a missed ring may cost.
    """

    topic: str
    look: Callable[[Duty], Awaitable[int | None]]
    every_ms: int = LOOK_MS


class Watchman:
    """Keeps the watches of one engine."""

    def __init__(
        self, db: Database, settings: Settings, abilities: Abilities, bell: Bell, clock: Clock
    ) -> None:
        """Take what a duty needs; nothing runs yet."""
        self._db = db
        self._settings = settings
        self._abilities = abilities
        self._bell = bell
        self._clock = clock
        self._words = Words()

    async def keep(self, watch: Watch) -> None:
        """Look until cancelled; an error is logged and costs one round."""
        wake = self._bell.on(watch.topic)
        while True:
            wake.clear()
            now = self._clock.now()
            again = None
            try:
                again = await self.look(watch)
            except Exception:
                log.exception("%s could not be looked at", watch.topic)
            await self._clock.wait(wake, min(again or now + watch.every_ms, now + watch.every_ms))

    async def look(self, watch: Watch) -> int | None:
        """Do once what is due; returns when something is due again."""
        effects = Effects()
        async with self._db.write() as connection:
            duty = Duty(
                connection,
                self._settings,
                self._words,
                self._abilities,
                self._clock.now(),
                effects,
            )
            again = await watch.look(duty)
        self._bell.ring(*effects.rings)
        return again
