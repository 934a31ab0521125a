"""Who does what on a database of PostgreSQL, and the door that only its holder goes through.

A worker lives while it says so often enough, by the clock of the database: those of the machines
differ. What it does it holds by lease; the lease of one that is gone is free. A fence grows each time
that a lease is taken, so a worker that was paused, and does not know it, is known by its old number.

Leases change hands only in a transaction that is alone, and everything a holder writes is written
beside none such (`Database.write`): whoever found its fence in place keeps it until the commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import LeaseLost
from storage.database import Database
from storage.rows import hot
from storage.tables import lease, worker

# Not of the transaction's begin, which may lie a long wait back.
_NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
_now: sa.ColumnElement[int] = sa.literal_column(_NOW, sa.BigInteger)
# For a connection of the driver: a worker lives for $2 ms from now.
BEAT = f"UPDATE worker SET until_at = {_NOW} + $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Worker:
    """A process; `lives` is what the database's clock says."""

    id: int
    name: str
    process: str
    config: str
    admitted: bool
    ready: bool
    lives: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """All workers by their age, oldest first, and who holds what (name → worker's id, None if free)."""

    workers: tuple[Worker, ...]
    holders: Mapping[str, int | None]


async def join(
    connection: AsyncConnection, name: str, process: str, config: str, lease_ms: int
) -> int:
    """Write down a new worker and return its id; it has no part in the work before `admit`."""
    made = await connection.execute(
        worker.insert()
        .values(name=name, process=process, config=config, until_at=_now + lease_ms)
        .returning(worker.c.id)
    )
    return int(made.scalar_one())


async def admit(connection: AsyncConnection, worker_id: int, *, ready: bool) -> str | None:
    """Let a worker work, if nobody does by other settings; returns the name of one that does.

    Once it is `ready` it has a share. The caller's transaction is alone. Raises LeaseLost for a worker that counts as gone.
    """
    config = await connection.scalar(sa.select(worker.c.config).where(worker.c.id == worker_id))
    if config is None:
        raise LeaseLost(f"worker {worker_id} counts as gone")
    different: str | None = await connection.scalar(
        sa.select(worker.c.name)
        .where(worker.c.admitted, worker.c.config != config, worker.c.until_at > _now)
        .limit(1)
    )
    if different is None:
        await connection.execute(
            worker.update().where(worker.c.id == worker_id).values(admitted=True, ready=ready)
        )
    return different


async def standing(connection: AsyncConnection) -> Standing:
    """Return who works, stands by or is gone, and who holds what."""
    workers = await connection.execute(
        sa.select(
            worker.c.id,
            worker.c.name,
            worker.c.process,
            worker.c.config,
            worker.c.admitted,
            worker.c.ready,
            worker.c.until_at > _now,
        ).order_by(worker.c.id)
    )
    leases = await connection.execute(sa.select(lease.c.name, lease.c.worker_id))
    return Standing(
        tuple(Worker(*row) for row in workers), {row.name: row.worker_id for row in leases}
    )


async def bury(connection: AsyncConnection, ended: Collection[int], *, silent: bool) -> list[str]:
    """Forget the workers that have `ended`, the `silent` ones too if wished; returns their names.

    What they held is free then.
    """
    late = worker.c.until_at <= _now if silent else sa.false()
    gone = sa.or_(worker.c.id.in_(ended), late)
    return list(await connection.scalars(worker.delete().where(gone).returning(worker.c.name)))


async def take(connection: AsyncConnection, worker_id: int, names: Iterable[str]) -> dict[str, int]:
    """Take leases that are free, or one's own without knowing it; returns their new fences by name.

    The caller's transaction is alone.
    """
    taken: dict[str, int] = {}
    for name in names:
        # A commit whose answer was lost may have made it ours already.
        made = await hot(
            connection,
            "INSERT INTO lease (name, worker_id, fence) VALUES (?, ?, 1)"
            " ON CONFLICT (name) DO UPDATE SET worker_id = excluded.worker_id, fence = lease.fence + 1"
            " WHERE lease.worker_id IS NULL OR lease.worker_id = excluded.worker_id"
            " RETURNING fence",
            (name, worker_id),
        )
        if made:
            taken[name] = made[0][0]
    return taken


async def give_back(connection: AsyncConnection, worker_id: int, name: str) -> None:
    """Let a lease go that the worker holds."""
    await connection.execute(
        lease.update()
        .where(lease.c.name == name, lease.c.worker_id == worker_id)
        .values(worker_id=None)
    )


async def leave(connection: AsyncConnection, worker_id: int) -> None:
    """Forget a worker that ends, which frees what it held."""
    await connection.execute(worker.delete().where(worker.c.id == worker_id))


class Fenced(Database):
    """The door of one who holds a lease: reading is free, nothing is written once somebody else holds it."""

    def __init__(
        self, db: Database, worker_id: int, name: str, fence: int, lost: Callable[[], None]
    ) -> None:
        """Guard this database; `lost` is called when a write is refused."""
        self.where = db.where
        self._db = db
        self._lease = (name, fence, worker_id)
        self._lost = lost

    @property
    def wanted(self) -> bool:
        """Tell whether somebody in this process writes alone now, or waits to."""
        return self._db.wanted

    @asynccontextmanager
    async def write(self, *, alone: bool = True) -> AsyncIterator[AsyncConnection]:
        """Give a connection that writes; raises LeaseLost if the lease has gone to somebody else."""
        async with self._db.write(alone=alone) as connection:
            held = await hot(
                connection,
                "SELECT 1 FROM lease WHERE name = ? AND fence = ? AND worker_id = ?",
                self._lease,
            )
            if not held:
                self._lost()
                raise LeaseLost(f"another worker has taken over {self._lease[0]}")
            yield connection

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a reading connection on one consistent snapshot."""
        return self._db.read()

    async def close(self) -> None:
        """Close nothing: the database belongs to whoever opened it."""
