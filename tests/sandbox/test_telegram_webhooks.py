"""Webhooks: what bots are sent, in which order, and what happens when their servers fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from receiver import OK, Delivered, Receiver, answer, receiver
from telegram_town import GROUP, IVAN, OLGA, Town, town

from sandbox.world import Person

BUSY = answer("503 Service Unavailable")


def hooked(story: Callable[[Town, Receiver], Awaitable[None]], **options: Any) -> None:
    """Run a story in a town whose clock stands, beside a bot's own server."""

    async def run() -> None:
        async with receiver() as server, town(**options) as place:
            place.world.clock.set(mode="manual")
            await story(place, server)

    asyncio.run(run())


async def write(town: Town, *texts: str, who: int = OLGA) -> None:
    for text in texts:
        await town.side.say(town.dialog(who), who, text=text)


def said(came: Delivered) -> str:
    text: str = came.json["message"]["text"]
    return text


async def until(so: Callable[[], bool]) -> None:
    """Wait until something is so inside the sandbox."""
    async with asyncio.timeout(5):
        while not so():  # noqa: ASYNC110  the sandbox's turns, not time, are waited for
            await asyncio.sleep(0)


async def settled(town: Town, pending: int = 0) -> dict[str, Any]:
    """Wait until so many updates are left, and return the webhook's info."""
    await until(lambda: town.side.updates.pending(town.bot) == pending)
    return dict(await town.call("getWebhookInfo"))


async def failed(town: Town, times: int) -> None:
    """Wait until the first waiting update failed so often."""
    delivery = town.side._api.webhooks._deliveries["vestnik"]
    await until(lambda: [trial.fails for trial in delivery._trials.values()][:1] == [times])


def test_updates_come_one_by_one_in_order_with_the_secret() -> None:
    async def story(town: Town, server: Receiver) -> None:
        await write(town, "до")
        await town.call("setWebhook", url=server.url, secret_token="Tok_en-1")
        await write(town, "раз", "два")
        came = [await server.next() for _ in range(3)]
        assert [said(one) for one in came] == ["до", "раз", "два"]
        numbers = [one.json["update_id"] for one in came]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        assert {one.headers["x-telegram-bot-api-secret-token"] for one in came} == {"Tok_en-1"}
        assert {one.headers["content-type"] for one in came} == {"application/json"}
        assert all(set(one.json) == {"update_id", "message"} for one in came)
        assert await settled(town) == {
            "url": server.url,
            "has_custom_certificate": False,
            "pending_update_count": 0,
            "ip_address": "127.0.0.1",
            "max_connections": 40,
        }

    hooked(story)


