"""The one way in for every call to a messenger's API: weather, limits, the handler, weather again, the log."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import front
from sandbox.api import ApiCall, Dialect, Handler, Inspector, Refusal
from sandbox.calls import Calls
from sandbox.connection import DROP
from sandbox.faults import AFTER, Fault, Faults
from sandbox.limits import Limits
from sandbox.world import World

_log = logging.getLogger(__name__)

_WRONG = b'{"answer": [42]}'  # valid JSON of no platform


class Dropped(Response):
    """No answer at all: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset the connection and stay until the server has noticed."""
        await _drop(scope, receive, flush=False)


class Hanging(Response):
    """No answer for as long as the client waits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait until the client leaves."""
        await _until_gone(receive)


class Cut(Response):
    """Half of a body under the headers of the whole one, then the end of the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers and the first half, then hang up."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _drop(scope, receive, flush=True)


class Gate:
    """Runs calls; the networks hand every request to it."""

    def __init__(self, world: World, faults: Faults, limits: Limits, calls: Calls) -> None:
        """Stand between the networks' endpoints and their handlers."""
        self.world, self.faults, self.limits, self.calls = world, faults, limits, calls
        self.inspector: Inspector | None = None

    async def run(self, call: ApiCall, handler: Handler, dialect: Dialect) -> Response:
        """Carry one call from request to answer and log it; never raises for what a handler refuses."""
        started = perf_counter()
        call.at = self.world.clock.now()
        hits = self.faults.strike(call)
        last = None
        for fault in hits:
            if fault.do == "slow":
                await asyncio.sleep(fault.ms / 1000)
            else:
                last = fault
        if last is not None and last.item:
            call.failing, last = (last.item, _ordered(call, last, dialect)), None
        if last is not None and last.do not in AFTER:
            answer = self._instead(call, last, dialect)
        else:
            answer = await self._answer(call, handler, dialect)
            if last is not None:
                answer = _spoiled(call, last, answer)
        call.took_ms = round((perf_counter() - started) * 1000)
        self.calls.add(call)
        return answer

    async def _answer(self, call: ApiCall, handler: Handler, dialect: Dialect) -> Response:
        try:
            wait = self.limits.check(call)
            if wait > 0:
                raise dialect.throttle(call, wait)
            if self.inspector:
                self.inspector.before(call)
            result = await handler(call)
            if self.inspector:
                self.inspector.after(call, result)
            return dialect.answer(result)
        except Refusal as refusal:
            if self.inspector:
                self.inspector.after(call, refusal)
            return _refuse(call, refusal, dialect)
        except Exception:
            _log.exception("%s %s: the handler failed", call.network, call.method)
            return _refuse(call, Refusal(500, 500, "Internal Server Error"), dialect)

    def _instead(self, call: ApiCall, fault: Fault, dialect: Dialect) -> Response:
        """Answer in the handler's place; nothing takes effect."""
        if fault.do in ("throttle", "error"):
            return _refuse(call, _ordered(call, fault, dialect), dialect)
        if fault.do == "html502":
            call.status = call.code = 502
            return Response(front.page(502), 502, media_type="text/html")
        call.status = 0
        return Hanging() if fault.do == "hang" else Dropped()


def _ordered(call: ApiCall, fault: Fault, dialect: Dialect) -> Refusal:
    if fault.do == "throttle":
        return dialect.throttle(call, fault.retry_after or 1)
    code = fault.code or 0
    return Refusal(code, code, fault.text or "")


def _refuse(call: ApiCall, refusal: Refusal, dialect: Dialect) -> Response:
    answer = dialect.refuse(call, refusal)
    call.status, call.code = answer.status_code, refusal.code
    return answer


def _spoiled(call: ApiCall, fault: Fault, answer: Response) -> Response:
    """Lose the answer (`reset_after`), half of it (`cut`) or its body (`empty`), or swap it (`wrong`); the effect stands."""
    if fault.do == "reset_after":
        call.status = 0
        return Dropped()
    if fault.do == "empty":
        return Response(b"", answer.status_code, media_type=answer.media_type)
    if fault.do == "wrong":
        return Response(_WRONG, answer.status_code, media_type=answer.media_type)
    return Cut(answer.body, answer.status_code, dict(answer.headers))


async def _drop(scope: Scope, receive: Receive, *, flush: bool) -> None:
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError(
            "this server cannot drop connections; run the app with sandbox.server"
        )
    drop(flush)
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    # Without this wait uvicorn would see an app that returned too early and answer 500 itself.
    while (await receive())["type"] != "http.disconnect":
        pass
