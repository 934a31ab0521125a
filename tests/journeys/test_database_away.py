"""The server of the database restarts again and again, is away, takes nobody in, or refuses: the network goes on by itself."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import logs, start
from core.words import ChatKind
from storage import tables
from tests.journeys.ground import scene
from tests.journeys.killing import CREATES, LONG, Scene
from tests.journeys.reckoning import reckon
from tests.support.postgres import server

pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("each_database", ["postgresql"], indirect=True),
]
RESTARTS = int(os.environ.get("VESTNIK_RESTARTS", "2"))
SENDS = int(os.environ.get("VESTNIK_SENDS", "100"))
PERSONS = 3
AWAY_S, STEP_S = 300, 30  # of the product's clock
LEASE_S = 1.5  # of the machine's: stands for the half minute of the product
BACK_S, SLOW_S = 5, 10  # until it goes on, and what a machine may add that does many other things
ROLE, PASSWORD = "narrow", "Parol1-9f3c"
SHAPES = ((1, 0), (1, 2), (LONG, 0))
ANSWER = "Мои подписки"
REFUSALS = {
    "deadlock": "40P01",
    "serialization": "40001",
    "no room on the disk": "53100",
    "a lock waited for too long": "55P03",
    "a statement that took too long": "57014",
}
REFUSED_UNTIL = 6 * len(REFUSALS)  # writes, of which every third is refused

Story = Callable[[Scene], Awaitable[None]]


def play(folder: Path, story: Story, workers: int = 1) -> str:
    """Run a story beside the whole product; returns what that has logged. All arrives once, and nobody is in doubt."""
    log = logging.FileHandler(folder / "product.log", encoding="utf-8")
    log.setFormatter(logs.OneLine())
    log.addFilter(_not_formatted_yet)
    logging.getLogger().addHandler(log)

    async def whole() -> None:
        async with scene(folder, PERSONS) as made:
            await _let_in(made)
            async with product(made, workers):
                await made.first_reading()
                await until_it_listens(made)
                await made.publish_what_is_stopped()
                await story(made)
                await made.until_nothing_waits()
            found = await reckon(made)
            assert (found.doubled.total(), found.unknown.total(), found.unheard.total()) == (0,) * 3

    try:
        asyncio.run(whole())
    finally:
        logging.getLogger().removeHandler(log)
        log.close()
    told = (folder / "product.log").read_text(encoding="utf-8")
    assert PASSWORD not in told
    return told


def _not_formatted_yet(record: logging.LogRecord) -> bool:
    record.exc_text = None  # pytest's handler has kept its own
    return True


async def _let_in(made: Scene) -> None:
    """Let the product be a role of its own, which is no administrator: that one is never kept out."""
    have = f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}')"
    async with made.db.write() as connection:
        for statement in (
            f"DO $$ BEGIN {have} THEN CREATE ROLE {ROLE} LOGIN; END IF; END $$",
            f"ALTER ROLE {ROLE} CONNECTION LIMIT -1",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
        ):
            await connection.exec_driver_sql(statement)
    config, password = made.folder / "config.yaml", made.folder / "password"
    password.touch(0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    settings = config.read_text(encoding="utf-8").replace("postgres@", f"{ROLE}@")
    config.write_text(f"{settings}database_password: file:{password}\n", encoding="utf-8")


@asynccontextmanager
async def product(made: Scene, workers: int) -> AsyncIterator[None]:
    """Let the whole product run while the block lasts, as often as wanted; if one ends by itself, so does the block."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            run = start.run_config(
                made.folder / "config.yaml", made.folder, stop, 5, lease_s=LEASE_S
            )
            group.create_task(run)
        yield
        stop.set()


async def until_it_listens(made: Scene) -> None:
    """Wait until what people had said before is answered, and every place is kept: VK tells nothing from before."""
    cursors = sa.select(tables.account.c.cursor)
    while True:
        async with made.db.read() as connection:
            listens = all(await connection.scalars(cursors))
        if listens and (await answers(made))["telegram"]:
            return
        await made.calls(0.2)


async def in_the_middle(made: Scene) -> None:
    """Publish something and return while it goes out."""
    for _ in range(2):
        await made.publish(*SHAPES[len(made.titles) % len(SHAPES)])
    await made.post("clock", advance_s=6)
    await made.after_deliveries(4)


