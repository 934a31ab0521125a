"""What happens to a chat and its members, told to the bots that may know: changed places, service messages.

A bot learns of its own place by `my_chat_member`; of others' by `chat_member`, if it is an
administrator; of a wish to join by `chat_join_request`, if it may invite.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.access import has_right, is_admin, is_present
from sandbox.telegram.chats.seats import keep_seat, seat_of
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import (
    bot_by_id,
    bot_user,
    chat_object,
    invite_link,
    member_object,
    message_object,
    person_user,
)
from sandbox.world import Account, Chat, Media, Member, Message, World


@dataclass(frozen=True, slots=True)
class Entrance:
    """How somebody came in: by which invite link, or after asking without one."""

    link: str = ""
    asked_directly: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Who causes something in a chat: a person or a bot, by id and as the Bot API's `User`."""

    id: int
    is_bot: bool
    user: dict[str, Any] = field(compare=False)


def by_person(world: World, person: int) -> Author:
    """Return a person as the cause."""
    return Author(person, False, person_user(world.people[person]))


def by_bot(account: Account) -> Author:
    """Return a bot as the cause."""
    return Author(account.id, True, bot_user(account))


def set_member(
    world: World,
    updates: Updates,
    chat: Chat,
    user_id: int,
    new: Member,
    by: Author,
    *,
    seat: dict[str, Any] | None = None,
    entrance: Entrance | None = None,
) -> None:
    """Change somebody's place in a chat and tell the bots: `my_chat_member` its subject, `chat_member` the others.

    `seat` are the details of the new place (see seats.py); those of the old one are forgotten.
    """
    old, old_seat = chat.members.get(user_id), dict(seat_of(chat, user_id))
    entrance = entrance or Entrance()
    witnesses = [
        bot
        for bot in updates.bots_in(chat)
        if is_admin(chat.members.get(bot.id)) and bot.id != user_id
    ]
    stays = is_present(old) and is_present(new)
    link = entrance.link or (old_seat.get("link", "") if stays else "")
    chat.members[user_id] = new
    keep_seat(chat, user_id, {**(seat or {}), "link": link})

    def news(viewer: int) -> dict[str, Any]:
        told = {
            "chat": chat_object(world, chat),
            "from": by.user,
            "date": int(world.clock.now()),
            "old_chat_member": member_object(
                world, chat, user_id, old, seat=old_seat, viewer=viewer
            ),
            "new_chat_member": member_object(world, chat, user_id, new, viewer=viewer),
        }
        if entrance.link:
            told["invite_link"] = invite_link(world, chat, entrance.link, viewer)
        if entrance.asked_directly:
            told["via_join_request"] = True
        return told

    if (subject := bot_by_id(world, user_id)) is not None:
        updates.push(subject, "my_chat_member", news(subject.id))
    for bot in witnesses:
        updates.push(bot, "chat_member", news(bot.id))
    world.touch(chat)


def set_blocked(world: World, updates: Updates, chat: Chat, blocked: bool) -> None:
    """A person stops a bot, or lets it write again; without a change nothing is told."""
    account = world.account("telegram", chat.account or "")
    if chat.blocked == blocked or account is None:
        return
    stopped, running = Member("kicked"), Member("member")
    old, new = (running, stopped) if blocked else (stopped, running)
    chat.blocked = blocked
    updates.push(
        account,
        "my_chat_member",
        {
            "chat": chat_object(world, chat),
            "from": person_user(world.people[chat.id]),
            "date": int(world.clock.now()),
            "old_chat_member": member_object(world, chat, account.id, old),
            "new_chat_member": member_object(world, chat, account.id, new),
        },
    )
    world.touch(chat)


def ask_to_join(world: World, updates: Updates, chat: Chat, person: int, link: str) -> None:
    """Keep a person's wish to join, by a link or directly (""), and tell the bots that may let them in."""
    now = world.clock.now()
    chat.extra.setdefault("requests", {})[str(person)] = {"at": now, "link": link}
    for bot in updates.bots_in(chat):
        if not has_right(chat.members.get(bot.id), "can_invite_users"):
            continue
        told = {
            "chat": chat_object(world, chat),
            "from": person_user(world.people[person]),
            "user_chat_id": person,
            "date": int(now),
        }
        if link:
            told["invite_link"] = invite_link(world, chat, link, bot.id)
        updates.push(bot, "chat_join_request", told)
    world.touch(chat)


def service(
    world: World,
    updates: Updates,
    chat: Chat,
    by: Author,
    what: dict[str, Any],
    *,
    media: Media | None = None,
    topic: int | None = None,
) -> Message:
    """Put a grey line like «joined the group» into a chat; a bot hears of its own ones too.

    Which of its own: `need_skip_update_message` of the Bot API server.
    """
    message = Message(chat.next_id(), world.clock.now(), by.id, by.is_bot, topic=topic)
    message.media = [media] if media else []
    message.extra["service"] = what
    chat.messages.append(message)
    kind = "channel_post" if chat.kind == "channel" else "message"
    for bot in updates.bots_in(chat):
        updates.push(bot, kind, message_object(world, bot, chat, message))
    world.touch(chat)
    return message
