"""What buttons were shown: a button carries only the screen's id and an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import reply, screen


@dataclass(frozen=True, slots=True)
class Screen:
    """A shown screen; `choices[i]` is what button `i` means; `expires_at` is ms UTC."""

    id: int
    chat_id: int
    person_id: int | None
    script: str
    version: int
    choices: Sequence[Mapping[str, Any]]
    revision_id: int | None
    expires_at: int


async def add(
    connection: AsyncConnection,
    *,
    chat_id: int,
    person_id: int | None,
    script: str,
    version: int,
    choices: Sequence[Mapping[str, Any]],
    now: int,
    expires_at: int,
    revision_id: int | None = None,
    subject: str | None = None,
) -> int:
    """Keep a screen that is about to be shown and return its id."""
    # The buttons' meaning stays here, not in the messenger.
    result = await connection.execute(
        sa.insert(screen).values(
            chat_id=chat_id,
            person_id=person_id,
            script=script,
            version=version,
            choices=[dict(choice) for choice in choices],
            revision_id=revision_id,
            subject=subject,
            created_at=now,
            expires_at=expires_at,
        )
    )
    assert result.inserted_primary_key is not None
    screen_id: int = result.inserted_primary_key[0]
    return screen_id


async def get(connection: AsyncConnection, screen_id: int) -> Screen | None:
    """Return a screen, expired ones too, or None."""
    # One screen by its id.
    row = (await connection.execute(sa.select(screen).where(screen.c.id == screen_id))).first()
    return None if row is None else _read(row)


def _read(row: Any) -> Screen:
    return Screen(
        id=row.id,
        chat_id=row.chat_id,
        person_id=row.person_id,
        script=row.script,
        version=row.version,
        choices=row.choices,
        revision_id=row.revision_id,
        expires_at=row.expires_at,
    )


async def close(connection: AsyncConnection, screen_id: int, now: int) -> None:
    """Let a screen's buttons mean nothing from now on."""
    # Expired by now.
    await connection.execute(
        sa.update(screen)
        .where(screen.c.id == screen_id, screen.c.expires_at > now)
        .values(expires_at=now)
    )


async def other_messages(
    connection: AsyncConnection, chat_id: int, script: str, now: int, but: str | None
) -> list[tuple[Screen, str]]:
    """Return a script's screens that messages show with working buttons, `but` that of one message."""
    # A message shows the last screen that was put into it.
    shown = (
        sa.select(reply.c.message, sa.func.max(reply.c.screen_id).label("screen_id"))
        .where(
            reply.c.chat_id == chat_id,
            reply.c.message.is_not(None),
            reply.c.message.is_distinct_from(but),
        )
        .group_by(reply.c.message)
        .subquery()
    )
    # Those of this script that a person may still press.
    rows = await connection.execute(
        sa.select(screen, shown.c.message)
        .join(shown, shown.c.screen_id == screen.c.id)
        .where(screen.c.script == script, screen.c.expires_at > now)
        .order_by(screen.c.id)
    )
    return [(_read(row), row.message) for row in rows]


@dataclass(frozen=True, slots=True)
class Card:
    """A message that shows something about a subject, or is about to; `revision_id` is what it showed."""

    chat_id: int
    person_id: int
    message: str
    revision_id: int | None


async def cards_about(connection: AsyncConnection, subject: str) -> list[Card]:
    """Return every message whose last screen is about a subject."""
    # A message shows the last screen that was put into it, or is on its way into it.
    message = sa.func.coalesce(reply.c.message, reply.c.edits)
    shown = (
        sa.select(
            reply.c.chat_id, message.label("message"), sa.func.max(reply.c.screen_id).label("last")
        )
        .where(
            message.is_not(None),
            reply.c.chat_id.in_(sa.select(screen.c.chat_id).where(screen.c.subject == subject)),
        )
        .group_by(reply.c.chat_id, message)
        .subquery()
    )
    rows = await connection.execute(
        sa.select(shown.c.chat_id, screen.c.person_id, shown.c.message, screen.c.revision_id)
        .join(screen, screen.c.id == shown.c.last)
        .where(screen.c.subject == subject, screen.c.person_id.is_not(None))
        .order_by(shown.c.last)
    )
    return [Card(*row) for row in rows]


async def messages_about(
    connection: AsyncConnection, subject: str, but_chat: int | None = None
) -> list[tuple[int, int, str]]:
    """Return (chat, person, message) of every message whose last screen is about a subject."""
    return [
        (card.chat_id, card.person_id, card.message)
        for card in await cards_about(connection, subject)
        if card.chat_id != but_chat
    ]


async def last_shown(connection: AsyncConnection, chat_id: int, script: str) -> int | None:
    """Return when a script last showed something in a chat (ms UTC), or None."""
    # The newest of this kind.
    at: int | None = await connection.scalar(
        sa.select(sa.func.max(screen.c.created_at)).where(
            screen.c.chat_id == chat_id, screen.c.script == script
        )
    )
    return at


async def forget(connection: AsyncConnection, chat_id: int) -> None:
    """Remove a chat's replies and screens."""
    # Replies point at screens, so they go first.
    await connection.execute(sa.delete(reply).where(reply.c.chat_id == chat_id))
    # Then what they showed.
    await connection.execute(sa.delete(screen).where(screen.c.chat_id == chat_id))
