"""What the ledger alone costs: to claim, to mark as in flight, to record; nothing is sent.

The batches are the courier's: what it claims at a time, and what comes home together. The whole process
is measured, so SQLite's own work is in the figures. Beside it plain aiosqlite, which writes the same two
things in the same batches and asks nothing: whether a post was corrected meanwhile, whether a wave is over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.house import WARMERS, House, build, folder, opened
from bench.process import ask, core, do_job, own_cpu_s
from bench.table import Row, spread
from broadcaster.claiming import SLOTS
from broadcaster.courier import IN_AIR
from broadcaster.fate import Fate
from broadcaster.record import Record
from broadcaster.settle import Settler
from core.words import DeliveryState
from storage import claims, ledger
from storage.ledger import Claim
from storage.sqlite import PRAGMAS

_SENT = Fate(DeliveryState.SENT, attempts=1)


def measure(deliveries: int, runs: int) -> Row:
    """Take deliveries through the ledger; prints what each step costs."""
    told = [
        ask({"deliveries": deliveries, "core": core(1)}, "-m", "bench.ledger") for _ in range(runs)
    ]
    for one in told:
        print(
            "ledger: claim {claim:.1f}, mark {mark:.1f}, record {record:.1f} µs a delivery; "
            "the same {many} at a time: mark {mark_many:.1f}, settle {settle_many:.1f} µs; "
            "aiosqlite by itself: mark {peer_mark:.1f}, record {peer_record:.1f} µs".format(**one)
        )
    both = [one["mark"] + one["record"] for one in told]
    peer = [one["peer_mark"] + one["peer_record"] for one in told]
    return Row(
        "ledger, µs of CPU a delivery",
        "10",
        "5",
        f"aiosqlite {spread(peer, '.0f')}",
        spread(both, ".0f"),
        f"marked {SLOTS} at a time and recorded as {IN_AIR} come home, as the courier does; "
        f"claiming is {sorted(one['claim'] for one in told)[runs // 2]:.0f} more; "
        "aiosqlite writes both by executemany and asks nothing",
    )


async def _work(job: dict[str, Any]) -> dict[str, float]:
    count: int = job["deliveries"]
    with folder() as name:
        path = Path(name, "vestnik.db")
        build(path, "telegram", 1, count)
        async with opened(path, "http://127.0.0.1:9") as house:
            await house.plan(WARMERS)
            await _through(house, 300, SLOTS)
            await house.plan()
            small = await _through(house, count // 2, SLOTS)
            many = await _in_bulk(house, count - count // 2)
        peer = await _by_aiosqlite(Path(name, "peer.db"), count // 2)
    return small | many | peer


async def _through(house: House, count: int, at_once: int) -> dict[str, float]:
    """Claim, mark and record as the courier does; µs a delivery of each step."""
    steps = _Steps()
    # What comes home together is decided here; a pause with nothing else to do only cools the machine down.
    settler = Settler(house.db, house.clock, apart_s=0)
    done = 0
    while done < count:
        with steps.step("claim"):
            async with house.db.read() as connection:
                due = await _claimable(house, connection, at_once)
        with steps.step("mark"):
            async with house.db.write() as connection:
                await ledger.mark_in_flight(connection, due, house.clock.now())
        done += len(due)
        for start in range(0, len(due), IN_AIR):
            home = [_sent(house, claim) for claim in due[start : start + IN_AIR]]
            with steps.step("record"):
                await settler.record(home)
    await settler.close()
    return steps.each(done)


async def _in_bulk(house: House, count: int) -> dict[str, float]:
    """Mark and settle very many in one transaction: what the statements cost without what stands around them."""
    steps = _Steps()
    async with house.db.read() as connection:
        due = await _claimable(house, connection, count)
    with steps.step("mark_many"):
        async with house.db.write() as connection:
            await ledger.mark_in_flight(connection, due, house.clock.now())
    settled = [
        ledger.Settled(claim.delivery_id, DeliveryState.SENT, message="1", attempts=1)
        for claim in due
    ]
    with steps.step("settle_many"):
        async with house.db.write() as connection:
            await ledger.settle(connection, settled, house.clock.now())
    return steps.each(len(due)) | {"many": len(due)}


async def _by_aiosqlite(path: Path, count: int) -> dict[str, float]:
    """Mark and record by key with the library alone, as durable and as many at a time."""
    steps = _Steps()
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        for pragma in PRAGMAS:
            await connection.execute(pragma)
        await connection.execute(
            "CREATE TABLE delivery (post INTEGER, chat INTEGER, account INTEGER, message TEXT,"
            " state INTEGER, attempts INTEGER, at INTEGER, PRIMARY KEY (post, chat)) WITHOUT ROWID"
        )
        await connection.executemany(
            "INSERT INTO delivery VALUES (1, ?, 1, NULL, 1, 0, NULL)", ((n,) for n in range(count))
        )
        for first in range(0, count, SLOTS):
            due = range(first, min(first + SLOTS, count))
            with steps.step("peer_mark"):
                await _update(connection, "state = 2, at = ?", [(1, n) for n in due])
            for start in range(0, len(due), IN_AIR):
                home = [("1", 1, 1, n) for n in due[start : start + IN_AIR]]
                with steps.step("peer_record"):
                    changes = "state = 3, message = ?, attempts = ?, at = ?"
                    await _update(connection, changes, home)
    return steps.each(count)


async def _update(
    connection: aiosqlite.Connection, changes: str, values: Sequence[tuple[Any, ...]]
) -> None:
    await connection.execute("BEGIN IMMEDIATE")
    await connection.executemany(
        f"UPDATE delivery SET {changes} WHERE post = 1 AND chat = ?", values
    )
    await connection.commit()


async def _claimable(house: House, connection: AsyncConnection, most: int) -> Sequence[Claim]:
    (account,) = house.accounts
    now = house.clock.now()
    return await claims.claimable(connection, account.id, account.network, now, most)


def _sent(house: House, claim: Claim) -> Record:
    return Record(house.accounts[0].id, claim, _SENT, messages=("1",))


class _Steps:
    def __init__(self) -> None:
        self._spent: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = own_cpu_s()
        yield
        self._spent[name] = self._spent.get(name, 0.0) + own_cpu_s() - began

    def each(self, count: int) -> dict[str, float]:
        return {name: seconds / count * 1e6 for name, seconds in self._spent.items()}


if __name__ == "__main__":
    sys.exit(do_job(_work))
