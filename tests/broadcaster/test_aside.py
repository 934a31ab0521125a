"""A chat that refuses day after day is set aside, looked at once a day, and returns at the first success."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import MessengerError
from core.messenger import Outcome, Refused, Rights, Unknown
from core.words import AlarmKind, ChatKind, ChatState, DeliveryState, Reason
from storage import alarms, failing, tables
from storage.alarms import Alarm
from tests.broadcaster.office import Office, work
from tests.support.wait import until

DAY_S = 86_400
HOUR_S = 3_600
PENDING, SENT, REFUSED = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.REFUSED
NO_RIGHTS = Refused(Reason.NO_RIGHTS, "need administrator rights in the channel chat")
CLOSED = Refused(Reason.TOPIC_CLOSED, "TOPIC_CLOSED")


async def a_day(made: Office, key: str, *answers: Outcome, chat: str = "1") -> None:
    """Let a post go out, the chat answer like this, and a day pass."""
    made.messenger.script[chat].extend(answers)
    await made.take(key)
    await made.rest(1)
    made.clock.advance(DAY_S * 1000)


async def raised(made: Office) -> list[Alarm]:
    """Return the alarms that stand."""
    async with made.db.read() as connection:
        return await alarms.standing(connection)


async def failing_for_days(made: Office, days: int, answer: Outcome = NO_RIGHTS) -> None:
    """Let a channel refuse one post a day."""
    await made.chat("1", ChatKind.CHANNEL)
    for day in range(days):
        await a_day(made, f"day{day}", answer)
    made.messenger.allowed["1"] = Rights(False, "Канал")


@pytest.mark.parametrize(("days", "aside"), [(2, False), (3, True)])
def test_it_takes_three_days_of_failures(tmp_path: Path, days: int, aside: bool) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, days)
        found = [(one.kind, one.subject, one.detail) for one in await raised(made)]
        wanted = [(AlarmKind.CHAT, "chat:1", str(int(Reason.NO_RIGHTS)))] if aside else []
        assert found == wanted

    work(tmp_path, story)


def test_many_failures_of_one_day_are_one(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].extend([NO_RIGHTS] * 5)
        for number in range(5):
            await made.take(f"a{number}")
            await made.rest(60)
        assert await made.states() == [REFUSED] * 5
        assert await raised(made) == []

    work(tmp_path, story)


def test_a_success_in_between_begins_the_count_anew(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 2)
        await a_day(made, "good")
        await a_day(made, "bad1", NO_RIGHTS)
        await a_day(made, "bad2", NO_RIGHTS)
        assert await raised(made) == []
        await a_day(made, "bad3", NO_RIGHTS)
        assert len(await raised(made)) == 1

    work(tmp_path, story)


def test_the_number_of_days_is_the_networks_own(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        aside = made.courier.errands.aside
        aside._account = replace(aside._account, failing_days=1)
        await failing_for_days(made, 1)
        assert len(await raised(made)) == 1

    work(tmp_path, story)


def test_posts_wait_without_being_tried_and_go_out_once_the_probe_succeeds(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        made.clock.advance(-DAY_S * 1000 + HOUR_S * 1000)
        tried = len(made.messenger.sent)
        await made.take("waits")
        await made.rest(HOUR_S, times=5)
        await made.courier.errands.aside.look()
        assert len(made.messenger.sent) == tried
        assert (await made.states())[-1] is PENDING
        assert made.messenger.probes == []
        made.messenger.allowed["1"] = Rights(True, "Канал")
        made.clock.advance(DAY_S * 1000)
        await made.courier.errands.aside.look()
        await made.courier.drain()
        assert made.messenger.probes == ["1"]
        assert (await made.states())[-1] is SENT
        assert await raised(made) == []
        async with made.db.read() as connection:
            assert (await connection.execute(tables.failing.select())).all() == []

    work(tmp_path, story)


def test_what_waits_is_not_tried_before_the_days_probe(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        made.clock.advance(-DAY_S * 1000 + HOUR_S * 1000)
        await made.take("waits")
        tried = len(made.messenger.sent)
        for _ in range(2):
            await made.rest(1)
            made.clock.advance(DAY_S * 1000 - HOUR_S * 1000 + 1000)
            await made.rest(1)  # the courier is awake before anybody has looked
            await made.courier.errands.aside.look()
        assert len(made.messenger.probes) > 0
        assert len(made.messenger.sent) == tried
        assert (await made.states())[-1] is PENDING

    work(tmp_path, story)


def test_what_is_taken_back_does_not_wait_for_a_place_that_is_set_aside(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await a_day(made, "out")
        for day in range(3):
            await a_day(made, f"day{day}", CLOSED)
        made.clock.advance(-DAY_S * 1000 + HOUR_S * 1000)
        await made.take("waits")
        await made.retract("out")
        await made.rest(60)
        assert made.messenger.deleted == [("1",)]
        assert await made.rows(tables.delivery.c.state) == [
            *((state,) for state in (SENT, REFUSED, REFUSED, REFUSED, PENDING, SENT))
        ]
        await made.courier.errands.aside.look()
        assert len(await raised(made)) == 1, "that something was deleted does not speak for it"

    work(tmp_path, story)


def test_what_cannot_be_changed_does_not_speak_against_a_place(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        for day in range(4):
            await made.take(f"a{day}")
            await made.courier.drain()
        for day in range(4):
            made.messenger.edits["1"].append(NO_RIGHTS)
            made.messenger.deletes["1"].append(NO_RIGHTS)
            await made.retract(f"a{day}")
            await made.rest(1)
            made.clock.advance(DAY_S * 1000)
        assert (await made.states())[-4:] == [REFUSED] * 4
        assert await raised(made) == []

    work(tmp_path, story)


def test_a_place_that_took_something_meanwhile_waits_no_longer(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 2)
        gate = made.messenger.gates["1"] = asyncio.Event()
        await made.take("in the air")
        errands = asyncio.create_task(made.courier.drain())
        await until(lambda: bool(made.courier._air))
        made.clock.advance(1000)
        async with made.db.write() as connection:
            await failing.failed(connection, 1, Reason.NO_RIGHTS, made.clock.now(), 3)
            await made.courier.errands.aside.resume(connection)
        made.clock.advance(1000)
        gate.set()
        await errands
        assert len(await raised(made)) == 1
        await made.courier.errands.aside.look()
        await made.take("behind")
        await made.rest(1)
        assert (await made.states())[-1] is SENT
        assert await raised(made) == []

    work(tmp_path, story)


def test_the_probe_is_made_once_a_day(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        for _ in range(48):
            await made.courier.errands.aside.look()
            made.clock.advance(HOUR_S * 1000)
        assert made.messenger.probes == ["1", "1"]

    work(tmp_path, story)


def test_a_messenger_that_is_down_is_asked_again_soon(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        made.messenger.down = MessengerError("no answer")
        made.messenger.allowed["1"] = MessengerError("no answer")
        await made.courier.errands.aside.look()
        made.messenger.down = None
        made.messenger.allowed["1"] = Rights(True, "Канал")
        made.clock.advance(HOUR_S * 1000)
        await made.courier.errands.aside.look()
        assert await raised(made) == []

    work(tmp_path, story)


def test_what_waited_for_two_days_is_refused_with_the_reason(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        await made.take("waits")
        await made.courier.errands.aside.look()
        for _ in range(3):
            await made.rest(1)
            made.clock.advance(DAY_S * 1000)
            await made.courier.errands.aside.look()
        rows = await made.rows(tables.delivery.c.state, tables.delivery.c.reason)
        assert rows[-1] == (REFUSED, Reason.NO_RIGHTS)
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_restart_goes_on_holding(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        await made.courier.errands.aside.look()
        await made.restart()
        tried = len(made.messenger.sent)
        await made.take("waits")
        await made.rest(HOUR_S, times=3)
        assert len(made.messenger.sent) == tried

    work(tmp_path, story)


def test_where_rights_say_nothing_the_next_post_is_the_trial(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3, CLOSED)
        made.messenger.allowed["1"] = Rights(True, "Группа")
        made.messenger.script["1"].append(CLOSED)
        await made.courier.errands.aside.look()
        await made.take("trial")
        await made.take("behind")
        await made.rest(1)
        assert (await made.states())[-2:] == [REFUSED, PENDING], "one trial and no more"
        assert len(await raised(made)) == 1
        made.clock.advance(DAY_S * 1000)
        await made.courier.errands.aside.look()
        await made.rest(1)
        assert (await made.states())[-1] is SENT
        await made.courier.errands.aside.look()
        assert await raised(made) == []

    work(tmp_path, story)


def test_an_outage_of_the_whole_messenger_speaks_against_no_chat(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        for day in range(4):
            made.messenger.down = MessengerError("502")
            await a_day(made, f"day{day}", Unknown("502"))
            made.messenger.down = None
            made.clock.advance(10_000)
            await made.courier.round()
        assert await raised(made) == []

    work(tmp_path, story)


@pytest.mark.parametrize("reason", [Reason.SERVER_ERROR, Reason.OTHER])
def test_what_fails_everywhere_is_no_chats_own_fault(tmp_path: Path, reason: Reason) -> None:
    async def story(made: Office) -> None:
        names = ["1", "2", "3", "4", "5"]
        for name in names:
            await made.chat(name, ChatKind.CHANNEL)
        for day in range(4):
            for name in names:
                made.messenger.script[name].append(Refused(reason))
            await made.take(f"day{day}")
            await made.rest(1)
            made.clock.advance(DAY_S * 1000)
        assert await raised(made) == []

    work(tmp_path, story)


def test_a_chat_that_is_lost_meanwhile_leaves_no_alarm_and_no_word(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await failing_for_days(made, 3)
        async with made.db.write() as connection:
            await alarms.told(connection, (await alarms.standing(connection))[0], 1)
            await connection.execute(tables.chat.update().values(state=int(ChatState.GONE)))
        await made.courier.errands.aside.look()
        async with made.db.read() as connection:
            assert await alarms.untold(connection, made.clock.now()) == []
            assert (await connection.execute(tables.failing.select())).all() == []

    work(tmp_path, story)


def test_dialogs_are_never_set_aside(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        for day in range(5):
            await a_day(made, f"day{day}", NO_RIGHTS)
        assert await raised(made) == []

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "state"),
    [(ChatKind.PRIVATE, ChatState.GONE), (ChatKind.CHANNEL, ChatState.ACTIVE)],
)
def test_a_channel_that_cannot_be_found_may_be_found_tomorrow(
    tmp_path: Path, kind: ChatKind, state: ChatState
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        await a_day(made, "a", Refused(Reason.CHAT_NOT_FOUND, "chat not found"))
        async with made.db.read() as connection:
            (row,) = await connection.execute(tables.chat.select())
        assert row.state == state

    work(tmp_path, story)
