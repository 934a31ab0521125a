"""Invite links and requests to join.

A chat keeps its links in `extra["links"]` by address: `creator` (user id), `name`, `until` (seconds
since 1970, UTC; 0 never ends), `limit` (members; 0 has none), `asks` (makes join requests), `primary`,
`revoked`. Who came by which link stands in their seat. Wishes to join lie in `extra["requests"]` by the
person's id as text: `at`, `link`.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from sandbox.telegram.access import has_right, is_present
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.happenings import (
    Author,
    Entrance,
    by_bot,
    by_person,
    service,
    set_member,
)
from sandbox.telegram.chats.members import user_id_of
from sandbox.telegram.chats.seats import seat_of
from sandbox.telegram.params import bad, flag, integer, text
from sandbox.telegram.spec import spec
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import invite_link
from sandbox.world import Chat, Member, World

NAME_MAX = 32  # characters
LIMIT_MAX = 99999
_SETTINGS = "name expire_date member_limit creates_join_request"


def new_link(world: World, chat: Chat, creator: int, **fields: Any) -> str:
    """Make a link and return its address, which nobody guesses but every run makes alike."""
    links = chat.extra.setdefault("links", {})
    seed = f"{chat.id}:{creator}:{len(links)}:{world.clock.now()}".encode()
    link = f"https://t.me/+{urlsafe_b64encode(hashlib.sha256(seed).digest()).decode()[:16]}"
    empty = {"name": "", "until": 0, "limit": 0, "asks": False, "primary": False}
    links[link] = {"creator": creator, **empty, "revoked": False, **fields}
    return link


def primary_link(world: World, chat: Chat, creator: int) -> str:
    """Return an administrator's main link, made on demand."""
    for link, kept in chat.extra.get("links", {}).items():
        if kept["creator"] == creator and kept["primary"] and not kept["revoked"]:
            return str(link)
    return new_link(world, chat, creator, primary=True)


def joined_by(chat: Chat, link: str) -> int:
    """Return how many who came by a link are in the chat."""
    return sum(
        1
        for user_id, member in chat.members.items()
        if is_present(member) and seat_of(chat, user_id).get("link") == link
    )


def is_good(world: World, chat: Chat, link: str) -> bool:
    """Tell whether somebody can come in by a link now."""
    kept = chat.extra.get("links", {}).get(link)
    if kept is None or kept["revoked"] or 0 < kept["until"] <= world.clock.now():
        return False
    return not kept["limit"] or joined_by(chat, link) < kept["limit"]


def let_in(
    world: World,
    updates: Updates,
    chat: Chat,
    person: int,
    by: Author,
    entrance: Entrance | None = None,
) -> None:
    """Make a person a member, restricted as they were when they left, and say so in the group."""
    old, seat = chat.members.get(person), seat_of(chat, person)
    restricted = old is not None and old.status == "left" and old.rights
    new = Member("restricted", dict(old.rights)) if old and restricted else Member("member")
    kept = {"until": seat.get("until", 0)} if restricted else {}
    chat.extra.get("requests", {}).pop(str(person), None)
    set_member(world, updates, chat, person, new, by, seat=kept, entrance=entrance)
    if chat.kind != "channel":
        joined = by_person(world, person)
        service(world, updates, chat, joined, {"new_chat_members": [joined.user]})


async def export_chat_invite_link(ask: Ask) -> str:
    """exportChatInviteLink: a new main link of this bot's; the one before is revoked."""
    chat = _chat(ask)
    for kept in chat.extra.get("links", {}).values():
        if kept["creator"] == ask.account.id and kept["primary"]:
            kept["revoked"] = True
    link = primary_link(ask.world, chat, ask.account.id)
    ask.done(chat)
    return link


async def create_chat_invite_link(ask: Ask) -> Any:
    """createChatInviteLink."""
    settings = _settings(ask)
    chat = _chat(ask)
    link = new_link(ask.world, chat, ask.account.id, **_in_time(ask, settings))
    ask.done(chat)
    return invite_link(ask.world, chat, link, ask.account.id)


