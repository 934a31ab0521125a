"""What is wrong with the whole raises one alarm, and clears it when it is over; a restart changes nothing in that."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.watchdog import LITTLE_ROOM, Watchdog
from broadcaster.words import account_trouble
from core.errors import MessengerError, TokenDead
from core.messenger import Refused, Rights, Unknown
from core.words import AlarmKind, ChatKind, DeliveryState, Reason
from storage import accounts, alarms, health, tables
from tests.broadcaster.office import Office, work

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
PRIVATE, CHANNEL = ChatKind.PRIVATE, ChatKind.CHANNEL


def dog(made: Office, **more: object) -> Watchdog:
    """Return a watchdog as a fresh start has it."""
    return Watchdog(made.db, lambda: [made.courier], made.bell, made.clock, **more)  # type: ignore[arg-type]


async def kinds(made: Office) -> list[tuple[AlarmKind, str]]:
    """Return the alarms that stand."""
    async with made.db.read() as connection:
        return [(one.kind, one.subject) for one in await alarms.standing(connection)]


async def history(made: Office) -> int:
    """Count the alarms there ever were."""
    async with made.db.read() as connection:
        return len((await connection.execute(tables.alarm.select())).all())


async def watch(made: Office, watchdog: Watchdog, minutes: int) -> None:
    """Let it look and ask once a minute."""
    for _ in range(minutes):
        await watchdog.look()
        await watchdog.ask()
        made.clock.advance(MINUTE_MS)
    await watchdog.look()
    await watchdog.ask()


def test_an_account_in_trouble_is_known_at_the_first_look_and_over_with_it(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        watchdog = dog(made)
        rung = made.bell.on("alarms")
        async with made.db.write() as connection:
            await accounts.set_trouble(connection, made.account, "Ключ не принят.")
        await watchdog.look()
        assert await kinds(made) == [(AlarmKind.ACCOUNT, f"account:{made.account}")]
        assert rung.is_set()
        rung.clear()
        await watch(made, dog(made), 3)
        assert not rung.is_set(), "neither time nor a restart repeats it"
        async with made.db.write() as connection:
            await accounts.set_trouble(connection, made.account, None)
        await watchdog.look()
        assert await kinds(made) == []
        assert rung.is_set()
        assert await history(made) == 1

    work(tmp_path, story)


def test_a_messenger_is_silent_after_five_minutes_without_an_answer(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        watchdog = dog(made)
        made.messenger.down = MessengerError("no answer")
        await watch(made, watchdog, 4)
        assert await kinds(made) == []
        await watch(made, watchdog, 1)
        assert await kinds(made) == [(AlarmKind.SILENT, f"account:{made.account}")]
        await watch(made, dog(made), 2)
        assert await history(made) == 1, "a restart neither forgets nor repeats it"
        assert len(await kinds(made)) == 1
        made.messenger.down = None
        await watch(made, dog(made), 1)
        assert await kinds(made) == []

    work(tmp_path, story)


def test_a_worker_judges_only_the_accounts_and_the_disk_that_are_its_own(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        full = dog(made, free=lambda: 0, host="one")
        made.messenger.down = MessengerError("no answer")
        await watch(made, full, 6)
        wanted = [(AlarmKind.DISK, "one"), (AlarmKind.SILENT, f"account:{made.account}")]
        assert await kinds(made) == wanted
        other = Watchdog(made.db, list, made.bell, made.clock, host="two")
        await watch(made, other, 2)
        assert await kinds(made) == wanted

    work(tmp_path, story)


def test_a_break_of_a_minute_is_no_silence(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        watchdog = dog(made)
        for _ in range(5):
            made.messenger.down = MessengerError("no answer")
            await watch(made, watchdog, 3)
            made.messenger.down = None
            await watch(made, watchdog, 1)
        assert await history(made) == 0

    work(tmp_path, story)


def test_a_dead_token_is_no_silence(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        made.messenger.down = TokenDead("401")
        await watch(made, dog(made), 7)
        assert await kinds(made) == []

    work(tmp_path, story)


def test_what_is_in_the_air_for_ten_minutes_is_stuck(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a")
        async with made.db.write() as connection:
            values = {"state": int(DeliveryState.IN_FLIGHT), "claimed_at": 1}
            await connection.execute(tables.delivery.update().values(**values))
        watchdog = dog(made)
        await watch(made, watchdog, 9)
        assert await kinds(made) == []
        await watch(made, watchdog, 2)
        assert await kinds(made) == [(AlarmKind.STUCK, f"account:{made.account}")]
        await made.restart()
        await watch(made, dog(made), 1)
        assert await kinds(made) == [], "the start has judged it"

    work(tmp_path, story)


def test_what_is_tried_again_and_again_is_not_stuck(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a")
        watchdog = dog(made)
        for n in range(30):
            state = DeliveryState.IN_FLIGHT if n % 3 else DeliveryState.PENDING
            async with made.db.write() as connection:
                await connection.execute(tables.delivery.update().values(state=int(state)))
            await watchdog.look()
            made.clock.advance(MINUTE_MS)
        assert await history(made) == 0

    work(tmp_path, story)


@pytest.mark.parametrize(("doubtful", "raised"), [(4, False), (6, True)])
def test_too_many_unknowns_of_a_day_raise_an_alarm_with_their_share(
    tmp_path: Path, doubtful: int, raised: bool
) -> None:
    async def story(made: Office) -> None:
        for number in range(20):
            # A channel's owner is asked; a person is sent it once more, which was in doubt no less.
            await made.chat(str(number), PRIVATE if number % 2 else CHANNEL)
            if number < doubtful:
                made.messenger.script[str(number)].append(Unknown())
        await made.take("a")
        await made.rest(60)
        async with made.db.read() as connection:
            fates = await health.fates(connection, 0)
        assert (fates.ended, fates.unknown) == (20, doubtful)
        assert fates.unknown_of_100000 == doubtful * 5_000
        watchdog = dog(made, unknowns=5_000)
        await watchdog.look()
        assert await kinds(made) == ([(AlarmKind.UNKNOWNS, "")] if raised else [])
        await made.take("b")
        await made.rest(2 * HOUR_MS / 1000)
        await watchdog.look()
        assert await history(made) == raised, "the share is another one, the alarm is the same"
        made.clock.advance(25 * HOUR_MS)
        await watchdog.look()
        assert await kinds(made) == []

    work(tmp_path, story)


def test_a_clock_that_is_put_back_delays_no_alarm(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a")
        async with made.db.write() as connection:
            values = {"state": int(DeliveryState.IN_FLIGHT), "claimed_at": 1}
            await connection.execute(tables.delivery.update().values(**values))
        watchdog = dog(made)
        made.messenger.down = MessengerError("no answer")
        await watch(made, watchdog, 4)
        made.clock.advance(-24 * HOUR_MS)
        await watch(made, watchdog, 12)
        account = f"account:{made.account}"
        assert await kinds(made) == [(AlarmKind.SILENT, account), (AlarmKind.STUCK, account)]

    work(tmp_path, story)


def test_a_disk_that_fills_up_is_told_while_a_row_can_still_be_written(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        room = [LITTLE_ROOM - 1]
        watchdog = dog(made, free=lambda: room[0])
        await watch(made, watchdog, 2)
        assert await kinds(made) == [(AlarmKind.DISK, "")]
        room[0] = LITTLE_ROOM
        await watchdog.ask()
        assert await kinds(made) == []
        assert await history(made) == 1

    work(tmp_path, story)


def test_a_wall_that_opens_again_ends_the_accounts_trouble(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.WALL)
        made.messenger.script["1"].append(Refused(Reason.NO_WALL_KEY))
        await made.take("a")
        await made.courier.drain()
        made.messenger.allowed["1"] = Rights(False, "Стена")
        watchdog = dog(made)
        await watch(made, watchdog, 20)
        assert await kinds(made) == [(AlarmKind.ACCOUNT, f"account:{made.account}")]
        assert len(made.messenger.probes) <= 3, "not at each look"
        made.messenger.allowed["1"] = Rights(True, "Стена")
        await watch(made, watchdog, 11)
        assert await kinds(made) == []

    work(tmp_path, story)


def test_a_wall_behind_a_captcha_is_open_when_something_came_out_on_it(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.WALL)
        async with made.db.write() as connection:
            trouble = account_trouble(Reason.CAPTCHA)
            await accounts.set_trouble(connection, made.account, trouble)
        watchdog = dog(made)
        await watch(made, watchdog, 20)
        assert made.messenger.probes == [], "rights say nothing about it"
        assert len(await kinds(made)) == 1
        await made.take("a")
        await made.courier.drain()
        await watch(made, watchdog, 1)
        assert await kinds(made) == []

    work(tmp_path, story)
