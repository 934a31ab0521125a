"""What chats want: organizations, topics, the way and the hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Mode
from storage.tables import subscription, subscription_organization, subscription_rubric

FOREVER = 253_402_300_799_000  # the last second of the year 9999, a pause without an end


@dataclass(frozen=True, slots=True)
class Subscription:
    """One chat's wish; minutes count from the chat's local midnight, `night` is (from, to) or None."""

    id: int
    chat_id: int
    mode: Mode
    digest_minute: int
    night: tuple[int, int] | None
    paused_until: int | None
    day_limit: int | None
    gap_s: int | None
    ended_at: int | None
    organizations: frozenset[int]
    rubrics: frozenset[int]  # empty: every one


async def of_chat(connection: AsyncConnection, chat_id: int) -> Subscription | None:
    """Return the chat's subscription, ended ones too, or None."""
    # The one row a chat can have.
    row = (
        await connection.execute(sa.select(subscription).where(subscription.c.chat_id == chat_id))
    ).first()
    if row is None:
        return None
    # Its organizations.
    organizations = await connection.scalars(
        sa.select(subscription_organization.c.organization_id).where(
            subscription_organization.c.subscription_id == row.id
        )
    )
    # Its topics.
    rubrics = await connection.scalars(
        sa.select(subscription_rubric.c.rubric_id).where(
            subscription_rubric.c.subscription_id == row.id
        )
    )
    quiet = row.night_from_minute is not None and row.night_to_minute is not None
    return Subscription(
        id=row.id,
        chat_id=row.chat_id,
        mode=Mode(row.mode),
        digest_minute=row.digest_minute,
        night=(row.night_from_minute, row.night_to_minute) if quiet else None,
        paused_until=row.paused_until,
        day_limit=row.day_limit,
        gap_s=row.gap_s,
        ended_at=row.ended_at,
        organizations=frozenset(organizations),
        rubrics=frozenset(rubrics),
    )


async def put(
    connection: AsyncConnection,
    chat_id: int,
    *,
    mode: Mode,
    digest_minute: int,
    night: tuple[int, int] | None,
    organizations: Iterable[int],
    rubrics: Iterable[int] = (),
    day_limit: int | None = None,
    gap_s: int | None = None,
    now: int,
) -> int:
    """Begin a chat's subscription, or begin it anew with exactly these wishes; return its id."""
    values = {
        "mode": mode,
        "digest_minute": digest_minute,
        "night_from_minute": night[0] if night else None,
        "night_to_minute": night[1] if night else None,
        "day_limit": day_limit,
        "gap_s": gap_s,
        "paused_until": None,
        "ended_at": None,
    }
    # Was there one before?
    found: int | None = await connection.scalar(
        sa.select(subscription.c.id).where(subscription.c.chat_id == chat_id)
    )
    if found is None:
        # A first subscription.
        result = await connection.execute(
            sa.insert(subscription).values(chat_id=chat_id, created_at=now, **values)
        )
        assert result.inserted_primary_key is not None
        found = int(result.inserted_primary_key[0])
    else:
        # The old row takes the new wishes.
        await _set(connection, found, **values)
    await _replace(connection, found, organizations, rubrics)
    return found


async def _replace(
    connection: AsyncConnection,
    subscription_id: int,
    organizations: Iterable[int],
    rubrics: Iterable[int],
) -> None:
    for table, column, ids in (
        (subscription_organization, "organization_id", organizations),
        (subscription_rubric, "rubric_id", rubrics),
    ):
        # The old choice goes …
        await connection.execute(sa.delete(table).where(table.c.subscription_id == subscription_id))
        rows = [{"subscription_id": subscription_id, column: one} for one in sorted(set(ids))]
        if rows:
            # … the new one comes.
            await connection.execute(sa.insert(table), rows)


async def _set(connection: AsyncConnection, subscription_id: int, **values: Any) -> None:
    await connection.execute(
        sa.update(subscription).where(subscription.c.id == subscription_id).values(**values)
    )


async def set_mode(connection: AsyncConnection, subscription_id: int, mode: Mode) -> None:
    """Change how the news come."""
    # How.
    await _set(connection, subscription_id, mode=mode)


async def set_digest_minute(connection: AsyncConnection, subscription_id: int, minute: int) -> None:
    """Change when the selection of the day comes, in minutes after local midnight."""
    # When.
    await _set(connection, subscription_id, digest_minute=minute)


async def set_day_limit(connection: AsyncConnection, subscription_id: int, limit: int) -> None:
    """Change how many news come in a day."""
    # How many.
    await _set(connection, subscription_id, day_limit=limit)


async def set_night(
    connection: AsyncConnection, subscription_id: int, night: tuple[int, int] | None
) -> None:
    """Change the quiet hours, in minutes after local midnight; None is no quiet hours."""
    # When not.
    await _set(
        connection,
        subscription_id,
        night_from_minute=night[0] if night else None,
        night_to_minute=night[1] if night else None,
    )


async def pause(connection: AsyncConnection, subscription_id: int, until: int | None) -> None:
    """Send nothing until then (ms UTC); None goes on."""
    # Not now.
    await _set(connection, subscription_id, paused_until=until)


async def end(connection: AsyncConnection, subscription_id: int, now: int) -> None:
    """Unsubscribe; the wishes stay in case the person comes back."""
    # Never again, until it is taken up.
    await _set(connection, subscription_id, ended_at=now)


async def take_up(connection: AsyncConnection, subscription_id: int) -> None:
    """Go on with an ended or paused subscription: its wishes as they were, its pause over."""
    # Whoever comes back wants the news now.
    await _set(connection, subscription_id, ended_at=None, paused_until=None)


async def set_organization(
    connection: AsyncConnection, subscription_id: int, organization_id: int, on: bool
) -> None:
    """Add or take away one organization; what is so already stays so."""
    table = subscription_organization
    # Away with it, …
    await connection.execute(
        sa.delete(table).where(
            table.c.subscription_id == subscription_id,
            table.c.organization_id == organization_id,
        )
    )
    if on:
        # … unless it is wished for.
        await connection.execute(
            sa.insert(table).values(
                subscription_id=subscription_id, organization_id=organization_id
            )
        )


async def set_rubric(
    connection: AsyncConnection, subscription_id: int, rubric_id: int, on: bool
) -> None:
    """Add or take away one topic; what is so already stays so."""
    table = subscription_rubric
    # Away with it, …
    await connection.execute(
        sa.delete(table).where(
            table.c.subscription_id == subscription_id, table.c.rubric_id == rubric_id
        )
    )
    if on:
        # … unless it is wished for.
        await connection.execute(
            sa.insert(table).values(subscription_id=subscription_id, rubric_id=rubric_id)
        )


async def clear_rubrics(connection: AsyncConnection, subscription_id: int) -> None:
    """Wish for every topic."""
    # No row is every topic.
    await connection.execute(
        sa.delete(subscription_rubric).where(
            subscription_rubric.c.subscription_id == subscription_id
        )
    )


async def forget(connection: AsyncConnection, chat_id: int) -> None:
    """Remove a chat's subscription with all its choices."""
    mine = sa.select(subscription.c.id).where(subscription.c.chat_id == chat_id)
    for table in (subscription_organization, subscription_rubric):
        # What was chosen.
        await connection.execute(sa.delete(table).where(table.c.subscription_id.in_(mine)))
    # The wish itself.
    await connection.execute(sa.delete(subscription).where(subscription.c.chat_id == chat_id))
