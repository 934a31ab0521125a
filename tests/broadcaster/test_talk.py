"""Replies with pictures: fitted like posts, uploaded once, and said to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from broadcaster.words import PICTURE_MISSING
from core.errors import MessengerError
from core.messenger import Button, Later, Outcome, Refused, Sent, Unknown
from core.richtext import RichText, plain
from core.words import ChatKind, DeliveryState, Reason
from storage import replies, tables
from tests.broadcaster.office import KEYED, PLAIN, Office, work
from tests.support.wait import until

LONG = "\n\n".join(f"Абзац {n}. " + "слово " * 20 for n in range(4))
SENT = DeliveryState.SENT


async def say(made: Office, chat: int, text: str, pictures: Sequence[str] = (), **more: Any) -> int:
    """Write a reply; the pictures' bytes are in the folder."""
    for name in pictures:
        made.folder.keep(name, b"bytes")
    return await say_without_bytes(made, chat, text, pictures, **more)


async def say_without_bytes(
    made: Office, chat: int, text: str, pictures: Sequence[str], **more: Any
) -> int:
    """Write a reply; the pictures are known, their bytes are not kept."""
    async with made.db.write() as connection:
        await made._pictures(connection, pictures)
        words = plain(text) if text else RichText()
        now = made.clock.now()
        return await replies.add(
            connection, made.account, chat, words, media=pictures, now=now, **more
        )


async def outcome(made: Office, reply: int) -> tuple[DeliveryState, str | None]:
    """Return where a reply stands, and its message."""
    async with made.db.read() as connection:
        row = (
            await connection.execute(
                sa.select(tables.reply.c.state, tables.reply.c.message).where(
                    tables.reply.c.id == reply
                )
            )
        ).one()
    return DeliveryState(row.state), row.message


def shown(made: Office) -> list[tuple[str, list[str]]]:
    """Return text and pictures of all that was sent."""
    return [(part.text.text, [f.sha for f in part.media]) for _, part, _ in made.messenger.sent]


@pytest.mark.parametrize("pictures", [["p"], ["p", "q"]])
def test_a_short_text_is_the_caption(tmp_path: Path, pictures: list[str]) -> None:
    async def story(made: Office) -> None:
        reply = await say(made, await made.chat("1"), "Подпись", pictures)
        await made.courier.drain()
        assert shown(made) == [("Подпись", pictures)]
        assert not made.messenger.sent[0][1].preview
        assert await outcome(made, reply) == (SENT, "1")

    work(tmp_path, story)


