"""Which chat a bot means and what it may do there; the texts are the Bot API server's and TDLib's."""

from __future__ import annotations

from typing import Any

from sandbox import values
from sandbox.api import Refusal
from sandbox.telegram.chats.seats import allowed, lift_expired
from sandbox.telegram.params import bad
from sandbox.telegram.wire import GONE, bot_by_id
from sandbox.world import Account, Chat, Member, World

REQUESTER_HEARS_S = (
    300  # how long who asked to join may be written to: ChatJoinRequest.user_chat_id
)
_CHAT_WORDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
# What is sent: the permission it needs in a group, and how a refusal calls it.
SEND_RIGHTS = {
    "text": ("can_send_messages", "text messages"),
    "photo": ("can_send_photos", "photos"),
    "video": ("can_send_videos", "videos"),
    "document": ("can_send_documents", "documents"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "video_note": ("can_send_video_notes", "video notes"),
    "audio": ("can_send_audios", "music"),
    "animation": ("can_send_other_messages", "animations"),
    "sticker": ("can_send_other_messages", "stickers"),
    "dice": ("can_send_other_messages", "dice"),
    "poll": ("can_send_polls", "polls"),
    "contact": ("can_send_messages", "contacts"),
    "location": ("can_send_messages", "locations"),
    "venue": ("can_send_messages", "venues"),
}


def forbidden(text: str) -> Refusal:
    """Return the refusal «403 Forbidden: <text>»."""
    return Refusal(403, 403, f"Forbidden: {text}")


def chat_id_of(world: World, params: dict[str, Any]) -> str | None:
    """Return the id a call aims at as text (an @username resolved where it is known), None if there is none."""
    value = params.get("chat_id")
    if value is None or value == "":
        return None
    ref = str(value).strip()
    if ref.startswith("@"):
        chat = by_username(world, ref)
        return str(chat.id) if chat else ref
    number = values.whole(ref)
    return ref if number is None else str(number)


def by_username(world: World, ref: str) -> Chat | None:
    """Return the group or channel with that @username, in any case."""
    name = ref.removeprefix("@").lower()
    return next(
        (c for c in world.rooms("telegram") if c.username and c.username.lower() == name), None
    )


def chat_for(world: World, account: Account, ref: str | None, *, reading: bool = False) -> Chat:
    """Return the chat a bot names, as far as it may know of it; refuses in the server's words.

    With `reading` it is enough to know the chat: a public one, or a person met somewhere.
    """
    if ref is None:
        raise bad("chat_id is empty")
    number = values.whole(ref)
    if number is None:
        raise bad("chat not found")
    if number > 0:
        return _dialog(world, account, number, reading)
    chat = world.chat("telegram", number)
    if chat is None or (account.id not in chat.members and not chat.username):
        raise bad("chat not found")
    if chat.migrated_to is not None:
        parameters = {"migrate_to_chat_id": chat.migrated_to}
        raise Refusal(
            400,
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            parameters=parameters,
        )
    if chat.extra.get("deleted"):
        # Of a supergroup or channel nothing is left to know; a basic group is known to be gone.
        raise (
            forbidden("the group chat was deleted")
            if chat.kind == "group"
            else bad("chat not found")
        )
    lift_expired(world, chat)
    member = chat.members.get(account.id)
    if member is not None and member.status == "kicked":
        raise forbidden(f"bot was kicked from the {_CHAT_WORDS[chat.kind]}")
    if not is_present(member) and not (reading and chat.username):
        raise forbidden(f"bot is not a member of the {_CHAT_WORDS[chat.kind]}")
    return chat


def _dialog(world: World, account: Account, user_id: int, reading: bool) -> Chat:
    if bot_by_id(world, user_id) is not None:
        raise forbidden("bot can't send messages to bots")
    person = world.people.get(user_id)
    chat = world.dialog(account, user_id)
    if person is None or ("telegram" not in person.messengers and chat is None):
        raise bad("chat not found")
    if chat is None or not chat.started:
        if not reading and not _asked_to_join(world, account, user_id):
            raise forbidden("bot can't initiate conversation with a user")
        if reading and chat is None and not _met(world, account, user_id):
            raise bad("chat not found")
        chat = world.dialog(account, user_id, create=True)
        assert chat is not None
    if not reading and "telegram" not in person.messengers:
        raise forbidden("user is deactivated")
    return chat


def _met(world: World, account: Account, user_id: int) -> bool:
    """Tell whether a bot has seen a person in one of its groups or channels."""
    return any(
        account.id in chat.members and user_id in chat.members for chat in world.rooms("telegram")
    )


def _asked_to_join(world: World, account: Account, user_id: int) -> bool:
    """Tell whether a person asked a moment ago to join a chat where this bot lets people in."""
    since = world.clock.now() - REQUESTER_HEARS_S
    return any(
        asked["at"] >= since and has_right(chat.members.get(account.id), "can_invite_users")
        for chat in world.rooms("telegram")
        if (asked := chat.extra.get("requests", {}).get(str(user_id))) is not None
    )


def may_write(account: Account, chat: Chat, kind: str) -> None:
    """Refuse unless the bot may send a message of that kind (text, photo, poll…) there now."""
    if chat.kind == "private":
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return
    member = chat.members[account.id]
    if chat.kind == "channel":
        if not has_right(member, "can_post_messages"):
            raise bad("need administrator rights in the channel chat")
        return
    name, words = SEND_RIGHTS[kind]
    if not allowed(chat, account.id, name):
        raise bad(f"not enough rights to send {words} to the chat")


def has_right(member: Member | None, right: str) -> bool:
    """Tell whether a member is the owner, or an administrator with that right."""
    if member is None:
        return False
    return member.status == "creator" or (
        member.status == "administrator" and member.rights.get(right, False)
    )


def is_admin(member: Member | None) -> bool:
    """Tell whether a member is the owner or an administrator."""
    return member is not None and member.status in ("creator", "administrator")


def is_present(member: Member | None) -> bool:
    """Tell whether somebody is in the chat now."""
    return member is not None and member.status not in GONE
