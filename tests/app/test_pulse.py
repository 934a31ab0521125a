"""Nothing leaves while it is not sure that this worker may still act."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

from app.pulse import Pulse, guarded
from core.messenger import Messenger, Outcome, Part, Place, Sent
from core.richtext import plain
from core.words import ChatKind

PLACE, PART = Place("1", ChatKind.PRIVATE), Part(plain("Слово"))


class Wire:
    """What a messenger was given."""

    network = "wire"

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Count it."""
        self.sent += 1
        return [Sent(("1",))]


def test_a_call_waits_while_the_worker_was_not_heard_of_and_leaves_when_it_is_again() -> None:
    async def work() -> None:
        pulse, wire = Pulse(60), Wire()
        messenger = guarded(cast(Messenger, wire), pulse)
        assert messenger.network == "wire"
        pulse.beat(time.monotonic() - 61)  # what a pause of the process leaves behind
        call: asyncio.Task[Any] = asyncio.create_task(cast(Any, messenger.send([PLACE], PART, 1)))
        await asyncio.sleep(0)
        assert (pulse.sure, wire.sent) == (False, 0)
        pulse.beat(time.monotonic())
        await call
        assert (pulse.sure, wire.sent) == (True, 1)

    asyncio.run(work())


def test_of_a_worker_that_is_gone_nothing_leaves_any_more() -> None:
    async def work() -> None:
        pulse, wire = Pulse(60), Wire()
        pulse.lost = True
        call: asyncio.Task[Any] = asyncio.create_task(
            cast(Any, guarded(cast(Messenger, wire), pulse).send([PLACE], PART, 1))
        )
        pulse.beat(time.monotonic())  # said before it was known
        for _ in range(3):
            await asyncio.sleep(0)
        assert wire.sent == 0
        call.cancel()
        await asyncio.wait([call])

    asyncio.run(work())
