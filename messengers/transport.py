"""HTTP for the adapters: one question of an answer or of its lack — did the request leave?

On pyreqwest, whose exception classes do not tell the phase (measured with 0.15.1): a reset after
the request was read raises ConnectError, a hang after it ConnectTimeoutError. The chain of causes
does: «client error (Connect)» stands in it only while the connection is being made (refused, DNS,
TLS, proxy). Everything else may have left. Redirects are not followed, or a refused connection of
the second hop would look as if the first had not happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError, PyreqwestError
from pyreqwest.multipart import FormBuilder
from pyreqwest.proxy import ProxyBuilder

_CONNECTING = "client error (Connect)"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `idle` is shorter than any server's own, or a request meets a connection just closed."""

    connect: float = 10
    total: float = 30
    upload: float = 120  # and download
    poll: float = 25  # how long the messenger holds an empty long poll
    idle: float = 10
    careful_idle: float = 5  # before creates in channels and on walls


class NotLeft(Exception):
    """The request surely did not reach the messenger."""


class Lost(Exception):
    """The request may have been carried out; no readable answer came."""


class TooBig(Exception):
    """The body is longer than it may be."""


class Answer(NamedTuple):
    """What a server said; `location` is where it sends a caller on."""

    status: int
    body: bytes
    location: str | None = None


class Scrubber:
    """Takes secrets out of texts; every foreign text passes it before anybody sees it."""

    def __init__(self, *secrets: str | None) -> None:
        """Keep the secrets, as they are and as they look inside a URL; longer ones go first."""
        known = {form for s in secrets if s for form in (s, quote(s), quote(s, safe=""))}
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text with every secret replaced by «***»."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def __repr__(self) -> str:
        """Show nothing of what is kept."""
        return "Scrubber(***)"


def proxy_password(proxy: str | None) -> str | None:
    """Return the password inside a proxy's address, a secret like any key."""
    return urlsplit(proxy).password if proxy else None


class Http:
    """Two pools of connections: the careful one lets go of idle connections sooner."""

    def __init__(
        self, scrub: Scrubber, timeouts: Timeouts, *, proxy: str | None, ca: Path | None
    ) -> None:
        """Use `proxy` only (never the environment's) and trust `ca` (PEM) beside the usual roots.

        Raises ValueError for an address that is none, OSError when `ca` cannot be read.
        """
        self._scrub = scrub
        self._timeouts = timeouts
        self._proxy = proxy
        self._pem = ca.read_bytes() if ca else None
        self._usual = _client(timeouts, timeouts.idle, proxy, self._pem)

    @cached_property
    def _careful(self) -> Client:
        # Many accounts never need it, and a client reads all authorities: 5 ms.
        return _client(self._timeouts, self._timeouts.careful_idle, self._proxy, self._pem)

    async def post(
        self, url: str, body: bytes, content_type: str, *, timeout: float, careful: bool = False
    ) -> Answer:
        """Post a body; `timeout` is for the whole call, in seconds. Raises NotLeft and Lost."""
        client = self._careful if careful else self._usual
        return await self._send(client, "POST", url, body, content_type, None, timeout)

    async def upload(
        self, url: str, form: FormBuilder, *, timeout: float, careful: bool = False
    ) -> Answer:
        """Post a multipart form. Raises NotLeft and Lost."""
        client = self._careful if careful else self._usual
        return await self._send(client, "POST", url, None, "", form, timeout)

    async def get(self, url: str, *, timeout: float) -> Answer:
        """Get a URL. Raises NotLeft and Lost."""
        return await self._send(self._usual, "GET", url, None, "", None, timeout)

    async def download(self, url: str, limit: int, *, timeout: float) -> Answer:
        """Get a URL and at most `limit` bytes of its body; only a body with status 200 is read.

        What comes is measured, after decompression: no header is believed. Raises NotLeft, Lost and
        TooBig.
        """
        try:
            request = self._usual.request("GET", url).timeout(timedelta(seconds=timeout))
            async with request.build_streamed() as response:
                body = bytearray()
                while response.status == 200:
                    chunk = await response.body_reader.read_chunk()
                    if chunk is None:
                        break
                    if len(body) + len(chunk) > limit:
                        raise TooBig
                    body += chunk
                return Answer(response.status, bytes(body), response.get_header("location"))
        except PyreqwestError as error:
            raise self._trouble(error) from None

    async def _send(
        self,
        client: Client,
        method: str,
        url: str,
        body: bytes | None,
        content_type: str,
        form: FormBuilder | None,
        timeout: float,
    ) -> Answer:
        try:
            request = client.request(method, url).timeout(_span(timeout))
            if form is not None:
                request = request.multipart(form)
            elif body is not None:
                request = request.header("Content-Type", content_type).body_bytes(body)
            response = await request.build().send()
            return Answer(response.status, bytes(await response.bytes()))
        except PyreqwestError as error:
            # «from None»: the cause holds the URL, and a token may stand in it.
            raise self._trouble(error) from None

    def _trouble(self, error: PyreqwestError) -> NotLeft | Lost:
        causes = _causes(error)
        trouble = NotLeft if _did_not_leave(error, causes) else Lost
        return trouble(self._scrub(_text(error, causes)))

    async def close(self) -> None:
        """Let the connections go."""
        await self._usual.close()
        if "_careful" in vars(self):
            await self._careful.close()


@lru_cache
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)  # making one takes a quarter of a call's time in the loop


def _client(timeouts: Timeouts, idle: float, proxy: str | None, pem: bytes | None) -> Client:
    builder = (
        ClientBuilder()
        .no_proxy()
        .follow_redirects(False)
        .referer(False)
        .connect_timeout(timedelta(seconds=timeouts.connect))
        .timeout(timedelta(seconds=timeouts.total))
        .pool_idle_timeout(timedelta(seconds=idle))
    )
    if proxy:
        builder = builder.proxy(ProxyBuilder.all(proxy))
    if pem:
        builder = builder.add_root_certificate_pem(pem)
    return builder.build()


def _causes(error: PyreqwestError) -> Sequence[str]:
    if not isinstance(error, DetailedPyreqwestError):
        return ()
    return [cause["message"] for cause in error.details.get("causes") or ()]


def _did_not_leave(error: PyreqwestError, causes: Sequence[str]) -> bool:
    return isinstance(error, BuilderError) or _CONNECTING in causes


def _text(error: PyreqwestError, causes: Sequence[str]) -> str:
    # The first cause is only «error sending request for url (…)».
    said = [cause for cause in causes if " for url (" not in cause]
    return f"{error.message}: {'; '.join(said)}" if said else error.message
