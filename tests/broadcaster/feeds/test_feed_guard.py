from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import httpcore
import pytest
from feed_sites import LOOPBACK, ok, site

from broadcaster.feeds.fetch import Fetcher
from broadcaster.feeds.guard import GuardedBackend, is_permitted
from core.errors import FeedError


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "87.250.250.242", "2a02:6b8::2:242", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"],
)  # fmt: skip
def test_public_addresses_are_permitted(address: str) -> None:
    assert is_permitted(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:5ef5:79fd::", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
        "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_own_and_special_addresses_are_not(address: str) -> None:
    assert not is_permitted(ip_address(address))


@pytest.mark.parametrize(
    ("network", "address", "permitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "11.0.0.0", True),
        ("10.0.0.0/8", "192.168.0.1", False),
        ("::1/128", "::1", True),
        ("127.0.0.0/8", "::1", False),
    ],
)
def test_the_configuration_opens_a_network(network: str, address: str, permitted: bool) -> None:
    assert is_permitted(ip_address(address), [ip_network(network)]) is permitted


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]", "LOCALHOST."],
)  # fmt: skip
def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    async def run() -> list[str]:
        async with site(ok(b"<rss/>")) as there:
            async with Fetcher() as client:
                with pytest.raises(FeedError):
                    await client.feed(f"http://{host}:{there.port}/")
            return there.requests

    assert asyncio.run(run()) == []


def test_only_the_permitted_of_several_addresses_is_used() -> None:
    async def several(host: str) -> Sequence[str]:
        return ["10.0.0.1", "::1", "127.0.0.1"]

    async def run() -> None:
        async with site(ok(b"<rss/>")) as there:
            async with Fetcher(allow=LOOPBACK, resolve=several, total_s=2) as client:
                await client.feed(f"http://p.ru:{there.port}/")
            assert len(there.requests) == 1

    asyncio.run(run())


def test_an_address_that_refuses_does_not_stop_the_next() -> None:
    async def several(host: str) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async def run() -> None:
        async with site(ok(b"<rss/>")) as there:
            async with Fetcher(allow=LOOPBACK, resolve=several) as client:
                await client.feed(f"http://p.ru:{there.port}/")
            assert len(there.requests) == 1

    asyncio.run(run())


def test_a_name_without_addresses_is_a_failure_to_connect() -> None:
    async def none(host: str) -> Sequence[str]:
        return []

    async def run() -> None:
        backend = GuardedBackend(resolve=none)
        try:
            await backend.connect_tcp("p.ru", 80)
        finally:
            backend.close()

    with pytest.raises(httpcore.ConnectError):
        asyncio.run(run())
