"""The product's clock beside a sandbox: it goes by the sandbox's, which the demo and the tests move."""

from __future__ import annotations

import asyncio
import logging

import httpx

from core.clock import MovableClock

log = logging.getLogger(__name__)

WAIT_S = 30


class SandboxTime:
    """Keeps a MovableClock at the sandbox's time."""

    def __init__(self, url: str) -> None:
        """Follow the sandbox at this address."""
        tls = url.startswith("https:")  # without it, authorities need not be read
        self._client = httpx.AsyncClient(
            base_url=url, timeout=WAIT_S + 10, trust_env=False, verify=tls
        )
        self._version = 0
        self.clock = MovableClock()

    async def sync(self) -> None:
        """Take over the sandbox's time now."""
        await self._ask({})

    async def follow(self) -> None:
        """Take over every move of the clock at once, until cancelled."""
        while True:
            try:
                await self._ask({"wait": WAIT_S, "after": self._version})
            except httpx.HTTPError as error:
                log.warning("the sandbox does not tell the time: %s", type(error).__name__)
                await asyncio.sleep(1)

    async def close(self) -> None:
        """Let the connection go."""
        await self._client.aclose()

    async def _ask(self, params: dict[str, int]) -> None:
        answer = await self._client.get("/control/clock", params=params)
        answer.raise_for_status()
        told = answer.json()
        if told["version"] != self._version or not params:
            self._version = told["version"]
            self.clock.set(int(told["now_s"] * 1000), frozen=told["mode"] == "manual")
