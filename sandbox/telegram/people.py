"""What people do in Telegram's app: write, press, join, leave, appoint bots; each as updates for the bots."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sandbox.networks import Wrong
from sandbox.telegram.access import SEND_RIGHTS, by_username, has_right, is_admin, is_present
from sandbox.telegram.chats.happenings import by_person, service
from sandbox.telegram.chats.seats import allowed, lift_expired, slow_mode_left
from sandbox.telegram.messages.content import NO_CAPTION
from sandbox.telegram.messages.deleting import take_out
from sandbox.telegram.messages.gestures import press
from sandbox.telegram.queries import Queries
from sandbox.telegram.texts import found
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import (
    bot_by_id,
    message_object,
    user,
)
from sandbox.values import whole
from sandbox.world import Account, Chat, Media, Message, Person, World

ANSWER_WITHIN_S = 5  # of the machine's time: how long an app shows that it waits


class People:
    """People's fingers on the screens of one world's Telegram."""

    def __init__(self, world: World, updates: Updates, queries: Queries) -> None:
        """Act in the world; what bots are to learn goes through `updates` and `queries`."""
        self.world, self.updates, self.queries = world, updates, queries

    def say(
        self,
        chat: Chat,
        person: int,
        text: str,
        entities: Sequence[dict[str, Any]],
        media: Sequence[Media],
        album: bool,
        **fields: Any,
    ) -> list[int]:
        """Write into a chat; several files make several messages, each with its own caption.

        The text stands under the first, unless that has a caption.
        """
        self.check_present(chat, person, writing=True)
        if not text and not media:
            raise Wrong("there is nothing to say: give text or media")
        self._check_allowed(chat, person, [file.kind for file in media] or ["text"], fields)
        if text and media and media[0].kind in NO_CAPTION:
            raise Wrong(f"a {media[0].kind} has no caption; say the text by itself")
        if fields.get("reply_to") is not None and chat.find(fields["reply_to"]) is None:
            raise Wrong(f"there is no message {fields['reply_to']} to reply to")
        if chat.kind == "private":
            chat.started = True
        now = self.world.clock.now()
        group = (
            f"{person % 1000}{chat.last_id + 1}{int(now * 1000)}"
            if album and len(media) > 1
            else None
        )
        made = []
        for number, item in enumerate(media or [None]):
            message = Message(chat.next_id(), now, person, False, **fields)
            message.extra = dict(message.extra)
            if item is not None and item.caption:
                message.text, message.entities = item.caption, found(item.caption, [])
            elif number == 0:
                message.text, message.entities = text, found(text, list(entities))
            message.media, message.album = ([item] if item else []), group
            made.append(message)
        self._post(chat, made)
        return [message.id for message in made]

    def service(self, chat: Chat, person: int, *, topic: int | None = None, **what: Any) -> None:
        """Put a line like «joined the group» into a chat; channels have none."""
        if chat.kind != "channel":
            cause = by_person(self.world, person)
            service(self.world, self.updates, chat, cause, what, topic=topic)

    def _post(self, chat: Chat, messages: list[Message]) -> None:
        chat.messages += messages
        for message in messages:
            self.updates.tell(chat, message)
        self.world.touch(chat)

    async def press(
        self, chat: Chat, person: int, message_id: int, row: int, column: int
    ) -> dict[str, Any] | None:
        """Press a button; returns what the app shows, None if the bot does not answer in 5 seconds."""
        message = chat.find(message_id)
        if message is None:
            raise Wrong(f"there is no message {message_id} in {chat.title}")
        rows = message.buttons or message.keyboard or []
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            raise Wrong(
                f"message {message_id} has no button in row {row}, column {column} (both count from 0)"
            )
        button = rows[row][column]
        if button.url:
            return {"url": button.url}
        self.check_present(chat, person)
        if button.kind != "callback":
            return press(self, chat, person, button)
        account = bot_by_id(self.world, message.sender)
        if account is None:
            raise Wrong(f"message {message_id} was not sent by a bot that is there")
        query_id, query = self.queries.ask(account)
        self.updates.push(
            account,
            "callback_query",
            {
                "id": query_id,
                "from": user(self.world, person),
                "message": message_object(self.world, account, chat, message),
                "chat_instance": str(-(abs(chat.id) * 7919 + 1)),
                "data": button.data or "",
            },
        )
        self.world.touch()
        try:
            await asyncio.wait_for(query.answered.wait(), ANSWER_WITHIN_S)
        except TimeoutError:
            return None
        return query.answer

    def check_exists(self, chat: Chat, person: int) -> Person:
        """Return a person who is on Telegram; raises Wrong if there is none, or the chat is gone."""
        who = self.world.people.get(person)
        if who is None or "telegram" not in who.messengers:
            raise Wrong(f"there is no person {person} on Telegram; GET /control/world lists them")
        if chat.migrated_to is not None:
            raise Wrong(f"{chat.title} became the supergroup {chat.migrated_to}; use that id")
        if chat.extra.get("deleted"):
            raise Wrong(f"{chat.title} was deleted")
        lift_expired(self.world, chat)
        return who

    def check_present(self, chat: Chat, person: int, *, writing: bool = False) -> None:
        """Raise Wrong unless the person exists on Telegram, is in the chat and, if `writing`, may write there."""
        who = self.check_exists(chat, person)
        if chat.kind == "private":
            if chat.person != person:
                raise Wrong(f"this dialog is not {who.name}'s")
            if chat.blocked and writing:
                raise Wrong(f"{who.name} has stopped this bot; do start first")
            return
        member = chat.members.get(person)
        if not is_present(member):
            raise Wrong(f"{who.name} is not in {chat.title}; do join first")
        if chat.kind == "channel" and writing and not is_admin(member):
            raise Wrong(
                f"{who.name} is no administrator of {chat.title}; only they write to a channel"
            )

    def _check_allowed(
        self, chat: Chat, person: int, kinds: Sequence[str], fields: dict[str, Any]
    ) -> None:
        """Raise Wrong if the group's permissions, a closed topic or its slow mode forbid this now."""
        if chat.kind not in ("group", "supergroup") or is_admin(chat.members.get(person)):
            return
        for kind in kinds:
            permission, words = SEND_RIGHTS[kind]
            if not allowed(chat, person, permission):
                raise Wrong(f"person {person} may not send {words} to {chat.title}")
        topic = chat.extra.get("topics", {}).get(str(fields.get("topic")))
        closed = topic if fields.get("topic") else chat.extra.get("general")
        if closed and closed.get("closed"):
            raise Wrong(f"this topic of {chat.title} is closed; do reopen_topic first")
        if slow_mode_left(chat, person, self.world.clock.now()) > 0:
            pause = chat.extra["slow_mode"]
            raise Wrong(f"{chat.title} has slow mode: one message in {pause} seconds")

    def edit(
        self,
        chat: Chat,
        person: int,
        message_id: int,
        text: str | None,
        entities: list[dict[str, Any]],
        media: Sequence[Media] = (),
    ) -> None:
        """Change the text or caption of one's own message or of a channel's post, or put in another file.

        Without `text` (None) the words stay.
        """
        self.check_present(chat, person, writing=True)
        message = self._own(chat, person, message_id)
        if len(media) > 1 or (media and not message.media):
            raise Wrong("a message with a file holds one, and one without stays without")
        if not media and not message.media and not text:
            raise Wrong("give the new text as text")
        if text is not None:
            message.text, message.entities = text, found(text, entities)
        message.media = list(media) or message.media
        message.edited = self.world.clock.now()
        self.updates.tell(chat, message, edited=True)
        self.world.touch(chat)

    def delete(self, chat: Chat, person: int, ids: Sequence[int]) -> None:
        """Delete messages for everyone; bots are not told, as on the real network."""
        self.check_present(chat, person)
        for number in ids:
            if chat.kind != "private":
                self._own(chat, person, number)
            elif chat.find(number) is None:
                raise Wrong(f"there is no message {number} in {chat.title}")
        take_out(chat, set(ids))
        self.world.touch(chat)

    def _own(self, chat: Chat, person: int, message_id: int) -> Message:
        message = chat.find(message_id)
        if message is None:
            raise Wrong(f"there is no message {message_id} in {chat.title}")
        own = not message.by_account and message.sender == person
        if not own and not (chat.kind != "private" and is_admin(chat.members.get(person))):
            raise Wrong(f"message {message_id} is somebody else's")
        return message

    def bot(self, ref: str) -> Account:
        """Return a bot by its name or @username; raises Wrong."""
        named = self.world.account("telegram", ref)
        by_username_ = next(
            (
                a
                for a in self.world.accounts.values()
                if a.network == "telegram" and f"@{a.username}" == ref
            ),
            None,
        )
        if (bot := named or by_username_) is None:
            raise Wrong(f"there is no Telegram bot {ref!r}; GET /control/world lists them")
        return bot

    def check_may_appoint(self, chat: Chat, person: int) -> None:
        """Raise Wrong unless the person may add and remove bots there."""
        self.check_present(chat, person)
        if chat.kind == "private":
            raise Wrong("a private dialog has no members to change")
        member = chat.members.get(person)
        if chat.kind != "group" and not has_right(member, "can_promote_members"):
            raise Wrong(
                f"person {person} may not appoint bots in {chat.title}: only its administrators can"
            )


def find_group(world: World, ref: str) -> Chat | None:
    """Return a group or channel by id, @username or title; raises Wrong if several bear that title."""
    if (number := whole(ref)) is not None:
        return world.chat("telegram", number)
    if ref.startswith("@"):
        return by_username(world, ref)
    titled = [c for c in world.rooms("telegram") if c.title == ref and not c.migrated_to]
    if len(titled) > 1:
        raise Wrong(
            f"{len(titled)} chats are called {ref!r}; use an id: {', '.join(str(c.id) for c in titled)}"
        )
    return titled[0] if titled else None
