"""What of ours runs in a town: readers of updates, engine, publisher and couriers, stopped and started as one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bots import intake
from bots.engine import Engine
from bots.settings import Settings
from broadcaster.courier import Courier
from broadcaster.publisher import Publisher
from broadcaster.render import Renderer
from core.tasks import end
from newsroom.digest import DigestWords
from tests.support.town import Town

LOOK_S = 3  # of one call of control, below its time-out


class Running:
    """The product on the networks of a town; after a stop it starts from what is on disk."""

    def __init__(self, town: Town, settings: Settings) -> None:
        """Take the town and what config.yaml would say; nothing runs yet."""
        self._town = town
        self._settings = settings
        self._couriers: list[Courier] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._next_call = 0

    async def calls(self, wait_s: float) -> bool:
        """Wait for API calls that were not heard of yet, so many machine seconds at most; tell if there are."""
        answer = await self._town.get("calls", since=self._next_call, wait=wait_s)
        self._next_call = answer["next"]
        return bool(answer["calls"])

    async def start(self) -> None:
        """Build everything anew and let it run, until the readers of updates have their places."""
        town = self._town
        messengers = {town.accounts[n].id: messenger for n, messenger in town.messengers.items()}
        engine = Engine(town.db, messengers, self._settings, town.bell, town.clock, town.folder)
        publisher = Publisher(town.db, self._settings.rules, town.bell, town.clock)
        renderer = Renderer(town.db, town.folder, DigestWords())
        self._couriers = [
            Courier(account, messengers[account.id], town.db, renderer, town.bell, town.clock)
            for account in town.accounts.values()
        ]
        parts: list[Coroutine[Any, Any, None]] = [engine.run(), publisher.run()]
        parts += [courier.run() for courier in self._couriers]
        parts += [
            intake.run(town.db, account, messenger, town.bell, town.clock)
            for account, messenger in messengers.items()
        ]
        self._tasks = [asyncio.create_task(part) for part in parts]
        # VK tells nothing of what happened before its place was asked for the first time.
        while "vk" in town.accounts and not await self._has_place():
            await self.calls(LOOK_S)

    async def stop(self) -> None:
        """Stop as the product does: nothing new, what is in the air comes home, then the rest."""
        await asyncio.gather(*(courier.stop(grace_s=2) for courier in self._couriers))
        await end(self._tasks)
        self._couriers, self._tasks = [], []

    async def _has_place(self) -> bool:
        return bool(await self._town.calls("groups.getLongPollServer", effect=False))
