"""Updates that come twice, out of order and around restarts: each has its effect once."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from core.incoming import IncomingKind
from storage import inbox, tables
from tests.bots.house import House, play

UPDATES = int(os.environ.get("VESTNIK_UPDATES", "300"))
EACH = 4  # updates of one person
BATCH = 100


def test_each_update_has_its_effect_once_however_often_and_in_whatever_order_it_comes(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("VESTNIK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed} (repeat with VESTNIK_SEED={seed})")
    chance = random.Random(seed)

    async def story(house: House) -> None:
        updates = [
            house.incoming(IncomingKind.START, str(1000 + number // EACH), payload="org-org-1")
            for number in range(UPDATES)
        ]
        coming = updates * 2
        # A few places apart, as after a poll that was repeated, and anywhere, as after a restart.
        coming.sort(key=lambda one: int(one.key[1:]) + chance.choice((0, BATCH / 2, UPDATES)))
        for begin in range(0, len(coming), BATCH):
            batch = coming[begin : begin + BATCH]
            chance.shuffle(batch)
            async with house.db.write() as connection:
                await inbox.take(connection, house.account, batch, str(begin), house.clock.now())
            if chance.random() < 0.5:
                await house.engine.drain()
            if chance.random() < 0.3:
                await house.change()  # begun anew, from what is on disk
        await house.engine.drain()
        rows = await house.rows(tables.inbox)
        assert Counter(row.key for row in rows) == Counter(one.key for one in updates)
        assert all(row.done_at for row in rows)
        chats = {row.id: row.external for row in await house.rows(tables.chat)}
        said = Counter(chats[row.chat_id] for row in await house.rows(tables.reply))
        expected = Counter(str(one.sender) for one in updates)
        assert said == expected, "one answer each"
        assert (await house.row(tables.account)).cursor == str(len(coming) - BATCH)

    play(tmp_path, story)
