"""A bot's pending updates: queued by what happens, fetched by getUpdates, forgotten after 24 hours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sandbox.api import Refusal
from sandbox.telegram.access import is_admin, is_present
from sandbox.telegram.wire import message_object
from sandbox.world import Account, Chat, Message, World

KEPT_S = 86400
# Given out only to bots that ask for them by name in allowed_updates.
ON_REQUEST = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
_AT = "_at"  # when an update was queued; a key of the stored update that no client sees
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True, eq=False)
class _Poll:
    """One getUpdates that waits."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False


class Updates:
    """The queues of all bots of one world."""

    def __init__(self, world: World) -> None:
        """Serve the world's Telegram accounts."""
        self._world = world
        self._polls: dict[str, _Poll] = {}

    def push(self, account: Account, kind: str, payload: dict[str, Any]) -> None:
        """Queue an update for a bot unless its allowed_updates leave that kind out; wake its poll."""
        allowed = account.settings.get("allowed_updates")
        if (kind not in allowed) if allowed else (kind in ON_REQUEST):
            return
        self._forget_old(account)
        account.update_seq += 1
        account.updates.append(
            {"update_id": account.update_seq, kind: payload, _AT: self._world.clock.now()}
        )
        if (poll := self._polls.get(account.name)) is not None:
            poll.woken.set()

    def tell(self, chat: Chat, message: Message, *, edited: bool = False) -> None:
        """Queue a new or edited message for every bot in the chat that sees it."""
        kind = ("edited_" if edited else "") + (
            "channel_post" if chat.kind == "channel" else "message"
        )
        for account in self.bots_in(chat):
            own = message.by_account and message.sender == account.id
            # Bots do not see each other's messages in groups; a channel's posts are the channel's own.
            foreign_bot = message.by_account and chat.kind != "channel"
            if not own and not foreign_bot:
                self.push(account, kind, message_object(self._world, account, chat, message))

    def bots_in(self, chat: Chat) -> list[Account]:
        """Return the bots that get a chat's updates; in a channel only administrators do."""
        if chat.kind == "private":
            account = self._world.account("telegram", chat.account or "")
            return [account] if account else []
        # By account, not by member: a channel may have thousands of readers and has few bots.
        bots = (
            account for account in self._world.accounts.values() if account.network == "telegram"
        )
        seats = ((bot, chat.members.get(bot.id)) for bot in bots)
        in_channel = chat.kind == "channel"
        return [bot for bot, seat in seats if (is_admin(seat) if in_channel else is_present(seat))]

    def waits(self, account: Account) -> bool:
        """Tell whether a bot's long poll waits for news right now."""
        return account.name in self._polls

    def pending(self, account: Account) -> int:
        """Return how many updates wait for a bot."""
        self._forget_old(account)
        return len(account.updates)

    def drop(self, account: Account) -> None:
        """Forget all updates that wait for a bot."""
        account.updates.clear()

    async def fetch(
        self, account: Account, offset: int, limit: int, timeout: float
    ) -> list[dict[str, Any]]:
        """Confirm by `offset` and return what waits, at once or within `timeout` seconds of the machine's time.

        A waiting earlier fetch of the same bot ends with 409, as on the real server.
        """
        if (other := self._polls.pop(account.name, None)) is not None:
            other.ended = True
            other.woken.set()
        self._confirm(account, offset)
        if not account.updates and timeout > 0 and not self._world.stopping.is_set():
            await self._wait(account, timeout)
            # A reset meanwhile made another account of that name, which has the news.
            account = self._world.account("telegram", account.name) or account
            self._forget_old(account)
        return [
            {name: value for name, value in update.items() if name != _AT}
            for update in account.updates[:limit]
        ]

    def _confirm(self, account: Account, offset: int) -> None:
        before = len(account.updates)
        if offset < 0:
            del account.updates[:offset]
        elif offset > 0:
            account.updates[:] = [u for u in account.updates if u["update_id"] >= offset]
        self._forget_old(account)
        if len(account.updates) != before:
            self._world.touch()

    async def _wait(self, account: Account, timeout: float) -> None:
        poll = self._polls[account.name] = _Poll()
        stopping = asyncio.ensure_future(self._world.stopping.wait())
        woken = asyncio.ensure_future(poll.woken.wait())
        try:
            await asyncio.wait(
                (stopping, woken), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            stopping.cancel()
            woken.cancel()
            if self._polls.get(account.name) is poll:
                del self._polls[account.name]
        if poll.ended:
            raise Refusal(409, 409, _CONFLICT)

    def _forget_old(self, account: Account) -> None:
        oldest = self._world.clock.now() - KEPT_S
        while account.updates and account.updates[0][_AT] < oldest:
            account.updates.pop(0)
