"""The clock jumps while posts wait: nothing leaves before its time, nothing leaves twice, and in the end all is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.words import Mode
from storage import tables
from tests.support.town import Town, town

HOUR_S = 3600
JUMPS = {
    "an hour forward": (HOUR_S,),
    "an hour back": (-HOUR_S,),
    "a day forward": (24 * HOUR_S,),
    "forward and back again": (24 * HOUR_S, -24 * HOUR_S),
    "to and fro around the moment": (10 * HOUR_S + 60, -120, 60, -60, 120),
}
NIGHT = {"night_from_minute": 21 * 60, "night_to_minute": 8 * 60}
AT_ONCE, IN_THE_EVENING, NOT_AT_NIGHT = 1, 2, 3


@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_lets_nothing_out_early_or_twice(
    tmp_path: Path, jumps: tuple[int, ...]
) -> None:
    async def story() -> None:
        async with town(tmp_path) as made:
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.post("clock", at="2026-11-23T09:00:00+03:00")
            await made.time.sync()
            await made.flow()
            for network in made.accounts:
                await made.subscriber(network, AT_ONCE)
                await made.subscriber(network, IN_THE_EVENING, mode=Mode.DIGEST)
                await made.subscriber(network, NOT_AT_NIGHT, **NIGHT)
            for number, jump in enumerate(jumps):
                await made.post(
                    "sites/news", publish={"title": f"Новость {number}", "html": "<p>Да.</p>"}
                )
                await made.advance(61)
                assert made.poller is not None
                await made.poller.drain()
                await made.advance(jump)  # what was planned waits
                for _ in range(2):
                    await made.flow()
            for _ in range(3 * 24):
                await made.advance(HOUR_S)
                await made.flow()
            for network in made.accounts:
                for person in (AT_ONCE, IN_THE_EVENING, NOT_AT_NIGHT):
                    text = "\n".join(m["text"] for m in await made.seen(network, "main", person))
                    for number in range(len(jumps)):
                        assert text.count(f"Новость {number}\n") == 1, (network, person, number)
            await _nothing_was_early(made)

    asyncio.run(story())


async def _nothing_was_early(made: Town) -> None:
    query = (
        sa.select(
            tables.account.c.network,
            tables.chat.c.external,
            tables.delivery.c.message,
            tables.wave.c.due_at,
        )
        .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
        .join(tables.chat, tables.chat.c.id == tables.delivery.c.chat_id)
        .join(tables.account, tables.account.c.id == tables.chat.c.account_id)
    )
    async with made.db.read() as connection:
        due = {(r[0], r[1], str(r[2])): r[3] for r in await connection.execute(query)}
    assert due
    left = {
        (call["network"], chat, str(message)): call["at"] * 1000
        for call in await made.calls("sendMessage", "messages.send")
        for chat, message in zip(call["chats"], call["messages"], strict=True)
    }
    assert due.keys() <= left.keys()
    assert [one for one in due if left[one] < due[one] - 1] == []
