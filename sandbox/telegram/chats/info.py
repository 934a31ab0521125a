"""How a chat looks and what its members may do: setChatTitle, setChatPhoto, setChatPermissions…"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.telegram import uploads
from sandbox.telegram.access import has_right
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.happenings import Author, by_bot, service
from sandbox.telegram.chats.members import permissions_given
from sandbox.telegram.chats.seats import permissions_of
from sandbox.telegram.files import file_ids
from sandbox.telegram.params import bad, text
from sandbox.telegram.spec import spec
from sandbox.telegram.updates import Updates
from sandbox.world import Account, Chat, Media, World

TITLE_MAX, DESCRIPTION_MAX = 128, 255  # characters; what is longer is cut
_SMALL_SIDE, _BIG_SIDE = 160, 640  # of a chat's photo, in pixels


async def set_chat_title(ask: Ask) -> bool:
    """setChatTitle; the title that is there already is no error."""
    chat, title = ask.chat(), clean_title(text(ask.params, "title"))
    if not title:
        raise bad("title must be non-empty")
    _may_change(ask, chat, "can't change private chat title", "change chat title")
    if title != chat.title:
        retitle(ask.world, ask.updates, chat, title, by_bot(ask.account))
        ask.done(chat)
    return True


async def set_chat_description(ask: Ask) -> bool:
    """setChatDescription."""
    chat, about = ask.chat(), text(ask.params, "description").strip()[:DESCRIPTION_MAX]
    _may_change(ask, chat, "can't change private chat description", "set chat description")
    if about == chat.extra.get("description", ""):
        raise bad("chat description is not modified")
    chat.extra["description"] = about
    ask.done(chat)
    return True


async def set_chat_photo(ask: Ask) -> bool:
    """setChatPhoto: an uploaded picture only."""
    given = ask.params.get("photo")
    if "photo" not in ask.call.files and not str(given or "").startswith("attach://"):
        raise bad(
            "photo must be uploaded as an InputFile"
            if given
            else "there is no photo in the request"
        )
    chat = ask.chat()
    _may_change(ask, chat, "can't change private chat photo", "change chat photo")
    photo = await uploads.media(ask, "photo", given, ask.params)
    chat.extra["photo"] = asdict(photo)
    news: dict[str, Any] = {
        "new_chat_photo": []
    }  # the sizes are each bot's own, so they are made when it is shown
    service(ask.world, ask.updates, chat, by_bot(ask.account), news, media=photo)
    ask.done(chat)
    return True


async def delete_chat_photo(ask: Ask) -> bool:
    """deleteChatPhoto."""
    chat = ask.chat()
    _may_change(ask, chat, "can't change private chat photo", "change chat photo")
    if not chat.extra.get("photo"):
        raise bad("CHAT_NOT_MODIFIED")
    del chat.extra["photo"]
    service(ask.world, ask.updates, chat, by_bot(ask.account), {"delete_chat_photo": True})
    ask.done(chat)
    return True


async def set_chat_permissions(ask: Ask) -> bool:
    """setChatPermissions: what the members of a group may do by default."""
    given, chat = permissions_given(ask), ask.chat()
    if chat.kind in ("private", "channel"):
        raise bad(f"can't change {chat.kind} chat permissions")
    if not has_right(chat.members.get(ask.account.id), "can_restrict_members"):
        raise bad("not enough rights to change chat permissions")
    if given != permissions_of(chat):
        chat.extra["permissions"] = given
        ask.done(chat)
    return True


def retitle(world: World, updates: Updates, chat: Chat, title: str, by: Author) -> None:
    """Rename a chat and say so in it."""
    chat.title = title
    service(world, updates, chat, by, {"new_chat_title": title})


def clean_title(given: str) -> str:
    """Return a title as it is kept: its blanks made one, cut at 128 characters."""
    return " ".join(given.split())[:TITLE_MAX].rstrip()


def chat_photo(account: Account, chat: Chat) -> dict[str, str] | None:
    """Return `ChatPhoto`, None if the chat has none."""
    if not (kept := chat.extra.get("photo")):
        return None
    media, shown = Media(**kept), {}
    for name, side in (("small", _SMALL_SIDE), ("big", _BIG_SIDE)):
        shown[f"{name}_file_id"], shown[f"{name}_file_unique_id"] = file_ids(account, media, side)
    return shown


def _may_change(ask: Ask, chat: Chat, not_here: str, doing: str) -> None:
    # The group's permissions do not help a bot: it needs the right itself.
    if chat.kind == "private":
        raise bad(not_here)
    if not has_right(chat.members.get(ask.account.id), "can_change_info"):
        raise bad(f"not enough rights to {doing}")


SPECS = (
    spec("setChatTitle", set_chat_title, "chat_id title"),
    spec("setChatDescription", set_chat_description, "chat_id description"),
    spec("setChatPhoto", set_chat_photo, "chat_id photo"),
    spec("deleteChatPhoto", delete_chat_photo, "chat_id"),
    spec("setChatPermissions", set_chat_permissions, "chat_id permissions use_independent_chat_permissions"),
)  # fmt: skip
