"""Bots Long Poll: keys, ts, waking, what is reported and what is switched off."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, GROUP, USER_KEY, Town


class Poll:
    """A client's side of the long poll."""

    def __init__(self, town: Town) -> None:
        self.town, self.key, self.ts, self.server = town, "", "", ""

    async def begin(self) -> Poll:
        got = await self.town.ok("groups.getLongPollServer", group_id=GROUP)
        self.key, self.ts, self.server = got["key"], got["ts"], got["server"]
        return self

    async def check(self, **params: Any) -> Any:
        sent = {"act": "a_check", "key": self.key, "ts": self.ts, "wait": 0, **params}
        return (await self.town.http.get(self.server, params=sent)).json()


def test_the_server_is_an_address_a_key_and_a_ts_of_text() -> None:
    async def story() -> None:
        poll = await Poll(Town()).begin()
        assert poll.server == f"http://vk.test/vk/longpoll/{GROUP}"
        assert isinstance(poll.ts, str)
        assert await poll.check() == {"ts": poll.ts, "updates": []}

    asyncio.run(story())


def test_events_stay_until_their_ts_is_confirmed_and_after() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        await town.vk.say(town.dialog(), ANNA, text="раз")
        await town.vk.say(town.dialog(), ANNA, text="два")
        got = await poll.check()
        texts = [event["object"]["message"]["text"] for event in got["updates"]]
        assert texts == ["раз", "два"]
        assert await poll.check() == got, "the same ts gives the same events"
        poll.ts = got["ts"]
        assert (await poll.check())["updates"] == []

    asyncio.run(story())


def test_the_envelope_names_the_group_the_version_and_an_id_of_its_own() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        for _ in range(2):
            await town.vk.say(town.dialog(), ANNA, text="раз")
        first, second = (await poll.check())["updates"]
        assert (first["type"], first["group_id"], first["v"]) == ("message_new", GROUP, "5.199")
        assert first["event_id"] != second["event_id"]
        assert set(first["object"]) == {"message", "client_info"}

    asyncio.run(story())


def test_a_waiting_check_wakes_at_once() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        started = monotonic()
        waiting = asyncio.create_task(poll.check(wait=25))
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        await town.vk.say(town.dialog(), ANNA, text="раз")
        assert len((await waiting)["updates"]) == 1
        assert monotonic() - started < 1

    asyncio.run(story())


def test_a_stopping_server_ends_the_wait() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        waiting = asyncio.create_task(poll.check(wait=25))
        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        town.world.stopping.set()
        town.world.touch()
        assert (await waiting)["updates"] == []

    asyncio.run(story())


@pytest.mark.parametrize(
    ("ts", "answer"),
    [
        ("0", {"failed": 1, "ts": "3"}),
        ("4", {"failed": 1, "ts": "3"}),
        ("", {"failed": 3}),
        ("x", {"failed": 3}),
    ],
)
def test_a_strange_ts_fails(ts: str, answer: dict[str, Any]) -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        for _ in range(2):
            await town.vk.say(town.dialog(), ANNA, text="раз")
        assert await poll.check(ts=ts) == answer

    asyncio.run(story())


def test_forgotten_history_fails_with_the_new_ts() -> None:
    async def story() -> None:
        town = Town()
        town.account.settings["keep_events"] = 2
        poll = await Poll(town).begin()
        for _ in range(3):
            await town.vk.say(town.dialog(), ANNA, text="раз")
        assert await poll.check() == {"failed": 1, "ts": "4"}
        assert len((await poll.check(ts="2"))["updates"]) == 2

    asyncio.run(story())


def test_a_key_lives_for_an_hour_and_a_new_one_keeps_the_ts() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        ts = poll.ts
        town.clock.set(advance_s=3599)
        assert "failed" not in await poll.check()
        town.clock.set(advance_s=1)
        await town.vk.say(town.dialog(), ANNA, text="раз")
        assert await poll.check() == {"failed": 2}
        await poll.begin()
        assert len((await poll.check(ts=ts))["updates"]) == 1
        assert await poll.check(key="made up") == {"failed": 2}

    asyncio.run(story())


