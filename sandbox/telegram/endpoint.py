"""The Bot API over HTTP: finds the bot and the method, passes the call through the gate, words the answers."""

from __future__ import annotations

import math
from typing import Any

import orjson
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from sandbox import bodies
from sandbox.api import ApiCall, Refusal
from sandbox.gate import Gate
from sandbox.telegram import files
from sandbox.telegram.access import chat_id_of
from sandbox.telegram.ask import Ask
from sandbox.telegram.methods import METHODS
from sandbox.telegram.params import structure
from sandbox.telegram.queries import Queries
from sandbox.telegram.spec import PASSED_OVER, MethodSpec
from sandbox.telegram.updates import Updates
from sandbox.world import Account, World

_CALLS = "/telegram/bot"
_FILES = "/telegram/file/bot"


class Json(Response):
    """A JSON body."""

    media_type = "application/json"


class _Dialect:
    """How the Bot API words its answers."""

    def answer(self, result: Any) -> Response:
        """Return {"ok": true, "result": …}; a ready response (a file) passes as it is."""
        if isinstance(result, Response):
            return result
        return Json(orjson.dumps({"ok": True, "result": result}))

    def refuse(self, call: ApiCall, refusal: Refusal) -> Response:
        """Return {"ok": false, …}; the HTTP status equals the error code."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": refusal.code,
            "description": refusal.text,
        }
        headers = None
        if "parameters" in refusal.extra:
            body["parameters"] = refusal.extra["parameters"]
            if "retry_after" in body["parameters"]:
                headers = {"Retry-After": str(body["parameters"]["retry_after"])}
        return Json(
            orjson.dumps(body), refusal.status if 100 <= refusal.status < 600 else 500, headers
        )

    def throttle(self, call: ApiCall, retry_after: float) -> Refusal:
        """Return 429 with whole seconds, at least one."""
        seconds = max(1, math.ceil(retry_after))
        text = f"Too Many Requests: retry after {seconds}"
        return Refusal(429, 429, text, parameters={"retry_after": seconds})


class BotApi(BaseRoute):
    """The routes /telegram/bot<TOKEN>/<method> and /telegram/file/bot<TOKEN>/<path>.

    It looks at the raw path and at no more, because broadcasts call it thousands of times.
    """

    def __init__(
        self, world: World, gate: Gate, updates: Updates, queries: Queries, *, strict: bool
    ) -> None:
        """Serve the world's bots."""
        self._world, self._gate, self._updates, self._queries = world, gate, updates, queries
        self._strict = strict
        self._dialect = _Dialect()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every path of the Bot API."""
        mine = scope["type"] == "http" and scope["path"].startswith((_CALLS, _FILES))
        return (Match.FULL if mine else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        is_file = path.startswith(_FILES)
        token, _, rest = path[len(_FILES if is_file else _CALLS) :].partition("/")
        account = self._world.account_by_token("telegram", token)
        try:
            params, uploads = await bodies.read(scope, receive)
        except bodies.TooLarge:
            response = await self._refused(
                account, rest, Refusal(413, 413, "Request Entity Too Large")
            )
        except bodies.Unreadable as error:
            response = await self._refused(
                account, rest, Refusal(400, 400, f"Bad Request: {error}")
            )
        else:
            if is_file:
                call = ApiCall(
                    "telegram", "file", account.name if account else None, {"path": rest}
                )
            else:
                call = self._call(account, rest, params, uploads)
            response = await self._run(account, call)
        await response(scope, receive, send)

    def _call(
        self, account: Account | None, name: str, params: dict[str, Any], uploads: Any
    ) -> ApiCall:
        spec = METHODS.get(name.lower())
        call = ApiCall(
            "telegram",
            spec.name if spec else name,
            account.name if account else None,
            params,
            uploads,
        )
        if (chat := chat_id_of(self._world, params)) is not None:
            call.chats = [chat]
        if spec is not None and spec.sends:
            call.lane = "send"
            call.weight = _weight(params) if spec.name == "sendMediaGroup" else 1
        return call

    async def _run(self, account: Account | None, call: ApiCall) -> Response:
        async def handler(call: ApiCall) -> Any:
            if account is None:
                raise Refusal(401, 401, "Unauthorized")
            if call.method == "file":
                content, mime = files.content(self._world, account, call.params["path"])
                return Response(content, media_type=mime)
            spec = METHODS.get(call.method.lower())
            if spec is None:
                raise Refusal(404, 404, "Not Found: method not found")
            if self._strict:
                _check_known(spec, call.params)
            return await spec.run(Ask(self._world, self._updates, self._queries, account, call))

        return await self._gate.run(call, handler, self._dialect)

    async def _refused(self, account: Account | None, method: str, refusal: Refusal) -> Response:
        async def handler(call: ApiCall) -> Any:
            raise refusal

        call = ApiCall("telegram", method, account.name if account else None, {})
        return await self._gate.run(call, handler, self._dialect)


def _weight(params: dict[str, Any]) -> int:
    try:
        items = structure(params, "media", "media")
    except Refusal:
        return 1  # the handler will say what is wrong with it
    return max(1, len(items)) if isinstance(items, list) else 1


def _check_known(spec: MethodSpec, params: dict[str, Any]) -> None:
    # A parameter that names an uploaded part (attach://) comes as a file, so it is not seen here.
    unknown = sorted(set(params) - spec.reads - PASSED_OVER)
    if unknown:
        raise Refusal(
            400, 400, f"Bad Request: strict sandbox: {spec.name} does not know {', '.join(unknown)}"
        )