async def edit_chat_invite_link(ask: Ask) -> Any:
    """editChatInviteLink: what is not given goes back to none."""
    chat = _chat(ask)
    settings = _settings(ask)
    link = _own(ask, chat)
    kept = chat.extra["links"][link]
    if kept["primary"]:
        raise bad("CHAT_INVITE_PERMANENT")
    if kept["revoked"]:
        raise bad("INVITE_HASH_EXPIRED")
    kept |= _in_time(ask, settings)
    ask.done(chat)
    return invite_link(ask.world, chat, link, ask.account.id)


async def revoke_chat_invite_link(ask: Ask) -> Any:
    """revokeChatInviteLink; in the place of a main link a new one is made."""
    chat = _chat(ask)
    link = _own(ask, chat)
    chat.extra["links"][link]["revoked"] = True
    if chat.extra["links"][link]["primary"]:
        primary_link(ask.world, chat, ask.account.id)
    ask.done(chat)
    return invite_link(ask.world, chat, link, ask.account.id)


async def approve_chat_join_request(ask: Ask) -> bool:
    """approveChatJoinRequest."""
    chat, person, asked = _request(ask)
    entrance = Entrance(asked["link"], asked_directly=not asked["link"])
    let_in(ask.world, ask.updates, chat, person, by_bot(ask.account), entrance)
    ask.done(chat)
    return True


async def decline_chat_join_request(ask: Ask) -> bool:
    """declineChatJoinRequest."""
    chat, person, _ = _request(ask)
    del chat.extra["requests"][str(person)]
    ask.done(chat)
    return True


def _chat(ask: Ask) -> Chat:
    chat = ask.chat()
    if chat.kind == "private":
        raise bad("can't invite members to a private chat")
    if not has_right(chat.members.get(ask.account.id), "can_invite_users"):
        raise bad("not enough rights to manage chat invite link")
    return chat


def _settings(ask: Ask) -> dict[str, Any]:
    asks = flag(ask.params, "creates_join_request")
    limit = min(max(integer(ask.params, "member_limit"), 0), LIMIT_MAX)
    if asks and limit:
        raise bad("member limit can't be specified for links requiring administrator approval")
    name = " ".join(text(ask.params, "name").split())[:NAME_MAX]
    until = max(integer(ask.params, "expire_date"), 0)
    return {"name": name, "until": until, "limit": limit, "asks": asks}


def _in_time(ask: Ask, settings: dict[str, Any]) -> dict[str, Any]:
    if 0 < settings["until"] <= ask.world.clock.now():
        raise bad("EXPIRE_DATE_INVALID")
    return settings


def _own(ask: Ask, chat: Chat) -> str:
    link = text(ask.params, "invite_link")
    if not link:
        raise bad("invite link must be non-empty")
    if not link.startswith("https://"):  # the server takes t.me/+… and the bare hash as well
        link = f"https://t.me/+{link.rpartition('+')[2]}"
    kept = chat.extra.get("links", {}).get(link)
    if kept is None:
        raise bad("INVITE_HASH_EXPIRED")
    if kept["creator"] != ask.account.id:
        raise bad("CHAT_ADMIN_REQUIRED")
    return link


def _request(ask: Ask) -> tuple[Chat, int, dict[str, Any]]:
    person, chat = user_id_of(ask), ask.chat()
    if chat.kind == "private":
        raise bad("the chat can't have join requests")
    if not has_right(chat.members.get(ask.account.id), "can_invite_users"):
        raise bad("not enough rights to manage chat join requests")
    if is_present(chat.members.get(person)):
        raise bad("USER_ALREADY_PARTICIPANT")
    asked = chat.extra.get("requests", {}).get(str(person))
    if asked is None:
        raise bad("HIDE_REQUESTER_MISSING")
    return chat, person, asked


SPECS = (
    spec("exportChatInviteLink", export_chat_invite_link, "chat_id"),
    spec("createChatInviteLink", create_chat_invite_link, f"chat_id {_SETTINGS}"),
    spec("editChatInviteLink", edit_chat_invite_link, f"chat_id invite_link {_SETTINGS}"),
    spec("revokeChatInviteLink", revoke_chat_invite_link, "chat_id invite_link"),
    spec("approveChatJoinRequest", approve_chat_join_request, "chat_id user_id"),
    spec("declineChatJoinRequest", decline_chat_join_request, "chat_id user_id"),
)
