"""A bot's pending updates: queued by what happens, fetched by getUpdates or sent to a webhook, forgotten with age.

The rules are those of the Bot API server (tdlib/telegram-bot-api). Waiting is in the machine's time,
the age of updates in the sandbox's.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.api import Refusal
from sandbox.limits import Limits
from sandbox.telegram.access import is_admin, is_present
from sandbox.telegram.wire import message_object
from sandbox.world import Account, Chat, Message, World

KEPT_S = 86400
_KEPT_LESS_S = {"callback_query": 150}
ANSWER_MAX = 1 << 22  # bytes of one answer, 50 of them counted for each update's frame
# Updates are far smaller than this part of ANSWER_MAX: so few of them need not be measured.
_SURELY_FIT = 32
KINDS = frozenset((
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "guest_message",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot",
))  # fmt: skip
# Given out only to bots that ask for them by name in allowed_updates.
ON_REQUEST = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
_AT = "_at"  # when an update was queued; a key of the stored update that no client sees
_OTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_HOOK_SET = "terminated by setWebhook request"
_HOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True, eq=False)
class _Poll:
    """One getUpdates that waits."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    conflict: str = ""  # why it has to end
    refusal: Refusal | None = None


class Updates:
    """The queues of all bots of one world."""

    def __init__(self, world: World, limits: Limits) -> None:
        """Serve the world's Telegram accounts; `limits` tell whether hasty polls are held up."""
        self._world, self._limits = world, limits
        self.repeat_s = 3.0  # the same offset again within it waits as long for news
        self.burst_s = 0.5  # the same offset again within it gets one update
        self.conflict_s = 3.0  # a conflict within it after another is told that much later
        self.hooks: dict[str, asyncio.Event] = {}  # by account: woken by news for a webhook
        self._polls: dict[str, _Poll] = {}
        self._asked: dict[str, tuple[int, float]] = {}  # by account: the last offset, and when
        self._calm_from: dict[str, float] = {}  # by account: when a conflict is told at once again

    def push(self, account: Account, kind: str, payload: dict[str, Any]) -> None:
        """Queue an update for a bot unless its allowed_updates leave that kind out; wake who delivers it."""
        allowed = account.settings.get("allowed_updates")
        if (kind not in allowed) if allowed else (kind in ON_REQUEST):
            return
        now, waiting = self._world.clock.now(), account.updates
        while waiting and waiting[0][_AT] < now - KEPT_S:
            waiting.pop(0)
        account.update_seq += 1
        waiting.append({"update_id": account.update_seq, kind: payload, _AT: now})
        if (poll := self._polls.get(account.name)) is not None:
            poll.woken.set()
        if (hook := self.hooks.get(account.name)) is not None:
            hook.set()

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

    def allow(self, account: Account, wanted: Any) -> None:
        """Keep the kinds of updates a bot asks for, for updates to come.

        What is no array of texts changes nothing and unknown names are passed over, as on the real
        server; an empty array means all but those given on request.
        """
        if not isinstance(wanted, list) or not all(isinstance(kind, str) for kind in wanted):
            return
        kinds = sorted({kind.lower() for kind in wanted} & KINDS)
        if kinds != account.settings.get("allowed_updates", []):
            account.settings["allowed_updates"] = kinds
            self._world.touch()

    def waits(self, account: Account) -> bool:
        """Tell whether a bot's long poll waits for news right now."""
        return account.name in self._polls

    def pending(self, account: Account) -> int:
        """Return how many updates wait for a bot."""
        self.forget_old(account)
        return len(account.updates)

    def drop(self, account: Account) -> None:
        """Forget all updates that wait for a bot."""
        account.updates.clear()

    def forget(self, account: Account, update: dict[str, Any]) -> None:
        """Take one update out: it was delivered."""
        place = next((i for i, kept in enumerate(account.updates) if kept is update), None)
        if place is not None:
            del account.updates[place]
            self._world.touch()

    def expires(self, update: dict[str, Any]) -> float:
        """Return until when an update is kept, seconds since 1970 (UTC)."""
        at: float = update[_AT]
        return at + _KEPT_LESS_S.get(kind_of(update), KEPT_S)

    async def fetch(
        self, account: Account, offset: int, limit: int, timeout: float
    ) -> list[dict[str, Any]]:
        """Confirm by `offset` and return what waits, at once or within `timeout` seconds.

        A fetch that has to wait ends an earlier one of the same bot with 409. Refuses with 409 while
        the bot has a webhook.
        """
        await self.refuse_with_hook(account)
        limit, timeout = self._held_up(account, offset, limit, timeout)
        self._confirm(account, offset)
        if not account.updates and timeout > 0 and not self._world.stopping.is_set():
            self._end(account, _OTHER_POLL)
            await self._wait(account, timeout)
            # A reset meanwhile made another account of that name, which has the news.
            account = self._world.account("telegram", account.name) or account
            self.forget_old(account)
        return _page([shown(update) for update in account.updates[:limit]])

    async def refuse_with_hook(self, account: Account) -> None:
        """Refuse with 409 while the bot has a webhook."""
        if account.settings.get("webhook"):
            raise await self._conflict(account, _HOOK_ACTIVE)

    def end_for_hook(self, account: Account) -> None:
        """End a waiting fetch with 409, because a webhook is set."""
        self._end(account, _HOOK_SET)

    def end(self, account: Account, refusal: Refusal) -> None:
        """End a waiting fetch with this refusal."""
        if (poll := self._polls.pop(account.name, None)) is not None:
            poll.refusal = refusal
            poll.woken.set()

    def forget_old(self, account: Account) -> None:
        """Take out what is too old."""
        now = self._world.clock.now()
        if any(self.expires(update) < now for update in account.updates):
            account.updates[:] = [u for u in account.updates if self.expires(u) >= now]

    def _held_up(
        self, account: Account, offset: int, limit: int, timeout: float
    ) -> tuple[int, float]:
        """Return limit and timeout as the server changes them for one who repeats himself hastily."""
        now = time.monotonic()
        last, at = self._asked.get(account.name, (None, 0.0))
        self._asked[account.name] = offset, now
        if self._limits.poll_pauses and offset == last:
            if now < at + self.repeat_s:
                timeout = max(timeout, self.repeat_s)
            if now < at + self.burst_s:
                limit = 1
        return limit, timeout

    def _confirm(self, account: Account, offset: int) -> None:
        before = len(account.updates)
        if offset < 0:
            del account.updates[:offset]
        # One far in the future is another queue's: it confirms nothing (td/db/TQueue.cpp).
        elif 0 < offset <= account.update_seq + 11:
            account.updates[:] = [u for u in account.updates if u["update_id"] >= offset]
        self.forget_old(account)
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
        if poll.refusal is not None:
            raise poll.refusal
        if poll.conflict:
            raise await self._conflict(account, poll.conflict)

    def _end(self, account: Account, conflict: str) -> None:
        if (other := self._polls.pop(account.name, None)) is not None:
            other.conflict = conflict
            other.woken.set()

    async def _conflict(self, account: Account, text: str) -> Refusal:
        """Return the refusal, later if the bot was told of a conflict just now."""
        now = time.monotonic()
        if now >= self._calm_from.get(account.name, 0.0):
            self._calm_from[account.name] = now + self.conflict_s
        elif self._limits.poll_pauses:
            stopping = asyncio.ensure_future(self._world.stopping.wait())
            await asyncio.wait((stopping,), timeout=self.conflict_s)
            stopping.cancel()
        return Refusal(409, 409, f"Conflict: {text}")


def kind_of(update: dict[str, Any]) -> str:
    """Return an update's kind: `message`, `callback_query`…"""
    return next(name for name in update if name not in ("update_id", _AT))


def shown(update: dict[str, Any]) -> dict[str, Any]:
    """Return a stored update as clients see it."""
    return {name: value for name, value in update.items() if name != _AT}


def _page(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as many of the updates as one answer holds."""
    if len(updates) <= _SURELY_FIT:
        return updates
    left = ANSWER_MAX
    for place, update in enumerate(updates):
        left -= 50 + len(orjson.dumps(update))
        if left <= 0:
            return updates[:place]
    return updates
