"""What every messenger tells alike of what people do, each against its sandbox."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from town import ANNA, BORIS, Town, picture, play, text

from core.incoming import Incoming, IncomingKind, from_json, to_json
from core.messenger import Button, Part, Refused, Sent
from core.richtext import plain
from core.words import ChatKind, Reason
from sandbox.world import Media

NETWORKS = ["telegram", "vk"]
each_network = pytest.mark.parametrize("network", NETWORKS)


@each_network
def test_a_press_comes_in_and_its_answer_is_shown(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        buttons = [
            [Button("Да", "12.0"), Button("Нет", "12.1")],
            [Button("Сайт", url="https://prof.example/")],
        ]
        sent = await town.sent(anna, text("Пойдёте?", buttons))
        pressing = asyncio.create_task(
            town.side.press(town.chat(ANNA), ANNA, int(sent.messages[0]), 0, 1)
        )
        await asyncio.sleep(0)
        [press] = await town.updates()
        assert press.press is not None
        assert (press.kind, press.payload, press.message) == (
            IncomingKind.PRESS,
            "12.1",
            sent.messages[0],
        )
        assert (press.chat, press.chat_kind, press.sender) == (
            str(ANNA),
            ChatKind.PRIVATE,
            str(ANNA),
        )
        await town.messenger.answer(press.press, "Жаль")
        assert await pressing == {"text": "Жаль", "alert": False}

    play(network, story)


@each_network
def test_a_press_may_be_answered_without_words(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        sent = await town.sent(anna, text("Готово?", [[Button("Да", "1.0")]]))
        pressing = asyncio.create_task(
            town.side.press(town.chat(ANNA), ANNA, int(sent.messages[0]), 0, 0)
        )
        await asyncio.sleep(0)
        [press] = await town.updates()
        await town.messenger.answer(press.press or "", None)
        assert not (await pressing or {}).get("text")

    play(network, story)


@each_network
def test_a_link_starts_a_dialog_with_its_payload(network: str) -> None:
    async def story(town: Town) -> None:
        await town.side.do(town.chat(ANNA), ANNA, "start", {"payload": "inv_42"})
        [start] = await town.updates()
        assert (start.kind, start.payload) == (IncomingKind.START, "inv_42")
        assert (start.sender, start.sender_name) == (str(ANNA), "Анна Котова")
        assert start.chat_kind is ChatKind.PRIVATE
        await town.side.do(town.chat(BORIS), BORIS, "start", {})
        [start] = await town.updates()
        assert (start.kind, start.payload) == (IncomingKind.START, None)

    play(network, story)


@each_network
def test_a_message_comes_in_with_who_said_it_and_what_is_attached(
    network: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        await town.meet(ANNA)
        content = picture(tmp_path).path.read_bytes()
        sha = town.world.keep(content)
        file = town_media(sha, len(content))
        [number] = await town.side.say(town.chat(ANNA), ANNA, text="Смотрите 👍", media=[file])
        [said] = await town.updates()
        assert (said.kind, said.text, said.media) == (
            IncomingKind.MESSAGE,
            plain("Смотрите 👍"),
            ("photo",),
        )
        assert (said.message, said.sender_name) == (str(number), "Анна Котова")
        assert abs(said.at - town.world.clock.now() * 1000) < 60_000
        await town.side.say(town.chat(ANNA), ANNA, text="И ещё", reply_to=number)
        [answer] = await town.updates()
        assert answer.reply_to == str(number)

    play(network, story)


def town_media(sha: str, size: int) -> Media:
    return Media("photo", sha, "лист.png", "image/png", size, 40, 30)


@each_network
def test_an_edited_message_comes_in_again(network: str) -> None:
    async def story(town: Town) -> None:
        await town.meet(ANNA)
        [number] = await town.side.say(town.chat(ANNA), ANNA, text="в 18:00")
        await town.side.do(town.chat(ANNA), ANNA, "edit", {"message": number, "text": "в 19:00"})
        first, second = await town.updates(2)
        assert (first.kind, second.kind) == (IncomingKind.MESSAGE, IncomingKind.EDITED)
        assert (second.message, second.text.text) == (str(number), "в 19:00")
        assert first.key != second.key

    play(network, story)


@each_network
def test_a_block_and_its_end_come_in_and_sending_is_refused_between(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        await town.side.do(town.chat(ANNA), ANNA, "stop", {})
        [blocked] = await town.updates()
        assert (blocked.kind, blocked.chat) == (IncomingKind.BLOCKED, str(ANNA))
        outcome = await town.send(anna, text("Новость"))
        assert isinstance(outcome, Refused)
        assert outcome.reason in (Reason.BLOCKED, Reason.NOT_STARTED)
        rights = await town.messenger.rights(anna)
        assert rights.title == "Анна Котова"
        await town.side.do(town.chat(ANNA), ANNA, "allow" if network == "vk" else "start", {})
        back = await town.updates()
        assert back[0].kind is IncomingKind.ALLOWED
        assert isinstance(await town.send(anna, text("Новость"), key=9), Sent)

    play(network, story)


@each_network
def test_a_restart_goes_on_where_the_cursor_stood(network: str) -> None:
    async def story(town: Town) -> None:
        await town.meet(ANNA)
        before = town.cursor
        await town.side.say(town.chat(ANNA), ANNA, text="пока вас не было")
        town.messenger, old = town.open(), town.messenger
        await old.close()
        [missed] = await town.updates()
        assert missed.text.text == "пока вас не было"
        # The same place read twice gives the same keys, so nothing is done twice.
        if network == "vk":
            again, _ = await town.messenger.updates(before)
            assert [one.key for one in again] == [missed.key]

    play(network, story)


@each_network
def test_updates_survive_the_inbox(network: str) -> None:
    async def story(town: Town) -> None:
        await town.side.do(town.chat(ANNA), ANNA, "start", {"payload": "inv"})
        await town.side.say(town.chat(ANNA), ANNA, text="раз")
        got = await town.updates(2)
        assert [restored(one) for one in got] == got

    play(network, story)


def restored(one: Incoming) -> Incoming:
    return from_json(one.key, one.kind.value, to_json(one))


@each_network
def test_a_forward_says_what_was_said_and_that_it_is_somebody_elses(
    network: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        content = picture(tmp_path).path.read_bytes()
        file = town_media(town.world.keep(content), len(content))
        await town.side.say(
            town.chat(ANNA), ANNA, text="Слова Бориса", media=[file], forward_from={"person": BORIS}
        )
        [said] = await town.updates()
        assert (said.text.text, said.media, said.forwarded) == ("Слова Бориса", ("photo",), True)
        assert said.sender == str(ANNA)
        assert await town.messenger.download(said.files[0].ref, len(content)) == content
        assert restored(said) == said

    play(network, story)


@each_network
def test_a_post_passed_on_comes_in_with_its_words_and_picture(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        place = town.wall()
        await town.sent(place, Part(plain("Митинг в сквере"), (picture(tmp_path),)))
        source = "wall:news" if network == "vk" else place.chat
        await town.side.say(
            town.chat(ANNA), ANNA, forward_from={"chat": source, "message": town.last(place).id}
        )
        [said] = await town.updates()
        assert (said.text.text, said.forwarded) == ("Митинг в сквере", True)
        assert [file.kind for file in said.files] == ["photo"]

    play(network, story)


def test_a_row_of_before_files_were_kept_is_still_read() -> None:
    row = to_json(Incoming("1", IncomingKind.MESSAGE, 5, "7", ChatKind.PRIVATE, media=("photo",)))
    del row["files"], row["forwarded"]
    found = from_json("1", "message", row)
    assert (found.media, found.files, found.forwarded) == (("photo",), (), False)
