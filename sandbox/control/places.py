"""What control shows of a chat as a place: what it is, who is in it, and who may do what."""

from __future__ import annotations

from typing import Any

from sandbox.control.view import admins_of, chat_ref, name_of
from sandbox.world import Chat, Member, World

_SENDING = (
    "can_send_messages",
    "can_send_photos",
    "can_send_videos",
    "can_send_documents",
    "can_send_voice_notes",
    "can_send_audios",
    "can_send_polls",
)


def show_chat(
    world: World, chat: Chat, *, most: int | None = None, first: int | None = None
) -> dict[str, Any]:
    """Return a chat with its members; with `most`, at most so many who rule nothing, but `first` always."""
    listed = chat.members
    if most is not None and len(listed) > most:
        listed = _foremost(world, chat, most, first)
    members = [show_member(world, chat, who, member) for who, member in listed.items()]
    return {**show_place(world, chat), "members": members}


def show_place(world: World, chat: Chat) -> dict[str, Any]:
    """Return a chat without its members; `ref` names it in other control calls without doubt."""
    return {
        "network": chat.network,
        "ref": chat_ref(chat),
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "username": chat.username,
        "account": chat.account,
        "person": chat.person,
        "admins": admins_of(world, chat),
        "blocked": chat.blocked,
        "started": chat.started,
        "blacklisted": bool(chat.extra.get("blacklisted")),
        "closed": bool(chat.extra.get("closed") or chat.extra.get("trouble")),
        "migrated_to": chat.migrated_to,
        "version": chat.version,
        **_of_some_chats(world, chat),
    }


def show_member(world: World, chat: Chat, who: int, member: Member) -> dict[str, Any]:
    """Return somebody's place in a chat."""
    return {
        "id": who,
        "name": name_of(world, chat, who),
        "status": member.status,
        "bot": who not in world.people,
    }


def _foremost(world: World, chat: Chat, most: int, first: int | None) -> dict[int, Member]:
    chosen: dict[int, Member] = {}
    rest = most
    for who, member in chat.members.items():
        rules = member.status in ("creator", "administrator") or who not in world.people
        if rules or who == first:
            chosen[who] = member
        elif rest > 0 and member.status not in ("left", "kicked"):
            chosen[who] = member
            rest -= 1
    return chosen


def barred(chat: Chat, person: int) -> list[str]:
    """Return what a person may not send to a group, as the Bot API names the permissions; all allowed is empty."""
    member = chat.members.get(person)
    if chat.kind not in ("group", "supergroup") or member is None:
        return []
    if member.status in ("creator", "administrator"):
        return []
    general = chat.extra.get("permissions", {})
    restricted = member.status == "restricted"
    return [
        name
        for name in _SENDING
        if not general.get(name, True) or (restricted and not member.rights.get(name, False))
    ]


def _of_some_chats(world: World, chat: Chat) -> dict[str, Any]:
    """Return the keys that only some chats have; the newest pin stands last."""
    shown: dict[str, Any] = {}
    if chat.pinned:
        shown["pinned"] = list(chat.pinned)
    waiting = chat.extra.get("requests")
    if waiting:
        shown["requests"] = [{"id": int(i), "name": name_of(world, chat, int(i))} for i in waiting]
    topics = chat.extra.get("topics")
    if topics:
        shown["topics"] = [
            {"id": int(number), "name": topic["name"], "closed": bool(topic.get("closed"))}
            for number, topic in topics.items()
        ]
    return shown
