"""VK's objects in the shapes of API 5.199, made from the world."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.vk import media, reactions, votes
from sandbox.world import Account, Chat, Message, Person

VERSION = "5.199"
FILES = "/vk/files/"
# What a message keeps as it is sent out.
_CARRIED = (
    "payload", "ref", "ref_source", "admin_author_id", "reply_message", "action", "template",
    "format_data",
)  # fmt: skip
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
    own = said.by_account and said.sender == account.id
    shown = {
        "id": said.global_id,
        "version": 10_000_000 + said.global_id + int(said.extra.get("edits", 0)),
        "date": int(said.at),
        "peer_id": chat.id,
        "from_id": author(said),
        "text": said.text,
        "attachments": attached(said),
        "conversation_message_id": said.id,
        "fwd_messages": said.extra.get("fwd", []),
        "important": False,
        "is_hidden": False,
        "out": int(own),
        "random_id": int(said.key or 0) if own else 0,
    }
    shown |= {name: said.extra[name] for name in _CARRIED if name in said.extra}
    if "location" in said.extra:
        shown["geo"] = {"type": "point", "coordinates": dict(said.extra["location"])}
    # Since 5.107 a message carries only an inline keyboard.
    if said.extra.get("keyboard", {}).get("inline"):
        shown["keyboard"] = {**said.extra["keyboard"], "author_id": author(said)}
    if said.reactions:
        shown["reactions"] = reactions.counted(said)
    if said.id in chat.pinned:
        shown["is_pinned"] = True
    if said.edited is not None:
        shown["update_time"] = int(said.edited)
    return shown


def quoted(chat: Chat, said: Message) -> dict[str, Any]:
    """Return a message as it stands inside another: forwarded or replied to."""
    return {
        "id": said.global_id,
        "date": int(said.at),
        "peer_id": chat.id,
        "from_id": author(said),
        "text": said.text,
        "attachments": attached(said),
        "conversation_message_id": said.id,
    }


def attached(said: Message) -> list[dict[str, Any]]:
    """Return the attachments of a message, posts of walls after the files."""
    if "sticker" in said.extra:
        return [{"type": "sticker", "sticker": said.extra["sticker"]}]
    posts = [{"type": "wall", "wall": post} for post in said.extra.get("posts", [])]
    polls = [{"type": "poll", "poll": votes.wire(said.poll)}] if said.poll else []
    return [media.wire(item) for item in said.media] + polls + posts


def author(said: Message) -> int:
    """Return who wrote: a community's negative id, or the person's."""
    return -said.sender if said.by_account else said.sender


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


def _comments(said: Message) -> dict[str, int]:
    closed = bool(said.extra.get("closed"))
    doors = {"can_post": int(not closed), "can_close": int(not closed), "can_open": int(closed)}
    return {**doors, "count": len(said.extra.get("comments", []))}


def post(account: Account, said: Message) -> dict[str, Any]:
    """Return a post on the community's wall."""
    shown: dict[str, Any] = {
        "inner_type": "wall_wallpost",
        "id": said.id,
        "owner_id": -account.id,
        "from_id": author(said),
        "date": int(said.at),
        "text": said.text,
        "attachments": [media.wire(item) for item in said.media],
        "post_type": said.extra.get("post_type", "post"),
        "type": "post",
        "marked_as_ads": int(bool(said.extra.get("ads"))),
        "is_favorite": False,
        "comments": _comments(said),
        "likes": {"can_like": 1, "count": 0, "user_likes": 0, "can_publish": 1},
        "reposts": {"count": 0, "user_reposted": 0},
        "post_source": {"type": "api" if said.extra.get("by_api") else "vk"},
        "hash": f"{account.id}_{said.id}",
    }
    shown["attachments"] += [
        {"type": "link", "link": {"url": url, "title": url, "description": ""}}
        for url in said.extra.get("links", [])
    ]
    if said.poll is not None:
        shown["attachments"].append({"type": "poll", "poll": votes.wire(said.poll)})
    shown |= {
        name: said.extra[name]
        for name in ("created_by", "signer_id", "postponed_id", "copyright", "geo")
        if name in said.extra
    }
    if said.extra.get("pinned"):
        shown["is_pinned"] = 1
    if said.edited is not None:
        shown["edited"] = int(said.edited)
    return shown