def test_a_picture_needs_no_words(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reply = await say(made, await made.chat("1"), "", ["p"])
        await made.courier.drain()
        assert shown(made) == [("", ["p"])]
        assert (await outcome(made, reply))[0] is SENT

    work(tmp_path, story)


def test_a_long_text_goes_on_below_the_album(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await say(made, await made.chat("1"), LONG, ["p", "q"])
        await made.courier.drain()
        (_, first), *rest = shown(made)
        assert first == ["p", "q"]
        assert rest
        assert all(text and not media for text, media in rest)
        assert not any(part.preview for _, part, _ in made.messenger.sent)

    work(tmp_path, story)


def test_what_a_delivery_has_uploaded_a_reply_does_not_upload_again(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        await made.take("a", pictures=["p"])
        await made.courier.drain()
        made.courier = made.remade()  # what it knows is on disk
        await say(made, chat, "Подпись", ["p"])
        await made.courier.drain()
        assert [part.media[0].ref for _, part, _ in made.messenger.sent] == [None, "ref1"]

    work(tmp_path, story)


@pytest.mark.parametrize("text", ["Подпись", LONG])
def test_what_a_reply_has_uploaded_nobody_uploads_again(tmp_path: Path, text: str) -> None:
    async def story(made: Office) -> None:
        await say(made, await made.chat("1"), text, ["p"])
        await made.courier.drain()
        made.courier = made.remade()
        await made.take("a", pictures=["p"])
        await made.courier.drain()
        assert made.messenger.sent[-1][1].media[0].ref == "ref1"

    work(tmp_path, story)


def test_a_reference_gone_stale_is_uploaded_anew(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        await say(made, chat, "Раз", ["p"])
        await made.courier.drain()
        made.messenger.stale.add("ref1")
        reply = await say(made, chat, "Два", ["p"])
        await made.rest(60)
        assert (await outcome(made, reply))[0] is SENT
        assert made.messenger.sent[-1][1].media[0].ref is None

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("Подпись", [], f"Подпись\n\n{PICTURE_MISSING}"),
        ("", [], PICTURE_MISSING),
        ("Подпись", ["q"], f"Подпись\n\n{PICTURE_MISSING}"),
    ],
)
def test_where_the_bytes_are_missing_the_words_say_so(
    tmp_path: Path, text: str, kept: list[str], said: str
) -> None:
    async def story(made: Office) -> None:
        for name in kept:
            made.folder.keep(name, b"bytes")
        reply = await say_without_bytes(made, await made.chat("1"), text, ["p", *kept])
        await made.courier.drain()
        assert shown(made) == [(said, kept)]
        assert (await outcome(made, reply))[0] is SENT

    work(tmp_path, story)


def test_a_picture_that_was_never_heard_of_is_missing_too(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        async with made.db.write() as connection:
            await replies.add(connection, made.account, chat, plain("Да"), media=["x"], now=1)
        await made.courier.drain()
        assert shown(made) == [(f"Да\n\n{PICTURE_MISSING}", [])]

    work(tmp_path, story)


@pytest.mark.parametrize("more", [{"buttons": ((Button("Да", "1:0"),),)}, {"edits": "7"}])
def test_pictures_go_neither_with_buttons_nor_in_place_of_a_message(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        with pytest.raises(ValueError, match="a reply with pictures"):
            await say(made, chat, "Подпись", ["p"], **more)

    work(tmp_path, story)


def test_buttons_stand_on_the_last_part_of_a_long_reply(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reply = await say(made, await made.chat("1"), LONG, buttons=((Button("Да", "1:0"),),))
        await made.courier.drain()
        buttons = [bool(part.buttons) for _, part, _ in made.messenger.sent]
        assert buttons == [False] * (len(buttons) - 1) + [True]
        assert not any(part.preview for _, part, _ in made.messenger.sent)
        assert await outcome(made, reply) == (SENT, str(len(buttons)))

    work(tmp_path, story)


@pytest.mark.parametrize(
    "trouble",
    [
        Later(Reason.SERVER_ERROR, "502"),
        Later(Reason.THROTTLED, after_s=5, throttled=True),
        Unknown("no answer"),
    ],
)
@pytest.mark.parametrize("able", [PLAIN, KEYED])
def test_a_reply_that_failed_late_goes_on_with_the_part_that_was_next(
    tmp_path: Path, trouble: Outcome, able: Any
) -> None:
    async def story(made: Office) -> None:
        made.messenger.script["1"].extend([None, None, trouble])
        reply = await say(made, await made.chat("1"), LONG, ["p"])
        await made.rest(60)
        texts = made.messenger.texts("1")
        assert texts[2] == texts[3], "this one was tried twice"
        assert len(texts) == len(set(texts)) + 1
        assert (await outcome(made, reply))[0] is SENT

    work(tmp_path, story, able)


def test_a_stop_while_a_reply_waits_for_a_picture_loses_nothing(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        replying = [await say(made, await made.chat(name), "Подпись", ["p"]) for name in "12"]
        gate = asyncio.Event()
        made.messenger.gates.update({"1": gate, "2": gate})
        made.clock.set(made.clock.now(), frozen=True)
        running = asyncio.create_task(made.courier.run())
        # The courier has nothing more to do, and one reply waits for the other's upload.
        await until(lambda: len(made.clock._limits) == 2)
        stopping = asyncio.create_task(made.courier.stop(10))
        await asyncio.sleep(0)
        gate.set()
        await stopping
        await running
        states = {(await outcome(made, reply))[0] for reply in replying}
        assert states == {SENT, DeliveryState.PENDING}
        await made.restart()
        await made.rest(5)
        assert {(await outcome(made, reply))[0] for reply in replying} == {SENT}
        assert [made.messenger.texts(name) for name in "12"] == [["Подпись"]] * 2

    work(tmp_path, story)


def test_a_stop_between_parts_lets_the_next_run_say_the_rest(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        stops: list[asyncio.Task[None]] = []

        async def stop() -> None:
            stops.append(asyncio.create_task(made.courier.stop(10)))
            made.messenger.on_send = None
            await asyncio.sleep(0)  # it is told before this call is answered

        made.messenger.on_send = stop
        reply = await say(made, await made.chat("1"), LONG)
        await made.courier.run()
        await stops[0]
        assert len(made.messenger.sent) == 1
        assert (await outcome(made, reply))[0] is DeliveryState.PENDING
        await made.restart()
        await made.rest(5)
        whole = "\n\n".join(made.messenger.texts("1"))
        assert [whole.count(f"Абзац {n}.") for n in range(4)] == [1] * 4

    work(tmp_path, story)


def test_a_kill_between_parts_repeats_none_of_those_that_arrived(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        made.messenger.script["1"].extend([None, None, asyncio.CancelledError()])
        reply = await say(made, await made.chat("1"), LONG)
        await made.courier.round()
        while made.courier._air:
            await made.courier._air.empty()
        assert (await outcome(made, reply))[0] is DeliveryState.IN_FLIGHT
        await made.restart()
        await made.rest(60)
        texts = made.messenger.texts("1")
        assert texts[2] == texts[3], "nobody knows whether this one arrived"
        assert len(texts) == len(set(texts)) + 1
        assert (await outcome(made, reply))[0] is SENT

    work(tmp_path, story)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_reply_whose_key_may_be_forgotten_is_looked_for_before_it_is_repeated(
    tmp_path: Path, arrived: bool
) -> None:
    async def story(made: Office) -> None:
        made.messenger.script["1"].append(Unknown())
        reply = await say(made, await made.chat("1"), "Меню")
        await made.courier.drain()
        if arrived:
            made.messenger.found["1"] = Sent(("7",))
        await made.rest(2 * 3_600)
        state, message = await outcome(made, reply)
        assert state is SENT
        assert made.messenger.looked == ["1"]
        assert len(made.messenger.sent) == (1 if arrived else 2)
        assert not arrived or message == "7"

    work(tmp_path, story, KEYED)


def test_while_nobody_can_tell_whether_a_reply_arrived_it_waits(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        made.messenger.script["1"].append(Unknown())
        made.messenger.found["1"] = MessengerError("no answer")
        reply = await say(made, await made.chat("1"), "Меню")
        await made.courier.drain()
        await made.rest(2 * 3_600)
        assert (await outcome(made, reply))[0] is DeliveryState.PENDING
        assert len(made.messenger.sent) == 1
        del made.messenger.found["1"]
        await made.rest(3_600)
        assert (await outcome(made, reply))[0] is SENT
        assert len(made.messenger.sent) == 2

    work(tmp_path, story, KEYED)


def test_a_reply_whose_key_is_known_is_repeated_at_once(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        made.messenger.script["1"].append(Unknown())
        reply = await say(made, await made.chat("1"), "Меню")
        await made.courier.drain()
        await made.rest(60)
        assert (await outcome(made, reply))[0] is SENT
        assert made.messenger.looked == []
        assert [key for _, _, key in made.messenger.sent] == 2 * [made.messenger.sent[0][2]]

    work(tmp_path, story, KEYED)


def test_a_person_who_left_while_answered_closes_what_waited_for_them(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        reports = made.bell.on("reports")
        chat = await made.chat("1")
        made.messenger.script["1"].extend(
            [Later(Reason.SERVER_ERROR), Refused(Reason.BLOCKED, "blocked")]
        )
        await made.take("a")
        await made.courier.drain()
        assert not reports.is_set()
        await say(made, chat, "Ответ")
        await made.courier.drain()
        assert reports.is_set()
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_pictures_in_a_group_count_in_its_pace_one_by_one(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1", ChatKind.GROUP)
        await say(made, chat, "Подпись", ["p", "q", "r"])
        await made.courier.drain()
        assert len(made.courier._chats._places.sent[chat]) == 3

    work(tmp_path, story)