async def for_minutes(made: Scene) -> None:
    """Let the product's clock go on while the database is away: nothing new leaves."""
    for step in range(AWAY_S // STEP_S):
        await made.post("clock", advance_s=STEP_S)
        await made.calls(0.1)
        if step == 1:  # what was marked is out
            known = len(made.log)
    assert not _creates(made, known), "something left without a mark"


async def goes_on(made: Scene) -> None:
    """Fail unless a message is made soon."""
    began, known = time.monotonic(), len(made.log)
    while not _creates(made, known):
        assert time.monotonic() - began < BACK_S + SLOW_S
        await made.post("clock", advance_s=1)
        await made.calls(0.2)


def _creates(made: Scene, since: int) -> list[str]:
    calls = [(one["method"], one["effect"]) for one in made.log[since:]]
    return [method for method, effect in calls if effect and method.lower() in CREATES]


async def ask(made: Scene) -> None:
    """Let a person write to both bots."""
    for name in ("telegram", "vk"):
        await made.post("say", network=name, chat="main", text="меню", **{"as": 1})


async def answers(made: Scene) -> Counter[str]:
    """Count what the person was answered by each bot."""
    found: Counter[str] = Counter()
    for place in made.places:
        if place.kind is ChatKind.PRIVATE and place.external == "1":
            texts = [message["text"] for message in await made.seen(place)]
            found[place.network] = sum(text.startswith(ANSWER) for text in texts)
    return found


async def once_answered(made: Scene, before: Counter[str], times: int) -> None:
    """Wait until every question has its answer, and see that there is no second one."""
    wanted = before + Counter({"telegram": times, "vk": times})
    began = time.monotonic()
    while (have := await answers(made)) != wanted:
        assert have <= wanted, "answered twice"
        assert time.monotonic() - began < BACK_S + SLOW_S, (have, wanted)
        await made.post("clock", advance_s=5)
        await made.calls(0.2)


def test_restarted_again_and_again_and_away_for_minutes_it_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    async def story(made: Scene) -> None:
        before = await answers(made)
        for number in range(RESTARTS):
            await in_the_middle(made)
            how = signal.SIGQUIT if number % 2 else signal.SIGINT  # a crash, or told to end
            await asyncio.to_thread(server().stop, how)
            await ask(made)
            if number == 0:
                await for_minutes(made)
            server().start()  # not in a thread: it would end with that
            await goes_on(made)
        await once_answered(made, before, RESTARTS)

    told = play(tmp_path, story).splitlines()
    assert [line for line in told if "the database does not answer, nothing new will leave" in line]
    assert [line for line in told if "the database answers again" in line]
    away = [line for line in told if re.search("FileNotFoundError|ConnectionRefused", line)]
    assert away
    assert not [line for line in away if "Traceback" in line], "the same trace every second"


def test_let_in_by_nobody_it_waits_and_goes_on(tmp_path: Path) -> None:
    async def story(made: Scene) -> None:
        before = await answers(made)
        await in_the_middle(made)
        server().execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
        ours = f"FROM pg_stat_activity WHERE usename = '{ROLE}'"
        server().execute(f"SELECT pg_terminate_backend(pid) {ours}")
        await ask(made)
        await for_minutes(made)
        server().execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")
        await goes_on(made)
        await once_answered(made, before, 1)

    told = play(tmp_path, story)
    assert "too many connections" in told


def test_whatever_the_server_refuses_for_now_is_done_later(tmp_path: Path) -> None:
    async def story(made: Scene) -> None:
        before = await answers(made)
        await _let_it_refuse(made)
        await ask(made)
        await in_the_middle(made)
        for _ in range(60):
            await made.post("clock", advance_s=2)
            await made.calls(0.1)
        await made.until_nothing_waits()
        await once_answered(made, before, 1)

        async with made.db.read() as connection:
            written = await connection.scalar(sa.text("SELECT last_value FROM written"))
        assert (written or 0) >= REFUSED_UNTIL, "each was refused more than once"

    play(tmp_path, story)


async def _let_it_refuse(made: Scene) -> None:
    """Let every third write fail in one way or another, for as many times as there are ways, and twice."""
    names = ", ".join(f"'{name}'" for name in REFUSALS)
    codes = ", ".join(f"'{code}'" for code in REFUSALS.values())
    async with made.db.write() as connection:
        await connection.exec_driver_sql("CREATE SEQUENCE written")  # it counts what is undone, too
        await connection.exec_driver_sql(
            f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            DECLARE
                number integer := nextval('written');
                which integer := (number / 3) % {len(REFUSALS)} + 1;
            BEGIN
                IF number % 3 = 0 AND number <= {REFUSED_UNTIL} THEN
                    RAISE EXCEPTION 'planted: %', (ARRAY[{names}])[which]
                        USING ERRCODE = (ARRAY[{codes}])[which];
                END IF;
                RETURN NULL;
            END $$"""
        )
        for table in ("delivery", "inbox", "reply", "post"):
            await connection.exec_driver_sql(
                f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
            )


def test_two_started_by_mistake_share_the_work_and_send_and_answer_once(tmp_path: Path) -> None:
    async def story(made: Scene) -> None:
        before = await answers(made)
        for number in range(SENDS // len(made.places)):
            await made.publish()
            if number == 0:
                await ask(made)
            if number % 5 == 0:
                await made.post("clock", advance_s=6)
                await made.after_deliveries(5)
        await made.until_nothing_waits()
        await once_answered(made, before, 1)
        calls = [(one["method"], one["status"]) for one in made.log]
        assert not [one for one in calls if one[1] == 409], "both read the same updates"

    told = play(tmp_path, story, workers=2)
    assert "Traceback" not in told
