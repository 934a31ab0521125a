"""Stops: what is held back until somebody lifts it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import HoldScope
from storage.rows import hot
from storage.tables import hold, organization


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop that stands; `network` or `organization_id` by its scope; `at` is ms UTC."""

    id: int
    scope: HoldScope
    network: str | None
    organization_id: int | None
    at: int


@dataclass(frozen=True, slots=True)
class InForce:
    """What stops are in force."""

    everything: bool
    networks: frozenset[str]
    organizations: frozenset[int]  # with all below them


async def place(
    connection: AsyncConnection,
    scope: HoldScope,
    network: str | None,
    organization_id: int | None,
    by_person_id: int,
    now: int,
) -> int:
    """Stop and return the hold's id; a stop that stands already is returned as it is."""
    for standing in await live(connection):
        if (standing.scope, standing.network, standing.organization_id) == (
            scope,
            network,
            organization_id,
        ):
            return standing.id
    # Held from now on.
    result = await connection.execute(
        sa.insert(hold).values(
            scope=scope,
            network=network,
            organization_id=organization_id,
            by_person_id=by_person_id,
            at=now,
        )
    )
    assert result.inserted_primary_key is not None
    hold_id: int = result.inserted_primary_key[0]
    return hold_id


async def live(connection: AsyncConnection) -> list[Hold]:
    """Return the stops that stand."""
    # Not lifted yet.
    rows = await connection.execute(
        sa.select(hold).where(hold.c.lifted_at.is_(None)).order_by(hold.c.id)
    )
    return [
        Hold(row.id, HoldScope(row.scope), row.network, row.organization_id, row.at) for row in rows
    ]


async def in_force(connection: AsyncConnection) -> InForce:
    """Return the stops in force, organizations with all below them."""
    rows = await hot(
        connection, "SELECT scope, network, organization_id FROM hold WHERE lifted_at IS NULL"
    )
    stopped = {row[2] for row in rows if row[0] == int(HoldScope.ORGANIZATION)}
    if stopped:
        parents = list(
            await connection.execute(sa.select(organization.c.id, organization.c.parent_id))
        )
        grown = -1
        while grown != len(stopped):
            grown = len(stopped)
            stopped |= {row.id for row in parents if row.parent_id in stopped}
    return InForce(
        everything=any(row[0] == int(HoldScope.ALL) for row in rows),
        networks=frozenset(row[1] for row in rows if row[0] == int(HoldScope.MESSENGER)),
        organizations=frozenset(stopped),
    )


async def count(
    connection: AsyncConnection,
    scope: HoldScope,
    network: str | None,
    organization_id: int | None,
) -> int:
    """Return how many stops of exactly this scope there have ever been, lifted ones too."""
    # Grows with every new stop, so a card shown before it can be told from one shown after it.
    found = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(hold)
        .where(
            hold.c.scope == scope,
            hold.c.network.is_not_distinct_from(network),
            hold.c.organization_id.is_not_distinct_from(organization_id),
        )
    )
    return int(found or 0)


async def lift(connection: AsyncConnection, hold_id: int, by_person_id: int, now: int) -> bool:
    """Lift a stop; False if it did not stand any more."""
    # Whoever is first lifts it.
    result = await connection.execute(
        sa.update(hold)
        .where(hold.c.id == hold_id, hold.c.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by_person_id=by_person_id)
    )
    return result.rowcount == 1
