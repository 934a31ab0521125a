"""One-time invitations to a role: only the hash of what the link carries is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import RoleKind
from storage.rows import insert
from storage.tables import invitation


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation gives and how it stands; times are ms UTC."""

    id: int
    role: RoleKind
    organization_id: int
    by_person_id: int | None
    created_at: int
    expires_at: int
    used_at: int | None
    used_by_person_id: int | None
    revoked_at: int | None


def _read(row: Any) -> Invitation:
    return Invitation(
        row.id,
        RoleKind(row.role),
        row.organization_id,
        row.by_person_id,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.used_by_person_id,
        row.revoked_at,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def add(
    connection: AsyncConnection,
    *,
    token: str,
    role: RoleKind,
    organization_id: int,
    by_person_id: int,
    now: int,
    expires_at: int,
) -> int:
    """Keep a new invitation and return its id."""
    return await insert(
        connection,
        invitation,
        hash=_hash(token),
        role=int(role),
        organization_id=organization_id,
        by_person_id=by_person_id,
        created_at=now,
        expires_at=expires_at,
    )


async def by_token(connection: AsyncConnection, token: str) -> Invitation | None:
    """Return the invitation that a link carries, or None."""
    # By its hash: what is in the database opens nothing.
    row = (
        await connection.execute(sa.select(invitation).where(invitation.c.hash == _hash(token)))
    ).first()
    return None if row is None else _read(row)


async def get(connection: AsyncConnection, invitation_id: int) -> Invitation | None:
    """Return an invitation, or None."""
    # What a button names.
    row = (
        await connection.execute(sa.select(invitation).where(invitation.c.id == invitation_id))
    ).first()
    return None if row is None else _read(row)


async def open_ones(connection: AsyncConnection, now: int) -> list[Invitation]:
    """Return the invitations that may still be used, newest first."""
    # Neither used nor revoked nor expired.
    rows = await connection.execute(
        sa.select(invitation)
        .where(
            invitation.c.used_at.is_(None),
            invitation.c.revoked_at.is_(None),
            invitation.c.expires_at > now,
        )
        .order_by(invitation.c.id.desc())
    )
    return [_read(row) for row in rows]


async def use(connection: AsyncConnection, invitation_id: int, person_id: int, now: int) -> bool:
    """Use an invitation up; False if somebody was faster, or it is revoked or expired."""
    # One statement decides: of fifty who race, one gets the row.
    changed = await connection.execute(
        sa.update(invitation)
        .where(
            invitation.c.id == invitation_id,
            invitation.c.used_at.is_(None),
            invitation.c.revoked_at.is_(None),
            invitation.c.expires_at > now,
        )
        .values(used_at=now, used_by_person_id=person_id)
        .returning(invitation.c.id)
    )
    return changed.first() is not None


async def revoke(connection: AsyncConnection, invitation_id: int, now: int) -> bool:
    """Make an invitation useless; False if it was used or revoked before."""
    # Only an open one.
    changed = await connection.execute(
        sa.update(invitation)
        .where(
            invitation.c.id == invitation_id,
            invitation.c.used_at.is_(None),
            invitation.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(invitation.c.id)
    )
    return changed.first() is not None


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Take a forgotten person's name off the invitations."""
    # Whom an invitation served.
    await connection.execute(
        sa.update(invitation)
        .where(invitation.c.used_by_person_id == person_id)
        .values(used_by_person_id=None)
    )
    # And who wrote it.
    await connection.execute(
        sa.update(invitation)
        .where(invitation.c.by_person_id == person_id)
        .values(by_person_id=None)
    )
