"""Callback API: servers are confirmed, hear what they want to hear, and hear it again when they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from receiver import Receiver, answer, receiver

from sandbox.server import Sandbox, serve
from sandbox.vk import callback
from sandbox.world import Person
from tests.support.inspected import inspected

ANNA, ADMIN, GROUP, KEY = 11, 90, 5001, "community-key"
MORNING = 1_770_000_000.0
OK = answer("200 OK", b"ok")


class Office:
    """A running sandbox with one community, and its API called over HTTP."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox, self.http = sandbox, http

    async def call(self, method: str, **params: Any) -> Any:
        sent = {"v": "5.199", "access_token": KEY, "group_id": GROUP, **params}
        return (await self.http.post(f"{self.sandbox.url}/vk/method/{method}", data=sent)).json()

    async def ok(self, method: str, **params: Any) -> Any:
        body = await self.call(method, **params)
        assert "error" not in body, body
        return body["response"]

    async def say(self, text: str) -> None:
        side = self.sandbox.vk
        await side.say(side.find_chat("news", ANNA), ANNA, text=text)

    async def connect(self, hook: Receiver, events: str = "message_new", **more: Any) -> int:
        """Add a server, answer its confirmation rightly, and order one kind of events."""
        code = (await self.ok("groups.getCallbackConfirmationCode"))["code"]
        hook.answers = [answer("200 OK", code.encode())] + [OK] * 20
        given = {"url": hook.url, "title": "бот", **more}
        number = int((await self.ok("groups.addCallbackServer", **given))["server_id"])
        assert (await hook.next()).json == {"type": "confirmation", "group_id": GROUP}
        await self.until(number, "ok")
        await self.ok("groups.setCallbackSettings", server_id=number, **{events: 1})
        return number

    async def status(self, number: int) -> str:
        [server] = (await self.ok("groups.getCallbackServers", server_ids=number))["items"]
        return str(server["status"])

    async def until(self, number: int, status: str) -> None:
        """Wait until a server has that status."""
        world = self.sandbox.world
        async with asyncio.timeout(5):
            while await self.status(number) != status:
                await world.wait_change(0.2)

    async def forgotten(self, number: int) -> None:
        """Wait until nothing waits for a server."""
        account = self.sandbox.world.account("vk", "news")
        assert account is not None
        async with asyncio.timeout(5):
            while callback.servers(account)[str(number)]["queue"]:
                await self.sandbox.world.wait_change(0.2)

    def later(self, seconds: float) -> None:
        self.sandbox.world.clock.set(advance_s=seconds)
        self.sandbox.world.touch()


@asynccontextmanager
async def an_office(sandbox: Sandbox) -> AsyncIterator[Office]:
    if not sandbox.restored:
        sandbox.world.clock.set(mode="manual", at=MORNING)
        sandbox.world.people |= {ANNA: Person(ANNA, "Анна"), ADMIN: Person(ADMIN, "Ольга")}
        sandbox.vk.add_account("news", token=KEY, admins=[ADMIN], id=GROUP)
        sandbox.gate.limits.change({"vk": {"on": False}})
    async with serve(sandbox), httpx.AsyncClient(trust_env=False, verify=False) as http:
        yield Office(sandbox, http)


def play(story: Callable[[Office, Receiver], Awaitable[None]]) -> None:
    async def run() -> None:
        async with receiver() as hook, an_office(inspected()) as office:
            await story(office, hook)

    asyncio.run(run())


def test_a_confirmed_server_hears_what_it_ordered_in_order_and_with_its_secret() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        number = await office.connect(hook, secret_key="тайна")
        await office.say("Раз")
        await office.say("Два")
        heard = [(await hook.next()).json for _ in range(2)]
        assert [one["object"]["message"]["text"] for one in heard] == ["Раз", "Два"]
        for one in heard:
            assert (one["type"], one["group_id"], one["secret"]) == ("message_new", GROUP, "тайна")
            assert one["v"] == "5.199" and one["event_id"]
        await office.forgotten(number)
        side = office.sandbox.vk
        await side.do(side.find_chat("news", ANNA), ANNA, "join", {})  # not ordered
        await office.say("Три")
        assert (await hook.next()).json["object"]["message"]["text"] == "Три"

    play(story)


def test_a_server_of_an_older_version_hears_messages_without_their_wrapping() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        number = await office.connect(hook)
        await office.ok("groups.setCallbackSettings", server_id=number, api_version="5.95")
        office.sandbox.gate.inspector = None  # the published description is of 5.199
        await office.say("Раз")
        heard = (await hook.next()).json
        assert (heard["v"], heard["object"]["text"]) == ("5.95", "Раз")

    play(story)


def test_what_failed_comes_again_with_growing_pauses_and_the_same_id() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        number = await office.connect(hook)
        refusals = [answer("500 Oops"), answer("200 OK", b"okay"), None]
        hook.answers = [*refusals, OK, OK]
        await office.say("Раз")
        await office.say("Два")
        first = await hook.next()
        assert "x-retry-counter" not in first.headers
        for count, pause in enumerate((10, 20, 40), 1):
            await _settled(office, number, count)
            office.later(pause - 1)
            await asyncio.sleep(0)
            assert hook.quiet
            office.later(1)
            again = await hook.next()
            assert (again.json, again.headers["x-retry-counter"]) == (first.json, str(count))
        second = await hook.next()
        assert second.json["object"]["message"]["text"] == "Два"
        assert "x-retry-counter" not in second.headers
        assert await office.status(number) == "ok"

    play(story)


