"""The world as the Bot API's objects: users, chats, members, messages.

Field names and shapes are those of core.telegram.org/bots/api; times are whole seconds since 1970 (UTC).
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.chats.rights import PERMISSIONS, admin_rights
from sandbox.telegram.chats.seats import seat_of
from sandbox.telegram.files import photo_sizes
from sandbox.telegram.messages.content import add_content
from sandbox.world import Account, Button, Chat, Member, Message, Person, World

GONE = ("left", "kicked")


def person_user(person: Person) -> dict[str, Any]:
    """Return a person as `User`; the first word of the name is the first name."""
    first, _, last = person.name.partition(" ")
    user: dict[str, Any] = {"id": person.id, "is_bot": False, "first_name": first}
    if last:
        user["last_name"] = last
    user["language_code"] = "ru"
    return user


def bot_user(account: Account) -> dict[str, Any]:
    """Return a bot as `User`."""
    return {
        "id": account.id,
        "is_bot": True,
        "first_name": account.title,
        "username": account.username,
    }


def user(world: World, user_id: int) -> dict[str, Any] | None:
    """Return the `User` of that id, person or bot; None if there is none."""
    if (person := world.people.get(user_id)) is not None:
        return person_user(person)
    account = bot_by_id(world, user_id)
    return bot_user(account) if account else None


def bot_by_id(world: World, user_id: int) -> Account | None:
    """Return the Telegram bot of that user id."""
    return world.account_by_id("telegram", user_id)


def chat_object(world: World, chat: Chat) -> dict[str, Any]:
    """Return `Chat`."""
    shown: dict[str, Any] = {"id": chat.id, "type": chat.kind}
    if chat.kind == "private":
        person = person_user(world.people[chat.id])
        shown |= {name: person[name] for name in ("first_name", "last_name") if name in person}
        return shown
    shown["title"] = chat.title
    if chat.username:
        shown["username"] = chat.username
    if chat.extra.get("forum") or chat.extra.get("topics"):
        shown["is_forum"] = True
    return shown


def member_object(
    world: World,
    chat: Chat,
    user_id: int,
    member: Member | None,
    *,
    seat: dict[str, Any] | None = None,
    viewer: int | None = None,
) -> dict[str, Any]:
    """Return `ChatMember`; None stands for somebody who never was in the chat.

    `seat` are the details of a place that is no longer the present one; `viewer` is the id of the bot
    that looks, which may edit the administrators it appointed.
    """
    seat = seat_of(chat, user_id) if seat is None else seat
    status = member.status if member else "left"
    base: dict[str, Any] = {"user": user(world, user_id), "status": status}
    if member is None or status == "member":
        return base
    rights, until = member.rights, {"until_date": int(seat.get("until", 0))}
    if status == "kicked":
        return {**base, **until}
    if status == "restricted" or (status == "left" and rights):
        # Who leaves stays restricted, and is so again after joining.
        here = {"status": "restricted", "is_member": status == "restricted"}
        return {**base, **here, **{name: rights.get(name, False) for name in PERMISSIONS}, **until}
    if status == "left":
        return base
    base["is_anonymous"] = rights.get("is_anonymous", False)
    if seat.get("title"):
        base["custom_title"] = seat["title"]
    if status == "creator":
        return base
    given = {name: rights.get(name, False) for name in admin_rights(chat.kind)}
    edits = viewer is not None and seat.get("by") == viewer
    # Every administrator may manage the chat: the right is implied by any other.
    return {**base, "can_be_edited": edits, **given, "can_manage_chat": True}


def invite_link(world: World, chat: Chat, link: str, viewer: int) -> dict[str, Any]:
    """Return `ChatInviteLink` as a bot sees it: of another's link only the beginning (links.py keeps them)."""
    kept = chat.extra["links"][link]
    requests = chat.extra.get("requests", {}).values()
    waiting = sum(1 for asked in requests if asked["link"] == link)
    shown = {
        "invite_link": link if kept["creator"] == viewer else f"{link[: (len(link) + 13) // 2]}...",
        "creator": user(world, kept["creator"]),
        "creates_join_request": kept["asks"],
        "is_primary": kept["primary"],
        "is_revoked": kept["revoked"],
    }
    fields = (("name", "name"), ("expire_date", "until"), ("member_limit", "limit"))
    shown |= {field: kept[name] for field, name in fields if kept[name]}
    return {**shown, "pending_join_request_count": waiting} if waiting else shown


