"""One webhook in force: sends a bot's updates to its server and repeats what fails.

Delays go by the sandbox's clock, so moving it brings a repeat about; the wait for an answer is in the
machine's time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from sandbox import bodies
from sandbox.api import Upload
from sandbox.gate import Gate
from sandbox.outgoing import Answer, Errands, Unreachable, post
from sandbox.telegram.updates import Updates, kind_of, shown
from sandbox.world import Account, World

_FIRST_DELAY_S = 1
_LONGEST_DELAY_S = 60  # up to twice as long, by chance
_RETRY_AFTER_MAX_S = 3600
_GONE_FOR_S = 23 * 3600  # a server that says 410 for so long loses its webhook
_LOOK_S = 3600.0  # the machine's time after which the clock is looked at without need
_MESSAGES = frozenset(("message", "edited_message", "channel_post", "edited_channel_post"))
# Calls that an answer to an update may not hold: their results would be lost or the webhook with them.
_NOT_IN_ANSWERS = frozenset(("deletewebhook", "setwebhook", "close", "logout"))

# Carries out the call that a webhook's answer holds; parameters and files as in a request.
CarryOut = Callable[[Account, dict[str, Any], Mapping[str, Upload]], Awaitable[None]]


@dataclass(slots=True)
class _Trial:
    """An update that failed: how often, what was waited last, and when it is sent again."""

    fails: int = 0
    delay: float = _FIRST_DELAY_S
    at: float = 0


class Delivery:
    """Sends the updates of one account while its webhook is the one it had at the beginning."""

    def __init__(
        self,
        world: World,
        gate: Gate,
        updates: Updates,
        account: Account,
        carry_out: CarryOut,
        timeout_s: float,
    ) -> None:
        """Prepare; `run` does it."""
        self._world, self._gate, self._updates = world, gate, updates
        self._account, self._carry_out, self._timeout_s = account, carry_out, timeout_s
        self._hook: dict[str, Any] = account.settings["webhook"]
        self._woken = updates.hooks[account.name] = asyncio.Event()
        self._sends = Errands()
        self._sending: set[int] = set()  # update_ids
        self._trials: dict[int, _Trial] = {}  # by update_id
        self.task: asyncio.Task[None] | None = None

    def end(self) -> None:
        """Send nothing more; what is on its way is dropped and stays queued."""
        self._leave()
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Deliver until the webhook is another one or gone, or the task is cancelled."""
        try:
            while self._in_force():
                self._woken.clear()
                moves = self._world.clock.version
                await self._wait(moves, self._send_what_is_due())
        finally:
            self._leave()
            await self._sends.stop()

    def _leave(self) -> None:
        if self._updates.hooks.get(self._account.name) is self._woken:
            del self._updates.hooks[self._account.name]

    def _in_force(self) -> bool:
        account = self._account
        return (
            self._world.account("telegram", account.name) is account
            and account.settings.get("webhook") is self._hook
        )

    def _send_what_is_due(self) -> float:
        """Begin every sending that may begin now; return when the next repeat is due."""
        self._updates.forget_old(self._account)
        now, most = self._world.clock.now(), self._hook["max_connections"]
        # Like the server, hold no more at hand than twice what may be on its way.
        at_hand = self._account.updates[: 2 * most]
        known = {update["update_id"] for update in at_hand}
        self._trials = {number: trial for number, trial in self._trials.items() if number in known}
        held: set[tuple[str, Any]] = set()
        next_at = float("inf")
        for update in at_hand:
            if len(self._sending) >= most:
                break
            lane = _lane(update)
            if lane in held:
                continue
            held.add(lane)
            number = update["update_id"]
            if number in self._sending:
                continue
            trial = self._trials.get(number)
            if trial is not None and trial.at > now:
                next_at = min(next_at, trial.at)
                continue
            self._sending.add(number)
            self._sends.start(self._send(update))
        return next_at

    async def _wait(self, moves: int, next_at: float) -> None:
        """Return when something came in or ended, the clock was moved, or it is `next_at`."""
        clock = self._world.clock
        left = _LOOK_S
        if clock.mode == "real":
            left = min(left, max(0.0, next_at - clock.now()))

        async def moved() -> None:
            if clock.version == moves:
                await clock.wait_moved(left)

        waits = (asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(moved()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _send(self, update: dict[str, Any]) -> None:
        try:
            seen = shown(update)
            if self._gate.inspector:
                self._gate.inspector.told("telegram", seen)
            headers = {"Content-Type": "application/json"}
            if secret := self._hook["secret_token"]:
                headers["X-Telegram-Bot-Api-Secret-Token"] = secret
            try:
                answer = await post(
                    self._hook["url"],
                    orjson.dumps(seen),
                    headers=headers,
                    timeout_s=self._timeout_s,
                )
            except Unreachable as error:
                self._failed(update, str(error))
            else:
                await self._answered(update, answer)
        finally:
            self._sending.discard(update["update_id"])
            self._woken.set()

    async def _answered(self, update: dict[str, Any], answer: Answer) -> None:
        if 200 <= answer.status < 300:
            self._hook.pop("gone_since", None)
            self._updates.forget(self._account, update)
            await self._carry_out_reply(answer)
            return
        if self._is_gone(answer.status):
            self._account.settings.pop("webhook", None)
            self._world.touch()
            return
        text = f"Wrong response from the webhook: {answer.status} {_phrase(answer.status)}"
        self._failed(update, text.rstrip(), _retry_after(answer))

    def _is_gone(self, status: int) -> bool:
        """Note how long the server says 410; tell whether it is long enough."""
        if status != 410:
            self._hook.pop("gone_since", None)
            return False
        now = self._world.clock.now()
        since: float = self._hook.setdefault("gone_since", now)
        return now > since + _GONE_FOR_S

    def _failed(self, update: dict[str, Any], why: str, retry_after: int = 0) -> None:
        """Note the error and when the update is sent again: first at once, then with doubled delays."""
        now = self._world.clock.now()
        self._hook |= {"last_error_date": int(now), "last_error_message": why}
        trial = self._trials.setdefault(update["update_id"], _Trial())
        delay = float(retry_after)
        if not retry_after and trial.fails:
            longest = random.randint(_LONGEST_DELAY_S, 2 * _LONGEST_DELAY_S)
            delay = trial.delay = min(longest, trial.delay * 2)
        trial.fails += 1
        trial.at = now + delay
        if trial.at > self._updates.expires(update):
            self._updates.forget(self._account, update)
        self._world.touch()

    async def _carry_out_reply(self, answer: Answer) -> None:
        """Carry out the call that the answer holds, if it holds one; nobody sees its result."""
        try:
            kind = answer.headers.get("content-type", "").encode("latin-1")
            params, files = bodies.parse(kind, answer.body, first_wins=True)
        except bodies.Unreadable:
            return
        method = str(params.get("method", "")).lower()
        if method and method not in _NOT_IN_ANSWERS and not method.startswith("get"):
            await self._carry_out(self._account, params, files)


def _lane(update: dict[str, Any]) -> tuple[str, Any]:
    """Return what an update must wait for its turn in: its chat, its user or its poll."""
    kind = kind_of(update)
    about = update[kind]
    if kind in _MESSAGES:
        return "chat", about["chat"]["id"]
    if kind == "poll":
        return "poll", about["id"]
    if kind == "poll_answer":
        return "poll", about["poll_id"]
    if kind == "callback_query":
        return kind, about["from"]["id"]
    return kind, about.get("chat", {}).get("id")


def _retry_after(answer: Answer) -> int:
    try:
        return min(max(int(answer.headers.get("retry-after", "")), 0), _RETRY_AFTER_MAX_S)
    except ValueError:
        return 0


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
