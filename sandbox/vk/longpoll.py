"""Bots Long Poll: keys, and one check of what happened since a `ts`.

Facts: dev.vk.com, Bots Long Poll API: `failed` 1 (history lost, take the new ts), 2 (key expired), 3
(information lost, ask for key and ts); `wait` up to 90 s; keys live for an hour.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from sandbox.values import whole
from sandbox.vk.params import Params
from sandbox.world import Account, World

KEY_LIVES = 3600  # seconds by the sandbox's clock
MAX_WAIT = 90  # seconds of the machine's time
USUAL_WAIT = 25
_LOOK = 1.0  # seconds between two looks whether the client or the server has gone


def open_door(account: Account, now: float) -> str:
    """Give out a key to the community's events; older keys live on until their own hour is over."""
    keys = account.settings["long_poll"]["keys"]
    for old in [key for key, at in keys.items() if now - at >= KEY_LIVES]:
        del keys[old]
    key = secrets.token_hex(20)
    keys[key] = now
    return key


async def check(
    world: World,
    account: Callable[[], Account | None],
    params: Params,
    gone: Callable[[], Awaitable[bool]],
) -> dict[str, Any]:
    """Answer one check: at once if there is something to say, else as soon as there is, or after `wait`.

    The account is looked up at every turn: a reset makes a new one, which knows no old key.
    """
    deadline = monotonic() + _wait(params)
    while True:
        asked = account()
        told, answer = asked.update_seq if asked else 0, _now(world, asked, params)
        left = deadline - monotonic()
        over = left <= 0 or world.stopping.is_set()
        if "failed" in answer or answer["updates"] or over or await gone():
            return answer
        # What was told while the client was looked for must not be slept over.
        if asked is None or asked.update_seq == told:
            await world.wait_change(min(left, _LOOK), asked)


def _now(world: World, account: Account | None, params: Params) -> dict[str, Any]:
    if account is None or not account.settings["long_poll"]["enabled"]:
        return {"failed": 3}
    made = account.settings["long_poll"]["keys"].get(params.text("key"))
    if made is None or world.clock.now() - made >= KEY_LIVES:
        return {"failed": 2}
    seen = whole(params.text("ts"))
    if seen is None:
        return {"failed": 3}
    last = account.update_seq
    oldest = last - len(account.updates)
    if not oldest <= seen <= last:
        return {"failed": 1, "ts": str(last)}
    return {"ts": str(last), "updates": account.updates[seen - oldest :]}


def _wait(params: Params) -> int:
    wait = whole(params.text("wait"))
    return USUAL_WAIT if wait is None else max(0, min(MAX_WAIT, wait))
