"""The methods the sandbox offers, with the keys they take, and the way through them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sandbox.api import ApiCall, Refusal
from sandbox.values import whole
from sandbox.vk import (
    callback_servers,
    changing,
    comments,
    groups,
    links,
    marking,
    moderating,
    polls,
    reading,
    sending,
    stats,
    uploads,
    videos,
    vkscript,
    wall_reading,
    walls,
)
from sandbox.vk.ask import Ask
from sandbox.vk.conversations import CHATS_FROM
from sandbox.vk.dialect import Executed
from sandbox.vk.errors import NO_RIGHT, WRONG_KEY, refuse
from sandbox.vk.params import Params
from sandbox.vk.spec import ANY, Method, known, method

_log = logging.getLogger(__name__)


def execute(ask: Ask) -> Executed:
    """Run VKScript: up to 25 calls in one; a failed call gives false and an entry in execute_errors."""
    errors: list[dict[str, Any]] = []

    def call(name: str, given: dict[str, Any]) -> Any:
        inner = ApiCall("vk", name, ask.call.account, given, at=ask.now)
        params = Params({"v": ask.params.text("v"), **given})
        inner.chats = aims(params)
        try:
            result = dispatch(replace(ask, params=params, call=inner))
            if ask.gate.inspector:
                ask.gate.inspector.after(inner, result)
        except Refusal as refusal:
            inner.code = refusal.code
            errors.append({"method": name, "error_code": refusal.code, "error_msg": refusal.text})
            result = False
        # Each inner call has its own line in the log; the one of execute tells only whether any had an effect.
        ask.gate.calls.add(inner)
        ask.call.effect = ask.call.effect or inner.effect
        return result

    return Executed(vkscript.run(ask.params.need_text("code"), call), errors)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "execute": method(execute, ANY, "code func_v"),
        **callback_servers.METHODS,
        **changing.METHODS,
        **marking.METHODS,
        **moderating.METHODS,
        **comments.METHODS,
        **groups.METHODS,
        **links.METHODS,
        **reading.METHODS,
        **sending.METHODS,
        **polls.METHODS,
        **stats.METHODS,
        **uploads.METHODS,
        **videos.METHODS,
        **wall_reading.METHODS,
        **walls.METHODS,
    }
)


def dispatch(ask: Ask) -> Any:
    """Run the method a call names; raises Refusal 3 for an unknown one, 15 or 27 for the wrong key.

    Refusal 29 comes when the method was called more often in a day than the limit `quota` allows.
    """
    method = METHODS.get(ask.call.method)
    if method is None:
        if ask.strict:
            _log.warning("strict sandbox: there is no method %s", ask.call.method)
        raise refuse(3)
    if ask.caller.key not in method.keys:
        if ask.caller.key == "community":
            raise refuse(27, WRONG_KEY)
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    if ask.strict:
        _know_all(ask, method)
    _count(ask)
    return method.run(ask)


def _know_all(ask: Ask, method: Method) -> None:
    """Refuse parameters that the method does not have; VK itself would read past them."""
    names = known(ask.call.method, method.reads)
    unknown = [name for name, _ in ask.params.items() if name not in names]
    if unknown:
        text = f"strict sandbox: {ask.call.method} does not know {', '.join(sorted(unknown))}"
        _log.warning("%s", text)
        raise refuse(100, text)


def _count(ask: Ask) -> None:
    """Hold to the quota of calls of one method on one day (UTC); a day's count starts at the first call."""
    rate = ask.gate.limits.rate("vk", "quota")
    if rate is None:
        return
    counts = ask.account.settings.setdefault("quota", {})
    name, day = f"{ask.caller.key}/{ask.call.method}", int(ask.now // rate.per_s)
    known = counts.get(name)
    count = known[1] if known is not None and known[0] == day else 0
    if count >= rate.count:
        raise refuse(29)
    counts[name] = [day, count + 1]


def aims(params: Params) -> list[str]:
    """Return the ids of the dialogs, conversations or walls that a call is aimed at, as text."""
    for name in ("peer_ids", "peer_id", "user_ids", "user_id", "owner_id"):
        if params.given(name):
            return params.words(name)
    number = whole(params.text("chat_id"))
    return [] if number is None else [str(CHATS_FROM + number)]
