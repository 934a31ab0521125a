"""Persons and their identities in the messengers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import identity, person


@dataclass(frozen=True, slots=True)
class Person:
    """A human; `zone` and `locale` are None when they inherit."""

    id: int
    name: str
    zone: str | None
    locale: str | None


async def find_or_add(
    connection: AsyncConnection, network: str, external: str, name: str, now: int
) -> int:
    """Return the id of the person behind an identity, made if there is none; a new name is kept."""
    found = await by_identity(connection, network, external)
    if found is not None:
        if name:
            # The name in the messenger changed.
            await connection.execute(
                sa.update(person)
                .where(person.c.id == found, person.c.name != name)
                .values(name=name)
            )
        return found
    # A person nobody has seen before …
    result = await connection.execute(sa.insert(person).values(name=name, created_at=now))
    assert result.inserted_primary_key is not None
    person_id: int = result.inserted_primary_key[0]
    # … and the identity by which it will be known again.
    await connection.execute(
        sa.insert(identity).values(person_id=person_id, network=network, external=external)
    )
    return person_id


async def by_identity(connection: AsyncConnection, network: str, external: str) -> int | None:
    """Return the id of the person behind an identity, or None."""
    # Whose identity this is.
    found: int | None = await connection.scalar(
        sa.select(identity.c.person_id).where(
            identity.c.network == network, identity.c.external == external
        )
    )
    return found


async def get(connection: AsyncConnection, person_id: int) -> Person:
    """Return a person that is known to exist."""
    # One person.
    row = (await connection.execute(sa.select(person).where(person.c.id == person_id))).one()
    return Person(row.id, row.name, row.zone, row.locale)


async def identities(connection: AsyncConnection, person_id: int) -> frozenset[tuple[str, str]]:
    """Return a person's identities as (network, external id)."""
    # Everything the person is known by.
    rows = await connection.execute(
        sa.select(identity.c.network, identity.c.external).where(identity.c.person_id == person_id)
    )
    return frozenset((row.network, row.external) for row in rows)


async def having(connection: AsyncConnection, wanted: Iterable[tuple[str, str]]) -> list[int]:
    """Return the ids of the persons behind these identities, unknown ones left out."""
    found = [await by_identity(connection, network, external) for network, external in wanted]
    return sorted({person_id for person_id in found if person_id is not None})


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Remove all that tells who a person is; the bare row stays for the facts that point at it."""
    # Nobody finds the person by a messenger's id any more.
    await connection.execute(sa.delete(identity).where(identity.c.person_id == person_id))
    # Nor by a name.
    await connection.execute(
        sa.update(person).where(person.c.id == person_id).values(name="", zone=None, locale=None)
    )