def message_object(
    world: World, account: Account, chat: Chat, message: Message, *, quoted: bool = False
) -> dict[str, Any]:
    """Return `Message` as this bot sees it (file ids are its own); `quoted` leaves out the reply inside a reply."""
    shown: dict[str, Any] = {"message_id": message.id}
    here = chat_object(world, chat)
    if chat.kind == "channel":
        shown["sender_chat"] = here
    elif message.by_account and message.sender == account.id:
        shown["from"] = bot_user(account)
    else:
        shown["from"] = user(world, message.sender)
    shown["date"] = int(message.at)
    shown["chat"] = here
    if message.topic is not None:
        shown |= {"message_thread_id": message.topic, "is_topic_message": True}
    extra = message.extra
    if "forward_origin" in extra:
        shown["forward_origin"] = extra["forward_origin"]
    if not quoted:
        _add_reply(shown, world, account, chat, message)
    if message.edited is not None:
        shown["edit_date"] = int(message.edited)
    if extra.get("protected") or chat.extra.get("protected"):
        shown["has_protected_content"] = True
    if message.album:
        shown["media_group_id"] = message.album
    if "service" in extra:
        _add_service(shown, world, account, chat, message)
    else:
        add_content(shown, account, message, world.clock.now())
    if message.buttons:
        shown["reply_markup"] = {
            "inline_keyboard": [[button_object(b) for b in row] for row in message.buttons]
        }
    return shown


def _add_reply(
    shown: dict[str, Any], world: World, account: Account, chat: Chat, message: Message
) -> None:
    if message.reply_to is not None and (original := chat.find(message.reply_to)) is not None:
        shown["reply_to_message"] = message_object(world, account, chat, original, quoted=True)
    if "external_reply" in message.extra:
        shown["external_reply"] = _external(world, account, message.extra["external_reply"])
    if "quote" in message.extra:
        shown["quote"] = message.extra["quote"]


def _external(world: World, account: Account, kept: dict[str, Any]) -> dict[str, Any]:
    """Return `ExternalReplyInfo`; of an original that was deleted only its origin is known."""
    shown: dict[str, Any] = {"origin": kept["origin"]}
    chat = (
        world.chat("telegram", kept["chat"])
        if kept["chat"] < 0
        else world.dialog(account, kept["chat"])
    )
    if chat is None:
        return shown
    if chat.kind in ("supergroup", "channel"):
        shown |= {"chat": chat_object(world, chat), "message_id": kept["message"]}
    original = chat.find(kept["message"])
    if original is not None and "service" not in original.extra:
        held: dict[str, Any] = {}
        add_content(held, account, original, world.clock.now())
        words = ("text", "entities", "caption", "caption_entities", "show_caption_above_media")
        shown |= {name: value for name, value in held.items() if name not in words}
    return shown


def _add_service(
    shown: dict[str, Any], world: World, account: Account, chat: Chat, message: Message
) -> None:
    shown |= message.extra["service"]
    if message.media:  # a new photo of the chat
        shown["new_chat_photo"] = photo_sizes(account, message.media[0])
    if "pinned_message" in shown:
        number = shown["pinned_message"]["message_id"]
        pinned = chat.find(number)
        shown["pinned_message"] = (
            {"chat": shown["chat"], "message_id": number, "date": 0}  # it was deleted since
            if pinned is None
            else message_object(world, account, chat, pinned, quoted=True)
        )


def button_object(button: Button) -> dict[str, Any]:
    """Return an inline button as `InlineKeyboardButton`."""
    shown: dict[str, Any] = {"text": button.text}
    if button.kind == "url":
        shown["url"] = button.url
    elif button.kind == "callback":
        shown["callback_data"] = button.data or ""
    return shown | button.extra
