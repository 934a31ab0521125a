"""Keeps requests for addresses that strangers wrote away from our own networks.

A name is resolved here, every address is checked, and the connection goes to the very address that
was checked, so a name that answers differently the second time (rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import httpcore

from core.errors import FeedError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str], Awaitable[Sequence[str]]]

# What Python's `is_global` counts as public although nobody may publish news there.
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # the former 6to4 relays
        "2001::/23",  # protocol assignments with Teredo
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
_ATTEMPT_S = 4.0  # for one address while others are left: an IPv6 black hole must not eat all time
_RESOLVERS = 8


def is_permitted(address: Address, allow: Sequence[Network] = ()) -> bool:
    """Tell whether a connection to this address may be made; `allow` lists own networks that may be used."""
    inner = embedded(address)
    if any(a in network for network in allow for a in (address, inner) if a is not None):
        return True
    if inner is not None:
        return is_permitted(inner)
    if isinstance(address, IPv6Address) and address not in _UNICAST_V6:
        return False
    if any(address in network for network in _CLOSED):
        return False
    return address.is_global and not address.is_multicast


def embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to (mapped, 6to4, NAT64), else None."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to permitted addresses; raises FeedError for the rest and httpcore's errors for failures."""

    def __init__(self, allow: Sequence[Network] = (), resolve: Resolve | None = None) -> None:
        """Permit public addresses and those in `allow`; `resolve` replaces the system's resolver."""
        self._allow = tuple(allow)
        # Threads of its own: names that hang must not starve the loop's shared executor.
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")
        self._resolve = resolve or self._ask_system
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first permitted address of `host` that answers; `timeout` in seconds for all of it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (timeout if timeout is not None else 30.0)
        addresses = await self._permitted(host, deadline - loop.time())
        failure: Exception = httpcore.ConnectError("no address")
        for index, address in enumerate(addresses):
            left = deadline - loop.time()
            if left <= 0:
                break
            last = index == len(addresses) - 1
            try:
                return await self._inner.connect_tcp(
                    str(address),
                    port,
                    left if last else min(left, _ATTEMPT_S),
                    local_address,
                    socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _permitted(self, host: str, timeout: float) -> list[Address]:
        try:
            async with asyncio.timeout(timeout):
                found = [ip_address(text) for text in await self._resolve(host)]
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("resolving") from error
        permitted = [address for address in found if is_permitted(address, self._allow)]
        if found and not permitted:
            raise FeedError(
                f"Адрес {host} ведёт во внутреннюю сеть, туда Вестник не ходит; если это ваш "
                "собственный сервер, администратор может разрешить его сеть в config.yaml"
            )
        return permitted

    async def _ask_system(self, host: str) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _getaddrinfo, host)
        except (OSError, UnicodeError) as error:
            raise NameNotFound(str(error)) from error
        return list(dict.fromkeys(found))

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: feeds do not live in sockets of this machine."""
        raise FeedError("Вестник читает ленты только с сайтов")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)

    def close(self) -> None:
        """Let the resolving threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class NameNotFound(httpcore.ConnectError):
    """The system's resolver does not know the name."""


def _getaddrinfo(host: str) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
