"""Control: plays the people and the weather over HTTP; the contract is in docs/sandbox.md."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.control.people import People
from sandbox.control.seen import Seen
from sandbox.control.weather import Weather
from sandbox.control.worlds import Worlds
from sandbox.gate import Gate
from sandbox.networks import NetworkSide
from sandbox.world import World


def routes(world: World, sides: Mapping[str, NetworkSide], gate: Gate) -> list[BaseRoute]:
    """Return all routes under /control."""
    return [
        *Worlds(world, sides, gate).routes(),
        *People(world, sides).routes(),
        *Seen(world, gate.calls).routes(),
        *Weather(world, sides, gate).routes(),
        Route("/control/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _nothing(request: Request) -> Response:
    error = (
        f"there is no {request.method} {request.url.path}; the calls are listed in docs/sandbox.md"
    )
    return JSONResponse({"error": error}, 404)
