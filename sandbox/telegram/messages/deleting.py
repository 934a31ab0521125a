"""deleteMessage, deleteMessages."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.access import has_right, is_admin
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, message_id, structure
from sandbox.telegram.spec import spec
from sandbox.world import Chat, Message

DELETE_WITHIN_S = 48 * 3600
IDS_MAX = 100


async def delete_message(ask: Ask) -> bool:
    """deleteMessage."""
    chat = ask.chat()
    message = chat.find(message_id(ask.params))
    if message is None:
        raise bad("message to delete not found")
    _deletable(ask, chat, message)
    _take_out(ask, chat, [message])
    return True


async def delete_messages(ask: Ask) -> bool:
    """deleteMessages: 1 to 100 ids; those not found are skipped."""
    chat = ask.chat()
    wanted = set(ids(ask.params))
    found = [message for message in chat.messages if message.id in wanted]
    for message in found:
        _deletable(ask, chat, message)
    if found:
        _take_out(ask, chat, found)
    return True


def ids(params: dict[str, Any]) -> list[int]:
    """Return `message_ids`: 1 to 100 positive numbers."""
    given = structure(params, "message_ids", "message_ids")
    if given is None or given == []:
        raise bad("message identifiers are not specified")
    if not isinstance(given, list):
        raise bad("expected an Array of message identifiers")
    if len(given) > IDS_MAX:
        raise bad("too many message identifiers specified")
    return [_id(value) for value in given]


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise bad("message identifier must be a Number")
    try:
        number = int(value)
    except ValueError:
        raise bad("can't parse message identifier as Number") from None
    if number <= 0:
        raise bad("invalid message identifier specified")
    return number


def _deletable(ask: Ask, chat: Chat, message: Message) -> None:
    member = chat.members.get(ask.account.id)
    own = message.by_account and message.sender == ask.account.id
    if chat.kind == "group" and is_admin(member):
        return
    if chat.kind != "private":
        if has_right(member, "can_delete_messages"):
            return
        if not own or (chat.kind == "channel" and not has_right(member, "can_post_messages")):
            raise bad("message can't be deleted")
    if message.at < ask.world.clock.now() - DELETE_WITHIN_S:
        raise bad("message can't be deleted for everyone")


def _take_out(ask: Ask, chat: Chat, messages: list[Message]) -> None:
    take_out(chat, {message.id for message in messages})
    ask.done(chat, *messages)


def take_out(chat: Chat, gone: set[int]) -> None:
    """Delete the messages of these numbers, pinned or not."""
    chat.messages[:] = [message for message in chat.messages if message.id not in gone]
    chat.pinned[:] = [number for number in chat.pinned if number not in gone]


SPECS = (
    spec("deleteMessage", delete_message, "chat_id message_id"),
    spec("deleteMessages", delete_messages, "chat_id message_ids"),
)
