"""What a person passes on in VK's app: somebody's message, or a post of a wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import media, objects
from sandbox.world import Account, Chat, Media, World


def there(account: Account, chat: Chat, number: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return a message that is there as (fwd_messages, extra of the new message); raises Wrong."""
    said = chat.find(number) if isinstance(number, int) else None
    if said is None:
        raise Wrong(f"there is no message {number!r} in «{chat.title}» to forward")
    if chat.kind == "wall":
        return [], {"posts": [objects.post(account, said)]}
    return [objects.quoted(chat, said)], {}


def told(
    world: World, account: Account, what: dict[str, Any], text: str, files: Sequence[Media]
) -> dict[str, Any]:
    """Return a message of somebody with this text and these files; raises Wrong.

    `what` is {"person", "from_id" or "id", "date"?, "message"?}.
    """
    author = what.get("person", what.get("from_id", what.get("id")))
    if not isinstance(author, int) or not isinstance(text, str):
        raise Wrong(
            'forward_from on VK is {"person" or "from_id": number, "text"?} or {"chat", "message"}'
        )
    now = world.clock.now()
    for file in files:
        media.register(account, file, author, now, album=media.ALBUMS["message"])
    return {
        "date": int(what.get("date", now)),
        "from_id": author,
        "text": text,
        "attachments": [media.wire(file) for file in files],
        "conversation_message_id": int(what.get("message", 0)),
    }
