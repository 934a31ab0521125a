"""pinChatMessage, unpinChatMessage, unpinAllChatMessages."""

from __future__ import annotations

from sandbox.telegram.access import has_right, is_admin
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.seats import allowed
from sandbox.telegram.messages.content import kind_of
from sandbox.telegram.params import bad, flag, integer
from sandbox.telegram.spec import spec
from sandbox.telegram.updates import Updates
from sandbox.world import Chat, Message, World


async def pin_chat_message(ask: Ask) -> bool:
    """pinChatMessage."""
    chat = _chat(ask)
    message = chat.find(integer(ask.params, "message_id"))
    if message is None:
        raise bad("message to pin not found")
    if kind_of(message) == "service":
        raise bad("service messages can't be pinned")
    told = pin(ask.world, ask.updates, chat, message, ask.account.id, by_account=True)
    if flag(ask.params, "disable_notification") and told:
        told.extra["silent"] = True
    ask.done(chat, message)
    return True


async def unpin_chat_message(ask: Ask) -> bool:
    """unpinChatMessage: without a number the newest of the pinned messages."""
    chat = _chat(ask)
    number = integer(ask.params, "message_id")
    if not number:
        if not chat.pinned:
            raise bad("message to unpin not found")
        number = max(chat.pinned)
    message = chat.find(number)
    if message is None:
        raise bad("message to unpin not found")
    if number in chat.pinned:
        chat.pinned.remove(number)
    ask.done(chat, message)
    return True


async def unpin_all_chat_messages(ask: Ask) -> bool:
    """unpinAllChatMessages."""
    chat = _chat(ask)
    chat.pinned.clear()
    ask.done(chat)
    return True


def pin(
    world: World, updates: Updates, chat: Chat, message: Message, who: int, *, by_account: bool
) -> Message | None:
    """Pin a message and say so in the chat, once; pinned again it only moves to the front."""
    again = message.id in chat.pinned
    if again:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    if again:
        return None
    service = {"pinned_message": {"message_id": message.id}}
    told = Message(chat.next_id(), world.clock.now(), who, by_account, extra={"service": service})
    told.topic = message.topic
    chat.messages.append(told)
    updates.tell(chat, told)
    return told


def may_pin(chat: Chat, who: int) -> bool:
    """Tell whether a person or bot may pin there: in a channel with the right to edit, see core.telegram.org/bots/api."""
    if chat.kind == "private":
        return True
    member = chat.members.get(who)
    if chat.kind == "channel":
        return has_right(member, "can_edit_messages")
    if is_admin(member) and chat.kind == "supergroup":
        return has_right(member, "can_pin_messages")
    return allowed(chat, who, "can_pin_messages")


def _chat(ask: Ask) -> Chat:
    chat = ask.chat()
    if not may_pin(chat, ask.account.id):
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat


SPECS = (
    spec("pinChatMessage", pin_chat_message, "chat_id message_id disable_notification"),
    spec("unpinChatMessage", unpin_chat_message, "chat_id message_id"),
    spec("unpinAllChatMessages", unpin_all_chat_messages, "chat_id"),
)
