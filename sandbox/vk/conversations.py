"""Group conversations: who is in them, who may do what, and the grey lines about their happenings.

On the real VK every community counts its conversations for itself; here one number stands for a
conversation to everybody. A community hears every message in it, as one with full access does.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import dialogs
from sandbox.vk.dialogs import Words, is_in
from sandbox.vk.errors import refuse
from sandbox.world import Account, Chat, Member, Message, World

CHATS_FROM = 2_000_000_000  # peer ids of group conversations begin above it
MAX_TITLE = 50  # characters; VK's apps take no more
DISABLED, UNSUPPORTED = 945, 946
_RULERS = ("creator", "administrator")


def make(
    world: World,
    title: str,
    *,
    members: Sequence[int] = (),
    admins: Sequence[int] = (),
    bots: Sequence[Account] = (),
    id: int | None = None,
) -> Chat:
    """Make a conversation; whoever comes first among admins, members and bots owns it, bots are admins."""
    used = {chat.id for chat in world.rooms("vk") if chat.kind == "chat"}
    number = id if id is not None else max([CHATS_FROM, *used]) + 1
    if number <= CHATS_FROM or number in used:
        raise Wrong(f"a conversation's id is a number of its own above {CHATS_FROM}, not {number}")
    if not title or len(title) > MAX_TITLE:
        raise Wrong(f"a conversation's title has 1 to {MAX_TITLE} characters")
    chat = Chat(number, "vk", "chat", title)
    for who in dict.fromkeys([*admins, *members, *(-bot.id for bot in bots)]):
        status = "creator" if not chat.members else "member"
        if status == "member" and (who in admins or who < 0):
            status = "administrator"
        add(world, chat, who, by=owner(chat) or who)
        chat.members[who].status = status  # type: ignore[assignment]
    world.add_chat(chat)
    return chat


def add(world: World, chat: Chat, who: int, *, by: int) -> None:
    """Put somebody into a conversation as a member; communities have negative ids."""
    chat.members[who] = Member("member")
    chat.extra.setdefault("joined", {})[str(who)] = [by, int(world.clock.now())]


def owner(chat: Chat) -> int:
    """Return who owns a conversation, 0 if nobody does any more."""
    return next((who for who, member in chat.members.items() if member.status == "creator"), 0)


def present(chat: Chat) -> list[int]:
    """Return who is in a conversation."""
    return [who for who in chat.members if is_in(chat, who)]


def rules(chat: Chat, who: int) -> bool:
    """Tell whether somebody owns or administers a conversation."""
    member = chat.members.get(who)
    return member is not None and member.status in _RULERS


def barrier(account: Account, chat: Chat) -> int:
    """Return the error that keeps a community from writing: 912, 917, 922, 945 or 946; 0 if nothing does."""
    member = chat.members.get(-account.id)
    if member is None or member.status == "kicked":
        return 917
    if member.status == "left":
        return 922
    return int(chat.extra.get("trouble", 0)) or (912 if account.settings.get("bot_off") else 0)


def must_enter(account: Account, chat: Chat) -> None:
    """Raise Refusal with what keeps the community from acting in a conversation."""
    code = barrier(account, chat)
    if code:
        raise refuse(code)


def must_rule(account: Account, chat: Chat) -> None:
    """Raise Refusal 925 unless the community administers a conversation (or cannot even enter it)."""
    must_enter(account, chat)
    if not rules(chat, -account.id):
        raise refuse(925)


def invite(world: World, chat: Chat, actor: int, who: int, *, by_link: bool = False) -> Message:
    """Bring somebody in and tell everybody."""
    add(world, chat, who, by=actor)
    kind = "chat_invite_user_by_link" if by_link else "chat_invite_user"
    return tell(world, chat, actor, kind, member_id=who)


def remove(world: World, chat: Chat, actor: int, who: int) -> Message:
    """Take somebody out, who still hears of it: leaving when it is the actor, kicked otherwise."""
    said = tell(world, chat, actor, "chat_kick_user", member_id=who)
    chat.members[who].status = "left" if actor == who else "kicked"
    return said


def rename(world: World, chat: Chat, actor: int, title: str) -> Message:
    """Give a conversation a new title."""
    chat.title = title
    return tell(world, chat, actor, "chat_title_update", text=title)


def pin(world: World, chat: Chat, actor: int, said: Message) -> Message:
    """Pin a message in the place of what was pinned."""
    chat.pinned = [said.id]
    about = {"member_id": actor, "conversation_message_id": said.id, "message": said.text}
    return tell(world, chat, actor, "chat_pin_message", **about)


def unpin(world: World, chat: Chat, actor: int) -> Message | None:
    """Unpin what is pinned; None if nothing is."""
    if not chat.pinned:
        return None
    number = chat.pinned.pop()
    about = {"member_id": actor, "conversation_message_id": number}
    return tell(world, chat, actor, "chat_unpin_message", **about)


def tell(world: World, chat: Chat, actor: int, kind: str, **about: Any) -> Message:
    """Write the grey line of a happening and tell the communities; the actor is a person or minus a community."""
    action = {"type": kind, **about}
    words = Words(extra={"action": action, "service": dict(action)})
    by = next((one for one in dialogs.listeners(world, chat) if one.id == -actor), None)
    said = dialogs.add(world, by, chat, words, person=None if by else actor)
    dialogs.tell_new(world, chat, said)
    return said


def link(chat: Chat, *, reset: bool = False) -> str:
    """Return the address by which people come in; `reset` makes the old one useless."""
    if reset or "link" not in chat.extra:
        chat.extra["link"] = f"https://vk.me/join/{secrets.token_urlsafe(24)}"
    return str(chat.extra["link"])
