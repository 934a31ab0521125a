"""Fetches what people attached, from where the messenger says that it lies."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from core.errors import FileTooBig, MessengerError
from messengers.transport import Http, Lost, NotLeft, TooBig

_MOVED = frozenset({301, 302, 303, 307, 308})


async def download(
    http: Http, url: str, limit: int, *, timeout: float, redirects: int = 0
) -> bytes:
    """Return the bytes at a web address, following so many redirects; `timeout` is for each, in seconds.

    The address may come from outside: only http and https are asked. Raises FileTooBig beyond `limit`
    bytes, MessengerError for all else; neither names the address, which may open the file to anybody.
    """
    for _ in range(redirects + 1):
        _must_be_web(url)
        try:
            answer = await http.download(url, limit, timeout=timeout)
        except TooBig:
            raise FileTooBig(f"the file is larger than {limit} bytes") from None
        except (NotLeft, Lost) as error:
            raise MessengerError(f"the file could not be fetched: {error}") from None
        if answer.status == 200:
            return answer.body
        if answer.status not in _MOVED or not answer.location:
            raise MessengerError(f"the file could not be fetched: HTTP {answer.status}")
        url = _joined(url, answer.location)
    raise MessengerError("the file could not be fetched: it has moved too often")


def _must_be_web(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise MessengerError("the file could not be fetched: its address is not one of the web")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise MessengerError("the file could not be fetched: it has moved to nowhere") from None
