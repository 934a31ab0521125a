"""The Bot API over HTTP: finds the bot and the method, passes the call through the gate, words the answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from sandbox import bodies
from sandbox.api import ApiCall, Refusal, Upload
from sandbox.gate import Gate
from sandbox.telegram import files
from sandbox.telegram.access import chat_id_of
from sandbox.telegram.ask import Ask
from sandbox.telegram.methods import METHODS
from sandbox.telegram.params import flag, structure, too_many
from sandbox.telegram.queries import Queries
from sandbox.telegram.sessions import Sessions
from sandbox.telegram.spec import MethodSpec
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhooks import Webhooks
from sandbox.world import Account, World

_log = logging.getLogger(__name__)
_CALLS = "/telegram/bot"
_FILES = "/telegram/file/bot"
_ALL = "/telegram/"
_TOKEN = re.compile(r"[1-9]\d*:[A-Za-z0-9_-]+")
# Methods that send several messages, and the parameter with one item for each.
_SEVERAL = {
    "sendMediaGroup": "media",
    "copyMessages": "message_ids",
    "forwardMessages": "message_ids",
}


class Json(Response):
    """A JSON body."""

    media_type = "application/json"


class _Dialect:
    """How the Bot API words the answer of one call."""

    __slots__ = ("_description",)

    def __init__(self) -> None:
        """Begin with nothing to add."""
        self._description = ""

    def describe(self, text: str) -> None:
        """Say something beside the result of a success."""
        self._description = text

    def answer(self, result: Any) -> Response:
        """Return {"ok": true, "result": …}; a ready response (a file) passes as it is."""
        if isinstance(result, Response):
            return result
        body = {"ok": True, "result": result}
        if self._description:
            body["description"] = self._description
        return Json(orjson.dumps(body))

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
        return too_many(retry_after)


class BotApi(BaseRoute):
    """The routes /telegram/bot<TOKEN>/<method> and /telegram/file/bot<TOKEN>/<path>.

    Whatever else is under /telegram/ is answered too, in the same form. It looks at the path and at
    no more, because broadcasts call it thousands of times.
    """

    def __init__(
        self, world: World, gate: Gate, updates: Updates, queries: Queries, *, strict: bool
    ) -> None:
        """Serve the world's bots."""
        self._world, self._gate, self._updates, self._queries = world, gate, updates, queries
        self._strict = strict
        self.webhooks = Webhooks(world, gate, updates, self._carry_out)
        self._sessions = Sessions(world)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every path of the Bot API."""
        mine = scope["type"] == "http" and scope["path"].startswith(_ALL)
        return (Match.FULL if mine else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        is_file = path.startswith(_FILES)
        token, slash, rest = path[len(_FILES if is_file else _CALLS) :].partition("/")
        account = self._world.account_by_token("telegram", token)
        wrong = _wrong_request(scope, token if slash else "", known=account is not None)
        try:
            # td/net/HttpQuery looks for the first of that name; those of the address come first.
            params, uploads = await bodies.read(scope, receive, first_wins=True)
        except bodies.TooLarge:
            response = await self._refused(
                account, rest, Refusal(413, 413, "Request Entity Too Large")
            )
        except bodies.Unreadable as error:
            response = await self._refused(
                account, rest, Refusal(400, 400, f"Bad Request: {error}")
            )
        else:
            if wrong is not None:
                response = await self._refused(account, rest, wrong)
            elif is_file:
                call = ApiCall("telegram", "file", account.name if account else None, {})
                response = await self._run(account, call, file=rest)
            else:
                call = self._call(account, rest.rstrip("/"), params, uploads)
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
            call.weight = _weight(spec, params)
            call.paid = "allow_paid_broadcast" in params and flag(params, "allow_paid_broadcast")
        return call

    async def _carry_out(
        self, account: Account, params: dict[str, Any], uploads: Mapping[str, Upload]
    ) -> None:
        """Carry out the call `params["method"]` that came as a webhook's answer."""
        method = str(params.pop("method"))
        await self._run(account, self._call(account, method, params, uploads))

    async def _run(
        self, account: Account | None, call: ApiCall, *, file: str | None = None
    ) -> Response:
        """Carry out a call, or with `file` hand out what lies at that path."""
        dialect = _Dialect()

        async def handler(call: ApiCall) -> Any:
            if account is None:
                raise Refusal(401, 401, "Unauthorized")
            self._sessions.enter(account)
            if file is not None:
                content, mime = files.content(self._world, account, file)
                return Response(content, media_type=mime)
            spec = METHODS.get(call.method.lower())
            if spec is None:
                if self._strict:
                    _log.warning("strict sandbox: there is no method %s", call.method)
                raise Refusal(404, 404, "Not Found: method not found")
            if self._strict:
                _check_known(spec, call.params)
            ask = Ask(
                self._world,
                self._updates,
                self._queries,
                self.webhooks,
                self._sessions,
                account,
                call,
                dialect.describe,
            )
            return await spec.run(ask)

        return await self._gate.run(call, handler, dialect)

    async def _refused(self, account: Account | None, method: str, refusal: Refusal) -> Response:
        async def handler(call: ApiCall) -> Any:
            raise refusal

        call = ApiCall("telegram", method, account.name if account else None, {})
        return await self._gate.run(call, handler, _Dialect())


def _wrong_request(scope: Scope, token: str, *, known: bool) -> Refusal | None:
    """Return the refusal of a request that cannot be a call, None if it may be one."""
    if not known and _TOKEN.fullmatch(token) is None:
        return Refusal(404, 404, "Not Found")
    if scope["method"] not in ("GET", "POST"):
        return Refusal(405, 405, "Method Not Allowed")
    return None


def _weight(spec: MethodSpec, params: dict[str, Any]) -> int:
    """Return how many messages a call would send."""
    name = _SEVERAL.get(spec.name)
    if name is None:
        return 1
    try:
        items = structure(params, name, name)
    except Refusal:
        return 1  # the handler will say what is wrong with it
    return max(1, len(items)) if isinstance(items, list) else 1


def _check_known(spec: MethodSpec, params: dict[str, Any]) -> None:
    # A parameter that names an uploaded part (attach://) comes as a file, so it is not seen here.
    unknown = sorted(set(params) - spec.known)
    if unknown:
        text = f"strict sandbox: {spec.name} does not know {', '.join(unknown)}"
        _log.warning("%s", text)
        raise Refusal(400, 400, f"Bad Request: {text}")
