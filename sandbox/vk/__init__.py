"""VK as its communities' bots and its people see it: API 5.199, long poll, uploads, walls."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from sandbox.gate import Gate
from sandbox.networks import Wrong
from sandbox.outgoing import Errands
from sandbox.values import whole
from sandbox.vk import conversations, deeds, dialogs, events, forwards, people, posts
from sandbox.vk.callback import Courier
from sandbox.vk.endpoints import Endpoints
from sandbox.world import Account, Chat, Media, World

_FIRST_GROUP = 220_000_001

__all__ = ["VkSide"]


class VkSide:
    """The sandbox's VK; a `sandbox.networks.NetworkSide`."""

    name = "vk"

    def __init__(self, world: World, gate: Gate, *, strict: bool = False) -> None:
        """Serve the communities of a world through a gate; `strict` refuses unknown parameters."""
        self._world = world
        self._courier, self._errands = Courier(gate), Errands()
        self._endpoints = Endpoints(gate, self._courier, strict=strict)

    def routes(self) -> list[BaseRoute]:
        """Return /vk/method/…, the long poll, the upload addresses and /vk/files/…."""
        return self._endpoints.routes()

    def start(self) -> None:
        """Begin deliveries to communities' own servers."""
        self._courier.start()
        self._errands.start(posts.in_time(self._world))

    async def stop(self) -> None:
        """End them."""
        await self._courier.stop()
        await self._errands.stop()

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
        """Make a community with its wall; without `user_token` nobody can post on it by the API."""
        used = {a.id for a in self._world.accounts.values() if a.network == "vk"}
        number = id if id is not None else max([_FIRST_GROUP - 1, *used]) + 1
        if not name or ":" in name or self._world.account("vk", name) is not None:
            raise Wrong(f"a community needs a name of its own without a colon, not {name!r}")
        if number <= 0 or number in used:
            raise Wrong(f"a community's id is a positive number of its own, not {number}")
        account = Account(
            id=number,
            network="vk",
            name=name,
            title=title or name,
            username=f"club{number}",
            token=token or f"vk1.a.{secrets.token_urlsafe(48)}",
            user_token=user_token,
            admins=list(admins),
        )
        events.prepare(account)
        self._world.add_account(account)
        self._world.add_chat(Chat(-number, "vk", "wall", account.title, name))
        self._world.touch()
        return account

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
        """Make a group conversation (kind `chat`); `bots` are communities that administer it from the start.

        Raises Wrong for another kind: a dialog begins when a person writes, a wall comes with its community.
        """
        if kind != "chat" or username:
            raise Wrong(
                f"VK has no chat of the kind {kind!r} here but `chat`, a group conversation without a username: "
                "add an account, its wall comes with it; a dialog begins when a person writes"
            )
        accounts = [self._community(name) for name in bots]
        people = [*admins, *members]
        for person in people:
            self._must_be_here(person)
        chat = conversations.make(
            self._world, title, members=members, admins=admins, bots=accounts, id=id
        )
        self._world.touch()
        return chat

    def find_chat(self, ref: str, person: int | None) -> Chat:
        """Return the chat meant by a reference.

        `<account>` or a community's id or short name: the person's dialog with it, made on demand;
        `<account>:<person id>`: another person's dialog, into which the community's administrators
        may write; `wall:<account>`, `-<group id>` or a community's title: its wall; a peer id above
        2000000000 or a title: that group conversation.
        Raises Wrong if nothing fits.
        """
        head, colon, rest = ref.partition(":")
        if head == "wall" and colon:
            return self._wall(rest)
        account = self._named(head)
        if account is not None and colon:
            if (other := whole(rest)) is None:
                raise Wrong(f"{ref!r}: after the colon comes a person's id, a number")
            return self._dialog(account, other)
        if account is not None:
            if person is None:
                raise Wrong(f"whose dialog with {ref}? name the person (as)")
            return self._dialog(account, person)
        return self._conversation(ref) or self._wall(ref)

    def commands(self, chat: Chat) -> list[dict[str, str]] | None:
        """Return None: VK has no menu of commands."""
        return None

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
        """Write one message, or a post on a wall; VK has no entities, topics or albums apart from it.

        `forward_from` is {"chat", "message"} for what is there, posts of a wall included, or
        {"person" or "from_id", "text"?}: without its own text, what is said is that person's.
        """
        account = self._of(chat)
        fwd: list[Any] = []
        extra: dict[str, Any] = {}
        if forward_from and "chat" in forward_from:
            source = self.find_chat(str(forward_from["chat"]), person)
            fwd, extra = forwards.there(self._of(source), source, forward_from.get("message"))
        elif forward_from and "text" in forward_from:
            told = forward_from["text"]
            fwd = [forwards.told(self._world, account, forward_from, told, ())]
        elif forward_from:
            fwd = [forwards.told(self._world, account, forward_from, text, media)]
            text, media = "", ()
        said = people.write(self._world, account, chat, person, text, media, reply_to, fwd, extra)
        return [said.id]

    async def press(
        self, chat: Chat, person: int, message: int, row: int, column: int
    ) -> dict[str, Any] | None:
        """Press a button: a text button says its label, a link gives {"url"}, a callback waits up to 5 s."""
        account = self._of(chat)
        return await people.press(self._world, account, chat, person, message, row, column)

    async def do(self, chat: Chat, person: int, what: str, args: dict[str, Any]) -> dict[str, Any]:
        """Do one of the other things (`deeds`, in a conversation `chat_deeds`)."""
        return deeds.do(self._world, self._of(chat), chat, person, what, args)

    def _of(self, chat: Chat) -> Account:
        """Return the community of a dialog or wall; of a conversation one that is in it, else the first of all."""
        account = self._world.account("vk", chat.account or "")
        if chat.kind == "chat":
            known = dialogs.listeners(self._world, chat)
            known += [a for a in self._world.accounts.values() if a.network == "vk"]
            account = known[0] if known else None
        if account is None:
            raise Wrong(f"there is no community for «{chat.title}»: first add an account on vk")
        return account

    def _community(self, name: str) -> Account:
        account = self._world.account("vk", name)
        if account is None:
            raise Wrong(f"there is no community {name!r} to be in a conversation")
        return account

    def _must_be_here(self, person: int) -> None:
        human = self._world.people.get(person)
        if human is None or "vk" not in human.messengers:
            raise Wrong(f"there is no person {person} on VK")

    def _conversation(self, word: str) -> Chat | None:
        chats = (chat for chat in self._world.rooms("vk") if chat.kind == "chat")
        return next((chat for chat in chats if word in (str(chat.id), chat.title)), None)

    def _named(self, word: str) -> Account | None:
        for account in self._world.accounts.values():
            names = (account.name, account.username, f"@{account.username}", str(account.id))
            if account.network == "vk" and word in names:
                return account
        return None

    def _dialog(self, account: Account, person: int) -> Chat:
        self._must_be_here(person)
        chat = self._world.dialog(account, person, create=True)
        assert chat is not None
        return chat

    def _wall(self, word: str) -> Chat:
        for chat in self._world.chats_on("vk"):
            if chat.kind == "wall" and word in (chat.account, chat.title, str(chat.id)):
                # What was postponed may have come due while the sandbox was down.
                posts.release(self._world, self._of(chat), chat)
                return chat
        names = ", ".join(a.name for a in self._world.accounts.values() if a.network == "vk")
        raise Wrong(f"VK has no chat {word!r}; communities: {names or 'none yet'}")
