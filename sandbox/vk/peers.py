"""Whom a peer id means to a community, and what stands in the way of writing or reading there."""

from __future__ import annotations

from sandbox.vk import conversations, dialogs
from sandbox.vk.ask import Ask
from sandbox.vk.conversations import CHATS_FROM
from sandbox.vk.errors import refuse
from sandbox.world import Account, Chat, World


def find(world: World, account: Account, peer: int) -> Chat | None:
    """Return the community's dialog with a person, or the group conversation of that peer id."""
    if peer <= CHATS_FROM:
        return world.dialog(account, peer)
    chat = world.chat("vk", peer)
    return chat if chat is not None and chat.kind == "chat" else None


def obstacle(account: Account, chat: Chat | None) -> int:
    """Return the error that keeps the community from writing there, 0 if nothing does."""
    if chat is not None and chat.kind == "chat":
        return conversations.barrier(account, chat)
    return dialogs.barrier(chat)


def to_write(ask: Ask, peer: int) -> Chat:
    """Return where a message for a peer goes; raises Refusal 18, 900 to 902, 912, 917, 922, 932, 936, 945, 946."""
    if peer <= 0:
        raise refuse(932)
    chat = find(ask.world, ask.account, peer)
    if peer > CHATS_FROM and chat is None:
        raise refuse(917)
    if peer <= CHATS_FROM and not exists(ask.world, peer):
        raise refuse(936)
    code = obstacle(ask.account, chat)
    if code or chat is None:
        raise refuse(code)
    return chat


def to_read(ask: Ask, peer: int) -> Chat | None:
    """Return a dialog or conversation to look into; None for a person who never wrote.

    Raises Refusal 917 for a conversation without the community, 927 for one that is not there, 936
    for a person who is not.
    """
    chat = find(ask.world, ask.account, peer)
    if peer > CHATS_FROM:
        if chat is None:
            raise refuse(927)
        if not dialogs.is_in(chat, -ask.account.id):
            raise refuse(917)
    elif not exists(ask.world, peer):
        raise refuse(936)
    return chat


def to_change(ask: Ask, peer: int) -> Chat:
    """Return where messages of the community may be changed; raises Refusal 917 and what bars a conversation."""
    chat = find(ask.world, ask.account, peer)
    if chat is None:
        raise refuse(917)
    if chat.kind == "chat":
        conversations.must_enter(ask.account, chat)
    return chat


def exists(world: World, person: int) -> bool:
    """Tell whether somebody of that id is on VK."""
    found = world.people.get(person)
    return found is not None and "vk" in found.messengers
