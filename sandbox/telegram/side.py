"""Telegram as control sees it: accounts, chats, and the people in them."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from sandbox.gate import Gate
from sandbox.networks import Wrong
from sandbox.telegram import doings
from sandbox.telegram.commands import menu
from sandbox.telegram.endpoint import BotApi
from sandbox.telegram.messages.closings import Closings
from sandbox.telegram.people import People, find_group
from sandbox.telegram.queries import Queries
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import person_user
from sandbox.world import Account, Chat, ChatKind, Media, Member, Message, World

_TOKEN = re.compile(r"(\d{3,}):[A-Za-z0-9_-]{3,}")
_FIRST_BOT = 7_000_000_001
_FIRST_GROUP = -4_000_000_001
_FIRST_CHANNEL = -1_002_000_000_001  # supergroups and channels: -100 and ten digits


class TelegramSide:
    """One world's Telegram."""

    name = "telegram"

    def __init__(self, world: World, gate: Gate, *, strict: bool = False) -> None:
        """Answer calls through the gate; `strict` refuses methods' unknown parameters."""
        self.world = world
        self.updates = Updates(world, gate.limits)
        self.queries = Queries(world)
        self.people = People(world, self.updates, self.queries)
        self._closings = Closings(world, self.updates)
        self._api = BotApi(world, gate, self.updates, self.queries, strict=strict)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the Bot API and its files."""
        return [self._api]

    def start(self) -> None:
        """Begin deliveries to bots' webhooks and the watch over polls, those of a restored world included."""
        self._api.webhooks.start()
        self._closings.start()

    async def stop(self) -> None:
        """End them."""
        await self._closings.stop()
        await self._api.webhooks.stop()

    def add_account(
        self,
        name: str,
        *,
        title: str | None = None,
        token: str | None = None,
        user_token: str | None = None,
        admins: Sequence[int] = (),
        id: int | None = None,
    ) -> Account:
        """Make a bot; id and token are made up from its name if not given. Raises Wrong if one is taken."""
        if not name or self.world.account("telegram", name):
            raise Wrong(f"a Telegram bot needs a name of its own; {name!r} is empty or taken")
        number, token = self._identity(name, id, token)
        plain = re.sub(r"\W", "", name, flags=re.ASCII)
        username = plain if plain.lower().endswith("bot") else f"{plain or f'sandbox{number}'}_bot"
        account = Account(number, "telegram", name, title or name, username, token)
        account.update_seq = int(
            hashlib.sha256(name.encode()).hexdigest()[:7], 16
        )  # real ones start anywhere
        self.world.add_account(account)
        self.world.touch()
        return account

    def _identity(self, name: str, id: int | None, token: str | None) -> tuple[int, str]:
        taken = {a.id for a in self.world.accounts.values()} | set(self.world.people)
        if token is not None:
            shape = _TOKEN.fullmatch(token)
            if shape is None or (id is not None and int(shape.group(1)) != id):
                raise Wrong(
                    "a bot's token is «<id>:<secret>» with the bot's own id, like 7000000001:AAabc"
                )
            id = int(shape.group(1))
        if id is None:
            id = next(n for n in range(_FIRST_BOT, _FIRST_BOT + len(taken) + 1) if n not in taken)
        elif id in taken or id <= 0:
            raise Wrong(f"the id {id} is taken or not positive; give another")
        secret = urlsafe_b64encode(hashlib.sha256(f"{id}:{name}".encode()).digest()).decode()[:33]
        return id, token or f"{id}:AA{secret}"

    def add_chat(
        self,
        kind: str,
        title: str,
        *,
        members: Sequence[int] = (),
        admins: Sequence[int] = (),
        bots: Sequence[str] = (),
        id: int | None = None,
        username: str | None = None,
    ) -> Chat:
        """Make a group, supergroup or channel; the first of `admins` owns it. Raises Wrong."""
        if kind not in ("group", "supergroup", "channel"):
            raise Wrong(f"Telegram has the kinds group, supergroup and channel, not {kind!r}")
        unknown = [person for person in (*members, *admins) if person not in self.world.people]
        if unknown:
            raise Wrong(f"there are no people {', '.join(map(str, unknown))}; add them first")
        taken = {chat.id for chat in self.world.chats_on("telegram")}
        if id is None:
            id = _FIRST_GROUP if kind == "group" else _FIRST_CHANNEL
            while id in taken:
                id -= 1
        elif id in taken or id >= 0:
            raise Wrong(f"the chat id {id} is taken or not negative; give another")
        seats = {person: Member("member") for person in members}
        seats |= {
            person: Member("administrator", doings.rights_of(kind, None)) for person in admins
        }
        if admins:
            seats[admins[0]] = Member("creator")
        for bot in bots:
            seats[self.people.bot(bot).id] = Member("administrator", doings.rights_of(kind, None))
        sort: ChatKind = kind  # type: ignore[assignment]  # checked above
        chat = Chat(
            id,
            "telegram",
            sort,
            title,
            username=(username or "").removeprefix("@") or None,
            members=seats,
        )
        self.world.add_chat(chat)
        self.world.touch(chat)
        return chat

    def find_chat(self, ref: str, person: int | None) -> Chat:
        """Return a chat by a bot's name (the person's dialog with it), id, @username or title; raises Wrong."""
        account = self.world.account("telegram", ref)
        if account is None and ref.startswith("@"):
            account = next(
                (
                    a
                    for a in self.world.accounts.values()
                    if a.network == "telegram" and f"@{a.username}" == ref
                ),
                None,
            )
        if account is None:
            if (group := find_group(self.world, ref)) is None:
                raise Wrong(
                    f"there is no Telegram chat {ref!r}; give a bot's name, an id, @username or a title"
                )
            return group
        who = self.world.people.get(person) if person is not None else None
        if who is None or "telegram" not in who.messengers:
            raise Wrong(
                f"whose dialog with {ref}? Give `as`, the id of a person who is on Telegram"
            )
        dialog = self.world.dialog(account, who.id, create=True)
        assert dialog is not None
        return dialog

    def commands(self, chat: Chat) -> list[dict[str, str]] | None:
        """Return the menu of a dialog with a bot; that of groups depends on who looks."""
        account = self.world.account("telegram", chat.account or "")
        return menu(account, chat) if account and chat.kind == "private" else None

    async def say(
        self,
        chat: Chat,
        person: int,
        *,
        text: str = "",
        entities: Sequence[dict[str, Any]] = (),
        media: Sequence[Media] = (),
        album: bool = False,
        reply_to: int | None = None,
        topic: int | None = None,
        forward_from: dict[str, Any] | None = None,
    ) -> list[int]:
        """A person writes into a chat; `forward_from` is {"person"}, {"chat", "message"?} or {"name"}.

        A message that is there is forwarded with what stands in it, if nothing else is given.
        """
        fields: dict[str, Any] = {"reply_to": reply_to, "topic": topic}
        if forward_from is not None:
            fields["extra"] = {"forward_origin": self._origin(forward_from)}
            there = None if text or media else self._original(forward_from)
            if there is not None:
                text, entities, media = there.text, there.entities, there.media
        return self.people.say(chat, person, text, entities, media, album, **fields)

    def _original(self, given: dict[str, Any]) -> Message | None:
        chat = find_group(self.world, str(given.get("chat", "")))
        return chat.find(int(given.get("message") or 0)) if chat else None

    def _origin(self, given: dict[str, Any]) -> dict[str, Any]:
        date = int(given.get("date") or self.world.clock.now())
        if (person := self.world.people.get(given.get("person", 0))) is not None:
            return {"type": "user", "date": date, "sender_user": person_user(person)}
        if "name" in given:
            return {"type": "hidden_user", "date": date, "sender_user_name": str(given["name"])}
        chat = find_group(self.world, str(given.get("chat", "")))
        if chat is None:
            raise Wrong(
                'forward_from is {"person": id}, {"chat": id, "message": number} or {"name": text}'
            )
        shown = {"id": chat.id, "type": chat.kind, "title": chat.title}
        if chat.username:
            shown["username"] = chat.username
        if chat.kind == "channel":
            return {
                "type": "channel",
                "date": date,
                "chat": shown,
                "message_id": int(given.get("message") or 1),
            }
        return {"type": "chat", "date": date, "sender_chat": shown}

    async def press(
        self, chat: Chat, person: int, message: int, row: int, column: int
    ) -> dict[str, Any] | None:
        """A person presses a button."""
        return await self.people.press(chat, person, message, row, column)

    async def do(self, chat: Chat, person: int, what: str, args: dict[str, Any]) -> dict[str, Any]:
        """Everything else a person can do, see doings.py."""
        return doings.do(self.people, chat, person, what, args)
