"""Calls of the VK API through vk_api, which is synchronous: a few threads, each with its own session.

vk_api holds one lock across a whole HTTP call and sets no time-out, so sessions are not shared
between threads, and the HTTP adapter below sets the time-outs. What vk_api would do by itself inside
a call (wait and re-send at error 6, ask for a captcha) is switched off: the answer comes back as a
Refusal, and the courier decides.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import urllib3.exceptions as urllib3_errors
from jconfig import MemoryConfig  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter
from vk_api import ApiError, ApiHttpError, VkApi

from messengers.transport import Lost, NotLeft, Scrubber, Timeouts

VERSION = "5.199"
_HOME = "https://api.vk.ru/"  # written into vk_api
_METHODS = "https://api.vk.ru/method/"
# A plain answer where a TLS one was awaited; later in a connection this cannot happen.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})
_NOT_LEFT = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


class Refusal(Exception):
    """VK says no: its error code and text."""

    def __init__(self, code: int, text: str) -> None:
        """Keep both; the text holds no secrets."""
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


class Caller:
    """Calls with one key, at most `threads` at a moment; the rest wait in line."""

    def __init__(
        self,
        name: str,
        key: str,
        api: str,
        scrub: Scrubber,
        timeouts: Timeouts,
        *,
        threads: int,
        idle: float,
        pause: float,
        proxy: str | None,
        ca: Path | None,
    ) -> None:
        """Connect to nothing yet; `name` is for the threads, `idle` seconds end a connection.

        `pause` is the least time between two calls of one thread, in seconds.
        """
        self._key, self._scrub, self._pause = key, scrub, pause
        self._deadline = timeouts.connect + timeouts.total
        self._settings = (api, timeouts, idle, ca)
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._own = threading.local()
        self._sessions: list[requests.Session] = []

    async def call(self, method: str, **params: Any) -> Any:
        """Return what stands in `response`. Raises Refusal, NotLeft and Lost."""
        job = self._pool.submit(self._call, method, params)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._deadline)
        except TimeoutError:
            if job.cancelled():
                raise NotLeft("no thread was free to make the call") from None
            raise Lost("no answer in time") from None

    async def close(self) -> None:
        """Let threads and connections go; calls that wait in line are dropped."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        for session in self._sessions:
            session.close()

    def _call(self, method: str, params: Mapping[str, Any]) -> Any:
        try:
            return self._vk().method(method, dict(params))
        except ApiError as error:
            text = self._scrub(str(error.error.get("error_msg", "")))
            raise Refusal(error.code, text) from None
        except ApiHttpError as error:
            raise Lost(f"HTTP {error.response.status_code}, the answer is not VK's") from None
        except requests.RequestException as error:
            trouble = NotLeft if did_not_leave(error) else Lost
            raise trouble(self._scrub(str(error))) from None
        except (KeyError, TypeError, AttributeError):
            raise Lost("the answer is not VK's") from None

    def _vk(self) -> VkApi:
        vk = getattr(self._own, "vk", None)
        if vk is None:
            vk = self._own.vk = self._open()
        return vk

    def _open(self) -> VkApi:
        session = requests.Session()
        session.trust_env = False
        session.proxies.update(self._proxies)
        session.max_redirects = 0
        session.mount(_HOME, _Adapter(*self._settings))
        self._sessions.append(session)
        vk = VkApi(token=self._key, config=MemoryConfig, api_version=VERSION, session=session)
        vk.RPS_DELAY = self._pause
        vk.error_handlers.clear()
        return vk


class _Adapter(HTTPAdapter):
    """Sends what is meant for VK's address to `api`, with time-outs, on connections not idle for long."""

    def __init__(self, api: str, timeouts: Timeouts, idle: float, ca: Path | None) -> None:
        self._api = api if api.endswith("/") else api + "/"
        self._timeout = (timeouts.connect, timeouts.total)
        self._idle, self._used = idle, time.monotonic()
        self._ca = ca
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._ca:
            kwargs["ssl_context"] = ssl.create_default_context()
            kwargs["ssl_context"].load_verify_locations(self._ca)
        super().init_poolmanager(*args, **kwargs)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        assert request.url is not None
        request.url = self._api + request.url.removeprefix(_METHODS)
        if time.monotonic() - self._used > self._idle:
            self.close()  # only the idle connections; new ones are made as needed
        kwargs["timeout"] = self._timeout
        try:
            return super().send(request, *args, **kwargs)
        finally:
            self._used = time.monotonic()


def did_not_leave(error: requests.RequestException) -> bool:
    """Tell whether the request surely was not sent.

    requests names every trouble ConnectionError; the reason inside says what it was. A hang or an end
    of connection during the TLS handshake looks like one after it and is not counted here.
    """
    if isinstance(error, _NOT_LEFT):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3_errors.SSLError):
        inner = reason.args[0] if reason.args else None
        return isinstance(inner, ssl.SSLCertVerificationError) or (
            isinstance(inner, ssl.SSLError) and inner.reason in _NO_TLS
        )
    return isinstance(
        reason,
        urllib3_errors.NewConnectionError
        | urllib3_errors.ConnectTimeoutError
        | urllib3_errors.ProxyError,
    )
