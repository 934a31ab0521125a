"""What a method's handler gets: who asks, what, and the sandbox's parts it may use."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.api import ApiCall
from sandbox.telegram.access import chat_for
from sandbox.telegram.queries import Queries
from sandbox.telegram.sessions import Sessions
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhooks import Webhooks
from sandbox.telegram.wire import message_object
from sandbox.world import Account, Chat, Message, World


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of one bot."""

    world: World
    updates: Updates
    queries: Queries
    webhooks: Webhooks
    sessions: Sessions
    account: Account
    call: ApiCall
    describe: Callable[[str], None]  # adds a `description` to the answer of a success

    @property
    def params(self) -> dict[str, Any]:
        """The call's parameters as they came."""
        return self.call.params

    def chat(self) -> Chat:
        """Return the chat the call aims at; refuses as the server does."""
        return chat_for(self.world, self.account, self.call.chats[0] if self.call.chats else None)

    def shown(self, chat: Chat, message: Message) -> dict[str, Any]:
        """Return a message as this bot sees it."""
        return message_object(self.world, self.account, chat, message)

    def done(self, chat: Chat, *messages: Message) -> None:
        """Note in the call what it changed, and wake who watches the chat."""
        self.call.effect = True
        self.call.messages += [message.id for message in messages]
        if messages:
            self.call.digest = digest(messages)
        self.world.touch(chat)


Method = Callable[[Ask], Awaitable[Any]]


def digest(messages: tuple[Message, ...]) -> str:
    """Return the first 16 hex characters of the SHA-256 over text and media of some messages."""
    summed = hashlib.sha256()
    for message in messages:
        summed.update(message.text.encode("utf-8", "surrogatepass"))
        for media in message.media:
            summed.update(media.sha.encode())
    return summed.hexdigest()[:16]
