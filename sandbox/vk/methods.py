"""The methods the sandbox offers, with the keys they take, and the way through them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.api import ApiCall, Refusal
from sandbox.vk import changing, groups, reading, sending, uploads, vkscript, walls
from sandbox.vk.ask import Ask
from sandbox.vk.dialect import Executed
from sandbox.vk.errors import NO_RIGHT, WRONG_KEY, refuse
from sandbox.vk.params import Params
from sandbox.vk.spec import ANY, Method, method


def execute(ask: Ask) -> Executed:
    """Run VKScript: up to 25 calls in one; a failed call gives false and an entry in execute_errors."""
    errors: list[dict[str, Any]] = []

    def call(name: str, given: dict[str, Any]) -> Any:
        inner = ApiCall("vk", name, ask.call.account, given, at=ask.now)
        inner.chats = aims(Params(given))
        try:
            result = dispatch(Ask(ask.gate, ask.caller, Params(given), inner, ask.base))
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
        **changing.METHODS,
        **groups.METHODS,
        **reading.METHODS,
        **sending.METHODS,
        **uploads.METHODS,
        **walls.METHODS,
    }
)


def dispatch(ask: Ask) -> Any:
    """Run the method a call names; raises Refusal 3 for an unknown one, 15 or 27 for the wrong key."""
    method = METHODS.get(ask.call.method)
    if method is None:
        raise refuse(3)
    if ask.caller.key not in method.keys:
        if ask.caller.key == "community":
            raise refuse(27, WRONG_KEY)
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    return method.run(ask)


def aims(params: Params) -> list[str]:
    """Return the ids of the dialogs or walls that a call is aimed at, as text."""
    for name in ("peer_ids", "peer_id", "user_ids", "user_id", "owner_id"):
        if params.given(name):
            return params.words(name)
    return []
