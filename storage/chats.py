"""Chats: private dialogs, groups, channels and walls of the accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState, Reason
from storage.tables import account, chat


@dataclass(frozen=True, slots=True)
class Chat:
    """A place a message can go to, with the network of its account; times are ms UTC."""

    id: int
    account_id: int
    network: str
    external: str
    topic: str
    kind: ChatKind
    state: ChatState
    reason: Reason | None
    title: str
    person_id: int | None
    organization_id: int | None
    zone: str | None
    locale: str | None
    began_at: int | None
    greeted_at: int | None
    silent_until: int | None
    from_config: bool


_chats = sa.select(chat, account.c.network).join(account, account.c.id == chat.c.account_id)


def _read(row: Any) -> Chat:
    return Chat(
        id=row.id,
        account_id=row.account_id,
        network=row.network,
        external=row.external,
        topic=row.topic,
        kind=ChatKind(row.kind),
        state=ChatState(row.state),
        reason=None if row.reason is None else Reason(row.reason),
        title=row.title,
        person_id=row.person_id,
        organization_id=row.organization_id,
        zone=row.zone,
        locale=row.locale,
        began_at=row.began_at,
        greeted_at=row.greeted_at,
        silent_until=row.silent_until,
        from_config=row.from_config,
    )


async def _one(connection: AsyncConnection, *conditions: sa.ColumnElement[bool]) -> Chat | None:
    row = (await connection.execute(_chats.where(*conditions))).first()
    return None if row is None else _read(row)


async def _many(connection: AsyncConnection, *conditions: sa.ColumnElement[bool]) -> list[Chat]:
    rows = await connection.execute(_chats.where(*conditions).order_by(chat.c.id))
    return [_read(row) for row in rows]


async def get(connection: AsyncConnection, chat_id: int) -> Chat | None:
    """Return one chat, or None."""
    # One chat by its id.
    return await _one(connection, chat.c.id == chat_id)


async def find(
    connection: AsyncConnection, account_id: int, external: str, topic: str = ""
) -> Chat | None:
    """Return the account's chat with the messenger's own id, or None."""
    # One chat by what the messenger calls it.
    return await _one(
        connection,
        chat.c.account_id == account_id,
        chat.c.external == external,
        chat.c.topic == topic,
    )


async def add(
    connection: AsyncConnection,
    account_id: int,
    external: str,
    kind: ChatKind,
    state: ChatState,
    title: str,
    person_id: int | None,
) -> int:
    """Add a chat and return its id."""
    # A chat nobody has seen before.
    result = await connection.execute(
        sa.insert(chat).values(
            account_id=account_id,
            external=external,
            kind=kind,
            state=state,
            title=title,
            person_id=person_id,
        )
    )
    assert result.inserted_primary_key is not None
    chat_id: int = result.inserted_primary_key[0]
    return chat_id


async def private_of(
    connection: AsyncConnection, person_id: int, account_id: int | None = None
) -> list[Chat]:
    """Return a person's private dialogs in which we may begin to speak, of one account or of all.

    The one they used last comes first.
    """
    conditions = [
        # Of an account that config.yaml dropped nobody carries the words away.
        sa.not_(account.c.archived),
        chat.c.began_at.is_not(None),
        chat.c.person_id == person_id,
        chat.c.kind == ChatKind.PRIVATE,
        chat.c.state == ChatState.ACTIVE,
    ]
    if account_id is not None:
        conditions.append(chat.c.account_id == account_id)
    # Where the person can be spoken to.
    rows = await connection.execute(
        _chats.where(*conditions).order_by(chat.c.heard_at.desc().nulls_last(), chat.c.id)
    )
    return [_read(row) for row in rows]


async def all_private(connection: AsyncConnection, person_id: int) -> list[Chat]:
    """Return every private dialog of a person, in any state."""
    # All that is kept of the person's dialogs.
    return await _many(connection, chat.c.person_id == person_id, chat.c.kind == ChatKind.PRIVATE)


async def unconfirmed(connection: AsyncConnection, account_id: int, person_id: int) -> list[Chat]:
    """Return the groups and channels a person gave to the account and has not yet settled."""
    # Connected, and still without an answer from who connected it.
    return await _many(
        connection,
        chat.c.account_id == account_id,
        chat.c.person_id == person_id,
        chat.c.kind.in_((ChatKind.GROUP, ChatKind.CHANNEL)),
        chat.c.state == ChatState.UNCONFIRMED,
        sa.not_(chat.c.from_config),
    )


async def connected(connection: AsyncConnection, person_id: int | None = None) -> list[Chat]:
    """Return groups and channels made in chat that the account is still in: a person's, or all."""
    conditions = [
        chat.c.kind.in_((ChatKind.GROUP, ChatKind.CHANNEL)),
        chat.c.state != ChatState.GONE,
        sa.not_(chat.c.from_config),
    ]
    if person_id is not None:
        conditions.append(chat.c.person_id == person_id)
    # What people have connected.
    return await _many(connection, *conditions)