def test_switched_off_events_are_not_sent_and_do_not_count() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        await town.ok("groups.setLongPollSettings", group_id=GROUP, message_new=0)
        settings = await town.ok("groups.getLongPollSettings", group_id=GROUP)
        assert (settings["events"]["message_new"], settings["events"]["message_reply"]) == (0, 1)
        await town.vk.say(town.dialog(), ANNA, text="раз")
        assert await poll.check() == {"ts": poll.ts, "updates": []}
        await town.ok("groups.setLongPollSettings", group_id=GROUP, enabled=0)
        assert await poll.check() == {"failed": 3}
        assert await town.code("groups.getLongPollServer", group_id=GROUP) == 100

    asyncio.run(story())


def test_start_joining_leaving_and_blocking_are_reported() -> None:
    async def story() -> None:
        town = Town()
        for what, args in (
            ("start", {"payload": "agitka"}),
            ("join", {}),
            ("leave", {}),
            ("deny", {}),
            ("allow", {}),
            ("block_by_admin", {}),
            ("unblock_by_admin", {}),
        ):
            await town.vk.do(town.dialog(), ANNA, what, args)
        [new] = town.events("message_new")
        message = new["message"]
        assert (message["text"], message["ref"]) == ("Начать", "agitka")
        assert message["payload"] == '{"command": "start"}'
        assert town.events("group_join") == [{"user_id": ANNA, "join_type": "join"}]
        assert town.events("group_leave") == [{"user_id": ANNA, "self": 1}]
        assert town.events("message_deny") == [{"user_id": ANNA}]
        assert town.events("user_block")[0]["admin_id"] == ADMIN
        assert len(town.events("user_unblock")) == 1

    asyncio.run(story())


def test_several_pollers_hear_the_same() -> None:
    async def story() -> None:
        town = Town()
        one, other = await Poll(town).begin(), await Poll(town).begin()
        assert one.key != other.key
        waiting = [asyncio.create_task(poll.check(wait=25)) for poll in (one, other, one)]
        done, _ = await asyncio.wait(waiting, timeout=0.05)
        assert not done
        await town.vk.say(town.dialog(), ANNA, text="раз")
        answers = await asyncio.gather(*waiting)
        assert answers[0]["updates"] and answers == [answers[0]] * 3

    asyncio.run(story())


@pytest.mark.parametrize(("version", "is_flat"), [("5.102", True), ("5.103", False)])
def test_before_5_103_a_message_stands_in_its_event_by_itself(version: str, is_flat: bool) -> None:
    async def story() -> None:
        town = Town()
        town.gate.inspector = None  # the schema describes 5.199 alone
        poll = await Poll(town).begin()
        wanted = {"group_id": GROUP, "api_version": version, "enabled": 1}
        await town.ok("groups.setLongPollSettings", **wanted)
        await town.vk.say(town.dialog(), ANNA, text="раз")
        [event] = (await poll.check())["updates"]
        assert event["v"] == version
        message = event["object"] if is_flat else event["object"]["message"]
        assert (message["text"], "client_info" in event["object"]) == ("раз", not is_flat)

    asyncio.run(story())


def test_a_fault_strikes_the_long_poll_too() -> None:
    async def story() -> None:
        town = Town()
        poll = await Poll(town).begin()
        town.gate.faults.add({"network": "vk", "method": "a_check", "do": "html502", "times": 1})
        answer = await town.http.get(poll.server, params={"key": poll.key, "ts": poll.ts})
        assert (answer.status_code, answer.text[:6]) == (502, "<html>")
        assert "failed" not in await poll.check()

    asyncio.run(story())


def test_a_strangers_long_poll_is_denied() -> None:
    async def story() -> None:
        town = Town()
        assert await town.code("groups.getLongPollServer", group_id=1) == 15
        assert await town.code("groups.getLongPollServer") == 100
        assert "key" in await town.ok("groups.getLongPollServer", USER_KEY, group_id=GROUP)

    asyncio.run(story())
