"""Topics of a forum: made, named, closed and deleted by bots that may.

They lie in the chat's `extra["topics"]` by thread id as text, the general one in `extra["general"]`:
`name`, `closed`, `icon_color`, `icon_custom_emoji_id`, `by` (user id), `hidden` (the general one's).
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.access import has_right
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.happenings import Author, by_bot, service
from sandbox.telegram.files import file_ids
from sandbox.telegram.messages.deleting import take_out
from sandbox.telegram.params import bad, integer, text
from sandbox.telegram.spec import spec
from sandbox.telegram.updates import Updates
from sandbox.world import Account, Chat, Media, World

NAME_MAX = 128  # characters
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
_GENERAL = "General"
_ICONS = ("📰", "💡", "⚡️", "🎙", "🔝", "🗣", "❗️", "📣", "❓", "👥")
_TO_CLOSE = "close or open the topic"


def is_forum(chat: Chat) -> bool:
    """Tell whether a chat has topics."""
    return bool(chat.extra.get("forum") or chat.extra.get("topics"))


def topics_of(chat: Chat) -> dict[str, dict[str, Any]]:
    """Return a forum's topics but the general one, by thread id as text."""
    kept: dict[str, dict[str, Any]] = chat.extra.setdefault("topics", {})
    return kept


def general_of(chat: Chat) -> dict[str, Any]:
    """Return the general topic."""
    empty = {"name": _GENERAL, "closed": False, "hidden": False}
    kept: dict[str, Any] = chat.extra.setdefault("general", empty)
    return kept


def make_topic(
    world: World,
    updates: Updates,
    chat: Chat,
    name: str,
    by: Author,
    *,
    color: int = COLORS[0],
    emoji: str = "",
) -> int:
    """Open a topic and say so in it; returns its thread id."""
    chat.extra["forum"] = True
    thread, look = chat.last_id + 1, {"name": name, "icon_color": color}
    if emoji:
        look["icon_custom_emoji_id"] = emoji
    topics_of(chat)[str(thread)] = {**look, "closed": False, "by": by.id}
    service(world, updates, chat, by, {"forum_topic_created": look}, topic=thread)
    return thread


def close_topic(
    world: World, updates: Updates, chat: Chat, thread: int, by: Author, *, closed: bool
) -> None:
    """Close or open a topic and say so in it."""
    topics_of(chat)[str(thread)]["closed"] = closed
    what = "forum_topic_closed" if closed else "forum_topic_reopened"
    service(world, updates, chat, by, {what: {}}, topic=thread)


async def create_forum_topic(ask: Ask) -> Any:
    """createForumTopic."""
    chat = _forum(ask)
    _need(ask, chat, "can_manage_topics", "create a topic")
    name, color = _name(ask), integer(ask.params, "icon_color", COLORS[0]) or COLORS[0]
    if not name:
        raise bad("title must be non-empty")
    if color not in COLORS:
        raise bad("invalid icon color specified")
    emoji = text(ask.params, "icon_custom_emoji_id")
    cause = by_bot(ask.account)
    thread = make_topic(ask.world, ask.updates, chat, name, cause, color=color, emoji=emoji)
    ask.done(chat)
    topic = {"message_thread_id": thread, "name": name, "icon_color": color}
    return {**topic, "icon_custom_emoji_id": emoji} if emoji else topic


async def edit_forum_topic(ask: Ask) -> bool:
    """editForumTopic."""
    chat = _forum(ask)
    thread, topic = _topic(ask, chat)
    _need(ask, chat, "can_manage_topics", "edit the topic", topic)
    given, name, change = text(ask.params, "name"), _name(ask), {}
    if given and not name:
        raise bad("title must be non-empty")
    emoji = ask.params.get("icon_custom_emoji_id")
    if not given and emoji is None:
        return True
    if given and name != topic["name"]:
        change["name"] = name
    if emoji is not None and str(emoji) != topic.get("icon_custom_emoji_id", ""):
        change["icon_custom_emoji_id"] = str(emoji)
    _change(ask, chat, topic, change, {"forum_topic_edited": change}, thread)
    return True


async def close_forum_topic(ask: Ask) -> bool:
    """closeForumTopic."""
    return _set_closed(ask, closed=True)


async def reopen_forum_topic(ask: Ask) -> bool:
    """reopenForumTopic."""
    return _set_closed(ask, closed=False)


async def delete_forum_topic(ask: Ask) -> bool:
    """deleteForumTopic: with all that was said in it."""
    chat = _forum(ask)
    thread, topic = _topic(ask, chat)
    _need(ask, chat, "can_delete_messages", "delete the topic", topic)
    take_out(chat, {message.id for message in chat.messages if message.topic == thread})
    del topics_of(chat)[str(thread)]
    ask.done(chat)
    return True


async def unpin_all_forum_topic_messages(ask: Ask) -> bool:
    """unpinAllForumTopicMessages."""
    chat = _forum(ask)
    thread, _ = _topic(ask, chat)
    return _unpin(ask, chat, thread)


async def edit_general_forum_topic(ask: Ask) -> bool:
    """editGeneralForumTopic."""
    chat = _forum(ask)
    _need(ask, chat, "can_manage_topics", "edit the topic")
    given, name = text(ask.params, "name"), _name(ask)
    if given and not name:
        raise bad("title must be non-empty")
    general = general_of(chat)
    if given:
        change = {"name": name} if name != general["name"] else {}
        _change(ask, chat, general, change, {"forum_topic_edited": change})
    return True


async def close_general_forum_topic(ask: Ask) -> bool:
    """closeGeneralForumTopic."""
    return _set_general(ask, {"closed": True}, "forum_topic_closed")


