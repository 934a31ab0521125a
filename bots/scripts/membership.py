"""The account was added, promoted, demoted or removed: what that means for the chat and its owner."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.arrival import Arrival
from bots.scripts import connect
from bots.turn import Turn
from core.incoming import Incoming
from core.words import ChatKind, ChatState, Reason
from storage import chats, dialogs
from storage.chats import Chat


async def receive(arrival: Arrival) -> None:
    """Find the chat and its owner, and take in the account's new standing there."""
    here = arrival.incoming
    if here.chat_kind not in (ChatKind.GROUP, ChatKind.CHANNEL):
        return
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is None and not here.present:
        return
    person_id = await arrival.sender() if here.present else None
    if chat is None:
        chat_id = await chats.add(
            arrival.connection,
            arrival.row.account_id,
            here.chat,
            here.chat_kind,
            ChatState.UNCONFIRMED,
            here.chat_title,
            person_id,
        )
        chat = await chats.get(arrival.connection, chat_id)
        assert chat is not None
    elif person_id is not None and not chat.from_config:
        chat = await _with_owner(arrival, chat, person_id)
    turn = None
    if chat.person_id is not None:
        dialogs = await chats.private_of(arrival.connection, chat.person_id, chat.account_id)
        if dialogs:
            turn = await arrival.turn(dialogs[0], chat.person_id)
    await _changed(arrival.connection, chat, here, turn)


async def _with_owner(arrival: Arrival, chat: Chat, sender: int) -> Chat:
    """Return the chat with the sender as its owner where the owner of before cannot be asked."""
    gone = chat.state is ChatState.GONE or chat.person_id is None
    if not gone and chat.state is ChatState.UNCONFIRMED and chat.person_id is not None:
        # Of two who handle it before it is settled, the one who can be spoken to.
        old = await chats.private_of(arrival.connection, chat.person_id, chat.account_id)
        gone = not old and bool(await chats.private_of(arrival.connection, sender, chat.account_id))
    if not gone:
        return chat
    await chats.own(arrival.connection, chat.id, sender)
    return replace(chat, person_id=sender)


async def _changed(
    connection: AsyncConnection, chat: Chat, incoming: Incoming, turn: Turn | None
) -> None:
    """Take in the account's new standing in a group or channel.

    `turn` speaks with its owner; None when the owner never began with the account: then the chat
    waits, and its owner is asked as soon as they begin.
    """
    if incoming.chat_title and incoming.chat_title != chat.title:
        await chats.rename(connection, chat.id, incoming.chat_title)
    if not incoming.present:
        await _lost(connection, chat, ChatState.GONE, Reason.KICKED, turn)
    elif not incoming.can_post:
        await _powerless(connection, chat, turn)
    elif chat.from_config:
        await chats.set_state(connection, chat.id, ChatState.ACTIVE)
    elif chat.state is not ChatState.ACTIVE and chat.reason is not Reason.OTHER:
        # OTHER: its owner switched it off and knows where to switch it on.
        await _ready(connection, chat, turn)


async def _powerless(connection: AsyncConnection, chat: Chat, turn: Turn | None) -> None:
    fresh = chat.state is ChatState.GONE or (
        chat.state is ChatState.UNCONFIRMED and chat.reason is None
    )
    if not fresh or chat.from_config:
        await _lost(connection, chat, ChatState.UNCONFIRMED, Reason.NO_RIGHTS, turn)
        return
    # Added a moment ago, without rights yet: say what is missing.
    await chats.set_state(connection, chat.id, ChatState.UNCONFIRMED, Reason.NO_RIGHTS)
    if turn is not None:
        await connect.offer(turn, chat)


async def _ready(connection: AsyncConnection, chat: Chat, turn: Turn | None) -> None:
    await chats.set_state(connection, chat.id, ChatState.UNCONFIRMED)
    if turn is None:
        return
    dialog = await dialogs.get(connection, turn.chat.id)
    under_way = dialog is not None and dialog.data.get("channel") == chat.id
    if under_way and chat.reason is not Reason.NO_RIGHTS:
        return
    await connect.offer(turn, chat)


async def _lost(
    connection: AsyncConnection, chat: Chat, state: ChatState, reason: Reason, turn: Turn | None
) -> None:
    if chat.state is state and chat.reason in (reason, Reason.OTHER):
        return
    await chats.set_state(connection, chat.id, state, reason)
    if turn is None:
        return
    dialog = await dialogs.get(connection, turn.chat.id)
    if state is ChatState.GONE and dialog is not None and dialog.data.get("channel") == chat.id:
        await dialogs.drop(connection, turn.chat.id)
    if chat.state is not ChatState.GONE:
        key = "channel-removed" if state is ChatState.GONE else "channel-demoted"
        await turn.tell(turn.text(None, turn.say(key, title=chat.title)))
