"""Told to end under load, a full disk, few open files: nothing is lost, nothing doubled, and it goes on by itself."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from storage import tables
from tests.journeys.ground import scene
from tests.journeys.killing import AUTHOR, CREATES, LONG, Scene
from tests.journeys.reckoning import reckon
from tests.support.points import TITLE
from tests.support.zygote import Zygote

pytestmark = pytest.mark.xdist_group("kills")
PERSONS = 4
SLOW_MS = 400  # how long the messengers think, so that calls are in the air
NO_NEW_AFTER_S, ENDS_WITHIN_S = 1, 30
BACK_WITHIN_S = 60  # of the sandbox's clock, after there is space again
NOTHING_MORE = 4096  # bytes that every file has already
FEW_FILES = 64


def play(folder: Path, story: Callable[[Scene], Awaitable[None]]) -> None:
    """Run a story in a scene of its own; in the end everything is there once, and nobody is in doubt."""

    async def run() -> None:
        async with scene(folder, PERSONS) as made:
            await made.publish_what_is_stopped()
            await story(made)
            found = await reckon(made)
            assert (found.doubled.total(), found.unknown.total(), found.unheard.total()) == (
                0,
                0,
                0,
            )

    asyncio.run(run())


async def publish_all(made: Scene) -> None:
    """Publish a post of every shape and let them be found."""
    for paragraphs, pictures in ((1, 0), (LONG, 0), (1, 2), (1, 0), (1, 0)):
        await made.publish(paragraphs, pictures)
    await made.post("clock", advance_s=6)


def test_told_to_end_under_load_it_ends_soon_and_goes_on_where_it_was(
    tmp_path: Path, hatch: Zygote
) -> None:
    async def story(made: Scene) -> None:
        pid = hatch.start(tmp_path)
        await made.first_reading()
        for network, method in (("telegram", "sendMessage"), ("vk", "messages.send")):
            slow = {"network": network, "method": method, "do": "slow", "ms": SLOW_MS}
            await made.post("faults", **slow)
        for _ in range(8):  # some seconds of work, on a slow machine too
            await made.publish(1, 0)
        await publish_all(made)
        await made.after_deliveries(4)
        told_at = (await made.get("clock"))["now_s"]
        began = time.monotonic()
        status = await asyncio.to_thread(hatch.end, pid)
        assert status == 0, made.told()
        assert time.monotonic() - began < ENDS_WITHIN_S
        await made.calls()
        late = [c for c in made.log if c["at"] > told_at + NO_NEW_AFTER_S]
        assert not [c for c in late if c["method"].lower() in CREATES], "new work after SIGTERM"
        assert await made.has_work(), "there was nothing left to do"
        assert not await made.in_the_air(), "what was in the air came home"
        assert (await made.control.delete("/control/faults")).is_success
        await made.until_settled(hatch, hatch.start(tmp_path))

    play(tmp_path, story)


def test_on_a_full_disk_nothing_is_promised_and_with_space_it_goes_on_by_itself(
    tmp_path: Path, hatch: Zygote
) -> None:
    async def story(made: Scene) -> None:
        pid = hatch.start(tmp_path)
        await made.first_reading()
        await publish_all(made)
        await made.after_deliveries(3)
        await _fill_disk(made, pid)
        said = f"{TITLE} 9999\n\nНаша новость."
        before = len(await _told(made))
        await made.post("say", network="telegram", chat="main", text=said, **{"as": AUTHOR})
        quiet, known = 0, len(made.log)
        while quiet < 10:  # what was in the air when it happened comes home
            await made.post("clock", advance_s=1)
            await made.calls(0.2)
            left = [call for call in made.log[known:] if call["effect"]]
            quiet, known = 0 if left else quiet + 1, len(made.log)
        for _ in range(10):
            await made.post("clock", advance_s=30)
            await made.calls(0.1)
        assert not [c for c in made.log[known:] if c["effect"]], "something left without a mark"
        assert len(await _told(made)) == before, "it said «принято»"
        assert await made.has_work(), "there was nothing left to do"
        await _make_space(made, pid)
        for _ in range(BACK_WITHIN_S):
            await made.post("clock", advance_s=1)
            await made.calls(0.1)
            if len(await _told(made)) > before:
                break
        assert len(await _told(made)) > before, made.told()
        await made.until_settled(hatch, pid)

    play(tmp_path, story)


_ON_WRITE = (
    "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {}; END'"
)


async def _fill_disk(made: Scene, pid: int) -> None:
    """Leave no room for whatever the product writes; a server refuses as it does when its own disk is full."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (NOTHING_MORE, resource.RLIM_INFINITY))
    if isinstance(made.db.where, Path):
        return
    async with made.db.write() as connection:
        await connection.exec_driver_sql(
            _ON_WRITE.format("RAISE ''no space left on device'' USING ERRCODE = ''disk_full''")
        )
        for table in tables.metadata.tables:
            await connection.exec_driver_sql(
                f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"
            )


async def _make_space(made: Scene, pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    if not isinstance(made.db.where, Path):
        async with made.db.write() as connection:
            # What is called is changed: to drop the triggers would want all tables from whoever reads.
            await connection.exec_driver_sql(_ON_WRITE.format("RETURN NULL"))


async def _told(made: Scene) -> list[str]:
    """Return what the bot said to the author."""
    messages = (await made.get(f"chats/telegram/main?as={AUTHOR}"))["messages"]
    return [m["text"] for m in messages if m["from_id"] != AUTHOR]


def test_with_few_open_files_it_works_all_the_same(tmp_path: Path, hatch: Zygote) -> None:
    async def story(made: Scene) -> None:
        pid = hatch.start(tmp_path)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))
        await made.first_reading()
        await publish_all(made)
        await made.after_deliveries(20)
        await made.until_settled(hatch, pid)
        assert "Too many open files" not in made.told()

    play(tmp_path, story)