async def _set(connection: AsyncConnection, chat_id: int, **values: Any) -> None:
    await connection.execute(sa.update(chat).where(chat.c.id == chat_id).values(**values))


async def set_state(
    connection: AsyncConnection, chat_id: int, state: ChatState, reason: Reason | None = None
) -> None:
    """Say whether anything may be sent to a chat, and why not."""
    # The chat's state and its reason go together.
    await _set(connection, chat_id, state=state, reason=reason)


async def begin(connection: AsyncConnection, chat_id: int, now: int) -> None:
    """Note that the person began with the bot, so that the bot may speak; the first time counts."""
    # Kept from the first time on.
    await connection.execute(
        sa.update(chat).where(chat.c.id == chat_id, chat.c.began_at.is_(None)).values(began_at=now)
    )


async def hear(connection: AsyncConnection, chat_id: int, now: int) -> None:
    """Note that the person said or pressed something here just now."""
    # What we say by ourselves goes where they were last.
    await _set(connection, chat_id, heard_at=now)


async def greet(connection: AsyncConnection, chat_id: int, now: int) -> None:
    """Note that a stranger was offered a human."""
    # Once is enough for ever.
    await _set(connection, chat_id, greeted_at=now)


async def fall_silent(connection: AsyncConnection, chat_id: int, until: int) -> None:
    """Let a human of the community speak here until then."""
    # The bot answers no free text before that moment.
    await _set(connection, chat_id, silent_until=until)


async def rename(connection: AsyncConnection, chat_id: int, title: str) -> None:
    """Keep what the chat is called now."""
    # The messenger's own title.
    await _set(connection, chat_id, title=title)


async def own(connection: AsyncConnection, chat_id: int, person_id: int) -> None:
    """Note who connected the chat."""
    # Whom we ask about it.
    await _set(connection, chat_id, person_id=person_id)


async def assign(connection: AsyncConnection, chat_id: int, organization_id: int) -> None:
    """Note whose channel it is."""
    # The organization behind the channel.
    await _set(connection, chat_id, organization_id=organization_id)


async def forget(connection: AsyncConnection, chat_id: int, pseudonym: str) -> None:
    """Remove all that tells whose dialog it was; what was delivered stays under a pseudonym."""
    # The row stays for the ledger, nothing in it leads to a person.
    await _set(
        connection,
        chat_id,
        external=pseudonym,
        title="",
        person_id=None,
        zone=None,
        locale=None,
        state=ChatState.GONE,
        reason=Reason.GONE,
        heard_at=None,
        began_at=None,
        greeted_at=None,
        silent_until=None,
    )


async def disown(connection: AsyncConnection, person_id: int) -> None:
    """Take a person's name off the channels that they connected; the channels go on."""
    # Administrators look after them from now on.
    await connection.execute(
        sa.update(chat)
        .where(chat.c.person_id == person_id, chat.c.kind != ChatKind.PRIVATE)
        .values(person_id=None)
    )
