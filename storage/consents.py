"""Consents to the processing of personal data: who, to what text, when, withdrawn when."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import consent


async def add(
    connection: AsyncConnection,
    person_id: int,
    operator_id: int,
    purpose: str,
    version: str,
    sha: str,
    now: int,
) -> None:
    """Keep the fact that a person agreed; `sha` is the SHA-256 of the very text."""
    # One fact, never changed except for its withdrawal.
    await connection.execute(
        sa.insert(consent).values(
            person_id=person_id,
            operator_id=operator_id,
            purpose=purpose,
            version=version,
            hash=sha,
            at=now,
        )
    )


async def given(connection: AsyncConnection, person_id: int, purpose: str, sha: str) -> bool:
    """Tell whether a person's consent to this very text stands."""
    # Given, and not withdrawn.
    found = await connection.scalar(
        sa.select(consent.c.id).where(
            consent.c.person_id == person_id,
            consent.c.purpose == purpose,
            consent.c.hash == sha,
            consent.c.withdrawn_at.is_(None),
        )
    )
    return found is not None


async def withdraw(connection: AsyncConnection, person_id: int, now: int) -> None:
    """Note that a person takes all consents back."""
    # The fact stays, with its end.
    await connection.execute(
        sa.update(consent)
        .where(consent.c.person_id == person_id, consent.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
