"""Callback API: a community's events, posted to servers of its own.

Facts (dev.vk.com, Callback API; SevereCloud/vksdk for the headers): a new address is asked for the
confirmation code and must answer it as plain text; every event must be answered with 200 and `ok`;
what fails is repeated, with X-Retry-Counter; Retry-After of an answer 410, 429 or 503 is honoured up
to three hours. How long VK pauses by itself and when it gives up is not published.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from sandbox.gate import Gate
from sandbox.outgoing import Answer, Errands, Unreachable, post
from sandbox.values import whole
from sandbox.vk.objects import absolute
from sandbox.vk.versions import shaped
from sandbox.world import Account, World

MAX_SERVERS = 10
KEPT = 10_000  # events that wait for one server; the oldest fall out above it
FIRST_PAUSE, LONGEST_PAUSE = 10, 600  # seconds by the sandbox's clock, doubling in between
MAX_RETRY_AFTER = 3 * 3600  # seconds
TIMEOUT = 10.0  # seconds of the machine's time for an answer
_LOOK = 1.0  # seconds of the machine's time between two looks at a clock that nobody moved
_ANSWER_LATER = (410, 429, 503)

Server = dict[str, Any]  # as groups.getCallbackServers shows it, with settings and what waits


def servers(account: Account) -> dict[str, Server]:
    """Return a community's servers by id as text; they are kept as plain data."""
    known: dict[str, Server] = account.settings.setdefault("callback", {}).setdefault("servers", {})
    return known


def confirmation_code(account: Account) -> str:
    """Return what a new or edited server has to answer (VK changes it now and then, the sandbox never)."""
    state = account.settings.setdefault("callback", {})
    code: str = state.setdefault("code", secrets.token_hex(4))
    return code


def shown(server: Server) -> dict[str, Any]:
    """Return a server as groups.getCallbackServers does."""
    names = ("id", "title", "creator_id", "url", "secret_key", "status")
    return {name: server[name] for name in names}


def offer(account: Account, name: str, about: dict[str, Any], event_id: str) -> None:
    """Put an event before every confirmed server that wants such events."""
    state = account.settings.get("callback")
    if not state:
        return
    for server in state.get("servers", {}).values():
        if server["status"] == "ok" and server["events"].get(name):
            version = server["api_version"]
            event = {"event_id": event_id, "type": name, "v": version}
            server["queue"].append(event | {"object": shaped(name, about, version)})
            del server["queue"][:-KEPT]


class Courier:
    """Delivers to all servers of a world, to each one event after the other."""

    def __init__(self, gate: Gate) -> None:
        """Deliver nothing before `start`."""
        self._gate, self._world = gate, gate.world
        self._errands = Errands()
        self._started = False

    def start(self) -> None:
        """Go on with the servers that are there."""
        self._started = True
        for account, server in list(_all_servers(self._world)):
            self.serve(account, server)

    async def stop(self) -> None:
        """End all deliveries; what waits goes on waiting."""
        self._started = False
        await self._errands.stop()

    def serve(self, account: Account, server: Server) -> None:
        """Begin to deliver to a server."""
        if self._started:
            self._errands.start(self._serve(account.name, str(server["id"])))

    async def _serve(self, name: str, number: str) -> None:
        while (found := self._find(name, number)) is not None:
            account, server = found
            left = server["again_at"] - self._world.clock.now()
            if server["status"] == "wait":
                await self._confirm(account, server)
            elif not server["queue"] or server["status"] != "ok":
                await self._world.wait_change(_LOOK, account)
            elif left > 0:
                await self._world.clock.wait_moved(min(left, _LOOK))
            else:
                await self._deliver(account, server)

    def _find(self, name: str, number: str) -> tuple[Account, Server] | None:
        """Return the server as it is now: it may have been edited, deleted, or gone with its world."""
        account = self._world.account("vk", name)
        server = servers(account).get(number) if account is not None else None
        return (account, server) if account is not None and server is not None else None

    async def _confirm(self, account: Account, server: Server) -> None:
        asked = server["asked"]
        answer = await _post(server, {"type": "confirmation", "group_id": account.id})
        if server["asked"] != asked:
            return  # edited meanwhile: the new address is asked too
        right = answer is not None and answer.status == 200
        said = answer.body.strip().decode("utf-8", "replace") if answer else ""
        server["status"] = "ok" if right and said == confirmation_code(account) else "failed"
        self._world.touch()

    async def _deliver(self, account: Account, server: Server) -> None:
        event, asked = server["queue"][0], server["asked"]
        body = _envelope(account, server, event)
        if self._gate.inspector is not None:
            self._gate.inspector.told("vk", body)
        answer = await _post(server, body, retry=server["tries"])
        queue = server["queue"]
        if server["asked"] != asked or not queue or queue[0] is not event:
            return
        if answer is not None and answer.status == 200 and answer.body.strip() == b"ok":
            queue.pop(0)
            server["tries"], server["again_at"] = 0, 0.0
        else:
            server["tries"] += 1
            server["again_at"] = self._world.clock.now() + _pause(answer, server["tries"])
        self._world.touch()


def _all_servers(world: World) -> Iterator[tuple[Account, Server]]:
    for account in world.accounts.values():
        if account.network == "vk":
            for server in servers(account).values():
                yield account, server


def _envelope(account: Account, server: Server, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of one delivery; the same event has the same event_id at every repeat."""
    body = {"group_id": account.id, **event, "object": absolute(event["object"], server["base"])}
    return body | ({"secret": server["secret_key"]} if server["secret_key"] else {})


def _pause(answer: Answer | None, tries: int) -> float:
    """Return the seconds until the next try, by the sandbox's clock."""
    wish = whole(answer.headers.get("retry-after", "")) if answer else None
    if answer is not None and answer.status in _ANSWER_LATER and wish is not None:
        return float(max(0, min(wish, MAX_RETRY_AFTER)))
    return float(min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE))


async def _post(server: Server, body: Mapping[str, Any], retry: int = 0) -> Answer | None:
    headers = {"Content-Type": "application/json"}
    if retry:
        headers["X-Retry-Counter"] = str(retry)
    try:
        return await post(server["url"], orjson.dumps(body), headers=headers, timeout_s=TIMEOUT)
    except Unreachable:
        return None
