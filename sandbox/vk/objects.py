"""VK's objects in the shapes of API 5.199, made from the world."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.vk import media
from sandbox.world import Account, Chat, Message, Person

VERSION = "5.199"
FILES = "/vk/files/"
_LINKS = ("url", "link_ogg", "link_mp3", "player", "photo_50", "photo_100", "photo_200")


def absolute(value: Any, base: str) -> Any:
    """Return the object with the addresses of files made whole: `base` is the server's scheme and host."""
    if isinstance(value, list):
        return [absolute(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base + item
        if name in _LINKS and isinstance(item, str) and item.startswith(FILES)
        else absolute(item, base)
        for name, item in value.items()
    }


def message(account: Account, chat: Chat, said: Message) -> dict[str, Any]:
    """Return a message as the community sees it."""
    shown = {
        "id": said.global_id,
        "version": 10_000_000 + said.global_id + int(said.extra.get("edits", 0)),
        "date": int(said.at),
        "peer_id": chat.id,
        "from_id": author(account, said),
        "text": said.text,
        "attachments": _attached(said),
        "conversation_message_id": said.id,
        "fwd_messages": said.extra.get("fwd", []),
        "important": False,
        "is_hidden": False,
        "out": int(said.by_account),
        "random_id": int(said.key or 0),
    }
    shown |= {
        name: said.extra[name]
        for name in ("payload", "ref", "ref_source", "admin_author_id", "reply_message")
        if name in said.extra
    }
    # Since 5.107 a message carries only an inline keyboard.
    if said.extra.get("keyboard", {}).get("inline"):
        shown["keyboard"] = {**said.extra["keyboard"], "author_id": -account.id}
    if said.edited is not None:
        shown["update_time"] = int(said.edited)
    return shown


def quoted(account: Account, chat: Chat, said: Message) -> dict[str, Any]:
    """Return a message as it stands inside another: forwarded or replied to."""
    return {
        "id": said.global_id,
        "date": int(said.at),
        "peer_id": chat.id,
        "from_id": author(account, said),
        "text": said.text,
        "attachments": _attached(said),
        "conversation_message_id": said.id,
    }


def _attached(said: Message) -> list[dict[str, Any]]:
    posts = [{"type": "wall", "wall": post} for post in said.extra.get("posts", [])]
    return [media.wire(item) for item in said.media] + posts


def author(account: Account, said: Message) -> int:
    """Return who wrote: the community's negative id, or the person's."""
    return -account.id if said.by_account else said.sender


def conversation(account: Account, chat: Chat, can_write: int) -> dict[str, Any]:
    """Return a dialog; `can_write` is 0 or the error code that stands in the way."""
    last = chat.messages[-1] if chat.messages else None
    number, global_id = (last.id, last.global_id) if last else (0, 0)
    shown: dict[str, Any] = {
        "peer": {"id": chat.id, "type": "user", "local_id": chat.id},
        "last_message_id": global_id,
        "last_conversation_message_id": number,
        "in_read": int(chat.extra.get("read_to", 0)),
        "out_read": global_id,
        "version": 10_000_000 + chat.version,
        "sort_id": {"major_id": 0, "minor_id": global_id},
        "is_marked_unread": False,
        "important": False,
        "can_write": {"allowed": not can_write},
    }
    if can_write:
        shown["can_write"]["reason"] = can_write
    keyboard = chat.extra.get("keyboard")
    if keyboard:
        shown["current_keyboard"] = {**keyboard, "author_id": -account.id}
    return shown


def user(person: Person, fields: Iterable[str]) -> dict[str, Any]:
    """Return a person; of the extra fields those that the sandbox's people have."""
    first, _, last = person.name.partition(" ")
    shown: dict[str, Any] = {
        "id": person.id,
        "first_name": first,
        "last_name": last,
        "can_access_closed": True,
        "is_closed": False,
    }
    extra = {
        "screen_name": f"id{person.id}",
        "domain": f"id{person.id}",
        "sex": 0,
        "online": 0,
        "has_photo": 0,
        "verified": 0,
        "timezone": 3,
    }
    return shown | {name: extra[name] for name in fields if name in extra}


def group(account: Account, fields: Iterable[str], members: int) -> dict[str, Any]:
    """Return a community."""
    shown: dict[str, Any] = {
        "id": account.id,
        "name": account.title,
        "screen_name": account.username,
        "is_closed": 0,
        "type": "page",
    }
    extra = {
        "members_count": members,
        "description": "",
        "verified": 0,
        "status": "",
        "can_message": 1,
    }
    return shown | {name: extra[name] for name in fields if name in extra}


def post(account: Account, said: Message) -> dict[str, Any]:
    """Return a post on the community's wall."""
    shown: dict[str, Any] = {
        "inner_type": "wall_wallpost",
        "id": said.id,
        "owner_id": -account.id,
        "from_id": author(account, said),
        "date": int(said.at),
        "text": said.text,
        "attachments": [media.wire(item) for item in said.media],
        "post_type": said.extra.get("post_type", "post"),
        "type": "post",
        "marked_as_ads": 0,
        "is_favorite": False,
        "comments": {"can_post": 1, "count": 0},
        "likes": {"can_like": 1, "count": 0, "user_likes": 0, "can_publish": 1},
        "reposts": {"count": 0, "user_reposted": 0},
        "post_source": {"type": "api" if said.extra.get("by_api") else "vk"},
        "hash": f"{account.id}_{said.id}",
    }
    shown["attachments"] += [
        {"type": "link", "link": {"url": url, "title": url, "description": ""}}
        for url in said.extra.get("links", [])
    ]
    shown |= {
        name: said.extra[name]
        for name in ("created_by", "signer_id", "postponed_id")
        if name in said.extra
    }
    if said.edited is not None:
        shown["edited"] = int(said.edited)
    return shown
