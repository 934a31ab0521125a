"""The world as the Bot API's objects: users, chats, members, messages.

Field names and shapes are those of core.telegram.org/bots/api; times are whole seconds since 1970 (UTC).
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.files import file_ids, photo_sizes
from sandbox.world import Account, Button, Chat, Media, Member, Message, Person, World

ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics")
MEMBER_RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info",
    "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
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
    return next(
        (a for a in world.accounts.values() if a.network == "telegram" and a.id == user_id), None
    )


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
    if chat.extra.get("topics"):
        shown["is_forum"] = True
    return shown


def member_object(world: World, chat: Chat, user_id: int, member: Member | None) -> dict[str, Any]:
    """Return `ChatMember`; None stands for somebody who never was in the chat."""
    shown = user(world, user_id)
    status = member.status if member else "left"
    base = {"user": shown, "status": status}
    if member is None or status in ("left", "member"):
        return base
    rights = member.rights
    if status == "creator":
        return {**base, "is_anonymous": False}
    if status == "kicked":
        return {**base, "until_date": 0}
    if status == "restricted":
        allowed = {name: rights.get(name, False) for name in MEMBER_RIGHTS}
        return {**base, "is_member": True, **allowed, "until_date": 0}
    names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if chat.kind == "channel" else GROUP_RIGHTS)
    given = {name: rights.get(name, False) for name in names}
    # Every administrator may manage the chat: the right is implied by any other.
    return {**base, "can_be_edited": False, "is_anonymous": False, **given, "can_manage_chat": True}


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
    if message.reply_to is not None and not quoted:
        original = chat.find(message.reply_to)
        if original is not None:
            shown["reply_to_message"] = message_object(world, account, chat, original, quoted=True)
    if message.edited is not None:
        shown["edit_date"] = int(message.edited)
    if extra.get("protected"):
        shown["has_protected_content"] = True
    if message.album:
        shown["media_group_id"] = message.album
    _add_content(shown, account, message)
    if message.buttons:
        shown["reply_markup"] = {"inline_keyboard": inline_rows(message.buttons)}
    return shown


def _add_content(shown: dict[str, Any], account: Account, message: Message) -> None:
    extra = message.extra
    if "service" in extra:
        shown |= extra["service"]
        return
    if not message.media:
        shown["text"] = message.text
        if message.entities:
            shown["entities"] = message.entities
        if "link_preview" in extra:
            shown["link_preview_options"] = extra["link_preview"]
        return
    media = message.media[0]
    shown[media.kind] = (
        photo_sizes(account, media) if media.kind == "photo" else _file(account, media)
    )
    if message.text:
        shown["caption"] = message.text
    if message.entities:
        shown["caption_entities"] = message.entities
    if extra.get("caption_above"):
        shown["show_caption_above_media"] = True
    if extra.get("spoiler"):
        shown["has_media_spoiler"] = True


def _file(account: Account, media: Media) -> dict[str, Any]:
    file_id, unique = file_ids(account, media)
    shown: dict[str, Any] = {"file_id": file_id, "file_unique_id": unique}
    if media.kind == "video":
        shown |= {"width": media.width, "height": media.height}
    if media.kind in ("video", "voice"):
        shown["duration"] = media.duration
    if media.kind != "voice":
        shown["file_name"] = media.name
    return {**shown, "mime_type": media.mime, "file_size": media.size}


def inline_rows(rows: list[list[Button]]) -> list[list[dict[str, str]]]:
    """Return the rows of an `InlineKeyboardMarkup`."""
    return [
        [
            {"text": b.text, "url": b.url}
            if b.url
            else {"text": b.text, "callback_data": b.data or ""}
            for b in row
        ]
        for row in rows
    ]
