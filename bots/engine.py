"""Works the inbox off: in order within a chat, side by side across chats, each row once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from bots import commands
from bots.abilities import abilities_of
from bots.arrival import Arrival
from bots.downloads import Downloads
from bots.reception import receive
from bots.registry import WATCHES
from bots.settings import Settings
from bots.turn import Effects, RightsWanted, Where
from bots.watch import Watchman
from bots.words import Words
from core.bell import Bell
from core.clock import Clock
from core.errors import MessengerError
from core.incoming import IncomingKind
from core.messenger import Messenger, Part, Place, Rights, Sent
from core.richtext import RichText, plain
from core.words import ChatKind
from storage import chats, inbox, people, replies
from storage.database import Database, passes
from storage.inbox import Row
from storage.media import MediaFolder

log = logging.getLogger("vestnik.bots")

ATTEMPTS = 5
AT_ONCE = 16  # transactions that may stand in line for the database
BATCH = 50  # rows of one chat read together
ANSWER_MS = 1000  # a press is answered with words only if they are known by then
LOOK_MS = 5000  # how long a missed ring may cost

_ChatKey = tuple[int, str]


class Engine:
    """All conversations of the accounts it is given."""

    def __init__(
        self,
        db: Database,
        messengers: Mapping[int, Messenger],
        settings: Settings,
        bell: Bell,
        clock: Clock,
        folder: MediaFolder,
    ) -> None:
        """Take the accounts by their ids, and where pictures are kept; nothing runs yet."""
        self._db = db
        self._messengers = messengers
        self._settings = settings
        self._bell = bell
        self._clock = clock
        self._words = Words()
        self._abilities = abilities_of(messengers)
        self._watchman = Watchman(db, settings, self._abilities, bell, clock)
        self._downloads = Downloads(db, messengers, folder, bell, clock)
        self._chains: dict[_ChatKey, asyncio.Task[None]] = {}
        self._asides: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._worked_off = 0

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._run_rows())
                group.create_task(self._downloads.run())
                for watch in WATCHES:
                    group.create_task(self._watchman.keep(watch))
                for messenger in self._messengers.values():
                    self._aside(self._set_default_menu(messenger))
        finally:
            left = [*self._chains.values(), *self._asides]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def look(self) -> None:
        """Do once whatever is due by now, files first."""
        await self._downloads.drain()
        for watch in WATCHES:
            await self._watchman.look(watch)

    async def drain(self) -> int:
        """Work off all that waits, with the answers to presses, and return how many rows that was."""
        before = self._worked_off
        while await self._start_chains():
            await asyncio.gather(*self._chains.values())
        await asyncio.gather(*self._asides)
        return self._worked_off - before

    async def _run_rows(self) -> None:
        wake = self._bell.on("engine")
        while True:
            wake.clear()
            try:
                await self._start_chains()
            except Exception:
                log.exception("the inbox could not be read")
            await self._clock.wait(wake, self._clock.now() + LOOK_MS)

    async def _start_chains(self) -> bool:
        async with self._db.read() as connection:
            waiting = await inbox.waiting(connection)
        for key in waiting:
            if key[0] in self._messengers and key not in self._chains:
                self._chains[key] = asyncio.create_task(self._chain(key))
        return bool(self._chains)

    async def _chain(self, key: _ChatKey) -> None:
        try:
            while rows := await self._undone(key):
                for row in rows:
                    await self._work_off(row)
        except Exception:
            # The database itself fails: the rows stay, and are tried when it may be back.
            log.exception("a conversation stands still")
            await self._clock.sleep_until(self._clock.now() + LOOK_MS)
        finally:
            del self._chains[key]
            self._bell.ring("engine")

    async def _undone(self, key: _ChatKey) -> list[Row]:
        async with self._db.read() as connection:
            return await inbox.undone(connection, *key, BATCH)

    async def _work_off(self, row: Row) -> None:
        work = asyncio.ensure_future(self._try(row))
        if row.incoming.kind is IncomingKind.PRESS:
            self._aside(self._answer(row, work))
        effects = await work
        self._bell.ring(*effects.rings)
        if effects.farewell is not None:
            self._aside(self._take_leave(row, effects.farewell))
        for chat_id in effects.menus:
            self._aside(self._set_menu(chat_id))
        self._worked_off += 1

    async def _try(self, row: Row) -> Effects:
        for attempt in range(row.attempts, ATTEMPTS):
            try:
                return await self._effect(row)
            except Exception as error:
                if passes(error):
                    # No fault of the row: once more at once, then when it may be over.
                    return await self._effect(row)
                log.exception("row %s failed, attempt %s", row.id, attempt + 1)
                async with self._db.write() as connection:
                    await inbox.failed(connection, row.id, repr(error))
                last = repr(error)
        return await self._set_aside(row, last if row.attempts < ATTEMPTS else "too many attempts")

    async def _effect(self, row: Row) -> Effects:
        facts: dict[Where, Rights | MessengerError] = {}
        while True:
            try:
                async with self._room, self._db.write() as connection:
                    arrival = Arrival(
                        connection=connection,
                        settings=self._settings,
                        words=self._words,
                        now=self._clock.now(),
                        row=row,
                        network=self._messengers[row.account_id].network,
                        abilities=self._abilities,
                        facts=facts,
                    )
                    await receive(arrival)
                    await inbox.done(connection, row.id, arrival.now)
                return arrival.effects
            except RightsWanted as wanted:
                # Rolled back; asked outside, because a call may take seconds and others write.
                facts[wanted.where] = await self._rights(*wanted.where)

    async def _rights(self, account_id: int, place: Place) -> Rights | MessengerError:
        try:
            return await self._messengers[account_id].rights(place)
        except MessengerError as error:
            log.info("rights in %s are not known: %s", place.chat, error)
            return error

    async def _set_aside(self, row: Row, error: str) -> Effects:
        effects = Effects()
        here = row.incoming
        async with self._db.write() as connection:
            await inbox.done(connection, row.id, self._clock.now(), error)
            chat = await chats.find(connection, row.account_id, here.chat)
            if chat is None or chat.kind is not ChatKind.PRIVATE or chat.person_id is None:
                return effects
            person = await people.get(connection, chat.person_id)
            text = plain(self._words.say(chat.locale or person.locale, "sorry"))
            await replies.add(connection, row.account_id, chat.id, text, now=self._clock.now())
        effects.rings.add(("courier", row.account_id))
        return effects

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _answer(self, row: Row, work: asyncio.Future[Effects]) -> None:
        press = row.incoming.press
        if press is None:
            return
        done = asyncio.Event()
        work.add_done_callback(lambda _: done.set())
        in_time = await self._clock.wait(done, self._clock.now() + ANSWER_MS)
        worked = in_time and not work.cancelled() and work.exception() is None
        try:
            await self._messengers[row.account_id].answer(
                press, work.result().answer if worked else None
            )
        except Exception as error:
            log.info("a press was not answered: %s", error)

    async def _set_menu(self, chat_id: int) -> None:
        try:
            async with self._db.read() as connection:
                chat = await chats.get(connection, chat_id)
            if chat is not None and chat.account_id in self._messengers:
                messenger = self._messengers[chat.account_id]
                await commands.set_menu(self._db, messenger, self._settings, self._words, chat)
        except Exception as error:
            log.info("the commands of a dialog were not set: %s", error)

    async def _set_default_menu(self, messenger: Messenger) -> None:
        try:
            await commands.set_default(messenger, self._words)
        except Exception as error:
            log.info("the commands were not set: %s", error)

    async def _take_leave(self, row: Row, text: RichText) -> None:
        here = row.incoming
        messenger = self._messengers[row.account_id]
        place, part = Place(here.chat, here.chat_kind), Part(text)
        try:
            edited = here.message and await messenger.edit(place, [here.message], part)
            if isinstance(edited, Sent):
                return
            await messenger.send([place], part, row.id % 0x7FFFFFFF + 1)
        except Exception as error:
            log.info("the last word was not said: %s", error)