def test_with_a_webhook_nothing_is_polled_and_without_it_what_waits_is() -> None:
    async def story(town: Town, server: Receiver) -> None:
        poll = await town.poll()
        await town.call("setWebhook", url=server.url)
        assert await asyncio.wait_for(poll, 1) == {
            "ok": False,
            "error_code": 409,
            "description": "Conflict: terminated by setWebhook request",
        }
        assert await town.refused("getUpdates", allowed_updates=["poll"]) == (
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
        assert "allowed_updates" not in await town.call("getWebhookInfo")
        server.hold = asyncio.Event()
        await write(town, "на полпути")
        await server.next()
        await town.call("deleteWebhook")
        # What was not confirmed when the webhook went is still to be had.
        (update,) = await town.updates()
        assert update["message"]["text"] == "на полпути"
        assert await settled(town) == {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": 0,
        }

    hooked(story)


BAD = "Bad Request: "


def test_what_cannot_be_a_webhook_is_refused_and_changes_nothing() -> None:
    only_here = (
        BAD
        + "bad webhook: the sandbox delivers to http:// addresses of 127.0.0.1, ::1 or localhost only"
    )
    cases: list[tuple[dict[str, Any], str]] = [
        ({"url": "https://example.org/hook"}, only_here),
        ({"url": "http://example.org/hook"}, only_here),
        ({"url": "https://127.0.0.1/hook"}, only_here),
        ({"url": "hook"}, BAD + "invalid webhook URL specified"),
        ({"url": "http://[::1"}, BAD + "invalid webhook URL specified"),
        ({"secret_token": "a" * 257}, BAD + "secret token is too long"),
        ({"secret_token": "a b"}, BAD + "secret token contains unallowed characters"),
        ({"secret_token": "тайна"}, BAD + "secret token contains unallowed characters"),
        ({"ip_address": "nowhere"}, BAD + "bad webhook: Invalid IP address specified"),
    ]

    async def story(town: Town, server: Receiver) -> None:
        await town.call("setWebhook", url=server.url)
        before = await town.call("getWebhookInfo")
        for params, text in cases:
            refused = await town.refused("setWebhook", **{"url": server.url, **params})
            assert refused == (400, text), params
        assert await town.call("getWebhookInfo") == before

    hooked(story)


@pytest.mark.careless("allowed_updates that are no JSON are passed over")
def test_every_setting_of_a_webhook_is_kept_and_shown() -> None:
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"max_connections": 100}, {"max_connections": 100}),
        ({"max_connections": 1000}, {"max_connections": 100}),
        ({"max_connections": 0}, {"max_connections": 1}),
        ({"ip_address": "127.0.0.2"}, {"ip_address": "127.0.0.2"}),
        ({"secret_token": "a" * 256}, {}),
        ({"allowed_updates": ["Message", "nonsense"]}, {"allowed_updates": ["message"]}),
        ({}, {"allowed_updates": ["message"]}),  # not given: as it was
        ({"allowed_updates": "{"}, {"allowed_updates": ["message"]}),
        ({"allowed_updates": ["nonsense"]}, {}),
    ]

    async def story(town: Town, server: Receiver) -> None:
        shown = {
            "has_custom_certificate": False,
            "pending_update_count": 0,
            "url": server.url,
            "ip_address": "127.0.0.1",
            "max_connections": 40,
        }
        for params, expected in cases:
            await town.call("setWebhook", url=server.url, **params)
            assert await town.call("getWebhookInfo") == shown | expected, params
        await town.upload("setWebhook", {"certificate": ("cert.pem", b"PEM")}, url=server.url)
        assert (await town.call("getWebhookInfo"))["has_custom_certificate"]

    hooked(story)


@pytest.mark.careless("the server takes setWebhook without an address, too")
def test_the_answers_say_what_was_done() -> None:
    async def story(town: Town, server: Receiver) -> None:
        for method, params, text in (
            ("deleteWebhook", {}, "Webhook is already deleted"),
            ("setWebhook", {"url": server.url}, "Webhook was set"),
            ("setWebhook", {"url": server.url}, "Webhook is already set"),
            ("setWebhook", {"url": server.url, "max_connections": 2}, "Webhook was set"),
            ("setWebhook", {"url": ""}, "Webhook was deleted"),
            ("setWebhook", {}, "Webhook is already deleted"),
        ):
            body = await town.raw(method, **params)
            assert body == {"ok": True, "result": True, "description": text}

    hooked(story)


def test_a_second_webhook_within_a_second_is_too_early() -> None:
    async def story(town: Town, server: Receiver) -> None:
        town.gate.limits.change({"telegram": {"on": True}})
        await town.call("setWebhook", url=server.url)
        assert await town.raw("setWebhook", url=server.url) == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        await town.call("deleteWebhook")  # taking it away is always possible
        await town.call("setWebhook", "second", url=server.url)
        town.world.clock.set(advance_s=1)
        await town.call("setWebhook", url=server.url)

    hooked(story)


def test_what_fails_is_repeated_at_once_and_then_ever_later() -> None:
    async def story(town: Town, server: Receiver) -> None:
        # The third and the fifth request are another person's.
        server.answers = [BUSY, BUSY, OK, BUSY, OK, BUSY]
        await town.call("setWebhook", url=server.url)
        await write(town, "упорное", "следующее")
        for _ in range(2):
            assert said(await server.next()) == "упорное"
        for times, delay in ((2, 2), (3, 4)):
            await failed(town, times)
            town.world.clock.set(advance_s=delay - 0.1)
            await write(town, f"другому {times}", who=IVAN)
            # Another person's updates are not held up; the repeat does not come before its time.
            assert said(await server.next()) == f"другому {times}"
            assert server.quiet
            town.world.clock.set(advance_s=0.1)
            assert said(await server.next()) == "упорное"
        await failed(town, 4)
        info = await town.call("getWebhookInfo")
        assert info["pending_update_count"] == 2
        assert info["last_error_message"] == (
            "Wrong response from the webhook: 503 Service Unavailable"
        )
        assert info["last_error_date"] == int(town.world.clock.now())
        town.world.clock.set(advance_s=8)
        assert [said(await server.next()) for _ in range(2)] == ["упорное", "следующее"]
        # An error stays shown until the webhook is set again.
        assert "last_error_message" in await settled(town)
        await town.call("setWebhook", url=server.url, max_connections=2)
        assert "last_error_message" not in await town.call("getWebhookInfo")

    hooked(story)


