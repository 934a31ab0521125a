"""What a courier's calls leave in the ledger, whatever the messenger answers and whenever it is killed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from broadcaster.pace import CATCH_UP
from core.errors import MessengerError
from core.messenger import Later, Pace, Refused, Sent, Unknown
from core.words import ChatKind, ChatState, DeliveryState, HoldScope, Reason
from storage import holds, tables, whereabouts
from storage.rows import insert
from tests.broadcaster.office import KEYED, Office, work

HOUR = 3600
LONG = "\n\n".join(f"Абзац {n}. " + "слово " * 20 for n in range(4))
PENDING, SENT, REFUSED = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.REFUSED
UNKNOWN, IN_FLIGHT = DeliveryState.UNKNOWN, DeliveryState.IN_FLIGHT
HOUR_MS = 3_600_000


def test_a_reference_gone_stale_is_forgotten_and_the_picture_sent_anew(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a", pictures=["p"])
        await made.courier.drain()
        await made.chat("2")
        await made.take("b", pictures=["p"])
        made.messenger.stale.add("ref1")
        await made.rest(60)
        assert await made.states() == [SENT, SENT, SENT]
        last = [part.media[0].ref for _, part, _ in made.messenger.sent]
        assert last.count(None) == 2, "uploaded once at first and once anew"

    work(tmp_path, story)


def test_a_picture_that_is_never_taken_ends_refused(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a", pictures=["p"])
        made.messenger.script["1"].append(Refused(Reason.BAD_MEDIA, "image_process_failed"))
        await made.rest(60)
        assert await made.states() == [REFUSED]

    work(tmp_path, story)


def test_trying_again_ends_after_two_days(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].extend([Later(Reason.SERVER_ERROR)] * 1000)
        await made.take("a")
        await made.rest(HOUR, times=47)
        assert await made.states() == [PENDING]
        await made.rest(HOUR, times=3)
        assert await made.rows(tables.delivery.c.state, tables.delivery.c.reason) == [
            (REFUSED, Reason.GAVE_UP)
        ]

    work(tmp_path, story)


def test_doubt_about_a_key_is_counted_from_the_call_that_may_have_arrived(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.WALL)
        made.messenger.script["1"].extend([Later(Reason.DAILY_LIMIT, after_s=2 * HOUR), Unknown()])
        await made.take("a")
        await made.rest(2 * HOUR + 1)
        await made.rest(60)
        assert await made.states() == [SENT]
        assert made.messenger.looked == [], "the key still holds"

    work(tmp_path, story, KEYED)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_key_that_others_may_have_pushed_out_is_looked_for_and_repeated_all_the_same(
    tmp_path: Path, arrived: bool
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.GROUP)
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.courier.drain()
        if arrived:
            made.messenger.found["1"] = Sent(("7",))
        await made.rest(60)
        assert await made.states() == [SENT]
        assert made.messenger.looked == ["1"]
        keys = [key for _, _, key in made.messenger.sent]
        assert keys == keys[:1] * (1 if arrived else 2)

    work(tmp_path, story, replace(KEYED, window_messages=100))


def test_a_wall_post_that_cannot_be_found_is_asked_about(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.WALL)
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.courier.drain()
        await made.rest(2 * HOUR, times=3)
        assert await made.states() == [UNKNOWN]
        assert len(made.messenger.looked) == 1
        assert len(made.messenger.sent) == 1

    work(tmp_path, story, KEYED)


def test_a_messenger_that_cannot_be_asked_is_no_fault_of_the_post(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.courier.drain()
        made.messenger.found["1"] = MessengerError("no answer")
        await made.rest(HOUR, times=8)
        assert await made.states() == [PENDING]
        made.messenger.found["1"] = Sent(("7",))
        await made.rest(HOUR)
        assert await made.rows(tables.delivery.c.state, tables.delivery.c.message) == [(SENT, "7")]
        assert len(made.messenger.sent) == 1

    work(tmp_path, story, KEYED)


def test_the_one_repeat_is_not_spent_on_a_messenger_that_is_down(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2", "3", "4", "5", "6"):
            await made.chat(name)
            made.messenger.script[name].append(Unknown())
        made.clock.set(made.clock.now(), frozen=True)

        async def take_a_second() -> None:
            made.clock.advance(1000)  # the next slot comes with the first call's answer, not before

        made.messenger.on_send = take_a_second
        await made.take("a")
        made.messenger.down = MessengerError("502")
        await made.rest(600, times=6)
        assert await made.states() == [PENDING] * 6
        in_doubt = len(made.messenger.sent)
        assert in_doubt <= 1 + CATCH_UP, "after the first call without an answer nothing new leaves"
        assert made.messenger.checks <= 7
        made.messenger.down = None
        await made.rest(600, times=2)
        assert await made.states() == [SENT] * 6
        assert len(made.messenger.sent) == 12

    work(tmp_path, story)


def test_the_pace_of_a_chat_counts_from_the_answer_of_a_slow_call(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.clock.set(made.clock.now(), frozen=True)
        made.messenger.pace = Pace(1e6, 1, 1, 60_000)  # a message in 1.2 seconds
        made.courier = made.remade()

        async def be_slow() -> None:
            made.clock.advance(700)

        made.messenger.on_send = be_slow
        await made.take("a")
        await made.courier.drain()
        await made.take("b")
        for seconds, sent in ((0, 1), (1, 1), (0.3, 2)):
            made.clock.advance(int(seconds * 1000))
            await made.courier.drain()
            assert len(made.messenger.sent) == sent

    work(tmp_path, story)


def test_doubt_does_not_go_round_for_ever(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].extend([Unknown()] * 1000)
        await made.take("a")
        await made.rest(HOUR, times=55)
        assert await made.states() == [UNKNOWN]

    work(tmp_path, story, KEYED)


def test_a_post_without_anything_to_say_is_not_called_delivered(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a", text="", title="")
        await made.courier.drain()
        assert made.messenger.sent == []
        assert await made.states() == [REFUSED]

    work(tmp_path, story)


def test_a_correction_between_claim_and_call_is_what_leaves(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2"):
            await made.chat(name, ChatKind.CHANNEL)
        await made.take("a", "Было.")

        async def change() -> None:
            made.messenger.on_send = None
            await made.correct("a", "Стало.")

        made.messenger.on_send = change
        await made.rest(1)
        for name in ("1", "2"):
            shown = made.messenger.texts(name)[-1:] + [
                part.text.text for chat, _, part in made.messenger.edited if chat == name
            ]
            assert "Стало" in shown[-1], name

    work(tmp_path, story)


def test_what_was_called_off_between_claim_and_call_does_not_leave(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chats = [await made.chat(name, ChatKind.CHANNEL) for name in ("1", "2")]
        await made.take("a")

        async def lose() -> None:
            made.messenger.on_send = None
            async with made.db.write() as connection:
                await whereabouts.lose_chat(connection, chats[1], ChatState.GONE, Reason.KICKED, 1)

        made.messenger.on_send = lose
        made.courier._air._most = 1  # one call after the other
        await made.rest(1)
        assert await made.states() == [SENT, REFUSED]
        assert made.messenger.texts("2") == []

    work(tmp_path, story)


def test_a_half_sent_post_that_changes_is_corrected_in_all_its_parts(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a", LONG)
        made.messenger.script["1"].extend(
            [None, Later(Reason.THROTTLED, after_s=5, throttled=True)]
        )
        await made.courier.drain()
        await made.correct("a", LONG.replace("Абзац", "Глава"))
        await made.rest(10, times=3)
        first = [part.text.text for _, ids, part in made.messenger.edited if ids == ("1",)]
        assert first
        assert "Глава 0" in first[-1]

    work(tmp_path, story)


def test_parts_that_a_correction_adds_are_not_doubled_in_a_channel(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a", "Коротко.")
        await made.courier.drain()
        made.messenger.script["1"].append(Unknown())
        await made.correct("a", "слово " * 50)
        await made.rest(400, times=3)
        assert await made.states() == [SENT, UNKNOWN], "its owner is asked"
        assert len(made.messenger.sent) == 2

    work(tmp_path, story)


def test_an_owner_who_does_not_answer_holds_up_no_other_correction(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.take("b", "Было.")
        await made.courier.drain()
        await made.correct("a", "Иначе.")
        await made.correct("b", "Стало.")
        await made.rest(60)
        assert [part.text.text for _, _, part in made.messenger.edited] == ["Новость b\n\nСтало."]

    work(tmp_path, story)


def test_of_two_corrections_in_a_row_the_last_remains_and_no_wave_stays_open(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a")
        await made.courier.drain()
        for text in ("Раз.", "Два.", "Три."):
            await made.correct("a", text)
        await made.rest(1)
        assert [part.text.text for _, _, part in made.messenger.edited] == ["Новость a\n\nТри."]
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_lost_chat_leaves_no_wave_open(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].append(Refused(Reason.BLOCKED))
        await made.take("a")
        await made.take("b")
        await made.rest(1)
        assert await made.states() == [REFUSED, REFUSED]
        assert len(made.messenger.sent) == 1
        assert await made.open_waves() == 0

    work(tmp_path, story)


def test_a_group_that_moves_to_an_id_that_is_known_already_goes_on_there(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        old = await made.chat("-1", ChatKind.GROUP)
        async with made.db.write() as connection:
            await insert(
                connection,
                tables.chat,
                account_id=made.account,
                external="-1007",
                kind=int(ChatKind.GROUP),
                state=int(ChatState.UNCONFIRMED),
            )
        made.messenger.script["-1"].append(Refused(Reason.MIGRATED, moved_to="-1007"))
        await made.take("a")
        await made.rest(60)
        assert await made.states() == [SENT]
        assert [chat for chat, _, _ in made.messenger.sent] == ["-1", "-1007"]
        assert (await made.rows(tables.delivery.c.chat_id)) == [(old,)]
        await made.take("b")
        await made.rest(1)
        assert [chat for chat, _, _ in made.messenger.sent] == ["-1", "-1007", "-1007"]

    work(tmp_path, story)


@pytest.mark.parametrize(
    ("before", "after"), [(["p", "q"], ["p", "q", "r"]), (["p", "q"], ["p"]), (["p"], [])]
)
def test_where_pictures_cannot_change_in_number_the_text_is_corrected_and_the_ledger_says_so(
    tmp_path: Path, before: list[str], after: list[str]
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", ChatKind.CHANNEL)
        await made.take("a", "Было.", pictures=before)
        await made.courier.drain()
        made.messenger.edits["1"].append(Refused(Reason.BAD_CONTENT, "the number of pictures"))
        await made.correct("a", "Стало.", pictures=after)
        await made.rest(60)
        _, ids, part = made.messenger.edited[-1]
        assert len(ids) == len(before)
        assert [file.sha for file in part.media] == before
        assert "Стало" in part.text.text
        states = await made.rows(tables.delivery.c.state, tables.delivery.c.detail)
        assert states[1] == (SENT, "текст исправлен, картинки остались прежними")

    work(tmp_path, story)


def test_one_recipient_that_fails_in_the_second_part_leaves_the_others_whole(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2", "3"):
            await made.chat(name)
        made.messenger.script["2"].extend([None, Refused(Reason.BLOCKED)])
        await made.take("a", LONG)
        await made.rest(60)
        assert await made.states() == [SENT, REFUSED, SENT]
        assert made.messenger.texts("1") == made.messenger.texts("3")
        assert len(made.messenger.texts("1")) == len(set(made.messenger.texts("1"))) > 2
        assert len(made.messenger.texts("2")) == 2

    work(tmp_path, story, KEYED)


def test_a_picture_is_uploaded_once_while_many_wait_for_it(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for n in range(8):
            await made.chat(str(n), ChatKind.CHANNEL)
        gate = made.messenger.gates["0"] = asyncio.Event()
        await made.take("a", pictures=["p"])
        draining = asyncio.create_task(made.courier.drain())
        for _ in range(200):
            await asyncio.sleep(0)
        gate.set()
        await draining
        assert [part.media[0].ref for _, part, _ in made.messenger.sent].count(None) == 1
        assert await made.states() == [SENT] * 8

    work(tmp_path, story)


def test_an_upload_that_hangs_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for n in range(3):
            await made.chat(str(n), ChatKind.CHANNEL)
        gate = made.messenger.gates["0"] = asyncio.Event()
        await made.take("a", pictures=["p"])
        draining = asyncio.create_task(made.courier.drain())
        for _ in range(100):
            await asyncio.sleep(0.005)
            made.clock.advance(1000)
            if len(made.messenger.sent) == 2:
                break
        assert sorted(chat for chat, _, _ in made.messenger.sent) == ["1", "2"]
        gate.set()
        await draining
        assert await made.states() == [SENT] * 3

    work(tmp_path, story)


def test_a_messenger_that_is_away_is_asked_twice_a_minute_and_used_soon_after_it_answers(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.down = MessengerError("no answer")
        made.messenger.script["1"].append(Unknown())
        await made.take("a")
        await made.rest(1, times=600)
        assert made.messenger.checks <= 3 + 600 / 30
        made.messenger.down = None
        made.clock.advance(-HOUR_MS)
        await made.rest(1, times=33)
        assert made.messenger.checks <= 4 + 633 / 30
        assert not made.courier.errands.calls.unheard, "a clock that was put back silences nobody"

    work(tmp_path, story)


def test_a_poisoned_post_is_set_aside_and_the_others_go_out(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].extend([ValueError("poison")] * 20)
        await made.take("a")
        await made.rest(400, times=6)
        assert await made.rows(tables.delivery.c.state, tables.delivery.c.reason) == [
            (REFUSED, Reason.BAD_CONTENT)
        ]
        assert len(made.messenger.sent) == 5
        made.messenger.script.clear()
        await made.take("b")
        await made.rest(1)
        assert (await made.states())[1] is SENT

    work(tmp_path, story)


def test_a_poisoned_post_holds_up_its_own_chat_for_less_than_a_second(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        made.messenger.script["1"].extend([ValueError("poison")] * 5)
        await made.take("a")
        await made.take("b")
        await made.rest(0.1, times=9)
        assert await made.states() == [REFUSED, SENT]

    work(tmp_path, story)


def test_a_database_that_fails_for_long_is_no_fault_of_the_post(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        locked = OperationalError("", {}, Exception("database is locked"))
        made.messenger.script["1"].extend([locked] * 10)
        await made.take("a")
        await made.rest(2, times=12)
        columns = tables.delivery.c.state, tables.delivery.c.attempts
        assert await made.rows(*columns) == [(SENT, 1)]

    work(tmp_path, story)


def test_later_for_one_post_leaves_the_persons_dialog_open(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        made.messenger.script["1"].append(Later(Reason.SERVER_ERROR))
        await made.take("a")
        await made.courier.drain()
        async with made.db.write() as connection:
            await _reply(connection, made.account, chat, "Ответ")
        await made.courier.drain()
        assert "Ответ" in made.messenger.texts("1")

    work(tmp_path, story)


async def _reply(connection: Any, account: int, chat: int, text: str, **more: Any) -> int:
    body = {"text": {"text": text, "entities": []}, "buttons": []}
    return await insert(
        connection,
        tables.reply,
        account_id=account,
        chat_id=chat,
        body=body,
        state=int(PENDING),
        created_at=1,
        **more,
    )


def test_a_poisoned_reply_does_not_silence_the_dialog(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        made.messenger.script["1"].append(ValueError("a keyboard too large"))
        async with made.db.write() as connection:
            for text in ("Раз", "Два"):
                await _reply(connection, made.account, chat, text)
        await made.rest(60)
        assert made.messenger.texts("1") == ["Раз", "Два"]

    work(tmp_path, story)


def test_a_stop_holds_what_was_claimed_before_a_long_talk(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        people = [await made.chat(str(n)) for n in range(90)]
        made.messenger.pace = Pace(30, 1, 3, 20)
        made.courier = made.remade()
        await made.take("a")
        stopped: list[int] = []

        async def meanwhile() -> None:
            if len(made.messenger.sent) == 3:
                async with made.db.write() as connection:
                    for chat in people[10:]:
                        await _reply(connection, made.account, chat, "Ответ")
                made.bell.ring(made.courier.topic)
            if "Ответ" in made.messenger.texts("88") and not stopped:
                async with made.db.write() as connection:
                    who = await insert(connection, tables.person, created_at=0)
                    now = made.clock.now()
                    await holds.place(connection, HoldScope.ALL, None, None, who, now)
                stopped.append(len(made.messenger.sent))

        made.messenger.on_send = meanwhile
        running = asyncio.create_task(made.courier.run())
        left = 60
        async with asyncio.timeout(20):
            while left:
                await asyncio.sleep(0.002)
                made.clock.advance(34)
                left -= bool(stopped)
        await made.courier.stop(1)
        await running
        later = [part.text.text for _, part, _ in made.messenger.sent[stopped[0] + 1 :]]
        assert later == ["Ответ"] * len(later)
        assert IN_FLIGHT not in await made.states()

    work(tmp_path, story)


def test_channels_that_wait_for_their_pace_hold_up_nobody(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for n in range(14):
            chat = await made.chat(f"slow{n}", ChatKind.CHANNEL)
            made.courier._chats.hold(chat, made.clock.now() + 60_000)
        await made.chat("quick", ChatKind.CHANNEL)
        await made.take("a")
        await made.courier.drain()
        assert [chat for chat, _, _ in made.messenger.sent] == ["quick"]

    work(tmp_path, story)


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
def test_a_stop_while_calls_are_in_the_air_leaves_nothing_marked_that_came_home(
    tmp_path: Path, kind: ChatKind
) -> None:
    async def story(made: Office) -> None:
        for n in range(6):
            await made.chat(str(n), kind)
        gate = made.messenger.gates["0"] = asyncio.Event()
        await made.take("a")
        running = asyncio.create_task(made.courier.run())
        for _ in range(400):
            await asyncio.sleep(0.001)
            if len(made.messenger.sent) == 5:
                break
        stopping = asyncio.create_task(made.courier.stop(5))
        await asyncio.sleep(0.01)
        gate.set()
        await stopping
        await running
        assert await made.states() == [SENT] * 6

    work(tmp_path, story)


def test_a_stopped_organization_holds_its_own_news_only(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a")
        async with made.db.write() as connection:
            other = await insert(
                connection,
                tables.organization,
                slug="other",
                name="Другая",
                short="Другая",
                kind=2,
                parent_id=made.federation,
            )
            await connection.execute(tables.post.update().values(organization_id=other))
            await insert(
                connection,
                tables.hold,
                scope=int(HoldScope.ORGANIZATION),
                organization_id=other,
                at=0,
            )
        await made.take("b")
        await made.rest(1)
        assert await made.states() == [PENDING, SENT], "what is held does not block the chat"

    work(tmp_path, story)


def test_a_killed_courier_goes_on_with_the_part_that_was_next(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a", LONG)

        async def kill() -> None:
            if len(made.messenger.sent) == 2:
                raise asyncio.CancelledError  # nothing is written any more

        made.messenger.on_send = kill
        await made.courier.round()
        await made.courier._air.empty()
        assert await made.states() == [DeliveryState.IN_FLIGHT]
        made.messenger.on_send = None
        await made.restart()
        await made.rest(60)
        assert await made.states() == [SENT]
        texts = made.messenger.texts("1")
        assert len(texts) == len(set(texts)) > 2

    work(tmp_path, story)


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
def test_a_stop_between_two_parts_lets_neither_leave_nor_doubts_the_rest(
    tmp_path: Path, kind: ChatKind
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        await made.take("a", LONG)
        stops: list[asyncio.Task[None]] = []

        async def stop() -> None:
            stops.append(asyncio.create_task(made.courier.stop(10)))
            made.messenger.on_send = None
            await asyncio.sleep(0)  # it is told before this call is answered

        made.messenger.on_send = stop
        await made.courier.round()
        await made.courier._air.empty()
        await stops[0]
        assert len(made.messenger.sent) == 1
        assert await made.states() == [DeliveryState.PENDING]
        await made.restart()
        await made.rest(60, times=3)
        whole = "\n\n".join(made.messenger.texts("1"))
        assert [whole.count(f"Абзац {n}.") for n in range(4)] == [1, 1, 1, 1]
        assert await made.states() == [DeliveryState.SENT]

    work(tmp_path, story)