async def reopen_general_forum_topic(ask: Ask) -> bool:
    """reopenGeneralForumTopic; a hidden one is shown again."""
    return _set_general(ask, {"closed": False, "hidden": False}, "forum_topic_reopened")


async def hide_general_forum_topic(ask: Ask) -> bool:
    """hideGeneralForumTopic; it is closed as well."""
    return _set_general(ask, {"closed": True, "hidden": True}, "general_forum_topic_hidden")


async def unhide_general_forum_topic(ask: Ask) -> bool:
    """unhideGeneralForumTopic."""
    return _set_general(ask, {"hidden": False}, "general_forum_topic_unhidden")


async def unpin_all_general_forum_topic_messages(ask: Ask) -> bool:
    """unpinAllGeneralForumTopicMessages."""
    return _unpin(ask, _forum(ask), None)


async def get_forum_topic_icon_stickers(ask: Ask) -> Any:
    """getForumTopicIconStickers: a few, behind whose file ids lies only the emoji as text."""
    return [_icon(ask.world, ask.account, number, emoji) for number, emoji in enumerate(_ICONS)]


def _icon(world: World, account: Account, number: int, emoji: str) -> dict[str, Any]:
    content = emoji.encode()
    media = Media(
        "sticker", world.keep(content), "icon.tgs", "application/x-tgsticker", len(content)
    )
    file_id, unique = file_ids(account, media)
    return {
        "file_id": file_id, "file_unique_id": unique, "type": "custom_emoji", "width": 100, "height": 100,
        "is_animated": True, "is_video": False, "emoji": emoji, "set_name": "Topics",
        "custom_emoji_id": str(5312000000000000001 + number), "file_size": len(content),
    }  # fmt: skip


def _forum(ask: Ask) -> Chat:
    chat = ask.chat()
    if not is_forum(chat):
        raise bad("the chat is not a forum")
    return chat


def _topic(ask: Ask, chat: Chat) -> tuple[int, dict[str, Any]]:
    thread = integer(ask.params, "message_thread_id")
    if thread <= 0:
        raise bad("invalid message thread identifier specified")
    topic = topics_of(chat).get(str(thread))
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    return thread, topic


def _need(
    ask: Ask, chat: Chat, right: str, doing: str, topic: dict[str, Any] | None = None
) -> None:
    """Refuse unless the bot has the right, or the topic is its own."""
    if topic is not None and topic.get("by") == ask.account.id:
        return
    if not has_right(chat.members.get(ask.account.id), right):
        raise bad(f"not enough rights to {doing}")


def _name(ask: Ask) -> str:
    return " ".join(text(ask.params, "name").split())[:NAME_MAX].rstrip()


def _set_closed(ask: Ask, *, closed: bool) -> bool:
    chat = _forum(ask)
    thread, topic = _topic(ask, chat)
    _need(ask, chat, "can_manage_topics", _TO_CLOSE, topic)
    if bool(topic["closed"]) == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    close_topic(ask.world, ask.updates, chat, thread, by_bot(ask.account), closed=closed)
    ask.done(chat)
    return True


def _set_general(ask: Ask, wanted: dict[str, Any], told: str) -> bool:
    chat = _forum(ask)
    _need(ask, chat, "can_manage_topics", _TO_CLOSE)
    general = general_of(chat)
    change = {name: value for name, value in wanted.items() if general[name] != value}
    _change(ask, chat, general, change, {told: {}})
    return True


def _change(
    ask: Ask,
    chat: Chat,
    topic: dict[str, Any],
    change: dict[str, Any],
    told: dict[str, Any],
    thread: int | None = None,
) -> None:
    if not change:
        raise bad("TOPIC_NOT_MODIFIED")
    topic |= change
    service(ask.world, ask.updates, chat, by_bot(ask.account), told, topic=thread)
    ask.done(chat)


def _unpin(ask: Ask, chat: Chat, thread: int | None) -> bool:
    _need(ask, chat, "can_pin_messages", "manage pinned messages in the chat")
    inside = {message.id for message in chat.messages if message.topic == thread}
    if any(number in inside for number in chat.pinned):
        chat.pinned[:] = [number for number in chat.pinned if number not in inside]
        ask.done(chat)
    return True


_THREAD = "chat_id message_thread_id"

SPECS = (
    spec("createForumTopic", create_forum_topic, "chat_id name icon_color icon_custom_emoji_id"),
    spec("editForumTopic", edit_forum_topic, f"{_THREAD} name icon_custom_emoji_id"),
    spec("closeForumTopic", close_forum_topic, _THREAD),
    spec("reopenForumTopic", reopen_forum_topic, _THREAD),
    spec("deleteForumTopic", delete_forum_topic, _THREAD),
    spec("unpinAllForumTopicMessages", unpin_all_forum_topic_messages, _THREAD),
    spec("editGeneralForumTopic", edit_general_forum_topic, "chat_id name"),
    spec("closeGeneralForumTopic", close_general_forum_topic, "chat_id"),
    spec("reopenGeneralForumTopic", reopen_general_forum_topic, "chat_id"),
    spec("hideGeneralForumTopic", hide_general_forum_topic, "chat_id"),
    spec("unhideGeneralForumTopic", unhide_general_forum_topic, "chat_id"),
    spec("unpinAllGeneralForumTopicMessages", unpin_all_general_forum_topic_messages, "chat_id"),
    spec("getForumTopicIconStickers", get_forum_topic_icon_stickers, missing="ten made-up icons; any id is taken as one"),
)  # fmt: skip
