"""Where a forwarded message comes from, as the Bot API's `MessageOrigin`."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.wire import chat_object, person_user, user
from sandbox.world import Chat, Message, World


def origin_of(world: World, chat: Chat, message: Message) -> dict[str, Any]:
    """Return the origin of a message; what was forwarded already keeps the one it has."""
    if "forward_origin" in message.extra:
        known: dict[str, Any] = message.extra["forward_origin"]
        return known
    date = int(message.at)
    if chat.kind == "channel":
        here = chat_object(world, chat)
        return {"type": "channel", "date": date, "chat": here, "message_id": message.id}
    person = world.people.get(message.sender)
    if person is not None and person.hides:
        return {"type": "hidden_user", "date": date, "sender_user_name": person.name}
    sender = person_user(person) if person else user(world, message.sender)
    return {"type": "user", "date": date, "sender_user": sender}