@pytest.mark.parametrize(
    ("status", "wish", "pause"),
    [
        ("503 Busy", "300", 300),
        ("429 Slowly", "99999", 3 * 3600),
        ("500 Oops", "300", 10),
        ("410 Gone", "soon", 10),
    ],
)
def test_a_wish_for_a_pause_is_honoured_up_to_three_hours(
    status: str, wish: str, pause: int
) -> None:
    async def story(office: Office, hook: Receiver) -> None:
        number = await office.connect(hook)
        hook.answers = [answer(status, b"", Retry_After=wish), OK]
        await office.say("Раз")
        await hook.next()
        server = await _settled(office, number, 1)
        assert server["again_at"] == MORNING + pause

    play(story)


async def _settled(office: Office, number: int, tries: int) -> dict[str, Any]:
    """Wait until a failure was noted and return the server's own notes."""
    account = office.sandbox.world.account("vk", "news")
    assert account is not None
    server = callback.servers(account)[str(number)]
    async with asyncio.timeout(5):
        while server["tries"] != tries:
            await office.sandbox.world.wait_change(0.2)
    return server


@pytest.mark.parametrize("said", [b"ok", b"", None])
def test_a_server_without_the_code_fails_and_hears_nothing(said: bytes | None) -> None:
    async def story(office: Office, hook: Receiver) -> None:
        hook.answers = [None if said is None else answer("200 OK", said)]
        added = await office.ok("groups.addCallbackServer", url=hook.url, title="бот")
        number = added["server_id"]
        await hook.next()
        await office.until(number, "failed")
        await office.ok("groups.setCallbackSettings", server_id=number, message_new=1)
        await office.say("Раз")
        account = office.sandbox.world.account("vk", "news")
        assert account is not None and callback.servers(account)[str(number)]["queue"] == []
        # Edited, it is asked again, and what was said before stays unheard.
        code = (await office.ok("groups.getCallbackConfirmationCode"))["code"]
        hook.answers = [answer("200 OK", f" {code}\n".encode()), OK]
        edit = {"server_id": number, "url": hook.url, "title": "бот 2"}
        await office.ok("groups.editCallbackServer", **edit)
        assert (await hook.next()).json["type"] == "confirmation"
        await office.until(number, "ok")
        await office.say("Два")
        assert (await hook.next()).json["object"]["message"]["text"] == "Два"

    play(story)


def test_an_address_elsewhere_is_never_called() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        for url in ("https://example.org/hook", "http://192.0.2.1/hook"):
            added = await office.ok("groups.addCallbackServer", url=url, title="чужой")
            await office.until(added["server_id"], "failed")

    play(story)


def test_every_server_hears_all_and_a_deleted_one_nothing() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        async with receiver() as other:
            first, _ = await office.connect(hook), await office.connect(other)
            await office.say("Раз")
            one, two = (await hook.next()).json, (await other.next()).json
            assert one == two
            await office.forgotten(first)
            await office.ok("groups.deleteCallbackServer", server_id=first)
            await office.say("Два")
            assert (await other.next()).json["object"]["message"]["text"] == "Два"
            assert hook.quiet
            left = await office.ok("groups.getCallbackServers")
            assert left["count"] == 1

    play(story)


def test_the_methods_refuse_what_vk_refuses() -> None:
    async def story(office: Office, hook: Receiver) -> None:
        new = {"url": "http://127.0.0.1:1/", "title": "бот"}
        number = (await office.ok("groups.addCallbackServer", **new))["server_id"]
        table: list[tuple[str, dict[str, Any], int]] = [
            ("groups.addCallbackServer", {"url": "ftp://127.0.0.1/", "title": "бот"}, 100),
            ("groups.addCallbackServer", new | {"title": "б" * 15}, 100),
            ("groups.addCallbackServer", new | {"secret_key": "с" * 51}, 100),
            ("groups.addCallbackServer", new | {"group_id": 5002}, 15),
            ("groups.editCallbackServer", new | {"server_id": 404}, 104),
            ("groups.deleteCallbackServer", {"server_id": 404}, 104),
            ("groups.getCallbackSettings", {"server_id": 404}, 104),
            ("groups.setCallbackSettings", {"server_id": 404, "message_new": 1}, 104),
        ]
        for method, params, code in table:
            body = await office.call(method, **params)
            assert body["error"]["error_code"] == code, (method, params)
            assert "с" * 51 not in str(body)
        settings = await office.ok("groups.getCallbackSettings", server_id=number)
        assert set(settings["events"].values()) == {0}
        for _ in range(callback.MAX_SERVERS - 1):
            await office.ok("groups.addCallbackServer", **new)
        body = await office.call("groups.addCallbackServer", **new)
        assert body["error"]["error_code"] == 2000

    play(story)


def test_what_waits_outlives_the_sandbox(tmp_path: Path) -> None:
    async def story() -> None:
        state = tmp_path / "world.json"
        async with receiver() as hook:
            async with an_office(inspected(state=state)) as office:
                number = await office.connect(hook)
                hook.answers = [answer("500 Oops")]
                await office.say("Раз")
                before = await hook.next()
                await _settled(office, number, 1)
            hook.answers = [OK]
            async with an_office(inspected(state=state)) as office:
                office.later(10)
                after = await hook.next()
                assert (after.json, after.headers["x-retry-counter"]) == (before.json, "1")

    asyncio.run(story())
