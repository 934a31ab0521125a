"""Who may do what: roles of persons within organizations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import RoleKind
from storage.rows import insert
from storage.tables import organization, role


@dataclass(frozen=True, slots=True)
class Role:
    """A live right of a person within an organization and the subtree below it."""

    id: int
    person_id: int
    organization_id: int
    kind: RoleKind
    organization: str  # its short name


_live = (
    sa.select(role, organization.c.short)
    .join(organization, organization.c.id == role.c.organization_id)
    .where(role.c.revoked_at.is_(None), sa.not_(organization.c.archived))
)


def _read(row: Any) -> Role:
    return Role(row.id, row.person_id, row.organization_id, RoleKind(row.kind), row.short)


async def of_person(connection: AsyncConnection, person_id: int) -> list[Role]:
    """Return a person's roles, the one last used first."""
    # Roles never used yet stand behind, in the order they were given.
    rows = await connection.execute(
        _live.where(role.c.person_id == person_id).order_by(
            role.c.used_at.desc().nulls_last(), role.c.id
        )
    )
    return [_read(row) for row in rows]


async def get(connection: AsyncConnection, role_id: int) -> Role | None:
    """Return a role that is still live, or None."""
    # What a button names.
    row = (await connection.execute(_live.where(role.c.id == role_id))).first()
    return None if row is None else _read(row)


async def holders(
    connection: AsyncConnection, organization_ids: Collection[int], kinds: Iterable[RoleKind]
) -> list[Role]:
    """Return the roles of some kinds at any of these organizations, in the order they were given."""
    # With an organization and all above it: everybody whose role covers it.
    rows = await connection.execute(
        _live.where(
            role.c.organization_id.in_(sorted(organization_ids)),
            role.c.kind.in_([int(kind) for kind in kinds]),
        ).order_by(role.c.id)
    )
    return [_read(row) for row in rows]


async def grant(
    connection: AsyncConnection,
    person_id: int,
    organization_id: int,
    kind: RoleKind,
    by_person_id: int | None,
    now: int,
) -> bool:
    """Give a role; False if the person has it already."""
    # The unique index lets only one be live.
    known = await connection.scalar(
        sa.select(role.c.id).where(
            role.c.person_id == person_id,
            role.c.organization_id == organization_id,
            role.c.kind == int(kind),
            role.c.revoked_at.is_(None),
        )
    )
    if known is not None:
        return False
    await insert(
        connection,
        role,
        person_id=person_id,
        organization_id=organization_id,
        kind=int(kind),
        by_person_id=by_person_id,
        granted_at=now,
    )
    return True


async def use(connection: AsyncConnection, role_id: int, now: int) -> None:
    """Note that the person spoke in this role."""
    # The last choice is offered first.
    await connection.execute(sa.update(role).where(role.c.id == role_id).values(used_at=now))


async def revoke(
    connection: AsyncConnection, role_id: int, by_person_id: int | None, now: int
) -> bool:
    """Take a role back from this moment on; False if it was taken back before."""
    # Only a live one.
    changed = await connection.execute(
        sa.update(role)
        .where(role.c.id == role_id, role.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by_person_id=by_person_id)
        .returning(role.c.id)
    )
    return changed.first() is not None


async def forget(connection: AsyncConnection, person_id: int, now: int) -> None:
    """Take all roles from a person who is forgotten."""
    # The facts stay, without effect.
    await connection.execute(
        sa.update(role)
        .where(role.c.person_id == person_id, role.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
