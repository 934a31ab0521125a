"""Spares a growing world the rounds of Python's garbage collector."""

from __future__ import annotations

import asyncio
import gc

from sandbox.world import World

_EVERY_S = 0.5
_CHANGES = 10_000  # of the world; each leaves about ten objects that stay


async def spare(world: World) -> None:
    """Set what the world has grown by aside from the collector, again and again, until cancelled.

    Messages have no cycles and go with the last reference to them. Walked through again and again
    they cost a sixth of all computing and pauses of a tenth of a second, which grow with the world.
    It concerns the whole process, so only a program that is the sandbox alone does it.
    """
    gc.collect()
    gc.freeze()
    seen = world.seq
    while True:
        await asyncio.sleep(_EVERY_S)
        if world.seq - seen >= _CHANGES:
            seen = world.seq
            gc.collect(0)
            gc.freeze()
