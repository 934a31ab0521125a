"""What is in the air is marked, judged once and overtaken by nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.errors import MessengerError
from core.messenger import Capabilities, Later, Refused, Unknown
from core.words import ChatKind, DeliveryState, Reason
from storage import outgoing, tables
from tests.broadcaster.office import KEYED, PLAIN, Office, work
from tests.support.full import Full

HOUR_MS = 3_600_000
LONG = "\n\n".join(f"Абзац {n}. " + "слово " * 20 for n in range(2))
IN_FLIGHT, SENT = DeliveryState.IN_FLIGHT, DeliveryState.SENT
UNKNOWN = DeliveryState.UNKNOWN


async def call_in_the_air(made: Office, chat: str) -> asyncio.Event:
    """Let what is due leave; calls to the chat stay in the air until the event is set."""
    gate = made.messenger.gates[chat] = asyncio.Event()
    await made.courier.round()
    for _ in range(1000):
        if IN_FLIGHT in await made.states():
            return gate
    raise AssertionError("nothing left")


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_nothing_leaves_before_its_mark_is_on_disk(
    tmp_path: Path, kind: ChatKind, able: Capabilities
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        seen: list[list[DeliveryState]] = []

        async def look() -> None:
            seen.append(await made.states())

        made.messenger.on_send = look
        await made.take("a")
        await made.courier.drain()
        assert seen == [[IN_FLIGHT]]
        assert await made.states() == [SENT]

    work(tmp_path, story, able)


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
def test_a_call_that_takes_an_hour_is_not_made_a_second_time(
    tmp_path: Path, kind: ChatKind
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        await made.take("a")
        gate = await call_in_the_air(made, "1")
        for _ in range(4):
            made.clock.advance(HOUR_MS // 4)
            await made.courier.round()
        assert await made.states() == [IN_FLIGHT]
        gate.set()
        await made.courier.drain()
        assert await made.states() == [SENT]
        assert len(made.messenger.sent) == 1

    work(tmp_path, story)


def test_an_answer_that_comes_after_the_matter_was_settled_changes_nothing(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].append(Refused(Reason.BAD_CONTENT))
        await made.take("a")
        gate = await call_in_the_air(made, "1")
        stopped = made.courier
        await made.restart()
        assert await made.states() == [UNKNOWN]
        ((delivery,),) = await made.rows(tables.delivery.c.id)
        async with made.db.write() as connection:
            assert await outgoing.arrived(connection, delivery, made.clock.now())
        gate.set()
        await stopped._air.empty()
        assert await made.states() == [SENT]

    work(tmp_path, story)


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
def test_what_is_put_off_is_overtaken_by_nothing_in_its_chat(
    tmp_path: Path, kind: ChatKind
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        made.messenger.script["1"].append(Later(Reason.SERVER_ERROR))
        for name in ("a", "b"):
            await made.take(name)
        await made.rest(60)
        said = [text.partition("\n")[0] for text in made.messenger.texts("1")]
        assert said == ["Новость a", "Новость a", "Новость b"]

    work(tmp_path, story)


def test_a_correction_waits_until_what_it_corrects_is_settled(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a", "Было.")
        gate = await call_in_the_air(made, "1")
        await made.correct("a", "Стало.")
        for _ in range(3):
            await made.courier.round()
        assert made.messenger.edited == []
        gate.set()
        await made.courier.drain()
        assert [part.text.text for _, _, part in made.messenger.edited] == ["Новость a\n\nСтало."]
        assert await made.states() == [SENT, SENT]

    work(tmp_path, story)


def test_what_may_have_arrived_is_not_corrected_before_its_owner_spoke(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].extend([None, Unknown()])
        await made.take("a", LONG)
        await made.rest(60)
        assert await made.states() == [UNKNOWN]
        await made.correct("a", LONG.replace("Абзац", "Глава"))
        await made.rest(HOUR_MS / 1000, times=3)
        assert len(made.messenger.sent) == 2
        assert made.messenger.edited == []

    work(tmp_path, story)


def test_the_one_repeat_waits_for_a_messenger_that_fell_silent_since(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2"):
            await made.chat(name)
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        made.courier._most_in_air = 1  # one after the other: the last call is answered
        await made.courier.drain()
        made.messenger.down = MessengerError("502")
        await made.rest(60, times=3)
        assert [chat for chat, _, _ in made.messenger.sent] == ["1", "2"]
        made.messenger.down = None
        await made.rest(60)
        assert [chat for chat, _, _ in made.messenger.sent] == ["1", "2", "1"]
        assert await made.states() == [SENT, SENT]

    work(tmp_path, story)


def test_a_part_that_a_person_saw_is_not_sent_again_by_a_correction(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].extend([None, Unknown()])
        await made.take("a", LONG)
        await made.rest(60)
        ((delivery,),) = await made.rows(tables.delivery.c.id)
        async with made.db.write() as connection:
            assert await outgoing.arrived(connection, delivery, made.clock.now())
        await made.correct("a", LONG.replace("Абзац", "Глава"))
        await made.rest(60)
        assert await made.states() == [SENT, SENT]
        assert len(made.messenger.edited) == 1
        assert len(made.messenger.sent) == 2, "what was seen has no id, and stands already"

    work(tmp_path, story)


def test_a_part_that_a_correction_added_is_sent_once_though_its_number_was_not_written_at_once(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a", "Коротко.")
        await made.courier.drain()
        full = Full(made, "INSERT INTO part")
        await made.correct("a", LONG)
        await made.rest(60, times=3)
        assert full.struck
        assert await made.states() == [SENT, SENT]
        assert len(made.messenger.sent) == 2

    work(tmp_path, story)
