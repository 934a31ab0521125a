"""Time and weather: the clock, the faults, the platforms' limits, and the log of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.clock import Mode
from sandbox.control.ask import answering, body, chat_of, number_param, only, side_of, until, wait_s
from sandbox.gate import Gate
from sandbox.networks import NetworkSide, Wrong
from sandbox.sites.edit import seconds
from sandbox.world import World


class Weather:
    """The calls of control about time, faults, limits and the log."""

    def __init__(self, world: World, sides: Mapping[str, NetworkSide], gate: Gate) -> None:
        """Work on this world's clock and this gate."""
        self._world, self._sides, self._gate = world, sides, gate

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/control/calls", answering(self._calls), methods=["GET"]),
            Route("/control/clock", answering(self._clock), methods=["GET"]),
            Route("/control/clock", answering(self._set_clock), methods=["POST"]),
            Route("/control/faults", answering(self._faults), methods=["GET"]),
            Route("/control/faults", answering(self._add_fault), methods=["POST"]),
            Route("/control/faults", answering(self._clear_faults), methods=["DELETE"]),
            Route("/control/limits", answering(self._limits), methods=["GET"]),
            Route("/control/limits", answering(self._set_limits), methods=["POST"]),
        ]

    async def _calls(self, request: Request) -> Any:
        since = number_param(request, "since") or 0
        wait = wait_s(request)
        if wait:
            await self._gate.calls.wait(since, wait)
        return self._gate.calls.read(since, number_param(request, "limit") or 10_000)

    async def _clock(self, request: Request) -> Any:
        clock = self._world.clock
        after = number_param(request, "after")
        known = clock.version if after is None else after
        await until(self._world, lambda: clock.version != known, wait_s(request))
        return self._time()

    async def _set_clock(self, request: Request) -> Any:
        data = only(await body(request), ("mode", "advance_s", "at"), "clock")
        mode = data.get("mode")
        if mode is not None and mode not in get_args(Mode):
            raise Wrong(f"mode must be real or manual; it is {mode!r}")
        advance = data.get("advance_s") or 0
        if isinstance(advance, bool) or not isinstance(advance, (int, float)):
            raise Wrong(f"advance_s is a number of seconds; it is {advance!r}")
        clock = self._world.clock
        at = clock.now() if data.get("at") is None else seconds(data["at"])
        clock.set(mode=mode, at=seconds(at + advance))
        self._world.touch()
        return self._time()

    def _time(self) -> dict[str, Any]:
        clock = self._world.clock
        return {
            "mode": clock.mode,
            "now": clock.iso(),
            "now_s": clock.now(),
            "version": clock.version,
        }

    async def _faults(self, request: Request) -> Any:
        return {"faults": self._gate.faults.list()}

    async def _add_fault(self, request: Request) -> Any:
        order = await body(request)
        if order.get("network") is not None:
            side = side_of(self._sides, order["network"])
            order["network"] = side.name
            if order.get("chat") is not None:
                order["chat"] = self._chat_id(side, order["chat"])
        return self._gate.faults.add(order)

    def _chat_id(self, side: NetworkSide, ref: Any) -> str:
        """Return a chat's id as calls carry it; a number is taken as it is, also one of no chat."""
        if str(ref).lstrip("-").isdecimal():
            return str(ref)
        return str(chat_of(self._world, side, ref, None).id)

    async def _clear_faults(self, request: Request) -> Any:
        """Lift one fault, named by `id`, or all."""
        faults = self._gate.faults
        number = number_param(request, "id")
        kept = [fault for fault in faults.snapshot() if fault["id"] != number]
        if number is not None and len(kept) == len(faults.snapshot()):
            raise Wrong(f"there is no fault {number} in force; GET /control/faults lists them")
        faults.clear()
        faults.restore(kept if number is not None else ())
        return {"faults": faults.list()}

    async def _limits(self, request: Request) -> Any:
        return self._gate.limits.describe()

    async def _set_limits(self, request: Request) -> Any:
        self._gate.limits.change(await body(request))
        return self._gate.limits.describe()
