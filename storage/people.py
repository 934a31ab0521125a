"""Persons and their identities in the messengers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import approval, identity, metadata, person, revision, role


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


async def add_identity(
    connection: AsyncConnection, person_id: int, network: str, external: str
) -> None:
    """Let a person be known by one more identity."""
    # In another messenger.
    await connection.execute(
        sa.insert(identity).values(person_id=person_id, network=network, external=external)
    )


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


async def names(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, str]:
    """Return what persons are called, by id."""
    # Many at once, for a list.
    rows = await connection.execute(
        sa.select(person.c.id, person.c.name).where(person.c.id.in_(sorted(set(ids))))
    )
    return {row.id: row.name for row in rows}


async def merge(connection: AsyncConnection, kept: int, gone: int, now: int) -> None:
    """Make two persons one: whatever names `gone` names `kept` from now on; of doubles one is left."""
    await _end_double_roles(connection, kept, gone, now)
    await _drop_double_approvals(connection, kept, gone)
    await _inherit(connection, kept, gone)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is person.c.id for key in column.foreign_keys):
                # Every table that knows a person, those that are added later too.
                await connection.execute(
                    sa.update(table).where(column == gone).values({column: kept})
                )
    # The one column without a foreign key.
    await connection.execute(
        sa.update(revision).where(revision.c.by_person_id == gone).values(by_person_id=kept)
    )
    # Nothing points at it any more: the foreign keys would say so.
    await connection.execute(sa.delete(person).where(person.c.id == gone))


async def _end_double_roles(connection: AsyncConnection, kept: int, gone: int, now: int) -> None:
    other = role.alias()
    # Only one of a kind may be live at an organization.
    await connection.execute(
        sa.update(role)
        .where(
            role.c.person_id == gone,
            role.c.revoked_at.is_(None),
            sa.exists().where(
                other.c.person_id == kept,
                other.c.organization_id == role.c.organization_id,
                other.c.kind == role.c.kind,
                other.c.revoked_at.is_(None),
            ),
        )
        .values(revoked_at=now)
    )


async def _drop_double_approvals(connection: AsyncConnection, kept: int, gone: int) -> None:
    other = approval.alias()
    # Two words of one person are one.
    await connection.execute(
        sa.delete(approval).where(
            approval.c.person_id == gone,
            sa.exists().where(
                other.c.person_id == kept,
                other.c.review_id == approval.c.review_id,
                other.c.revision_id == approval.c.revision_id,
            ),
        )
    )


async def _inherit(connection: AsyncConnection, kept: int, gone: int) -> None:
    old, new = await get(connection, gone), await get(connection, kept)
    # What the one never said, the other may have.
    await connection.execute(
        sa.update(person)
        .where(person.c.id == kept)
        .values(
            name=new.name or old.name, zone=new.zone or old.zone, locale=new.locale or old.locale
        )
    )


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Remove all that tells who a person is; the bare row stays for the facts that point at it."""
    # Nobody finds the person by a messenger's id any more.
    await connection.execute(sa.delete(identity).where(identity.c.person_id == person_id))
    # Nor by a name.
    await connection.execute(
        sa.update(person).where(person.c.id == person_id).values(name="", zone=None, locale=None)
    )
    # What they wrote goes on without an author.
    await connection.execute(
        sa.update(revision).where(revision.c.by_person_id == person_id).values(by_person_id=None)
    )
