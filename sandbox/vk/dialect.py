"""How VK words its answers: always HTTP 200, {"response": …} or {"error": …}."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response

from sandbox.api import ApiCall, Refusal
from sandbox.vk.captcha import Captchas
from sandbox.vk.errors import TEXTS, refuse
from sandbox.vk.objects import absolute
from sandbox.vk.params import as_text

_SECRETS = ("access_token", "secret_key", "client_secret")
_VALIDATION = "https://m.vk.com/login?act=security_check"  # the sandbox does not play that page


@dataclass(frozen=True, slots=True)
class Executed:
    """What `execute` returns: the script's result and the calls in it that failed."""

    response: Any
    errors: list[dict[str, Any]]


class VkDialect:
    """The answers of /method/…; `base` is the scheme and host under which the client knows the server."""

    def __init__(self, base: str, captchas: Captchas | None = None) -> None:
        """Word answers for one client."""
        self._base, self._captchas = base, captchas

    def answer(self, result: Any) -> Response:
        """Return {"response": …}, for execute with what failed inside."""
        if isinstance(result, Executed):
            body = {"response": result.response}
            if result.errors:
                body["execute_errors"] = result.errors
            return _json(absolute(body, self._base))
        return _json(absolute({"response": result}, self._base))

    def refuse(self, call: ApiCall, refusal: Refusal) -> Response:
        """Return {"error": …} with the call's parameters but its secrets."""
        known = _as_vk(refusal)
        if known.code == 14 and self._captchas is not None:
            sid = self._captchas.show()
            known.extra |= {"captcha_sid": sid, "captcha_img": f"{self._base}/vk/captcha/{sid}"}
        if known.code == 17:
            known.extra.setdefault("redirect_uri", _VALIDATION)
        refusal.code = known.code
        sent = [
            {"key": name, "value": as_text(value)}
            for name, value in call.params.items()
            if name not in _SECRETS
        ]
        error = {"error_code": known.code, "error_msg": known.text, **known.extra}
        error["request_params"] = [
            {"key": "method", "value": call.method},
            {"key": "oauth", "value": "1"},
            *sent,
        ]
        return _json({"error": error})

    def throttle(self, call: ApiCall, retry_after: float) -> Refusal:
        """Return error 6; error 9 when a wait of more than a second was ordered for a named chat."""
        return refuse(9) if retry_after > 1 and call.chats else refuse(6)


class BareDialect(VkDialect):
    """The answers of the long poll and the upload servers: JSON without an envelope."""

    def answer(self, result: Any) -> Response:
        """Return the object as it is."""
        return _json(absolute(result, self._base))

    def refuse(self, call: ApiCall, refusal: Refusal) -> Response:
        """Return {"error": text}."""
        known = _as_vk(refusal)
        refusal.code = known.code
        return _json({"error": known.text, "error_code": known.code})


def _as_vk(refusal: Refusal) -> Refusal:
    """Return the refusal itself, error 10 for what went wrong inside the sandbox."""
    if refusal.status == refusal.code == 500 and refusal.text == "Internal Server Error":
        return Refusal(200, 10, TEXTS[10])
    return refusal


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")
