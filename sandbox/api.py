"""What every call to a messenger's API goes through, whatever the network: faults, limits, the log.

A network's endpoint reads the HTTP request into an `ApiCall` and hands it to `Gate.run` with its
handler. The gate lets the weather (faults) and the platform's limits speak first, runs the handler,
writes the call into the log and answers with the network's own body. A handler refuses by raising
`Refusal`; the network turns that into its own error body.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.responses import Response


@dataclass(slots=True)
class Upload:
    """A file of a multipart body; `name` may hold any characters."""

    name: str
    mime: str
    content: bytes


class Refusal(Exception):
    """The platform says no: HTTP status, the platform's code and text, and what else its body holds."""

    def __init__(self, status: int, code: int, text: str, **extra: Any) -> None:
        """Refuse with e.g. `Refusal(400, 400, "Bad Request: chat not found")`."""
        super().__init__(text)
        self.status, self.code, self.text, self.extra = status, code, text, extra


@dataclass(slots=True)
class ApiCall:
    """One request to a messenger's API, as it is judged and logged."""

    network: str
    method: str
    account: str | None  # the account's name, None for an unknown token
    params: dict[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)
    chats: list[str] = field(default_factory=list)  # ids the call aims at, as text
    weight: int = 1  # messages it would send: an album counts each item
    # which limit counts it: "send" (Telegram: messages and edits), "community" or "user" (VK: whose
    # key was used), None for calls without a limit
    lane: str | None = None
    paid: bool = False  # Telegram: may go above the free rate for Stars
    # codes of ordered errors that the client has met the demand of (VK: 14, its captcha is answered)
    met: frozenset[int] = frozenset()
    # an ordered failure of one item of an album, by its number from 1; those before it go out
    failing: tuple[int, Refusal] | None = None
    # filled by the handler:
    effect: bool = False  # whether the world changed
    messages: list[int] = field(default_factory=list)  # ids made, changed or deleted
    key: str | None = None  # random_id or guid
    digest: str | None = None  # hash of text and media
    # filled by the gate:
    n: int = 0
    at: float = 0
    status: int = 200
    code: int = 0  # the platform's error code, 0 for success
    took_ms: int = 0


Handler = Callable[[ApiCall], Awaitable[Any]]


class Dialect(Protocol):
    """How a network words its answers."""

    def answer(self, result: Any) -> Response:
        """Return the body of a success."""

    def refuse(self, call: ApiCall, refusal: Refusal) -> Response:
        """Return the body of a refusal (also for throttling and injected errors).

        An injected error carries its code as status too; a network whose errors always come with
        HTTP 200 answers 200 whatever `refusal.status` says.
        """

    def throttle(self, call: ApiCall, retry_after: float) -> Refusal:
        """Return this network's way to say «too fast»: 429 on Telegram, error 6 or 9 on VK."""


class Inspector(Protocol):
    """Looks at what passes between clients and the networks, see sandbox.specs."""

    def before(self, call: ApiCall) -> None:
        """Look at a request before it is carried out; may raise Refusal."""

    def after(self, call: ApiCall, outcome: Any) -> None:
        """Look at a call that was carried out: its result, or the Refusal it ended with."""

    def told(self, network: str, body: dict[str, Any]) -> None:
        """Look at an update or event that goes to a bot's own server."""
