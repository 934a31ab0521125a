"""Whatever is sent, the networks answer in their own words: nothing breaks, nothing is kept that cannot be kept.

A seeded share of odd calls runs with every suite. ODD_CALLS (calls after each area of a day) and
ODD_SEED make a long search of it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from sandbox.gate import Gate
from sandbox.networks import Wrong
from sandbox.server import Sandbox
from sandbox.specs import Finding, SpecInspector
from sandbox.state import Keeper
from sandbox.telegram.methods import METHODS as TELEGRAM
from sandbox.vk.methods import METHODS as VK
from sandbox.vk.spec import known as vk_known
from sandbox.world import World
from tests.conformance import telegram_story, vk_story
from tests.conformance.odd import Recorder, ask, bodies, changed
from tests.conformance.told import NEEDS_SPECS
from tests.sandbox.telegram_town import IVAN, OLGA
from tests.sandbox.telegram_town import town as telegram_town
from tests.sandbox.vk_town import ANNA, BORIS, COMMUNITY_KEY, USER_KEY
from tests.sandbox.vk_town import Town as VkTown
from tests.support.inspected import FOLDER

pytestmark = NEEDS_SPECS
CALLS, SEED = int(os.environ.get("ODD_CALLS", "30")), int(os.environ.get("ODD_SEED", "1"))
_LONGEST_S = 10  # of the machine's time, for one answer
_ELSEWHERE = ("logOut", "close")  # after these a bot gets no answers for a while
Area = Callable[[Any], Awaitable[None]]


@dataclass(slots=True)
class Search:
    """Sends odd variants of the calls of a day, while that goes on."""

    app: Any
    gate: Gate
    random: Random
    call_of: Callable[[str, dict[str, Any], str | None], tuple[str, dict[str, Any]]]
    known: Mapping[str, frozenset[str]]
    recorder: Recorder
    wrong: list[str]
    tried: set[str]

    async def after(self, area: Area, town: Any) -> None:
        """Let an area of the day happen, as far as what was sent before has left it possible; then ask oddly."""
        self.gate.inspector = self.recorder
        begun = len(self.recorder.calls)
        with suppress(AssertionError, Wrong, IndexError, KeyError):
            await area(town)
        calls = [call for call in self.recorder.calls if call[0] in self.known]
        new = {call[0]: call for call in self.recorder.calls[begun:] if call[0] in self.known}
        self.gate.inspector = SpecInspector(FOLDER, self._report)
        for name, params, lane in [*new.values(), *self.random.choices(calls, k=CALLS)]:
            await self._ask(name, params, lane)

    def _report(self, finding: Finding) -> None:
        if finding.what != "request":
            self.wrong.append(str(finding))

    async def _ask(self, name: str, params: dict[str, Any], lane: str | None) -> None:
        path, given = self.call_of(
            name, changed(self.random, params, sorted(self.known[name])), lane
        )
        body, kind = bodies(self.random, given)
        self.tried.add(name)
        told = f"{name} {kind} {body[:500]!r}"
        before = len(self.wrong)
        answer = await asyncio.wait_for(ask(self.app, path, body, kind), _LONGEST_S)
        said = orjson.loads(answer.body)
        if answer.status >= 500 or said.get("error", {}).get("error_code") == 10:
            self.wrong.append(f"{answer.status} {said}")
        self.wrong[before:] = [f"{one} <- {told}" for one in self.wrong[before:]]

    async def rest(self, *lanes: str) -> None:
        """Call what the day did not come to, because of what was sent before."""
        left = sorted(set(self.known) - self.tried)
        for name in left:
            for lane in lanes:
                await self._ask(name, {}, lane)

    async def nothing_broke(self, caplog: pytest.LogCaptureFixture, path: Path) -> None:
        """Fail with what went wrong, and unless the world can be written and read again."""
        assert not self.wrong, "\n".join(dict.fromkeys(self.wrong))
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert await written(self.gate.world, self.gate, path) > 0


async def written(world: World, gate: Gate, path: Path) -> int:
    """Write a world to a file, read it again and return how many messages came back."""
    await Keeper(path, world, gate).save()
    again = Sandbox(state=path)
    assert again.restored
    counts = [[len(chat.messages) for chat in one.chats] for one in (world, again.world)]
    assert counts[0] == counts[1]
    return sum(counts[0])


def test_no_odd_call_breaks_the_bot_api(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    known = {spec.name: spec.known for spec in TELEGRAM.values() if spec.name not in _ELSEWHERE}

    async def story() -> None:
        async with telegram_town(strict=False) as town:
            token = town.bot.token

            def call_of(name: str, given: dict[str, Any], _: str | None) -> tuple[str, Any]:
                pause = {"timeout": 0} if name == "getUpdates" else {}
                return f"/telegram/bot{token}/{name}", given | pause

            search = Search(
                town.sandbox.app, town.gate, Random(SEED), call_of, known, Recorder(), [], set()
            )
            for person in (OLGA, IVAN):
                await town.started(person)
            for area in telegram_story.AREAS:
                await search.after(area, town)
            await search.rest("send")
            await search.nothing_broke(caplog, tmp_path / "state.json")

    asyncio.run(story())


def test_no_odd_call_breaks_vk(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    known = {name: vk_known(name, method.reads) for name, method in VK.items()}

    async def story() -> None:
        town = VkTown(strict=False)
        random = Random(SEED)

        def call_of(name: str, given: dict[str, Any], lane: str | None) -> tuple[str, Any]:
            key = USER_KEY if lane == "user" else COMMUNITY_KEY
            version = {} if random.random() < 0.03 else {"v": "5.199"}
            return f"/vk/method/{name}", {**given, **version, "access_token": key}

        town.gate.limits.change({"vk": {"on": False}})
        await town.meet(ANNA, BORIS)
        await town.vk.do(town.dialog(), ANNA, "join", {})
        search = Search(town.app, town.gate, random, call_of, known, Recorder(), [], set())
        for area in vk_story.AREAS:
            await search.after(area, town)
        await search.rest("community", "user")
        await search.nothing_broke(caplog, tmp_path / "state.json")

    asyncio.run(story())


TELEGRAM_BODIES = [
    (b'{"chat_id": 1001, "text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'"text"', "application/json", 400),
    (b'{"chat_id": 1001, "text": "\\ud800"}', "application/json", 400),
    (b'{"chat_id": 1001, "text": "a\\u0000b"}', "application/json", 200),
    (b'{"chat_id": 1001, "chat_id": 1002, "text": "a"}', "application/json", 403),
    (b"chat_id=1001&text=%ED%A0%80%00%FF", "application/x-www-form-urlencoded", 200),
    (b"chat_id=1001&text=%", "application/x-www-form-urlencoded", 200),
    (b"--\xd0\xb6\r\n\r\n--\xd0\xb6--", "multipart/form-data; boundary=ж", 400),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
    (b"--x--", "multipart/form-data", 400),
    (b"", "application/json", 400),
]  # fmt: skip


@pytest.mark.careless("bodies that nobody can read")
def test_bodies_of_all_sorts_are_answered(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    async def story() -> None:
        async with telegram_town() as town:
            await town.started()
            url = town.url("sendMessage")
            for body, kind, status in TELEGRAM_BODIES:
                async with town.http.post(
                    url, data=BytesIO(body), headers={"Content-Type": kind}
                ) as answer:
                    assert (answer.status, (await answer.json())["ok"]) == (
                        status,
                        status == 200,
                    ), body[:50]
            entities = [{"type": "bold", "offset": 0, "length": 1}] * 100_000
            many = json.dumps({"chat_id": OLGA, "text": "x", "entities": entities}).encode()
            json_kind = {"Content-Type": "application/json"}
            async with town.http.post(url, data=BytesIO(many), headers=json_kind) as answer:
                assert answer.status == 200
            assert await written(town.world, town.gate, tmp_path / "state.json") == 5

    asyncio.run(story())
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def parts(*given: tuple[str, bytes]) -> Iterator[bytes]:
    for header, content in given:
        yield (
            f"--x\r\nContent-Disposition: form-data; {header}\r\n\r\n".encode() + content + b"\r\n"
        )
    yield b"--x--"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("filename*=utf-7''+2AA-.txt", "plain.txt"),
        ("filename*=unicode_escape''%5Cud800", "plain.txt"),
        ("filename*=idna''%FF", "plain.txt"),
        ("filename*=UTF-8''%D0%B6.txt", "ж.txt"),
    ],
)
def test_a_files_name_and_kind_are_taken_only_as_they_can_be_kept(header: str, name: str) -> None:
    async def story() -> None:
        async with telegram_town() as town:
            await town.started()
            body = b"".join(
                parts(
                    ('name="chat_id"', b"1001"),
                    (f'name="document"; filename="plain.txt"; {header}', b"content"),
                )
            )
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            async with town.http.post(
                url := town.url("sendDocument"), data=body, headers=kind
            ) as got:
                document = (await got.json())["result"]["document"]
            assert document["file_name"] == name
            path = (await town.call("getFile", file_id=document["file_id"]))["file_path"]
            address = url.replace("/telegram/bot", "/telegram/file/bot").rpartition("/")[0]
            async with town.http.get(f"{address}/{path}") as got:
                assert (got.status, await got.read()) == (200, b"content")

    asyncio.run(story())
