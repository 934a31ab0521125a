"""setMessageReaction, and who hears of a changed reaction."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.telegram.access import is_admin
from sandbox.telegram.ask import Ask
from sandbox.telegram.messages.content import kind_of
from sandbox.telegram.params import bad, integer, structure
from sandbox.telegram.spec import spec
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import chat_object, user
from sandbox.world import Chat, Message, World

# core.telegram.org/bots/api#reactiontypeemoji, of Bot API 10.1
_ALL = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 "
    "😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
EMOJI = frozenset(_ALL.split())
_KINDS_MAX = 11  # different reactions under one message
_MINE_MAX = 1  # of one bot or person


async def set_message_reaction(ask: Ask) -> bool:
    """setMessageReaction; no reaction at all takes the bot's own back."""
    chat = ask.chat()
    message = chat.find(integer(ask.params, "message_id"))
    if message is None:
        raise bad("message to react not found")
    wanted = [_emoji(item) for item in _given(ask)]
    react(ask.world, ask.updates, chat, message, ask.account.id, wanted)
    ask.done(chat, message)
    return True


def react(
    world: World, updates: Updates, chat: Chat, message: Message, who: int, wanted: list[str]
) -> None:
    """Set somebody's reactions to a message (of an album, to its first item) and tell the bots; may refuse.

    Bots hear of people's reactions only: in groups as administrators and with names, in a channel as
    numbers without names, in a dialog as the one it belongs to.
    """
    if message.album:
        message = next(m for m in chat.messages if m.album == message.album)
    if kind_of(message) == "service" or not set(wanted) <= EMOJI:
        raise bad("REACTION_INVALID")
    kept = dict(message.reactions or {})
    old = kept.pop(who, [])
    there = {emoji for chosen in kept.values() for emoji in chosen}
    if len(wanted) > _MINE_MAX or len(there | set(wanted)) > _KINDS_MAX:
        raise bad("REACTIONS_TOO_MANY")
    if wanted:
        kept[who] = wanted
    message.reactions = kept or None
    if who in world.people and old != wanted:
        _tell(world, updates, chat, message, who, old)


def _tell(
    world: World, updates: Updates, chat: Chat, message: Message, who: int, old: list[str]
) -> None:
    reactions = message.reactions or {}
    news: dict[str, Any] = {
        "chat": chat_object(world, chat),
        "message_id": message.id,
        "date": int(world.clock.now()),
    }
    if chat.kind == "channel":
        kind = "message_reaction_count"
        counted = Counter(emoji for chosen in reactions.values() for emoji in chosen)
        news["reactions"] = [
            {"type": _type(emoji), "total_count": count} for emoji, count in counted.most_common()
        ]
    else:
        kind = "message_reaction"
        news["user"] = user(world, who)
        news["old_reaction"] = [_type(emoji) for emoji in old]
        news["new_reaction"] = [_type(emoji) for emoji in reactions.get(who, [])]
    for bot in updates.bots_in(chat):
        if chat.kind == "private" or is_admin(chat.members.get(bot.id)):
            updates.push(bot, kind, news)


def _type(emoji: str) -> dict[str, str]:
    return {"type": "emoji", "emoji": emoji}


def _given(ask: Ask) -> list[Any]:
    given = structure(ask.params, "reaction", "reaction types")
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad("expected an Array of ReactionType")
    return given


def _emoji(item: Any) -> str:
    unread = "can't parse ReactionType: "
    if not isinstance(item, dict):
        raise bad(f"{unread}expected an Object")
    if item.get("type") == "emoji":
        if not isinstance(item.get("emoji"), str):
            raise bad(f'{unread}Can\'t find field "emoji"')
        return str(item["emoji"])
    if item.get("type") in ("custom_emoji", "paid"):
        raise bad("REACTION_INVALID")  # a bot may set neither of its own accord
    raise bad(f"{unread}invalid reaction type specified")


SPECS = (
    spec("setMessageReaction", set_message_reaction, "chat_id message_id reaction",
         missing="reactions that are custom emoji; a chat's own choice of reactions"),
)  # fmt: skip
