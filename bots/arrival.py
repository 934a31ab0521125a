"""One thing that came in, on its way to the conversation it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.abilities import Abilities
from bots.settings import Settings
from bots.turn import Effects, Facts, Turn
from bots.words import Words
from core.incoming import Incoming
from storage import people
from storage.chats import Chat
from storage.inbox import Row


@dataclass(frozen=True, slots=True)
class Arrival:
    """One inbox row on its way through, inside one transaction; `now` is ms UTC."""

    connection: AsyncConnection
    settings: Settings
    words: Words
    now: int
    row: Row
    network: str
    abilities: Abilities
    facts: Facts
    effects: Effects = field(default_factory=Effects)

    @property
    def incoming(self) -> Incoming:
        """Return what came in."""
        return self.row.incoming

    async def sender(self) -> int | None:
        """Return the id of the person behind it, made if there is none; None when nobody is named."""
        here = self.incoming
        if here.sender is None:
            return None
        return await people.find_or_add(
            self.connection, self.network, here.sender, here.sender_name, self.now
        )

    async def turn(self, chat: Chat, person_id: int) -> Turn:
        """Return a turn with a person in a private chat."""
        person = await people.get(self.connection, person_id)
        return Turn(
            connection=self.connection,
            settings=self.settings,
            words=self.words,
            now=self.now,
            row_id=self.row.id,
            chat=chat,
            person_id=person_id,
            locale=chat.locale or person.locale,
            incoming=self.incoming,
            facts=self.facts,
            abilities=self.abilities,
            effects=self.effects,
        )