def test_the_delay_grows_to_a_minute_or_two_and_no_further() -> None:
    async def story(town: Town, server: Receiver) -> None:
        server.answers = [BUSY] * 12
        await town.call("setWebhook", url=server.url)
        await write(town, "упорное")
        for times in range(1, 13):
            await server.next()
            await failed(town, times)
            town.world.clock.set(advance_s=121)
        assert said(await server.next()) == "упорное"
        await settled(town)

    hooked(story)


@pytest.mark.parametrize(("asked", "delay"), [("30", 30), ("90000", 3600), ("-5", 0), ("soon", 0)])
def test_a_server_may_say_when_to_come_again(asked: str, delay: int) -> None:
    async def story(town: Town, server: Receiver) -> None:
        server.answers = [answer("429 Too Many Requests", Retry_After=asked), OK, OK]
        await town.call("setWebhook", url=server.url)
        await write(town, "не сейчас")
        await server.next()
        if delay:
            await failed(town, 1)
            town.world.clock.set(advance_s=delay - 1)
            await write(town, "другому", who=IVAN)
            assert said(await server.next()) == "другому"
            assert server.quiet
            town.world.clock.set(advance_s=1)
        assert said(await server.next()) == "не сейчас"
        await settled(town)

    hooked(story)


@pytest.mark.parametrize("after_s", [22 * 3600, 23 * 3600 + 1])
def test_a_server_that_is_gone_for_23_hours_loses_its_webhook(after_s: int) -> None:
    async def story(town: Town, server: Receiver) -> None:
        server.answers = [answer("410 Gone")] * 3
        await town.call("setWebhook", url=server.url)
        await write(town, "куда")
        for _ in range(2):
            await server.next()
        await failed(town, 2)
        town.world.clock.set(advance_s=after_s)
        await server.next()
        if after_s > 23 * 3600:
            await until(lambda: not town.side.updates.hooks)
            assert (await town.call("getWebhookInfo"))["url"] == ""
            assert (await town.updates())[0]["message"]["text"] == "куда"
        else:
            await failed(town, 3)
            assert (await town.call("getWebhookInfo"))["url"] == server.url

    hooked(story)


def test_nobody_there_is_noted_and_the_update_is_dropped_after_a_day() -> None:
    async def story(town: Town, server: Receiver) -> None:
        closed = await asyncio.start_server(server.take, "127.0.0.1", 0)
        port = closed.sockets[0].getsockname()[1]
        closed.close()
        await town.call("setWebhook", url=f"http://127.0.0.1:{port}/")
        await write(town, "пропало")
        await failed(town, 2)
        info = await town.call("getWebhookInfo")
        assert (info["last_error_message"], info["pending_update_count"]) == (
            "Connection refused",
            1,
        )
        town.world.clock.set(advance_s=86_399)
        await settled(town, 0)

    hooked(story)


def test_so_many_deliveries_run_at_once_and_one_for_each_chat() -> None:
    async def story(town: Town, server: Receiver) -> None:
        server.hold = asyncio.Event()
        await town.call("setWebhook", url=server.url, max_connections=2)
        await write(town, "Ольга 1", "Ольга 2")
        group = town.side.find_chat("Цех", None)
        await town.side.say(group, IVAN, text="Цех 1")
        await write(town, "Иван 1", who=IVAN)
        first = {said(await server.next()), said(await server.next())}
        assert first == {"Ольга 1", "Цех 1"}
        await town.call("getMe")
        assert server.open == 2 and server.quiet
        server.hold.set()
        rest = [said(await server.next()) for _ in range(2)]
        assert sorted(rest) == ["Иван 1", "Ольга 2"]
        await settled(town)

    hooked(story)


