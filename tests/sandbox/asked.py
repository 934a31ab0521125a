"""A whole sandbox in process, asked without a socket: `answer = town.get("/control/world")`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import httpx

from sandbox.demo import build
from sandbox.server import Sandbox
from tests.support.inspected import inspected


class Asked:
    """One sandbox and one event loop, for tests that are plain functions."""

    def __init__(self, *, demo: bool = False) -> None:
        """Begin empty, or with the demo's world."""
        self._runner = asyncio.Runner()
        self.sandbox = self._runner.run(self._make())
        if demo:
            build(self.sandbox.world, self.sandbox.sides)

    async def _make(self) -> Sandbox:
        return inspected()

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.close()

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.sandbox.app)
        return httpx.AsyncClient(
            transport=transport, base_url="http://sandbox.test", trust_env=False
        )

    def together(self, act: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
        """Run what needs several calls at once."""

        async def run() -> Any:
            async with self.client() as client:
                return await act(client)

        return self._runner.run(run())

    def get(self, path: str, **headers: str) -> httpx.Response:
        async def act(client: httpx.AsyncClient) -> httpx.Response:
            return await client.get(
                path, headers={k.replace("_", "-"): v for k, v in headers.items()}
            )

        answer: httpx.Response = self.together(act)
        return answer

    def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON of a call that must succeed."""
        answer = self.try_post(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def try_post(self, path: str, body: Any = None) -> httpx.Response:
        async def act(client: httpx.AsyncClient) -> httpx.Response:
            return await client.post(path, json=body if body is not None else {})

        answer: httpx.Response = self.together(act)
        return answer

    def seen(self, chat: str, who: int | str, network: str = "telegram") -> list[dict[str, Any]]:
        """Return the messages of a chat as a person sees them."""
        answer = self.get(f"/control/chats/{network}/{chat}?as={who}")
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def bot(self, method: str, **params: Any) -> Any:
        """Call the Bot API as the account `herald`."""
        account = self.sandbox.world.account("telegram", "herald")
        assert account is not None
        answer = self.post(f"/telegram/bot{account.token}/{method}", params)
        return answer["result"]
