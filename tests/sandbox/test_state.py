"""A world written to a file and read again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from telegram_town import CHANNEL, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.demo import build
from sandbox.server import serve
from sandbox.state import Broken
from sandbox.world import Chat, Message
from tests.support.inspected import flags, inspected


async def fill(town: Town) -> None:
    """Let some of everything happen."""
    await town.started()
    await town.upload("sendPhoto", {"photo": ("а.png", png())}, chat_id=CHANNEL, caption="Снимок")
    keyboard = {
        "inline_keyboard": [
            [{"text": "Да", "callback_data": "y"}, {"text": "Сайт", "url": "http://a.ru"}]
        ]
    }
    await town.call("sendMessage", chat_id=OLGA, text="Вопрос?", reply_markup=keyboard)
    await town.call(
        "sendMessage",
        chat_id=OLGA,
        text="Меню",
        reply_markup={"keyboard": [[{"text": "А"}, {"text": "Б"}]]},
    )
    await town.call("setMyCommands", commands=[{"command": "help", "description": "Помощь"}])
    await town.side.do(town.side.find_chat("Завод", None), OLGA, "create_topic", {"name": "Быт"})
    await town.side.say(town.dialog(), OLGA, text="Не прочитано")
    town.gate.faults.add({"do": "offline", "times": 3, "network": "vk"})


def everything(town: Town) -> dict[str, Any]:
    world = town.world
    return {
        "people": world.people,
        "accounts": world.accounts,
        "chats": world.chats,
        "files": world.files,
        "sites": world.sites,
        "limits": town.gate.limits.describe(),
        "faults": town.gate.faults.snapshot(),
    }


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    before: dict[str, Any] = {}

    async def first(town: Town) -> None:
        await fill(town)
        before.update(everything(town))

    async def second(town: Town) -> None:
        assert everything(town) == before
        assert [u["message"]["text"] for u in await town.updates() if "text" in u["message"]] == [
            "Не прочитано"
        ]
        new = await town.call("sendMessage", chat_id=OLGA, text="Дальше")
        assert new["message_id"] == before["chats"][-1].last_id + 1

    in_town(first, state=tmp_path / "deep" / "world.json")
    in_town(second, state=tmp_path / "deep" / "world.json")


def test_the_demos_world_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"

    async def story() -> None:
        sandbox = inspected(state=path)
        build(sandbox.world, sandbox.sides)
        async with serve(sandbox):
            pass
        again = inspected(state=path)
        assert again.restored
        assert again.world.accounts == sandbox.world.accounts
        assert again.world.chats == sandbox.world.chats
        assert again.world.sites == sandbox.world.sites
        assert again.world.files == sandbox.world.files

    asyncio.run(story())


def test_a_standing_clock_stands_and_a_moved_one_keeps_its_distance(tmp_path: Path) -> None:
    async def stand(town: Town) -> None:
        town.world.clock.set(mode="manual", at=5_000)

    async def move(town: Town) -> None:
        assert (town.world.clock.mode, town.world.clock.now()) == ("manual", 5_000)
        town.world.clock.set(mode="real", at=time.time() + 3600)

    async def look(town: Town) -> None:
        assert town.world.clock.now() - time.time() == pytest.approx(3600, abs=5)

    for story in (stand, move, look):
        in_town(story, state=tmp_path / "world.json")


def test_a_change_is_on_disk_soon_without_a_stop(tmp_path: Path) -> None:
    path = tmp_path / "world.json"

    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Новость дня")
        async with asyncio.timeout(5):
            # The claim is about time, and the disk tells nobody.
            while not path.exists() or "Новость дня" not in path.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    in_town(story, state=path)


def test_bytes_are_written_once_and_removed_with_the_world_unless_a_bot_has_their_handle(
    tmp_path: Path,
) -> None:
    path, folder = tmp_path / "world.json", tmp_path / "world.json.files"

    async def story(town: Town) -> None:
        await town.upload("sendPhoto", {"photo": ("а.png", png())}, chat_id=CHANNEL)
        keeper = town.sandbox.keeper
        assert keeper is not None
        await keeper.save()
        (blob,) = folder.iterdir()
        written = blob.stat().st_mtime_ns
        await town.call("sendMessage", chat_id=CHANNEL, text="ещё")
        await keeper.save()
        assert blob.stat().st_mtime_ns == written
        unknown = town.world.keep(b"of no bot")
        town.world.touch()
        await keeper.save()
        assert {file.name for file in folder.iterdir()} == {blob.name, unknown}
        town.world.clear()
        await keeper.save()
        assert list(folder.iterdir()) == [blob]

    in_town(story, state=path)


def spoil_json(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def spoil_format(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":99'))


def spoil_shape(path: Path) -> None:
    state = orjson.loads(path.read_bytes())
    del state["world"]["accounts"]
    path.write_bytes(orjson.dumps(state))


def lose_blob(path: Path) -> None:
    for blob in path.with_name(path.name + ".files").iterdir():
        blob.unlink()


@pytest.mark.parametrize("spoil", [spoil_json, spoil_format, spoil_shape, lose_blob])
def test_a_broken_state_is_refused_with_advice(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "world.json"

    async def story(town: Town) -> None:
        await fill(town)

    in_town(story, state=path)
    spoil(path)
    with pytest.raises(
        Broken, match=r"world\.json cannot be used: .+ Put a good copy in its place, or move it"
    ):
        inspected(state=path)


def test_saving_a_large_world_lets_others_work(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for number in range(2_000):
            chat = Chat(number, "telegram", "private", "К", "vestnik", OLGA)
            chat.messages = [Message(n, 0, OLGA, False, "Текст новости " * 20) for n in range(5)]
            town.world.chats.append(chat)
        keeper = town.sandbox.keeper
        assert keeper is not None
        saving = asyncio.create_task(keeper.save())
        turns = 0
        while not saving.done():
            await asyncio.sleep(0)
            turns += 1
        # Of the loop: one for every five hundred messages or chats, and those while the disk writes.
        assert turns > 15

    in_town(story, state=tmp_path / "world.json")


def test_a_long_chat_is_written_in_pieces_and_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    lengths = [0, 1, 499, 500, 501, 9_000]

    async def write() -> int:
        sandbox = inspected(state=path)
        for number, length in enumerate(lengths):
            chat = Chat(number, "telegram", "private", "К", "vestnik", OLGA)
            chat.messages = [Message(n, 0, OLGA, False, "Текст") for n in range(1, length + 1)]
            sandbox.world.add_chat(chat)
        assert sandbox.keeper is not None
        saving = asyncio.create_task(sandbox.keeper.save())
        turns = 0
        while not saving.done():
            await asyncio.sleep(0)
            turns += 1
            # What is said and deleted meanwhile leaves the file whole; it is in the next one.
            if chat.messages[0].id == 1:
                del chat.messages[0]
                chat.messages.append(Message(0, 0, OLGA, False, "Новое"))
                sandbox.world.touch(chat)
        await sandbox.keeper.save()
        return turns

    assert asyncio.run(write()) > 20
    kept = inspected(state=path).world.chats
    assert [len(chat.messages) for chat in kept] == lengths
    ids = [message.id for message in kept[-1].messages]
    assert ids == [*range(2, 9_001), 0]


def test_the_program_prints_where_it_listens_stops_in_time_and_keeps_its_world(
    tmp_path: Path,
) -> None:
    path = tmp_path / "world.json"
    command = [sys.executable, "-m", "sandbox", "--port", "0", *flags(), "--state", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        addresses = dict(process.stdout.readline().split() for _ in range(4))
        assert set(addresses) == {"pages", "telegram", "vk", "control"}
        bot = f"{addresses['telegram']}/bot7000000001:SANDBOX-vestnik-telegram-key"

        async def poll_while_it_stops() -> float:
            async with aiohttp.ClientSession() as http:
                post = {"chat_id": -1001000000001, "text": "До остановки"}
                async with http.post(f"{bot}/sendMessage", json=post) as answer:
                    assert answer.status == 200
                poll = asyncio.create_task(http.post(f"{bot}/getUpdates", json={"timeout": 50}))
                await http.get(f"{bot}/getMe")  # the poll was sent before it
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(process.wait, 5)
                await asyncio.gather(poll, return_exceptions=True)
                return time.monotonic() - began

        assert asyncio.run(poll_while_it_stops()) < 2
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (0, "")
    assert "До остановки" in path.read_text()


def test_the_program_says_what_is_wrong_with_its_state(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text("{")
    command = [sys.executable, "-m", "sandbox", "--port", "0", *flags(), "--state", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"The state file {path} cannot be used: ")
    assert "Traceback" not in ended.stderr


def test_a_topic_survives_with_its_number(tmp_path: Path) -> None:
    async def make(town: Town) -> None:
        group = town.side.find_chat(str(SUPERGROUP), None)
        await town.side.do(group, OLGA, "create_topic", {"name": "Быт"})

    async def use(town: Town) -> None:
        sent = await town.call(
            "sendMessage", chat_id=SUPERGROUP, message_thread_id=1, text="В теме"
        )
        assert sent["message_thread_id"] == 1

    for story in (make, use):
        in_town(story, state=tmp_path / "world.json")