REPLY = {"method": "sendMessage", "chat_id": OLGA, "text": "Ответ"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (orjson.dumps(REPLY), "application/json"),
        (
            b"method=SendMessage&chat_id=1001&text=%D0%9E%D1%82%D0%B2%D0%B5%D1%82",
            "application/x-www-form-urlencoded",
        ),
        (
            "\r\n".join(
                f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
                for name, value in REPLY.items()
            ).encode()
            + b"\r\n--B--\r\n",
            "multipart/form-data; boundary=B",
        ),
    ],
)
def test_an_answer_may_carry_one_call(body: bytes, kind: str) -> None:
    async def story(town: Town, server: Receiver) -> None:
        server.answers = [answer("200 OK", body, Content_Type=kind)]
        await town.call("setWebhook", url=server.url)
        await write(town, "вопрос")
        await server.next()
        await until(lambda: town.dialog().messages[-1].text == "Ответ")
        message = town.dialog().messages[-1]
        assert message.by_account
        logged = town.gate.calls.read(0, 100)["calls"][-1]
        assert (logged["method"], logged["status"], logged["messages"]) == (
            "sendMessage",
            200,
            [message.id],
        )
        assert await settled(town)

    hooked(story)


def test_an_answer_that_is_no_call_or_may_not_be_one_is_passed_over() -> None:
    replies = [
        b'{"method":"deleteWebhook"}',
        b'{"method":"setWebhook","url":""}',
        b'{"method":"logOut"}',
        b'{"method":"close"}',
        b'{"method":"getMe"}',
        b'{"result":1}',
        b"[]",
        b"{broken",
    ]

    async def story(town: Town, server: Receiver) -> None:
        server.answers = [answer("200 OK", b, Content_Type="application/json") for b in replies]
        await town.call("setWebhook", url=server.url)
        calls = town.gate.calls.read(0, 100)["next"]
        await write(town, *map(str, range(len(replies) + 1)))
        for _ in range(len(replies) + 1):
            await server.next()
        done = {c["method"] for c in town.gate.calls.read(calls, 100)["calls"]}
        assert done == set()
        assert (await settled(town))["url"] == server.url

    hooked(story)


def test_a_webhook_of_a_restored_world_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "state.json"

    async def run() -> None:
        async with receiver() as server:
            async with town(state=state) as place:
                server.answers = [BUSY, BUSY]
                await place.call("setWebhook", url=server.url, secret_token="s")
                await write(place, "первое")
                await server.next()
                await server.next()
                await failed(place, 2)
            # The stop ended the waiting repeat; the update is in the file.
            async with town(state=state) as place:
                came = await server.next()
                assert said(came) == "первое"
                assert came.headers["x-telegram-bot-api-secret-token"] == "s"
                assert (await settled(place))["url"] == server.url

    asyncio.run(run())


def test_a_stop_does_not_wait_for_a_server_that_is_silent(tmp_path: Path) -> None:
    async def run() -> None:
        async with receiver() as server:
            async with town() as place:
                server.hold = asyncio.Event()
                await place.call("setWebhook", url=server.url)
                await write(place, "тишина")
                await server.next()
                began = len(asyncio.all_tasks())
            assert len(asyncio.all_tasks()) < began

    asyncio.run(run())


def test_a_reset_takes_the_webhook_with_the_account() -> None:
    async def story(town: Town, server: Receiver) -> None:
        await town.call("setWebhook", url=server.url)
        await write(town, "раз")
        await server.next()
        await settled(town)
        token = town.bot.token
        town.world.clear()
        town.side.add_account("vestnik", token=token)
        town.world.people[OLGA] = Person(OLGA, "Ольга")
        await write(town, "два")
        assert (await town.call("getWebhookInfo"))["url"] == ""
        assert len(await town.call("getUpdates")) == 1
        assert server.quiet

    hooked(story)


def test_setting_a_webhook_may_drop_what_waits() -> None:
    async def story(town: Town, server: Receiver) -> None:
        await write(town, "старое")
        await town.call("setWebhook", url=server.url, drop_pending_updates="True")
        await write(town, "новое")
        assert said(await server.next()) == "новое"
        # Doing it again with the very same settings drops too.
        server.answers = [BUSY]
        await write(town, "лишнее")
        await server.next()
        await town.call("setWebhook", url=server.url, drop_pending_updates=True)
        assert (await settled(town))["pending_update_count"] == 0

    hooked(story)


def test_a_move_of_the_group_reaches_the_webhook_too() -> None:
    async def story(town: Town, server: Receiver) -> None:
        await town.call("setWebhook", url=server.url, allowed_updates=["my_chat_member"])
        group = town.side.find_chat(str(GROUP), None)
        await town.side.do(group, OLGA, "remove_bot", {"account": "vestnik"})
        came = (await server.next()).json["my_chat_member"]
        assert came["new_chat_member"]["status"] in ("left", "kicked")

    hooked(story)
