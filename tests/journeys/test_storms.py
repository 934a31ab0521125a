"""Weather that lasts, by the sandbox's clock: whom it does not hit keeps its rate, and whom it hits is served soon after."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from broadcaster.calls import REFUSED_IN_A_ROW
from broadcaster.watchdog import Watchdog
from core.words import AlarmKind, ChatKind, DeliveryState
from storage import tables
from tests.journeys.test_weather import PEOPLE, deliver, outcome, publish, walk
from tests.support.town import Town, town
from tests.support.wait import until

SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN
CROWD = 120
STORM_SHARE = 0.3
RETRY_AFTER_S = (1, 5, 30, 120)
STEP_S = 0.1
HOUR_S, DAY_S = 3600, 24 * 3600
POSTS, STEPS = 3, 12  # posts while it lasts, and looks between two of them
EARLY_S = 0.002  # our clock counts in milliseconds
OTHERS_KEEP = 0.95  # of the calls that leave in a second
SLOTS_IN_A_STEP = 4  # calls that may leave together, before the first of them is answered
DRAINED_S = 600  # by the platforms' clock, after the weather is over
TRIES = 60  # of one destination in an hour of errors


async def crowd(made: Town) -> None:
    """Let many persons subscribe on Telegram; the clock stands still from now on."""
    await made.post("world", sites=[{"name": "news", "title": "Новости"}])
    await made.source("news")
    await made.flow()
    for person in range(1, CROWD + 1):
        await made.subscriber("telegram", person)
    await made.post("clock", mode="manual")
    await made.advance(0)


async def fan_out(made: Town) -> dict[str, list[dict[str, Any]]]:
    """Publish a post and let the courier work, a tenth of a second at a time; return the calls by chat."""
    await publish(made)
    first = (await made.get("calls", since=0))["next"]
    courier = made.couriers["telegram"]
    made.bell.ring(courier.topic)
    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(int(RETRY_AFTER_S[-1] / STEP_S) + 300):
        # Nothing is in the air, and the courier waits for the clock.
        await until(lambda: not courier._air and _all_wait(made), 20)
        found = {}
        for call in (await made.get("calls", since=first))["calls"]:
            if call["method"] == "sendMessage":
                found.setdefault(call["chats"][0], []).append(call)
        if len(found) == CROWD and all(calls[-1]["code"] == 0 for calls in found.values()):
            break
        await made.advance(STEP_S if len(found) < CROWD else 10 * STEP_S)
    return found


def _all_wait(made: Town) -> bool:
    waits = made.clock._limits.values()
    return bool(waits) and min(waits) > made.clock.now()


def lasted(calls: Sequence[list[dict[str, Any]]], since: float) -> float:
    """Return the seconds in which each of these chats was served."""
    return float(max(one[-1]["at"] for one in calls)) - since


def test_chats_that_are_throttled_do_not_slow_the_others_down(tmp_path: Path) -> None:
    async def story() -> None:
        async with town(tmp_path, "telegram", people=CROWD) as made, asyncio.timeout(60):
            await crowd(made)
            running = asyncio.create_task(made.couriers["telegram"].run())
            began = made.clock.now() / 1000 + 61
            fair = lasted(list((await fan_out(made)).values()), began)
            await made.advance(120)
            hit = [str(n) for n in range(1, CROWD + 1) if n % 10 < 10 * STORM_SHARE]
            for chat, seconds in zip(hit, cycle(RETRY_AFTER_S), strict=False):
                storm = {"do": "throttle", "retry_after": seconds, "times": 1}
                await made.post("faults", network="telegram", chat=chat, **storm)
            began = made.clock.now() / 1000 + 61
            calls = await fan_out(made)
            spared = [chat_calls for chat, chat_calls in calls.items() if chat not in hit]
            storm = lasted(spared, began)
            # Some who were refused are served in between, and so they should be.
            made_meanwhile = [c for one in calls.values() for c in one if c["at"] - began <= storm]
            assert len(made_meanwhile) / storm >= OTHERS_KEEP * CROWD / fair
            for chat, seconds in zip(hit, cycle(RETRY_AFTER_S), strict=False):
                refused, served = calls[chat]
                assert (refused["code"], served["code"]) == (429, 0)
                assert served["at"] >= refused["at"] + seconds - EARLY_S
            await made.couriers["telegram"].stop(1)
            await running

    asyncio.run(story())


def test_an_account_that_is_throttled_as_a_whole_is_silent_until_it_may_speak(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with town(tmp_path, "telegram", people=CROWD) as made, asyncio.timeout(60):
            await crowd(made)
            running = asyncio.create_task(made.couriers["telegram"].run())
            storm = {"do": "throttle", "retry_after": 30, "for_s": 61 + 4, "after": 20}
            await made.post("faults", network="telegram", method="sendMessage", **storm)
            calls = sorted((c for one in (await fan_out(made)).values() for c in one), key=_at)
            refused = [call for call in calls if call["code"] == 429]
            assert 0 < len(refused) <= REFUSED_IN_A_ROW + SLOTS_IN_A_STEP
            silence = refused[-1]["at"], refused[-1]["at"] + 30 - EARLY_S
            assert not [c for c in calls if silence[0] < c["at"] < silence[1]]
            await made.couriers["telegram"].stop(1)
            await running

    asyncio.run(story())


async def publish_one(made: Town, number: int) -> None:
    """Publish a post and read it in."""
    await made.post(
        "sites/news", publish={"title": f"Новость {number}", "html": "<p>Да.</p>", "pictures": 0}
    )
    await made.advance(61)
    assert made.poller is not None
    await made.poller.drain()


async def titles(made: Town, network: str, chat: object = "main", person: int = 1) -> list[str]:
    """Return the posts a person sees, in their order."""
    seen = await made.seen(network, chat, person)
    firsts = [m["text"].partition("\n")[0] for m in seen]
    return [first for first in firsts if first.startswith("Новость")]


async def pass_time(made: Town, dog: Watchdog, seconds: float, step: float) -> None:
    """Let time pass in steps; deliver after each, and let the watchdog look."""
    for _ in range(int(seconds / step)):
        await made.advance(step)
        await deliver(made)
        await dog.ask()
        await dog.look()


LASTING: list[tuple[str, str, dict[str, Any], float]] = [
    ("telegram", "vk", {"do": "offline"}, DAY_S),
    ("vk", "telegram", {"do": "offline"}, DAY_S),
    ("telegram", "vk", {"do": "error", "code": 401, "text": "Unauthorized"}, DAY_S),
    ("telegram", "vk", {"do": "error", "code": 500, "text": "Internal Server Error"}, HOUR_S),
    ("vk", "telegram", {"do": "error", "code": 10, "text": "Internal server error"}, HOUR_S),
    ("vk", "telegram", {"do": "html502"}, HOUR_S),
]


@pytest.mark.parametrize(
    ("hit", "spared", "fault", "lasts"),
    LASTING,
    ids=[f"{hit}-{fault['do']}-{fault.get('code', '')}" for hit, _, fault, _ in LASTING],
)
def test_one_network_is_away_for_long_and_only_it_waits(
    tmp_path: Path, hit: str, spared: str, fault: dict[str, Any], lasts: float
) -> None:
    async def story(made: Town) -> None:
        dog = Watchdog(made.db, lambda: list(made.couriers.values()), made.bell, made.clock)
        await publish_one(made, 0)
        await deliver(made)
        await made.post("faults", network=hit, for_s=lasts, **fault)
        first = (await made.get("calls", since=0))["next"]
        for number in range(1, POSTS + 1):
            await publish_one(made, number)
            await pass_time(made, dog, 61, 61)
            for person in PEOPLE:  # whom it does not concern has it a minute later
                assert len(await titles(made, spared, person=person)) == number + 1
            await pass_time(made, dog, lasts / POSTS, lasts / POSTS / STEPS)
        calls = (await made.get("calls", since=first))["calls"]
        tries = Counter(chat for c in calls if c["network"] == hit for chat in c["chats"])
        assert max(tries.values(), default=0) <= TRIES * lasts / HOUR_S
        assert (await made.get("faults"))["faults"] == [], "the weather is over by itself"
        await pass_time(made, dog, DRAINED_S, 10)
        expected = [f"Новость {number}" for number in range(POSTS + 1)]
        for person in PEOPLE:
            assert await titles(made, spared, person=person) == expected
            assert await titles(made, hit, person=person) == expected, "in order, each once"
        calls = (await made.get("calls", since=first))["calls"]
        assert not [c for c in calls if c["code"] in (429, 6)], "all at once when it is back"
        async with made.db.read() as connection:
            alarms = list(await connection.execute(sa.select(tables.alarm)))
        assert len(alarms) == 1, "raised once, however long it lasts"
        # That a key is taken again, the readers of updates find out, and they do not run here.
        assert alarms[0].cleared_at is not None or alarms[0].kind == AlarmKind.ACCOUNT
        found = await outcome(made)
        for (network, kind), states in found.items():
            # Of a channel or wall only the post that met the beginning of it is asked about.
            may_ask = network == hit and kind is not ChatKind.PRIVATE
            counts = Counter({state: 0 for state, _ in states})
            for (state, _), times in states.items():
                counts[state] += times
            assert set(counts) <= {SENT, UNKNOWN}
            assert counts[UNKNOWN] <= may_ask

    walk(tmp_path, story)


def _at(call: dict[str, Any]) -> float:
    at: float = call["at"]
    return at
