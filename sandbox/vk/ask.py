"""One method call as the methods see it: whose key, which community, which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.api import ApiCall
from sandbox.gate import Gate
from sandbox.vk.callback import Courier
from sandbox.vk.errors import NOT_ADMIN, invalid, missing, refuse
from sandbox.vk.params import Params
from sandbox.vk.versions import parsed
from sandbox.world import Account, Chat, World

Key = Literal["community", "user"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is: a community's own, or one of a human who manages `accounts`."""

    key: Key
    accounts: tuple[Account, ...]

    @property
    def person(self) -> int:
        """Return the id of the human behind a user key; 0 if the community names no administrator."""
        return key_owner(self.accounts[0])


@dataclass(slots=True)
class Ask:
    """A method call."""

    gate: Gate
    caller: Caller
    params: Params
    call: ApiCall
    base: str  # scheme and host of the server as the client knows it
    courier: Courier
    strict: bool = False  # whether parameters that the method does not know are refused

    @property
    def world(self) -> World:
        """Return the world the call is about."""
        return self.gate.world

    @property
    def account(self) -> Account:
        """Return the community of the key; a user key's first one."""
        return self.caller.accounts[0]

    @property
    def now(self) -> float:
        """Return the sandbox's now, seconds since 1970 (UTC)."""
        return self.world.clock.now()

    @property
    def version(self) -> tuple[int, int]:
        """Return the version of the API that the call asks for, e.g. (5, 199)."""
        return parsed(self.params.text("v")) or (0, 0)

    def community(self, name: str = "group_id", *, needed: bool = False) -> Account:
        """Return the community a parameter means; the key's own if it may be left out.

        Raises Refusal 100 without the parameter, 15 for a community that the key does not manage.
        """
        id_ = self.params.whole(name)
        if id_ is None:
            if needed:
                raise missing(name)
            return self.managed(self.account.id)
        return self.managed(abs(id_))

    def managed(self, id_: int) -> Account:
        """Return the community of that id, which the key must manage.

        Raises Refusal 15 for one that it never managed, 203 when its human is no administrator any more.
        """
        for account in self.caller.accounts:
            if account.id == id_:
                owner = account.settings.get("key_owner")
                if self.caller.key == "user" and owner and owner not in account.admins:
                    raise refuse(203)
                return account
        raise refuse(15, NOT_ADMIN)

    def wall(self, name: str = "owner_id") -> tuple[Account, Chat]:
        """Return the wall a parameter means by its negative owner id; Refusal 15 for others' walls."""
        owner = self.params.need_whole(name)
        account = self.managed(-owner)
        wall = self.world.chat("vk", owner)
        if wall is None:
            raise invalid(name)
        return account, wall

    def anyones_wall(self, name: str = "owner_id") -> tuple[Account, Chat]:
        """Return the wall of any community, to be read; Refusal 100 for one that is not there."""
        owner = self.params.need_whole(name)
        account, wall = self.world.account_by_id("vk", -owner), self.world.chat("vk", owner)
        if account is None or wall is None:
            raise invalid(name)
        return account, wall

    def changed(self, chat: Chat | None, *ids: int) -> None:
        """Note an effect for the log and wake those who wait for news (of the chat, if it is one's)."""
        self.call.effect = True
        self.call.messages.extend(ids)
        self.world.touch(chat)


def key_owner(account: Account) -> int:
    """Return the id of the human to whom a community's user key belongs: the first administrator it ever had.

    `settings["key_owner"]` notes who that was as soon as an administrator leaves.
    """
    first = account.admins[0] if account.admins else 0
    return int(account.settings.get("key_owner", first))


def caller_of(world: World, token: str) -> Caller | None:
    """Return whose key a token is; None for nobody's."""
    account = world.account_by_token("vk", token) if token else None
    if account is not None:
        return Caller("community", (account,))
    managed = tuple(
        a for a in world.accounts.values() if a.network == "vk" and token and a.user_token == token
    )
    return Caller("user", managed) if managed else None


def why_nobodys(world: World, token: str) -> str:
    """Return VK's words about a token that opens nothing: absent, taken back, or unknown."""
    if not token:
        return "no access_token passed."
    accounts = (a for a in world.accounts.values() if a.network == "vk")
    if any(token in account.settings.get("revoked", ()) for account in accounts):
        return "user revoke access for this token."
    return "invalid access_token (4)."
